package postgres_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"

	"commonweal/store/postgres"
	"commonweal/store/postgres/pgtest"
	"commonweal/store/storetest"
)

// ask reads one text from a database.
func ask(t *testing.T, address, sql string) (text string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	must(t, err)
	must(t, conn.QueryRow(t.Context(), sql).Scan(&text))
	must(t, conn.Close(t.Context()))
	return text
}

func TestNoErrorShowsThePassword(t *testing.T) {
	t.Parallel()
	const secret = "open-sesame"
	for _, address := range []string{
		"postgres://ana:open-sesame@127.0.0.1:1/books",
		"postgres://ana:open-sesame@127.0.0.1:many/books",
		"postgres://ana:open-sesame@no-such-host.invalid:5432,127.0.0.1:1/books?sslmode=disable",
		"postgres://ana@127.0.0.1:1/books?password=open-sesame",
		"postgres://ana@127.0.0.1:1/books?password=open-sesame&network=Bad%20Name",
		"postgres://ana@127.0.0.1:1/books?password=open-sesame&sslmode=none",
		"postgres://ana@127.0.0.1:1/books?password=open-sesame%zz",
		"postgres://ana:open-sesame%zz@127.0.0.1:1/books",
		"postgres://ana:open-sesame/@127.0.0.1:1/books",
		"postgres://ana:open-sesame@[::1/books",
		"host=127.0.0.1 port=1 password=open-sesame",
	} {
		_, err := postgres.Join(t.Context(), address, postgres.Options{})
		if err == nil || strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, errors.Unwrap(err)), secret) {
			t.Errorf("opening was answered with %v", err)
		}
		_, err = postgres.Networks(t.Context(), address)
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("listing was answered with %v", err)
		}
		if shown, err := postgres.Place(address); strings.Contains(fmt.Sprint(shown, err), secret) {
			t.Errorf("the place is shown as %s, %v", shown, err)
		}
	}
}

func TestNetworksAreNamedInAddresses(t *testing.T) {
	t.Parallel()
	const hosts = "postgres://ana@one:5432,two:5433/books"
	for text, want := range map[string]string{
		hosts: hosts + "?network=mill", hosts + "?network=other": hosts + "?network=mill",
		hosts + "?sslmode=disable&network=other": hosts + "?network=mill&sslmode=disable",
	} {
		got, err := postgres.InDatabase(text, "mill")
		if err != nil || got != want {
			t.Errorf("%s became %s, %v", text, got, err)
		}
		shown, err := postgres.Place(got)
		if err != nil || shown != "postgres://one:5432,two:5433/books?network=mill" {
			t.Errorf("%s is shown as %s, %v", got, shown, err)
		}
	}
	_, err := postgres.InDatabase(hosts, "No Name")
	wantRule(t, err, "badDatabase")
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	_, err := postgres.Open(ctx, pgtest.URL(t), postgres.Options{})
	wantRule(t, err, "storeMissing")

	foreign := pgtest.URL(t)
	must(t, pgtest.Do(foreign, "CREATE SCHEMA commonweal_main; CREATE TABLE commonweal_main.theirs (id int)"))
	_, err = postgres.Create(ctx, foreign, postgres.Options{})
	wantRule(t, err, "notAStore")

	newer := created(t)
	must(t, pgtest.Do(newer, "INSERT INTO commonweal_main.layout (version_id, is_applied) VALUES (99, true)"))
	_, err = postgres.Read(ctx, newer, postgres.Options{})
	wantRule(t, err, "storeNewer")
}

// TestDamageIsFound changes a database behind the back of the program.
func TestDamageIsFound(t *testing.T) {
	t.Parallel()
	ctx, template := t.Context(), created(t)
	s, err := postgres.Open(ctx, template, postgres.Options{})
	must(t, err)
	books := storetest.NewBooks()
	for n := range 10 {
		b := books.Next(t, fmt.Sprint(n))
		if n%5 == 4 {
			b.Checkpoint = books.Checkpoint(t)
		}
		must(t, s.Append(ctx, b))
	}
	for name, statement := range map[string]string{
		"an entry differs":              `UPDATE journal SET raw = raw || '\x20' WHERE seq = 3`,
		"the last entry differs":        `UPDATE journal SET raw = raw || '\x20' WHERE seq = 9`,
		"an entry is gone":              "DELETE FROM journal WHERE seq = 3",
		"the last entry is gone":        "DELETE FROM journal WHERE seq = 9",
		"the head is behind":            "UPDATE head SET size = 9",
		"the last hash is gone":         "UPDATE hash_run SET hashes = substring(hashes FOR 17 * 32)",
		"the last hash is short":        "UPDATE hash_run SET hashes = substring(hashes FOR 17 * 32 + 31)",
		"there is a byte too much":      `UPDATE hash_run SET hashes = hashes || '\x00'`,
		"a hash differs":                `UPDATE hash_run SET hashes = overlay(hashes PLACING decode(repeat('00', 32), 'hex') FROM 3 * 32 + 1)`,
		"hashes are gone":               "DELETE FROM hash_run",
		"hashes are elsewhere":          "UPDATE hash_run SET run = 1",
		"the newest checkpoint is junk": `UPDATE checkpoint SET note = '\x00' WHERE size = 10`,
		"a checkpoint is beyond all":    "UPDATE checkpoint SET size = 100 WHERE size = 10",
		"an earlier checkpoint is junk": `UPDATE checkpoint SET note = '\x00' WHERE size = 5`,
	} {
		part := "harmed"
		_, err := postgres.Fill(ctx, template+"&network="+part, postgres.Options{}, copyFrom(s))
		must(t, err)
		must(t, pgtest.Do(template, "SET search_path TO commonweal_harmed; "+statement))
		m, err := postgres.Read(ctx, template+"&network="+part, postgres.Options{})
		if err == nil {
			_, err = m.Check(ctx)
			must(t, m.Close())
		}
		if err == nil {
			t.Errorf("%s, and nobody noticed", name)
		}
		wantRule(t, err, "storeDamaged")
		must(t, pgtest.Do(template, "DROP SCHEMA commonweal_harmed CASCADE"))
	}
	must(t, s.Close())
}

