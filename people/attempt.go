package people

import (
	"context"
	"database/sql"
	"net/netip"
	"strconv"
	"time"

	"commonweal/rule"
)

// Origin says where something was asked from.
type Origin struct {
	Address string // of the network: "203.0.113.7"; may be empty
	Device  string // in words: "Firefox on Linux"
}

// The limits of attempts: after so many failures each further one has a wait
// that doubles, up to the longest; a day without any is a new beginning.
const (
	freeOfName    = 5
	freeOfAddress = 30
	longestWait   = 5 * time.Minute
	forgetting    = day
)

// limit is one place where failures are counted.
type limit struct {
	place string
	free  int64
}

// nameLimit counts failures with a name, whether or not there is such an account.
func nameLimit(folded string) limit { return limit{"name:" + hashed("name", folded), freeOfName} }

// deviceLimit counts those of a browser that the account was signed in from.
func deviceLimit(hash string) limit { return limit{"device:" + hash, freeOfName} }

// addressLimit counts those from an address; of IPv6, from a network of 64 bits,
// since who has one address there has them all.
func addressLimit(address string) limit {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return limit{"address:", freeOfAddress}
	}
	a = a.Unmap().WithZone("")
	bits := 64
	if a.Is4() {
		bits = 32
	}
	net, err := a.Prefix(bits)
	if err != nil {
		return limit{"address:", freeOfAddress}
	}
	return limit{"address:" + hashed("address", net.String()), freeOfAddress}
}

// wait is how long to wait after so many failures, in milliseconds.
func (l limit) wait(failures int64) int64 {
	over := failures - l.free
	if over < 0 {
		return 0
	}
	return min(int64(1000)<<min(over, 20), longestWait.Milliseconds())
}

// attempt counts an attempt as failed before it is judged, so that many at once
// count as many; or refuses it, which is not counted and lengthens nothing.
func (p *People) attempt(ctx context.Context, limits ...limit) error {
	return p.transact(ctx, func(x *sql.Tx) error {
		now := p.now()
		for _, l := range limits {
			var failures, tried, wait int64
			if _, err := p.find(ctx, x, "SELECT failures, tried, wait FROM attempt WHERE place = $1", []any{l.place}, &failures, &tried, &wait); err != nil {
				return err
			}
			if wait > now && wait-now <= longestWait.Milliseconds() { // else the clock was ahead then
				return rule.Refuse("tooManyAttempts", "seconds", strconv.FormatInt((wait-now+999)/1000, 10))
			}
			if now-tried > forgetting.Milliseconds() {
				failures = 0
			}
			failures++
			wait = 0
			if w := l.wait(failures); w > 0 {
				wait = now + w
			}
			_, err := p.exec(ctx, x, "INSERT INTO attempt (place, failures, tried, wait) VALUES ($1, $2, $3, $4)"+
				" ON CONFLICT (place) DO UPDATE SET failures = excluded.failures, tried = excluded.tried, wait = excluded.wait", l.place, failures, now, wait)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// forgive takes back what attempt counted: a place of its own is as if nothing
// had been; an address loses one failure only, for others are behind it too.
func (p *People) forgive(ctx context.Context, q querier, limits ...limit) error {
	for _, l := range limits {
		text := "DELETE FROM attempt WHERE place = $1"
		if l.free == freeOfAddress {
			text = "UPDATE attempt SET failures = failures - 1, wait = 0 WHERE place = $1 AND failures > 0"
		}
		if _, err := p.exec(ctx, q, text, l.place); err != nil {
			return err
		}
	}
	return nil
}
