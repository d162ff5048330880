package node

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"commonweal/plan"
	"commonweal/rule"
	"commonweal/vf"
	"commonweal/zone"
)

// mostAdopted is how many records of a plan one act enters at most.
const mostAdopted = 20_000

// adopt enters a plan: facts that are new or said anew, a record of the plan, and
// the processes that it proposes with their flows, as open work. It makes nobody's
// promise. The plan is made here, of the books with those facts: as of what the
// record of the plan says that it was created (else the time of the act), and as far
// as what begins before it is due. What was adopted under the same plan before, and
// is proposed no more, is taken back, unless somebody promised or began it.
func adopt(d *draft, a *Act) ([]vf.Record, error) {
	p, facts, err := adopted(a)
	if err != nil {
		return nil, err
	}
	gone := slices.Clone(a.Of)
	if _, err := withdraw(d, &Act{Kind: a.Kind, Of: gone}); err != nil {
		return nil, err
	}
	b := d.fork()
	b.without(gone)
	records, err := b.say(a, facts)
	if err != nil {
		return nil, err
	}
	said, err := b.say(a, []vf.Record{p})
	if err != nil {
		return nil, err
	}
	records = append(records, said...)
	proposed, err := b.propose(p)
	if err != nil {
		return nil, err
	}
	stale := b.stale(p.ID, proposed)
	b.without(stale)
	if said, err = b.say(a, proposed); err != nil {
		return nil, err
	}
	if records = append(records, said...); len(records)+len(stale) == 0 {
		return nil, rule.Refuse("nothingNew", "count", strconv.Itoa(len(a.Records)))
	}
	a.Of = slices.Concat(gone, stale)
	return records, nil
}

// adopted finds the record of the plan among those of an act, completed.
func adopted(a *Act) (p *vf.Plan, facts []vf.Record, err error) {
	err = only(a, "a Plan and facts that plans rest on", func(r vf.Record) bool {
		switch r.(type) {
		case *vf.EconomicEvent, *vf.Commitment, *vf.Claim, *vf.Agreement, *vf.AgreementBundle:
			return false
		}
		return true
	})
	if err != nil {
		return nil, nil, err
	}
	for _, r := range a.Records {
		x, ok := r.(*vf.Plan)
		switch {
		case !ok:
			facts = append(facts, r)
		case p != nil:
			return nil, nil, rule.Refuse("notOfAct", "kind", string(a.Kind), "what", "more than one record of class Plan")
		default:
			whole := *x
			p = &whole
		}
	}
	if p == nil {
		return nil, nil, rule.Refuse("noPlan")
	}
	if p.Created.IsZero() {
		p.Created = a.At
	}
	return p, facts, nil
}

// without takes records out of a draft that nobody will enter.
func (d *draft) without(ids []vf.ID) {
	for _, id := range ids {
		d.state.Remove(id)
	}
}

// say enters records that are new, or in the books with other words, and returns
// what an act has to carry for it.
func (d *draft) say(a *Act, records []vf.Record) ([]vf.Record, error) {
	var fresh, anew []vf.Record
	for _, r := range records {
		old := d.state.Record(r.Key())
		if old == nil {
			fresh = append(fresh, r)
			continue
		}
		same, err := d.same(old, r)
		if err != nil {
			return nil, err
		}
		if !same {
			anew = append(anew, r)
		}
	}
	var list []vf.Record
	if len(fresh) > 0 {
		fresh, err := d.fresh(fresh)
		if err != nil {
			return nil, err
		}
		if fresh, err = d.ready(a, fresh, true); err != nil {
			return nil, err
		}
		if err := putAll(d, fresh, nil); err != nil {
			return nil, err
		}
		list = append(list, fresh...)
	}
	if len(anew) == 0 {
		return list, nil
	}
	changed, err := change(d, &Act{Kind: a.Kind, Author: a.Author, At: a.At, Records: anew})
	if err != nil {
		return nil, err
	}
	if err := putAll(d, changed, nil); err != nil {
		return nil, err
	}
	return append(list, changed...), nil
}

