package plan_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"commonweal/plan"
	"commonweal/rule"
	"commonweal/vf"
)

// sameReasons compares what two plans say of each need and of each process and
// taking, both ways; and what is said of a process with the pegs in the report.
func sameReasons(t *rapid.T, want, got *plan.Plan) {
	r := want.Report()
	for _, d := range r.Needs {
		x, errX := want.Why(d.ID)
		y, errY := got.Why(d.ID)
		sameJSON(t, "why "+d.ID, x, y, errX, errY)
		basis, err := got.Basis(d.ID)
		x.Critical, x.Without, x.Untried = []plan.Tight{}, []plan.Counterfactual{}, ""
		sameJSON(t, "the basis of "+d.ID, x, basis, errX, err)
		if diff := cmp.Diff(asJSON(t, d), asJSON(t, y.Need)); diff != "" {
			t.Fatalf("%s: -in the report +explained\n%s", d.ID, diff)
		}
	}
	pegs := map[vf.ID][]plan.Part{}
	for _, f := range r.Flows {
		if !f.Firm && f.InputOf == "" {
			pegs[f.ID] = f.Pegs
		}
	}
	tell := func(id vf.ID) {
		x, errX := want.Serves(id)
		y, errY := got.Serves(id)
		sameJSON(t, "what "+id+" serves", x, y, errX, errY)
		for _, given := range x.Gives {
			parts := []plan.Part{}
			for _, s := range given.Needs {
				parts = append(parts, plan.Part{Need: s.Need, ResourceQuantity: s.ResourceQuantity})
			}
			if diff := cmp.Diff(asJSON(t, pegs[given.Flow]), asJSON(t, parts)); diff != "" {
				t.Fatalf("%s: -pegs of the report +told\n%s", given.Flow, diff)
			}
		}
	}
	for _, x := range r.Processes {
		if !x.Firm {
			tell(x.ID)
		}
	}
	for _, f := range r.Flows {
		if !f.Firm && f.InputOf == "" && f.OutputOf == "" {
			tell(f.ID)
		}
	}
}

func sameJSON(t *rapid.T, what vf.ID, want, got any, errWant, errGot error) {
	if errWant != nil || errGot != nil {
		t.Fatalf("%s: %v, %v", what, errWant, errGot)
	}
	if diff := cmp.Diff(asJSON(t, want), asJSON(t, got)); diff != "" {
		t.Fatalf("%s: -anew +changed\n%s", what, diff)
	}
}

func asJSON(t tester, x any) string {
	raw, err := json.MarshalIndent(x, "", " ")
	if err != nil {
		t.Fatalf("%v", err)
	}
	return string(raw)
}

// What is over in a lot serves no need; equal processes are told apart by their
// numbers; what comes beside is told with the rest.
func TestServes(t *testing.T) {
	t.Parallel()
	n := readCase("now 0\noffer wool lead 1\nrecipe scour days 1 makes clean 1 and lanolin 0.5 takes wool 2 most 4\nrecipe spin days 1 makes yarn 1 takes clean 2 least 3\n" +
		"need a yarn 2 on 9\nneed b clean 5 on 8 tier 2\nneed c lanolin 1 on 9 tier 3")
	p := mustPlan(t, n)
	var got []string
	for _, id := range []vf.ID{"plan/spin/20260110T000000Z", "plan/scour/20260109T000000Z", "plan/scour/20260109T000000Z/2", "plan/scour/20260109T000000Z/3"} {
		x, err := p.Serves(id)
		if err != nil {
			t.Fatal(err, "\n", show(p.Report()))
		}
		got = append(got, x.Text)
		for _, y := range x.Gives {
			got = append(got, " "+y.Text)
			for _, z := range y.Needs {
				got = append(got, "  "+z.Text)
			}
			if !y.Over.IsZero() {
				got = append(got, "  "+y.Over.HasNumericalValue.String()+" for none")
			}
		}
	}
	want := []string{
		"spin, 2026-01-09 to 2026-01-10", " 3 pc of yarn", "  2 pc for a: 2 pc of yarn for b by 2026-01-10", "  1 for none",
		"scour, 2026-01-08 to 2026-01-09", " 3 pc of clean", "  2 pc for a: 2 pc of yarn for b by 2026-01-10", "  1 for none", " 1.5 pc of lanolin", "  1.5 for none",
		"scour, 2026-01-08 to 2026-01-09", " 4 pc of clean", "  4 pc for b: 5 pc of clean for b by 2026-01-09", " 2 pc of lanolin", "  1 pc for c: 1 pc of lanolin for b by 2026-01-10", "  1 for none",
		"scour, 2026-01-08 to 2026-01-09", " 4 pc of clean", "  2 pc for a: 2 pc of yarn for b by 2026-01-10", "  1 pc for b: 5 pc of clean for b by 2026-01-09", "  1 for none", " 2 pc of lanolin", "  2 for none",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s\n%s", diff, show(p.Report()))
	}
}

func TestServesKnowsItsSteps(t *testing.T) {
	t.Parallel()
	p := mustPlan(t, readCase("now 0\noffer wool lead 1\nneed a wool 2 on 9"))
	if _, err := p.Serves("plan/offer/wool/20260110T000000Z"); err != nil {
		t.Error(err)
	}
	for _, id := range []vf.ID{"a", "plan", "plan/", "plan/offer/wool", "plan/offer/wool/2", "plan//20260110T000000Z", "plan/offer/wool/20260111T000000Z", "plan/offer/wool/20260110T000000Z/1",
		"plan/offer/wool/20260110T000000Z/2", "plan/offer/wool/20260110T000000Z/02", "plan/offer/wool/20260110T000000Z/2/2", "plan/herd/20260110T000000Z", "plan/20260110T000000Z"} {
		_, err := p.Serves(id)
		var r *rule.Refusal
		if !errors.As(err, &r) || r.Rule != "stepNotPlanned" {
			t.Errorf("%q: got %v, want stepNotPlanned", id, err)
		}
	}
}
