package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/mod/sumdb/tlog"

	"commonweal/rule"
	"commonweal/store"
	"commonweal/store/group"
)

// Store keeps the books of one network in one schema of a database.
type Store struct {
	reader
	address *address
	options Options
	read    *pgxpool.Pool
	write   *pgxpool.Pool // one connection
	group   *group.Writer
	failed  atomic.Pointer[rule.Refusal]
	end     context.Context // ends when the store is closed
	close   context.CancelFunc
	closed  sync.Once

	leading sync.Mutex           // held while a term begins or ends
	term    atomic.Pointer[term] // nil while this store follows
}

var _ store.Store = (*Store)(nil)

// Options are how a store is opened; the zero value is how the program does it.
type Options struct {
	Readers int           // connections for reading, at most; 0 is 8
	Wait    time.Duration // how long Create and Open wait for another process to end its lead; 0 is 10 seconds, less is not at all

	// Save writes what is read to a new file at a path, verifies it, and returns
	// size and root of the journal in it; Backup needs it.
	Save func(ctx context.Context, path string, from store.Reader) (tlog.Tree, error)
}

func (o Options) filled() Options {
	if o.Readers <= 0 {
		o.Readers = 8
	}
	if o.Wait == 0 {
		o.Wait = 10 * time.Second
	}
	return o
}

// Create begins a network in a database, in a schema of its own, and leads it. A
// store there that has no entry yet, such as one whose beginning was cut short,
// is gone on with.
func Create(ctx context.Context, address string, o Options) (*Store, error) {
	a, err := parse(address)
	if err != nil {
		return nil, err
	}
	s, err := begin(ctx, a, o, true)
	if err != nil {
		return nil, err
	}
	if err = s.leadSoon(ctx); err == nil {
		var size int64
		if size, err = s.Size(ctx); err == nil && size > 0 {
			err = rule.Refuse("storeExists", "path", s.place)
		}
	}
	return s.orClose(err)
}

// Open opens the books of a network to write them, as the one process that
// leads. It waits for another one to end its lead.
func Open(ctx context.Context, address string, o Options) (*Store, error) {
	s, err := Join(ctx, address, o)
	if err != nil {
		return nil, err
	}
	return s.orClose(s.leadSoon(ctx))
}

// Join opens the books of a network beside other processes: it reads what they
// write, and may be asked to lead. Until it leads, Append is answered with
// store.ErrReadOnly.
func Join(ctx context.Context, address string, o Options) (*Store, error) {
	a, err := parse(address)
	if err != nil {
		return nil, err
	}
	return begin(ctx, a, o, false)
}

// Read opens the books of a network for reading alone, as they are at this
// moment. It needs no lead, and takes it from nobody.
func Read(ctx context.Context, address string, o Options) (*Moment, error) {
	s, err := Join(ctx, address, o)
	if err != nil {
		return nil, err
	}
	m, err := s.Moment(ctx)
	return m, errors.Join(err, s.Close())
}

