package plan

import (
	"cmp"
	"slices"
)

// link says that a supply serves a requirement with a quantity.
//
// supply: an order, or ^k for supply k of the network, or beyond those for
// by-product k-base. consumer: an order, or ^i for need i.
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
	first           int32 // where its links begin, if netting placed it
}

// orders are all proposed orders, numbered as they were made.
type orders struct{ blocks[order] }

func (o *orders) add(maker int32, begin, end, qty int64) int32 {
	return o.push(order{begin: begin, end: end, qty: qty, maker: maker})
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

// lack is a requirement that netting could not meet in full or in time.
type lack struct{ buffer, consumer int32 }

// netting plans all buffers, cluster by cluster. It ends where something lacks, but
// for a layer, which wants to know all that does.
func (p *part) netting() {
	for _, c := range p.clusters {
		if p.excess != nil || len(p.lacking) > 0 && !p.layering {
			return
		}
		if len(c) == 1 {
			p.net1(c[0])
		} else {
			p.netTogether(c)
		}
	}
	for _, i := range p.makers {
		if p.net.makers[i].buffer < 0 {
			p.buildShared(i)
		}
	}
}

// gather collects the requirements of a buffer, sorted by time.
func (p *part) gather(b int32) []requirement {
	s := &p.scratch
	for _, m := range p.net.givers[b] {
		p.buildShared(m)
	}
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
			x := o.at(i)
			if x.maker != w.maker {
				continue
			}
			q, ok := u.of(x.qty)
			if !ok {
				p.tooLarge(b, i)
				return nil
			}
			if x.begin < last {
				s.runs = append(s.runs, len(s.reqs))
			}
			last = x.begin
			s.reqs = append(s.reqs, requirement{x.begin, q, i})
		}
		s.runs = append(s.runs, len(s.reqs))
	}
	p.requirements += len(s.reqs)
	return p.merge()
}

// gatherNeeds collects the needs of a buffer: those that are not asked for as
// they are, and those whose dates and quantities are found with these.
func (p *part) gatherNeeds(b int32) {
	s := &p.scratch
	for _, i := range p.net.needsOf.get(b) {
		if d := p.net.needs.at(i); p.active[i] && !p.asked[i] && d.qty > 0 {
			s.reqs = append(s.reqs, requirement{max(d.due, p.net.now), d.qty, ^i})
		}
	}
	for _, i := range p.net.needsOf.get(b) {
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
func (p *part) merge() []requirement {
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
func (p *part) stockOf(b int32, pool []lot) []lot {
	n := p.net
	left, touched := p.left[b]
	for _, x := range left {
		if x.qty > 0 {
			pool = append(pool, x)
		}
	}
	for i, to := n.suppliesOf(b); i < to && !touched; i++ {
		pool = append(pool, lot{n.supplies[i].at, n.supplies[i].qty, ^i})
	}
	if extra := p.spare[b]; len(extra) > 0 {
		pool = append(pool, extra...)
		slices.SortStableFunc(pool, func(x, y lot) int { return cmp.Compare(x.at, y.at) })
	}
	return pool
}

// net1 plans a buffer that stands alone.
func (p *part) net1(b int32) {
	reqs := p.gather(b)
	pool := p.stockOf(b, p.scratch.pool[:0])
	lo := p.orders.n
	at := stretchOf{orders: span{from: p.orders.n}, links: span{from: p.links.n}, dry: always}
	for i := 0; i < len(reqs) && p.excess == nil; {
		j := i + 1
		for j < len(reqs) && reqs[j].at == reqs[i].at {
			j++
		}
		if len(pool) > 0 {
			at.dry = reqs[i].at
		}
		pool = p.serve(b, reqs[i:j], pool)
		i = j
	}
	p.keep(b, pool)
	if p.over != nil {
		if len(pool) > 0 {
			at.dry = never
		}
		p.close(&at)
		p.over.base[p.net.rank[b]] = at
	}
	p.scratch.pool = pool[:0]
	p.closed(b, lo)
}

// keep notes what a layer leaves in a buffer for the next.
func (p *part) keep(b int32, pool []lot) {
	if p.layering {
		p.left[b], p.spare[b] = slices.Clone(pool), nil
	}
}

// closed notes where the orders of a buffer lie.
func (p *part) closed(b, lo int32) {
	for _, m := range p.net.makersOf[b] {
		p.lo[m], p.hi[m] = lo, p.orders.n
	}
	if int(p.orders.n) > p.most {
		p.tooMany(b, p.most)
	}
}

// netTogether plans buffers that the same processes put out, in order of time.
func (p *part) netTogether(c []int32) {
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
		p.spare[b] = nil
	}
	slices.SortStableFunc(events, func(x, y event) int { return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.rank, y.rank)) })
	lo := p.orders.n
	var reqs []requirement
	for i := 0; i < len(events) && p.excess == nil; {
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
