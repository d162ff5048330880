package node

import (
	"slices"

	"commonweal/ledger"
	"commonweal/vf"
)

// openings takes the quantities off resources and makes events of them, so that
// every quantity in the books comes from an event: a raise of what there is, or a
// lower of a debt, and a transferCustody where less or more is on hand than is
// accounted for (who has or gave the difference is not known, so both agents are
// the accountable one). Where the same act has events of the resource, what it
// says is the outcome of these, and the opening is what was before.
func openings(a *Act, units *vf.Units, records []vf.Record, events []*vf.EconomicEvent) ([]vf.Record, []*vf.EconomicEvent) {
	out := make([]vf.Record, 0, len(records))
	taken := make(map[vf.ID]bool, len(events))
	for _, ev := range events {
		taken[ev.ID] = true
	}
	var list []*vf.EconomicEvent
	for _, rec := range records {
		r, ok := rec.(*vf.EconomicResource)
		if !ok || r.AccountingQuantity.IsZero() && r.OnhandQuantity.IsZero() {
			out = append(out, rec)
			continue
		}
		bare := *r
		bare.AccountingQuantity, bare.OnhandQuantity = vf.Measure{}, vf.Measure{}
		out = append(out, &bare)
		for _, ev := range opening(a, units, r, events) {
			for taken[ev.ID] {
				ev.ID += "-again"
			}
			list = append(list, ev)
		}
	}
	return out, list
}

// beginning is when stock of no known origin came in: before all that is
// recorded of it, also what is entered later with an earlier time. The event's
// created says when the books began to know.
var beginning = vf.At(0)

func opening(a *Act, units *vf.Units, r *vf.EconomicResource, events []*vf.EconomicEvent) []*vf.EconomicEvent {
	accounting, onhand := r.AccountingQuantity, r.OnhandQuantity
	if accounting.IsZero() {
		accounting = onhand
	}
	if onhand.IsZero() {
		onhand = accounting
	}
	if same, err := units.Convert(onhand, accounting.HasUnit); err == nil {
		onhand = same
	}
	agent := r.PrimaryAccountable
	if agent == "" {
		agent = a.Author
	}
	first := vf.EconomicEvent{ID: r.ID + "/opening", Action: vf.Raise, ResourceInventoriedAs: r.ID, ResourceConformsTo: r.ConformsTo,
		Provider: r.PrimaryAccountable, Receiver: r.PrimaryAccountable, ResourceQuantity: less(units, accounting, events, r.ID, false),
		HasPointInTime: beginning, Created: a.At}
	known := false // by events
	for _, ev := range events {
		known = known || touches(ev, r.ID)
		if t := ledger.When(ev); touches(ev, r.ID) && t.Before(first.HasPointInTime.Time) {
			first.HasPointInTime = t
		}
	}
	second := first
	custody := less(units, onhand, events, r.ID, true)
	if first.ResourceQuantity.HasNumericalValue.Sign() < 0 {
		first.Action = vf.Lower
		first.ResourceQuantity.HasNumericalValue = first.ResourceQuantity.HasNumericalValue.Neg()
	}
	var list []*vf.EconomicEvent
	if !known || !first.ResourceQuantity.HasNumericalValue.IsZero() {
		list = append(list, &first)
	}
	difference, err := custody.HasNumericalValue.Sub(second.ResourceQuantity.HasNumericalValue)
	if err != nil || custody.HasUnit != accounting.HasUnit || difference.IsZero() {
		return list
	}
	second.ID, second.Action = r.ID+"/opening-custody", vf.TransferCustody
	second.Provider, second.Receiver = agent, agent
	second.ResourceQuantity = vf.Measure{HasNumericalValue: difference, HasUnit: custody.HasUnit}
	if difference.Sign() > 0 {
		second.ResourceInventoriedAs, second.ToResourceInventoriedAs = "", r.ID
	} else {
		second.ResourceQuantity.HasNumericalValue = difference.Neg()
	}
	return append(list, &second)
}

func touches(ev *vf.EconomicEvent, resource vf.ID) bool {
	return ev.ResourceInventoriedAs == resource || ev.ToResourceInventoriedAs == resource
}

// less takes off a quantity what the events bring to it, by the action table.
// An event whose quantity does not convert is left to the ledger, which refuses it.
func less(units *vf.Units, m vf.Measure, events []*vf.EconomicEvent, resource vf.ID, onhand bool) vf.Measure {
	for _, ev := range events {
		row := ev.Action.Effects()
		if row == nil || !touches(ev, resource) {
			continue
		}
		converted, err := units.Convert(ev.ResourceQuantity, m.HasUnit)
		if err != nil {
			continue
		}
		effect := row.Accounting
		if onhand {
			effect = row.Onhand
		}
		change := vf.Decimal{}
		from, to := ev.ResourceInventoriedAs == resource, ev.ToResourceInventoriedAs == resource
		q := converted.HasNumericalValue
		switch {
		case effect == vf.Increment && from, (effect == vf.DecrementIncrement || effect == vf.IncrementTo) && to && !from:
			change = q
		case (effect == vf.Decrement || effect == vf.DecrementIncrement && !to) && from:
			change = q.Neg()
		}
		if left, err := m.HasNumericalValue.Sub(change); err == nil {
			m.HasNumericalValue = left
		}
	}
	return m
}

// unitsWith are the units of the books and those that are new among records.
func (d *draft) unitsWith(records []vf.Record) (*vf.Units, error) {
	trial := d.state
	for _, r := range records {
		if u, ok := r.(*vf.Unit); ok && d.state.Record(u.ID) == nil {
			if trial == d.state {
				trial = d.state.Fork()
			}
			if err := trial.Put(u); err != nil {
				return nil, at(err, u.ID)
			}
		}
	}
	return trial.Units()
}

// inOrder puts events of a file into an order in which they can be posted: by
// time, those of equal time as they were given; one that cannot be posted yet,
// such as a correction before what it corrects, waits for those after it. Where
// none of the rest can be posted they stay as they are, and the first is refused.
func (d *draft) inOrder(rest []vf.Record, openings, events []*vf.EconomicEvent) ([]*vf.EconomicEvent, error) {
	slices.SortStableFunc(events, func(a, b *vf.EconomicEvent) int { return ledger.When(a).Compare(ledger.When(b).Time) })
	trial := d.state.Fork()
	for _, r := range rest {
		if err := trial.Put(r); err != nil {
			return nil, at(err, r.Key())
		}
	}
	for _, ev := range openings {
		if err := trial.Post(ev); err != nil {
			return nil, at(err, ev.ID)
		}
	}
	ordered := make([]*vf.EconomicEvent, 0, len(events))
	for waiting := events; len(waiting) > 0; {
		var still []*vf.EconomicEvent
		for _, ev := range waiting {
			if trial.Post(ev) == nil {
				ordered = append(ordered, ev)
			} else {
				still = append(still, ev)
			}
		}
		if len(still) == len(waiting) {
			return append(ordered, still...), nil
		}
		waiting = still
	}
	return ordered, nil
}
