package format

import (
	"reflect"
	"slices"

	"commonweal/rule"
	"commonweal/vf"
)

// inverse reads a property that is kept at the other end: nested records get
// the property that it is the inverse of, and records named by their id get it
// when all are read.
func (r *reader) inverse(rec vf.Record, m *member, s *scope) error {
	property := vf.InverseProperties[m.name]
	for i, v := range several(m.value) {
		id, refusal := r.ref(v, s, parent{rec.Key(), m.name, i + 1, inverseRange[m.name]})
		if refusal == enough {
			return errEnough
		}
		if refusal != nil {
			if err := r.faultOf(refusal, v.pos, rec.Key(), m.name); err != nil {
				return err
			}
		}
		if id == "" {
			continue
		}
		where := about(v.pos.in(r.file), rec.Key(), m.name)
		from := rec.Key()
		if other, here := r.records[id]; here {
			if refusal := link(other, property, from, m.name); refusal != nil {
				r.faults.add(refusal.At(where))
			}
			continue
		}
		name := m.name
		r.later = append(r.later, func(known map[vf.ID]vf.Record, _ *vf.Units) {
			if refusal := r.linkLater(known, id, property, from, name); refusal != nil {
				r.faults.add(refusal.At(where))
			}
		})
	}
	return nil
}

// linkLater sets a property of a record that was not read when the inverse was.
func (r *reader) linkLater(known map[vf.ID]vf.Record, id vf.ID, property string, from vf.ID, inverse string) *rule.Refusal {
	if other, here := r.records[id]; here {
		return link(other, property, from, inverse)
	}
	old, inBooks := known[id]
	if !inBooks {
		return rule.Refuse("unknownReference", "property", inverse, "id", string(id), "nearest", nearestID(id, inverseRange[inverse], r.records, known))
	}
	if holds(old, property, from) {
		return nil
	}
	return rule.Refuse("contradiction", "property", property, "id", string(id), "value", string(from), "other", "not so in the books")
}

// link sets the property of a record to an id, unless it says otherwise.
func link(rec vf.Record, property string, to vf.ID, inverse string) *rule.Refusal {
	t := tables[rec.Class()]
	i, ok := t.byName[property]
	if !ok {
		return rule.Refuse("wrongReference", "property", inverse, "id", string(rec.Key()), "class", string(rec.Class()),
			"wanted", list(inverseRange[inverse]))
	}
	v := reflect.ValueOf(rec).Elem().Field(t.fields[i].index)
	switch had := v.Interface().(type) {
	case []vf.ID:
		if !slices.Contains(had, to) {
			v.Set(reflect.ValueOf(append(had, to)))
		}
	case vf.ID:
		if had != "" && had != to {
			return rule.Refuse("contradiction", "property", property, "id", string(rec.Key()), "value", string(to), "other", string(had))
		}
		v.SetString(string(to))
	}
	return nil
}

// holds reports whether a property of the record has the id among its values.
func holds(rec vf.Record, property string, id vf.ID) bool {
	t := tables[rec.Class()]
	i, ok := t.byName[property]
	if !ok {
		return false
	}
	switch had := reflect.ValueOf(rec).Elem().Field(t.fields[i].index).Interface().(type) {
	case []vf.ID:
		return slices.Contains(had, id)
	case vf.ID:
		return had == id
	}
	return false
}

// finish does what had to wait until all was read: inverse properties, and
// measures written as text.
func (r *reader) finish(known *vf.Graph) {
	if len(r.later) == 0 {
		return
	}
	byID := map[vf.ID]vf.Record{}
	for _, rec := range known.All() {
		byID[rec.Key()] = rec
	}
	units, err := vf.NewUnits(allUnits(r.g, known.Units))
	if err != nil {
		f := refusalOf(err)
		id := vf.ID(f.Value("unit"))
		r.faults.add(f.At(about(r.places[id].String(), id, "")))
		return
	}
	for _, do := range r.later {
		if do(byID, units); r.faults.full() {
			return
		}
	}
}

// allUnits lists the units of the file, then those of the books that the file
// does not declare itself.
func allUnits(g *vf.Graph, more []*vf.Unit) []*vf.Unit {
	declared := make(map[vf.ID]bool, len(g.Units))
	list := slices.Clone(g.Units)
	for _, u := range g.Units {
		declared[u.ID] = true
	}
	for _, u := range more {
		if !declared[u.ID] {
			list = append(list, u)
		}
	}
	return list
}
