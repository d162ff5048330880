package plan

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// TestFractionsAreExact compares what fractions say with big rationals, for small
// numbers and for numbers that do not fit.
func TestFractionsAreExact(t *testing.T) {
	t.Parallel()
	part := rapid.OneOf(rapid.Int64Range(0, 50), rapid.Int64(), rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64, math.MaxInt64 - 1, 1 << 62, 1 << 32}))
	below := rapid.OneOf(rapid.Int64Range(1, 50), rapid.Int64Range(1, math.MaxInt64))
	rapid.Check(t, func(t *rapid.T) {
		f, want := whole(1), big.NewRat(1, 1)
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			num, den := part.Draw(t, "num"), below.Draw(t, "den")
			g, r := fraction{ratio: ratio{num, den}.reduced()}, big.NewRat(num, den)
			if rapid.Bool().Draw(t, "over") && num != 0 {
				f, want = f.over(g), want.Quo(want, r)
			} else {
				f, want = f.times(g), want.Mul(want, r)
			}
			if f.rat().Cmp(want) != 0 || f.sign() != want.Sign() {
				t.Fatalf("%v, want %v", f.rat(), want)
			}
			narrow, fits := newRatio(want)
			if fits != (f.wide == nil) || fits && f.ratio != narrow {
				t.Fatalf("%+v is not as narrow as %v", f, want)
			}
		}
	})
}
