package vf

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// ontology is what a Turtle file says: subject, predicate, objects. Names of
// the Valueflows namespace are written without prefix.
type ontology map[string]map[string][]string

var turtleToken = regexp.MustCompile(`(?s)^(?:"((?:[^"\\]|\\.)*)"(?:@[a-z]+|\^\^\S+)?|<([^>]*)>|([A-Za-z_][\w.-]*)?:([\w.-]*\w)?|(a)\b|(@prefix|@base)|([0-9]+)|([;,.()]))`)

// readTurtle reads the part of Turtle that the ontology is written in:
// prefixes, prefixed names, IRIs, literals, lists of objects, and collections.
func readTurtle(t *testing.T, text string) ontology {
	t.Helper()
	var tokens []string
	for text = trim(text); text != ""; text = trim(text) {
		m := turtleToken.FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("not understood: %.60q", text)
		}
		token := m[0]
		switch {
		case strings.HasPrefix(token, `"`):
			token = `"` + m[1]
		case strings.HasPrefix(token, "vf:"):
			token = m[4]
		}
		tokens, text = append(tokens, token), text[len(m[0]):]
	}
	o := ontology{}
	for i := 0; i < len(tokens); {
		if tokens[i] == "@prefix" || tokens[i] == "@base" {
			i = i + 1 + slices.Index(tokens[i:], ".")
			continue
		}
		subject := tokens[i]
		if o[subject] == nil {
			o[subject] = map[string][]string{}
		}
		i++
		for tokens[i] != "." {
			if tokens[i] == ";" {
				i++
				continue
			}
			predicate := tokens[i]
			for i++; tokens[i] != ";" && tokens[i] != "."; i++ {
				if !slices.Contains([]string{",", "(", ")"}, tokens[i]) {
					o[subject][predicate] = append(o[subject][predicate], tokens[i])
				}
			}
		}
		i++
	}
	return o
}

// trim takes off white space and comments.
func trim(text string) string {
	for {
		text = strings.TrimLeft(text, " \t\r\n")
		if !strings.HasPrefix(text, "#") {
			return text
		}
		_, text, _ = strings.Cut(text, "\n")
	}
}

func readOntology(t *testing.T) ontology {
	t.Helper()
	data, err := os.ReadFile("testdata/all_vf.TTL")
	if err != nil {
		t.Fatal(err)
	}
	return readTurtle(t, string(data))
}

func (o ontology) is(subject, class string) bool { return slices.Contains(o[subject]["a"], class) }

// classes lists the domain classes: all but unions made for domains and
// ranges, and enumerations such as the effects.
func (o ontology) classes() []string {
	var list []string
	for subject := range o {
		enumerates := false
		for individual := range o {
			enumerates = enumerates || o.is(individual, subject) && subject != "Action"
		}
		if o.is(subject, "owl:Class") && len(o[subject]["owl:unionOf"]) == 0 && !enumerates {
			list = append(list, subject)
		}
	}
	slices.Sort(list)
	return list
}

// members unfolds a union, and a class into itself and its subclasses.
func (o ontology) members(class string) []string {
	if union := o[class]["owl:unionOf"]; union != nil {
		var list []string
		for _, c := range union {
			list = append(list, o.members(c)...)
		}
		return list
	}
	list := []string{class}
	for c := range o {
		if slices.Contains(o[c]["rdfs:subClassOf"], class) {
			list = append(list, o.members(c)...)
		}
	}
	return list
}

func (o ontology) properties() []string {
	var list []string
	for subject := range o {
		if o.is(subject, "owl:ObjectProperty") || o.is(subject, "owl:DatatypeProperty") {
			list = append(list, subject)
		}
	}
	slices.Sort(list)
	return list
}

