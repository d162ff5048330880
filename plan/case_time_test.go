package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"commonweal/vf"
)

const epoch = 1767225600 // 2026-01-01

// days reads a date: 4, 4.5, 4T08:30.
func days(text string) vf.Time {
	text, clock, said := strings.Cut(text, "T")
	seconds := int64(0)
	if said {
		at, err := time.Parse("15:04", clock)
		if err != nil {
			panic(err)
		}
		seconds = int64(at.Hour()*3600 + at.Minute()*60)
	}
	steps, whole, err := decimal(text).Steps(vf.NewDecimal(1, 5))
	if err != nil || !whole {
		panic("not a date: " + text)
	}
	return vf.At(epoch + steps*86400/100000 + seconds)
}

// date writes a date as days reads it.
func date(t vf.Time) string {
	s := t.Unix() - epoch
	if s%864 == 0 && s >= 0 || s%86400 == 0 {
		hundredths := s / 864
		return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100), "0"), ".")
	}
	clock := time.Unix(t.Unix(), 0).UTC().Format("15:04:05")
	return fmt.Sprintf("%dT%s", (s-(s%86400+86400)%86400)/86400, strings.TrimSuffix(clock, ":00"))
}

var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// workTime turns `open …` and `closed …` into lines of iCalendar.
func (w words) workTime() (lines []string) {
	for i, word := range w {
		switch word {
		case "open":
			lines = append(lines, openLines(w.at(i, 1)))
		case "closed":
			stamp := func(text string) string { return days(text).Time.UTC().Format("20060102T150405Z") }
			lines = append(lines, "BEGIN:VEVENT\nDTSTART:"+stamp(w.at(i, 1))+"\nDTEND:"+stamp(w.at(i, 2))+"\nEND:VEVENT")
		}
	}
	return lines
}

// openNever is work time that cannot be worked out: the 30th of February.
const openNever = "DTSTART:20260101T080000Z\nDURATION:PT8H\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"

// openLines turns "mon-fri/8-16/Europe/Berlin" into an AVAILABLE block that begins
// with the first such day on or after Monday, 2025-12-01.
func openLines(pattern string) string {
	if pattern == "never" {
		return openNever
	}
	on, rest, _ := strings.Cut(pattern, "/")
	span, zone, _ := strings.Cut(rest, "/")
	first, last := 0, 6
	if on != "daily" {
		from, to, several := strings.Cut(on, "-")
		first = slices.Index(weekdays, from)
		if last = first; several {
			last = slices.Index(weekdays, to)
		}
	}
	if first < 0 || last < first {
		panic("not an open time: " + pattern)
	}
	begin, end := 0, 24
	if span != "" {
		if _, err := fmt.Sscanf(span, "%d-%d", &begin, &end); err != nil {
			panic(err)
		}
	}
	var by []string
	for _, d := range weekdays[first : last+1] {
		by = append(by, strings.ToUpper(d[:2]))
	}
	monday := time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, first)
	stamp := func(name string, hour int) string {
		text := monday.Add(time.Duration(hour) * time.Hour).Format("20060102T150405")
		if zone == "" {
			return name + ":" + text + "Z"
		}
		return name + ";TZID=" + zone + ":" + text
	}
	return strings.Join([]string{"BEGIN:AVAILABLE", stamp("DTSTART", begin), stamp("DTEND", end), "RRULE:FREQ=WEEKLY;BYDAY=" + strings.Join(by, ","), "END:AVAILABLE"}, "\n")
}
