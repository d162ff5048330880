package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"commonweal/rule"
	"commonweal/store"
)

// Turns is what a store offers whose books several processes write by turns:
// store/postgres does.
type Turns interface {
	store.Store
	// Lead waits for the turn of this process; lost is closed when it is over.
	Lead(ctx context.Context) (epoch int64, lost <-chan struct{}, err error)
	// Resign ends the turn.
	Resign()
	// Wanted reports whether another process waits for its turn.
	Wanted(ctx context.Context) (bool, error)
	// Follow calls f with the size of the journal whenever it has changed.
	Follow(ctx context.Context, f func(size int64), trouble func(error)) error
}

// How long a turn lasts: until nothing was written for a while; where it is long it is
// asked whether others wait. Taking one costs a connection, a commit and a few messages to
// the database.
const (
	idleTurn = 100 * time.Millisecond
	longTurn = time.Second
)

// turn is the turn of a process to decide; what is in it is guarded by Node.write.
type turn struct {
	store Turns
	lost  <-chan struct{} // nil while another process may have the turn
	since time.Time
	wrote time.Time
	told  atomic.Int64 // how many entries there were when the store told it last
	stop  func()

	leads      atomic.Bool // it has the turn, as far as it knows
	idle, long time.Duration
	over       *time.Timer // ends a turn in which nothing more is written
}

// Share opens the books in a store that other processes may write too. What they
// write is read as it comes; acts wait until this process has its turn, read what
// was written before, and are decided on that. So it makes no difference which
// process is asked, and when one is killed the others go on. The moment is the store
// as it was committed at one moment; it is closed here. Trouble hears what goes
// wrong on the way to the store, where it is tried again; it may be nil.
func Share(ctx context.Context, s Turns, moment func(context.Context) (store.Store, error), o Options, trouble func(error)) (*Node, error) {
	if err := renewViews(ctx, s); err != nil {
		return nil, err
	}
	at, err := moment(ctx)
	if err != nil {
		return nil, err
	}
	n, err := Open(ctx, at, o)
	if err = errors.Join(err, at.Close()); err != nil {
		return nil, err
	}
	n.store = s
	following, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	n.turn = &turn{store: s, stop: func() { stop(); <-ended }, idle: idleTurn, long: longTurn}
	go func() {
		defer close(ended)
		_ = s.Follow(following, func(size int64) { n.hearUntilDone(following, size, trouble) }, trouble) // it ends when it is stopped
	}()
	return n, nil
}

// renewViews makes the views anew where they are of another layout; again where the turn
// was lost meanwhile, if nobody else did then.
func renewViews(ctx context.Context, s Turns) (err error) {
	for range tries {
		if err = renewOnce(ctx, s); !turnLost(err) {
			return err
		}
	}
	return err
}

// turnLost reports whether nothing was written because another process had the turn.
func turnLost(err error) bool {
	return errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrReadOnly)
}

func renewOnce(ctx context.Context, s Turns) error {
	m, said, err := markOf(ctx, s)
	switch {
	case err != nil || !said || m.Layout == layout: // Open says what is missing
		return err
	case m.Layout > layout:
		return newerViews(m)
	}
	if _, _, err := s.Lead(ctx); err != nil {
		return err
	}
	defer s.Resign()
	return Rebuild(ctx, s)
}

// Where what others wrote could not be taken in, it is tried again after a pause,
// which grows.
const (
	firstPause = 200 * time.Millisecond
	longPause  = 30 * time.Second
)

// hearUntilDone takes in what others wrote, trying again where that fails: the store
// tells of it once.
func (n *Node) hearUntilDone(ctx context.Context, size int64, trouble func(error)) {
	for pause := firstPause; ; pause = min(2*pause, longPause) {
		err := n.hear(ctx, size)
		if err == nil || ctx.Err() != nil {
			return
		}
		if trouble != nil {
			trouble(err)
		}
		if n.Stopped() != nil {
			return
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
	}
}

// hear takes in what others wrote. What this process wrote keeps no act waiting.
func (n *Node) hear(ctx context.Context, size int64) error {
	if size >= n.turn.told.Load() && size <= n.size() {
		n.turn.told.Store(size)
		return nil
	}
	n.write.Lock()
	defer n.write.Unlock()
	var err error
	if told := n.turn.told.Load(); size < told { // not than what this process has: it may have written since
		err = fmt.Errorf("the database has %d entries, fewer than the %d that were there: %w", size, told, store.ErrStopped)
		n.stopped.Store(&err)
	} else if size > n.journal.Size() {
		err = n.catchUp(ctx)
	}
	n.turn.told.Store(size)
	return err
}

// size is how many entries the books have that readers see.
func (n *Node) size() int64 {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.journal.Size()
}

// Refresh takes in what other processes have written by now; where none do, it
// does nothing.
func (n *Node) Refresh(ctx context.Context) error {
	if n.turn == nil {
		return nil
	}
	n.write.Lock()
	defer n.write.Unlock()
	return n.catchUp(ctx)
}

// catchUp enters what other processes have written to the store since.
func (n *Node) catchUp(ctx context.Context) error {
	d := n.draft()
	err := n.store.Entries(ctx, d.journal.Size(), func(seq int64, raw []byte) error {
		e, _, err := d.journal.Apply(raw)
		if err != nil {
			return misplaced(d.journal, err)
		}
		if err := d.again(e); err != nil {
			return notAgain(d.journal, seq, err)
		}
		return nil
	})
	if err != nil || len(d.changes) == 0 {
		return err
	}
	if err := d.journal.End(); err != nil {
		return misplaced(d.journal, err)
	}
	if err := d.fetchProfiles(ctx); err != nil {
		return err
	}
	n.merged(d)
	n.publish(d.changes)
	return nil
}

// fetchProfiles reads the profiles that entries of others named; those that took
// the place of others put them out.
func (d *draft) fetchProfiles(ctx context.Context) error {
	erased := d.profiles
	d.profiles = nil
	for _, id := range sortedKeys(d.hashes) {
		old, hash := d.n.hashes[id], d.hashes[id]
		if old != "" && old != hash {
			d.profiles = append(d.profiles, store.Put{View: store.Profiles, Key: old})
		}
		if hash == "" || hash == old {
			continue
		}
		raw, err := d.n.store.Get(ctx, store.Profiles, hash)
		if err != nil {
			return err
		}
		d.profiles = append(d.profiles, store.Put{View: store.Profiles, Key: hash, Value: raw}) // nil where it is erased already
	}
	d.profiles = append(d.profiles, erased...)
	return nil
}

// awaitTurn waits for the turn, where there are turns and this process has none, while
// others write and what they write is heard of; takeTurn takes it then.
func (n *Node) awaitTurn() (awaited bool, err error) {
	if n.turn == nil || n.turn.leads.Load() {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), n.options.Wait)
	defer cancel()
	_, err = n.lead(ctx)
	return true, err
}

