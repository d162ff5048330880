package plan

import (
	"cmp"
	"slices"
)

// serve meets the requirements of one buffer at one time, in their order: from
// the pool, then from offers, then by making. It returns the pool that is left.
func (p *part) serve(b int32, reqs []requirement, pool []lot) []lot {
	s := &p.scratch
	s.rest = s.rest[:0]
	at, total := reqs[0].at, int64(0)
	for _, r := range reqs {
		pool = p.fromPool(pool, at, &r)
		if r.qty > 0 {
			s.rest = append(s.rest, r)
			if total += r.qty; total < 0 {
				p.tooLarge(b, heaviest(reqs))
				return pool
			}
		}
	}
	if total == 0 {
		return pool
	}
	f := filler{p: p, b: b, at: at, left: total, pool: pool}
	f.fromOffers()
	if f.left > 0 {
		f.fromMakers()
	}
	if f.left > 0 {
		for _, r := range s.rest[f.next:] {
			p.lacking = append(p.lacking, lack{b, r.consumer})
		}
	}
	return f.pool
}

// fromPool takes what a requirement can have: the earliest first; in layers the
// latest first, so that what came early stays for lesser needs that are earlier.
func (p *part) fromPool(pool []lot, at int64, r *requirement) []lot {
	take := func(l *lot) {
		if x := min(r.qty, l.qty); x > 0 {
			p.links.push(link{l.supply, r.consumer, x})
			r.qty -= x
			l.qty -= x
		}
	}
	if !p.layering {
		for r.qty > 0 && len(pool) > 0 && pool[0].at <= at {
			if take(&pool[0]); pool[0].qty == 0 {
				pool = pool[1:]
			}
		}
		return pool
	}
	end, _ := slices.BinarySearchFunc(pool, at+1, func(l lot, t int64) int { return cmp.Compare(l.at, t) })
	first := end
	for r.qty > 0 && first > 0 {
		first--
		take(&pool[first])
	}
	return slices.DeleteFunc(pool, func(l lot) bool { return l.qty == 0 })
}

// filler places the orders that meet what is left of a buffer's requirements at
// one time, and hands them out in order.
type filler struct {
	p    *part
	b    int32
	at   int64
	left int64
	pool []lot
	next int // the first requirement in scratch.rest that is not yet met
}

// place hands an order of q steps to the requirements; the rest goes to the pool.
func (f *filler) place(order int32, q int64) {
	f.p.orders.at(order).first = f.p.links.n
	rest := f.p.scratch.rest
	for q > 0 && f.next < len(rest) {
		r := &rest[f.next]
		x := min(q, r.qty)
		f.p.links.push(link{order, r.consumer, x})
		q, f.left = q-x, f.left-x
		if r.qty -= x; r.qty == 0 {
			f.next++
		}
	}
	if q > 0 {
		f.pool = insert(f.pool, lot{f.p.orders.at(order).end, q, order})
	}
}

func (f *filler) fromOffers() {
	p := f.p
	for _, i := range p.net.offersOf.get(f.b) {
		if f.left == 0 {
			return
		}
		o := p.net.offers[i]
		if !o.canServe(f.at, p.net.now) {
			continue
		}
		if x := o.amount(f.left, p.leftOf(i, f.at)); x > 0 {
			p.take(i, f.at, x)
			f.place(p.orders.add(^i, f.at-o.lead, f.at, x), x)
		}
	}
}

// canServe reports whether the offer can be had at a time.
func (o *offer) canServe(at, now int64) bool {
	return at-o.lead >= now && at-o.lead >= o.from && at <= o.until
}

// amount is how much to take of an offer towards q, given what is left of it.
func (o *offer) amount(q, left int64) int64 {
	if left >= 0 && q > left {
		q = left
	}
	if q < o.least {
		q = o.least
	}
	if o.multiple > 1 {
		if q = (q + o.multiple - 1) / o.multiple * o.multiple; left >= 0 && q > left {
			q = left / o.multiple * o.multiple
		}
	}
	if q < o.least || left >= 0 && q > left {
		return 0
	}
	return q
}

