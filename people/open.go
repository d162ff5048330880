package people

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/ncruces/go-sqlite3"
	_ "github.com/ncruces/go-sqlite3/driver" // registers "sqlite3"
	"github.com/pressly/goose/v3"

	"commonweal/rule"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	layout   = 2        // the newest migration that this program knows
	versions = "layout" // the table of migrations done
	schema   = "people" // of PostgreSQL
)

// Source says where the accounts are kept; exactly one member is set.
type Source struct {
	File     string // the path of a SQLite file; made if it is not there
	Postgres string // the address of a PostgreSQL database: postgres://…

	VFS string // of a File: the name of a registered file system of package vfs; "" is the operating system's
}

// Site is what passkeys are bound to.
type Site struct {
	ID      string   // the domain, such as "weal.example"; a passkey works there and below, and never elsewhere
	Name    string   // what a browser shows beside it
	Origins []string // the addresses of pages that may use them: "https://weal.example"
}

// Hashing is the cost of argon2id. The zero value is what OWASP advises:
// 19 MiB, two passes, one lane.
type Hashing struct {
	Memory  uint32 // KiB
	Passes  uint32
	Threads uint8
}

// Options are how people are kept; the zero value is how the program does it,
// but for Site, without which there are no passkeys.
type Options struct {
	Now          func() time.Time // the clock; nil is time.Now
	Rand         io.Reader        // the dice; nil is crypto/rand
	Site         Site
	PasskeysOnly bool          // no password is set or taken
	Breached     string        // a file of Pwned Passwords, by SHA-1 in order; no password in it is set. "" is none
	Hashing      Hashing       // of passwords set from here on; others are made anew when they are next used
	Idle         time.Duration // a session ends when nothing was asked for so long; 0 is 7 days
	Lifetime     time.Duration // a session ends so long after sign-in, whatever happens; 0 is 30 days
	Fresh        time.Duration // for so long after a way in was taken, no confirmation is needed; 0 is 10 minutes
}

// People is the accounts of a server. All methods may be called at once.
type People struct {
	write, read *sql.DB
	postgres    bool
	o           Options
	passkeys    *ceremonies
	breaches    *breaches // nil where there is no list
	hashes      hasher

	statements, transactions atomic.Int64
	lines                    atomic.Int64 // of logs, written since the start
	readiness                readiness
}

// Open opens the accounts, and brings their layout up to date. Where nothing is
// yet, they begin empty.
func Open(ctx context.Context, from Source, o Options) (_ *People, err error) {
	p := &People{o: o.filled(), postgres: from.Postgres != ""}
	if (from.File == "") != p.postgres {
		return nil, errors.New("people: a source is a file or a database")
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.Close())
		}
	}()
	p.hashes = newHasher(p.o.Hashing, runtime.GOMAXPROCS(0))
	if p.passkeys, err = newCeremonies(p.o.Site); err != nil {
		return nil, err
	}
	if p.o.PasskeysOnly && p.passkeys == nil {
		return nil, rule.Refuse("noPasskeysHere")
	}
	if p.o.Breached != "" {
		if p.breaches, err = openBreaches(p.o.Breached); err != nil {
			return nil, err
		}
	}
	if p.postgres {
		err = p.openPostgres(ctx, from.Postgres)
	} else if err = p.openFile(from.File, from.VFS); err == nil {
		err = p.checkFile(ctx, from.File)
	}
	if err != nil {
		return nil, err
	}
	return p, p.migrate(ctx)
}

// checkFile refuses a file that is damaged, which would else be found out by whoever
// asks for what stands there.
func (p *People) checkFile(ctx context.Context, path string) error {
	var result string
	err := p.write.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&result)
	var code sqlite3.ErrorCode
	switch {
	case errors.As(err, &code) && (code == sqlite3.CORRUPT || code == sqlite3.NOTADB):
		return rule.Refuse("peopleDamaged", "path", path, "reason", err.Error())
	case err == nil && result != "ok":
		return rule.Refuse("peopleDamaged", "path", path, "reason", result)
	}
	return err
}

func (o Options) filled() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Hashing == (Hashing{}) {
		o.Hashing = Hashing{Memory: 19 << 10, Passes: 2, Threads: 1}
	}
	for d, usual := range map[*time.Duration]time.Duration{&o.Idle: 7 * day, &o.Lifetime: 30 * day, &o.Fresh: 10 * time.Minute} {
		if *d <= 0 {
			*d = usual
		}
	}
	return o
}

