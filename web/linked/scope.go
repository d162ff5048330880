package linked

import (
	"reflect"
	"strings"

	"commonweal/vf"
)

// inScope is the part of a graph that concerns an agent and the scopes that are
// parts of it: the records that name one of them, the flows of their processes and
// recipes, and all that these refer to, so that the part can be read alone.
func inScope(g *vf.Graph, scope vf.ID) *vf.Graph {
	s := scoped{records: map[vf.ID]vf.Record{}, from: map[vf.ID][]vf.Record{}, in: map[vf.ID]bool{}}
	all := g.All()
	for _, r := range all {
		s.records[r.Key()] = r
		references(r, func(_ string, to vf.ID) { s.from[to] = append(s.from[to], r) })
	}
	for _, id := range s.partsOf(scope) {
		s.take(id)
		for _, r := range s.from[id] {
			s.take(r.Key())
		}
	}
	for len(s.open) > 0 {
		r := s.open[len(s.open)-1]
		s.open = s.open[:len(s.open)-1]
		references(r, func(_ string, to vf.ID) { s.take(to) })
		s.takeParts(r)
	}
	part := &vf.Graph{}
	for _, r := range all {
		if s.in[r.Key()] {
			part.Add(r)
		}
	}
	return part
}

// scoped is what is known while a part is gathered.
type scoped struct {
	records map[vf.ID]vf.Record
	from    map[vf.ID][]vf.Record // what refers to a record
	in      map[vf.ID]bool
	open    []vf.Record // taken, but not what they refer to
}

func (s *scoped) take(id vf.ID) {
	if r := s.records[id]; r != nil && !s.in[id] {
		s.in[id] = true
		s.open = append(s.open, r)
	}
}

// takeParts takes what a record cannot do without although it does not name it:
// the flows of a recipe's step, and those of a process.
func (s *scoped) takeParts(r vf.Record) {
	switch r.(type) {
	case *vf.RecipeProcess, *vf.RecipeExchange:
		for _, x := range s.from[r.Key()] {
			if _, ok := x.(*vf.RecipeFlow); ok {
				s.take(x.Key())
			}
		}
	case *vf.Process:
		for _, x := range s.from[r.Key()] {
			switch x.(type) {
			case *vf.Intent, *vf.Commitment, *vf.EconomicEvent:
				s.take(x.Key())
			}
		}
	}
}

// partsOf are a scope and all that is part of it.
func (s *scoped) partsOf(scope vf.ID) []vf.ID {
	list, seen := []vf.ID{scope}, map[vf.ID]bool{scope: true}
	for i := 0; i < len(list); i++ {
		for _, r := range s.from[list[i]] {
			references(r, func(property string, to vf.ID) {
				if property == "partOf" && to == list[i] && !seen[r.Key()] {
					seen[r.Key()] = true
					list = append(list, r.Key())
				}
			})
		}
	}
	return list
}

// references calls f with each property by which a record names another one, and
// that one; units of measures too.
func references(r vf.Record, f func(property string, to vf.ID)) {
	v := reflect.ValueOf(r).Elem()
	for i, field := range fieldsOf(v.Type()) {
		switch x := v.Field(i).Addr().Interface().(type) {
		case *vf.ID:
			if *x != "" && field != "@id" {
				f(field, *x)
			}
		case *[]vf.ID:
			for _, id := range *x {
				f(field, id)
			}
		case *vf.Measure:
			if x.HasUnit != "" {
				f(field, x.HasUnit)
			}
		}
	}
}

// fieldsOf are the names of the properties in the fields of a struct.
func fieldsOf(t reflect.Type) []string {
	names := make([]string, t.NumField())
	for i := range names {
		names[i], _, _ = strings.Cut(t.Field(i).Tag.Get("json"), ",")
	}
	return names
}
