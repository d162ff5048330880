package plan

import (
	"cmp"
	"slices"

	"commonweal/rule"
)

// link says that a supply serves a requirement with a quantity.
//
// supply: an order, or ^k for supply k of the network, or beyond those for
// by-product k-len(supplies). consumer: an order, or ^i for need i.
type link struct {
	supply, consumer int32
	qty              int64
}

// byproduct is what an order puts out beside what it is made for.
type byproduct struct {
	order, use int32
	buffer     int32
	at, qty    int64
}

// order is a proposed process, a pair on a shared process, or a purchase.
type order struct {
	begin, end, qty int64
	maker           int32 // the maker, or ^i for offer i
}

// orders are all proposed orders, numbered as they were made.
type orders struct{ blocks[order] }

func (o *orders) add(maker int32, begin, end, qty int64) int32 {
	return o.push(order{begin, end, qty, maker})
}

// requirement is what somebody takes from a buffer at a time.
type requirement struct {
	at, qty  int64
	consumer int32
}

// lot is supply that is left in a buffer.
type lot struct {
	at, qty int64
	supply  int32
}

// Plan is a computed plan: orders, links, and what each need gets.
type Plan struct {
	net        *network
	settings   Settings
	clusters   [][]int32
	orders     orders
	links      blocks[link]
	byproducts []byproduct
	coverage   [][]coverage // of each need, by date
	problems   []Problem
	sharedOf   map[int32]int32 // the shared process of an order for a pair
	reasons    []reasons       // of each need that was asked for
	stats      Stats

	lo, hi       []int32 // netted orders of a maker lie in [lo, hi)
	offerLeft    []int64
	spare        [][]lot         // by-products that wait for their buffer
	built        []bool          // shared makers whose processes are made
	lacking      []lack          // what netting could not meet
	layering     bool            // layers follow, which need to know what is left
	active       []bool          // needs that are being planned
	asked        []bool          // needs that are asked for, before the others are netted
	found        bool            // what those needs get is found: net them with it
	left         map[int32][]lot // what those planned before left in the buffers that they touched
	requirements int
	err          error

	scratch struct {
		reqs, tmp []requirement
		runs      []int
		pool      []lot
		rest      []requirement
	}
}

// lack is a requirement that netting could not meet in full or in time.
type lack struct{ buffer, consumer int32 }

// netting plans all buffers, cluster by cluster.
func (p *Plan) netting() {
	for _, c := range p.clusters {
		if p.err != nil {
			return
		}
		if len(c) == 1 {
			p.net1(c[0])
		} else {
			p.netTogether(c)
		}
	}
	for i := range p.net.makers {
		if m := &p.net.makers[i]; m.buffer < 0 {
			p.buildShared(int32(i))
		}
	}
}

// gather collects the requirements of a buffer, sorted by time.
func (p *Plan) gather(b int32) []requirement {
	s := &p.scratch
	s.reqs, s.runs = s.reqs[:0], append(s.runs[:0], 0)
	p.gatherNeeds(b)
	o := &p.orders
	for _, w := range p.net.users[b] {
		m := &p.net.makers[w.maker]
		if m.buffer < 0 {
			p.buildShared(w.maker)
		}
		if m.buffer == b {
			continue // what a recipe takes of its own output is taken when it is made
		}
		u := &m.uses[w.use]
		last := always
		for i := p.lo[w.maker]; i < p.hi[w.maker]; i++ {
			if o.at(i).maker != w.maker {
				continue
			}
			q, ok := u.of(o.at(i).qty)
			if !ok {
				p.tooLarge(b, o.at(i).qty)
				return nil
			}
			if o.at(i).begin < last {
				s.runs = append(s.runs, len(s.reqs))
			}
			last = o.at(i).begin
			s.reqs = append(s.reqs, requirement{o.at(i).begin, q, i})
		}
		s.runs = append(s.runs, len(s.reqs))
	}
	p.requirements += len(s.reqs)
	return p.merge()
}

// gatherNeeds collects the needs of a buffer: those that are not asked for as
// they are, and those whose dates and quantities are found with these.
func (p *Plan) gatherNeeds(b int32) {
	s := &p.scratch
	for _, i := range p.net.needsOf[b] {
		if d := &p.net.needs[i]; p.active[i] && !p.asked[i] && d.qty > 0 {
			s.reqs = append(s.reqs, requirement{max(d.due, p.net.now), d.qty, ^i})
		}
	}
	for _, i := range p.net.needsOf[b] {
		if p.asked[i] && p.found {
			s.runs = append(s.runs, len(s.reqs))
			for _, c := range p.coverage[i] {
				s.reqs = append(s.reqs, requirement{c.at, c.qty, ^i})
			}
		}
	}
	s.runs = append(s.runs, len(s.reqs))
}

