package plan

import "slices"

// asking plans the needs that are to be asked for, the most essential first.
func (p *part) asking() {
	a := newAsker(p)
	order := p.toAsk()
	a.companions = p.net.companions(order)
	for len(order) > 0 && p.excess == nil {
		first := p.net.needs.at(order[0])
		end := 1
		for end < len(order) && p.net.needs.at(order[end]).rank == first.rank && p.net.needs.at(order[end]).tier == first.tier {
			end++
		}
		a.tier(order[:end])
		order = order[end:]
	}
	for _, b := range p.buffers {
		if p.touched[b] {
			p.left[b], p.spare[b] = p.pools[b], nil
		}
	}
	p.requirements += a.asked + len(a.amounts)
	if p.excess == nil {
		p.asksFor = none
	}
}

// toAsk lists the needs that are to be asked for, by importance, and forgets what
// they got before.
func (p *part) toAsk() []int32 {
	var needs []int32
	for _, i := range p.needs {
		if !p.asked[i] || !p.active[i] {
			continue
		}
		p.coverage[i], p.reasons[i] = nil, reasons{}
		if p.net.needs.at(i).qty > 0 {
			needs = append(needs, i)
		}
	}
	slices.SortFunc(needs, p.net.byImportance)
	return needs
}

// tier asks for needs of one rank and tier in their order. Where they share what
// is scarce, each is asked for up to its award first; then who wants more takes
// what lots and dates have left over.
func (a *asker) tier(needs []int32) {
	a.asked += len(needs)
	first := a.p.net.needs.at(needs[0])
	if first.rank == rankNeed && a.p.sharing[first.tier] {
		a.share(needs)
	}
	whole := func(group []int32) bool { // the least essential of it is of this tier
		last := a.p.net.needs.at(group[len(group)-1])
		return last.rank == first.rank && last.tier == first.tier
	}
	together := map[string]bool{}
	for _, i := range needs {
		if a.p.excess != nil {
			return
		}
		name := a.p.net.needs.at(i).together
		group := a.companions[name]
		switch {
		case name == "":
			a.need(i, never)
		case !together[name] && whole(group):
			together[name] = true
			a.together(group)
		}
	}
}

// companions lists the needs that are to be delivered together, in the order given:
// that of importance. They are asked for with the least essential of them, so that
// none of them takes from needs that are more essential than it.
func (n *network) companions(order []int32) map[string][]int32 {
	list := map[string][]int32{}
	for _, i := range order {
		if name := n.needs.at(i).together; name != "" {
			list[name] = append(list[name], i)
		}
	}
	return list
}

// share asks for each need up to its award of what is scarce.
func (a *asker) share(needs []int32) {
	byID := slices.DeleteFunc(slices.Clone(needs), func(i int32) bool { return a.p.net.needs.at(i).together != "" })
	slices.SortFunc(byID, a.p.net.compareNeeds)
	claims, place := make([]claimant, len(byID)), make(map[int32]int, len(byID))
	for k, i := range byID {
		claims[k], place[i] = a.p.net.claim(i), k
		claims[k].need = int32(k) // among equals the lower id comes first
	}
	awards := a.p.net.awards(a.p.clusters, claims, a.supply)
	for _, i := range needs {
		if k, shares := place[i]; shares && awards[k] > 0 && a.p.excess == nil {
			a.need(i, awards[k])
		}
	}
}

// supply is what is left of a buffer, at whatever date; offers that renew are
// taken to be unlimited.
func (a *asker) supply(b int32) (q int64, unlimited bool) {
	for _, x := range a.pool(b) {
		q = plus(q, x.qty)
	}
	for _, i := range a.p.net.offersOf.get(b) {
		if o := a.p.net.offers[i]; o.left < 0 || o.period != "" {
			return 0, true
		}
		q = plus(q, a.p.offerLeft[i])
	}
	return q, false
}

// scarce notes the tiers of which a need of people is short of something that is
// nowhere, so that they have to share; what lesser tiers lack is no reason for a more
// essential one, nor is what comes together, which is not shared. It reports whether
// there is one that does not share already.
func (p *part) scarce() (more bool) {
	if p.settings.Strict {
		return false
	}
	for i, r := range p.reasons {
		d := p.net.needs.at(i)
		if p.active[i] && d.rank == rankNeed && d.together == "" && !p.sharing[d.tier] && slices.ContainsFunc(r.short, func(c cause) bool { return c.kind == causeNoSupply }) {
			p.sharing[d.tier], more = true, true
		}
	}
	return more
}

// together asks for needs that are to be delivered at one time: the first at which
// all of them can be had in full.
func (a *asker) together(needs []int32) {
	n := a.p.net
	at, latest := never, n.horizon
	for _, i := range needs {
		at, latest = min(at, n.needs.at(i).due), min(latest, n.needs.at(i).latest)
	}
	at = max(at, n.now)
	r := make([]reasons, len(needs))
	for a.work, a.p.moves = 0, 0; a.p.excess == nil; {
		next, whole := at, true
		for k, i := range needs {
			a.causes, a.p.asksFor, a.since = a.causes[:0], i, a.p.orders.n
			d := n.needs.at(i)
			got, later := a.ask(d.buffer, d.qty, at, ^i)
			if got < d.qty {
				whole, next = false, max(next, later)
				r[k].note(a.causes)
				r[k].short = adding(a.causes)
			}
			if later < never || got == d.qty {
				r[k].comes()
			}
		}
		if whole {
			for k, i := range needs {
				r[k].short = nil
				a.p.coverage[i] = []coverage{{at: at, qty: n.needs.at(i).qty}}
			}
			break
		}
		a.rollback(0)
		if at = max(next, at+1); at > latest {
			break
		}
	}
	a.undo = a.undo[:0]
	shareReasons(r)
	for k, i := range needs {
		a.p.reasons[i] = r[k]
	}
}

// comes notes that a need can be had, if only later: what was nowhere at the date
// that was tried is not missing.
func (r *reasons) comes() {
	r.short = nil
	var kept causes
	for _, c := range r.all {
		if c.kind != causeNoSupply {
			kept.add(c)
		}
	}
	r.all, r.at = kept.list, kept.at
}

// shareReasons gives those who only wait for the others the reasons of the others.
func shareReasons(r []reasons) {
	var found []cause
	for k := range r {
		found = append(found, r[k].all...)
	}
	for k := range r {
		if len(r[k].all) == 0 {
			r[k].note(found)
		}
	}
}
