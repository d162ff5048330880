package coordination

import "slices"

// explain says why something is refused: the clause that forbids it or that comes
// nearest, and which roles could do it.
func (v View) explain(q *question, d Decision) Decision {
	best := -1
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
	}
	return d
}

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