func TestClassesAreThoseOfTheOntology(t *testing.T) {
	t.Parallel()
	ours := []string{"Action", "Measure"}
	for _, c := range Classes() {
		if OwnClasses[c] == "" {
			ours = append(ours, string(c))
		}
		if r := NewRecord(c); r.Class() != c {
			t.Errorf("NewRecord(%s) makes a %s", c, r.Class())
		}
	}
	slices.Sort(ours)
	theirs := readOntology(t).classes()
	if len(theirs) != 26 || !slices.Equal(ours, theirs) {
		t.Errorf("ours: %v\nthe ontology's %d: %v", ours, len(theirs), theirs)
	}
	for c := range OwnClasses {
		if NewRecord(c) == nil || slices.Contains(theirs, string(c)) {
			t.Errorf("%s is listed as a class of our own", c)
		}
	}
}

// Classes of our own have properties of the ontology, or of our own.
func TestPropertiesOfOwnClassesHaveTheirPlace(t *testing.T) {
	t.Parallel()
	o := readOntology(t)
	for c := range OwnClasses {
		for field, typ := range fieldsOf(string(c)) {
			own, ours := OwnProperties[field]
			ours = ours && slices.Contains(strings.Split(strings.SplitN(own, ":", 2)[0], ", "), string(c))
			if theirs := o[field] != nil; theirs == ours {
				t.Errorf("%s of %s: in the ontology %v, in OwnProperties %v", field, c, theirs, ours)
			}
			if o[field] != nil && typ != goType(o, field) {
				t.Errorf("%s of %s is a %v, want %v", field, c, typ, goType(o, field))
			}
		}
	}
}

// fieldsOf lists the properties of a class as our structs have them.
func fieldsOf(class string) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	switch class {
	case "Measure":
		fields["hasNumericalValue"], fields["hasUnit"] = reflect.TypeFor[*Decimal](), reflect.TypeFor[ID]()
	case "Action":
		for i := range reflect.TypeFor[ActionEffects]().NumField() {
			name := reflect.TypeFor[ActionEffects]().Field(i).Name
			switch name {
			case "Action":
				name = "label" // its name is its label
			case "Accounting", "Onhand", "Location", "Contained", "Accountable", "Stage", "State":
				name = strings.ToLower(name) + "Effect"
			default:
				name = strings.ToLower(name[:1]) + name[1:]
			}
			fields[name] = reflect.TypeFor[string]()
		}
	default:
		for _, f := range Fields(Class(class)) {
			if f.Name != "@id" {
				fields[f.Name] = f.Type
			}
		}
	}
	return fields
}

func TestPropertiesAreThoseOfTheOntology(t *testing.T) {
	t.Parallel()
	o := readOntology(t)
	if n := len(o.properties()); n != 111 {
		t.Errorf("the ontology has %d properties, 111 were expected", n)
	}
	theirs := map[string]map[string]bool{}
	for _, p := range o.properties() {
		for _, domain := range o[p]["rdfs:domain"] {
			for _, class := range o.members(domain) {
				if theirs[class] == nil {
					theirs[class] = map[string]bool{}
				}
				theirs[class][p] = true
				_, field := fieldsOf(class)[p]
				_, inverse := InverseProperties[p]
				if field == inverse {
					t.Errorf("%s of %s is in the ontology: a field of ours %v, an inverse property %v", p, class, field, inverse)
				}
			}
		}
	}
	for _, class := range o.classes() {
		for field := range fieldsOf(class) {
			own, ours := OwnProperties[field]
			ours = ours && slices.Contains(strings.Split(strings.SplitN(own, ":", 2)[0], ", "), class)
			// Agents of all kinds share one struct, though the ontology classifies only some.
			agent := slices.Contains(o.members("Agent"), class) && theirs["Organization"][field]
			if !theirs[class][field] && !agent && !ours {
				t.Errorf("%s of %s is neither in the ontology nor in OwnProperties", field, class)
			}
			if theirs[class][field] && ours {
				t.Errorf("%s of %s is in the ontology and in OwnProperties", field, class)
			}
		}
	}
	for p, text := range OwnProperties {
		for class := range strings.SplitSeq(strings.SplitN(text, ":", 2)[0], ", ") {
			if fieldsOf(class)[p] == nil {
				t.Errorf("OwnProperties gives %s to %s, which has no such field", p, class)
			}
		}
	}
	for inverse, of := range InverseProperties {
		if o[inverse]["rdfs:domain"] == nil || o[of]["rdfs:domain"] == nil {
			t.Errorf("%s or %s is not in the ontology", inverse, of)
		}
	}
}

