package plan

import (
	"math/big"
	"math/bits"

	"commonweal/vf"
)

// fraction is an exact rational: in 64 bits where it fits, which it nearly always
// does and is quick, else as wide as it has to be. Only a ratio goes into the plan.
type fraction struct {
	ratio
	wide *big.Rat // nil where the ratio holds it
}

// fractionOf is the rational as narrow as it can be held.
func fractionOf(r *big.Rat) fraction {
	if q, ok := newRatio(r); ok {
		return fraction{ratio: q}
	}
	return fraction{wide: r}
}

// decimal is a decimal number as a fraction.
func decimal(d vf.Decimal) fraction {
	num, den := d.Fraction()
	return fraction{ratio: ratio{num, den}.reduced()}
}

// whole is a whole number as a fraction.
func whole(n int64) fraction { return fraction{ratio: ratio{n, 1}} }

// rat is the fraction as a big rational of its own.
func (f fraction) rat() *big.Rat {
	if f.wide != nil {
		return new(big.Rat).Set(f.wide)
	}
	return big.NewRat(f.num, f.den)
}

func (f fraction) sign() int {
	switch {
	case f.wide != nil:
		return f.wide.Sign()
	case f.num < 0:
		return -1
	case f.num > 0:
		return 1
	}
	return 0
}

// times is f·g.
func (f fraction) times(g fraction) fraction {
	if f.wide == nil && g.wide == nil {
		if r, ok := f.ratio.times(g.ratio); ok {
			return fraction{ratio: r}
		}
	}
	r := f.rat()
	return fractionOf(r.Mul(r, g.rat()))
}

// over is f/g, for g other than 0.
func (f fraction) over(g fraction) fraction {
	if g.wide == nil && g.num > 0 {
		return f.times(fraction{ratio: g.inverse()})
	}
	r := f.rat()
	return fractionOf(r.Quo(r, g.rat()))
}

// times is the product of two ratios in lowest terms, in lowest terms; ok is false
// where that does not fit. The numerators may be below 0.
func (r ratio) times(s ratio) (ratio, bool) {
	if r == one || s == one {
		if r == one {
			r = s
		}
		return r, true
	}
	a, d := ratio{r.num, s.den}.reduced(), ratio{s.num, r.den}.reduced()
	num, ok1 := mulSigned(a.num, d.num)
	den, ok2 := mul(a.den, d.den)
	return ratio{num, den}, ok1 && ok2
}

// reduced brings a ratio into lowest terms.
func (r ratio) reduced() ratio {
	if g := divisor(r.num, r.den); g > 1 {
		return ratio{r.num / g, r.den / g}
	}
	return r
}

// divisor is the greatest common divisor of a and b > 0.
func divisor(a, b int64) int64 {
	x, y := size(a), uint64(b)
	for x != 0 {
		x, y = y%x, x
	}
	return int64(y)
}

// size is the distance from 0, of the least number too.
func size(a int64) uint64 {
	if a < 0 {
		return -uint64(a)
	}
	return uint64(a)
}

func mulSigned(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(size(a), size(b))
	if hi != 0 || lo >= 1<<63 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(lo), true
	}
	return int64(lo), true
}

// wholeSeconds gives a duration in seconds, as [network.seconds] does, and quickly
// where the unit is a whole number of seconds and there is a whole number of it.
func (n *network) wholeSeconds(m vf.Measure) (int64, error) {
	per, isWhole := n.units.Seconds(m.HasUnit)
	num, den := m.HasNumericalValue.Fraction()
	if isWhole && den == 1 && num >= 0 {
		if q, ok := mul(num, per); ok && q <= never {
			return q, nil
		}
	}
	return n.seconds(m)
}
