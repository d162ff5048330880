package ledger

import (
	"iter"
	"slices"

	"commonweal/rule"
	"commonweal/vf"
)

// Complete returns the event with what follows from the books: a correction
// has all references of what it corrects, so they need not be said again. Any
// other event is returned as it is.
func (s *State) Complete(ev *vf.EconomicEvent) (*vf.EconomicEvent, error) {
	p := &posting{s: s, ev: ev}
	err := p.readOriginal()
	return p.ev, err
}

// readOriginal finds what a correction corrects and fills in what it leaves
// unsaid; what it says otherwise is refused.
func (p *posting) readOriginal() error {
	ev := p.ev
	if ev.Corrects == "" {
		return nil
	}
	was := find[*vf.EconomicEvent](p.s, ev.Corrects)
	kept, posted := p.s.postings.get(string(ev.Corrects))
	if was == nil {
		return unknown("corrects", ev.Corrects, "the id of an EconomicEvent")
	}
	if was.Corrects != "" || !posted {
		return rule.Refuse("correctsCorrection", "event", string(was.ID), "original", string(was.Corrects))
	}
	c := *ev
	for _, f := range []struct {
		name string
		said *vf.ID
		was  vf.ID
	}{
		{"inputOf", &c.InputOf, was.InputOf}, {"outputOf", &c.OutputOf, was.OutputOf},
		{"provider", &c.Provider, was.Provider}, {"receiver", &c.Receiver, was.Receiver},
		{"resourceInventoriedAs", &c.ResourceInventoriedAs, was.ResourceInventoriedAs},
		{"toResourceInventoriedAs", &c.ToResourceInventoriedAs, was.ToResourceInventoriedAs},
		{"resourceConformsTo", &c.ResourceConformsTo, was.ResourceConformsTo},
		{"toLocation", &c.ToLocation, was.ToLocation},
		{"realizationOf", &c.RealizationOf, was.RealizationOf},
		{"reciprocalRealizationOf", &c.ReciprocalRealizationOf, was.ReciprocalRealizationOf},
	} {
		if *f.said == "" {
			*f.said = f.was
		}
		if *f.said != f.was {
			return correctionDiffers(was.ID, f.name, string(f.was), string(*f.said))
		}
	}
	if c.Action == "" {
		c.Action = was.Action
	}
	if c.Action != was.Action {
		return correctionDiffers(was.ID, "action", string(was.Action), string(c.Action))
	}
	if c.State != "" && c.State != was.State {
		return correctionDiffers(was.ID, "state", was.State, c.State)
	}
	c.State = was.State
	if c.ResourceClassifiedAs == nil {
		c.ResourceClassifiedAs = was.ResourceClassifiedAs
	}
	for _, f := range []struct {
		name      string
		said, was []vf.ID
	}{{"fulfills", c.Fulfills, was.Fulfills}, {"satisfies", c.Satisfies, was.Satisfies}, {"settles", c.Settles, was.Settles}} {
		if len(f.said) > 0 && !slices.Equal(f.said, f.was) {
			return correctionDiffers(was.ID, f.name, join(f.was), join(f.said))
		}
	}
	p.ev, p.original, p.kept = &c, was, kept
	return nil
}

func join(ids []vf.ID) string {
	text := "nothing"
	for i, id := range ids {
		if i == 0 {
			text = string(id)
		} else {
			text += ", " + string(id)
		}
	}
	return text
}

func correctionDiffers(event vf.ID, property, was, said string) error {
	if was == "" {
		was = "nothing"
	}
	return rule.Refuse("correctionDiffers", "event", string(event), "property", property, "was", was, "said", said)
}

