package main

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"commonweal/journal"
	"commonweal/rule"
	"commonweal/vf"
)

// changeCommand says a record anew.
type changeCommand struct {
	ID    vf.ID    `arg:"" optional:"" help:"The record."`
	Set   []string `sep:"none" help:"PROPERTY=VALUE, such as resourceQuantity='70 lb'; repeat it."`
	Unset []string `help:"A property that is no longer said; repeat it."`
	File  []string `help:"Network files with the records as they are from now on; - is standard input."`
}

// Run changes the record.
func (c *changeCommand) Run(p *program) error {
	if (c.ID == "") == (len(c.File) == 0) || c.ID != "" && len(c.Set)+len(c.Unset) == 0 {
		return usage("change takes either the id of a record with --set or --unset, or --file")
	}
	return p.act(journal.Change, func(f *facts) ([]vf.Record, []vf.ID) {
		if len(c.File) > 0 {
			return f.fromFiles(p, c.File), nil
		}
		old := f.record("change", c.ID)
		if old == nil {
			return nil, nil
		}
		raw, err := vf.Encode(old)
		f.fault("", err)
		said := map[string]json.RawMessage{}
		f.fault("", json.Unmarshal(raw, &said))
		was := maps.Clone(said)
		for _, name := range c.Unset {
			f.property(old.Class(), name)
			delete(said, name)
		}
		for _, text := range c.Set {
			name, value, _ := strings.Cut(text, "=")
			said[name] = f.propertyValue(old.Class(), name, value)
		}
		if f.err != nil {
			return nil, nil
		}
		raw, err = json.Marshal(said)
		f.fault("", err)
		changed, err := vf.Decode(raw)
		f.fault("--set", err)
		if err == nil {
			f.noteChanges(was, changed)
		}
		return []vf.Record{changed}, nil
	})
}

// noteChanges notes each property that is said anew, with what it was.
func (f *facts) noteChanges(was map[string]json.RawMessage, changed vf.Record) {
	raw, err := vf.Encode(changed)
	f.fault("", err)
	is := map[string]json.RawMessage{}
	f.fault("", json.Unmarshal(raw, &is))
	names := map[string]bool{}
	for name := range was {
		names[name] = true
	}
	for name := range is {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		old, made := readable(was[name]), readable(is[name])
		if old != made {
			f.notes = append(f.notes, name+": "+made+", was "+old)
		}
	}
}

// readable writes a value of a property as a person would.
func readable(raw json.RawMessage) string {
	var text string
	var m vf.Measure
	switch {
	case raw == nil:
		return "not said"
	case json.Unmarshal(raw, &text) == nil:
		if t, err := vf.ParseTime(text); err == nil {
			return day(t)
		}
		return text
	case json.Unmarshal(raw, &m) == nil && !m.IsZero():
		return m.String()
	}
	return string(raw)
}

// property finds a property of a class.
func (f *facts) property(class vf.Class, name string) *vf.Field {
	for _, p := range vf.Fields(class) {
		if p.Name == name && name != "@id" {
			return &p
		}
	}
	f.fault("--set", rule.Refuse("unknownProperty", "class", string(class), "property", name))
	return nil
}

// propertyValue writes a value of the command line as the property takes it.
func (f *facts) propertyValue(class vf.Class, name, text string) json.RawMessage {
	p := f.property(class, name)
	if p == nil {
		return nil
	}
	var value any = text
	switch p.Type {
	case reflect.TypeFor[vf.Measure]():
		value = f.measure("--set "+name, text)
	case reflect.TypeFor[[]vf.ID](), reflect.TypeFor[[]string]():
		value = strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
	case reflect.TypeFor[bool](), reflect.TypeFor[vf.Truth](), reflect.TypeFor[int]():
		if _, err := strconv.Atoi(text); err == nil || text == "true" || text == "false" {
			value = json.RawMessage(text)
		}
	}
	raw, err := json.Marshal(value)
	f.fault("--set", err)
	return raw
}
