package format

import (
	"errors"
	"fmt"
	"strings"

	"commonweal/rule"
	"commonweal/vf"
)

// Most is how many faults are listed before reading stops.
const Most = 20

// Refusals is a list of faults found in one reading, in the order they were
// found; errors.As finds the first *rule.Refusal in it.
type Refusals []*rule.Refusal

// Error writes each fault on a line of its own.
func (r Refusals) Error() string {
	lines := make([]string, 0, len(r)+1)
	for _, f := range r {
		lines = append(lines, f.Error())
	}
	if len(r) >= Most {
		lines = append(lines, fmt.Sprintf("There may be more: only the first %d are listed.", Most))
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the single faults to errors.Is and errors.As.
func (r Refusals) Unwrap() []error {
	list := make([]error, len(r))
	for i, f := range r {
		list[i] = f
	}
	return list
}

// faults collects refusals up to Most.
type faults struct{ list Refusals }

func (f *faults) add(r *rule.Refusal) {
	if !f.full() {
		f.list = append(f.list, r)
	}
}

func (f *faults) full() bool { return len(f.list) >= Most }

// err is the list as an error, nil where nothing was found.
func (f *faults) err() error {
	if len(f.list) == 0 {
		return nil
	}
	return f.list
}

// position is a line and column of a file, both from 1; the zero value is none.
type position struct{ line, column int32 }

// in writes the position with its file: "network.yaml:12:5".
func (p position) in(file string) string {
	if p.line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d:%d", file, p.line, p.column)
}

// refusalOf turns an error of package vf into a refusal of the same name.
func refusalOf(err error) *rule.Refusal {
	var r *rule.Refusal
	if errors.As(err, &r) {
		return r
	}
	var e *vf.Error
	if errors.As(err, &e) {
		return rule.Refuse(rule.Name(e.Kind), e.Values...)
	}
	return rule.Refuse("unreadable", "reason", err.Error())
}
