package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"commonweal/zone"
)

// shift is one block of a work time as the cases write them: hours of the days of
// a week, or one span. It knows nothing of iCalendar beyond that.
type shift struct {
	closed     bool
	loc        *time.Location
	begin, end time.Time // of the first one
	on         []time.Weekday
}

// workTimes are the shifts of everybody and everything that a process waits for:
// work goes on where none of them forbids it.
type workTimes [][]shift

var weekdayOf = map[string]time.Weekday{"MO": time.Monday, "TU": time.Tuesday, "WE": time.Wednesday, "TH": time.Thursday, "FR": time.Friday, "SA": time.Saturday, "SU": time.Sunday}

// readShifts reads the few lines of iCalendar that the cases write.
func readShifts(lines []string) (list []shift, err error) {
	var s shift
	for _, line := range strings.Split(strings.Join(lines, "\n"), "\n") {
		name, value, _ := strings.Cut(line, ":")
		name, place, _ := strings.Cut(name, ";TZID=")
		switch name {
		case "":
		case "BEGIN":
			s = shift{closed: value == "VEVENT", loc: time.UTC}
		case "DTSTART", "DTEND":
			if place != "" {
				if s.loc, err = zone.Load(place); err != nil {
					return nil, err
				}
			}
			t, err := time.ParseInLocation("20060102T150405", strings.TrimSuffix(value, "Z"), s.loc)
			if err != nil || t.Minute()+t.Second() != 0 {
				return nil, fmt.Errorf("%q is not on the hour: %v", line, err)
			}
			if name == "DTSTART" {
				s.begin = t
			} else {
				s.end = t
			}
		case "RRULE":
			days, weekly := strings.CutPrefix(value, "FREQ=WEEKLY;BYDAY=")
			if !weekly {
				return nil, fmt.Errorf("the checker does not read %q", line)
			}
			for _, d := range strings.Split(days, ",") {
				s.on = append(s.on, weekdayOf[d])
			}
		case "END":
			list = append(list, s)
		default:
			return nil, fmt.Errorf("the checker does not read %q", line)
		}
	}
	return list, nil
}

// holds reports whether a moment is in the shift, by the clock on the wall there.
func (s *shift) holds(at time.Time) bool {
	if s.on == nil {
		return !at.Before(s.begin) && at.Before(s.end)
	}
	at = at.In(s.loc)
	length := 0 // in hours of the clock
	for d := s.begin; d.Before(s.end); d = d.Add(time.Hour) {
		length++
	}
	for back := 0; back <= length/24; back++ {
		y, m, d := at.AddDate(0, 0, -back).Date()
		from := time.Date(y, m, d, s.begin.Hour(), 0, 0, 0, s.loc)
		to := time.Date(y, m, d, s.begin.Hour()+length, 0, 0, 0, s.loc)
		if !from.Before(s.begin) && slices.Contains(s.on, from.Weekday()) && !at.Before(from) && at.Before(to) {
			return true
		}
	}
	return false
}

// open reports whether work goes on in the hour that holds a moment.
func (w workTimes) open(at int64) bool {
	t := time.Unix(at-at%3600, 0)
	for _, shifts := range w {
		available, said := false, false
		for i := range shifts {
			in := shifts[i].holds(t)
			if shifts[i].closed && in {
				return false
			}
			said, available = said || !shifts[i].closed, available || !shifts[i].closed && in
		}
		if said && !available {
			return false
		}
	}
	return true
}

// between is how many seconds of work time there are from one moment to another,
// counted hour by hour.
func (w workTimes) between(from, to int64) (seconds int64) {
	for at := from; at < to; {
		next := min(to, at-at%3600+3600)
		if w.open(at) {
			seconds += next - at
		}
		at = next
	}
	return seconds
}

// periodOf is when the day, week, month, quarter or year began that holds a moment.
func periodOf(at int64, period string) int64 {
	t := time.Unix(at, 0).UTC()
	y, m, d := t.Date()
	switch period {
	case "week":
		d -= (int(t.Weekday()) + 6) % 7
	case "month":
		d = 1
	case "quarter":
		m, d = m-(m-1)%3, 1
	case "year":
		m, d = 1, 1
	}
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()
}
