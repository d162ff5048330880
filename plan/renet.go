package plan

import (
	"cmp"
	"slices"
)

// renetting follows a change of facts through a plain part, buffer by buffer in the
// order of planning, and in each only through the times that the change reaches.
type renetting struct {
	old, p     *part
	agenda     *agenda
	full       []int32   // buffers of which other stock or offers are known
	left, came []step    // where the one did not take the place of the other
	resized    []resized // where it did
	needs      []int32   // that came, or are other than before, by their numbers
	gone       []int32   // that left, or are no more as they were
	lacks      bool

	reqs    []requirement // these serve for one bucket, or one buffer, after the other
	links   []link
	buckets []bucket
}

// mostChanged is the share of a part's orders, one in so many, of which the buckets
// may be changed; beyond it (and a few thousand) the part is written out.
const mostChanged = 2

// renet returns the part as it is with other facts about some of its buffers, and
// the steps that left and came; ok is false where it has to be planned anew.
func (p *part) renet(n *network, buffers []int32, a *agenda) (r *renetting, ok bool) {
	if p.over == nil {
		return nil, false
	}
	q := *p
	q.net, q.base = n, len(n.supplies) // it has no by-products
	q.over = &over{base: p.over.base, layers: p.over.layers.clone(), count: p.over.count, first: p.over.first, tail: p.over.tail, whole: &wholePart{}}
	first := p.over.tail.n.CompareAndSwap(p.ends(), -1)
	if !first {
		q.over.tail = &tail{} // another version has added to the tables already
	}
	q.orders.blocks, q.links = p.orders.share(first), p.links.share(first)
	a.begin(len(p.clusters))
	r = &renetting{old: p, p: &q, agenda: a}
	if ok = r.follow(buffers); ok || !first {
		q.over.tail.n.Store(q.ends())
	} else {
		q.over.tail.n.Store(p.ends())
	}
	q.over.layers.seal()
	return r, ok
}

// follow goes from the buffers whose facts changed to all that this reaches.
func (r *renetting) follow(buffers []int32) bool {
	for _, b := range buffers {
		if !r.seed(b) {
			return false
		}
	}
	for !r.lacks && r.p.excess == nil {
		edits, ok := r.agenda.next()
		if !ok {
			return true
		}
		r.buffer(edits)
	}
	return false
}

// reach notes that what is wanted of a buffer at a time is other than before.
func (r *renetting) reach(e edit) { r.agenda.add(r.p.net.rank[e.buffer], e) }

// seed notes what the facts about a buffer change at once.
func (r *renetting) seed(b int32) bool {
	was, is := r.old.net, r.p.net
	for _, i := range is.offersOf.get(b) {
		if !is.offers[i].isPlain() {
			return false
		}
	}
	old, now := was.needsOf.get(b), is.needsOf.get(b)
	stays := make(map[int32]bool, len(now))
	for _, i := range now {
		stays[i] = int(i) < was.needs.len() && was.needs.at(i) == is.needs.at(i)
	}
	for _, i := range old { // first, for what a need wants now would go as what it wanted
		if !stays[i] {
			r.reach(edit{at: max(was.needs.at(i).due, is.now), was: ^i, is: none, buffer: b})
			r.change(i, -1)
		}
	}
	for _, i := range now {
		if d := is.needs.at(i); !stays[i] {
			if d.together != "" {
				return false
			}
			r.reach(edit{at: max(d.due, is.now), qty: d.qty, was: none, is: ^i, buffer: b})
			r.change(-1, i)
		}
	}
	if !sameOffers(was, is, b) || !sameSupplies(was, is, b) {
		r.reach(edit{at: is.now, was: none, is: none, buffer: b})
		r.full = append(r.full, b)
	}
	return true
}

func sameOffers(was, is *network, b int32) bool {
	return slices.EqualFunc(was.offersOf.get(b), is.offersOf.get(b), func(x, y int32) bool { return was.offers[x] == is.offers[y] && x == y })
}

func sameSupplies(was, is *network, b int32) bool {
	i, end := was.suppliesOf(b)
	k, last := is.suppliesOf(b)
	if end-i != last-k {
		return false
	}
	for ; i < end; i, k = i+1, k+1 {
		if i != k || was.supplies[i] != is.supplies[k] {
			return false
		}
	}
	return true
}

// change counts a need that went, or came.
func (r *renetting) change(was, is int32) {
	if is >= 0 {
		r.needs = append(r.needs, is)
	}
	if was >= 0 {
		r.gone = append(r.gone, was)
	}
}

// buffer plans the buckets of a buffer that the change reaches. Where it has stock,
// what is taken of it at one time decides what is there later: then all buckets are
// gone through until there is none.
func (r *renetting) buffer(edits []edit) {
	b := edits[0].buffer
	rank := r.p.net.rank[b]
	dry, l := r.old.over.base[rank].dry, r.old.over.layers.get(rank)
	if l != nil {
		dry = l.dry
	}
	r.buckets = r.buckets[:0]
	if full := slices.Contains(r.full, b); full || edits[0].at <= dry {
		dry = r.fromStock(b, edits, dry, full)
	} else {
		for i := 0; i < len(edits); {
			j := i + 1
			for j < len(edits) && edits[j].at == edits[i].at {
				j++
			}
			was, known := l.find(edits[i].at)
			if !known {
				was = r.old.baseBucket(&r.old.over.base[rank], edits[i].at)
			}
			r.edited(b, was, edits[i:j])
			i = j
		}
	}
	r.lay(rank, l, dry)
}

