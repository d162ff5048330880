package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"commonweal/rule"
	"commonweal/store"
)

// reader is the part of a store that only reads.
type reader struct {
	path   string
	driver Driver
	db     querier
	layout int64 // of the file, which may be a backup that an older version made
}

// querier reads: a pool of connections, or a transaction that sees one moment.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Views gives the names of all views that have rows, in order.
func (r *reader) Views(ctx context.Context) (list []string, err error) {
	rows, err := r.db.QueryContext(ctx, "SELECT DISTINCT view_name FROM view_row ORDER BY view_name")
	if err != nil {
		return nil, r.explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, r.explain(err)
		}
		list = append(list, name)
	}
	return list, r.explain(rows.Err())
}

func (r *reader) damage(format string, args ...any) error {
	return rule.Refuse("storeDamaged", "path", r.path, "reason", fmt.Sprintf(format, args...))
}

// explain turns SQLite's word of a damaged file into the refusal.
func (r *reader) explain(err error) error {
	var refusal *rule.Refusal
	if err == nil || errors.As(err, &refusal) || !r.driver.damaged(err) {
		return err
	}
	return r.damage("%s", err)
}

// Entries gives the entries from a sequence on, in order.
func (r *reader) Entries(ctx context.Context, from int64, f func(seq int64, raw []byte) error) error {
	rows, err := r.db.QueryContext(ctx, "SELECT seq, raw FROM journal WHERE seq >= ? ORDER BY seq", from)
	if err != nil {
		return r.explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var seq int64
		var raw []byte
		if err := rows.Scan(&seq, &raw); err != nil {
			return r.explain(err)
		}
		if err := f(seq, raw); err != nil {
			return err
		}
	}
	return r.explain(rows.Err())
}

// Pick gives the entries of some sequences, in order.
func (r *reader) Pick(ctx context.Context, sequences []int64, f func(seq int64, raw []byte) error) error {
	sequences = slices.Clone(sequences)
	slices.Sort(sequences)
	for part := range slices.Chunk(sequences, maxPlaces) {
		if err := r.pickSome(ctx, part, f); err != nil {
			return r.explain(err)
		}
	}
	return nil
}

func (r *reader) pickSome(ctx context.Context, sequences []int64, f func(seq int64, raw []byte) error) error {
	args := make([]any, len(sequences))
	for i, seq := range sequences {
		args[i] = seq
	}
	rows, err := r.db.QueryContext(ctx, "SELECT seq, raw FROM journal WHERE seq IN (?"+strings.Repeat(",?", len(sequences)-1)+") ORDER BY seq", args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var seq int64
		var raw []byte
		if err := rows.Scan(&seq, &raw); err != nil {
			return err
		}
		if err := f(seq, raw); err != nil {
			return err
		}
	}
	return rows.Err()
}

// maxPlaces is for how many rows that stand apart one query asks.
const maxPlaces = 500

// Hashes gives stored hashes in the order asked for.
func (r *reader) Hashes(ctx context.Context, indexes []int64) ([]tlog.Hash, error) {
	list, err := store.HashesIn(ctx, indexes, r.runs, maxPlaces, r.damage)
	return list, r.explain(err)
}

// runs reads runs of stored hashes.
func (r *reader) runs(ctx context.Context, numbers []int64, f func(number int64, hashes []byte) error) error {
	args := make([]any, len(numbers))
	for i, number := range numbers {
		args[i] = number
	}
	query := "SELECT run, hashes FROM hash_run WHERE run IN (?" + strings.Repeat(",?", len(numbers)-1) + ")"
	if r.layout < layoutOfRuns {
		query = fmt.Sprintf("SELECT column1, (SELECT unhex(group_concat(hex(hash), '' ORDER BY place)) FROM hash WHERE place >= column1 * %[1]d AND place < column1 * %[1]d + %[1]d)"+
			" FROM (VALUES (?)", store.RunLength) + strings.Repeat(",(?)", len(numbers)-1) + ")"
	}
	rows, err := r.db.QueryContext(ctx, query, args...)
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
}

