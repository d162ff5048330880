package plan

import (
	"cmp"
	"slices"
)

// putOut books the by-products of an order.
func (p *part) putOut(order int32, m *maker) {
	o := &p.orders
	for j := range m.byproducts {
		u := &m.byproducts[j]
		q, ok := u.amount.down(o.at(order).qty)
		if u.perBatch {
			q, ok = u.amount.down(1)
		}
		if !ok {
			p.tooLarge(u.buffer, order)
			return
		}
		if q == 0 {
			continue
		}
		ref := ^int32(p.base + len(p.byproducts))
		p.byproducts = append(p.byproducts, byproduct{order, int32(j), u.buffer, o.at(order).end, q})
		if !u.late {
			p.spare[u.buffer] = append(p.spare[u.buffer], lot{o.at(order).end + u.wait, q, ref})
		}
	}
}

// buildShared makes the processes that carry the pairs of a recipe: what falls
// due together shares one; of lots at one time, the first of each pair go together.
func (p *part) buildShared(shared int32) {
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
	p.lo[shared] = o.n
	for i := 0; i < len(lines); {
		first, carried := lines[i], int64(0)
		process := o.add(shared, o.at(first.order).begin, first.end, 0)
		for ; i < len(lines) && lines[i].end == first.end && lines[i].trip == first.trip; i++ {
			k := lines[i].order
			x, ok := p.net.makers[o.at(k).maker].carried.up(o.at(k).qty)
			if carried += x; !ok || carried < 0 {
				p.tooLarge(p.net.makers[o.at(k).maker].buffer, k)
				return
			}
			p.sharedOf[k] = process
		}
		o.at(process).qty = carried
		p.putOut(process, &p.net.makers[shared])
	}
	p.hi[shared] = o.n
}
