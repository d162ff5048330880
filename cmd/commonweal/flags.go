package main

import (
	"errors"
	"slices"
	"strings"

	"commonweal/format"
	"commonweal/rule"
	"commonweal/vf"
)

// flagsOf are the flags of a command by the properties that they fill, so that a
// refusal can speak of what the person typed.
type flagsOf map[string]string

// with adds flags to those of a command: pairs of property and flag.
func (s flagsOf) with(pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		s[pairs[i]] = pairs[i+1]
	}
}

// wantedClasses says of which classes a record is that a property refers to.
var wantedClasses = func() map[string][]vf.Class {
	agents := []vf.Class{"Organization", "Person", "EcologicalAgent"}
	return map[string][]vf.Class{
		"provider": agents, "receiver": agents, "performedBy": agents, "resourceConformsTo": {"ResourceSpecification"},
		"resourceInventoriedAs": {"EconomicResource"}, "toResourceInventoriedAs": {"EconomicResource"},
		"inputOf": {"Process"}, "outputOf": {"Process"}, "basedOn": {"ProcessSpecification"}, "processConformsTo": {"ProcessSpecification"},
		"stage": {"ProcessSpecification"}, "place": {"SpatialThing"}, "toLocation": {"SpatialThing"}, "fulfills": {"Commitment"},
		"satisfies": {"Intent"}, "settles": {"Claim"}, "corrects": {"EconomicEvent"}, "realizationOf": {"Agreement"},
		"recipe": {"RecipeProcess"},
	}
}()

// nearest is the id, among records of fitting classes, that is written most like
// the one given; any class fits where none is named.
func (f *facts) nearest(id vf.ID, classes []vf.Class) string {
	fits := map[vf.Class]bool{}
	for _, c := range classes {
		fits[c] = true
	}
	var ids []string
	for _, r := range f.graph.All() {
		if len(classes) == 0 || fits[r.Class()] {
			ids = append(ids, string(r.Key()))
		}
	}
	switch {
	case len(ids) > 0:
		return vf.Nearest(string(id), ids)
	case len(classes) > 0:
		return "the id of a record of class " + string(classes[0]) + "; none is in these books"
	}
	return "an id; there are no records in these books yet"
}

// inFlags says the refusals in an error in the words of the command line: flags
// in place of properties, and ids that could stand there.
func (f *facts) inFlags(err error) error {
	list := slices.Clone(refusalsIn(err))
	changed := false
	for i, r := range list {
		property := r.Value("property")
		flag := f.said[property]
		if flag == "" {
			continue
		}
		list[i], changed = f.inFlag(r, property, flag), true
	}
	switch {
	case !changed:
		return err
	case len(list) == 1:
		return list[0]
	}
	return format.Refusals(list)
}

// inFlag says one refusal in the words of the command line. Its place was the
// property, so it needs none.
func (f *facts) inFlag(r *rule.Refusal, property, flag string) *rule.Refusal {
	values := append([]string(nil), r.Values...)
	for i := 0; i+1 < len(values); i += 2 {
		switch values[i] {
		case "property":
			values[i+1] = flag
		case "nearest":
			values[i+1] = f.nearest(vf.ID(r.Value("id")), wantedClasses[property])
		case "wanted":
			values[i+1] = strings.TrimSuffix(values[i+1], "; on the command line "+flag)
			if r.Rule == "missingProperty" && (property == "inputOf" || property == "outputOf") {
				values[i+1] += ", which “commonweal declare process” declares"
			}
		}
	}
	return rule.Refuse(r.Rule, values...)
}

// missingUnit refuses a number without a unit, or one that the unit is written
// onto; nil where the text is neither.
func (r *reading) missingUnit(flag, text string) error {
	digits := 0
	for digits < len(text) && (text[digits] >= '0' && text[digits] <= '9' || text[digits] == '.' || digits == 0 && text[digits] == '-') {
		digits++
	}
	number, unit := text[:digits], text[digits:]
	if !isNumber(number) || unit != "" && !r.isUnit(unit) {
		return nil
	}
	if unit != "" {
		return rule.Refuse("unitNotApart", "value", text, "apart", number+" "+unit)
	}
	var known *vf.Error
	_, err := r.units.Named("")
	if !errors.As(err, &known) {
		return nil
	}
	list := rule.Refuse("unknownUnit", known.Values...).Value("known")
	return rule.Refuse("missingUnit", "value", text, "example", number+" "+r.exampleUnit(flag), "known", list)
}

// exampleUnit is a declared unit that could follow a number of that flag.
func (r *reading) exampleUnit(flag string) string {
	time := map[string]bool{"--lead": true, "--lasts": true, "--per-unit": true, "--effort": true}[flag]
	example := "kg"
	for _, u := range r.declared {
		dimension, err := r.units.Dimension(u.ID)
		if err != nil || (dimension == "time") != time {
			continue
		}
		if example = u.Symbol; example == "" {
			example = u.ID.Last()
		}
		break
	}
	return example
}

func isNumber(text string) bool {
	_, err := vf.ParseDecimal(text)
	return err == nil
}

func (r *reading) isUnit(text string) bool {
	_, err := r.units.Named(text)
	return err == nil
}