const day = 24 * time.Hour

// Close closes the database.
func (p *People) Close() error {
	var errs []error
	if p.read != nil && p.read != p.write {
		errs = append(errs, p.read.Close())
	}
	if p.write != nil {
		errs = append(errs, p.write.Close())
	}
	if p.breaches != nil {
		errs = append(errs, p.breaches.Close())
	}
	return errors.Join(errs...)
}

// Hashes says how often argon2id was worked out since Open: a measure of what
// sign-in costs.
func (p *People) Hashes() int64 { return p.hashes.count.Load() }

// Work is how often what takes time was done since Open: an answer that must not
// tell whether a name is known costs as much of each, whatever the name.
type Work struct{ Hashes, Statements, Transactions int64 }

// Work says what was done since Open.
func (p *People) Work() Work {
	return Work{p.hashes.count.Load(), p.statements.Load(), p.transactions.Load()}
}

// Minus is what was done since an earlier time.
func (w Work) Minus(earlier Work) Work {
	return Work{w.Hashes - earlier.Hashes, w.Statements - earlier.Statements, w.Transactions - earlier.Transactions}
}

func (p *People) openFile(path, vfs string) error {
	full, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(full, os.O_RDWR|os.O_CREATE, 0o600) // for its owner's eyes
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	open := func(params url.Values, pragmas ...string) (*sql.DB, error) {
		if vfs != "" {
			params.Set("vfs", vfs)
		}
		params["_pragma"] = append(pragmas, "busy_timeout(10000)")
		u := url.URL{Scheme: "file", Path: filepath.ToSlash(full), RawQuery: params.Encode()}
		return sql.Open("sqlite3", u.String())
	}
	p.write, err = open(url.Values{"_txlock": {"immediate"}, "modeof": {full}}, "journal_mode(WAL)", "synchronous(FULL)", "secure_delete(ON)")
	if err != nil {
		return err
	}
	p.write.SetMaxOpenConns(1)
	p.read, err = open(url.Values{}, "query_only(ON)")
	if err == nil {
		keep(p.read)
	}
	return err
}

// connections is how many are kept open for a while after they were needed: to make one
// anew costs a server of the database, and this one, more than what is asked over it.
const connections = 16

func keep(db *sql.DB) {
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(time.Minute)
}

func (p *People) openPostgres(ctx context.Context, address string) error {
	c, err := pgx.ParseConfig(address)
	if err != nil { // its text holds the address, and so perhaps a password
		return errors.New("people: the address of the database cannot be read")
	}
	c.RuntimeParams["search_path"] = schema
	c.RuntimeParams["application_name"] = "commonweal people"
	p.write = stdlib.OpenDB(*c)
	keep(p.write)
	p.write.SetMaxOpenConns(connections)
	p.read = p.write
	return p.again(ctx, sql.LevelReadCommitted, func(x *sql.Tx) error {
		if _, err := x.ExecContext(ctx, "SELECT pg_advisory_xact_lock(7164218002)"); err != nil {
			return err
		}
		_, err := x.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+schema)
		return err
	})
}

// migrate brings the layout up to date. Of several processes that do so at once
// one succeeds, and the others find it done.
func (p *People) migrate(ctx context.Context) error {
	dialect := goose.DialectSQLite3
	if p.postgres {
		dialect = goose.DialectPostgres
	}
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	for try := 0; ; try++ {
		var g *goose.Provider
		if g, err = goose.NewProvider(dialect, p.write, sub, goose.WithTableName(versions)); err != nil {
			return err
		}
		_, err = g.Up(ctx)
		if err == nil {
			return p.refuseNewer(ctx)
		}
		if try == 20 || ctx.Err() != nil {
			return fmt.Errorf("the accounts could not be brought up to date; open them again to go on: %w", err)
		}
		time.Sleep(time.Duration(try) * 5 * time.Millisecond)
	}
}

// refuseNewer refuses what a later program has written.
func (p *People) refuseNewer(ctx context.Context) error {
	var found int64
	if err := p.read.QueryRowContext(ctx, "SELECT MAX(version_id) FROM "+versions).Scan(&found); err != nil {
		return err
	}
	if found > layout {
		return rule.Refuse("peopleNewer", "found", strconv.FormatInt(found, 10), "known", strconv.Itoa(layout))
	}
	return nil
}

// Now is the clock that it was opened with.
func (p *People) Now() time.Time { return p.o.Now() }
