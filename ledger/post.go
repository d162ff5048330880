package ledger

import (
	"commonweal/rule"
	"commonweal/vf"
)

// posting is one event on its way into the books, on a fork of its own.
type posting struct {
	s        *State
	units    *vf.Units
	ev       *vf.EconomicEvent // with what follows from what it corrects
	row      *vf.ActionEffects
	original *vf.EconomicEvent // what it corrects, nil if it is no correction
	kept     Posting           // of the original
	again    bool              // brings back what was corrected to nothing
	basedOn  func(vf.ID) vf.ID // what kind of process one is; nil where the state says it
}

// Post posts an event: all of it, or nothing and a refusal.
func (s *State) Post(ev *vf.EconomicEvent) error {
	f := s.again()
	if err := f.post(ev); err != nil {
		return err
	}
	f.Merge()
	return nil
}

func (s *State) post(ev *vf.EconomicEvent) error {
	if s.Record(ev.ID) != nil {
		return rule.Refuse("idTaken", "id", string(ev.ID), "class", string(s.Record(ev.ID).Class()))
	}
	units, err := s.Units()
	if err != nil {
		return err
	}
	p := &posting{s: s, units: units, ev: ev}
	if err := p.readOriginal(); err != nil {
		return err
	}
	if p.row = p.ev.Action.Effects(); p.row == nil {
		return missing("action", "one of the nineteen actions, such as produce")
	}
	if err := p.check(); err != nil {
		return err
	}
	if p.original != nil {
		return p.correct()
	}
	if err := p.move(p.ev.ResourceQuantity); err != nil {
		return err
	}
	p.kept = Posting{Number: s.before + int64(len(s.log)), Resource: p.ev.ResourceQuantity, Effort: p.ev.EffortQuantity}
	if err := p.fill(); err != nil {
		return err
	}
	p.stands(1)
	s.postings.set(string(ev.ID), p.kept)
	s.records.set(string(ev.ID), p.ev)
	s.log = append(s.log, ev.ID)
	return nil
}

// stands counts the event among those that stand, or no more, for the
// resources that it names.
func (p *posting) stands(change int) {
	for i, id := range []vf.ID{p.ev.ResourceInventoriedAs, p.ev.ToResourceInventoriedAs} {
		if i == 1 && (id == p.ev.ResourceInventoriedAs || p.row.Contained == vf.Update) { // a container is only named
			continue
		}
		if o, ok := p.s.origins.get(string(id)); ok {
			o.Events += change
			p.s.origins.set(string(id), o)
		}
	}
}

// move does to resources what the action says, with this quantity.
func (p *posting) move(q vf.Measure) error {
	from, err := p.open(p.ev.ResourceInventoriedAs, "resourceInventoriedAs", p.row.CreateResource == vf.Optional)
	if err != nil {
		return err
	}
	to := from
	if p.ev.ToResourceInventoriedAs != p.ev.ResourceInventoriedAs {
		if to, err = p.open(p.ev.ToResourceInventoriedAs, "toResourceInventoriedAs", p.row.CreateResource == vf.OptionalTo); err != nil {
			return err
		}
	}
	if from != nil && from == to {
		if err := p.checkWhole(from, q); err != nil {
			return err
		}
	}
	if err := p.pair(from, q); err != nil {
		return err
	}
	if err := p.count(from, to, q); err != nil {
		return err
	}
	if p.original == nil || p.again {
		if err := p.describe(from, to); err != nil {
			return err
		}
	}
	for _, a := range []*account{from, to} {
		if a != nil {
			p.s.records.set(string(a.r.ID), a.r)
			p.s.origins.set(string(a.r.ID), a.o)
		}
	}
	return nil
}

// account is a resource opened for posting: a copy of its record.
type account struct {
	r      *vf.EconomicResource
	o      Origin
	fresh  bool // no event of it stands
	medium bool // may go below zero
}

