package coordination

import (
	"slices"
	"strings"
)

// explain says why something is refused: the clause that forbids it or that comes
// nearest, with what is not the actor's, and which roles could do it.
func (v View) explain(q *question, a Actor, d Decision) Decision {
	best, fits := -1, false
	for _, s := range q.scopes {
		chain := v.chain(s, nil)
		for _, scope := range chain {
			in := v.inForce(scope)
			if in == nil {
				continue
			}
			for _, c := range in.clauses {
				if c.Not || !c.fitsVerb(q.verb) {
					continue
				}
				near := v.near(c, q)
				if near.classes && !slices.Contains(d.Roles, c.Role) && (c.Extent == All || c.Extent == Own || c.Extent == As) {
					d.Roles = append(d.Roles, c.Role)
				}
				if d.Clause == nil || !d.Clause.Not {
					if n := near.count(); n > best {
						best, d.Clause, d.Charter, d.Version = n, c, in.record.ID, in.record.Version
						fits = near.role && near.classes
					}
				}
			}
		}
	}
	switch {
	case d.Clause == nil:
		d.Reason = "no clause of the charter is about it"
	case d.Clause.Not:
		d.Reason = "the clause “" + d.Clause.String() + "” forbids it"
	default:
		d.Reason = "no clause allows it; nearest comes “" + d.Clause.String() + "”"
		if not := v.notOwn(q, a, d.Clause); fits && not != "" {
			d.Reason += ", but " + not
			if q.verb == Declare {
				d.Way = "Name " + string(a.Agent) + " or such a group in it, or ask those who may."
			}
		}
	}
	return d
}

// notOwn says which agents that a record names are not the actor's, where a clause is
// about one's own alone; "" where it names nobody, somebody of the actor's, or nobody
// whom the actor may see.
func (v View) notOwn(q *question, a Actor, c *Clause) string {
	if c.Extent != Own && c.Extent != As || a.Agent == "" {
		return ""
	}
	var named []string
	for _, p := range q.parties {
		if p.side == "addressee" || p.side == "author" || c.Side != "" && c.Side != p.side {
			continue
		}
		if p.agent == a.Agent || slices.ContainsFunc(q.holdings, func(h holding) bool { return h.role == c.Role && h.scope == v.root(p.agent) }) {
			return ""
		}
		if r := v.Record(p.agent); r != nil && v.Allows(a, See, r) {
			named = append(named, said[p.side]+" "+string(p.agent))
		}
	}
	if len(named) == 0 {
		return ""
	}
	is := "is"
	if len(named) > 1 {
		is = "are"
	}
	return "its " + strings.Join(named, " and ") + " " + is + " neither " + string(a.Agent) + " nor a group in which they are " + c.Role
}

// said has the words for how a record names an agent.
var said = map[string]string{"provider": "provider", "receiver": "receiver", "accountable": "accountable agent",
	"performer": "performer", "member": "member", "keyOf": "holder", "scope": "scope", "self": "agent"}

// nearness says what of a clause fits a question.
type nearness struct{ role, classes, extent bool }

func (n nearness) count() int {
	sum := 0
	for i, is := range []bool{n.extent, n.classes, n.role} {
		if is {
			sum += 1 << i
		}
	}
	return sum
}

func (v View) near(c *Clause, q *question) nearness {
	n := nearness{classes: len(c.Classes) == 0 || slices.Contains(c.Classes, q.class), extent: c.Extent == All}
	for _, h := range q.holdings {
		n.role = n.role || h.role == c.Role
	}
	return n
}
