package plan_test

import (
	"fmt"
	"math/big"
	"slices"

	"commonweal/plan"
	"commonweal/vf"
)

// checker judges a plan by its report and the facts alone. It shares no code with
// the planner: it works with exact rationals and dates, in no particular order.
type checker struct {
	g       *vf.Graph
	now     int64
	r       *plan.Report
	flows   map[vf.ID]*plan.Flow
	used    map[string]*big.Rat
	faults  []string
	recipes map[vf.ID]*vf.RecipeProcess
	offers  map[vf.ID]*vf.Intent
}

var smallest = big.NewRat(1, 1000000)

func check(g *vf.Graph, now vf.Time, r *plan.Report) []string {
	c := &checker{g: g, now: now.Unix(), r: r, flows: map[vf.ID]*plan.Flow{}, used: map[string]*big.Rat{},
		recipes: map[vf.ID]*vf.RecipeProcess{}, offers: map[vf.ID]*vf.Intent{}}
	for i := range r.Flows {
		if f := &r.Flows[i]; c.flows[f.ID] != nil {
			c.fault("two flows have the id %s", f.ID)
		} else {
			c.flows[f.ID] = f
		}
	}
	for _, p := range g.RecipeProcesses {
		c.recipes[p.ID] = p
	}
	for _, i := range g.Intents {
		c.offers[i.ID] = i
	}
	c.processes()
	for i := range r.Flows {
		c.flow(&r.Flows[i])
	}
	for i := range r.Needs {
		c.need(&r.Needs[i])
	}
	c.supplies()
	return c.faults
}

func (c *checker) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

func amount(m vf.Measure) *big.Rat { return m.HasNumericalValue.Rat() }

func (c *checker) days(m vf.Measure) *big.Rat { return amount(m) }

// processes: none begins before now, each takes the time its recipe says, is in
// force, keeps the lot rules, and takes and gives in the recipe's proportions.
func (c *checker) processes() {
	seen := map[vf.ID]bool{}
	for _, p := range c.r.Processes {
		if seen[p.ID] {
			c.fault("two processes have the id %s", p.ID)
		}
		seen[p.ID] = true
		if p.Firm {
			continue
		}
		recipe := c.recipes[p.Recipe]
		if recipe == nil {
			c.fault("%s has no recipe", p.ID)
			continue
		}
		if p.HasBeginning.Unix() < c.now {
			c.fault("%s begins before now", p.ID)
		}
		if !recipe.ValidFrom.IsZero() && p.HasBeginning.Before(recipe.ValidFrom.Time) || !recipe.ValidUntil.IsZero() && !p.HasBeginning.Before(recipe.ValidUntil.Time) {
			c.fault("%s begins when its recipe is not in force", p.ID)
		}
		c.proportions(p, recipe)
	}
}

