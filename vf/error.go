package vf

import "strings"

// Kind names what is wrong with a quantity, a unit or a record. The names are
// the same as those of the refusals in package rule, so a door can pass them on.
type Kind string

// The kinds of error that this package returns.
const (
	NotANumber      Kind = "notANumber"      // value is not a decimal number
	NumberTooLarge  Kind = "numberTooLarge"  // value does not fit 18 digits
	UnknownUnit     Kind = "unknownUnit"     // no such unit is declared
	UnitMismatch    Kind = "unitMismatch"    // units of different dimensions
	NotAStep        Kind = "notAStep"        // value is between two steps of its unit
	NotATime        Kind = "notATime"        // value is not a date with time and zone
	UnknownClass    Kind = "unknownClass"    // @type is no class of Valueflows
	UnknownProperty Kind = "unknownProperty" // the class has no such property
	BadProperty     Kind = "badProperty"     // a property holds a value of the wrong shape
	UnknownAction   Kind = "unknownAction"   // no action of that name
	BadUnit         Kind = "badUnit"         // a unit whose step or equivalence makes no sense
	BadWorkTime     Kind = "badWorkTime"     // a line of work time that is not iCalendar as we read it
)

// Error is something that this package could not accept: its kind and the
// values concerned, as pairs of name and text.
type Error struct {
	Kind   Kind
	Values []string
}

// Error writes the kind and the values; package rule has the full sentences.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Kind))
	for i := 0; i+1 < len(e.Values); i += 2 {
		b.WriteString(" " + e.Values[i] + "=" + e.Values[i+1])
	}
	return b.String()
}

func fault(kind Kind, values ...string) *Error { return &Error{kind, values} }
