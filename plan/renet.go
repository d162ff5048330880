package plan

import (
	"cmp"
	"container/heap"
	"math"
	"slices"
)

// renetting follows a change of facts through a plain part, buffer by buffer in the
// order of planning, and in each only through the times that the change reaches.
type renetting struct {
	old, p *part
	queue  ranks32
	dirty  map[int32][]edit // of each buffer in the queue
	full   map[int32]bool   // buffers of which other stock or offers are known
	left   []step
	came   []step
	needs  []int32 // that came, or are other than before, by their numbers
	gone   []int32 // that left, or are no more as they were
	lacks  bool
	reqs   []requirement
}

// ranks32 is a queue of places in the order of planning, the first first.
type ranks32 []int32

func (q ranks32) Len() int           { return len(q) }
func (q ranks32) Less(i, j int) bool { return q[i] < q[j] }
func (q ranks32) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push and Pop are what package heap calls.
func (q *ranks32) Push(x any) { *q = append(*q, x.(int32)) }

// Pop takes the last.
func (q *ranks32) Pop() any {
	x := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return x
}

// mostChanged is the share of a part's orders, one in so many, that may lie in
// changed buckets; beyond it (and a few thousand) the part is written out.
const mostChanged = 2

// renet returns the part as it is with other facts about some of its buffers, and
// the steps that left and came; ok is false where it has to be planned anew.
func (p *part) renet(n *network, buffers []int32) (r *renetting, ok bool) {
	if p.over == nil {
		return nil, false
	}
	q := *p
	q.net, q.base = n, len(n.supplies) // it has no by-products
	q.orders.list = slices.Clone(p.orders.list)
	q.over = &over{base: p.over.base, layers: p.over.layers.clone(), count: p.over.count, first: p.over.first, tail: p.over.tail, whole: &wholePart{}}
	if !p.over.tail.n.CompareAndSwap(p.orders.n, -1) {
		q.over.tail = &tail{} // another version has added to the table already
		if k := len(q.orders.list) - 1; k >= 0 {
			q.orders.list[k] = slices.Clone(q.orders.list[k])
		}
	}
	r = &renetting{old: p, p: &q, dirty: map[int32][]edit{}, full: map[int32]bool{}}
	ok = r.follow(buffers)
	if q.over.tail.n.Store(q.orders.n); !ok {
		q.over.tail.n.Store(p.orders.n)
	}
	return r, ok
}

// follow goes from the buffers whose facts changed to all that this reaches.
func (r *renetting) follow(buffers []int32) bool {
	for _, b := range buffers {
		if !r.seed(b) {
			return false
		}
	}
	for len(r.queue) > 0 && !r.lacks && r.p.err == nil {
		r.buffer(r.p.clusters[heap.Pop(&r.queue).(int32)][0])
	}
	return !r.lacks && r.p.err == nil
}

// edit is a requirement of a bucket that is other than before: was and is are
// consumers as in links, or none.
type edit struct {
	at      int64
	was, is int32
	qty     int64 // of what is
}

const none = int32(math.MinInt32)

