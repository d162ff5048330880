package store

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"commonweal/journal"
)

// End says how far the parts of a store reach, at one moment.
type End struct {
	Entries int64 // the sequence after the last entry
	Hashes  int64 // the place after the last stored hash
	Covered int64 // the size that the newest checkpoint covers, 0 if there is none
}

// CheckEnd compares the end of a journal with its stored hashes and the newest
// checkpoint, which is what a store looks at each time it is opened. It returns
// what is wrong, nothing if all is well.
func CheckEnd(ctx context.Context, s Reader, e End) (reason string, err error) {
	if want := tlog.StoredHashCount(e.Entries); e.Hashes != want {
		return fmt.Sprintf("the journal has %d entries and %d stored hashes, not %d", e.Entries, e.Hashes, want), nil
	}
	if e.Covered > e.Entries {
		return fmt.Sprintf("the newest checkpoint covers %d entries, the journal has %d", e.Covered, e.Entries), nil
	}
	if e.Entries == 0 {
		return "", nil
	}
	var last []byte
	err = s.Entries(ctx, e.Entries-1, func(_ int64, raw []byte) error {
		if last == nil { // others may have come since
			last = raw
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	stored, err := s.Hashes(ctx, []int64{tlog.StoredHashIndex(0, e.Entries-1)})
	if err != nil {
		return "", err
	}
	if stored[0] != tlog.RecordHash(last) {
		return fmt.Sprintf("the last entry, %d, is not the one that its stored hash was made of", e.Entries-1), nil
	}
	return checkCovered(ctx, s, e.Covered)
}

// checkCovered compares the newest checkpoint with the stored hashes.
func checkCovered(ctx context.Context, s Reader, size int64) (reason string, err error) {
	if size == 0 {
		return "", nil
	}
	note, err := s.Get(ctx, Checkpoints, CheckpointKey(size))
	if err != nil {
		return "", err
	}
	_, tree, unread := journal.ReadCheckpoint(note)
	if unread != nil || tree.N != size {
		return fmt.Sprintf("the newest checkpoint, of %d entries, cannot be read", size), nil //nolint:nilerr // the reason says it
	}
	root, err := tlog.TreeHash(tree.N, HashReader(ctx, s))
	if err != nil {
		return "", err
	}
	if root != tree.Hash {
		return fmt.Sprintf("the stored hashes do not lead to the root of the checkpoint of %d entries", tree.N), nil
	}
	return "", nil
}
