package plan

import "slices"

// slot is when a process could go on.
type slot struct{ begin, end int64 }

// mostMoves bounds how often a process is moved on before it is said not to fit.
const mostMoves = 20_000

// placing looks for the time of one process.
type placing struct {
	p       *part
	m       *maker // whose claims are to be met
	size    int64  // in its steps
	trip    bool   // it goes with a process that has its machines already
	forward bool   // the earliest from `at` on, else the latest until `at`
	work    int64  // seconds of the recipe
	at      int64
	best    slot
	chosen  []int32
	tried   int
	in      obstacle
}

// obstacle is a capacity that was in the way, or -1, and until when.
type obstacle struct {
	who   int32
	until int64
}

var nothing = obstacle{who: -1}

// latest finds the latest time for a process to be ready at a time or before;
// soonest the earliest for one that begins at a time or after. Both leave what is
// chosen of the machines in choice, and tell of what was in the way.
func (p *part) latest(m *maker, size, at int64, trip bool) (slot, obstacle, bool) {
	return p.fit(m, size, at, trip, false)
}

func (p *part) soonest(m *maker, size, at int64) (slot, bool) {
	s, _, ok := p.fit(m, size, max(at, m.earliest), false, true)
	return s, ok
}

func (p *part) fit(m *maker, size, at int64, trip, forward bool) (s slot, in obstacle, ok bool) {
	d, fits := m.duration(size)
	if !fits {
		p.tooLarge(m.buffer, none)
		return slot{}, nothing, false
	}
	claims := m
	if m.shared >= 0 {
		claims = &p.net.makers[m.shared]
		if size, fits = m.carried.up(size); !fits {
			p.tooLarge(m.buffer, none)
			return slot{}, nothing, false
		}
	}
	p.choice = p.choice[:0]
	if len(claims.claims) == 0 {
		s, ok = within(m.cal, d, at, forward)
		return s, nothing, ok
	}
	x := &p.placing
	*x = placing{p: p, m: claims, size: size, trip: trip, forward: forward, work: d, at: at, chosen: x.chosen[:0], in: nothing}
	x.choose(m.cal, ratio{0, 1})
	return x.best, x.in, len(p.choice) > 0
}

// within is where d seconds of work lie: the latest until, or the earliest from `at`.
func within(c *calendar, d, at int64, forward bool) (s slot, ok bool) {
	if c == nil && forward {
		return slot{at, at + d}, true
	}
	if c == nil {
		return slot{at - d, at}, true
	}
	if forward {
		if s.begin, ok = c.ceil(at); ok {
			s.end, ok = c.forward(s.begin, d)
		}
		return s, ok
	}
	if s.end, ok = c.floor(at); ok {
		s.begin, ok = c.back(s.end, d)
	}
	return s, ok
}

// mostChoices bounds how many ways to choose machines are tried for one process.
const mostChoices = 4096

// choose goes through the machines of the claims that are still open. Backwards
// the first choice that begins in time counts, forwards the one that is ready first.
func (x *placing) choose(cal *calendar, slow ratio) {
	k := len(x.chosen)
	if x.tried >= mostChoices || !x.forward && len(x.p.choice) > 0 {
		return
	}
	if k == len(x.m.claims) {
		x.tried++
		x.move(cal, slow)
		return
	}
	c := &x.m.claims[k]
	if c.kind != machine {
		x.chosen = append(x.chosen, -1)
		if c.kind == place {
			x.chosen[k] = c.options[0]
		}
		x.choose(cal, slow)
		x.chosen = x.chosen[:k]
		return
	}
	for _, o := range c.options {
		m := &x.p.net.capacities[o]
		x.chosen = append(x.chosen[:k], o)
		x.choose(x.p.meet(cal, m.cal), slower(slow, m.slow))
	}
	x.chosen = x.chosen[:k]
}

// meet is the intersection of two calendars, worked out once.
func (d *desk) meet(a, b *calendar) *calendar {
	if b == nil || a == b {
		return a
	}
	if a == nil {
		return b
	}
	key := [2]*calendar{a, b}
	c, done := d.meets[key]
	if !done {
		c = intersect(a, b)
		d.meets[key] = c
	}
	return c
}

// move moves the process past what is in its way until it fits.
func (x *placing) move(cal *calendar, slow ratio) {
	d, ok := paced(slow).up(x.work)
	at := x.at
	for range mostMoves {
		if x.p.moves++; !ok {
			return
		}
		var s slot
		if s, ok = within(cal, d, at, x.forward); !ok || s.begin < x.m.earliest && !x.forward || s.end > x.p.net.furthest {
			x.best = x.closer(s)
			return
		}
		if x.forward && len(x.p.choice) > 0 && s.end >= x.best.end {
			return
		}
		before, after, free := x.obstructed(s, cal, d)
		if free {
			x.best = s
			x.p.choice = append(x.p.choice[:0], x.chosen...)
			return
		}
		if at = before; x.forward {
			at = after
		}
		ok = at > always && at < never
	}
}

// closer keeps the latest begin that was found too early, to tell of it.
func (x *placing) closer(s slot) slot {
	if len(x.p.choice) > 0 || x.best.begin > s.begin {
		return x.best
	}
	return s
}

