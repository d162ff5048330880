package node

import (
	"cmp"
	"iter"
	"slices"

	"github.com/tidwall/btree"

	"commonweal/node/packed"
	"commonweal/vf"
)

// index finds records for readers: by id, by class in the order of ids, and by
// what they refer to. It may stand on an image; then it holds what is other than in
// that. It follows each batch that became durable; copies of it cost nothing until
// the next act, and then only what that act touches.
type index struct {
	ground *packed.Image // nil: there is nothing below
	places *btree.BTreeG[place]
	at     btree.PathHint               // where a place was set last; the writer's own
	class  map[vf.Class]*changes[vf.ID] // all agents are under Agent, those of a kind under it too
	links  *changes[packed.Link]
}

// place is one record of the index. Its Past in an older copy is the beginning of that
// in a newer one.
type place = packed.Place

// changes are what was added to a list in an image, and what was taken from it.
type changes[T any] struct {
	added, gone *btree.BTreeG[T]
	at          btree.PathHint // where one was added last; the writer's own
}

func (c *changes[T]) add(v T) {
	if _, was := c.gone.Delete(v); !was {
		c.added.SetHint(v, &c.at)
	}
}

func (c *changes[T]) remove(v T, inGround bool) {
	if _, was := c.added.Delete(v); !was && inGround {
		c.gone.Set(v)
	}
}

func (c *changes[T]) copy() *changes[T] {
	return &changes[T]{added: c.added.Copy(), gone: c.gone.Copy()}
}

func newChanges[T any](less func(a, b T) bool) *changes[T] {
	return &changes[T]{added: newTree(less), gone: newTree(less)}
}

func byID(a, b place) bool { return a.ID < b.ID }

func newTree[T any](less func(a, b T) bool) *btree.BTreeG[T] {
	return btree.NewBTreeGOptions(less, btree.Options{NoLocks: true}) // the Node's own lock guards it
}

func newIndex(ground *packed.Image) *index {
	x := &index{ground: ground, places: newTree(byID), class: map[vf.Class]*changes[vf.ID]{},
		links: newChanges(func(a, b packed.Link) bool { return a.Compare(b) < 0 })}
	for _, c := range vf.Classes() {
		x.class[c] = newChanges(func(a, b vf.ID) bool { return a < b })
	}
	return x
}

// copy returns an index that later changes do not touch. The one that is copied
// must not be written to meanwhile.
func (x *index) copy() *index {
	c := &index{ground: x.ground, places: x.places.Copy(), class: make(map[vf.Class]*changes[vf.ID], len(x.class)), links: x.links.copy()}
	for class, list := range x.class {
		c.class[class] = list.copy()
	}
	return c
}

// place returns the place of an id, false if it never was in the books.
func (x *index) place(id vf.ID) (place, bool) {
	if p, ok := x.places.Get(place{ID: id}); ok || x.ground == nil {
		return p, ok
	}
	return x.ground.Place(id)
}

