package coordination

import (
	"slices"
	"strings"

	"commonweal/rule"
	"commonweal/vf"
)

// Actor is who acts or asks.
type Actor struct {
	Agent   vf.ID    // "" is somebody unknown, who has the rights of guests
	Mandate *Mandate // of a bot; nil for people
}

// Mandate cuts the rights of an actor: what a bot may do in somebody's name.
type Mandate struct {
	Verbs  []string // of [Verbs]; none named means none
	Scopes []vf.ID  // agents, with all scopes below them; none named means all
	Until  vf.Time  // zero means without end
}

// View is what a decision rests on.
type View struct {
	Register *Register
	Network  vf.ID                    // the id of the network: the root of its scopes, as well as ""
	Now      vf.Time                  // when
	Record   func(id vf.ID) vf.Record // nil where there is none
	Author   func(id vf.ID) vf.ID     // who entered it first, of records that are [Authored]
}

// Decision says whether an actor may do something, and by which clause.
type Decision struct {
	Allowed bool
	Clause  *Clause  // which allows or forbids it, else the one that comes nearest; nil if none comes near
	Charter vf.ID    // in which it stands; "" for the default charter
	Version int      // of that charter; 0 for the default charter
	Roles   []string // that could do it, in the order of the charters
	Reason  string   // why not, in words
	Way     string   // what the actor could do instead, as a sentence; "" where there is nothing to say
}

// question is one decision while it is made.
type question struct {
	actor    vf.ID
	verb     Verb
	record   vf.Record
	class    vf.Class
	parties  []party
	scopes   []vf.ID
	holdings []holding
	words    bool // it is about seeing a word of the network
	room     struct {
		parties  [8]party
		scopes   [4]vf.ID
		holdings [8]holding
	}
}

// holding is a role that the actor has in a scope.
type holding struct {
	role  string
	scope vf.ID
}

// Decide says whether an actor may do what the verb says with a record; with a nil
// record, in the network as a whole. Changing a record asks for the old one and
// for the new one. It costs some microseconds, however large the books are.
func (v View) Decide(a Actor, verb Verb, r vf.Record) Decision {
	var q question
	d := v.decide(&q, a, verb, r)
	if !d.Allowed {
		return v.explain(&q, a, d)
	}
	if why := v.beyond(a.Mandate, &q); why != "" {
		d.Allowed, d.Reason = false, why
	}
	return d
}

// Allows is whether [View.Decide] allows it, without the work of saying why not.
func (v View) Allows(a Actor, verb Verb, r vf.Record) bool {
	var q question
	return v.decide(&q, a, verb, r).Allowed && v.beyond(a.Mandate, &q) == ""
}

// Discreet is a decision as it may be told to an actor: the clauses of a charter that
// they may not see are left out of it.
func (v View) Discreet(a Actor, d Decision) Decision {
	if d.Charter == "" || d.Allowed || v.Allows(a, See, v.Record(d.Charter)) {
		return d
	}
	return Decision{Reason: "the charter does not let them"}
}

// decide decides but for the mandate; q is what it is made in.
func (v View) decide(q *question, a Actor, verb Verb, r vf.Record) Decision {
	q.actor, q.verb, q.record = a.Agent, verb.For(r), r
	q.parties, q.scopes = q.room.parties[:0], q.room.scopes[:0]
	if r == nil {
		q.scopes = append(q.scopes, "")
	} else {
		q.class = r.Class()
		q.parties = v.parties(r, q.parties)
		q.scopes = v.scopes(r, q.parties, q.scopes)
	}
	q.holdings = v.holdings(a.Agent, q.room.holdings[:0])
	v.beside(q)
	return v.ask(q)
}

// ask asks for each role, in each scope.
func (v View) ask(q *question) Decision {
	var forbidden Decision
	for _, s := range q.scopes {
		var up [16]vf.ID
		chain := v.chain(s, up[:0])
		for _, h := range q.holdings {
			at := slices.Index(chain, h.scope)
			if at < 0 {
				continue
			}
			c, in := v.first(q, h, chain, at)
			if c == nil {
				continue
			}
			d := Decision{Allowed: !c.Not, Clause: c, Charter: in.record.ID, Version: in.record.Version}
			if d.Allowed {
				return d
			}
			if forbidden.Clause == nil {
				forbidden = d
			}
		}
	}
	return forbidden
}

// first is the first clause that fits for one role, from the scope of the record
// up to the network; at is where in the chain the role is held.
func (v View) first(q *question, h holding, chain []vf.ID, at int) (*Clause, *charter) {
	for i, scope := range chain {
		in := v.inForce(scope)
		if in == nil {
			continue
		}
		for _, c := range in.about[right{h.role, q.verb}] {
			if (!c.Here || at <= i) && v.fits(c, q, h.scope, chain) {
				return c, in
			}
		}
	}
	return nil, nil
}

func (c *Clause) fitsVerb(verb Verb) bool { return len(c.Verbs) == 0 || slices.Contains(c.Verbs, verb) }

// fits reports whether a clause is about the record.
func (v View) fits(c *Clause, q *question, scope vf.ID, chain []vf.ID) bool {
	if len(c.Classes) > 0 && !slices.Contains(c.Classes, q.class) {
		return false
	}
	if len(c.Roles) > 0 {
		m, ok := q.record.(*vf.Membership)
		if !ok || !slices.Contains(c.Roles, m.Role) {
			return false
		}
	}
	if c.Scope != "" && !slices.Contains(chain, v.root(c.Scope)) {
		return false
	}
	words := q.words && c.Role != Guest
	switch c.Extent {
	case Own:
		return words || q.record != nil && v.own(q, scope, "")
	case As:
		return words || q.record != nil && v.own(q, scope, c.Side)
	case Published:
		return q.record != nil && v.Register.published(q.record)
	}
	return true
}

