package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"commonweal/store/sqlite"
	"commonweal/store/storetest"
)

// ofLayoutOne makes a store what it would be if the version before runs had written it.
func ofLayoutOne(t *testing.T, path string) {
	t.Helper()
	change(t, path, `CREATE TABLE hash (place BIGINT NOT NULL PRIMARY KEY, hash BYTEA NOT NULL);
		WITH RECURSIVE at (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM at WHERE n < 59)
			INSERT INTO hash SELECT run * 60 + n, substr(hashes, n * 32 + 1, 32) FROM hash_run, at WHERE n * 32 < length(hashes);
		DROP TABLE hash_run;
		DELETE FROM layout WHERE version_id = 2`)
}

// number reads one number from a file.
func number(t *testing.T, path, query string) (n int64) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err == nil {
		err = errors.Join(db.QueryRow(query).Scan(&n), db.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestBooksOfTheLayoutBefore reads and restores them as they are, and opens them to write,
// which gives them the present layout.
func TestBooksOfTheLayoutBefore(t *testing.T) {
	t.Parallel()
	for name, driver := range drivers() {
		for _, entries := range []int{0, 1, 16, 31, 100} {
			path, want := newStore(t, driver, entries)
			ofLayoutOne(t, path)
			o := sqlite.Options{Driver: driver}
			if entries > 0 {
				r, err := sqlite.ReadCopy(t.Context(), path, o)
				if err != nil {
					t.Fatal(name, err)
				}
				if tree, err := r.Check(t.Context()); err != nil || tree != want {
					t.Errorf("%s: a backup of the layout before has %v, not %v: %v", name, tree, want, err)
				}
				if err := r.Close(); err != nil {
					t.Error(err)
				}
				restored := filepath.Join(t.TempDir(), "restored")
				if tree, err := sqlite.Restore(t.Context(), path, restored, o); err != nil || tree != want {
					t.Errorf("%s: restored %v of %v: %v", name, tree, want, err)
				}
				path = restored
			}
			if n := number(t, path, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'hash_run'"); n != 0 {
				t.Errorf("%s: reading changed the layout", name)
			}
			goOn(t, path, o, want)
			if n := number(t, path, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'hash'"); n != 0 {
				t.Errorf("%s: the table of single hashes is still there", name)
			}
		}
	}
}

// goOn opens books to write them, which have this tree then, and acts in them.
func goOn(t *testing.T, path string, o sqlite.Options, want tlog.Tree) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if tree, err := s.Check(t.Context()); err != nil || tree != want {
		t.Errorf("with runs the books have %v, not %v: %v", tree, want, err)
	}
	books := storetest.NewBooks()
	err = s.Entries(t.Context(), 0, func(_ int64, raw []byte) error {
		_, _, err := books.State.Apply(raw)
		return err
	})
	if err == nil {
		err = s.Append(t.Context(), books.Next(t, "after"))
	}
	if err != nil {
		t.Fatal(err)
	}
	if tree, err := s.Check(t.Context()); err != nil || tree != books.State.Tree() {
		t.Errorf("after another act the books have %v, not %v: %v", tree, books.State.Tree(), err)
	}
}

// TestDamageOfTheLayoutBefore finds it before and after the hashes are put into runs.
func TestDamageOfTheLayoutBefore(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{
		"a hash is gone":    "DELETE FROM hash WHERE place = 5",
		"hashes are gone":   "DELETE FROM hash WHERE place >= 60 AND place < 120",
		"the last is gone":  "DELETE FROM hash WHERE place = 77",
		"a hash is another": "UPDATE hash SET hash = (SELECT hash FROM hash WHERE place = 1) WHERE place = 6",
		"a hash is short":   "UPDATE hash SET hash = x'00' WHERE place = 6",
		"a hash is long":    "UPDATE hash SET hash = CAST(hash || x'00' AS BLOB) WHERE place = 70",
	} {
		path, _ := newStore(t, sqlite.Ncruces(), 41) // 78 hashes
		ofLayoutOne(t, path)
		change(t, path, statement)
		for n, open := range []func(context.Context, string, sqlite.Options) (*sqlite.Store, error){sqlite.ReadCopy, sqlite.Open} {
			s, err := open(t.Context(), path, sqlite.Options{})
			if err == nil {
				_, err = s.Check(t.Context())
				err = errors.Join(err, s.Close())
			}
			refused(t, fmt.Sprintf("a store of the layout before of which %s, opened %d times before,", name, n), err, "storeDamaged")
		}
	}
}
