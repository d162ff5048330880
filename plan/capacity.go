package plan

import (
	"cmp"
	"slices"
	"time"

	"commonweal/vf"
)

// capacity is something of which there is only so much at a time or in a period:
// a machine, a place, the hours of somebody's work, a limit on a specification.
type capacity struct {
	kind     capacityKind
	id       vf.ID // the resource, the place, the offer of work, the specification
	provider vf.ID // of work
	parallel int32 // of a machine or a place: processes at a time
	cal      *calendar
	slow     ratio // seconds there for each second of the recipe
	overload bool
	budget   int64 // in each period: seconds of use or work, or steps; -1 if unbounded
	period   string
	from     int64 // of an offer of work: it holds in [from, until)
	until    int64
}

type capacityKind uint8

const (
	machine capacityKind = iota
	place
	work
	limit
)

// claim is what a process takes of capacities: of one of several machines, of the
// hours of several workers, of a place, of a limit.
type claim struct {
	kind     capacityKind
	options  []int32 // capacities, the preferred first
	amount   ratio   // seconds, or steps, for each step of output; for each process if perBatch
	perBatch bool
	atEnd    bool // of a limit: it counts when the process ends, not when it begins
	whole    bool // of a machine: what counts is the time of the process
	flow     *vf.RecipeFlow
}

// booking is what an order has of a capacity.
type booking struct {
	order, claim, capacity int32
	begin, end             int64 // of a machine or a place; of work and limits the period's
	qty                    int64 // seconds or steps of the budget
}

// load is what is booked of a capacity.
type load struct {
	marks []loadMark // of machines and places: how many processes from a time until the next
	spent []spending // of budgets: how much in the period that begins then
	days  []spending // of work: how much on the day that begins then
}

type loadMark struct {
	at   int64
	used int32
}

type spending struct{ period, qty int64 }

// periodOf is the period, [from, to), that a time lies in: of the calendar, in
// Coordinated Universal Time, weeks beginning on Monday. A budget that knows no period has
// one that never ends.
func periodOf(name string, at int64) (from, to int64) {
	const day = 86400
	switch name {
	case "day":
		from = at - mod(at, day)
		return from, from + day
	case "week":
		from = at - mod(at-4*day, 7*day) // 1970-01-05 was a Monday
		return from, from + 7*day
	case "month", "quarter", "year":
		t := time.Unix(at, 0).UTC()
		months := map[string]int{"month": 1, "quarter": 3, "year": 12}[name]
		first := (int(t.Month()) - 1) / months * months
		begin := time.Date(t.Year(), time.Month(first+1), 1, 0, 0, 0, 0, time.UTC)
		return begin.Unix(), begin.AddDate(0, months, 0).Unix()
	}
	return always, never
}

func mod(a, b int64) int64 { return (a%b + b) % b }

// fullWithin returns the first and the last stretch in [begin, end) in which n
// processes are booked already; ok is false if there is none.
func (l *load) fullWithin(begin, end int64, n int32) (first, last loadSpan, ok bool) {
	i, found := slices.BinarySearchFunc(l.marks, begin, func(m loadMark, t int64) int { return cmp.Compare(m.at, t) })
	if !found && i > 0 {
		i-- // the stretch that begins before goes on
	}
	for ; i < len(l.marks) && l.marks[i].at < end; i++ {
		if l.marks[i].used < n {
			continue
		}
		s := loadSpan{l.marks[i].at, never}
		if i+1 < len(l.marks) {
			s.to = l.marks[i+1].at
		}
		if !ok {
			first, ok = s, true
		}
		last = s
	}
	return first, last, ok
}

type loadSpan struct{ from, to int64 }

// add books n more processes in [begin, end).
func (l *load) add(begin, end int64, n int32) {
	if begin >= end {
		return
	}
	i, j := l.markAt(begin), l.markAt(end)
	for k := i; k < j; k++ {
		l.marks[k].used += n
	}
	l.tidy(j)
	l.tidy(i)
}

// markAt returns the mark at a time, made if there is none.
func (l *load) markAt(at int64) int {
	i, found := slices.BinarySearchFunc(l.marks, at, func(m loadMark, t int64) int { return cmp.Compare(m.at, t) })
	if !found {
		used := int32(0)
		if i > 0 {
			used = l.marks[i-1].used
		}
		l.marks = slices.Insert(l.marks, i, loadMark{at, used})
	}
	return i
}

// tidy takes away a mark at which nothing changes.
func (l *load) tidy(i int) {
	before := int32(0)
	if i > 0 {
		before = l.marks[i-1].used
	}
	if l.marks[i].used == before {
		l.marks = slices.Delete(l.marks, i, i+1)
	}
}

// spentIn returns what is booked of a budget in the period that begins then.
func (l *load) spentIn(period int64) int64 { return spentAt(l.spent, period) }

