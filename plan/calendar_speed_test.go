package plan

import (
	"testing"

	"commonweal/zone"
)

// BenchmarkCalendar measures what the planner asks of a calendar of 200 spans.
func BenchmarkCalendar(b *testing.B) {
	var list []stretch
	for i := range int64(200) {
		list = append(list, stretch{i * 100_000, i*100_000 + 30_000})
	}
	c := newCalendar(list, 0, 20_000_000)
	times := make([]int64, 1024)
	x := int64(12345)
	for i := range times {
		x = (x*1103515245 + 12345) % (1 << 31)
		times[i] = 1_000_000 + x%18_000_000
	}
	sum := int64(0)
	b.Run("back", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			t, _ := c.back(times[i&1023], 45_000)
			sum += t
		}
	})
	b.Run("forward", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			t, _ := c.forward(times[i&1023], 45_000)
			sum += t
		}
	})
	b.Run("between", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			sum += c.between(times[i&1023], times[i&1023]+400_000)
		}
	})
	if sum == 0 {
		b.Error("the calendar was not asked")
	}
}

// BenchmarkWorkTime measures how long it takes to work out a working week with
// three years of days.
func BenchmarkWorkTime(b *testing.B) {
	lines := []string{"DTSTART;TZID=Europe/Berlin:20200106T080000", "DTEND:20200106T160000", "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"}
	for b.Loop() {
		c, err := parseWorkTime(lines, zone.Load, 1767225600, 1767225600+3*366*aDay)
		if err != nil || len(c.begins) < 780 {
			b.Fatal(c, err)
		}
	}
}
