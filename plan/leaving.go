package plan

import (
	"cmp"
	"maps"
	"slices"
)

// A need may lead to more than can be planned: recipes that take a thousand of the next
// seven times over, or a milliard crates made one at a time. Such a need is left
// out of its part and is short, with that as its cause; the others are planned without
// it. Which need it is follows from what was planned until the part became too large:
// each order counts for the need that takes most of it, over all orders above it.

// Bounds on what one part of a plan may come to. They grow with the records of the
// part, so no need of one takes the room of others.
const (
	defaultMostOrders = 60_000_000
	sharedOrders      = 8_000_000 // for all parts, beside what their records allow
	leastOrders       = 100_000   // of these, for a part at least
	perRecord         = 300       // orders, for each need and each recipe of the part
	mostLots          = 100_000   // of one buffer at one time
	mostOfOne         = 1_000_000 // orders of one need that is asked for
)

// Of needs that are left out: so many one at a time, then twice as many each time; and
// only such as weigh at least so little, one in so many, against the heaviest.
const (
	leftSingly  = 8
	lightestOut = 100
)

// excess is what made a part too large.
type excess struct {
	kind     causeKind // causeTooMany, causeTooMuch
	buffer   int32     // where it was noticed
	need     int32     // that it is known to be of, or none
	consumer int32     // who wanted it there: an order or ^need; none
	most     int64     // how many orders there may be
}

func (p *part) exceeds(x excess) {
	if p.excess == nil {
		p.excess = &x
	}
}

// tooMany notes that a part has more orders than it may have.
func (p *part) tooMany(b int32, most int) {
	p.exceeds(excess{kind: causeTooMany, buffer: b, need: none, consumer: none, most: int64(most)})
}

// tooManyFor notes the same of one need that is asked for.
func (p *part) tooManyFor(need, b int32, most int) {
	p.exceeds(excess{kind: causeTooMany, buffer: b, need: need, consumer: none, most: int64(most)})
}

// manyLots notes that what a consumer wants takes too many lots at one time.
func (p *part) manyLots(b, consumer int32) {
	p.exceeds(excess{kind: causeTooMany, buffer: b, need: none, consumer: consumer, most: mostLots})
}

// tooLarge notes that a quantity of a buffer, or what it takes, does not fit exact
// numbers; the consumer is an order, or ^need, or none.
func (p *part) tooLarge(b, consumer int32) {
	p.exceeds(excess{kind: causeTooMuch, buffer: b, need: none, consumer: consumer})
}

// sourceBuffer is the buffer that a maker, or offer ^maker, gives to.
func (n *network) sourceBuffer(maker int32) int32 {
	if maker < 0 {
		return n.offers[^maker].buffer
	}
	return n.driven(maker)
}

// fitting is how many steps a maker can make at once such that all that it takes and puts
// out fits.
func (m *maker) fitting() int64 {
	const most = 1 << 62
	fits := int64(most)
	limit := func(r ratio) {
		if r.num == 0 {
			return
		}
		if q, _, ok := mulDiv(most, r.den, r.num); ok {
			fits = min(fits, q)
		}
	}
	for _, list := range [][]use{m.uses, m.byproducts} {
		for i := range list {
			if !list[i].perBatch {
				limit(list[i].amount)
			}
		}
	}
	limit(m.carried)
	return fits
}

// passes reports whether so much is beyond a maker, which is the k-th of a buffer, and
// another can be asked: then a recipe that makes no sense is in nobody's way.
func (n *network) passes(b int32, k int, q int64) bool {
	list := n.makersOf[b]
	if k+1 >= len(list) {
		return false
	}
	m := &n.makers[list[k]]
	return q > m.fits || m.manyLots(q)
}

// orderRoom is how many orders all parts may have beside what their records allow, for
// each part that has recipes.
func (n *network) orderRoom(parts []*part) int {
	count := 0
	for _, p := range parts {
		if len(p.makers) > 0 {
			count++
		}
	}
	return min(mostOfOne, max(leastOrders, sharedOrders/max(1, count)))
}

// mostOrders is how many orders the part may have.
func (p *part) mostOrders() int {
	return min(p.settings.MostOrders, p.net.room+perRecord*(len(p.needs)+len(p.makers)))
}

// solve plans the part, without the needs that make it too large.
func (p *part) solve() {
	all := p.needs
	p.most = p.mostOrders()
	var left map[int32]cause
	for round := 0; ; round++ {
		p.excess, p.asksFor = nil, none
		p.attempt()
		if p.excess == nil {
			break
		}
		if left == nil {
			left = map[int32]cause{}
		}
		p.leaveOut(left, round)
		p.orders, p.links, p.byproducts = orders{}, blocks[link]{}, nil // so much room is not kept
		p.needs = slices.DeleteFunc(slices.Clone(all), func(i int32) bool { _, out := left[i]; return out })
	}
	p.needs = all
	if left != nil {
		p.over = nil // no change is followed through its buckets
	}
	for i, c := range left {
		p.coverage[i], p.reasons[i] = []coverage{}, reasons{all: []cause{c}, short: []cause{c}}
	}
}

