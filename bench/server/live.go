package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"commonweal/web/webtest"
)

// perMember is how many subscriptions each member holds in the load.
const perMember = 50

// live is a load that is followed.
type live struct {
	setting
	server *served

	mu     sync.Mutex
	sent   map[int64]time.Time // when an act was sent, by its sequence
	acked  []time.Duration
	failed []error

	heard  []atomic.Int64 // how many subscribers heard of an entry
	last   []atomic.Int64 // when the last of them did, in nanoseconds
	events atomic.Int64
	open   atomic.Int64
}

// measureLive measures acts that many follow, on each store.
func measureLive(ctx context.Context, s setting) error {
	for _, store := range s.stores {
		v, err := serve(ctx, s, store)
		if err != nil {
			return err
		}
		err = (&live{setting: s, server: v, sent: map[int64]time.Time{}}).measure(ctx, store)
		v.end()
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *live) measure(ctx context.Context, store string) error {
	most := l.rate*int(l.time/time.Second) + 1000
	l.heard, l.last = make([]atomic.Int64, most), make([]atomic.Int64, most)
	members, err := l.server.members(ctx, (l.subscribers+perMember-1)/perMember)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for n := range l.subscribers {
		go l.follow(ctx, members[n/perMember])
	}
	for deadline := time.Now().Add(2 * time.Minute); l.open.Load() < int64(l.subscribers); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			return fmt.Errorf("%d of %d subscribers follow", l.open.Load(), l.subscribers)
		}
	}
	before, err := l.server.figures(ctx)
	if err != nil {
		return err
	}
	took := l.load(ctx)
	after, err := l.server.figures(ctx)
	if err = errors.Join(append(l.failed, err)...); err != nil {
		return err
	}
	time.Sleep(2 * time.Second) // for what is on its way
	l.tell(store, took, before, after)
	return nil
}

// underWay is how many acts wait for their answers at most.
const underWay = 256

// load sends acts at the rate that is asked for, whether they are answered in time or
// not, as long as not too many are under way.
func (l *live) load(ctx context.Context) time.Duration {
	var wait sync.WaitGroup
	places := make(chan struct{}, underWay)
	began := time.Now()
	for n := range l.rate * int(l.time/time.Second) {
		time.Sleep(time.Until(began.Add(time.Duration(n) * time.Second / time.Duration(l.rate))))
		places <- struct{}{}
		wait.Go(func() {
			defer func() { <-places }()
			at := time.Now()
			text, err := act(ctx, l.server.owner, l.server.URL, "act-"+strconv.Itoa(n))
			took := time.Since(at)
			l.mu.Lock()
			defer l.mu.Unlock()
			if err != nil {
				l.failed = append(l.failed, err)
				return
			}
			sequence, err := strconv.ParseInt(text, 10, 64)
			l.sent[sequence] = at
			l.acked = append(l.acked, took)
			if err != nil {
				l.failed = append(l.failed, err)
			}
		})
	}
	wait.Wait()
	return time.Since(began)
}

// follow is one subscriber.
func (l *live) follow(ctx context.Context, p *webtest.Person) {
	last, opened := int64(-1), false
	f := &webtest.Follower{Person: p, Query: `subscription { changes(after: "0") { to acts { sequence kind records { __typename id } } } }`,
		Server: func(int) string { return l.server.URL },
		Each: func(e webtest.Event) {
			now := time.Now().UnixNano()
			to, err := strconv.ParseInt(e.ID, 10, 64)
			if err != nil {
				return
			}
			if !opened {
				opened = true
				l.open.Add(1)
			}
			l.events.Add(1)
			for i := last + 1; i <= to && i < int64(len(l.heard)); i++ {
				if l.heard[i].Add(1) == int64(l.subscribers) {
					l.last[i].Store(now)
				}
			}
			last = max(last, to)
		}}
	if err := f.Run(ctx); err != nil {
		l.mu.Lock()
		l.failed = append(l.failed, err)
		l.mu.Unlock()
	}
}

// tell prints what was measured.
func (l *live) tell(store string, took time.Duration, before, after figures) {
	var all []time.Duration
	missing := 0
	for sequence, at := range l.sent {
		if last := l.last[sequence].Load(); last != 0 {
			all = append(all, time.Duration(last-at.UnixNano()))
		} else {
			missing++
		}
	}
	fmt.Printf("\n%s: %d acts a second, %d subscribers\n", store, l.rate, l.subscribers)
	line("acts a second, durable", float64(len(l.acked))/took.Seconds(), float64(l.rate)*0.99, "/s", false)
	line("act answered, median", part(l.acked, 0.5), 0, "ms", true)
	line("act answered, 99 of 100 under", part(l.acked, 0.99), 0, "ms", true)
	line("act to the last subscriber's update, median", part(all, 0.5), 0, "ms", true)
	line("act to the last subscriber's update, 99 of 100 under", part(all, 0.99), 200, "ms", true)
	line("updates a second of one subscriber", float64(l.events.Load())/float64(l.subscribers)/took.Seconds(), 20, "/s", true)
	if missing > 0 {
		fmt.Printf("  ! %d acts did not come to everybody in time\n", missing)
	}
	used(before, after)
}
