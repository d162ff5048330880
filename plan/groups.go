package plan

import (
	"maps"
	"slices"

	"commonweal/vf"
)

// groups are the records that are planned with, by specification. What is wanted
// of a specification, offered and there follows from the records of its group
// alone, beside recipes, units, proposals and processes. A group is mostly one
// specification; those are one group whose records name each other (a promise of
// flour to a need of bread).
type groups struct {
	number      map[vf.ID]int32 // of each specification that was named when the facts were read
	ids         []vf.ID
	intents     sheet[[]*vf.Intent]
	commitments sheet[[]*vf.Commitment]
	events      sheet[[]*vf.EconomicEvent] // those that fulfil, satisfy or correct
	resources   sheet[[]*vf.EconomicResource]

	parent  forest            // over specifications and behind them references; nil while nothing is tied
	nodes   layered[int32]    // of an id that is referred to: one more than its place in parent
	members map[int32][]int32 // of a root that stands for several specifications: which
	begun   layered[int32]    // of a process: how many events and promises there are of it

	proposals layered[[]*vf.Proposal] // those that name an intent
}

// references calls f with the records of which a record says something, so that
// they have to be read together.
func references(r vf.Record, f func(vf.ID)) {
	each := func(ids ...vf.ID) {
		for _, id := range ids {
			if id != "" {
				f(id)
			}
		}
	}
	switch r := r.(type) {
	case *vf.Intent:
		each(r.ResourceInventoriedAs)
	case *vf.Commitment:
		each(r.Satisfies...)
		each(r.ResourceInventoriedAs)
	case *vf.EconomicEvent:
		each(r.Fulfills...)
		each(r.Satisfies...)
		each(r.Corrects)
		if r.ResourceConformsTo == "" {
			each(r.ResourceInventoriedAs, r.ToResourceInventoriedAs)
		}
	}
}

// counts reports whether an event says something of a promise or an intent.
func counts(e *vf.EconomicEvent) bool {
	return len(e.Fulfills) > 0 || len(e.Satisfies) > 0 || e.Corrects != ""
}

// processOf is the process of a flow, "" if none.
func processOf(r vf.Record) vf.ID {
	switch r := r.(type) {
	case *vf.Intent:
		return r.InputOf + r.OutputOf
	case *vf.Commitment:
		return r.InputOf + r.OutputOf
	}
	return ""
}

// specOfRecord is the specification in whose group a record is read.
func specOfRecord(r vf.Record, look func(vf.ID) vf.Record) vf.ID {
	switch r := r.(type) {
	case *vf.Intent:
		return r.ResourceConformsTo
	case *vf.Commitment:
		return r.ResourceConformsTo
	case *vf.EconomicResource:
		return r.ConformsTo
	case *vf.EconomicEvent:
		if o, ok := look(r.Corrects).(*vf.EconomicEvent); ok && len(r.Fulfills) == 0 && len(r.Satisfies) == 0 {
			return eventSpec(r, o.Fulfills, o.Satisfies, look)
		}
		return eventSpec(r, r.Fulfills, r.Satisfies, look)
	}
	return ""
}

// group sorts the records by specification and finds what is tied together. It
// returns how records that are referred to are looked up.
func (n *network) group() (look func(vf.ID) vf.Record) {
	g, graph := &n.groups, n.graph
	g.number = make(map[vf.ID]int32, len(graph.ResourceSpecifications))
	for _, s := range graph.ResourceSpecifications {
		g.numberOf(s.ID)
	}
	known := n.known()
	look = func(id vf.ID) vf.Record { return known[id] }
	intents := numbers(graph.Intents, func(i *vf.Intent) int32 { return g.numberOf(i.ResourceConformsTo) })
	commitments := numbers(graph.Commitments, func(c *vf.Commitment) int32 { return g.numberOf(c.ResourceConformsTo) })
	resources := numbers(graph.EconomicResources, func(r *vf.EconomicResource) int32 { return g.numberOf(r.ConformsTo) })
	events := numbers(graph.EconomicEvents, func(e *vf.EconomicEvent) int32 {
		if !counts(e) {
			return -1
		}
		return g.numberOf(specOfRecord(e, look))
	})
	g.intents = spread(graph.Intents, intents, len(g.ids))
	g.commitments = spread(graph.Commitments, commitments, len(g.ids))
	g.resources = spread(graph.EconomicResources, resources, len(g.ids))
	g.events = spread(graph.EconomicEvents, events, len(g.ids))
	if len(known) > 0 {
		tieAll(g, graph.Intents, intents)
		tieAll(g, graph.Commitments, commitments)
		tieAll(g, graph.EconomicEvents, events)
		tieNamed(g, graph.Intents, intents)
		tieNamed(g, graph.Commitments, commitments)
		tieNamed(g, graph.EconomicEvents, events)
		tieNamed(g, graph.EconomicResources, resources)
	}
	return look
}

