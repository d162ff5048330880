package main

import (
	"commonweal/journal"
	"commonweal/vf"
)

// adoptCommand enters what a plan proposes as open work.
type adoptCommand struct {
	Files []string `arg:"" optional:"" name:"file" help:"Network files with facts that are new or said anew, whole, on which the plan rests."`
	changes
	Plan   vf.ID  `default:"adopted" help:"Id of the plan in the books; what was adopted under it before is replaced."`
	Name   string `help:"What people call the plan."`
	Within int    `help:"Adopt only what begins within so many days."`
	Now    string `help:"What time the plan takes it to be; the time of the act if left out."`
}

// Run adopts the plan.
func (c *adoptCommand) Run(p *program) error {
	if c.Within < 0 {
		return usage("--within takes a number of days, 0 or more")
	}
	return p.act(journal.Adopt, func(f *facts) ([]vf.Record, []vf.ID) {
		list, err := c.branches(p, f.graph, c.Files)
		f.fault("", err)
		made := &vf.Plan{ID: c.Plan, Name: c.Name, Created: f.time("--now", c.Now)}
		if c.Within > 0 {
			from := made.Created
			if from.IsZero() {
				from = vf.At(p.now().Unix())
			}
			made.Due = vf.At((from.Unix()/86400 + int64(c.Within) + 1) * 86400) // whole days, so that the act can be sent again
		}
		records := []vf.Record{made}
		for _, b := range list {
			records = append(records, b.records...)
		}
		return records, c.Without
	})
}