// unused gives back a turn that was waited for and not taken; Node.write is held.
func (t *turn) unused() {
	if t.lost == nil {
		t.store.Resign()
	}
}

// lead waits until the store lets this process write.
func (n *Node) lead(ctx context.Context) (lost <-chan struct{}, err error) {
	_, lost, err = n.turn.store.Lead(ctx)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil { // else it is the database that did not answer
		return nil, rule.Refuse("noTurn", "waited", n.options.Wait.String())
	}
	return lost, err
}

// takeTurn takes the turn, where there are turns, and reads what was written
// before it. Nothing else is done in between, so the turn ends soon after it was used.
func (n *Node) takeTurn() error {
	t := n.turn
	if t == nil {
		return nil
	}
	if t.lost != nil {
		select {
		case <-t.lost:
			t.lost = nil
		default:
			return nil
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), n.options.Wait)
	defer cancel()
	lost, err := n.lead(ctx)
	if err != nil {
		return err
	}
	t.lost, t.since = lost, time.Now()
	if err = n.catchUp(ctx); err == nil {
		err = n.sameEnd(ctx)
	}
	if err != nil { // else the next act would be decided on less than is written
		t.resign()
		return err
	}
	t.leads.Store(true)
	return nil
}

// sameEnd makes sure that the store ends as these books do, now that nobody else
// writes: a database that lost what it had acknowledged, and went on from there,
// may have as many entries, and other ones.
func (n *Node) sameEnd(ctx context.Context) error {
	m, _, err := markOf(ctx, n.store)
	if err != nil {
		return err
	}
	mine := n.journal.Mark()
	switch {
	case m.Layout > layout:
		return newerViews(m)
	case m.Layout < layout:
		err = fmt.Errorf("%w: an older version of the program wrote to the database; the views are made anew when the books are opened again", store.ErrStopped)
	case m.Journal.Size != mine.Size || m.Journal.Last != mine.Last:
		err = fmt.Errorf("%w: the database does not end with entry %d that was there; it lost what it had acknowledged", store.ErrStopped, mine.Size-1)
	default:
		return nil
	}
	n.stopped.Store(&err)
	return err
}

// markOf reads how the views of a store are written, and whether that is said at
// all; what cannot be read is of no layout that this program knows.
func markOf(ctx context.Context, s store.Reader) (m mark, said bool, err error) {
	raw, err := s.Get(ctx, viewMark, viewMark)
	if err == nil && raw != nil && json.Unmarshal(raw, &m) != nil {
		m = mark{}
	}
	return m, raw != nil, err
}

// newerViews refuses to write views of which a newer version of the program keeps others
// at the same time.
func newerViews(m mark) error {
	return rule.Refuse("storeNewer", "path", "the database", "found", strconv.Itoa(m.Layout), "known", strconv.Itoa(layout))
}

// endTurn gives the turn on: at once where another process got in between or, after
// a long turn, waits; else when nothing more is written.
func (n *Node) endTurn(conflict bool) {
	t := n.turn
	if t == nil || t.lost == nil {
		return
	}
	now := time.Now()
	if conflict || now.Sub(t.since) > t.long && t.wanted() {
		t.resign()
		return
	}
	t.wrote = now
	if t.over != nil {
		t.over.Reset(t.idle)
		return
	}
	t.over = time.AfterFunc(t.idle, func() {
		n.write.Lock()
		defer n.write.Unlock()
		if time.Since(t.wrote) >= t.idle {
			t.resign()
		}
	})
}

// wanted reports whether others wait, or may; if not, a turn begins anew.
func (t *turn) wanted() bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	wanted, err := t.store.Wanted(ctx)
	t.since = time.Now()
	return wanted || err != nil
}

// resign ends the turn; Node.write is held.
func (t *turn) resign() {
	if t.lost != nil {
		t.lost = nil
		t.leads.Store(false)
		t.store.Resign()
	}
}
