package sqlite

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/pressly/goose/v3"
	"golang.org/x/mod/sumdb/tlog"

	"commonweal/rule"
	"commonweal/store"
	"commonweal/store/group"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	layout      = 2          // the newest migration that this program knows
	application = 0x436f6d77 // "Comw" in the file's header
	versions    = "layout"   // the table of migrations done
	header      = "SQLite format 3\x00"
	ourTable    = "CREATE TABLE checkpoint (\n    size BIGINT" // stands in the first page of every store
)

// layoutOfRuns is the first layout in which stored hashes stand in runs; before, each
// stood in a row of its own.
const layoutOfRuns = 2

// Options are how a store is opened; the zero value is how the program does it.
type Options struct {
	Driver  Driver        // the zero value is Ncruces
	Readers int           // connections kept open for reading; 0 is 4. More are opened while they are needed
	Wait    time.Duration // how long Create and Open wait for another writer to end; 0 is 10 seconds, less is not at all
}

func (o Options) filled() Options {
	if o.Driver.Name == "" {
		o.Driver = Ncruces()
	}
	if o.Readers <= 0 {
		o.Readers = 4
	}
	if o.Wait == 0 {
		o.Wait = 10 * time.Second
	}
	return o
}

// Create begins a store at a path where nothing is. A store there that has no
// entry yet, such as one whose beginning was cut short, is gone on with.
func Create(ctx context.Context, path string, o Options) (*Store, error) {
	s, err := begin(ctx, path, o.filled(), true)
	if err != nil {
		return nil, err
	}
	if s.next > 0 {
		return nil, errors.Join(rule.Refuse("storeExists", "path", path), s.Close())
	}
	return s, nil
}

// Open opens the store at a path to write it, and brings its layout up to date.
// It waits for another writer to end, and sees what that one wrote.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	return begin(ctx, path, o.filled(), false)
}

// begin looks at the file, takes the lock, and opens the connections.
func begin(ctx context.Context, path string, o Options, create bool) (_ *Store, err error) {
	if err := lookAt(path, create); err != nil {
		return nil, err
	}
	s := &Store{reader: reader{path: path, driver: o.Driver}}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.closeAll())
		}
	}()
	if s.lock, err = takeLock(ctx, path, o); err != nil {
		return nil, err
	}
	if err := s.lookInside(ctx); err != nil {
		return nil, err
	}
	s.write, err = o.Driver.open(path, url.Values{"_txlock": {"immediate"}, "modeof": {path}}, "busy_timeout(10000)", "journal_mode(WAL)",
		"synchronous(FULL)", "secure_delete(ON)", "cell_size_check(ON)")
	if err != nil {
		return nil, err
	}
	s.write.SetMaxOpenConns(1)
	if err := s.prepareFile(ctx, create); err != nil {
		return nil, s.explain(err)
	}
	s.layout = layout
	if err := s.emptyLog(); err != nil { // of what a life that was cut short may have erased
		return nil, s.explain(err)
	}
	if s.pool, err = o.Driver.open(path, nil, "busy_timeout(10000)", "query_only(ON)"); err != nil {
		return nil, err
	}
	s.db = s.pool
	s.pool.SetMaxIdleConns(o.Readers) // no upper bound: a reader that reads something else on its way must not wait for others like it
	if s.next, err = s.checkEnd(ctx); err != nil {
		return nil, s.explain(err)
	}
	s.group = group.Begin(s.writeGroup)
	return s, nil
}

