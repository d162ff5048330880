package plan

import (
	"maps"
	"slices"
	"sync"

	"commonweal/vf"
)

// FactChange is a record that is new, other than before, or gone (After nil); which
// one says After, else Before, else ID.
type FactChange struct {
	Before, After vf.Record
	ID            vf.ID
}

func (c FactChange) id() vf.ID {
	switch {
	case c.After != nil:
		return c.After.Key()
	case c.Before != nil:
		return c.Before.Key()
	}
	return c.ID
}

// Facts are the records that a plan is made of, as they change: a graph that stays
// as it is, and what has changed since. No two records have one id. A clone costs
// little and shares what does not differ.
type Facts struct {
	base  *vf.Graph
	index map[vf.ID]vf.Record // of the records of the graph that change often
	twice bool                // two records have one id
	over  ordered[vf.Record]  // nil: gone
}

// NewFacts begins with the records of a graph, which must not change any more.
func NewFacts(g *vf.Graph) *Facts { return &Facts{base: g} }

// Clone returns facts that change by themselves.
func (f *Facts) Clone() *Facts {
	f.read()
	return &Facts{f.base, f.index, f.twice, f.over.clone()}
}

// read makes the index of the records that change often.
func (f *Facts) read() {
	if f.index != nil {
		return
	}
	g := f.base
	f.index = make(map[vf.ID]vf.Record, len(g.EconomicResources)+len(g.Processes)+len(g.Proposals)+len(g.Intents)+len(g.Commitments)+len(g.EconomicEvents))
	enter(f, g.EconomicResources)
	enter(f, g.Processes)
	enter(f, g.Proposals)
	enter(f, g.Intents)
	enter(f, g.Commitments)
	enter(f, g.EconomicEvents)
}

func enter[R vf.Record](f *Facts, list []R) {
	for _, r := range list {
		before := len(f.index)
		f.index[r.Key()] = r
		f.twice = f.twice || len(f.index) == before
	}
}

// Record returns the resource, process, proposal, intent, commitment or event of an
// id, or whatever record of that id changed; nil if there is none.
func (f *Facts) Record(id vf.ID) vf.Record {
	if r, changed := f.over.get(id); changed {
		return r
	}
	f.read()
	return f.index[id]
}

// Apply takes changes in. Only the id counts of what a record was before.
func (f *Facts) Apply(changes ...FactChange) {
	for _, c := range changes {
		f.over.set(c.id(), c.After)
	}
}

// Graph returns the records as they are now. It must not be changed.
func (f *Facts) Graph() *vf.Graph {
	if len(f.over.leaves) == 0 {
		return f.base
	}
	b := f.base
	g := &vf.Graph{
		Units: keep(f, b.Units), SpatialThings: keep(f, b.SpatialThings), Agents: keep(f, b.Agents), ProcessSpecifications: keep(f, b.ProcessSpecifications),
		ResourceSpecifications: keep(f, b.ResourceSpecifications), Recipes: keep(f, b.Recipes), RecipeProcesses: keep(f, b.RecipeProcesses),
		RecipeFlows: keep(f, b.RecipeFlows), RecipeExchanges: keep(f, b.RecipeExchanges), BatchLotRecords: keep(f, b.BatchLotRecords),
		EconomicResources: keep(f, b.EconomicResources), Plans: keep(f, b.Plans), Processes: keep(f, b.Processes), AgreementBundles: keep(f, b.AgreementBundles),
		Agreements: keep(f, b.Agreements), ProposalLists: keep(f, b.ProposalLists), Proposals: keep(f, b.Proposals), Intents: keep(f, b.Intents),
		Commitments: keep(f, b.Commitments), EconomicEvents: keep(f, b.EconomicEvents), Claims: keep(f, b.Claims),
		Memberships: keep(f, b.Memberships), Charters: keep(f, b.Charters), DeviceKeys: keep(f, b.DeviceKeys),
	}
	for _, r := range f.over.all() {
		if r != nil {
			g.Add(r)
		}
	}
	return g
}

// keep lists the records that have not changed.
func keep[R vf.Record](f *Facts, list []R) []R {
	return slices.DeleteFunc(slices.Clone(list), func(r R) bool {
		_, changed := f.over.get(r.Key())
		return changed
	})
}

// clone is a network that stays as it is when this one changes, and the other way
// about. They share the recipes and every need, offer and supply that does not
// differ. Several goroutines may clone one network, and read it, at the same time.
func (n *network) clone() *network {
	n.cloning.Lock()
	defer n.cloning.Unlock()
	n.prepare()
	c := *n
	c.cloning = new(sync.Mutex)
	c.needs, c.offers, c.supplies = n.needs.clone(), n.offers, slices.Clip(n.supplies)
	c.needsOf, c.offersOf, c.supplyOf = n.needsOf.clone(), n.offersOf.clone(), n.supplyOf.clone()
	c.groups = n.groups.clone()
	c.brokenOf = maps.Clone(n.brokenOf)
	c.firm = firmFacts{n.firm.processes.clone(), n.firm.commitments.clone(), n.firm.open.clone()}
	c.facts, c.flows = n.facts.Clone(), n.flows.clone()
	return &c
}

// prepare makes what following changes needs, once.
func (n *network) prepare() {
	if n.facts != nil {
		return
	}
	g := n.graph
	n.facts = NewFacts(g)
	n.facts.read()
	for _, i := range g.Intents {
		n.noteFlow(i, n.groups.number[i.ResourceConformsTo])
	}
	for _, c := range g.Commitments {
		n.noteFlow(c, n.groups.number[c.ResourceConformsTo])
	}
	n.flows.sealed = true
}

// noteFlow notes of which specification a process has a flow.
func (n *network) noteFlow(r vf.Record, spec int32) {
	p := processOf(r)
	if p == "" {
		return
	}
	if list := n.flows.get(p); !slices.Contains(list, spec) {
		n.flows.set(p, append(slices.Clip(list), spec))
	}
}

// isMachine reports whether a resource limits how much can be done with it.
func isMachine(r *vf.EconomicResource) bool {
	return r.Parallel != 0 || len(r.WorkTime) > 0 || r.Efficiency != nil || r.Budget.HasUnit != ""
}

// isSkill reports whether an intent offers work or the use of something.
func isSkill(i *vf.Intent) bool {
	return i.Provider != "" && processOf(i) == "" && (i.Action == vf.Work || i.Action == vf.Use)
}
