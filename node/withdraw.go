package node

import (
	"cmp"

	"commonweal/coordination"
	"commonweal/rule"
	"commonweal/vf"
)

// withdraw takes records back, several together where they refer to each
// other. What happened and what was promised is not withdrawn.
func withdraw(d *draft, a *Act) ([]vf.Record, error) {
	if err := noRecordsIn(a); err != nil {
		return nil, err
	}
	gone := make(map[vf.ID]bool, len(a.Of))
	for _, id := range a.Of {
		r, err := d.known("of", id)
		if err != nil {
			return nil, err
		}
		instead := ""
		switch r.(type) {
		case *vf.EconomicEvent:
			instead = "correct it"
		case *vf.EconomicResource:
			instead = "lower it to zero"
		case *vf.Commitment:
			instead = "release it"
		case *vf.Unit:
			instead = "leave it; a unit that nothing uses does no harm"
		}
		if instead != "" {
			return nil, rule.Refuse("notWithdrawn", "id", string(id), "class", string(r.Class()), "instead", instead).At(string(id))
		}
		gone[id] = true
	}
	if r, id := d.referringTo(gone); r != nil {
		return nil, d.stillUsed(id, r)
	}
	return nil, nil
}

// stillUsed refuses to take back what is referred to. Of a record that is not the
// actor's to see it tells nothing but that there is one.
func (d *draft) stillUsed(id vf.ID, by vf.Record) error {
	name, class, instead := string(by.Key()), string(by.Class()), d.insteadOf(id, by)
	if s := d.seat; s != nil && !d.view(nil).Allows(s.actor, coordination.See, by) {
		name, class, instead = hiddenRecord, "not told", cmp.Or(d.finishOf(id), "leave it")+"; or ask somebody who sees more of the books"
	}
	return rule.Refuse("stillUsed", "id", string(id), "class", class, "by", name, "instead", instead).At(string(id))
}

// finishOf says to finish a record, where it can be; else nothing.
func (d *draft) finishOf(id vf.ID) string {
	if _, can := finished(d.state.Record(id)); can {
		return "finish " + string(id)
	}
	return ""
}

// insteadOf says what to do about a record that is still referred to. What was
// promised and what happened stays in the books, and so does what it is about.
func (d *draft) insteadOf(id vf.ID, by vf.Record) string {
	finish := d.finishOf(id)
	switch r := by.(type) {
	case *vf.Commitment:
		switch {
		case r.Finished && finish != "":
			return finish + "; what was promised for it stays in the books"
		case r.Finished:
			return "leave it; what was promised stays in the books"
		case finish != "":
			return "release " + string(r.ID) + ", then " + finish + "; what was promised for it stays in the books"
		}
		return "release " + string(r.ID) + ", and leave " + string(id) + "; what was promised stays in the books"
	case *vf.EconomicEvent:
		if finish != "" {
			return finish + "; what happened stays in the books"
		}
		return "leave it; what happened stays in the books"
	}
	if finish != "" {
		finish = "; or " + finish
	}
	return "withdraw or change " + string(by.Key()) + " first, or both in one act" + finish
}

// removeAll takes records out of the state. Their profiles go with them.
func removeAll(d *draft, _ []vf.Record, of []vf.ID) error {
	for _, id := range of {
		d.dropProfile(id)
		d.remove(id)
	}
	return nil
}