// onDay returns what is booked of a worker's time on the day that begins then.
func (l *load) onDay(day int64) int64 { return spentAt(l.days, day) }

func compareSpending(s spending, t int64) int { return cmp.Compare(s.period, t) }

func spentAt(list []spending, at int64) int64 {
	if i, found := slices.BinarySearchFunc(list, at, compareSpending); found {
		return list[i].qty
	}
	return 0
}

// spend adds to what is booked from a time on.
func spend(list []spending, at, qty int64) []spending {
	i, found := slices.BinarySearchFunc(list, at, compareSpending)
	if !found {
		list = slices.Insert(list, i, spending{at, 0})
	}
	list[i].qty += qty
	return list
}

// book books for an order, at a time that was found free, what the maker claims:
// the machines in choice, the places, the hours, the limits.
func (p *part) book(order int32, m *maker, size int64, s slot, trip bool) {
	x := &p.placing
	x.p, x.m, x.size, x.trip = p, m, size, trip
	for k := range m.claims {
		c := &m.claims[k]
		switch c.kind {
		case machine, place:
			p.bookPlace(booking{order: order, claim: int32(k), capacity: p.choice[k], begin: s.begin, end: s.end}, c, trip)
		case work:
			p.bookHours(order, int32(k), c, x.claimed(c), s)
		case limit:
			at := s.begin
			if c.atEnd && s.end > s.begin {
				at = s.end - 1
			}
			from, to := periodOf(p.net.capacities[c.options[0]].period, at)
			p.record(booking{order, int32(k), c.options[0], from, to, x.claimed(c)})
		}
	}
}

func (p *part) bookPlace(b booking, c *claim, trip bool) {
	m := &p.net.capacities[b.capacity]
	if trip {
		return
	}
	b.qty = p.placing.claimed(c)
	if c.whole {
		b.qty = worked(m.cal, b.begin, b.end)
	}
	p.record(b)
}

// bookHours books the hours of workers, the preferred first; what none has, where
// overload is allowed, is booked with the first who allows it.
func (p *part) bookHours(order, k int32, c *claim, q int64, s slot) {
	for _, o := range c.options {
		q -= p.hours(o, s, q, func(day, period, qty int64) {
			p.record(booking{order, k, o, day, period, qty})
		})
	}
	for _, o := range c.options {
		if w := &p.net.capacities[o]; q > 0 && w.overload {
			day, _ := periodOf("day", s.begin)
			from, _ := periodOf(w.period, s.begin)
			p.record(booking{order, k, o, day, from, q})
			return
		}
	}
}

// record notes a booking and its load. Of work, begin is the day and end the
// beginning of the budget's period.
func (p *part) record(b booking) {
	p.bookings = append(p.bookings, b)
	p.weigh(&b, 1)
}

// unbook takes back the bookings from the n-th on.
func (p *part) unbook(n int) {
	for len(p.bookings) > n {
		k := len(p.bookings) - 1
		p.weigh(&p.bookings[k], -1)
		p.bookings = p.bookings[:k]
	}
}

// weigh adds a booking to the load of its capacity, or takes it away.
func (p *part) weigh(b *booking, sign int64) {
	m, l := &p.net.capacities[b.capacity], &p.loads[b.capacity]
	switch m.kind {
	case machine, place:
		l.add(b.begin, b.end, int32(sign))
		if m.budget >= 0 {
			from, _ := periodOf(m.period, b.end-1)
			l.spent = spend(l.spent, from, sign*b.qty)
		}
	case work:
		l.days = spend(l.days, b.begin, sign*b.qty)
		if m.budget >= 0 {
			l.spent = spend(l.spent, b.end, sign*b.qty)
		}
	case limit:
		l.spent = spend(l.spent, b.begin, sign*b.qty)
	}
}

// bookAll books what netting placed where it stands, and tells whether all fits.
func (p *part) bookAll() bool {
	for i, o := range p.orders.all() {
		if o.maker < 0 || len(p.net.makers[o.maker].claims) == 0 {
			continue
		}
		m := &p.net.makers[o.maker]
		s, _, ok := p.fit(m, o.qty, o.end, false, false)
		if !ok || s.end != o.end || s.begin != o.begin {
			return false
		}
		p.book(i, m, o.qty, s, false)
	}
	return true
}

// capacityName is what a person calls a capacity.
func (n *network) capacityName(i int32) string {
	c := &n.capacities[i]
	switch c.kind {
	case work:
		return "the work of " + n.agentName(c.provider)
	case limit:
		name := string(c.id)
		if s := n.specs[c.id]; s != nil && s.Name != "" {
			name = s.Name
		}
		return "the limit on " + name
	}
	return cmp.Or(n.names[c.id], string(c.id))
}
