package plan

import (
	"cmp"
	"slices"

	"commonweal/vf"
)

// firmFacts is what people have promised or begun.
type firmFacts struct {
	processes   ordered[*vf.Process]    // begun or promised, and unfinished
	commitments ordered[*vf.Commitment] // unfinished
	open        ordered[*vf.Intent]     // open flows of firm processes
}

// deals is what promises and events of a group say of what else is in it.
type deals struct {
	any      bool                     // there are some
	taken    map[vf.ID]int64          // of an offer, promised or delivered already
	promised map[vf.ID][]coverage     // to a need, still to come
	done     map[vf.ID]int64          // of a need, delivered already
	reserved map[vf.ID]int64          // of a resource, promised away
	counted  map[vf.ID]int64          // of a need, promised or delivered by commitments
	lastOf   map[vf.ID]*vf.Commitment // of an offer, the last promise of it
}

func newDeals() deals {
	return deals{taken: map[vf.ID]int64{}, promised: map[vf.ID][]coverage{}, done: map[vf.ID]int64{}, reserved: map[vf.ID]int64{},
		counted: map[vf.ID]int64{}, lastOf: map[vf.ID]*vf.Commitment{}}
}

func (d *deals) clear() {
	if d.any {
		*d = newDeals()
	}
}

// read notes what is firm, once all groups are read.
func (f *firmFacts) read(g *groups, processes []*vf.Process, r *reader) {
	processes = slices.DeleteFunc(slices.Clone(processes), func(p *vf.Process) bool { return p.Finished || g.begun.get(p.ID) == 0 })
	f.processes, f.commitments, f.open = tableOf(processes), tableOf(r.commitments), tableOf(r.open)
}

// readFirm reads commitments and what has come of them. A commitment counts what
// is left of it: its quantity less the events that fulfil it; a finished one counts
// its events alone.
func (r *reader) readFirm(commitments []*vf.Commitment, events []*vf.EconomicEvent) {
	r.deals.any = true
	fulfilled := r.fulfilled(events)
	for _, c := range commitments {
		r.commitment(c, fulfilled[c.ID])
	}
}

// byTime orders events: corrections come last, then by id.
func byTime(a, b *vf.EconomicEvent) int {
	return cmp.Or(boolCompare(a.Corrects != "", b.Corrects != ""), compareIDs(a.ID, b.ID))
}

// as is a record as one of class R, nil if it is none.
func as[R vf.Record](r vf.Record) R {
	x, _ := r.(R)
	return x
}

// fulfilled sums, for each commitment, the events that fulfil it, in steps; an
// event that fulfils several fills them in the order in which it names them, and a
// correction takes back from the last. It also notes what events satisfy directly,
// not by way of a commitment that they fulfil.
func (r *reader) fulfilled(events []*vf.EconomicEvent) map[vf.ID]int64 {
	sums := map[vf.ID]int64{}
	for _, e := range events {
		fulfills, satisfies := e.Fulfills, e.Satisfies
		if o := as[*vf.EconomicEvent](r.look(e.Corrects)); o != nil && len(fulfills) == 0 && len(satisfies) == 0 {
			fulfills, satisfies = o.Fulfills, o.Satisfies
		}
		spec := eventSpec(e, fulfills, satisfies, r.look)
		if e.ResourceQuantity.IsZero() || spec == "" || len(fulfills)+len(satisfies) == 0 {
			continue
		}
		q, err := r.n.steps(spec, e.ResourceQuantity, true)
		if err != nil {
			r.broken = append(r.broken, broken(e.ID, err))
			continue
		}
		fill(sums, fulfills, q, func(id vf.ID) int64 {
			if c := as[*vf.Commitment](r.look(id)); c != nil {
				p, _ := r.n.steps(c.ResourceConformsTo, c.ResourceQuantity, true)
				return p
			}
			return 0
		})
		satisfies = slices.DeleteFunc(slices.Clone(satisfies), func(id vf.ID) bool { return r.reached(id, fulfills) })
		fill(r.deals.done, satisfies, q, func(id vf.ID) int64 {
			if i := as[*vf.Intent](r.look(id)); i != nil {
				p, _ := r.n.steps(i.ResourceConformsTo, i.ResourceQuantity, true)
				return p
			}
			return 0
		})
		fill(r.deals.taken, satisfies, q, func(vf.ID) int64 { return never })
	}
	return sums
}

