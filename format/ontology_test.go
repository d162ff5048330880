package format

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/piprate/json-gold/ld"

	"commonweal/vf"
)

// TestTheOntologyIsWhole looks at the fields of all classes: each property that
// is not Valueflows' has a term with the classes that have it, what it holds and
// what it says, and nothing else has.
func TestTheOntologyIsWhole(t *testing.T) {
	t.Parallel()
	want := map[string][]vf.Class{}
	for _, c := range vf.Classes() {
		for _, f := range vf.Fields(c) {
			if _, own := vf.OwnProperties[f.Name]; own {
				want[f.Name] = append(want[f.Name], c)
			}
		}
		if ClassText(c) == "" {
			t.Errorf("nothing is said of the class %s", c)
		}
	}
	got, classes := map[string][]vf.Class{}, 0
	for _, term := range Terms() {
		if term.Text == "" {
			t.Errorf("nothing is said of %s", term.Name)
		}
		if term.Class {
			if vf.OwnClasses[vf.Class(term.Name)] == "" {
				t.Errorf("%s is no class of ours", term.Name)
			}
			classes++
			continue
		}
		got[term.Name] = term.Domain
		if len(term.Range) == 0 {
			t.Errorf("%s holds nothing", term.Name)
		}
		for _, iri := range term.Range {
			if name, ok := strings.CutPrefix(iri, Own); ok && vf.OwnClasses[vf.Class(name)] == "" {
				t.Errorf("%s holds %s, which is no class of ours", term.Name, iri)
			}
			if name, ok := strings.CutPrefix(iri, VF); ok && name != "Measure" && vf.NewRecord(vf.Class(name)) == nil {
				t.Errorf("%s holds %s, which is no class", term.Name, iri)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(vf.OwnProperties) != len(got) || len(vf.OwnClasses) != classes {
		t.Errorf("%d properties and %d classes of ours, %d and %d terms", len(vf.OwnProperties), len(vf.OwnClasses), len(got), classes)
	}
}

// TestBothFormsOfTheOntologySayTheSame expands the JSON-LD and looks for each of
// its terms in the Turtle.
func TestBothFormsOfTheOntologySayTheSame(t *testing.T) {
	t.Parallel()
	var asJSON, asTurtle bytes.Buffer
	if err := WriteOntology(&asJSON); err != nil {
		t.Fatal(err)
	}
	if err := WriteTurtle(&asTurtle); err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(asJSON.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	expanded, err := ld.NewJsonLdProcessor().Expand(doc, ld.NewJsonLdOptions(""))
	if err != nil {
		t.Fatal(err)
	}
	if len(expanded) != len(Terms())+1 {
		t.Errorf("the JSON-LD has %d nodes, want %d", len(expanded), len(Terms())+1)
	}
	statements := strings.Split(asTurtle.String(), "\n\n")
	for i, n := range expanded[1:] {
		id := n.(map[string]any)["@id"].(string)
		comment := n.(map[string]any)[rdfs+"comment"].([]any)[0].(map[string]any)["@value"].(string)
		s := statements[i+2] // prefixes, the ontology itself
		if !strings.HasPrefix(s, prefixed(id)+" a owl:") || !strings.Contains(s, "rdfs:comment "+turtleText(comment)) || !strings.HasSuffix(strings.TrimSpace(s), ".") {
			t.Errorf("the Turtle of %s is %s", id, s)
		}
	}
}

// TestTheServedContextReadsWhatIsWritten expands a file with the context that is
// served in place of the embedded one: both mean the same.
func TestTheServedContextReadsWhatIsWritten(t *testing.T) {
	t.Parallel()
	var served bytes.Buffer
	if err := WriteContext(&served); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := WriteNetwork(&file, read(t, carbon, readFile(t, carbon)), ""); err != nil {
		t.Fatal(err)
	}
	var doc, context map[string]any
	if err := json.Unmarshal(file.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(served.Bytes(), &context); err != nil {
		t.Fatal(err)
	}
	expand := func() any {
		list, err := ld.NewJsonLdProcessor().Expand(doc, ld.NewJsonLdOptions("https://example.org/"))
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	embedded := expand()
	doc["@context"] = context["@context"]
	if diff := cmp.Diff(embedded, expand()); diff != "" {
		t.Error(diff)
	}
	doc["@context"] = ContextIRI // and by its name alone, which is never fetched
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	same(t, read(t, carbon, readFile(t, carbon)), read(t, "named.jsonld", raw))
}
