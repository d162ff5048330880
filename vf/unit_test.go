package vf

import (
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// standard declares every standard unit under its name, and some of our own.
func standard(t interface {
	Helper()
	Fatalf(string, ...any)
}) *Units {
	t.Helper()
	cent := NewDecimal(1, 2)
	list := []*Unit{
		{ID: "unit/pallet", Equals: Measure{Whole(40), "unit/crate"}}, // before the unit in which it is told
		{ID: "unit/crate", Label: "crate", Equals: Measure{Whole(12), "unit/kilogram"}},
		{ID: "unit/EUR", Symbol: "€", Step: &cent},
		{ID: "unit/point"},
	}
	for _, s := range StandardUnits {
		list = append(list, &Unit{ID: ID("unit/" + s.OM), Symbol: s.Symbols[0], OmUnitIdentifier: "http://www.ontology-of-units-of-measure.org/resource/om-2/" + s.OM})
	}
	u, err := NewUnits(list)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return u
}

// TestConversionsAreExact: there and back gives the same, over a third unit gives
// the same as directly, and between dimensions there is no conversion.
func TestConversionsAreExact(t *testing.T) {
	t.Parallel()
	u := standard(t)
	var all []ID
	for id := range u.byID {
		all = append(all, id)
	}
	slices.Sort(all)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := rapid.SampledFrom(all).Draw(t, "a"), rapid.SampledFrom(all).Draw(t, "b"), rapid.SampledFrom(all).Draw(t, "c")
		m := Measure{decimals(t, "quantity"), a}
		ab, err := u.Factor(a, b)
		if da, db := u.byID[a].dimension, u.byID[b].dimension; da != db {
			wantKind(t, err, UnitMismatch)
			_, err = u.Convert(m, b)
			wantKind(t, err, UnitMismatch)
			return
		}
		if err != nil {
			t.Fatalf("%s to %s: %v", a, b, err)
		}
		ba, err := u.Factor(b, a)
		if err != nil || new(big.Rat).Mul(ab, ba).Cmp(big.NewRat(1, 1)) != 0 {
			t.Fatalf("%s to %s and back: %v, %v", a, b, ab, ba)
		}
		if ac, err := u.Factor(a, c); err == nil {
			bc, err := u.Factor(b, c)
			if err != nil || new(big.Rat).Mul(ab, bc).Cmp(ac) != 0 {
				t.Fatalf("%s to %s to %s: %v", a, b, c, err)
			}
		}
		there, err := u.Convert(m, b)
		if err != nil {
			wantKind(t, err, NumberTooLarge)
			if a != b && fits(new(big.Rat).Mul(ab, m.HasNumericalValue.Rat())) {
				t.Fatalf("%s to %s is refused, though it fits", m, b)
			}
			return
		}
		if back, err := u.Convert(there, a); err != nil || back != m {
			t.Fatalf("%s is %s, and back %s, %v", m, there, back, err)
		}
	})
}

func TestKnownConversions(t *testing.T) {
	t.Parallel()
	u := standard(t)
	for _, c := range []struct{ from, to, want string }{
		{"pound-avoirdupois", "kilogram", "45359237/100000000"}, {"ounce-avoirdupois", "pound-avoirdupois", "1/16"},
		{"foot-International", "metre", "3048/10000"}, {"inch-International", "foot-International", "1/12"},
		{"gallon-US", "litre", "3785411784/1000000000"}, {"acre-International", "squareMetre", "40468564224/10000000"},
		{"week", "hour", "168"}, {"kilowattHour", "megajoule", "36/10"}, {"pallet", "tonne", "480/1000"}, {"dozen", "one", "12"},
		{"cubicMetre", "litre", "1000"}, {"hectare", "squareMetre", "10000"}, {"tonne", "milligram", "1000000000"}, {"kilometre", "centimetre", "100000"},
	} {
		want, _ := new(big.Rat).SetString(c.want) // the table is ours
		got, err := u.Factor(ID("unit/"+c.from), ID("unit/"+c.to))
		if err != nil || got.Cmp(want) != 0 {
			t.Errorf("a %s is %v %s, %v; want %v", c.from, got, c.to, err, want)
		}
	}
}

