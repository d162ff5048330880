package plan

import (
	"maps"
	"slices"
)

// attempt nets the part. Where something lacks, it plans tier after tier instead, each
// with what those before it leave, so that no lesser need can harm a more essential
// one (tiers). Where nothing is finite, the whole is at last netted once more with the
// dates and quantities that were found, so that what falls together is one process;
// where that does not work out, the layers stand.
func (p *part) attempt() {
	p.lacking, p.layering, p.found, p.left = nil, false, false, nil
	p.coverage, p.reasons, p.base = map[int32][]coverage{}, map[int32]reasons{}, len(p.net.supplies)
	p.over = nil
	if p.isPlain() {
		p.over = p.newOver()
	}
	whole := p.nets(p.needs)
	if p.over != nil {
		p.over.tail.n.Store(p.ends())
	}
	if p.excess != nil || whole {
		return
	}
	p.over = nil
	tiers := p.tiers()
	netted := p.nettable(tiers)
	if !p.calm {
		p.askTiers(tiers, netted)
		return
	}
	tiers = append([][]int32{slices.Concat(tiers[:netted]...)}, tiers[netted:]...)
	p.layers(tiers)
	if p.excess != nil {
		return
	}
	p.activate(p.needs, true)
	p.found = true
	p.reset()
	p.netting()
	if len(p.lacking) > 0 {
		p.found = false
		p.layers(tiers)
	}
}

// activate says whether needs are being planned.
func (p *part) activate(needs []int32, active bool) {
	for _, i := range needs {
		p.active[i] = active
	}
}

// ask says whether needs are asked for, before the others are netted.
func (p *part) ask(needs []int32, asked bool) {
	for _, i := range needs {
		p.asked[i] = asked
	}
}

// layers plans each tier with what those before it leave.
func (p *part) layers(tiers [][]int32) {
	p.layering = true
	defer func() { p.layering = false }()
	p.reset()
	p.activate(p.needs, false)
	p.ask(p.needs, false)
	clear(p.coverage)
	for _, needs := range tiers {
		if p.excess != nil {
			return
		}
		p.layer(needs)
	}
}

// layer plans the needs of one tier with what is left. It nets them; while something
// lacks, the needs that it touches are asked for first, in their order, and the
// others are netted with what they leave; so whoever is asked for takes before the
// others, and the others are all on time. Where needs are to come together, all of the
// tier are asked for.
func (p *part) layer(needs []int32) {
	p.activate(needs, true)
	start := p.mark()
	p.netting()
	grouped := p.grouped && p.net.grouped(needs)
	for round := 1; (len(p.lacking) > 0 || round == 1 && grouped && p.net.wantedApart(needs)) && p.excess == nil; round++ {
		if grouped || round > patience {
			p.ask(needs, true)
		} else {
			p.spread(needs, start)
		}
		p.back(start)
		p.asking()
		p.sharing = map[int]bool{}
		if p.excess == nil && p.scarce() {
			p.back(start)
			p.asking()
		}
		p.sharing = nil
		p.netting()
	}
	p.activate(needs, false)
}

// mark is a state to which the plan can go back.
type mark struct {
	orders, links int32
	byproducts    int
	requirements  int
	takings       int
	offerLeft     []int64
	left          map[int32][]lot
	spare         [][]lot
}

func (p *part) mark() mark {
	m := mark{orders: p.orders.n, links: p.links.n, byproducts: len(p.byproducts), requirements: p.requirements, takings: len(p.takings), left: maps.Clone(p.left)}
	for _, i := range p.offers {
		m.offerLeft = append(m.offerLeft, p.offerLeft[i])
	}
	for _, b := range p.buffers {
		m.spare = append(m.spare, p.spare[b])
	}
	p.begin()
	return m
}

// back takes back all orders since the mark.
func (p *part) back(m mark) {
	p.orders.cut(m.orders)
	p.links.cut(m.links)
	p.byproducts, p.requirements = p.byproducts[:m.byproducts], m.requirements
	maps.DeleteFunc(p.sharedOf, func(order, _ int32) bool { return order >= m.orders })
	p.left = maps.Clone(m.left)
	p.giveBack(m.takings)
	for k, i := range p.offers {
		p.offerLeft[i] = m.offerLeft[k]
	}
	for k, b := range p.buffers {
		p.spare[b] = m.spare[k]
	}
	p.begin()
}

// begin makes ready for a netting.
func (p *part) begin() {
	p.lacking = nil
	for _, i := range p.makers {
		p.lo[i], p.hi[i], p.built[i] = 0, 0, false
	}
}

// reset takes all orders back.
func (p *part) reset() {
	p.orders.cut(0)
	p.links.cut(0)
	p.byproducts, p.requirements, p.bookings = nil, 0, nil
	for _, c := range p.limits {
		f := &p.net.firmLoads[c]
		p.loads[c] = load{slices.Clone(f.marks), slices.Clone(f.spent), slices.Clone(f.days)}
	}
	p.sharedOf, p.left = map[int32]int32{}, map[int32][]lot{}
	for _, i := range p.offers {
		p.offerLeft[i], p.renewed[i] = p.net.offers[i].left, nil
	}
	p.takings = p.takings[:0]
	for _, b := range p.buffers {
		p.spare[b] = nil
	}
	p.begin()
}

// patience is how many rounds may add only the needs that are touched; after
// that all needs of the tier are asked for.
const patience = 6

// spread marks more needs to be asked for: those that what lacks serves, found by
// going back over the links, which stand after those of the orders they lead to; if
// there are none, all.
func (p *part) spread(needs []int32, since mark) {
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
		if k := int(^l.supply) - p.base; l.supply < 0 && k >= 0 {
			order = p.byproducts[k].order
		}
		if order >= 0 && touched[order] {
			touch(l.consumer)
		}
	}
	if !added {
		p.ask(needs, true)
	}
}
