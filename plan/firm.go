package plan

import (
	"cmp"
	"slices"
	"strings"

	"commonweal/vf"
)

// firmFacts is what people have promised or begun, and what has come of it.
type firmFacts struct {
	taken       map[vf.ID]int64          // of an offer, promised or delivered already
	promised    map[vf.ID][]coverage     // to a need, still to come
	done        map[vf.ID]int64          // of a need, delivered already
	needs       []*need                  // what firm processes still take
	supplies    []supply                 // what is still to come
	reserved    map[vf.ID]int64          // of a resource, promised away
	counted     map[vf.ID]int64          // of a need, promised or delivered by commitments
	lastOf      map[vf.ID]*vf.Commitment // of an offer, the last promise of it
	processes   []*vf.Process            // sorted by id
	commitments []*vf.Commitment         // unfinished, sorted by id
	open        []*vf.Intent             // open flows of firm processes, sorted by id
}

// readFirm reads commitments, and the open flows of processes that somebody has
// committed to or begun. A commitment counts what is left of it: its quantity
// less the events that fulfil it; a finished one counts its events alone.
func (n *network) readFirm() {
	f := &n.firm
	f.taken, f.promised, f.done, f.reserved = map[vf.ID]int64{}, map[vf.ID][]coverage{}, map[vf.ID]int64{}, map[vf.ID]int64{}
	f.counted, f.lastOf = map[vf.ID]int64{}, map[vf.ID]*vf.Commitment{}
	processes := make(map[vf.ID]*vf.Process, len(n.graph.Processes))
	for _, p := range n.graph.Processes {
		processes[p.ID] = p
	}
	firm := map[vf.ID]bool{}
	for _, e := range n.graph.EconomicEvents {
		firm[e.InputOf], firm[e.OutputOf] = true, true
	}
	for _, c := range n.graph.Commitments {
		firm[c.InputOf], firm[c.OutputOf] = true, true
	}
	delete(firm, "")
	intents := make(map[vf.ID]*vf.Intent, len(n.graph.Intents))
	for _, i := range n.graph.Intents {
		intents[i.ID] = i
	}
	fulfilled := n.fulfilled(intents)
	for _, c := range slices.SortedFunc(slices.Values(n.graph.Commitments), func(a, b *vf.Commitment) int { return strings.Compare(string(a.ID), string(b.ID)) }) {
		n.readCommitment(c, processes, intents, fulfilled[c.ID])
	}
	for _, i := range slices.SortedFunc(slices.Values(n.graph.Intents), func(a, b *vf.Intent) int { return strings.Compare(string(a.ID), string(b.ID)) }) {
		if id := i.InputOf + i.OutputOf; id != "" && firm[id] && !i.Finished {
			n.readOpenFlow(i, processes[id], f.done[i.ID])
		}
	}
	for id := range firm {
		if p := processes[id]; p != nil && !p.Finished {
			f.processes = append(f.processes, p)
		}
	}
	slices.SortFunc(f.processes, func(a, b *vf.Process) int { return strings.Compare(string(a.ID), string(b.ID)) })
}

// fulfilled sums, for each commitment, the events that fulfil it, in steps; an
// event that fulfils several fills them in the order in which it names them, and a
// correction takes back from the last. It also notes what events satisfy directly,
// not by way of a commitment that they fulfil.
func (n *network) fulfilled(intents map[vf.ID]*vf.Intent) map[vf.ID]int64 {
	sums := map[vf.ID]int64{}
	if len(n.graph.EconomicEvents) == 0 {
		return sums
	}
	commitments := make(map[vf.ID]*vf.Commitment, len(n.graph.Commitments))
	for _, c := range n.graph.Commitments {
		commitments[c.ID] = c
	}
	resources := make(map[vf.ID]vf.ID, len(n.graph.EconomicResources))
	for _, r := range n.graph.EconomicResources {
		resources[r.ID] = r.ConformsTo
	}
	events := make(map[vf.ID]*vf.EconomicEvent, len(n.graph.EconomicEvents))
	for _, e := range n.graph.EconomicEvents {
		events[e.ID] = e
	}
	order := slices.SortedFunc(slices.Values(n.graph.EconomicEvents), func(a, b *vf.EconomicEvent) int {
		return cmp.Or(boolCompare(a.Corrects != "", b.Corrects != ""), strings.Compare(string(a.ID), string(b.ID)))
	})
	for _, e := range order {
		fulfills, satisfies, spec := e.Fulfills, e.Satisfies, e.ResourceConformsTo
		if o := events[e.Corrects]; o != nil && len(fulfills) == 0 && len(satisfies) == 0 {
			fulfills, satisfies = o.Fulfills, o.Satisfies
		}
		if spec == "" {
			spec = cmp.Or(resources[e.ResourceInventoriedAs], resources[e.ToResourceInventoriedAs], specOf(fulfills, satisfies, commitments, intents))
		}
		if e.ResourceQuantity.IsZero() || spec == "" || len(fulfills)+len(satisfies) == 0 {
			continue
		}
		q, err := n.steps(spec, e.ResourceQuantity, true)
		if err != nil {
			n.breaks(e.ID, err)
			continue
		}
		planned := func(id vf.ID) int64 {
			if c := commitments[id]; c != nil {
				p, _ := n.steps(c.ResourceConformsTo, c.ResourceQuantity, true)
				return p
			}
			return 0
		}
		fill(sums, fulfills, q, planned)
		satisfies = slices.DeleteFunc(slices.Clone(satisfies), func(id vf.ID) bool { return reached(id, fulfills, commitments) })
		fill(n.firm.done, satisfies, q, func(id vf.ID) int64 {
			if i := intents[id]; i != nil {
				p, _ := n.steps(i.ResourceConformsTo, i.ResourceQuantity, true)
				return p
			}
			return 0
		})
		fill(n.firm.taken, satisfies, q, func(vf.ID) int64 { return never })
	}
	return sums
}