// correct posts a correction: the quantities again with what it adds or takes,
// and what the event filled anew.
func (p *posting) correct() error {
	was, wasVoid := p.original, p.kept.void()
	var err error
	if p.kept.Resource, err = p.net(p.kept.Resource, p.ev.ResourceQuantity, "resourceQuantity"); err != nil {
		return err
	}
	if p.kept.Effort, err = p.net(p.kept.Effort, p.ev.EffortQuantity, "effortQuantity"); err != nil {
		return err
	}
	p.again = wasVoid && !p.kept.void()
	if !p.ev.ResourceQuantity.IsZero() {
		if err := p.move(p.ev.ResourceQuantity); err != nil {
			return err
		}
	}
	p.kept.Corrected = true
	correction := p.ev
	p.ev = was
	if err := p.unfill(); err != nil {
		return err
	}
	if err := p.fill(); err != nil {
		return err
	}
	p.ev = correction
	p.s.postings.set(string(was.ID), p.kept)
	p.s.records.set(string(correction.ID), correction)
	number := p.s.before + int64(len(p.s.log))
	p.s.postings.set(string(correction.ID), Posting{Number: number, Resource: correction.ResourceQuantity, Effort: correction.EffortQuantity})
	p.s.log = append(p.s.log, correction.ID)
	switch {
	case p.kept.void() && !wasVoid:
		p.stands(-1)
	case !p.kept.void() && wasVoid:
		p.stands(1)
	}
	if p.kept.void() != wasVoid || p.row.Contained != vf.None {
		for _, id := range []vf.ID{was.ResourceInventoriedAs, was.ToResourceInventoriedAs} {
			if err := p.redescribe(id); err != nil {
				return err
			}
		}
	}
	return nil
}

// void reports whether corrections have left nothing of an event.
func (k Posting) void() bool {
	return k.Corrected && k.Resource.HasNumericalValue.IsZero() && k.Effort.HasNumericalValue.IsZero()
}

// net adds what a correction says to what an event amounts to so far.
func (p *posting) net(sum, q vf.Measure, property string) (vf.Measure, error) {
	if q.IsZero() {
		return sum, nil
	}
	if sum.IsZero() {
		return sum, correctionDiffers(p.original.ID, property, "", q.String())
	}
	m, err := p.convert(q, sum.HasUnit, string(p.original.ID))
	if err != nil {
		return sum, err
	}
	left, err := sum.HasNumericalValue.Add(m.HasNumericalValue)
	if err != nil {
		return sum, refusal(err)
	}
	if left.Sign() < 0 {
		return sum, rule.Refuse("overCorrected", "value", q.String(), "event", string(p.original.ID), "left", sum.String())
	}
	return vf.Measure{HasNumericalValue: left, HasUnit: sum.HasUnit}, nil
}

// redescribe sets location, container, stage, state and accountable agent of a
// resource to what the events that remain make of it, in order of posting.
func (p *posting) redescribe(id vf.ID) error {
	r := p.s.Resource(id)
	if r == nil {
		return nil
	}
	o, _ := p.s.origins.get(string(id))
	c := *r
	o.describe(&c)
	if err := p.describeAll(&c, p.s.events()); err != nil {
		return err
	}
	p.s.records.set(string(id), &c)
	return nil
}

// describe sets what was known of a resource before its first event.
func (o Origin) describe(c *vf.EconomicResource) {
	c.Stage, c.State, c.ContainedIn, c.CurrentLocation, c.PrimaryAccountable = o.Stage, o.State, o.ContainedIn, o.Location, o.Accountable
}

// describeAll sets what events make of a resource, in order of posting; those that
// are corrected to nothing make nothing of it.
func (p *posting) describeAll(c *vf.EconomicResource, events iter.Seq2[*vf.EconomicEvent, Posting]) error {
	id, fresh := c.ID, true
	var inside vf.Decimal
	for ev, kept := range events {
		row := ev.Action.Effects()
		isFrom, isTo := ev.ResourceInventoriedAs == id, ev.ToResourceInventoriedAs == id && row.Contained != vf.Update
		if !isFrom && !isTo || ev.Corrects != "" || kept.void() {
			continue
		}
		for _, from := range []bool{true, false} {
			if from && isFrom || !from && isTo {
				p.effectsOn(ev, row, from, fresh).applyTo(c)
			}
		}
		fresh = false
		if row.Contained == vf.None || !isFrom {
			continue
		}
		m, err := p.in(kept.Resource, c)
		if err != nil {
			return err
		}
		change := m.HasNumericalValue
		if row.Contained == vf.Remove {
			change = change.Neg()
		}
		if inside, err = inside.Add(change); err != nil {
			return refusal(err)
		}
		if row.Contained == vf.Remove && inside.IsZero() {
			c.ContainedIn = ""
		}
	}
	return nil
}
