// Package rule holds the reasons for which an act or an input is refused. Each
// has a name that lasts, a sentence with the values in it, and a hint that says
// what would be accepted. It imports nothing of ours.
//
// A refusal is made with [Refuse] and found again with errors.As. The catalogue
// is the union of the lists in this package, a file for each part of the
// program; doc/refusals.md is generated from it, and each rule is provoked by a
// test file in testdata/refusals.
package rule

import (
	"slices"
	"strings"
)

// Name is the name of a rule, in camelCase; names are never reused.
type Name string

// Rule is one reason to refuse. In Sentence and Hint, {name} stands for a value.
type Rule struct {
	Name     Name
	Sentence string
	Hint     string
}

// Refusal is an act or an input refused by a rule.
type Refusal struct {
	Rule   Name
	Values []string // pairs of name and text, for the places in the sentence
	Place  string   // where: "network.yaml:12:5", or "need/7 resourceQuantity"; may be empty
}

// Refuse makes a refusal. The values are pairs of name and text.
func Refuse(name Name, values ...string) *Refusal { return &Refusal{Rule: name, Values: values} }

// At returns the refusal with the place where it arose, unless it has one.
func (r *Refusal) At(place string) *Refusal {
	if r.Place != "" {
		return r
	}
	c := *r
	c.Place = place
	return &c
}

// Value returns the text of a named value, "" if there is none.
func (r *Refusal) Value(name string) string {
	for i := 0; i+1 < len(r.Values); i += 2 {
		if r.Values[i] == name {
			return r.Values[i+1]
		}
	}
	return ""
}

// Sentence says what happened, with the values, without place and hint.
func (r *Refusal) Sentence() string { return r.fill(find(r.Rule).Sentence) }

// Hint says what would be accepted and how to go on.
func (r *Refusal) Hint() string { return r.fill(find(r.Rule).Hint) }

func (r *Refusal) fill(text string) string {
	var pairs []string
	for i := 0; i+1 < len(r.Values); i += 2 {
		pairs = append(pairs, "{"+r.Values[i]+"}", r.Values[i+1])
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// Error writes place, sentence, hint and the rule's name.
func (r *Refusal) Error() string {
	place := r.Place
	if place != "" {
		place += ": "
	}
	return place + r.Sentence() + " " + r.Hint() + " [" + string(r.Rule) + "]"
}

var lists = [][]Rule{quantityRules, recordRules, formatRules, checkRules, sheetRules, journalRules, storeRules, ledgerRules, nodeRules, rightsRules, eraseRules, graphqlRules, planRules, programRules, peopleRules}

// All returns the whole catalogue, sorted by name.
func All() []Rule {
	all := slices.Concat(lists...)
	slices.SortFunc(all, func(a, b Rule) int { return strings.Compare(string(a.Name), string(b.Name)) })
	return all
}

// Known reports whether the catalogue has a rule of that name.
func Known(name Name) bool {
	_, ok := index[name]
	return ok
}

var index = func() map[Name]Rule {
	m := map[Name]Rule{}
	for _, r := range All() {
		m[r.Name] = r
	}
	return m
}()

func find(name Name) Rule {
	if r, ok := index[name]; ok {
		return r
	}
	return Rule{Name: name, Sentence: "refused by the rule " + string(name) + ".", Hint: ""}
}