// taking is what was taken of an offer that renews, in the period that begins then.
type taking struct {
	offer  int32
	period int64
	qty    int64
}

// leftOf is what is left of an offer for a time: of one that renews what is left
// of the period; -1 if unlimited.
func (p *part) leftOf(i int32, at int64) int64 {
	o := p.net.offers[i]
	if o.period == "" || o.left < 0 {
		return p.offerLeft[i]
	}
	from, _ := periodOf(o.period, at)
	return p.offerLeft[i] - spentAt(p.renewed[i], from)
}

// take takes from an offer.
func (p *part) take(i int32, at, q int64) {
	o := p.net.offers[i]
	switch {
	case o.left < 0:
	case o.period == "":
		p.offerLeft[i] -= q
	default:
		from, _ := periodOf(o.period, at)
		p.renewed[i] = spend(p.renewed[i], from, q)
		p.takings = append(p.takings, taking{i, from, q})
	}
}

// giveBack takes back what was taken of offers that renew, from the n-th taking on.
func (p *part) giveBack(n int) {
	for k := len(p.takings) - 1; k >= n; k-- {
		t := p.takings[k]
		p.renewed[t.offer] = spend(p.renewed[t.offer], t.period, -t.qty)
	}
	p.takings = p.takings[:n]
}

func (f *filler) fromMakers() {
	p := f.p
	for k, i := range p.net.makersOf[f.b] {
		m := &p.net.makers[i]
		if p.net.passes(f.b, k, f.left) {
			continue
		}
		if m.manyLots(f.left) {
			p.manyLots(f.b, heaviest(p.scratch.rest[f.next:]))
			return
		}
		for f.left > 0 && p.excess == nil {
			q := f.left
			if m.lots() {
				q = m.lot(q)
			}
			d, ok := m.duration(q)
			if ok && m.slow != one {
				d, ok = m.slow.up(d)
			}
			if !ok {
				p.tooLarge(f.b, heaviest(p.scratch.rest[f.next:]))
				return
			}
			s, ok := within(m.cal2, d, f.at, false)
			if q <= 0 || !ok || s.begin < m.earliest || !m.inForce(s.begin) {
				break
			}
			o := p.orders.add(i, s.begin, s.end, q)
			f.place(o, q)
			if len(m.byproducts) > 0 {
				p.putOut(o, m)
			}
			if m.usesOwnOutput {
				f.takeOwn(o, m)
			}
			if int(p.orders.n) > p.most {
				p.tooMany(f.b, p.most)
			}
		}
	}
}

// manyLots reports whether so much takes more lots than are made at one time.
func (m *maker) manyLots(q int64) bool { return m.most > 0 && q/m.most > mostLots }

// heaviest is who wants most, the first of several.
func heaviest(reqs []requirement) int32 {
	return slices.MaxFunc(reqs, func(x, y requirement) int { return cmp.Compare(x.qty, y.qty) }).consumer
}

// takeOwn takes what a recipe needs of its own output (seed) from what is left.
func (f *filler) takeOwn(order int32, m *maker) {
	o := &f.p.orders
	for j := range m.uses {
		if m.uses[j].buffer != f.b {
			continue
		}
		q, _ := m.uses[j].of(o.at(order).qty)
		for i := 0; i < len(f.pool) && q > 0 && f.pool[i].at <= o.at(order).begin; i++ {
			x := min(q, f.pool[i].qty)
			if x > 0 {
				f.p.links.push(link{f.pool[i].supply, order, x})
			}
			f.pool[i].qty -= x
			q -= x
		}
		if q > 0 {
			f.p.lacking = append(f.p.lacking, lack{f.b, order})
		}
	}
}
