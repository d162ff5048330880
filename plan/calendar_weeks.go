package plan

import (
	"slices"
	"time"

	"commonweal/vf"
)

// yearsOfWeeks is a rule that names weeks of the year (BYWEEKNO). A week is whole
// and is of the year that has four days of it or more (RFC 5545, 3.3.10), so week 1
// may begin in December, and the last one end in January. The library cuts weeks
// where the year ends, and loses some of their days; so these rules are followed
// here.
type yearsOfWeeks struct {
	*vf.WorkRule

	begin int64
	days  []vf.WorkDay // empty: all of the week
	times []int64      // seconds of the clock since the day began, in order
}

// weeksOf prepares a rule that first holds when the clock shows so. One that names
// weeks alone is about the day of the week on which it begins.
func weeksOf(r *vf.WorkRule, begin int64) *yearsOfWeeks {
	y := &yearsOfWeeks{WorkRule: r, begin: begin, days: r.Days}
	if len(r.Days)+len(r.MonthDays)+len(r.YearDays) == 0 {
		y.days = []vf.WorkDay{{Day: weekdayOfDay(dayOf(begin))}}
	}
	clock := begin - dayOf(begin)*aDay
	for _, h := range orElse(r.Hours, clock/3600) {
		for _, m := range orElse(r.Minutes, clock/60%60) {
			for _, s := range orElse(r.Seconds, clock%60) {
				y.times = append(y.times, int64(h*3600+m*60+s))
			}
		}
	}
	slices.Sort(y.times)
	y.times = slices.Compact(y.times)
	return y
}

// orElse is a part of a rule, or what the beginning says where it is not named.
func orElse(said []int, begin int64) []int {
	if len(said) == 0 {
		return []int{int(begin)}
	}
	return said
}

// visitWeeks lists what the rule gives from low until last, and counts all that it gives
// until then. The years that it counts are those of the weeks, beginning with that
// of the week in which it begins: only so is a beginning in the week that reaches
// over New Year the first time of the rule.
func (x *expansion) visitWeeks(b *blockTimes, low, last int64) ([]int64, error) {
	y := weeksOf(b.Repeats, b.Begin.Clock)
	var list []int64
	given := 0
	for year := y.firstYear(); firstWeek(year, y.WeekStart)*aDay <= last; year += y.Interval {
		for _, clock := range y.timesIn(year) {
			if clock > last || y.Count > 0 && given == y.Count {
				return list, nil
			}
			if clock < y.begin {
				continue
			}
			given++
			if x.said++; x.said > x.mostSaid {
				return nil, x.tooMany(b)
			}
			if clock >= low {
				list = append(list, clock)
			}
		}
	}
	return list, nil
}

// ever reports whether the rule gives anything at any time. The calendar repeats
// itself every 400 years, and so does the rule after 400 of its years at most.
func (y *yearsOfWeeks) ever() bool {
	first := y.firstYear()
	for n := range 400 {
		if len(y.positions(len(y.daysIn(2000+(first+n*y.Interval)%400)))) > 0 {
			return true
		}
	}
	return false
}

// firstYear is the year of the week in which the rule begins.
func (y *yearsOfWeeks) firstYear() int {
	day := dayOf(y.begin)
	begins := day - int64(weekdayOfDay(day)-y.WeekStart+7)%7
	return time.Unix((begins+3)*aDay, 0).UTC().Year()
}

// timesIn lists what the rule gives in a year of weeks, in order.
func (y *yearsOfWeeks) timesIn(year int) []int64 {
	days := y.daysIn(year)
	var list []int64
	for _, i := range y.positions(len(days)) {
		list = append(list, days[i/len(y.times)]*aDay+y.times[i%len(y.times)])
	}
	return list
}

// positions lists which of the times on so many days the rule takes, in order.
func (y *yearsOfWeeks) positions(days int) []int {
	all := days * len(y.times)
	var list []int
	if len(y.Positions) == 0 {
		for i := range all {
			list = append(list, i)
		}
		return list
	}
	for _, p := range y.Positions {
		i := p - 1
		if p < 0 {
			i = all + p
		}
		if 0 <= i && i < all {
			list = append(list, i)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// daysIn lists the days of a year of weeks that the rule names, in order.
func (y *yearsOfWeeks) daysIn(year int) []int64 {
	first, next := firstWeek(year, y.WeekStart), firstWeek(year+1, y.WeekStart)
	var list []int64
	for week, all := 1, int(next-first)/7; week <= all; week++ {
		if !slices.Contains(y.Weeks, week) && !slices.Contains(y.Weeks, week-all-1) {
			continue
		}
		for day := first + int64(week-1)*7; day < first+int64(week)*7; day++ {
			if y.names(day) {
				list = append(list, day)
			}
		}
	}
	return list
}

// names reports whether a day is one of those that the rule names beside weeks.
// Months, and days of them and of the year, are told as the calendar has them on
// that day.
func (y *yearsOfWeeks) names(day int64) bool {
	if len(y.days) > 0 && !slices.ContainsFunc(y.days, func(d vf.WorkDay) bool { return d.Day == weekdayOfDay(day) }) {
		return false
	}
	t := time.Unix(day*aDay, 0).UTC()
	year, month, inMonth := t.Date()
	if len(y.Months) > 0 && !slices.Contains(y.Months, int(month)) {
		return false
	}
	longMonth, longYear := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day(), time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC).YearDay()
	return numbered(y.MonthDays, inMonth, longMonth) && numbered(y.YearDays, t.YearDay(), longYear)
}

// numbered reports whether a list, if there is one, has the number of a day, from
// the beginning or from the end.
func numbered(list []int, n, all int) bool {
	return len(list) == 0 || slices.Contains(list, n) || slices.Contains(list, n-all-1)
}

// firstWeek is the day on which week 1 of a year begins: the first week that has
// four days of the year, and so the one that has the 4th of January.
func firstWeek(year, weekStart int) int64 {
	fourth := dayOf(time.Date(year, 1, 4, 0, 0, 0, 0, time.UTC).Unix())
	return fourth - int64(weekdayOfDay(fourth)-weekStart+7)%7
}

// weekdayOfDay is the day of the week, 0 for Monday; the day with the number 0 was
// a Thursday.
func weekdayOfDay(day int64) int { return int(((day+3)%7 + 7) % 7) }
