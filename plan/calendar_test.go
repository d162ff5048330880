package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"commonweal/rule"
	"commonweal/vf"
	"commonweal/zone"
)

// at reads a time such as 2026-03-29T08:00, in UTC unless it says otherwise.
func at(t *testing.T, text string) int64 {
	t.Helper()
	for _, layout := range []string{"2006-01-02", "2006-01-02T15:04", time.RFC3339} {
		if v, err := time.Parse(layout, text); err == nil {
			return v.Unix()
		}
	}
	t.Fatalf("%q is no time", text)
	return 0
}

// stretchesIn writes the open spans of a calendar in a zone.
func stretchesIn(c *calendar, loc *time.Location) string {
	var list []string
	for _, s := range c.spans() {
		list = append(list, time.Unix(s.from, 0).In(loc).Format("0102T1504")+"-"+time.Unix(s.until, 0).In(loc).Format("0102T1504"))
	}
	return strings.Join(list, " ")
}

func TestWorkTimeIsWorkedOut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, lines, zone, from, until, want string }{
		{"weekdays", "DTSTART:20260105T080000|DTEND:20260105T160000|RRULE:FREQ=WEEKLY;BYDAY=MO,TU", "UTC", "2026-01-05", "2026-01-13",
			"0105T0800-0105T1600 0106T0800-0106T1600 0112T0800-0112T1600"},
		{"days that touch are one", "DTSTART;VALUE=DATE:20260105|RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "UTC", "2026-01-05", "2026-01-19",
			"0105T0000-0110T0000 0112T0000-0117T0000"},
		{"closed only", "BEGIN:VEVENT|DTSTART:20260110|DTEND:20260112|END:VEVENT", "UTC", "2026-01-09", "2026-01-14", "0109T0000-0110T0000 0112T0000-0114T0000"},
		{"a holiday among weekdays", "DTSTART:20260105|RRULE:FREQ=DAILY|BEGIN:VEVENT|SUMMARY:Epiphany|DTSTART:20260106|RRULE:FREQ=YEARLY|END:VEVENT", "UTC", "2026-01-05", "2026-01-08",
			"0105T0000-0106T0000 0107T0000-0108T0000"},
		{"an exception, a day more", "DTSTART:20260105T080000|DURATION:PT4H|RRULE:FREQ=DAILY;COUNT=3|EXDATE:20260106T080000|RDATE:20260109T090000", "UTC", "2026-01-05", "2026-01-12",
			"0105T0800-0105T1200 0107T0800-0107T1200 0109T0900-0109T1300"},
		{"an exception by its day", "DTSTART;TZID=America/Chicago:20260105T200000|DURATION:PT2H|RRULE:FREQ=DAILY;COUNT=3|EXDATE;VALUE=DATE:20260106", "America/Chicago", "2026-01-05", "2026-01-12",
			"0105T2000-0105T2200 0107T2000-0107T2200"},
		{"two shifts outside blocks", "DTSTART:20260105T060000|DTEND:20260105T140000|DTSTART:20260105T140000|DTEND:20260105T220000", "UTC", "2026-01-05", "2026-01-08", "0105T0600-0105T2200"},
		{"until a day, whole", "DTSTART:20260105T080000|DURATION:PT1H|RRULE:FREQ=DAILY;UNTIL=20260106", "UTC", "2026-01-05", "2026-01-12", "0105T0800-0105T0900 0106T0800-0106T0900"},
		{"begun before the range", "DTSTART:20260101T220000|DURATION:PT10H|RRULE:FREQ=DAILY", "UTC", "2026-01-05", "2026-01-06", "0105T0000-0105T0800 0105T2200-0106T0000"},
		{"the last Friday", "DTSTART:20200131T080000|DURATION:PT1H|RRULE:FREQ=MONTHLY;BYDAY=-1FR", "UTC", "2026-01-01", "2026-04-01", "0130T0800-0130T0900 0227T0800-0227T0900 0327T0800-0327T0900"},
		{"the second weekday of a month", "DTSTART:20200101T080000|DURATION:PT1H|RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2", "UTC", "2026-01-01", "2026-03-01", "0102T0800-0102T0900 0203T0800-0203T0900"},
		{"a break in each hour", "DTSTART:20260105T080000|DTEND:20260105T100000|BEGIN:VEVENT|DTSTART:20260101T005000|DURATION:PT10M|RRULE:FREQ=HOURLY|END:VEVENT", "UTC", "2026-01-05", "2026-01-06",
			"0105T0800-0105T0850 0105T0900-0105T0950"},
		{"every other week from long ago", "DTSTART:19700105|RRULE:FREQ=WEEKLY;INTERVAL=2", "UTC", "2026-01-01", "2026-02-01", "0105T0000-0106T0000 0119T0000-0120T0000"},
		{"clocks set forward", "DTSTART;TZID=Europe/Berlin:20260105T080000|DURATION:PT8H|RRULE:FREQ=WEEKLY;BYDAY=SA,SU,MO", "UTC", "2026-03-28", "2026-03-31",
			"0328T0700-0328T1500 0329T0600-0329T1400 0330T0600-0330T1400"},
		{"clocks set back", "DTSTART;TZID=Europe/Berlin:20260105T080000|DTEND;TZID=Europe/Berlin:20260105T160000|RRULE:FREQ=DAILY", "UTC", "2026-10-24", "2026-10-26", "1024T0600-1024T1400 1025T0700-1025T1500"},
		{"a night of 7 hours on the clock's end", "DTSTART;TZID=Europe/Berlin:20260328T220000|DTEND;TZID=Europe/Berlin:20260329T060000", "UTC", "2026-03-28", "2026-03-30", "0328T2100-0329T0400"},
		{"a night of 8 hours by the clock", "DTSTART;TZID=Europe/Berlin:20260328T220000|DURATION:PT8H", "UTC", "2026-03-28", "2026-03-30", "0328T2100-0329T0500"},
		{"a day of 25 hours", "DTSTART;TZID=Europe/Berlin;VALUE=DATE:20261025", "UTC", "2026-10-24", "2026-10-27", "1024T2200-1025T2300"},
		{"a time that the clocks leave out", "DTSTART;TZID=Europe/Berlin:20260329T023000|DURATION:PT1H", "UTC", "2026-03-29", "2026-03-30", "0329T0130-0329T0230"},
		{"a time that the clocks show twice", "DTSTART;TZID=Europe/Berlin:20261025T023000|DURATION:PT1H", "UTC", "2026-10-25", "2026-10-26", "1025T0030-1025T0130"},
		{"a day that the clocks leave out", "DTSTART;TZID=Pacific/Apia:20111229T080000|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=3", "UTC", "2011-12-28", "2012-01-02", "1229T1800-1229T1900 1230T1800-1230T1900"},
		{"until in UTC", "DTSTART;TZID=America/Chicago:20260105T200000|DURATION:PT1H|RRULE:FREQ=DAILY;UNTIL=20260107T020000Z", "UTC", "2026-01-05", "2026-01-12", "0106T0200-0106T0300 0107T0200-0107T0300"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := parseWorkTime(strings.Split(c.lines, "|"), zone.Load, at(t, c.from), at(t, c.until))
			if err != nil {
				t.Fatal(err)
			}
			loc, err := zone.Load(c.zone)
			if err != nil {
				t.Fatal(err)
			}
			if stretchesIn(got, loc) != c.want {
				t.Errorf("work goes on\n%s, want\n%s", stretchesIn(got, loc), c.want)
			}
		})
	}
	if c, err := parseWorkTime(nil, nil, 0, 1000); c != nil || err != nil {
		t.Errorf("without lines there is %v, %v", c, err)
	}
}

