package plan

import (
	"cmp"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
)

// A part is plain where each thing is made or taken in one order for each time at
// which it is wanted: no lots, no time for each unit, no calendars, nothing that is
// finite, no by-products and no pairs. What is wanted of one buffer at one time is
// then a bucket: its orders and links depend on what is wanted, and on the stock
// that earlier buckets leave. So a change is followed from bucket to bucket, and all
// others stay as they are.
//
// The tables that netting made stay too: a changed bucket lies over them, and each
// later version of the plan shares what it does not change.

// stretchOf is where netting put what it planned of one buffer: its orders, of which
// the first and the last end then, and its links; and the last time at which something
// of its stock was left or used.
type stretchOf struct {
	orders, links span
	first, last   int64
	dry           int64
}

// bucket is what is planned of one buffer for one time: one order at most, -1 if
// none, and the links, which stand in a row.
type bucket struct {
	at     int64
	order  int32
	wanted int32 // requirements
	links  span
}

// layer holds the changed buckets of a buffer: so many of them sorted by time, and over
// them those that were changed since, the last of one time counts. Layers of one line
// of versions share the array that they are in.
type layer struct {
	buckets []bucket
	sorted  int
	dry     int64
	line    *tail // of the versions that may add to the array
}

// over is the state of a plain part that may have changed since it was netted.
type over struct {
	base   []stretchOf   // of each buffer, by its place in the order of planning
	layers sheet[*layer] // of each buffer by its place, nil where nothing is changed
	count  int           // buckets that were changed, again and again
	first  *network      // the tables as netting saw them
	tail   *tail
	whole  *wholePart
}

func (p *part) newOver() *over {
	count := len(p.clusters)
	return &over{base: make([]stretchOf, count), layers: newSheet[*layer](count), first: p.net, tail: &tail{}, whole: &wholePart{}}
}

// tail says how many orders and links there are in tables that versions share: who
// finds as many as it knows may add to them. -1: somebody is adding.
type tail struct{ n atomic.Int64 }

// ends is how many orders and links there are, as a tail says it.
func (p *part) ends() int64 { return int64(p.orders.n)<<32 | int64(p.links.n) }

// wholePart is the part written out without changed buckets, once it is needed.
type wholePart struct {
	once sync.Once
	part *part
}

// isPlain reports whether the part can be followed bucket by bucket.
func (p *part) isPlain() bool {
	if !p.calm || p.grouped {
		return false
	}
	for _, c := range p.clusters {
		if len(c) > 1 {
			return false
		}
	}
	for _, i := range p.makers {
		if !p.net.makers[i].isPlain() {
			return false
		}
	}
	for _, i := range p.offers {
		if !p.net.offers[i].isPlain() {
			return false
		}
	}
	return true
}

func (m *maker) isPlain() bool {
	if m.shared >= 0 || m.buffer < 0 || m.lots() || m.perUnit.num != 0 || m.cal2 != nil || m.usesOwnOutput || len(m.byproducts) > 0 || m.slow != one {
		return false
	}
	for j := range m.uses {
		for k := range j {
			if m.uses[k].buffer == m.uses[j].buffer {
				return false
			}
		}
	}
	return true
}

func (o *offer) isPlain() bool {
	return o.gone || o.left < 0 && o.least <= 1 && o.multiple <= 1
}

// layerOf holds the changed buckets of a buffer, nil where there is none.
func (p *part) layerOf(b int32) *layer { return p.over.layers.get(p.net.rank[b]) }

// find finds a changed bucket.
func (l *layer) find(at int64) (x bucket, found bool) {
	if l == nil {
		return x, false
	}
	for i := len(l.buckets) - 1; i >= l.sorted; i-- {
		if l.buckets[i].at == at {
			return l.buckets[i], true
		}
	}
	i, found := slices.BinarySearchFunc(l.buckets[:l.sorted], at, func(x bucket, at int64) int { return cmp.Compare(x.at, at) })
	if found {
		x = l.buckets[i]
	}
	return x, found
}

// list lists the changed buckets by time, not to be changed.
func (l *layer) list() []bucket {
	switch {
	case l == nil:
		return nil
	case l.sorted == len(l.buckets):
		return l.buckets
	}
	return sortBuckets(slices.Clone(l.buckets))
}