// merge sorts the gathered requirements by time: they are a few runs that are
// sorted already, merged two by two. Equal times keep their order.
func (p *Plan) merge() []requirement {
	s := &p.scratch
	runs := slices.Compact(s.runs)
	if cap(s.tmp) < len(s.reqs) {
		s.tmp = make([]requirement, len(s.reqs)*3/2)
	}
	from, to := s.reqs, s.tmp[:len(s.reqs)]
	for len(runs) > 2 {
		out := runs[:1]
		for i := 0; i+1 < len(runs); i += 2 {
			a, mid, end := runs[i], runs[i+1], runs[i+1]
			if i+2 < len(runs) {
				end = runs[i+2]
			}
			mergeRuns(to[a:end], from[a:mid], from[mid:end])
			out = append(out, end)
		}
		from, to = to, from
		runs = out
	}
	s.reqs, s.tmp = from, to
	return from
}

func mergeRuns(to, a, b []requirement) {
	for k := range to {
		if len(b) == 0 || len(a) > 0 && a[0].at <= b[0].at {
			to[k], a = a[0], a[1:]
		} else {
			to[k], b = b[0], b[1:]
		}
	}
}

// stockOf returns what a buffer has and expects, sorted by time.
func (p *Plan) stockOf(b int32, pool []lot) []lot {
	n := p.net
	left, touched := p.left[b]
	for _, x := range left {
		if x.qty > 0 {
			pool = append(pool, x)
		}
	}
	for i := n.supplyAt[b]; i < n.supplyAt[b+1] && !touched; i++ {
		pool = append(pool, lot{n.supplies[i].at, n.supplies[i].qty, ^i})
	}
	if extra := p.spare[b]; len(extra) > 0 {
		pool = append(pool, extra...)
		slices.SortStableFunc(pool, func(x, y lot) int { return cmp.Compare(x.at, y.at) })
	}
	return pool
}

// net1 plans a buffer that stands alone.
func (p *Plan) net1(b int32) {
	reqs := p.gather(b)
	pool := p.stockOf(b, p.scratch.pool[:0])
	lo := p.orders.n
	for i := 0; i < len(reqs) && p.err == nil; {
		j := i + 1
		for j < len(reqs) && reqs[j].at == reqs[i].at {
			j++
		}
		pool = p.serve(b, reqs[i:j], pool)
		i = j
	}
	p.keep(b, pool)
	p.scratch.pool = pool[:0]
	p.closed(b, lo)
}

// keep notes what a layer leaves in a buffer for the next.
func (p *Plan) keep(b int32, pool []lot) {
	if p.layering {
		p.left[b], p.spare[b] = slices.Clone(pool), nil
	}
}

// closed notes where the orders of a buffer lie.
func (p *Plan) closed(b, lo int32) {
	for _, m := range p.net.makersOf[b] {
		p.lo[m], p.hi[m] = lo, p.orders.n
	}
	if int(p.orders.n) > p.settings.MostOrders {
		p.err = rule.Refuse("planTooLarge", "orders", "more than "+itoa(int64(p.settings.MostOrders)), "about", p.net.bufferName(b))
	}
}

// netTogether plans buffers that the same processes put out, in order of time.
func (p *Plan) netTogether(c []int32) {
	type event struct {
		requirement
		rank int
	}
	var events []event
	pools := make([][]lot, len(c))
	for i, b := range c {
		for _, r := range p.gather(b) {
			events = append(events, event{r, i})
		}
		pools[i] = p.stockOf(b, nil)
	}
	slices.SortStableFunc(events, func(x, y event) int { return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.rank, y.rank)) })
	lo := p.orders.n
	var reqs []requirement
	for i := 0; i < len(events) && p.err == nil; {
		rank, at := events[i].rank, events[i].at
		for reqs = reqs[:0]; i < len(events) && events[i].at == at && events[i].rank == rank; i++ {
			reqs = append(reqs, events[i].requirement)
		}
		for _, x := range p.spare[c[rank]] {
			pools[rank] = insert(pools[rank], x)
		}
		p.spare[c[rank]] = nil
		pools[rank] = p.serve(c[rank], reqs, pools[rank])
	}
	for i, b := range c {
		for _, x := range p.spare[b] {
			pools[i] = insert(pools[i], x)
		}
		p.keep(b, pools[i])
		p.closed(b, lo)
	}
}

// insert puts a lot into a pool that is sorted by time.
func insert(pool []lot, x lot) []lot {
	at, _ := slices.BinarySearchFunc(pool, x.at+1, func(l lot, t int64) int { return cmp.Compare(l.at, t) })
	return slices.Insert(pool, at, x)
}