func (c *checker) proportions(p plan.Process, recipe *vf.RecipeProcess) {
	yield := big.NewRat(1, 1)
	if recipe.Yield != nil {
		yield = recipe.Yield.Rat()
	}
	planned := map[vf.ID]*plan.Flow{}
	for _, f := range c.r.Flows {
		if f.InputOf == p.ID || f.OutputOf == p.ID {
			planned[vf.ID(f.ID.Last())] = &f
		}
	}
	// Runs are the most that any output asks for; carried things have runs of their own.
	runs, largest := map[vf.ID]*big.Rat{}, new(big.Rat)
	first := vf.ID("")
	for _, f := range c.g.RecipeFlows {
		if x := planned[vf.ID(f.ID.Last())]; f.RecipeOutputOf == recipe.ID && x != nil {
			if f.Action == vf.Produce && (first == "" || f.ID < first) {
				first = f.ID
			}
			q := new(big.Rat).Quo(amount(x.ResourceQuantity), new(big.Rat).Mul(amount(f.ResourceQuantity), yield))
			runs[f.ResourceConformsTo] = q
			if q.Cmp(largest) > 0 {
				largest = q
			}
			c.lot(x, recipe, f)
		}
	}
	if len(runs) == 0 {
		c.fault("%s puts nothing out", p.ID)
	}
	wait := new(big.Rat).Mul(c.days(recipe.HasDuration), big.NewRat(86400, 1))
	if !recipe.DurationPerUnit.IsZero() {
		for _, f := range c.g.RecipeFlows {
			if x := planned[vf.ID(f.ID.Last())]; f.ID == first && x != nil {
				whole := new(big.Rat).Mul(largest, new(big.Rat).Mul(amount(f.ResourceQuantity), yield))
				wait.Add(wait, new(big.Rat).Mul(amount(recipe.DurationPerUnit), whole.Mul(whole, big.NewRat(86400, 1))))
			}
		}
	}
	took := big.NewRat(p.HasEnd.Unix()-p.HasBeginning.Unix(), 1)
	if over := new(big.Rat).Sub(took, wait); over.Sign() < 0 || over.Cmp(big.NewRat(1, 1)) >= 0 {
		c.fault("%s takes %s s, its recipe says %s", p.ID, took.RatString(), wait.RatString())
	}
	for _, f := range c.g.RecipeFlows {
		if f.RecipeInputOf != recipe.ID {
			continue
		}
		want := largest
		if own := runs[f.ResourceConformsTo]; f.Action == vf.Pickup {
			if want = own; own == nil {
				continue
			}
		}
		if f.PerBatch {
			want = big.NewRat(1, 1)
		}
		c.input(p, planned[vf.ID(f.ID.Last())], f, new(big.Rat).Mul(want, amount(f.ResourceQuantity)))
	}
}

func (c *checker) input(p plan.Process, x *plan.Flow, f *vf.RecipeFlow, want *big.Rat) {
	if x == nil {
		c.fault("%s lacks its input %s", p.ID, f.ID)
		return
	}
	over := new(big.Rat).Sub(amount(x.ResourceQuantity), want)
	// By-products round down, so the largest run may be a step under what drives it.
	if over.Sign() < 0 || over.Cmp(new(big.Rat).Mul(smallest, big.NewRat(20, 1))) > 0 {
		c.fault("%s takes %s of %s, the recipe says %s", p.ID, amount(x.ResourceQuantity).FloatString(7), f.ResourceConformsTo, want.FloatString(7))
	}
	if x.Due != p.HasBeginning {
		c.fault("%s is due at another time than its process begins", x.ID)
	}
}

func (c *checker) lot(x *plan.Flow, r *vf.RecipeProcess, f *vf.RecipeFlow) {
	if c.outputs(r.ID) > 1 {
		return
	}
	q := amount(x.ResourceQuantity)
	if !r.LeastBatch.IsZero() && q.Cmp(amount(r.LeastBatch)) < 0 {
		c.fault("%s is under the least lot", x.ID)
	}
	if !r.LargestBatch.IsZero() && q.Cmp(amount(r.LargestBatch)) > 0 {
		c.fault("%s is over the largest lot", x.ID)
	}
	if !r.BatchMultiple.IsZero() && !new(big.Rat).Quo(q, amount(r.BatchMultiple)).IsInt() {
		c.fault("%s of %s is no multiple of the lot", x.ID, f.ResourceConformsTo)
	}
}

func (c *checker) outputs(recipe vf.ID) (n int) {
	for _, f := range c.g.RecipeFlows {
		if f.RecipeOutputOf == recipe {
			n++
		}
	}
	return n
}

// flow: what is taken comes from somewhere, in full and in time; pegs do not
// exceed the flow.
func (c *checker) flow(f *plan.Flow) {
	if amount(f.ResourceQuantity).Sign() < 0 {
		c.fault("%s is negative", f.ID)
	}
	pegged := new(big.Rat)
	for _, p := range f.Pegs {
		pegged.Add(pegged, amount(p.ResourceQuantity))
	}
	if pegged.Cmp(amount(f.ResourceQuantity)) > 0 {
		c.fault("%s is pegged with %s, over its quantity", f.ID, pegged.FloatString(6))
	}
	if f.InputOf != "" && !f.Firm || f.InputOf+f.OutputOf == "" && !f.Firm {
		c.sources(f.From, amount(f.ResourceQuantity), f.Due.Unix(), string(f.ID), f.ResourceConformsTo, f.Stage)
	}
}

