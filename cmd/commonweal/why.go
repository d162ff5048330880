package main

import (
	"strings"

	"commonweal/plan"
	"commonweal/vf"
)

// whyCommand explains a need, or a proposed process or taking.
type whyCommand struct {
	Of  vf.ID  `arg:"" name:"id" help:"The need; or a proposed process or taking, by its id in the plan."`
	Now string `help:"What time the plan takes it to be; the present if left out."`
	sources
}

// Run plans and explains the one need or process.
func (c *whyCommand) Run(p *program) error {
	made, _, g, err := c.plan(p, c.Now)
	if err != nil {
		return err
	}
	if strings.HasPrefix(string(c.Of), "plan/") {
		return tellServes(p, made, c.Of)
	}
	why, err := made.Why(c.Of)
	if err != nil {
		return err
	}
	if p.JSON {
		return p.printJSON(why)
	}
	tellWhy(&planView{p: p, names: namesOf(g)}, why)
	return nil
}

// tellServes prints which needs a proposed process or taking serves.
func tellServes(p *program, made *plan.Plan, id vf.ID) error {
	serves, err := made.Serves(id)
	if err != nil {
		return err
	}
	if p.JSON {
		return p.printJSON(serves)
	}
	p.say("%s", wrap(serves.Text+".", 0))
	for _, x := range serves.Gives {
		if len(x.Needs) == 0 {
			p.say("%s", wrap("It gives "+x.Text+", which serves no need.", 0))
			continue
		}
		p.say("%s", wrap("It gives "+x.Text+", which serves:", 0))
		for _, y := range x.Needs {
			p.say("- %s", wrap(y.Text, 2))
		}
		if !x.Over.IsZero() {
			p.say("- %s", wrap(x.Over.HasNumericalValue.String()+" of it no need", 2))
		}
	}
	return nil
}

// tellWhy prints what a need rests on.
func tellWhy(v *planView, why *plan.Why) {
	p, n := v.p, why.Need
	p.say("%s", wrap(string(n.ID)+": "+v.names.amount(n.Wanted)+" of "+v.names.of(n.ResourceConformsTo)+" for "+v.names.of(n.Receiver)+
		" by "+day(n.Due)+" is "+strings.Join(v.state(n), " ")+".", 0))
	if why.Problem != nil {
		for _, cause := range why.Problem.Causes {
			p.say("- %s", wrap("because "+cause.Text, 2))
		}
	}
	sayWithout(p, why)
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
}

// sayWithout says what the need would get without each cause.
func sayWithout(p *program, why *plan.Why) {
	if len(why.Without) > 0 {
		p.say("What would help, each alone:")
	}
	for _, x := range why.Without {
		p.say("- %s", wrap(x.Text, 2))
	}
	if why.Untried != "" {
		p.say("%s", wrap(why.Untried, 0))
	}
}
