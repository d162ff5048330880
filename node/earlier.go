package node

import (
	"context"
	"slices"

	"commonweal/journal"
	"commonweal/ledger"
	"commonweal/vf"
)

// said is a record as acts said it, the last of the entries being the last of those
// that are looked at, with the hash of its profile; nil if none says it, or if it was
// withdrawn.
func (n *Node) said(ctx context.Context, id vf.ID, past []int64) (vf.Record, string, error) {
	entries, err := n.Pick(ctx, past)
	if err != nil {
		return nil, "", err
	}
	var found vf.Record
	var hash string
	for _, seq := range past {
		e, err := journal.Decode(entries[seq])
		if err != nil {
			return nil, "", err
		}
		if found, hash, err = after(&e.Act, id, found, hash); err != nil {
			return nil, "", err
		}
	}
	return found, hash, nil
}

// earlier finds a resource as it was after the last of some entries that changed it:
// as acts had said it up to then, and as the events of up to then made it.
func (n *Node) earlier(ctx context.Context, s *Snapshot, id vf.ID, past []int64) (vf.Record, error) {
	last := past[len(past)-1]
	said, hash, err := n.said(ctx, id, past)
	if err != nil {
		return nil, err
	}
	now, _ := s.index.place(id)
	if said == nil { // an event made it
		if later, _, err := n.said(ctx, id, s.Past(id)); err != nil || later != nil {
			if err == nil {
				return n.replayed(ctx, id, last)
			}
			return nil, err
		}
		said, hash = now.Record, now.Hash
	}
	base := *said.(*vf.EconomicResource)
	units := now.Record.(*vf.EconomicResource)
	base.AccountingQuantity, base.OnhandQuantity = units.AccountingQuantity, units.OnhandQuantity
	n.mu.RLock()
	origin := n.state.Origin(id)
	n.mu.RUnlock()
	there := func(event vf.ID) bool { p := s.Past(event); return len(p) > 0 && p[0] <= last }
	var failed error
	basedOn := func(process vf.ID) vf.ID {
		past := s.Past(process)
		i, _ := slices.BinarySearch(past, last+1)
		if i == 0 {
			return ""
		}
		r, err := n.Revision(ctx, process, past[i-1])
		if err != nil {
			failed = err
		}
		p, _ := r.(*vf.Process)
		if p == nil {
			return ""
		}
		return p.BasedOn
	}
	r, err := ledger.Earlier(flows{s}, &base, origin, there, basedOn, ctx.Err)
	if err == nil {
		err = failed
	}
	if err != nil || hash == "" || n.liveHash(id) != hash {
		return r, err
	}
	return n.joinedRecord(place{ID: id, Record: r, Hash: hash})
}

// before makes the books of before an entry out of those of now: what did not change
// since is as it is. It reports false where that would read more of the journal than
// replaying it up to there.
func (s *Snapshot) before(ctx context.Context, seq int64) (*vf.Graph, bool, error) {
	work := int64(0)
	s.index.each(func(p place) bool {
		if i, _ := slices.BinarySearch(p.Past, seq); i < len(p.Past) {
			work += int64(i)
		}
		return work <= seq
	})
	if work > seq {
		return nil, false, nil
	}
	g := &vf.Graph{}
	var err error
	s.index.each(func(p place) bool {
		var r vf.Record
		switch i, _ := slices.BinarySearch(p.Past, seq); i {
		case len(p.Past):
			r, err = s.Record(p.ID)
		case 0:
			return true
		default:
			r, err = s.n.Revision(ctx, p.ID, p.Past[i-1])
		}
		if r != nil && err == nil {
			g.Add(r)
		}
		if err == nil {
			err = ctx.Err()
		}
		return err == nil
	})
	return g, true, err
}
