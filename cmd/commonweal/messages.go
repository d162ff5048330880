package main

import "commonweal/plan"

// messagesCommand says what somebody could do so that promises fit what is needed.
type messagesCommand struct {
	Now    string `help:"What time the plan takes it to be; the present if left out."`
	Within int    `default:"14" help:"For how many days from now on proposed work is told of."`
	sources
}

// wordsOf heads the messages of each kind.
var wordsOf = map[string]string{
	"expedite": "Have it earlier", "defer": "May come later", "cancel": "Call off", "increase": "Promise more", "decrease": "Promise less", "takeUp": "Waits for somebody",
}

// Run plans and tells the messages.
func (c *messagesCommand) Run(p *program) error {
	if c.Within < 0 {
		return usage("--within takes a number of days, 0 or more")
	}
	made, _, _, err := c.plan(p, c.Now)
	if err != nil {
		return err
	}
	list := made.Messages(int64(c.Within) * 86400)
	if p.JSON {
		return p.printJSON(map[string][]plan.Message{"messages": list})
	}
	if len(list) == 0 {
		p.say("Nothing: what was promised fits what is needed, and nothing waits for somebody within %s.", count(c.Within, "day"))
	}
	kind := ""
	for _, x := range list {
		if x.Kind != kind {
			kind = x.Kind
			p.say("%s", wordsOf[kind])
		}
		p.say("- %s", wrap(x.Text, 2))
	}
	return nil
}
