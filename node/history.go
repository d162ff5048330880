package node

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"commonweal/journal"
	"commonweal/rule"
	"commonweal/store"
	"commonweal/vf"
)

// noted adds an entry to the past of records.
func (d *draft) noted(seq int64, ids []vf.ID) {
	for _, id := range ids {
		d.past[id] = append(d.past[id], seq)
	}
}

// lastChange is the entry that last changed a record, -1 if none did.
func (d *draft) lastChange(id vf.ID) int64 {
	for x := d; x != nil; x = x.below {
		if past := x.past[id]; len(past) > 0 {
			return past[len(past)-1]
		}
	}
	if past := d.n.index.past(id); len(past) > 0 {
		return past[len(past)-1]
	}
	return -1
}

// asSeen refuses an act about records that others changed since its author saw them.
func (d *draft) asSeen(a *Act) error {
	for _, id := range sortedKeys(a.Seen) {
		last := d.lastChange(id)
		if last == -1 {
			_, err := d.known("@id", id)
			return err
		}
		if last != a.Seen[id] {
			return rule.Refuse("changedSince", "id", string(id), "seen", strconv.FormatInt(a.Seen[id], 10), "entry", strconv.FormatInt(last, 10)).At(string(id))
		}
	}
	return nil
}

// Pick reads entries of the journal as they stand, by sequence. Those that stand
// near each other are read together.
func (n *Node) Pick(ctx context.Context, sequences []int64) (map[int64][]byte, error) {
	wanted := slices.Clone(sequences)
	slices.Sort(wanted)
	wanted = slices.Compact(wanted)
	found := make(map[int64][]byte, len(wanted))
	if s, ok := n.store.(store.Picker); ok {
		return found, s.Pick(ctx, wanted, func(seq int64, raw []byte) error {
			found[seq] = raw
			return nil
		})
	}
	const near = 64
	for i := 0; i < len(wanted); {
		last := i
		for last+1 < len(wanted) && wanted[last+1]-wanted[last] <= near {
			last++
		}
		at := i
		err := n.store.Entries(ctx, wanted[i], func(seq int64, raw []byte) error {
			if seq == wanted[at] {
				found[seq] = raw
				at++
			}
			if seq >= wanted[last] {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			return nil, err
		}
		i = last + 1
	}
	return found, nil
}

// Public reads a record as it stands in the journal: without its personal part.
func (n *Node) Public(raw []byte) (vf.Record, error) {
	r, _, err := opened(raw)
	return r, err
}

// Revision returns the record of an id as it was after one of the entries that
// changed it, nil if it was withdrawn by that. Its personal part is that of today,
// if it has the same still. What a resource was is reckoned from the events of then.
func (n *Node) Revision(ctx context.Context, id vf.ID, sequence int64) (vf.Record, error) {
	s := n.Snapshot()
	past := s.Past(id)
	i, ok := slices.BinarySearch(past, sequence)
	if !ok {
		return nil, rule.Refuse("noSuchEntry", "entry", strconv.FormatInt(sequence, 10), "last", strconv.FormatInt(s.Size()-1, 10))
	}
	if i == len(past)-1 {
		return s.Record(id)
	}
	if r, _ := s.index.place(id); isResource(r.Record) {
		return n.earlier(ctx, s, id, past[:i+1])
	}
	found, hash, err := n.said(ctx, id, past[:i+1])
	if err != nil || found == nil || hash == "" || n.liveHash(id) != hash {
		return found, err
	}
	return n.joinedRecord(place{ID: id, Record: found, Hash: hash})
}

func isResource(r vf.Record) bool {
	_, ok := r.(*vf.EconomicResource)
	return ok
}

// liveHash is the hash of the profile that a record has today.
func (n *Node) liveHash(id vf.ID) string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.hashes[id]
}

// after is what an act made of a record.
func after(a *journal.Act, id vf.ID, was vf.Record, hash string) (vf.Record, string, error) {
	if slices.Contains(a.Of, id) {
		switch a.Kind {
		case journal.Withdraw:
			return nil, "", nil
		case journal.Finish, journal.Release:
			return withFinished(was, true), hash, nil
		}
	}
	for i := len(a.Records) - 1; i >= 0; i-- {
		r, h, err := opened(a.Records[i])
		if err != nil {
			return nil, "", err
		}
		if r.Key() == id {
			return r, h, nil
		}
	}
	if a.Kind == journal.Adopt && slices.Contains(a.Of, id) {
		return nil, "", nil
	}
	return was, hash, nil
}

// replayed finds a record as it was after an entry by entering all up to there anew.
func (n *Node) replayed(ctx context.Context, id vf.ID, sequence int64) (vf.Record, error) {
	d, err := n.before(ctx, sequence+1)
	if err != nil {
		return nil, err
	}
	r := d.state.Record(id)
	if hash := d.hashes[id]; r != nil && hash != "" && n.liveHash(id) == hash {
		return n.joinedRecord(place{ID: id, Record: r, Hash: hash})
	}
	return r, nil
}