// reach notes that what is wanted of a buffer at a time is other than before.
func (r *renetting) reach(b int32, e edit) {
	list, queued := r.dirty[b]
	if !queued {
		heap.Push(&r.queue, r.p.net.rank[b])
	}
	r.dirty[b] = append(list, e)
}

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
			r.reach(b, edit{max(was.needs.at(i).due, is.now), ^i, none, 0})
			r.change(i, -1)
		}
	}
	for _, i := range now {
		if d := is.needs.at(i); !stays[i] {
			if d.together != "" {
				return false
			}
			r.reach(b, edit{max(d.due, is.now), none, ^i, d.qty})
			r.change(-1, i)
		}
	}
	if !sameOffers(was, is, b) || !sameSupplies(was, is, b) {
		r.reach(b, edit{is.now, none, none, 0})
		r.full[b] = true
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
func (r *renetting) buffer(b int32) {
	edits := r.dirty[b]
	slices.SortStableFunc(edits, func(x, y edit) int { return cmp.Compare(x.at, y.at) })
	delete(r.dirty, b)
	dry := r.p.over.base[r.p.net.rank[b]].dry
	l := r.old.layerOf(b)
	if l != nil {
		dry = l.dry
	}
	var changed []*bucket
	if r.full[b] || edits[0].at <= dry {
		changed, dry = r.fromStock(b, edits, dry)
	} else {
		for i := 0; i < len(edits); {
			j := i + 1
			for j < len(edits) && edits[j].at == edits[i].at {
				j++
			}
			if x, same := r.edited(b, edits[i].at, edits[i:j]); !same {
				changed = append(changed, x)
			}
			i = j
		}
	}
	delete(r.full, b)
	r.lay(b, l, changed, dry)
}

// edited plans a bucket that has no stock: one order gives all that is wanted.
func (r *renetting) edited(b int32, at int64, edits []edit) (x *bucket, same bool) {
	was := r.old.onlyOrder(b, at)
	r.reqs = r.reqs[:0]
	for _, l := range was.links {
		r.reqs = append(r.reqs, requirement{at, l.qty, l.consumer})
	}
	inserted := false
	for _, e := range edits {
		i := slices.IndexFunc(r.reqs, func(q requirement) bool { return q.consumer == e.was })
		switch {
		case i >= 0 && e.is != none && e.qty > 0:
			r.reqs[i] = requirement{at, e.qty, e.is}
		case i >= 0:
			r.reqs = slices.Delete(r.reqs, i, i+1)
		case e.is != none && e.qty > 0:
			r.reqs, inserted = append(r.reqs, requirement{at, e.qty, e.is}), true
		}
	}
	if inserted {
		slices.SortStableFunc(r.reqs, func(x, y requirement) int { return r.inOrder(b, x.consumer, y.consumer) })
	}
	x = &bucket{at: at, wanted: int32(len(r.reqs))}
	total := int64(0)
	for _, q := range r.reqs {
		if total += q.qty; total < 0 {
			r.p.tooLarge(b, q.qty)
		}
	}
	if total > 0 && !r.give(b, &was, x, total) {
		return x, false
	}
	r.compare(&was, x)
	return x, slices.Equal(was.orders, x.orders) && slices.Equal(was.links, x.links)
}

// give lets one order give all that is wanted in a bucket.
func (r *renetting) give(b int32, was, x *bucket, total int64) bool {
	var o order
	if len(was.orders) > 0 {
		o = *r.p.orders.at(was.orders[0]) // what gives at this time is the same as before
		o.qty, o.first = total, 0
	} else {
		made := false
		if o, made = r.source(b, x.at, total); !made {
			r.lacks = true
			return false
		}
	}
	i := r.kept(was, o)
	x.own[0] = i
	x.orders = x.own[:]
	x.links = make([]link, 0, len(r.reqs))
	for _, q := range r.reqs {
		x.links = append(x.links, link{i, q.consumer, q.qty})
	}
	return true
}

// inOrder compares consumers as netting gathers them: needs by date and
// importance, then orders by what they are for.
func (r *renetting) inOrder(b, x, y int32) int {
	n := r.p.net
	if x < 0 && y < 0 {
		return n.sooner(^x, ^y)
	}
	if x < 0 || y < 0 {
		return boolCompare(x >= 0, y >= 0)
	}
	user := func(o int32) int {
		m := r.p.orders.at(o).maker
		return slices.IndexFunc(n.users[b], func(w user) bool { return w.maker == m })
	}
	return cmp.Compare(user(x), user(y))
}

// lay puts changed buckets over those of a buffer.
func (r *renetting) lay(b int32, l *layer, changed []*bucket, dry int64) {
	switch {
	case l == nil && len(changed) == 0 && r.p.over.base[r.p.net.rank[b]].dry == dry:
		return
	case l == nil:
		l = &layer{}
	case len(changed) == 0 && l.dry == dry:
		return
	}
	next := &layer{dry: dry, times: make([]int64, 0, len(l.times)+len(changed)), buckets: make([]*bucket, 0, len(l.times)+len(changed))}
	i := 0
	for _, x := range changed {
		k, known := slices.BinarySearch(l.times[i:], x.at)
		next.times = append(append(next.times, l.times[i:i+k]...), x.at)
		next.buckets = append(append(next.buckets, l.buckets[i:i+k]...), x)
		if i += k; known {
			i++
		}
	}
	next.times, next.buckets = append(next.times, l.times[i:]...), append(next.buckets, l.buckets[i:]...)
	*r.p.over.layers.at(b) = next
	r.p.over.count += len(next.times) - len(l.times)
}

// fromStock goes through the buckets of a buffer from the first on, with the stock
// that is there, until the change is over and none is left, neither now nor before.
func (r *renetting) fromStock(b int32, edits []edit, dryBefore int64) (changed []*bucket, dry int64) {
	n := r.p.net
	var pool []lot
	for i, to := n.suppliesOf(b); i < to; i++ {
		pool = append(pool, lot{n.supplies[i].at, n.supplies[i].qty, ^i})
	}
	all := r.old.times(b)
	for _, e := range edits {
		all = append(all, e.at)
	}
	slices.Sort(all)
	dry = always
	last := edits[len(edits)-1].at
	for _, at := range slices.Compact(all) {
		if len(pool) > 0 {
			dry = at
		} else if at > last && at > dryBefore && !r.full[b] {
			break
		}
		x, same := r.bucket(b, at, &pool)
		if !same {
			changed = append(changed, x)
		}
		if r.lacks {
			return changed, dry
		}
	}
	if len(pool) > 0 {
		dry = never
	}
	return changed, dry
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
			r.p.tooLarge(b, r.p.orders.at(o).qty)
		}
		r.reqs = append(r.reqs, requirement{at, q, o})
	}
	return r.reqs
}

