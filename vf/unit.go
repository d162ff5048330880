package vf

import (
	"math/big"
	"slices"
	"strings"
)

// Measure is a quantity: an exact number with a unit. A measure that was not
// said has no unit; "0 lb" is a measure like any other.
type Measure struct {
	HasNumericalValue Decimal `json:"hasNumericalValue"`
	HasUnit           ID      `json:"hasUnit"`
}

// IsZero reports whether the measure was not said at all (it has no unit).
func (m Measure) IsZero() bool { return m.HasUnit == "" }

// String writes the number and the last part of the unit's id: "12.5 lb".
func (m Measure) String() string {
	return m.HasNumericalValue.String() + " " + m.HasUnit.Last()
}

// StandardUnit is a unit that everybody knows: its name in the Ontology of
// units of Measure 2 (OM), the symbol of UCUM or of everyday use, its dimension,
// and the exact factor to the base unit of that dimension.
type StandardUnit struct {
	OM        string
	Symbols   []string // the first is the preferred one
	Dimension string
	Num, Den  int64 // one such unit is Num/Den base units
}

// StandardUnits are the units known without declaration. Factors: the
// international avoirdupois pound is 0.45359237 kg and the foot 0.3048 m exactly
// (1959 agreement), the US gallon 231 cubic inches.
var StandardUnits = []StandardUnit{
	{"one", []string{"one", "each", "1", "pcs"}, "one", 1, 1},
	{"dozen", []string{"dozen"}, "one", 12, 1},
	{"kilogram", []string{"kg"}, "mass", 1000, 1},
	{"gram", []string{"g"}, "mass", 1, 1},
	{"milligram", []string{"mg"}, "mass", 1, 1000},
	{"tonne", []string{"t"}, "mass", 1000000, 1},
	{"pound-avoirdupois", []string{"lb"}, "mass", 45359237, 100000},
	{"ounce-avoirdupois", []string{"oz"}, "mass", 45359237, 1600000},
	{"litre", []string{"L", "l"}, "volume", 1000, 1},
	{"millilitre", []string{"mL", "ml"}, "volume", 1, 1},
	{"cubicMetre", []string{"m3", "m³"}, "volume", 1000000, 1},
	{"gallon-US", []string{"gal"}, "volume", 3785411784, 1000000},
	{"metre", []string{"m"}, "length", 10000, 1},
	{"centimetre", []string{"cm"}, "length", 100, 1},
	{"millimetre", []string{"mm"}, "length", 10, 1},
	{"kilometre", []string{"km"}, "length", 10000000, 1},
	{"inch-International", []string{"in"}, "length", 254, 1},
	{"foot-International", []string{"ft"}, "length", 3048, 1},
	{"squareMetre", []string{"m2", "m²"}, "area", 1, 1},
	{"hectare", []string{"ha"}, "area", 10000, 1},
	{"acre-International", []string{"acre"}, "area", 40468564224, 10000000},
	{"second-Time", []string{"s"}, "time", 1, 1},
	{"minute-Time", []string{"min"}, "time", 60, 1},
	{"hour", []string{"h", "hour", "hours"}, "time", 3600, 1},
	{"day", []string{"d", "day", "days"}, "time", 86400, 1},
	{"week", []string{"wk", "week", "weeks"}, "time", 604800, 1},
	{"joule", []string{"J"}, "energy", 1, 1},
	{"kilowattHour", []string{"kWh"}, "energy", 3600000, 1},
	{"megajoule", []string{"MJ"}, "energy", 1000000, 1},
}

func standardUnit(om string) *StandardUnit {
	om = om[strings.LastIndexAny(om, "/#")+1:]
	for i := range StandardUnits {
		if StandardUnits[i].OM == om {
			return &StandardUnits[i]
		}
	}
	return nil
}

// DefaultStep is the smallest quantity of a unit that declares none: 10^-6, and
// 1 for what is counted.
var DefaultStep = NewDecimal(1, 6)

