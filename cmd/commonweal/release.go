package main

import (
	"commonweal/journal"
	"commonweal/vf"
)

// releaseCommand gives promises back.
type releaseCommand struct {
	IDs []vf.ID `arg:"" name:"commitment" help:"Commitments."`
}

// Run releases them.
func (c *releaseCommand) Run(p *program) error { return p.about(journal.Release, c.IDs) }