// take takes in what a batch changed: records, nil of those that are gone, hashes of
// profiles, and the entries that changed a record. It goes through the trees in their
// order, so that most places are found beside the one before.
func (x *index) take(records map[string]vf.Record, hashes map[vf.ID]string, past map[vf.ID][]int64) {
	ids := make([]vf.ID, 0, len(past))
	for id := range past {
		ids = append(ids, id)
	}
	for id := range records {
		if past[vf.ID(id)] == nil {
			ids = append(ids, vf.ID(id))
		}
	}
	for id := range hashes {
		if _, ok := records[string(id)]; !ok && past[id] == nil {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	var links moved
	for _, id := range ids {
		p, there := x.place(id)
		was := p.Record
		p.ID, p.Past = id, append(p.Past, past[id]...)
		if r, ok := records[string(id)]; ok {
			p.Record, there = r, true
		}
		if hash, ok := hashes[id]; ok {
			p.Hash = hash
		}
		if there || past[id] != nil {
			x.set(p, was, &links)
		}
	}
	links.to(x)
}

// moved are links that are new, and those that are gone.
type moved struct{ added, gone []packed.Link }

func (m *moved) to(x *index) {
	slices.SortFunc(m.added, packed.Link.Compare)
	for _, l := range m.gone {
		x.links.remove(l, x.ground != nil)
	}
	for _, l := range m.added {
		x.links.add(l)
	}
}

// set sets a place; was is the record that it had. Its links are put down, to be moved.
func (x *index) set(p place, was vf.Record, links *moved) {
	if p.Record != was {
		before, now := packed.Links(was), packed.Links(p.Record)
		for _, l := range before {
			if _, keeps := slices.BinarySearchFunc(now, l, packed.Link.Compare); !keeps {
				links.gone = append(links.gone, l)
			}
		}
		for _, l := range now {
			if _, had := slices.BinarySearchFunc(before, l, packed.Link.Compare); !had {
				links.added = append(links.added, l)
			}
		}
	}
	switch {
	case was == nil && p.Record != nil:
		x.enlist(p.Record, func(list *changes[vf.ID]) { list.add(p.ID) })
	case was != nil && p.Record == nil:
		x.enlist(was, func(list *changes[vf.ID]) { list.remove(p.ID, x.ground != nil) })
	}
	x.places.SetHint(p, &x.at)
}

// enlist calls f with the lists of classes to which a record belongs.
func (x *index) enlist(r vf.Record, f func(*changes[vf.ID])) {
	f(x.class[r.Class()])
	if _, ok := r.(*vf.Agent); ok && r.Class() != "Agent" {
		f(x.class["Agent"])
	}
}

// past are the entries that changed a record, in order.
func (x *index) past(id vf.ID) []int64 {
	if p, ok := x.places.Get(place{ID: id}); ok || x.ground == nil {
		return p.Past
	}
	return x.ground.Past(id)
}

// own gives the places that are other than in the image, in the order of their ids.
func (x *index) own(yield func(place) bool) { x.places.Scan(yield) }

// each gives all places in the order of their ids. Nothing may change meanwhile.
func (x *index) each(yield func(place) bool) {
	next, stop := func() (string, bool) { return "", false }, func() {}
	if x.ground != nil {
		next, stop = iter.Pull(x.ground.Keys())
	}
	defer stop()
	key, more := next()
	below := func(until string, all bool) bool { // gives those of the image that come before a key
		for ; more && (all || key < until); key, more = next() {
			if p, ok := x.ground.Place(vf.ID(key)); ok && !yield(p) {
				return false
			}
		}
		return true
	}
	going := true
	x.places.Scan(func(p place) bool {
		if going = below(string(p.ID), false); going {
			going = yield(p)
		}
		if more && key == string(p.ID) {
			key, more = next()
		}
		return going
	})
	if going {
		below("", true)
	}
}

// around lists at most so many places from an id on, or back.
func (x *index) around(id vf.ID, back bool, most int) []place {
	var list []place
	take := func(p place) bool {
		list = append(list, p)
		return len(list) < most
	}
	if back {
		x.places.Descend(place{ID: id}, take)
	} else {
		x.places.Ascend(place{ID: id}, take)
	}
	if x.ground == nil {
		return list
	}
	own := len(list)
	for p := range x.ground.Around(id, back) {
		if _, later := x.places.Get(place{ID: p.ID}); later {
			continue
		}
		if list = append(list, p); len(list) == own+most {
			break
		}
	}
	slices.SortFunc(list, func(a, b place) int { return cmp.Compare(a.ID, b.ID) })
	if back {
		slices.Reverse(list)
	}
	return list[:min(most, len(list))]
}

// ofClass is the list of a class.
func (x *index) ofClass(c vf.Class) sorted {
	own := x.class[c]
	s := sorted{gone: func(id vf.ID) bool {
		_, gone := own.gone.Get(id)
		return gone
	}, added: func(from vf.ID, backwards bool, f func(vf.ID) bool) {
		switch {
		case backwards && from == "":
			own.added.Reverse(f)
		case backwards:
			own.added.Descend(from, f)
		default:
			own.added.Ascend(from, f)
		}
	}}
	if x.ground != nil {
		s.below = x.ground.Class(c)
	}
	return s
}

// referring is the list of what refers to an id by a property.
func (x *index) referring(property uint16, to vf.ID) sorted {
	s := sorted{gone: func(id vf.ID) bool {
		_, gone := x.links.gone.Get(packed.Link{Property: property, To: to, From: id})
		return gone
	}, added: func(from vf.ID, backwards bool, f func(vf.ID) bool) {
		pivot := packed.Link{Property: property, To: to, From: from}
		g := func(l packed.Link) bool { return l.Property == property && l.To == to && f(l.From) }
		switch {
		case backwards && from == "":
			pivot.To += "\x00" // just behind all of the target's
			x.links.added.Descend(pivot, func(l packed.Link) bool { return l == pivot || l.To == pivot.To || g(l) })
		case backwards:
			x.links.added.Descend(pivot, g)
		default:
			x.links.added.Ascend(pivot, g)
		}
	}}
	if x.ground != nil {
		s.below = x.ground.Referring(property, to)
	}
	return s
}

// linked calls f with each record that refers to any other by a property, and with one
// that refers to several as often as it does.
func (x *index) linked(property uint16, f func(vf.ID)) {
	if x.ground != nil {
		for l := range x.ground.Linked(property) {
			if _, gone := x.links.gone.Get(l); !gone {
				f(l.From)
			}
		}
	}
	x.links.added.Ascend(packed.Link{Property: property}, func(l packed.Link) bool {
		if l.Property != property {
			return false
		}
		f(l.From)
		return true
	})
}

// sorted is a list of ids: that of an image, with what was added to it, without what
// was taken from it.
type sorted struct {
	below packed.List
	gone  func(vf.ID) bool
	added func(from vf.ID, backwards bool, f func(vf.ID) bool)
}

// ascend gives those from an id on; "" is before all.
func (s sorted) ascend(from vf.ID, f func(vf.ID) bool) {
	i := s.below.Search(from)
	below := func(until vf.ID, all bool) bool {
		for ; i < s.below.Len(); i++ {
			id := s.below.At(i)
			if !all && id >= until {
				break
			}
			if !s.gone(id) && !f(id) {
				return false
			}
		}
		return true
	}
	going := true
	s.added(from, false, func(id vf.ID) bool {
		going = below(id, false) && f(id)
		return going
	})
	if going {
		below("", true)
	}
}

// descend gives those from an id back; "" is behind all.
func (s sorted) descend(from vf.ID, f func(vf.ID) bool) {
	i := s.below.Len() - 1
	if from != "" {
		if i = s.below.Search(from); i == s.below.Len() || s.below.At(i) != from {
			i--
		}
	}
	below := func(until vf.ID, all bool) bool {
		for ; i >= 0; i-- {
			id := s.below.At(i)
			if !all && id <= until {
				break
			}
			if !s.gone(id) && !f(id) {
				return false
			}
		}
		return true
	}
	going := true
	s.added(from, true, func(id vf.ID) bool {
		going = below(id, false) && f(id)
		return going
	})
	if going {
		below("", true)
	}
}