// eventSpec is the specification of what an event is about: as it says, or that of
// its resource, or of the first promise or intent that it is for and that is known.
func eventSpec(e *vf.EconomicEvent, fulfills, satisfies []vf.ID, look func(vf.ID) vf.Record) vf.ID {
	if e.ResourceConformsTo != "" {
		return e.ResourceConformsTo
	}
	for _, id := range []vf.ID{e.ResourceInventoriedAs, e.ToResourceInventoriedAs} {
		if x := as[*vf.EconomicResource](look(id)); x != nil && x.ConformsTo != "" {
			return x.ConformsTo
		}
	}
	for _, id := range fulfills {
		if c := as[*vf.Commitment](look(id)); c != nil {
			return c.ResourceConformsTo
		}
	}
	for _, id := range satisfies {
		if i := as[*vf.Intent](look(id)); i != nil {
			return i.ResourceConformsTo
		}
	}
	return ""
}

// reached reports whether an intent is satisfied by a commitment that is fulfilled.
func (r *reader) reached(intent vf.ID, fulfills []vf.ID) bool {
	return slices.ContainsFunc(fulfills, func(id vf.ID) bool {
		c := as[*vf.Commitment](r.look(id))
		return c != nil && slices.Contains(c.Satisfies, intent)
	})
}

// fill shares q out to what is named, each up to what is planned of it and the
// rest to the last; what is negative is taken back from the last first.
func fill(sums map[vf.ID]int64, ids []vf.ID, q int64, planned func(vf.ID) int64) {
	for k := len(ids) - 1; k >= 0 && q < 0; k-- {
		part := max(q, -sums[ids[k]])
		sums[ids[k]] += part
		q -= part
	}
	for k, id := range ids {
		part := max(0, q)
		if k < len(ids)-1 {
			part = min(part, max(0, planned(id)-sums[id]))
		}
		sums[id] = plus(sums[id], part)
		q -= part
	}
}

// plus adds without going over what any plan can use.
func plus(a, b int64) int64 {
	if s := a + b; s < never && a < never && b < never {
		return s
	}
	return never
}

// firstTime returns the first time that was said, in seconds.
func firstTime(times ...vf.Time) (int64, bool) {
	for _, t := range times {
		if !t.IsZero() {
			return t.Unix(), true
		}
	}
	return 0, false
}

func (r *reader) commitment(c *vf.Commitment, fulfilled int64) {
	n := r.n
	if c.ResourceConformsTo == "" || c.Action == vf.Work || c.Action == vf.Use || c.Action == vf.Cite {
		if !c.Finished {
			r.commitments = append(r.commitments, c)
		}
		return
	}
	planned, err := n.steps(c.ResourceConformsTo, c.ResourceQuantity, true)
	if err != nil {
		r.broken = append(r.broken, broken(c.ID, err))
		return
	}
	left := max(0, planned-fulfilled)
	p := as[*vf.Process](r.look(processOf(c)))
	if p == nil {
		p = &vf.Process{}
	}
	if c.Finished || p.Finished {
		left = 0
	} else {
		r.commitments = append(r.commitments, c)
	}
	toNeed, open := r.satisfy(c, fulfilled, left)
	switch {
	case left == 0:
	case c.InputOf != "":
		if takes(c.Action) {
			at, _ := firstTime(c.HasPointInTime, c.HasBeginning, c.Due, p.HasBeginning, vf.At(n.now))
			r.firmNeed(c.ID, named(bufferKey{c.ResourceConformsTo, c.Stage, c.State, c.Place, c.ResourceInventoriedAs}), left, at)
		}
	case c.OutputOf != "":
		if c.Action != vf.DeliverService {
			at, said := firstTime(c.Due, c.HasPointInTime, c.HasEnd, p.HasEnd)
			r.firmSupply(c.ID, firmKey(c.ResourceConformsTo, c.Stage, c.State, c.Place, c.Action, p), left, at, said)
		}
	case toNeed != nil:
		r.promise(c, toNeed, left, open)
	case c.ResourceInventoriedAs == "":
		at, said := firstTime(c.Due, c.HasPointInTime, c.HasEnd)
		k := bufferKey{spec: c.ResourceConformsTo, stage: c.Stage, state: c.State, place: c.Place}
		r.firmSupply(c.ID, k, left, at, said)
		r.unsourced(c, k, left)
	}
}

