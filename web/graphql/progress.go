package graphql

import (
	"commonweal/ledger"
	"commonweal/vf"
)

// progress adds to promises, wants and claims how far they are kept, and to events
// what they amount to with their corrections.
func (s *schema) progress() {
	for _, class := range []string{"Intent", "Commitment", "Claim"} {
		o := s.types[class]
		o.field("doneQuantity", "Measure", reckoned((*ledger.State).Done, resourceSide))
		o.field("doneEffort", "Measure", reckoned((*ledger.State).Done, effortSide))
		o.field("openQuantity", "Measure", reckoned((*ledger.State).Left, resourceSide))
		o.field("openEffort", "Measure", reckoned((*ledger.State).Left, effortSide))
	}
	o := s.types["EconomicEvent"]
	o.field("netQuantity", "Measure", reckoned(net, resourceSide))
	o.field("netEffort", "Measure", reckoned(net, effortSide))
}

func resourceSide(p ledger.Progress) vf.Measure { return p.Resource }
func effortSide(p ledger.Progress) vf.Measure   { return p.Effort }

// net is what an event amounts to.
func net(s *ledger.State, id vf.ID) ledger.Progress {
	kept, _ := s.Posting(id)
	return ledger.Progress{Resource: kept.Resource, Effort: kept.Effort}
}

// reckoned resolves what the ledger keeps of a record beside it. Of how it was before
// nothing is kept.
func reckoned(of func(*ledger.State, vf.ID) ledger.Progress, side func(ledger.Progress) vf.Measure) resolver {
	return func(x *execution, p any, _ arguments) (any, error) {
		if _, old := p.(revised); old {
			return nil, nil
		}
		var m vf.Measure
		err := x.h.node.Read(func(s *ledger.State) error {
			m = side(of(s, p.(vf.Record).Key()))
			return nil
		})
		if err != nil || m.HasUnit == "" {
			return nil, err
		}
		return m, nil
	}
}