// TestCommitsWaitForTheDisk looks at the setting under which entries are written
// in a database where it is off.
func TestCommitsWaitForTheDisk(t *testing.T) {
	t.Parallel()
	ctx, address := t.Context(), created(t)
	for setting, want := range map[string]string{"off": "on", "local": "on", "on": "on", "remote_apply": "remote_apply"} {
		must(t, pgtest.Do(address, "DO $$BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET synchronous_commit TO "+setting+"'; END$$"))
		must(t, pgtest.Do(address, `DROP TABLE IF EXISTS seen CASCADE; CREATE TABLE seen (setting text);
			CREATE OR REPLACE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
				$$BEGIN INSERT INTO public.seen VALUES (current_setting('synchronous_commit')); RETURN NEW; END$$;
			CREATE OR REPLACE TRIGGER see BEFORE INSERT OR UPDATE ON commonweal_main.view_row EXECUTE FUNCTION public.see();
			CREATE OR REPLACE TRIGGER see BEFORE UPDATE ON commonweal_main.head EXECUTE FUNCTION public.see()`))
		s, err := postgres.Open(ctx, address, postgres.Options{})
		must(t, err)
		must(t, s.Append(ctx, storetest.NewBooks().Next(t, setting)))
		must(t, s.Close())
		if got := ask(t, address, "SELECT string_agg(DISTINCT setting, ', ') FROM seen"); got != want {
			t.Errorf("in a database with %s the lead and the entries were written with %s", setting, got)
		}
		must(t, pgtest.Do(address, "TRUNCATE commonweal_main.journal, commonweal_main.hash_run, commonweal_main.view_row; UPDATE commonweal_main.head SET size = 0"))
	}
}

// later is the program's migrations and one more.
func later(t *testing.T, sql string) fs.FS {
	t.Helper()
	files := shipped(t)
	files["migrations/99999_later.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + sql)}
	return files
}

// shipped is the program's migrations.
func shipped(t *testing.T) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	names, err := fs.Glob(postgres.Migrations, "migrations/*.sql")
	must(t, err)
	for _, name := range names {
		raw, err := fs.ReadFile(postgres.Migrations, name)
		must(t, err)
		files[name] = &fstest.MapFile{Data: raw}
	}
	return files
}

// TestMigrationsResume cuts a migration short and does it again.
func TestMigrationsResume(t *testing.T) {
	t.Parallel()
	ctx, address := t.Context(), created(t)
	s := join(t, address)
	if err := postgres.Migrate(ctx, s, later(t, "ALTER TABLE journal ADD COLUMN more TEXT;\nSELECT 1/0;")); err == nil {
		t.Error("a migration that fails was taken for done")
	}
	columns := "SELECT COUNT(*)::text FROM information_schema.columns WHERE table_schema = 'commonweal_main' AND table_name = 'journal'"
	if got := ask(t, address, columns); got != "2" {
		t.Errorf("a migration that was cut short left %s columns of 2", got)
	}
	for range 2 {
		must(t, postgres.Migrate(ctx, s, later(t, "ALTER TABLE journal ADD COLUMN more TEXT;")))
	}
	if got := ask(t, address, columns); got != "3" {
		t.Errorf("after the migration there are %s columns of 3", got)
	}
}

// TestReadersReadWhileALayoutChanges lets a migration wait for a reader who stays
// long, and others read meanwhile.
func TestReadersReadWhileALayoutChanges(t *testing.T) {
	t.Parallel()
	ctx, address := t.Context(), created(t)
	s := join(t, address)
	m, err := s.Moment(ctx)
	must(t, err)
	defer m.Close()
	_, err = m.Get(ctx, "v", "k") // from here on the table is in use
	must(t, err)
	done := make(chan error, 1)
	go func() { done <- postgres.Migrate(ctx, s, later(t, "ALTER TABLE view_row ADD COLUMN more TEXT;")) }()
	for began := time.Now(); time.Since(began) < 1500*time.Millisecond; time.Sleep(10 * time.Millisecond) {
		if _, err := s.Get(ctx, "v", "k"); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case err := <-done:
		t.Fatalf("the migration ended while the table was in use: %v", err)
	default:
	}
	must(t, m.Close())
	must(t, <-done)
	if _, err := s.Get(ctx, "v", "k"); err != nil {
		t.Errorf("after the migration a row is answered with %v", err)
	}
}
