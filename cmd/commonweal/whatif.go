package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"commonweal/plan"
	"commonweal/vf"
)

// whatifCommand plans with other facts and holds the plans against each other.
type whatifCommand struct {
	Files []string `arg:"" optional:"" name:"file" help:"Network files with records that are new or said anew, whole; each file is a branch of its own."`
	changes
	In    []string `help:"Network files to begin with, in place of the books; repeat it."`
	Now   string   `help:"What time the plans take it to be; the present if left out."`
	Lines bool     `help:"Tell also what each branch changes, line by line."`
}

// Run plans the branches and prints what they come to, side by side.
func (c *whatifCommand) Run(p *program) error {
	if len(c.Files)+len(c.Set)+len(c.Without) == 0 {
		return usage("say what would be different: a file of changes, --set or --without")
	}
	begin := sources{Files: c.In}
	current, _, g, err := begin.plan(p, c.Now)
	if err != nil {
		return err
	}
	list, err := c.branches(p, g, c.Files)
	if err != nil {
		return err
	}
	told := plan.Comparison{Current: current.Figures(), Branches: []plan.Branch{}}
	all := plan.With(g, nil, nil) // for the names
	for _, b := range list {
		made, err := current.NewBranch(b.name, b.changes()...)
		if err != nil {
			return err
		}
		told.Branches = append(told.Branches, made)
		for _, r := range b.records {
			all.Add(r)
		}
	}
	if p.JSON {
		return p.printJSON(told)
	}
	v := &comparison{p: p, names: namesOf(all), told: &told}
	v.tell()
	if c.Lines {
		v.lines()
	}
	return nil
}

// comparison prints plans side by side.
type comparison struct {
	p     *program
	names names
	told  *plan.Comparison
	table *table
}

// row adds a row: a name, and a cell for the plan as it is and for each branch.
func (v *comparison) row(name string, cell func(*plan.Figures) string) {
	cells := []string{name, cell(&v.told.Current)}
	for i := range v.told.Branches {
		cells = append(cells, cell(&v.told.Branches[i].Figures))
	}
	v.table.add(cells...)
}

// moves adds a row about what is different against the plan as it is.
func (v *comparison) moves(name string, count func(*plan.Diff) int) {
	cells := []string{name, ""}
	for i := range v.told.Branches {
		cells = append(cells, fmt.Sprint(count(v.told.Branches[i].Diff)))
	}
	v.table.add(cells...)
}

func (v *comparison) tell() {
	heads := []string{"!", ">as it is"}
	for _, b := range v.told.Branches {
		heads = append(heads, ">"+b.Name)
	}
	v.table = newTable(heads...)
	for _, tier := range v.tiers() {
		v.row(fmt.Sprintf("tier %d: on time", tier), func(f *plan.Figures) string { return of(tier, f).share() })
		v.row("  late", func(f *plan.Figures) string { return fmt.Sprint(of(tier, f).Late) })
		v.row("  short", func(f *plan.Figures) string { return fmt.Sprint(of(tier, f).Short) })
	}
	v.row("late together", func(f *plan.Figures) string { return inDays(f.LateBy) })
	v.row("  the latest", func(f *plan.Figures) string { return inDays(f.LatestBy) })
	v.amounts("work: ", func(f *plan.Figures) []plan.Amount { return f.Work })
	v.amounts("from stock: ", func(f *plan.Figures) []plan.Amount { return f.Stock })
	v.amounts("from offers: ", func(f *plan.Figures) []plan.Amount { return f.Offers })
	v.row("limits passed", func(f *plan.Figures) string { return fmt.Sprint(len(f.Limits)) })
	v.row("processes", func(f *plan.Figures) string { return fmt.Sprint(f.Processes) })
	v.row("purchases", func(f *plan.Figures) string { return fmt.Sprint(f.Purchases) })
	v.moves("steps moved", func(d *plan.Diff) int { return d.Moved })
	v.moves("  resized", func(d *plan.Diff) int { return d.Resized })
	v.moves("  added", func(d *plan.Diff) int { return d.Added })
	v.moves("  removed", func(d *plan.Diff) int { return d.Removed })
	v.table.write(v.p.out)
}

// tiers lists the tiers that occur in any of the plans.
func (v *comparison) tiers() (list []int) {
	seen := map[int]bool{}
	add := func(f *plan.Figures) {
		for _, t := range f.Tiers {
			seen[t.Tier] = true
		}
	}
	add(&v.told.Current)
	for i := range v.told.Branches {
		add(&v.told.Branches[i].Figures)
	}
	return slices.Sorted(maps.Keys(seen))
}

// tierOf is what one tier gets.
type tierOf plan.Tier

func of(tier int, f *plan.Figures) tierOf {
	for _, t := range f.Tiers {
		if t.Tier == tier {
			return tierOf(t)
		}
	}
	return tierOf{}
}

func (t tierOf) share() string { return fmt.Sprintf("%d of %d", t.OnTime, t.Needs) }

// amounts adds a row for each specification, in each unit, that occurs in a list.
func (v *comparison) amounts(name string, list func(*plan.Figures) []plan.Amount) {
	type row struct{ spec, unit vf.ID }
	seen := map[row]bool{}
	var rows []row
	add := func(f *plan.Figures) {
		for _, a := range list(f) {
			if r := (row{a.ResourceConformsTo, a.Quantity.HasUnit}); !seen[r] {
				seen[r], rows = true, append(rows, r)
			}
		}
	}
	add(&v.told.Current)
	for i := range v.told.Branches {
		add(&v.told.Branches[i].Figures)
	}
	for _, r := range rows {
		v.row(name+v.names.of(r.spec), func(f *plan.Figures) string {
			for _, a := range list(f) {
				if a.ResourceConformsTo == r.spec && a.Quantity.HasUnit == r.unit {
					return v.names.amount(a.Quantity)
				}
			}
			return "0"
		})
	}
}

// lines prints what each branch changes.
func (v *comparison) lines() {
	for _, b := range v.told.Branches {
		v.p.say("\n%s", b.Name)
		tellDiff(v.p, b.Diff)
	}
}

// tellDiff prints what is different between two plans.
func tellDiff(p *program, d *plan.Diff) {
	for _, text := range d.Facts() {
		p.say("- %s", wrap("given: "+text, 2))
	}
	for _, x := range d.Needs() {
		p.say("- %s", wrap(x.Text, 2))
	}
	for _, x := range d.Lines() {
		p.say("- %s", wrap(x.Text+serving(x.Needs), 2))
	}
	if d.Empty() {
		p.say("- nothing changes for anybody")
	}
}

// serving names the needs that a step serves.
func serving(needs []vf.ID) string {
	const most = 3
	switch {
	case len(needs) == 0:
		return ""
	case len(needs) > most:
		return fmt.Sprintf("; it serves %s and %s", needs[0], count(len(needs)-1, "other need"))
	}
	texts := make([]string, 0, most)
	for _, id := range needs {
		texts = append(texts, string(id))
	}
	return "; it serves " + strings.Join(texts, ", ")
}

// inDays writes seconds in days, to at most two digits after the point.
func inDays(seconds int64) string {
	if seconds == 0 {
		return "0"
	}
	text := fmt.Sprintf("%d.%02d", seconds/86400, seconds%86400*100/86400)
	text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	if text == "1" {
		return "1 day"
	}
	return text + " days"
}