func TestUnitsAreNamedInManyWays(t *testing.T) {
	t.Parallel()
	u := standard(t)
	for text, want := range map[string]ID{"lb": "unit/pound-avoirdupois", "crate": "unit/crate", "unit/crate": "unit/crate", "€": "unit/EUR", "point": "unit/point"} {
		if got, err := u.Named(text); err != nil || got != want {
			t.Errorf("%q names %s, %v", text, got, err)
		}
	}
	_, err := u.Named("stone")
	wantKind(t, err, UnknownUnit)
	if _, err := new(Units).Named("jar"); err == nil || !strings.Contains(err.Error(), "none yet") {
		t.Errorf("without units: %v", err)
	}
	_, err = u.Step("unit/stone")
	wantKind(t, err, UnknownUnit)
	_, err = u.Factor("unit/crate", "unit/stone")
	wantKind(t, err, UnknownUnit)
	if !u.Known("unit/crate") || u.Known("crate") {
		t.Error("Known goes by ids alone")
	}
}

func TestStepsOfUnits(t *testing.T) {
	t.Parallel()
	u := standard(t)
	for unit, want := range map[ID]string{"unit/one": "1", "unit/dozen": "1", "unit/kilogram": "0.000001", "unit/EUR": "0.01", "unit/point": "0.000001"} {
		if step, err := u.Step(unit); err != nil || step.String() != want {
			t.Errorf("the step of %s is %s, %v; want %s", unit, step, err, want)
		}
	}
	if err := u.Fits(Measure{NewDecimal(125, 1), "unit/EUR"}); err != nil {
		t.Errorf("12.5 EUR: %v", err)
	}
	err := u.Fits(Measure{NewDecimal(-12345, 3), "unit/EUR"})
	wantKind(t, err, NotAStep)
	if e := err.(*Error); !slices.Equal(e.Values, []string{"value", "-12.345 EUR", "step", "0.01", "below", "-12.35", "above", "-12.34"}) {
		t.Errorf("values %q", e.Values)
	}
	third := Measure{NewDecimal(1, 0), "unit/ounce-avoirdupois"} // 28.349523125 g
	for up, want := range map[bool]int64{false: 28349523, true: 28349524} {
		if n, err := u.Steps(third, "unit/gram", up); err != nil || n != want {
			t.Errorf("an ounce is %d steps of a gram, %v; want %d", n, err, want)
		}
	}
}

func TestSumAddsInTheFirstUnit(t *testing.T) {
	t.Parallel()
	u := standard(t)
	sum, err := u.Sum(Measure{Whole(1), "unit/kilogram"}, Measure{Whole(1), "unit/pound-avoirdupois"}, Measure{Whole(1), "unit/crate"})
	if err != nil || sum.String() != "13.45359237 kilogram" {
		t.Errorf("sum %s, %v", sum, err)
	}
	_, err = u.Sum(Measure{Whole(1), "unit/kilogram"}, Measure{Whole(1), "unit/litre"})
	wantKind(t, err, UnitMismatch)
	huge := Measure{Whole(9e18), "unit/gram"}
	_, err = u.Sum(huge, huge)
	wantKind(t, err, NumberTooLarge)
}

func TestBadUnits(t *testing.T) {
	t.Parallel()
	zero := Decimal{}
	for name, list := range map[string][]*Unit{
		"equals itself":  {{ID: "a", Equals: Measure{Whole(1), "a"}}},
		"a circle":       {{ID: "a", Equals: Measure{Whole(2), "b"}}, {ID: "b", Equals: Measure{Whole(2), "a"}}},
		"equals unknown": {{ID: "a", Equals: Measure{Whole(1), "b"}}},
		"equals nothing": {{ID: "b"}, {ID: "a", Equals: Measure{Decimal{}, "b"}}},
		"equals less":    {{ID: "b"}, {ID: "a", Equals: Measure{Whole(-1), "b"}}},
		"a step of zero": {{ID: "a", Step: &zero}},
		"a step below":   {{ID: "a", Step: func() *Decimal { d := Whole(-1); return &d }()}},
	} {
		_, err := NewUnits(list)
		t.Run(name, func(t *testing.T) { wantKind(t, err, BadUnit) })
	}
}