// sortBuckets sorts buckets by time in place, and keeps of those of one time the last.
func sortBuckets(list []bucket) []bucket {
	slices.SortStableFunc(list, func(x, y bucket) int { return cmp.Compare(x.at, y.at) })
	k := 0
	for _, x := range list {
		if k > 0 && list[k-1].at == x.at {
			k--
		}
		list[k] = x
		k++
	}
	return list[:k]
}

// with is the layer with more changed buckets, in a line of versions. They are put
// behind the others while there is room, else all are sorted.
func (l *layer) with(more []bucket, dry int64, line *tail) *layer {
	count := len(l.buckets) + len(more)
	if l.line == line && count <= cap(l.buckets) {
		return &layer{append(l.buckets, more...), l.sorted, dry, line}
	}
	list := append(make([]bucket, 0, count+count/4+4), l.buckets...)
	list = sortBuckets(append(list, more...))
	return &layer{list, len(list), dry, line}
}

// bucketOf is what is planned of a buffer for a time.
func (p *part) bucketOf(b int32, at int64) bucket {
	rank := p.net.rank[b]
	if x, changed := p.over.layers.get(rank).find(at); changed {
		return x
	}
	return p.baseBucket(&p.over.base[rank], at)
}

// baseBucket is what netting planned of a buffer for a time.
func (p *part) baseBucket(s *stretchOf, at int64) bucket {
	x := bucket{at: at, order: p.baseOrder(s, at)}
	switch {
	case at <= s.dry:
		x.links = p.baseLinks(s, at)
		x.wanted = wantedIn(p.linksIn(x))
	case x.order >= 0:
		x.links = p.linksOfOrder(s, x.order)
		x.wanted = x.links.to - x.links.from
	}
	return x
}