// unitFacts is what a unit amounts to: so many base units of its dimension.
type unitFacts struct {
	dimension string
	factor    *big.Rat
	step      Decimal
	whole     bool  // the step is 1 or more, or was declared
	seconds   int64 // of a unit of time that is a whole number of them
}

// Units answers questions about the units declared in a network: dimension,
// exact conversion, smallest step. Make one with [NewUnits].
type Units struct {
	byID map[ID]unitFacts
	text map[string]ID // symbols, labels, last parts of ids
}

// NewUnits reads declared units. A unit gets its dimension from omUnitIdentifier
// where that is a standard one, else from `equals` (our property: "1 crate = 12
// kg"), else it is a dimension of its own. Errors are of kind badUnit.
func NewUnits(declared []*Unit) (*Units, error) {
	u := &Units{byID: make(map[ID]unitFacts, len(declared)), text: map[string]ID{}}
	waiting := slices.Clone(declared)
	for len(waiting) > 0 {
		rest := waiting[:0:0]
		for _, d := range waiting {
			if _, known := u.byID[d.Equals.HasUnit]; !d.Equals.IsZero() && !known {
				rest = append(rest, d)
				continue
			}
			if err := u.add(d); err != nil {
				return nil, err
			}
		}
		if len(rest) == len(waiting) {
			return nil, fault(BadUnit, "unit", string(rest[0].ID), "reason",
				"it equals a quantity in "+string(rest[0].Equals.HasUnit)+", which is not declared or leads back here")
		}
		waiting = rest
	}
	return u, nil
}

func (u *Units) add(d *Unit) error {
	f := unitFacts{dimension: string(d.ID), factor: big.NewRat(1, 1), step: DefaultStep}
	if om := d.OmUnitIdentifier; om != "" {
		f.dimension = om
		if s := standardUnit(om); s != nil {
			f.dimension, f.factor = s.Dimension, big.NewRat(s.Num, s.Den)
			f.whole = s.Dimension == "one"
		}
	}
	if !d.Equals.IsZero() {
		base := u.byID[d.Equals.HasUnit]
		if d.Equals.HasNumericalValue.Sign() <= 0 {
			return fault(BadUnit, "unit", string(d.ID), "reason", "it equals "+d.Equals.String()+", which is not over 0")
		}
		f.dimension = base.dimension
		f.factor = new(big.Rat).Mul(base.factor, d.Equals.HasNumericalValue.Rat())
	}
	if f.whole {
		f.step = Whole(1)
	}
	if d.Step != nil {
		if d.Step.Sign() <= 0 {
			return fault(BadUnit, "unit", string(d.ID), "reason", "its step "+d.Step.String()+" is not over 0")
		}
		f.step, f.whole = *d.Step, true
	}
	if f.dimension == "time" && f.factor.IsInt() && f.factor.Num().IsInt64() {
		f.seconds = f.factor.Num().Int64()
	}
	u.byID[d.ID] = f
	for _, t := range []string{string(d.ID), d.Symbol, d.Label, d.ID.Last()} {
		if _, taken := u.text[t]; t != "" && !taken {
			u.text[t] = d.ID
		}
	}
	return nil
}

// Known reports whether the unit is declared.
func (u *Units) Known(id ID) bool { _, ok := u.byID[id]; return ok }

// Named returns the declared unit that a person means by a symbol, a label or
// the last part of an id ("lb", "pound"); an error of kind unknownUnit if none.
func (u *Units) Named(text string) (ID, error) {
	if id, ok := u.text[text]; ok {
		return id, nil
	}
	return "", fault(UnknownUnit, "unit", text, "known", u.list())
}

func (u *Units) list() string {
	var ids []string
	for id := range u.byID {
		ids = append(ids, string(id))
	}
	slices.Sort(ids)
	if len(ids) == 0 {
		return "none yet"
	}
	if len(ids) > 12 {
		ids = append(ids[:12], "…")
	}
	return strings.Join(ids, ", ")
}

func (u *Units) facts(id ID) (unitFacts, error) {
	f, ok := u.byID[id]
	if !ok {
		return f, fault(UnknownUnit, "unit", string(id), "known", u.list())
	}
	return f, nil
}

