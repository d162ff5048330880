package ledger

import (
	"commonweal/rule"
	"commonweal/vf"
)

// entrance is the action by which went in what comes out by this one.
var entrance = map[vf.Action]vf.Action{vf.Dropoff: vf.Pickup, vf.Modify: vf.Accept, vf.Separate: vf.Combine}

// pairKey is where it is kept how much of a resource went in and is still to
// come out; "" if the action has no pair.
func pairKey(a vf.Action, resource vf.ID) string {
	if in, ok := entrance[a]; ok {
		a = in
	}
	switch a {
	case vf.Pickup, vf.Accept, vf.Combine:
		return string(a) + " " + string(resource)
	}
	return ""
}

// outstanding is how much of a resource is still to come out of where it went
// by the pair of this event's action.
func (p *posting) outstanding(resource vf.ID) vf.Measure {
	m, _ := p.s.carried.get(pairKey(p.ev.Action, resource))
	return m
}

// pair keeps account of paired actions, which act on the same resource: what
// comes out must have gone in.
func (p *posting) pair(a *account, q vf.Measure) error {
	if a == nil {
		return nil
	}
	key := pairKey(p.ev.Action, a.r.ID)
	if key == "" {
		return nil
	}
	m, err := p.in(q, a.r)
	if err != nil {
		return err
	}
	have, _ := p.s.carried.get(key)
	change := m.HasNumericalValue
	paired, isOut := entrance[p.ev.Action]
	if isOut {
		change = change.Neg()
	} else {
		paired = p.ev.Action
	}
	sum, err := have.HasNumericalValue.Add(change)
	if err != nil {
		return refusal(err)
	}
	if sum.Sign() < 0 {
		have.HasUnit = m.HasUnit
		return rule.Refuse("notTakenIn", "action", string(p.ev.Action), "value", q.String(), "resource", string(a.r.ID),
			"paired", string(paired), "outstanding", have.String())
	}
	p.s.carried.set(key, vf.Measure{HasNumericalValue: sum, HasUnit: m.HasUnit})
	return nil
}