// orClose closes a store that could not be opened as wanted.
func (s *Store) orClose(err error) (*Store, error) {
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// begin opens the connections, brings the layout up to date, and looks for damage.
func begin(ctx context.Context, a *address, o Options, create bool) (*Store, error) {
	s := &Store{reader: reader{place: a.place()}, address: a, options: o.filled()}
	s.end, s.close = context.WithCancel(context.Background())
	s.group = group.Begin(s.writeGroup)
	var err error
	if s.read, err = s.open(ctx, s.options.Readers); err == nil {
		s.from = pool{s.read}
		s.write, err = s.open(ctx, 1)
	}
	if err == nil {
		err = s.prepare(ctx, create)
	}
	if err == nil {
		err = s.checkEnd(ctx)
	}
	return s.orClose(err)
}

// open makes a pool of connections, and none yet.
func (s *Store) open(ctx context.Context, most int) (*pgxpool.Pool, error) {
	c := s.address.config.Copy()
	c.MaxConns = int32(most)
	c.ConnConfig.OnNotice = func(conn *pgconn.PgConn, n *pgconn.Notice) {
		if n.SeverityUnlocalized == "WARNING" {
			conn.CustomData()[warned] = n.Message
		}
	}
	return pgxpool.NewWithConfig(ctx, c)
}

// warned is the name under which a connection remembers the last warning.
const warned = "warned"

// prepare makes sure that the schema is of a layout that this program knows,
// brings it up to date, and that the database keeps what it acknowledges.
func (s *Store) prepare(ctx context.Context, create bool) error {
	found, err := s.identify(ctx)
	if err != nil {
		return err
	}
	if found.fresh && !create {
		return rule.Refuse("storeMissing", "path", s.place)
	}
	if found.layout != layout {
		if err := s.migrate(ctx, migrations, found.fresh); err != nil {
			return fmt.Errorf("the layout of %s could not be brought up to date; open it again to go on: %w", s.place, err)
		}
	}
	return s.mustBeDurable(ctx)
}

// identity is what a schema is found to be.
type identity struct {
	fresh  bool // nothing in it yet
	layout int64
}

// identify refuses schemas of other programs and of newer versions.
func (s *Store) identify(ctx context.Context) (found identity, err error) {
	var tables int64
	var versioned bool
	err = s.one(ctx, []any{&tables, &versioned}, "SELECT COUNT(*), COALESCE(BOOL_OR(relname = $2), FALSE) FROM pg_catalog.pg_class c"+
		" JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')", s.address.schema(), versions)
	if err != nil {
		return found, err
	}
	if tables == 0 {
		return identity{fresh: true}, nil
	}
	if !versioned {
		return found, rule.Refuse("notAStore", "path", s.place, "reason", "the schema "+s.address.schema()+" holds tables of another program")
	}
	if err := s.one(ctx, []any{&found.layout}, "SELECT COALESCE(MAX(version_id), 0) FROM "+versions); err != nil {
		return found, err
	}
	if found.layout > layout {
		return found, rule.Refuse("storeNewer", "path", s.place, "found", fmt.Sprint(found.layout), "known", fmt.Sprint(layout))
	}
	return found, nil
}

// mustBeDurable refuses a database that does not keep what it acknowledges,
// unless its own settings say that this is meant, as in tests.
func (s *Store) mustBeDurable(ctx context.Context) error {
	var fsync, pages, meant string
	err := s.one(ctx, []any{&fsync, &pages, &meant},
		"SELECT current_setting('fsync'), current_setting('full_page_writes'), COALESCE(current_setting('commonweal.may_lose_data', TRUE), '')")
	if err != nil || fsync == "on" && pages == "on" || meant == "on" {
		return err
	}
	return rule.Refuse("storeNotDurable", "path", s.place, "setting", fmt.Sprintf("fsync is %s and full_page_writes %s", fsync, pages))
}

// Networks gives the names of the networks in a database, in order.
func Networks(ctx context.Context, address string) ([]string, error) {
	a, err := parse(address)
	if err != nil {
		return nil, err
	}
	c, err := pgx.ConnectConfig(ctx, a.config.ConnConfig)
	if err != nil {
		return nil, err
	}
	rows, err := c.Query(ctx, "SELECT n.nspname FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid"+
		" WHERE c.relname = 'head' AND starts_with(n.nspname, $1) ORDER BY n.nspname COLLATE \"C\"", prefix)
	if err != nil {
		return nil, errors.Join(err, c.Close(ctx))
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	for i := range list {
		list[i] = strings.TrimPrefix(list[i], prefix)
	}
	return list, errors.Join(err, c.Close(ctx))
}

// Close finishes what waits, gives up the lead, and ends the connections.
func (s *Store) Close() error {
	s.closed.Do(func() {
		s.group.Close()
		s.Resign()
		s.close()
		for _, p := range []*pgxpool.Pool{s.read, s.write} {
			if p != nil {
				p.Close()
			}
		}
	})
	return nil
}
