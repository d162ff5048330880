package plan_test

import (
	"cmp"
	"math/big"
	"slices"

	"commonweal/plan"
	"commonweal/vf"
)

// capacities are what a plan has to respect beside materials, read from the facts.
type capacities struct {
	machines map[vf.ID][]*vf.EconomicResource // by specification: those that say what they can do
	resource map[vf.ID]*vf.EconomicResource
	agents   map[vf.ID]*vf.Agent
	places   map[vf.ID]*vf.SpatialThing
	hours    map[hands][]*vf.Intent
	skilled  map[vf.ID]bool
	firm     map[vf.ID]*vf.Process
}

// hands are an agent's, with a skill.
type hands struct{ agent, skill vf.ID }

func readCapacities(g *vf.Graph) capacities {
	x := capacities{map[vf.ID][]*vf.EconomicResource{}, map[vf.ID]*vf.EconomicResource{}, map[vf.ID]*vf.Agent{}, map[vf.ID]*vf.SpatialThing{}, map[hands][]*vf.Intent{}, map[vf.ID]bool{}, map[vf.ID]*vf.Process{}}
	for _, r := range g.EconomicResources {
		x.resource[r.ID] = r
		if r.Parallel > 0 || len(r.WorkTime) > 0 || !r.Budget.IsZero() || r.Efficiency != nil {
			x.machines[r.ConformsTo] = append(x.machines[r.ConformsTo], r)
		}
	}
	for _, a := range g.Agents {
		x.agents[a.ID] = a
	}
	for _, p := range g.SpatialThings {
		x.places[p.ID] = p
	}
	for _, i := range g.Intents {
		if i.Action == vf.Work && i.Provider != "" && i.Receiver == "" {
			h := hands{i.Provider, i.ResourceConformsTo}
			x.hours[h] = append(x.hours[h], i)
			x.skilled[i.ResourceConformsTo] = true
		}
	}
	for _, p := range g.Processes {
		x.firm[p.ID] = p
	}
	return x
}

// machinesFor are those that a recipe can be done on: its performer's own, else all.
func (x *capacities) machinesFor(r *vf.RecipeProcess, spec vf.ID) []*vf.EconomicResource {
	var own []*vf.EconomicResource
	for _, m := range x.machines[spec] {
		if r.PerformedBy != "" && m.PrimaryAccountable == r.PerformedBy {
			own = append(own, m)
		}
	}
	if len(own) > 0 {
		return own
	}
	return x.machines[spec]
}

// inputs are the planned inputs of a process with an action.
func (c *checker) inputs(p *plan.Process, action vf.Action) (list []*plan.Flow) {
	for _, f := range c.of[p.ID] {
		if f.InputOf != "" && f.Action == action {
			list = append(list, f)
		}
	}
	return list
}

// shiftsOf reads a work time once.
func (c *checker) shiftsOf(lines []string) []shift {
	list, err := readShifts(lines)
	if err != nil {
		c.fault("%v", err)
	}
	return list
}

// workTimes are those of the recipe, who performs it, its place and its machines.
func (c *checker) workTimes(p *plan.Process, r *vf.RecipeProcess) (w workTimes) {
	add := func(lines []string) {
		if len(lines) > 0 {
			w = append(w, c.shiftsOf(lines))
		}
	}
	add(r.WorkTime)
	if a := c.can.agents[r.PerformedBy]; a != nil {
		add(a.WorkTime)
	}
	if s := c.can.places[r.Place]; s != nil {
		add(s.WorkTime)
	}
	for _, f := range c.inputs(p, vf.Use) {
		if m := c.can.resource[f.ResourceInventoriedAs]; m != nil {
			add(m.WorkTime)
		}
	}
	return w
}

// lasts: between begin and end of a process there is as much work time as its
// recipe says, for the machine that it is on; roundings aside.
func (c *checker) lasts(p *plan.Process, r *vf.RecipeProcess, wait *big.Rat) {
	for _, f := range c.inputs(p, vf.Use) {
		if m := c.can.resource[f.ResourceInventoriedAs]; m != nil && m.Efficiency != nil {
			wait = new(big.Rat).Quo(wait, m.Efficiency.Rat())
		}
	}
	took := big.NewRat(c.workTimes(p, r).between(p.HasBeginning.Unix(), p.HasEnd.Unix()), 1)
	if over := new(big.Rat).Sub(took, wait); over.Sign() < 0 || over.Cmp(big.NewRat(2, 1)) >= 0 {
		c.fault("%s has %s s of work time, its recipe says %s", p.ID, took.RatString(), wait.FloatString(3))
	}
}

// stay is the time that a process takes a slot somewhere.
type stay struct {
	process  vf.ID
	from, to int64
	firm     bool
}

// atOnce: no planned process begins, or is there when another begins, where there
// are more at a time than there is room for.
func (c *checker) atOnce(what vf.ID, room int, stays []stay) {
	for _, s := range stays {
		there, planned := 0, false
		for _, o := range stays {
			if o.from <= s.from && s.from < o.to {
				there++
				planned = planned || !o.firm
			}
		}
		if there > room && planned {
			c.fault("%s has room for %d, and %d when %s begins", what, room, there, s.process)
		}
	}
}

