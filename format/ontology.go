package format

import (
	"bufio"
	"encoding/json"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"commonweal/vf"
)

// Term is a class or property of our own namespace.
type Term struct {
	Name   string     // "leadTime"
	Text   string     // what it says, as PropertyText and ClassText give it
	Class  bool       // else it is a property
	Domain []vf.Class // which records have it, sorted
	Range  []string   // the IRIs of what it holds
	Refers bool       // it holds the ids of records
	Listed bool       // it may hold several
}

// IRI is the term's full name.
func (t Term) IRI() string { return Own + t.Name }

// ClassIRI is the full name of a class.
func ClassIRI(c vf.Class) string {
	if iri, ok := terms[string(c)]; ok {
		return iri
	}
	return VF + string(c)
}

// Terms lists our own ontology: what Valueflows does not name. It is sorted,
// classes first.
func Terms() []Term {
	var list []Term
	for _, c := range vf.Classes() {
		if strings.HasPrefix(ClassIRI(c), Own) {
			list = append(list, Term{Name: string(c), Text: ClassText(c), Class: true})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(vf.OwnProperties)) {
		list = append(list, ownTerm(name))
	}
	return list
}

// ownTerm looks at the fields that hold a property.
func ownTerm(name string) Term {
	t := Term{Name: name, Text: PropertyText(name)}
	for _, c := range vf.Classes() {
		for _, f := range tables[c].fields {
			if f.name != name {
				continue
			}
			t.Domain = append(t.Domain, c)
			t.Listed = f.typ == typeIDs || f.typ == typeTexts
			t.Refers = f.typ == typeID || f.typ == typeIDs
			t.Range = rangeOf(name, f.typ)
		}
	}
	return t
}

const (
	xsd  = "http://www.w3.org/2001/XMLSchema#"
	rdfs = "http://www.w3.org/2000/01/rdf-schema#"
	owl  = "http://www.w3.org/2002/07/owl#"
)

// rangeOf gives the IRIs of what a property of a Go type holds.
func rangeOf(name string, t reflect.Type) []string {
	switch t {
	case typeID, typeIDs:
		var list []string
		for _, c := range references[name] {
			list = append(list, ClassIRI(c))
		}
		return list
	case typeMeasure:
		return []string{VF + "Measure"}
	case typeTime:
		return []string{xsd + "dateTimeStamp"}
	case typeInt:
		return []string{xsd + "integer"}
	case typeDecimal:
		return []string{xsd + "decimal"}
	case typeBool, typeTruth:
		return []string{xsd + "boolean"}
	}
	return []string{xsd + "string"}
}

// kind is which kind of thing of OWL a term is.
func (t Term) kind() string {
	switch {
	case t.Class:
		return "Class"
	case t.Refers || len(t.Range) == 1 && t.Range[0] == VF+"Measure":
		return "ObjectProperty"
	}
	return "DatatypeProperty"
}

// ontologyText is what our ontology says of itself.
const ontologyText = "What Commonweal plans and agrees with and Valueflows leaves out. Nothing here renames what Valueflows names."

// WriteContext writes our JSON-LD context as the document that [ContextIRI]
// names. Network files and records have the same terms.
func WriteContext(w io.Writer) error {
	return writeIndented(w, map[string]any{"@context": Context("")})
}

func writeIndented(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(v)
}

// WriteOntology writes our own ontology in JSON-LD.
func WriteOntology(w io.Writer) error {
	link := func(iris []string) any {
		if len(iris) == 1 {
			return map[string]any{"@id": iris[0]}
		}
		var list []any
		for _, iri := range iris {
			list = append(list, map[string]any{"@id": iri})
		}
		return map[string]any{"@type": "owl:Class", "owl:unionOf": map[string]any{"@list": list}}
	}
	graph := []any{map[string]any{"@id": Own, "@type": "owl:Ontology", "rdfs:label": "Commonweal", "rdfs:comment": ontologyText, "owl:imports": map[string]any{"@id": strings.TrimSuffix(VF, "#")}}}
	for _, t := range Terms() {
		d := map[string]any{"@id": t.IRI(), "@type": "owl:" + t.kind(), "rdfs:label": t.Name, "rdfs:comment": t.Text, "rdfs:isDefinedBy": map[string]any{"@id": Own}}
		if !t.Class {
			d["rdfs:domain"], d["rdfs:range"] = link(t.domain()), link(t.Range)
		}
		graph = append(graph, d)
	}
	return writeIndented(w, map[string]any{"@context": map[string]any{"owl": owl, "rdfs": rdfs}, "@graph": graph})
}

func (t Term) domain() []string {
	var list []string
	for _, c := range t.Domain {
		list = append(list, ClassIRI(c))
	}
	return list
}

// WriteTurtle writes our own ontology in Turtle.
func WriteTurtle(w io.Writer) error {
	out := bufio.NewWriter(w)
	for _, p := range [][2]string{{"owl", owl}, {"rdfs", rdfs}, {"xsd", xsd}, {"vf", VF}, {"cw", Own}} {
		out.WriteString("@prefix " + p[0] + ": <" + p[1] + "> .\n")
	}
	out.WriteString("\n<" + Own + "> a owl:Ontology ;\n    rdfs:label \"Commonweal\" ;\n    rdfs:comment " + turtleText(ontologyText) +
		" ;\n    owl:imports <" + strings.TrimSuffix(VF, "#") + "> .\n")
	for _, t := range Terms() {
		out.WriteString("\n" + prefixed(t.IRI()) + " a owl:" + t.kind() + " ;\n    rdfs:label " + turtleText(t.Name) +
			" ;\n    rdfs:comment " + turtleText(t.Text) + " ;\n")
		if !t.Class {
			out.WriteString("    rdfs:domain " + turtleUnion(t.domain()) + " ;\n    rdfs:range " + turtleUnion(t.Range) + " ;\n")
		}
		out.WriteString("    rdfs:isDefinedBy <" + Own + "> .\n")
	}
	return out.Flush() // tells of every failed write before it
}

// turtleText writes a text as a string of Turtle, which has JSON's escapes.
func turtleText(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a text is always written
	return strings.TrimSuffix(b.String(), "\n")
}

func turtleUnion(iris []string) string {
	if len(iris) == 1 {
		return prefixed(iris[0])
	}
	names := make([]string, len(iris))
	for i, iri := range iris {
		names[i] = prefixed(iri)
	}
	return "[ a owl:Class ; owl:unionOf ( " + strings.Join(names, " ") + " ) ]"
}

func prefixed(iri string) string {
	for _, p := range [][2]string{{"xsd:", xsd}, {"vf:", VF}, {"cw:", Own}} {
		if name, ok := strings.CutPrefix(iri, p[1]); ok {
			return p[0] + name
		}
	}
	return "<" + iri + ">"
}
