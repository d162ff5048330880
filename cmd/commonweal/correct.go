package main

import (
	"commonweal/journal"
	"commonweal/rule"
	"commonweal/vf"
)

// correctCommand puts an event right: an event of the same action says the
// difference.
type correctCommand struct {
	Event    vf.ID  `arg:"" help:"The event that was entered wrongly."`
	To       string `help:"What the quantity should have been, such as '31 lb'; 0 takes the event back."`
	Effort   string `help:"What the effort should have been, such as '2 h'."`
	Quantity string `help:"What to add instead, such as --quantity='-2 lb'."`
	At       string `help:"When it was put right; now if left out."`
	ID       vf.ID  `help:"Id of the correction; made new if left out."`
	Note     string `help:"Why."`
}

// Run enters the correction.
func (c *correctCommand) Run(p *program) error {
	if (c.To+c.Effort == "") == (c.Quantity == "") {
		return usage("correct takes what it should have been, --to or --effort, or the difference, --quantity")
	}
	return p.act(journal.Correct, func(f *facts) ([]vf.Record, []vf.ID) {
		was, ok := f.record("correct", c.Event, "EconomicEvent").(*vf.EconomicEvent)
		if !ok {
			if f.err == nil {
				f.fault("", rule.Refuse("wrongReference", "property", "correct", "id", string(c.Event), "class", string(f.class(c.Event)), "wanted", "EconomicEvent"))
			}
			return nil, nil
		}
		f.said.with("resourceQuantity", "--quantity", "effortQuantity", "--effort", "hasPointInTime", "--at")
		if c.To != "" {
			f.said.with("resourceQuantity", "--to")
		}
		e := &vf.EconomicEvent{ID: f.id(c.ID, "event"), Note: c.Note, Action: was.Action, Corrects: was.ID}
		if c.At != "" {
			e.HasPointInTime = f.time("--at", c.At)
			f.past(p, e.HasPointInTime)
		}
		resource, effort := f.soFar(was, e.ID)
		e.ResourceQuantity = f.difference("--to", c.To, resource)
		e.EffortQuantity = f.difference("--effort", c.Effort, effort)
		if c.Quantity != "" {
			e.ResourceQuantity, e.EffortQuantity = f.quantity("--quantity", was.Action, c.Quantity)
		}
		return []vf.Record{e}, nil
	})
}

// soFar is what an event amounts to with the corrections that there are; the one
// that is being made is not counted, if it was sent before.
func (f *facts) soFar(was *vf.EconomicEvent, made vf.ID) (resource, effort vf.Measure) {
	resources, efforts := []vf.Measure{was.ResourceQuantity}, []vf.Measure{was.EffortQuantity}
	for _, e := range f.graph.EconomicEvents {
		if e.Corrects != was.ID || e.ID == made {
			continue
		}
		if !e.ResourceQuantity.IsZero() {
			resources = append(resources, e.ResourceQuantity)
		}
		if !e.EffortQuantity.IsZero() {
			efforts = append(efforts, e.EffortQuantity)
		}
	}
	resource, err := f.units.Sum(resources...)
	f.fault("", err)
	effort, err = f.units.Sum(efforts...)
	f.fault("", err)
	return resource, effort
}

// difference is what to add to what was entered to come to what the text says.
func (f *facts) difference(flag, text string, was vf.Measure) vf.Measure {
	if text == "" || f.err != nil {
		return vf.Measure{}
	}
	if text == "0" {
		text += " " + string(was.HasUnit)
	}
	m := f.measure(flag, text)
	if f.err != nil {
		return m
	}
	d, err := f.units.Sum(m, vf.Measure{HasNumericalValue: was.HasNumericalValue.Neg(), HasUnit: was.HasUnit})
	f.fault(flag, err)
	return d
}
