package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"commonweal/journal"
	"commonweal/ledger"
	"commonweal/rule"
	"commonweal/store"
	"commonweal/vf"
)

// Open opens the books in a store from their views, without replay. Views of
// another layout are made anew from the journal first, which needs a signer no
// more than reading does. Books without genesis are refused by rule notBegun.
func Open(ctx context.Context, s store.Store, o Options) (*Node, error) {
	n := newNode(s, o)
	raw, err := s.Get(ctx, viewMark, viewMark)
	if err != nil {
		return nil, err
	}
	var m mark
	if raw != nil {
		if err := json.Unmarshal(raw, &m); err != nil {
			return nil, fmt.Errorf("the view %q cannot be read: %w", viewMark, err)
		}
	}
	if m.Layout != layout {
		if err := n.rebuild(ctx); err != nil {
			return nil, err
		}
		return n, nil
	}
	if n.journal, err = journal.Resume(m.Journal); err != nil {
		return nil, err
	}
	if err := n.checkTail(ctx, m.Journal); err != nil {
		return nil, err
	}
	if err := n.load(ctx); err != nil {
		return nil, err
	}
	return n, nil
}

// checkTail compares the mark with the end of the journal that is stored.
func (n *Node) checkTail(ctx context.Context, m journal.Mark) error {
	if m.Size == 0 {
		return rule.Refuse("notBegun")
	}
	hashes, err := n.store.Hashes(ctx, []int64{tlog.StoredHashIndex(0, m.Size-1)})
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(m.Size, store.HashReader(ctx, n.store))
	if err != nil {
		return err
	}
	if hashes[0] != m.Last || root != n.journal.Tree().Hash {
		return rule.Refuse("viewsDiffer", "view", viewMark, "key", fmt.Sprint(m.Size-1))
	}
	return n.store.Entries(ctx, m.Size, func(seq int64, _ []byte) error {
		return rule.Refuse("viewsDiffer", "view", viewMark, "key", fmt.Sprint(seq))
	})
}

// load reads the views into memory.
func (n *Node) load(ctx context.Context) error {
	if err := n.loadRecords(ctx); err != nil {
		return err
	}
	for _, view := range []string{ledger.ViewCarried, ledger.ViewOrigin, ledger.ViewPosting, ledger.ViewProgress} {
		err := n.store.Scan(ctx, view, func(key string, value []byte) error { return n.state.Load(view, key, value) })
		if err != nil {
			return err
		}
	}
	err := n.store.Scan(ctx, store.Profiles, func(key string, value []byte) error {
		n.profiles[key] = value
		return nil
	})
	if err != nil {
		return err
	}
	return n.state.Loaded()
}

// loadRecords decodes the records on all processors, for it is most of the work.
func (n *Node) loadRecords(ctx context.Context) error {
	type decoded struct {
		r    vf.Record
		hash string
		err  error
	}
	const chunk = 512
	var jobs []chan []decoded
	var wait sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	start := func(rows [][]byte) {
		out := make(chan []decoded, 1)
		jobs = append(jobs, out)
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			list := make([]decoded, len(rows))
			for i, raw := range rows {
				list[i].r, list[i].hash, list[i].err = opened(raw)
			}
			out <- list
		})
	}
	var rows [][]byte
	err := n.store.Scan(ctx, viewRecord, func(_ string, value []byte) error {
		if rows = append(rows, value); len(rows) == chunk {
			start(rows)
			rows = nil
		}
		return nil
	})
	start(rows)
	wait.Wait()
	if err != nil {
		return err
	}
	for _, job := range jobs {
		for _, d := range <-job {
			if d.err != nil {
				return fmt.Errorf("a row of the view %q cannot be read: %w", viewRecord, d.err)
			}
			n.state.LoadRecord(d.r)
			if d.hash != "" {
				n.hashes[d.r.Key()] = d.hash
			}
		}
	}
	return nil
}