func TestWorkPausesInClosures(t *testing.T) {
	t.Parallel()
	c, err := parseWorkTime([]string{"BEGIN:VEVENT\nDTSTART:20260110\nDTEND:20260112\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:20260120\nDTEND:20260122\nEND:VEVENT"}, nil, at(t, "2026-01-01"), at(t, "2026-02-01"))
	if err != nil {
		t.Fatal(err)
	}
	begin, ok := c.back(at(t, "2026-01-12T12:00"), 86400)
	if !ok || begin != at(t, "2026-01-09T12:00") {
		t.Errorf("begins %v, %v", time.Unix(begin, 0).UTC(), ok)
	}
	if end, ok := c.forward(begin, 86400); !ok || end != at(t, "2026-01-12T12:00") {
		t.Errorf("ends %v, %v", time.Unix(end, 0).UTC(), ok)
	}
}

// refusedAs checks that an error has the rule, or the kind of vf's, and a word of it.
func refusedAs(t *testing.T, err error, name, word string) {
	t.Helper()
	var r *rule.Refusal
	if v := new(vf.Error); errors.As(err, &v) {
		r = rule.Refuse(rule.Name(v.Kind), v.Values...)
	} else if !errors.As(err, &r) {
		t.Fatalf("the error is %v, want %s", err, name)
	}
	if string(r.Rule) != name || !strings.Contains(r.Error(), word) {
		t.Errorf("refused by %v, want %s with %q", r, name, word)
	}
}

