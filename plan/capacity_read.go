package plan

import (
	"cmp"
	"math/big"
	"slices"
	"strings"

	"commonweal/vf"
)

// capacityReader reads what is finite, and what the makers claim of it.
type capacityReader struct {
	n        *network
	machines map[vf.ID][]int32 // by specification
	works    map[vf.ID][]int32 // by skill
	places   map[vf.ID]int32
	limits   map[vf.ID]int32
	agents   map[vf.ID]*vf.Agent
	spatial  map[vf.ID]*vf.SpatialThing
}

// readCapacities reads machines, places, hours of work, limits, and work time; and
// books what is firm on them. It comes last, when the horizon is known.
func (n *network) readCapacities() {
	r := &capacityReader{n: n, machines: map[vf.ID][]int32{}, works: map[vf.ID][]int32{},
		places: map[vf.ID]int32{}, limits: map[vf.ID]int32{}, agents: map[vf.ID]*vf.Agent{}, spatial: map[vf.ID]*vf.SpatialThing{}}
	for _, a := range n.graph.Agents {
		r.agents[a.ID] = a
	}
	for _, p := range n.graph.SpatialThings {
		r.spatial[p.ID] = p
	}
	n.furthest = n.workKnown()
	r.readMachines()
	r.readWork()
	r.readPlaces()
	r.readLimits()
	for i := range n.makers {
		m := &n.makers[i]
		m.earliest, m.slow = n.now, ratio{0, 1}
		r.times(m)
		r.claims(m)
		m.slow = paced(m.slow)
	}
	r.readBooked()
}

func (r *capacityReader) add(c capacity) int32 {
	if c.slow.den == 0 {
		c.slow = one
	}
	r.n.capacities = append(r.n.capacities, c)
	return int32(len(r.n.capacities) - 1)
}

// slowness is how many seconds one second of a recipe takes at an efficiency.
func slowness(efficiency *vf.Decimal) (ratio, error) {
	if efficiency == nil {
		return one, nil
	}
	if efficiency.Sign() <= 0 {
		return one, &vf.Error{Kind: vf.BadProperty, Values: []string{"property", "efficiency", "value", efficiency.String(), "wanted", "a number over 0"}}
	}
	r, ok := newRatio(new(big.Rat).Inv(efficiency.Rat()))
	if !ok {
		return one, &vf.Error{Kind: vf.NumberTooLarge, Values: []string{"value", efficiency.String()}}
	}
	return r, nil
}

// readMachines reads the resources of which it is said how much they can do.
func (r *capacityReader) readMachines() {
	list := slices.DeleteFunc(slices.Clone(r.n.graph.EconomicResources), func(x *vf.EconomicResource) bool {
		return x.Parallel <= 0 && len(x.WorkTime) == 0 && x.Budget.IsZero() && x.Efficiency == nil
	})
	slices.SortFunc(list, func(a, b *vf.EconomicResource) int {
		return cmp.Or(cmp.Compare(a.Preference, b.Preference), strings.Compare(string(a.ID), string(b.ID)))
	})
	for _, x := range list {
		c := capacity{kind: machine, id: x.ID, provider: x.PrimaryAccountable, parallel: int32(max(1, min(x.Parallel, 1<<30))), cal: r.n.workTimes[x.ID],
			overload: x.Overload == vf.Yes, budget: -1, period: x.BudgetPeriod}
		var err error
		if c.slow, err = slowness(x.Efficiency); err == nil && !x.Budget.IsZero() {
			c.budget, err = r.n.seconds(x.Budget)
		}
		if err != nil {
			r.n.breaks(x.ID, err)
			continue
		}
		r.machines[x.ConformsTo] = append(r.machines[x.ConformsTo], r.add(c))
	}
}

// readWork reads the offers of work.
func (r *capacityReader) readWork() {
	list := slices.DeleteFunc(slices.Clone(r.n.graph.Intents), func(x *vf.Intent) bool { return !isWorkOffer(x) })
	slices.SortFunc(list, func(a, b *vf.Intent) int {
		return cmp.Or(cmp.Compare(a.Preference, b.Preference), strings.Compare(string(a.ID), string(b.ID)))
	})
	for _, x := range list {
		c := capacity{kind: work, id: x.ID, provider: x.Provider, overload: x.Overload == vf.Yes, budget: -1, period: x.BudgetPeriod, from: always, until: never}
		if a := r.agents[x.Provider]; a != nil {
			c.cal = r.n.workTimes[a.ID]
		}
		var err error
		if c.slow, err = slowness(x.Efficiency); err == nil && !x.EffortQuantity.IsZero() {
			c.budget, err = r.n.seconds(x.EffortQuantity)
		}
		if err != nil {
			r.n.breaks(x.ID, err)
			continue
		}
		if !x.HasBeginning.IsZero() {
			c.from = x.HasBeginning.Unix()
		}
		if !x.HasEnd.IsZero() {
			c.until = x.HasEnd.Unix()
		}
		r.works[x.ResourceConformsTo] = append(r.works[x.ResourceConformsTo], r.add(c))
	}
}

