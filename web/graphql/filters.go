package graphql

import (
	"reflect"
	"slices"
	"strings"

	"commonweal/vf"
)

// criterion decides by one field of a filter whether a record fits.
type criterion struct {
	name string
	typ  string
	fits func(r vf.Record, wanted any) bool
}

// criteria are what records of classes can be chosen by: what all of them have.
func criteria(classes ...vf.Class) []criterion {
	var list []criterion
	for i, c := range classes {
		of := criteriaOf(c)
		if i == 0 {
			list = of
			continue
		}
		list = slices.DeleteFunc(list, func(x criterion) bool {
			return !slices.ContainsFunc(of, func(y criterion) bool { return x.name == y.name && x.typ == y.typ })
		})
	}
	return list
}

// criteriaOf lists the criteria of one class.
func criteriaOf(c vf.Class) []criterion {
	var list []criterion
	timed, texts := false, false
	for _, f := range vf.Fields(c) {
		if f.Name == "@id" {
			continue
		}
		switch f.Type {
		case idType, idsType, actionType:
			list = append(list, criterion{f.Name, "[ID!]", anyOf(f.Name)})
		case boolType, truthType:
			list = append(list, criterion{f.Name, "Boolean", isTrue(f.Name)})
		case textsType:
			if slices.Contains(addresses, f.Name) {
				list = append(list, criterion{f.Name, "[URI!]", anyOf(f.Name)})
			}
		case timeType:
			timed = true
		case textType:
			texts = true
		}
	}
	if texts {
		list = append(list, criterion{"searchString", "String", says})
	}
	if timed {
		list = append(list, criterion{"startDate", "DateTime", endsFrom}, criterion{"endDate", "DateTime", beginsUntil})
	}
	return list
}

// numbers says in which field of its struct each class has a property.
var numbers = func() map[vf.Class]map[string]int {
	m := map[vf.Class]map[string]int{}
	for _, c := range vf.Classes() {
		m[c] = map[string]int{}
		for _, f := range vf.Fields(c) {
			m[c][f.Name] = fieldOf(reflect.TypeOf(vf.NewRecord(c)).Elem(), f.Name)
		}
	}
	return m
}()

// held returns what a record says by a property, nothing if it has none.
func held(r vf.Record, property string) reflect.Value {
	if n, ok := numbers[r.Class()][property]; ok {
		return reflect.ValueOf(r).Elem().Field(n)
	}
	return reflect.Value{}
}

// anyOf fits records that name one of those wanted.
func anyOf(property string) func(vf.Record, any) bool {
	return func(r vf.Record, wanted any) bool {
		v := held(r, property)
		for _, w := range wanted.([]any) {
			switch {
			case !v.IsValid():
			case v.Kind() == reflect.String && v.String() == w.(string):
				return true
			case v.Kind() == reflect.Slice:
				for i := range v.Len() {
					if v.Index(i).String() == w.(string) {
						return true
					}
				}
			}
		}
		return false
	}
}

// isTrue fits records that say yes, or that do not, as wanted.
func isTrue(property string) func(vf.Record, any) bool {
	return func(r vf.Record, wanted any) bool {
		v := held(r, property)
		yes := v.IsValid() && (v.Kind() == reflect.Bool && v.Bool() || v.Kind() == reflect.Int8 && vf.Truth(v.Int()) == vf.Yes)
		return yes == wanted.(bool)
	}
}

// says fits records one of whose texts, or whose id, has a text in it, whatever
// its case.
func says(r vf.Record, wanted any) bool {
	text := strings.ToLower(wanted.(string))
	if strings.Contains(strings.ToLower(string(r.Key())), text) {
		return true
	}
	v := reflect.ValueOf(r).Elem()
	for i := range v.NumField() {
		if v.Field(i).Type() == textType && strings.Contains(strings.ToLower(v.Field(i).String()), text) {
			return true
		}
	}
	return false
}

