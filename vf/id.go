package vf

import (
	"strings"
	"time"
)

// ID names a record: an IRI, written relative to the base of its network where
// it has that base ("need/7"). Ids are compared as they are written.
type ID string

// Last returns what stands behind the last slash, hash or colon.
func (id ID) Last() string {
	s := string(id)
	return s[strings.LastIndexAny(s, "/#:")+1:]
}

// Time is an xsd:dateTimeStamp: a point in time with its zone offset. The zero
// value means that no time was said.
type Time struct{ time.Time }

// At returns the time of so many seconds since 1970 began, in UTC.
func At(seconds int64) Time { return Time{time.Unix(seconds, 0).UTC()} }

// ParseTime reads "2023-09-01T00:00:00-05:00"; an offset of one digit ("-5:00"),
// missing seconds and a bare date (its midnight in UTC) are accepted. Else the
// error is of kind notATime. Years run from 1 to 9999.
func ParseTime(s string) (Time, error) {
	text := s
	if n := len(text); n > 5 && (text[n-5] == '-' || text[n-5] == '+') && text[n-3] == ':' {
		text = text[:n-4] + "0" + text[n-4:]
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil && t.Year() >= 1 {
			return Time{t}, nil
		}
	}
	return Time{}, fault(NotATime, "value", s)
}

// String writes the time as RFC 3339 with a two-digit offset.
func (t Time) String() string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

// MarshalText writes what String writes.
func (t Time) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// MarshalJSON writes the time as a JSON string.
func (t Time) MarshalJSON() ([]byte, error) { return []byte(`"` + t.String() + `"`), nil }

// UnmarshalText reads what ParseTime reads.
func (t *Time) UnmarshalText(b []byte) error {
	v, err := ParseTime(string(b))
	*t = v
	return err
}

// UnmarshalJSON reads a JSON string as ParseTime does.
func (t *Time) UnmarshalJSON(b []byte) error {
	if len(b) < 2 || b[0] != '"' {
		return fault(NotATime, "value", string(b))
	}
	return t.UnmarshalText(b[1 : len(b)-1])
}

// Truth is a yes-or-no property that may also not have been said.
type Truth int8

// The three values of a Truth.
const (
	Unsaid Truth = iota
	No
	Yes
)

// MarshalJSON writes true or false.
func (t Truth) MarshalJSON() ([]byte, error) {
	if t == Yes {
		return []byte("true"), nil
	}
	return []byte("false"), nil
}

// UnmarshalJSON reads true or false; else an error of kind badProperty.
func (t *Truth) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "true":
		*t = Yes
	case "false":
		*t = No
	default:
		return fault(BadProperty, "value", string(b), "wanted", "true or false")
	}
	return nil
}
