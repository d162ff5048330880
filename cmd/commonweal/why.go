package main

import (
	"strings"

	"commonweal/vf"
)

// whyCommand explains a need.
type whyCommand struct {
	Need vf.ID  `arg:"" help:"The need."`
	Now  string `help:"What time the plan takes it to be; the present if left out."`
	sources
}

// Run plans and explains the one need.
func (c *whyCommand) Run(p *program) error {
	made, _, g, err := c.plan(p, c.Now)
	if err != nil {
		return err
	}
	why, err := made.Why(c.Need)
	if err != nil {
		return err
	}
	if p.JSON {
		return p.printJSON(why)
	}
	v := &planView{p: p, names: namesOf(g)}
	n := why.Need
	p.say("%s", wrap(string(n.ID)+": "+v.names.amount(n.Wanted)+" of "+v.names.of(n.ResourceConformsTo)+" for "+v.names.of(n.Receiver)+
		" by "+day(n.Due)+" is "+strings.Join(v.state(n), " ")+".", 0))
	if why.Problem != nil {
		for _, cause := range why.Problem.Causes {
			p.say("- %s", wrap("because "+cause.Text, 2))
		}
	}
	if len(why.Rests) > 0 {
		p.say("It rests on:")
	}
	for _, r := range why.Rests {
		p.say("%s%s", strings.Repeat(" ", 2*r.Depth+2), wrap(r.Text, 2*r.Depth+2))
	}
	if len(why.Critical) > 0 {
		p.say("What sets the date, back from the delivery:")
	}
	for _, x := range why.Critical {
		p.say("- %s", wrap(x.Text, 2))
	}
	return nil
}
