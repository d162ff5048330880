package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"commonweal/vf"
	"commonweal/zone"
)

// ruleMeans reports whether a rule means a day, straight from RFC 5545: the day is
// in a period that counts, and is named there by each part that names days.
func ruleMeans(r *vf.WorkRule, first, d time.Time) bool {
	switch r.Every {
	case vf.Daily:
		if int(d.Sub(first).Hours()/24)%r.Interval != 0 {
			return false
		}
	case vf.Weekly:
		if int(weekOf(r, d).Sub(weekOf(r, first)).Hours()/24/7)%r.Interval != 0 {
			return false
		}
	case vf.Monthly:
		if ((d.Year()-first.Year())*12+int(d.Month()-first.Month()))%r.Interval != 0 {
			return false
		}
	case vf.Yearly:
		if (yearOf(r, d)-yearOf(r, first))%r.Interval != 0 {
			return false
		}
	}
	if len(r.Months) > 0 && !slices.Contains(r.Months, int(d.Month())) {
		return false
	}
	lastOfYear := time.Date(d.Year(), 12, 31, 0, 0, 0, 0, time.UTC).YearDay()
	lastOfMonth := time.Date(d.Year(), d.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
	week, lastWeek := weekOfYear(r, d)
	named := false
	for _, part := range []struct {
		list   []int
		values []int
	}{{r.MonthDays, []int{d.Day(), d.Day() - lastOfMonth - 1}}, {r.YearDays, []int{d.YearDay(), d.YearDay() - lastOfYear - 1}}, {r.Weeks, []int{week, week - lastWeek - 1}}} {
		named = named || len(part.list) > 0
		if len(part.list) > 0 && !slices.ContainsFunc(part.list, func(v int) bool { return slices.Contains(part.values, v) }) {
			return false
		}
	}
	if len(r.Days) > 0 {
		return slices.ContainsFunc(r.Days, func(w vf.WorkDay) bool { return meantDay(r, w, d, lastOfMonth, lastOfYear) })
	}
	return meantByItsBeginning(r, first, d, named)
}

func weekOf(r *vf.WorkRule, d time.Time) time.Time {
	return d.AddDate(0, 0, -((int(d.Weekday())+6)%7-r.WeekStart+7)%7)
}

// yearOf is the year to which a day counts: that of its week where a rule names
// weeks, and so the one that has the fourth day of the week.
func yearOf(r *vf.WorkRule, d time.Time) int {
	if len(r.Weeks) == 0 {
		return d.Year()
	}
	return weekOf(r, d).AddDate(0, 0, 3).Year()
}

// weekOfYear is the number of the week of a day, and that of the last of its year.
func weekOfYear(r *vf.WorkRule, d time.Time) (week, last int) {
	fourth := weekOf(r, d).AddDate(0, 0, 3)
	for t := fourth; t.Year() == fourth.Year(); t = t.AddDate(0, 0, -7) {
		week++
	}
	last = week
	for t := fourth.AddDate(0, 0, 7); t.Year() == fourth.Year(); t = t.AddDate(0, 0, 7) {
		last++
	}
	return week, last
}

func meantDay(r *vf.WorkRule, w vf.WorkDay, d time.Time, lastOfMonth, lastOfYear int) bool {
	if (int(d.Weekday())+6)%7 != w.Day {
		return false
	}
	day, last := d.Day(), lastOfMonth
	if r.Every == vf.Yearly && len(r.Months) == 0 {
		day, last = d.YearDay(), lastOfYear
	}
	return w.Nth == 0 || w.Nth == (day-1)/7+1 || w.Nth == -((last-day)/7+1)
}

// meantByItsBeginning says what a rule that names no days takes from its first.
func meantByItsBeginning(r *vf.WorkRule, first, d time.Time, named bool) bool {
	switch {
	case len(r.Weeks) > 0 && len(r.MonthDays)+len(r.YearDays) == 0, r.Every == vf.Weekly:
		return d.Weekday() == first.Weekday()
	case named || r.Every == vf.Daily:
		return true
	case r.Every == vf.Yearly && len(r.Months) == 0 && d.Month() != first.Month():
		return false
	}
	return d.Day() == first.Day()
}

// fewNumbers draws a few numbers of a range without zero.
func fewNumbers(t *rapid.T, label string, least, most int) []int {
	list := rapid.SliceOfNDistinct(rapid.IntRange(least, most).Filter(func(n int) bool { return n != 0 }), 1, 4, rapid.ID[int]).Draw(t, label)
	slices.Sort(list)
	return list
}

func randomRule(t *rapid.T) *vf.WorkRule {
	r := &vf.WorkRule{Every: vf.Frequency(rapid.IntRange(int(vf.Yearly), int(vf.Daily)).Draw(t, "every")), Interval: rapid.SampledFrom([]int{1, 1, 2, 3, 5}).Draw(t, "interval"),
		WeekStart: rapid.SampledFrom([]int{0, 0, 6, 3}).Draw(t, "week start")}
	chosen := func(what string) bool { return rapid.IntRange(0, 2).Draw(t, what) == 0 }
	if chosen("months") {
		r.Months = fewNumbers(t, "month", 1, 12)
	}
	if r.Every != vf.Weekly && chosen("days of the month") {
		r.MonthDays = fewNumbers(t, "day of the month", -31, 31)
	}
	if r.Every == vf.Yearly && chosen("days of the year") {
		r.YearDays = fewNumbers(t, "day of the year", -366, 366)
	}
	if r.Every == vf.Yearly && chosen("weeks") {
		r.Weeks = fewNumbers(t, "week", -53, 53)
	}
	if chosen("days") {
		for range rapid.IntRange(1, 3).Draw(t, "how many days") {
			w := vf.WorkDay{Day: rapid.IntRange(0, 6).Draw(t, "day")}
			if r.Every <= vf.Monthly && len(r.Weeks) == 0 {
				w.Nth = rapid.SampledFrom([]int{0, 0, 1, 2, 5, -1, -5}).Draw(t, "which")
			}
			r.Days = append(r.Days, w)
		}
	}
	if chosen("count") {
		r.Count = rapid.IntRange(1, 30).Draw(t, "how many")
	}
	return r
}

// ruleText is a rule as iCalendar has it.
func ruleText(r *vf.WorkRule) string {
	names := []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
	text := fmt.Sprintf("FREQ=%s;INTERVAL=%d;WKST=%s", r.Every, r.Interval, names[r.WeekStart])
	if r.Count > 0 {
		text += fmt.Sprintf(";COUNT=%d", r.Count)
	}
	for _, part := range []struct {
		key  string
		list []int
	}{{"BYMONTH", r.Months}, {"BYMONTHDAY", r.MonthDays}, {"BYYEARDAY", r.YearDays}, {"BYWEEKNO", r.Weeks}} {
		if len(part.list) > 0 {
			text += ";" + part.key + "=" + strings.Trim(strings.ReplaceAll(fmt.Sprint(part.list), " ", ","), "[]")
		}
	}
	var days []string
	for _, w := range r.Days {
		name := names[w.Day]
		if w.Nth != 0 {
			name = fmt.Sprint(w.Nth) + name
		}
		days = append(days, name)
	}
	if len(days) > 0 {
		text += ";BYDAY=" + strings.Join(days, ",")
	}
	return text
}

// TestRulesMeanWhatTheySay compares calendars with a walk through the days.
func TestRulesMeanWhatTheySay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) { meansWhatItSays(t, randomRule(t)) })
}

