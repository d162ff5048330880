package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"

	"commonweal/rule"
	"commonweal/vf"
)

// settings are the flags that a file says: a line for each, named as the flag is.
type settings struct {
	path string
	said map[string]any
}

// readSettings reads a file of settings, in YAML.
func readSettings(path string) (*settings, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, rule.Refuse("badSettings", "path", path, "reason", err.Error())
	}
	s := &settings{path: path}
	if err := yaml.Unmarshal(raw, &s.said); err != nil {
		reason, _, _ := strings.Cut(err.Error(), "\n")
		return nil, rule.Refuse("badSettings", "path", path, "reason", reason)
	}
	return s, nil
}

// BeforeResolve adds the file of settings, where one is named, to where flags come from.
func (p *program) BeforeResolve(k *kong.Kong, ctx *kong.Context) error {
	path := p.Config
	for _, f := range ctx.Flags() {
		if f.Name == "config" {
			if v, ok := ctx.FlagValue(f).(string); ok && v != "" {
				path = v
			}
		}
	}
	if path == "" {
		return nil
	}
	s, err := readSettings(path)
	if err != nil {
		return err
	}
	if err := s.known(k.Model); err != nil {
		return err
	}
	p.file = s
	ctx.AddResolver(s)
	return nil
}

// known refuses settings that no command has.
func (s *settings) known(app *kong.Application) error {
	var names []string
	_ = kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		if f, ok := node.(*kong.Flag); ok && f.Name != "help" && f.Name != "config" && !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
		return next(nil)
	})
	for _, name := range slices.Sorted(maps.Keys(s.said)) {
		if !slices.Contains(names, name) {
			return rule.Refuse("unknownSetting", "path", s.path, "name", name, "nearest", vf.Nearest(name, names))
		}
		switch s.said[name].(type) {
		case []any, map[string]any:
			return rule.Refuse("badSettings", "path", s.path, "reason", name+" takes one value, and several are said")
		}
	}
	return nil
}

// Validate is asked by the parser; the settings were looked at when they were read.
func (s *settings) Validate(*kong.Application) error { return nil }

// Resolve gives the value of a flag, unless the environment says it.
func (s *settings) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if fromEnvironment(flag) != "" {
		return nil, nil
	}
	if v := s.said[flag.Name]; v != nil { // a name with nothing behind it says nothing
		return fmt.Sprint(v), nil
	}
	return nil, nil
}

// withoutEmpty has the parser pass over variables of the environment that are set to
// nothing, as scripts and units leave them: they say nothing, and the file or the
// default counts.
func withoutEmpty(app *kong.Application) {
	_ = kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		if f, ok := node.(*kong.Flag); ok {
			f.Tag.Envs = slices.DeleteFunc(f.Tag.Envs, func(name string) bool {
				value, set := os.LookupEnv(name)
				return set && value == ""
			})
			f.Envs = f.Tag.Envs
		}
		return next(nil)
	})
}

// fromEnvironment is the name of the variable that says a flag, "" if none does.
func fromEnvironment(flag *kong.Flag) string {
	for _, name := range flag.Envs {
		if os.Getenv(name) != "" {
			return name
		}
	}
	return ""
}
