package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"commonweal/journal"
	"commonweal/store"
	"commonweal/store/postgres"
	"commonweal/store/postgres/pgtest"
	"commonweal/store/sqlite"
	"commonweal/store/storetest"
)

// everything is all that a store holds, as text.
func everything(t *testing.T, s store.Reader) string {
	t.Helper()
	var b strings.Builder
	size := int64(0)
	err := s.Entries(t.Context(), 0, func(seq int64, raw []byte) error {
		size = seq + 1
		fmt.Fprintf(&b, "entry %d %q\n", seq, raw)
		return nil
	})
	must(t, err)
	places := make([]int64, tlog.StoredHashCount(size))
	for i := range places {
		places[i] = int64(i)
	}
	hashes, err := s.Hashes(t.Context(), places)
	must(t, err)
	for i, h := range hashes {
		fmt.Fprintf(&b, "hash %d %s\n", i, h)
	}
	views, err := s.Views(t.Context())
	must(t, err)
	for _, view := range append(views, store.Profiles, store.Checkpoints) {
		must(t, s.Scan(t.Context(), view, func(key string, value []byte) error {
			fmt.Fprintf(&b, "row %s %q %q\n", view, key, value)
			return nil
		}))
	}
	return b.String()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// written makes books with some of everything, large rows and odd keys too.
func written(t *testing.T, s store.Store, books *storetest.Books) {
	t.Helper()
	for n := range 300 {
		b := books.Next(t, fmt.Sprint(n))
		b.Checkpoint = books.Checkpoint(t)
		b.Profiles = []store.Put{{Key: fmt.Sprint("p", n%40), Value: []byte(strings.Repeat("x", n))}}
		b.Views = append(b.Views, store.Put{View: "odd", Key: "\xff\x00" + fmt.Sprint(n), Value: []byte{}},
			store.Put{View: "large", Key: fmt.Sprint(n % 4), Value: []byte(strings.Repeat("large ", 50000))})
		must(t, s.Append(t.Context(), b))
	}
}

// TestACopyIsTheSame carries books from a file through two databases into a file.
func TestACopyIsTheSame(t *testing.T) {
	t.Parallel()
	ctx, address, books := t.Context(), pgtest.URL(t), storetest.NewBooks()
	first, err := sqlite.Create(ctx, filepath.Join(t.TempDir(), "books"), sqlite.Options{})
	must(t, err)
	defer first.Close()
	written(t, first, books)
	want := everything(t, first)
	copyOf := func(from store.Reader) func(context.Context, store.Store) error {
		return func(ctx context.Context, to store.Store) error {
			_, err := store.Copy(ctx, from, to)
			return err
		}
	}
	var from store.Reader = first
	for _, name := range []string{"one", "two"} {
		tree, err := postgres.Fill(ctx, address+"&network="+name, postgres.Options{}, copyOf(from))
		if err != nil || tree != books.State.Tree() {
			t.Fatalf("the copy has %v, not %v: %v", tree, books.State.Tree(), err)
		}
		m, err := postgres.Read(ctx, address+"&network="+name, postgres.Options{})
		must(t, err)
		defer m.Close()
		if everything(t, m) != want {
			t.Fatal("what came into the database is other than what was in the file")
		}
		from = m
	}
	path := filepath.Join(t.TempDir(), "again")
	_, err = sqlite.Fill(ctx, path, sqlite.Options{}, copyOf(from))
	must(t, err)
	last, err := sqlite.Open(ctx, path, sqlite.Options{})
	must(t, err)
	defer last.Close()
	if everything(t, last) != want {
		t.Error("what came back is other than what went")
	}
	must(t, last.Append(ctx, books.Next(t, "next")))
	if report, err := store.Verify(ctx, last, [][]byte{books.Checkpoint(t)}, books.Signer.PublicKey()); err != nil || !report.Sound() || report.Stored != 300 {
		t.Errorf("after the journey: %+v, %v", report, err)
	}
}

// TestAFailedFillLeavesNothing breaks off while a store is filled, and fills it
// with what is no journal.
func TestAFailedFillLeavesNothing(t *testing.T) {
	t.Parallel()
	ctx, address, dir := t.Context(), pgtest.URL(t), t.TempDir()
	enough := errors.New("enough")
	fills := map[string]func(context.Context, store.Store) error{
		"broken off": func(ctx context.Context, to store.Store) error {
			return errors.Join(to.Append(ctx, storetest.NewBooks().Next(t, "one")), enough)
		},
		"no journal": func(ctx context.Context, to store.Store) error {
			return to.Append(ctx, store.Batch{Entries: []journal.Sealed{{Raw: []byte("{}"), Hashes: []tlog.Hash{{}}}}})
		},
	}
	for name, fill := range fills {
		if _, err := postgres.Fill(ctx, address, postgres.Options{}, fill); err == nil {
			t.Errorf("%s: a database was filled", name)
		}
		if _, err := sqlite.Fill(ctx, filepath.Join(dir, "books"), sqlite.Options{}, fill); err == nil {
			t.Errorf("%s: a file was filled", name)
		}
	}
	if list, err := postgres.Networks(ctx, address); len(list) > 0 || err != nil {
		t.Errorf("failed fills left the networks %v, %v", list, err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 || err != nil {
		t.Errorf("failed fills left %v, %v", left, err)
	}
	full, err := postgres.Create(ctx, address, postgres.Options{})
	must(t, err)
	defer full.Close()
	must(t, full.Append(ctx, store.Batch{Profiles: []store.Put{{Key: "p", Value: []byte("x")}}}))
	if _, err := store.Copy(ctx, full, full); !errors.Is(err, store.ErrNotEmpty) {
		t.Errorf("copying to where something is was answered with %v", err)
	}
}
