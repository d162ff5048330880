package postgres_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"

	"commonweal/journal"
	"commonweal/store/postgres"
	"commonweal/store/postgres/pgtest"
	"commonweal/store/storetest"
)

// ofLayoutOne makes books what they would be if the version before runs had written them.
const ofLayoutOne = `SET search_path TO commonweal_main;
	DROP VIEW hash;
	CREATE TABLE hash (place BIGINT NOT NULL PRIMARY KEY, hash BYTEA NOT NULL);
	INSERT INTO hash SELECT run * 60 + n, substring(hashes FROM n * 32 + 1 FOR 32) FROM hash_run, generate_series(0, octet_length(hashes) / 32 - 1) AS n;
	DROP TABLE hash_run;
	DROP FUNCTION add_to_run;
	DELETE FROM layout WHERE version_id > 1`

// older is a process of that version, as far as it uses hashes.
type older struct{ conn *pgx.Conn }

func ofThatVersion(t *testing.T, address string) older {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	_, err = conn.Exec(t.Context(), "SET search_path TO commonweal_main")
	must(t, err)
	return older{conn}
}

// hashes reads all of a journal of some size, as that version does.
func (o older) hashes(ctx context.Context, size int64) ([]tlog.Hash, error) {
	places := make([]int64, tlog.StoredHashCount(size))
	for i := range places {
		places[i] = int64(i)
	}
	rows, err := o.conn.Query(ctx, "SELECT place, hash FROM hash WHERE place = ANY($1)", places)
	if err != nil {
		return nil, err
	}
	list := make([]tlog.Hash, len(places))
	var place int64
	var raw []byte
	tag, err := pgx.ForEachRow(rows, []any{&place, &raw}, func() error {
		list[place] = tlog.Hash(raw)
		return nil
	})
	if err == nil && tag.RowsAffected() != int64(len(places)) {
		err = fmt.Errorf("%d hashes of %d", tag.RowsAffected(), len(places))
	}
	return list, err
}

// append writes entries, as that version does.
func (o older) append(ctx context.Context, entries ...journal.Sealed) error {
	return pgx.BeginFunc(ctx, o.conn, func(tx pgx.Tx) error {
		for _, e := range entries {
			if _, err := tx.Exec(ctx, "INSERT INTO journal (seq, raw) VALUES ($1, $2)", e.Seq, e.Raw); err != nil {
				return err
			}
			var places []int64
			var hashes [][]byte
			for i := range e.Hashes {
				places, hashes = append(places, tlog.StoredHashIndex(0, e.Seq)+int64(i)), append(hashes, e.Hashes[i][:])
			}
			if _, err := tx.Exec(ctx, "INSERT INTO hash (place, hash) SELECT * FROM unnest($1::bigint[], $2::bytea[])", places, hashes); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, "UPDATE head SET size = $1", e.Seq+1); err != nil {
				return err
			}
		}
		return nil
	})
}

// written makes books with some acts, in the layout of that version.
func written(t *testing.T, acts int) (address string, books *storetest.Books) {
	t.Helper()
	address, books = created(t), storetest.NewBooks()
	s, err := postgres.Open(t.Context(), address, postgres.Options{})
	must(t, err)
	for n := range acts {
		b := books.Next(t, fmt.Sprint(n))
		b.Checkpoint = books.Checkpoint(t)
		must(t, s.Append(t.Context(), b))
	}
	must(t, s.Close())
	must(t, pgtest.Do(address, ofLayoutOne))
	return address, books
}

// wantTree reads books through and compares their tree.
func wantTree(t *testing.T, s interface {
	Check(context.Context) (tlog.Tree, error)
}, books *storetest.Books) {
	t.Helper()
	if tree, err := s.Check(t.Context()); err != nil || tree != books.State.Tree() {
		t.Errorf("the books have %v, not %v: %v", tree, books.State.Tree(), err)
	}
}

// TestOlderAndNewerProcesses lets one of the version before read and write while and after
// a newer one gives the books its layout.
func TestOlderAndNewerProcesses(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	address, books := written(t, 100)
	old, reader := ofThatVersion(t, address), ofThatVersion(t, address)
	before, err := old.hashes(ctx, 100)
	must(t, err)
	done, read := make(chan struct{}), make(chan error)
	go func() {
		for {
			got, err := reader.hashes(ctx, 100)
			if err == nil && !slices.Equal(got, before) {
				err = fmt.Errorf("the hashes are others since")
			}
			select {
			case <-done:
				read <- err
				return
			default:
			}
			if err != nil {
				read <- err
				return
			}
		}
	}()
	s := join(t, address)
	close(done)
	if err := <-read; err != nil {
		t.Errorf("who read beside the change of the layout got %v", err)
	}
	wantTree(t, s, books)
	_, _, err = s.Lead(ctx)
	must(t, err)
	for n := range 40 { // by turns
		b := books.Next(t, fmt.Sprint("more ", n))
		if n%2 == 0 {
			must(t, old.append(ctx, b.Entries...))
		} else {
			must(t, s.Append(ctx, b))
		}
	}
	wantTree(t, s, books)
	places := make([]int64, tlog.StoredHashCount(140))
	for i := range places {
		places[i] = int64(i)
	}
	want, err := s.Hashes(ctx, places)
	must(t, err)
	if got, err := old.hashes(ctx, 140); err != nil || !slices.Equal(got, want) {
		t.Errorf("the older process reads other hashes than the newer one: %v", err)
	}
}

// TestALayoutIsGoneOnWith cuts each step to the present layout short, lets an older process
// go on, and brings the layout up to date then.
func TestALayoutIsGoneOnWith(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for _, step := range []string{"migrations/00002_runs.sql", "migrations/00003_hash_by_hash.sql"} {
		address, books := written(t, 33)
		s := join(t, address)
		must(t, pgtest.Do(address, ofLayoutOne))
		files := shipped(t)
		files[step].Data = append(files[step].Data, "\nSELECT 1/0;"...)
		if err := postgres.Migrate(ctx, s, files); err == nil {
			t.Errorf("%s failed, and was taken for done", step)
		}
		old := ofThatVersion(t, address)
		for n := range 3 {
			must(t, old.append(ctx, books.Next(t, fmt.Sprint("more ", n)).Entries...))
		}
		if _, err := old.hashes(ctx, 36); err != nil {
			t.Errorf("after %s was cut short: %v", step, err)
		}
		again := join(t, address)
		wantTree(t, again, books)
		_, _, err := again.Lead(ctx)
		must(t, err)
		must(t, again.Append(ctx, books.Next(t, "after")))
		wantTree(t, again, books)
	}
}

// TestHashesThatAreMissing refuses to write behind hashes that are not there.
func TestHashesThatAreMissing(t *testing.T) {
	t.Parallel()
	ctx, address, books := t.Context(), created(t), storetest.NewBooks()
	s, err := postgres.Open(ctx, address, postgres.Options{})
	must(t, err)
	defer s.Close()
	must(t, s.Append(ctx, books.Next(t, "one")))
	next := books.Next(t, "two")
	must(t, pgtest.Do(address, "UPDATE commonweal_main.hash_run SET hashes = substring(hashes FOR 31)"))
	wantRule(t, s.Append(ctx, next), "storeDamaged")
	must(t, pgtest.Do(address, "UPDATE commonweal_main.hash_run SET hashes = '\\x"+fmt.Sprintf("%x", sha256.Sum256([]byte("any")))+"'"))
	must(t, s.Append(ctx, next))
}
