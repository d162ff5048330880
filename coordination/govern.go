package coordination

import (
	"slices"

	"commonweal/rule"
	"commonweal/vf"
)

// Governed reports whether somebody may change the charter of the network, now and
// at every time to come as the books are; else since when nobody could.
func (v View) Governed() (ok bool, since vf.Time) {
	moments := []vf.Time{v.Now}
	later := func(t vf.Time) {
		if t.After(v.Now.Time) {
			moments = append(moments, t)
		}
	}
	for _, scope := range v.rootKeys() {
		for _, c := range v.Register.charters.get(scope) {
			later(c.record.ValidFrom)
		}
	}
	for _, m := range v.governors() {
		later(m.HasEnd)
	}
	slices.SortFunc(moments, func(a, b vf.Time) int { return a.Compare(b.Time) })
	for _, t := range moments {
		at := v
		at.Now = t
		if !at.someoneDecides() {
			return false, t
		}
	}
	return true, vf.Time{}
}

// rootKeys are the ids under which what is the network's may be written.
func (v View) rootKeys() []vf.ID {
	if v.Network == "" {
		return []vf.ID{""}
	}
	return []vf.ID{"", v.Network}
}

// governors lists the memberships in the network whose roles some charter of the
// network lets decide.
func (v View) governors() []*vf.Membership {
	roles := map[string]bool{}
	note := func(c *charter) {
		for _, clause := range c.clauses {
			if !clause.Not && clause.fitsVerb(Decide) {
				roles[clause.Role] = true
			}
		}
	}
	note(defaultCharter)
	for _, scope := range v.rootKeys() {
		for _, c := range v.Register.charters.get(scope) {
			note(c)
		}
	}
	var list []*vf.Membership
	for _, scope := range v.rootKeys() {
		for _, m := range v.Register.within.get(scope) {
			if roles[m.Role] {
				list = append(list, m)
			}
		}
	}
	return list
}

func (v View) someoneDecides() bool {
	for _, m := range v.governors() {
		if v.holds(m.HasBeginning, m.HasEnd) && v.Decide(Actor{Agent: m.Member}, Decide, &vf.Charter{}).Allowed {
			return true
		}
	}
	return false
}

// CheckCharter refuses a charter with a clause that cannot be read (badClause), or
// with two of one name; its place names the line.
func CheckCharter(r *vf.Charter) error {
	if len(r.Clauses) > MaxClauses {
		return rule.Refuse("badClause", "clause", r.Clauses[MaxClauses], "column", "1", "found", "another clause", "wanted", "at most 500 clauses")
	}
	names := map[string]bool{}
	for _, text := range r.Clauses {
		c, err := ParseClause(text)
		if err != nil {
			return err
		}
		if names[c.Name] {
			return rule.Refuse("badClause", "clause", text, "column", "1", "found", "“"+c.Name+"” again", "wanted", "another name for each clause")
		}
		names[c.Name] = true
	}
	return nil
}

// CheckScope refuses a scope that is part of itself in the end (scopeLoop).
func (v View) CheckScope(scope *vf.Agent) error {
	seen := 0
	for up := scope.PartOf; up != ""; up = v.Register.parents.get(up) {
		if seen++; up == scope.ID || seen > deepest {
			return rule.Refuse("scopeLoop", "scope", string(scope.ID), "partOf", string(scope.PartOf))
		}
	}
	return nil
}

// InForce returns the charter that holds now for a scope itself, not those above
// it; nil if it has none. Of the network it may be the default one, which has no
// id and version 0.
func (v View) InForce(scope vf.ID) *vf.Charter {
	if c := v.inForce(v.root(scope)); c != nil {
		return c.record
	}
	return nil
}

// Memberships returns the memberships of an agent, whenever they hold.
func (v View) Memberships(agent vf.ID) []*vf.Membership {
	return slices.Clone(v.Register.members.get(agent))
}

// Charters returns the charters of a scope, by version.
func (v View) Charters(scope vf.ID) []*vf.Charter {
	var list []*vf.Charter
	keys := []vf.ID{scope}
	if v.root(scope) == "" {
		keys = v.rootKeys()
	}
	for _, key := range keys {
		for _, c := range v.Register.charters.get(key) {
			list = append(list, c.record)
		}
	}
	slices.SortStableFunc(list, func(a, b *vf.Charter) int { return a.Version - b.Version })
	return list
}

// DeviceKeys returns the keys of an agent that are in force now.
func (v View) DeviceKeys(agent vf.ID) []*vf.DeviceKey {
	var list []*vf.DeviceKey
	for _, k := range v.Register.keys.get(agent) {
		if v.holds(k.HasBeginning, k.HasEnd) {
			list = append(list, k)
		}
	}
	return list
}

// Scopes above one: itself first, the network last, as "".
func (v View) Scopes(scope vf.ID) []vf.ID { return v.chain(scope, nil) }