// obstructed finds what is in the way of the process at a time: it would have to end
// by `before`, or to begin at `after`.
func (x *placing) obstructed(s slot, cal *calendar, d int64) (before, after int64, free bool) {
	before, after, free = s.end, s.begin, true
	for k := range x.m.claims {
		c := &x.m.claims[k]
		b, a, ok := s.end, s.begin, true
		switch c.kind {
		case machine, place:
			b, a, ok = x.occupied(c, x.chosen[k], s, cal, d)
		case work:
			b, a, ok = x.hoursIn(c, s)
		case limit:
			b, a, ok = x.overLimit(c, s, cal, d)
		}
		if !ok {
			free = false
			before, after = min(before, b), max(after, a)
		}
	}
	return before, after, free
}

// blocked notes who is in the way.
func (x *placing) blocked(who int32, until int64) {
	if x.in.who < 0 {
		x.in = obstacle{who, until}
	}
}

// occupied tells whether a machine or a place is taken then, or has used up its budget.
func (x *placing) occupied(c *claim, o int32, s slot, cal *calendar, d int64) (before, after int64, free bool) {
	m, l := &x.p.net.capacities[o], &x.p.loads[o]
	if m.overload || x.trip {
		return s.end, s.begin, true
	}
	if m.parallel > 0 {
		if first, last, full := l.fullWithin(s.begin, s.end, m.parallel); full {
			x.blocked(o, last.to)
			return first.from, last.to, false
		}
	}
	if m.budget < 0 {
		return s.end, s.begin, true
	}
	q := x.claimed(c)
	if c.whole {
		q = d
	}
	return x.inBudget(o, q, s.end-1, s, cal, d)
}

// inBudget tells whether a budget has so much left in the period of a time.
func (x *placing) inBudget(o int32, q, at int64, s slot, cal *calendar, d int64) (before, after int64, free bool) {
	m := &x.p.net.capacities[o]
	from, to := periodOf(m.period, at)
	if x.p.loads[o].spentIn(from)+q <= m.budget {
		return s.end, s.begin, true
	}
	x.blocked(o, to)
	if q > m.budget {
		return always, never, false
	}
	if at == s.begin { // it has to begin in another period
		if e, ok := within(cal, d, from-1, true); ok {
			return min(e.end, s.end-1), to, false
		}
		return always, to, false
	}
	if b, ok := within(cal, d, to+1, false); ok {
		return from, max(b.begin, s.begin+1), false
	}
	return from, never, false
}

// overLimit tells whether a limit is passed.
func (x *placing) overLimit(c *claim, s slot, cal *calendar, d int64) (before, after int64, free bool) {
	if x.p.net.capacities[c.options[0]].overload {
		return s.end, s.begin, true
	}
	at := c.counts(s)
	from, _ := periodOf(x.p.net.capacities[c.options[0]].period, at)
	q := int64(0)
	for k := range x.m.claims { // several flows may be of one thing
		o := &x.m.claims[k]
		if o.kind != limit || o.options[0] != c.options[0] {
			continue
		}
		if f, _ := periodOf(x.p.net.capacities[c.options[0]].period, o.counts(s)); f == from {
			q = plus(q, x.claimed(o))
		}
	}
	return x.inBudget(c.options[0], q, at, s, cal, d)
}

// counts is the time at which a flow counts for a limit: an input when the process
// begins, an output in its last second.
func (c *claim) counts(s slot) int64 {
	if c.atEnd && s.end > s.begin {
		return s.end - 1
	}
	return s.begin
}

// claimed is what the process takes by a claim.
func (x *placing) claimed(c *claim) int64 {
	if c.perBatch {
		if x.trip {
			return 0
		}
		q, _ := c.amount.up(1)
		return q
	}
	q, ok := c.amount.up(x.size)
	if !ok {
		return never
	}
	return q
}

// hoursIn tells whether the workers have the hours between begin and end; if not,
// the process has to end on the day before, or to begin on the day after.
func (x *placing) hoursIn(c *claim, s slot) (before, after int64, free bool) {
	q := int64(0)
	for k := range x.m.claims { // several flows may be of one skill
		if o := &x.m.claims[k]; o.kind == work && slices.Equal(o.options, c.options) {
			q = plus(q, x.claimed(o))
		}
	}
	for _, o := range c.options {
		if q <= 0 {
			break
		}
		if x.p.net.capacities[o].overload {
			return s.end, s.begin, true
		}
		q -= x.p.hours(o, s, q, nil)
	}
	if q <= 0 {
		return s.end, s.begin, true
	}
	_, end := periodOf("day", s.begin)
	x.blocked(c.options[0], end)
	begin, _ := periodOf("day", s.end-1)
	return min(begin, s.end-1), end, false
}

// hours finds up to q seconds of a worker's time between begin and end, day by day
// from the beginning, never more than their work time, nor than their budget in a
// period. take is called with each day that has some, or is nil.
func (p *part) hours(o int32, s slot, q int64, take func(day, period, qty int64)) (got int64) {
	w, l := &p.net.capacities[o], &p.loads[o]
	var from, to, left int64 = 0, always, never
	for day := s.begin - mod(s.begin, 86400); day < s.end && got < q; day += 86400 {
		begin, end := max(day, s.begin, w.from), min(day+86400, s.end, w.until)
		if begin >= end {
			continue
		}
		if begin >= to && w.budget >= 0 {
			from, to = periodOf(w.period, begin)
			left = w.budget - l.spentIn(from)
		}
		x := min(q-got, left, worked(w.cal, begin, end), worked(w.cal, day, day+86400)-l.onDay(day))
		if x <= 0 {
			continue
		}
		got, left = got+x, left-x
		if take != nil {
			take(day, from, x)
		}
	}
	return got
}

// worked is the work time between two times; a calendar that is nil is always open.
func worked(c *calendar, from, to int64) int64 {
	if c == nil {
		return to - from
	}
	return c.between(from, to)
}
