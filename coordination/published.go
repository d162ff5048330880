package coordination

import (
	"slices"

	"commonweal/vf"
)

// publish follows what is published: a proposal to everybody publishes what it
// names, and these what they name. It is counted how many published records name
// a record, so that a change costs what it touches.
func (g *Register) publish(before, after vf.Record, record func(vf.ID) vf.Record) {
	if before != nil && g.published(before) {
		names(before, func(id vf.ID) { g.count(id, -1, record) })
	}
	if after != nil && g.published(after) {
		names(after, func(id vf.ID) { g.count(id, 1, record) })
	}
}

func (g *Register) count(id vf.ID, by int, record func(vf.ID) vf.Record) {
	was := g.named.get(id)
	g.named.set(id, was+by)
	if was > 0 && was+by > 0 {
		return
	}
	if r := record(id); r != nil && publishable(r) {
		names(r, func(id vf.ID) { g.count(id, by, record) })
	}
}

// published reports whether anybody may see a record.
func (g *Register) published(r vf.Record) bool {
	switch r := r.(type) {
	case *vf.Proposal:
		return len(r.ProposedTo) == 0
	case *vf.ProposalList:
		return len(r.ProposedTo) == 0
	}
	return publishable(r) && g.named.get(r.Key()) > 0
}

// publishable reports whether a record is published when a published one names it.
func publishable(r vf.Record) bool {
	switch r := r.(type) {
	case *vf.Intent, *vf.ResourceSpecification, *vf.ProcessSpecification, *vf.Unit:
		return true
	case *vf.Agent:
		return r.Type != "Person"
	}
	return false
}

// names calls f with what a published record shows beside itself. Places are not
// among it: one may be somebody's home.
func names(r vf.Record, f func(vf.ID)) {
	all := func(ids ...vf.ID) {
		for _, id := range ids {
			if id != "" {
				f(id)
			}
		}
	}
	switch r := r.(type) {
	case *vf.Proposal:
		all(r.Publishes...)
		all(r.Reciprocal...)
	case *vf.Intent:
		all(r.Provider, r.Receiver, r.ResourceConformsTo, r.Stage, r.ResourceQuantity.HasUnit, r.EffortQuantity.HasUnit,
			r.AvailableQuantity.HasUnit, r.MinimumQuantity.HasUnit, r.MinimumUsefulQuantity.HasUnit, r.LeadTime.HasUnit, r.BatchMultiple.HasUnit)
	case *vf.ResourceSpecification:
		all(r.DefaultUnitOfResource, r.DefaultUnitOfEffort, r.Budget.HasUnit)
	case *vf.Unit:
		all(r.Equals.HasUnit)
	}
}

// word reports whether a record is of the words of a network, in which all of its
// scopes speak: without them nobody can read what is their own.
func word(r vf.Record) bool {
	switch r.(type) {
	case *vf.Unit, *vf.ResourceSpecification, *vf.ProcessSpecification:
		return true
	}
	return false
}

// beside adds the scopes from which the charter is asked beside those that a record
// names. What is of the actor alone, their Person and their device keys, is also
// decided where they hold a role. For seeing, a word counts as of each scope in which
// the actor holds one, and a person as of those in which that person does.
func (v View) beside(q *question) {
	add := func(scope vf.ID) {
		if !slices.Contains(q.scopes, scope) {
			q.scopes = append(q.scopes, scope)
		}
	}
	var person vf.ID
	switch r := q.record.(type) {
	case *vf.Agent:
		if r.Type == "Person" && (q.verb == See || r.ID == q.actor) {
			person = r.ID
		}
	case *vf.DeviceKey:
		if r.KeyOf == q.actor {
			person = q.actor
		}
	}
	q.words = q.verb == See && word(q.record)
	switch {
	case q.words || person != "" && person == q.actor:
		for _, h := range q.holdings {
			add(h.scope)
		}
	case person != "":
		for _, m := range v.Register.members.get(person) {
			if v.holds(m.HasBeginning, m.HasEnd) {
				add(v.root(m.InScopeOf))
			}
		}
	}
}
