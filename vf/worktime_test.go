package vf

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// onClock is what a clock shows at 2026-01-05T08:00, and so on.
func onClock(month, day, hour int) int64 {
	return time.Date(2026, time.Month(month), day, hour, 0, 0, 0, time.UTC).Unix()
}

func TestParseWorkTime(t *testing.T) {
	t.Parallel()
	berlin := "Europe/Berlin"
	for _, c := range []struct {
		name, lines string
		want        []WorkBlock
	}{
		{"nothing", "", nil},
		{"a week", "DTSTART;TZID=Europe/Berlin:20260105T080000|DTEND:20260105T160000|RRULE:FREQ=WEEKLY;BYDAY=TU,MO,TU;INTERVAL=2;WKST=SU", []WorkBlock{{
			Begin: LocalTime{Clock: onClock(1, 5, 8), Zone: berlin}, End: LocalTime{Clock: onClock(1, 5, 16)}, Line: "DTSTART;TZID=Europe/Berlin:20260105T080000",
			Repeats: &WorkRule{Every: Weekly, Interval: 2, WeekStart: 6, Days: []WorkDay{{Day: 0}, {Day: 1}}}}}},
		{"folded, in small letters, with words", "begin:vevent|summary:A day: off|uid:1@x|X-WHY:so|dtstart;value=date;tzid=\"Europe/Berlin\":2026|\t0105|exdate:20270105,|\t20280105|end:vevent", []WorkBlock{{
			Closed: true, Begin: LocalTime{Clock: onClock(1, 5, 0), Zone: berlin, Date: true}, Lasts: LocalSpan{Days: 1}, Line: "dtstart;value=date;tzid=\"Europe/Berlin\":20260105",
			Except: []LocalTime{{Clock: onClock(1, 5+365, 0), Date: true}, {Clock: onClock(1, 5+730, 0), Date: true}}}}},
		{"two outside blocks, then one inside", "DTSTART:20260105T080000Z|DURATION:PT1H30M|DTSTART:20260106|DURATION:P1W|BEGIN:AVAILABLE|DURATION:P1DT2H|RDATE:20260107T100000|DTSTART:20260107T080000|END:AVAILABLE", []WorkBlock{
			{Begin: LocalTime{Clock: onClock(1, 5, 8), Zone: "UTC"}, Lasts: LocalSpan{Seconds: 5400}, Line: "DTSTART:20260105T080000Z"},
			{Begin: LocalTime{Clock: onClock(1, 6, 0), Date: true}, Lasts: LocalSpan{Days: 7}, Line: "DTSTART:20260106"},
			{Begin: LocalTime{Clock: onClock(1, 7, 8)}, Lasts: LocalSpan{Days: 1, Seconds: 7200}, Also: []LocalTime{{Clock: onClock(1, 7, 10)}}, Line: "DTSTART:20260107T080000"}}},
		{"all parts of a rule", "DTSTART:20260105|RRULE:FREQ=YEARLY;UNTIL=20261231;BYMONTH=2,1;BYMONTHDAY=-1,1;BYYEARDAY=5;BYDAY=-1FR;BYHOUR=8;BYMINUTE=0,0;BYSECOND=1;BYSETPOS=-1", []WorkBlock{{
			Begin: LocalTime{Clock: onClock(1, 5, 0), Date: true}, Lasts: LocalSpan{Days: 1}, Line: "DTSTART:20260105",
			Repeats: &WorkRule{Every: Yearly, Interval: 1, Ends: true, Until: LocalTime{Clock: onClock(12, 31, 0), Date: true}, Months: []int{1, 2}, MonthDays: []int{-1, 1}, YearDays: []int{5},
				Days: []WorkDay{{Day: 4, Nth: -1}}, Hours: []int{8}, Minutes: []int{0}, Seconds: []int{1}, Positions: []int{-1}}}}},
		{"closures that do not close", "BEGIN:VEVENT|DTSTART:20260105|STATUS:CANCELLED|END:VEVENT|BEGIN:VEVENT|DTSTART:20260105|TRANSP:TRANSPARENT|END:VEVENT", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			lines := strings.Split(c.lines, "|")
			for _, texts := range [][]string{lines, {strings.Join(lines, "\n")}, {strings.Join(lines, "\r\n") + "\r\n"}} {
				if got, err := ParseWorkTime(texts); err != nil || !reflect.DeepEqual(got, c.want) {
					t.Errorf("%q is read as %+v, %v; want %+v", texts, got, err, c.want)
				}
			}
		})
	}
	blocks, err := ParseWorkTime([]string{"DTSTART;TZID=Europe/Berlin:20260105T080000", "DTEND;TZID=Asia/Tokyo:20260105T200000", "EXDATE:20260106T080000Z", "RDATE;TZID=Asia/Tokyo:20260106T080000"})
	if err != nil || len(blocks) != 1 || !slices.Equal(blocks[0].Zones(), []string{berlin, "Asia/Tokyo"}) {
		t.Errorf("%v, %v", blocks, err)
	}
}

