package main

import "testing"

// The collector is left the same room whatever is alive, within bounds.
func TestCollector(t *testing.T) {
	t.Parallel()
	for live, want := range map[uint64]int{0: 400, 20 << 20: 400, 48 << 20: 400, 96 << 20: 200, 192 << 20: 100, 4 << 30: 100} {
		if have := collectorAt(live); have != want {
			t.Errorf("%d MB alive: %d %%, want %d", live>>20, have, want)
		}
	}
}
