package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// How much a program may allocate before the garbage collector runs again, though little
// is alive, and how far that may exceed what is alive, in percent. A server of a small
// network holds some 20 MB; with Go's own rule its collector runs several times a second
// while acts come in, and takes a sixth of the processor.
const (
	collectorRoom    = 192 << 20
	collectorPercent = 100 // Go's own, where more than the room is alive
	collectorMost    = 400
	collectorLook    = time.Second
)

// collectLess has the garbage collector leave so much room until the context ends, unless
// GOGC says otherwise.
func collectLess(ctx context.Context) {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(collectorMost)
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	now := collectorMost
	tick := time.NewTicker(collectorLook)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		metrics.Read(live)
		if next := collectorAt(live[0].Value.Uint64()); next > now+now/8 || next < now-now/8 { // each change stops all goroutines for a moment
			debug.SetGCPercent(next)
			now = next
		}
	}
}

// collectorAt is the percentage for so many bytes alive.
func collectorAt(live uint64) int {
	return int(min(collectorMost, max(collectorPercent, 100*collectorRoom/max(live, 1))))
}
