package vf

import (
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

// Decimal is an exact decimal number: coef · 10^-exp, with at most 18 digits
// after the point and a coefficient that fits 63 bits. It is kept without
// trailing zeros, so equal numbers are equal structs and Decimal may be a map
// key. The zero value is 0.
type Decimal struct {
	coef int64
	exp  uint8
}

// maxExp is the greatest number of digits after the point.
const maxExp = 18

var pow10 = [maxExp + 1]int64{1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000,
	10000000000, 100000000000, 1000000000000, 10000000000000, 100000000000000, 1000000000000000,
	10000000000000000, 100000000000000000, 1000000000000000000}

// NewDecimal returns coef · 10^-exp, for example NewDecimal(125, 1) = 12.5.
// It panics if exp is over 18, which is a mistake of the program, not of data.
func NewDecimal(coef int64, exp int) Decimal {
	if exp < 0 || exp > maxExp {
		panic("vf: a Decimal has 0 to 18 digits after the point, asked for " + strconv.Itoa(exp))
	}
	return normal(coef, uint8(exp))
}

// Whole returns the whole number n.
func Whole(n int64) Decimal { return Decimal{coef: n} }

func normal(coef int64, exp uint8) Decimal {
	if coef == 0 {
		return Decimal{}
	}
	for exp > 0 && coef%10 == 0 {
		coef /= 10
		exp--
	}
	return Decimal{coef, exp}
}

// ParseDecimal reads a decimal number such as "12.5", "-3" or "1e3". What is
// not a number, or does not fit 18 digits, is refused with an [*Error] of kind
// notANumber or numberTooLarge.
func ParseDecimal(s string) (Decimal, error) {
	bad := func() (Decimal, error) { return Decimal{}, fault(NotANumber, "value", s) }
	text, neg := s, false
	if text != "" && (text[0] == '-' || text[0] == '+') {
		neg, text = text[0] == '-', text[1:]
	}
	shift := 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		n, err := strconv.Atoi(strings.TrimPrefix(text[i+1:], "+"))
		if err != nil || len(text)-i > 5 {
			return bad()
		}
		shift, text = n, text[:i]
	}
	whole, frac, dot := strings.Cut(text, ".")
	if whole == "" && frac == "" || dot && frac == "" || !allDigits(whole) || !allDigits(frac) {
		return bad()
	}
	digits := strings.TrimLeft(whole+frac, "0")
	exp := len(frac) - shift
	for exp > 0 && strings.HasSuffix(digits, "0") {
		digits, exp = digits[:len(digits)-1], exp-1
	}
	if digits == "" {
		return Decimal{}, nil
	}
	if exp < 0 && exp >= -maxExp {
		digits, exp = digits+strings.Repeat("0", -exp), 0
	}
	coef, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || exp > maxExp || exp < 0 {
		return Decimal{}, fault(NumberTooLarge, "value", s)
	}
	if neg {
		coef = -coef
	}
	return normal(coef, uint8(exp)), nil
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// String writes the number in full, without exponent and without trailing
// zeros: "12.5", "-0.001".
func (d Decimal) String() string {
	s := strconv.FormatInt(d.coef, 10)
	if d.exp == 0 {
		return s
	}
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	if pad := int(d.exp) + 1 - len(s); pad > 0 {
		s = strings.Repeat("0", pad) + s
	}
	cut := len(s) - int(d.exp)
	return sign + s[:cut] + "." + s[cut:]
}

// MarshalText writes what String writes.
func (d Decimal) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what ParseDecimal reads.
func (d *Decimal) UnmarshalText(b []byte) error {
	v, err := ParseDecimal(string(b))
	*d = v
	return err
}

// UnmarshalJSON reads a JSON string or a JSON number, digit by digit: a number
// never passes through floating point.
func (d *Decimal) UnmarshalJSON(b []byte) error {
	if len(b) >= 2 && b[0] == '"' {
		b = b[1 : len(b)-1]
	}
	return d.UnmarshalText(b)
}

// IsZero reports whether d is 0.
func (d Decimal) IsZero() bool { return d.coef == 0 }

// Sign is -1, 0 or +1.
func (d Decimal) Sign() int {
	switch {
	case d.coef < 0:
		return -1
	case d.coef > 0:
		return 1
	}
	return 0
}

// Digits is how many digits stand behind the point.
func (d Decimal) Digits() int { return int(d.exp) }

// Neg returns -d.
func (d Decimal) Neg() Decimal { return Decimal{-d.coef, d.exp} }

// Cmp is -1, 0 or +1 as d is less than, equal to or greater than e.
func (d Decimal) Cmp(e Decimal) int {
	if d.exp == e.exp {
		switch {
		case d.coef < e.coef:
			return -1
		case d.coef > e.coef:
			return 1
		}
		return 0
	}
	return d.Rat().Cmp(e.Rat())
}

// Add returns d + e, or an error of kind numberTooLarge where that does not fit.
func (d Decimal) Add(e Decimal) (Decimal, error) {
	a, aok := d.at(max(d.exp, e.exp))
	b, bok := e.at(max(d.exp, e.exp))
	sum := a + b
	if !aok || !bok || sum == -1<<63 || (a > 0) == (b > 0) && (sum > 0) != (a > 0) && a != 0 {
		return fromRat(new(big.Rat).Add(d.Rat(), e.Rat()))
	}
	return normal(sum, max(d.exp, e.exp)), nil
}

// Sub returns d - e, or an error of kind numberTooLarge where that does not fit.
func (d Decimal) Sub(e Decimal) (Decimal, error) { return d.Add(e.Neg()) }

// Mul returns d · e exactly, or an error of kind numberTooLarge.
func (d Decimal) Mul(e Decimal) (Decimal, error) {
	return fromRat(new(big.Rat).Mul(d.Rat(), e.Rat()))
}

// at returns the coefficient of d at a finer exponent.
func (d Decimal) at(exp uint8) (int64, bool) {
	f := pow10[exp-d.exp]
	hi, lo := bits.Mul64(uint64(abs64(d.coef)), uint64(f))
	if hi != 0 || lo > 1<<63-1 {
		return 0, false
	}
	if d.coef < 0 {
		return -int64(lo), true
	}
	return int64(lo), true
}

func abs64(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

// Fraction returns d as num/den, not always in lowest terms; den is a power of ten.
func (d Decimal) Fraction() (num, den int64) { return d.coef, pow10[d.exp] }

// Rat returns d as an exact rational.
func (d Decimal) Rat() *big.Rat { return big.NewRat(d.coef, pow10[d.exp]) }

// fromRat returns r as a Decimal where it is one exactly.
func fromRat(r *big.Rat) (Decimal, error) {
	for exp := range uint8(maxExp + 1) {
		n := new(big.Rat).Mul(r, new(big.Rat).SetInt64(pow10[exp]))
		if n.IsInt() {
			if !n.Num().IsInt64() || n.Num().Int64() == -1<<63 {
				break
			}
			return normal(n.Num().Int64(), exp), nil
		}
	}
	return Decimal{}, fault(NumberTooLarge, "value", r.FloatString(20))
}

// Steps returns how many whole steps d is, and whether it is a whole number of
// steps at all; a result that does not fit is an error of kind numberTooLarge.
// For step 0.01, 12.5 is 1250 steps. The step must be over 0.
func (d Decimal) Steps(step Decimal) (n int64, whole bool, err error) {
	if step.coef == 1 && d.exp <= step.exp {
		if n, ok := d.at(step.exp); ok {
			return n, true, nil
		}
	}
	return stepsOf(d.Rat(), step, false)
}

// stepsOf divides r by the step, rounding down, or up where asked.
func stepsOf(r *big.Rat, step Decimal, up bool) (n int64, whole bool, err error) {
	q := new(big.Rat).Quo(r, step.Rat())
	whole = q.IsInt()
	z, m := new(big.Int).DivMod(q.Num(), q.Denom(), new(big.Int))
	if up && m.Sign() != 0 {
		z.Add(z, big.NewInt(1))
	}
	if !z.IsInt64() || z.Int64() == -1<<63 {
		return 0, false, fault(NumberTooLarge, "value", r.FloatString(6))
	}
	return z.Int64(), whole, nil
}

// OfSteps returns n · step; an error of kind numberTooLarge where it does not fit.
func OfSteps(n int64, step Decimal) (Decimal, error) {
	hi, lo := bits.Mul64(uint64(abs64(n)), uint64(step.coef))
	if hi != 0 || lo > 1<<63-1 {
		return Whole(n).Mul(step)
	}
	if n < 0 {
		return normal(-int64(lo), step.exp), nil
	}
	return normal(int64(lo), step.exp), nil
}
