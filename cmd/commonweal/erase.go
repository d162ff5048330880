package main

import (
	"commonweal/journal"
	"commonweal/vf"
)

// eraseCommand forgets persons.
type eraseCommand struct {
	IDs []vf.ID `arg:"" name:"person" help:"Persons, whose profiles are erased for good; what they did stays in the books under their ids."`
}

// Run erases them.
func (c *eraseCommand) Run(p *program) error { return p.about(journal.Erase, c.IDs) }
