package main

import (
	"strings"

	"commonweal/plan"
	"commonweal/vf"
)

// forwardCommand says where something that came in can go.
type forwardCommand struct {
	Thing    vf.ID    `arg:"" help:"What came in: a specification, or a resource that is like it."`
	Quantity string   `arg:"" help:"How much, such as '60 lb'."`
	At       string   `help:"When it comes; now if left out."`
	Stage    vf.ID    `help:"Stage that it has been through; as the resource if left out."`
	Place    vf.ID    `help:"Where it is; as the resource if left out."`
	In       []string `help:"Network files to plan, in place of the books; repeat it."`
	Now      string   `help:"What time the plan takes it to be; the present if left out."`
}

// Run plans without and with what came in, and follows it forward.
func (c *forwardCommand) Run(p *program) error {
	now, err := p.nowOr(c.Now)
	if err != nil {
		return err
	}
	begin := sources{Files: c.In}
	current, _, g, err := begin.plan(p, c.Now)
	if err != nil {
		return err
	}
	h, err := c.harvest(g)
	if err != nil {
		return err
	}
	b := branch{records: h.Facts(now)}
	with, _, err := current.Change(b.changes()...)
	if err != nil {
		return err
	}
	f, err := current.Forward(h, with)
	if err != nil {
		return err
	}
	if p.JSON {
		return p.printJSON(f)
	}
	tellForward(p, namesOf(g), f)
	return nil
}

// harvest reads what came in.
func (c *forwardCommand) harvest(g *vf.Graph) (plan.Harvest, error) {
	f := &facts{reading: newReading(g), graph: g, said: flagsOf{}}
	h := plan.Harvest{ResourceConformsTo: c.Thing, At: f.time("--at", c.At)}
	if r, ok := f.record("forward", c.Thing, "ResourceSpecification", "EconomicResource").(*vf.EconomicResource); ok {
		h.ResourceConformsTo, h.Stage, h.State, h.Place = r.ConformsTo, r.Stage, r.State, r.CurrentLocation
	}
	set(&h.Stage, c.Stage)
	set(&h.Place, c.Place)
	h.ResourceQuantity = f.measure("", c.Quantity)
	return h, f.err
}

func tellForward(p *program, n names, f *plan.Forward) {
	what := n.amount(f.Harvest.ResourceQuantity) + " of " + n.thing(f.Harvest.ResourceConformsTo, f.Harvest.Stage)
	if len(f.Ways) == 0 {
		p.say("Nothing here takes %s.", what)
	} else {
		p.say("As the plan uses such things, %s would go:", what)
	}
	for _, x := range f.Ways {
		p.say("%s- %s", strings.Repeat(" ", 2*x.Depth), wrap(x.Text, 2*x.Depth+2))
	}
	p.say("In a plan with it, %s are used.", n.amount(f.Used))
	for _, x := range f.Helps {
		p.say("- %s", wrap(x.Text, 2))
	}
	if len(f.Helps) == 0 {
		p.say("- no need gets more, or earlier")
	}
}