func (c *checker) sources(from []plan.Source, want *big.Rat, due int64, who string, spec, stage vf.ID) {
	total := new(big.Rat)
	for _, s := range from {
		q := amount(s.ResourceQuantity)
		total.Add(total, q)
		key := string(s.Flow + "|" + s.Resource + "|" + s.Offer)
		if c.used[key] == nil {
			c.used[key] = new(big.Rat)
		}
		c.used[key].Add(c.used[key], q)
		if s.Flow != "" {
			f := c.flows[s.Flow]
			switch {
			case f == nil:
				c.fault("%s comes from %s, which is not there", who, s.Flow)
			case max(f.Due.Unix(), c.now) > due:
				c.fault("%s is due before %s gives it", who, s.Flow)
			case f.ResourceConformsTo != spec || f.Stage != stage && !f.Firm:
				c.fault("%s is another thing, or at another stage, than %s", who, s.Flow)
			}
		}
		if i := c.offers[s.Offer]; i != nil {
			lead := big.NewRat(0, 1)
			if !i.LeadTime.IsZero() {
				lead.Mul(amount(i.LeadTime), big.NewRat(86400, 1))
			}
			asked := new(big.Rat).Sub(big.NewRat(due, 1), lead)
			if asked.Cmp(big.NewRat(c.now, 1)) < 0 || !i.HasBeginning.IsZero() && asked.Cmp(big.NewRat(i.HasBeginning.Unix(), 1)) < 0 || !i.HasEnd.IsZero() && due > i.HasEnd.Unix() {
				c.fault("%s takes the offer %s out of its time", who, s.Offer)
			}
			if !i.MinimumQuantity.IsZero() && q.Cmp(amount(i.MinimumQuantity)) < 0 {
				c.fault("%s takes less than the least of %s", who, s.Offer)
			}
		}
	}
	if total.Cmp(want) != 0 {
		c.fault("%s wants %s and its sources give %s", who, want.FloatString(6), total.FloatString(6))
	}
}

func (c *checker) need(d *plan.Need) {
	covered, last := new(big.Rat), int64(0)
	for _, x := range d.Coverage {
		covered.Add(covered, amount(x.ResourceQuantity))
		last = max(last, x.At.Unix())
	}
	from := new(big.Rat).Set(covered)
	covered.Add(covered, amount(d.Delivered))
	c.sources(d.From, from, last, string(d.ID), d.ResourceConformsTo, d.Stage)
	state := "onTime"
	if covered.Cmp(amount(d.Wanted)) < 0 {
		state = "short"
	} else if last > d.Due.Unix() {
		state = "late"
	}
	if state != d.State || covered.Cmp(amount(d.Wanted)) > 0 {
		c.fault("%s says %s, its coverage %s", d.ID, d.State, state)
	}
	problem := slices.ContainsFunc(c.r.Problems, func(p plan.Problem) bool { return p.About == d.ID && p.Kind == state })
	if problem != (state != "onTime") {
		c.fault("%s is %s and its problems do not say so", d.ID, state)
	}
}

// supplies: nothing gives more than it has.
func (c *checker) supplies() {
	has := map[string]*big.Rat{}
	for _, f := range c.r.Flows {
		has[string(f.ID)+"||"] = amount(f.ResourceQuantity)
	}
	for _, r := range c.g.EconomicResources {
		has["|"+string(r.ID)+"|"] = amount(r.OnhandQuantity)
	}
	for _, i := range c.g.Intents {
		if !i.AvailableQuantity.IsZero() {
			has["||"+string(i.ID)] = amount(i.AvailableQuantity)
		}
	}
	for key, used := range c.used {
		if limit := has[key]; limit != nil && used.Cmp(limit) > 0 {
			c.fault("%s gives %s of %s", key, used.FloatString(6), limit.FloatString(6))
		}
	}
}
