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
}

// Run prints it.
func (versionCommand) Run(p *program) error {
	b := built{Version: version, License: "AGPL-3.0-or-later"}
	if info, ok := debug.ReadBuildInfo(); ok {
		b.Go = info.GoVersion
	}
	if p.JSON {
		return p.printJSON(b)
	}
	p.say("commonweal %s (%s), %s", b.Version, b.Go, b.License)
	return nil
}
