package plan

import (
	"cmp"
	"slices"
	"strings"

	"commonweal/vf"
)

// Report is the plan for people and programs: Valueflows records with their
// pegs, sorted, the same bytes for the same facts. Stats carries no time, memory
// or hash until the caller fills them in. Each record names itself as linked data
// does (@id) and plainly (id), for languages in which @ is no letter.
type Report struct {
	Processes []Process `json:"processes"`
	Flows     []Flow    `json:"flows"`
	Needs     []Need    `json:"needs"`
	Problems  []Problem `json:"problems"`
	Stats     Stats     `json:"stats"`
}

// Process is a proposed process, or a firm one (Firm).
type Process struct {
	ID           vf.ID   `json:"@id"`
	Type         string  `json:"@type"`
	Plain        vf.ID   `json:"id"`
	Name         string  `json:"name,omitzero"`
	BasedOn      vf.ID   `json:"basedOn,omitzero"`
	Recipe       vf.ID   `json:"recipe,omitzero"`
	PerformedBy  vf.ID   `json:"performedBy,omitzero"`
	HasBeginning vf.Time `json:"hasBeginning,omitzero"`
	HasEnd       vf.Time `json:"hasEnd,omitzero"`
	Firm         bool    `json:"firm"`
	Slack        *int64  `json:"slack,omitempty"` // seconds by which it could end later without harm; of firm ones, and where nothing waits, it is not said
}

// Flow is a proposed flow, or a firm one. A flow of no process takes an offer.
type Flow struct {
	ID                    vf.ID      `json:"@id"`
	Type                  string     `json:"@type"`
	Plain                 vf.ID      `json:"id"`
	Action                vf.Action  `json:"action"`
	InputOf               vf.ID      `json:"inputOf,omitzero"`
	OutputOf              vf.ID      `json:"outputOf,omitzero"`
	Provider              vf.ID      `json:"provider,omitzero"`
	Receiver              vf.ID      `json:"receiver,omitzero"`
	ResourceInventoriedAs vf.ID      `json:"resourceInventoriedAs,omitzero"` // the machine that is used
	ResourceConformsTo    vf.ID      `json:"resourceConformsTo,omitzero"`
	Stage                 vf.ID      `json:"stage,omitzero"`
	State                 string     `json:"state,omitzero"`
	ResourceQuantity      vf.Measure `json:"resourceQuantity,omitzero"`
	EffortQuantity        vf.Measure `json:"effortQuantity,omitzero"`
	Due                   vf.Time    `json:"due,omitzero"`
	Firm                  bool       `json:"firm"`
	Pegs                  []Part     `json:"pegs"`
	From                  []Source   `json:"from,omitempty"`
}

// Source is where a quantity comes from: a flow, a resource or an offer.
type Source struct {
	Flow             vf.ID      `json:"flow,omitzero"`
	Resource         vf.ID      `json:"resource,omitzero"`
	Offer            vf.ID      `json:"offer,omitzero"`
	ResourceQuantity vf.Measure `json:"resourceQuantity"`
}

// Need is what a need gets, by date, and from where.
type Need struct {
	ID                 vf.ID      `json:"@id"`
	Plain              vf.ID      `json:"id"`
	ResourceConformsTo vf.ID      `json:"resourceConformsTo"`
	Stage              vf.ID      `json:"stage,omitzero"`
	Receiver           vf.ID      `json:"receiver,omitzero"`
	Tier               int        `json:"tier,omitzero"`
	Wanted             vf.Measure `json:"wanted"`
	Delivered          vf.Measure `json:"delivered,omitzero"` // what has come already, in no coverage
	Due                vf.Time    `json:"due"`
	Coverage           []Coverage `json:"coverage"`
	From               []Source   `json:"from,omitempty"`
	State              string     `json:"state"` // onTime, late or short
}

// Coverage is how much of a need is covered at a date.
type Coverage struct {
	At               vf.Time    `json:"at"`
	ResourceQuantity vf.Measure `json:"resourceQuantity"`
}

// reporter builds a report.
type reporter struct {
	p    *part
	n    *network
	g    *pegging
	r    *Report
	name []vf.ID // of each order that is a process or a purchase, once all are named
	out  []vf.ID // the flow that gives the main output of each order
	by   []vf.ID // the flow of each by-product

	booked map[int32][]booking // of each order that claims something
	late   *slacks             // how much later each order could end
}

