package plan

import (
	"slices"

	"commonweal/vf"
)

// changed is what a change of facts changed in the tables.
type changed struct {
	buffers []int32 // whose needs, offers or supplies are others, sorted
	horizon bool    // the horizon is another
	texts   bool    // what makes no sense, or what is firm, is other than before
}

// change takes changed records into the tables, which then say what reading all
// facts anew would. Needs and offers keep their numbers; what is gone stays as a
// tombstone (gone, firm, without id), what is new comes behind; the supplies of a buffer that has
// others come behind too. So numbers no longer follow the order of ids.
//
// The facts are in step afterwards in any case. The tables are so only if ok;
// else they must not be used any more: read n.facts.Graph() anew. That is so where
// the change is one of recipes, specifications, units, agents, memberships or places, of machines
// or offers of work, or of what is firm on them; where a buffer, a unit or a
// specification is new, or other needs come together; where the horizon moves and
// there are calendars; and now and then where more is gone than there is.
func (n *network) change(changes []FactChange) (c changed, ok bool) {
	n.prepare()
	f := follower{n: n, ok: !n.facts.twice, dirty: map[int32]bool{}, processes: map[vf.ID]bool{}, touched: map[int32]bool{}}
	for _, x := range changes {
		before := n.facts.Record(x.id())
		n.facts.Apply(x)
		switch {
		case before != x.After:
			f.relink(before, x.After)
		case before == nil && !known(x.Before) || x.Before == nil && x.After == nil:
			f.ok = false // what went is none of the records that change often
		}
	}
	f.followProcesses()
	for _, root := range f.roots() {
		if f.ok {
			f.group(root)
		}
	}
	if !f.ok {
		return c, false
	}
	horizon := n.horizon
	if n.dues.count == 0 && n.dues.at > n.now {
		n.dues = lastDue{at: n.now}
		for _, d := range n.needs.all() {
			n.dues.add(d)
		}
	}
	n.horizon = n.dues.at + n.after
	n.furthest = n.workKnown()
	c = changed{horizon: n.horizon != horizon, texts: f.texts}
	for b := range f.touched {
		c.buffers = append(c.buffers, b)
	}
	slices.Sort(c.buffers)
	live := n.needs.len() + len(n.offers) + len(n.supplies) - n.tombs
	return c, n.tombs <= live+1024 && (!c.horizon || !n.bounded())
}

// follower takes one set of changes into a network.
type follower struct {
	n         *network
	ok        bool
	texts     bool
	dirty     map[int32]bool // specifications whose groups have to be read again
	processes map[vf.ID]bool // that changed, or were begun or given up
	touched   map[int32]bool // buffers
	ownOffers bool           // the table of offers is shared with no other network
}

// bounded reports whether something limits when, or how much at a time, can be done.
func (n *network) bounded() bool { return len(n.capacities) > 0 || len(n.workTimes) > 0 }

// relink takes one record out of the lists in which it stood, and puts it into
// those in which it stands now.
func (f *follower) relink(before, after vf.Record) {
	if known(before) && known(after) {
		return
	}
	for _, r := range []vf.Record{before, after} {
		if r != nil && !f.follows(r) {
			f.ok = false
			return
		}
	}
	if before != nil {
		f.link(before, false)
	}
	if after != nil {
		f.link(after, true)
	}
}

// known reports whether a record is of no concern to planning.
func known(r vf.Record) bool {
	switch r.(type) {
	case nil, *vf.Claim, *vf.Plan, *vf.Agreement, *vf.AgreementBundle, *vf.ProposalList, *vf.BatchLotRecord, *vf.RecipeExchange, *vf.Charter, *vf.DeviceKey:
		return true
	}
	return false
}

// follows reports whether a change of the record can be followed.
func (f *follower) follows(r vf.Record) bool {
	switch r := r.(type) {
	case *vf.EconomicResource:
		return !isMachine(r)
	case *vf.Intent:
		return !isSkill(r)
	case *vf.Commitment:
		return !f.n.bounded() || r.Action != vf.Work && r.Action != vf.Use
	case *vf.Process:
		return !f.n.bounded()
	case *vf.EconomicEvent, *vf.Proposal:
		return true
	}
	return known(r)
}

