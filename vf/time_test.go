package vf

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseTime(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2023-09-01T00:00:00Z": "2023-09-01T00:00:00Z", "2023-09-01T00:00:00-5:00": "2023-09-01T00:00:00-05:00", "2023-09-01T08:30+05:30": "2023-09-01T08:30:00+05:30",
		"2023-09-01": "2023-09-01T00:00:00Z", "2024-02-29": "2024-02-29T00:00:00Z", "0001-01-02": "0001-01-02T00:00:00Z", "2023-09-01T00:00:00.5Z": "2023-09-01T00:00:00.5Z",
	} {
		if got, err := ParseTime(text); err != nil || got.String() != want {
			t.Errorf("%q is read as %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "tomorrow", "2023-02-29", "2023-9-1", "2023-09-01T00:00:00", "2023-09-01T25:00:00Z", "0000-01-01", "10000-01-01", "2023-09-01T00:00:00-5:0", "01/09/2023"} {
		_, err := ParseTime(text)
		t.Run(text, func(t *testing.T) { wantKind(t, err, NotATime) })
	}
	if !(Time{}).IsZero() || (Time{}).String() != "" || At(0).String() != "1970-01-01T00:00:00Z" {
		t.Error("the zero time, or that of At, is written wrongly")
	}
}

// times draws times with a zone of whole minutes.
func times(t *rapid.T, label string) Time {
	zone := time.FixedZone("", rapid.IntRange(-14*60, 14*60).Draw(t, label+" zone")*60)
	seconds := rapid.Int64Range(-62135000000, 253402000000).Draw(t, label)
	return Time{time.Unix(seconds, rapid.SampledFrom([]int64{0, 0, 1, 500000000}).Draw(t, label+" ns")).In(zone)}
}

func TestTimesReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := times(t, "time")
		raw, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got Time
		if err := json.Unmarshal(raw, &got); err != nil || !got.Equal(want.Time) || got.String() != want.String() {
			t.Fatalf("%s is read back as %s, %v", raw, got, err)
		}
	})
}

func FuzzTime(f *testing.F) {
	for _, text := range []string{"2023-09-01T00:00:00-5:00", "2023-09-01", "2023-09-01T00:00:60Z", "9999-12-31T23:59:59.999999999+14:00", "0001-01-01T00:00:00Z"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseTime(text)
		if err != nil {
			wantKind(t, err, NotATime)
			return
		}
		if got.IsZero() {
			return // the first moment of the year 1 is our "not said"
		}
		if again, err := ParseTime(got.String()); err != nil || !again.Equal(got.Time) || again.String() != got.String() {
			t.Fatalf("%q is read as %s, and that as %s, %v", text, got, again, err)
		}
	})
}
