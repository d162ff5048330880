package ledger

import (
	"errors"
	"math/big"

	"commonweal/rule"
	"commonweal/vf"
)

// promise is what commitments, intents and claims have in common.
type promise struct {
	id                 vf.ID
	class              vf.Class
	action             vf.Action // "" where any will do
	provider, receiver vf.ID
	conforms           vf.ID
	inputOf, outputOf  vf.ID
	resource, effort   vf.Measure
	finished           bool
	inventoried        vf.ID
}

// promiseOf reads a record as a promise of a class, nil if it is none.
func (s *State) promiseOf(id vf.ID, class vf.Class) *promise {
	switch r := s.Record(id).(type) {
	case *vf.Commitment:
		if class == r.Class() {
			return &promise{id: id, class: class, action: r.Action, provider: r.Provider, receiver: r.Receiver,
				conforms: r.ResourceConformsTo, inputOf: r.InputOf, outputOf: r.OutputOf, inventoried: r.ResourceInventoriedAs,
				resource: r.ResourceQuantity, effort: r.EffortQuantity, finished: r.Finished}
		}
	case *vf.Intent:
		if class == r.Class() {
			q := r.ResourceQuantity
			if !r.AvailableQuantity.IsZero() {
				q = r.AvailableQuantity
			}
			return &promise{id: id, class: class, provider: r.Provider, receiver: r.Receiver,
				conforms: r.ResourceConformsTo, resource: q, effort: r.EffortQuantity, finished: r.Finished}
		}
	case *vf.Claim:
		if class == r.Class() {
			return &promise{id: id, class: class, action: r.Action, provider: r.Provider, receiver: r.Receiver,
				conforms: r.ResourceConformsTo, resource: r.ResourceQuantity, effort: r.EffortQuantity, finished: r.Finished}
		}
	}
	return nil
}

// fill shares the event's net quantity out over what it fulfils, satisfies and
// settles: each list in its order, each record up to what it asked for.
func (p *posting) fill() error {
	p.kept.Filled = nil
	for _, list := range []struct {
		property string
		class    vf.Class
		ids      []vf.ID
	}{{"fulfills", "Commitment", p.ev.Fulfills}, {"satisfies", "Intent", p.ev.Satisfies}, {"settles", "Claim", p.ev.Settles}} {
		if len(list.ids) == 0 {
			continue
		}
		resource, effort := rat(p.kept.Resource), rat(p.kept.Effort)
		for _, id := range list.ids {
			pr := p.s.promiseOf(id, list.class)
			if pr == nil {
				return unknown(list.property, id, "the id of a "+string(list.class))
			}
			if p.original == nil {
				if err := p.checkPromise(pr); err != nil {
					return err
				}
			}
			if err := p.fillOne(pr, resource, effort); err != nil {
				return err
			}
		}
	}
	return nil
}

// Left returns how much of a commitment, intent or claim is still open: what it asks
// for without what events have filled, nought where it is finished. What it does not
// ask for is left out.
func (s *State) Left(id vf.ID) Progress {
	r := s.Record(id)
	if r == nil {
		return Progress{}
	}
	pr := s.promiseOf(id, r.Class())
	if pr == nil {
		return Progress{}
	}
	done := s.Done(id)
	open := func(promised, done vf.Measure) vf.Measure {
		left, err := promised.HasNumericalValue.Sub(done.HasNumericalValue)
		if err != nil || left.Sign() < 0 || pr.finished { // of two sums that were exact, the difference is
			left = vf.Decimal{}
		}
		return vf.Measure{HasNumericalValue: left, HasUnit: promised.HasUnit}
	}
	return Progress{Resource: open(pr.resource, done.Resource), Effort: open(pr.effort, done.Effort)}
}

func rat(m vf.Measure) *big.Rat { return m.HasNumericalValue.Rat() }

// fillOne fills one promise from what is left of the event's quantities, and
// takes that off them.
func (p *posting) fillOne(pr *promise, resource, effort *big.Rat) error {
	done := p.s.Done(pr.id)
	part := Part{Of: pr.id}
	var err error
	if part.Resource, done.Resource, err = p.take(pr, pr.resource, done.Resource, p.kept.Resource.HasUnit, resource); err != nil {
		return err
	}
	if part.Effort, done.Effort, err = p.take(pr, pr.effort, done.Effort, p.kept.Effort.HasUnit, effort); err != nil {
		return err
	}
	if part.Resource.IsZero() && part.Effort.IsZero() {
		return nil
	}
	p.kept.Filled = append(p.kept.Filled, part)
	p.s.progress.set(string(pr.id), done)
	return nil
}

