package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"commonweal/rule"
	"commonweal/store"
)

// Append makes the batch durable, all of it or nothing. A store that does not
// lead answers with store.ErrReadOnly; one whose lead another has taken, with
// store.ErrConflict.
func (s *Store) Append(ctx context.Context, b store.Batch) error {
	return s.group.Append(ctx, b)
}

// stopped is the answer after a write whose outcome is unknown: store.ErrStopped,
// and the refusal that says why.
type stopped struct{ *rule.Refusal }

func (s stopped) Is(target error) bool { return target == store.ErrStopped }
func (s stopped) Unwrap() error        { return s.Refusal }

// writeGroup writes batches in one transaction and returns the answer to each.
// Where the server refuses one of several, each is tried by itself.
func (s *Store) writeGroup(batches []*store.Batch) []error {
	answers := make([]error, len(batches))
	refused := s.mayWrite()
	if refused == nil {
		var lost bool
		if refused, lost = s.transact(batches, answers); refused == nil {
			return answers
		}
		if lost {
			s.failed.Store(rule.Refuse("storeStopped", "path", s.place, "reason", refused.Error()))
			refused = fmt.Errorf("%w: %w", store.ErrUnknown, refused)
		} else if len(batches) > 1 && code(refused) != "" {
			for i := range batches {
				answers[i] = s.writeGroup(batches[i : i+1])[0]
			}
			return answers
		}
	}
	for i := range answers {
		if answers[i] == nil {
			answers[i] = refused
		}
	}
	return answers
}

// mayWrite says why this store cannot write now.
func (s *Store) mayWrite() error {
	if refusal := s.failed.Load(); refusal != nil {
		return stopped{refusal}
	}
	if s.term.Load() == nil {
		return fmt.Errorf("%w: it does not lead", store.ErrReadOnly)
	}
	return nil
}

// patience is how long an answer of the database is waited for, and so much more
// for each megabyte written.
const patience = 30 * time.Second

// transact writes the group and commits. Batches in conflict get their answer
// and are left out; an error is of the transaction as a whole, and lost says
// that it cannot be known whether it was committed.
func (s *Store) transact(batches []*store.Batch, answers []error) (err error, lost bool) {
	f := &folded{}
	ctx, cancel := context.WithTimeout(context.Background(), patience+time.Duration(size(batches)>>20)*time.Second) // what was begun is finished, whoever still waits
	defer cancel()
	conn, err := s.write.Acquire(ctx)
	if err != nil {
		return err, false
	}
	defer conn.Release()
	if mine := s.term.Load(); mine != nil && f.follow(batches) {
		if follows, err, lost := s.atOnce(ctx, conn, f, mine.token); follows {
			return err, lost
		}
	}
	f = &folded{}
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err, false
	}
	err = s.fill(ctx, tx, f, batches, answers)
	if err != nil || f.empty() {
		return errors.Join(err, rollback(ctx, tx, err)), false
	}
	return commit(ctx, conn, tx.Commit)
}

// atOnce writes what follows the journal's end in two messages: all but the commit, on
// condition that the end and the lead are as it is thought, and the commit. Where they
// are not, follows is false and nothing is written; then it is looked at one by one.
func (s *Store) atOnce(ctx context.Context, conn *pgxpool.Conn, f *folded, token string) (follows bool, err error, lost bool) {
	out := &pgx.Batch{}
	out.Queue("BEGIN")
	out.Queue("SELECT 1 / COUNT(*), CASE WHEN current_setting('synchronous_commit') IN ('off', 'local') THEN set_config('synchronous_commit', 'on', TRUE) END"+
		" FROM (SELECT FROM head WHERE token = $1 AND ($2::bigint < 0 OR size = $2) FOR UPDATE) AS mine", token, f.first())
	f.queue(out, s.damage)
	s.grow(out, f, f.first())
	if err = conn.SendBatch(ctx, out).Close(); err != nil {
		_, _ = conn.Exec(ctx, "ROLLBACK") // a connection that is broken is not used again
		return code(err) != codeNoneOfIt, err, false
	}
	err, lost = commit(ctx, conn, func(ctx context.Context) error {
		tag, err := conn.Exec(ctx, "COMMIT")
		if err == nil && tag.String() == "ROLLBACK" {
			return pgx.ErrTxCommitRollback
		}
		return err
	})
	return true, err, lost
}

// codeNoneOfIt is a division by zero: by the number of heads that are as it is thought.
const codeNoneOfIt = "22012"

// grow says how long the journal is then, and tells those who follow.
func (s *Store) grow(out *pgx.Batch, f *folded, size int64) {
	if f.count() > 0 {
		out.Queue("UPDATE head SET size = $1", size+f.count())
		out.Queue("SELECT pg_notify($1, $2)", s.address.schema(), fmt.Sprint(size+f.count()))
	}
}

// rollback undoes a transaction; where it has failed the connection's word for
// that is no matter.
func rollback(ctx context.Context, tx pgx.Tx, failed error) error {
	if err := tx.Rollback(ctx); failed == nil {
		return err
	}
	return nil
}

// commit commits. An answer that is not plainly yes or plainly no, such as a
// connection that breaks, or a warning that the commit is not where it should
// be on other machines, leaves the outcome unknown.
func commit(ctx context.Context, conn *pgxpool.Conn, do func(context.Context) error) (err error, lost bool) {
	data := conn.Conn().PgConn().CustomData()
	delete(data, warned)
	err = do(ctx)
	if err == nil {
		if warning, ok := data[warned].(string); ok {
			return errors.New(warning), true
		}
		return nil, false
	}
	var told *pgconn.PgError
	no := errors.Is(err, pgx.ErrTxCommitRollback) || errors.As(err, &told) && (told.Code[:2] == "40" || told.Code[:2] == "23")
	return err, !no
}

// fill takes the head of the journal, decides about each batch, and writes
// those that follow.
func (s *Store) fill(ctx context.Context, tx pgx.Tx, f *folded, batches []*store.Batch, answers []error) error {
	var size, epoch int64
	var token string
	err := tx.QueryRow(ctx, "SELECT size, epoch, token, CASE WHEN current_setting('synchronous_commit') IN ('off', 'local')"+
		" THEN set_config('synchronous_commit', 'on', TRUE) END FROM head FOR UPDATE").Scan(&size, &epoch, &token, nil)
	if err != nil {
		return err
	}
	mine := s.term.Load()
	for i, b := range batches {
		first := b.First()
		switch {
		case mine == nil || token != mine.token:
			answers[i] = fmt.Errorf("%w: another process leads since, in epoch %d", store.ErrConflict, epoch)
		case first >= 0 && first != size+f.count():
			answers[i] = fmt.Errorf("%w: the batch begins with entry %d, the next one is %d", store.ErrConflict, first, size+f.count())
		default:
			if err := f.add(b); err != nil {
				return err
			}
		}
	}
	if f.empty() {
		return nil
	}
	out := &pgx.Batch{}
	f.queue(out, s.damage)
	s.grow(out, f, size)
	return tx.SendBatch(ctx, out).Close()
}

// size is how many bytes batches hold.
func size(batches []*store.Batch) (n int) {
	for _, b := range batches {
		for i := range b.Entries {
			n += len(b.Entries[i].Raw)
		}
		for i := range b.Views {
			n += len(b.Views[i].Key) + len(b.Views[i].Value)
		}
	}
	return n
}
