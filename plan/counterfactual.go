package plan

import (
	"cmp"
	"slices"
	"sync"

	"commonweal/vf"
)

// Counterfactual is what a need would get if one of the causes of its problem were
// not: the plan is worked out once more with that alone lifted, and it says what that
// plan gives the need, which may be nothing more.
//
// Lifted means: what is missing is there, when that plan takes it; what is awaited has
// come then; an offer can be had at once; what would have to begin before now has begun
// then, and so has what needs it; a machine, a place, somebody's hours or a limit does not
// bind; a recipe is in force; no new work is kept waiting by a frozen time.
type Counterfactual struct {
	Cause            int        `json:"cause"` // its place among the causes of the problem, from 0
	State            string     `json:"state"` // onTime, late or short
	At               vf.Time    `json:"at,omitzero"`
	ResourceQuantity vf.Measure `json:"resourceQuantity"` // that would be covered, the last of it at that date
	By               vf.Time    `json:"by,omitzero"`      // when that would have to be there, or begun; none: now
	Text             string     `json:"text"`
}

// How much is planned again for one answer: so many causes, one after another while
// no more orders than that have been made; none in a part that is larger still.
const (
	mostTried   = 12
	mostPart    = 300_000
	mostRetried = 1_000_000
)

// withoutID is the id of what is there only in a counterfactual. It sorts behind
// other ids, so that what is there already is taken first.
const withoutID = "~without"

// wish is one cause that is lifted.
type wish struct {
	place int                        // among the causes of the problem
	same  string                     // what is lifted, so that nothing is twice
	alter func(n *network, at int64) // lifts it in tables of its own, from that date on, or always

	// first reads from a plan the date that suffices: when it first takes of the supply,
	// or begins with the work; nil where there is none.
	first func(q *part) (int64, bool)
	says  func(at int64) string // the condition in words, with that date, or always
	past  bool                  // what is lifted is that nothing can begin before now
}

// without works out what a need would get without each cause of its problem. The
// second result says in words what was left out, if anything was.
func (p *Plan) without(own *part, i int32) (list []Counterfactual, untried string) {
	list = []Counterfactual{}
	wishes := own.wishes(i)
	if len(wishes) > 0 && own.orders.n > mostPart {
		return list, "What the need would get without each cause is not worked out: it hangs together with " + count(int(own.orders.n), "step") +
			", and no more than " + itoa(mostPart) + " are planned again to answer."
	}
	planned := 0
	for k, w := range wishes {
		if k == mostTried || planned > mostRetried {
			return list, "What the need would get is worked out without the first " + count(k, "cause") + " alone; there are " + itoa(int64(len(wishes))) + "."
		}
		c, orders := p.try(own, i, w)
		planned += orders
		list = append(list, c)
	}
	return list, ""
}

// try plans with one cause lifted, and counts the orders that it made. Where that helps,
// it looks for the date that suffices: if the need gets the same when a supply comes no
// earlier than it is first taken, or work begins no earlier than it did, it is that date.
func (p *Plan) try(own *part, i int32, w wish) (c Counterfactual, orders int) {
	n := own.net
	q, at := p.replan(own, w, always), always
	orders = int(q.orders.n)
	if w.first != nil && !sameState(own.state(i), q.state(i)) {
		if first, ok := w.first(q); ok {
			later := p.replan(own, w, first)
			orders += int(later.orders.n)
			if sameState(q.state(i), later.state(i)) {
				q, at = later, first
				c.By = vf.At(at)
			}
		}
	}
	c.Cause, c.Text = w.place, w.says(at)+": "
	s := q.state(i)
	c.State, c.ResourceQuantity = s.state, n.measure(n.needs.at(i).buffer, s.covered)
	if s.last > always {
		c.At = vf.At(s.last)
	}
	c.Text += own.outcome(q, i, w)
	return c, orders
}

// replan plans a part with one cause lifted. Nothing else changes.
func (p *Plan) replan(own *part, w wish, at int64) *part {
	n := own.net.apart()
	w.alter(n, at)
	q := own.again(n)
	d := p.spare.take(n)
	solveAll(d, []*part{q})
	p.spare.leave(d)
	return q
}

