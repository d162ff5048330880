package main

import (
	"commonweal/journal"
	"commonweal/vf"
)

// withdrawCommand takes records back.
type withdrawCommand struct {
	IDs []vf.ID `arg:"" name:"id" help:"Needs, offers or other records."`
}

// Run withdraws them.
func (c *withdrawCommand) Run(p *program) error { return p.about(journal.Withdraw, c.IDs) }
