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
	year  int  // of all times in the plan, 0 where they differ; then it is said once
	table bool // times stand in tables, under which the zone is said once
}

// day writes a time of the plan, without the year and the zone where those are
// said once.
func (v *planView) day(t vf.Time) string {
	text := day(t)
	if !v.table || text == "" {
		return text
	}
	text = strings.TrimSuffix(text, zone)
	if v.year != 0 {
		return t.UTC().Format("Jan _2") + text[len("2006-01-02"):]
	}
	return text
}

// timesOf lists all times that the tables of a plan can show.
func timesOf(r *plan.Report) (list []vf.Time) {
	for _, x := range r.Processes {
		list = append(list, x.HasBeginning, x.HasEnd)
	}
	for _, x := range r.Flows {
		list = append(list, x.Due)
	}
	for _, x := range r.Needs {
		list = append(list, x.Due)
		for _, c := range x.Coverage {
			list = append(list, c.At)
		}
	}
	return list
}

// sayTimes says once what holds of all times in the tables: the year where it is
// the same, and the zone where hours are shown.
func (v *planView) sayTimes(r *plan.Report) {
	years, hours := map[int]bool{}, false
	for _, t := range timesOf(r) {
		if t.IsZero() {
			continue
		}
		v.year = t.UTC().Year()
		years[v.year] = true
		hours = hours || strings.HasSuffix(day(t), zone)
	}
	var said []string
	if len(years) == 1 {
		said = append(said, fmt.Sprintf("All dates are of %d.", v.year))
	} else {
		v.year = 0
	}
	if hours {
		said = append(said, "Times are UTC.")
	}
	if len(said) > 0 {
		v.p.say("%s", strings.Join(said, " "))
	}
	v.table = true
}

func (v *planView) tell(r *plan.Report, now vf.Time) {
	s := r.Stats
	v.p.say("Plan as of %s: %s, %d on time, %d late, %d short.", day(now), count(s.Needs, "need"), s.OnTime, s.Late, s.Short)
	v.p.say("%s and %s are proposed.", count(s.Processes, "process"), count(s.Purchases, "purchase"))
	v.sayTimes(r)
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

// print prints a table under a heading, cut after so many rows.
func (v *planView) print(heading string, t *table) {
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
	t := newTable("!need", ">wanted", "what", "?for", "!due", "+state")
	for _, n := range needs {
		t.add(string(n.ID), v.names.amount(n.Wanted), v.names.of(n.ResourceConformsTo), v.names.of(n.Receiver), v.day(n.Due), strings.Join(v.state(n), "\n"))
	}
	v.print("Needs", t)
}

// state says in a few words what a need gets, and then, where there is more to
// say, how much of it comes when.
func (v *planView) state(n plan.Need) []string {
	var parts []string
	for _, c := range n.Coverage {
		date := strings.ReplaceAll(v.day(c.At), "  ", " ")
		parts = append(parts, v.names.amount(c.ResourceQuantity)+" on "+date)
	}
	detail := strings.Join(parts, ", ")
	if n.State == "onTime" {
		detail = ""
	}
	if !n.Delivered.IsZero() {
		if detail != "" {
			detail += "; "
		}
		detail += v.names.amount(n.Delivered) + " delivered"
	}
	switch n.State {
	case "short":
		by := "by " + v.names.amount(missingOf(n))
		if detail != "" {
			by += " (" + detail + ")"
		}
		return []string{"short", by}
	case "late":
		return []string{"late:", detail}
	}
	if detail == "" {
		return []string{"on time"}
	}
	return []string{"on time", "(" + detail + ")"}
}

// missingOf is what of a need neither came already nor is covered.
func missingOf(n plan.Need) vf.Measure {
	left := n.Wanted
	got := []vf.Measure{n.Delivered}
	for _, c := range n.Coverage {
		got = append(got, c.ResourceQuantity)
	}
	for _, m := range got {
		if d, err := left.HasNumericalValue.Sub(m.HasNumericalValue); err == nil {
			left.HasNumericalValue = d
		}
	}
	return left
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
	v.print("Calendar of work", t)
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
	v.print("Taken from offers", t)
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