// baseOrder is the order that netting made for a time, -1 if none. It is looked for
// from where it would be if the times were as far apart everywhere: each look at
// another place waits for memory.
func (p *part) baseOrder(s *stretchOf, at int64) int32 {
	low, high := s.orders.from, s.orders.to // before low all end earlier, from high on none
	if low == high || at < s.first || at > s.last {
		return -1
	}
	earlier := func(i int32) bool { return p.orders.at(i).end < at }
	k, step := low, int32(1)
	if s.last > s.first {
		part, _, _ := mulDiv(at-s.first, int64(high-low-1), s.last-s.first)
		k += int32(part)
	}
	for up := earlier(k); low <= k && k < high; step *= 2 {
		e := earlier(k)
		if e {
			low = k + 1
		} else {
			high = k
		}
		if e != up {
			break
		}
		if k -= step; up {
			k += 2 * step
		}
	}
	for low < high {
		if mid := (low + high) / 2; earlier(mid) {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low == s.orders.to || p.orders.at(low).end != at {
		return -1
	}
	return low
}

// linksOfOrder is where the links lie that netting made with an order.
func (p *part) linksOfOrder(s *stretchOf, order int32) span {
	x := span{from: p.orders.at(order).first}
	for x.to = x.from; x.to < s.links.to && p.links.at(x.to).supply == order; x.to++ {
	}
	return x
}

// linkedAt is the time for which netting made a link.
func (p *part) linkedAt(k int32) int64 {
	l := p.links.at(k)
	if l.consumer < 0 {
		return max(p.over.first.needs.at(^l.consumer).due, p.net.now)
	}
	return p.orders.at(l.consumer).begin
}

// baseLinks is where the links lie that netting made of a buffer for a time.
func (p *part) baseLinks(s *stretchOf, at int64) span {
	low, high := s.links.from, s.links.to
	for low < high {
		if mid := (low + high) / 2; p.linkedAt(mid) < at {
			low = mid + 1
		} else {
			high = mid
		}
	}
	for high = low; high < s.links.to && p.linkedAt(high) == at; high++ {
	}
	return span{low, high}
}

// linksIn are the links of a bucket, not to be changed.
func (p *part) linksIn(x bucket) []link { return p.links.span(x.links.from, x.links.to) }

// wantedIn counts the requirements that links meet: each has its links in a row.
func wantedIn(links []link) (n int32) {
	for i := range links {
		if i == 0 || links[i].consumer != links[i-1].consumer {
			n++
		}
	}
	return n
}

// orderOf finds the order of a maker, or ^offer, that ends then, or -1.
func (p *part) orderOf(maker int32, end int64) int32 {
	rank := p.net.rank[p.net.outOf(maker)]
	x, changed := p.over.layers.get(rank).find(end)
	if !changed {
		x.order = p.baseOrder(&p.over.base[rank], end)
	}
	if x.order >= 0 && p.orders.at(x.order).maker != maker {
		return -1
	}
	return x.order
}

// buckets goes through the buckets of a buffer in order of time.
func (p *part) buckets(b int32) iter.Seq[bucket] {
	return func(yield func(bucket) bool) {
		changed := p.layerOf(b).list()
		for x := range p.baseBuckets(&p.over.base[p.net.rank[b]]) {
			for len(changed) > 0 && changed[0].at < x.at {
				if !yield(changed[0]) {
					return
				}
				changed = changed[1:]
			}
			if len(changed) > 0 && changed[0].at == x.at {
				x, changed = changed[0], changed[1:]
			}
			if !yield(x) {
				return
			}
		}
		for _, x := range changed {
			if !yield(x) {
				return
			}
		}
	}
}

// baseBuckets goes through what netting planned of a buffer in order of time.
func (p *part) baseBuckets(s *stretchOf) iter.Seq[bucket] {
	return func(yield func(bucket) bool) {
		order := s.orders.from
		for k := s.links.from; k < s.links.to; {
			x := bucket{order: -1, links: span{k, k}}
			if order < s.orders.to {
				if o := p.orders.at(order); o.end > s.dry && o.first == k {
					x.at, x.order, x.links = o.end, order, p.linksOfOrder(s, order)
					x.wanted = x.links.to - k
				}
			}
			if x.order < 0 {
				x.at = p.linkedAt(k)
				for x.links.to < s.links.to && p.linkedAt(x.links.to) == x.at {
					x.links.to++
				}
				x.wanted = wantedIn(p.linksIn(x))
				if order < s.orders.to && p.orders.at(order).end == x.at {
					x.order = order
				}
			}
			if x.order >= 0 {
				order++
			}
			if k = x.links.to; !yield(x) {
				return
			}
		}
	}
}

// written returns the part with all changed buckets in their places, as netting
// would have put them there. It is worked out once.
func (p *part) written() *part {
	if p.over == nil || p.over.count == 0 {
		return p
	}
	p.over.whole.once.Do(func() { p.over.whole.part = p.write() })
	return p.over.whole.part
}

func (p *part) write() *part {
	q := *p
	q.orders, q.links = orders{}, blocks[link]{}
	q.over = q.newOver()
	now := make([]int32, p.orders.n)
	for rank, c := range p.clusters {
		s := stretchOf{orders: span{from: q.orders.n}, links: span{from: q.links.n}, dry: p.over.base[rank].dry}
		if l := p.layerOf(c[0]); l != nil {
			s.dry = l.dry
		}
		for x := range p.buckets(c[0]) {
			q.copy(p, x, now)
		}
		q.close(&s)
		q.over.base[rank] = s
	}
	q.over.tail.n.Store(q.ends())
	return &q
}

// copy puts a bucket of another part behind what is there; now says what number
// each order has here.
func (p *part) copy(from *part, x bucket, now []int32) {
	if x.order >= 0 {
		now[x.order] = p.orders.push(*from.orders.at(x.order))
	}
	first := int32(-1)
	for k := x.links.from; k < x.links.to; k++ {
		l := *from.links.at(k)
		if l.supply >= 0 {
			l.supply = now[l.supply]
		}
		if l.consumer >= 0 {
			l.consumer = now[l.consumer]
		}
		if i := p.links.push(l); l.supply >= 0 && first < 0 {
			first = i
		}
	}
	if x.order >= 0 {
		p.orders.at(now[x.order]).first = first
	}
}

// close notes where what was planned of a buffer ends.
func (p *part) close(s *stretchOf) {
	s.orders.to, s.links.to = p.orders.n, p.links.n
	if s.orders.from < s.orders.to {
		s.first, s.last = p.orders.at(s.orders.from).end, p.orders.at(s.orders.to-1).end
	}
}
