package zone_test

import (
	"testing"
	"time"

	"commonweal/zone"
)

func TestZonesAreThoseOfTheData(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, at, want string
	}{
		{"Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-29T01:59:59+01:00"},
		{"Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T03:00:00+02:00"},
		{"Europe/Berlin", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00+01:00"},
		{"America/Chicago", "2026-07-04T12:00:00Z", "2026-07-04T07:00:00-05:00"},
		{"Asia/Kathmandu", "2026-01-01T00:00:00Z", "2026-01-01T05:45:00+05:45"},
		{"Europe/Berlin", "2126-07-01T00:00:00Z", "2126-07-01T02:00:00+02:00"}, // the rule goes on
		{"UTC", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"},
	} {
		loc, err := zone.Load(c.name)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := at.In(loc).Format(time.RFC3339); got != c.want || loc.String() != c.name {
			t.Errorf("in %s, %s is %s, want %s", loc, c.at, got, c.want)
		}
	}
	for _, name := range []string{"", "Local", "Europe/Atlantis", "../zone.go", "europe/berlin", "/etc/localtime"} {
		if loc, err := zone.Load(name); err == nil {
			t.Errorf("“%s” is found: %v", name, loc)
		}
	}
}