// TestWeeksMeanWhatTheySay does so with weeks that reach over New Year.
func TestWeeksMeanWhatTheySay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := randomRule(t)
		r.Every = vf.Yearly
		r.Weeks = rapid.SliceOfNDistinct(rapid.SampledFrom([]int{-53, -52, -1, 1, 2, 51, 52, 53}), 1, 4, rapid.ID[int]).Draw(t, "weeks")
		for i := range r.Days {
			r.Days[i].Nth = 0
		}
		if rapid.Bool().Draw(t, "weeks, days and count alone") {
			r.Months, r.MonthDays, r.YearDays = nil, nil, nil
			r.Count = rapid.IntRange(1, 30).Draw(t, "count")
		}
		meansWhatItSays(t, r)
	})
}

func meansWhatItSays(t *rapid.T, r *vf.WorkRule) {
	first := time.Date(rapid.SampledFrom([]int{1970, 2019, 2024, 2026}).Draw(t, "year"), 1, rapid.IntRange(1, 366).Draw(t, "first"), 0, 0, 0, 0, time.UTC)
	from := time.Date(2026, 1, rapid.IntRange(1, 366).Draw(t, "from"), 0, 0, 0, 0, time.UTC)
	until := from.AddDate(0, 0, rapid.IntRange(1, 900).Draw(t, "length"))
	c, err := parseWorkTime([]string{"DTSTART:" + first.Format("20060102"), "RRULE:" + ruleText(r)}, nil, from.Unix(), until.Unix())
	var days []stretch
	count := 0
	for d := first; d.Before(until); d = d.AddDate(0, 0, 1) {
		if !ruleMeans(r, first, d) {
			continue
		}
		if count++; r.Count > 0 && count > r.Count {
			break
		}
		days = append(days, stretch{d.Unix(), d.Unix() + aDay})
	}
	if err != nil {
		if len(days) > 0 {
			t.Fatalf("%s is refused: %v", ruleText(r), err)
		}
		return
	}
	if want := newCalendar(merged(days, from.Unix(), until.Unix()), from.Unix(), until.Unix()); stretchesIn(c, time.UTC) != stretchesIn(want, time.UTC) {
		t.Fatalf("%s from %s\nhas  %s\nwant %s", ruleText(r), first, stretchesIn(c, time.UTC), stretchesIn(want, time.UTC))
	}
}

