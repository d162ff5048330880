package format

import (
	"reflect"
	"slices"

	"commonweal/rule"
	"commonweal/vf"
)

// Check looks at a graph as a whole: that references lead to records of the
// right class, that units are declared and fit, that quantities and times make
// sense. Records already in the books are handed in as known; it may be nil.
// The error is [Refusals], each placed by record and property.
func Check(g, known *vf.Graph) error {
	if known == nil {
		known = &vf.Graph{}
	}
	var f faults
	check(g, known, &f, func(vf.ID) string { return "" })
	return f.err()
}

// Books are those that records come into, where they are not handed in whole.
type Books struct {
	Record   func(vf.ID) vf.Record // nil where there is none
	Units    *vf.Units             // those that are declared in them
	Declared func() []*vf.Unit     // the same as records; asked for where units come beside them
	Outputs  map[vf.ID]bool        // recipe processes that have an output in them, of those that come without one
}

// CheckIn is [Check] for a few records that come into large books. What it suggests
// in the place of an unknown id is one of these records.
func CheckIn(g *vf.Graph, b Books) error {
	var f faults
	c := &checker{faults: &f, where: func(vf.ID) string { return "" }, books: b.Record, units: b.Units, outputs: b.Outputs}
	var known []*vf.Unit
	if len(g.Units) > 0 {
		c.units, known = nil, b.Declared()
	}
	c.check(g, known)
	return f.err()
}

// checker holds what Check needs to know of the whole.
type checker struct {
	faults  *faults
	where   func(vf.ID) string
	records map[vf.ID]vf.Record
	known   map[vf.ID]vf.Record // books that were handed in whole
	books   func(vf.ID) vf.Record
	units   *vf.Units
	outputs map[vf.ID]bool // recipe processes that have an output
}

func check(g, known *vf.Graph, f *faults, where func(vf.ID) string) {
	c := &checker{faults: f, where: where, known: map[vf.ID]vf.Record{}, outputs: map[vf.ID]bool{}}
	for _, r := range known.All() {
		c.known[r.Key()] = r
	}
	c.books = func(id vf.ID) vf.Record { return c.known[id] }
	for _, flow := range known.RecipeFlows {
		if flow.RecipeOutputOf != "" {
			c.outputs[flow.RecipeOutputOf] = true
		}
	}
	c.check(g, known.Units)
}

// check looks at the records; more are the units beside theirs, where those of the
// books are not read already.
func (c *checker) check(g *vf.Graph, more []*vf.Unit) {
	all := g.All()
	c.records = make(map[vf.ID]vf.Record, len(all))
	for _, r := range all {
		if c.records[r.Key()] != nil {
			c.refuse(r, "@id", rule.Refuse("duplicateId", "id", string(r.Key()), "other", "another record of the same file"))
		}
		c.records[r.Key()] = r
	}
	if c.units == nil {
		units, err := vf.NewUnits(allUnits(g, more))
		if err != nil {
			refusal := refusalOf(err)
			c.faults.add(refusal.At(about(c.where(vf.ID(refusal.Value("unit"))), vf.ID(refusal.Value("unit")), "")))
			return
		}
		c.units = units
	}
	for _, flow := range g.RecipeFlows {
		if flow.RecipeOutputOf != "" {
			if c.outputs == nil {
				c.outputs = map[vf.ID]bool{}
			}
			c.outputs[flow.RecipeOutputOf] = true
		}
	}
	for _, r := range all {
		if c.faults.full() {
			return
		}
		c.fields(r)
		c.meaning(r)
		c.capacity(r)
	}
}

// refuse notes a fault of a record.
func (c *checker) refuse(r vf.Record, property string, f *rule.Refusal) {
	c.faults.add(f.At(about(c.where(r.Key()), r.Key(), property)))
}

// find looks a record up among those read and those in the books.
func (c *checker) find(id vf.ID) vf.Record {
	if r := c.records[id]; r != nil {
		return r
	}
	return c.books(id)
}

