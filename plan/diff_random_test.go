package plan_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"commonweal/plan"
	"commonweal/vf"
)

// proposedIn lists the ids of what a report proposes: processes, and takings of offers.
func proposedIn(r *plan.Report) map[vf.ID]bool {
	ids := map[vf.ID]bool{}
	for _, x := range r.Processes {
		if !x.Firm {
			ids[x.ID] = true
		}
	}
	for _, x := range r.Flows {
		if !x.Firm && x.InputOf+x.OutputOf == "" {
			ids[x.ID] = true
		}
	}
	return ids
}

// A plan differs from itself in nothing. Between a plan and one with fewer needs,
// offers and promises, the lines name what the reports name; what is in one report
// alone is in a line; and the needs named are those that get something else.
func TestDiffOfRandomPlans(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := drawBusyNetwork(t)
		p := mustPlan(t, n)
		if d := p.Diff(mustPlan(t, n)); !d.Empty() || len(d.Facts()) > 0 {
			t.Fatalf("a plan differs from itself: %s", writeDiff(d))
		}
		less := &network{now: n.now}
		for _, r := range n.g.All() {
			switch r.(type) {
			case *vf.Intent, *vf.Commitment, *vf.EconomicResource:
				if rapid.IntRange(0, 9).Draw(t, "dropped") == 0 {
					continue
				}
			}
			less.g.Add(r)
		}
		q := mustPlan(t, less)
		d := q.Diff(p)
		before, after := p.Report(), q.Report()
		was, is := proposedIn(before), proposedIn(after)
		for _, x := range d.Lines() {
			if x.Was != "" && !was[x.Was] || x.Is != "" && !is[x.Is] || x.Was+x.Is == "" {
				t.Fatalf("a line names %q and %q, which no report does: %s", x.Was, x.Is, x.Text)
			}
			if len(x.Causes) == 0 {
				t.Fatalf("nothing caused this line: %s", x.Text)
			}
		}
		checkNeedChanges(t, d, before, after)
	})
}

// checkNeedChanges compares the needs of a diff with those of both reports.
func checkNeedChanges(t *rapid.T, d *plan.Diff, before, after *plan.Report) {
	named := map[vf.ID]bool{}
	for _, x := range d.Needs() {
		named[x.Need] = true
	}
	for _, x := range before.Needs {
		i := slices.IndexFunc(after.Needs, func(y plan.Need) bool { return y.ID == x.ID })
		same := i >= 0 && after.Needs[i].State == x.State && slices.Equal(after.Needs[i].Coverage, x.Coverage)
		if same == named[x.ID] {
			t.Fatalf("need %s: the reports say same %v, the diff names it %v", x.ID, same, named[x.ID])
		}
	}
}

// No process has more slack than what takes from it leaves, and none has a debt.
func TestSlackOfRandomPlans(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := mustPlan(t, drawBusyNetwork(t)).Report()
		processes, gives := map[vf.ID]*plan.Process{}, map[vf.ID]vf.ID{}
		for i := range r.Processes {
			processes[r.Processes[i].ID] = &r.Processes[i]
			if s := r.Processes[i].Slack; s != nil && *s < 0 {
				t.Fatalf("%s has a slack of %d", r.Processes[i].ID, *s)
			}
		}
		for _, f := range r.Flows {
			gives[f.ID] = f.OutputOf
		}
		for _, f := range r.Flows {
			user := processes[f.InputOf]
			if user == nil || user.Firm || user.Slack == nil {
				continue
			}
			for _, from := range f.From {
				p := processes[gives[from.Flow]]
				if p == nil || p.Firm {
					continue
				}
				if most := user.HasBeginning.Unix() - p.HasEnd.Unix() + *user.Slack; p.Slack == nil || *p.Slack > most {
					t.Fatalf("%s has slack %v, and %s, which takes from it, leaves %d", p.ID, p.Slack, user.ID, most)
				}
			}
		}
	})
}

// Messages are the same for the same facts, of known kinds and in their order, and
// say whom they concern and why.
func TestMessagesOfRandomPlans(t *testing.T) {
	t.Parallel()
	kinds := []string{"expedite", "defer", "cancel", "increase", "decrease", "takeUp"}
	rapid.Check(t, func(t *rapid.T) {
		n := drawBusyNetwork(t)
		list, again := mustPlan(t, n).Messages(30*86400), mustPlan(t, n).Messages(30*86400)
		if writeMessages(list, true)+writeMessages(list, false) != writeMessages(again, true)+writeMessages(again, false) {
			t.Fatal("other messages for the same facts")
		}
		last := 0
		for _, x := range list {
			k := slices.Index(kinds, x.Kind)
			if k < last {
				t.Fatalf("the kind %q stands after %q", x.Kind, kinds[last])
			}
			if last = k; x.Cause == "" || x.Text == "" || x.About == "" {
				t.Fatalf("a message says too little: %+v", x)
			}
		}
	})
}
