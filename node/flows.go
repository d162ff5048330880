package node

import (
	"context"
	"iter"

	"commonweal/ledger"
	"commonweal/vf"
)

// flows are the books of a snapshot as package ledger follows flows through them.
type flows struct{ *Snapshot }

// Referring gives the ids of the records of a class that refer to an id.
func (f flows) Referring(c vf.Class, property string, to vf.ID) iter.Seq[vf.ID] {
	return f.Snapshot.Referring(c, property, to, "", false)
}

// Units answers about the units declared.
func (f flows) Units() (*vf.Units, error) {
	var list []*vf.Unit
	for id := range f.Class("Unit", "", false) {
		r, err := f.Record(id)
		if err != nil {
			return nil, err
		}
		list = append(list, r.(*vf.Unit))
	}
	return vf.NewUnits(list)
}

// Numbers returns the places of events in the order of posting, which never change.
func (f flows) Numbers(events []vf.ID) []int64 {
	f.n.mu.RLock()
	defer f.n.mu.RUnlock()
	list := make([]int64, len(events))
	for i, id := range events {
		kept, _ := f.n.state.Posting(id)
		list[i] = kept.Number
	}
	return list
}

// Trace tells where a thing came from, as [ledger.Trace] does; the end of ctx ends it.
func (s *Snapshot) Trace(ctx context.Context, id vf.ID) ([]ledger.Row, error) {
	return ledger.Trace(flows{s}, id, ctx.Err)
}

// Track tells where a thing went, as [ledger.Track] does; the end of ctx ends it.
func (s *Snapshot) Track(ctx context.Context, id vf.ID) ([]ledger.Row, error) {
	return ledger.Track(flows{s}, id, ctx.Err)
}
