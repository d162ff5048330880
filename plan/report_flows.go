package plan

import (
	"math/big"

	"commonweal/vf"
)

// other writes a flow that no buffer holds: work, use, citation, a service.
func (w *reporter) other(order int32, m *maker, f *vf.RecipeFlow) Flow {
	x := Flow{ID: w.flowID(w.nameOf(order), f), Type: "Intent", Action: f.Action, ResourceConformsTo: f.ResourceConformsTo, Stage: f.Stage, State: f.State}
	w.side(&x, order, m, f)
	runs := m.runs(f, w.p.orders.at(order).qty)
	if !f.ResourceQuantity.IsZero() {
		x.ResourceQuantity = w.scaled(f.ResourceQuantity, runs)
	}
	if !f.EffortQuantity.IsZero() {
		x.EffortQuantity = w.scaled(f.EffortQuantity, runs)
	}
	x.Pegs = []Part{}
	whole := x.ResourceQuantity
	if whole.IsZero() {
		whole = x.EffortQuantity
	}
	if step, err := w.n.units.Step(whole.HasUnit); err == nil {
		if q, _, err := whole.HasNumericalValue.Steps(step); err == nil {
			for _, y := range share(w.g.of(order), w.p.orders.at(order).qty, q) {
				d, _ := vf.OfSteps(y.qty, step)
				x.Pegs = append(x.Pegs, Part{w.n.needs.at(y.need).id, vf.Measure{HasNumericalValue: d, HasUnit: whole.HasUnit}})
			}
		}
	}
	return x
}

// chosen writes a flow of use or work with the machine or the workers chosen for
// it: one flow for each of them, which says how much of the work it is.
func (w *reporter) chosen(order int32, m *maker, f *vf.RecipeFlow) []Flow {
	x := w.other(order, m, f)
	var who []int32
	hours := map[int32]int64{}
	for _, b := range w.booked[order] {
		if m.claims[b.claim].flow != f {
			continue
		}
		if _, seen := hours[b.capacity]; !seen {
			who = append(who, b.capacity)
		}
		hours[b.capacity] += b.qty
	}
	var list []Flow
	for k, i := range who {
		c, y := &w.n.capacities[i], x
		if k > 0 {
			y.ID += vf.ID("/" + itoa(int64(k+1)))
		}
		if c.kind == machine {
			y.ResourceInventoriedAs = c.id
		} else {
			y.Provider = c.provider
			if len(who) > 1 {
				y.EffortQuantity, y.Pegs = w.seconds(hours[i], x.EffortQuantity.HasUnit), []Part{}
			}
		}
		list = append(list, y)
	}
	if len(list) == 0 {
		return []Flow{x}
	}
	return list
}

// seconds writes a time in a unit, rounded up to its step.
func (w *reporter) seconds(q int64, unit vf.ID) vf.Measure {
	step, err := w.n.units.Step(unit)
	if err != nil {
		return vf.Measure{}
	}
	base, err := w.n.units.Base(unit)
	if err != nil || base.Sign() <= 0 {
		return vf.Measure{}
	}
	one, err := vf.OfSteps(1, step)
	if err != nil {
		return vf.Measure{}
	}
	steps := new(big.Rat).Quo(big.NewRat(q, 1), base.Mul(base, step.Rat()))
	return w.scaled(vf.Measure{HasNumericalValue: one, HasUnit: unit}, steps)
}

// scaled multiplies a recipe's quantity by the runs, rounded up to the step.
func (w *reporter) scaled(m vf.Measure, runs *big.Rat) vf.Measure {
	step, err := w.n.units.Step(m.HasUnit)
	if err != nil {
		return vf.Measure{}
	}
	q := new(big.Rat).Mul(runs, m.HasNumericalValue.Rat())
	q.Quo(q, step.Rat())
	steps, rem := new(big.Int).DivMod(q.Num(), q.Denom(), new(big.Int))
	if rem.Sign() > 0 {
		steps.Add(steps, big.NewInt(1))
	}
	if !steps.IsInt64() {
		return vf.Measure{}
	}
	d, err := vf.OfSteps(steps.Int64(), step)
	if err != nil {
		return vf.Measure{}
	}
	return vf.Measure{HasNumericalValue: d, HasUnit: m.HasUnit}
}

// purchase writes the taking of an offer.
func (w *reporter) purchase(order int32) {
	o := &w.p.orders
	offer := w.n.offers[^o.at(order).maker]
	i, b := offer.intent, offer.buffer
	f := Flow{ID: w.nameOf(order), Type: "Intent", Action: i.Action, Provider: i.Provider, Receiver: w.taker(order), ResourceConformsTo: i.ResourceConformsTo,
		Stage: i.Stage, State: i.State, ResourceQuantity: w.n.measure(b, o.at(order).qty), Due: vf.At(o.at(order).end),
		Pegs: w.parts(b, w.g.of(order)), From: []Source{{Offer: i.ID, ResourceQuantity: w.n.measure(b, o.at(order).qty)}}}
	w.r.Flows = append(w.r.Flows, f)
}

