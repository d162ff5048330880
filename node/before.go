package node

import (
	"context"
	"errors"
	"strconv"

	"commonweal/journal"
	"commonweal/ledger"
	"commonweal/rule"
	"commonweal/vf"
)

// Before returns what the books said before an entry was made, with the personal
// data that is there today: made of what they say now and what changed since or, where
// that would read more, by replaying the journal up to there.
func (n *Node) Before(ctx context.Context, seq int64) (*vf.Graph, error) {
	s := n.Snapshot()
	if size := s.Size(); seq < 1 || seq >= size {
		return nil, rule.Refuse("noSuchEntry", "entry", strconv.FormatInt(seq, 10), "last", strconv.FormatInt(size-1, 10))
	}
	if g, made, err := s.before(ctx, seq); made || err != nil {
		return g, err
	}
	return n.replayedBefore(ctx, seq)
}

// replayedBefore replays the journal up to an entry.
func (n *Node) replayedBefore(ctx context.Context, seq int64) (*vf.Graph, error) {
	d, err := n.before(ctx, seq)
	if err != nil {
		return nil, err
	}
	g := &vf.Graph{}
	n.mu.RLock()
	defer n.mu.RUnlock()
	for r := range d.state.Each() {
		if n.hashes[r.Key()] != "" && n.hashes[r.Key()] == d.hashes[r.Key()] {
			if r, err = n.whole(r); err != nil {
				return nil, err
			}
		}
		g.Add(r)
	}
	return g, nil
}

// before replays the journal up to before an entry.
func (n *Node) before(ctx context.Context, seq int64) (*draft, error) {
	d := newNode(nil, Options{}).draft()
	d.state, d.journal = ledger.New(), &journal.State{}
	err := n.store.Entries(ctx, 0, func(at int64, raw []byte) error {
		if at >= seq && d.journal.Unsigned() == 0 {
			return errStop
		}
		e, _, err := d.journal.Apply(raw)
		if err != nil {
			return misplaced(d.journal, err)
		}
		if at >= seq { // only read on to the signature on which the last stand
			return nil
		}
		if err := d.again(e); err != nil {
			return notAgain(d.journal, at, err)
		}
		return nil
	})
	if err != nil && !errors.Is(err, errStop) {
		return nil, err
	}
	if err := d.journal.End(); err != nil {
		return nil, misplaced(d.journal, err)
	}
	return d, nil
}
