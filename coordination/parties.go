package coordination

import (
	"slices"

	"commonweal/vf"
)

// sides are the ways in which a record names an agent; clauses use the words.
var sides = []string{"provider", "receiver", "accountable", "performer", "member", "keyOf", "self", "scope", "author", "addressee"}

// party is an agent that a record names, and as what.
type party struct {
	agent vf.ID
	side  string
}

// Authored reports whether it is kept who entered a record: where it may name
// nobody, and so is of whoever entered it.
func Authored(r vf.Record) bool {
	switch r.(type) {
	case *vf.Intent, *vf.Commitment, *vf.EconomicEvent, *vf.Claim, *vf.Membership, *vf.Charter, *vf.DeviceKey:
		return false
	}
	return true
}

// parties lists the agents that a record names. Whom it names through other
// records counts too: a proposal those of the intents that it publishes, the
// flow of a recipe who performs it.
func (v View) parties(r vf.Record, list []party) []party {
	add := func(side string, agents ...vf.ID) {
		for _, a := range agents {
			if a != "" {
				list = append(list, party{a, side})
			}
		}
	}
	flow := func(provider, receiver vf.ID) {
		add("provider", provider)
		add("receiver", receiver)
	}
	switch r := r.(type) {
	case *vf.Intent:
		flow(r.Provider, r.Receiver)
	case *vf.Commitment:
		flow(r.Provider, r.Receiver)
	case *vf.EconomicEvent:
		flow(r.Provider, r.Receiver)
	case *vf.Claim:
		flow(r.Provider, r.Receiver)
	case *vf.EconomicResource:
		add("accountable", r.PrimaryAccountable)
	case *vf.RecipeProcess:
		add("performer", r.PerformedBy)
	case *vf.RecipeFlow:
		if p, ok := v.Record(r.RecipeInputOf + r.RecipeOutputOf).(*vf.RecipeProcess); ok {
			add("performer", p.PerformedBy)
		}
	case *vf.Process:
		add("scope", r.InScopeOf...)
	case *vf.Agent:
		add("self", r.ID)
	case *vf.Membership:
		add("member", r.Member)
	case *vf.DeviceKey:
		add("keyOf", r.KeyOf)
	case *vf.Proposal:
		list = v.proposed(r, list)
		add("addressee", r.ProposedTo...)
	case *vf.ProposalList:
		add("addressee", r.ProposedTo...)
	}
	return list
}

func (v View) proposed(r *vf.Proposal, list []party) []party {
	for _, ids := range [][]vf.ID{r.Publishes, r.Reciprocal} {
		for _, id := range ids {
			if i, ok := v.Record(id).(*vf.Intent); ok {
				list = v.parties(i, list)
			}
		}
	}
	return list
}

// scopes lists the scopes that a record belongs to: the agents that it names and
// that are no persons; the network, "", where there are none.
func (v View) scopes(r vf.Record, named []party, list []vf.ID) []vf.ID {
	add := func(id vf.ID) {
		if id = v.root(id); !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	switch r := r.(type) {
	case *vf.Membership:
		add(r.InScopeOf)
	case *vf.Charter:
		add(r.InScopeOf)
	default:
		for _, p := range named {
			if p.side == "addressee" {
				continue
			}
			if self, ok := r.(*vf.Agent); ok && p.side == "self" {
				if self.Type != "Person" {
					add(p.agent)
					if self.PartOf != "" {
						add(self.PartOf) // who may in the scope above may make a part of it
					}
				}
			} else if a, ok := v.Record(p.agent).(*vf.Agent); ok && a.Type != "Person" {
				add(p.agent)
			}
		}
	}
	if len(list) == 0 {
		list = append(list, "")
	}
	return list
}

// own reports whether a record is the actor's, or of the scope in which the actor
// holds the role; on one side of it, if one is said. An addressee may see as own
// what is proposed to them, and no more.
func (v View) own(q *question, scope vf.ID, side string) bool {
	switch q.record.(type) {
	case *vf.Membership, *vf.DeviceKey:
		scope = "" // a circle's own ones are not each member's
	}
	is := func(p party) bool {
		return p.agent == q.actor || scope != "" && v.root(p.agent) == scope
	}
	named := false
	for _, p := range q.parties {
		if p.side == "addressee" && q.verb != See && side != p.side {
			continue
		}
		named = named || p.side != "addressee"
		if is(p) && (side == "" || side == p.side) && q.actor != "" {
			return v.ownAll(q, is)
		}
	}
	author := (side == "author" || side == "" && !named) && Authored(q.record)
	return author && q.actor != "" && v.Author(q.record.Key()) == q.actor
}

// ownAll refuses as own what also touches what is others': an event that changes
// things of somebody who has no part in it, and a proposal that publishes
// intents of others. Seeing them is another matter.
func (v View) ownAll(q *question, is func(party) bool) bool {
	if q.verb == See {
		return true
	}
	switch r := q.record.(type) {
	case *vf.EconomicEvent:
		for _, id := range []vf.ID{r.ResourceInventoriedAs, r.ToResourceInventoriedAs} {
			thing, ok := v.Record(id).(*vf.EconomicResource)
			if ok && thing.PrimaryAccountable != "" && thing.PrimaryAccountable != r.Provider && thing.PrimaryAccountable != r.Receiver && !is(party{thing.PrimaryAccountable, ""}) {
				return false
			}
		}
	case *vf.Proposal:
		for _, ids := range [][]vf.ID{r.Publishes, r.Reciprocal} {
			for _, id := range ids {
				var list [4]party
				if i, ok := v.Record(id).(*vf.Intent); ok && !slices.ContainsFunc(v.parties(i, list[:0]), is) {
					return false
				}
			}
		}
	}
	return true
}
