package main

import (
	"commonweal/journal"
	"commonweal/vf"
)

// finishCommand says that no more will be done on something.
type finishCommand struct {
	IDs []vf.ID `arg:"" name:"id" help:"Processes, commitments, intents or claims."`
}

// Run finishes them.
func (c *finishCommand) Run(p *program) error { return p.about(journal.Finish, c.IDs) }
