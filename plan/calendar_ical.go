package plan

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/teambition/rrule-go"

	"commonweal/rule"
	"commonweal/vf"
)

// Bounds on what a calendar may ask for; what passes them is refused.
const (
	mostSpans     = 200_000   // times that one property says, in the range or counted up to it
	mostPositions = 31        // BYSETPOS is looked up one by one, in each period
	mostRuleSteps = 5_000_000 // days, or shorter periods, through which rules are followed
	mostBlocks    = 10_000

	emptySteps = 20_000 // for a rule that gives nothing in its time, and so is followed beyond
	ruleSteps  = 100    // for any rule
)

// aDay is how long a day is on the clock, where the clock is not set.
const aDay = 86_400

// The calendar repeats itself every 400 years.
const fourCenturies = 146_097 * aDay

// parseWorkTime works out a calendar on [from, until). Without lines, or with none
// that says when work goes on, it is always open, but for what is closed. Lines that
// cannot be read, zones that are not known and rules that ask for too much, or
// for what never is, are refused.
func parseWorkTime(lines []string, zone func(string) (*time.Location, error), from, until int64) (*calendar, error) {
	x := &expansion{zone: zone, from: from, until: until, mostSaid: mostSpans, mostSteps: mostRuleSteps}
	return x.calendar(lines)
}

// calendar works out one property.
func (x *expansion) calendar(lines []string) (*calendar, error) {
	x.said, x.steps = 0, 0
	blocks, err := vf.ParseWorkTime(lines)
	if err != nil || len(blocks) == 0 {
		return nil, err
	}
	if len(blocks) > mostBlocks {
		return nil, tooManyBlocks(blocks)
	}
	var open, closed []stretch
	always := true
	for i := range blocks {
		stretches, err := x.block(&blocks[i])
		if err != nil {
			return nil, err
		}
		if blocks[i].Closed {
			closed = append(closed, stretches...)
		} else {
			always = false
			open = append(open, stretches...)
		}
	}
	if always {
		open = []stretch{{x.from, x.until}}
	}
	return newCalendar(without(merged(open, x.from, x.until), merged(closed, x.from, x.until)), x.from, x.until), nil
}

// merged returns the spans in order, each apart from the next.
func merged(list []stretch, from, until int64) []stretch {
	slices.SortFunc(list, func(a, b stretch) int {
		if a.from != b.from {
			return int(min(max(a.from-b.from, -1), 1))
		}
		return int(min(max(a.until-b.until, -1), 1))
	})
	return newCalendar(list, from, until).spans()
}

// expansion turns blocks into spans.
type expansion struct {
	zone        func(string) (*time.Location, error)
	from, until int64
	said        int   // times that the rules of this property gave
	steps       int64 // periods, or days of longer ones, through which they were followed

	mostSaid  int // how many of these there may be
	mostSteps int64
}

// blockTimes is a block with the zone whose clock it goes by.
type blockTimes struct {
	vf.WorkBlock

	loc    *time.Location
	length int64 // on the clock, where an end is said

	since, till int64 // between these the clock is ahead of UTC by so much
	ahead       int64
}

// moment is when the clock shows so. Looking the zone up is slow; so what was
// found last is kept, and holds for all that is days away from where it changes.
func (b *blockTimes) moment(clock int64) int64 {
	if at := clock - b.ahead; b.since+2*aDay < at && at < b.till-2*aDay {
		return at
	}
	at := moment(clock, b.loc)
	since, till := time.Unix(at, 0).In(b.loc).ZoneBounds()
	b.since, b.till, b.ahead = always, never, zoneOffset(at, b.loc)
	if !since.IsZero() {
		b.since = since.Unix()
	}
	if !till.IsZero() {
		b.till = till.Unix()
	}
	return at
}

// location finds the zone by its name; those of no name are in the zone of the block.
func (x *expansion) location(line, name string, block *time.Location) (*time.Location, error) {
	switch {
	case name == "" && block != nil:
		return block, nil
	case name == "" || name == "UTC":
		return time.UTC, nil
	}
	if x.zone != nil {
		if loc, err := x.zone(name); err == nil && loc != nil {
			return loc, nil
		}
	}
	return nil, rule.Refuse("unknownZone", "zone", name, "line", line)
}