// edited plans a bucket that has no stock: one order gives all that is wanted.
func (r *renetting) edited(b int32, was bucket, edits []edit) {
	r.reqs = r.reqs[:0]
	for _, l := range r.p.linksIn(was) {
		r.reqs = append(r.reqs, requirement{was.at, l.qty, l.consumer})
	}
	inserted := false
	for _, e := range edits {
		i := slices.IndexFunc(r.reqs, func(q requirement) bool { return q.consumer == e.was })
		switch {
		case i >= 0 && e.is != none && e.qty > 0:
			r.reqs[i] = requirement{was.at, e.qty, e.is}
		case i >= 0:
			r.reqs = slices.Delete(r.reqs, i, i+1)
		case e.is != none && e.qty > 0:
			r.reqs, inserted = append(r.reqs, requirement{was.at, e.qty, e.is}), true
		}
	}
	if inserted {
		slices.SortStableFunc(r.reqs, func(x, y requirement) int { return r.inOrder(x.consumer, y.consumer) })
	}
	r.links = r.links[:0]
	r.give(b, was, r.reqs)
}

// give lets one order give all that is wanted in a bucket beside what comes from
// stock, which is in r.links. What it takes is then reached in turn.
func (r *renetting) give(b int32, was bucket, reqs []requirement) {
	total := int64(0)
	for _, q := range reqs {
		if total += q.qty; total < 0 {
			r.p.tooLarge(b, q.consumer)
		}
	}
	x := bucket{at: was.at, order: -1, wanted: int32(len(reqs))}
	if total > 0 {
		o, made := r.source(b, was, total)
		if !made {
			r.lacks = true
			return
		}
		x.order = r.kept(was, o)
		for _, q := range reqs {
			if q.qty > 0 {
				r.links = append(r.links, link{x.order, q.consumer, q.qty})
			}
		}
	}
	if x.order == was.order && slices.Equal(r.links, r.p.linksIn(was)) {
		return
	}
	x.links.from = r.p.links.n
	for _, l := range r.links {
		r.p.links.push(l)
	}
	x.links.to = r.p.links.n
	r.buckets = append(r.buckets, x)
	r.compare(was, x)
}

// inOrder compares consumers as netting gathers them: needs by date and
// importance, then orders by what they are for.
func (r *renetting) inOrder(x, y int32) int {
	if x < 0 && y < 0 {
		return r.p.net.sooner(^x, ^y)
	}
	if x < 0 || y < 0 {
		return boolCompare(x >= 0, y >= 0)
	}
	return cmp.Compare(r.p.orders.at(x).maker, r.p.orders.at(y).maker)
}

// lay puts the changed buckets over those of a buffer.
func (r *renetting) lay(rank int32, l *layer, dry int64) {
	switch {
	case l == nil && len(r.buckets) == 0 && r.p.over.base[rank].dry == dry:
		return
	case l == nil:
		l = &layer{}
	case len(r.buckets) == 0 && l.dry == dry:
		return
	}
	*r.p.over.layers.at(rank) = l.with(r.buckets, dry, r.p.over.tail)
	r.p.over.count += len(r.buckets)
}

// fromStock goes through the buckets of a buffer from the first on, with the stock
// that is there, until the change is over and none is left, neither now nor before.
func (r *renetting) fromStock(b int32, edits []edit, dryBefore int64, full bool) (dry int64) {
	n := r.p.net
	var pool []lot
	for i, to := n.suppliesOf(b); i < to; i++ {
		pool = append(pool, lot{n.supplies[i].at, n.supplies[i].qty, ^i})
	}
	var all []bucket
	for x := range r.old.buckets(b) {
		all = append(all, x)
	}
	for _, e := range edits {
		k, known := slices.BinarySearchFunc(all, e.at, func(x bucket, at int64) int { return cmp.Compare(x.at, at) })
		if !known {
			all = slices.Insert(all, k, bucket{at: e.at, order: -1})
		}
	}
	dry = always
	last := edits[len(edits)-1].at
	for _, was := range all {
		if len(pool) > 0 {
			dry = was.at
		} else if was.at > last && was.at > dryBefore && !full {
			break
		}
		if pool = r.bucket(b, was, pool); r.lacks {
			return dry
		}
	}
	if len(pool) > 0 {
		dry = never
	}
	return dry
}

