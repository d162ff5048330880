package main

import (
	"time"

	"commonweal/plan"
	zones "commonweal/zone"
)

// diffCommand says what acts changed in the plan.
type diffCommand struct {
	From int64  `arg:"" optional:"" name:"entry" help:"The first entry whose effect is asked for; the last one of the journal if left out."`
	Now  string `help:"What time the plans take it to be; the present if left out."`
}

// Run plans as the books were before the entry, and as they are, and prints what is
// different.
func (c *diffCommand) Run(p *program) error {
	now, err := p.nowOr(c.Now)
	if err != nil {
		return err
	}
	b, err := p.look()
	if err != nil {
		return err
	}
	defer b.close()
	from := c.From
	if from == 0 {
		from = b.Journal().Size() - 1
	}
	was, err := b.Before(p.ctx, from)
	if err != nil {
		return err
	}
	is, err := b.Graph()
	if err != nil {
		return err
	}
	settings := plan.Settings{Now: now, Zone: zones.Load}
	old, err := plan.New(was, settings)
	if err != nil {
		return err
	}
	made, err := plan.New(is, settings)
	if err != nil {
		return err
	}
	d := made.Diff(old)
	if p.JSON {
		return p.printJSON(d)
	}
	p.say("Since entry %d, as of %s: %d added, %d removed, %d moved, %d resized.", from, now.UTC().Format(time.DateOnly), d.Added, d.Removed, d.Moved, d.Resized)
	tellDiff(p, d)
	return nil
}
