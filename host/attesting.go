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

// verify checks the books against their journal once, at half a processor, until the
// context ends.
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
	report, err := w.Attest(ctx, node.Attesting{Moment: momentOf(w.Store()), Pace: half(), Told: func(read, of int64) {
		seen = Verified{Entries: read, Of: of}
		w.verified.Store(new(seen))
	}})
	if ctx.Err() != nil {
		return
	}
	seen.Done, seen.Failed = err == nil, err
	w.verified.Store(&seen)
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

// half returns a pace that rests as long as was worked.
func half() func(context.Context) error {
	since := time.Now()
	return func(ctx context.Context) error {
		err := pause(ctx, time.Since(since))
		since = time.Now()
		return err
	}
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
