package format

import (
	"reflect"
	"strconv"
	"strings"

	"commonweal/rule"
	"commonweal/vf"
)

// set reads a value into a field of a record.
func (r *reader) set(rec vf.Record, to reflect.Value, f *field, n *node, s *scope) *rule.Refusal {
	switch f.typ {
	case typeIDs:
		ids, refusal := r.refs(rec, f, several(n), s)
		if len(ids) > 0 {
			to.Set(reflect.ValueOf(ids))
		}
		return refusal
	case typeTexts:
		return setTexts(to, f, several(n))
	}
	single := one(n)
	if single == nil {
		return badProperty(n, f.name, "one value, not a list")
	}
	if single.kind == isNull {
		return nil
	}
	switch f.typ {
	case typeID:
		ids, refusal := r.refs(rec, f, []*node{single}, s)
		if len(ids) == 1 {
			to.SetString(string(ids[0]))
		}
		return refusal
	case typeMeasure:
		return r.setMeasure(rec, to.Addr().Interface().(*vf.Measure), f, single, s)
	}
	if single.kind == isObject && len(single.members) == 1 && single.get("@id") != nil {
		single = single.get("@id")
	}
	if !single.scalar() {
		return badProperty(single, f.name, wanted(f.typ))
	}
	return setScalar(to, f, single)
}

// setScalar reads a text, number or truth value.
func setScalar(to reflect.Value, f *field, n *node) *rule.Refusal {
	var err error
	switch f.typ {
	case typeText:
		if n.kind == isTruth {
			return badProperty(n, f.name, wanted(f.typ))
		}
		text := n.text
		if f.name == "purpose" {
			text, _ = termOf(text)
		}
		to.SetString(text)
	case typeBool, typeTruth:
		if n.text != "true" && n.text != "false" {
			return badProperty(n, f.name, wanted(f.typ))
		}
		if f.typ == typeBool {
			to.SetBool(n.text == "true")
		} else {
			to.SetInt(int64(vf.No))
			if n.text == "true" {
				to.SetInt(int64(vf.Yes))
			}
		}
	case typeInt:
		i, err := strconv.ParseInt(n.text, 10, 32)
		if err != nil {
			return badProperty(n, f.name, wanted(f.typ))
		}
		to.SetInt(i)
	case typeTime:
		err = to.Addr().Interface().(*vf.Time).UnmarshalText([]byte(n.text))
	case typeAction:
		err = to.Addr().Interface().(*vf.Action).UnmarshalText([]byte(n.text))
	case typeDecimal:
		d, err := vf.ParseDecimal(n.text)
		if err != nil {
			return refusalOf(err)
		}
		to.Set(reflect.ValueOf(&d))
	}
	if err != nil {
		return refusalOf(err)
	}
	return nil
}

func setTexts(to reflect.Value, f *field, values []*node) *rule.Refusal {
	var texts []string
	for _, n := range values {
		v := one(n)
		if v != nil && v.kind == isObject && len(v.members) == 1 && v.get("@id") != nil {
			v = v.get("@id")
		}
		if v == nil || v.kind != isText && v.kind != isNumber {
			return badProperty(n, f.name, wanted(f.typ))
		}
		texts = append(texts, v.text)
	}
	if len(texts) > 0 {
		to.Set(reflect.ValueOf(texts))
	}
	return nil
}

