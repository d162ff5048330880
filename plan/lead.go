package plan

// leads works out, for each buffer, a time before which none of it can be had
// from now on: 0 where some is there or comes beside something else, else the
// least over its offers and makers, a maker needing its own time after the
// slowest of what it takes. With it a long chain that is late finds its date at
// once, not step by step. The buffers into which something comes beside are given.
func (p *part) leads(beside map[int32]bool) {
	n, lead := p.net, p.lead
	for _, b := range p.buffers {
		lead[b] = 0
	}
	for k := len(p.clusters) - 1; k >= 0; k-- {
		for _, b := range p.clusters[k] {
			if beside[b] || n.hasSupply(b) || len(p.clusters[k]) > 1 {
				continue
			}
			least := never
			for _, i := range n.offersOf.get(b) {
				least = min(least, max(n.offers[i].from-n.now, 0)+n.offers[i].lead)
			}
			for _, i := range n.makersOf[b] {
				least = min(least, n.leadOf(&n.makers[i], lead))
			}
			if least < never {
				lead[b] = least
			}
		}
	}
}

// beside tells of which buffers some comes beside what recipes are carried out for,
// or beside what a process carries.
func (p *part) beside() map[int32]bool {
	n, list := p.net, map[int32]bool{}
	for _, b := range p.buffers {
		for _, i := range n.makersOf[b] {
			n.parts(&n.makers[i], func(m *maker) {
				for _, u := range m.byproducts {
					list[u.buffer] = true
				}
			})
		}
	}
	return list
}

// leadOf is the time that a maker needs at least, given the leads of what it takes.
func (n *network) leadOf(m *maker, lead []int64) int64 {
	return min(m.fixed+n.leadInto(m, lead), never)
}

// leadInto is the time until what a maker takes can be there.
func (n *network) leadInto(m *maker, lead []int64) int64 {
	longest := int64(0)
	n.parts(m, func(p *maker) {
		for _, u := range p.uses {
			if u.buffer != m.buffer {
				longest = max(longest, lead[u.buffer])
			}
		}
	})
	return longest
}

// root follows what would have to begin before now down its slowest input to the
// step that would have to begin first, or to the offer that cannot be had sooner.
func (a *asker) root(c cause) cause {
	n := a.p.net
	for {
		m := &n.makers[c.who]
		var slowest *use
		n.parts(m, func(p *maker) {
			for j := range p.uses {
				u := &p.uses[j]
				if a.p.lead[u.buffer] > 0 && u.buffer != m.buffer && (slowest == nil || a.p.lead[u.buffer] > a.p.lead[slowest.buffer]) {
					slowest = u
				}
			}
		})
		if slowest == nil {
			return c
		}
		q, _ := slowest.of(c.qty)
		next := cause{kind: causeBeforeNow, buffer: slowest.buffer, who: -1, qty: q}
		for _, i := range n.makersOf[slowest.buffer] {
			if n.leadOf(&n.makers[i], a.p.lead) == a.p.lead[slowest.buffer] {
				next.who, next.at = i, c.at-n.makers[i].fixed
				break
			}
		}
		for _, i := range n.offersOf.get(slowest.buffer) {
			o := n.offers[i]
			if next.who < 0 && max(o.from-n.now, 0)+o.lead == a.p.lead[slowest.buffer] {
				return cause{kind: causeOfferLater, buffer: slowest.buffer, who: i, qty: q, at: n.now + a.p.lead[slowest.buffer]}
			}
		}
		if next.who < 0 {
			return c
		}
		c = next
	}
}
