package plan

import (
	"slices"

	"commonweal/vf"
)

// slacks tells of each order of a part how many seconds later it could end
// without any need becoming late, or later than it is, and without anything that it
// feeds having to begin later than its own slack allows. It is never where nothing
// waits for it. Seconds are of calendar time: what closes, or takes machines and
// people, may leave less of it.
type slacks struct {
	p    *part
	g    *pegging
	of   []int64
	done []bool
	by   map[int32][]int32 // of each order, what it gives beside
}

func newSlacks(p *part, g *pegging) *slacks {
	s := &slacks{p: p, g: g, of: make([]int64, p.orders.n), done: make([]bool, p.orders.n), by: map[int32][]int32{}}
	for k := range p.byproducts {
		s.by[p.byproducts[k].order] = append(s.by[p.byproducts[k].order], int32(k))
	}
	return s
}

// after is the slack of an order; what is carried has that of the process it is on.
func (s *slacks) after(order int32) int64 {
	order = s.p.process(order)
	if s.done[order] {
		return s.of[order]
	}
	s.done[order] = true
	least := s.own(order)
	for _, line := range s.g.lines[order] {
		least = min(least, s.own(line))
	}
	s.of[order] = least
	return least
}

// process is the order of the process that an order is on: its own, but for pairs.
func (p *part) process(order int32) int32 {
	if m := p.orders.at(order).maker; m >= 0 && p.net.makers[m].shared >= 0 {
		return p.sharedOf[order]
	}
	return order
}

// own is the slack that what takes from an order leaves it.
func (s *slacks) own(order int32) int64 {
	least := never
	for _, l := range s.g.takers(order) {
		least = min(least, s.till(l.consumer, s.p.orders.at(order).end))
	}
	for _, k := range s.by[order] {
		for _, l := range s.g.ofBy[k] {
			least = min(least, s.till(l.consumer, s.p.readyAt(l.supply)))
		}
	}
	return least
}

// till is how much later than `at` a consumer could still take something.
func (s *slacks) till(consumer int32, at int64) int64 {
	if consumer < 0 {
		return max(0, s.p.lastFor(^consumer)-at)
	}
	slack := s.after(consumer)
	if slack == never {
		return never
	}
	return max(0, s.p.orders.at(consumer).begin-at) + slack
}

// lastFor is the date until which deliveries make a need no later than it is.
func (p *part) lastFor(need int32) int64 {
	return max(p.net.needs.at(need).due, p.state(need).last)
}

// readyAt is the time from which a supply can be taken: always for stock.
func (p *part) readyAt(supply int32) int64 {
	if supply >= 0 {
		return p.orders.at(supply).end
	}
	k := int(^supply)
	if k < p.base {
		return p.net.supplies[k].at
	}
	y := p.byproducts[k-p.base]
	return p.orders.at(y.order).end + p.net.makers[p.orders.at(y.order).maker].byproducts[y.use].wait
}

// Tight is one step of a critical chain: what sets the date of the step after it.
// Free is how many seconds it is ready before it is taken; the texts say the rest.
type Tight struct {
	Flow         vf.ID   `json:"flow,omitzero"`
	Process      vf.ID   `json:"process,omitzero"`
	Resource     vf.ID   `json:"resource,omitzero"`
	HasBeginning vf.Time `json:"hasBeginning,omitzero"`
	HasEnd       vf.Time `json:"hasEnd,omitzero"`
	Free         int64   `json:"free"`
	Text         string  `json:"text"`
}

// critical follows a need back from its last delivery along what is ready last,
// to what begins with nothing that it has to wait for.
func (t *tree) critical() (list []Tight) {
	p := t.w.p
	at := p.lastFor(t.need)
	links := p.linksOf(t.need)
	for _, c := range p.net.needs.at(t.need).promised {
		if i := p.net.promise(c.id); i >= 0 && c.at == p.state(t.need).last {
			list = append(list, Tight{Flow: c.id, HasEnd: vf.At(c.at), Free: at - c.at,
				Text: p.net.amount(p.net.needs.at(i).buffer, c.qty) + " of " + p.net.bufferName(p.net.needs.at(i).buffer) + " promised for " + day(c.at) + " (" + string(c.id) + ")"})
			at, links = c.at, p.linksOf(i)
		}
	}
	for seen := map[int32]bool{}; len(links) > 0 && len(list) < mostRests; {
		l := t.lastReady(links)
		ready := p.readyAt(l.supply)
		if ready == always && len(list) > 0 {
			break // stock makes nobody wait
		}
		list = append(list, t.tight(l, at-ready))
		order := l.supply
		if k := int(^order) - p.base; order < 0 && k >= 0 {
			order = p.byproducts[k].order
		}
		if order < 0 || seen[order] || p.orders.at(order).begin == p.net.now {
			break // nothing could be earlier
		}
		seen[order] = true
		trip := p.process(order)
		links, at = t.w.g.takes(order), p.orders.at(order).begin
		if trip != order {
			links = slices.Concat(links, t.w.g.takes(trip))
		}
	}
	return list
}

