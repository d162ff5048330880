package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"commonweal/plan"
	"commonweal/vf"
)

// forward follows a harvest in a case and writes the ways, what is used of it and
// the needs that it helps.
func forward(t *testing.T, facts string, h plan.Harvest) string {
	t.Helper()
	n := readCase(facts)
	p := mustPlan(t, n)
	with, err := plan.New(plan.With(&n.g, h.Facts(n.now), nil), plan.Settings{Now: n.now})
	if err != nil {
		t.Fatal(err)
	}
	f, err := p.Forward(h, with)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, x := range f.Ways {
		lines = append(lines, strings.Repeat("  ", x.Depth)+x.Text)
	}
	lines = append(lines, "used "+f.Used.HasNumericalValue.String())
	for _, x := range f.Helps {
		lines = append(lines, x.Text)
	}
	return strings.Join(lines, "\n")
}

func TestForward(t *testing.T) {
	t.Parallel()
	const mill = "now 0\nrecipe spin days 1 makes yarn 1 takes wool 2\nrecipe felt days 1 makes felt 1 takes wool 1\n"
	for _, c := range []struct{ name, facts, of, quantity, want string }{
		{"in the proportions of the plan, and on to the needs", mill + "stock wool 12\nneed hat felt 4 on 5\nneed shawl yarn 4 on 5\n", "wool", "6",
			"2 pc of wool into felt, which gives 2 pc of felt\n  2 pc of felt to hat\n4 pc of wool into spin, which gives 2 pc of yarn\n  2 pc of yarn to shawl\nused 0"},
		{"to a need that is short", mill + "stock wool 4\nneed shawl yarn 5 on 5\n", "wool", "8",
			"8 pc of wool into spin, which gives 4 pc of yarn\n  4 pc of yarn to shawl\nused 6\nshawl: on time, 5 pc on 2026-01-06; before: short by 3 pc, 2 pc on 2026-01-06"},
		{"to a need that waits for an offer", mill + "offer wool from 9\nneed shawl yarn 2 on 5\n", "wool", "4",
			"4 pc of wool into spin, which gives 2 pc of yarn\n  2 pc of yarn to shawl\nused 4\nshawl: on time, 2 pc on 2026-01-06; before: late by 5 days, 2 pc on 2026-01-11"},
		{"what nothing needs now", mill, "wool", "4", "felt could make felt of it; the plan uses none now\nspin could make yarn of it; the plan uses none now\nused 0"},
		{"what nothing takes", mill + "stock rust 1\n", "rust", "4", "used 0"},
		{"seed of its own", "now 0\nstock wheat 4\nrecipe grow days 5 makes wheat 10 takes wheat 1\nneed n wheat 20 on 20\n", "wheat", "11", "10.102041 pc of wheat to n\n0.897959 pc of wheat into grow, which gives 8.97959 pc of wheat\nused 11"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := plan.Harvest{ResourceConformsTo: vf.ID(c.of), ResourceQuantity: pieces(c.quantity)}
			if diff := cmp.Diff(c.want, forward(t, c.facts, h)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// What comes later serves what can wait for it.
func TestForwardOfWhatComesLater(t *testing.T) {
	t.Parallel()
	facts := "now 0\nrecipe spin days 1 makes yarn 1 takes wool 2\nneed early yarn 1 on 3 until 4\nneed later yarn 1 on 9\n"
	got := forward(t, facts, plan.Harvest{ResourceConformsTo: "wool", ResourceQuantity: pieces("4"), At: days("6")})
	want := "spin could make yarn of it; the plan uses none now\nused 2\nlater: on time, 1 pc on 2026-01-10; before: short by 1 pc"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestForwardRefusesAnotherUnit(t *testing.T) {
	t.Parallel()
	n := readCase("now 0\nstock wool 1\n")
	p := mustPlan(t, n)
	if _, err := p.Forward(plan.Harvest{ResourceConformsTo: "wool", ResourceQuantity: duration("1")}, p); err == nil || !strings.Contains(err.Error(), "unitMismatch") {
		t.Errorf("got %v, want a refusal: unitMismatch", err)
	}
}