// onClock is what the clock of the block shows at a time told in some zone.
func (x *expansion) onClock(b *blockTimes, t vf.LocalTime) (int64, error) {
	loc, err := x.location(b.Line, t.Zone, b.loc)
	if err != nil || loc == b.loc {
		return t.Clock, err
	}
	at := moment(t.Clock, loc)
	return at + zoneOffset(at, b.loc), nil
}

// block lists the spans of a block that reach into the range.
func (x *expansion) block(said *vf.WorkBlock) ([]stretch, error) {
	loc, err := x.location(said.Line, said.Begin.Zone, nil)
	if err != nil {
		return nil, err
	}
	b := &blockTimes{WorkBlock: *said, loc: loc}
	if b.Lasts == (vf.LocalSpan{}) {
		end, err := x.onClock(b, b.End)
		if err != nil {
			return nil, err
		}
		b.length = end - b.Begin.Clock
	}
	begins, err := x.begins(b)
	if err != nil {
		return nil, err
	}
	var list []stretch
	for _, clock := range begins {
		if s := b.span(clock); s.from < s.until && s.until > x.from && s.from < x.until {
			list = append(list, s)
		}
	}
	return list, nil
}

// span is the stretch of time that begins when the clock shows so.
func (b *blockTimes) span(clock int64) stretch {
	if b.Lasts == (vf.LocalSpan{}) {
		return stretch{b.moment(clock), b.moment(clock + b.length)}
	}
	begin := b.moment(clock)
	end := begin
	if b.Lasts.Days > 0 {
		end = b.moment(clock + b.Lasts.Days*aDay)
	}
	return stretch{begin, end + b.Lasts.Seconds}
}

// longest is no less than what a span of the block takes.
func (b *blockTimes) longest() int64 {
	return max(b.length, 0) + b.Lasts.Days*aDay + b.Lasts.Seconds
}

// begins lists the clock times at which the block begins, in the range with a
// margin, less the exceptions.
func (x *expansion) begins(b *blockTimes) ([]int64, error) {
	list := []int64{b.Begin.Clock}
	var err error
	if b.Repeats != nil {
		if list, err = x.recurring(b); err != nil {
			return nil, err
		}
	}
	for _, t := range b.Also {
		clock, err := x.onClock(b, t)
		if err != nil {
			return nil, err
		}
		list = append(list, clock)
	}
	if len(b.Except) == 0 {
		return list, nil
	}
	times, days := map[int64]bool{}, map[int64]bool{}
	for _, t := range b.Except {
		clock, err := x.onClock(b, t)
		if err != nil {
			return nil, err
		}
		if t.Date {
			days[dayOf(t.Clock)] = true
		} else {
			times[clock] = true
		}
	}
	return slices.DeleteFunc(list, func(clock int64) bool { return times[clock] || days[dayOf(clock)] }), nil
}

// dayOf is the number of the day on which the clock shows so.
func dayOf(clock int64) int64 { return (clock - (clock%aDay+aDay)%aDay) / aDay }

// recurring lists what the rule of a block gives in the range, with a margin. The
// library counts on the clock of UTC, so that clocks set forward or back are our
// matter alone; and in the last centuries that it knows, so that it soon ends where
// there is nothing more.
func (x *expansion) recurring(b *blockTimes) ([]int64, error) {
	r := b.Repeats
	low, high := x.from-b.longest()-2*aDay, x.until+2*aDay
	last := high
	if r.Ends {
		until, err := x.onClock(b, r.Until)
		if err != nil {
			return nil, err
		}
		if r.Until.Date {
			until += aDay - 1
		}
		last = min(last, until)
	}
	option := rruleOf(r)
	if reason := tooMuch(r, b.Begin.Clock); reason != "" {
		return nil, absurd(&b.WorkBlock, reason)
	}
	begin := b.Begin.Clock
	if p := rulePeriod(r); r.Count == 0 && p > 0 && low-begin > 3*p {
		begin += (low - begin - 2*p) / p * p
	}
	if begin > last || last < low {
		return nil, nil
	}
	if err := x.charge(b, steps(r, begin, last)); err != nil {
		return nil, err
	}
	shift := centuriesLeft(last) * fourCenturies
	option.Dtstart, option.Until = time.Unix(begin+shift, 0).UTC(), time.Unix(last+shift, 0).UTC()
	before := x.said
	var list []int64
	var err error
	if len(r.Weeks) > 0 {
		list, err = x.visitWeeks(b, low, last)
	} else {
		list, err = x.visit(b, option, low, shift)
	}
	if err == nil && x.said == before {
		if err = x.charge(b, emptySteps); err == nil {
			err = neverIs(b, option)
		}
	}
	return list, err
}