func isWorkOffer(x *vf.Intent) bool {
	return x.Action == vf.Work && x.Provider != "" && x.Receiver == "" && !x.Finished && x.InputOf == "" && x.OutputOf == "" && x.ResourceConformsTo != ""
}

func (r *capacityReader) readPlaces() {
	list := slices.SortedFunc(slices.Values(r.n.graph.SpatialThings), func(a, b *vf.SpatialThing) int { return strings.Compare(string(a.ID), string(b.ID)) })
	for _, x := range list {
		if x.Parallel > 0 {
			r.places[x.ID] = r.add(capacity{kind: place, id: x.ID, parallel: int32(min(x.Parallel, 1<<30)), overload: x.Overload == vf.Yes, budget: -1})
		}
	}
}

func (r *capacityReader) readLimits() {
	list := slices.SortedFunc(slices.Values(r.n.graph.ResourceSpecifications), func(a, b *vf.ResourceSpecification) int { return strings.Compare(string(a.ID), string(b.ID)) })
	for _, x := range list {
		if x.Budget.IsZero() {
			continue
		}
		q, err := r.n.steps(x.ID, x.Budget, false)
		if err != nil {
			r.n.breaks(x.ID, err)
			continue
		}
		r.limits[x.ID] = r.add(capacity{kind: limit, id: x.ID, budget: q, period: x.BudgetPeriod, overload: x.Overload == vf.Yes})
	}
}

// times reads when a maker can be worked on, and from when on.
func (r *capacityReader) times(m *maker) {
	x := m.recipe
	m.cal = r.n.workTimes[x.ID]
	if p := r.spatial[x.Place]; p != nil {
		m.cal = r.meet(m.cal, r.n.workTimes[p.ID])
	}
	a := r.agents[x.PerformedBy]
	if a == nil {
		return
	}
	m.cal = r.meet(m.cal, r.n.workTimes[a.ID])
	if a.Frozen.IsZero() {
		return
	}
	d, err := r.n.seconds(a.Frozen)
	if err != nil {
		r.n.breaks(a.ID, err)
		return
	}
	m.earliest = r.n.now + d
}

func (r *capacityReader) meet(a, b *calendar) *calendar {
	switch {
	case a == nil || a == b:
		return b
	case b == nil:
		return a
	}
	return intersect(a, b)
}

// claims reads what a maker takes of machines, workers, its place and limits.
func (r *capacityReader) claims(m *maker) {
	if m.shared >= 0 {
		m.slow, m.cal2 = r.n.makers[m.shared].slow, r.meet(m.cal, r.n.makers[m.shared].cal2)
		return // its shared part claims, and comes before it
	}
	for _, f := range m.others {
		if err := r.claim(m, f); err != nil {
			r.n.breaks(f.ID, err)
		}
	}
	if p, said := r.places[m.recipe.Place]; said {
		m.claims = append(m.claims, claim{kind: place, options: []int32{p}, perBatch: true, amount: ratio{0, 1}})
	}
	r.limitClaims(m)
	m.cal2 = m.cal
	for _, c := range m.claims {
		if c.kind == machine {
			x := &r.n.capacities[c.options[0]]
			m.cal2 = r.meet(m.cal2, x.cal)
			m.slow = slower(m.slow, x.slow)
		}
	}
}

// claim reads a flow of use or of work.
func (r *capacityReader) claim(m *maker, f *vf.RecipeFlow) error {
	c := claim{flow: f, perBatch: f.PerBatch, amount: ratio{0, 1}}
	switch f.Action {
	case vf.Use:
		c.kind, c.options, c.whole = machine, r.own(m, r.machines[f.ResourceConformsTo]), f.EffortQuantity.IsZero()
	case vf.Work:
		c.kind, c.options = work, r.own(m, r.works[f.ResourceConformsTo])
	}
	if len(c.options) == 0 {
		return nil
	}
	if !f.EffortQuantity.IsZero() {
		if _, err := r.n.seconds(f.EffortQuantity); err != nil {
			return err
		}
		q, _ := r.n.secondsRat(f.EffortQuantity)
		if !f.PerBatch {
			q.Mul(q, big.NewRat(m.scale.num, m.scale.den))
		}
		if c.kind == work {
			s := r.n.capacities[c.options[0]].slow
			q.Mul(q, big.NewRat(s.num, s.den))
		}
		var err error
		if c.amount, err = r.n.ratioOf(fractionOf(q)); err != nil {
			return err
		}
	}
	if c.kind == work && c.amount.num == 0 {
		return nil
	}
	m.claims = append(m.claims, c)
	return nil
}

