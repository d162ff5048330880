package plan

import (
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

// stretchOf is where netting put what it planned of one buffer: its orders and its
// links; and the last time at which something of its stock was left or used.
type stretchOf struct {
	orders, links span
	dry           int64
}

// bucket is what is planned of one buffer for one time, where that was changed.
type bucket struct {
	at     int64
	orders []int32
	links  []link
	wanted int32    // requirements
	own    [1]int32 // the only order, where there is one
}

// layer holds the changed buckets of a buffer, by time.
type layer struct {
	times   []int64
	buckets []*bucket
	dry     int64
}

// over is the state of a plain part that may have changed since it was netted.
type over struct {
	base   []stretchOf   // of each buffer, by its place in the order of planning
	layers sheet[*layer] // of each buffer, nil where nothing is changed
	count  int           // changed buckets
	first  *network      // the tables as netting saw them
	tail   *tail
	whole  *wholePart
}

// tail says how many orders there are in a table that versions share: who finds as
// many as it knows may add to it. -1: somebody is adding.
type tail struct{ n atomic.Int32 }

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
func (p *part) layerOf(b int32) *layer {
	if p.over == nil {
		return nil
	}
	return p.over.layers.get(b)
}

// find finds a changed bucket.
func (l *layer) find(at int64) (*bucket, bool) {
	if l == nil {
		return nil, false
	}
	i, found := slices.BinarySearch(l.times, at)
	if !found {
		return nil, false
	}
	return l.buckets[i], true
}

// baseOrders are the orders that netting made of a buffer for a time.
func (p *part) baseOrders(b int32, at int64) span {
	s := p.over.base[p.net.rank[b]].orders
	low, high := s.from, s.to
	for low < high {
		if mid := (low + high) / 2; p.orders.at(mid).end < at {
			low = mid + 1
		} else {
			high = mid
		}
	}
	for high = low; high < s.to && p.orders.at(high).end == at; high++ {
	}
	return span{low, high}
}

// baseLinks are the links that netting made of a buffer for a time.
func (p *part) baseLinks(b int32, at int64) span {
	s := p.over.base[p.net.rank[b]].links
	when := func(k int32) int64 {
		l := p.links.at(k)
		if l.consumer < 0 {
			return max(p.over.first.needs.at(^l.consumer).due, p.net.now)
		}
		return p.orders.at(l.consumer).begin
	}
	low, high := s.from, s.to
	for low < high {
		if mid := (low + high) / 2; when(mid) < at {
			low = mid + 1
		} else {
			high = mid
		}
	}
	for high = low; high < s.to && when(high) == at; high++ {
	}
	return span{low, high}
}

// bucketOf is what is planned of a buffer for a time.
func (p *part) bucketOf(b int32, at int64) bucket {
	if x, changed := p.layerOf(b).find(at); changed {
		return *x
	}
	x := bucket{at: at}
	s := p.baseOrders(b, at)
	for i := s.from; i < s.to; i++ {
		x.orders = append(x.orders, i)
	}
	s = p.baseLinks(b, at)
	for i := s.from; i < s.to; i++ {
		x.links = append(x.links, *p.links.at(i))
	}
	x.wanted = wantedIn(x.links)
	return x
}

// onlyOrder is what is planned of a buffer for a time when it has no stock: one
// order at most, whose links stand in a row.
func (p *part) onlyOrder(b int32, at int64) bucket {
	if x, changed := p.layerOf(b).find(at); changed {
		return *x
	}
	x := bucket{at: at}
	s := p.baseOrders(b, at)
	if s.from == s.to {
		return x
	}
	x.orders = []int32{s.from}
	first := p.orders.at(s.from).first
	end := first
	for end < p.links.n && p.links.at(end).supply == s.from {
		end++
	}
	x.links = p.links.span(first, end)
	x.wanted = end - first
	return x
}

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
	b := p.net.outOf(maker)
	if x, changed := p.layerOf(b).find(end); changed {
		for _, i := range x.orders {
			if p.orders.at(i).maker == maker {
				return i
			}
		}
		return -1
	}
	s := p.baseOrders(b, end)
	for i := s.from; i < s.to; i++ {
		if p.orders.at(i).maker == maker {
			return i
		}
	}
	return -1
}

// times lists the times of the buckets of a buffer, in order.
func (p *part) times(b int32) []int64 {
	var list []int64
	s := p.over.base[p.net.rank[b]]
	for i := s.links.from; i < s.links.to; i++ {
		l := p.links.at(i)
		at := int64(0)
		if l.consumer < 0 {
			at = max(p.over.first.needs.at(^l.consumer).due, p.net.now)
		} else {
			at = p.orders.at(l.consumer).begin
		}
		if k := len(list); k == 0 || list[k-1] != at {
			list = append(list, at)
		}
	}
	if l := p.layerOf(b); l != nil {
		list = append(list, l.times...)
		slices.Sort(list)
		list = slices.Compact(list)
	}
	return list
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
	q.over = &over{base: make([]stretchOf, len(p.over.base)), layers: newSheet[*layer](len(p.net.buffers)), first: p.net, tail: &tail{}, whole: &wholePart{}}
	now := make([]int32, p.orders.n)
	for rank, c := range p.clusters {
		b := c[0]
		at := &q.over.base[rank]
		at.orders.from, at.links.from = q.orders.n, q.links.n
		at.dry = p.over.base[rank].dry
		if l := p.layerOf(b); l != nil {
			at.dry = l.dry
		}
		for _, t := range p.times(b) {
			x := p.bucketOf(b, t)
			for _, i := range x.orders {
				now[i] = q.orders.push(*p.orders.at(i))
				q.orders.at(now[i]).first = -1
			}
			for _, l := range x.links {
				if l.supply >= 0 {
					l.supply = now[l.supply]
					if o := q.orders.at(l.supply); o.first < 0 {
						o.first = q.links.n
					}
				}
				if l.consumer >= 0 {
					l.consumer = now[l.consumer]
				}
				q.links.push(l)
			}
		}
		at.orders.to, at.links.to = q.orders.n, q.links.n
	}
	q.over.tail.n.Store(q.orders.n)
	return &q
}
