package plan

import (
	"cmp"
	"slices"

	"commonweal/vf"
)

// bound is a record that says how much can be done at a time or in a period: a
// machine, an offer of work, a place, a limit, or when somebody works.
type bound struct {
	id, name vf.ID
	says     vf.Record // what it says of that, and nothing else
	of       func(*network, *maker) bool
}

// bounds lists what bounds the makers of a network, by id.
func (n *network) bounds() (list []bound) {
	uses := func(spec vf.ID, a vf.Action) func(*network, *maker) bool {
		return func(_ *network, m *maker) bool {
			return slices.ContainsFunc(m.others, func(f *vf.RecipeFlow) bool { return f.Action == a && f.ResourceConformsTo == spec })
		}
	}
	for _, r := range n.graph.EconomicResources {
		if isMachine(r) {
			list = append(list, bound{r.ID, vf.ID(r.Name), &vf.EconomicResource{Parallel: r.Parallel, WorkTime: r.WorkTime, Efficiency: r.Efficiency,
				Preference: r.Preference, Budget: r.Budget, BudgetPeriod: r.BudgetPeriod, Overload: r.Overload, PrimaryAccountable: r.PrimaryAccountable,
				ConformsTo: r.ConformsTo}, uses(r.ConformsTo, vf.Use)})
		}
	}
	for _, i := range n.graph.Intents {
		if isSkill(i) {
			list = append(list, bound{i.ID, vf.ID(i.Name), i, uses(i.ResourceConformsTo, vf.Work)})
		}
	}
	for _, p := range n.graph.SpatialThings {
		if p.Parallel > 0 || len(p.WorkTime) > 0 {
			list = append(list, bound{p.ID, vf.ID(p.Name), &vf.SpatialThing{Parallel: p.Parallel, WorkTime: p.WorkTime, Overload: p.Overload},
				func(_ *network, m *maker) bool { return m.recipe.Place == p.ID }})
		}
	}
	for _, a := range n.graph.Agents {
		if len(a.WorkTime) > 0 || !a.Frozen.IsZero() {
			list = append(list, bound{a.ID, vf.ID(a.Name), &vf.Agent{WorkTime: a.WorkTime, Frozen: a.Frozen},
				func(_ *network, m *maker) bool { return m.recipe.PerformedBy == a.ID }})
		}
	}
	for _, s := range n.graph.ResourceSpecifications {
		if !s.Budget.IsZero() {
			list = append(list, bound{s.ID, vf.ID(s.Name), &vf.ResourceSpecification{Budget: s.Budget, BudgetPeriod: s.BudgetPeriod, Overload: s.Overload},
				func(n *network, m *maker) bool { return n.touches(m, s.ID) }})
		}
	}
	for _, c := range n.firm.commitments.all() {
		if c.Action == vf.Work || c.Action == vf.Use {
			list = append(list, bound{c.ID, "what is promised", c, uses(n.usedSpec(c), c.Action)})
		}
	}
	for _, p := range n.firm.processes.all() {
		list = append(list, bound{p.ID, vf.ID(p.Name), &vf.Process{HasBeginning: p.HasBeginning, HasEnd: p.HasEnd},
			func(_ *network, m *maker) bool { return p.BasedOn != "" && m.recipe.ProcessConformsTo == p.BasedOn }})
	}
	return list
}

// usedSpec is the specification of what a promise of work or use takes.
func (n *network) usedSpec(c *vf.Commitment) vf.ID {
	for _, r := range n.graph.EconomicResources {
		if r.ID == c.ResourceInventoriedAs && c.ResourceConformsTo == "" {
			return r.ConformsTo
		}
	}
	return c.ResourceConformsTo
}

// touches reports whether a maker takes or puts out things of a specification.
func (n *network) touches(m *maker, spec vf.ID) bool {
	is := func(u use) bool { return n.buffers[u.buffer].spec == spec }
	return m.buffer >= 0 && n.buffers[m.buffer].spec == spec || slices.ContainsFunc(m.uses, is) || slices.ContainsFunc(m.byproducts, is)
}

// bounds says which machines, workers, places and limits are others than before, in
// each part that has makers of them.
func (c *factChanges) bounds() {
	was, now := c.old.net.bounds(), c.new.net.bounds()
	pairUp(was, now, func(b bound) vf.ID { return b.id }, func(i, k int) {
		switch {
		case i < 0:
			c.bound(now[k].title()+" is new", now[k].of)
		case k < 0:
			c.bound(was[i].title()+" is no more", was[i].of)
		case !sameRecord(was[i].says, now[k].says):
			c.bound(now[k].title()+" is other than before", now[k].of)
		}
	})
}

func (b *bound) title() string { return string(cmp.Or(b.name, b.id)) + " (" + string(b.id) + ")" }

// bound adds a fact for each part that it concerns.
func (c *factChanges) bound(text string, of func(*network, *maker) bool) {
	before, after := c.old.partsOf(of), c.new.partsOf(of)
	for i := range max(len(before), len(after)) {
		f := fact{text, -1, -1}
		if i < len(before) {
			f.was = before[i]
		}
		if i < len(after) {
			f.now = after[i]
		}
		c.list = append(c.list, f)
	}
}

// partsOf lists the parts that have such makers, sorted.
func (p *Plan) partsOf(is func(*network, *maker) bool) (list []int32) {
	for i := range p.net.makers {
		m := &p.net.makers[i]
		if m.buffer >= 0 && is(p.net, m) {
			list = append(list, p.partOf[m.buffer])
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
