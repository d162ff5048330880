package plan

import (
	"slices"
	"strings"

	"commonweal/vf"
)

// firmFacts is what people have promised or begun, and what has come of it.
type firmFacts struct {
	taken       map[vf.ID]int64      // of an offer, promised or delivered already
	promised    map[vf.ID][]coverage // to a need, still to come
	done        map[vf.ID]int64      // of a need, delivered already
	needs       []need               // what firm processes still take
	supplies    []supply             // what is still to come
	reserved    map[vf.ID]int64      // of a resource, promised away
	processes   []*vf.Process        // sorted by id
	commitments []*vf.Commitment     // unfinished, sorted by id
	open        []*vf.Intent         // open flows of firm processes, sorted by id
}

// readFirm reads commitments, and the open flows of processes that somebody has
// committed to or begun. A commitment counts what is left of it: its quantity
// less the events that fulfil it; a finished one counts its events alone.
func (n *network) readFirm() {
	f := &n.firm
	f.taken, f.promised, f.done, f.reserved = map[vf.ID]int64{}, map[vf.ID][]coverage{}, map[vf.ID]int64{}, map[vf.ID]int64{}
	fulfilled := n.fulfilled()
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
// event that fulfils several fills them in the order in which it names them.
// It also notes what events satisfy directly.
func (n *network) fulfilled() map[vf.ID]int64 {
	sums := map[vf.ID]int64{}
	if len(n.graph.EconomicEvents) == 0 {
		return sums
	}
	commitments := make(map[vf.ID]*vf.Commitment, len(n.graph.Commitments))
	for _, c := range n.graph.Commitments {
		commitments[c.ID] = c
	}
	events := make(map[vf.ID]*vf.EconomicEvent, len(n.graph.EconomicEvents))
	for _, e := range n.graph.EconomicEvents {
		events[e.ID] = e
	}
	byID := func(a, b *vf.EconomicEvent) int { return strings.Compare(string(a.ID), string(b.ID)) }
	for _, e := range slices.SortedFunc(slices.Values(n.graph.EconomicEvents), byID) {
		fulfills, satisfies, spec := e.Fulfills, e.Satisfies, e.ResourceConformsTo
		if o := events[e.Corrects]; o != nil && len(fulfills) == 0 && len(satisfies) == 0 {
			fulfills, satisfies = o.Fulfills, o.Satisfies
		}
		for i, id := range fulfills {
			if c := commitments[id]; c != nil && spec == "" {
				spec = c.ResourceConformsTo
			}
			if i == 0 && spec == "" {
				break
			}
		}
		if e.ResourceQuantity.IsZero() || spec == "" {
			continue
		}
		q, err := n.steps(spec, e.ResourceQuantity, false)
		if err != nil {
			n.breaks(e.ID, err)
			continue
		}
		n.fill(sums, commitments, fulfills, q)
		for _, id := range satisfies {
			n.firm.done[id] += q
			n.firm.taken[id] += q
		}
	}
	return sums
}

func (n *network) fill(sums map[vf.ID]int64, commitments map[vf.ID]*vf.Commitment, fulfills []vf.ID, q int64) {
	for i, id := range fulfills {
		part := q
		if c := commitments[id]; c != nil && i < len(fulfills)-1 {
			if planned, err := n.steps(c.ResourceConformsTo, c.ResourceQuantity, true); err == nil {
				part = min(q, max(0, planned-sums[id]))
			}
		}
		sums[id] += part
		q -= part
	}
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
	if c.Finished {
		left = 0
	} else {
		n.firm.commitments = append(n.firm.commitments, c)
	}
	toNeed := n.satisfy(c, intents, fulfilled, left)
	p := processes[c.InputOf+c.OutputOf]
	if p == nil {
		p = &vf.Process{}
	}
	switch {
	case left == 0:
	case c.InputOf != "":
		if takes(c.Action) {
			at, _ := firstTime(c.HasPointInTime, c.HasBeginning, c.Due, p.HasBeginning, vf.At(n.now))
			n.firmNeed(c.ID, bufferKey{spec: c.ResourceConformsTo, stage: c.Stage, state: c.State, place: c.Place, only: c.ResourceInventoriedAs}, left, at)
		}
	case c.OutputOf != "":
		if c.Action != vf.DeliverService {
			at, said := firstTime(c.Due, c.HasPointInTime, c.HasEnd, p.HasEnd)
			n.firmSupply(c.ID, n.firmKey(c.ResourceConformsTo, c.Stage, c.State, c.Place, c.Action, p), left, at, said)
		}
	case toNeed:
		if c.ResourceInventoriedAs != "" {
			n.firm.reserved[c.ResourceInventoriedAs] += left
		}
	case c.ResourceInventoriedAs == "":
		at, said := firstTime(c.Due, c.HasPointInTime, c.HasEnd)
		n.firmSupply(c.ID, bufferKey{spec: c.ResourceConformsTo, stage: c.Stage, state: c.State, place: c.Place}, left, at, said)
	}
}

// takes reports whether an input takes things from where they are.
func takes(a vf.Action) bool {
	r := a.Effects()
	return r != nil && r.Onhand == vf.Decrement
}

// satisfy notes what a commitment means for the needs and offers that it
// satisfies, and reports whether it is promised to a need.
func (n *network) satisfy(c *vf.Commitment, intents map[vf.ID]*vf.Intent, fulfilled, left int64) (toNeed bool) {
	rest := fulfilled + left
	at, said := firstTime(c.Due, c.HasPointInTime, c.HasEnd)
	for _, id := range c.Satisfies {
		i := intents[id]
		if i == nil {
			continue
		}
		if i.Receiver == "" || i.Provider != "" {
			n.firm.taken[id] += fulfilled + left
			continue
		}
		toNeed = true
		q := rest
		if w, err := n.steps(i.ResourceConformsTo, i.ResourceQuantity, true); err == nil {
			q = min(rest, w)
		}
		rest -= q
		delivered := min(q, fulfilled)
		fulfilled -= delivered
		n.firm.done[id] += delivered
		if q > delivered {
			if !said {
				at = needDue(i)
			}
			n.firm.promised[id] = append(n.firm.promised[id], coverage{at: max(at, n.now), qty: q - delivered, id: c.ID})
		}
	}
	return toNeed
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
		n.firmNeed(i.ID, bufferKey{spec: i.ResourceConformsTo, stage: i.Stage, state: i.State, place: i.Place, only: i.ResourceInventoriedAs}, q, at)
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
	n.firm.needs = append(n.firm.needs, need{id: id, buffer: n.buffer(k), qty: q, wanted: q, due: max(at, n.now), latest: never, firm: true})
}

func (n *network) firmSupply(id vf.ID, k bufferKey, q, at int64, said bool) {
	if said && at < n.now {
		n.broken = append(n.broken, Problem{Kind: "late", About: id, When: vf.At(at), Text: string(id) + " was promised for " + day(at) + " and is still to come; it is counted from now on."})
	}
	n.firm.supplies = append(n.firm.supplies, supply{buffer: n.buffer(k), at: max(at, n.now), qty: q, id: id, firm: true})
}
