package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"commonweal/journal"
	"commonweal/rule"
	"commonweal/store"
	"commonweal/store/group"
)

// Store keeps the books of one network in one file.
type Store struct {
	reader
	write *sql.DB // one connection; nil where the store was opened for reading
	pool  *sql.DB // what the reader reads from, or took its transaction from
	lock  *lock   // holds the lock beside the file
	next  int64   // sequence of the next entry; the writer's own
	dirty bool    // the write-ahead log holds erased data; the writer's own

	group  *group.Writer // nil where the store was opened for reading
	closed sync.Once
	failed atomic.Pointer[rule.Refusal]
}

var _ store.Store = (*Store)(nil)

// Append makes the batch durable, all of it or nothing.
func (s *Store) Append(ctx context.Context, b store.Batch) error {
	if s.group == nil {
		return store.ErrReadOnly
	}
	return s.group.Append(ctx, b)
}

// writeGroup writes the batches of a group in one transaction and returns the
// answer to each.
func (s *Store) writeGroup(batches []*store.Batch) []error {
	answers := make([]error, len(batches))
	if refusal := s.failed.Load(); refusal != nil {
		for i := range answers {
			answers[i] = stopped{refusal}
		}
		return answers
	}
	next, erased, err := s.transact(batches, answers)
	if err == nil {
		s.next = next
		s.dirty = s.dirty || erased
		if s.dirty {
			if err := s.emptyLog(); err != nil {
				s.stop(err)
			}
		}
		return answers
	}
	s.stop(err)
	for i := range answers {
		if answers[i] == nil {
			answers[i] = fmt.Errorf("%w: %w", store.ErrUnknown, s.explain(err))
		}
	}
	return answers
}

// transact writes the group and commits. Batches in conflict get their answer
// and are left out; an error is of the transaction as a whole.
func (s *Store) transact(batches []*store.Batch, answers []error) (next int64, erased bool, err error) {
	ctx := context.Background() // what was begun is finished, whoever still waits
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return 0, false, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, rollback(tx))
		}
	}()
	w := writing{ctx: ctx, tx: tx}
	defer w.close()
	next = s.next
	for i, b := range batches {
		if first := b.First(); first >= 0 && first != next {
			answers[i] = fmt.Errorf("%w: the batch begins with entry %d, the next one is %d", store.ErrConflict, first, next)
			continue
		}
		if err := w.batch(b); err != nil {
			return 0, false, err
		}
		next += int64(len(b.Entries))
	}
	for i := range w.runs {
		if err := w.run(s, &w.runs[i]); err != nil {
			return 0, false, err
		}
	}
	return next, w.erased, tx.Commit()
}

// rollback undoes the transaction unless the failed commit has ended it.
func rollback(tx *sql.Tx) error {
	if err := tx.Rollback(); !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil
}