// apart is a network of which needs and supplies can be other, and what else is cloned
// before, while this one stays as it is.
func (n *network) apart() *network {
	n.cloning.Lock()
	defer n.cloning.Unlock()
	c := *n
	c.cloning = new(sync.Mutex)
	c.needs, c.supplies, c.supplyOf = n.needs.clone(), slices.Clip(n.supplies), n.supplyOf.clone()
	return &c
}

// outcome says what a need gets in another plan.
func (p *part) outcome(q *part, i int32, w wish) string {
	n, d := p.net, p.net.needs.at(i)
	was, s := p.state(i), q.state(i)
	if sameState(was, s) {
		text := "that alone changes nothing"
		known := p.needProblem(d, was, p.reasons[i]).Causes
		left := known
		if !w.past {
			left = q.needProblem(q.net.needs.at(i), s, q.reasons[i]).Causes
		}
		return text + stillBecause(known, known[w.place], left)
	}
	text := "on time"
	switch s.state {
	case "short":
		text = "short by " + n.amount(d.buffer, d.wanted-s.covered)
		if s.covered > was.covered {
			text += " only"
		}
	case "late":
		timely := d.done
		for _, c := range s.parts {
			if c.at <= d.due {
				timely += c.qty
			}
		}
		if text = "on " + day(s.last); timely > 0 {
			text = n.amount(d.buffer, timely) + " on time, the last on " + day(s.last)
		}
	}
	if s.covered < was.covered || s.covered == was.covered && s.last > was.last {
		text += ", which is worse"
	}
	return text
}

// stillBecause names what is left in the way: a cause that hid behind the others, else
// one that is not the one that was lifted.
func stillBecause(known []Cause, lifted Cause, left []Cause) string {
	same := func(x, y Cause) bool { return x.Kind == y.Kind && x.About == y.About && x.Stage == y.Stage }
	text := ""
	for _, c := range left {
		if !slices.ContainsFunc(known, func(x Cause) bool { return same(x, c) }) {
			return ", because " + c.Text
		}
		if text == "" && !same(c, lifted) {
			text = ", because " + c.Text
		}
	}
	return text
}

// wishes lists what can be lifted of the causes of a need's problem, in their order.
func (p *part) wishes(i int32) (list []wish) {
	n, d, s := p.net, p.net.needs.at(i), p.state(i)
	place := 0
	add := func(w wish, ok bool) {
		w.place = place
		place++
		if ok && !slices.ContainsFunc(list, func(x wish) bool { return x.same == w.same }) {
			list = append(list, w)
		}
	}
	if s.state == "late" {
		for _, c := range d.promised {
			if c.at > d.due {
				add(n.wishPromise(i, c), true)
			}
		}
	}
	for _, c := range d.tooLate {
		add(n.wishPromise(i, c), true)
	}
	if d.expired {
		add(n.wishUse(i), true)
	}
	causes := told(s, p.reasons[i])
	for _, c := range causes[:min(len(causes), mostCauses)] {
		w, ok := p.wish(i, c)
		add(w, ok)
	}
	return list
}

// wish lifts a cause that was found in planning.
func (p *part) wish(i int32, c cause) (wish, bool) {
	n := p.net
	switch c.kind {
	case causeNoSupply:
		return n.wishSupply(supply{buffer: c.buffer, qty: c.qty, id: withoutID}, "with "+n.amount(c.buffer, c.qty)+" more "+n.bufferName(c.buffer), ""), c.qty > 0
	case causeAwaits:
		s := n.supplies[c.who]
		return n.wishSupply(s, "if "+n.bufferName(c.buffer)+" came", " ("+string(s.id)+")"), true
	case causeOfferLater:
		return n.wishOffer(c), true
	case causeTaken:
		return n.wishCapacity(c.who), true
	case causeBeforeNow:
		return p.wishBegun(i, c.who), true
	case causeNoTime, causeNotInForce, causeFrozen:
		return n.wishRecipe(c), true
	}
	return wish{}, false
}

