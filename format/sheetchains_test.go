package format

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"commonweal/rule"
	"commonweal/vf"
)

// chainSheets are tables in the order components, steps, uses, machines, demands.
func chainSheets(tables ...string) ChainSheets {
	file := func(i int, name string) File { return File{name, strings.NewReader(tables[i])} }
	return ChainSheets{file(0, "components.csv"), file(1, "steps.csv"), file(2, "uses.csv"), file(3, "machines.csv"), file(4, "demands.csv"), newYear}
}

const (
	loomSteps = "scarf,0,1,0,,2\nscarf,1,0,0.5,loom,0\n"
	loomNeeds = "ann,scarf,3,36,1\n"
)

func TestChains(t *testing.T) {
	t.Parallel()
	const work = `"workTime":["DTSTART:20251229T000000Z","DURATION:P1D","RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"]`
	one := func(n string) string { return `{"hasNumericalValue":"` + n + `","hasUnit":"unit/one"}` }
	day := func(n string) string { return `{"hasNumericalValue":"` + n + `","hasUnit":"unit/day"}` }
	want := []string{
		`{"@type":"EconomicResource","@id":"machine/loom","name":"machine loom","conformsTo":"kind/loom","primaryAccountable":"agent/network","parallel":2,` + work + `}`,
		`{"@type":"EconomicResource","@id":"stock/chain/scarf/0","conformsTo":"chain/scarf/0","primaryAccountable":"agent/network","accountingQuantity":` + one("2") + `,"onhandQuantity":` + one("2") + `}`,
		`{"@type":"EconomicResource","@id":"stock/component/yarn","conformsTo":"component/yarn","primaryAccountable":"agent/network","accountingQuantity":` + one("7") + `,"onhandQuantity":` + one("7") + `}`,
		`{"@type":"Intent","@id":"buy/fringe%2Flong","action":"transfer","provider":"agent/suppliers","resourceConformsTo":"component/fringe%2Flong","leadTime":` + day("1") + `}`,
		`{"@type":"Intent","@id":"buy/yarn","action":"transfer","provider":"agent/suppliers","resourceConformsTo":"component/yarn","minimumQuantity":` + one("80") + `,"leadTime":` + day("5") + `,"batchMultiple":` + one("10") + `}`,
		`{"@type":"Intent","@id":"need/ann","action":"transfer","receiver":"agent/wanted","resourceConformsTo":"chain/scarf/0","resourceQuantity":` + one("3") + `,"due":"2026-01-02T12:00:00Z","tier":1}`,
		`{"@type":"Intent","@id":"target/yarn","action":"transfer","receiver":"agent/network","resourceConformsTo":"component/yarn","resourceQuantity":` + one("20") + `,"due":"2026-01-01T00:00:00Z","keep":"target"}`,
		`{"@type":"Organization","@id":"agent/network","name":"The network"}`,
		`{"@type":"Organization","@id":"agent/suppliers","name":"Suppliers"}`,
		`{"@type":"Organization","@id":"agent/wanted","name":"Those who asked"}`,
		`{"@type":"RecipeFlow","@id":"make/scarf/0/from","action":"consume","recipeInputOf":"make/scarf/0","resourceConformsTo":"chain/scarf/1","resourceQuantity":` + one("1") + `}`,
		`{"@type":"RecipeFlow","@id":"make/scarf/0/in/fringe%2Flong","action":"consume","recipeInputOf":"make/scarf/0","resourceConformsTo":"component/fringe%2Flong","resourceQuantity":` + one("2") + `}`,
		`{"@type":"RecipeFlow","@id":"make/scarf/0/out","action":"produce","recipeOutputOf":"make/scarf/0","resourceConformsTo":"chain/scarf/0","resourceQuantity":` + one("1") + `}`,
		`{"@type":"RecipeFlow","@id":"make/scarf/1/in/yarn","action":"consume","recipeInputOf":"make/scarf/1","resourceConformsTo":"component/yarn","resourceQuantity":` + one("4") + `}`,
		`{"@type":"RecipeFlow","@id":"make/scarf/1/out","action":"produce","recipeOutputOf":"make/scarf/1","resourceConformsTo":"chain/scarf/1","resourceQuantity":` + one("1") + `}`,
		`{"@type":"RecipeFlow","@id":"make/scarf/1/use","action":"use","recipeInputOf":"make/scarf/1","resourceConformsTo":"kind/loom","resourceQuantity":` + one("1") + `,"perBatch":true}`,
		`{"@type":"RecipeProcess","@id":"make/scarf/0","name":"chain scarf level 0","hasDuration":` + day("1") + `,` + work + `}`,
		`{"@type":"RecipeProcess","@id":"make/scarf/1","name":"chain scarf level 1","hasDuration":` + day("0") + `,"durationPerUnit":` + day("0.5") + `,` + work + `}`,
		`{"@type":"ResourceSpecification","@id":"chain/scarf/0","name":"chain scarf level 0","defaultUnitOfResource":"unit/one"}`,
		`{"@type":"ResourceSpecification","@id":"chain/scarf/1","name":"chain scarf level 1","defaultUnitOfResource":"unit/one"}`,
		`{"@type":"ResourceSpecification","@id":"component/fringe%2Flong","name":"component fringe%2Flong","defaultUnitOfResource":"unit/one"}`,
		`{"@type":"ResourceSpecification","@id":"component/yarn","name":"component yarn","defaultUnitOfResource":"unit/one"}`,
		`{"@type":"ResourceSpecification","@id":"kind/loom","name":"machine loom","defaultUnitOfResource":"unit/one"}`,
		`{"@type":"Unit","@id":"unit/day","label":"day","symbol":"day","omUnitIdentifier":"day"}`,
		`{"@type":"Unit","@id":"unit/one","label":"each","symbol":"one","omUnitIdentifier":"one"}`,
	}
	for name, s := range map[string]ChainSheets{
		"plain": chainSheets("yarn,5,7,20,80,10\nfringe/long,1,0,0,0,0\n", loomSteps, "scarf,1,yarn,4\nscarf,0,fringe/long,2\n", "loom,2\n", loomNeeds),
		"header": chainSheets("Component;on_hand;target_stock;order_minimum;order_multiple;lead_days\nyarn;7;20;80;10;5\nfringe/long;0;;;;1\n",
			"level,chain,fixed_days,days_per_unit,machine,on_hand\n1,scarf,0,0.5,loom,\n0,scarf,1,,,2\n", "chain,level,component,quantity_per\nscarf,0,fringe/long,2\nscarf,1,yarn,4\n",
			"parallel,machine\n2,loom\n", "chain,demand,due_hours,quantity,priority\nscarf,ann,36,3,1\n"),
	} {
		g, err := ReadChains(s)
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

// TestChainsWithLess reads tables that say no more than they must.
func TestChainsWithLess(t *testing.T) {
	t.Parallel()
	g, err := ReadChains(chainSheets("component,lead_days,on_hand\nyarn,0.5,1.25\n", "chain,level,fixed_days\nscarf,0,1\n", "", "", "demand,chain,quantity,due_hours\nann,scarf,1,-24\n"))
	if err != nil {
		t.Fatal(err)
	}
	if step := g.Units[1].Step; step == nil || step.String() != "0.000001" {
		t.Errorf("step %v", step)
	}
	need := g.Intents[len(g.Intents)-1]
	if need.Due.String() != "2025-12-31T00:00:00Z" || need.Tier != 0 || len(g.Intents) != 2 {
		t.Errorf("%d intents, need %+v", len(g.Intents), need)
	}
	if err := Check(g, nil); err != nil {
		t.Error(err)
	}
}

var chainFaults = []struct {
	rule, place                                string
	components, steps, uses, machines, demands string
}{
	{"missingColumn", "components.csv:1:1", "component,on_hand\na,1\n", loomSteps, "", "loom,1\n", ""},
	{"badTable", "machines.csv:1:1", "", loomSteps, "", "loom\n", ""},
	{"badCell", "machines.csv:1: parallel", "", "", "", "loom,0\n", ""},
	{"badCell", "machines.csv:1: parallel", "", "", "", "loom,1.5\n", ""},
	{"missingCell", "machines.csv:1: parallel", "", "", "", "loom,\n", ""},
	{"duplicateRow", "machines.csv:2: machine", "", "", "", "loom,1\nloom,1\n", ""},
	{"duplicateRow", "components.csv:2: component", "a,1,1,0,0,0\na,1,1,0,0,0\n", "", "", "", ""},
	{"badCell", "components.csv:1: order_multiple", "a,1,1,0,0,-1\n", "", "", "", ""},
	{"missingCell", "components.csv:1: component", ",1,1,0,0,0\n", "", "", "", ""},
	{"unknownRow", "steps.csv:2: machine", "", loomSteps, "", "lom,1\n", ""},
	{"duplicateRow", "steps.csv:3: level", "", loomSteps + "scarf,1,1,1,,\n", "", "loom,1\n", ""},
	{"badCell", "steps.csv:1: level", "", "scarf,1,1,1,,\n", "", "", ""},
	{"badCell", "steps.csv:1: level", "", "scarf,x,1,1,,\n", "", "", ""},
	{"badCell", "steps.csv:1: fixed_days", "", "scarf,0,-1,1,,\n", "", "", ""},
	{"unknownRow", "uses.csv:1: chain", "yarn,1,1,0,0,0\n", loomSteps, "scaf,0,yarn,1\n", "loom,1\n", ""},
	{"unknownRow", "uses.csv:1: level", "yarn,1,1,0,0,0\n", loomSteps, "scarf,2,yarn,1\n", "loom,1\n", ""},
	{"unknownRow", "uses.csv:1: component", "yarn,1,1,0,0,0\n", loomSteps, "scarf,1,yam,1\n", "loom,1\n", ""},
	{"badCell", "uses.csv:1: quantity_per", "yarn,1,1,0,0,0\n", loomSteps, "scarf,1,yarn,0\n", "loom,1\n", ""},
	{"duplicateRow", "uses.csv:2: component", "yarn,1,1,0,0,0\n", loomSteps, "scarf,1,yarn,1\nscarf,1,yarn,2\n", "loom,1\n", ""},
	{"unknownRow", "demands.csv:1: chain", "", "", "", "", "ann,scarf,1,1,1\n"},
	{"badCell", "demands.csv:1: due_hours", "", loomSteps, "", "loom,1\n", "ann,scarf,1,soon,1\n"},
	{"badCell", "demands.csv:1: priority", "", loomSteps, "", "loom,1\n", "ann,scarf,1,1,-1\n"},
	{"duplicateRow", "demands.csv:2: demand", "", loomSteps, "", "loom,1\n", "ann,scarf,1,1,1\nann,scarf,1,2,1\n"},
}

func TestChainFaults(t *testing.T) {
	t.Parallel()
	for i, c := range chainFaults {
		_, err := ReadChains(chainSheets(c.components, c.steps, c.uses, c.machines, c.demands))
		var r *rule.Refusal
		if !errors.As(err, &r) || string(r.Rule) != c.rule || r.Place != c.place {
			t.Errorf("%d: got %v, want %s at %s", i, err, c.rule, c.place)
			continue
		}
		complete(t, r)
	}
	_, err := ReadChains(chainSheets("", loomSteps, "", "lom,1\n", ""))
	if err == nil || !strings.Contains(err.Error(), "the nearest there is “lom”") {
		t.Errorf("the nearest name is not told: %v", err)
	}
}

// TestWeekdays: the work week begins on the Monday on or before day 0.
func TestWeekdays(t *testing.T) {
	t.Parallel()
	for day, want := range map[string]string{"2026-01-01": "20251229", "2025-12-29": "20251229", "2026-01-04": "20251229", "2026-01-05": "20260105"} {
		d, err := vf.ParseTime(day)
		if err != nil {
			t.Fatal(err)
		}
		if got := weekdays(d.Time)[0]; got != "DTSTART:"+want+"T000000Z" {
			t.Errorf("%s: %s", day, got)
		}
	}
}