// take fills a promised quantity, as far as it is open, from what is left of an
// event's quantity in its unit. It returns what it took and the new total.
func (p *posting) take(pr *promise, promised, done vf.Measure, unit vf.ID, left *big.Rat) (vf.Measure, vf.Measure, error) {
	if promised.IsZero() || unit == "" {
		return vf.Measure{}, done, nil
	}
	factor, err := p.units.Factor(unit, promised.HasUnit)
	if err != nil {
		return vf.Measure{}, done, refusal(err)
	}
	open, err := promised.HasNumericalValue.Sub(done.HasNumericalValue)
	if err != nil {
		return vf.Measure{}, done, refusal(err)
	}
	if open.Sign() < 0 {
		open = vf.Decimal{}
	}
	taken := open
	if there := new(big.Rat).Mul(left, factor); there.Cmp(open.Rat()) < 0 {
		if taken, err = exact(there); err != nil {
			return vf.Measure{}, done, rule.Refuse("notExact", "value", left.FloatString(6)+" "+unit.Last(), "unit", promised.HasUnit.Last(), "resource", string(pr.id))
		}
	}
	left.Sub(left, new(big.Rat).Quo(taken.Rat(), factor))
	total, err := done.HasNumericalValue.Add(taken)
	if err != nil {
		return vf.Measure{}, done, refusal(err)
	}
	return vf.Measure{HasNumericalValue: taken, HasUnit: promised.HasUnit}, vf.Measure{HasNumericalValue: total, HasUnit: promised.HasUnit}, nil
}

var errInexact = errors.New("ledger: not a finite decimal number of 18 digits")

// exact returns a rational as a decimal, where it is one.
func exact(r *big.Rat) (vf.Decimal, error) {
	d, err := vf.ParseDecimal(r.FloatString(18))
	if err != nil {
		return d, err
	}
	if d.Rat().Cmp(r) != 0 {
		return d, errInexact
	}
	return d, nil
}

// unfill takes back what the event filled before.
func (p *posting) unfill() error {
	for _, part := range p.kept.Filled {
		done := p.s.Done(part.Of)
		for _, side := range []struct {
			sum *vf.Measure
			was vf.Measure
		}{{&done.Resource, part.Resource}, {&done.Effort, part.Effort}} {
			if side.was.IsZero() {
				continue
			}
			left, err := side.sum.HasNumericalValue.Sub(side.was.HasNumericalValue)
			if err != nil {
				return refusal(err)
			}
			side.sum.HasNumericalValue = left
		}
		p.s.progress.set(string(part.Of), done)
	}
	return nil
}

// checkPromise refuses an event that is not what was promised.
func (p *posting) checkPromise(pr *promise) error {
	ev := p.ev
	if pr.finished {
		return rule.Refuse("alreadyFinished", "id", string(pr.id), "class", string(pr.class))
	}
	conforms := ev.ResourceConformsTo
	if conforms == "" {
		for _, id := range []vf.ID{ev.ResourceInventoriedAs, ev.ToResourceInventoriedAs} {
			if r := p.s.Resource(id); r != nil && conforms == "" {
				conforms = r.ConformsTo
			}
		}
	}
	for _, f := range []struct {
		property       string
		promised, said vf.ID
	}{
		{"action", vf.ID(pr.action), vf.ID(ev.Action)},
		{"resourceConformsTo", pr.conforms, conforms},
		{"resourceInventoriedAs", pr.inventoried, ev.ResourceInventoriedAs},
		{"provider", pr.provider, ev.Provider}, {"receiver", pr.receiver, ev.Receiver},
		{"inputOf", pr.inputOf, ev.InputOf}, {"outputOf", pr.outputOf, ev.OutputOf},
	} {
		if f.promised != "" && f.said != "" && f.promised != f.said {
			return rule.Refuse("notAsPromised", "id", string(pr.id), "property", f.property, "promised", string(f.promised), "said", string(f.said))
		}
	}
	return nil
}
