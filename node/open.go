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
			return nil, differs(viewMark, viewMark)
		}
	}
	if m.Layout != layout {
		if err := n.rebuild(ctx); err != nil {
			return nil, err
		}
		return n, nil
	}
	if n.journal, err = journal.Resume(m.Journal); err != nil || m.Journal.Size == 0 || n.journal.End() != nil {
		return nil, differs(viewMark, viewMark)
	}
	if err := n.checkTail(ctx, m.Journal); err != nil {
		return nil, err
	}
	quick, err := n.openImage(ctx, m)
	if err == nil && !quick {
		err = n.load(ctx)
	}
	if err != nil {
		return nil, err
	}
	return n, nil
}

// checkTail compares the mark with the end of the journal that is stored.
func (n *Node) checkTail(ctx context.Context, m journal.Mark) error {
	hashes, err := n.store.Hashes(ctx, []int64{tlog.StoredHashIndex(0, m.Size-1)})
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(m.Size, store.HashReader(ctx, n.store))
	if err != nil {
		return err
	}
	if hashes[0] != m.Last || root != n.journal.Tree().Hash {
		return differs(viewMark, fmt.Sprint(m.Size-1))
	}
	return n.store.Entries(ctx, m.Size, func(seq int64, _ []byte) error {
		return differs(viewMark, fmt.Sprint(seq))
	})
}

// load reads the views into memory.
func (n *Node) load(ctx context.Context) error {
	if err := n.loadRecords(ctx); err != nil {
		return err
	}
	past, err := n.loadHistory(ctx)
	if err != nil {
		return err
	}
	for _, view := range []string{ledger.ViewCarried, ledger.ViewOrigin, ledger.ViewPosting, ledger.ViewProgress} {
		err := n.store.Scan(ctx, view, func(key string, value []byte) error {
			if n.state.Load(view, key, value) != nil {
				return differs(view, key)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	err = n.store.Scan(ctx, store.Profiles, func(key string, value []byte) error {
		n.profiles[key] = value
		return nil
	})
	if err != nil {
		return err
	}
	n.index = loaded(n.state.Records(), n.hashes, past)
	known := map[string]vf.ID{} // each author's id is held once
	err = n.store.Scan(ctx, viewAuthor, func(key string, value []byte) error {
		author, ok := known[string(value)]
		if !ok {
			author = vf.ID(value)
			known[string(value)] = author
		}
		n.authors[vf.ID(key)] = author
		return nil
	})
	if err != nil {
		return err
	}
	if n.state.Loaded() != nil {
		return firstDifference(ctx, n.store, ledger.ViewPosting)
	}
	return nil
}

// loadRecords decodes the records on all processors, for it is most of the work.
func (n *Node) loadRecords(ctx context.Context) error {
	type row struct {
		key string
		raw []byte
	}
	type decoded struct {
		key  string
		r    vf.Record
		hash string
		err  error
	}
	const chunk = 512
	var jobs []chan []decoded
	var wait sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	start := func(rows []row) {
		out := make(chan []decoded, 1)
		jobs = append(jobs, out)
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			list := make([]decoded, len(rows))
			for i, row := range rows {
				list[i].key = row.key
				list[i].r, list[i].hash, list[i].err = opened(row.raw)
			}
			out <- list
		})
	}
	var rows []row
	err := n.store.Scan(ctx, viewRecord, func(key string, value []byte) error {
		if rows = append(rows, row{key, value}); len(rows) == chunk {
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
			if d.err != nil || string(d.r.Key()) != d.key {
				return differs(viewRecord, d.key)
			}
			n.state.LoadRecord(d.r)
			n.register.Set(nil, d.r, n.state.Record)
			if d.hash != "" {
				n.hashes[d.r.Key()] = d.hash
			}
		}
	}
	return nil
}

// rebuild makes all views anew from the journal and stores them.
func (n *Node) rebuild(ctx context.Context) error {
	d, err := replay(ctx, n.store)
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
	stored, err := n.store.Views(ctx)
	if err != nil {
		return err
	}
	err = n.store.Append(ctx, store.Batch{Clear: stored, Views: puts})
	if err != nil && !errors.Is(err, store.ErrReadOnly) { // a reader has them in memory alone
		return err
	}
	n.state, n.journal, n.hashes, n.register = d.state, d.journal, d.hashes, d.register
	n.index = loaded(n.state.Records(), n.hashes, d.past)
	for id, author := range d.authors {
		if author != "" {
			n.authors[id] = author
		}
	}
	n.readUnits()
	return n.store.Scan(ctx, store.Profiles, func(key string, value []byte) error {
		n.profiles[key] = value
		return nil
	})
}

// Rebuild makes all views in a store anew from the journal, checking each entry.
func Rebuild(ctx context.Context, s store.Store) error {
	return newNode(s, Options{}).rebuild(ctx)
}

// replay enters all entries of the store into a draft that stands on nothing.
func replay(ctx context.Context, s store.Source) (*draft, error) {
	d := newNode(nil, Options{}).draft()
	d.state, d.journal = ledger.New(), &journal.State{}
	err := s.Entries(ctx, 0, func(seq int64, raw []byte) error {
		e, _, err := d.journal.Apply(raw)
		if err != nil {
			return err
		}
		if err := d.again(seq, &e.Act); err != nil {
			return fmt.Errorf("entry %d: %w", seq, err)
		}
		d.keys[e.Act.Key], d.changes = seq, nil // nobody hears of them
		return nil
	})
	if err == nil {
		err = d.journal.End()
	}
	return d, err
}

// again enters an act that stands in the journal.
func (d *draft) again(seq int64, a *journal.Act) error {
	v, ok := verbs[a.Kind]
	if !ok {
		return (&journal.Act{Kind: a.Kind}).Check()
	}
	d.by = a.Author
	records := make([]vf.Record, 0, len(a.Records))
	for _, raw := range a.Records {
		r, hash, err := opened(raw)
		if err != nil {
			return err
		}
		d.hashes[r.Key()] = hash
		records = append(records, r)
	}
	was := d.present(a.Of)
	if err := v.enter(d, records, a.Of); err != nil {
		return err
	}
	changed := d.changed(a.Of, records)
	d.noted(seq, changed)
	d.changes = append(d.changes, Change{Sequence: seq, Act: *a, Changed: changed, gone: d.gone(was)})
	return nil
}