// TestWeeksOfTheYear has weeks over New Year as a calendar on the wall shows them.
func TestWeeksOfTheYear(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ first, rule, want string }{
		{"20190112", "BYWEEKNO=53", "2021-01-02 2027-01-02"},
		{"20190112", "BYWEEKNO=1,2,3,53;COUNT=7", "2019-01-12 2019-01-19 2020-01-04 2020-01-11 2020-01-18 2021-01-02 2021-01-09"},
		{"20191230", "BYWEEKNO=1;COUNT=3", "2019-12-30 2021-01-04 2022-01-03"},
		{"20191230", "BYWEEKNO=1;INTERVAL=5", "2019-12-30 2024-12-30"},
		{"20210101", "BYWEEKNO=53;INTERVAL=6", "2021-01-01 2027-01-01"},
		{"20190104", "BYWEEKNO=-1;COUNT=4", "2019-12-27 2021-01-01 2021-12-31 2022-12-30"},
		{"20190101", "BYWEEKNO=-53;BYDAY=WE", "2020-01-01 2025-12-31"},
		{"20190101", "BYWEEKNO=53;WKST=SU;BYDAY=SU,SA", "2020-12-27 2021-01-02 2025-12-28 2026-01-03"},
		{"20190101", "BYWEEKNO=53,1;BYDAY=MO,SU;BYSETPOS=1,-1;COUNT=4", "2019-01-06 2019-12-30 2021-01-03 2021-01-04"},
		{"20190101", "BYWEEKNO=1;BYMONTH=12;BYDAY=MO,FR", "2019-12-30 2024-12-30 2025-12-29"},
		{"20190101", "BYWEEKNO=53;BYYEARDAY=1,-1", "2020-12-31 2021-01-01 2026-12-31 2027-01-01"},
	} {
		from, until := time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 6, 1, 0, 0, 0, 0, time.UTC)
		made, err := parseWorkTime([]string{"DTSTART:" + c.first + "T080000", "DTEND:" + c.first + "T090000", "RRULE:FREQ=YEARLY;" + c.rule}, nil, from.Unix(), until.Unix())
		if err != nil {
			t.Errorf("%s from %s: %v", c.rule, c.first, err)
			continue
		}
		var days []string
		for _, s := range made.spans() {
			days = append(days, strings.TrimSuffix(time.Unix(s.from, 0).UTC().Format("2006-01-02 15:04"), " 08:00"))
		}
		if has := strings.Join(days, " "); has != c.want {
			t.Errorf("%s from %s\nhas  %s\nwant %s", c.rule, c.first, has, c.want)
		}
	}
}