// span is when a record begins and ends, as far as it says so: by its interval or
// point in time, else when it is due, else when it was created.
func span(r vf.Record) (begin, end vf.Time) {
	at := func(property string) vf.Time {
		if v := held(r, property); v.IsValid() {
			return v.Interface().(vf.Time)
		}
		return vf.Time{}
	}
	begin, end = at("hasBeginning"), at("hasEnd")
	if !begin.IsZero() || !end.IsZero() {
		return begin, end
	}
	for _, property := range []string{"hasPointInTime", "due", "created", "expirationDate", "validFrom"} {
		if t := at(property); !t.IsZero() {
			return t, t
		}
	}
	return begin, end
}

// endsFrom fits records that end then or later, beginsUntil those that begin then
// or earlier; who says nothing has no beginning and no end.
func endsFrom(r vf.Record, wanted any) bool {
	_, end := span(r)
	return end.IsZero() || !end.Before(wanted.(vf.Time).Time)
}

func beginsUntil(r vf.Record, wanted any) bool {
	begin, _ := span(r)
	return begin.IsZero() || !begin.After(wanted.(vf.Time).Time)
}

// agentClasses are the kinds of agent.
func agentClasses() []vf.Class {
	return slices.DeleteFunc(vf.Classes(), func(c vf.Class) bool { return !isAgent(c) })
}

// filters adds the input with which records of each class are chosen.
func (s *schema) filters() {
	add := func(name string, classes ...vf.Class) {
		o := s.add(&object{kind: isInput, name: name + "FilterParams"})
		for _, c := range criteria(classes...) {
			o.field(c.name, c.typ, nil)
		}
	}
	for _, c := range vf.Classes() {
		if c != "Agent" {
			add(string(c), c)
		}
	}
	add("Agent", agentClasses()...)
	add("Flow", flows...)
	add("Record", vf.Classes()...)
}

// chosen returns what decides by a filter, nil if all fit.
func chosen(filter map[string]any, classes []vf.Class) func(vf.Record) bool {
	if len(filter) == 0 {
		return nil
	}
	var of []criterion
	for _, c := range criteria(classes...) {
		if filter[c.name] != nil {
			of = append(of, c)
		}
	}
	if len(of) == 0 {
		return nil
	}
	return func(r vf.Record) bool {
		for _, c := range of {
			if !c.fits(r, filter[c.name]) {
				return false
			}
		}
		return true
	}
}

// filtered pages through the records of classes, or of lists where any are given;
// where the filter names what is referred to, only those that do are looked at.
func (x *execution) filtered(args arguments, classes []vf.Class, lists []list, fits func(vf.Record) bool) (any, error) {
	filter, _ := args["filter"].(map[string]any)
	kinds := classes
	if len(classes) == 1 && classes[0] == "Agent" {
		kinds = agentClasses()
	}
	by := chosen(filter, kinds)
	both := by
	if fits != nil && by != nil {
		both = func(r vf.Record) bool { return fits(r) && by(r) }
	} else if fits != nil {
		both = fits
	}
	var whole func() int
	if lists == nil {
		if lists = x.narrowed(filter, kinds); lists == nil {
			for _, c := range classes {
				lists = append(lists, func(from vf.ID, backwards bool) iterator { return x.books.Class(c, from, backwards) })
			}
			if len(classes) == 1 {
				whole = func() int { return x.books.Count(classes[0]) }
			}
		}
	}
	return x.paged(merged(lists), args, both, whole)
}

// narrowed returns the lists of those that refer to what a filter names, nil if it
// names nothing that is referred to.
func (x *execution) narrowed(filter map[string]any, classes []vf.Class) []list {
	if len(filter) == 0 {
		return nil
	}
	for _, c := range criteria(classes...) {
		ids, ok := filter[c.name].([]any)
		if !ok || c.typ != "[ID!]" || c.name == "action" || len(ids) > mostPage {
			continue
		}
		lists := []list{}
		for _, id := range ids {
			for _, class := range classes {
				lists = append(lists, func(from vf.ID, backwards bool) iterator {
					return x.books.Referring(class, c.name, vf.ID(id.(string)), from, backwards)
				})
			}
		}
		if len(lists) == 0 { // none of nothing
			lists = append(lists, func(vf.ID, bool) iterator { return func(func(vf.ID) bool) {} })
		}
		return lists
	}
	return nil
}
