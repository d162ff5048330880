package graphql

import (
	"reflect"
	"slices"
	"strings"

	"commonweal/format"
	"commonweal/vf"
)

// The Go types that properties of records have.
var (
	idType      = reflect.TypeFor[vf.ID]()
	idsType     = reflect.TypeFor[[]vf.ID]()
	textType    = reflect.TypeFor[string]()
	textsType   = reflect.TypeFor[[]string]()
	boolType    = reflect.TypeFor[bool]()
	truthType   = reflect.TypeFor[vf.Truth]()
	intType     = reflect.TypeFor[int]()
	timeType    = reflect.TypeFor[vf.Time]()
	measureType = reflect.TypeFor[vf.Measure]()
	actionType  = reflect.TypeFor[vf.Action]()
	decimalType = reflect.TypeFor[*vf.Decimal]()
)

// addresses are the properties whose texts are addresses of something.
var addresses = []string{"image", "imageList", "classifiedAs", "resourceClassifiedAs", "processClassifiedAs"}

// typeOf names the type of a class: Agent is an interface, and an agent of no said
// kind an UnspecifiedAgent.
func typeOf(c vf.Class) string {
	if c == "Agent" {
		return "UnspecifiedAgent"
	}
	return string(c)
}

// isAgent reports whether a class is one of the kinds of agent.
func isAgent(c vf.Class) bool {
	_, ok := vf.NewRecord(c).(*vf.Agent)
	return ok
}

// plural is the name of many of a class, in lower case: "processes".
func plural(c vf.Class) string {
	name := lower(string(c))
	switch {
	case c == "Person":
		return "people"
	case strings.HasSuffix(name, "s"):
		return name + "es"
	}
	return name + "s"
}

// rangeOf names the type that a property refers to.
func rangeOf(property string) string {
	classes := format.Range(property)
	switch {
	case len(classes) == 1:
		return typeOf(classes[0])
	case len(classes) > 1 && !slices.ContainsFunc(classes, func(c vf.Class) bool { return !isAgent(c) }):
		return "Agent"
	}
	panic("graphql: package format does not say what " + property + " refers to")
}

// out names the type of a property as it is read.
func out(f vf.Field) string {
	switch f.Type {
	case idType:
		return rangeOf(f.Name)
	case idsType:
		return "[" + rangeOf(f.Name) + "!]!"
	}
	switch in := in(f); {
	case in == "IMeasure":
		return "Measure"
	case f.Type == actionType:
		return "Action"
	case f.Type.Kind() == reflect.Slice, f.Type == boolType:
		return in + "!"
	default:
		return in
	}
}

// in names the type of a property as it is said.
func in(f vf.Field) string {
	address := "String"
	if slices.Contains(addresses, f.Name) {
		address = "URI"
	}
	switch f.Type {
	case idType, actionType:
		return "ID"
	case idsType:
		return "[ID!]"
	case textType:
		return address
	case textsType:
		return "[" + address + "!]"
	case boolType, truthType:
		return "Boolean"
	case intType:
		return "Int"
	case timeType:
		return "DateTime"
	case measureType:
		return "IMeasure"
	case decimalType:
		return "Decimal"
	}
	panic("graphql: no type stands for a " + f.Type.String())
}

// records adds a type for each class, with its single query and its connection.
func (s *schema) records(query *object) {
	for _, c := range vf.Classes() {
		o := s.add(&object{kind: isObject, name: typeOf(c), implements: []string{"Node", "Record"}})
		if isAgent(c) {
			o.implements = append(o.implements, "Agent")
		}
		if slices.Contains(flows, c) {
			o.implements = append(o.implements, "Flow")
		}
		o.field("id", "ID!", func(_ *execution, parent any, _ arguments) (any, error) { return parent.(vf.Record).Key(), nil })
		t := reflect.TypeOf(vf.NewRecord(c)).Elem()
		for _, f := range vf.Fields(c) {
			if f.Name != "@id" {
				g := o.field(f.Name, out(f), property(fieldOf(t, f.Name)))
				if f.Type == idsType {
					g.times = usualList
				}
			}
		}
		s.revisions(o)
		s.connection(o.name)
		if c == "Agent" {
			continue
		}
		query.field(lower(o.name), o.name, single(c), argument{"id", "ID!", ""})
		pages(query.field(plural(c), o.name+"Connection!", all(c)), o.name+"FilterParams")
	}
	query.field("agent", "Agent", single("Agent"), argument{"id", "ID!", ""})
	pages(query.field("agents", "AgentConnection!", all("Agent")), "AgentFilterParams")
	query.field("record", "Record", single(""), argument{"id", "ID!", ""})
	query.field("node", "Node", single(""), argument{"id", "ID!", ""})
	query.field("action", "Action", func(_ *execution, _ any, args arguments) (any, error) {
		a, err := vf.ParseAction(args["id"].(string))
		if err != nil {
			return nil, refusal(err, "id")
		}
		return a, nil
	}, argument{"id", "ID!", ""})
	query.field("actions", "[Action!]!", func(*execution, any, arguments) (any, error) {
		list := []any{}
		for _, row := range vf.ActionTable {
			list = append(list, row.Action)
		}
		return list, nil
	}).times = len(vf.ActionTable)
	query.field("myAgent", "Agent", func(x *execution, _ any, _ arguments) (any, error) { return x.refer(x.seat.Actor().Agent) })
	pages(query.field("offers", "ProposalConnection!", proposals("offer", "provider")), "ProposalFilterParams")
	pages(query.field("requests", "ProposalConnection!", proposals("request", "receiver")), "ProposalFilterParams")
	s.connection("Agent")
	s.connection("Flow")
	s.connection("Record")
}

