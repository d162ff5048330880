package main

import (
	"commonweal/ledger"
	"commonweal/vf"
)

// trackCommand says what became of a thing.
type trackCommand struct {
	ID vf.ID `arg:"" help:"A resource or an event."`
}

// Run prints where it went, event by event.
func (c *trackCommand) Run(p *program) error {
	return p.history(c.ID, (*ledger.State).Track, "Nothing is recorded that came of %s.", "share: the part of %s that flowed through each event.")
}
