package plan

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"commonweal/rule"
	"commonweal/vf"
)

// Serves says which needs a proposed process, or the proposed taking of an offer,
// serves: the way up, where Why is the way down.
type Serves struct {
	Process      vf.ID   `json:"process"` // or the taking
	Recipe       vf.ID   `json:"recipe,omitzero"`
	Offer        vf.ID   `json:"offer,omitzero"`
	HasBeginning vf.Time `json:"hasBeginning"`
	HasEnd       vf.Time `json:"hasEnd"`
	Gives        []Given `json:"gives"`
	Text         string  `json:"text"`
}

// Given is one thing that a process gives, with the parts of it that serve needs.
// What is over serves none: the surplus of a lot, or what comes beside unasked.
type Given struct {
	Flow               vf.ID      `json:"flow"`
	ResourceConformsTo vf.ID      `json:"resourceConformsTo"`
	Stage              vf.ID      `json:"stage,omitzero"`
	ResourceQuantity   vf.Measure `json:"resourceQuantity"`
	Needs              []Served   `json:"needs"`
	Over               vf.Measure `json:"over,omitzero"`
	Text               string     `json:"text"`
}

// Served is the part of what is given that serves one need.
type Served struct {
	Need             vf.ID      `json:"need"`
	Receiver         vf.ID      `json:"receiver,omitzero"`
	Due              vf.Time    `json:"due,omitzero"`
	ResourceQuantity vf.Measure `json:"resourceQuantity"`
	Text             string     `json:"text"`
}

// Serves tells which needs a proposed process or taking serves, by its id in this
// plan. An id of neither is refused as stepNotPlanned.
func (p *Plan) Serves(id vf.ID) (*Serves, error) {
	own, order := p.step(id)
	if own == nil {
		return nil, rule.Refuse("stepNotPlanned", "step", string(id))
	}
	w, o, n := newReporter(own, nil), own.orders.at(order), p.net
	x := &Serves{Process: id, HasBeginning: vf.At(o.begin), HasEnd: vf.At(o.end), Gives: []Given{}}
	when := ", " + day(o.begin) + " to " + day(o.end)
	if o.maker < 0 {
		offer := n.offers[^o.maker]
		x.Offer, x.Text = offer.intent.ID, "Taken from "+n.agentName(offer.intent.Provider)+" ("+string(offer.intent.ID)+")"+when
		x.Gives = append(x.Gives, w.given(id, offer.buffer, o.qty, w.g.of(order)))
		return x, nil
	}
	m := &n.makers[o.maker]
	x.Recipe, x.Text = m.recipe.ID, n.recipeName(m)
	if m.recipe.PerformedBy != "" {
		x.Text += " by " + n.agentName(m.recipe.PerformedBy)
	}
	x.Text += when
	for _, i := range append([]int32{order}, w.g.lines[order]...) {
		x.Gives = append(x.Gives, w.gives(i)...)
	}
	return x, nil
}

// gives lists what an order gives, and what it gives beside.
func (w *reporter) gives(order int32) (list []Given) {
	o := w.p.orders.at(order)
	m := &w.n.makers[o.maker]
	if m.out != nil {
		list = append(list, w.given(w.outOf(order), m.buffer, o.qty, w.g.of(order)))
	}
	for j := range m.byproducts {
		u := &m.byproducts[j]
		var links []link
		for _, k := range w.putOut(order, int32(j)) {
			links = append(links, w.g.ofBy[k]...)
		}
		list = append(list, w.given(w.flowID(w.nameOf(order), u.flow), u.buffer, u.beside(o.qty), w.g.through(links)))
	}
	return list
}

// beside is how much of a by-product comes with q steps of the main output.
func (u *use) beside(q int64) int64 {
	if u.perBatch {
		q = 1
	}
	q, _ = u.amount.down(q)
	return q
}

