package packed

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"commonweal/vf"
)

// Link says that a record refers to another one by a property of its class.
type Link struct {
	Property uint16 // the number of class and property, see [Property]
	To, From vf.ID
}

// Compare orders links by property, target and source.
func (l Link) Compare(m Link) int {
	if c := cmp.Compare(l.Property, m.Property); c != 0 {
		return c
	}
	if c := strings.Compare(string(l.To), string(m.To)); c != 0 {
		return c
	}
	return strings.Compare(string(l.From), string(m.From))
}

// reference is a property by which records of a class refer to others.
type reference struct {
	number uint16
	field  int // in the struct
}

// property is a property of a class.
type property struct {
	class vf.Class
	name  string
}

// properties numbers the properties of each class that refer to records, and
// referring lists them. The units of measures are not among them.
var properties, referring = func() (map[property]uint16, map[vf.Class][]reference) {
	numbers, of := map[property]uint16{}, map[vf.Class][]reference{}
	for _, c := range vf.Classes() {
		t := reflect.TypeOf(vf.NewRecord(c)).Elem()
		for _, f := range vf.Fields(c) {
			if f.Name != "@id" && (f.Type == reflect.TypeFor[vf.ID]() || f.Type == reflect.TypeFor[[]vf.ID]()) {
				number := uint16(len(numbers))
				numbers[property{c, f.Name}] = number
				of[c] = append(of[c], reference{number, fieldOf(t, f.Name)})
			}
		}
	}
	return numbers, of
}()

// fieldOf is the number of the struct's field that holds a property.
func fieldOf(t reflect.Type, property string) int {
	for i := range t.NumField() {
		if tag := t.Field(i).Tag.Get("json"); len(tag) >= len(property) && tag[:len(property)] == property &&
			(len(tag) == len(property) || tag[len(property)] == ',') {
			return i
		}
	}
	panic("packed: no field holds the property " + property) // vf.Fields named it
}

// Properties is how many properties there are by which records refer to others; they are
// numbered from 0 on.
func Properties() uint16 { return uint16(len(properties)) }

// Property is the number of a property by which records of a class refer to others,
// false if they do not refer by it.
func Property(c vf.Class, name string) (uint16, bool) {
	n, ok := properties[property{c, name}]
	return n, ok
}

// Links lists the links of a record, sorted, each once; none of nil.
func Links(r vf.Record) []Link {
	if r == nil {
		return nil
	}
	v := reflect.ValueOf(r).Elem()
	list := make([]Link, 0, 8)
	for _, p := range referring[r.Class()] {
		switch x := v.Field(p.field).Addr().Interface().(type) {
		case *vf.ID:
			if *x != "" {
				list = append(list, Link{p.number, *x, r.Key()})
			}
		case *[]vf.ID:
			for _, id := range *x {
				list = append(list, Link{p.number, id, r.Key()})
			}
		}
	}
	slices.SortFunc(list, Link.Compare)
	return slices.Compact(list)
}
