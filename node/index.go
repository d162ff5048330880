package node

import (
	"cmp"
	"reflect"
	"slices"

	"github.com/tidwall/btree"

	"commonweal/vf"
)

// index finds records for readers: by id, by class in the order of ids, and by
// what they refer to. It follows each batch that became durable; copies of it cost
// nothing until the next act, and then only what that act touches.
type index struct {
	places *btree.BTreeG[place]
	class  map[vf.Class]*btree.BTreeG[vf.ID] // all agents are under Agent, those of a kind under it too
	links  *btree.BTreeG[link]
}

// place is one record of the index.
type place struct {
	id     vf.ID
	record vf.Record // the public part; nil once it was withdrawn
	hash   string    // of its profile
	past   []int64   // the entries that changed it; those of an older copy are the beginning of these
}

// link says that a record refers to another one by a property of its class.
type link struct {
	property uint16
	to, from vf.ID
}

func byID(a, b place) bool { return a.id < b.id }

func byTarget(a, b link) bool {
	if a.property != b.property {
		return a.property < b.property
	}
	if c := cmp.Compare(a.to, b.to); c != 0 {
		return c < 0
	}
	return a.from < b.from
}

func newTree[T any](less func(a, b T) bool) *btree.BTreeG[T] {
	return btree.NewBTreeGOptions(less, btree.Options{NoLocks: true}) // the Node's own lock guards it
}

func newIndex() *index {
	x := &index{places: newTree(byID), class: map[vf.Class]*btree.BTreeG[vf.ID]{}, links: newTree(byTarget)}
	for _, c := range vf.Classes() {
		x.class[c] = newTree(func(a, b vf.ID) bool { return a < b })
	}
	return x
}

// copy returns an index that later changes do not touch. The one that is copied
// must not be written to meanwhile.
func (x *index) copy() *index {
	c := &index{places: x.places.Copy(), class: make(map[vf.Class]*btree.BTreeG[vf.ID], len(x.class)), links: x.links.Copy()}
	for class, tree := range x.class {
		c.class[class] = tree.Copy()
	}
	return c
}

// reference is a property by which records of a class refer to others.
type reference struct {
	number uint16
	field  int // in the struct
}

// property is a property of a class.
type property struct {
	class vf.Class
	name  string
}

// properties numbers the properties of each class that refer to records, and
// referring lists them. The units of measures are not among them.
var properties, referring = func() (map[property]uint16, map[vf.Class][]reference) {
	numbers, of := map[property]uint16{}, map[vf.Class][]reference{}
	for _, c := range vf.Classes() {
		t := reflect.TypeOf(vf.NewRecord(c)).Elem()
		for _, f := range vf.Fields(c) {
			if f.Name != "@id" && (f.Type == reflect.TypeFor[vf.ID]() || f.Type == reflect.TypeFor[[]vf.ID]()) {
				number := uint16(len(numbers))
				numbers[property{c, f.Name}] = number
				of[c] = append(of[c], reference{number, fieldOf(t, f.Name)})
			}
		}
	}
	return numbers, of
}()

// fieldOf is the number of the struct's field that holds a property.
func fieldOf(t reflect.Type, property string) int {
	for i := range t.NumField() {
		if tag := t.Field(i).Tag.Get("json"); len(tag) >= len(property) && tag[:len(property)] == property &&
			(len(tag) == len(property) || tag[len(property)] == ',') {
			return i
		}
	}
	panic("node: no field holds the property " + property) // vf.Fields named it
}

// linksOf lists the links of a record, sorted, each once.
func linksOf(r vf.Record) []link {
	if r == nil {
		return nil
	}
	v := reflect.ValueOf(r).Elem()
	list := make([]link, 0, 8)
	for _, p := range referring[r.Class()] {
		switch x := v.Field(p.field).Addr().Interface().(type) {
		case *vf.ID:
			if *x != "" {
				list = append(list, link{p.number, *x, r.Key()})
			}
		case *[]vf.ID:
			for _, id := range *x {
				list = append(list, link{p.number, id, r.Key()})
			}
		}
	}
	slices.SortFunc(list, func(a, b link) int {
		return cmp.Or(cmp.Compare(a.property, b.property), cmp.Compare(a.to, b.to))
	})
	return slices.Compact(list)
}

// put sets the record of an id, nil if there is none any more.
func (x *index) put(id vf.ID, r vf.Record) {
	p, _ := x.places.Get(place{id: id})
	was, now := linksOf(p.record), linksOf(r)
	for _, l := range was {
		if _, keeps := slices.BinarySearchFunc(now, l, compareLinks); !keeps {
			x.links.Delete(l)
		}
	}
	for _, l := range now {
		if _, had := slices.BinarySearchFunc(was, l, compareLinks); !had {
			x.links.Set(l)
		}
	}
	switch {
	case p.record == nil && r != nil:
		x.enlist(r, func(t *btree.BTreeG[vf.ID]) { t.Set(id) })
	case p.record != nil && r == nil:
		x.enlist(p.record, func(t *btree.BTreeG[vf.ID]) { t.Delete(id) })
	}
	p.id, p.record = id, r
	x.places.Set(p)
}

func compareLinks(a, b link) int {
	return cmp.Or(cmp.Compare(a.property, b.property), cmp.Compare(a.to, b.to))
}

// enlist calls f with the lists of classes to which a record belongs.
func (x *index) enlist(r vf.Record, f func(*btree.BTreeG[vf.ID])) {
	f(x.class[r.Class()])
	if _, ok := r.(*vf.Agent); ok && r.Class() != "Agent" {
		f(x.class["Agent"])
	}
}

// hashed sets the hash of a record's profile.
func (x *index) hashed(id vf.ID, hash string) {
	if p, ok := x.places.Get(place{id: id}); ok && p.hash != hash {
		p.hash = hash
		x.places.Set(p)
	}
}

// passed adds entries to the past of a record, which may be gone.
func (x *index) passed(id vf.ID, entries []int64) {
	p, _ := x.places.Get(place{id: id})
	p.id, p.past = id, append(p.past, entries...)
	x.places.Set(p)
}

// past are the entries that changed a record, in order.
func (x *index) past(id vf.ID) []int64 {
	p, _ := x.places.Get(place{id: id})
	return p.past
}

// loaded makes an index of records that are sorted by id.
func loaded(records []vf.Record, hashes map[vf.ID]string, past map[vf.ID][]int64) *index {
	x := newIndex()
	type target struct {
		property uint16
		to       vf.ID
	}
	from := map[target][]vf.ID{}
	for _, r := range records {
		id := r.Key()
		x.places.Load(place{id, r, hashes[id], past[id]})
		x.enlist(r, func(t *btree.BTreeG[vf.ID]) { t.Load(id) })
		for _, l := range linksOf(r) {
			at := target{l.property, l.to}
			from[at] = append(from[at], id)
		}
	}
	targets := make([]target, 0, len(from))
	for t := range from {
		targets = append(targets, t)
	}
	slices.SortFunc(targets, func(a, b target) int { return cmp.Or(cmp.Compare(a.property, b.property), cmp.Compare(a.to, b.to)) })
	for _, t := range targets {
		for _, id := range from[t] {
			x.links.Load(link{t.property, t.to, id})
		}
	}
	for id, entries := range past { // of what was withdrawn
		if _, ok := x.places.Get(place{id: id}); !ok {
			x.places.Set(place{id: id, past: entries})
		}
	}
	return x
}