// linksOf lists what a need takes. In a plain part that stands in the bucket of the
// time for which it is wanted.
func (p *part) linksOf(need int32) (list []link) {
	if p.over != nil {
		d := p.net.needs.at(need)
		if _, ours := slices.BinarySearch(p.buffers, d.buffer); !ours {
			return nil
		}
		for _, l := range p.linksIn(p.bucketOf(d.buffer, max(d.due, p.net.now))) {
			if l.consumer == ^need {
				list = append(list, l)
			}
		}
		return list
	}
	for _, l := range p.links.all() {
		if l.consumer == ^need {
			list = append(list, *l)
		}
	}
	return list
}

// promise is the number of a promise among the needs, where it has to be planned
// for; else -1.
func (n *network) promise(id vf.ID) int32 {
	return n.needCalled(id, func(d *need) bool { return d.serves != "" })
}

// lastReady is the link whose supply is ready last; of several the one behind which
// work begins first, then the largest, then the first.
func (t *tree) lastReady(links []link) link {
	p, last := t.w.p, links[0]
	for _, l := range links[1:] {
		a, b := p.readyAt(l.supply), p.readyAt(last.supply)
		if a == b {
			a, b = t.root(last.supply), t.root(l.supply)
		}
		if a > b || a == b && l.qty > last.qty {
			last = l
		}
	}
	return last
}

// root is when work begins behind a supply, without a break between the steps.
func (t *tree) root(supply int32) int64 {
	p, order := t.w.p, supply
	if k := int(^order) - p.base; order < 0 && k >= 0 {
		order = p.byproducts[k].order
	}
	if order < 0 {
		return p.readyAt(supply)
	}
	if at, known := t.roots[order]; known {
		return at
	}
	begin := p.orders.at(order).begin
	at := begin
	t.roots[order] = begin
	for _, user := range []int32{order, p.process(order)} {
		for _, l := range t.w.g.takes(user) {
			if p.readyAt(l.supply) == begin {
				at = min(at, t.root(l.supply))
			}
		}
	}
	t.roots[order] = at
	return at
}

// tight writes one step of a critical chain.
func (t *tree) tight(l link, free int64) Tight {
	n, o, s := t.w.n, &t.w.p.orders, t.w.sourceOf(l.supply)
	b := t.w.bufferOf(l.supply)
	x := Tight{Flow: s.Flow, Resource: s.Resource, Free: free}
	what := n.bufferName(b)
	order := l.supply
	if k := int(^order) - t.w.p.base; order < 0 && k >= 0 {
		order = t.w.p.byproducts[k].order
	}
	switch {
	case order < 0 && !n.supplies[^order].firm:
		x.Free, x.Text = 0, what+" is on hand ("+string(s.Resource)+")"
		return x
	case order < 0:
		x.HasEnd = vf.At(n.supplies[^order].at)
		x.Text = what + " is promised for " + day(n.supplies[^order].at) + " (" + string(s.Flow) + ")"
	case o.at(order).maker < 0:
		i := n.offers[^o.at(order).maker].intent
		x.HasBeginning, x.HasEnd = vf.At(o.at(order).begin), vf.At(o.at(order).end)
		x.Text = what + " comes from " + n.agentName(i.Provider) + " on " + day(o.at(order).end)
		if o.at(order).begin < o.at(order).end {
			x.Text += ", asked for on " + day(o.at(order).begin)
			if o.at(order).begin == n.now {
				x.Text += ", which is now"
			}
		}
	default:
		m := &n.makers[o.at(order).maker]
		x.Process, x.HasBeginning, x.HasEnd = t.w.nameOf(order), vf.At(o.at(order).begin), vf.At(o.at(order).end)
		x.Text = n.recipeName(m)
		if m.recipe.PerformedBy != "" {
			x.Text += " by " + n.agentName(m.recipe.PerformedBy)
		}
		x.Text += " for " + what + ", " + day(o.at(order).begin) + " to " + day(o.at(order).end)
	}
	if free > 0 {
		x.Text += ", " + lasting(free) + " before it is taken"
	}
	if x.Process != "" && x.HasBeginning.Unix() == n.now {
		x.Text += "; it begins now"
	}
	return x
}
