package plan

import (
	"maps"
	"slices"
)

// solve nets the part. Where something lacks, it plans layer by layer instead:
// what firm work still takes, then tier after tier, each with what those before it
// leave, so that no lesser need can harm a more essential one. At last the whole is
// netted once more with the dates and quantities that were found, so that what
// falls together is one process; where that does not work out, the layers stand.
func (p *part) solve() {
	p.lacking, p.layering, p.found, p.left = nil, false, false, nil
	p.coverage, p.reasons, p.base = map[int32][]coverage{}, map[int32]reasons{}, len(p.net.supplies)
	p.reset()
	p.activate(true)
	for _, i := range p.needs {
		p.asked[i] = false
	}
	p.over = nil
	if p.isPlain() {
		p.over = p.newOver()
	}
	p.netting()
	if p.over != nil {
		p.over.tail.n.Store(p.ends())
	}
	if p.err != nil || len(p.lacking) == 0 && !p.apart && (p.calm || p.bookAll()) {
		return
	}
	p.over = nil
	if p.oneByOne() {
		p.askAll()
		return
	}
	p.layers()
	if p.err != nil {
		return
	}
	p.activate(true)
	p.found = true
	p.reset()
	p.netting()
	if len(p.lacking) > 0 {
		p.found = false
		p.layers()
	}
}

// oneByOne reports whether needs are asked for one by one, if they cannot be netted:
// something is finite, or needs are to be delivered together.
func (p *part) oneByOne() bool { return !p.calm || p.grouped }

// activate says whether the needs of the part are being planned.
func (p *part) activate(active bool) {
	for _, i := range p.needs {
		p.active[i] = active
	}
}

// askAll asks for all needs of a part in which something is finite, the most
// essential first: who takes a machine when depends on who took it before.
func (p *part) askAll() {
	p.sharing = map[int]bool{}
	for more := true; more && p.err == nil; {
		p.reset()
		for _, i := range p.needs {
			p.asked[i], p.active[i] = true, true
		}
		p.asking()
		more = p.scarce()
	}
	p.sharing = nil
	p.buyAnew()
}

// layers plans firm work, then each tier.
func (p *part) layers() {
	p.layering = true
	defer func() { p.layering = false }()
	p.reset()
	p.activate(false)
	for _, i := range p.needs {
		p.asked[i] = false
	}
	clear(p.coverage)
	order := slices.SortedFunc(slices.Values(p.needs), p.net.byImportance)
	for len(order) > 0 && p.err == nil {
		first := p.net.needs.at(order[0])
		end := slices.IndexFunc(order, func(i int32) bool {
			return p.net.needs.at(i).rank != first.rank || p.net.needs.at(i).tier != first.tier
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
func (p *part) layer(needs []int32) {
	for _, i := range needs {
		p.active[i] = true
	}
	start := p.mark()
	p.netting()
	for round := 1; len(p.lacking) > 0 && p.err == nil; round++ {
		p.spread(round, start)
		p.back(start)
		p.asking()
		p.sharing = map[int]bool{}
		if p.err == nil && p.scarce() {
			p.back(start)
			p.asking()
		}
		p.sharing = nil
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
// that all needs of the part are asked for.
const patience = 6

// spread marks more needs to be asked for: those that what lacks serves, found by
// going back over the links, which stand after those of the orders they lead to.
func (p *part) spread(round int, since mark) {
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
	if !added || round > patience {
		for _, i := range p.needs {
			p.asked[i] = p.asked[i] || p.active[i]
		}
	}
}