// promise reads what a promise to a need takes: of the resource that it names, or
// of what its provider has or makes.
func (r *reader) promise(c *vf.Commitment, toNeed *vf.Intent, left, open int64) {
	if c.ResourceInventoriedAs != "" {
		r.deals.reserved[c.ResourceInventoriedAs] = plus(r.deals.reserved[c.ResourceInventoriedAs], left)
		return
	}
	k := r.n.needKey(toNeed)
	if open <= 0 || !r.backs(c.Provider, k) {
		r.unsourced(c, k, left)
		return
	}
	at, said := firstTime(c.Due, c.HasPointInTime, c.HasEnd)
	if !said {
		at = needDue(toNeed)
	}
	r.firmNeed(c.ID, k, open, at).serves = toNeed.ID
}

// backs reports whether the network knows how an agent comes by a thing: by a
// recipe that they (or no named agent) can perform, or by stock of theirs. Then a
// promise of it has to be planned for; else it is supply that comes from outside.
func (r *reader) backs(provider vf.ID, k bufferKey) bool {
	if slices.ContainsFunc(r.n.performersOf(k), func(by vf.ID) bool { return by == provider || by == "" }) {
		return true
	}
	number, known := r.n.groups.number[k.spec]
	if !known {
		return false
	}
	return slices.ContainsFunc(r.n.groups.resources.get(number), func(x *vf.EconomicResource) bool {
		return x.Stage == k.stage && x.PrimaryAccountable == provider && x.OnhandQuantity.HasNumericalValue.Sign() > 0
	})
}

// performersOf lists who can perform the recipes for a buffer.
func (n *network) performersOf(k bufferKey) []vf.ID {
	if n.performers == nil {
		n.performers = make(map[bufferKey][]vf.ID, len(n.makers))
		for i := range n.makers {
			if m := &n.makers[i]; m.buffer >= 0 {
				key := n.buffers[m.buffer]
				n.performers[key] = append(n.performers[key], m.recipe.PerformedBy)
			}
		}
	}
	return n.performers[k]
}

// takes reports whether an input takes things from where they are.
func takes(a vf.Action) bool {
	r := a.Effects()
	return r != nil && r.Onhand == vf.Decrement
}

// satisfy notes what a commitment means for the needs and offers that it
// satisfies. It returns the first need that it is promised to, and how much is
// still to come to needs.
func (r *reader) satisfy(c *vf.Commitment, fulfilled, left int64) (toNeed *vf.Intent, open int64) {
	rest := fulfilled + left
	at, said := firstTime(c.Due, c.HasPointInTime, c.HasEnd)
	for _, id := range c.Satisfies {
		i := as[*vf.Intent](r.look(id))
		if i == nil {
			continue
		}
		if i.Receiver == "" || i.Provider != "" {
			r.deals.taken[id] = plus(r.deals.taken[id], fulfilled+left)
			r.deals.lastOf[id] = c
			continue
		}
		if toNeed == nil {
			toNeed = i
		}
		q := rest
		if w, err := r.n.steps(i.ResourceConformsTo, i.ResourceQuantity, true); err == nil {
			q = min(rest, max(0, w-r.deals.counted[id]))
		}
		rest -= q
		r.deals.counted[id] = plus(r.deals.counted[id], q)
		delivered := min(q, fulfilled)
		fulfilled -= delivered
		r.deals.done[id] = plus(r.deals.done[id], delivered)
		if q > delivered {
			if !said {
				at = needDue(i)
			}
			open += q - delivered
			r.deals.promised[id] = append(r.deals.promised[id], coverage{at: max(at, r.n.now), qty: q - delivered, id: c.ID})
		}
	}
	if toNeed != nil && rest > 0 && left > 0 {
		r.overPromised(c, toNeed.ID, rest)
	}
	return toNeed, open
}

