package graphql

import (
	"reflect"

	"commonweal/vf"
)

// fieldsOf says where in its struct each field of a RecordInput's class stands, id
// among them; classOf what class a field of RecordInput is for.
var fieldsOf, classOf = func() (map[vf.Class]map[string]int, map[string]vf.Class) {
	fields, classes := map[vf.Class]map[string]int{}, map[string]vf.Class{}
	for _, c := range vf.Classes() {
		classes[lower(typeOf(c))] = c
		fields[c] = map[string]int{}
		t := reflect.TypeOf(vf.NewRecord(c)).Elem()
		for _, f := range vf.Fields(c) {
			name := f.Name
			if name == "@id" {
				name = "id"
			}
			fields[c][name] = fieldOf(t, f.Name)
		}
	}
	return fields, classes
}()

// recordInput reads a RecordInput.
func (r *straight) recordInput() *recordSaid {
	var s *recordSaid
	r.members(func(name []byte) {
		c, ok := classOf[string(name)]
		if !ok || s != nil {
			r.lost = true
			return
		}
		s = r.record(c)
	})
	r.lost = r.lost || s == nil
	return s
}

// record reads the fields of a record.
func (r *straight) record(c vf.Class) *recordSaid {
	s := &recordSaid{class: c, record: vf.NewRecord(c)}
	where, v := fieldsOf[c], reflect.ValueOf(s.record).Elem()
	var seen uint64
	r.members(func(name []byte) {
		i, ok := where[string(name)]
		if !ok || i > 63 || seen&(1<<i) != 0 {
			r.lost = true
			return
		}
		seen |= 1 << i
		if r.word("null") {
			return
		}
		f := v.Field(i).Addr().Interface()
		if string(name) == "id" {
			id := r.text()
			*f.(*vf.ID), s.id = vf.ID(id), id != ""
			return
		}
		r.field(f)
	})
	return s
}

// field reads a value into a field of a record.
func (r *straight) field(f any) {
	switch to := f.(type) {
	case *vf.ID:
		*to = vf.ID(r.shared())
	case *[]vf.ID:
		*to = textsOf[vf.ID](r)
	case *string:
		*to = r.text()
	case *[]string:
		*to = textsOf[string](r)
	case *vf.Action:
		if text := r.shared(); vf.Action(text).Effects() != nil {
			*to = vf.Action(text)
		} else {
			r.lost = r.lost || to.UnmarshalText([]byte(text)) != nil
		}
	case *vf.Measure:
		*to = r.measure()
	case *vf.Time:
		*to = r.time()
	case *bool:
		*to = r.truth()
	case *vf.Truth:
		*to = vf.No
		if r.truth() {
			*to = vf.Yes
		}
	case *int:
		*to = r.whole()
	case **vf.Decimal:
		d := r.decimal()
		*to = &d
	default:
		r.lost = true
	}
}

func textsOf[T ~string](r *straight) []T {
	values := []T{}
	if !r.take('[') {
		r.lost = true
	}
	for !r.lost && !r.take(']') {
		values = append(values, T(r.shared()))
		r.take(',')
	}
	return values
}

func (r *straight) measure() (m vf.Measure) {
	var number, unit bool
	r.members(func(name []byte) {
		switch {
		case string(name) == "hasNumericalValue" && !number:
			number = true
			m.HasNumericalValue = r.decimal()
		case string(name) == "hasUnit" && !unit:
			unit = true
			m.HasUnit = vf.ID(r.shared())
		default:
			r.lost = true
		}
	})
	r.lost = r.lost || !number || m.HasUnit == ""
	return m
}