// rebuild makes all views anew from the journal and stores them.
func (n *Node) rebuild(ctx context.Context) error {
	d, err := n.replay(ctx)
	if err != nil {
		return err
	}
	if d.journal.Size() == 0 {
		return rule.Refuse("notBegun")
	}
	puts, err := d.puts()
	if err != nil {
		return err
	}
	if err := n.store.Append(ctx, store.Batch{Clear: views, Views: puts}); err != nil {
		return err
	}
	n.state, n.journal, n.hashes = d.state, d.journal, d.hashes
	n.readUnits()
	return n.store.Scan(ctx, store.Profiles, func(key string, value []byte) error {
		n.profiles[key] = value
		return nil
	})
}

// views are all views that are made from the journal.
var views = []string{ledger.ViewCarried, viewKey, viewMark, ledger.ViewOrigin, ledger.ViewPosting, ledger.ViewProgress, viewRecord}

// Difference is a row of a view that is not what the journal makes of it.
type Difference struct {
	View   string `json:"view"`
	Key    string `json:"key"`
	Stored string `json:"stored,omitempty"` // "" if the row is missing
	Made   string `json:"made,omitempty"`   // "" if there should be none
}

// maxDifferences is how many differences Replay lists.
const maxDifferences = 20

var errMany = errors.New("enough differences")

// Replay makes every view again from the journal, checking each entry, and
// compares it with the stored one byte for byte. It returns the first
// differences, none if all are equal. Writers wait meanwhile.
func (n *Node) Replay(ctx context.Context) ([]Difference, error) {
	n.write.Lock()
	defer n.write.Unlock()
	d, err := n.replay(ctx)
	if err != nil {
		return nil, err
	}
	puts, err := d.puts()
	if err != nil {
		return nil, err
	}
	made := make(map[string]map[string][]byte, len(views))
	for _, p := range puts {
		if made[p.View] == nil {
			made[p.View] = map[string][]byte{}
		}
		if p.Value != nil { // else withdrawn
			made[p.View][p.Key] = p.Value
		}
	}
	var list []Difference
	add := func(x Difference) error {
		if list = append(list, x); len(list) == maxDifferences {
			return errMany
		}
		return nil
	}
	for _, view := range views {
		err := compare(ctx, n.store, view, made[view], add)
		if errors.Is(err, errMany) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// compare reports where a stored view is not as made.
func compare(ctx context.Context, s store.Store, view string, made map[string][]byte, add func(Difference) error) error {
	err := s.Scan(ctx, view, func(key string, value []byte) error {
		want, ok := made[key]
		delete(made, key)
		if ok && string(want) == string(value) {
			return nil
		}
		return add(Difference{view, key, string(value), string(want)})
	})
	if err != nil {
		return err
	}
	for _, key := range sortedKeys(made) {
		if err := add(Difference{View: view, Key: key, Made: string(made[key])}); err != nil {
			return err
		}
	}
	return nil
}

// replay enters all entries of the store into a draft that stands on nothing.
func (n *Node) replay(ctx context.Context) (*draft, error) {
	d := newNode(n.store, n.options).draft()
	d.state, d.journal = ledger.New(), &journal.State{}
	err := n.store.Entries(ctx, 0, func(seq int64, raw []byte) error {
		e, _, err := d.journal.Apply(raw)
		if err != nil {
			return err
		}
		if err := d.again(&e.Act); err != nil {
			return fmt.Errorf("entry %d: %w", seq, err)
		}
		d.keys[e.Act.Key] = seq
		return nil
	})
	return d, err
}

// again enters an act that stands in the journal.
func (d *draft) again(a *journal.Act) error {
	v, ok := verbs[a.Kind]
	if !ok {
		return (&journal.Act{Kind: a.Kind}).Check()
	}
	records := make([]vf.Record, 0, len(a.Records))
	for _, raw := range a.Records {
		r, hash, err := opened(raw)
		if err != nil {
			return err
		}
		d.hashes[r.Key()] = hash
		records = append(records, r)
	}
	return v.enter(d, records, a.Of)
}
