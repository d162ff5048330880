package sqlite_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"commonweal/rule"
	"commonweal/store"
	"commonweal/store/sqlite"
	"commonweal/store/storetest"
)

// newStore makes a closed store with some entries and returns its path and tree.
func newStore(t testing.TB, driver sqlite.Driver, entries int) (string, tlog.Tree) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "books")
	s, err := sqlite.Create(t.Context(), path, sqlite.Options{Driver: driver})
	if err != nil {
		t.Fatal(err)
	}
	books := storetest.NewBooks()
	for n := range entries {
		b := books.Next(t, fmt.Sprint(n))
		if n%5 == 4 {
			b.Checkpoint = books.Checkpoint(t)
		}
		if err := s.Append(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path, books.State.Tree()
}

func refused(t *testing.T, what string, err error, name rule.Name) {
	t.Helper()
	var r *rule.Refusal
	if !errors.As(err, &r) || r.Rule != name || !rule.Known(name) {
		t.Errorf("%s was answered with %v, not refused by %s", what, err, name)
	}
}

func change(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(statement)
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, driver := range drivers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := sqlite.Options{Driver: driver}
			open := func(path string) error {
				s, err := sqlite.Open(t.Context(), path, o)
				if err == nil {
					err = s.Close()
				}
				return err
			}
			create := func(path string) error {
				s, err := sqlite.Create(t.Context(), path, o)
				if err == nil {
					err = s.Close()
				}
				return err
			}
			dir := t.TempDir()
			file := func(name, text string) string {
				path := filepath.Join(dir, name)
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				return path
			}
			refused(t, "a path where nothing is", open(filepath.Join(dir, "none")), "storeMissing")
			refused(t, "a folder", open(dir), "notAStore")
			refused(t, "an empty file", open(file("empty", "")), "notAStore")
			refused(t, "a text", open(file("text", "a text of no interest")), "notAStore")
			refused(t, "creating over a text", create(file("text", "a text of no interest")), "notAStore")
			refused(t, "a short file", open(file("short", "SQLite")), "notAStore")
			refused(t, "a head alone", open(file("head", "SQLite format 3\x00")), "storeDamaged")
			change(t, filepath.Join(dir, "other"), "CREATE TABLE recipes (name TEXT)")
			refused(t, "another program's file", open(filepath.Join(dir, "other")), "notAStore")
			refused(t, "creating over another program's file", create(filepath.Join(dir, "other")), "notAStore")
			if err := create(file("begun", "")); err != nil {
				t.Errorf("an empty file was not begun: %v", err)
			}
			path, _ := newStore(t, driver, 6)
			refused(t, "creating over a store", create(path), "storeExists")
			_, err := sqlite.Restore(t.Context(), path, path, o)
			refused(t, "restoring over a store", err, "storeExists")
			_, err = sqlite.Restore(t.Context(), file("text", "x"), filepath.Join(dir, "new"), o)
			refused(t, "restoring a text", err, "notAStore")
			newer(t, path, open)
		})
	}
}

// newer checks that a store of a newer layout is refused and not touched.
func newer(t *testing.T, path string, open func(string) error) {
	t.Helper()
	change(t, path, "INSERT INTO layout (version_id, is_applied) VALUES (99, 1)")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	refused(t, "a store of a newer version", open(path), "storeNewer")
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("a store of a newer version was changed: %v", err)
	}
}

