package graphql

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"commonweal/node"
	"commonweal/rule"
	"commonweal/vf"
)

// execution is one operation that is being answered. The answer is written while
// it is found; where a value may not be null and is, what was written of the one
// around it is taken back.
type execution struct {
	ctx       context.Context
	h         *Handler
	seat      Seat
	books     *node.Snapshot
	fragments ast.FragmentDefinitionList
	variables map[string]any
	out       []byte
	errors    []failure
	path      []any // names and numbers, of where it is
	left      int   // how many records may still be looked at
	event     any   // of a subscription
	values    int   // how many values may still be answered
	everyone  int8  // whether the seat sees all: 1 yes, -1 no, 0 not asked yet
	slow      []gap // what is answered by one reading of the journal, at the end
}

// group is a field of the answer: one or more fields of the query with one name.
type group struct {
	key    string
	fields []*ast.Field
	args   arguments // read once
	failed error     // of reading them
	read   bool
	sub    map[string][]*group // what is asked of its value, by the type of that
}

// failure is one error of the answer.
type failure struct {
	err       error
	path      []any
	locations []*ast.Position
}

// object writes the answer of one object; false if what is around it must be null.
func (x *execution) object(typ *object, value any, groups []*group) bool {
	x.out = append(x.out, '{')
	for i, g := range groups {
		if i > 0 {
			x.out = append(x.out, ',')
		}
		x.out = appendText(x.out, g.key)
		x.out = append(x.out, ':')
		x.path = append(x.path, g.key)
		ok := x.field(typ, value, g)
		x.path = x.path[:len(x.path)-1]
		if !ok {
			return false
		}
	}
	x.out = append(x.out, '}')
	return true
}

// field writes the answer of one field.
func (x *execution) field(typ *object, value any, g *group) bool {
	def := g.fields[0].Definition
	got, err := x.resolve(typ, value, g)
	start := len(x.out)
	if err == nil {
		if x.complete(def.Type, got, g) {
			return true
		}
		x.cut(start)
	} else {
		x.fail(err, g)
	}
	if def.Type.NonNull {
		return false
	}
	x.out = append(x.out, "null"...)
	return true
}

// fail notes an error at the place where the execution is.
func (x *execution) fail(err error, g *group) {
	if len(x.errors) >= mostErrors {
		return
	}
	x.errors = append(x.errors, failure{err, slices.Clone(x.path), []*ast.Position{g.fields[0].Position}})
}

// mostErrors is how many errors an answer has at most.
const mostErrors = 100

// resolve finds the value of a field.
func (x *execution) resolve(typ *object, value any, g *group) (any, error) {
	name := g.fields[0].Name
	if name == "__typename" {
		return typ.name, nil
	}
	if err := x.counted(); err != nil {
		return nil, err
	}
	if !g.read {
		g.read = true
		g.args, g.failed = x.argumentsOf(g.fields[0])
	}
	if g.failed != nil {
		return nil, g.failed
	}
	if strings.HasPrefix(name, "__") && typ.name == "Query" {
		return meta(name, g.args), nil
	}
	f := typ.find(name)
	if f == nil || f.resolve == nil {
		return nil, errors.New("graphql: nothing answers " + typ.name + "." + name) // a test asks each
	}
	return f.resolve(x, value, g.args)
}

// counted counts a value, and ends an answer that grows too large or takes too long.
func (x *execution) counted() error {
	if x.values--; x.values < 0 {
		return rule.Refuse("answerTooLarge", "limit", number(x.h.limits.Values))
	}
	if x.values&0xff == 0 {
		return x.inTime()
	}
	return nil
}

// looked counts a record that was looked at.
func (x *execution) looked() error {
	if x.left--; x.left < 0 {
		return rule.Refuse("tooManyRecords", "limit", number(x.h.limits.Records))
	}
	if x.left&0xff == 0 {
		return x.inTime()
	}
	return nil
}

func (x *execution) inTime() error {
	if x.ctx.Err() == nil {
		return nil
	}
	if errors.Is(x.ctx.Err(), context.DeadlineExceeded) {
		return rule.Refuse("queryTooSlow", "limit", x.h.limits.Time.String())
	}
	return x.ctx.Err()
}

