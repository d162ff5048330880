package sqlite_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"commonweal/store"
	"commonweal/store/sqlite"
	"commonweal/store/storetest"
)

// TestReadersBesideAWriter reads while another has the store open to write: a
// reader sees what was committed when it began, and writes nothing.
func TestReadersBesideAWriter(t *testing.T) {
	t.Parallel()
	for name, driver := range drivers() {
		ctx, path, o := t.Context(), filepath.Join(t.TempDir(), "books"), sqlite.Options{Driver: driver, Wait: -1}
		w, err := sqlite.Create(ctx, path, o)
		if err != nil {
			t.Fatal(name, err)
		}
		books := storetest.NewBooks()
		var readers []*sqlite.Store
		for n := range 5 {
			if err := w.Append(ctx, books.Next(t, string(rune('a'+n)))); err != nil {
				t.Fatal(name, err)
			}
			r, err := sqlite.Read(ctx, path, o)
			if err != nil {
				t.Fatal(name, err)
			}
			readers = append(readers, r)
		}
		copied, err := readers[0].Backup(ctx, path+".copy")
		if err != nil || copied != books.State.Tree() {
			t.Errorf("%s: a copy made by a reader beside the writer has %v, %v", name, copied, err)
		}
		for n, r := range readers {
			if tree, err := r.Check(ctx); err != nil || tree.N != int64(n+1) {
				t.Errorf("%s: a reader from after act %d sees %d, %v", name, n+1, tree.N, err)
			}
			if err := r.Append(ctx, store.Batch{}); !errors.Is(err, store.ErrReadOnly) {
				t.Errorf("%s: a reader wrote: %v", name, err)
			}
			if err := r.Close(); err != nil {
				t.Error(name, err)
			}
		}
		if err := w.Close(); err != nil {
			t.Error(name, err)
		}
	}
}

// TestAWriterWaits opens a store to write while another has it, and finds what
// that one wrote.
func TestAWriterWaits(t *testing.T) {
	t.Parallel()
	path, _ := newStore(t, sqlite.Ncruces(), 1)
	first, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	type outcome struct {
		s   *sqlite.Store
		err error
	}
	second := make(chan outcome)
	go func() {
		s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
		second <- outcome{s, err}
	}()
	ended, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := sqlite.Open(ended, path, sqlite.Options{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a wait did not end with its context: %v", err)
	}
	if err := errors.Join(first.Append(t.Context(), store.Batch{Views: []store.Put{{View: "a", Key: "k", Value: []byte("v")}}}), first.Close()); err != nil {
		t.Fatal(err)
	}
	got := <-second
	if got.err != nil {
		t.Fatal(got.err)
	}
	if v, err := got.s.Get(t.Context(), "a", "k"); string(v) != "v" || err != nil {
		t.Errorf("the second writer sees %q, %v", v, err)
	}
	if err := got.s.Close(); err != nil {
		t.Error(err)
	}
}

// TestReadingACopy reads a backup where it lies and after it was put in place
// by hand, with which it must first be made a file that can be written beside readers.
func TestReadingACopy(t *testing.T) {
	t.Parallel()
	path, tree := newStore(t, sqlite.Ncruces(), 7)
	s, err := sqlite.Read(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	backup := filepath.Join(dir, "copy")
	if _, err := s.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	for _, open := range []func(context.Context, string, sqlite.Options) (*sqlite.Store, error){sqlite.ReadCopy, sqlite.Read} {
		r, err := open(t.Context(), backup, sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.Check(t.Context()); err != nil || got != tree {
			t.Errorf("the backup reads as %v, %v", got, err)
		}
		if after, err := os.ReadFile(backup); before != nil && (err != nil || !bytes.Equal(before, after)) {
			t.Errorf("reading a backup changed it: %v", err)
		}
		before = nil // Read may
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestTheBeginningIsOverwritten: such a file is ours, and damaged.
func TestTheBeginningIsOverwritten(t *testing.T) {
	t.Parallel()
	path, _ := newStore(t, sqlite.Ncruces(), 3)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copy(raw, make([]byte, 100))
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = sqlite.Read(t.Context(), path, sqlite.Options{})
	refused(t, "a store whose beginning was overwritten", err, "storeDamaged")
}