// lookAt refuses what is plainly no store, before anything is opened or locked.
// A store that is to begin gets an empty file that only its owner can read.
func lookAt(path string, create bool) error {
	f, err := os.Open(path)
	if create && errors.Is(err, fs.ErrNotExist) {
		f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return rule.Refuse("storeMissing", "path", path)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil {
		return err
	} else if !info.Mode().IsRegular() {
		return rule.Refuse("notAStore", "path", path, "reason", "it is not a file")
	}
	head := make([]byte, 8192)
	n, err := io.ReadFull(f, head)
	head = head[:n]
	switch {
	case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return err
	case n == 0 && create:
		return nil
	case n == 0:
		return rule.Refuse("notAStore", "path", path, "reason", "it is empty")
	case bytes.HasPrefix(head, []byte(header)):
		return nil
	case bytes.Contains(head, []byte(ourTable)):
		return rule.Refuse("storeDamaged", "path", path, "reason", "its beginning was overwritten")
	}
	return rule.Refuse("notAStore", "path", path, "reason", "it does not begin as a SQLite file does")
}

// lookInside refuses files of other programs and newer versions through a
// connection that cannot change them. What it cannot read so, such as a file
// whose last transaction must first be undone, is left for prepareFile.
func (s *Store) lookInside(ctx context.Context) error {
	db, err := s.driver.open(s.path, url.Values{"mode": {"ro"}}, "busy_timeout(10000)")
	if err != nil {
		return err
	}
	_, err = s.identify(ctx, db)
	var refusal *rule.Refusal
	if err = s.explain(err); !errors.As(err, &refusal) {
		err = nil
	}
	return errors.Join(err, db.Close())
}

// prepareFile makes sure that the file is a store of a layout that this program
// knows, and brings it up to date.
func (s *Store) prepareFile(ctx context.Context, create bool) error {
	found, err := s.identify(ctx, s.write)
	if err != nil {
		return err
	}
	if found.fresh && !create {
		return rule.Refuse("notAStore", "path", s.path, "reason", "it is empty")
	}
	if found.fresh {
		if _, err := s.write.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id=%d", application)); err != nil {
			return err
		}
	}
	if found.layout == layout {
		return nil
	}
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, s.write, sub, goose.WithTableName(versions))
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("the layout of %s could not be brought up to date; open it again to go on: %w", s.path, err)
	}
	return nil
}

// identity is what a SQLite file says it is.
type identity struct {
	fresh  bool // no tables yet
	layout int64
}

// identify refuses files of other programs and of newer versions.
func (r *reader) identify(ctx context.Context, db querier) (found identity, err error) {
	var id, tables, versioned int64
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return found, err
	}
	err = db.QueryRowContext(ctx, "SELECT COUNT(*), COALESCE(SUM(CASE WHEN name = ? THEN 1 ELSE 0 END), 0) FROM sqlite_schema WHERE type = 'table'", versions).
		Scan(&tables, &versioned)
	if err != nil {
		return found, err
	}
	found.fresh = tables == 0 && id == 0
	if !found.fresh && id != application {
		return found, rule.Refuse("notAStore", "path", r.path, "reason", "it is a SQLite file of another program")
	}
	if versioned == 0 {
		return found, nil
	}
	if err := db.QueryRowContext(ctx, "SELECT COALESCE(MAX(version_id), 0) FROM "+versions).Scan(&found.layout); err != nil {
		return found, err
	}
	if found.layout > layout {
		return found, rule.Refuse("storeNewer", "path", r.path,
			"found", strconv.FormatInt(found.layout, 10), "known", strconv.Itoa(layout))
	}
	return found, nil
}

// checkEnd returns the next sequence, after it has compared the end of the
// journal with its stored hashes and the newest checkpoint.
func (r *reader) checkEnd(ctx context.Context) (next int64, err error) {
	hashes := fmt.Sprintf("SELECT run * %d + (length(hashes) + %d) / %d FROM hash_run ORDER BY run DESC LIMIT 1", store.RunLength, tlog.HashSize-1, tlog.HashSize)
	if r.layout < layoutOfRuns {
		hashes = "SELECT MAX(place) + 1 FROM hash"
	}
	var e store.End // as it is at one moment
	err = r.db.QueryRowContext(ctx, "SELECT (SELECT COALESCE(MAX(seq) + 1, 0) FROM journal), COALESCE(("+hashes+"), 0),"+
		" (SELECT COALESCE(MAX(size), 0) FROM checkpoint)").Scan(&e.Entries, &e.Hashes, &e.Covered)
	if err != nil {
		return 0, err
	}
	reason, err := store.CheckEnd(ctx, r, e)
	if err == nil && reason != "" {
		err = r.damage("%s", reason)
	}
	return e.Entries, err
}
