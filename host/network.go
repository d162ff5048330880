package host

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"commonweal/node"
	"commonweal/plan"
	"commonweal/vf"
)

// Network is the books of one network on this server, with its plan.
type Network struct {
	*node.Node
	Name string // part of its addresses

	begun       vf.Time
	host        *Host
	planner     *node.Planner // nil while the planner refuses the facts
	unsubscribe func()        // of the follower
	stop        func()
	done        chan struct{}
	wake        chan struct{} // holds one: there is something to take in
	hurry       chan struct{} // holds one: somebody waits for a plan
	verified    atomic.Pointer[Verified]

	mu     sync.Mutex // guards what follows
	last   Planned
	at     vf.Time       // for which time the last plan was made, or refused
	tried  int64         // the last entry of the books of which it was made, or refused
	turned chan struct{} // closed when that happens next
	failed error         // why there is no plan
	next   int
	heard  map[int]func(Planned)
}

// Planned is a plan, what is different in it from the one before, and the last
// entry of the journal that is in it.
type Planned struct {
	Plan     *plan.Plan
	Diff     *plan.Diff // nil with the first plan
	Sequence int64

	since int64 // the last entry in the plan before, whose words a diff may have too
}

// follow begins to keep the plan of a network in step with its books.
func (h *Host) follow(name string, n *node.Node) *Network {
	ctx, cancel := context.WithCancel(context.Background())
	w := &Network{Node: n, Name: name, host: h, done: make(chan struct{}), wake: make(chan struct{}, 1), hurry: make(chan struct{}, 1), turned: make(chan struct{}), tried: -1, heard: map[int]func(Planned){}}
	w.unsubscribe = n.Subscribe(func(node.Change) { w.rouse() })
	untell := func() {}
	if h.people != nil {
		untell = w.notify(ctx, h.people)
	}
	var beside sync.WaitGroup
	w.stop = func() { cancel(); <-w.done; beside.Wait(); untell() }
	w.tellOpened()
	beside.Go(func() { w.keep(ctx) })
	beside.Go(func() { w.verify(ctx) })
	go w.run(ctx)
	return w
}

// rouse has the follower look at the books again.
func (w *Network) rouse() {
	select {
	case w.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// run takes in what happens, until the context ends.
func (w *Network) run(ctx context.Context) {
	defer close(w.done)
	w.advance()
	hour := time.NewTicker(time.Minute)
	defer hour.Stop()
	for {
		select {
		case <-ctx.Done():
			w.unsubscribe()
			if w.planner != nil {
				w.planner.Close()
			}
			return
		case <-w.wake:
			began := time.Now()
			w.advance()
			w.rest(ctx, w.host.rest(time.Since(began)))
		case <-hour.C:
			if w.behind() {
				w.advance()
			}
		}
	}
}

// rest lets what else the server does have the processors after a planning, unless
// somebody waits for the next.
func (w *Network) rest(ctx context.Context, long time.Duration) {
	over := time.NewTimer(long)
	defer over.Stop()
	select {
	case <-over.C:
	case <-w.hurry:
	case <-ctx.Done():
	}
}

// afterPlanning is how long the follower rests: while acts come without end, planning
// takes a fourth of the time, and a plan is two seconds behind at most beside the
// planning itself.
func afterPlanning(took time.Duration) time.Duration { return min(3*took, 2*time.Second) }

// planTime is the time for which plans are made: the hour that it is.
func (w *Network) planTime() vf.Time { return vf.At(w.host.now().Unix() / 3600 * 3600) }

// behind reports whether the plan is of an earlier hour.
func (w *Network) behind() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.at.Equal(w.planTime().Time)
}

// advance plans what the books say now and tells it.
func (w *Network) advance() {
	var p Planned
	var err error
	now := w.planTime()
	if w.planner == nil {
		p.Sequence = w.Journal().Size() - 1
		if w.planner, err = w.Planner(plan.Settings{Now: now}); err == nil { // from here on it hears of each act before this follower does
			w.unsubscribe()
			w.unsubscribe = w.Subscribe(func(node.Change) { w.rouse() })
		}
	}
	if err == nil {
		p.Plan, p.Diff, p.Sequence, err = w.planner.Advance(now)
	}
	w.mu.Lock()
	w.failed, w.at, w.tried = err, now, max(w.tried, p.Sequence)
	close(w.turned)
	w.turned = make(chan struct{})
	if err != nil {
		w.mu.Unlock()
		w.host.log.Warn("no plan", "network", w.Name, "reason", err)
		return
	}
	p.since = w.last.Sequence
	w.last = p
	w.last.Diff = nil // it would keep the plan before in memory
	list := make([]func(Planned), 0, len(w.heard))
	for i := range w.next {
		if f := w.heard[i]; f != nil {
			list = append(list, f)
		}
	}
	w.mu.Unlock()
	for _, f := range list {
		f(p)
	}
}

// Plan returns the newest plan of the books and the last entry that is in it. It
// may be a few acts behind: who needs to see an act of his own in it waits for
// that entry with Planned. The error is a refusal of the planner, which the next
// change may lift.
func (w *Network) Plan() (*plan.Plan, int64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last.Plan, w.last.Sequence, w.failed
}

// PlanOf returns the first plan in which an entry of the journal is taken in; it
// waits for it, as long as the context lasts, and the follower does not rest then.
// The error may be a refusal of the planner to plan with that entry.
func (w *Network) PlanOf(ctx context.Context, sequence int64) (*plan.Plan, int64, error) {
	for {
		w.mu.Lock()
		last, tried, err, turned := w.last, w.tried, w.failed, w.turned
		w.mu.Unlock()
		if tried >= sequence && (err != nil || last.Plan != nil) {
			return last.Plan, last.Sequence, err
		}
		select {
		case w.hurry <- struct{}{}:
		default: // others wait too
		}
		select {
		case <-ctx.Done():
			return nil, last.Sequence, ctx.Err()
		case <-turned:
		}
	}
}

// Planned has f called with each new plan, in order, until cancel is called. f must
// return soon.
func (w *Network) Planned(f func(Planned)) (cancel func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	id := w.next
	w.next++
	w.heard[id] = f
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.heard, id)
	}
}

// Ready reports why the books cannot be read or take no acts, nil if they do.
func (w *Network) Ready(ctx context.Context) error {
	if err := errors.Join(w.Stopped(), w.Doubt()); err != nil {
		return err
	}
	_, err := w.Store().Hashes(ctx, []int64{0})
	return err
}
