package host

import (
	"context"
	"time"

	"commonweal/node"
	"commonweal/store"
	"commonweal/store/postgres"
	"commonweal/store/sqlite"
)

// verifyAfter is how long after the books were opened they begin to be verified, so that
// the first who come are served first.
const verifyAfter = 5 * time.Second

// Verified says how far the books of a network have been checked against their journal
// since they were opened.
type Verified struct {
	Entries, Of int64 // entries read, of those that there were
	Done        bool  // all was read, and what the books say was compared with it
	Failed      error // why it could not be found out, or what differs
}

// Verified says how far these books have been checked.
func (w *Network) Verified() Verified {
	if v := w.verified.Load(); v != nil {
		return *v
	}
	return Verified{Of: w.Journal().Size()}
}

// verify checks the books against their journal once, at half a processor, and at a tenth
// while much comes in, until the context ends.
func (w *Network) verify(ctx context.Context) {
	after := w.host.verify
	if after < 0 {
		return
	}
	if after == 0 {
		after = verifyAfter
	}
	if pause(ctx, after) != nil {
		return
	}
	began := time.Now()
	seen := Verified{}
	report, err := w.Attest(ctx, node.Attesting{Moment: momentOf(w.Store()), Pace: pace(w.Fresh), Told: func(read, of int64) {
		seen = Verified{Entries: read, Of: of}
		w.verified.Store(new(seen))
	}})
	if ctx.Err() != nil {
		return
	}
	seen.Done, seen.Failed = err == nil, err
	defer w.verified.Store(&seen) // when it is in the log
	took := time.Since(began).Round(time.Millisecond)
	switch {
	case err == nil:
		w.host.log.Info("verified the books", "network", w.Name, "entries", report.Entries, "root", report.Root.String(), "took", took)
	case w.Doubt() != nil:
		w.host.log.Error("the books differ from their journal and take no acts", "network", w.Name, "reason", err)
	case w.Stopped() != nil:
		w.host.log.Error("the image of the books differed from their journal and was thrown away", "network", w.Name, "reason", err)
	default:
		w.host.log.Error("the books could not be verified", "network", w.Name, "reason", err)
	}
}

// How long verifying rests for each bit of work, and how long while records come in that
// quickly, of which those who enter them wait.
const (
	restUsual = 1
	restBusy  = 9
	busy      = 1000 // records a second
)

// pace rests as long as was worked, and longer while much comes in; fresh counts what came
// since some time or other.
func pace(fresh func() int64) func(context.Context) error {
	last, since, before := time.Now(), time.Now(), fresh()
	return func(ctx context.Context) error {
		now, count := time.Now(), fresh()
		rest := restAfter(now.Sub(since), count-before, now.Sub(last))
		last, before = now, count
		err := pause(ctx, rest)
		since = time.Now()
		return err
	}
}

// restAfter is how long it rests after it worked for so long, where so many records came
// in a time; fewer than none say that they are counted anew.
func restAfter(worked time.Duration, came int64, in time.Duration) time.Duration {
	if came < 0 || time.Duration(came)*time.Second > busy*in {
		return restBusy * worked
	}
	return restUsual * worked
}

// pause waits, and says whether the context ended meanwhile.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// momentOf is how a store is read as it is at one moment.
func momentOf(s store.Store) func(context.Context) (store.Store, error) {
	return func(ctx context.Context) (store.Store, error) {
		switch s := s.(type) {
		case *sqlite.Store:
			return s.Moment(ctx)
		case *postgres.Store:
			return s.Moment(ctx)
		}
		return nil, store.ErrReadOnly
	}
}