// TestWeeksThatNeverAre tells rules that give nothing ever from those that give
// nothing yet, and bounds those that give too much.
func TestWeeksThatNeverAre(t *testing.T) {
	t.Parallel()
	for text, refused := range map[string]bool{
		"BYWEEKNO=53;BYMONTH=6": true, "BYWEEKNO=1,-1;BYMONTHDAY=15": true, "BYWEEKNO=5;BYDAY=MO,TU;BYSETPOS=3": true, "BYWEEKNO=2;BYYEARDAY=4": true,
		"BYWEEKNO=53;BYDAY=MO;INTERVAL=400": true, // from 2027, which has 52, as all those have that are like it
		"BYWEEKNO=53;BYDAY=MO":              false, "BYWEEKNO=1;BYMONTH=12;INTERVAL=7": false, "BYWEEKNO=53;INTERVAL=999999;COUNT=1": false,
		"BYWEEKNO=20;BYMINUTE=" + everyNumber(60) + ";BYSECOND=" + everyNumber(60): true,
	} {
		from := time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)
		c, err := parseWorkTime([]string{"DTSTART:20270201", "RRULE:FREQ=YEARLY;" + text}, nil, from.Unix(), from.AddDate(0, 3, 0).Unix())
		if (err != nil) != refused || err == nil && len(c.spans()) > 0 {
			t.Errorf("%s from 2027 is refused with %v, want a refusal: %t", text, err, refused)
		}
	}
}

// everyNumber lists the numbers below one.
func everyNumber(most int) string {
	text := "0"
	for n := 1; n < most; n++ {
		text += fmt.Sprint(",", n)
	}
	return text
}

// FuzzCalendar looks for work time that breaks the planner, or takes for ever.
func FuzzCalendar(f *testing.F) {
	for _, text := range []string{
		"DTSTART;TZID=Europe/Berlin:20260105T080000\nDTEND:20260105T160000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20271231\nEXDATE:20260106T080000",
		"BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260724\nDURATION:P3W\nRRULE:FREQ=YEARLY;COUNT=5\nEND:VEVENT", "DTSTART:20260105\nRRULE:FREQ=YEARLY;BYMONTH=1;BYDAY=-1FR,53MO;BYSETPOS=1,-1",
		"DTSTART:20260105\nRRULE:FREQ=HOURLY;INTERVAL=7;BYHOUR=3;BYMINUTE=0,30;BYSETPOS=-2;BYYEARDAY=366", "DTSTART:00010101\nRRULE:FREQ=MONTHLY;INTERVAL=999983", "DTSTART:99991231\nRRULE:FREQ=WEEKLY;WKST=SU",
		"DTSTART;TZID=Pacific/Apia:20111229T080000\nDTEND;TZID=Africa/Casablanca:20111231T080000\nRRULE:FREQ=YEARLY;BYWEEKNO=-53,53,1;BYMONTH=12",
	} {
		f.Add(text)
	}
	from, until := int64(1767225600), int64(1767225600+2*365*aDay)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseWorkTime([]string{text}, zone.Load, from, until)
		if err != nil || c == nil {
			return
		}
		last := from - 1
		for _, s := range c.spans() {
			if s.from <= last || s.until <= s.from || s.until > until {
				t.Fatalf("%q gives %v", text, c.spans())
			}
			last = s.until
		}
	})
}

// TestTheClockOnTheWallDecides follows a working day through whatever is done to
// clocks: it begins and ends when the clock of its zone shows so.
func TestTheClockOnTheWallDecides(t *testing.T) {
	t.Parallel()
	zones := []string{"Europe/Berlin", "America/Chicago", "Australia/Lord_Howe", "Africa/Casablanca", "America/Sao_Paulo", "Asia/Kathmandu"}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(zones).Draw(t, "zone")
		loc, err := zone.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		first := time.Date(rapid.IntRange(2015, 2027).Draw(t, "year"), 1, 1, 0, 0, 0, 0, time.UTC)
		from, until := time.Date(2026, 1, 1, 0, 0, 0, 0, loc), time.Date(2027, 1, 1, 0, 0, 0, 0, loc)
		if first.Year() > 2025 {
			until = until.AddDate(2, 0, 0)
		}
		lines := []string{"DTSTART;TZID=" + name + ":" + first.Format("20060102") + "T080000", "DTEND:" + first.Format("20060102") + "T163000", "RRULE:FREQ=DAILY"}
		c, err := parseWorkTime(lines, zone.Load, from.Unix(), until.Unix())
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(max(first.Year(), 2026), 1, 1, 8, 0, 0, 0, loc)
		for _, s := range c.spans() {
			if begin, end := time.Unix(s.from, 0).In(loc), time.Unix(s.until, 0).In(loc); !begin.Equal(at) || end.Format("15:04") != "16:30" || end.Day() != begin.Day() {
				t.Fatalf("in %s a day goes from %s to %s, want from %s", name, begin, end, at)
			}
			at = at.AddDate(0, 0, 1)
		}
		if at.Before(until) {
			t.Fatalf("the days end before %s", at)
		}
	})
}
