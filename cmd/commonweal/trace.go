package main

import (
	"math/big"

	"commonweal/ledger"
	"commonweal/vf"
)

// traceCommand says where a thing came from.
type traceCommand struct {
	ID vf.ID `arg:"" help:"A resource or an event."`
}

// Run prints what went into it, event by event.
func (c *traceCommand) Run(p *program) error {
	return p.history(c.ID, (*ledger.State).Trace, "Nothing is recorded that went into %s.", "share: the part of each event that went into %s.")
}

// flowed is one event of a trace or track as programs read it. The quantities
// are the event's own; the share is between 0 and 1, rounded to a millionth.
type flowed struct {
	Event    vf.ID      `json:"event"`
	Action   vf.Action  `json:"action"`
	At       vf.Time    `json:"at"`
	Thing    vf.ID      `json:"thing,omitzero"`
	Provider vf.ID      `json:"provider,omitzero"`
	Receiver vf.ID      `json:"receiver,omitzero"`
	Quantity vf.Measure `json:"resourceQuantity,omitzero"`
	Effort   vf.Measure `json:"effortQuantity,omitzero"`
	Share    vf.Decimal `json:"share"`
	Implied  vf.Action  `json:"implied,omitzero"`
}

// history prints the events that a trace or a track finds: how much each was,
// and its share. The last two texts say of an id that there are none, and what
// the shares are.
func (p *program) history(id vf.ID, follow func(*ledger.State, vf.ID) ([]ledger.Row, error), nothing, shares string) error {
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
	t := newTable("!when", "!did", ">how much", ">share", "of", "from", "to", "event")
	err = b.Read(func(s *ledger.State) error {
		rows, err := follow(s, id)
		if err != nil {
			return err
		}
		for _, r := range rows {
			e := r.Event
			share, err := vf.ParseDecimal(r.Share.FloatString(6))
			if err != nil {
				return err
			}
			thing := e.ResourceInventoriedAs
			if thing == "" {
				thing = e.ResourceConformsTo
			}
			list = append(list, flowed{e.ID, e.Action, ledger.When(e), thing, e.Provider, e.Receiver, r.Quantity, r.Effort, share, r.Implied})
			much := names.amount(r.Quantity)
			if r.Quantity.IsZero() || r.Quantity.HasNumericalValue.IsZero() && !r.Effort.IsZero() {
				much = names.amount(r.Effort)
			}
			t.add(day(ledger.When(e)), string(e.Action), much, percent(r.Share), thing.Last(), names.of(e.Provider), names.of(e.Receiver), string(e.ID))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if p.JSON {
		return p.printJSON(list)
	}
	if len(list) == 0 {
		p.say(nothing, id)
		return nil
	}
	t.write(p.out)
	p.say(shares, id)
	return nil
}

// percent writes a share for people, to a hundredth of a percent. It says 0% of
// nothing alone and 100% of the whole alone.
func percent(share *big.Rat) string {
	d, err := vf.ParseDecimal(new(big.Rat).Mul(share, big.NewRat(100, 1)).FloatString(2))
	switch {
	case err != nil:
		return share.RatString()
	case d.IsZero() && share.Sign() > 0:
		return "<0.01%"
	case d.Cmp(vf.Whole(100)) == 0 && share.Cmp(big.NewRat(1, 1)) < 0:
		return ">99.99%"
	}
	return d.String() + "%"
}
