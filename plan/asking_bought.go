package plan

import (
	"cmp"
	"slices"
)

// What can be bought without end needs no stock: while needs are asked for one by
// one, they buy what can be bought in time, so that stock is there for those who
// want it sooner than it can be bought. When all dates are found, what there is goes to
// whoever takes first, and only what is then missing is bought: stock, then
// firm receipts, then offers, as everywhere. The dates stay, since whatever takes
// at a date from which on it can be bought, can buy it. What comes beside something
// else too is not bought so: whoever takes that may take it before it can be bought.

// boughtOnly reports whether a buffer that nothing comes into beside something else is
// filled by stock, receipts and offers alone, the offers without bound and without end.
func (n *network) boughtOnly(b int32) bool {
	offers := n.offersOf.get(b)
	return len(offers) > 0 && len(n.makersOf[b]) == 0 && !slices.ContainsFunc(offers, func(i int32) bool {
		o := n.offers[i]
		return o.left >= 0 || o.period != "" || o.until != never
	})
}

// fromBought takes what is left over of what was bought.
func (a *asker) fromBought(b int32, q, at int64, consumer int32) (got int64) {
	pool := a.pool(b)
	end, _ := slices.BinarySearchFunc(pool, at+1, func(l lot, t int64) int { return cmp.Compare(l.at, t) })
	for i := end - 1; i >= 0 && got < q; i-- {
		if pool[i].supply >= 0 {
			got += a.fromLot(b, int32(i), q-got, consumer)
		}
	}
	return got
}

// fromLot takes up to q of a lot in a pool.
func (a *asker) fromLot(b, i int32, q int64, consumer int32) int64 {
	l := &a.p.pools[b][i]
	x := min(q, l.qty)
	if x > 0 {
		a.link(l.supply, consumer, x)
		a.undo = append(a.undo, undo{kind: undoLot, index: b, extra: i, value: x})
		l.qty -= x
	}
	return x
}

// drawing is what is taken from a buffer.
type drawing struct {
	buffer int32
	requirement
}

// buyAnew takes back what was bought of buffers that are bought only, gives what
// there is of them to whoever takes first, and buys the rest.
func (p *part) buyAnew() {
	if !slices.ContainsFunc(p.buffers, func(b int32) bool { return p.bought[b] }) {
		return
	}
	list, kept := p.drawings()
	slices.SortStableFunc(list, func(x, y drawing) int { return cmp.Or(cmp.Compare(x.buffer, y.buffer), cmp.Compare(x.at, y.at)) })
	last := p.orders.n
	for len(list) > 0 && p.excess == nil {
		b, end := list[0].buffer, 1
		for end < len(list) && list[end].buffer == b {
			end++
		}
		p.buy(b, list[:end], kept)
		list = list[end:]
	}
	p.forget(last)
}

// drawings lists what is taken from buffers that are bought only, and takes those
// links away. What a need has from stock stays as it is: kept says how much of each supply.
func (p *part) drawings() (list []drawing, kept map[int32]int64) {
	kept = map[int32]int64{}
	old := p.links
	p.links = blocks[link]{}
	for _, l := range old.all() {
		b := p.bufferOf(l.supply)
		switch {
		case !p.bought[b]:
			p.links.push(*l)
		case l.consumer >= 0:
			list = append(list, drawing{b, requirement{p.orders.at(l.consumer).begin, l.qty, l.consumer}})
		case l.supply >= 0:
			list = append(list, drawing{b, requirement{p.orders.at(l.supply).end, l.qty, l.consumer}})
		default:
			kept[l.supply] += l.qty
			p.links.push(*l)
		}
	}
	return list, kept
}

// bufferOf is the buffer that the supply of a link is in.
func (p *part) bufferOf(supply int32) int32 {
	if k := int(^supply) - p.base; supply < 0 && k >= 0 {
		return p.byproducts[k].buffer
	}
	if supply < 0 {
		return p.net.supplies[^supply].buffer
	}
	return p.net.outOf(p.orders.at(supply).maker)
}

// buy serves what is taken from one buffer, in order of time.
func (p *part) buy(b int32, list []drawing, kept map[int32]int64) {
	var pool []lot
	for i, to := p.net.suppliesOf(b); i < to; i++ {
		s := p.net.supplies[i]
		if left := s.qty - kept[^i]; left > 0 {
			pool = append(pool, lot{s.at, left, ^i})
		}
	}
	var reqs []requirement
	for i, x := range list {
		reqs = append(reqs, x.requirement)
		if i+1 == len(list) || list[i+1].at != x.at {
			pool = p.serve(b, reqs, pool)
			reqs = reqs[:0]
		}
	}
	p.left[b] = pool
}

// forget takes away the purchases before order `last` that are made anew after it.
func (p *part) forget(last int32) {
	now, n := make([]int32, p.orders.n), int32(0)
	shared := map[int32]int32{}
	for i, o := range p.orders.all() {
		if i < last && o.maker < 0 && p.bought[p.net.outOf(o.maker)] {
			continue
		}
		if o.maker >= 0 && p.net.makers[o.maker].shared >= 0 {
			shared[n] = p.sharedOf[i]
		}
		now[i] = n
		*p.orders.at(n) = *o
		n++
	}
	p.orders.cut(n)
	for _, l := range p.links.all() {
		if l.supply >= 0 {
			l.supply = now[l.supply]
		}
		if l.consumer >= 0 {
			l.consumer = now[l.consumer]
		}
	}
	for i := range p.bookings {
		p.bookings[i].order = now[p.bookings[i].order]
	}
	for i := range p.byproducts {
		p.byproducts[i].order = now[p.byproducts[i].order]
	}
	for i, trip := range shared {
		shared[i] = now[trip]
	}
	p.sharedOf = shared
}
