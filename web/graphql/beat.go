package graphql

import (
	"sync"
	"sync/atomic"
	"time"

	"commonweal/node"
)

// turn is one beat: the books that all who follow are shown in it, the entry that is
// in the plan, and who sees what.
type turn struct {
	books   *node.Snapshot
	size    int64 // entries in them
	planned int64

	mu     sync.Mutex
	sights map[*found]sight
}

// sight is what a seat sees, by name, where others may see the same.
type sight struct {
	name   string
	shared bool
}

func (s *streams) newTurn() *turn {
	books := s.h.node.Snapshot()
	return &turn{books: books, size: books.Size(), planned: s.h.steps.planned(), sights: map[*found]sight{}}
}

// sight names what a seat sees. It is asked once in a beat for all who came with the
// same.
func (t *turn) sight(f *found) sight {
	t.mu.Lock()
	defer t.mu.Unlock()
	s, ok := t.sights[f]
	if !ok {
		s.name, s.shared = sightOf(f.seat)
		t.sights[f] = s
	}
	return s
}

// bell wakes a subscription: it looks for news, or without a turn says that it lives.
type bell struct {
	turn  *turn
	round *round
}

// round are some who are woken together.
type round struct {
	left atomic.Int32
	over chan struct{}
}

func (r *round) done() {
	if r != nil && r.left.Add(-1) == 0 {
		close(r.over)
	}
}

// So many are woken together, and waited for so long before the next: requests
// that come meanwhile wait for some of a thousand subscribers, not for all of them. Who
// takes longer, such as a reader that takes nothing, is not waited for again.
const (
	together = 64
	perRound = 5 * time.Millisecond
)

// inRounds has wake called for each of a list, with the round in which it may be woken,
// and waits for each round, but not longer than wait.
func inRounds(list []*subscription, wait time.Duration, wake func(o *subscription, r *round) bool) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for len(list) > 0 {
		r := &round{over: make(chan struct{})}
		r.left.Store(1) // for this loop
		n, woken := 0, 0
		for ; n < len(list) && woken < together; n++ {
			r.left.Add(1)
			if wake(list[n], r) {
				woken++
			} else {
				r.left.Add(-1)
			}
		}
		list = list[n:]
		r.done()
		timer.Reset(wait)
		select {
		case <-r.over:
		case <-timer.C:
		}
	}
}

// beat shows all streams the same books, at most once in a pace. So those that
// follow the same from the same entry are told the same, which is made once.
func (s *streams) beat() {
	alive := time.NewTicker(heartbeat / 3)
	defer alive.Stop()
	for {
		select {
		case <-s.ended:
			return
		case <-alive.C:
			inRounds(s.followers(), perRound, func(o *subscription, r *round) bool { return o.quiet() && o.ring(bell{round: r}) })
			continue
		case <-s.news:
		}
		began := time.Now()
		s.told.turn()
		s.show(s.newTurn(), perRound)
		select {
		case <-s.ended:
			return
		case <-time.After(pace - time.Since(began)):
		}
	}
}

// show tells all who follow of a turn. What several are told is made by the first of
// them; where that is nothing, the others are not woken.
func (s *streams) show(t *turn, wait time.Duration) {
	first := map[same]bool{}
	var others []*subscription
	inRounds(s.followers(), wait, func(o *subscription, r *round) bool {
		if key, ok := o.key(t); ok {
			if first[key] {
				others = append(others, o)
				return false
			}
			first[key] = true
		}
		return o.ring(bell{t, r})
	})
	inRounds(others, wait, func(o *subscription, r *round) bool {
		if key, ok := o.key(t); ok {
			if n, made := s.told.find(key); made && n.event == "" {
				o.pass(n.upTo)
				return false
			}
		}
		return o.ring(bell{t, r})
	})
}

// followers are those who follow, members before guests.
func (s *streams) followers() []*subscription {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]*subscription, 0, len(s.members)+len(s.unknown))
	for o := range s.members {
		list = append(list, o)
	}
	for o := range s.unknown {
		list = append(list, o)
	}
	return list
}

// follow adds a subscription to those who are woken; stop takes it out.
func (s *streams) follow(o *subscription) (stop func()) {
	list := s.members
	if o.found.seat.Actor().Agent == "" {
		list = s.unknown
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	list[o] = true
	return func() {
		s.mu.Lock()
		delete(list, o)
		s.mu.Unlock()
		o.mu.Lock()
		defer o.mu.Unlock()
		o.resting = false
		select {
		case b := <-o.bell:
			b.round.done()
		default:
		}
	}
}

// key is under what a subscription that rests would be told of a turn; false if that is
// not known, or is for it alone.
func (o *subscription) key(t *turn) (same, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.resting || o.a.same == "" {
		return same{}, false
	}
	if time.Since(o.checked) > recheck {
		f := o.h.streams.seats.known(o.came)
		if f == nil {
			return same{}, false
		}
		o.found, o.checked = f, time.Now()
	}
	return o.shared(t)
}

// shared is under what others are told the same in a turn.
func (o *subscription) shared(t *turn) (same, bool) {
	s := t.sight(o.found)
	return same{s.name, o.a.same, o.from, t.size, t.planned}, s.shared && o.a.same != ""
}

// pass takes note that there was nothing to tell.
func (o *subscription) pass(upTo int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.resting {
		o.from = max(o.from, upTo)
	}
}

// quiet reports whether a subscription said nothing for a while and has to say that it lives.
func (o *subscription) quiet() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.alone && o.resting && time.Since(o.said) > heartbeat*2/3
}

// ring wakes a subscription that rests. Another one looks when it has done what it does.
func (o *subscription) ring(b bell) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.resting {
		if b.turn != nil {
			o.missed = b.turn
		}
		return false
	}
	o.resting = false
	o.bell <- b // it holds one, and who rests has none
	return true
}

// rest waits until there is something to do; false if the subscription is over.
func (o *subscription) rest(over <-chan struct{}) (bell, bool) {
	o.mu.Lock()
	if t := o.missed; t != nil {
		o.missed = nil
		o.mu.Unlock()
		return bell{turn: t}, true
	}
	o.resting = true
	o.mu.Unlock()
	select {
	case <-over:
		return bell{}, false
	case b := <-o.bell:
		return b, true
	}
}
