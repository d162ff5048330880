package plan

import (
	"maps"
	"slices"
)

// solve nets the whole network. Where something lacks, it plans layer by layer
// instead: what firm work still takes, then tier after tier, each with what those
// before it leave, so that no lesser need can harm a more essential one. At last
// the whole is netted once more with the dates and quantities that were found, so
// that what falls together is one process; where that does not work out, the
// layers stand as they are.
func (p *Plan) solve() {
	p.reset()
	for i := range p.active {
		p.active[i] = true
	}
	p.netting()
	if len(p.lacking) == 0 || p.err != nil {
		return
	}
	root, lacks := p.net.connected(), map[int32]bool{}
	for _, l := range p.lacking {
		lacks[root[l.buffer]] = true
	}
	p.layers(root, lacks)
	if p.err != nil {
		return
	}
	for i := range p.active {
		p.active[i] = true
	}
	p.found = true
	p.reset()
	p.netting()
	if len(p.lacking) > 0 {
		p.found = false
		p.layers(root, lacks)
	}
}

// layers plans what is apart from all that lacks, then firm work, then each tier.
// lacks are the connected parts of the network in which something lacked.
func (p *Plan) layers(root []int32, lacks map[int32]bool) {
	p.layering = true
	defer func() { p.layering = false }()
	p.reset()
	order := make([]int32, len(p.net.needs))
	for i := range order {
		order[i], p.asked[i], p.active[i] = int32(i), false, false
	}
	slices.SortFunc(order, p.net.byImportance)
	apart := slices.DeleteFunc(slices.Clone(order), func(i int32) bool { return lacks[root[p.net.needs[i].buffer]] })
	order = slices.DeleteFunc(order, func(i int32) bool { return !lacks[root[p.net.needs[i].buffer]] })
	p.layer(apart)
	for len(order) > 0 && p.err == nil {
		first := p.net.needs[order[0]]
		end := slices.IndexFunc(order, func(i int32) bool {
			return p.net.needs[i].firm != first.firm || p.net.needs[i].tier != first.tier
		})
		if end < 0 {
			end = len(order)
		}
		p.layer(order[:end])
		order = order[end:]
	}
}

// layer plans needs of one rank with what is left. It nets them; while something
// lacks, the needs that it touches are asked for first, in their order, and the
// others are netted with what they leave; so whoever is asked for takes before the
// others, and the others are all on time.
func (p *Plan) layer(needs []int32) {
	for _, i := range needs {
		p.active[i] = true
	}
	start := p.mark()
	p.netting()
	for round := 1; len(p.lacking) > 0 && p.err == nil; round++ {
		p.spread(round, start)
		p.back(start)
		p.asking()
		p.netting()
	}
	for _, i := range needs {
		p.active[i] = false
	}
}

// mark is a state to which the plan can go back.
type mark struct {
	orders, links int32
	byproducts    int
	requirements  int
	offerLeft     []int64
	left          map[int32][]lot
	spare         [][]lot
}

func (p *Plan) mark() mark {
	m := mark{p.orders.n, p.links.n, len(p.byproducts), p.requirements, slices.Clone(p.offerLeft), maps.Clone(p.left), slices.Clone(p.spare)}
	p.begin()
	return m
}

// back takes back all orders since the mark.
func (p *Plan) back(m mark) {
	p.orders.cut(m.orders)
	p.links.cut(m.links)
	p.byproducts, p.requirements = p.byproducts[:m.byproducts], m.requirements
	maps.DeleteFunc(p.sharedOf, func(order, _ int32) bool { return order >= m.orders })
	p.offerLeft, p.left, p.spare = slices.Clone(m.offerLeft), maps.Clone(m.left), slices.Clone(m.spare)
	p.begin()
}

// begin makes ready for a netting.
func (p *Plan) begin() {
	p.lacking = nil
	p.lo, p.hi, p.built = make([]int32, len(p.net.makers)), make([]int32, len(p.net.makers)), make([]bool, len(p.net.makers))
}

// reset takes all orders back.
func (p *Plan) reset() {
	n := p.net
	offers := make([]int64, len(n.offers))
	for i := range n.offers {
		offers[i] = n.offers[i].left
	}
	p.sharedOf = map[int32]int32{}
	p.back(mark{offerLeft: offers, left: map[int32][]lot{}, spare: make([][]lot, len(n.buffers))})
}

// patience is how many rounds may add only the needs that are touched; after
// that whole connected parts of the network are asked for.
const patience = 6

// spread marks more needs to be asked for: those that what lacks serves, found by
// going back over the links, which stand after those of the orders they lead to.
func (p *Plan) spread(round int, since mark) {
	touched := make([]bool, p.orders.n)
	lines := map[int32][]int32{}
	for k, t := range p.sharedOf {
		lines[t] = append(lines[t], k)
	}
	added := false
	touch := func(consumer int32) {
		if consumer < 0 {
			added = added || !p.asked[^consumer]
			p.asked[^consumer] = true
			return
		}
		touched[consumer] = true
		for _, k := range lines[consumer] {
			touched[k] = true
		}
	}
	for _, l := range p.lacking {
		touch(l.consumer)
	}
	for i := p.links.n - 1; i >= since.links; i-- {
		l := p.links.at(i)
		order := l.supply
		if k := int(^l.supply) - len(p.net.supplies); l.supply < 0 && k >= 0 {
			order = p.byproducts[k].order
		}
		if order >= 0 && touched[order] {
			touch(l.consumer)
		}
	}
	if !added || round > patience {
		p.spreadWidely(!added)
	}
}

// spreadWidely marks all needs of the connected parts in which something lacks,
// or all that are being planned.
func (p *Plan) spreadWidely(all bool) {
	root := p.net.connected()
	lacks := map[int32]bool{}
	for _, l := range p.lacking {
		lacks[root[l.buffer]] = true
	}
	for i := range p.net.needs {
		if p.active[i] && (all || lacks[root[p.net.needs[i].buffer]]) {
			p.asked[i] = true
		}
	}
}