// bucket plans what is wanted of a buffer at a time, and tells whether that is as
// before. What its orders take is then reached in turn.
func (r *renetting) bucket(b int32, at int64, pool *[]lot) (x *bucket, same bool) {
	p, was := r.p, r.old.bucketOf(b, at)
	reqs := r.wanted(b, at)
	x = &bucket{at: at, wanted: int32(len(reqs))}
	total := int64(0)
	for i := range reqs {
		for pool != nil && reqs[i].qty > 0 && len(*pool) > 0 && (*pool)[0].at <= at {
			l := &(*pool)[0]
			q := min(reqs[i].qty, l.qty)
			x.links = append(x.links, link{l.supply, reqs[i].consumer, q})
			reqs[i].qty, l.qty = reqs[i].qty-q, l.qty-q
			if l.qty == 0 {
				*pool = (*pool)[1:]
			}
		}
		if total += reqs[i].qty; total < 0 {
			p.tooLarge(b, reqs[i].qty)
		}
	}
	if total > 0 {
		o, made := r.source(b, at, total)
		if !made {
			r.lacks = true
			return x, false
		}
		i := r.kept(&was, o)
		x.orders = []int32{i}
		for _, q := range reqs {
			if q.qty > 0 {
				x.links = append(x.links, link{i, q.consumer, q.qty})
			}
		}
	}
	r.compare(&was, x)
	return x, slices.Equal(was.orders, x.orders) && slices.Equal(was.links, x.links)
}

// source finds what gives so much of a buffer at a time: the first offer, else the
// first maker, that can.
func (r *renetting) source(b int32, at, q int64) (order, bool) {
	n := r.p.net
	for _, i := range n.offersOf.get(b) {
		if o := n.offers[i]; o.canServe(at, n.now) {
			return order{begin: at - o.lead, end: at, qty: q, maker: ^i}, true
		}
	}
	for _, i := range n.makersOf[b] {
		m := &n.makers[i]
		if begin := at - m.fixed; begin >= m.earliest && m.inForce(begin) {
			return order{begin: begin, end: at, qty: q, maker: i}, true
		}
	}
	return order{}, false
}

// kept is the number of an order: the one it had, if it is as it was.
func (r *renetting) kept(was *bucket, o order) int32 {
	for _, i := range was.orders {
		if x := r.p.orders.at(i); x.maker == o.maker && x.begin == o.begin && x.end == o.end && x.qty == o.qty {
			return i
		}
	}
	return r.p.orders.push(o)
}

// compare notes which orders left and came, and reaches what they take.
func (r *renetting) compare(was, is *bucket) {
	p := r.p
	for _, i := range was.orders {
		if slices.Contains(is.orders, i) {
			continue
		}
		o := p.orders.at(i)
		r.left = append(r.left, step{source: o.maker, part: p.number, order: i, begin: o.begin, end: o.end, qty: o.qty})
		next := slices.IndexFunc(is.orders, func(k int32) bool { return p.orders.at(k).maker == o.maker })
		if next < 0 {
			r.reachUses(i, none, -1)
		} else {
			r.reachUses(i, is.orders[next], -1)
		}
	}
	for _, i := range is.orders {
		if slices.Contains(was.orders, i) {
			continue
		}
		o := p.orders.at(i)
		r.came = append(r.came, step{source: o.maker, part: p.number, order: i, begin: o.begin, end: o.end, qty: o.qty})
		if !slices.ContainsFunc(was.orders, func(k int32) bool { return p.orders.at(k).maker == o.maker }) {
			r.reachUses(none, i, 1)
		} else {
			r.count(o.maker, 1)
		}
	}
	p.stats.Links += len(is.links) - len(was.links)
	p.stats.Requirements += int(is.wanted - was.wanted)
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
func (r *renetting) reachUses(was, is int32, by int) {
	p := r.p
	either := max(was, is)
	maker := p.orders.at(either).maker
	r.count(maker, by)
	if maker < 0 {
		return
	}
	m := &p.net.makers[maker]
	for k := range m.uses {
		e := edit{at: p.orders.at(either).begin, was: was, is: is}
		if is != none {
			q, ok := m.uses[k].of(p.orders.at(is).qty)
			if !ok {
				p.tooLarge(m.uses[k].buffer, p.orders.at(is).qty)
			}
			e.qty = q
		}
		r.reach(m.uses[k].buffer, e)
	}
}