// taker is who takes what an order gives, where that is one agent.
func (w *reporter) taker(order int32) vf.ID {
	taker := vf.ID("")
	for i, l := range w.g.takers(order) {
		who := vf.ID("")
		if l.consumer >= 0 {
			who = w.n.makers[w.p.orders.at(l.consumer).maker].recipe.PerformedBy
		} else if intent := w.n.needs.at(^l.consumer).intent; intent != nil {
			who = intent.Receiver
		}
		if i > 0 && who != taker {
			return ""
		}
		taker = who
	}
	return taker
}

// firmFlows are the processes and flows that people have promised or begun, with
// what the parts of the plan say of them.
type firmFlows struct {
	n    *network
	pegs map[vf.ID][]Part   // the needs that a firm flow serves
	from map[vf.ID][]Source // where what a firm flow takes comes from
}

func newFirmFlows(n *network) *firmFlows {
	f := &firmFlows{n: n, pegs: map[vf.ID][]Part{}, from: map[vf.ID][]Source{}}
	for _, d := range n.needs.all() {
		for _, c := range d.promised {
			f.pegs[c.id] = append(f.pegs[c.id], Part{d.id, n.measure(d.buffer, c.qty)})
		}
	}
	return f
}

// gather notes what a part takes from and gives to firm flows.
func (f *firmFlows) gather(w *reporter) {
	if len(f.n.firm.commitments.leaves)+len(f.n.firm.open.leaves) == 0 {
		return
	}
	supply, taken := map[vf.ID][]link{}, map[vf.ID][]link{}
	for _, l := range w.p.links.all() {
		if k := int(^l.supply); l.supply < 0 && k < w.p.base && w.n.supplies[k].firm {
			supply[w.n.supplies[k].id] = append(supply[w.n.supplies[k].id], *l)
		}
		if l.consumer < 0 && w.n.needs.at(^l.consumer).firm {
			taken[w.n.needs.at(^l.consumer).id] = append(taken[w.n.needs.at(^l.consumer).id], *l)
		}
	}
	for id, links := range supply {
		f.pegs[id] = w.parts(w.bufferOf(links[0].supply), w.g.through(links))
	}
	for id, links := range taken {
		f.from[id] = w.from(w.bufferOf(links[0].supply), links)
	}
}

// write writes the firm processes and flows.
func (f *firmFlows) write(r *Report) {
	for _, q := range f.n.firm.processes.all() {
		r.Processes = append(r.Processes, Process{ID: q.ID, Type: "Process", Name: q.Name, BasedOn: q.BasedOn, HasBeginning: q.HasBeginning, HasEnd: q.HasEnd, Firm: true})
	}
	finish := func(x Flow) {
		x.Firm, x.Pegs, x.From = true, append([]Part{}, f.pegs[x.ID]...), f.from[x.ID]
		r.Flows = append(r.Flows, x)
	}
	for _, c := range f.n.firm.commitments.all() {
		at, _ := firstTime(c.Due, c.HasPointInTime, c.HasEnd, c.HasBeginning)
		finish(Flow{ID: c.ID, Type: "Commitment", Action: c.Action, InputOf: c.InputOf, OutputOf: c.OutputOf, Provider: c.Provider, Receiver: c.Receiver,
			ResourceConformsTo: c.ResourceConformsTo, Stage: c.Stage, State: c.State, ResourceQuantity: c.ResourceQuantity, EffortQuantity: c.EffortQuantity, Due: said(at), ResourceInventoriedAs: used(c.Action, c.ResourceInventoriedAs)})
	}
	for _, i := range f.n.firm.open.all() {
		at, _ := firstTime(i.Due, i.HasPointInTime, i.HasEnd, i.HasBeginning)
		finish(Flow{ID: i.ID, Type: "Intent", Action: i.Action, InputOf: i.InputOf, OutputOf: i.OutputOf, Provider: i.Provider, Receiver: i.Receiver,
			ResourceConformsTo: i.ResourceConformsTo, Stage: i.Stage, State: i.State, ResourceQuantity: i.ResourceQuantity, EffortQuantity: i.EffortQuantity, Due: said(at)})
	}
}

// used is the thing that a flow of use names.
func used(a vf.Action, id vf.ID) vf.ID {
	if a != vf.Use {
		return ""
	}
	return id
}

func said(at int64) vf.Time {
	if at == 0 {
		return vf.Time{}
	}
	return vf.At(at)
}

// needs writes what each need gets.
func (w *reporter) needs() {
	direct := map[int32][]link{}
	for _, l := range w.p.links.all() {
		if l.consumer < 0 {
			direct[^l.consumer] = append(direct[^l.consumer], *l)
		}
	}
	for _, i := range w.p.needs {
		if !w.n.needs.at(i).firm {
			w.r.Needs = append(w.r.Needs, w.need(i, direct[i]))
		}
	}
}

// need writes what a need gets, with the links by which it takes.
func (w *reporter) need(i int32, links []link) Need {
	d, x := w.n.needs.at(i), w.p.need(i)
	x.From = w.from(d.buffer, links)
	for _, c := range d.promised {
		x.From = append(x.From, Source{Flow: c.id, ResourceQuantity: w.n.measure(d.buffer, c.qty)})
	}
	return x
}