// Get gives the value of a row, nil if there is none.
func (r *reader) Get(ctx context.Context, view, key string) (value []byte, err error) {
	switch view {
	case store.Profiles:
		err = r.db.QueryRowContext(ctx, "SELECT view_value FROM profile WHERE view_key = ?", []byte(key)).Scan(&value)
	case store.Checkpoints:
		size, ok := store.CheckpointSize(key)
		if !ok {
			return nil, nil
		}
		err = r.db.QueryRowContext(ctx, "SELECT note FROM checkpoint WHERE size = ?", size).Scan(&value)
	default:
		err = r.db.QueryRowContext(ctx, "SELECT view_value FROM view_row WHERE view_name = ? AND view_key = ?", view, []byte(key)).Scan(&value)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, r.explain(err)
	}
	if value == nil {
		value = []byte{}
	}
	return value, nil
}

// Find gives those rows of a view that have one of these keys.
func (r *reader) Find(ctx context.Context, view string, keys []string, f func(key string, value []byte) error) error {
	for part := range slices.Chunk(keys, maxPlaces) {
		if err := r.findSome(ctx, view, part, f); err != nil {
			return r.explain(err)
		}
	}
	return nil
}

func (r *reader) findSome(ctx context.Context, view string, keys []string, f func(key string, value []byte) error) error {
	args := make([]any, 1, 1+len(keys))
	args[0] = view
	for _, key := range keys {
		args = append(args, []byte(key))
	}
	rows, err := r.db.QueryContext(ctx, "SELECT view_key, view_value FROM view_row WHERE view_name = ? AND view_key IN (?"+strings.Repeat(",?", len(keys)-1)+")", args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key, value []byte
		if err := rows.Scan(&key, &value); err != nil {
			return err
		}
		if value == nil {
			value = []byte{}
		}
		if err := f(string(key), value); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Scan gives the rows of a view in the order of the bytes of their keys.
func (r *reader) Scan(ctx context.Context, view string, f func(key string, value []byte) error) error {
	var rows *sql.Rows
	var err error
	switch view {
	case store.Profiles:
		rows, err = r.db.QueryContext(ctx, "SELECT view_key, view_value FROM profile ORDER BY view_key")
	case store.Checkpoints:
		rows, err = r.db.QueryContext(ctx, "SELECT size, note FROM checkpoint ORDER BY size")
	default:
		rows, err = r.db.QueryContext(ctx, "SELECT view_key, view_value FROM view_row WHERE view_name = ? ORDER BY view_key", view)
	}
	if err != nil {
		return r.explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var key, value []byte
		var size int64
		if view == store.Checkpoints {
			err = rows.Scan(&size, &value)
			key = []byte(store.CheckpointKey(size))
		} else {
			err = rows.Scan(&key, &value)
		}
		if err != nil {
			return r.explain(err)
		}
		if value == nil {
			value = []byte{}
		}
		if err := f(string(key), value); err != nil {
			return err
		}
	}
	return r.explain(rows.Err())
}

// Check reads the whole file and reports damage: SQLite's own check first, then
// the journal with its hashes and the checkpoints stored beside it.
func (r *reader) Check(ctx context.Context) (tlog.Tree, error) {
	var result string
	if err := r.db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&result); err != nil {
		return tlog.Tree{}, r.explain(err)
	}
	if result != "ok" {
		return tlog.Tree{}, r.damage("%s", result)
	}
	var odd int64 // rows that no query would find
	err := r.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM view_row WHERE typeof(view_name) <> 'text' OR typeof(view_key) <> 'blob' OR typeof(view_value) <> 'blob'").Scan(&odd)
	if err != nil {
		return tlog.Tree{}, r.explain(err)
	}
	if odd > 0 {
		return tlog.Tree{}, r.damage("%d rows of the views are not of the kind that this program writes", odd)
	}
	if _, err := r.checkEnd(ctx); err != nil {
		return tlog.Tree{}, r.explain(err)
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
