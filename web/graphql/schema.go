package graphql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// kind is the sort of a type, by the keyword with which it is declared.
type kind string

const (
	isObject    kind = "type"
	isInterface kind = "interface"
	isUnion     kind = "union"
	isInput     kind = "input"
	isEnum      kind = "enum"
	isScalar    kind = "scalar"
)

// object is a type of the schema.
type object struct {
	kind       kind
	name       string
	implements []string
	fields     []*field
	names      []string // the members of a union, the values of an enum
	oneOf      bool     // of an input: exactly one field is said
	whole      bool     // of an interface: it has the fields that are said, and no more
}

// field is a field of a type, or of an input.
type field struct {
	name    string
	typ     string // "[Agent!]!"
	args    []argument
	resolve resolver
	times   int    // how many values a list is taken to have, for the cost; 0 is 1
	cost    int    // beside 1
	source  source // of a subscription
}

// argument is an argument of a field; fixed is its default, "" for none.
type argument struct{ name, typ, fixed string }

// resolver answers a field of a value. What it returns is a record, a page, a
// leaf, a list or a struct of ours, as the type of the field says; nil is null.
type resolver func(x *execution, parent any, args arguments) (any, error)

// arguments are what a field was asked with, defaults filled in.
type arguments map[string]any

// schema is the whole of it: types with their resolvers, as text, and as the
// parser has it.
type schema struct {
	types  map[string]*object
	names  []string // of types, as they are written
	text   string
	parsed *ast.Schema
}

// add adds a type; its name must be new.
func (s *schema) add(o *object) *object {
	if s.types[o.name] != nil {
		panic("graphql: two types are named " + o.name)
	}
	s.types[o.name] = o
	s.names = append(s.names, o.name)
	return o
}

// field adds a field to a type.
func (o *object) field(name, typ string, resolve resolver, args ...argument) *field {
	if o.find(name) != nil {
		panic("graphql: " + o.name + " has two fields named " + name)
	}
	f := &field{name: name, typ: typ, args: args, resolve: resolve}
	o.fields = append(o.fields, f)
	return f
}

func (o *object) find(name string) *field {
	for _, f := range o.fields {
		if f.name == name {
			return f
		}
	}
	return nil
}

// newSchema makes the schema. It panics where a table lacks something, which the
// first test would find.
func newSchema() *schema {
	s := &schema{types: map[string]*object{}}
	query := s.add(&object{kind: isObject, name: "Query"})
	mutation := s.add(&object{kind: isObject, name: "Mutation"})
	subscription := s.add(&object{kind: isObject, name: "Subscription"})
	s.scalars()
	s.interfaces()
	s.records(query)
	s.inverses()
	s.tracing()
	s.ordering()
	s.progress()
	s.filters()
	s.inputs(mutation)
	s.signing(query)
	s.verbs(mutation)
	s.journal(query)
	s.planning(query)
	s.following(subscription)
	s.fillInterfaces()
	s.write()
	parsed, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphql", Input: s.text})
	if err != nil {
		panic("graphql: " + err.Error())
	}
	s.parsed = parsed
	return s
}

// whole is made once: it is the same for all networks.
var whole = newSchema()

// SDL returns the schema as text, with a description of each type, field and
// argument; doc/schema.graphql is it.
func SDL() string { return whole.text }

// write writes the schema as text.
func (s *schema) write() {
	var b strings.Builder
	for _, name := range s.names {
		o := s.types[name]
		b.WriteString(describe("", worded(o.name, "", "")))
		fmt.Fprintf(&b, "%s %s", o.kind, o.name)
		if len(o.implements) > 0 {
			b.WriteString(" implements " + strings.Join(o.implements, " & "))
		}
		if o.oneOf {
			b.WriteString(" @oneOf")
		}
		switch o.kind {
		case isScalar:
			b.WriteString("\n\n")
		case isUnion:
			b.WriteString(" = " + strings.Join(o.names, " | ") + "\n\n")
		case isEnum:
			b.WriteString(" {\n")
			for _, v := range o.names {
				b.WriteString(describe("  ", worded(o.name, v, "")) + "  " + v + "\n")
			}
			b.WriteString("}\n\n")
		default:
			o.write(&b)
		}
	}
	s.text = strings.TrimSuffix(b.String(), "\n")
}

func (o *object) write(b *strings.Builder) {
	b.WriteString(" {\n")
	for _, f := range o.fields {
		b.WriteString(describe("  ", worded(o.name, f.name, "")))
		b.WriteString("  " + f.name)
		if len(f.args) > 0 {
			b.WriteString("(\n")
			for _, a := range f.args {
				b.WriteString(describe("    ", worded(o.name, f.name, a.name)) + "    " + a.name + ": " + a.typ)
				if a.fixed != "" {
					b.WriteString(" = " + a.fixed)
				}
				b.WriteString("\n")
			}
			b.WriteString("  )")
		}
		b.WriteString(": " + f.typ + "\n")
	}
	b.WriteString("}\n\n")
}

// describe writes a description; words.txt has no quotes and backslashes.
func describe(indent, text string) string {
	if text == "" {
		return ""
	}
	return indent + `"` + text + `"` + "\n"
}

// fillInterfaces gives each interface the fields that all its types have, and the
// types those interfaces that they fulfil.
func (s *schema) fillInterfaces() {
	for _, name := range s.names {
		i := s.types[name]
		if i.kind != isInterface || i.whole {
			continue
		}
		var of []*object
		for _, t := range s.names {
			if o := s.types[t]; o.kind == isObject && slices.Contains(o.implements, name) {
				of = append(of, o)
			}
		}
		if len(of) == 0 {
			panic("graphql: nothing is a " + name)
		}
		for _, f := range of[0].fields {
			everywhere := true
			for _, o := range of[1:] {
				g := o.find(f.name)
				everywhere = everywhere && g != nil && g.typ == f.typ && slices.Equal(g.args, f.args)
			}
			if everywhere && i.find(f.name) == nil {
				i.fields = append(i.fields, &field{name: f.name, typ: f.typ, args: f.args, times: f.times, cost: f.cost})
			}
		}
	}
}
