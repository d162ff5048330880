package graphql

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"commonweal/node"
)

// news is what is told next in a subscription; without an event it is nothing.
type news struct {
	message
	upTo int64 // the entry up to which it tells
	over bool  // the subscription ends with it
}

// telling keeps what was made in one beat for all who are told the same: those who see
// the same, ask the same, and had everything up to the same entry.
type telling struct {
	mu   sync.Mutex
	made map[same]*once
}

// same says what an answer follows from.
type same struct {
	sight      string // whose: of one agent, of everybody who sees all, or of nobody known
	asked      string // the query, which of its operations, its variables
	from, size int64  // the entries that were told before, and those that there are
	planned    int64  // the entry that is in the last plan
}

type once struct {
	sync.Once
	made atomic.Bool
	news news
}

// turn forgets what was made in the last beat.
func (t *telling) turn() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.made = nil
}

// of returns what is told, made by the first who asks.
func (t *telling) of(key same, how func() news) news {
	t.mu.Lock()
	o := t.made[key]
	if o == nil {
		if t.made == nil {
			t.made = map[same]*once{}
		}
		o = &once{}
		t.made[key] = o
	}
	t.mu.Unlock()
	o.Do(func() {
		o.news = how()
		o.made.Store(true)
	})
	return o.news
}

// find returns what is told, if somebody has made it.
func (t *telling) find(key same) (n news, made bool) {
	t.mu.Lock()
	o := t.made[key]
	t.mu.Unlock()
	if o == nil || !o.made.Load() {
		return news{}, false
	}
	return o.news, true
}

// news looks for what is new in a turn.
func (o *subscription) news(ctx context.Context, t *turn) news {
	key, shared := o.shared(t)
	if !shared {
		return o.look(ctx, t.books)
	}
	n := o.h.streams.told.of(key, func() news {
		n := o.look(context.WithoutCancel(ctx), t.books) // others wait for it
		if n.event != "" {
			n.text = n.written()
		}
		return n
	})
	return n
}

// sightOf names what a seat sees, where others may see the same.
func sightOf(s Seat) (sight string, shared bool) {
	a := s.Actor()
	switch {
	case s.SeesAll() && s.May("plan") == nil:
		return "all and the plan", true
	case s.SeesAll():
		return "all", true
	case a.Mandate != nil: // of a token
		return "", false
	}
	return "agent " + string(a.Agent), true
}

// look looks for what is new in books, for this subscription alone.
func (o *subscription) look(ctx context.Context, books *node.Snapshot) news {
	ctx, cancel := context.WithTimeout(ctx, o.h.limits.Time)
	defer cancel()
	failed := func(err error) news {
		return news{message: message{event: "next", data: o.h.failed(err)}, over: true}
	}
	x, err := o.h.begin(ctx, o.a, o.found.seat)
	if err != nil {
		return failed(err)
	}
	x.books = books
	value, upTo, ok, err := o.feed(x, o.from)
	if err != nil {
		return failed(err)
	}
	if !ok {
		return news{upTo: upTo}
	}
	x.event = value
	answer, err := x.root(whole.types["Subscription"], nil, o.a.operation.SelectionSet)
	if err != nil {
		return failed(err)
	}
	return news{message{event: "next", id: strconv.FormatInt(upTo, 10), data: answer}, upTo, false}
}

// seats are those of subscribers as they were found a moment ago, by what they sent
// to be known by. Who has many subscriptions is looked up once for all.
type seats struct {
	mu     sync.Mutex
	by     map[string]*found
	turned time.Time
}

// found is a seat that was found, or why it was not.
type found struct {
	sync.Once
	done atomic.Bool
	seat Seat
	err  error
}

// fresh is how long a seat that was found is that of other subscriptions too.
const fresh = 200 * time.Millisecond

// with is what a request sent to be known by.
func with(r *http.Request) string {
	return r.Header.Get("Cookie") + "\x00" + r.Header.Get("Authorization")
}

// of finds the seat of a request that was let in before.
func (s *seats) of(r *http.Request, find func(*http.Request) (Seat, error)) (*found, error) {
	key := with(r)
	s.mu.Lock()
	if now := time.Now(); now.Sub(s.turned) > fresh {
		s.by, s.turned = map[string]*found{}, now
	}
	f := s.by[key]
	if f == nil {
		f = &found{}
		s.by[key] = f
	}
	s.mu.Unlock()
	f.Do(func() {
		f.seat, f.err = find(r)
		f.done.Store(true)
	})
	return f, f.err
}

// known returns the seat of those who came with the same, if it was found a moment ago;
// else nil.
func (s *seats) known(came string) *found {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.by[came]
	if f == nil || time.Since(s.turned) > fresh || !f.done.Load() || f.err != nil {
		return nil
	}
	return f
}