// Step returns the smallest quantity of the unit.
func (u *Units) Step(id ID) (Decimal, error) {
	f, err := u.facts(id)
	return f.step, err
}

// Dimension returns the name of what the unit measures, such as "mass"; a unit
// of no standard dimension is a dimension of its own.
func (u *Units) Dimension(id ID) (string, error) {
	f, err := u.facts(id)
	return f.dimension, err
}

// Base returns how many base units of its dimension one unit is: seconds for
// what measures time, grams for mass, single things for what is counted.
func (u *Units) Base(id ID) (*big.Rat, error) {
	f, err := u.facts(id)
	if err != nil {
		return nil, err
	}
	return new(big.Rat).Set(f.factor), nil
}

// Seconds returns how many seconds a unit of time is, where that is a whole number.
func (u *Units) Seconds(id ID) (n int64, whole bool) {
	f := u.byID[id]
	return f.seconds, f.seconds > 0
}

// Factor returns how many of unit `to` one `from` is, exactly. Errors are of
// kind unknownUnit or unitMismatch.
func (u *Units) Factor(from, to ID) (*big.Rat, error) {
	a, err := u.facts(from)
	if err != nil {
		return nil, err
	}
	b, err := u.facts(to)
	if err != nil {
		return nil, err
	}
	if a.dimension != b.dimension {
		return nil, fault(UnitMismatch, "unit", string(from), "dimension", a.dimension, "wanted", string(to), "wantedDimension", b.dimension)
	}
	return new(big.Rat).Quo(a.factor, b.factor), nil
}

// Steps returns the measure as a whole number of steps of unit `to`, rounded
// down, or up where asked. Errors are of kind unknownUnit, unitMismatch or
// numberTooLarge.
func (u *Units) Steps(m Measure, to ID, up bool) (int64, error) {
	step, err := u.Step(to)
	if err != nil {
		return 0, err
	}
	if m.HasUnit == to {
		if n, whole, err := m.HasNumericalValue.Steps(step); err != nil || whole {
			return n, err
		}
	}
	f, err := u.Factor(m.HasUnit, to)
	if err != nil {
		return 0, err
	}
	n, _, err := stepsOf(f.Mul(f, m.HasNumericalValue.Rat()), step, up)
	return n, err
}

// Fits checks that the measure is a whole number of its unit's steps; else an
// error of kind notAStep names the two neighbours.
func (u *Units) Fits(m Measure) error {
	step, err := u.Step(m.HasUnit)
	if err != nil {
		return err
	}
	n, whole, err := m.HasNumericalValue.Steps(step)
	if err != nil || whole {
		return err
	}
	below, err := OfSteps(n, step)
	if err != nil {
		return err
	}
	above, err := OfSteps(n+1, step)
	if err != nil {
		return err
	}
	return fault(NotAStep, "value", m.String(), "step", step.String(), "below", below.String(), "above", above.String())
}

// Convert returns the measure in another unit, where that is a decimal number
// exactly; else the error is of kind numberTooLarge or unitMismatch.
func (u *Units) Convert(m Measure, to ID) (Measure, error) {
	if m.HasUnit == to {
		return m, nil
	}
	f, err := u.Factor(m.HasUnit, to)
	if err != nil {
		return Measure{}, err
	}
	d, err := fromRat(f.Mul(f, m.HasNumericalValue.Rat()))
	return Measure{d, to}, err
}

// Sum adds measures of one dimension, in the unit of the first.
func (u *Units) Sum(ms ...Measure) (Measure, error) {
	if len(ms) == 0 {
		return Measure{}, nil
	}
	total := ms[0]
	for _, m := range ms[1:] {
		c, err := u.Convert(m, total.HasUnit)
		if err != nil {
			return Measure{}, err
		}
		if total.HasNumericalValue, err = total.HasNumericalValue.Add(c.HasNumericalValue); err != nil {
			return Measure{}, err
		}
	}
	return total, nil
}
