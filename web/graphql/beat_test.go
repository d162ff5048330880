package graphql

import (
	"strconv"
	"sync"
	"testing"
	"time"

	"commonweal/node"
	"commonweal/vf"
)

// herd are subscriptions that ask the same, without streams, and how often those of
// members and of guests were woken.
type herd struct {
	s               *streams
	mu              sync.Mutex
	members, guests int
}

// newHerd makes subscriptions that rest. Members see all, guests nothing.
func newHerd(t *testing.T, members, guests int) *herd {
	t.Helper()
	h := &Handler{}
	d := &herd{s: &h.streams}
	d.s.h, d.s.members, d.s.unknown = h, map[*subscription]bool{}, map[*subscription]bool{}
	over := make(chan struct{})
	var wait sync.WaitGroup
	t.Cleanup(func() { close(over); wait.Wait() })
	for n := range members + guests {
		o := &subscription{h: h, a: &asking{same: "changes"}, bell: make(chan bell, 1), checked: time.Now().Add(time.Hour), resting: true}
		o.found = &found{seat: sitter{}}
		if n < members {
			o.found.seat = sitter{actor: node.Actor{Agent: vf.ID("agent/" + strconv.Itoa(n))}, all: true}
		}
		d.s.follow(o)
		wait.Go(func() { d.listen(o, over) })
	}
	return d
}

// listen does what a subscription does when it is rung.
func (d *herd) listen(o *subscription, over chan struct{}) {
	for {
		var b bell
		select {
		case b = <-o.bell:
		case <-over:
			return
		}
		event := ""
		d.mu.Lock()
		if o.found.seat.SeesAll() {
			d.members++
			event = "next"
		} else {
			d.guests++
		}
		d.mu.Unlock()
		key, _ := o.shared(b.turn)
		d.s.told.of(key, func() news { return news{message: message{event: event}, upTo: b.turn.size - 1} })
		b.round.done()
	}
}

// Of those who are told nothing one is woken, and looks for all of them; whom there is
// something to tell is woken.
func TestWhoIsToldNothingIsNotWoken(t *testing.T) {
	t.Parallel()
	d := newHerd(t, 200, 3000)
	d.s.show(&turn{size: 8, sights: map[*found]sight{}}, time.Hour)
	if d.members != 200 || d.guests != 1 {
		t.Fatalf("%d members and %d guests were woken; want 200 and 1", d.members, d.guests)
	}
	passed := 0
	for o := range d.s.unknown {
		if o.from == 7 {
			passed++
		}
	}
	if passed != 2999 {
		t.Errorf("%d guests who were not woken had everything; want 2999", passed)
	}
}

// Members come before guests, and so many at a time.
func TestMembersAreToldFirst(t *testing.T) {
	t.Parallel()
	d := newHerd(t, 150, 150)
	rounds := map[*round]int{}
	n := 0
	inRounds(d.s.followers(), time.Hour, func(o *subscription, r *round) bool {
		if member := o.found.seat.SeesAll(); member != (n < 150) {
			t.Errorf("the %d. who is told is a member: %v", n+1, member)
		}
		n++
		rounds[r]++
		r.done()
		return true
	})
	if n != 300 || len(rounds) != 5 {
		t.Errorf("%d were told in %d rounds; want 300 in 5", n, len(rounds))
	}
	for _, count := range rounds {
		if count > together {
			t.Errorf("%d were woken together; want at most %d", count, together)
		}
	}
}

// Who has not done yet is not woken again, and looks at the newest books after it; who is
// over keeps nobody waiting.
func TestWhoIsBusyLooksLater(t *testing.T) {
	t.Parallel()
	s := &streams{members: map[*subscription]bool{}, unknown: map[*subscription]bool{}}
	o := &subscription{found: &found{seat: sitter{}}, bell: make(chan bell, 1), resting: true}
	stop := s.follow(o)
	r := &round{over: make(chan struct{})}
	r.left.Store(1)
	if !o.ring(bell{&turn{size: 1}, r}) {
		t.Fatal("one who rests was not woken")
	}
	for size := range int64(5) {
		if o.ring(bell{&turn{size: size}, nil}) {
			t.Fatal("one who is busy was woken")
		}
	}
	if b, ok := o.rest(nil); !ok || b.turn.size != 4 {
		t.Errorf("it looked at %d entries afterwards; want the newest, 4", b.turn.size)
	}
	stop() // its first bell was never heard
	select {
	case <-r.over:
	default:
		t.Error("the round waits for one who is over")
	}
	if len(s.followers()) != 0 {
		t.Error("one who is over follows")
	}
}
