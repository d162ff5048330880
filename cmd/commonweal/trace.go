package main

import (
	"commonweal/ledger"
	"commonweal/vf"
)

// traceCommand says where a thing came from.
type traceCommand struct {
	ID vf.ID `arg:"" help:"A resource or an event."`
}

// Run prints what went into it, event by event.
func (c *traceCommand) Run(p *program) error {
	return p.history(c.ID, (*ledger.State).Trace, "Nothing is recorded that went into %s.")
}

// flowed is one event of a trace or track as programs read it.
type flowed struct {
	Event    vf.ID      `json:"event"`
	Action   vf.Action  `json:"action"`
	At       vf.Time    `json:"at"`
	Thing    vf.ID      `json:"thing,omitzero"`
	Provider vf.ID      `json:"provider,omitzero"`
	Receiver vf.ID      `json:"receiver,omitzero"`
	Quantity vf.Measure `json:"resourceQuantity,omitzero"`
	Effort   vf.Measure `json:"effortQuantity,omitzero"`
	Implied  vf.Action  `json:"implied,omitzero"`
}

// history prints the events that a trace or a track finds.
func (p *program) history(id vf.ID, follow func(*ledger.State, vf.ID) ([]ledger.Row, error), nothing string) error {
	b, err := p.look()
	if err != nil {
		return err
	}
	defer b.close()
	g, err := b.Graph()
	if err != nil {
		return err
	}
	names := namesOf(g)
	list := []flowed{}
	t := newTable("!when", "!did", ">how much", "of", "from", "to", "event")
	err = b.Read(func(s *ledger.State) error {
		rows, err := follow(s, id)
		for _, r := range rows {
			e := r.Event
			thing := e.ResourceInventoriedAs
			if thing == "" {
				thing = e.ResourceConformsTo
			}
			list = append(list, flowed{e.ID, e.Action, ledger.When(e), thing, e.Provider, e.Receiver, r.Quantity, r.Effort, r.Implied})
			much := names.amount(r.Quantity)
			if r.Quantity.IsZero() || r.Quantity.HasNumericalValue.IsZero() && !r.Effort.IsZero() {
				much = names.amount(r.Effort)
			}
			t.add(day(ledger.When(e)), string(e.Action), much, thing.Last(), names.of(e.Provider), names.of(e.Receiver), string(e.ID))
		}
		return err
	})
	if err != nil {
		return err
	}
	if p.JSON {
		return p.printJSON(list)
	}
	if len(list) == 0 {
		p.say(nothing, id)
	}
	t.write(p.out)
	return nil
}
