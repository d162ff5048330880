package plan

import (
	"cmp"
	"slices"

	"commonweal/vf"
)

// Harvest is something that came in, or will come: so much of a thing at a date.
type Harvest struct {
	ResourceConformsTo vf.ID      `json:"resourceConformsTo"`
	Stage              vf.ID      `json:"stage,omitzero"`
	State              string     `json:"state,omitzero"`
	Place              vf.ID      `json:"place,omitzero"`
	ResourceQuantity   vf.Measure `json:"resourceQuantity"`
	At                 vf.Time    `json:"at,omitzero"` // now where it is not said
}

// Forward says where a harvest can go.
type Forward struct {
	Harvest Harvest `json:"harvest"`

	// Ways follows the harvest forward through the recipes, in the proportions in
	// which the plan uses such things: where it would go if it were used as they are.
	Ways []Way `json:"ways"`

	// Helps are the needs that get something else in the plan with the harvest in it,
	// Used is what that plan takes of it, and Diff all that is different.
	Helps []NeedChange `json:"helps"`
	Used  vf.Measure   `json:"used"`
	Diff  *Diff        `json:"diff"`
}

// Way is one step of a harvest on its way: into a recipe, which gives so much of
// something else, or to a need. Depth counts the steps from the harvest, from 0. Where
// the plan uses no such thing, there are the recipes that could, without quantities.
type Way struct {
	Depth  int        `json:"depth"`
	Recipe vf.ID      `json:"recipe,omitzero"`
	Need   vf.ID      `json:"need,omitzero"`
	Takes  vf.Measure `json:"takes,omitzero"` // of what the step before gives
	Of     vf.ID      `json:"of"`
	Gives  vf.Measure `json:"gives,omitzero"`
	Makes  vf.ID      `json:"makes,omitzero"`
	Text   string     `json:"text"`
}

// harvestID is the id of the harvest in the plan that has it. It sorts behind other
// ids, so that what is there already is taken first.
const harvestID = "~harvest"

// Facts are records that say of a harvest that it is there, or will be.
func (h *Harvest) Facts(now vf.Time) []vf.Record {
	if h.At.IsZero() || !h.At.After(now.Time) {
		return []vf.Record{&vf.EconomicResource{ID: harvestID, ConformsTo: h.ResourceConformsTo, Stage: h.Stage, State: h.State, CurrentLocation: h.Place,
			OnhandQuantity: h.ResourceQuantity, AccountingQuantity: h.ResourceQuantity}}
	}
	return []vf.Record{&vf.Commitment{ID: harvestID, Action: vf.Transfer, ResourceConformsTo: h.ResourceConformsTo, Stage: h.Stage, State: h.State, Place: h.Place,
		ResourceQuantity: h.ResourceQuantity, Due: h.At}}
}

// Forward follows a harvest forward: in the proportions of this plan, and in the
// plan `with` that has its facts. The error is a refusal, of a unit that does not fit.
func (p *Plan) Forward(h Harvest, with *Plan) (*Forward, error) {
	p, with = p.whole(), with.whole()
	d := with.Diff(p)
	f := &Forward{Harvest: h, Ways: []Way{}, Helps: d.Needs(), Diff: d}
	q, err := with.net.steps(h.ResourceConformsTo, h.ResourceQuantity, false)
	if err != nil {
		return nil, refusal(err)
	}
	f.Used = with.usedOf(harvestID, h.ResourceQuantity)
	k := bufferKey{spec: h.ResourceConformsTo, stage: h.Stage, state: h.State}
	if p.net.placed[k.spec] {
		k.place = h.Place
	}
	b, known := p.net.knownBuffer(k)
	if !known {
		return f, nil
	}
	w := &wayfinder{p: p, part: p.parts[p.partOf[b]], on: map[int32]bool{}}
	w.takers = w.find()
	w.walk(b, q, 0)
	if len(w.list) == 0 {
		w.possible(b)
	}
	f.Ways = append(f.Ways, w.list...)
	return f, nil
}

// usedOf is what the plan takes of a supply.
func (p *Plan) usedOf(id vf.ID, whole vf.Measure) vf.Measure {
	for b := range int32(len(p.net.buffers)) {
		for k, to := p.net.suppliesOf(b); k < to; k++ {
			if p.net.supplies[k].id != id {
				continue
			}
			used := int64(0)
			for _, l := range p.parts[p.partOf[b]].links.all() {
				if l.supply == ^k {
					used += l.qty
				}
			}
			return p.net.measure(b, used)
		}
	}
	return vf.Measure{HasNumericalValue: vf.Whole(0), HasUnit: whole.HasUnit}
}

