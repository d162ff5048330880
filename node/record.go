package node

import (
	"commonweal/rule"
	"commonweal/vf"
)

// record enters events, in the order in which they are given, with the things
// and processes that are new with them.
func record(d *draft, a *Act) ([]vf.Record, error) {
	if err := noOf(a); err != nil {
		return nil, err
	}
	err := only(a, "EconomicEvent, EconomicResource, Process, BatchLotRecord, Agreement, AgreementBundle or Claim", func(r vf.Record) bool {
		switch r.(type) {
		case *vf.EconomicEvent, *vf.EconomicResource, *vf.Process, *vf.BatchLotRecord, *vf.Agreement, *vf.AgreementBundle, *vf.Claim:
			return true
		}
		return false
	})
	if err != nil {
		return nil, err
	}
	fresh, err := d.fresh(a.Records)
	if err != nil {
		return nil, err
	}
	return d.ready(a, fresh, false)
}

// correct enters events that correct earlier ones.
func correct(d *draft, a *Act) ([]vf.Record, error) {
	if err := noOf(a); err != nil {
		return nil, err
	}
	err := only(a, "EconomicEvent", func(r vf.Record) bool { _, ok := r.(*vf.EconomicEvent); return ok })
	if err != nil {
		return nil, err
	}
	for _, r := range a.Records {
		if ev := r.(*vf.EconomicEvent); ev.Corrects == "" {
			return nil, rule.Refuse("missingProperty", "class", "EconomicEvent", "property", "corrects", "wanted", "the event that it corrects").At(string(ev.ID))
		}
	}
	fresh, err := d.fresh(a.Records)
	if err != nil {
		return nil, err
	}
	return d.ready(a, fresh, false)
}
