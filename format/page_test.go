package format

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"commonweal/vf"
)

//go:generate env COMMONWEAL_WRITE=1 go test -count=1 -run TestThePageOfTheNetworkFileIsFresh .

const page = "../doc/network-file.md"

// takes says what a property holds.
func takes(name string, t reflect.Type) string {
	if classes := references[name]; classes != nil {
		text := "id of: " + strings.Replace(list(classes), "Agent or EcologicalAgent or Organization or Person", "agent of any kind", 1)
		if t == typeIDs {
			text = strings.Replace(text, "id of", "ids of", 1)
		}
		return text
	}
	switch t {
	case typeTexts:
		return "texts"
	case typeMeasure:
		return "measure"
	case typeTime:
		return "time"
	case typeInt:
		return "whole number"
	case typeDecimal:
		return "number"
	case typeBool, typeTruth:
		return "true or false"
	case typeAction:
		return "action"
	}
	return "text"
}

// fieldsText is the generated part of the page.
func fieldsText(t *testing.T) string {
	var b strings.Builder
	b.WriteString("### Classes\n\n| class | what it is | properties |\n|---|---|---|\n")
	holders, types := map[string][]string{}, map[string]reflect.Type{}
	for _, c := range vf.Classes() {
		says := classSays[c]
		if own := vf.OwnClasses[c]; own != "" {
			says = "(ours) " + own
		}
		if says == "" {
			t.Errorf("the page says nothing of the class %s", c)
		}
		var names []string
		for _, f := range tables[c].fields {
			if f.name == "@id" {
				continue
			}
			names = append(names, "`"+f.name+"`")
			holders[f.name], types[f.name] = append(holders[f.name], string(c)), f.typ
		}
		for _, inverse := range slices.Sorted(maps.Keys(inverseOf)) {
			if inverseOf[inverse] == c {
				names = append(names, "`"+inverse+"`")
			}
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c, says, strings.Join(names, " "))
	}
	b.WriteString("\n### Properties\n\n| property | takes | what it says |\n|---|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(types)) {
		text := PropertyText(name)
		if own, ok := vf.OwnProperties[name]; ok {
			_, text, _ = strings.Cut(own, ": ")
			text = "(ours) " + text
		}
		if text == "" {
			t.Errorf("the page says nothing of the property %s", name)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, takes(name, types[name]), text)
	}
	b.WriteString("\n### Written from the other end\n\n| property | of | holds | is kept as |\n|---|---|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(vf.InverseProperties)) {
		fmt.Fprintf(&b, "| `%s` | %s | %s | `%s` |\n", name, inverseOf[name], list(inverseRange[name]), vf.InverseProperties[name])
	}
	var actions []string
	for _, row := range vf.ActionTable {
		actions = append(actions, "`"+string(row.Action)+"`")
	}
	b.WriteString("\n### Actions\n\n" + strings.Join(actions, ", ") + ".\n")
	b.WriteString("\n### Units known by `omUnitIdentifier`\n\n")
	var units []string
	for _, u := range vf.StandardUnits {
		units = append(units, "`"+u.OM+"` ("+u.Symbols[0]+", "+u.Dimension+")")
	}
	b.WriteString(strings.Join(units, ", ") + ".\n")
	return b.String()
}

const begins, ends = "<!-- generated: go generate ./format -->\n", "<!-- end of what is generated -->\n"

func TestThePageOfTheNetworkFileIsFresh(t *testing.T) {
	text := string(readFile(t, page))
	before, rest, ok1 := strings.Cut(text, begins)
	_, after, ok2 := strings.Cut(rest, ends)
	if !ok1 || !ok2 {
		t.Fatalf("%s lacks the marks of what is generated", page)
	}
	want := before + begins + fieldsText(t) + ends + after
	if os.Getenv("COMMONWEAL_WRITE") != "" {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		text = want
	}
	if text != want {
		t.Error("doc/network-file.md is not what the code says; run: go generate ./format")
	}
}

// TestTheExamplesOfThePageAreRead reads each block of the page that is marked
// as a network file, and the tables together: three of items, five of chains.
func TestTheExamplesOfThePageAreRead(t *testing.T) {
	t.Parallel()
	blocks := regexp.MustCompile("(?ms)^```(json|yaml|csv)\n(.*?)^```").FindAllStringSubmatch(string(readFile(t, page)), -1)
	var tables []string
	networks := 0
	for i, b := range blocks {
		if b[1] == "csv" {
			tables = append(tables, b[2])
			continue
		}
		networks++
		g := read(t, fmt.Sprintf("example%d.%s", i, b[1]), []byte(b[2]))
		if len(g.All()) < 3 {
			t.Errorf("example %d has %d records", i, len(g.All()))
		}
	}
	if networks < 2 || len(tables) != 8 {
		t.Fatalf("the page has %d networks and %d tables", networks, len(tables))
	}
	if _, err := ReadSpreadsheets(sheets(tables[0], tables[1], tables[2])); err != nil {
		t.Error(err)
	}
	if _, err := ReadChains(chainSheets(tables[3:]...)); err != nil {
		t.Error(err)
	}
}

// TestReferencesAreThoseOfTheOntology compares the classes to which our ids
// may refer with the ranges of the published ontology.
func TestReferencesAreThoseOfTheOntology(t *testing.T) {
	t.Parallel()
	text := string(readFile(t, "../vf/testdata/all_vf.TTL"))
	unions := map[string][]string{"Agent": {"Agent", "EcologicalAgent", "Organization", "Person"}}
	for _, m := range regexp.MustCompile(`(?s)vf:(\w+)\s+a\s+owl:Class ;[^.]*?owl:unionOf\s+\(([^)]*)\)`).FindAllStringSubmatch(text, -1) {
		unions[m[1]] = strings.Fields(strings.ReplaceAll(m[2], "vf:", ""))
	}
	seen := 0
	for _, block := range regexp.MustCompile(`\n\s+\.\s`).Split(text, -1) {
		m := regexp.MustCompile(`(?s)vf:(\w+)\s+a\s+owl:ObjectProperty ;.*rdfs:range\s+vf:(\w+)`).FindStringSubmatch(block)
		if m == nil {
			continue
		}
		want := []string{m[2]}
		if unions[m[2]] != nil {
			want = unions[m[2]]
		}
		ours := references[m[1]]
		if vf.InverseProperties[m[1]] != "" {
			ours = inverseRange[m[1]]
		}
		if ours == nil {
			continue
		}
		seen++
		var got []string
		for _, c := range ours {
			got = append(got, string(c))
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s may refer to %v, in the ontology to %v", m[1], got, want)
		}
	}
	if want := len(references) + len(inverseRange) - 5; seen != want { // performedBy, place, partOf, member and keyOf are ours
		t.Errorf("%d properties were compared, want %d", seen, want)
	}
}
