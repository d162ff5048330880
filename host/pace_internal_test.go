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

// Images are made the sooner the more came, and are not tried again at once where they
// cannot be made.
func TestImagesRest(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		took         time.Duration
		made         bool
		usual, least time.Duration
	}{
		{3 * time.Second, true, 30 * time.Second, 3 * time.Second},
		{3 * time.Second, false, 5 * time.Minute, 5 * time.Minute},
		{time.Minute, false, 10 * time.Minute, 10 * time.Minute},
	} {
		if usual, least := keepPauses(x.took, x.made); usual != x.usual || least != x.least {
			t.Errorf("%v, made %v: it rests %v or %v, want %v or %v", x.took, x.made, usual, least, x.usual, x.least)
		}
	}
}
