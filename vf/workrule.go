package vf

import (
	"slices"
	"strconv"
	"strings"
)

// WorkRule is a rule of recurrence (RRULE of RFC 5545). Lists are sorted, and
// empty where nothing is said. A date in Until means the whole of that day.
type WorkRule struct {
	Every     Frequency
	Interval  int
	Count     int // 0: no limit
	Until     LocalTime
	Ends      bool // Until is said
	WeekStart int  // 0 is Monday
	Months    []int
	Weeks     []int
	YearDays  []int
	MonthDays []int
	Days      []WorkDay
	Hours     []int
	Minutes   []int
	Seconds   []int
	Positions []int
}

// WorkDay is a day of the week (0 is Monday), and which of the month or year: 0
// every one, -1 the last.
type WorkDay struct{ Day, Nth int }

// Frequency is how long the periods are that a rule of recurrence counts.
type Frequency int

// The frequencies that work time can have, the longest first.
const (
	Yearly Frequency = iota
	Monthly
	Weekly
	Daily
	Hourly
)

var (
	frequencies = []string{"YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"}
	weekdays    = []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
)

// String writes the frequency as in iCalendar.
func (f Frequency) String() string { return frequencies[f] }

// mostInterval bounds INTERVAL and COUNT to what can be counted with.
const mostInterval = 1_000_000

// recurrence reads the value of an RRULE.
func recurrence(l contentLine) (*WorkRule, error) {
	r := &WorkRule{Every: -1, Interval: 1}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(strings.ToUpper(l.value), ";") {
		key, value, _ := strings.Cut(part, "=")
		if seen[key] {
			return nil, badLine(l.text, "each part of the rule once; "+key+" stands twice")
		}
		seen[key] = true
		if wanted := r.part(key, value); wanted != "" {
			return nil, badLine(l.text, wanted)
		}
	}
	if wanted := r.contradiction(); wanted != "" {
		return nil, badLine(l.text, wanted)
	}
	return r, nil
}

// part reads one part of a rule, and returns what it takes instead if it is not
// one, else "".
func (r *WorkRule) part(key, value string) string {
	switch key {
	case "FREQ":
		r.Every = Frequency(slices.Index(frequencies, value))
		if r.Every < 0 {
			return "FREQ=YEARLY, MONTHLY, WEEKLY, DAILY or HOURLY; what recurs more often is written with BYHOUR and BYMINUTE"
		}
		return ""
	case "INTERVAL":
		return numberPart(&r.Interval, key, value)
	case "COUNT":
		return numberPart(&r.Count, key, value)
	case "UNTIL":
		r.Ends = true
		var ok bool
		if r.Until, ok = localTime(value); !ok {
			return "UNTIL with a date such as 20261231, or with a time: 20261231T180000"
		}
		return ""
	case "WKST":
		r.WeekStart = slices.Index(weekdays, value)
		if r.WeekStart < 0 {
			return "WKST=MO, TU, WE, TH, FR, SA or SU"
		}
		return ""
	case "BYDAY":
		return r.dayPart(value)
	}
	return r.listPart(key, value)
}

func numberPart(to *int, key, value string) string {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > mostInterval {
		return key + " with a whole number from 1 to " + strconv.Itoa(mostInterval)
	}
	*to = n
	return ""
}

// listPart is a part of a rule that is a list of numbers, with its bounds.
type listPart struct {
	key         string
	to          *[]int
	least, most int
}

// listPart reads a part that is a list of numbers.
func (r *WorkRule) listPart(key, value string) string {
	lists := []listPart{
		{"BYMONTH", &r.Months, 1, 12}, {"BYWEEKNO", &r.Weeks, -53, 53}, {"BYYEARDAY", &r.YearDays, -366, 366}, {"BYMONTHDAY", &r.MonthDays, -31, 31},
		{"BYHOUR", &r.Hours, 0, 23}, {"BYMINUTE", &r.Minutes, 0, 59}, {"BYSECOND", &r.Seconds, 0, 59}, {"BYSETPOS", &r.Positions, -366, 366},
	}
	i := slices.IndexFunc(lists, func(l listPart) bool { return l.key == key })
	if i < 0 {
		return "the parts FREQ, INTERVAL, COUNT, UNTIL, WKST, BYMONTH, BYWEEKNO, BYYEARDAY, BYMONTHDAY, BYDAY, BYHOUR, BYMINUTE, BYSECOND and BYSETPOS"
	}
	list := lists[i]
	for text := range strings.SplitSeq(value, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < list.least || n > list.most || n == 0 && list.least < 0 {
			return key + " with whole numbers from " + strconv.Itoa(list.least) + " to " + strconv.Itoa(list.most)
		}
		*list.to = append(*list.to, n)
	}
	slices.Sort(*list.to)
	*list.to = slices.Compact(*list.to)
	return ""
}

func (r *WorkRule) dayPart(value string) string {
	for text := range strings.SplitSeq(value, ",") {
		cut := max(len(text)-2, 0)
		day := WorkDay{Day: slices.Index(weekdays, text[cut:])}
		if cut > 0 {
			n, err := strconv.Atoi(text[:cut])
			if err != nil || n == 0 || n < -53 || n > 53 {
				day.Day = -1
			}
			day.Nth = n
		}
		if day.Day < 0 {
			return "BYDAY with days such as MO,TU or, in a month or year, 1MO,-1FR"
		}
		r.Days = append(r.Days, day)
	}
	slices.SortFunc(r.Days, func(a, b WorkDay) int {
		if a.Nth != b.Nth {
			return a.Nth - b.Nth
		}
		return a.Day - b.Day
	})
	r.Days = slices.Compact(r.Days)
	return ""
}

// contradiction returns what a rule as a whole should be where it is not as RFC
// 5545 has it, else "".
func (r *WorkRule) contradiction() string {
	numbered, most := false, 0
	for _, d := range r.Days {
		numbered = numbered || d.Nth != 0
		most = max(most, d.Nth, -d.Nth)
	}
	byDay := len(r.Months)+len(r.Weeks)+len(r.YearDays)+len(r.MonthDays)+len(r.Days) > 0
	switch {
	case r.Every < 0:
		return "FREQ among its parts"
	case r.Count > 0 && r.Ends:
		return "either COUNT or UNTIL"
	case len(r.Weeks) > 0 && r.Every != Yearly:
		return "BYWEEKNO only with FREQ=YEARLY"
	case len(r.YearDays) > 0 && (r.Every == Monthly || r.Every == Weekly || r.Every == Daily):
		return "BYYEARDAY only with FREQ=YEARLY or HOURLY"
	case len(r.MonthDays) > 0 && r.Every == Weekly:
		return "BYMONTHDAY with another FREQ than WEEKLY"
	case numbered && (r.Every > Monthly || len(r.Weeks) > 0):
		return "days with a number, such as 1MO, only with FREQ=MONTHLY or YEARLY, and without BYWEEKNO"
	case most > 5 && (r.Every == Monthly || len(r.Months) > 0):
		return "days of a month numbered from 1 to 5, or from the end: -1 to -5"
	case len(r.Positions) > 0 && !byDay && len(r.Hours)+len(r.Minutes)+len(r.Seconds) == 0:
		return "another part that begins with BY beside BYSETPOS"
	}
	return ""
}
