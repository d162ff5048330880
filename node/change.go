package node

import (
	"cmp"

	"commonweal/rule"
	"commonweal/vf"
)

// change puts records that are in the books anew, whole. Events stay as they
// are, and so do the economic properties of resources and what units amount to.
func change(d *draft, a *Act) ([]vf.Record, error) {
	if err := noOf(a); err != nil {
		return nil, err
	}
	list := make([]vf.Record, 0, len(a.Records))
	for _, r := range a.Records {
		old, err := d.known("@id", r.Key())
		if err != nil {
			return nil, at(err, r.Key())
		}
		if old.Class() != r.Class() {
			return nil, rule.Refuse("idTaken", "id", string(r.Key()), "class", string(old.Class())).At(string(r.Key()))
		}
		switch r := r.(type) {
		case *vf.EconomicEvent:
			return nil, rule.Refuse("eventFixed", "id", string(r.ID)).At(string(r.ID))
		case *vf.EconomicResource:
			list = append(list, asItIs(r, old.(*vf.EconomicResource)))
			continue
		case *vf.Unit:
			if err := checkUnit(r, old.(*vf.Unit)); err != nil {
				return nil, err
			}
		}
		list = append(list, r)
	}
	if err := d.check(list, nil); err != nil {
		return nil, err
	}
	return list, nil
}

// asItIs completes a resource said anew with the economic properties that it
// leaves unsaid; those that it says must be as they are, which the ledger checks.
func asItIs(r, old *vf.EconomicResource) *vf.EconomicResource {
	c := *r
	for _, p := range []struct{ now, was *vf.ID }{
		{&c.ConformsTo, &old.ConformsTo}, {&c.PrimaryAccountable, &old.PrimaryAccountable}, {&c.Stage, &old.Stage},
		{&c.ContainedIn, &old.ContainedIn}, {&c.CurrentLocation, &old.CurrentLocation},
	} {
		if *p.now == "" {
			*p.now = *p.was
		}
	}
	if c.State == "" {
		c.State = old.State
	}
	if c.AccountingQuantity.IsZero() {
		c.AccountingQuantity = old.AccountingQuantity
	}
	if c.OnhandQuantity.IsZero() {
		c.OnhandQuantity = old.OnhandQuantity
	}
	return &c
}

// checkUnit refuses to change what quantities in the books amount to.
func checkUnit(r, old *vf.Unit) error {
	step := func(d *vf.Decimal) string {
		if d == nil {
			return "unsaid"
		}
		return d.String()
	}
	for _, p := range []struct{ name, was, now string }{
		{"omUnitIdentifier", old.OmUnitIdentifier, r.OmUnitIdentifier}, {"equals", old.Equals.String(), r.Equals.String()},
		{"step", step(old.Step), step(r.Step)},
	} {
		if p.was != p.now {
			return rule.Refuse("unitFixed", "property", p.name, "id", string(r.ID), "was", cmp.Or(p.was, "unsaid"), "said", cmp.Or(p.now, "unsaid")).At(string(r.ID))
		}
	}
	return nil
}
