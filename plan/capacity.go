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

// worksBy is whose work time counts for a capacity.
func (c *capacity) worksBy() vf.ID {
	if c.kind == work {
		return c.provider
	}
	return c.id
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
