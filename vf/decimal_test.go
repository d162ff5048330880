package vf

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// decimals draws decimals of all sizes, often near the bounds.
func decimals(t *rapid.T, label string) Decimal {
	coef := rapid.OneOf(rapid.Int64Range(-1000, 1000), rapid.Int64Range(-math.MaxInt64, math.MaxInt64),
		rapid.SampledFrom([]int64{0, 1, -1, math.MaxInt64, -math.MaxInt64, 1e18, -1e18})).Draw(t, label)
	return NewDecimal(coef, rapid.IntRange(0, 18).Draw(t, label+" digits"))
}

// fits reports whether an exact number is a decimal: a coefficient of 63 bits
// over a power of ten up to 10^18.
func fits(r *big.Rat) bool {
	for exp := range 19 {
		scaled := new(big.Rat).Mul(r, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(exp)), nil)))
		if scaled.IsInt() {
			return new(big.Int).Abs(scaled.Num()).Cmp(big.NewInt(math.MaxInt64)) <= 0
		}
	}
	return false
}

// TestArithmeticIsExactOrRefused compares with big.Rat: the same number, or an
// error where it does not fit; never a wrapped number.
func TestArithmeticIsExactOrRefused(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := decimals(t, "a"), decimals(t, "b")
		for _, op := range []struct {
			name  string
			ours  func(Decimal, Decimal) (Decimal, error)
			exact func(x, y *big.Rat) *big.Rat
		}{
			{"+", Decimal.Add, new(big.Rat).Add}, {"-", Decimal.Sub, new(big.Rat).Sub}, {"*", Decimal.Mul, new(big.Rat).Mul},
		} {
			want := op.exact(a.Rat(), b.Rat())
			got, err := op.ours(a, b)
			switch {
			case err == nil && got.Rat().Cmp(want) != 0:
				t.Fatalf("%s %s %s = %s, want %s", a, op.name, b, got, want.FloatString(40))
			case err == nil && !fits(want), err != nil && fits(want):
				t.Fatalf("%s %s %s = %s: fits %v, error %v", a, op.name, b, want.FloatString(40), fits(want), err)
			case err != nil:
				wantKind(t, err, NumberTooLarge)
			}
		}
		if a.Cmp(b) != a.Rat().Cmp(b.Rat()) || a.Sign() != a.Rat().Sign() || (a == b) != (a.Rat().Cmp(b.Rat()) == 0) {
			t.Fatalf("%s and %s compare as %d", a, b, a.Cmp(b))
		}
	})
}

// wantKind fails unless the error is an *Error of the kind.
func wantKind(t interface {
	Helper()
	Fatalf(string, ...any)
}, err error, kind Kind) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Kind != kind {
		t.Fatalf("got error %v, want kind %s", err, kind)
	}
}

func TestDecimalsArePrintedInFullAndReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := decimals(t, "d")
		text := d.String()
		if strings.ContainsAny(text, "eE") || strings.Contains(text, ".") && strings.HasSuffix(text, "0") {
			t.Fatalf("printed as %s", text)
		}
		exact, ok := new(big.Rat).SetString(text)
		if !ok || exact.Cmp(d.Rat()) != 0 {
			t.Fatalf("%s is printed as %s", d.Rat(), text)
		}
		if again, err := ParseDecimal(text); err != nil || again != d {
			t.Fatalf("%s is read back as %s, %v", text, again, err)
		}
		raw, err := json.Marshal(d)
		var again Decimal
		if err != nil || json.Unmarshal(raw, &again) != nil || again != d {
			t.Fatalf("%s through JSON: %s, %v", d, raw, err)
		}
	})
}

func TestParseDecimal(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"12.50": "12.5", "-3": "-3", "+.5": "0.5", "1e3": "1000", "1.25E-2": "0.0125", "-0.0": "0",
		"000000000000000000000000001": "1", "0e9999": "0", "9223372036854775807": "9223372036854775807", "0.000000000000000001": "0.000000000000000001",
		"100e-2": "1", "1.0000000000000000000000000": "1"} {
		if d, err := ParseDecimal(text); err != nil || d.String() != want {
			t.Errorf("%q is read as %s, %v; want %s", text, d, err, want)
		}
	}
	for text, kind := range map[string]Kind{"": NotANumber, "-": NotANumber, "1.": NotANumber, ".": NotANumber, "1,5": NotANumber, "1e": NotANumber,
		"0x10": NotANumber, "١": NotANumber, "1 ": NotANumber, "NaN": NotANumber, "Inf": NotANumber, "--1": NotANumber, "1e99999999": NotANumber, "1e-+3": NotANumber,
		"1e30": NumberTooLarge, "9223372036854775808": NumberTooLarge, "-9223372036854775808": NumberTooLarge,
		"0.0000000000000000001": NumberTooLarge, "1e-19": NumberTooLarge, "1e9999": NumberTooLarge} {
		_, err := ParseDecimal(text)
		var e *Error
		if !errors.As(err, &e) || e.Kind != kind {
			t.Errorf("%q: %v, want %s", text, err, kind)
		}
	}
}

func TestStepsRoundDownAndBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := decimals(t, "d")
		step := NewDecimal(rapid.Int64Range(1, 1e6).Draw(t, "step"), rapid.IntRange(0, 9).Draw(t, "step digits"))
		n, whole, err := d.Steps(step)
		quotient := new(big.Rat).Quo(d.Rat(), step.Rat())
		if err != nil {
			wantKind(t, err, NumberTooLarge)
			if limit := new(big.Rat).SetInt64(math.MaxInt64); new(big.Rat).Abs(quotient).Cmp(limit) <= 0 {
				t.Fatalf("%s in steps of %s is refused: %v", d, step, err)
			}
			return
		}
		low := new(big.Rat).SetInt64(n)
		if low.Cmp(quotient) > 0 || new(big.Rat).Add(low, big.NewRat(1, 1)).Cmp(quotient) <= 0 || whole != (low.Cmp(quotient) == 0) {
			t.Fatalf("%s is %d steps of %s (whole %v)", d, n, step, whole)
		}
		back, err := OfSteps(n, step)
		if whole && (err != nil || back != d) {
			t.Fatalf("%d steps of %s are %s, %v; want %s", n, step, back, err, d)
		}
	})
}

func TestNewDecimalRefusesDigitsThatAreAMistakeOfTheProgram(t *testing.T) {
	t.Parallel()
	for _, exp := range []int{-1, 19} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("NewDecimal(1, %d) did not panic", exp)
				}
			}()
			NewDecimal(1, exp)
		}()
	}
}

func FuzzDecimal(f *testing.F) {
	for _, text := range []string{"12.5", "-0", "1e18", "1e-18", "9223372036854775807", "0.1e-17", "+1E+2", "1_000", "１"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDecimal(text)
		exact, ok := new(big.Rat), len(text) < 100
		if ok {
			exact, ok = exact.SetString(text)
		}
		if err != nil {
			var e *Error
			if !errors.As(err, &e) {
				t.Fatal(err)
			}
			if e.Kind == NumberTooLarge && ok && fits(exact) {
				t.Fatalf("%q fits, but is refused", text)
			}
			return
		}
		if ok && exact.Cmp(d.Rat()) != 0 {
			t.Fatalf("%q is read as %s", text, d)
		}
		if again, err := ParseDecimal(d.String()); err != nil || again != d {
			t.Fatalf("%q is read as %s, and that as %s, %v", text, d, again, err)
		}
	})
}
