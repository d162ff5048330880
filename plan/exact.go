package plan

import (
	"math/big"
	"math/bits"
)

// ratio is an exact positive rational num/den.
type ratio struct{ num, den int64 }

var one = ratio{1, 1}

// newRatio reduces r to 64-bit numbers; ok is false where it does not fit.
func newRatio(r *big.Rat) (ratio, bool) {
	if !r.Num().IsInt64() || !r.Denom().IsInt64() {
		return ratio{}, false
	}
	return ratio{r.Num().Int64(), r.Denom().Int64()}, true
}

// up returns ⌈q·r⌉, down ⌊q·r⌋, for q ≥ 0; ok is false where that does not fit.
func (r ratio) up(q int64) (int64, bool) {
	if r.den == 1 {
		return mul(q, r.num)
	}
	n, rem, ok := mulDiv(q, r.num, r.den)
	if rem != 0 {
		n++
	}
	return n, ok
}

func (r ratio) down(q int64) (int64, bool) {
	if r.den == 1 {
		return mul(q, r.num)
	}
	n, _, ok := mulDiv(q, r.num, r.den)
	return n, ok
}

// inverse is den/num.
func (r ratio) inverse() ratio { return ratio{r.den, r.num} }

func mul(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	return int64(lo), hi == 0 && lo < 1<<63
}

// mulDiv returns a·b/c and its remainder for a, b ≥ 0 and c > 0.
func mulDiv(a, b, c int64) (q, rem int64, ok bool) {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi >= uint64(c) {
		return 0, 0, false
	}
	n, m := bits.Div64(hi, lo, uint64(c))
	return int64(n), int64(m), n < 1<<63-1
}
