package sqlite_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"commonweal/store/sqlite"
	"commonweal/store/storetest"
)

func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	ctx, dir := t.Context(), t.TempDir()
	path := filepath.Join(dir, "books.sqlite")
	s, err := sqlite.Create(ctx, path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	books := storetest.NewBooks()
	for n := range 50 {
		b := books.Next(t, fmt.Sprint("act-", n))
		if n%10 == 9 {
			b.Checkpoint = books.Checkpoint(t)
		}
		if err := s.Append(ctx, b); err != nil {
			t.Fatal(err)
		}
	}
	copied, err := s.Backup(ctx, filepath.Join(dir, "copy"))
	if err != nil || copied != books.State.Tree() {
		t.Fatalf("the backup has %v, the books %v: %v", copied, books.State.Tree(), err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	restored, err := sqlite.Restore(ctx, filepath.Join(dir, "copy"), filepath.Join(dir, "again"), sqlite.Options{})
	if err != nil || restored != copied {
		t.Fatalf("restored %v of %v: %v", restored, copied, err)
	}
	again, err := sqlite.Open(ctx, filepath.Join(dir, "again"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Append(ctx, books.Next(t, "after")); err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestALayoutIsBroughtUpToDate opens a store whose beginning was cut short
// before its tables were made.
func TestALayoutIsBroughtUpToDate(t *testing.T) {
	t.Parallel()
	for name, driver := range drivers() {
		path := filepath.Join(t.TempDir(), "books")
		change(t, path, "PRAGMA application_id=0x436f6d77")
		for range 2 {
			s, err := sqlite.Open(t.Context(), path, sqlite.Options{Driver: driver})
			if err != nil {
				t.Fatal(name, err)
			}
			if tree, err := s.Check(t.Context()); err != nil || tree.N != 0 {
				t.Errorf("%s: a new layout holds %d entries, %v", name, tree.N, err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