// charge counts steps, and refuses a rule with which they are too many.
func (x *expansion) charge(b *blockTimes, steps int64) error {
	x.steps += steps
	if x.steps > x.mostSteps {
		return absurd(&b.WorkBlock, "to follow it takes too many steps")
	}
	return nil
}

// visit walks through what a rule gives until its end, and lists what is not too
// early.
func (x *expansion) visit(b *blockTimes, option rrule.ROption, low, shift int64) ([]int64, error) {
	made, err := rrule.NewRRule(option)
	if err != nil {
		return nil, absurd(&b.WorkBlock, err.Error())
	}
	var list []int64
	next := made.Iterator()
	for t, ok := next(); ok; t, ok = next() {
		if x.said++; x.said > x.mostSaid {
			return nil, x.tooMany(b)
		}
		if clock := t.Unix() - shift; clock >= low {
			list = append(list, clock)
		}
	}
	return list, nil
}

// tooMany refuses a rule that gives more times than there may be.
func (x *expansion) tooMany(b *blockTimes) error {
	return absurd(&b.WorkBlock, "it gives more than "+strconv.Itoa(x.mostSaid)+" times")
}

// neverIs refuses a rule that gives nothing at all, at any time.
func neverIs(b *blockTimes, option rrule.ROption) error {
	const reason = "it gives no time in four hundred years"
	if len(b.Repeats.Weeks) > 0 {
		if !weeksOf(b.Repeats, b.Begin.Clock).ever() {
			return absurd(&b.WorkBlock, reason)
		}
		return nil
	}
	option.Until, option.Count = time.Unix(math.MaxInt32*128, 0).UTC(), 1
	made, err := rrule.NewRRule(option)
	if err != nil {
		return absurd(&b.WorkBlock, err.Error())
	}
	if _, ok := made.Iterator()(); !ok {
		return absurd(&b.WorkBlock, reason)
	}
	return nil
}

func tooManyBlocks(blocks []vf.WorkBlock) error {
	return absurd(&blocks[mostBlocks], "it is one of more than "+strconv.Itoa(mostBlocks)+" blocks")
}

func absurd(b *vf.WorkBlock, reason string) error {
	return rule.Refuse("absurdCalendar", "line", b.Line, "reason", reason)
}

// centuriesLeft is by how many times four hundred years a time can be moved on
// and have four centuries before it in years of four digits.
func centuriesLeft(clock int64) int64 {
	return max(0, int64(9998-400-time.Unix(clock, 0).UTC().Year())/400)
}

// steps is how many days, or shorter periods, a rule is followed through.
func steps(r *vf.WorkRule, begin, last int64) int64 {
	step := int64(aDay)
	if p := rulePeriod(r); r.Every >= vf.Daily {
		step = p
	}
	return ((last-begin)/step+1)*int64(1+len(r.Positions)) + ruleSteps
}

// rulePeriod is the length of the periods that a rule counts, 0 where they differ.
func rulePeriod(r *vf.WorkRule) int64 {
	lengths := map[vf.Frequency]int64{vf.Hourly: 3600, vf.Daily: aDay, vf.Weekly: 7 * aDay}
	return lengths[r.Every] * int64(r.Interval)
}

// rruleOf says a rule in the words of the library, all but its weeks.
func rruleOf(r *vf.WorkRule) rrule.ROption {
	frequencies := map[vf.Frequency]rrule.Frequency{vf.Yearly: rrule.YEARLY, vf.Monthly: rrule.MONTHLY, vf.Weekly: rrule.WEEKLY, vf.Daily: rrule.DAILY, vf.Hourly: rrule.HOURLY}
	days := []rrule.Weekday{rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU}
	o := rrule.ROption{Freq: frequencies[r.Every], Interval: r.Interval, Count: r.Count, Wkst: days[r.WeekStart], Bysetpos: r.Positions, Bymonth: r.Months,
		Bymonthday: r.MonthDays, Byyearday: r.YearDays, Byhour: r.Hours, Byminute: r.Minutes, Bysecond: r.Seconds}
	for _, d := range r.Days {
		o.Byweekday = append(o.Byweekday, ruleDays(r, d)...)
	}
	return o
}

