package plan_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"commonweal/plan"
	"commonweal/vf"
)

func TestFigures(t *testing.T) {
	t.Parallel()
	n := readCase("now 0\nstock wool 6\noffer wool available 4 lead 1\nrecipe spin days 1 makes yarn 1 takes wool 2\nneed a yarn 3 on 5\nneed b yarn 2 on 0.5 tier 2\nneed c yarn 9 on 9 tier 3")
	n.spec("spinning")
	n.g.Add(&vf.RecipeFlow{ID: "spin/work", Action: vf.Work, RecipeInputOf: "spin", ResourceConformsTo: "spinning", EffortQuantity: duration("0.5")},
		&vf.RecipeFlow{ID: "spin/setup", Action: vf.Work, RecipeInputOf: "spin", ResourceConformsTo: "spinning", EffortQuantity: duration("1"), PerBatch: true})
	p := mustPlan(t, n)
	f := p.Figures()
	raw, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"tiers":[{"tier":0,"needs":1,"onTime":1,"late":0,"short":0},{"tier":2,"needs":1,"onTime":0,"late":1,"short":0},{"tier":3,"needs":1,"onTime":0,"late":0,"short":1}],"lateBy":129600,"latestBy":129600,` +
		`"processes":2,"purchases":1,"work":[{"resourceConformsTo":"spinning","quantity":{"hasNumericalValue":"4.5","hasUnit":"unit/day"}}],` +
		`"stock":[{"resourceConformsTo":"wool","quantity":{"hasNumericalValue":"6","hasUnit":"unit/piece"}}],` +
		`"offers":[{"resourceConformsTo":"wool","quantity":{"hasNumericalValue":"4","hasUnit":"unit/piece"}}],"limits":[]}`
	if diff := cmp.Diff(want, string(raw)); diff != "" {
		t.Errorf("-want +got:\n%s\n%s", diff, show(p.Report()))
	}
	effort := vf.Whole(0)
	for _, x := range p.Report().Flows {
		if x.Action == vf.Work {
			effort, _ = effort.Add(x.EffortQuantity.HasNumericalValue)
		}
	}
	if effort != f.Work[0].Quantity.HasNumericalValue {
		t.Errorf("the flows of the report take %s of work, the figures say %s", effort, f.Work[0].Quantity)
	}
}

// A branch does not touch the facts that it is made from, and the plan on it is the
// plan on facts that were so from the beginning.
func TestBranchLeavesTheFactsAlone(t *testing.T) {
	t.Parallel()
	n := readCase(bakery)
	before := mustPlan(t, n).Hash()
	raised := decode(t, `{"@id":"breakfast","@type":"Intent","action":"transfer","receiver":"b","resourceConformsTo":"bread","resourceQuantity":{"hasNumericalValue":"12","hasUnit":"unit/piece"},"due":"2026-01-10T00:00:00Z"}`)
	lunch := decode(t, `{"@id":"lunch","@type":"Intent","action":"transfer","receiver":"b","resourceConformsTo":"bread","resourceQuantity":{"hasNumericalValue":"4","hasUnit":"unit/piece"},"due":"2026-01-06T00:00:00Z"}`)
	g := plan.With(&n.g, []vf.Record{raised, lunch}, []vf.ID{"feast"})
	if slices.ContainsFunc(g.Intents, func(i *vf.Intent) bool { return i.ID == "feast" }) || len(g.Intents) != len(n.g.Intents) {
		t.Errorf("the branch has %d intents", len(g.Intents))
	}
	other, err := plan.New(g, plan.Settings{Now: n.now})
	if err != nil {
		t.Fatal(err)
	}
	same := planned(t, strings.NewReplacer("bread 10 on 9", "bread 12 on 9", "need feast beer 3 on 9\n", "need lunch bread 4 on 5\n").Replace(bakery))
	if other.Hash() != same.Hash() {
		t.Error("the plan on the branch differs from the plan on the same facts")
	}
	if mustPlan(t, n).Hash() != before {
		t.Error("the branch changed the facts that it is made from")
	}
	b, err := mustPlan(t, n).NewBranch("more", plan.FactChange{After: raised}, plan.FactChange{After: lunch}, plan.FactChange{ID: "feast"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(asJSON(t, other.Figures()), asJSON(t, b.Figures)); diff != "" {
		t.Errorf("-on the facts of the branch +on changed facts\n%s", diff)
	}
	if b.Diff.Resized != 2 || b.Diff.Added != 2 || b.Diff.Removed != 1 || b.Figures.Tiers[0].Needs != 2 {
		t.Errorf("the branch says %+v\n%s", b.Figures, writeDiff(b.Diff))
	}
}
