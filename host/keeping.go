package host

import (
	"context"
	"time"
)

// KeepAfter is how many records may be changed since the last image of the books, before
// another one is made; small networks have none, and start soon without.
const KeepAfter = 20_000

// When images of the books are made: once so many entries came since the last one, or so
// many records were changed, and so many times as long after it as it took, so that they
// take a tenth of a processor at most; half of one, where more came than a start should have
// to enter anew. Where one could not be made it is tried again after minutes: a disk that is
// full, or books that are too large for an image, are not mended by trying.
const (
	keepShare = 10
	keepFar   = 60_000
	keepSoon  = 1
	keepAgain = 5 * time.Minute
	keepLook  = 2 * time.Second // how often it is looked
	keepWait  = time.Minute     // how long a stop waits for the last one
)

// keep makes images of the books now and then, until the context ends, and a last one
// then.
func (w *Network) keep(ctx context.Context) {
	tick := time.NewTicker(keepLook)
	defer tick.Stop()
	var next, soon time.Time
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepWait)
			defer cancel()
			w.keepOne(last)
			return
		case <-tick.C:
		}
		if w.Fresh() > keepFar {
			next = soon
		}
		began := time.Now()
		if began.Before(next) {
			continue
		}
		if tried, made := w.keepOne(ctx); tried {
			now := time.Now()
			usual, least := keepPauses(now.Sub(began), made)
			next, soon = now.Add(usual), now.Add(least)
		}
	}
}

// keepPauses says how long after an image, which took so long and was made or not, another
// one is made: usually, and where much came.
func keepPauses(took time.Duration, made bool) (usual, least time.Duration) {
	if !made {
		again := max(keepAgain, keepShare*took)
		return again, again
	}
	return keepShare * took, keepSoon * took
}

// keepOne makes an image if enough came since the last one; it reports whether it tried,
// and whether it was made.
func (w *Network) keepOne(ctx context.Context) (tried, made bool) {
	unkept := w.Unkept()
	if max(unkept, w.Fresh()) < KeepAfter || w.Stopped() != nil {
		return false, false
	}
	began := time.Now()
	if err := w.Keep(ctx); err != nil {
		if ctx.Err() == nil {
			w.host.log.Warn("no image of the books was made; the next start takes longer", "network", w.Name, "reason", err)
		}
		return true, false
	}
	w.host.log.Info("made an image of the books", "network", w.Name, "entries", w.Journal().Size(), "new", unkept, "took", time.Since(began).Round(time.Millisecond))
	return true, true
}

// tellOpened writes to the log how the books were opened.
func (w *Network) tellOpened() {
	how := w.Opened()
	if how.Why != nil {
		w.host.log.Warn("the image of the books was not used; they were opened from the journal", "network", w.Name, "reason", how.Why)
	}
	said := []any{"network", w.Name, "entries", w.Journal().Size()}
	if how.Image > 0 {
		said = append(said, "image", how.Image, "after", how.Entries)
	}
	w.host.log.Info("opened the books", said...)
}
