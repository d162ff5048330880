package plan_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"commonweal/plan"
)

// size is how large the bombs of a test are: small on each run, whole on the long one.
func size(small, whole int) int {
	if os.Getenv("COMMONWEAL_SOAK") != "" {
		return whole
	}
	return small
}

// build writes a case line by line.
func build(lines func(line func(string, ...any))) *network {
	var b strings.Builder
	b.WriteString("now 0\n")
	lines(func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) })
	return readCase(b.String())
}

// leftOut checks that needs are left out, each with its reason, and all others are on time.
func leftOut(t *testing.T, n *network, out ...string) {
	t.Helper()
	p := mustPlan(t, n)
	r := p.Report()
	for _, d := range r.Needs {
		want := "onTime"
		if slices.Contains(out, string(d.ID)) {
			want = "short"
		}
		if d.State != want || want == "short" && len(d.Coverage) > 0 {
			t.Errorf("%s is %s with %v, want %s", d.ID, d.State, d.Coverage, want)
		}
	}
	var told []string
	for _, x := range r.Problems {
		if x.Kind == "short" && len(x.Causes) == 1 && x.Causes[0].Kind == "tooLarge" {
			told = append(told, string(x.About))
		}
	}
	slices.Sort(told)
	if slices.Sort(out); !slices.Equal(told, out) {
		t.Log(show(r))
		t.Errorf("left out are %v, want %v", told, out)
	}
	if faults := check(&n.g, n.now, r); len(faults) > 0 {
		t.Error(strings.Join(faults, "\n"))
	}
}

// A need that a few lines make a milliard of processes, or of which no number holds what
// it takes, is left out, with a word about where it grew too large; what others want of
// the same things is planned.
func TestExplosionsHurtNobodyElse(t *testing.T) {
	t.Parallel()
	lots := "recipe a days 1 most 1 makes A 1 takes B 1000\nrecipe b days 1 most 1 makes B 1 takes C 1000\nrecipe c days 1 most 1 makes C 1\n"
	chain := "offer T8\n"
	for i := range 8 {
		chain += fmt.Sprintf("recipe r%d days 1 makes T%d 1 takes T%d 1000\n", i, i, i+1)
	}
	sums := ""
	for i := range 10 {
		sums += fmt.Sprintf("need n%d T8 999999999999 on 20\n", i)
	}
	promise := "recipe x days 1 makes X 1 takes B 1\n"
	machine := "machine m of M parallel 1\nrecipe c days 0.001 most 1 makes C 1 uses M 1\n"
	for _, c := range []struct {
		name, words string
		out         []string
	}{
		{"lots", lots + "need n A 1000 on 9\nneed other C 5 on 9\nneed third B 2 on 9", []string{"n"}},
		{"lots at once", lots + "need n C 1000000000000 on 9\nneed other C 5 on 9", []string{"n"}},
		{"lots where something lacks", lots + promise + "need n A 1000 on 9\nneed other C 5 on 9\nneed n2 C 3000000 on 0", []string{"n", "n2"}},
		{"quantities", chain + "need n T0 1 on 20\nneed other T5 1 on 20", []string{"n"}},
		{"quantities of one order", chain + "need n T0 1 on 20\nneed other T5 1 on 20\nneed third T4 9000 on 16\nneed little T4 1 on 16", []string{"n", "third"}},
		{"sums", chain + sums + "need other T8 1 on 20", []string{"n9"}},
		{"a recipe of which nothing fits", "recipe x days 1 makes X 1 takes Y 900000000000\nrecipe z days 1 preference 1 makes X 1\noffer Y\nneed n X 900000000000 on 9\nneed other X 1000 on 8", nil},
		{"a recipe of the smallest lots", "recipe x days 1 most 0.000001 makes X 1\nrecipe z days 1 preference 1 makes X 1\nneed n X 10 on 9\nneed other X 1000 on 8", nil},
		{"on a machine", machine + "need n C 1000000000 on 9\nneed other C 5 on 9 tier 1", []string{"n"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			leftOut(t, readCase("now 0\n"+c.words), c.out...)
		})
	}
}

