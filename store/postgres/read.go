package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/mod/sumdb/tlog"

	"commonweal/rule"
	"commonweal/store"
)

// reader is the part of a store that only reads.
type reader struct {
	place string
	from  lender
}

var _ store.Reader = (*reader)(nil)

// lender lends a connection for one query.
type lender interface {
	lend(ctx context.Context, f func(querier) error) error
}

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// pool lends any connection: each query sees what is committed when it begins.
type pool struct{ *pgxpool.Pool }

func (p pool) lend(ctx context.Context, f func(querier) error) error {
	return p.AcquireFunc(ctx, func(c *pgxpool.Conn) error { return f(c) })
}

// transaction lends one connection, to one query at a time: all of them see one
// moment.
type transaction struct {
	mu sync.Mutex
	tx pgx.Tx
}

func (t *transaction) lend(_ context.Context, f func(querier) error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return f(t.tx)
}

func (r *reader) damage(format string, args ...any) error {
	return rule.Refuse("storeDamaged", "path", r.place, "reason", fmt.Sprintf(format, args...))
}

// one reads a single row.
func (r *reader) one(ctx context.Context, to []any, sql string, args ...any) error {
	return r.from.lend(ctx, func(q querier) error { return q.QueryRow(ctx, sql, args...).Scan(to...) })
}

// Views gives the names of all views that have rows, in order. It steps from one
// name to the next, and does not read the rows.
func (r *reader) Views(ctx context.Context) (list []string, err error) {
	err = r.from.lend(ctx, func(q querier) error {
		rows, err := q.Query(ctx, `WITH RECURSIVE step (name) AS (
			(SELECT view_name FROM view_row ORDER BY view_name LIMIT 1)
			UNION ALL
			SELECT (SELECT v.view_name FROM view_row v WHERE v.view_name > step.name ORDER BY v.view_name LIMIT 1) FROM step WHERE step.name IS NOT NULL
		) SELECT name FROM step WHERE name IS NOT NULL`)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	if len(list) == 0 {
		list = nil
	}
	return list, err
}

// Entries gives the entries from a sequence on, in order.
func (r *reader) Entries(ctx context.Context, from int64, f func(seq int64, raw []byte) error) error {
	return numbered(ctx, r, "SELECT seq, raw FROM journal WHERE seq >= $1 ORDER BY seq LIMIT $2", from, f)
}

// Scan gives the rows of a view in the order of the bytes of their keys.
func (r *reader) Scan(ctx context.Context, view string, f func(key string, value []byte) error) error {
	emit := func(p *keyed) error { return f(p.key, p.value) }
	after := func(p *keyed) any { return append([]byte(p.key), 0) } // the least key after that one
	switch view {
	case store.Checkpoints:
		return numbered(ctx, r, "SELECT size, note FROM checkpoint WHERE size >= $1 ORDER BY size LIMIT $2", 0, func(size int64, note []byte) error {
			return f(store.CheckpointKey(size), note)
		})
	case store.Profiles:
		return pages(ctx, r, "SELECT view_key, view_value FROM profile WHERE view_key >= $1 ORDER BY view_key LIMIT $2", []any{[]byte{}}, scanKeyed, after, emit)
	}
	return pages(ctx, r, "SELECT view_key, view_value FROM view_row WHERE view_key >= $1 AND view_name = $3 ORDER BY view_key LIMIT $2",
		[]any{[]byte{}, view}, scanKeyed, after, emit)
}

// keyed is a row of a view.
type keyed struct {
	key   string
	value []byte
}

func (k *keyed) bytes() int { return len(k.key) + len(k.value) }

// scanKeyed takes a row of bytes as it came, without a turn through the types of
// the database, of which a view of a million rows would feel the cost.
func scanKeyed(rows pgx.Rows, k *keyed) error {
	for _, d := range rows.FieldDescriptions() {
		if d.Format != pgx.BinaryFormatCode {
			var key []byte
			err := rows.Scan(&key, &k.value)
			k.key = string(key)
			return err
		}
	}
	raw := rows.RawValues()
	k.key, k.value = string(raw[0]), append(make([]byte, 0, len(raw[1])), raw[1]...)
	return nil
}

// counted is a row with a number.
type counted struct {
	n     int64
	value []byte
}

func (c *counted) bytes() int { return len(c.value) }

func numbered(ctx context.Context, r *reader, sql string, from int64, f func(n int64, value []byte) error) error {
	return pages(ctx, r, sql, []any{from},
		func(rows pgx.Rows, p *counted) error { return rows.Scan(&p.n, &p.value) },
		func(p *counted) any { return p.n + 1 },
		func(p *counted) error { return f(p.n, p.value) })
}

// What one page holds: so many bytes, between so few and so many rows.
const (
	pageBytes = 4 << 20
	minRows   = 16
	maxRows   = 8192
)

// pages reads rows page by page and hands them on between the pages, so that no
// connection is held while somebody works on a row: who reads on the way waits
// for nobody, and memory holds one page. Arguments are where to begin, how many
// rows, and what else.
func pages[T any, P interface {
	*T
	bytes() int
}](ctx context.Context, r *reader, sql string, args []any, scan func(pgx.Rows, P) error, after func(P) any, emit func(P) error) error {
	rows := 64
	list := make([]T, 0, rows)
	for {
		size, limit := 0, rows
		list = list[:0]
		err := r.from.lend(ctx, func(q querier) error {
			found, err := q.Query(ctx, sql, append([]any{args[0], limit}, args[1:]...)...)
			if err != nil {
				return err
			}
			defer found.Close()
			for size < 2*pageBytes && found.Next() {
				var one T
				if err := scan(found, &one); err != nil {
					return err
				}
				size += P(&one).bytes()
				list = append(list, one)
			}
			found.Close()
			return found.Err()
		})
		if err != nil {
			return r.explain(ctx, err)
		}
		for i := range list {
			if err := emit(&list[i]); err != nil {
				return err
			}
		}
		if len(list) < limit && size < 2*pageBytes {
			return nil
		}
		args[0] = after(&list[len(list)-1])
		rows = min(max(pageBytes/(size/len(list)+1), minRows), maxRows)
	}
}

// explain gives a context's own error where that is what ended a query.
func (r *reader) explain(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errors.Join(ctx.Err(), err)
	}
	return err
}

// Pick gives the entries of some sequences, in order.
func (r *reader) Pick(ctx context.Context, sequences []int64, f func(seq int64, raw []byte) error) error {
	type entry struct {
		seq int64
		raw []byte
	}
	var list []entry
	err := r.from.lend(ctx, func(q querier) error {
		rows, err := q.Query(ctx, "SELECT seq, raw FROM journal WHERE seq = ANY($1) ORDER BY seq", sequences)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var e entry
			if err := rows.Scan(&e.seq, &e.raw); err != nil {
				return err
			}
			list = append(list, e)
		}
		return rows.Err()
	})
	if err != nil {
		return r.explain(ctx, err)
	}
	for _, e := range list { // the connection is given back by now
		if err := f(e.seq, e.raw); err != nil {
			return err
		}
	}
	return nil
}