// given says which needs a quantity serves.
func (w *reporter) given(flow vf.ID, b int32, q int64, pegs []peg) Given {
	n, k := w.n, w.n.buffers[b]
	x := Given{Flow: flow, ResourceConformsTo: k.spec, Stage: k.stage, ResourceQuantity: n.measure(b, q), Needs: []Served{},
		Text: n.amount(b, q) + " of " + n.bufferName(b)}
	for _, y := range w.parts(b, pegs) {
		s := Served{Need: y.Need, ResourceQuantity: y.ResourceQuantity,
			Text: y.ResourceQuantity.HasNumericalValue.String() + " " + n.symbol(n.unit[b]) + " for " + string(y.Need)}
		if i := n.needCalled(y.Need, func(d *need) bool { return d.intent != nil }); i >= 0 {
			d := n.needs.at(i)
			s.Receiver, s.Due = d.intent.Receiver, vf.At(d.due)
			s.Text += ": " + n.amount(d.buffer, d.wanted) + " of " + n.bufferName(d.buffer) + " for " + n.agentName(d.intent.Receiver) + " by " + day(d.due)
		}
		x.Needs = append(x.Needs, s)
	}
	over := q
	for _, y := range pegs {
		over -= y.qty
	}
	if over > 0 {
		x.Over = n.measure(b, over)
	}
	return x
}

// step finds a proposed process or taking by its id: the source, the end and the
// number among equals, as stepName writes them.
func (p *Plan) step(id vf.ID) (*part, int32) {
	source, end, number, ok := readStepName(id)
	if !ok {
		return nil, -1
	}
	for _, maker := range p.net.sourcesOf(source) {
		x := p.parts[p.partOf[p.net.bufferOfSource(maker)]]
		if x.over != nil {
			if i := x.orderOf(maker, end); i >= 0 && number == 1 {
				return x, i
			}
			continue
		}
		if list := x.equals(source, end); number <= len(list) {
			return x, list[number-1]
		}
	}
	return nil, -1
}

// equals lists the processes or takings of one source and end, in the order in
// which they are numbered.
func (p *part) equals(source vf.ID, end int64) (list []int32) {
	for i, o := range p.orders.all() {
		if o.end == end && (o.maker < 0 || p.net.makers[o.maker].shared < 0) && p.net.sourceID(o.maker) == source {
			list = append(list, i)
		}
	}
	slices.SortFunc(list, p.orders.compareEquals)
	return list
}

// sourcesOf lists the makers of a recipe, or the offer (as ^offer), of an id.
func (n *network) sourcesOf(id vf.ID) (list []int32) {
	first, _ := slices.BinarySearchFunc(n.makers, id, func(m maker, id vf.ID) int { return compareIDs(m.recipe.ID, id) })
	for i := first; i < len(n.makers) && n.makers[i].recipe.ID == id; i++ {
		list = append(list, int32(i))
	}
	if len(list) > 0 {
		return list
	}
	for i, o := range n.offers {
		if !o.gone && o.intent.ID == id {
			list = append(list, ^int32(i))
		}
	}
	return list
}

// bufferOfSource is a buffer of the part that a maker, or ^offer, is in.
func (n *network) bufferOfSource(maker int32) int32 {
	if maker < 0 {
		return n.offers[^maker].buffer
	}
	return n.driven(maker)
}

// readStepName reads what stepName wrote.
func readStepName(id vf.ID) (source vf.ID, end int64, number int, ok bool) {
	rest, ok := strings.CutPrefix(string(id), "plan/")
	if !ok {
		return "", 0, 0, false
	}
	for number = 1; ; {
		k := strings.LastIndexByte(rest, '/')
		if k < 0 {
			return "", 0, 0, false
		}
		last := rest[k+1:]
		if t, err := time.Parse("20060102T150405Z", last); err == nil {
			source, end = vf.ID(rest[:k]), t.Unix()
			return source, end, number, stepName(source, end, number) == id
		}
		count, err := strconv.Atoi(last)
		if err != nil || count < 2 || number > 1 {
			return "", 0, 0, false
		}
		rest, number = rest[:k], count
	}
}