// holdings lists the roles that an agent has now.
func (v View) holdings(agent vf.ID, list []holding) []holding {
	if agent != "" {
		for _, m := range v.Register.members.get(agent) {
			if v.holds(m.HasBeginning, m.HasEnd) {
				list = append(list, holding{m.Role, v.root(m.InScopeOf)})
			}
		}
	}
	return append(list, holding{Guest, ""})
}

// InForce reports whether what holds from one time until another does so now: from
// its beginning, and no longer at its end; a zero time is no bound.
func InForce(from, to, now vf.Time) bool {
	return !now.Before(from.Time) && (to.IsZero() || now.Before(to.Time))
}

func (v View) holds(from, to vf.Time) bool { return InForce(from, to, v.Now) }

// root is the id of a scope, "" of the network.
func (v View) root(id vf.ID) vf.ID {
	if id == v.Network {
		return ""
	}
	return id
}

// deepest is how many scopes are looked at above one another.
const deepest = 1000

// chain lists a scope and those above it, the network last.
func (v View) chain(scope vf.ID, list []vf.ID) []vf.ID {
	for scope = v.root(scope); scope != "" && len(list) < deepest; scope = v.root(v.Register.parents.get(scope)) {
		list = append(list, scope)
	}
	return append(list, "")
}

// inForce is the charter of a scope that holds now, nil if it has none; for the
// network the default one then.
func (v View) inForce(scope vf.ID) *charter {
	var found *charter
	look := func(key vf.ID) {
		for _, c := range v.Register.charters.get(key) {
			if v.holds(c.record.ValidFrom, vf.Time{}) && (found == nil || found.record.Version < c.record.Version) {
				found = c
			}
		}
	}
	look(scope)
	if scope == "" {
		if v.Network != "" {
			look(v.Network)
		}
		if found == nil {
			return defaultCharter
		}
	}
	return found
}

// beyond says why something is beyond a mandate, "" if it is not.
func (v View) beyond(m *Mandate, q *question) string {
	if m == nil {
		return ""
	}
	if !m.Until.IsZero() && !v.Now.Before(m.Until.Time) {
		return "the mandate ended at " + m.Until.String()
	}
	if !slices.Contains(m.Verbs, string(q.verb)) {
		return "the mandate is for " + anything(m.Verbs) + " alone"
	}
	if len(m.Scopes) == 0 || q.words {
		return ""
	}
	for _, p := range q.parties {
		if p.side != "addressee" && v.within(p.agent, m.Scopes) {
			return ""
		}
	}
	if slices.ContainsFunc(q.scopes, func(s vf.ID) bool { return v.within(s, m.Scopes) }) {
		return ""
	}
	return "the mandate is for what is of " + join(m.Scopes) + " alone"
}

func anything(list []string) string {
	if len(list) == 0 {
		return "nothing"
	}
	return strings.Join(list, ", ")
}

func (v View) within(scope vf.ID, scopes []vf.ID) bool {
	return slices.ContainsFunc(v.chain(scope, nil), func(s vf.ID) bool {
		return slices.ContainsFunc(scopes, func(m vf.ID) bool { return v.root(m) == s })
	})
}

// SeesAll reports whether an actor sees every record, as far as that can be told
// without looking at each.
func (v View) SeesAll(a Actor) bool {
	q := question{actor: a.Agent, verb: See}
	if m := a.Mandate; m != nil && (len(m.Scopes) > 0 || v.beyond(m, &q) != "") {
		return false
	}
	in := v.inForce("")
	for _, h := range v.holdings(a.Agent, nil) {
		if h.scope != "" || v.Register.closing.get(h.role) > v.closingOf(in, h.role) {
			continue
		}
		for _, c := range in.about[right{h.role, See}] {
			if !c.Not && c.Extent == All && len(c.Classes)+len(c.Roles) == 0 && c.Scope == "" {
				return true
			}
			if c.Not {
				break
			}
		}
	}
	return false
}

// closingOf counts the clauses of a charter that narrow what a role sees.
func (v View) closingOf(in *charter, role string) int {
	n := 0
	for _, c := range in.about[right{role, See}] {
		if c.Not {
			n++
		}
	}
	return n
}

// MaySome reports whether a clause lets an actor do with some record of a class what
// the verb says, in some scope: it is for showing a door, not for opening it.
func (v View) MaySome(a Actor, verb Verb, class vf.Class) bool {
	if v.beyond(a.Mandate, &question{actor: a.Agent, verb: verb, words: true}) != "" {
		return false
	}
	for _, h := range v.holdings(a.Agent, nil) {
		for _, scope := range v.chain(h.scope, nil) {
			in := v.inForce(scope)
			if in != nil && slices.ContainsFunc(in.about[right{h.role, verb}], func(c *Clause) bool {
				return !c.Not && (len(c.Classes) == 0 || slices.Contains(c.Classes, class))
			}) {
				return true
			}
		}
	}
	return false
}

// Refusal says a decision as a refusal of rule notAllowed; nil if it is allowed.
// what names what it was about.
func (d Decision) Refusal(a Actor, verb Verb, what string) *rule.Refusal {
	if d.Allowed {
		return nil
	}
	who := string(a.Agent)
	if who == "" {
		who = "Somebody unknown"
	}
	clause := ""
	if d.Clause != nil {
		clause = d.Clause.Name
	}
	roles := "nobody"
	if len(d.Roles) > 0 {
		roles = strings.Join(d.Roles, ", ")
	}
	way := d.Way
	if way != "" {
		way += " "
	}
	return rule.Refuse("notAllowed", "actor", who, "verb", string(verb), "what", what, "reason", d.Reason, "clause", clause, "roles", roles, "way", way)
}