// open copies the resource of an id for posting, or creates it.
func (p *posting) open(id vf.ID, property string, creates bool) (*account, error) {
	if id == "" {
		return nil, nil
	}
	a := &account{}
	switch r := p.s.Record(id).(type) {
	case *vf.EconomicResource:
		c := *r
		a.r = &c
		a.o, _ = p.s.origins.get(string(id))
		a.fresh = a.o.Events == 0
	case nil:
		if !creates || p.original != nil {
			return nil, unknown(property, id, "the id of an EconomicResource")
		}
		made, err := p.create(id)
		if err != nil {
			return nil, err
		}
		a.r, a.o, a.fresh = made, originOf(made), true
	default:
		return nil, rule.Refuse("wrongReference", "property", property, "id", string(id), "class", string(r.Class()), "wanted", "EconomicResource")
	}
	spec := find[*vf.ResourceSpecification](p.s, a.r.ConformsTo)
	a.medium = spec != nil && spec.MediumOfExchange == vf.Yes
	said := p.ev.ResourceConformsTo
	if said != "" && said != a.r.ConformsTo && a.r.ConformsTo != "" && p.ev.Action != vf.Combine {
		return nil, rule.Refuse("conformsDiffers", "resource", string(id), "conforms", string(a.r.ConformsTo), "said", string(said))
	}
	return a, nil
}

// create makes the resource that an event brings into being. What a transfer,
// move or copy creates is like the resource that it comes from.
func (p *posting) create(id vf.ID) (*vf.EconomicResource, error) {
	r := &vf.EconomicResource{ID: id, ConformsTo: p.ev.ResourceConformsTo, ClassifiedAs: p.ev.ResourceClassifiedAs}
	if source := p.s.Resource(p.ev.ResourceInventoriedAs); source != nil {
		r.ConformsTo, r.ClassifiedAs = source.ConformsTo, source.ClassifiedAs
		Liken(r, source, p.ev.Action)
	}
	if r.ConformsTo == "" {
		return nil, missing("resourceConformsTo", "what kind of thing the new resource "+string(id)+" is")
	}
	return r, nil
}

// Liken gives a new resource, which an action brings into being out of another one,
// what is not said of it as it is of that one.
func Liken(r, source *vf.EconomicResource, a vf.Action) {
	some := func(to *vf.ID, from vf.ID) {
		if *to == "" {
			*to = from
		}
	}
	for _, text := range []struct{ to, from *string }{{&r.Name, &source.Name}, {&r.State, &source.State}, {&r.TrackingIdentifier, &source.TrackingIdentifier}} {
		if *text.to == "" {
			*text.to = *text.from
		}
	}
	if r.ClassifiedAs == nil {
		r.ClassifiedAs = source.ClassifiedAs
	}
	some(&r.ConformsTo, source.ConformsTo)
	some(&r.Stage, source.Stage)
	some(&r.OfBatchLot, source.OfBatchLot)
	some(&r.UnitOfEffort, source.UnitOfEffort)
	if row := a.Effects(); row.Location != vf.UpdateTo { // the thing stays where it is
		some(&r.CurrentLocation, source.CurrentLocation)
	}
	if a.Effects().Accountable == vf.None { // and so do the rights
		some(&r.PrimaryAccountable, source.PrimaryAccountable)
	}
}

func originOf(r *vf.EconomicResource) Origin {
	return Origin{Stage: r.Stage, State: r.State, ContainedIn: r.ContainedIn, Location: r.CurrentLocation, Accountable: r.PrimaryAccountable}
}

// checkWhole refuses to change, within one resource, only a part of it.
func (p *posting) checkWhole(a *account, q vf.Measure) error {
	have, change := a.r.OnhandQuantity, "move"
	if p.row.Onhand == vf.None {
		have, change = a.r.AccountingQuantity, "hand on"
	}
	in, err := p.in(q, a.r)
	if err != nil {
		return err
	}
	if (p.original == nil || p.again) && in.HasNumericalValue.Cmp(have.HasNumericalValue) != 0 {
		return rule.Refuse("partOnly", "value", q.String(), "have", have.String(), "resource", string(a.r.ID), "change", change)
	}
	return nil
}