// link puts a record into the lists, or takes it out.
func (f *follower) link(r vf.Record, in bool) {
	g := &f.n.groups
	switch r := r.(type) {
	case *vf.Intent:
		enlist(f, &g.intents, r, r.ResourceConformsTo, in)
		drop(f, &f.n.firm.open, r.ID)
	case *vf.EconomicResource:
		enlist(f, &g.resources, r, r.ConformsTo, in)
	case *vf.Commitment:
		enlist(f, &g.commitments, r, r.ResourceConformsTo, in)
		drop(f, &f.n.firm.commitments, r.ID)
		f.begin(in, r.InputOf, r.OutputOf)
	case *vf.EconomicEvent:
		if counts(r) {
			f.event(r, in)
		}
		f.begin(in, r.InputOf, r.OutputOf)
	case *vf.Process:
		f.processes[r.ID] = true
	case *vf.Proposal:
		f.proposal(r, in)
	}
}

// enlist puts a record into the list of its specification, or takes it out.
func enlist[R interface {
	comparable
	vf.Record
}](f *follower, t *sheet[[]R], r R, spec vf.ID, in bool) {
	n := f.n
	k, known := n.groups.number[spec]
	if !known {
		f.ok = false
		return
	}
	f.dirty[k] = true
	list := t.get(k)
	if !in {
		f.ok = f.ok && slices.Contains(list, r)
		*t.at(k) = slices.DeleteFunc(slices.Clone(list), func(x R) bool { return x == r })
		return
	}
	*t.at(k) = append(slices.Clip(list), r)
	n.noteFlow(r, k)
	f.tie(r, k)
}

// tie ties a new record to what it refers to, and to those who refer to it.
func (f *follower) tie(r vf.Record, k int32) {
	g := &f.n.groups
	references(r, func(id vf.ID) {
		fresh := g.nodes.get(id) == 0
		g.tie(k, g.node(id))
		if x := f.n.facts.Record(id); fresh && x != nil {
			if to, known := g.number[specOfRecord(x, f.n.facts.Record)]; known {
				g.tie(k, to)
			} else {
				f.ok = false
			}
		}
	})
	if node := g.nodes.get(r.Key()); node > 0 {
		g.tie(k, node-1)
	}
}

// event enters an event in the list of a specification of its group, or takes it
// out: what it says of its specification itself may have changed since.
func (f *follower) event(e *vf.EconomicEvent, in bool) {
	g := &f.n.groups
	if in {
		enlist(f, &g.events, e, specOfRecord(e, f.n.facts.Record), true)
		return
	}
	root := int32(-1)
	references(e, func(id vf.ID) {
		if node := g.nodes.get(id); node > 0 {
			root = g.root(node - 1)
		}
	})
	for _, k := range g.specs(max(root, 0)) {
		if slices.Contains(g.events.get(k), e) {
			enlist(f, &g.events, e, g.ids[k], false)
			return
		}
	}
	f.ok = false
}

// begin counts one promise or event of processes more, or less.
func (f *follower) begin(in bool, processes ...vf.ID) {
	g := &f.n.groups
	by := int32(-1)
	if in {
		by = 1
	}
	for _, p := range processes {
		if p == "" {
			continue
		}
		count := g.begun.get(p)
		g.begun.set(p, count+by)
		if count == 0 || count+by == 0 {
			f.processes[p] = true
			f.ok = f.ok && !f.n.bounded()
		}
	}
}

// proposal notes a proposal with the intents that it names, or takes it from them.
func (f *follower) proposal(p *vf.Proposal, in bool) {
	n := f.n
	for _, id := range namedBy(p) {
		list := slices.DeleteFunc(slices.Clone(n.groups.proposals.get(id)), func(x *vf.Proposal) bool { return x == p })
		if in {
			list = append(list, p)
		}
		n.groups.proposals.set(id, list)
		if i := as[*vf.Intent](n.facts.Record(id)); i != nil {
			if k, known := n.groups.number[i.ResourceConformsTo]; known {
				f.dirty[k] = true
			}
		}
	}
}

// followProcesses notes which processes are firm now, and that their flows have to
// be read again.
func (f *follower) followProcesses() {
	n := f.n
	for id := range f.processes {
		for _, k := range n.flows.get(id) {
			f.dirty[k] = true
		}
		f.texts = true
		if p := as[*vf.Process](n.facts.Record(id)); p != nil && !p.Finished && n.groups.begun.get(id) > 0 {
			n.firm.processes.set(id, p)
		} else {
			n.firm.processes.remove(id)
		}
	}
}

// roots lists the groups that have to be read again, sorted.
func (f *follower) roots() []int32 {
	var list []int32
	for k := range f.dirty {
		list = append(list, f.n.groups.root(k))
	}
	slices.Sort(list)
	return slices.Compact(list)
}