// Hashes gives stored hashes in the order asked for.
func (r *reader) Hashes(ctx context.Context, indexes []int64) ([]tlog.Hash, error) {
	list, err := store.HashesIn(ctx, indexes, r.runs, maxRows, r.damage)
	return list, r.explain(ctx, err)
}

// runs reads runs of stored hashes.
func (r *reader) runs(ctx context.Context, numbers []int64, f func(number int64, hashes []byte) error) error {
	return r.from.lend(ctx, func(q querier) error {
		rows, err := q.Query(ctx, "SELECT run, hashes FROM hash_run WHERE run = ANY($1)", numbers)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var number int64
			var hashes []byte
			if err := rows.Scan(&number, &hashes); err != nil {
				return err
			}
			if err := f(number, hashes); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// Get gives the value of a row, nil if there is none.
func (r *reader) Get(ctx context.Context, view, key string) (value []byte, err error) {
	switch view {
	case store.Profiles:
		err = r.one(ctx, []any{&value}, "SELECT view_value FROM profile WHERE view_key = $1", []byte(key))
	case store.Checkpoints:
		size, ok := store.CheckpointSize(key)
		if !ok {
			return nil, nil
		}
		err = r.one(ctx, []any{&value}, "SELECT note FROM checkpoint WHERE size = $1", size)
	default:
		err = r.one(ctx, []any{&value}, "SELECT view_value FROM view_row WHERE view_name = $1 AND view_key = $2", view, []byte(key))
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return value, r.explain(ctx, err)
}

// Find gives those rows of a view that have one of these keys.
func (r *reader) Find(ctx context.Context, view string, keys []string, f func(key string, value []byte) error) error {
	wanted := make([][]byte, len(keys))
	for i, key := range keys {
		wanted[i] = []byte(key)
	}
	var list []keyed
	err := r.from.lend(ctx, func(q querier) error {
		rows, err := q.Query(ctx, "SELECT view_key, view_value FROM view_row WHERE view_name = $1 AND view_key = ANY($2)", view, wanted)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var k keyed
			if err := scanKeyed(rows, &k); err != nil {
				return err
			}
			list = append(list, k)
		}
		return rows.Err()
	})
	if err != nil {
		return r.explain(ctx, err)
	}
	for _, k := range list { // the connection is given back by now
		if err := f(k.key, k.value); err != nil {
			return err
		}
	}
	return nil
}

// Size gives how many entries the journal has.
func (r *reader) Size(ctx context.Context) (size int64, err error) {
	err = r.one(ctx, []any{&size}, "SELECT size FROM head")
	return size, r.explain(ctx, err)
}

// checkEnd compares the end of the journal with its head, its stored hashes and the
// newest checkpoint.
func (r *reader) checkEnd(ctx context.Context) error {
	var next int64
	var e store.End // as it is at one moment
	err := r.one(ctx, []any{&next, &e.Entries, &e.Hashes, &e.Covered}, "SELECT (SELECT size FROM head), (SELECT COALESCE(MAX(seq) + 1, 0) FROM journal),"+
		" COALESCE((SELECT run * $1 + (octet_length(hashes) + $2 - 1) / $2 FROM hash_run ORDER BY run DESC LIMIT 1), 0),"+
		" (SELECT COALESCE(MAX(size), 0) FROM checkpoint)", store.RunLength, tlog.HashSize)
	if err != nil {
		return err
	}
	if next != e.Entries {
		return r.damage("the journal has %d entries, and its head says %d", e.Entries, next)
	}
	reason, err := store.CheckEnd(ctx, r, e)
	if err == nil && reason != "" {
		err = r.damage("%s", reason)
	}
	return err
}

// Check reads the journal with its hashes and the checkpoints stored beside it,
// and reports damage.
func (r *reader) Check(ctx context.Context) (tlog.Tree, error) {
	if err := r.checkEnd(ctx); err != nil {
		return tlog.Tree{}, err
	}
	report, err := store.Verify(ctx, r, nil, "")
	if err != nil {
		return tlog.Tree{}, err
	}
	if !report.Sound() {
		return tlog.Tree{}, r.damage("%s", report.Fault)
	}
	return tlog.Tree{N: report.Entries, Hash: report.Root}, nil
}
