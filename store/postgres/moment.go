package postgres

import (
	"context"
	"errors"
	"sync"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"

	"commonweal/store"
)

// Moment is a store as it was committed at one moment, for reading alone,
// whatever is written meanwhile. It holds a connection of its own, which serves
// one reader at a time, and keeps the database from tidying up: close it soon.
// A read that its context breaks off ends the moment too.
type Moment struct {
	reader
	conn   *pgx.Conn
	save   func(ctx context.Context, path string, from store.Reader) (tlog.Tree, error)
	closed sync.Once
}

var _ store.Store = (*Moment)(nil)

// Moment gives what is committed now.
func (s *Store) Moment(ctx context.Context) (*Moment, error) {
	c := s.address.config.ConnConfig.Copy()
	c.RuntimeParams["idle_in_transaction_session_timeout"] = "0"
	conn, err := pgx.ConnectConfig(ctx, c)
	if err != nil {
		return nil, err
	}
	m := &Moment{reader: reader{place: s.place}, conn: conn, save: s.options.Save}
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err == nil {
		m.from = &transaction{tx: tx}
		_, err = m.Size(ctx) // the moment is that of the first query
	}
	if err != nil {
		_ = m.Close()
		return nil, err
	}
	return m, nil
}

// Append refuses: a moment is for reading.
func (m *Moment) Append(context.Context, store.Batch) error { return store.ErrReadOnly }

// Backup writes a copy of the moment to a path where nothing is, verifies it,
// and returns size and root of the journal in it.
func (m *Moment) Backup(ctx context.Context, path string) (tlog.Tree, error) {
	if m.save == nil {
		return tlog.Tree{}, errors.New("the store was opened without Options.Save, which writes backups")
	}
	return m.save(ctx, path, m)
}

// Close ends the moment.
func (m *Moment) Close() error {
	m.closed.Do(func() { _ = closeSoon(m.conn) })
	return nil
}

// Backup writes a copy of the books as they are at one moment to a path where
// nothing is, while they are in use, verifies it, and returns size and root of
// the journal in it.
func (s *Store) Backup(ctx context.Context, path string) (tlog.Tree, error) {
	if err := ctx.Err(); err != nil {
		return tlog.Tree{}, err
	}
	m, err := s.Moment(ctx)
	if err != nil {
		return tlog.Tree{}, err
	}
	tree, err := m.Backup(ctx, path)
	return tree, errors.Join(err, m.Close())
}
