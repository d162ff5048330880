package ledger

import (
	"cmp"
	"iter"
	"slices"

	"commonweal/vf"
)

// Earlier returns a resource as the events made it that were there at an earlier
// time: there says which of those that name it were, and basedOn what kind of process
// one was then. What events do not change is as it is of the resource that is given,
// and origin is what it was before the first event. stop is as for [Trace].
func Earlier(b Books, r *vf.EconomicResource, origin Origin, there func(event vf.ID) bool, basedOn func(process vf.ID) vf.ID, stop func() error) (*vf.EconomicResource, error) {
	h, err := newHistory(b, stop)
	if err != nil {
		return nil, err
	}
	c := *r
	c.AccountingQuantity, c.OnhandQuantity = vf.Measure{}, vf.Measure{}
	origin.describe(&c)
	e := &earlier{h: h, r: &c, unit: unitOf(r), at: map[vf.ID]int{}}
	if err := e.read(there); err != nil {
		return nil, err
	}
	for _, ev := range e.posted {
		if err := e.count(ev); err != nil {
			return nil, err
		}
	}
	p := &posting{units: h.units, basedOn: basedOn}
	if err := p.describeAll(&c, e.standing()); err != nil {
		return nil, err
	}
	return &c, h.err
}

// earlier is a resource that is made again from the events that were there.
type earlier struct {
	h      *history
	r      *vf.EconomicResource
	unit   vf.ID
	posted []*vf.EconomicEvent // corrections too, in the order of posting
	kept   []Posting
	at     map[vf.ID]int
}

// read finds the events that name the resource and were there.
func (e *earlier) read(there func(vf.ID) bool) error {
	seen := map[vf.ID]bool{}
	var ids []vf.ID
	for _, property := range []string{"resourceInventoriedAs", "toResourceInventoriedAs"} {
		for id := range e.h.b.Referring("EconomicEvent", property, e.r.ID) {
			if !seen[id] && !e.h.failed() && there(id) {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	type line struct {
		id     vf.ID
		number int64
	}
	var lines []line
	for i, number := range e.h.b.Numbers(ids) {
		lines = append(lines, line{ids[i], number})
	}
	slices.SortFunc(lines, func(a, b line) int { return cmp.Compare(a.number, b.number) })
	for _, l := range lines {
		ev, _ := e.h.record(l.id).(*vf.EconomicEvent)
		if ev == nil || e.h.failed() {
			continue
		}
		e.at[l.id] = len(e.posted)
		e.posted, e.kept = append(e.posted, ev), append(e.kept, Posting{Number: l.number, Resource: ev.ResourceQuantity, Effort: ev.EffortQuantity})
		if of, ok := e.at[ev.Corrects]; ok && ev.Corrects != "" {
			e.correct(&e.kept[of], ev)
		}
	}
	return e.h.err
}

// correct adds a correction to what an event amounts to.
func (e *earlier) correct(kept *Posting, c *vf.EconomicEvent) {
	kept.Corrected = true
	e.h.add(&kept.Resource, c.ResourceQuantity)
	e.h.add(&kept.Effort, c.EffortQuantity)
}

// count posts the quantity of an event, as it was posted then.
func (e *earlier) count(ev *vf.EconomicEvent) error {
	row := ev.Action.Effects()
	if row == nil || ev.ResourceQuantity.IsZero() || e.h.failed() {
		return e.h.err
	}
	p := &posting{units: e.h.units, ev: ev, row: row}
	a := &account{r: e.r, medium: true} // what was posted then is not refused now
	var from, to *account
	if ev.ResourceInventoriedAs == e.r.ID {
		from = a
	}
	if ev.ToResourceInventoriedAs == e.r.ID {
		to = a
	}
	if e.r.AccountingQuantity.IsZero() && e.r.OnhandQuantity.IsZero() {
		q, err := p.convert(ev.ResourceQuantity, e.unit, string(e.r.ID))
		if err != nil {
			return err
		}
		return p.count(from, to, q)
	}
	return p.count(from, to, ev.ResourceQuantity)
}

// standing yields the events in the order of posting, with what they amounted to.
func (e *earlier) standing() iter.Seq2[*vf.EconomicEvent, Posting] {
	return func(yield func(*vf.EconomicEvent, Posting) bool) {
		for i, ev := range e.posted {
			if !yield(ev, e.kept[i]) {
				return
			}
		}
	}
}
