package graphql

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"commonweal/vf"
)

//go:generate env COMMONWEAL_WRITE=1 go test -count=1 -run TestThePublishedSchemaIsFresh .

// The schema in doc is the one that is served.
func TestThePublishedSchemaIsFresh(t *testing.T) {
	const page = "../../doc/schema.graphql"
	if os.Getenv("COMMONWEAL_WRITE") != "" {
		if err := os.WriteFile(page, []byte(SDL()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != SDL() {
		t.Error("doc/schema.graphql is not the schema; run: go generate ./web/graphql")
	}
}

// Each type, field, argument and value has a sentence, and each sentence a place.
func TestEverythingIsDescribed(t *testing.T) {
	t.Parallel()
	n := 0
	check := func(place, text string) {
		if n++; len(text) < 8 || !strings.ContainsAny(text[len(text)-1:], ".:") || strings.ContainsAny(text, "{}") {
			t.Errorf("%s is described as %q: write a sentence into words.txt", place, text)
		}
	}
	for _, name := range whole.names {
		d := whole.parsed.Types[name]
		check(name, d.Description)
		for _, f := range d.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			check(name+"."+f.Name, f.Description)
			for _, a := range f.Arguments {
				check(fmt.Sprintf("%s.%s(%s)", name, f.Name, a.Name), a.Description)
			}
		}
		for _, v := range d.EnumValues {
			check(name+"."+v.Name, v.Description)
		}
	}
	if n < 3000 {
		t.Errorf("only %d places were looked at", n)
	}
	for place := range words {
		typ, _, isField := strings.Cut(place, ".")
		if !isField && !strings.HasPrefix(place, "(") && typ[0] != '*' && whole.types[typ] == nil && vf.NewRecord(vf.Class(typ)) == nil {
			// classes of ours may be on their way in; all else has a type
			if !slices.Contains([]string{"Membership", "Charter", "DeviceKey"}, typ) {
				t.Errorf("words.txt describes %s, which there is not", place)
			}
		}
	}
}

// The whole of Valueflows is there: each property of each class can be read, said
// and, where it refers to something, followed back.
func TestTheWholeOfValueflowsIsThere(t *testing.T) {
	t.Parallel()
	properties := 0
	for _, c := range vf.Classes() {
		read, create := whole.types[typeOf(c)], whole.types[typeOf(c)+"CreateParams"]
		if read == nil || create == nil {
			t.Fatalf("%s has no type", c)
		}
		for _, f := range vf.Fields(c) {
			if f.Name == "@id" {
				continue
			}
			properties++
			if g := read.find(f.Name); g == nil || g.resolve == nil {
				t.Errorf("%s.%s cannot be read", c, f.Name)
			}
			if create.find(f.Name) == nil {
				t.Errorf("%s.%s cannot be said", c, f.Name)
			}
			if !fixed[c] && whole.types[typeOf(c)+"UpdateParams"].find(f.Name) == nil {
				t.Errorf("%s.%s cannot be said anew", c, f.Name)
			}
		}
		mutation := whole.types["Mutation"]
		for verb, not := range map[string]bool{"create": false, "update": fixed[c], "delete": lasting[c]} {
			if (mutation.find(verb+typeOf(c)) == nil) != not {
				t.Errorf("%s%s: there %v", verb, c, not)
			}
		}
		if c != "Agent" && (whole.types["Query"].find(lower(string(c))) == nil || whole.types["Query"].find(plural(c)) == nil) {
			t.Errorf("%s cannot be asked for", c)
		}
	}
	if properties < 200 {
		t.Errorf("only %d properties", properties)
	}
	for name := range vf.InverseProperties {
		found := false
		for _, o := range whole.types {
			found = found || o.kind == isObject && o.find(name) != nil
		}
		if !found {
			t.Errorf("the inverse %s is in no type", name)
		}
	}
}

// Every field of every type that is read has what answers it.
func TestEveryFieldIsAnswered(t *testing.T) {
	t.Parallel()
	for _, name := range whole.names {
		o := whole.types[name]
		if o.kind != isObject {
			continue
		}
		for _, f := range o.fields {
			if f.resolve == nil || name == "Subscription" && f.source == nil {
				t.Errorf("nothing answers %s.%s", name, f.name)
			}
		}
	}
	for name, o := range introspection {
		d := whole.parsed.Types[name]
		for _, f := range d.Fields {
			if o.find(f.Name) == nil {
				t.Errorf("nothing answers %s.%s", name, f.Name)
			}
		}
	}
}

// A page's cost is that of its fields times its size.
func TestCost(t *testing.T) {
	t.Parallel()
	h := &Handler{limits: Limits{}.filled()}
	for query, want := range map[string]int{
		`{ __typename }`:                        1,
		`{ agent(id: "a") { id name } }`:        3,
		`{ agents { nodes { id } } }`:           1 + 1 + 50,
		`{ agents(first: 3) { nodes { id } } }`: 1 + 1 + 3,
		`query ($n: Int = 4) { agents(last: $n) { edges { node { intents(first: 10) { nodes { id } } } } } }`:          1 + 1 + 4 + 4 + 4 + 40,
		`{ a: agents(first: 2) { ...F } } fragment F on AgentConnection { nodes { id } pageInfo { hasNextPage } }`:     1 + 1 + 2 + 1 + 1,
		`{ intent(id: "a") { meta { revisions(first: 2) { nodes { id } } } __typename } __schema { types { name } } }`: 1 + 1 + 1 + 1 + 2 + 1 + 1,
	} {
		a, errs := h.read(&request{Query: query})
		if errs != nil {
			t.Errorf("%s: %v", query, errs)
			continue
		}
		x := &execution{h: h, fragments: a.doc.Fragments}
		if err := x.variablesOf(a.operation, nil); err != nil {
			t.Fatal(err)
		}
		total := 0
		if x.costOf(a.operation.SelectionSet, 1, usualPage, &total); total != want {
			t.Errorf("%s costs %d, want %d", query, total, want)
		}
	}
}
