package host

import (
	"cmp"
	"slices"
	"strings"

	"commonweal/coordination"
	"commonweal/node"
	"commonweal/people"
	"commonweal/rule"
	"commonweal/vf"
)

// mostChoices is how many groups are looked at for those that somebody may be invited to.
const mostChoices = 2000

// Choices are what an invitation into a network can say.
type Choices struct {
	Roles  []string // that the charters name, in the order of the alphabet
	Scopes []Choice // groups that the inviter sees, by id
}

// Choice is one group.
type Choice struct {
	ID   vf.ID
	Name string // "" where it has none
}

// Choices lists what an invitation can say, as far as an agent sees it.
func (h *Host) Choices(by vf.ID, network string) (c Choices, err error) {
	w := h.Network(network)
	if w == nil {
		return c, rule.Refuse("noSuchNetwork", "name", network)
	}
	seat := w.Seat(node.Actor{Agent: by})
	looked, scopes := 0, []vf.ID{""}
	for id := range w.Snapshot().Class("Organization", "", false) {
		if looked++; looked > mostChoices {
			break
		}
		r, err := seat.Record(id)
		if err != nil {
			return c, err
		}
		if a, ok := r.(*vf.Agent); ok {
			c.Scopes = append(c.Scopes, Choice{a.ID, a.Name})
			scopes = append(scopes, a.ID)
		}
	}
	c.Roles, err = w.roles(seat, scopes)
	return c, err
}

// roles are those that the charters name which are in force in some scopes: the default
// one, and those that the seat sees.
func (w *Network) roles(seat *node.Seat, scopes []vf.ID) (list []string, err error) {
	var charters []*vf.Charter
	err = w.Charter(func(v coordination.View) error {
		for _, scope := range scopes {
			if c := v.InForce(scope); c != nil {
				charters = append(charters, c)
			}
		}
		return nil
	})
	for _, c := range charters {
		if c.ID != "" && !seat.Sees(c) {
			continue
		}
		for _, text := range c.Clauses {
			if clause, err := coordination.ParseClause(text); err == nil {
				list = append(append(list, clause.Role), clause.Roles...)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list), err
}

// CheckInvitation refuses an invitation that says a role which no charter names, a scope
// that is no group in the books, or an agent that is not there, as far as the inviter sees
// them: who is invited would find out only when they come. What is left empty is right.
func (h *Host) CheckInvitation(by vf.ID, i people.Invitation) error {
	c, err := h.Choices(by, i.Network)
	if err != nil {
		return err
	}
	if i.Role != "" && !slices.Contains(c.Roles, i.Role) {
		return unknownInvited(i.Network, "role", i.Role, c.Roles)
	}
	w := h.Network(i.Network)
	seat := w.Seat(node.Actor{Agent: by})
	for _, what := range []string{"scope", "agent"} {
		id := i.Scope
		if what == "agent" {
			id = i.Agent
		}
		if id == "" || what == "scope" && id == vf.ID(w.Network()) {
			continue
		}
		r, err := seat.Record(id)
		if err != nil {
			return err
		}
		if a, ok := r.(*vf.Agent); ok && (what == "agent" || a.Type != "Person") {
			continue
		}
		return unknownInvited(i.Network, what, string(id), w.agentsLike(seat, what, id, c.Scopes))
	}
	return nil
}

// agentsLike are ids that may have been meant: of scopes the groups, of agents those that
// the seat sees.
func (w *Network) agentsLike(seat *node.Seat, what string, id vf.ID, scopes []Choice) (list []string) {
	for _, s := range scopes {
		if list = append(list, string(s.ID)); strings.EqualFold(s.Name, string(id)) { // who writes the name means the group
			return []string{string(s.ID)}
		}
	}
	if what == "scope" {
		return list
	}
	looked := 0
	for id := range w.Snapshot().Class("Person", "", false) {
		if looked++; looked > mostChoices {
			break
		}
		if r, err := seat.Record(id); err == nil && r != nil {
			list = append(list, string(id))
		}
	}
	return list
}

func unknownInvited(network, what, value string, known []string) error {
	return rule.Refuse("unknownInvited", "what", what, "value", value, "network", network, "nearest", cmp.Or(vf.Nearest(value, known), "another one, or none"))
}
