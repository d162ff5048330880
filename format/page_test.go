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

// classSays is what doc/network-file.md says of each class.
var classSays = map[vf.Class]string{
	"Agent": "somebody who acts, of no said kind", "Person": "a human being who acts", "Organization": "a group that acts as one",
	"EcologicalAgent": "a living being or system that acts, such as a river or a forest", "Agreement": "commitments made for each other",
	"AgreementBundle": "agreements that belong together, such as the lines of an order", "BatchLotRecord": "the papers of one batch or lot",
	"Claim": "what is owed for an event that happened", "Commitment": "a flow that one agent promised to another",
	"EconomicEvent": "a flow that happened", "EconomicResource": "something that there is: stock, a tool, an account",
	"Intent": "a flow that is wanted or offered: with a receiver alone a need, with a provider alone an offer",
	"Plan":   "processes and flows towards a deliverable", "Process": "an activity that turns inputs into outputs",
	"ProcessSpecification": "a kind of process, and so a stage", "Proposal": "publishes offers or requests, with what is asked in return",
	"ProposalList": "proposals published together", "Recipe": "the recipe processes that together make one thing", "RecipeExchange": "a kind of agreement in a recipe",
	"RecipeFlow": "an input or output of a recipe process, or a clause of a recipe exchange", "RecipeProcess": "how one step is done",
	"ResourceSpecification": "a kind of thing, service, skill or currency", "SpatialThing": "a place", "Unit": "a unit of measure",
}

// propertySays is what the page says of each property of Valueflows; our own
// have their text in vf.OwnProperties.
var propertySays = map[string]string{
	"accountingQuantity": "how much is rightfully the accountable agent's", "action": "what is done: one of Valueflows' nineteen verbs, see below",
	"alt": "height in metres", "availableQuantity": "of an offer: how much there is in all; without it there is no limit", "basedOn": "the kind of process",
	"batchLotCode": "the code on the batch", "bundledIn": "the bundle to which the agreement belongs", "classifiedAs": "tags or addresses of a taxonomy",
	"clauseOf": "the agreement to which the promise belongs", "conformsTo": "what kind of thing it is", "containedIn": "the resource in which it is, such as a pallet",
	"corrects": "the event that this one corrects; its quantity may be negative", "created": "when it was written", "currentCurrencyLocation": "where a digital currency is kept",
	"currentLocation": "where it is", "currentVirtualLocation": "its address in the network", "defaultUnitOfEffort": "the unit in which work of this kind is counted",
	"defaultUnitOfResource": "the unit in which it is counted; quantities in other units must convert to it", "due": "when it is wanted or promised",
	"effortQuantity": "how much work or use", "eligibleLocation": "where the proposal holds", "expirationDate": "until when it is good",
	"finished": "no more will be done", "fulfills": "the promises that the event keeps", "hasBeginning": "when it begins; of an offer: from when it can be had",
	"hasDetailedGeometry": "address of a shape", "hasDuration": "how long the process takes, whatever its size", "hasEnd": "when it ends; of an offer: until when it can be had",
	"hasPointInTime": "when it happens, in place of beginning and end", "image": "address of a picture", "imageList": "address of pictures",
	"inScopeOf": "the agents for whom it is done", "independentDemandOf": "the plan of which it is a deliverable", "inputOf": "the process it goes into",
	"label": "the name of the unit", "lat": "latitude in degrees", "listedIn": "the lists in which it is published", "long": "longitude in degrees",
	"mappableAddress": "postal address", "mediumOfExchange": "it is a currency or credit, and may go below zero", "minimumQuantity": "of an offer: the least that is given at a time",
	"name": "what people call it", "note": "any text", "ofBatchLot": "the batch it is of", "omUnitIdentifier": "its name in the Ontology of units of Measure, such as `kilogram`",
	"onhandQuantity": "how much is at hand", "outputOf": "the process it comes out of", "plannedWithin": "the plan it belongs to", "primaryAccountable": "whose it is, or who answers for it",
	"primaryLocation": "where the agent is at home", "primaryOutput": "what the recipe makes", "processClassifiedAs": "tags or addresses of a taxonomy",
	"processConformsTo": "the kind of process; its outputs get this stage", "proposedTo": "to whom it is addressed; nobody named means everybody", "provider": "who gives or does",
	"publishes": "the intents that are offered or asked for", "purpose": "`offer` or `request`", "realizationOf": "the agreement under which it happened", "receiver": "who gets",
	"recipeClauseOf": "the recipe exchange of which it is a clause", "recipeIncludes": "the processes of the recipe", "recipeInputOf": "the recipe process it goes into",
	"recipeOutputOf": "the recipe process it comes out of", "recipeReciprocalClauseOf": "the recipe exchange of which it is the return", "reciprocal": "the intents asked in return, such as a price; they are never needs",
	"reciprocalClauseOf": "the agreement of which it is the return", "reciprocalRealizationOf": "the agreement for which it is the return", "resourceClassifiedAs": "tags or addresses of a taxonomy",
	"resourceConformsTo": "the kind of thing", "resourceInventoriedAs": "the resource itself", "resourceQuantity": "how much of the thing", "satisfies": "the intents that it meets",
	"settles": "the claims that it settles", "stage": "the kind of process that the thing has been through last", "state": "a word for its state, such as `passed`",
	"substitutable": "one is as good as another", "symbol": "the sign of the unit, such as `kg`", "toLocation": "where it goes", "toResourceInventoriedAs": "the resource it goes to",
	"trackingIdentifier": "a serial number or the like", "triggeredBy": "the event for which it is owed", "unitBased": "quantities are per unit, so that any number can be taken", "unitOfEffort": "the unit in which its use is counted",
}

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
		if classSays[c] == "" {
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
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c, classSays[c], strings.Join(names, " "))
	}
	b.WriteString("\n### Properties\n\n| property | takes | what it says |\n|---|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(types)) {
		text := propertySays[name]
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
	if want := len(references) + len(inverseRange) - 2; seen != want { // performedBy and place are ours
		t.Errorf("%d properties were compared, want %d", seen, want)
	}
}