// slots: each process has a machine for each kind that it needs, and no machine or
// place has more than it has room for.
func (c *checker) slots() {
	stays := map[vf.ID][]stay{}
	for _, f := range c.g.Commitments {
		if p := c.can.firm[f.InputOf]; p != nil && !p.Finished && f.Action == vf.Use {
			stays[f.ResourceInventoriedAs] = append(stays[f.ResourceInventoriedAs], stay{p.ID, p.HasBeginning.Unix(), p.HasEnd.Unix(), true})
		}
	}
	for i := range c.r.Processes {
		p := &c.r.Processes[i]
		r := c.recipes[p.Recipe]
		if p.Firm || r == nil {
			continue
		}
		s := stay{p.ID, p.HasBeginning.Unix(), p.HasEnd.Unix(), false}
		for _, f := range c.inputs(p, vf.Use) {
			can := c.can.machinesFor(r, f.ResourceConformsTo)
			if len(can) > 0 && !slices.ContainsFunc(can, func(m *vf.EconomicResource) bool { return m.ID == f.ResourceInventoriedAs }) {
				c.fault("%s is done on %q, which is none of its machines", p.ID, f.ResourceInventoriedAs)
			}
			stays[f.ResourceInventoriedAs] = append(stays[f.ResourceInventoriedAs], s)
		}
		if c.can.places[r.Place] != nil {
			stays[r.Place] = append(stays[r.Place], s)
		}
		if a := c.can.agents[r.PerformedBy]; a != nil && !a.Frozen.IsZero() {
			free := new(big.Rat).Add(big.NewRat(c.now, 1), new(big.Rat).Mul(amount(a.Frozen), big.NewRat(86400, 1)))
			if big.NewRat(s.from, 1).Cmp(free) < 0 {
				c.fault("%s begins while %s takes on nothing new", p.ID, a.ID)
			}
		}
	}
	for id, list := range stays {
		if m := c.can.resource[id]; m != nil && m.Overload != vf.Yes && slices.Contains(c.can.machines[m.ConformsTo], m) {
			c.atOnce(id, max(1, m.Parallel), list)
		}
		if p := c.can.places[id]; p != nil && p.Overload != vf.Yes && p.Parallel > 0 {
			c.atOnce(id, p.Parallel, list)
		}
	}
}

// lastSecond is when a process ends, as the last second that belongs to it.
func lastSecond(p *plan.Process) int64 {
	return max(p.HasBeginning.Unix(), p.HasEnd.Unix()-1)
}

// inPeriod is a thing in one period of its budget.
type inPeriod struct {
	what vf.ID
	from int64
}

// passed gives the hours that passed of those that are said. Whole seconds are said in
// millionths of an hour, rounded up; so what is over a second by less than a millionth
// of an hour did not pass.
func passed(hours *big.Rat) *big.Rat {
	seconds := new(big.Rat).Mul(hours, big.NewRat(3600, 1))
	whole := new(big.Rat).SetInt(new(big.Int).Quo(seconds.Num(), seconds.Denom()))
	if over := new(big.Rat).Sub(seconds, whole); over.Cmp(big.NewRat(3600, 1_000_000)) >= 0 {
		return hours
	}
	return whole.Quo(whole, big.NewRat(3600, 1))
}

// budgets: the hours of a machine in a period, and the flows of a thing that has a
// limit, stay within it.
func (c *checker) budgets() {
	limit := map[vf.ID]*vf.ResourceSpecification{}
	for _, s := range c.g.ResourceSpecifications {
		if !s.Budget.IsZero() && s.Overload != vf.Yes {
			limit[s.ID] = s
		}
	}
	sums := map[inPeriod]*big.Rat{}
	add := func(what vf.ID, at int64, period string, q *big.Rat) {
		k := inPeriod{what, periodOf(at, period)}
		sums[k] = new(big.Rat).Add(q, cmp.Or(sums[k], new(big.Rat)))
	}
	for i := range c.r.Processes {
		p := &c.r.Processes[i]
		if p.Firm {
			continue
		}
		for _, f := range c.inputs(p, vf.Use) {
			m := c.can.resource[f.ResourceInventoriedAs]
			if m == nil || m.Budget.IsZero() || m.Overload == vf.Yes {
				continue
			}
			q := passed(amount(f.EffortQuantity))
			if f.EffortQuantity.IsZero() {
				q = big.NewRat(c.workTimes(p, c.recipes[p.Recipe]).between(p.HasBeginning.Unix(), p.HasEnd.Unix()), 3600)
			}
			add(m.ID, lastSecond(p), m.BudgetPeriod, q)
		}
		for _, f := range c.of[p.ID] {
			if s := limit[f.ResourceConformsTo]; s == nil || f.Action != vf.Consume && f.Action != vf.Produce {
				continue // what is only carried is not used up
			} else if f.InputOf != "" {
				add(s.ID, p.HasBeginning.Unix(), s.BudgetPeriod, amount(f.ResourceQuantity))
			} else {
				add(s.ID, lastSecond(p), s.BudgetPeriod, amount(f.ResourceQuantity))
			}
		}
	}
	for k, q := range sums {
		var most vf.Measure
		if m := c.can.resource[k.what]; m != nil {
			most = m.Budget
		} else {
			most = limit[k.what].Budget
		}
		if q.Cmp(amount(most)) > 0 {
			c.fault("%s has %s of its %s in the period from %s", k.what, q.FloatString(3), amount(most).FloatString(3), date(vf.At(k.from)))
		}
	}
}