// taker is who takes from a buffer in a plan: a maker, or ^need, all its orders
// together.
type taker struct {
	who int32
	qty int64
}

// wayfinder follows a quantity forward through one part of a plan.
type wayfinder struct {
	p      *Plan
	part   *part
	takers map[int32][]taker // of each buffer, sorted
	on     map[int32]bool    // buffers on the way here
	list   []Way
}

// find adds up who takes from each buffer of the part.
func (w *wayfinder) find() map[int32][]taker {
	type edge struct{ buffer, who int32 }
	sums := map[edge]int64{}
	r := &reporter{p: w.part, n: w.p.net}
	for _, l := range w.part.links.all() {
		who := l.consumer
		if who >= 0 {
			who = w.part.orders.at(who).maker
		}
		sums[edge{r.bufferOf(l.supply), who}] += l.qty
	}
	takers := map[int32][]taker{}
	for e, q := range sums {
		takers[e.buffer] = append(takers[e.buffer], taker{e.who, q})
	}
	for _, list := range takers {
		slices.SortFunc(list, func(a, b taker) int { return cmp.Compare(a.who, b.who) })
	}
	return takers
}

// walk hands out q steps of a buffer to those who take from it in the plan, in the
// proportions in which they do.
func (w *wayfinder) walk(b int32, q int64, depth int) {
	if w.on[b] || len(w.list) >= mostRests {
		return // round a circle, or longer than anybody reads
	}
	w.on[b] = true
	defer delete(w.on, b)
	var pegs []peg
	whole := int64(0)
	for _, t := range w.takers[b] {
		pegs = append(pegs, peg{t.who, t.qty})
		whole += t.qty
	}
	n := w.p.net
	for _, x := range share(pegs, whole, q) {
		if x.qty == 0 {
			continue
		}
		way := Way{Depth: depth, Takes: n.measure(b, x.qty), Of: n.buffers[b].spec}
		if x.need < 0 {
			d := n.needs.at(^x.need)
			way.Need = cmp.Or(d.serves, d.id)
			way.Text = n.amount(b, x.qty) + " of " + n.bufferName(b) + " to " + string(way.Need)
			w.list = append(w.list, way)
			continue
		}
		w.through(way, x.need, b, x.qty, depth)
	}
}

// through follows a quantity through a maker to what it gives.
func (w *wayfinder) through(way Way, maker, b int32, q int64, depth int) {
	n := w.p.net
	m := &n.makers[maker]
	way.Recipe = m.recipe.ID
	way.Text = n.amount(b, q) + " of " + n.bufferName(b) + " into " + n.recipeName(m)
	if m.recipe.PerformedBy != "" {
		way.Text += " by " + n.agentName(m.recipe.PerformedBy)
	}
	i := slices.IndexFunc(m.uses, func(u use) bool { return u.buffer == b })
	if m.buffer < 0 || i < 0 || m.uses[i].perBatch {
		w.list = append(w.list, way) // what all that is carried shares, or is taken once
		return
	}
	out, ok := m.uses[i].amount.inverse().down(q)
	if !ok || m.uses[i].amount.num == 0 {
		w.list = append(w.list, way)
		return
	}
	way.Gives, way.Makes = n.measure(m.buffer, out), n.buffers[m.buffer].spec
	way.Text += ", which gives " + n.amount(m.buffer, out) + " of " + n.bufferName(m.buffer)
	w.list = append(w.list, way)
	w.walk(m.buffer, out, depth+1)
}

// possible lists the recipes that could use a thing that the plan does not use.
func (w *wayfinder) possible(b int32) {
	n := w.p.net
	for _, u := range n.users[b] {
		m := &n.makers[u.maker]
		way := Way{Recipe: m.recipe.ID, Of: n.buffers[b].spec, Text: n.recipeName(m) + " could use it; the plan uses none now"}
		if m.buffer >= 0 {
			way.Makes = n.buffers[m.buffer].spec
			way.Text = n.recipeName(m) + " could make " + n.bufferName(m.buffer) + " of it; the plan uses none now"
		}
		w.list = append(w.list, way)
	}
}
