package plan_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"commonweal/plan"
	"commonweal/vf"
)

// TestWithout reads cases as TestCases does; behind "---" stands, of each need that is
// late or short, what it would get without each cause.
func TestWithout(t *testing.T) {
	files, err := filepath.Glob("testdata/without/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			facts, want, _ := strings.Cut(string(raw), "\n---\n")
			if diff := cmp.Diff(strings.TrimSpace(want), showWithout(t, mustPlan(t, readCase(facts)))); diff != "" {
				t.Errorf("what would be without the causes differs (-want +got):\n%s", diff)
			}
		})
	}
}

func showWithout(t *testing.T, p *plan.Plan) string {
	t.Helper()
	var b strings.Builder
	for _, d := range p.Report().Needs {
		w, err := p.Why(d.ID)
		if err != nil {
			t.Fatal(err)
		}
		if w.Problem == nil {
			continue
		}
		fmt.Fprintf(&b, "%s %s\n", w.Problem.Kind, d.ID)
		for _, c := range w.Without {
			fmt.Fprintf(&b, "  %s: %s\n", w.Problem.Causes[c.Cause].Kind, c.Text)
		}
	}
	return strings.TrimSpace(b.String())
}

// Asking what would be leaves the plan as it is, and what it answers of what is missing
// is what planning anew gives with so much more on hand, or promised for that day.
func TestWithoutIsWhatPlanningAnewSays(t *testing.T) {
	forEachKind(t, func(t *rapid.T, n *network) {
		p := mustPlan(t, n)
		before := p.Hash()
		tried := 0
		for _, x := range p.Problems() {
			w, err := p.Why(x.About)
			if err != nil {
				continue // it is about a thing or a machine
			}
			again, err := p.Why(x.About)
			if diff := cmp.Diff(fmt.Sprint(w.Without), fmt.Sprint(again.Without)); err != nil || diff != "" {
				t.Fatalf("asked twice, %v (-first +second):\n%s", err, diff)
			}
			for _, c := range w.Without {
				cause := w.Problem.Causes[c.Cause]
				if tried++; tried > 6 || cause.Kind != "noSupply" || n.specifications[cause.About] == nil {
					continue
				}
				if got, want := outcome(c.State, c.ResourceQuantity, c.At), anew(t, n, w.Need.ID, cause, c.By); got != want {
					t.Fatalf("%s\n%s\nsays %s, and planning anew says %s", n.text, c.Text, got, want)
				}
			}
		}
		if p.Hash() != before {
			t.Fatalf("the plan is another after it was asked about")
		}
	})
}

func outcome(state string, q vf.Measure, at vf.Time) string {
	return fmt.Sprint(state, " ", q.HasNumericalValue, " ", at)
}

// anew plans with more of what a cause misses, and says what a need gets.
func anew(t *rapid.T, n *network, need vf.ID, cause plan.Cause, by vf.Time) string {
	m := &network{now: n.now, strict: n.strict}
	m.g.Add(n.g.All()...)
	if by.IsZero() {
		m.g.Add(&vf.EconomicResource{ID: "~more", ConformsTo: cause.About, Stage: cause.Stage, OnhandQuantity: cause.Quantity})
	} else {
		m.g.Add(&vf.Commitment{ID: "~more", Action: vf.Transfer, Provider: "a", Receiver: "b", ResourceConformsTo: cause.About, Stage: cause.Stage, ResourceQuantity: cause.Quantity, Due: by})
	}
	for _, d := range mustPlan(t, m).Report().Needs {
		if d.ID != need {
			continue
		}
		covered, last := d.Delivered, vf.Time{}
		if covered.IsZero() {
			covered.HasUnit = "unit/piece"
		}
		for _, c := range d.Coverage {
			sum, err := covered.HasNumericalValue.Add(c.ResourceQuantity.HasNumericalValue)
			if err != nil {
				t.Fatalf("%v", err)
			}
			covered.HasNumericalValue = sum
			if last.IsZero() || c.At.After(last.Time) {
				last = c.At
			}
		}
		return outcome(d.State, covered, last)
	}
	return "no such need"
}

// A plan that followed a change says the same as one that was made anew.
func TestWithoutAfterAChange(t *testing.T) {
	t.Parallel()
	text := "now 0\nstock wool 10\nrecipe Spin days 2 makes yarn 1 takes wool 2\nneed n yarn 4 on 5\nneed m yarn 1 on 6\n"
	facts := readCase(text)
	p := mustPlan(t, facts)
	d := *facts.g.Intents[0]
	d.ResourceQuantity = pieces("8")
	q, _, err := p.Change(plan.FactChange{After: &d})
	if err != nil {
		t.Fatal(err)
	}
	want := showWithout(t, mustPlan(t, readCase(strings.Replace(text, "yarn 4", "yarn 8", 1))))
	if diff := cmp.Diff(want, showWithout(t, q)); diff != "" || !strings.Contains(want, "on time") {
		t.Errorf("after a change (-anew +followed):\n%s\n%s", diff, want)
	}
}

// A part that is too large to be planned again is told, not left out in silence.
func TestWithoutHasItsBounds(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("now 0\n")
	for i := range 15 {
		fmt.Fprintf(&b, "recipe P%d days 1 makes T 1 takes A%d 1\n", i, i)
	}
	b.WriteString("need n T 4 on 5\n")
	w, err := mustPlan(t, readCase(b.String())).Why("n")
	if err != nil {
		t.Fatal(err)
	}
	if len(w.Without) != 12 || !strings.Contains(w.Untried, "first 12 causes") || !strings.Contains(w.Untried, "there are 15") {
		t.Errorf("%d are worked out; it says %q", len(w.Without), w.Untried)
	}
}
