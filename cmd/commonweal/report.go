package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"commonweal/format"
	"commonweal/rule"
	"commonweal/store"
	"commonweal/vf"
)

// usageError is a command line that makes no sense.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

// damagedError is what verify found.
type damagedError struct{ text string }

func (e *damagedError) Error() string { return e.text }

// told is a refusal as programs read it.
type told struct {
	Rule     rule.Name         `json:"rule"`
	Place    string            `json:"place,omitempty"`
	Sentence string            `json:"sentence"`
	Hint     string            `json:"hint"`
	Values   map[string]string `json:"values,omitempty"`
}

// failure is what --json prints to stderr when a command did not succeed.
type failure struct {
	Outcome  string `json:"outcome"` // usage, refused, damaged, unknown or failed
	Error    string `json:"error,omitempty"`
	Refusals []told `json:"refusals,omitempty"`
}

// report tells an error and returns its exit code.
func (p *program) report(err error) int {
	if err == nil {
		return exitDone
	}
	refusals := refusalsIn(err)
	outcome, code := outcomeOf(err, refusals)
	if p.JSON {
		f := failure{Outcome: outcome}
		for _, r := range refusals {
			f.Refusals = append(f.Refusals, told{r.Rule, r.Place, r.Sentence(), r.Hint(), pairs(r.Values)})
		}
		if len(refusals) == 0 {
			f.Error = err.Error()
		}
		text, _ := json.Marshal(f)
		fmt.Fprintln(p.err, string(text))
		return code
	}
	for _, r := range refusals {
		place := ""
		if r.Place != "" {
			place = r.Place + ": "
		}
		fmt.Fprintf(p.err, "%s%s\n  %s [%s]\n", place, r.Sentence(), r.Hint(), r.Rule)
	}
	if len(refusals) >= format.Most {
		fmt.Fprintf(p.err, "There may be more: only the first %d are listed.\n", format.Most)
	}
	if len(refusals) > 0 {
		return code
	}
	fmt.Fprintf(p.err, "commonweal: %v\n", err)
	switch outcome {
	case "usage":
		fmt.Fprintln(p.err, "  “commonweal --help” lists the commands, “commonweal COMMAND --help” what one takes.")
	case "unknown":
		fmt.Fprintln(p.err, "  Send the same act again with the same --key: it will be there once, whether or not it was entered now.")
	}
	return code
}

// outcomeOf says in one word what an error means for the act, with its exit code.
func outcomeOf(err error, refusals []*rule.Refusal) (string, int) {
	var usage *usageError
	var damaged *damagedError
	switch {
	case errors.As(err, &usage):
		return "usage", exitUsage
	case errors.As(err, &damaged):
		return "damaged", exitDamaged
	case errors.Is(err, store.ErrUnknown):
		return "unknown", exitFailed
	case errors.Is(err, store.ErrStopped):
		return "failed", exitFailed
	}
	for _, r := range refusals {
		if slices.Contains([]rule.Name{"storeDamaged", "viewsDiffer", "profileDiffers", "peopleDamaged"}, r.Rule) {
			return "damaged", exitDamaged
		}
	}
	if len(refusals) > 0 {
		return "refused", exitRefused
	}
	return "failed", exitFailed
}

// refusalsIn finds all refusals in an error.
func refusalsIn(err error) []*rule.Refusal {
	var many format.Refusals
	if errors.As(err, &many) {
		return many
	}
	var one *rule.Refusal
	if errors.As(err, &one) {
		return []*rule.Refusal{one}
	}
	var words *vf.Error
	if errors.As(err, &words) {
		return []*rule.Refusal{rule.Refuse(rule.Name(words.Kind), words.Values...)}
	}
	return nil
}

func pairs(values []string) map[string]string {
	m := make(map[string]string, len(values)/2)
	for i := 0; i+1 < len(values); i += 2 {
		m[values[i]] = values[i+1]
	}
	return m
}

// usage makes an error about the command line.
func usage(text string) error { return &usageError{text} }