func TestLocked(t *testing.T) {
	t.Parallel()
	for name, driver := range drivers() {
		path, _ := newStore(t, driver, 1)
		s, err := sqlite.Open(t.Context(), path, sqlite.Options{Driver: driver})
		if err != nil {
			t.Fatal(name, err)
		}
		for other, driver := range drivers() {
			_, err = sqlite.Open(t.Context(), path, sqlite.Options{Driver: driver, Wait: 50 * time.Millisecond})
			refused(t, "a store that "+name+" has open, opened by "+other, err, "storeLocked")
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if s, err = sqlite.Open(t.Context(), path, sqlite.Options{Driver: driver}); err != nil {
			t.Fatalf("after closing: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLockedByAnotherProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "books")
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childPath+"="+path, childFrom+"=0")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil { // its first acknowledgement
		t.Fatal(err)
	}
	for name, driver := range drivers() {
		_, err = sqlite.Open(t.Context(), path, sqlite.Options{Driver: driver, Wait: -1})
		refused(t, "a store that another process has open, opened by "+name, err, "storeLocked")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatalf("after the other process ended: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestDamage changes the file under a closed store. Each change is refused as
// damage, by Open or by Check, or the journal reads back as it was.
func TestDamage(t *testing.T) {
	t.Parallel()
	path, tree := newStore(t, sqlite.Ncruces(), 40)
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dice := rand.New(rand.NewPCG(3, 4))
	found := 0
	for range 150 {
		raw := bytes.Clone(sound)
		at := dice.IntN(len(raw))
		switch dice.IntN(3) {
		case 0:
			raw[at] ^= byte(1 + dice.IntN(255))
		case 1:
			copy(raw[at:], make([]byte, 512))
		case 2:
			raw = raw[:at]
		}
		if bytes.Equal(raw, sound) {
			continue
		}
		got, err := reread(t, raw)
		if err == nil && got == tree {
			continue
		}
		var r *rule.Refusal
		if !errors.As(err, &r) || r.Rule != "storeDamaged" && r.Rule != "notAStore" {
			t.Errorf("a changed file, of %d bytes, was answered with %v, %v", len(raw), got, err)
		}
		found++
	}
	if found < 50 {
		t.Errorf("only %d changes were found: the test tries too little", found)
	}
}

// reread opens and checks a store of these bytes.
func reread(t *testing.T, raw []byte) (tlog.Tree, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "books")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		return tlog.Tree{}, err
	}
	defer s.Close()
	return s.Check(t.Context())
}

// TestChangedRows changes rows as somebody with the file and without the keys could.
func TestChangedRows(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{
		"the last entry is gone":        "DELETE FROM journal WHERE seq = 9",
		"the end is gone":               "DELETE FROM journal WHERE seq > 3; UPDATE hash_run SET hashes = substr(hashes, 1, 7 * 32)",
		"an entry is gone":              "DELETE FROM journal WHERE seq = 4",
		"two entries are swapped":       "UPDATE journal SET seq = -1 WHERE seq = 3; UPDATE journal SET seq = 3 WHERE seq = 4; UPDATE journal SET seq = 4 WHERE seq = -1",
		"an entry is another":           "UPDATE journal SET raw = (SELECT raw FROM journal WHERE seq = 2) WHERE seq = 5",
		"the last hash is gone":         "UPDATE hash_run SET hashes = substr(hashes, 1, 17 * 32)",
		"the last hash is short":        "UPDATE hash_run SET hashes = substr(hashes, 1, 17 * 32 + 31)",
		"there is a byte too much":      "UPDATE hash_run SET hashes = CAST(hashes || x'00' AS BLOB)",
		"a hash is another":             "UPDATE hash_run SET hashes = CAST(substr(hashes, 1, 6 * 32) || substr(hashes, 1, 32) || substr(hashes, 7 * 32 + 1) AS BLOB)",
		"hashes are gone":               "DELETE FROM hash_run",
		"hashes are elsewhere":          "UPDATE hash_run SET run = 1",
		"a checkpoint is another":       "UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE size = 5) WHERE size = 10",
		"a checkpoint is beyond all":    "UPDATE checkpoint SET size = 100 WHERE size = 10",
		"an earlier checkpoint is junk": "UPDATE checkpoint SET note = x'00' WHERE size = 5",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, _ := newStore(t, sqlite.Ncruces(), 10)
			change(t, path, statement)
			s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
			if err == nil {
				_, err = s.Check(t.Context())
				err = errors.Join(err, s.Close())
			}
			refused(t, "a store of which "+name, err, "storeDamaged")
			_, err = sqlite.Restore(t.Context(), path, path+".new", sqlite.Options{})
			refused(t, "restoring a store of which "+name, err, "storeDamaged")
			if left, _ := filepath.Glob(path + ".new*"); len(left) > 0 {
				t.Errorf("a refused restore left %v", left)
			}
		})
	}
}

// TestErasedIsGone looks for erased data in all files of the store.
func TestErasedIsGone(t *testing.T) {
	t.Parallel()
	for name, driver := range drivers() {
		dir := t.TempDir()
		s, err := sqlite.Create(t.Context(), filepath.Join(dir, "books"), sqlite.Options{Driver: driver})
		if err != nil {
			t.Fatal(err)
		}
		canary := []byte("Ana Canary, 12 Yellow Street")
		put := func(value []byte) {
			if err := s.Append(t.Context(), store.Batch{Profiles: []store.Put{{Key: "p", Value: value}}}); err != nil {
				t.Fatal(err)
			}
		}
		put(canary)
		if in(t, dir, canary) == "" {
			t.Fatalf("%s: the data is nowhere before it is erased", name)
		}
		put(nil)
		if file := in(t, dir, canary); file != "" {
			t.Errorf("%s: the erased data is in %s", name, file)
		}
		put(canary)
		err = s.Scan(t.Context(), store.Profiles, func(string, []byte) error {
			began := time.Now()
			put(nil) // while this reader still needs the log
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("%s: erasing waited %v for a reader", name, took)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		put([]byte("another"))
		if file := in(t, dir, canary); file != "" {
			t.Errorf("%s: the data erased beside a reader is in %s", name, file)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if file := in(t, dir, canary); file != "" {
			t.Errorf("%s: the erased data is in %s after closing", name, file)
		}
	}
}

// in returns the name of a file in the folder that holds the bytes.
func in(t *testing.T, dir string, canary []byte) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, canary) {
			return filepath.Base(file)
		}
	}
	return ""
}
