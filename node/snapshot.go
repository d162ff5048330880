package node

import (
	"iter"
	"reflect"

	"commonweal/journal"
	"commonweal/vf"
)

// Snapshot is what the books said at one moment: reading it takes no lock from
// writers and goes to no store. It may be used by several goroutines. What was
// erased since is not in it any more; of a person who changed since it may have
// what they say now. Its records must not be changed.
type Snapshot struct {
	n       *Node
	index   *index
	journal *journal.State
}

// Snapshot returns the books as they are now. It costs little, and nothing where
// no act came since the last one was taken.
func (n *Node) Snapshot() *Snapshot {
	n.mu.RLock()
	s := n.snapshot
	n.mu.RUnlock()
	if s != nil {
		return s
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.snapshot == nil {
		n.snapshot = &Snapshot{n, n.index.copy(), n.journal.Clone()}
	}
	return n.snapshot
}

// Size is how many entries the journal had; the last one has the sequence Size-1.
func (s *Snapshot) Size() int64 { return s.journal.Size() }

// Record returns the record of an id with its personal part, nil if there is none.
// The error is of rule profileDiffers: the store is damaged.
func (s *Snapshot) Record(id vf.ID) (vf.Record, error) {
	p, _ := s.index.places.Get(place{id: id})
	if p.record == nil || p.hash == "" {
		return p.record, nil
	}
	return s.n.joinedRecord(p)
}

// Past returns the sequences of the entries that changed a record, in order, also
// of one that was withdrawn since; it must not be changed.
func (s *Snapshot) Past(id vf.ID) []int64 { return s.index.past(id) }

// Count is how many records of a class there are; Agent counts agents of all kinds.
func (s *Snapshot) Count(c vf.Class) int {
	if t := s.index.class[c]; t != nil {
		return t.Len()
	}
	return 0
}

// Class gives the ids of the records of a class in their order, from after an id
// on ("" for all); backwards, from before it on. Agent gives agents of all kinds.
func (s *Snapshot) Class(c vf.Class, after vf.ID, backwards bool) iter.Seq[vf.ID] {
	return func(yield func(vf.ID) bool) {
		t := s.index.class[c]
		if t == nil {
			return
		}
		f := func(id vf.ID) bool { return id == after || yield(id) }
		switch {
		case backwards && after == "":
			t.Reverse(f)
		case backwards:
			t.Descend(after, f)
		default:
			t.Ascend(after, f)
		}
	}
}

// Referring gives the ids of the records of a class that refer to an id by a
// property ("provider"), in the order of ids, from after an id on ("" for all);
// backwards, from before it on. Units of measures are not looked for.
func (s *Snapshot) Referring(c vf.Class, name string, to, after vf.ID, backwards bool) iter.Seq[vf.ID] {
	return func(yield func(vf.ID) bool) {
		number, ok := properties[property{c, name}]
		if !ok {
			return
		}
		f := func(l link) bool {
			if l.property != number || l.to != to {
				return false
			}
			return l.from == after || yield(l.from)
		}
		pivot := link{number, to, after}
		switch {
		case backwards && after == "":
			pivot.to += "\x00" // just behind all of the target's
			s.index.links.Descend(pivot, func(l link) bool { return l == pivot || l.to == pivot.to || f(l) })
		case backwards:
			s.index.links.Descend(pivot, f)
		default:
			s.index.links.Ascend(pivot, f)
		}
	}
}

// joinedRecord joins a record with its profile, which is read once. A profile that
// another one took the place of gives way to it.
func (n *Node) joinedRecord(p place) (vf.Record, error) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	if now := n.state.Record(p.id); n.profiles[p.hash] == nil && now != nil && n.hashes[p.id] != p.hash {
		p.record, p.hash = now, n.hashes[p.id]
	}
	if p.hash == "" || n.profiles[p.hash] == nil {
		return p.record, nil
	}
	if r, ok := n.wholes.Load(p.hash); ok {
		return with(p.record, r.(vf.Record)), nil
	}
	public, err := publicJSON(p.record, p.hash)
	if err != nil {
		return nil, err
	}
	r, err := joined(public, n.profiles[p.hash])
	if err == nil {
		n.wholes.Store(p.hash, r)
	}
	return r, err
}

// with returns a record with the personal part of another state of it.
func with(r, personal vf.Record) vf.Record {
	if isPerson(r) {
		return personal
	}
	c := reflect.New(reflect.TypeOf(r).Elem())
	c.Elem().Set(reflect.ValueOf(r).Elem())
	c.Elem().FieldByName("Note").Set(reflect.ValueOf(personal).Elem().FieldByName("Note"))
	return c.Interface().(vf.Record)
}