// Many such needs are left out too, and what fits stays; so is a part that has come to
// more orders than it may have.
func TestManyExplosionsHurtNobodyElse(t *testing.T) {
	t.Parallel()
	var out []string
	n := build(func(line func(string, ...any)) {
		line("recipe a days 1 most 1 makes A 1 takes B 10\nrecipe b days 1 most 1 makes B 1")
		line("need other A 10 on 9\nneed third B 7 on 3")
		for i := range 60 {
			line("need n%02d A %d on %d", i, 1_000_000+i, 9+i)
			out = append(out, fmt.Sprintf("n%02d", i))
		}
	})
	leftOut(t, n, out...)
	n = readCase("now 0\nrecipe a makes A 1 most 1\nneed n A 101 on 1\nneed m A 20 on 1")
	s := n.settings()
	s.MostOrders = 100
	p, err := plan.New(&n.g, s)
	if err != nil {
		t.Fatal(err)
	}
	if r := p.Report(); r.Needs[0].State != "onTime" || r.Needs[1].State != "short" || len(r.Processes) != 20 {
		t.Error(show(r))
	}
}

// Two ways of different length at each of thirty levels: a milliard of different
// times at the last. It is left out, within the bounds.
func TestExplosionOfTimesHurtsNobodyElse(t *testing.T) {
	t.Parallel()
	n := build(func(line func(string, ...any)) {
		for i := range 30 {
			line("recipe a%02d days 0 makes T%02d 1 takes A%02d 1, B%02d 1", i, i, i, i)
			line("recipe b%02d days 0.%05d makes A%02d 1 takes T%02d 1", i, 1<<min(i, 16), i, i+1)
			line("recipe c%02d days 0 makes B%02d 1 takes T%02d 1", i, i, i+1)
		}
		line("offer T30")
		line("need n T00 1 on 900")
		line("need other T28 1 on 900")
	})
	s := n.settings()
	s.MostOrders = size(20_000, 0)
	p, err := plan.New(&n.g, s)
	if err != nil {
		t.Fatal(err)
	}
	if r := p.Report(); r.Needs[0].State != "short" || r.Needs[1].State != "onTime" {
		t.Errorf("%s is %s, %s is %s", r.Needs[0].ID, r.Needs[0].State, r.Needs[1].ID, r.Needs[1].State)
	}
}

// A chain of very many steps is planned, in time and late, with one process and two
// links for each step: the work grows with the chain and not with its square.
func TestDeepChain(t *testing.T) {
	t.Parallel()
	levels := size(5_000, 100_000)
	for _, c := range []struct {
		name, due, state string
	}{{"in time", "300", "onTime"}, {"late", "1", "late"}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := build(func(line func(string, ...any)) {
				for i := range levels {
					line("recipe r%06d days 0.001 makes T%06d 1 takes T%06d 1", i, i, i+1)
				}
				line("offer T%06d", levels)
				line("need n T000000 5 on %s", c.due)
			})
			p := mustPlan(t, n)
			s := p.Stats()
			if s.Processes != levels || s.Links > 2*levels+2 || s.Requirements > 8*levels {
				t.Errorf("%d processes, %d links, %d requirements of a chain of %d", s.Processes, s.Links, s.Requirements, levels)
			}
			if got := p.Report().Needs[0].State; got != c.state {
				t.Errorf("the need is %s, want %s", got, c.state)
			}
		})
	}
}

// A circle of very many recipes is told once, in a text that can be read, and what
// is beside it is planned.
func TestBigCircle(t *testing.T) {
	t.Parallel()
	things := size(5_000, 100_000)
	n := build(func(line func(string, ...any)) {
		for i := range things {
			line("recipe r%06d days 1 makes T%06d 1 takes T%06d 1", i, i, (i+1)%things)
		}
		line("recipe beside days 1 makes B 1")
		line("need b B 1 on 5")
		line("need n T000000 1 on 5")
	})
	r := mustPlan(t, n).Report()
	if r.Needs[0].State != "onTime" || r.Needs[1].State != "short" {
		t.Errorf("the needs are %s and %s, want onTime and short", r.Needs[0].State, r.Needs[1].State)
	}
	circles := 0
	for _, p := range r.Problems {
		if p.Kind == "brokenData" {
			circles++
		}
		if len(p.Text) > 4000 {
			t.Errorf("the %s of %s is told in %d bytes", p.Kind, p.About, len(p.Text))
		}
	}
	if circles != 1 {
		t.Errorf("%d problems of broken data, want 1", circles)
	}
}