// known finds the records that others refer to, and counts what there is of each
// process.
func (n *network) known() map[vf.ID]vf.Record {
	graph, known := n.graph, map[vf.ID]vf.Record{}
	note := func(id vf.ID) { known[id] = nil }
	n.groups.begun.base = map[vf.ID]int32{}
	for _, c := range graph.Commitments {
		references(c, note)
		note(processOf(c))
		n.groups.begun.base[c.InputOf]++
		n.groups.begun.base[c.OutputOf]++
	}
	for _, e := range graph.EconomicEvents {
		if counts(e) {
			references(e, note)
		}
		n.groups.begun.base[e.InputOf]++
		n.groups.begun.base[e.OutputOf]++
	}
	for _, i := range graph.Intents {
		if i.ResourceInventoriedAs != "" {
			note(i.ResourceInventoriedAs)
		}
		if p := processOf(i); p != "" {
			note(p)
		}
	}
	if len(known) > 0 {
		fillIn(known, graph.Intents)
		fillIn(known, graph.Commitments)
		fillIn(known, graph.EconomicEvents)
		fillIn(known, graph.EconomicResources)
		fillIn(known, graph.Processes)
	}
	return known
}

func fillIn[R vf.Record](known map[vf.ID]vf.Record, list []R) {
	for _, r := range list {
		if _, named := known[r.Key()]; named {
			known[r.Key()] = r
		}
	}
}

// numberOf is the number of a specification, given if new.
func (g *groups) numberOf(spec vf.ID) int32 {
	k, ok := g.number[spec]
	if !ok {
		k = int32(len(g.ids))
		g.number[spec] = k
		g.ids = append(g.ids, spec)
	}
	return k
}

func numbers[R vf.Record](list []R, of func(R) int32) []int32 {
	out := make([]int32, len(list))
	for i, r := range list {
		out[i] = of(r)
	}
	return out
}

// spread sorts a list by the numbers of its records, counting first.
func spread[R vf.Record](list []R, numbers []int32, count int) sheet[[]R] {
	t := newSheet[[]R](count)
	if len(list) == 0 {
		return t
	}
	sizes := make([]int32, count)
	for _, k := range numbers {
		if k >= 0 {
			sizes[k]++
		}
	}
	all := make([]R, 0, len(list))
	for k, size := range sizes {
		if at := len(all); size > 0 {
			*t.at(int32(k)) = all[at : at : at+int(size)]
			all = all[:at+int(size)]
		}
	}
	for i, k := range numbers {
		if k >= 0 {
			to := t.at(k)
			*to = append(*to, list[i])
		}
	}
	return t
}

// tieAll ties records to what they refer to.
func tieAll[R vf.Record](g *groups, list []R, numbers []int32) {
	for i, r := range list {
		if numbers[i] >= 0 {
			references(r, func(id vf.ID) { g.tie(numbers[i], g.node(id)) })
		}
	}
}

// tieNamed ties records to those that name them.
func tieNamed[R vf.Record](g *groups, list []R, numbers []int32) {
	for i, r := range list {
		if k := g.nodes.get(r.Key()); k > 0 && numbers[i] >= 0 {
			g.tie(numbers[i], k-1)
		}
	}
}

// node is the place of a reference in the forest, made if new.
func (g *groups) node(id vf.ID) int32 {
	if g.parent == nil {
		g.parent, g.members = newForest(len(g.ids)), map[int32][]int32{}
	}
	if k := g.nodes.get(id); k > 0 {
		return k - 1
	}
	k := int32(len(g.parent))
	g.parent = append(g.parent, k)
	g.nodes.set(id, k+1)
	return k
}

// root is the least specification that another is tied to.
func (g *groups) root(k int32) int32 {
	if g.parent == nil {
		return k
	}
	return g.parent.root(k)
}

// tie makes one group of two. The least number is the root, which so is a
// specification as soon as there is one.
func (g *groups) tie(a, b int32) {
	a, b = g.root(a), g.root(b)
	if a == b {
		return
	}
	a, b = min(a, b), max(a, b)
	g.parent[b] = a
	if int(b) < len(g.ids) {
		g.members[a] = slices.Concat(g.specs(a), g.specs(b))
		delete(g.members, b)
	}
}

// specs lists the specifications of the group with a root.
func (g *groups) specs(root int32) []int32 {
	if list := g.members[root]; list != nil {
		return list
	}
	return []int32{root}
}

// join lists the records of a class of some specifications, sorted by `compare`.
func join[R vf.Record](t *sheet[[]R], specs []int32, compare func(a, b R) int) []R {
	var list []R
	for _, k := range specs {
		if part := t.get(k); list == nil {
			list = part
		} else {
			list = slices.Concat(list, part)
		}
	}
	if !slices.IsSortedFunc(list, compare) {
		list = slices.SortedFunc(slices.Values(list), compare)
	}
	return list
}

func (g *groups) clone() groups {
	c := *g
	c.intents, c.commitments, c.events, c.resources = g.intents.clone(), g.commitments.clone(), g.events.clone(), g.resources.clone()
	c.parent, c.members = slices.Clone(g.parent), maps.Clone(g.members)
	c.nodes, c.begun, c.proposals = g.nodes.clone(), g.begun.clone(), g.proposals.clone()
	return c
}