// serve meets the requirements of one buffer at one time, in their order: from
// the pool, then from offers, then by making. It returns the pool that is left.
func (p *Plan) serve(b int32, reqs []requirement, pool []lot) []lot {
	s := &p.scratch
	s.rest = s.rest[:0]
	at, total := reqs[0].at, int64(0)
	used := 0
	for _, r := range reqs {
		for r.qty > 0 && used < len(pool) && pool[used].at <= at {
			x := min(r.qty, pool[used].qty)
			if x > 0 {
				p.links.push(link{pool[used].supply, r.consumer, x})
			}
			r.qty -= x
			if pool[used].qty -= x; pool[used].qty == 0 {
				used++
			}
		}
		if r.qty > 0 {
			s.rest = append(s.rest, r)
			if total += r.qty; total < 0 {
				p.tooLarge(b, r.qty)
				return pool
			}
		}
	}
	pool = pool[used:]
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

// filler places the orders that meet what is left of a buffer's requirements at
// one time, and hands them out in order.
type filler struct {
	p    *Plan
	b    int32
	at   int64
	left int64
	pool []lot
	next int // the first requirement in scratch.rest that is not yet met
}

// place hands an order of q steps to the requirements; the rest goes to the pool.
func (f *filler) place(order int32, q int64) {
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
		f.pool = insert(f.pool, lot{f.at, q, order})
	}
}

func (f *filler) fromOffers() {
	p := f.p
	for _, i := range p.net.offersOf[f.b] {
		if f.left == 0 {
			return
		}
		o := &p.net.offers[i]
		if !o.canServe(f.at, p.net.now) {
			continue
		}
		if x := o.amount(f.left, p.offerLeft[i]); x > 0 {
			if p.offerLeft[i] >= 0 {
				p.offerLeft[i] -= x
			}
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
		if left >= 0 && left < o.least {
			return 0
		}
		q = o.least
	}
	return q
}

func (f *filler) fromMakers() {
	p := f.p
	for _, i := range p.net.makersOf[f.b] {
		m := &p.net.makers[i]
		for f.left > 0 && p.err == nil {
			q := f.left
			if m.lots() {
				q = m.lot(q)
			}
			d, ok := m.duration(q)
			if !ok {
				p.tooLarge(f.b, q)
				return
			}
			if q <= 0 || f.at-d < p.net.now || !m.inForce(f.at-d) {
				break
			}
			o := p.orders.add(i, f.at-d, f.at, q)
			f.place(o, q)
			if len(m.byproducts) > 0 {
				p.putOut(o, m)
			}
			if m.usesOwnOutput {
				f.takeOwn(o, m)
			}
			if int(p.orders.n) > p.settings.MostOrders {
				p.err = rule.Refuse("planTooLarge", "orders", "more than "+itoa(int64(p.settings.MostOrders)), "about", p.net.bufferName(f.b))
			}
		}
	}
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

// putOut books the by-products of an order.
func (p *Plan) putOut(order int32, m *maker) {
	o := &p.orders
	for j := range m.byproducts {
		u := &m.byproducts[j]
		q, ok := u.amount.down(o.at(order).qty)
		if u.perBatch {
			q, ok = u.amount.down(1)
		}
		if !ok {
			p.tooLarge(u.buffer, o.at(order).qty)
			return
		}
		if q == 0 {
			continue
		}
		ref := ^int32(len(p.net.supplies) + len(p.byproducts))
		p.byproducts = append(p.byproducts, byproduct{order, int32(j), u.buffer, o.at(order).end, q})
		if !u.late {
			p.spare[u.buffer] = append(p.spare[u.buffer], lot{o.at(order).end, q, ref})
		}
	}
}

// buildShared makes the processes that carry the pairs of a recipe: what falls
// due together shares one; of lots at one time, the first of each pair go together.
func (p *Plan) buildShared(shared int32) {
	if p.built[shared] {
		return
	}
	p.built[shared] = true
	type line struct {
		end   int64
		trip  int
		order int32
	}
	var lines []line
	o := &p.orders
	for i := shared + 1; i < int32(len(p.net.makers)) && p.net.makers[i].shared == shared; i++ {
		trip, last := 0, always
		for k := p.lo[i]; k < p.hi[i]; k++ {
			if o.at(k).maker != i {
				continue
			}
			if trip++; o.at(k).end != last {
				trip, last = 0, o.at(k).end
			}
			lines = append(lines, line{o.at(k).end, trip, k})
		}
	}
	slices.SortStableFunc(lines, func(x, y line) int { return cmp.Or(cmp.Compare(x.end, y.end), cmp.Compare(x.trip, y.trip)) })
	p.lo[shared] = int32(int(o.n))
	for i := 0; i < len(lines); {
		first, carried := lines[i], int64(0)
		process := o.add(shared, o.at(first.order).begin, first.end, 0)
		for ; i < len(lines) && lines[i].end == first.end && lines[i].trip == first.trip; i++ {
			k := lines[i].order
			x, ok := p.net.makers[o.at(k).maker].carried.up(o.at(k).qty)
			if carried += x; !ok || carried < 0 {
				p.tooLarge(p.net.makers[o.at(k).maker].buffer, o.at(k).qty)
				return
			}
			p.sharedOf[k] = process
		}
		o.at(process).qty = carried
		p.putOut(process, &p.net.makers[shared])
	}
	p.hi[shared] = int32(int(o.n))
}

func (p *Plan) tooLarge(b int32, q int64) {
	if p.err == nil {
		p.err = rule.Refuse("planOverflow", "about", p.net.bufferName(b), "quantity", p.net.amount(b, q))
	}
}
