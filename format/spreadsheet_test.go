package format

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"commonweal/rule"
	"commonweal/vf"
)

var newYear = vf.Time{Time: time.Date(2026, 1, 1, 15, 30, 0, 0, time.FixedZone("", -5*3600))}

func sheets(items, bom, demands string) Sheets {
	return Sheets{File{"items.csv", strings.NewReader(items)}, File{"bom.csv", strings.NewReader(bom)}, File{"demands.csv", strings.NewReader(demands)}, newYear}
}

func TestSpreadsheets(t *testing.T) {
	t.Parallel()
	want := []string{
		`{"@type":"EconomicResource","@id":"stock/10","conformsTo":"item/10","primaryAccountable":"agent/wanted","accountingQuantity":{"hasNumericalValue":"7","hasUnit":"unit/one"},"onhandQuantity":{"hasNumericalValue":"7","hasUnit":"unit/one"}}`,
		`{"@type":"Intent","@id":"buy/10","action":"transfer","provider":"agent/suppliers","resourceConformsTo":"item/10","leadTime":{"hasNumericalValue":"20","hasUnit":"unit/day"}}`,
		`{"@type":"Intent","@id":"buy/11","action":"transfer","provider":"agent/suppliers","resourceConformsTo":"item/11","leadTime":{"hasNumericalValue":"5","hasUnit":"unit/day"}}`,
		`{"@type":"Intent","@id":"need/0","action":"transfer","receiver":"agent/wanted","resourceConformsTo":"item/1","resourceQuantity":{"hasNumericalValue":"4","hasUnit":"unit/one"},"due":"2026-03-02T00:00:00Z"}`,
		`{"@type":"Organization","@id":"agent/suppliers","name":"Suppliers"}`,
		`{"@type":"Organization","@id":"agent/wanted","name":"Those who asked"}`,
		`{"@type":"RecipeFlow","@id":"make/1/in/10","action":"consume","recipeInputOf":"make/1","resourceConformsTo":"item/10","resourceQuantity":{"hasNumericalValue":"1","hasUnit":"unit/one"}}`,
		`{"@type":"RecipeFlow","@id":"make/1/in/11","action":"consume","recipeInputOf":"make/1","resourceConformsTo":"item/11","resourceQuantity":{"hasNumericalValue":"3","hasUnit":"unit/one"}}`,
		`{"@type":"RecipeFlow","@id":"make/1/out","action":"produce","recipeOutputOf":"make/1","resourceConformsTo":"item/1","resourceQuantity":{"hasNumericalValue":"1","hasUnit":"unit/one"}}`,
		`{"@type":"RecipeProcess","@id":"make/1","name":"1","hasDuration":{"hasNumericalValue":"2","hasUnit":"unit/day"}}`,
		`{"@type":"ResourceSpecification","@id":"item/1","name":"1","defaultUnitOfResource":"unit/one"}`,
		`{"@type":"ResourceSpecification","@id":"item/10","name":"10","defaultUnitOfResource":"unit/one"}`,
		`{"@type":"ResourceSpecification","@id":"item/11","name":"11","defaultUnitOfResource":"unit/one"}`,
		`{"@type":"Unit","@id":"unit/day","label":"day","symbol":"day","omUnitIdentifier":"day"}`,
		`{"@type":"Unit","@id":"unit/one","label":"each","symbol":"one","omUnitIdentifier":"one"}`,
	}
	for name, s := range map[string]Sheets{
		"plain":      sheets("1,0,2,0\n10,1,20,7\n11,1,5,0\n", "1,11,3\n1,10,1\n", "0,1,4,60\n"),
		"no newline": sheets("1,0,2,0\r\n\r\n10,1,20,7\r\n11,1,5,0", "1,11,3\n1,10,1", "0,1,4,60"),
		"header":     sheets("\ufeffColour;on_hand;Item;lead_days\nred;0;1;2\n;7;10;20\n\"a;b\";0;11;5\n", "component\tquantity_per\tparent\n11\t3\t1\n10\t1\t1\n", "Due_Day,quantity,item,demand,note\n60,4,1,0,\"two\nlines, and \"\"quotes\"\"\"\n"),
		"shuffled":   sheets("11,1,5,0\n10,1,20,7\n1,0,2,0\n", "1,10,1\n1,11,3\n", "0,1,4,60\n"),
		"quotes":     sheets("\"1\", 0 ,\"2\",0\n 10,1,20,7\n11,1,5,0", "1,11,3\n1, \"10\" ,1", "0,1,4,60"),
	} {
		g, err := ReadSpreadsheets(s)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(want, lines(t, g)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if err := Check(g, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSpreadsheetsWithDecimalsAndWords(t *testing.T) {
	t.Parallel()
	g, err := ReadSpreadsheets(sheets("Bolt M8 50%,0,0.5,1.25\nÖl/fein,1,2,0\n", "Bolt M8 50%,Öl/fein,0.0000001\n", "a,Bolt M8 50%,2.5,-3\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := g.ResourceSpecifications[0].ID; got != "item/Bolt%20M8%2050%25" {
		t.Errorf("item id %q", got)
	}
	if got := g.ResourceSpecifications[1].ID; got != "item/Öl/fein" {
		t.Errorf("item id %q", got)
	}
	if step := g.Units[1].Step; step == nil || step.String() != "0.0000001" {
		t.Errorf("step %v", step)
	}
	if due := g.Intents[len(g.Intents)-1].Due.String(); due != "2025-12-29T00:00:00Z" {
		t.Errorf("due %s", due)
	}
	if err := Check(g, nil); err != nil {
		t.Error(err)
	}
}

var sheetFaults = []struct {
	rule, place         string
	items, bom, demands string
}{
	{"badTable", "items.csv:2:1", "1,0,2,0\n2,0\n", "", ""},
	{"badTable", "items.csv:2:1", "1,0,2,0\n\"2,0,3,0\n\n", "", ""},
	{"badTable", "items.csv:2:1", "1,0,2,0\n\"2\"x,0,3,0\n", "", ""},
	{"missingColumn", "items.csv:1:1", "item,level,on_hand\n1,0,2\n", "", ""},
	{"missingCell", "items.csv:2: item", "1,0,2,0\n,0,2,0\n", "", ""},
	{"missingCell", "items.csv:2: lead_days", "1,0,2,0\n2,0,,0\n", "", ""},
	{"badCell", "items.csv:1: on_hand", "1,0,2,-1\n", "", ""},
	{"badCell", "items.csv:1: on_hand", "1,0,2,1e40\n", "", ""},
	{"badCell", "items.csv:1: on_hand", "1,0,2,\xff\n", "", ""},
	{"badCell", "items.csv:1: item", "1\xff,0,2,1\n", "", ""},
	{"badCell", "items.csv:1: item", strings.Repeat("x", 201) + ",0,2,1\n", "", ""},
	{"duplicateRow", "items.csv:3: item", "1,0,2,0\n2,0,2,0\n1,0,2,0\n", "", ""},
	{"unknownItem", "bom.csv:1: component", "1,0,2,0\n", "1,2,1\n", ""},
	{"badCell", "bom.csv:1: quantity_per", "1,0,2,0\n2,0,2,0\n", "1,2,0\n", ""},
	{"duplicateRow", "bom.csv:2: component", "1,0,2,0\n2,0,2,0\n", "1,2,1\n1,2,2\n", ""},
	{"unknownItem", "demands.csv:2: item", "1,0,2,0\n", "", "a,1,1,1\nb,7,1,1\n"},
	{"duplicateRow", "demands.csv:2: demand", "1,0,2,0\n", "", "a,1,1,1\na,1,1,1\n"},
	{"badCell", "demands.csv:1: due_day", "1,0,2,0\n", "", "a,1,1,soon\n"},
	{"badCell", "demands.csv:1: quantity", "1,0,2,0\n", "", "a,1,0,1\n"},
}

func TestSpreadsheetFaults(t *testing.T) {
	t.Parallel()
	for _, c := range sheetFaults {
		_, err := ReadSpreadsheets(sheets(c.items, c.bom, c.demands))
		var r *rule.Refusal
		if !errors.As(err, &r) || string(r.Rule) != c.rule || r.Place != c.place {
			t.Errorf("got %v, want %s at %s", err, c.rule, c.place)
			continue
		}
		complete(t, r)
	}
	if err := WriteCSV(nil, &vf.Graph{}, "wishes"); err == nil || !strings.Contains(err.Error(), "wishes") {
		t.Errorf("an unknown list: %v", err)
	}
}

// BenchmarkSpreadsheets reads 50,000 items, 140,000 rows of components and
// 100,000 demands.
func BenchmarkSpreadsheets(b *testing.B) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var items, bom, demands strings.Builder
	for i := range 50000 {
		fmt.Fprintf(&items, "%d,%d,%d,%d\n", i, i/10000, 1+rnd.IntN(20), rnd.IntN(50))
		for j := range 4 {
			if i < 35000 {
				fmt.Fprintf(&bom, "%d,%d,%d\n", i, i+1+j, 1+rnd.IntN(3))
			}
		}
	}
	for i := range 100000 {
		fmt.Fprintf(&demands, "%d,%d,%d,%d\n", i, rnd.IntN(5000), 1+rnd.IntN(6), 60+rnd.IntN(180))
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ReadSpreadsheets(sheets(items.String(), bom.String(), demands.String())); err != nil {
			b.Fatal(err)
		}
	}
}