// ruleDays says a day in the words of the library. It takes “Mondays and the first
// Tuesday” for what is both; so beside days with a number, Mondays are the first
// Monday, the second and so on.
func ruleDays(r *vf.WorkRule, d vf.WorkDay) []rrule.Weekday {
	days := []rrule.Weekday{rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU}
	day := days[d.Day]
	if d.Nth != 0 || !slices.ContainsFunc(r.Days, func(w vf.WorkDay) bool { return w.Nth != 0 }) {
		return []rrule.Weekday{day.Nth(d.Nth)}
	}
	most := 5
	if r.Every == vf.Yearly && len(r.Months) == 0 {
		most = 53
	}
	var list []rrule.Weekday
	for n := range most {
		list = append(list, day.Nth(n+1))
	}
	return list
}

// tooMuch says why a rule would be long to follow, or gives nothing, as far as
// the rule itself tells; else it is "".
func tooMuch(r *vf.WorkRule, begin int64) string {
	atOnce := max(1, len(r.Minutes)) * max(1, len(r.Seconds)) // times in an hour
	if r.Every < vf.Hourly {
		atOnce *= max(1, len(r.Hours)) // in a day
	}
	days := map[vf.Frequency]int{vf.Yearly: 366, vf.Monthly: 31, vf.Weekly: 7}[r.Every]
	switch {
	case atOnce*max(1, days) > mostSpans:
		return "it may give more than " + strconv.Itoa(mostSpans) + " times in one period"
	case len(r.Positions) > mostPositions:
		return "it has more than " + strconv.Itoa(mostPositions) + " positions (BYSETPOS)"
	case !reachesHours(r, begin):
		return "its INTERVAL never meets its BYHOUR"
	case len(r.Positions) > 0 && r.Every >= vf.Daily && !slices.ContainsFunc(r.Positions, func(p int) bool { return max(p, -p) <= atOnce }):
		return "its BYSETPOS is beyond what there is in one period"
	case !hasDay(r):
		return "no month has that day"
	}
	return ""
}

// reachesHours reports whether a rule that goes by hours ever meets one that it
// names.
func reachesHours(r *vf.WorkRule, begin int64) bool {
	if r.Every != vf.Hourly || len(r.Hours) == 0 {
		return true
	}
	hour := int(((begin%aDay + aDay) % aDay) / 3600)
	for range 24 {
		if slices.Contains(r.Hours, hour) {
			return true
		}
		hour = (hour + r.Interval) % 24
	}
	return false
}

// hasDay reports whether some month of the rule has some day of the rule.
func hasDay(r *vf.WorkRule) bool {
	if len(r.Months) == 0 || len(r.MonthDays) == 0 {
		return true
	}
	most := 29
	for _, m := range r.Months {
		if m != 2 {
			most = max(most, 31-(m-1)%7%2)
		}
	}
	return slices.ContainsFunc(r.MonthDays, func(d int) bool { return max(d, -d) <= most })
}

// zoneOffset is how far the clocks of a zone are ahead of UTC at a time.
func zoneOffset(at int64, loc *time.Location) int64 {
	if loc == time.UTC {
		return 0
	}
	_, seconds := time.Unix(at, 0).In(loc).Zone()
	return int64(seconds)
}

// moment is when the clocks of a zone show so. What they show twice is the first
// time of the two; what they leave out is told by the clocks as they were before
// they were set (RFC 5545, 3.3.5).
func moment(clock int64, loc *time.Location) int64 {
	if loc == time.UTC {
		return clock
	}
	before, after := zoneOffset(clock-aDay, loc), zoneOffset(clock+aDay, loc)
	if before == after || zoneOffset(clock-before, loc) == before {
		return clock - before
	}
	if zoneOffset(clock-after, loc) == after {
		return clock - after
	}
	return clock - before
}
