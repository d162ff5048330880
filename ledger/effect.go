package ledger

import (
	"errors"

	"commonweal/rule"
	"commonweal/vf"
)

// in converts a quantity to the unit in which a resource is counted; a resource
// that has none yet takes the quantity's.
func (p *posting) in(q vf.Measure, r *vf.EconomicResource) (vf.Measure, error) {
	unit := unitOf(r)
	if unit == "" {
		unit = q.HasUnit
	}
	m, err := p.convert(q, unit, string(r.ID))
	return m, err
}

func unitOf(r *vf.EconomicResource) vf.ID {
	if r.AccountingQuantity.HasUnit != "" {
		return r.AccountingQuantity.HasUnit
	}
	return r.OnhandQuantity.HasUnit
}

// convert is exact, or refused with the reason.
func (p *posting) convert(q vf.Measure, unit vf.ID, about string) (vf.Measure, error) {
	m, err := p.units.Convert(q, unit)
	if err == nil {
		return m, nil
	}
	var f *vf.Error
	if errors.As(err, &f) && f.Kind == vf.NumberTooLarge {
		return m, rule.Refuse("notExact", "value", q.String(), "unit", unit.Last(), "resource", about)
	}
	return m, refusal(err)
}

// count changes accounting and on-hand quantities.
func (p *posting) count(from, to *account, q vf.Measure) error {
	for _, kind := range []struct {
		effect vf.Effect
		onhand bool
	}{{p.row.Accounting, false}, {p.row.Onhand, true}} {
		var err error
		switch kind.effect {
		case vf.Increment:
			err = p.add(from, q, kind.onhand, false)
		case vf.Decrement:
			err = p.add(from, q, kind.onhand, true)
		case vf.DecrementIncrement:
			if err = p.add(from, q, kind.onhand, true); err == nil {
				err = p.add(to, q, kind.onhand, false)
			}
		case vf.IncrementTo:
			err = p.add(to, q, kind.onhand, false)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// add adds a quantity to one side of a resource, or takes it away.
func (p *posting) add(a *account, q vf.Measure, onhand, take bool) error {
	if a == nil {
		return nil
	}
	m, err := p.in(q, a.r)
	if err != nil {
		return err
	}
	for _, side := range []*vf.Measure{&a.r.AccountingQuantity, &a.r.OnhandQuantity} {
		if side.IsZero() {
			side.HasUnit = m.HasUnit
		}
	}
	side := &a.r.AccountingQuantity
	if onhand {
		side = &a.r.OnhandQuantity
	}
	change := m.HasNumericalValue
	if take {
		change = change.Neg()
	}
	sum, err := side.HasNumericalValue.Add(change)
	if err != nil {
		return refusal(err)
	}
	guarded := onhand || p.ev.Action == vf.Transfer || p.ev.Action == vf.TransferAllRights
	if change.Sign() < 0 && sum.Sign() < 0 && guarded && !a.medium {
		return belowZero(a.r.ID, onhand, *side, vf.Measure{HasNumericalValue: change.Neg(), HasUnit: m.HasUnit}, sum)
	}
	side.HasNumericalValue = sum
	return nil
}

func belowZero(id vf.ID, onhand bool, have, take vf.Measure, sum vf.Decimal) error {
	name := "accountingQuantity"
	if onhand {
		name = "onhandQuantity"
	}
	left := vf.Measure{HasNumericalValue: sum, HasUnit: have.HasUnit}
	return rule.Refuse("belowZero", "resource", string(id), "quantity", name, "have", have.String(),
		"take", take.String(), "left", left.String())
}

// describe sets location, container, stage, state and accountable agent.
func (p *posting) describe(from, to *account) error {
	if err := p.describeAccountable(from, to); err != nil {
		return err
	}
	if p.row.Contained == vf.Update && from != nil && to != nil {
		for at := to.r; at != nil; at = p.s.Resource(at.ContainedIn) {
			if at.ID == from.r.ID {
				return rule.Refuse("containerLoop", "resource", string(from.r.ID), "container", string(to.r.ID))
			}
		}
	}
	if from != nil {
		d := p.effectsOn(p.ev, p.row, true, from.fresh)
		d.applyTo(from.r)
		if p.row.Contained == vf.Remove && p.outstanding(from.r.ID).HasNumericalValue.Sign() == 0 {
			from.r.ContainedIn = ""
		}
	}
	if to != nil {
		d := p.effectsOn(p.ev, p.row, false, to.fresh)
		d.applyTo(to.r)
	}
	return nil
}

// described is what an event sets on a resource; what is empty stays.
type described struct {
	location, container, stage, accountable vf.ID
	state                                   string
}

func (d described) applyTo(r *vf.EconomicResource) {
	set(&r.CurrentLocation, d.location)
	set(&r.ContainedIn, d.container)
	set(&r.Stage, d.stage)
	set(&r.State, d.state)
	set(&r.PrimaryAccountable, d.accountable)
}

func set[T ~string](field *T, value T) {
	if value != "" {
		*field = value
	}
}

// effectsOn reads off the action table what an event sets on the resource that
// it names first (isFrom) or second.
func (p *posting) effectsOn(ev *vf.EconomicEvent, row *vf.ActionEffects, isFrom, fresh bool) described {
	var d described
	here := func(e vf.Effect) bool {
		if e == vf.New {
			return fresh && isFrom != (row.CreateResource == vf.OptionalTo)
		}
		return e == vf.Update && isFrom || e == vf.UpdateTo && !isFrom
	}
	if here(row.Location) {
		d.location = ev.ToLocation
	}
	if row.Contained == vf.Update && isFrom {
		d.container = ev.ToResourceInventoriedAs
	}
	if here(row.Stage) {
		d.stage = p.kindOf(ev.OutputOf)
	}
	if here(row.State) {
		d.state = ev.State
	}
	if here(row.Accountable) {
		d.accountable = ev.Receiver
		if ev.Receiver == "" && row.CreateResource == vf.Optional {
			d.accountable = ev.Provider
		}
	}
	return d
}

// kindOf is what kind of process one is.
func (p *posting) kindOf(process vf.ID) vf.ID {
	if p.basedOn != nil {
		return p.basedOn(process)
	}
	if r := find[*vf.Process](p.s, process); r != nil {
		return r.BasedOn
	}
	return ""
}

// describeAccountable refuses to make one agent's things another's unsaid.
func (p *posting) describeAccountable(from, to *account) error {
	a := to
	if p.row.CreateResource == vf.Optional {
		a = from
	}
	receiver := p.ev.Receiver
	if p.row.Accountable == vf.None || a == nil || receiver == "" || a.r.PrimaryAccountable == "" || a.r.PrimaryAccountable == receiver {
		return nil
	}
	held := a.r.AccountingQuantity
	if p.row.Accountable == vf.UpdateTo {
		before := held // without what this event brought
		if a != from {
			if r := p.s.Resource(a.r.ID); r != nil {
				before = r.AccountingQuantity
			} else {
				before = vf.Measure{}
			}
			if before.HasNumericalValue.IsZero() {
				return nil
			}
			held = before
		} else {
			return nil // handed on whole, see checkWhole
		}
	}
	return rule.Refuse("accountableDiffers", "resource", string(a.r.ID), "accountable", string(a.r.PrimaryAccountable),
		"have", held.String(), "receiver", string(receiver))
}
