package plan_test

import (
	"strings"
	"testing"

	"commonweal/plan"
	"commonweal/vf"
)

// two jobs of two days for one day, on a loom and in a barn.
const two = "recipe p days 2 at barn makes A 1 uses loom 1\nrecipe q days 2 at barn makes B 1 uses loom 1\nneed a A 1 on 5\nneed b B 1 on 5"

// faultsToFind are facts that are planned and others that are checked: "TERMS" is
// left out, or replaced. The plan may be altered in between.
var faultsToFind = []struct {
	name, planned, instead string
	alter                  func(*plan.Report)
	want                   string
}{
	{"closed", "recipe p days 1 TERMS makes A 1\nneed n A 1 on 5", "closed 4.5 6", nil, "has 43200 s of work time"},
	{"closed at the place", "TERMSrecipe p days 1 at barn makes A 1\nneed n A 1 on 5", "place barn open daily/8-16\n", nil, "has 28800 s of work time"},
	{"away", "TERMSrecipe p days 1 by anna makes A 1\nneed n A 1 on 5", "agent anna closed 4 5\n", nil, "has 0 s of work time"},
	{"set-up", "recipe p days 1 TERMS makes A 1\nneed n A 1 on 5", "setup 0.5", nil, "its recipe says 129600"},
	{"no machine", two + "TERMS", "\nmachine loom1 of loom parallel 1", nil, "none of its machines"},
	{"machine of another kind", two + "TERMS", "\nmachine loom1 of loom parallel 1\nmachine wheel1 of wheel parallel 1", on("wheel1"), "none of its machines"},
	{"two at once", two + "TERMS", "\nmachine loom1 of loom parallel 1", on("loom1"), "loom1 has room for 1, and 2"},
	{"promised already", two + "TERMS", "\nmachine loom1 of loom parallel 2\nbusy loom1 from 1 until 4", on("loom1"), "loom1 has room for 2, and 3"},
	{"slow machine", two + "TERMS", "\nmachine loom1 of loom parallel 2 efficiency 0.5", on("loom1"), "its recipe says 345600"},
	{"machine at night", two + "TERMS", "\nmachine loom1 of loom parallel 2 open daily/8-16", on("loom1"), "has 57600 s of work time"},
	{"machine's week", two + "TERMS", "\nmachine loom1 of loom parallel 2 budget 95 week", on("loom1"), "loom1 has 96.000 of its 95.000"},
	{"place without room", two + "\nTERMS", "place barn room 1", nil, "barn has room for 1, and 2"},
	{"limit on what is taken", "offer water\nrecipe p days 1 makes A 1 takes water 10\nneed n A 2 on 5TERMS", "\nlimit water 19 month", nil, "water has 20.000 of its 19.000"},
	{"limit on what is given", "recipe p days 1 makes A 1 and co2 3\nneed n A 2 on 5TERMS", "\nlimit co2 5 year", nil, "co2 has 6.000 of its 5.000"},
	{"firm work moved", "machine loom1 of loom parallel 1\nbusy loom1 from 1 until 3TERMS\nneed n A 1 on 5", ".5", nil, "firm1 is firm and was moved"},
	{"frozen", "TERMSrecipe p days 1 by anna makes A 1\nneed n A 1 on 5", "agent anna frozen 4.5\n", nil, "takes on nothing new"},
	{"no hands", "recipe p days 1 makes A 1 works weaving 8\nneed n A 1 on 5\nTERMS", "hours anna weaving 40 week", nil, "who offers none"},
	{"too few hours", "recipe p days 1 makes A 1 works weaving 8\nneed n A 1 on 5\nTERMS", "hours anna weaving 7 week", by("anna"), "anna has only"},
	{"hours when away", "recipe p days 1 makes A 1 works weaving 8\nneed n A 1 on 5\nTERMS", "hours anna weaving 40 week\nagent anna open mon-fri/10-14", by("anna"), "anna has only"},
	{"hours of another", "recipe p days 1 by ben makes A 1 works weaving 8\nneed n A 1 on 5\nTERMS", "hours anna weaving 40 week\nhours ben weaving 40 week", by("anna"), "its performer offers them"},
	{"hours left out", "recipe p days 1 makes A 1 works weaving TERMS 8\nneed n A 1 on 5", "9 takes air", nil, "has 8.000000 hours"},
	{"before now", "now TERMS 0\nrecipe p days 1 makes A 1\nneed n A 1 on 5", "4.5", nil, "begins before now"},
	{"more than there is", "stock A TERMS 5\nneed n A 5 on 5", "3", nil, "gives 5.000000 of 3.000000"},
	{"no longer offered", "offer A available 5 TERMS\nneed n A 5 on 5", "until 4", nil, "out of its time"},
	{"not in boxes", "offer A available 5 TERMS\nneed n A 5 on 5", "multiple 2", nil, "no multiple"},
	{"of this week", "offer A TERMS available 5\nneed n A 5 on 5", "available 4 renews week", nil, "offer/A"},
	{"too little to help", "stock A 3\nneed n A 5 on 5 TERMS", "useful 4", nil, "less than helps"},
	{"of no more use", "receipt A 3 on 5\nneed n A 3 on 3 TERMS", "until 4", nil, "of no more use"},
	{"at two times", "receipt A 1 on 3\nstock B 1\nneed n A 1 on 1 TERMS\nneed m B 1 on 1 TERMS", "together x", nil, "come at two times"},
	{"only one", "stock B 1\nneed n A 1 on 1 TERMS\nneed m B 1 on 1 TERMS", "together x", nil, "only one comes"},
	{"without a reason", "need n A 1 on 5", "", func(r *plan.Report) {
		for i := range r.Problems {
			r.Problems[i].Causes = nil
		}
	}, "n is short and nothing says why"},
	{"in parts", "receipt A 1 on 3\nstock A 1\nneed n A 2 on 1 TERMS", "together x", nil, "delivered in part"},
}

// on puts what is done on a machine, by has the work done by an agent.
func on(machine vf.ID) func(*plan.Report) {
	return altered(func(f *plan.Flow) {
		if f.Action == vf.Use {
			f.ResourceInventoriedAs = machine
		}
	})
}

func by(agent vf.ID) func(*plan.Report) {
	return altered(func(f *plan.Flow) {
		if f.Action == vf.Work {
			f.Provider = agent
		}
	})
}

// A plan of some facts is no plan of others: the checker says what is wrong where
// it is shown other facts than those that were planned, or a plan that was altered.
func TestCheckerFindsFaults(t *testing.T) {
	t.Parallel()
	for _, c := range faultsToFind {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := readCase("now 0\n" + strings.ReplaceAll(c.planned, "TERMS", ""))
			r := mustPlan(t, n).Report()
			if faults := check(&n.g, n.now, r); len(faults) > 0 {
				t.Fatalf("the plan has faults before anything is altered: %s", strings.Join(faults, "\n"))
			}
			if c.alter != nil {
				c.alter(r)
			}
			other := readCase("now 0\n" + strings.ReplaceAll(c.planned, "TERMS", c.instead))
			if faults := strings.Join(check(&other.g, other.now, r), "\n"); !strings.Contains(faults, c.want) {
				t.Errorf("found %q, want %q\n%s", faults, c.want, show(r))
			}
		})
	}
}

// altered changes the flows of a report.
func altered(change func(*plan.Flow)) func(*plan.Report) {
	return func(r *plan.Report) {
		for i := range r.Flows {
			change(&r.Flows[i])
		}
	}
}
