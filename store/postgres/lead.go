package postgres

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"commonweal/rule"
)

// term is the time in which a store leads.
type term struct {
	epoch int64
	token string
	conn  *pgx.Conn          // holds the lock; the keeper's own once the term has begun
	end   context.CancelFunc // tells the keeper to let go
	lost  chan struct{}      // closed when the lock is held no more
}

// How the connection that holds the lock is looked after.
const (
	beat       = time.Second
	beatAnswer = 5 * time.Second
)

// key is the number of an advisory lock of a schema.
func key(what, schema string) int64 {
	sum := sha256.Sum256([]byte("commonweal " + what + " " + schema))
	return int64(binary.BigEndian.Uint64(sum[:8]))
}

// Lead waits, as long as the context lasts, until no other process leads, and
// then makes this store the one that writes. The epoch is greater than that of
// every term before. Lost is closed when the term is over: since the connection
// that held the lock broke, or by Resign or Close. What was written by then
// stands, and whoever leads next begins where the journal ends then: read it to
// its end after Lead has returned and before the first Append. Where this store
// leads already, its present term is returned. After an error, call it again.
func (s *Store) Lead(ctx context.Context) (epoch int64, lost <-chan struct{}, err error) {
	return s.lead(ctx, 0)
}

// leadSoon takes the lead if no other process keeps it longer than the options say.
func (s *Store) leadSoon(ctx context.Context) error {
	_, _, err := s.lead(ctx, s.options.Wait)
	if busy(err) {
		return rule.Refuse("storeLocked", "path", s.place, "waited", max(s.options.Wait, 0).String())
	}
	return err
}

// lead takes the lock and marks the beginning of a term. A wait of 0 has no end;
// less is none at all.
func (s *Store) lead(ctx context.Context, wait time.Duration) (epoch int64, lost <-chan struct{}, err error) {
	s.leading.Lock()
	defer s.leading.Unlock()
	if refusal := s.failed.Load(); refusal != nil {
		return 0, nil, stopped{refusal}
	}
	if now := s.term.Load(); now != nil {
		select {
		case <-now.lost:
		default:
			return now.epoch, now.lost, nil
		}
	}
	t := &term{token: rand.Text(), lost: make(chan struct{})}
	c := s.address.config.ConnConfig.Copy()
	c.RuntimeParams["client_connection_check_interval"] = "1000"
	if t.conn, err = pgx.ConnectConfig(ctx, c); err != nil {
		return 0, nil, err
	}
	if err = t.begin(ctx, key("lead", s.address.schema()), wait); err != nil {
		return 0, nil, errors.Join(s.explain(ctx, err), closeSoon(t.conn))
	}
	keep, end := context.WithCancel(s.end)
	t.end = end
	s.term.Store(t)
	go t.keep(keep)
	return t.epoch, t.lost, nil
}

// begin takes the lock and puts a new epoch and token into the head. A leader
// before, whose lock is gone, but who is writing, has finished or failed then.
func (t *term) begin(ctx context.Context, lock int64, wait time.Duration) error {
	switch {
	case wait < 0:
		wait = time.Millisecond
	case wait > 0:
		wait = max(wait, time.Millisecond)
	}
	if _, err := t.conn.Exec(ctx, "SELECT set_config('lock_timeout', $1, FALSE)", strconv.FormatInt(min(wait.Milliseconds(), math.MaxInt32), 10)); err != nil {
		return err
	}
	if _, err := t.conn.Exec(ctx, "SELECT pg_advisory_lock($1)", lock); err != nil {
		return err
	}
	if _, err := t.conn.Exec(ctx, "SELECT set_config('lock_timeout', '0', FALSE),"+
		" CASE WHEN current_setting('synchronous_commit') IN ('off', 'local') THEN set_config('synchronous_commit', 'on', FALSE) END"); err != nil {
		return err
	}
	return t.conn.QueryRow(ctx, "UPDATE head SET epoch = epoch + 1, token = $1 RETURNING epoch", t.token).Scan(&t.epoch)
}

// keep looks after the connection that holds the lock until it breaks or the
// term is ended, and closes it, which gives the lock back.
func (t *term) keep(ctx context.Context) {
	defer close(t.lost)
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			_ = closeSoon(t.conn)
			return
		case <-tick.C:
		}
		soon, cancel := context.WithTimeout(ctx, beatAnswer)
		_, err := t.conn.Exec(soon, "SELECT 1")
		cancel()
		if err != nil {
			_ = closeSoon(t.conn)
			return
		}
	}
}

// closeSoon ends a connection, politely if it still answers.
func closeSoon(c *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = c.Close(ctx) // it is broken, or the server sees to the rest
	return nil
}

// Wanted reports whether another process waits for the lead.
func (s *Store) Wanted(ctx context.Context) (wanted bool, err error) {
	lock := uint64(key("lead", s.address.schema()))
	err = s.one(ctx, []any{&wanted}, "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objsubid = 1"+
		" AND classid = $1 AND objid = $2 AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))", uint32(lock>>32), uint32(lock))
	return wanted, err
}

// Resign ends this store's term, if it leads, and returns when the lock is given
// back. What waits in Append may be answered with store.ErrReadOnly.
func (s *Store) Resign() {
	s.leading.Lock()
	defer s.leading.Unlock()
	if t := s.term.Swap(nil); t != nil {
		t.end()
		<-t.lost
	}
}