// wanted lists the requirements of a bucket in the order in which they are met.
func (r *renetting) wanted(b int32, at int64) []requirement {
	n := r.p.net
	r.reqs = r.reqs[:0]
	needs := n.needsOf.get(b)
	first, _ := slices.BinarySearchFunc(needs, at, func(i int32, t int64) int {
		if max(n.needs.at(i).due, n.now) < t {
			return -1
		}
		return 1
	})
	for _, i := range needs[first:] {
		d := n.needs.at(i)
		if max(d.due, n.now) != at {
			break
		}
		if d.qty > 0 {
			r.reqs = append(r.reqs, requirement{at, d.qty, ^i})
		}
	}
	for _, w := range n.users[b] {
		m := &n.makers[w.maker]
		o := r.p.orderOf(w.maker, at+m.fixed)
		if o < 0 {
			continue
		}
		q, ok := m.uses[w.use].of(r.p.orders.at(o).qty)
		if !ok {
			r.p.tooLarge(b, o)
		}
		r.reqs = append(r.reqs, requirement{at, q, o})
	}
	return r.reqs
}

// bucket plans what is wanted of a buffer at a time, with stock, and tells what is
// left of that.
func (r *renetting) bucket(b int32, was bucket, pool []lot) []lot {
	reqs := r.wanted(b, was.at)
	r.links = r.links[:0]
	for i := range reqs {
		for reqs[i].qty > 0 && len(pool) > 0 && pool[0].at <= was.at {
			l := &pool[0]
			q := min(reqs[i].qty, l.qty)
			r.links = append(r.links, link{l.supply, reqs[i].consumer, q})
			reqs[i].qty, l.qty = reqs[i].qty-q, l.qty-q
			if l.qty == 0 {
				pool = pool[1:]
			}
		}
	}
	r.give(b, was, reqs)
	return pool
}

// source finds what gives so much of a buffer at a time: the first offer, else the
// first maker, that can. What gave at this time before can still, unless offers are
// others.
func (r *renetting) source(b int32, was bucket, q int64) (order, bool) {
	n, at := r.p.net, was.at
	if was.order >= 0 && !slices.Contains(r.full, b) {
		o := *r.p.orders.at(was.order)
		if o.maker < 0 || n.makersOf[b][0] == o.maker && q <= n.makers[o.maker].fits {
			o.qty = q
			return o, true
		}
	}
	for _, i := range n.offersOf.get(b) {
		if o := n.offers[i]; o.canServe(at, n.now) {
			return order{begin: at - o.lead, end: at, qty: q, maker: ^i}, true
		}
	}
	for k, i := range n.makersOf[b] {
		m := &n.makers[i]
		if n.passes(b, k, q) {
			continue
		}
		if begin := at - m.fixed; begin >= m.earliest && m.inForce(begin) {
			return order{begin: begin, end: at, qty: q, maker: i}, true
		}
	}
	return order{}, false
}

// kept is the number of an order: the one it had, if it is as it was.
func (r *renetting) kept(was bucket, o order) int32 {
	if was.order >= 0 {
		if x := r.p.orders.at(was.order); x.isLike(&o) && x.qty == o.qty {
			return was.order
		}
	}
	return r.p.orders.push(o)
}

// compare notes which orders left and came, and reaches what they take.
func (r *renetting) compare(was, is bucket) {
	p := r.p
	p.stats.Links += int(is.links.to - is.links.from - was.links.to + was.links.from)
	p.stats.Requirements += int(is.wanted - was.wanted)
	switch {
	case was.order == is.order:
	case was.order >= 0 && is.order >= 0 && p.orders.at(was.order).isLike(p.orders.at(is.order)):
		r.resized = append(r.resized, resized{p.number, was.order, is.order})
		r.reachUses(was.order, is.order)
	default:
		if was.order >= 0 {
			s := p.step(was.order)
			r.left = append(r.left, s)
			r.count(s.source, -1)
			r.reachUses(was.order, none)
		}
		if is.order >= 0 {
			s := p.step(is.order)
			r.came = append(r.came, s)
			r.count(s.source, 1)
			r.reachUses(none, is.order)
		}
	}
}

// isLike reports whether two orders differ in their quantity at most.
func (o *order) isLike(x *order) bool {
	return o.maker == x.maker && o.begin == x.begin && o.end == x.end
}

// step is an order as a step.
func (p *part) step(i int32) step {
	o := p.orders.at(i)
	return step{source: o.maker, part: p.number, order: i, begin: o.begin, end: o.end, qty: o.qty}
}

// count counts an order that came, or left.
func (r *renetting) count(maker int32, by int) {
	if maker < 0 {
		r.p.stats.Purchases += by
	} else {
		r.p.stats.Processes += by
	}
}

// reachUses reaches what an order took, and what the one takes that took its place.
func (r *renetting) reachUses(was, is int32) {
	p := r.p
	o := p.orders.at(max(was, is))
	if o.maker < 0 {
		return
	}
	uses := p.net.makers[o.maker].uses
	for k := range uses {
		u := &uses[k]
		e := edit{at: o.begin, was: was, is: is, buffer: u.buffer}
		if is != none {
			q, ok := u.of(o.qty)
			if !ok {
				p.tooLarge(u.buffer, is)
			}
			e.qty = q
		}
		r.reach(e)
	}
}