// own keeps the capacities of the performer, where they have any of them.
func (r *capacityReader) own(m *maker, list []int32) []int32 {
	mine := slices.DeleteFunc(slices.Clone(list), func(i int32) bool { return r.n.capacities[i].provider != m.recipe.PerformedBy })
	if m.recipe.PerformedBy != "" && len(mine) > 0 {
		return mine
	}
	return list
}

// limitClaims reads what a maker takes and puts out of things that are limited.
func (r *capacityReader) limitClaims(m *maker) {
	if len(r.limits) == 0 {
		return
	}
	count := func(b int32, amount ratio, perBatch, atEnd bool, f *vf.RecipeFlow) {
		if l, said := r.limits[r.n.buffers[b].spec]; said {
			m.claims = append(m.claims, claim{kind: limit, options: []int32{l}, amount: amount, perBatch: perBatch, atEnd: atEnd, flow: f})
		}
	}
	if m.out != nil && m.buffer >= 0 {
		count(m.buffer, one, false, true, m.out)
	}
	for _, u := range m.uses {
		count(u.buffer, u.amount, u.perBatch, false, u.flow)
	}
	for _, u := range m.byproducts {
		count(u.buffer, u.amount, u.perBatch, true, u.flow)
	}
}

// readBooked books what firm processes have of machines, places and hours.
func (r *capacityReader) readBooked() {
	n := r.n
	if len(n.capacities) == 0 {
		return
	}
	n.firmLoads = make([]load, len(n.capacities))
	at := make(map[vf.ID]int32, len(n.capacities))
	for i := range n.capacities {
		at[n.capacities[i].id] = int32(i)
	}
	p := &part{net: n, desk: &desk{loads: n.firmLoads}}
	for _, c := range n.firm.commitments.all() {
		span, said := r.firmSpan(c)
		if !said {
			continue
		}
		switch i, known := at[c.ResourceInventoriedAs]; {
		case c.Action == vf.Use && known && n.capacities[i].kind == machine:
			p.weigh(&booking{capacity: i, begin: span.begin, end: span.end, qty: worked(n.capacities[i].cal, span.begin, span.end)}, 1)
		case c.Action == vf.Work:
			r.bookWork(p, c, span)
		}
	}
	for _, q := range n.firm.processes.all() {
		if i, known := r.places[r.placeOf(q)]; known && q.HasEnd.Unix() > q.HasBeginning.Unix() {
			n.firmLoads[i].add(q.HasBeginning.Unix(), q.HasEnd.Unix(), 1)
		}
	}
}

// placeOf is where a firm process goes on: where the recipes of its kind do.
func (r *capacityReader) placeOf(q *vf.Process) vf.ID {
	for i := range r.n.makers {
		if x := r.n.makers[i].recipe; q.BasedOn != "" && x.ProcessConformsTo == q.BasedOn {
			return x.Place
		}
	}
	return ""
}

func (r *capacityReader) firmSpan(c *vf.Commitment) (slot, bool) {
	begin, end := c.HasBeginning, c.HasEnd
	if q, firm := r.n.firm.processes.get(c.InputOf); firm && begin.IsZero() && end.IsZero() {
		begin, end = q.HasBeginning, q.HasEnd
	}
	if begin.IsZero() || end.IsZero() || !begin.Before(end.Time) {
		return slot{}, false
	}
	return slot{begin.Unix(), end.Unix()}, true
}

// longAgo is how long before now hours are not counted any more, in seconds.
const longAgo = 10 * aYear

// bookWork books promised hours with the offers of who promised them, day by day, on the
// days that the plan knows: a promise from the year 1 to the year 9999 costs no more.
func (r *capacityReader) bookWork(p *part, c *vf.Commitment, span slot) {
	span.begin, span.end = max(span.begin, r.n.now-longAgo), min(span.end, r.n.furthest+aYear)
	left, err := r.n.seconds(c.EffortQuantity)
	if err != nil || c.EffortQuantity.IsZero() {
		return
	}
	for _, i := range r.works[c.ResourceConformsTo] {
		if r.n.capacities[i].provider == c.Provider {
			left -= p.hours(i, span, left, func(day, period, qty int64) {
				p.weigh(&booking{capacity: i, begin: day, end: period, qty: qty}, 1)
			})
		}
	}
}