// overPromised tells that more is promised to a need, or of an offer, than there is.
func (r *reader) overPromised(c *vf.Commitment, of vf.ID, over int64) {
	n := r.n
	unit := n.specUnit[c.ResourceConformsTo]
	step, err := n.units.Step(unit)
	if err != nil {
		return
	}
	d, err := vf.OfSteps(over, step)
	if err != nil {
		return
	}
	much := vf.Measure{HasNumericalValue: d, HasUnit: unit}
	r.broken = append(r.broken, Problem{Kind: "limitExceeded", About: of, Quantity: much,
		Causes: []Cause{{Kind: "overPromised", About: c.ID, Quantity: much, When: c.Due, Text: string(c.ID) + " promises more than is left"}},
		Text: string(of) + " has more promised than it says: " + d.String() + " " + n.symbol(unit) + " too much, the last by " + string(c.ID) +
			". Release or change a promise, or change what is wanted or offered."})
}

// openFlow reads a flow of a firm process to which nobody has committed yet.
func (r *reader) openFlow(i *vf.Intent, process vf.ID) {
	p, n := as[*vf.Process](r.look(process)), r.n
	if p == nil || p.Finished || i.ResourceConformsTo == "" || i.Action == vf.Work || i.Action == vf.Use || i.Action == vf.Cite {
		return
	}
	q, err := n.steps(i.ResourceConformsTo, i.ResourceQuantity, true)
	if err != nil {
		r.broken = append(r.broken, broken(i.ID, err))
		return
	}
	q -= max(r.deals.done[i.ID], r.deals.taken[i.ID])
	if q <= 0 {
		return
	}
	r.open = append(r.open, i)
	if i.InputOf != "" && takes(i.Action) {
		at, _ := firstTime(i.HasPointInTime, i.HasBeginning, i.Due, p.HasBeginning, vf.At(n.now))
		r.firmNeed(i.ID, named(bufferKey{i.ResourceConformsTo, i.Stage, i.State, i.Place, i.ResourceInventoriedAs}), q, at)
	}
	if i.OutputOf != "" && i.Action != vf.DeliverService {
		at, said := firstTime(i.Due, i.HasPointInTime, i.HasEnd, p.HasEnd)
		r.firmSupply(i.ID, firmKey(i.ResourceConformsTo, i.Stage, i.State, i.Place, i.Action, p), q, at, said)
	}
}

// firmKey is the buffer of what a firm process puts out.
func firmKey(spec, stage vf.ID, state string, place vf.ID, a vf.Action, p *vf.Process) bufferKey {
	if r := a.Effects(); stage == "" && r != nil && r.Stage == vf.Update {
		stage = p.BasedOn
	}
	return bufferKey{spec: spec, stage: stage, state: state, place: place}
}

func (r *reader) firmNeed(id vf.ID, k bufferKey, q, at int64) *need {
	d := r.newNeed()
	*d = need{id: id, buffer: r.buffer(k), qty: q, wanted: q, due: max(at, r.n.now), latest: never, firm: true}
	r.want(d)
	return d
}

func (r *reader) firmSupply(id vf.ID, k bufferKey, q, at int64, said bool) {
	if said && at < r.n.now {
		r.broken = append(r.broken, Problem{Kind: "late", About: id, When: vf.At(at), Text: string(id) + " was promised for " + day(at) + " and is still to come; it is counted from now on."})
	}
	r.supplies = append(r.supplies, supply{buffer: r.buffer(k), at: max(at, r.n.now), qty: q, id: id, firm: true})
}