// leaveOut takes the needs out of the part that weigh most in what it came to.
func (p *part) leaveOut(left map[int32]cause, round int) {
	weights := p.weights()
	if len(weights) == 0 {
		for _, i := range p.needs {
			weights[i] = max(1, p.net.needs.at(i).qty)
		}
	}
	list := slices.SortedFunc(maps.Keys(weights), func(x, y int32) int {
		return cmp.Or(cmp.Compare(weights[y], weights[x]), p.net.byImportance(y, x))
	})
	count := 1
	if round >= leftSingly {
		count = 2 << min(round-leftSingly, 20)
	}
	for _, i := range list[:min(count, len(list))] {
		if weights[i] < weights[list[0]]/lightestOut {
			break
		}
		c := cause{kind: p.excess.kind, buffer: p.excess.buffer, at: p.net.needs.at(i).due}
		if c.kind == causeTooMany {
			c.qty = p.excess.most
		}
		p.leave(left, i, c)
	}
}

// leave takes a need out of the part, and those that are to come together with it.
func (p *part) leave(left map[int32]cause, i int32, c cause) {
	out := func(i int32) { left[i], p.active[i], p.asked[i] = c, false, false }
	c.who = none
	out(i)
	name := p.net.needs.at(i).together
	c.who = i
	for _, k := range p.needs {
		if _, is := left[k]; !is && name != "" && p.net.needs.at(k).together == name {
			out(k)
		}
	}
}

// weights tells how much each need weighs in what the part came to: in its orders, or
// where a quantity does not fit, in the orders of the same maker, or in what is wanted
// of the same buffer.
func (p *part) weights() map[int32]int64 {
	list := map[int32]int64{}
	root := p.roots()
	add := func(i int32, q int64) {
		if i != none {
			list[i] = plus(list[i], q)
		}
	}
	switch x := p.excess; {
	case x.need != none:
		add(x.need, 1)
	case x.consumer != none && x.consumer < 0:
		for _, i := range p.net.needsOf.get(p.net.needs.at(^x.consumer).buffer) {
			if p.active[i] {
				add(i, p.net.needs.at(i).qty)
			}
		}
	case x.consumer != none:
		for k, o := range p.orders.all() {
			if o.maker == p.orders.at(x.consumer).maker {
				add(root(k), max(o.qty, 1))
			}
		}
	case x.kind == causeTooMany:
		for k := range p.orders.n {
			add(root(k), 1)
		}
	default:
		add(p.asksFor, 1)
	}
	return list
}

// roots tells of an order the need that takes most of it: the need that takes most of the
// order that takes most of it, and so on. What nobody takes yet is of the need that is
// asked for.
func (p *part) roots() func(order int32) int32 {
	above, most := make([]int32, p.orders.n), make([]int64, p.orders.n)
	for k := range above {
		above[k] = none
	}
	take := func(order, consumer int32, q int64) {
		if q > most[order] || q == most[order] && q > 0 && p.before(consumer, above[order]) {
			above[order], most[order] = consumer, q
		}
	}
	for _, l := range p.links.all() {
		if l.supply >= 0 && l.supply < p.orders.n {
			take(l.supply, l.consumer, l.qty)
		}
	}
	for _, pair := range slices.Sorted(maps.Keys(p.sharedOf)) {
		if trip := p.sharedOf[pair]; pair < p.orders.n && trip < p.orders.n {
			take(trip, pair, max(1, p.orders.at(pair).qty))
		}
	}
	known := make([]bool, p.orders.n) // above[k] is its root
	var path []int32
	return func(order int32) int32 {
		k := order
		for path = path[:0]; k >= 0 && !known[k]; k = above[k] {
			known[k] = true
			path = append(path, k)
		}
		root := k
		if k >= 0 {
			root = above[k]
		}
		if root >= 0 || root == none { // orders that take from each other, or of nobody yet
			root = ^p.asksFor
		}
		for _, k := range path {
			above[k] = root
		}
		return ^root
	}
}

// before decides between consumers that take the same: needs before orders, by id;
// orders as they were made.
func (p *part) before(x, y int32) bool {
	if x < 0 && y < 0 {
		return p.net.compareNeeds(^x, ^y) < 0
	}
	return x < y
}

// tooLarge says why a need was left out: it leads to too much, or what it comes together
// with does.
func (n *network) tooLarge(c cause) string {
	who, name := "it leads", n.bufferName(c.buffer)
	if c.who != none {
		who = "it comes together with " + string(n.needs.at(c.who).id) + ", which leads"
	}
	if c.kind == causeTooMuch {
		return who + " to more of " + name + " than exact numbers hold, and is left out; check its quantity, and those of the recipes that lead there, or declare a larger step for the unit"
	}
	return who + " to more than " + itoa(c.qty) + " processes or purchases, reached at " + name + ", and is left out; check its quantity, and the lots and quantities of the recipes that lead there"
}