// specOf is the specification of the first promise or intent that is known.
func specOf(fulfills, satisfies []vf.ID, commitments map[vf.ID]*vf.Commitment, intents map[vf.ID]*vf.Intent) vf.ID {
	for _, id := range fulfills {
		if c := commitments[id]; c != nil {
			return c.ResourceConformsTo
		}
	}
	for _, id := range satisfies {
		if i := intents[id]; i != nil {
			return i.ResourceConformsTo
		}
	}
	return ""
}

// reached reports whether an intent is satisfied by a commitment that is fulfilled.
func reached(intent vf.ID, fulfills []vf.ID, commitments map[vf.ID]*vf.Commitment) bool {
	return slices.ContainsFunc(fulfills, func(id vf.ID) bool {
		c := commitments[id]
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

func (n *network) readCommitment(c *vf.Commitment, processes map[vf.ID]*vf.Process, intents map[vf.ID]*vf.Intent, fulfilled int64) {
	if c.ResourceConformsTo == "" || c.Action == vf.Work || c.Action == vf.Use || c.Action == vf.Cite {
		if !c.Finished {
			n.firm.commitments = append(n.firm.commitments, c)
		}
		return
	}
	planned, err := n.steps(c.ResourceConformsTo, c.ResourceQuantity, true)
	if err != nil {
		n.breaks(c.ID, err)
		return
	}
	left := max(0, planned-fulfilled)
	p := processes[c.InputOf+c.OutputOf]
	if p == nil {
		p = &vf.Process{}
	}
	if c.Finished || p.Finished {
		left = 0
	} else {
		n.firm.commitments = append(n.firm.commitments, c)
	}
	toNeed, open := n.satisfy(c, intents, fulfilled, left)
	switch {
	case left == 0:
	case c.InputOf != "":
		if takes(c.Action) {
			at, _ := firstTime(c.HasPointInTime, c.HasBeginning, c.Due, p.HasBeginning, vf.At(n.now))
			n.firmNeed(c.ID, named(bufferKey{c.ResourceConformsTo, c.Stage, c.State, c.Place, c.ResourceInventoriedAs}), left, at)
		}
	case c.OutputOf != "":
		if c.Action != vf.DeliverService {
			at, said := firstTime(c.Due, c.HasPointInTime, c.HasEnd, p.HasEnd)
			n.firmSupply(c.ID, n.firmKey(c.ResourceConformsTo, c.Stage, c.State, c.Place, c.Action, p), left, at, said)
		}
	case toNeed != nil:
		if c.ResourceInventoriedAs != "" {
			n.firm.reserved[c.ResourceInventoriedAs] = plus(n.firm.reserved[c.ResourceInventoriedAs], left)
		} else if k := n.needKey(toNeed); open > 0 && n.backs(c.Provider, k) {
			at, said := firstTime(c.Due, c.HasPointInTime, c.HasEnd)
			if !said {
				at = needDue(toNeed)
			}
			n.firmNeed(c.ID, k, open, at)
			n.firm.needs[len(n.firm.needs)-1].serves = toNeed.ID
		}
	case c.ResourceInventoriedAs == "":
		at, said := firstTime(c.Due, c.HasPointInTime, c.HasEnd)
		n.firmSupply(c.ID, bufferKey{spec: c.ResourceConformsTo, stage: c.Stage, state: c.State, place: c.Place}, left, at, said)
	}
}

// backs reports whether the network knows how an agent comes by a thing: by a
// recipe that they (or no named agent) can perform, or by stock of theirs. Then a
// promise of it has to be planned for; else it is supply that comes from outside.
func (n *network) backs(provider vf.ID, k bufferKey) bool {
	for i := range n.makers {
		m := &n.makers[i]
		if m.buffer >= 0 && n.buffers[m.buffer] == k && (m.recipe.PerformedBy == provider || m.recipe.PerformedBy == "") {
			return true
		}
	}
	for _, r := range n.graph.EconomicResources {
		if r.ConformsTo == k.spec && r.Stage == k.stage && r.PrimaryAccountable == provider && r.OnhandQuantity.HasNumericalValue.Sign() > 0 {
			return true
		}
	}
	return false
}

// takes reports whether an input takes things from where they are.
func takes(a vf.Action) bool {
	r := a.Effects()
	return r != nil && r.Onhand == vf.Decrement
}

// satisfy notes what a commitment means for the needs and offers that it
// satisfies. It returns the first need that it is promised to, and how much is
// still to come to needs.
func (n *network) satisfy(c *vf.Commitment, intents map[vf.ID]*vf.Intent, fulfilled, left int64) (toNeed *vf.Intent, open int64) {
	rest := fulfilled + left
	at, said := firstTime(c.Due, c.HasPointInTime, c.HasEnd)
	for _, id := range c.Satisfies {
		i := intents[id]
		if i == nil {
			continue
		}
		if i.Receiver == "" || i.Provider != "" {
			n.firm.taken[id] = plus(n.firm.taken[id], fulfilled+left)
			n.firm.lastOf[id] = c
			continue
		}
		if toNeed == nil {
			toNeed = i
		}
		q := rest
		if w, err := n.steps(i.ResourceConformsTo, i.ResourceQuantity, true); err == nil {
			q = min(rest, max(0, w-n.firm.counted[id]))
		}
		rest -= q
		n.firm.counted[id] = plus(n.firm.counted[id], q)
		delivered := min(q, fulfilled)
		fulfilled -= delivered
		n.firm.done[id] = plus(n.firm.done[id], delivered)
		if q > delivered {
			if !said {
				at = needDue(i)
			}
			open += q - delivered
			n.firm.promised[id] = append(n.firm.promised[id], coverage{at: max(at, n.now), qty: q - delivered, id: c.ID})
		}
	}
	if toNeed != nil && rest > 0 && left > 0 {
		n.overPromised(c, toNeed.ID, rest)
	}
	return toNeed, open
}

// overPromised tells that more is promised to a need, or of an offer, than there is.
func (n *network) overPromised(c *vf.Commitment, of vf.ID, over int64) {
	unit := n.specUnit[c.ResourceConformsTo]
	step, err := n.units.Step(unit)
	if err != nil {
		return
	}
	d, err := vf.OfSteps(over, step)
	if err != nil {
		return
	}
	n.broken = append(n.broken, Problem{Kind: "limitExceeded", About: of, Quantity: vf.Measure{HasNumericalValue: d, HasUnit: unit},
		Text: string(of) + " has more promised than it says: " + d.String() + " " + n.symbol(unit) + " too much, the last by " + string(c.ID) +
			". Release or change a promise, or change what is wanted or offered."})
}

// readOpenFlow reads a flow of a firm process to which nobody has committed yet.
func (n *network) readOpenFlow(i *vf.Intent, p *vf.Process, done int64) {
	if p == nil || p.Finished || i.ResourceConformsTo == "" || i.Action == vf.Work || i.Action == vf.Use || i.Action == vf.Cite {
		return
	}
	q, err := n.steps(i.ResourceConformsTo, i.ResourceQuantity, true)
	if err != nil {
		n.breaks(i.ID, err)
		return
	}
	q -= max(done, n.firm.taken[i.ID])
	if q <= 0 {
		return
	}
	n.firm.open = append(n.firm.open, i)
	if i.InputOf != "" && takes(i.Action) {
		at, _ := firstTime(i.HasPointInTime, i.HasBeginning, i.Due, p.HasBeginning, vf.At(n.now))
		n.firmNeed(i.ID, named(bufferKey{i.ResourceConformsTo, i.Stage, i.State, i.Place, i.ResourceInventoriedAs}), q, at)
	}
	if i.OutputOf != "" && i.Action != vf.DeliverService {
		at, said := firstTime(i.Due, i.HasPointInTime, i.HasEnd, p.HasEnd)
		n.firmSupply(i.ID, n.firmKey(i.ResourceConformsTo, i.Stage, i.State, i.Place, i.Action, p), q, at, said)
	}
}

// firmKey is the buffer of what a firm process puts out.
func (n *network) firmKey(spec, stage vf.ID, state string, place vf.ID, a vf.Action, p *vf.Process) bufferKey {
	if r := a.Effects(); stage == "" && r != nil && r.Stage == vf.Update {
		stage = p.BasedOn
	}
	return bufferKey{spec: spec, stage: stage, state: state, place: place}
}

func (n *network) firmNeed(id vf.ID, k bufferKey, q, at int64) {
	n.firm.needs = append(n.firm.needs, &need{id: id, buffer: n.buffer(k), qty: q, wanted: q, due: max(at, n.now), latest: never, firm: true})
}

func (n *network) firmSupply(id vf.ID, k bufferKey, q, at int64, said bool) {
	if said && at < n.now {
		n.broken = append(n.broken, Problem{Kind: "late", About: id, When: vf.At(at), Text: string(id) + " was promised for " + day(at) + " and is still to come; it is counted from now on."})
	}
	n.firm.supplies = append(n.firm.supplies, supply{buffer: n.buffer(k), at: max(at, n.now), qty: q, id: id, firm: true})
}
