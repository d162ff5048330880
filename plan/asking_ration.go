package plan

import "slices"

// Where a limit, somebody's hours or the budget of a machine have room for a part
// of what is wanted, that part is made, as where a material is there for a part.
// More may be had of the periods before, so the rest is tried again; what then is
// still missing comes later.

// mostRations bounds the processes of one recipe for one date that share what has no
// lots; what is still missing then is looked for at a later date.
const mostRations = 400

// rationed reports whether a smaller process of a maker takes less of something of
// which there is only so much in a period.
func (n *network) rationed(m *maker) bool {
	claims := m.claims
	if m.shared >= 0 {
		claims = n.makers[m.shared].claims
	}
	return slices.ContainsFunc(claims, func(c claim) bool {
		less := c.amount.num > 0 && !c.perBatch || c.whole && m.perUnit.num > 0
		return less && slices.ContainsFunc(c.options, n.renews)
	})
}

// renews reports whether a capacity, if any, has only so much in a period.
func (n *network) renews(i int32) bool {
	if i < 0 || n.capacities[i].overload {
		return false
	}
	c := &n.capacities[i]
	return c.kind == limit || c.kind == work || c.kind == machine && c.budget >= 0
}

// ration is the largest quantity, below one that does not fit, for which there is
// room until a time when nothing begins before `soon`. It is 0 if there is none, and
// next is lowered to when the least could be ready.
func (a *asker) ration(m *maker, size, at, soon int64, next *int64) int64 {
	fitting := func(q int64) bool {
		s, _, ok := a.p.latest(m, q, at, a.hasTrip(m, at))
		if !ok && a.hasTrip(m, at) {
			s, _, ok = a.p.latest(m, q, at, false)
		}
		return ok && s.begin >= soon
	}
	least := int64(1)
	if m.lots() {
		least = m.lot(1)
	}
	if least >= size || !fitting(least) {
		a.after(m, least, soon, next)
		return 0
	}
	fits, high := least, size
	for fits+1 < high {
		mid := fits + (high-fits)/2
		if fitting(mid) {
			fits = mid
		} else {
			high = mid
		}
	}
	if m.lots() {
		fits = m.atMost(fits)
	}
	return fits
}
