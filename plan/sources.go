package plan

import (
	"slices"

	"commonweal/vf"
)

// A promise of who neither has nor makes a thing is supply from outside: a purchase, or
// a delivery by somebody of whom the books know nothing else. Nobody is asked about
// those. Of an agent of the network, whose things and work stand in these books, it is
// told: the promise counts, but nothing here bears it out.

// readMembers notes the agents of the network: who is a member now, and the groups
// that have members. Where no memberships are kept there are none.
func (n *network) readMembers() {
	n.members = map[vf.ID]bool{}
	for _, m := range n.graph.Memberships {
		if m.HasBeginning.Unix() > n.now && !m.HasBeginning.IsZero() || !m.HasEnd.IsZero() && m.HasEnd.Unix() <= n.now {
			continue
		}
		n.members[m.Member], n.members[m.InScopeOf] = true, true
	}
	delete(n.members, "")
}

// unsourced tells of a promise of which an agent of the network has no source that
// these books know.
func (r *reader) unsourced(c *vf.Commitment, k bufferKey, left int64) {
	n := r.n
	if !n.members[c.Provider] || c.Provider == c.Receiver || r.backs(c.Provider, k) || r.expects(c, k.spec) {
		return
	}
	q := vf.Measure{HasUnit: n.specUnit[k.spec]}
	if step, err := n.units.Step(q.HasUnit); err == nil {
		q.HasNumericalValue, _ = vf.OfSteps(left, step)
	}
	at, said := firstTime(c.Due, c.HasPointInTime, c.HasEnd)
	by, when := "", vf.Time{}
	if said {
		by, when = " by "+day(at), vf.At(at)
	}
	name := string(k.spec)
	if s := n.specs[k.spec]; s != nil && s.Name != "" {
		name = s.Name
	}
	r.broken = append(r.broken, Problem{Kind: "sourceUnknown", About: c.ID, Stage: k.stage, Quantity: q, When: when,
		Text: string(c.ID) + " promises " + q.HasNumericalValue.String() + " " + n.symbol(q.HasUnit) + " of " + name + by + ", and these books know no source of it at " + n.agentName(c.Provider) +
			": no stock, no offer, no recipe, and nothing that is to come to them. It is counted on all the same. To go on, enter where it comes from, or release the promise."})
}

// expects reports whether an agent who promises a thing offers it, or whether it is to
// come to them or out of a process of theirs.
func (r *reader) expects(c *vf.Commitment, spec vf.ID) bool {
	g := &r.n.groups
	number, known := g.number[spec]
	if !known {
		return false
	}
	if slices.ContainsFunc(g.intents.get(number), func(i *vf.Intent) bool {
		return i.Provider == c.Provider && i.InputOf == "" && !i.Finished && isThing(i.Action)
	}) {
		return true
	}
	return slices.ContainsFunc(g.commitments.get(number), func(o *vf.Commitment) bool {
		return o != c && !o.Finished && isThing(o.Action) && (o.OutputOf != "" && o.Provider == c.Provider || o.InputOf == "" && o.Receiver == c.Provider)
	})
}

// isThing reports whether an action is about things, and not about work or use.
func isThing(a vf.Action) bool { return a != vf.Work && a != vf.Use && a != vf.Cite }