// emptyLog moves the write-ahead log into the file and empties it, so that
// erased data is not left in it. Where a reader is in the way, it is tried again
// after the next commit, and by Close; nobody waits for the reader. After an
// error the disk is not to be trusted.
func (s *Store) emptyLog() error {
	var busy, frames, moved int
	_, err := s.write.Exec("PRAGMA busy_timeout(0)")
	if err == nil {
		err = s.write.QueryRow("PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved)
	}
	if s.driver.Code(err) == codeBusy {
		busy, err = 1, nil
	}
	if err == nil {
		_, err = s.write.Exec("PRAGMA busy_timeout(10000)")
	}
	s.dirty = busy != 0
	return err
}

// stopped is the answer after a write has failed: store.ErrStopped, and the
// refusal that says why.
type stopped struct{ *rule.Refusal }

func (s stopped) Is(target error) bool { return target == store.ErrStopped }
func (s stopped) Unwrap() error        { return s.Refusal }

// stop refuses all further batches.
func (s *Store) stop(cause error) {
	s.failed.Store(rule.Refuse("storeStopped", "path", s.path, "reason", cause.Error()))
}

// writing is one transaction under way.
type writing struct {
	ctx    context.Context
	tx     *sql.Tx
	stmts  map[string]*sql.Stmt
	runs   store.Runs // what comes to the stored hashes, put when all batches are
	erased bool
}

// exec runs a statement, prepared once in a transaction.
func (w *writing) exec(text string, args ...any) error {
	stmt := w.stmts[text]
	if stmt == nil {
		var err error
		if stmt, err = w.tx.PrepareContext(w.ctx, text); err != nil {
			return err
		}
		if w.stmts == nil {
			w.stmts = map[string]*sql.Stmt{}
		}
		w.stmts[text] = stmt
	}
	_, err := stmt.ExecContext(w.ctx, args...)
	return err
}

func (w *writing) close() {
	for _, stmt := range w.stmts {
		_ = stmt.Close()
	}
}

func (w *writing) batch(b *store.Batch) error {
	entries := make([]any, 0, 2*len(b.Entries))
	for i := range b.Entries {
		e := &b.Entries[i]
		entries = append(entries, e.Seq, e.Raw)
		w.runs.Add(e)
	}
	together := maxRows
	if slices.ContainsFunc(b.Entries, func(e journal.Sealed) bool { return len(e.Raw) > mostTogether }) {
		together = 1
	}
	if err := w.pairs("INSERT INTO journal (seq, raw) VALUES (?, ?)", together, entries); err != nil {
		return err
	}
	for _, view := range b.Clear {
		if err := w.exec("DELETE FROM view_row WHERE view_name = ?", view); err != nil {
			return err
		}
	}
	if err := w.views(b.Views); err != nil {
		return err
	}
	for _, p := range b.Profiles {
		if err := w.profile(p); err != nil {
			return err
		}
	}
	return w.checkpoint(b.Checkpoint)
}

// mostTogether is up to how many bytes each entries are put by one statement.
const mostTogether = 16 << 10

// pairs runs a statement that puts a row of two values, so many rows at a time where
// there are as many.
func (w *writing) pairs(one string, together int, values []any) error {
	for many := one + strings.Repeat(", (?, ?)", together-1); len(values) >= 2*together; values = values[2*together:] {
		if err := w.exec(many, values[:2*together]...); err != nil {
			return err
		}
	}
	for ; len(values) > 0; values = values[2:] {
		if err := w.exec(one, values[:2]...); err != nil {
			return err
		}
	}
	return nil
}

// run puts a run of stored hashes that begins, or what one gains after those that it has.
func (w *writing) run(s *Store, r *store.Run) error {
	if r.Held == 0 {
		return w.exec("INSERT INTO hash_run (run, hashes) VALUES (?, ?)", r.Number, r.Hashes)
	}
	var held []byte
	err := w.tx.QueryRowContext(w.ctx, "SELECT hashes FROM hash_run WHERE run = ?", r.Number).Scan(&held)
	if err == nil && len(held) != r.Held || errors.Is(err, sql.ErrNoRows) {
		return s.damage("the stored hashes from %d on have %d bytes, not %d", r.Number*store.RunLength, len(held), r.Held)
	}
	if err != nil {
		return err
	}
	return w.exec("UPDATE hash_run SET hashes = ? WHERE run = ?", append(held, r.Hashes...), r.Number)
}

const (
	putRow    = "INSERT INTO view_row (view_name, view_key, view_value) VALUES (?, ?, ?)"
	putMore   = ", (?, ?, ?)"
	putUpdate = " ON CONFLICT (view_name, view_key) DO UPDATE SET view_value = excluded.view_value"
	maxRows   = 64 // rows put by one statement
)

var putMany = putRow + strings.Repeat(putMore, maxRows-1) + putUpdate

// views puts rows in order, many by one statement where they are many.
func (w *writing) views(puts []store.Put) error {
	args := make([]any, 0, 3*maxRows)
	for len(puts) > 0 {
		args = args[:0]
		for _, p := range puts {
			if p.Value == nil || len(args) == cap(args) {
				break
			}
			args = append(args, p.View, []byte(p.Key), p.Value)
		}
		rows := len(args) / 3
		switch {
		case rows == maxRows:
			if err := w.exec(putMany, args...); err != nil {
				return err
			}
		case rows > 0:
			rows = 1
			if err := w.exec(putRow+putUpdate, args[:3]...); err != nil {
				return err
			}
		default:
			rows = 1
			if err := w.exec("DELETE FROM view_row WHERE view_name = ? AND view_key = ?", puts[0].View, []byte(puts[0].Key)); err != nil {
				return err
			}
		}
		puts = puts[rows:]
	}
	return nil
}

func (w *writing) profile(p store.Put) error {
	if p.Value == nil {
		w.erased = true
		return w.exec("DELETE FROM profile WHERE view_key = ?", []byte(p.Key))
	}
	return w.exec("INSERT INTO profile (view_key, view_value) VALUES (?, ?) ON CONFLICT (view_key) DO UPDATE SET view_value = excluded.view_value",
		[]byte(p.Key), p.Value)
}

func (w *writing) checkpoint(note []byte) error {
	if note == nil {
		return nil
	}
	_, tree, err := journal.ReadCheckpoint(note)
	if err != nil {
		return err
	}
	return w.exec("INSERT INTO checkpoint (size, note) VALUES (?, ?) ON CONFLICT (size) DO UPDATE SET note = excluded.note", tree.N, note)
}

// Close finishes what waits and gives up the lock.
func (s *Store) Close() (err error) {
	s.closed.Do(func() {
		if s.group != nil {
			s.group.Close()
		}
		err = s.closeAll()
	})
	return err
}

func (s *Store) closeAll() error {
	var errs []error
	if tx, ok := s.db.(*sql.Tx); ok {
		errs = append(errs, rollback(tx))
	}
	for _, db := range []*sql.DB{s.pool, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}