func TestWorkTimeThatIsNotReadSaysWhatIs(t *testing.T) {
	t.Parallel()
	for lines, wanted := range map[string]string{
		"work": "a colon", "DTSTART:soon": "a date", "DTSTART:2026-01-05": "a date", "DTSTART:20260105Z": "a date", "DTSTART:20260230": "a date", "DTSTART:00000101": "a date",
		"DTSTART:20260105T240000": "a date", "DTSTART;TZID=:20260105": "name of a zone", "DTSTART:20260105T080000": "a DTEND or a DURATION", "DTSTART:20260105|DTEND:20260105": "a DTEND after it",
		"DURATION:PT8H": "DTSTART before it", "DTSTART:20260105|DURATION:PT8H|DTEND:20260106": "either one DTEND", "DTSTART:20260105|DURATION:P": "a duration", "DTSTART:20260105|DURATION:PT": "a duration",
		"DTSTART:20260105|DURATION:-PT8H": "a duration", "DTSTART:20260105|DURATION:PT0S": "a duration", "DTSTART:20260105|DURATION:P1DT": "a duration", "DTSTART:20260105|DURATION:P1D1W": "a duration",
		"DTSTART:20260105|DURATION:PT99999999999H": "a duration", "DTSTART:20260105|DURATION:P101Y": "a duration", "DTSTART:20260105|DURATION:P36601D": "a duration", "DTSTART:20260105|DURATION:8H": "a duration",
		"BEGIN:VJOURNAL|END:VJOURNAL": "BEGIN:AVAILABLE", "BEGIN:VEVENT|DTSTART:20260105": "END:VEVENT after it", "BEGIN:VEVENT|END:VEVENT": "a DTSTART before it", "END:VEVENT": "END of what has begun",
		"BEGIN:VEVENT|BEGIN:VEVENT": "END:VEVENT before it", "BEGIN:VEVENT|DTSTART:20260105|END:AVAILABLE": "END of what has begun", "BEGIN:VEVENT|DTSTART:20260105|DTSTART:20260106|END:VEVENT": "one DTSTART",
		"DTSTART:20260105|RRULE:FREQ=DAILY|RRULE:FREQ=WEEKLY": "one RRULE", "DTSTART:20260105|EXRULE:FREQ=DAILY": "DTSTART, DTEND", "DTSTART:20260105|RECURRENCE-ID:20260105": "DTSTART, DTEND",
		"DTSTART:20260105|RDATE;VALUE=PERIOD:20260105T080000/PT1H": "a period is a block", "DTSTART:20260105|RDATE:20260106,": "a date", "DTSTART:20260105|RRULE:": "the parts FREQ",
		"DTSTART:20260105|RRULE:FREQ=DAILY;BYDAY=XX": "BYDAY with days", "DTSTART:20260105|RRULE:FREQ=MONTHLY;BYDAY=0MO": "BYDAY with days", "DTSTART:20260105|RRULE:FREQ=DAILY;UNTIL=never": "UNTIL with a date",
		"DTSTART:20260105|RRULE:FREQ=DAILY;WKST=8": "WKST=MO", "DTSTART:20260105|RRULE:FREQ=DAILY;BYMONTH=": "BYMONTH with whole numbers", "DTSTART:20260105|RRULE:FREQ=YEARLY;BYYEARDAY=0": "BYYEARDAY with whole numbers",
		"DTSTART:20260105|RRULE:FREQ=YEARLY;BYWEEKNO=3;BYDAY=1MO": "without BYWEEKNO",
	} {
		_, err := ParseWorkTime(strings.Split(lines, "|"))
		var e *Error
		if !errors.As(err, &e) || e.Kind != BadWorkTime || len(e.Values) != 4 || !strings.Contains(e.Values[3], wanted) {
			t.Errorf("%s: %v, want %q", lines, err, wanted)
		}
	}
	_, err := ParseWorkTime([]string{strings.Repeat("ä", 1000)})
	var e *Error
	if !errors.As(err, &e) || len([]rune(e.Values[1])) != 81 {
		t.Errorf("a long line is told in full: %v", err)
	}
}

func FuzzWorkTime(f *testing.F) {
	for _, text := range []string{
		"DTSTART;TZID=Europe/Berlin:20260105T080000\nDTEND:20260105T160000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20271231\nEXDATE:20260106T080000",
		"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260724\r\nDURATION:P3W\r\nRRULE:FREQ=YEARLY;COUNT=5\r\nEND:VEVENT\r\n", "DTSTART:20260105\nRRULE:FREQ=YEARLY;BYMONTH=1;BYDAY=-1FR;BYSETPOS=1,-1;BYHOUR=8",
		"BEGIN:AVAILABLE\nDTSTART:20260105T0\n 80000\nDURATION:P1DT1H1M1S\nRDATE:20260106T080000Z,20260107T080000\nEND:AVAILABLE", "X-A;B=\"c:d\":e",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		blocks, err := ParseWorkTime([]string{text})
		if err != nil {
			wantKind(t, err, BadWorkTime)
			return
		}
		for _, b := range blocks {
			if b.Line == "" || b.Lasts.Days < 0 || b.Lasts.Seconds < 0 || b.Lasts == (LocalSpan{}) == (b.End == LocalTime{}) && b.End.Clock != 0 {
				t.Fatalf("%q is read as %+v", text, b)
			}
			if r := b.Repeats; r != nil && (r.Every < Yearly || r.Every > Hourly || r.Interval < 1 || r.Count < 0 || r.WeekStart < 0 || r.WeekStart > 6 || r.contradiction() != "") {
				t.Fatalf("%q has the rule %+v", text, r)
			}
		}
		lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
		if again, err := ParseWorkTime(lines); err != nil || !reflect.DeepEqual(again, blocks) {
			t.Fatalf("%q in lines is read as %+v, %v", text, again, err)
		}
	})
}
