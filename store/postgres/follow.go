package postgres

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// How the end of the journal is watched: a message comes with each commit; if
// one should be lost, or none can come, it is looked at in this interval. After
// a broken connection another is tried after a pause.
const (
	lookEvery = time.Second
	tryAgain  = 200 * time.Millisecond
)

// Follow calls f with how many entries the journal has, at once and whenever
// that has changed, until the context ends, whose error it returns. Calls come
// one after the other; several commits may be told by one. A size less than one
// before means that the database lost what it had acknowledged, as one without
// synchronous replication may where its machine breaks: who followed must open
// the books anew. A broken connection is made again; what goes wrong on the way
// is told to trouble, unless that is nil.
func (s *Store) Follow(ctx context.Context, f func(size int64), trouble func(error)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.end, cancel)()
	last := int64(-1)
	for {
		err := s.follow(ctx, &last, f)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if trouble != nil {
			trouble(err)
		}
		select {
		case <-time.After(tryAgain):
		case <-ctx.Done():
		}
	}
}

// follow watches through one connection until it breaks.
func (s *Store) follow(ctx context.Context, last *int64, f func(size int64)) error {
	conn, err := pgx.ConnectConfig(ctx, s.address.config.ConnConfig)
	if err != nil {
		return err
	}
	defer func() { _ = closeSoon(conn) }()
	if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{s.address.schema()}.Sanitize()); err != nil && code(err) != codeReadOnly {
		return err
	}
	for {
		var size int64
		if err := conn.QueryRow(ctx, "SELECT size FROM head").Scan(&size); err != nil {
			return err
		}
		if size != *last {
			*last = size
			f(size)
		}
		if err := told(ctx, conn, last, f); err != nil {
			return err
		}
	}
}

// told waits for messages, which say how many entries there are, for so long as it is
// not looked at.
func told(ctx context.Context, conn *pgx.Conn, last *int64, f func(size int64)) error {
	soon, cancel := context.WithTimeout(ctx, lookEvery)
	defer cancel()
	for {
		m, err := conn.WaitForNotification(soon)
		if err != nil {
			if ctx.Err() == nil && soon.Err() != nil {
				return nil
			}
			return err
		}
		if size, err := strconv.ParseInt(m.Payload, 10, 64); err != nil || size < *last {
			return nil // it is looked at
		} else if size > *last {
			*last = size
			f(size)
		}
	}
}

// codeReadOnly is how a copy of the database says that it cannot be told of
// changes.
const codeReadOnly = "25006"
