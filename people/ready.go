package people

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

const (
	readyFor  = 10 * time.Second // how long what was found of it counts
	readyWait = 5 * time.Second  // how long a write may take
)

// readiness is what was last found of whether the accounts take writes.
type readiness struct {
	sync.Mutex
	asked bool
	at    time.Time
	err   error
}

// Ready reports why nobody could sign in, nil if they can: the accounts must take writes,
// which a full disk does not. It is found by writing a line and taking it away again;
// however often it is asked, that is done once in ten seconds, and all who ask meanwhile
// get the same answer.
func (p *People) Ready(ctx context.Context) error {
	r := &p.readiness
	r.Lock()
	defer r.Unlock()
	now := p.o.Now()
	if age := now.Sub(r.at); r.asked && age >= 0 && age < readyFor {
		return r.err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyWait) // others get the answer too
	defer cancel()
	r.err = p.transact(ctx, func(x *sql.Tx) error {
		return p.all(ctx, x, []any{"ready"}, "INSERT INTO setting (account, kind, wanted) VALUES ('', $1, 1)", "DELETE FROM setting WHERE account = '' AND kind = $1")
	})
	r.asked, r.at = true, now
	return r.err
}
