package main

import (
	"cmp"
	"fmt"

	"github.com/alecthomas/kong"
)

// configCommand prints what is in force.
type configCommand struct {
	serverFlags
}

// setting is one setting and why it is as it is.
type setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	From  string `json:"from"`
	Help  string `json:"help"`
}

// Run prints the settings with which “commonweal serve” would start, and where each
// was said.
func (c *configCommand) Run(p *program, k *kong.Context) error {
	list := p.settings(k)
	if p.JSON {
		return p.printJSON(list)
	}
	t := newTable("setting", "value", "from")
	for _, s := range list {
		t.add(s.Name, s.Value, s.From)
	}
	t.write(p.out)
	return nil
}

// settings lists the flags of a command line as they came out.
func (p *program) settings(k *kong.Context) []setting {
	given := map[*kong.Flag]bool{}
	for _, step := range k.Path {
		if step.Flag != nil && !step.Resolved {
			given[step.Flag] = true
		}
	}
	var list []setting
	for _, f := range k.Flags() {
		switch f.Name {
		case "help", "json", "as", "key", "by-charter", "sign-with":
			continue
		}
		s := setting{Name: f.Name, Value: fmt.Sprint(k.FlagValue(f)), From: "default", Help: f.Help}
		env := fromEnvironment(f)
		switch {
		case given[f]:
			s.From = "the command line"
		case env != "":
			s.From = env
		case p.file != nil && p.file.said[f.Name] != nil:
			s.From = p.file.path
		}
		switch {
		case s.Value == "":
		case secret[f.Name]:
			s.Value = "(secret)"
		case f.Name == "store": // there may be a password in it
			s.Value = p.shownStore()
		}
		s.Value = cmp.Or(s.Value, "–")
		list = append(list, s)
	}
	return list
}

// secret are the settings that are never printed.
var secret = map[string]bool{"metrics-token": true}
