package node

import (
	"iter"
	"reflect"

	"commonweal/journal"
	"commonweal/node/packed"
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
	p, _ := s.index.place(id)
	if p.Record == nil || p.Hash == "" {
		return p.Record, nil
	}
	return s.n.joinedRecord(p)
}

// Past returns the sequences of the entries that changed a record, in order, also
// of one that was withdrawn since; it must not be changed.
func (s *Snapshot) Past(id vf.ID) []int64 { return s.index.past(id) }

// Count is how many records of a class there are; Agent counts agents of all kinds.
func (s *Snapshot) Count(c vf.Class) int {
	t := s.index.class[c]
	if t == nil {
		return 0
	}
	n := t.added.Len() - t.gone.Len()
	if s.index.ground != nil {
		n += s.index.ground.Class(c).Len()
	}
	return n
}

// Class gives the ids of the records of a class in their order, from after an id
// on ("" for all); backwards, from before it on. Agent gives agents of all kinds.
func (s *Snapshot) Class(c vf.Class, after vf.ID, backwards bool) iter.Seq[vf.ID] {
	return func(yield func(vf.ID) bool) {
		if s.index.class[c] == nil {
			return
		}
		s.index.ofClass(c).from(after, backwards, yield)
	}
}

// Referring gives the ids of the records of a class that refer to an id by a
// property ("provider"), in the order of ids, from after an id on ("" for all);
// backwards, from before it on. Units of measures are not looked for.
func (s *Snapshot) Referring(c vf.Class, name string, to, after vf.ID, backwards bool) iter.Seq[vf.ID] {
	return func(yield func(vf.ID) bool) {
		if number, ok := packed.Property(c, name); ok {
			s.index.referring(number, to).from(after, backwards, yield)
		}
	}
}

// from gives a list from after an id on ("" for all), or backwards from before it on.
func (s sorted) from(after vf.ID, backwards bool, yield func(vf.ID) bool) {
	f := func(id vf.ID) bool { return id == after || yield(id) }
	if backwards {
		s.descend(after, f)
		return
	}
	s.ascend(after, f)
}

// joinedRecord joins a record with its profile, which is read once. A profile that
// another one took the place of gives way to it.
func (n *Node) joinedRecord(p place) (vf.Record, error) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	if now := n.state.Record(p.ID); n.profiles[p.Hash] == nil && now != nil && n.hashes[p.ID] != p.Hash {
		p.Record, p.Hash = now, n.hashes[p.ID]
	}
	if p.Hash == "" || n.profiles[p.Hash] == nil {
		return p.Record, nil
	}
	if r, ok := n.wholes.Load(p.Hash); ok {
		return with(p.Record, r.(vf.Record)), nil
	}
	public, err := publicJSON(p.Record, p.Hash)
	if err != nil {
		return nil, err
	}
	r, err := joined(public, n.profiles[p.Hash])
	if err == nil {
		n.wholes.Store(p.Hash, r)
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
