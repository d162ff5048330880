package main

import (
	"commonweal/journal"
	"commonweal/vf"
)

// eraseCommand forgets persons.
type eraseCommand struct {
	IDs []vf.ID `arg:"" name:"id" help:"Persons: all that is known about them but the id is erased for good, and with it the notes that they entered and those of records that name them alone; what they did stays in the books under their ids. Or any other record, whose note is erased."`
}

// Run erases them.
func (c *eraseCommand) Run(p *program) error { return p.about(journal.Erase, c.IDs) }