// wishSupply lets a supply be there. One that is there at another time comes then
// instead.
func (n *network) wishSupply(s supply, condition, aside string) wish {
	own, from := s, int64(0)
	return wish{
		same: "supply " + itoa(int64(s.buffer)) + " " + string(s.id),
		alter: func(n *network, at int64) {
			from = at
			s.at = at
			k, to := n.suppliesOf(s.buffer)
			list := slices.DeleteFunc(slices.Clone(n.supplies[k:to]), func(x supply) bool { return x == own })
			list = append(list, s)
			slices.SortStableFunc(list, func(x, y supply) int { return cmp.Or(cmp.Compare(x.at, y.at), compareIDs(x.id, y.id)) })
			*n.supplyOf.at(s.buffer) = span{int32(len(n.supplies)), int32(len(n.supplies) + len(list))}
			n.supplies = append(n.supplies, list...)
		},
		first: func(q *part) (int64, bool) {
			first := q.firstTaken(supply{s.buffer, from, s.qty, s.id, s.firm})
			return first, first > n.now && first < never
		},
		says: func(at int64) string {
			if at == always {
				return condition + " now" + aside
			}
			return condition + " by " + day(at) + aside
		},
	}
}

// firstTaken is when a plan first takes of a supply; never if it does not.
func (p *part) firstTaken(s supply) int64 {
	first := never
	for _, l := range p.links.all() {
		k := int(^l.supply)
		switch {
		case l.supply >= 0 || k >= p.base || p.net.supplies[k] != s:
		case l.consumer >= 0:
			first = min(first, p.orders.at(l.consumer).begin)
		default:
			for _, c := range p.covered(^l.consumer) {
				first = min(first, c.at)
			}
		}
	}
	return first
}

// wishPromise lets a promise to the need itself be for its date.
func (n *network) wishPromise(i int32, c coverage) wish {
	return wish{
		same: "promise " + string(c.id),
		alter: func(n *network, _ int64) {
			d := *n.needs.at(i)
			kept := coverage{d.due, c.qty, c.id}
			if k := slices.Index(d.promised, c); k >= 0 {
				d.promised = slices.Clone(d.promised)
				d.promised[k] = kept
			} else {
				d.promised = append(slices.Clip(d.promised), kept)
				d.tooLate = slices.DeleteFunc(slices.Clone(d.tooLate), func(x coverage) bool { return x == c })
				if d.qty = d.unpromised(); d.expired {
					d.expired, d.qty = d.qty > 0, 0
				}
			}
			n.needs.set(i, &d)
		},
		says: func(int64) string {
			return "if " + n.amount(n.needs.at(i).buffer, c.qty) + " came by " + day(n.needs.at(i).due) + " (" + string(c.id) + ")"
		},
	}
}

// unpromised is what is wanted beside what is done and promised.
func (d *need) unpromised() int64 {
	q := d.wanted - d.done
	for _, c := range d.promised {
		q -= c.qty
	}
	return max(0, q)
}

// wishUse lets the need be of use at whatever date.
func (n *network) wishUse(i int32) wish {
	return wish{
		same: "use",
		alter: func(n *network, _ int64) {
			d := *n.needs.at(i)
			d.latest, d.expired, d.qty = never, false, d.unpromised()
			n.needs.set(i, &d)
		},
		says: func(int64) string { return "if it were of use later" },
	}
}

// wishOffer lets an offer be had at once; or one that renews, and has no more in a
// period, give as much as is wanted.
func (n *network) wishOffer(c cause) wish {
	o := *n.offers[c.who]
	what := "if " + n.bufferName(c.buffer) + " from " + n.agentName(o.intent.Provider)
	more := o.period != "" && c.at != max(o.from, n.now)+o.lead
	text := what + " could be had at once"
	if more {
		text = what + " were not limited to " + n.amount(c.buffer, o.left) + " a " + o.period
		o.left = -1
	} else {
		o.from, o.lead = always, 0
	}
	return wish{
		same: "offer " + itoa(int64(c.who)) + " " + text,
		alter: func(n *network, _ int64) {
			n.offers = slices.Clone(n.offers)
			n.offers[c.who] = &o
		},
		says: func(int64) string { return text + " (" + string(o.intent.ID) + ")" },
	}
}

// wishCapacity lets a capacity not bind.
func (n *network) wishCapacity(who int32) wish {
	name := n.capacityName(who)
	text := "if " + name + " were free"
	switch c := &n.capacities[who]; c.kind {
	case place:
		text = "if there were room at " + name
	case work:
		text = "if " + n.agentName(c.provider) + " had more hours"
	case limit:
		text = "if " + name + " were higher"
	}
	return wish{
		same: "capacity " + itoa(int64(who)),
		alter: func(n *network, _ int64) {
			n.capacities = slices.Clone(n.capacities)
			n.capacities[who].overload = true
		},
		says: func(int64) string { return text },
	}
}