// Report writes the plan out. It is as large as the plan with its pegs; for the
// figures alone there is Stats.
func (p *Plan) Report() *Report {
	p = p.whole()
	r := &Report{Processes: []Process{}, Flows: []Flow{}, Needs: []Need{}, Problems: append([]Problem{}, p.Problems()...), Stats: p.Stats()}
	f := newFirmFlows(p.net)
	for _, x := range p.parts {
		w := newReporter(x, r)
		w.late = newSlacks(x, w.g)
		w.names()
		for order := range x.orders.n {
			w.order(order)
		}
		w.needs()
		f.gather(w)
	}
	f.write(r)
	slices.SortFunc(r.Processes, func(x, y Process) int {
		return cmp.Or(cmp.Compare(x.HasBeginning.Unix(), y.HasBeginning.Unix()), strings.Compare(string(x.ID), string(y.ID)))
	})
	slices.SortFunc(r.Flows, func(x, y Flow) int { return strings.Compare(string(x.ID), string(y.ID)) })
	slices.SortFunc(r.Needs, func(x, y Need) int { return strings.Compare(string(x.ID), string(y.ID)) })
	for i := range r.Processes {
		r.Processes[i].Plain = r.Processes[i].ID
	}
	for i := range r.Flows {
		r.Flows[i].Plain = r.Flows[i].ID
	}
	return r
}

// newReporter makes ready to write out a part.
func newReporter(p *part, r *Report) *reporter {
	w := &reporter{p: p, n: p.net, g: p.pegs(), r: r, booked: map[int32][]booking{}}
	for _, b := range p.bookings {
		w.booked[b.order] = append(w.booked[b.order], b)
	}
	return w
}

func (w *reporter) order(order int32) {
	o := &w.p.orders
	if o.at(order).maker < 0 {
		w.purchase(order)
		return
	}
	m := &w.n.makers[o.at(order).maker]
	if m.shared < 0 {
		x := Process{ID: w.nameOf(order), Type: "Process", Name: m.recipe.Name, BasedOn: m.recipe.ProcessConformsTo,
			Recipe: m.recipe.ID, PerformedBy: m.recipe.PerformedBy, HasBeginning: vf.At(o.at(order).begin), HasEnd: vf.At(o.at(order).end)}
		if slack := w.late.after(order); slack < never {
			x.Slack = &slack
		}
		w.r.Processes = append(w.r.Processes, x)
	}
	if m.out != nil {
		f := w.flow(order, m.out, m.buffer, o.at(order).qty, w.g.of(order))
		w.r.Flows = append(w.r.Flows, f)
	}
	w.inputs(order, m)
	w.byproducts(order, m)
	for _, f := range m.others {
		w.r.Flows = append(w.r.Flows, w.chosen(order, m, f)...)
	}
}

// flow makes a flow of a process from the recipe flow that it follows.
func (w *reporter) flow(order int32, f *vf.RecipeFlow, b int32, q int64, pegs []peg) Flow {
	m := &w.n.makers[w.p.orders.at(order).maker]
	x := Flow{ID: w.flowID(w.nameOf(order), f), Type: "Intent", Action: f.Action, ResourceConformsTo: f.ResourceConformsTo,
		Stage: w.n.buffers[b].stage, State: f.State, ResourceQuantity: w.n.measure(b, q), Pegs: w.parts(b, pegs)}
	w.side(&x, order, m, f)
	return x
}

// side says of which process a flow is an input or an output, whose and when.
func (w *reporter) side(x *Flow, order int32, m *maker, f *vf.RecipeFlow) {
	if f.RecipeInputOf == m.recipe.ID {
		x.InputOf, x.Receiver, x.Due = w.nameOf(order), m.recipe.PerformedBy, vf.At(w.p.orders.at(order).begin)
		return
	}
	x.OutputOf, x.Provider, x.Due = w.nameOf(order), m.recipe.PerformedBy, vf.At(w.p.orders.at(order).end)
}

