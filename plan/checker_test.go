package plan_test

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

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
	can     capacities
	of      map[vf.ID][]*plan.Flow // by process
}

var smallest = big.NewRat(1, 1000000)

func check(g *vf.Graph, now vf.Time, r *plan.Report) []string {
	c := &checker{g: g, now: now.Unix(), r: r, flows: map[vf.ID]*plan.Flow{}, used: map[string]*big.Rat{},
		recipes: map[vf.ID]*vf.RecipeProcess{}, offers: map[vf.ID]*vf.Intent{}, can: readCapacities(g), of: map[vf.ID][]*plan.Flow{}}
	for i := range r.Flows {
		if f := &r.Flows[i]; c.flows[f.ID] != nil {
			c.fault("two flows have the id %s", f.ID)
		} else {
			c.flows[f.ID] = f
			c.of[f.InputOf+f.OutputOf] = append(c.of[f.InputOf+f.OutputOf], f)
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
	c.slots()
	c.budgets()
	c.skilledWork()
	c.together()
	return c.faults
}

func (c *checker) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

func amount(m vf.Measure) *big.Rat { return m.HasNumericalValue.Rat() }

// seconds of a duration: in hours, else in days, as the cases give them.
func (c *checker) seconds(m vf.Measure) *big.Rat {
	if m.HasUnit == "unit/hour" {
		return new(big.Rat).Mul(amount(m), big.NewRat(3600, 1))
	}
	return new(big.Rat).Mul(amount(m), big.NewRat(86400, 1))
}

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
			if f := c.can.firm[p.ID]; f == nil || f.HasBeginning != p.HasBeginning || f.HasEnd != p.HasEnd {
				c.fault("%s is firm and was moved", p.ID)
			}
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
	for _, f := range c.of[p.ID] {
		planned[vf.ID(f.ID.Last())] = f
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
	wait := c.seconds(recipe.HasDuration)
	wait.Add(wait, c.seconds(recipe.SetUp))
	if !recipe.DurationPerUnit.IsZero() {
		for _, f := range c.g.RecipeFlows {
			if x := planned[vf.ID(f.ID.Last())]; f.ID == first && x != nil {
				whole := new(big.Rat).Mul(largest, new(big.Rat).Mul(amount(f.ResourceQuantity), yield))
				wait.Add(wait, whole.Mul(whole, c.seconds(recipe.DurationPerUnit)))
			}
		}
	}
	c.lasts(&p, recipe, wait)
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
		if f.Action == vf.Work || f.Action == vf.Use {
			c.effort(&p, f, want)
			continue
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
	whole := f.ResourceQuantity
	if whole.IsZero() {
		whole = f.EffortQuantity
	}
	if pegged.Cmp(amount(whole)) > 0 {
		c.fault("%s is pegged with %s, over its quantity", f.ID, pegged.FloatString(6))
	}
	if f.Action == vf.Use || f.Action == vf.Work || f.Action == vf.Cite {
		return
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
		if i := c.offers[s.Offer]; i != nil && i.BudgetPeriod != "" {
			key += "|" + date(vf.At(periodOf(due, i.BudgetPeriod)))
		}
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
				lead = c.seconds(i.LeadTime)
			}
			asked := new(big.Rat).Sub(big.NewRat(due, 1), lead)
			if asked.Cmp(big.NewRat(c.now, 1)) < 0 || !i.HasBeginning.IsZero() && asked.Cmp(big.NewRat(i.HasBeginning.Unix(), 1)) < 0 || !i.HasEnd.IsZero() && due > i.HasEnd.Unix() {
				c.fault("%s takes the offer %s out of its time", who, s.Offer)
			}
			if !i.MinimumQuantity.IsZero() && q.Cmp(amount(i.MinimumQuantity)) < 0 {
				c.fault("%s takes less than the least of %s", who, s.Offer)
			}
			if !i.BatchMultiple.IsZero() && !new(big.Rat).Quo(q, amount(i.BatchMultiple)).IsInt() {
				c.fault("%s takes %s of %s, which is no multiple", who, q.FloatString(6), s.Offer)
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
	if i := c.offers[d.ID]; i != nil {
		c.useful(d, i, from, covered, last)
		switch {
		case i.Keep == "floor" && state != "onTime":
			state = "belowFloor"
		case i.Keep == "target" && state == "late": // soft, and it is held in the end
			return
		}
	}
	k := slices.IndexFunc(c.r.Problems, func(p plan.Problem) bool { return p.About == d.ID && p.Kind == state })
	if k >= 0 != (state != "onTime") {
		c.fault("%s is %s and its problems do not say so", d.ID, state)
	}
	if k >= 0 && len(c.r.Problems[k].Causes) == 0 && d.Due.Unix() >= c.now {
		c.fault("%s is %s and nothing says why", d.ID, state)
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
		thing := strings.Join(strings.Split(key, "|")[:3], "|")
		if limit := has[thing]; limit != nil && used.Cmp(limit) > 0 {
			c.fault("%s gives %s of %s", key, used.FloatString(6), limit.FloatString(6))
		}
	}
}

// useful: what is planned for a need comes while it is of use, and is not less than
// the least that helps.
func (c *checker) useful(d *plan.Need, i *vf.Intent, planned, whole *big.Rat, last int64) {
	if planned.Sign() == 0 {
		return
	}
	if !i.LatestUseful.IsZero() && last > i.LatestUseful.Unix() {
		c.fault("%s gets something when it is of no more use", d.ID)
	}
	if least := amount(i.MinimumUsefulQuantity); whole.Cmp(least) < 0 && whole.Cmp(amount(d.Wanted)) < 0 {
		c.fault("%s gets %s, which is less than helps", d.ID, whole.FloatString(6))
	}
}

// together: needs that belong together come at one time, whole, or not at all.
func (c *checker) together() {
	groups := map[string][]*plan.Need{}
	for i := range c.r.Needs {
		if d := &c.r.Needs[i]; c.offers[d.ID] != nil && c.offers[d.ID].Together != "" {
			groups[c.offers[d.ID].Together] = append(groups[c.offers[d.ID].Together], d)
		}
	}
	for name, list := range groups {
		for _, d := range list {
			first := list[0]
			switch {
			case len(d.Coverage) > 1 || len(d.Coverage) == 1 && amount(d.Coverage[0].ResourceQuantity).Cmp(amount(d.Wanted)) != 0:
				c.fault("%s, which comes together with others (%s), is delivered in part", d.ID, name)
			case len(d.Coverage) != len(first.Coverage):
				c.fault("of %s and %s, which come together (%s), only one comes", d.ID, first.ID, name)
			case len(d.Coverage) == 1 && d.Coverage[0].At != first.Coverage[0].At:
				c.fault("%s and %s, which come together (%s), come at two times", d.ID, first.ID, name)
			}
		}
	}
}
