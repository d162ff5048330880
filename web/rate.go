package web

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// rates limits how often each address may ask: so many requests a second, and a
// burst of four seconds' worth.
type rates struct {
	limit rate.Limit
	burst int

	mu     sync.Mutex
	by     map[string]*rate.Limiter
	before map[string]*rate.Limiter // those of the last turn, looked into once more
	turned time.Time
}

// turn is how long an address that asks no more is remembered, at least: long
// enough that its limiter is full again.
const turn = time.Minute

// most is how many addresses are told apart in one turn; those beyond share one
// limiter, so that memory stays bounded.
const most = 100_000

func newRates(perSecond float64) *rates {
	r := &rates{limit: rate.Limit(perSecond), burst: int(perSecond * 4), by: map[string]*rate.Limiter{}}
	if perSecond <= 0 {
		r.limit, r.burst = rate.Inf, 1
	}
	return r
}

// take counts one request; it returns how long to wait where there were too many.
func (r *rates) take(address string, now time.Time) time.Duration {
	if r.limit == rate.Inf {
		return 0
	}
	if r.of(address, now).AllowN(now, 1) {
		return 0
	}
	return time.Duration(float64(time.Second) / float64(r.limit))
}

// refusedCosts is how many requests one counts for that was refused because it asks for
// too much, so that who goes on with such is soon answered at the door.
const refusedCosts = 10

// refused counts a request that asks for too much once more. It makes an address wait
// longer, but not for more than a second in which it asks no more.
func (r *rates) refused(address string, now time.Time) {
	if r.limit == rate.Inf {
		return
	}
	if l := r.of(address, now); l.TokensAt(now) > refusedCosts-float64(r.limit) {
		l.ReserveN(now, min(refusedCosts-1, r.burst))
	}
}

// of is the limiter of an address.
func (r *rates) of(address string, now time.Time) *rate.Limiter {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.turned) > turn {
		r.before, r.by, r.turned = r.by, map[string]*rate.Limiter{}, now
	}
	l := r.by[address]
	if l == nil {
		if l = r.before[address]; l == nil {
			l = rate.NewLimiter(r.limit, r.burst)
		}
		if len(r.by) >= most {
			address = "others"
			if r.by[address] != nil {
				l = r.by[address]
			}
		}
		r.by[address] = l
	}
	return l
}