// usualList is how many values a list of references is taken to have.
const usualList = 4

// fieldOf is the number of the struct's field that holds a property.
func fieldOf(t reflect.Type, property string) int {
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name == property {
			return i
		}
	}
	panic("graphql: no field of " + t.Name() + " holds " + property)
}

// property resolves a property by the field of its struct. What was not said is null.
func property(number int) resolver {
	return func(x *execution, parent any, _ arguments) (any, error) {
		return x.value(reflect.ValueOf(plain(parent)).Elem().Field(number))
	}
}

// value makes what a property says ready for the answer.
func (x *execution) value(v reflect.Value) (any, error) {
	switch y := v.Addr().Interface().(type) {
	case *vf.ID:
		return x.refer(*y)
	case *[]vf.ID:
		list := make([]any, 0, len(*y))
		for _, id := range *y {
			r, err := x.refer(id)
			if err != nil {
				return nil, err
			}
			if r != nil { // what is not seen is left out
				list = append(list, r)
			}
		}
		return list, nil
	case *[]string:
		list := make([]any, len(*y))
		for i, text := range *y {
			list[i] = text
		}
		return list, nil
	case *vf.Truth:
		if *y == vf.Unsaid {
			return nil, nil
		}
		return *y == vf.Yes, nil
	case *bool:
		return *y, nil
	case **vf.Decimal:
		if *y == nil {
			return nil, nil
		}
		return **y, nil
	}
	if v.IsZero() {
		return nil, nil
	}
	return v.Interface(), nil
}

// refer returns the record of an id; nil if there is none or the seat does not see it.
func (x *execution) refer(id vf.ID) (any, error) {
	if id == "" {
		return nil, nil
	}
	r, err := x.books.Record(id)
	if err != nil || r == nil || !x.sees(r) {
		return nil, err
	}
	return r, nil
}

// single resolves a query for one record of a class; "" is any, Agent of any kind.
func single(c vf.Class) resolver {
	return func(x *execution, _ any, args arguments) (any, error) {
		r, err := x.refer(vf.ID(args["id"].(string)))
		if err != nil || r == nil {
			return nil, err
		}
		got := r.(vf.Record).Class()
		if c == "" || got == c || c == "Agent" && isAgent(got) {
			return r, nil
		}
		return nil, nil
	}
}

// proposals resolves the proposals of a purpose: those that say it, and those that
// say none and publish an intent with an agent on that side.
func proposals(purpose, side string) resolver {
	return func(x *execution, _ any, args arguments) (any, error) {
		return x.filtered(args, []vf.Class{"Proposal"}, nil, func(r vf.Record) bool {
			p := r.(*vf.Proposal)
			if p.Purpose != "" {
				return strings.EqualFold(p.Purpose, purpose)
			}
			for _, id := range p.Publishes {
				if i, err := x.refer(id); err == nil && i != nil && !held(i.(vf.Record), side).IsZero() {
					return true
				}
			}
			return false
		})
	}
}

// scalars adds the scalars, and the types of values inside records.
func (s *schema) scalars() {
	for _, name := range []string{"DateTime", "Decimal", "URI", "JSON"} {
		s.add(&object{kind: isScalar, name: name})
	}
	m := s.add(&object{kind: isObject, name: "Measure"})
	m.field("hasNumericalValue", "Decimal!", func(_ *execution, p any, _ arguments) (any, error) { return p.(vf.Measure).HasNumericalValue, nil })
	m.field("hasUnit", "Unit", func(x *execution, p any, _ arguments) (any, error) { return x.refer(p.(vf.Measure).HasUnit) })
	i := s.add(&object{kind: isInput, name: "IMeasure"})
	i.field("hasNumericalValue", "Decimal!", nil)
	i.field("hasUnit", "ID", nil)
	a := s.add(&object{kind: isObject, name: "Action"})
	name := func(_ *execution, p any, _ arguments) (any, error) { return string(p.(vf.Action)), nil }
	a.field("id", "ID!", name)
	a.field("label", "String!", name)
	t := reflect.TypeFor[vf.ActionEffects]()
	for n := range t.NumField() {
		f := lower(t.Field(n).Name)
		switch f {
		case "action":
			continue
		case "pairsWith":
			a.field(f, "Action", effect(n))
			continue
		case "inputOutput", "createResource", "eventQuantity":
		default:
			f += "Effect"
		}
		a.field(f, "String", effect(n))
	}
}

// effect resolves a column of the action table.
func effect(n int) resolver {
	return func(_ *execution, p any, _ arguments) (any, error) {
		v := reflect.ValueOf(p.(vf.Action).Effects()).Elem().Field(n)
		if v.IsZero() {
			return nil, nil
		}
		if a, ok := v.Interface().(vf.Action); ok {
			return a, nil
		}
		return v.String(), nil
	}
}

// interfaces adds the interfaces; their fields follow from their types, but those of
// Node, which are its specification's.
func (s *schema) interfaces() {
	node := s.add(&object{kind: isInterface, name: "Node", whole: true})
	node.field("id", "ID!", nil)
	for _, name := range []string{"Record", "Agent", "Flow"} {
		i := s.add(&object{kind: isInterface, name: name, implements: []string{"Node"}})
		if name != "Record" {
			i.implements = append(i.implements, "Record")
		}
	}
}

// flows are the classes of what goes into processes and comes out of them.
var flows = []vf.Class{"Intent", "Commitment", "EconomicEvent"}