// refs reads references; an object with more than an id is a record of its own.
func (r *reader) refs(rec vf.Record, f *field, values []*node, s *scope) ([]vf.ID, *rule.Refusal) {
	var ids []vf.ID
	for i, v := range values {
		id, refusal := r.ref(v, s, parent{rec.Key(), f.name, i + 1, references[f.name]})
		if refusal != nil {
			return ids, refusal
		}
		if id != "" {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// ref reads one reference, and the record itself where it is nested.
func (r *reader) ref(n *node, s *scope, p parent) (vf.ID, *rule.Refusal) {
	v := one(n)
	if v == nil || v.kind == isNull {
		return "", nil
	}
	if v.kind == isObject && (len(v.members) != 1 || v.get("@id") == nil) {
		made, err := r.fill(v, s, p)
		if err != nil {
			return "", enough
		}
		if made == nil {
			return "", nil
		}
		return made.Key(), nil
	}
	if v.kind == isObject {
		v = v.get("@id")
	}
	if v.kind != isText && v.kind != isNumber {
		return "", badProperty(v, p.property, "an id, such as \"need/7\"")
	}
	id := s.localID(v.text)
	if refusal := badID(id); refusal != nil {
		return "", refusal
	}
	return vf.ID(id), nil
}

// setMeasure reads a measure: an object, or a text such as "33 lb", whose unit
// is looked up when all units are known.
func (r *reader) setMeasure(rec vf.Record, to *vf.Measure, f *field, n *node, s *scope) *rule.Refusal {
	if n.kind == isText {
		number, unit := cutMeasure(n.text)
		if number == "" {
			return rule.Refuse("notANumber", "value", shorten(n.text))
		}
		d, err := vf.ParseDecimal(number)
		if err != nil {
			return refusalOf(err)
		}
		if unit == "" {
			return badProperty(n, f.name, wanted(f.typ))
		}
		where, name := about(n.pos.in(r.file), rec.Key(), f.name), unit
		r.later = append(r.later, func(_ map[vf.ID]vf.Record, units *vf.Units) {
			id, err := units.Named(name)
			if err != nil {
				r.faults.add(refusalOf(err).At(where))
				return
			}
			*to = vf.Measure{HasNumericalValue: d, HasUnit: id}
		})
		return nil
	}
	if n.kind != isObject {
		return badProperty(n, f.name, wanted(f.typ))
	}
	number, unit := n.get("hasNumericalValue"), n.get("hasUnit")
	for _, m := range n.members {
		switch m.name {
		case "hasNumericalValue", "hasUnit", "@type", "@id":
		default:
			return rule.Refuse("unknownProperty", "class", "Measure", "property", shorten(m.name),
				"nearest", vf.Nearest(m.name, []string{"hasNumericalValue", "hasUnit"}))
		}
	}
	if number == nil || unit == nil || one(number) == nil || one(number).kind != isText && one(number).kind != isNumber {
		return badProperty(n, f.name, wanted(f.typ))
	}
	d, err := vf.ParseDecimal(one(number).text)
	if err != nil {
		return refusalOf(err)
	}
	id, refusal := r.ref(unit, s, parent{rec.Key(), f.name + "-unit", 1, units})
	if id != "" {
		*to = vf.Measure{HasNumericalValue: d, HasUnit: id}
	}
	return refusal
}

// cutMeasure splits "33 lb" or "33lb" behind the number.
func cutMeasure(text string) (number, unit string) {
	text = strings.TrimSpace(text)
	i := 0
	for i < len(text) && strings.IndexByte("+-0123456789.", text[i]) >= 0 {
		i++
	}
	if i+1 < len(text) && (text[i] == 'e' || text[i] == 'E') && strings.IndexByte("+-0123456789", text[i+1]) >= 0 {
		for i += 2; i < len(text) && text[i] >= '0' && text[i] <= '9'; i++ {
		}
	}
	return text[:i], strings.TrimSpace(text[i:])
}

// wanted says what a property of a Go type takes.
func wanted(t reflect.Type) string {
	switch t {
	case typeMeasure:
		return `a measure such as {"hasNumericalValue":"33","hasUnit":"unit/lb"} or "33 lb"`
	case typeIDs, typeTexts:
		return "a text or a list of texts"
	case typeInt:
		return "a whole number"
	case typeBool, typeTruth:
		return "true or false"
	case typeDecimal:
		return "a number"
	case typeTime:
		return "a time such as \"2023-09-01T00:00:00Z\""
	}
	return "a text"
}
