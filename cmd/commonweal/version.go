package main

import "runtime/debug"

// version is the version of the program.
const version = "0.1.0"

// versionCommand prints the version.
type versionCommand struct{}

// built is what the version command tells.
type built struct {
	Version string `json:"version"`
	Go      string `json:"go"`
	License string `json:"license"`
	Parts   []part `json:"parts"`
}

// part is a module of others that is in the program: the inventory by which news of a
// weakness is compared.
type part struct {
	Module  string `json:"module"`
	Version string `json:"version"`
	Sum     string `json:"sum"`
}

// Run prints it; as JSON with the parts.
func (versionCommand) Run(p *program) error {
	b := built{Version: version, License: "AGPL-3.0-or-later"}
	if info, ok := debug.ReadBuildInfo(); ok {
		b.Go = info.GoVersion
		for _, m := range info.Deps {
			b.Parts = append(b.Parts, part{m.Path, m.Version, m.Sum})
		}
	}
	if p.JSON {
		return p.printJSON(b)
	}
	p.say("commonweal %s (%s), %s", b.Version, b.Go, b.License)
	return nil
}