// Two ways at each of sixty levels, and nothing at the end of any: the search is
// given up within its bounds, and says so.
func TestBranchesWithoutEndAreGivenUp(t *testing.T) {
	t.Parallel()
	n := build(func(line func(string, ...any)) {
		for i := range 60 {
			line("recipe a%02d days 1 makes T%02d 1 takes T%02d 1", i, i, i+1)
			line("recipe b%02d days 2 makes T%02d 1 takes T%02d 1 preference 1", i, i, i+1)
		}
		line("offer T60 from 100 until 120 available 1")
		line("need n T00 3 on 5")
	})
	p := mustPlan(t, n)
	if s := p.Stats(); s.Requirements > 1_000_000 {
		t.Errorf("%d requirements", s.Requirements)
	}
	r := p.Report()
	if r.Needs[0].State != "short" {
		t.Errorf("the need is %s, want short", r.Needs[0].State)
	}
	if faults := check(&n.g, n.now, r); len(faults) > 0 {
		t.Error(strings.Join(faults, "\n"))
	}
}

// Very many ways to make one thing, each with another date: the first that is in
// time is found, and where none is, the earliest.
func TestManyAlternatives(t *testing.T) {
	t.Parallel()
	ways := size(2_000, 1_000_000)
	n := build(func(line func(string, ...any)) {
		for i := range ways {
			line("recipe r%06d days %d.%05d preference %d makes A 1", i, 4+i%300, i%100_000, i%7)
		}
		line("need in-time A 1 on 320")
		line("need late A 1 on 2 tier 1")
	})
	p := mustPlan(t, n)
	if s := p.Stats(); s.Processes != 2 || s.OnTime != 1 || s.Late != 1 || s.Requirements > 100 {
		t.Errorf("%+v", s)
	}
	for _, x := range p.Problems() {
		if len(x.Text) > 4000 || len(x.Causes) > 100 {
			t.Errorf("the %s of %s is told in %d bytes, with %d causes", x.Kind, x.About, len(x.Text), len(x.Causes))
		}
	}
}

// Work time that cannot be worked out is told of who says it, with its line; nothing
// that takes their hours is planned, and what others do stays.
func TestAbsurdWorkTimeStopsNobodyElse(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"RRULE:FREQ=SECONDLY",
		"RRULE:FREQ=HOURLY;COUNT=2000000000",
		"RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
		"RRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO;BYSETPOS=366",
		"DURATION:PT1H",
	} {
		n := readCase("now 0\nagent anna\nrecipe p days 1 by anna makes A 1\nrecipe q days 1 makes B 1\nneed n A 1 on 5\nneed other B 1 on 5")
		n.g.Agents[0].WorkTime = []string{"DTSTART:20260101T000000Z", "DURATION:PT1S", line}
		r := mustPlan(t, n).Report()
		if r.Needs[0].State != "short" || r.Needs[1].State != "onTime" || len(r.Processes) != 1 {
			t.Errorf("%s: %s", line, show(r))
		}
		if p := r.Problems[len(r.Problems)-1]; p.Kind != "brokenData" || p.About != "anna" || !strings.Contains(p.Text, "DTSTART:20260101T000000Z") && !strings.Contains(p.Text, line) {
			t.Errorf("%s: the last problem is %+v", line, p)
		}
		if p := r.Problems[0]; !strings.Contains(p.Text, "no hours of anna can be counted on") {
			t.Errorf("%s: the reason is %s", line, p.Text)
		}
		if plan.CheckWorkTime(n.g.Agents[0].WorkTime, nil) == nil {
			t.Errorf("%s: taken", line)
		}
	}
}

