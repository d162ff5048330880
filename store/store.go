package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"commonweal/journal"
)

// The reserved names of views.
const (
	Profiles    = "profile"    // key: what journal.ProfileHash returns
	Checkpoints = "checkpoint" // key: what CheckpointKey returns
)

// Put sets one row of a view; a nil value deletes the row, an empty one is kept
// as empty. A profile's View is left empty or is [Profiles].
type Put struct {
	View, Key string
	Value     []byte
}

// Batch is what is made durable at once. Cleared views are emptied before the
// rows of Views are put, in order. Checkpoint may be nil.
type Batch struct {
	Entries    []journal.Sealed
	Clear      []string
	Views      []Put
	Profiles   []Put
	Checkpoint []byte
}

// First is the sequence of the batch's first entry, -1 if it has none.
func (b *Batch) First() int64 {
	if len(b.Entries) == 0 {
		return -1
	}
	return b.Entries[0].Seq
}

// Store keeps one network's books. All methods may be called at the same time
// from several goroutines. The functions handed to Entries and Scan may keep the
// bytes they get, and may call the methods that read; they must not call Append
// and wait for it.
type Store interface {
	// Append makes the batch durable, all of it or nothing. A context that ends
	// before the writing began ends the call with nothing written; after that it
	// is not looked at.
	Append(ctx context.Context, b Batch) error
	Reader
	// Backup writes a copy to a path where nothing is, while the store is in use,
	// verifies it, and returns size and root of the journal in it.
	Backup(ctx context.Context, path string) (tlog.Tree, error)
	// Close ends the use of the store; what waits in Append is finished first.
	Close() error
}

var (
	// ErrConflict is matched when another writer got in between: the first entry
	// of a batch is not the next one. Nothing of the batch was written.
	ErrConflict = errors.New("the journal has gone on in between")
	// ErrUnknown is matched when it cannot be known whether a batch was written.
	ErrUnknown = errors.New("it is unknown whether the act was written; open the books again and send it again with the same idempotency key")
	// ErrStopped is matched when nothing was tried, since an earlier write failed.
	ErrStopped = errors.New("the store takes no more acts since a write failed")
	// ErrReadOnly is matched when the store was opened for reading alone.
	ErrReadOnly = errors.New("the store was opened for reading alone")
	// ErrClosed is matched when the store was closed.
	ErrClosed = errors.New("the store is closed")
)

// Check refuses a batch that no store may take: entries that do not follow each
// other, and rows in reserved views.
func (b *Batch) Check() error {
	for i := range b.Entries {
		if b.Entries[i].Seq != b.Entries[0].Seq+int64(i) || len(b.Entries[i].Hashes) == 0 {
			return fmt.Errorf("the entries of a batch must follow each other, each with its hashes: entry %d stands %d after entry %d",
				b.Entries[i].Seq, i, b.Entries[0].Seq)
		}
	}
	for _, p := range b.Views {
		if reserved(p.View) {
			return fmt.Errorf("the view %q is reserved; put a row of it through its own member of the batch", p.View)
		}
	}
	for _, view := range b.Clear {
		if reserved(view) {
			return fmt.Errorf("the view %q cannot be made from the journal and is not cleared", view)
		}
	}
	for _, p := range b.Profiles {
		if p.View != "" && p.View != Profiles {
			return fmt.Errorf("a profile is put into the view %q, not %q", Profiles, p.View)
		}
	}
	if b.Checkpoint != nil {
		if _, _, err := journal.ReadCheckpoint(b.Checkpoint); err != nil {
			return err
		}
	}
	return nil
}

func reserved(view string) bool { return view == "" || view == Profiles || view == Checkpoints }

// CheckpointKey returns the key of a checkpoint of that size; keys order by size.
func CheckpointKey(size int64) string { return fmt.Sprintf("%019d", size) }

// CheckpointSize reads the key of a checkpoint; false if it is none.
func CheckpointSize(key string) (int64, bool) {
	size, err := strconv.ParseInt(key, 10, 64)
	return size, err == nil && CheckpointKey(size) == key
}

// Source is the part of a store that verification reads.
type Source interface {
	// Entries gives the journal's entries in order, from a sequence on.
	Entries(ctx context.Context, from int64, f func(seq int64, raw []byte) error) error
	// Hashes gives stored hashes of the journal's tree; a missing one is an error.
	Hashes(ctx context.Context, indexes []int64) ([]tlog.Hash, error)
	// Scan gives the rows of a view in the order of the bytes of their keys.
	Scan(ctx context.Context, view string, f func(key string, value []byte) error) error
}

// Reader is the part of a store that reads.
type Reader interface {
	Source
	// Get gives the value of a row, nil if there is none.
	Get(ctx context.Context, view, key string) ([]byte, error)
	// Views gives the names of all views that have rows, the reserved ones aside.
	Views(ctx context.Context) ([]string, error)
}

// Picker is a store that reads entries that stand apart with one statement.
type Picker interface {
	// Pick gives the entries of these sequences that there are, in order.
	Pick(ctx context.Context, sequences []int64, f func(seq int64, raw []byte) error) error
}

// Finder is a store that reads rows that stand apart with few statements.
type Finder interface {
	// Find gives those rows of a view that have one of these keys, in any order. The
	// view is none of the reserved ones.
	Find(ctx context.Context, view string, keys []string, f func(key string, value []byte) error) error
}

// HashReader makes a store the reader of its hashes, for proofs.
func HashReader(ctx context.Context, s Source) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) { return s.Hashes(ctx, indexes) })
}

// Journal gives a store's entries in the shape in which journal.Verify takes them.
func Journal(ctx context.Context, s Source) journal.Entries {
	return func(yield func(int64, []byte) error) error { return s.Entries(ctx, 0, yield) }
}

// Verify checks the whole journal of a store, with the hashes and checkpoints
// stored in it, the checkpoints that the verifier holds, and the first key if the verifier knows it.
func Verify(ctx context.Context, s Source, held [][]byte, first journal.PublicKey) (*journal.Report, error) {
	ev := journal.Evidence{Held: held, FirstKey: first, Hashes: HashReader(ctx, s)}
	err := s.Scan(ctx, Checkpoints, func(_ string, raw []byte) error {
		ev.Stored = append(ev.Stored, raw)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return journal.Verify(Journal(ctx, s), ev), nil
}