// wishRecipe lets a recipe be in force, be worked on at any time, or begin at once.
func (n *network) wishRecipe(c cause) wish {
	own := n.makers[c.who].recipe
	name, by := n.recipeName(&n.makers[c.who]), own.PerformedBy
	texts := map[causeKind]string{
		causeNotInForce: "if " + name + " were in force",
		causeNoTime:     "if " + name + " could go on day and night",
		causeFrozen:     "if " + n.agentName(by) + " could begin new work at once",
	}
	return wish{
		same: texts[c.kind] + " " + string(own.ID),
		alter: func(n *network, _ int64) {
			n.makers, n.capacities = slices.Clone(n.makers), slices.Clone(n.capacities)
			for k := range n.makers {
				switch m := &n.makers[k]; {
				case c.kind == causeFrozen && m.recipe.PerformedBy == by:
					m.earliest = n.now
				case m.recipe != own:
				case c.kind == causeNotInForce:
					m.from, m.until = always, never
				case c.kind == causeNoTime:
					n.dayAndNight(m)
				}
			}
		},
		says: func(int64) string { return texts[c.kind] },
	}
}

// dayAndNight takes away what closes a maker, and the machines that it can have.
func (n *network) dayAndNight(m *maker) {
	m.cal, m.cal2 = nil, nil
	for _, c := range m.claims {
		for _, o := range c.options {
			n.capacities[o].cal = nil
		}
	}
}

// wishBegun lets the work of a recipe have begun before now, by as much as is wanted,
// and with it the work that needs what it makes. What else is made begins now or later
// as before, and what is offered at a notice cannot have been asked for.
func (p *part) wishBegun(i, who int32) wish {
	own := p.net.makers[who].recipe
	name := p.net.recipeName(&p.net.makers[who])
	return wish{
		same: "begun " + string(own.ID),
		past: true,
		alter: func(n *network, at int64) {
			now := n.now
			n.now = max(at, now-aYear)
			recipes, takes := p.onward(own)
			n.makers = slices.Clone(n.makers)
			for k := range n.makers {
				if m := &n.makers[k]; m.recipe == own || recipes[m.recipe] && m.earliest == now {
					m.earliest = n.now
				}
			}
			n.offers = slices.Clone(n.offers)
			for _, k := range p.offers {
				if o := *n.offers[k]; o.lead > 0 || !takes[o.buffer] {
					o.from = max(o.from, now)
					n.offers[k] = &o
				}
			}
		},
		first: func(q *part) (int64, bool) {
			first, g := never, q.pegs()
			for k, o := range q.orders.all() {
				if o.begin < first && o.maker >= 0 && q.net.makers[o.maker].recipe == own && slices.ContainsFunc(g.of(k), func(x peg) bool { return x.need == i }) {
					first = o.begin
				}
			}
			return first, first < p.net.now
		},
		says: func(at int64) string {
			if at == always {
				return "if " + name + " had begun earlier"
			}
			return "if " + name + " had begun on " + day(at) + " already"
		},
	}
}

// onward lists the recipes that lead on from one, with itself, and what they take.
func (p *part) onward(from *vf.RecipeProcess) (recipes map[*vf.RecipeProcess]bool, takes map[int32]bool) {
	n := p.net
	makers := map[*vf.RecipeProcess][]int32{}
	for _, i := range p.makers {
		makers[n.makers[i].recipe] = append(makers[n.makers[i].recipe], i)
	}
	recipes, takes = map[*vf.RecipeProcess]bool{from: true}, map[int32]bool{}
	for list := []*vf.RecipeProcess{from}; len(list) > 0; list = list[1:] {
		reach := func(b int32) {
			for _, u := range n.users[b] {
				if r := n.makers[u.maker].recipe; !recipes[r] {
					recipes[r] = true
					list = append(list, r)
				}
			}
		}
		for _, i := range makers[list[0]] {
			m := &n.makers[i]
			if m.buffer >= 0 {
				reach(m.buffer)
			}
			for _, u := range m.byproducts {
				reach(u.buffer)
			}
			for _, u := range m.uses {
				takes[u.buffer] = true
			}
		}
	}
	return recipes, takes
}
