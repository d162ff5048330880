package plan

// Where time is what lacks, less of a thing can be ready sooner: a process that
// takes time for each unit is tried with the largest size that still fits between
// when it can begin and when it is wanted. The rest comes later, at a date of its
// own, from another process. What is asked for at one date is still one process:
// nothing is spread over machines at the same time to make it fit.

// Such a part is no less than three quarters of what is asked for, nor than what takes
// as long as is lost each time before the first unit. Smaller parts would come
// sooner, and fill every gap between other work, so that fewer needs are met in time.
const (
	leastPart = 3
	ofParts   = 4
)

// shrinks reports whether less of what a maker makes takes less time.
func (m *maker) shrinks() bool { return m.perUnit.num != 0 && !m.lots() }

// part is the least that is tried of a quantity.
func (m *maker) part(q int64) int64 {
	least := q - q/ofParts*(ofParts-leastPart) - q%ofParts*(ofParts-leastPart)/ofParts
	if fixed, ok := m.perUnit.inverse().up(m.fixed); ok {
		least = max(least, fixed)
	}
	return min(least, q)
}

// smaller is the largest quantity, below one that does not fit, that can be ready
// at a time when nothing begins before `soon`; it is 0 if there is none, and next is
// lowered to when the least could be ready.
func (a *asker) smaller(m *maker, size, at, soon int64, next *int64) int64 {
	if !m.shrinks() {
		a.after(m, size, soon, next)
		return 0
	}
	least := m.part(size)
	fits, high := least-1, size
	for fits+1 < high {
		mid := fits + (high-fits)/2
		if s, _, ok := a.p.latest(m, mid, at, false); ok && s.begin >= soon {
			fits = mid
		} else {
			high = mid
		}
	}
	if fits < least {
		a.after(m, least, soon, next)
		return 0
	}
	return fits
}

// rest lowers next to when some of what is left could be ready, if that begins at
// `soon` or after. Where that is no later than the part that was made, it is the time
// for the least that is tried later.
func (a *asker) rest(m *maker, left, at, soon int64, next *int64) {
	if soon >= never {
		return
	}
	least := m.part(left)
	s, ok := a.p.soonest(m, least, soon)
	if ok && s.end <= at {
		d, fits := m.duration(least)
		if s, ok = within(m.cal, d, at, true); !fits {
			return
		}
	}
	if ok {
		*next = min(*next, s.end)
	}
}
