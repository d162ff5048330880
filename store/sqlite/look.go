package sqlite

import (
	"context"
	"errors"
	"net/url"

	"commonweal/rule"
)

// Read opens the store at a path for reading alone, beside a writer and other
// readers. All that is read is as it was committed at one moment, that of
// opening; Append is answered with store.ErrReadOnly. A file that must first be
// brought up to date, such as a copy put in place by hand, is opened to write
// for that moment.
func Read(ctx context.Context, path string, o Options) (*Store, error) {
	if err := lookAt(path, false); err != nil {
		return nil, err
	}
	s, settled, err := look(ctx, path, o.filled(), nil)
	if err != nil || settled {
		return s, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	w, err := Open(ctx, path, o)
	if err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	s, _, err = look(ctx, path, o.filled(), nil)
	return s, err
}

// Moment gives the store as it is committed now, for reading alone, whatever is written
// meanwhile. It keeps the write-ahead log from being emptied: close it soon.
func (s *Store) Moment(ctx context.Context) (*Store, error) {
	m, _, err := look(ctx, s.path, Options{Driver: s.driver}.filled(), nil)
	return m, err
}

// ReadCopy opens a backup for reading alone and changes nothing in or beside it.
func ReadCopy(ctx context.Context, path string, o Options) (*Store, error) {
	if err := lookAt(path, false); err != nil {
		return nil, err
	}
	s, _, err := look(ctx, path, o.filled(), url.Values{"mode": {"ro"}})
	return s, err
}

// look opens the file and begins to read. A file is settled if it is of this
// layout and of the kind that can be read beside a writer.
func look(ctx context.Context, path string, o Options, params url.Values) (_ *Store, settled bool, err error) {
	s := &Store{reader: reader{path: path, driver: o.Driver}}
	defer func() {
		if err != nil {
			err = errors.Join(s.explain(err), s.closeAll())
		}
	}()
	if s.pool, err = o.Driver.open(path, params, "busy_timeout(10000)", "query_only(ON)"); err != nil {
		return nil, false, err
	}
	s.pool.SetMaxOpenConns(1)
	tx, err := s.pool.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return nil, false, err
	}
	s.db = tx
	found, err := s.identify(ctx, tx)
	if err != nil {
		return nil, false, err
	}
	s.layout = found.layout
	if found.fresh {
		return nil, false, rule.Refuse("notAStore", "path", path, "reason", "it is empty")
	}
	var mode string
	if err := tx.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return nil, false, err
	}
	if found.layout != layout {
		return s, false, nil
	}
	s.next, err = s.checkEnd(ctx)
	return s, mode == "wal", err
}
