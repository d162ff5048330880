package plan

import (
	"strconv"

	"commonweal/vf"
)

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
			from, to := periodOf(p.net.capacities[c.options[0]].period, c.counts(s))
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
	if c.whole && m.budget >= 0 {
		b.qty = p.workOn()
	}
	p.record(b)
}

// workOn is how long the process that was placed last is worked on, on the machines
// that were chosen for it.
func (p *part) workOn() int64 {
	slow := ratio{0, 1}
	for _, o := range p.choice {
		if o >= 0 {
			slow = slower(slow, p.net.capacities[o].slow)
		}
	}
	d, _ := paced(slow).up(p.placing.work)
	return d
}

// paced is how slow the slowest machine is, or one where there is none.
func paced(slow ratio) ratio {
	if slow.num == 0 {
		return one
	}
	return slow
}

// slower is the larger of two numbers of seconds for each second of a recipe.
func slower(a, b ratio) ratio {
	if b.num*a.den > a.num*b.den {
		return b
	}
	return a
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

// findOverload tells of capacities that may be passed, and are.
func (p *part) findOverload() {
	p.overloads = nil
	for _, o := range p.limits {
		c, l := &p.net.capacities[o], &p.loads[o]
		if !c.overload {
			continue
		}
		for k, m := range l.marks {
			if c.parallel > 0 && m.used > c.parallel && (k == 0 || l.marks[k-1].used <= c.parallel) {
				end := k
				most := m.used
				for l.marks[end].used > c.parallel {
					most = max(most, l.marks[end].used)
					end++
				}
				p.overloads = append(p.overloads, Problem{Kind: "overCapacity", About: c.id, When: vf.At(m.at), Text: p.net.capacityName(o) + " is to do up to " +
					itoa(int64(most)) + " processes at a time from " + day(m.at) + " to " + day(l.marks[end].at) + ", and can do " + itoa(int64(c.parallel)) + "."})
			}
		}
		for _, x := range l.spent {
			if c.budget >= 0 && x.qty > c.budget {
				p.overloads = append(p.overloads, p.overBudget(o, x))
			}
		}
	}
}

func (p *part) overBudget(o int32, x spending) Problem {
	c := &p.net.capacities[o]
	_, to := periodOf(c.period, max(x.period, p.net.now))
	f := Problem{Kind: "overCapacity", About: c.id, When: vf.At(max(x.period, p.net.now))}
	amount := hoursText
	if c.kind == limit {
		f.Kind = "limitExceeded"
		amount = func(q int64) string {
			for _, b := range p.net.bySpec[c.id] {
				return p.net.amount(b, q)
			}
			return itoa(q)
		}
	}
	f.Text = p.net.capacityName(o) + " is passed"
	if c.period != "" {
		f.Text += " in the " + c.period + " until " + day(to)
	}
	f.Text += ": " + amount(x.qty) + " planned, " + amount(c.budget) + " allowed."
	return f
}

// hoursText writes seconds as hours.
func hoursText(q int64) string {
	text := strconv.FormatInt(q/3600, 10)
	if m := q % 3600 / 60; m > 0 {
		text += ":" + strconv.FormatInt(100+m, 10)[1:]
	}
	return text + " h"
}