// complete writes a value of a type; false if it is null where it may not be, or
// around something that is.
func (x *execution) complete(typ *ast.Type, value any, g *group) bool {
	if l, ok := value.(late); ok {
		return x.leaveGap(typ, l, g)
	}
	if value == nil {
		if typ.NonNull {
			x.fail(errors.New("graphql: nothing is there for a "+typ.String()), g)
			return false
		}
		x.out = append(x.out, "null"...)
		return true
	}
	if typ.Elem != nil {
		return x.list(typ.Elem, value.([]any), g)
	}
	def := whole.parsed.Types[typ.NamedType]
	if def.IsLeafType() {
		out, err := appendLeaf(x.out, typ.NamedType, value)
		if err != nil {
			x.fail(err, g)
			return false
		}
		x.out = out
		return true
	}
	o := whole.types[typ.NamedType]
	if o == nil || o.kind != isObject {
		o = concrete(typ.NamedType, value)
	}
	return x.object(o, value, x.under(g, o.name))
}

// list writes a list.
func (x *execution) list(elem *ast.Type, values []any, g *group) bool {
	x.out = append(x.out, '[')
	for i, v := range values {
		if i > 0 {
			x.out = append(x.out, ',')
		}
		x.path = append(x.path, i)
		start := len(x.out)
		ok := x.complete(elem, v, g)
		x.path = x.path[:len(x.path)-1]
		if ok {
			continue
		}
		x.cut(start)
		if elem.NonNull {
			return false
		}
		x.out = append(x.out, "null"...)
	}
	x.out = append(x.out, ']')
	return true
}

// concrete is the type of a value whose field is of an interface, a union, or of
// introspection.
func concrete(named string, value any) *object {
	if r, ok := value.(vf.Record); ok {
		return whole.types[typeOf(r.Class())]
	}
	if o := introspection[named]; o != nil {
		return o
	}
	panic("graphql: no type is known of a value for " + named)
}

// under collects what is asked of the value of a field, once for each type.
func (x *execution) under(g *group, typ string) []*group {
	if groups, ok := g.sub[typ]; ok {
		return groups
	}
	var sets []ast.SelectionSet
	for _, f := range g.fields {
		sets = append(sets, f.SelectionSet)
	}
	groups := x.collect(typ, sets...)
	if g.sub == nil {
		g.sub = map[string][]*group{}
	}
	g.sub[typ] = groups
	return groups
}

// collect puts the fields of selection sets together by the names that they have in
// the answer.
func (x *execution) collect(typ string, sets ...ast.SelectionSet) []*group {
	var groups []*group
	at := map[string]*group{}
	seen := map[string]bool{}
	var walk func(set ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, s := range set {
			switch s := s.(type) {
			case *ast.Field:
				if !x.included(s.Directives) {
					continue
				}
				if g := at[s.Alias]; g != nil {
					g.fields = append(g.fields, s)
					continue
				}
				at[s.Alias] = &group{key: s.Alias, fields: []*ast.Field{s}}
				groups = append(groups, at[s.Alias])
			case *ast.InlineFragment:
				if x.included(s.Directives) && fulfils(typ, s.TypeCondition) {
					walk(s.SelectionSet)
				}
			case *ast.FragmentSpread:
				f := x.fragments.ForName(s.Name)
				if x.included(s.Directives) && !seen[s.Name] && fulfils(typ, f.TypeCondition) {
					seen[s.Name] = true
					walk(f.SelectionSet)
				}
			}
		}
	}
	for _, set := range sets {
		walk(set)
	}
	return groups
}

// fulfils reports whether a type is, or is one of, what a fragment is for.
func fulfils(typ, condition string) bool {
	if condition == "" || condition == typ {
		return true
	}
	for _, d := range whole.parsed.GetPossibleTypes(whole.parsed.Types[condition]) {
		if d.Name == typ {
			return true
		}
	}
	return false
}

// included reads the directives skip and include.
func (x *execution) included(list ast.DirectiveList) bool {
	for _, d := range list {
		arg := d.Arguments.ForName("if")
		if arg == nil || d.Name != "skip" && d.Name != "include" {
			continue
		}
		value := x.literal(arg.Value)
		if r, ok := value.(ready); ok {
			value = r.value
		}
		yes, _ := value.(bool)
		if yes == (d.Name == "skip") {
			return false
		}
	}
	return true
}

// seesAll reports whether the seat sees every record.
func (x *execution) seesAll() bool {
	if x.everyone == 0 {
		x.everyone = -1
		if x.seat.SeesAll() {
			x.everyone = 1
		}
	}
	return x.everyone == 1
}

// sees reports whether the seat sees a record.
func (x *execution) sees(r vf.Record) bool {
	if p, ok := r.(revised); ok {
		r = p.Record
	}
	return x.seesAll() || x.seat.Sees(r)
}
