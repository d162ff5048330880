package main

import (
	"fmt"
	"sort"
	"strings"

	"commonweal/plan"
	"commonweal/vf"
)

// mostRows is how many rows of a table are printed unless all are asked for.
const mostRows = 60

// names are what people call records and the symbols of units.
type names map[vf.ID]string

// namesOf collects the names of agents, things, recipes and units.
func namesOf(g *vf.Graph) names {
	n := names{}
	for _, a := range g.Agents {
		n[a.ID] = a.Name
	}
	for _, s := range g.ResourceSpecifications {
		n[s.ID] = s.Name
	}
	for _, s := range g.ProcessSpecifications {
		n[s.ID] = s.Name
	}
	for _, t := range g.SpatialThings {
		n[t.ID] = t.Name
	}
	for _, u := range g.Units {
		n[u.ID] = u.Symbol
	}
	return n
}

// of is what people call a record: its name, else the last part of its id.
func (n names) of(id vf.ID) string {
	if name := n[id]; name != "" {
		return name
	}
	return id.Last()
}

// amount writes a measure with the symbol of its unit, to at most three digits
// after the point; what is cut off is shown by a sign.
func (n names) amount(m vf.Measure) string {
	if m.IsZero() {
		return ""
	}
	number := m.HasNumericalValue.String()
	if dot := strings.IndexByte(number, '.'); dot >= 0 && len(number)-dot > 4 {
		number = number[:dot+4] + "…"
	}
	unit := n.of(m.HasUnit)
	if unit == "one" {
		return number
	}
	return number + " " + unit
}

// thing is a specification with the stage it has been through.
func (n names) thing(spec, stage vf.ID) string {
	if stage == "" {
		return n.of(spec)
	}
	return n.of(spec) + ", after " + n.of(stage)
}

// planView prints a plan for people.
type planView struct {
	p     *program
	names names
	all   bool
	year  int // of all times in the plan, 0 where they differ; then it is said once
}

// day writes a time of the plan, without the year where that is said once.
func (v *planView) day(t vf.Time) string {
	text := day(t)
	if v.year != 0 && text != "" {
		return t.Format("Jan _2") + text[len("2006-01-02"):]
	}
	return text
}

// oneYear is the year of all times in a plan, 0 where they differ.
func oneYear(r *plan.Report) int {
	year := 0
	same := func(t vf.Time) bool {
		if t.IsZero() {
			return true
		}
		if year == 0 {
			year = t.Year()
		}
		return t.Year() == year
	}
	for _, x := range r.Processes {
		if !same(x.HasBeginning) || !same(x.HasEnd) {
			return 0
		}
	}
	for _, x := range r.Flows {
		if !same(x.Due) {
			return 0
		}
	}
	for _, x := range r.Needs {
		if !same(x.Due) {
			return 0
		}
	}
	return year
}

func (v *planView) tell(r *plan.Report, now vf.Time) {
	s := r.Stats
	v.p.say("Plan as of %s: %s, %d on time, %d late, %d short.", day(now), count(s.Needs, "need"), s.OnTime, s.Late, s.Short)
	v.p.say("%s and %s are proposed.", count(s.Processes, "process"), count(s.Purchases, "purchase"))
	v.year = oneYear(r)
	if v.year != 0 {
		v.p.say("All dates are of %d.", v.year)
	}
	v.needs(r)
	v.processes(r)
	v.purchases(r)
	v.problems(r)
}

// count writes a number with its noun.
func count(n int, noun string) string {
	switch {
	case n == 1:
	case strings.HasSuffix(noun, "s"):
		noun += "es"
	default:
		noun += "s"
	}
	return fmt.Sprint(n, " ", noun)
}

// table prints a table under a heading, cut after so many rows.
func (v *planView) table(heading string, t *table) {
	if len(t.rows) == 0 {
		return
	}
	v.p.say("\n%s", heading)
	rest := 0
	if !v.all && len(t.rows) > mostRows {
		rest = len(t.rows) - mostRows
		t.rows = t.rows[:mostRows]
	}
	t.write(v.p.out)
	if rest > 0 {
		v.p.say("… and %d more; --all prints them", rest)
	}
}

func (v *planView) needs(r *plan.Report) {
	needs := append([]plan.Need(nil), r.Needs...)
	sort.SliceStable(needs, func(i, j int) bool { return needs[i].Due.Before(needs[j].Due.Time) })
	t := newTable("!need", ">wanted", "what", "?for", "due", "!state")
	for _, n := range needs {
		t.add(string(n.ID), v.names.amount(n.Wanted), v.names.of(n.ResourceConformsTo), v.names.of(n.Receiver), v.day(n.Due), v.state(n))
	}
	v.table("Needs", t)
}

// state says in a few words what a need gets, and when.
func (v *planView) state(n plan.Need) string {
	if n.State == "onTime" {
		return "on time"
	}
	var parts []string
	for _, c := range n.Coverage {
		parts = append(parts, v.names.amount(c.ResourceQuantity)+" on "+v.day(c.At))
	}
	if len(parts) == 0 {
		return n.State + ": none"
	}
	return n.State + ": " + strings.Join(parts, ", ")
}

func (v *planView) processes(r *plan.Report) {
	gives := map[vf.ID][]plan.Flow{}
	for _, f := range r.Flows {
		if f.OutputOf != "" && f.Action != vf.DeliverService {
			gives[f.OutputOf] = append(gives[f.OutputOf], f)
		}
	}
	t := newTable("!begin", "!end", "!work", "by", ">gives", "")
	for _, x := range r.Processes {
		name := x.Name
		if x.Firm {
			name += " (promised)"
		}
		row := []string{v.day(x.HasBeginning), v.day(x.HasEnd), name, v.names.of(x.PerformedBy)}
		for _, f := range gives[x.ID] {
			t.add(append(row, v.names.amount(f.ResourceQuantity), v.names.of(f.ResourceConformsTo))...)
			row = []string{"", "", "", ""}
		}
		if len(gives[x.ID]) == 0 {
			t.add(append(row, "", "")...)
		}
	}
	v.table("Calendar of work", t)
}

func (v *planView) purchases(r *plan.Report) {
	var list []plan.Flow
	for _, f := range r.Flows {
		if f.InputOf == "" && f.OutputOf == "" && !f.Firm {
			list = append(list, f)
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Due.Before(list[j].Due.Time) })
	t := newTable("!on", "take", ">quantity", "from", "?for")
	for _, f := range list {
		t.add(v.day(f.Due), v.names.thing(f.ResourceConformsTo, f.Stage), v.names.amount(f.ResourceQuantity), v.names.of(f.Provider), v.names.of(f.Receiver))
	}
	v.table("Taken from offers", t)
}

func (v *planView) problems(r *plan.Report) {
	if len(r.Problems) == 0 {
		return
	}
	v.p.say("\nProblems")
	for i, x := range r.Problems {
		if i == mostRows && !v.all {
			v.p.say("… and %d more; --all prints them", len(r.Problems)-mostRows)
			return
		}
		v.p.say("- %s", wrap(x.Text, 2))
	}
}