// Hours that are promised from the year 109 to the year 9965 are looked at for the years
// that the plan is about: a million days of each promise would take a minute.
func TestHoursPromisedForEver(t *testing.T) {
	t.Parallel()
	n := build(func(line func(string, ...any)) {
		line("hours anna weaving 40 week\nrecipe r days 1 by anna makes A 1 works weaving 8\nneed n A 3 on 5\nrecipe q days 1 makes B 1\nneed other B 3 on 5")
		for range 100 {
			line("booked anna weaving 90000000 from -700000 until 2900000")
		}
	})
	if r := mustPlan(t, n).Report(); r.Needs[0].State != "short" || r.Needs[1].State != "onTime" {
		t.Error(r.Needs)
	}
}

// Where a need is due in many years, work time that is said hour by hour is known for
// less long; it does not cease to be known.
func TestFarNeedLeavesOthersTheirHours(t *testing.T) {
	t.Parallel()
	n := readCase("now 0\nagent anna\nrecipe p days 1 by anna makes A 1\nrecipe q days 1 makes B 1\nneed n A 1 on 5\nneed other B 1 on 2000000")
	n.g.Agents[0].WorkTime = []string{"DTSTART:20260101T000000Z", "DURATION:PT50M", "RRULE:FREQ=HOURLY"}
	if r := mustPlan(t, n).Report(); r.Needs[0].State != "onTime" || r.Needs[1].State != "onTime" || len(r.Problems) > 0 {
		t.Error(show(r))
	}
}

// A machine that runs for an hour a year, and a job of five: it is not ready within
// the two years in which lateness is looked for, and the plan says so.
func TestTooLittleWorkTime(t *testing.T) {
	t.Parallel()
	n := readCase("now 0\nmachine press1 of press parallel 1\nrecipe p hours 5 makes A 1 uses press 1\nneed n A 1 on 5")
	n.g.EconomicResources[0].WorkTime = []string{"DTSTART:20260101T080000Z", "DURATION:PT1H", "RRULE:FREQ=YEARLY"}
	r := mustPlan(t, n).Report()
	if d := r.Needs[0]; d.State != "short" || len(d.Coverage) > 0 || len(r.Processes) > 0 {
		t.Errorf("the need is %s with %v\n%s", d.State, d.Coverage, show(r))
	}
	if len(r.Problems) == 0 || len(r.Problems[0].Causes) == 0 {
		t.Errorf("nothing says why\n%s", show(r))
	}
}

// Many jobs for one machine on one day: they queue, none is lost, and no two are
// on it at a time.
func TestManyJobsForOneMachine(t *testing.T) {
	t.Parallel()
	jobs := size(200, 5_000)
	n := build(func(line func(string, ...any)) {
		line("machine press1 of press parallel 1 open mon-fri/8-16")
		for i := range jobs {
			line("recipe r%05d hours 1 makes T%05d 1 uses press 1", i, i)
			line("need n%05d T%05d 1 on 5 tier %d", i, i, i%3)
		}
	})
	p := mustPlan(t, n)
	r := p.Report()
	if s := p.Stats(); s.Processes != jobs || s.Short > 0 {
		t.Errorf("%+v", s)
	}
	if faults := check(&n.g, n.now, r); len(faults) > 0 {
		t.Error(strings.Join(faults[:min(5, len(faults))], "\n"))
	}
}

// What comes together, of many parts that come bit by bit, is there with the last of
// them; nothing of it is missing then.
func TestTogetherOfManyParts(t *testing.T) {
	t.Parallel()
	n := build(func(line func(string, ...any)) {
		takes := ""
		for i := range 40 {
			for day := range 3 {
				line("receipt A%02d 1 on %d", i, i+day)
			}
			takes += fmt.Sprintf(", A%02d 3", i)
		}
		line("recipe feast days 0 makes feast 1 takes%s", takes[1:])
		line("stock song 1")
		line("need n feast 1 on 0 together x")
		line("need m song 1 on 0 together x")
	})
	r := mustPlan(t, n).Report()
	for _, d := range r.Needs {
		if d.State != "late" || len(d.Coverage) != 1 || !d.Coverage[0].At.Equal(n.now.AddDate(0, 0, 41)) {
			t.Errorf("%s is %s: %v", d.ID, d.State, d.Coverage)
		}
	}
}