// parts names the needs behind pegs; a promise stands for the need it is for.
func (w *reporter) parts(b int32, pegs []peg) []Part {
	parts := make([]Part, 0, len(pegs))
	at := map[vf.ID]int{}
	for _, x := range pegs {
		id := w.n.needs.at(x.need).id
		if serves := w.n.needs.at(x.need).serves; serves != "" {
			id = serves
		}
		m := w.n.measure(b, x.qty)
		if i, said := at[id]; said {
			if sum, err := w.n.units.Sum(parts[i].ResourceQuantity, m); err == nil {
				parts[i].ResourceQuantity = sum
			}
			continue
		}
		at[id] = len(parts)
		parts = append(parts, Part{id, m})
	}
	return parts
}

// inputs writes what an order takes from buffers, with where it comes from.
func (w *reporter) inputs(order int32, m *maker) {
	taken := slices.Clone(w.g.takes(order))
	for j := range m.uses {
		u := &m.uses[j]
		var mine []link
		left, _ := u.of(w.p.orders.at(order).qty)
		for k := range taken {
			if x := min(left, taken[k].qty); x > 0 && w.bufferOf(taken[k].supply) == u.buffer {
				mine = append(mine, link{taken[k].supply, order, x})
				taken[k].qty -= x
				left -= x
			}
		}
		q := int64(0)
		for _, l := range mine {
			q += l.qty
		}
		f := w.flow(order, u.flow, u.buffer, q, share(w.g.of(order), w.p.orders.at(order).qty, q))
		f.From = w.from(u.buffer, mine)
		w.r.Flows = append(w.r.Flows, f)
	}
}

// bufferOf is the buffer that a supply is in.
func (w *reporter) bufferOf(supply int32) int32 {
	switch k := int(^supply); {
	case supply >= 0:
		if m := w.p.orders.at(supply).maker; m >= 0 {
			return w.n.makers[m].buffer
		}
		return w.n.offers[^w.p.orders.at(supply).maker].buffer
	case k < w.p.base:
		return w.n.supplies[k].buffer
	default:
		return w.p.byproducts[k-w.p.base].buffer
	}
}

// from names the sources of a list of links, each once, in order.
func (w *reporter) from(b int32, links []link) []Source {
	var list []Source
	var amounts []int64
	at := map[Source]int{}
	for _, l := range links {
		s := w.sourceOf(l.supply)
		i, seen := at[s]
		if !seen {
			i, at[s] = len(list), len(list)
			list, amounts = append(list, s), append(amounts, 0)
		}
		amounts[i] += l.qty
	}
	for i := range list {
		list[i].ResourceQuantity = w.n.measure(b, amounts[i])
	}
	slices.SortFunc(list, func(x, y Source) int {
		return strings.Compare(string(x.Resource+"|"+x.Flow), string(y.Resource+"|"+y.Flow))
	})
	return list
}

func (w *reporter) sourceOf(supply int32) Source {
	switch k := int(^supply); {
	case supply >= 0:
		return Source{Flow: w.outOf(supply)}
	case k < w.p.base:
		if w.n.supplies[k].firm {
			return Source{Flow: w.n.supplies[k].id}
		}
		return Source{Resource: w.n.supplies[k].id}
	default:
		return Source{Flow: w.byOf(int32(k - w.p.base))}
	}
}

// byproducts writes what an order gives beside what it is made for.
func (w *reporter) byproducts(order int32, m *maker) {
	for j := range m.byproducts {
		u := &m.byproducts[j]
		var links []link
		for _, k := range w.putOut(order, int32(j)) {
			links = append(links, w.g.ofBy[k]...)
		}
		w.r.Flows = append(w.r.Flows, w.flow(order, u.flow, u.buffer, u.beside(w.p.orders.at(order).qty), w.g.through(links)))
	}
}

// putOut lists the by-products of one use of an order, in their order.
func (w *reporter) putOut(order, use int32) []int32 {
	if w.g.putOut == nil {
		w.g.putOut = map[[2]int32][]int32{}
		for k, y := range w.p.byproducts {
			key := [2]int32{y.order, y.use}
			w.g.putOut[key] = append(w.g.putOut[key], int32(k))
		}
	}
	return w.g.putOut[[2]int32{order, use}]
}