func TestAbsurdWorkTimeIsRefused(t *testing.T) {
	t.Parallel()
	all := func(least, most int) string {
		var list []string
		for i := least; i <= most; i++ {
			list = append(list, fmt.Sprint(i))
		}
		return strings.Join(list, ",")
	}
	for _, c := range []struct{ rule, name, word string }{
		{"FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "badWorkTime", "BYMINUTE"}, {"FREQ=MINUTELY", "badWorkTime", "BYMINUTE"},
		{"FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", "absurdCalendar", "no month has that day"}, {"FREQ=YEARLY;BYMONTH=4,6;BYMONTHDAY=31,-31", "absurdCalendar", "no month has that day"},
		{"FREQ=HOURLY;BYMONTH=1;BYYEARDAY=200", "absurdCalendar", "no time"}, {"FREQ=YEARLY;BYMONTH=1;BYWEEKNO=30", "absurdCalendar", "no time"},
		{"FREQ=HOURLY;INTERVAL=24;BYHOUR=5", "absurdCalendar", "never meets"}, {"FREQ=HOURLY;BYMINUTE=0;BYSETPOS=2", "absurdCalendar", "BYSETPOS"},
		{"FREQ=DAILY;INTERVAL=0", "badWorkTime", "INTERVAL"}, {"FREQ=DAILY;INTERVAL=99999999999999999999", "badWorkTime", "INTERVAL"},
		{"FREQ=DAILY;COUNT=0", "badWorkTime", "COUNT"}, {"FREQ=DAILY;COUNT=2;UNTIL=20260201", "badWorkTime", "either COUNT or UNTIL"}, {"FREQ=DAILY;UNTIL=20250101", "badWorkTime", "UNTIL"},
		{"FREQ=YEARLY;BYHOUR=" + all(0, 23) + ";BYMINUTE=" + all(0, 59) + ";BYSECOND=" + all(0, 59), "absurdCalendar", "in one period"},
		{"FREQ=DAILY;BYHOUR=" + all(0, 23) + ";BYMINUTE=" + all(0, 59), "absurdCalendar", "more than 200000 times"},
		{"FREQ=YEARLY;BYDAY=MO;BYSETPOS=" + all(1, 40), "absurdCalendar", "positions"},
		{"FREQ=MONTHLY;BYDAY=53MO", "badWorkTime", "1 to 5"}, {"FREQ=MONTHLY;BYSETPOS=1", "badWorkTime", "beside BYSETPOS"}, {"FREQ=DAILY;BYDAY=1MO", "badWorkTime", "with a number"},
		{"FREQ=DAILY;BYSECOND=60", "badWorkTime", "0 to 59"}, {"FREQ=DAILY;FREQ=DAILY", "badWorkTime", "twice"}, {"INTERVAL=2", "badWorkTime", "FREQ"}, {"FREQ=DAILY;BYEASTER=1", "badWorkTime", "BYMONTH"},
		{"FREQ=WEEKLY;BYMONTHDAY=1", "badWorkTime", "BYMONTHDAY"}, {"FREQ=DAILY;BYWEEKNO=1", "badWorkTime", "BYWEEKNO"}, {"FREQ=DAILY;BYYEARDAY=1", "badWorkTime", "BYYEARDAY"},
	} {
		t.Run(c.rule[:min(len(c.rule), 60)], func(t *testing.T) {
			t.Parallel()
			got, err := parseWorkTime([]string{"DTSTART:20260105T080000", "DURATION:PT1M", "RRULE:" + c.rule}, nil, at(t, "2026-01-01"), at(t, "2029-01-01"))
			if err == nil {
				t.Fatalf("it is taken, with %d spans", len(got.begins))
			}
			refusedAs(t, err, c.name, c.word)
		})
	}
	_, err := parseWorkTime([]string{"DTSTART;TZID=Europe/Atlantis:20260105T080000", "DURATION:PT8H"}, zone.Load, 0, 1000)
	refusedAs(t, err, "unknownZone", "Europe/Atlantis")
	_, err = parseWorkTime([]string{"DTSTART;TZID=Europe/Berlin:20260105T080000", "DURATION:PT8H"}, nil, 0, 1000)
	refusedAs(t, err, "unknownZone", "Europe/Berlin")
	_, err = parseWorkTime([]string{"DTSTART:00010101", "RRULE:FREQ=DAILY;COUNT=1000000"}, nil, at(t, "2026-01-01"), at(t, "2029-01-01"))
	refusedAs(t, err, "absurdCalendar", "more than 200000 times")
	_, err = parseWorkTime(slices.Repeat([]string{"DTSTART:00010101\nRRULE:FREQ=YEARLY"}, 8), nil, at(t, "2026-01-01"), at(t, "2029-01-01"))
	refusedAs(t, err, "absurdCalendar", "steps")
	rare := []string{"DTSTART:20260101", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO;UNTIL=20260109"}
	_, err = parseWorkTime(slices.Repeat(rare, 250), nil, at(t, "2026-01-01"), at(t, "2029-01-01"))
	refusedAs(t, err, "absurdCalendar", "steps")
	if c, err := parseWorkTime(slices.Repeat(rare, 200), nil, at(t, "2026-01-01"), at(t, "2029-01-01")); err != nil || len(c.begins) > 0 {
		t.Errorf("what is rare gives %v, %v", c, err)
	}
	_, err = parseWorkTime(slices.Repeat([]string{"DTSTART:20260101"}, 10_001), nil, at(t, "2026-01-01"), at(t, "2029-01-01"))
	refusedAs(t, err, "absurdCalendar", "blocks")
}

// randomCalendar draws a calendar of minutes on [0, minutes*60).
func randomCalendar(t *rapid.T, label string, minutes int) *calendar {
	var list []stretch
	for range rapid.IntRange(0, 8).Draw(t, label+" spans") {
		from := rapid.IntRange(-5, minutes).Draw(t, label+" from")
		list = append(list, stretch{int64(from) * 60, int64(from+rapid.IntRange(0, 20).Draw(t, label+" length")) * 60})
	}
	return newCalendar(merged(list, 0, int64(minutes)*60), 0, int64(minutes)*60)
}

// openAt asks the slow way whether work goes on in the minute that begins at t.
func openAt(c *calendar, t int64) bool {
	return slices.ContainsFunc(c.spans(), func(s stretch) bool { return s.from <= t && t < s.until })
}

func TestCalendarsAreSetsOfMinutes(t *testing.T) {
	t.Parallel()
	const minutes = 90
	rapid.Check(t, func(t *rapid.T) {
		a, b := randomCalendar(t, "a", minutes), randomCalendar(t, "b", minutes)
		both := intersect(a, b)
		rest := newCalendar(without(a.spans(), b.spans()), 0, minutes*60)
		for m := int64(-1); m <= minutes; m++ {
			at := m * 60
			if openAt(both, at) != (openAt(a, at) && openAt(b, at)) || openAt(rest, at) != (openAt(a, at) && !openAt(b, at)) {
				t.Fatalf("minute %d: a %v, b %v, both %v, a without b %v", m, openAt(a, at), openAt(b, at), openAt(both, at), openAt(rest, at))
			}
		}
		for _, c := range []*calendar{both, rest} {
			last := int64(-1)
			for _, s := range c.spans() {
				if s.from <= last || s.until <= s.from {
					t.Fatalf("the spans %v are not apart, or not in order", c.spans())
				}
				last = s.until
			}
		}
		if intersect(a, nil) != a || intersect(nil, a) != a {
			t.Fatal("what is always open takes something away")
		}
	})
}

func TestBackAndForwardCountWorkTime(t *testing.T) {
	t.Parallel()
	const minutes = 90
	rapid.Check(t, func(t *rapid.T) {
		c := randomCalendar(t, "calendar", minutes)
		at, work := rapid.Int64Range(-3, minutes+3).Draw(t, "minute")*60, rapid.Int64Range(0, 40).Draw(t, "work")*60
		checkBack(t, c, at, work, minutes*60)
		checkForward(t, c, at, work, minutes*60)
		b := rapid.Int64Range(-3, minutes+3).Draw(t, "to") * 60
		if want := slowly(c, at, b); c.between(at, b) != want {
			t.Fatalf("between %d and %d work %d, want %d", at, b, c.between(at, b), want)
		}
		if begin, ok := c.back(at, work); ok && work > 0 {
			end, ok := c.forward(begin, work)
			if floor, _ := c.floor(at); !ok || end != floor {
				t.Fatalf("back to %d, and forward to %d, %v; want %d", begin, end, ok, floor)
			}
		}
		if end, ok := c.forward(at, work); ok && work > 0 {
			begin, ok := c.back(end, work)
			if ceil, _ := c.ceil(at); !ok || begin != ceil {
				t.Fatalf("forward to %d, and back to %d, %v; want %d", end, begin, ok, ceil)
			}
		}
	})
	var always *calendar
	if b, ok := always.back(100, 40); b != 60 || !ok {
		t.Error("what is always open does not count back")
	}
	if e, ok := always.forward(60, 40); e != 100 || !ok || always.between(60, 100) != 40 || always.between(100, 60) != 0 {
		t.Error("what is always open does not count forward")
	}
}

// slowly counts the work time minute by minute.
func slowly(c *calendar, from, until int64) (work int64) {
	for ; from < until; from += 60 {
		if openAt(c, from) {
			work += 60
		}
	}
	return work
}

func checkBack(t *rapid.T, c *calendar, end, work, until int64) {
	want, found := int64(0), false
	for at := end; at >= 0 && end <= until && !found; at -= 60 {
		found = slowly(c, at, end) == work && (work > 0 || openAt(c, at-60))
		want = at
	}
	if work > 0 && found {
		for slowly(c, want+60, end) == work {
			want += 60
		}
	}
	if got, ok := c.back(end, work); ok != found || ok && got != want {
		t.Fatalf("back from %d by %d: %d, %v; want %d, %v", end, work, got, ok, want, found)
	}
}

func checkForward(t *rapid.T, c *calendar, begin, work, until int64) {
	want, found := int64(0), false
	for at := begin; at <= until && begin >= 0 && !found; at += 60 {
		found = slowly(c, begin, at) == work && (work > 0 || openAt(c, at))
		want = at
	}
	if got, ok := c.forward(begin, work); ok != found || ok && got != want {
		t.Fatalf("forward from %d by %d: %d, %v; want %d, %v", begin, work, got, ok, want, found)
	}
}

func TestWorkTimesOfANetworkAreShared(t *testing.T) {
	t.Parallel()
	days := []string{"DTSTART;TZID=Europe/Berlin:20260105T080000", "DURATION:PT8H", "RRULE:FREQ=WEEKLY;BYDAY=MO"}
	g := &vf.Graph{}
	g.Add(&vf.Agent{ID: "ann", WorkTime: days}, &vf.Agent{ID: "bo"}, &vf.EconomicResource{ID: "loom", WorkTime: []string{strings.Join(days, "\n")}},
		&vf.SpatialThing{ID: "hall", WorkTime: []string{"DTSTART:20260105\nRRULE:FREQ=DAILY"}}, &vf.RecipeProcess{ID: "weave", WorkTime: days})
	got, broken := readWorkTimes(g, zone.Load, at(t, "2026-01-01"), at(t, "2026-02-01"))
	if len(broken) > 0 {
		t.Fatal(broken)
	}
	if len(got) != 4 || got["ann"] != got["loom"] || got["ann"] != got["weave"] || got["hall"] == got["ann"] || got["bo"] != nil {
		t.Errorf("the calendars are %v", got)
	}
	g.Add(&vf.Agent{ID: "zoe", WorkTime: []string{"DTSTART:20260105"}}, &vf.Agent{ID: "eve", WorkTime: []string{"DTSTART:20260105", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}},
		&vf.Agent{ID: "fay", WorkTime: []string{"RRULE"}})
	got, broken = readWorkTimes(g, zone.Load, at(t, "2026-01-01"), at(t, "2026-02-01"))
	if len(broken) != 2 || broken[0].About != "eve" || broken[1].About != "fay" || len(got["eve"].begins) > 0 || len(got["ann"].begins) == 0 {
		t.Errorf("%v, eve %v", broken, got["eve"])
	}
	_, broken = readWorkTimes(g, nil, at(t, "2026-01-01"), at(t, "2026-02-01"))
	if broken[0].About != "ann" || !strings.Contains(broken[0].Text, "The time zone “Europe/Berlin” is not known") {
		t.Errorf("without zones: %v", broken)
	}
}
