package format

import (
	"reflect"
	"strings"

	"commonweal/rule"
	"commonweal/vf"
)

// fill puts the cells of a row into a record, those that say something else than
// the books; false where one is refused.
func (r *listReader) fill(rec vf.Record, id vf.ID, said map[string]string) bool {
	isNew := len(said) == 0
	v := reflect.ValueOf(rec).Elem()
	table := tables[r.form.class]
	v.Field(table.byName["@id"]).SetString(string(id))
	ok := true
	for _, column := range r.form.columns {
		property := r.form.holds[column]
		if _, has := r.at[column]; property == "" || !has {
			continue
		}
		f := &table.fields[table.byName[property]]
		if f.typ == typeMeasure {
			ok = r.measure(rec, v, column, said) && ok
		} else if cell := r.cell(column); isNew || cell != said[column] {
			ok = r.set(v.Field(f.index), f, column, cell) && ok
		}
	}
	return ok && r.complete(rec, isNew)
}

// set puts a cell into a field.
func (r *listReader) set(to reflect.Value, f *field, column, cell string) bool {
	if cell == "" {
		to.SetZero()
		return true
	}
	var refusal *rule.Refusal
	switch f.typ {
	case typeID:
		if refusal = badID(cell); refusal == nil {
			to.SetString(cell)
		}
	case typeIDs:
		var list []vf.ID
		for _, id := range strings.Fields(cell) {
			list = append(list, vf.ID(id))
		}
		to.Set(reflect.ValueOf(list))
	case typeBool:
		cell = strings.ToLower(cell)
		refusal = setScalar(to, f, &node{kind: isText, text: cell})
	default:
		refusal = setScalar(to, f, &node{kind: isText, text: cell})
	}
	if refusal == nil {
		return true
	}
	if refusal.Rule == "badProperty" {
		refusal = rule.Refuse("badCell", "column", column, "value", shorten(cell), "wanted", wanted(f.typ))
	}
	r.refuse(column, refusal)
	return false
}

// measure puts a number and its unit into a record. A quantity of needs and
// offers is effort where the action counts effort: work, and use in a unit of time.
func (r *listReader) measure(rec vf.Record, v reflect.Value, column string, said map[string]string) bool {
	unitColumn := r.unitOf(column)
	number, unit := r.cell(column), r.cell(unitColumn)
	if len(said) > 0 && number == said[column] && unit == said[unitColumn] {
		return true
	}
	table := tables[r.form.class]
	to := v.Field(table.byName[r.form.holds[column]]).Addr().Interface().(*vf.Measure)
	var effort *vf.Measure
	if i, ok := rec.(*vf.Intent); ok && column == "quantity" {
		effort = &i.EffortQuantity
	}
	if number == "" && unit == "" {
		*to = vf.Measure{}
		if effort != nil {
			*effort = vf.Measure{}
		}
		return true
	}
	m, ok := r.measured(column, number, unit)
	if !ok {
		return false
	}
	if i, is := rec.(*vf.Intent); is && effort != nil {
		_, time := r.units.Seconds(m.HasUnit)
		if i.Action == vf.Work || i.Action == vf.Use && time {
			*to, to = vf.Measure{}, effort
		} else {
			*effort = vf.Measure{}
		}
	}
	*to = m
	return true
}

func (r *listReader) measured(column, number, unit string) (m vf.Measure, ok bool) {
	unitColumn := r.unitOf(column)
	for _, c := range []struct{ column, cell string }{{column, number}, {unitColumn, unit}} {
		if c.cell == "" {
			r.refuse(c.column, rule.Refuse("missingCell", "column", c.column))
			return m, false
		}
	}
	d, err := vf.ParseDecimal(number)
	if err != nil {
		r.refuse(column, rule.Refuse("badCell", "column", column, "value", shorten(number), "wanted", "a number, with a decimal point"))
		return m, false
	}
	id, known := unitNamed(r.units, unit)
	if !known {
		_, err := r.units.Named(unit)
		r.refuse(unitColumn, refusalOf(err))
		return m, false
	}
	return vf.Measure{HasNumericalValue: d, HasUnit: id}, true
}

// complete fills in what is clear from the list, and refuses what belongs into
// another one.
func (r *listReader) complete(rec vf.Record, isNew bool) bool {
	switch rec := rec.(type) {
	case *vf.Intent:
		if isNew && rec.Action == "" {
			rec.Action = vf.Transfer
		}
		if isNew && rec.People == 1 {
			rec.People = 0 // one is what is meant where nothing is said
		}
		own, other := "receiver", "provider"
		if r.list == "offers" {
			own, other = other, own
		}
		if who := map[string]vf.ID{"receiver": rec.Receiver, "provider": rec.Provider}; isNew && who[own] == "" {
			r.refuse(own, rule.Refuse("missingCell", "column", own))
			return false
		} else if isNew && who[other] != "" {
			r.refuse(other, rule.Refuse("badCell", "column", other, "value", string(who[other]), "wanted", "nothing in "+r.list))
			return false
		}
	case *vf.EconomicEvent:
		if isNew && !rec.HasEnd.IsZero() {
			rec.HasBeginning, rec.HasPointInTime = rec.HasPointInTime, vf.Time{}
		}
	}
	return true
}