// fields checks each property by its type: ids, and measures.
func (c *checker) fields(r vf.Record) {
	if refusal := badID(string(r.Key())); refusal != nil {
		c.refuse(r, "@id", refusal)
	}
	v := reflect.ValueOf(r).Elem()
	table := tables[r.Class()]
	for i := range table.fields {
		f := &table.fields[i]
		switch f.typ {
		case typeID:
			if id := v.Field(f.index).String(); id != "" && f.name != "@id" {
				c.reference(r, f.name, vf.ID(id))
			}
		case typeIDs:
			for _, id := range *v.Field(f.index).Addr().Interface().(*[]vf.ID) {
				c.reference(r, f.name, id)
			}
		case typeMeasure:
			if m := v.Field(f.index).Addr().Interface().(*vf.Measure); !m.IsZero() {
				c.measure(r, f.name, *m)
			}
		}
	}
}

// reference checks that an id leads to a record of a class that may stand there.
func (c *checker) reference(r vf.Record, property string, id vf.ID) {
	to := c.find(id)
	if to == nil {
		c.refuse(r, property, rule.Refuse("unknownReference", "property", property, "id", string(id),
			"nearest", nearestID(id, references[property], c.records, c.known)))
		return
	}
	if may := references[property]; !slices.Contains(may, to.Class()) {
		c.refuse(r, property, rule.Refuse("wrongReference", "property", property, "id", string(id),
			"class", string(to.Class()), "wanted", list(may)))
	}
}

// measure checks that a quantity has a declared unit and, where its record is
// of a specification with a unit of its own, converts to that; and its sign.
func (c *checker) measure(r vf.Record, property string, m vf.Measure) {
	if !c.units.Known(m.HasUnit) {
		if _, err := c.units.Step(m.HasUnit); err != nil {
			c.refuse(r, property, refusalOf(err))
		}
		return
	}
	event, isEvent := r.(*vf.EconomicEvent)
	if m.HasNumericalValue.Sign() < 0 && !(isEvent && event.Corrects != "") && !c.credit(r) {
		c.refuse(r, property, rule.Refuse("negativeQuantity", "property", property, "value", m.String()))
	}
	if isEvent {
		if err := c.units.Fits(m); err != nil {
			c.refuse(r, property, refusalOf(err))
		}
	}
	want := c.unitFor(r, property)
	if want == "" || !c.units.Known(want) {
		return
	}
	if _, err := c.units.Factor(m.HasUnit, want); err != nil {
		c.refuse(r, property, refusalOf(err))
	}
}

// credit reports whether a record is an account of a currency or credit, which
// may be below zero.
func (c *checker) credit(r vf.Record) bool {
	account, ok := r.(*vf.EconomicResource)
	if !ok {
		return false
	}
	spec, _ := c.find(account.ConformsTo).(*vf.ResourceSpecification)
	return spec != nil && spec.MediumOfExchange == vf.Yes
}

// unitFor is the unit to which a quantity of the record must convert, "" where
// none is known.
func (c *checker) unitFor(r vf.Record, property string) vf.ID {
	spec, _ := c.find(specOf(r)).(*vf.ResourceSpecification)
	if spec == nil {
		return ""
	}
	switch property {
	case "resourceQuantity", "availableQuantity", "minimumQuantity", "minimumUsefulQuantity", "accountingQuantity", "onhandQuantity":
		return spec.DefaultUnitOfResource
	case "effortQuantity":
		return spec.DefaultUnitOfEffort
	}
	return ""
}

// specOf is the specification that a record's quantities are of.
func specOf(r vf.Record) vf.ID {
	switch r := r.(type) {
	case *vf.RecipeFlow:
		return r.ResourceConformsTo
	case *vf.Intent:
		return r.ResourceConformsTo
	case *vf.Commitment:
		return r.ResourceConformsTo
	case *vf.EconomicEvent:
		return r.ResourceConformsTo
	case *vf.Claim:
		return r.ResourceConformsTo
	case *vf.EconomicResource:
		return r.ConformsTo
	}
	return ""
}

// nearestID is the id that is written most like the one given, of the records of
// classes that may stand there.
func nearestID(id vf.ID, classes []vf.Class, sets ...map[vf.ID]vf.Record) string {
	var all []string
	for _, set := range sets {
		for known, r := range set {
			if slices.Contains(classes, r.Class()) {
				all = append(all, string(known))
			}
		}
	}
	if len(all) == 0 {
		return "the id of a record of class " + list(classes)
	}
	return vf.Nearest(string(id), all)
}
