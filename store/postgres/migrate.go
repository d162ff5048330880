package postgres

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	layout   = 3        // the newest migration that this program knows
	versions = "layout" // the table of migrations done
)

// How a migration waits for a lock on a table: briefly, since readers queue
// behind it, and again and again.
const (
	lockTimeout = "500" // milliseconds
	lockPause   = 500 * time.Millisecond
	lockTries   = 60
)

// migrate brings the schema up to date. Each migration is a transaction, so that
// one that is cut short is done again; of several processes one does it.
func (s *Store) migrate(ctx context.Context, files fs.FS, fresh bool) error {
	if fresh {
		if err := s.makeSchema(ctx); err != nil {
			return err
		}
	}
	sub, err := fs.Sub(files, "migrations")
	if err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockID(key("layout", s.address.schema())), lock.WithLockTimeout(1, 300))
	if err != nil {
		return err
	}
	c := s.address.config.ConnConfig.Copy()
	c.RuntimeParams["lock_timeout"] = lockTimeout
	c.RuntimeParams["idle_in_transaction_session_timeout"] = "0"
	db := stdlib.OpenDB(*c)
	p, err := goose.NewProvider(goose.DialectPostgres, db, sub, goose.WithTableName(versions), goose.WithSessionLocker(locker))
	if err != nil {
		return errors.Join(err, db.Close())
	}
	for range lockTries {
		if _, err = p.Up(ctx); !busy(err) {
			break
		}
		select {
		case <-time.After(lockPause):
		case <-ctx.Done():
			return errors.Join(ctx.Err(), db.Close())
		}
	}
	return errors.Join(err, db.Close())
}

// makeSchema makes the schema where it is not there. Two who make it at the same
// moment get in each other's way, and it is there all the same.
func (s *Store) makeSchema(ctx context.Context) error {
	name := pgx.Identifier{s.address.schema()}.Sanitize()
	_, err := s.write.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+name)
	if code(err) == codeUnique {
		_, err = s.write.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+name)
	}
	return err
}

// SQLSTATE codes that matter here.
const (
	codeUnique = "23505"
	codeBusy   = "55P03" // a lock was not to be had in time
)

// code is the SQLSTATE of an error that the server told, empty if it is none.
func code(err error) string {
	var told *pgconn.PgError
	if errors.As(err, &told) {
		return told.Code
	}
	return ""
}

func busy(err error) bool { return code(err) == codeBusy }
