package host

import (
	"testing"
	"time"
)

// Verifying makes room for those who enter much.
func TestVerifyingMakesRoom(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		worked time.Duration
		came   int64
		in     time.Duration
		rest   time.Duration
	}{
		{time.Second, 0, time.Second, time.Second},
		{time.Second, 900, time.Second, time.Second},
		{time.Second, 1100, time.Second, 9 * time.Second},
		{time.Second, 1100, 2 * time.Second, time.Second},
		{20 * time.Millisecond, 1000, 40 * time.Millisecond, 180 * time.Millisecond},
		{time.Second, -1, time.Second, 9 * time.Second},
	} {
		if rest := restAfter(x.worked, x.came, x.in); rest != x.rest {
			t.Errorf("%v worked, %d came in %v: it rests %v, want %v", x.worked, x.came, x.in, rest, x.rest)
		}
	}
}
