package store

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"commonweal/journal"
)

// What one batch of a copy holds: so many entries, and so many bytes of them or
// of rows; and how many checkpoints are under way at a time.
const (
	copyEntries = 2000
	copyBytes   = 4 << 20
	copyWriters = 64
)

// ErrNotEmpty is matched when books were to be copied to where some are already.
var ErrNotEmpty = errors.New("there is something in it already")

// Copy carries a whole network from one store to another, of whatever kind:
// entries with their stored hashes, checkpoints, views and profiles, each byte
// as it is. Nothing else may write to either meanwhile; what is read should be
// of one moment. It returns size and root of the journal copied, as the other
// store has them now; reading the copy through and verifying it is its user's.
func Copy(ctx context.Context, from Reader, to Store) (tlog.Tree, error) {
	if err := mustBeEmpty(ctx, to); err != nil {
		return tlog.Tree{}, err
	}
	size, err := copyJournal(ctx, from, to)
	if err != nil {
		return tlog.Tree{}, err
	}
	if err := copyCheckpoints(ctx, from, to); err != nil {
		return tlog.Tree{}, err
	}
	views, err := from.Views(ctx)
	if err != nil {
		return tlog.Tree{}, err
	}
	for _, view := range append(views, Profiles) {
		if err := copyView(ctx, from, to, view); err != nil {
			return tlog.Tree{}, err
		}
	}
	tree, err := root(ctx, to, size)
	if err != nil {
		return tlog.Tree{}, err
	}
	if had, err := root(ctx, from, size); err != nil || had != tree {
		return tlog.Tree{}, errors.Join(err, fmt.Errorf("the copy has the root %s for %d entries, the books have %s", tree.Hash, size, had.Hash))
	}
	return tree, nil
}

func root(ctx context.Context, s Source, size int64) (tlog.Tree, error) {
	hash, err := tlog.TreeHash(size, HashReader(ctx, s))
	return tlog.Tree{N: size, Hash: hash}, err
}

func mustBeEmpty(ctx context.Context, to Store) error {
	views, err := to.Views(ctx)
	if err != nil {
		return err
	}
	if len(views) > 0 {
		return ErrNotEmpty
	}
	if err := to.Entries(ctx, 0, func(int64, []byte) error { return ErrNotEmpty }); err != nil {
		return err
	}
	for _, view := range []string{Profiles, Checkpoints} {
		if err := to.Scan(ctx, view, func(string, []byte) error { return ErrNotEmpty }); err != nil {
			return err
		}
	}
	return nil
}

// copyJournal copies the entries with their hashes and returns how many.
func copyJournal(ctx context.Context, from Reader, to Store) (int64, error) {
	var waiting []journal.Sealed
	done, bytes := int64(0), 0
	flush := func() error {
		if len(waiting) == 0 {
			return nil
		}
		if err := withHashes(ctx, from, waiting); err != nil {
			return err
		}
		done, bytes = done+int64(len(waiting)), 0
		err := to.Append(ctx, Batch{Entries: waiting})
		waiting = nil
		return err
	}
	err := from.Entries(ctx, 0, func(seq int64, raw []byte) error {
		waiting = append(waiting, journal.Sealed{Seq: seq, Raw: raw})
		if bytes += len(raw); bytes < copyBytes && len(waiting) < copyEntries {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	return done, err
}

// withHashes gives entries that follow each other their stored hashes.
func withHashes(ctx context.Context, from Source, entries []journal.Sealed) error {
	first, last := entries[0].Seq, entries[len(entries)-1].Seq
	begin, end := tlog.StoredHashIndex(0, first), tlog.StoredHashCount(last+1)
	places := make([]int64, 0, end-begin)
	for place := begin; place < end; place++ {
		places = append(places, place)
	}
	hashes, err := from.Hashes(ctx, places)
	if err != nil {
		return err
	}
	for i := range entries {
		n := tlog.StoredHashCount(entries[i].Seq+1) - tlog.StoredHashIndex(0, entries[i].Seq)
		entries[i].Hashes, hashes = hashes[:n:n], hashes[n:]
	}
	return nil
}

// copyCheckpoints copies the checkpoints, many at a time, so that they share
// commits.
func copyCheckpoints(ctx context.Context, from Reader, to Store) error {
	var wait sync.WaitGroup
	var mu sync.Mutex
	var failed error
	slots := make(chan struct{}, copyWriters)
	err := from.Scan(ctx, Checkpoints, func(_ string, note []byte) error {
		slots <- struct{}{}
		mu.Lock()
		err := failed
		mu.Unlock()
		if err != nil {
			return err
		}
		wait.Go(func() {
			defer func() { <-slots }()
			if err := to.Append(ctx, Batch{Checkpoint: note}); err != nil {
				mu.Lock()
				failed = err
				mu.Unlock()
			}
		})
		return nil
	})
	wait.Wait()
	return errors.Join(err, failed)
}

// copyView copies the rows of one view, or the profiles.
func copyView(ctx context.Context, from Reader, to Store, view string) error {
	var b Batch
	rows := &b.Views
	if view == Profiles {
		rows = &b.Profiles
	}
	bytes := 0
	flush := func() error {
		if len(*rows) == 0 {
			return nil
		}
		err := to.Append(ctx, b)
		*rows, bytes = nil, 0
		return err
	}
	err := from.Scan(ctx, view, func(key string, value []byte) error {
		*rows = append(*rows, Put{View: view, Key: key, Value: value})
		if bytes += len(key) + len(value) + 64; bytes < copyBytes {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	return err
}