// propose plans what is in a draft, and makes records of what the plan proposes.
func (d *draft) propose(p *vf.Plan) ([]vf.Record, error) {
	g := &vf.Graph{}
	for r := range d.state.Each() {
		g.Add(r)
	}
	made, err := plan.New(g, plan.Settings{Now: p.Created, Zone: zone.Load})
	if err != nil {
		return nil, err
	}
	r := made.Report()
	names := d.adoptedNames(p, r)
	var list []vf.Record
	for _, x := range r.Processes {
		if id := names[x.ID]; id != "" {
			list = append(list, &vf.Process{ID: id, Name: x.Name, BasedOn: x.BasedOn, PlannedWithin: p.ID, HasBeginning: x.HasBeginning, HasEnd: x.HasEnd})
		}
	}
	for _, f := range r.Flows {
		process := f.InputOf + f.OutputOf
		id := names[process]
		if f.Firm || id == "" {
			continue // of the takings of offers the offers themselves are what is open
		}
		x := &vf.Intent{ID: id + f.ID[len(process):], Action: f.Action, Provider: f.Provider, Receiver: f.Receiver,
			ResourceInventoriedAs: f.ResourceInventoriedAs, ResourceConformsTo: f.ResourceConformsTo,
			Stage: f.Stage, State: f.State, ResourceQuantity: f.ResourceQuantity, EffortQuantity: f.EffortQuantity, Due: f.Due, PlannedWithin: p.ID}
		if f.InputOf != "" {
			x.InputOf = id
		} else {
			x.OutputOf = id
		}
		list = append(list, x)
	}
	if len(list) > mostAdopted {
		return nil, rule.Refuse("adoptTooLarge", "count", strconv.Itoa(len(list)), "most", strconv.Itoa(mostAdopted))
	}
	return list, nil
}

// adoptedNames gives the proposed processes that begin before the plan is due the
// ids that they have in the books: that of the report with the plan's own before
// it, and a number behind it where somebody began or promised the one of that name.
func (d *draft) adoptedNames(p *vf.Plan, r *plan.Report) map[vf.ID]vf.ID {
	names, taken := map[vf.ID]vf.ID{}, d.begun()
	for _, x := range r.Processes {
		if x.Firm || !p.Due.IsZero() && !x.HasBeginning.Before(p.Due.Time) {
			continue
		}
		own := p.ID + vf.ID(strings.TrimPrefix(string(x.ID), "plan"))
		id := own
		for n := 2; taken[id]; n++ {
			id = own + "/again" + vf.ID(strconv.Itoa(n))
		}
		taken[id] = true
		names[x.ID] = id
	}
	return names
}

// begun lists the processes that are finished, or that a promise or an event names.
func (d *draft) begun() map[vf.ID]bool {
	list := map[vf.ID]bool{}
	for r := range d.state.Each() {
		switch r := r.(type) {
		case *vf.Commitment:
			list[r.InputOf], list[r.OutputOf] = true, true
		case *vf.EconomicEvent:
			list[r.InputOf], list[r.OutputOf] = true, true
		case *vf.Process:
			list[r.ID] = list[r.ID] || r.Finished
		}
	}
	return list
}

// stale lists what was adopted under a plan and is neither proposed any more nor
// begun or promised by somebody, or named by a record of somebody.
func (d *draft) stale(id vf.ID, proposed []vf.Record) []vf.ID {
	begun := d.begun()
	keep := maps.Clone(begun)
	for _, r := range proposed {
		keep[r.Key()] = true
	}
	within := map[vf.ID]vf.ID{} // of what was adopted: its process
	for r := range d.state.Each() {
		switch r := r.(type) {
		case *vf.Process:
			if r.PlannedWithin == id {
				within[r.ID] = r.ID
			}
		case *vf.Intent:
			if r.PlannedWithin == id && r.InputOf+r.OutputOf != "" {
				within[r.ID] = r.InputOf + r.OutputOf
			}
		}
	}
	for r := range d.state.Each() {
		if within[r.Key()] == "" {
			references(r, func(named vf.ID) { keep[within[named]], keep[named] = true, true })
		}
	}
	var list []vf.ID
	for r, process := range within {
		if !keep[r] && !begun[process] { // what is begun keeps its open flows
			list = append(list, r)
		}
	}
	slices.Sort(list)
	return list
}

// adoptAll puts the records of an adopted plan into the state, and takes back what
// it no longer holds.
func adoptAll(d *draft, records []vf.Record, of []vf.ID) error {
	if err := putAll(d, records, of); err != nil {
		return err
	}
	return removeAll(d, records, of)
}
