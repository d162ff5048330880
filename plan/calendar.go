package plan

// calendar says when work goes on: open spans [begins[i], begins[i] + length) of
// seconds since 1970, sorted, apart from each other, and inside [from, until), the
// time for which it was worked out. worked[i] is the work time before span i, so
// that it has one entry more than there are spans. A nil calendar is always open.
//
// Work time is counted with W(t), the open seconds before t; back and forward find
// the time at which W has a certain value. Both are in the planner's innermost
// loop: they search flat arrays and allocate nothing.
type calendar struct {
	from, until int64
	begins      []int64
	worked      []int64
}

// stretch is a stretch of time, [from, until).
type stretch struct{ from, until int64 }

// newCalendar makes a calendar of spans that are sorted by their beginnings; those
// that touch or overlap become one, and what is outside the range is cut off.
func newCalendar(spans []stretch, from, until int64) *calendar {
	c := &calendar{from: from, until: until, worked: []int64{0}}
	last := from
	for _, s := range spans {
		begin, end := max(s.from, last), min(s.until, until)
		if begin >= end {
			continue
		}
		n := len(c.begins)
		if n > 0 && begin == last {
			c.worked[n] += end - begin
		} else {
			c.begins = append(c.begins, begin)
			c.worked = append(c.worked, c.worked[n]+end-begin)
		}
		last = end
	}
	return c
}

// spans lists the open spans.
func (c *calendar) spans() []stretch {
	list := make([]stretch, len(c.begins))
	for i := range list {
		list[i] = stretch{c.begins[i], c.end(i)}
	}
	return list
}

// end is where span i ends.
func (c *calendar) end(i int) int64 { return c.begins[i] + c.worked[i+1] - c.worked[i] }

// below returns how many values of a sorted list are less than v.
func below(list []int64, v int64) int {
	low, n := 0, len(list)
	for n > 0 {
		half := n >> 1
		if list[low+half] < v {
			low += half + 1
			n -= half + 1
		} else {
			n = half
		}
	}
	return low
}

// before is W(t): the open seconds before t, and how many spans begin before t.
func (c *calendar) before(t int64) (work int64, spans int) {
	i := below(c.begins, t)
	if i == 0 {
		return 0, 0
	}
	return min(c.worked[i-1]+t-c.begins[i-1], c.worked[i]), i
}

// back returns the latest begin such that exactly work seconds of work time lie
// in [begin, end). Without work to do it is floor(end). It is not ok where the
// calendar does not reach that far.
func (c *calendar) back(end, work int64) (begin int64, ok bool) {
	if c == nil {
		return end - work, true
	}
	if work <= 0 {
		return c.floor(end)
	}
	if end < c.from || end > c.until {
		return 0, false
	}
	all, spans := c.before(end)
	target := all - work
	if target < 0 {
		return 0, false
	}
	i := below(c.worked[:spans], target+1) - 1
	return c.begins[i] + target - c.worked[i], true
}

// forward returns the earliest end such that exactly work seconds of work time
// lie in [begin, end). Without work to do it is ceil(begin).
func (c *calendar) forward(begin, work int64) (end int64, ok bool) {
	if c == nil {
		return begin + work, true
	}
	if work <= 0 {
		return c.ceil(begin)
	}
	if begin < c.from || begin > c.until {
		return 0, false
	}
	done, spans := c.before(begin)
	target := done + work
	if target > c.worked[len(c.begins)] {
		return 0, false
	}
	i := max(spans-1, 0)
	i += below(c.worked[i:], target) - 1
	return c.begins[i] + target - c.worked[i], true
}

// floor returns the latest time, t or earlier, right before which work goes on.
func (c *calendar) floor(t int64) (int64, bool) {
	if c == nil {
		return t, true
	}
	i := below(c.begins, t)
	if i == 0 || t > c.until {
		return 0, false
	}
	return min(t, c.end(i-1)), true
}

// ceil returns the earliest time, t or later, at which work goes on.
func (c *calendar) ceil(t int64) (int64, bool) {
	if c == nil {
		return t, true
	}
	if t < c.from {
		return 0, false
	}
	i := below(c.begins, t+1)
	if i > 0 && t < c.end(i-1) {
		return t, true
	}
	if i == len(c.begins) {
		return 0, false
	}
	return c.begins[i], true
}

// between returns the seconds of work time in [a, b) that the calendar knows of.
func (c *calendar) between(a, b int64) int64 {
	if b <= a {
		return 0
	}
	if c == nil {
		return b - a
	}
	upTo, _ := c.before(b)
	until, _ := c.before(a)
	return upTo - until
}

// intersect returns when work goes on in both calendars.
func intersect(a, b *calendar) *calendar {
	if a == nil {
		return b
	}
	if b == nil || a == b {
		return a
	}
	c := &calendar{from: max(a.from, b.from), until: min(a.until, b.until), worked: []int64{0}}
	c.until = max(c.from, c.until)
	for i, j := 0, 0; i < len(a.begins) && j < len(b.begins); {
		endA, endB := a.end(i), b.end(j)
		if begin, end := max(a.begins[i], b.begins[j]), min(endA, endB); begin < end {
			c.begins = append(c.begins, begin)
			c.worked = append(c.worked, c.worked[len(c.worked)-1]+end-begin)
		}
		if endA < endB {
			i++
		} else {
			j++
		}
	}
	return c
}

// without returns the open spans less the closed ones, both sorted by their
// beginnings.
func without(open, closed []stretch) []stretch {
	var rest []stretch
	next := 0
	for _, o := range open {
		for next < len(closed) && closed[next].until <= o.from {
			next++
		}
		at := o.from
		for i := next; i < len(closed) && closed[i].from < o.until; i++ {
			if at < closed[i].from {
				rest = append(rest, stretch{at, closed[i].from})
			}
			at = max(at, closed[i].until)
		}
		if at < o.until {
			rest = append(rest, stretch{at, o.until})
		}
	}
	return rest
}