// otherwise are properties that we keep as one where the ontology sets no
// limit, or as several where it sets one, with the reason.
var otherwise = map[string]string{
	"action":              "a flow has one action",
	"containedIn":         "a resource is in one container at a time",
	"hasDetailedGeometry": "one address of a geometry",
	"label":               "one label, in the language of the network",
	"imageList":           "one address, which names a list",
	"inScopeOf":           "the published texts speak of agents, and processes often serve several",
}

func TestPropertiesHoldWhatTheOntologySays(t *testing.T) {
	t.Parallel()
	o := readOntology(t)
	for _, class := range o.classes() {
		for property, typ := range fieldsOf(class) {
			theirs, ok := o[property]
			if !ok || class == "Action" {
				continue
			}
			several := typ.Kind() == reflect.Slice
			if limit := slices.Equal(theirs["owl:maxCardinality"], []string{"1"}); several == limit && otherwise[property] == "" {
				t.Errorf("%s of %s: several values %v, limit of one in the ontology %v", property, class, several, limit)
			}
			if want := goType(o, property); typ != want && typ != reflect.SliceOf(want) && !(want == reflect.TypeFor[bool]() && typ == reflect.TypeFor[Truth]()) {
				t.Errorf("%s of %s is a %v, want %v", property, class, typ, want)
			}
		}
	}
}

// goType is the Go type for the range of a property.
func goType(o ontology, property string) reflect.Type {
	switch r := o[property]["rdfs:range"][0]; {
	case r == "Action":
		return reflect.TypeFor[Action]()
	case r == "Measure":
		return reflect.TypeFor[Measure]()
	case r == "xsd:dateTimeStamp":
		return reflect.TypeFor[Time]()
	case r == "xsd:boolean":
		return reflect.TypeFor[bool]()
	case r == "dtype:numericUnion":
		return reflect.TypeFor[*Decimal]()
	case slices.Contains(o.classes(), r):
		return reflect.TypeFor[ID]()
	}
	return reflect.TypeFor[string]()
}

func TestActionTableIsThatOfTheOntology(t *testing.T) {
	t.Parallel()
	o := readOntology(t)
	var theirs []string
	for subject := range o {
		if !o.is(subject, "Action") {
			continue
		}
		row := []string{subject}
		for _, effect := range []string{"inputOutput", "pairsWith", "createResource", "eventQuantity", "accountingEffect", "onhandEffect",
			"locationEffect", "containedEffect", "accountableEffect", "stageEffect", "stateEffect"} {
			if len(o[subject][effect]) != 1 {
				t.Fatalf("%s of %s: %v", effect, subject, o[subject][effect])
			}
			row = append(row, strings.Replace(o[subject][effect][0], "notApplicable", "", 1))
		}
		theirs = append(theirs, fmt.Sprintf("%q", row))
	}
	slices.Sort(theirs)
	var ours []string
	for _, r := range ActionTable {
		ours = append(ours, fmt.Sprintf("%q", []string{string(r.Action), string(r.InputOutput), string(r.PairsWith), string(r.CreateResource),
			string(r.EventQuantity), string(r.Accounting), string(r.Onhand), string(r.Location), string(r.Contained), string(r.Accountable), string(r.Stage), string(r.State)}))
	}
	slices.Sort(ours)
	if len(theirs) != 19 || !slices.Equal(ours, theirs) {
		t.Errorf("ours:\n%s\nthe ontology's:\n%s", strings.Join(ours, "\n"), strings.Join(theirs, "\n"))
	}
}
