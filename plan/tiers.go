package plan

import (
	"cmp"
	"slices"
)

// No lesser need harms a more essential one: with lesser needs, a tier gets what it gets
// without them, or all it wants in time. What can be netted whole, is. Else the most
// essential tiers, as many as can be netted by themselves, come in time, and each of the
// others is planned with what those before it leave.
//
// Why that suffices: compare the plan of the tiers down to some tier with a plan that has
// lesser tiers too. If those down to it can be netted, they come in time in both. If not,
// then as many can be netted in both, or in the second so many that they come in time;
// and what is decided from there on is decided tier after tier, the lesser ones last.

// tiers lists the needs of the part tier after tier, the most essential first. Needs
// that come together count with the least essential of them.
func (p *part) tiers() (list [][]int32) {
	n := p.net
	order := slices.SortedFunc(slices.Values(p.needs), n.byImportance)
	last := map[string]*need{}
	for _, i := range order {
		if d := n.needs.at(i); d.together != "" && d.qty > 0 {
			last[d.together] = d
		}
	}
	counts := func(i int32) *need {
		d := n.needs.at(i)
		if other, known := last[d.together]; known {
			return other
		}
		return d
	}
	slices.SortStableFunc(order, func(x, y int32) int { return compareTiers(counts(x), counts(y)) })
	for len(order) > 0 {
		end := 1
		for end < len(order) && compareTiers(counts(order[0]), counts(order[end])) == 0 {
			end++
		}
		list, order = append(list, order[:end:end]), order[end:]
	}
	return list
}

// compareTiers compares how essential needs are.
func compareTiers(a, b *need) int {
	return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.tier, b.tier))
}

// grouped reports whether some needs are to be delivered together.
func (n *network) grouped(needs []int32) bool {
	return slices.ContainsFunc(needs, func(i int32) bool { return n.needs.at(i).together != "" })
}

// wantedApart reports whether needs that are to be delivered together are wanted at
// different times.
func (n *network) wantedApart(needs []int32) bool {
	due := map[string]int64{}
	for _, i := range needs {
		d := n.needs.at(i)
		if d.together == "" {
			continue
		}
		if at, known := due[d.together]; known && at != d.due {
			return true
		}
		due[d.together] = d.due
	}
	return false
}

// nets plans these needs, and no others, by netting. It reports whether nothing lacks, what is to
// come together does, and all fits where it was placed.
func (p *part) nets(needs []int32) bool {
	p.reset()
	p.activate(p.needs, false)
	p.ask(p.needs, false)
	p.activate(needs, true)
	p.netting()
	return p.excess == nil && len(p.lacking) == 0 && !(p.grouped && p.net.wantedApart(needs)) && (p.calm || p.bookAll())
}

// nettable is how many of the tiers can be netted by themselves, the most essential
// ones, and as many as can. All of them cannot.
func (p *part) nettable(tiers [][]int32) int {
	for k := len(tiers) - 1; k > 0 && p.excess == nil; k-- {
		if p.nets(slices.Concat(tiers[:k]...)) {
			return k
		}
	}
	return 0
}

// askTiers asks for all needs of a part in which something is finite, tier after tier:
// who takes a machine when depends on who took it before. Where the tiers that can be
// netted do not come in time then, they are netted, and the others are asked for.
func (p *part) askTiers(tiers [][]int32, netted int) {
	p.askAfter(nil, p.needs)
	essential := slices.Concat(tiers[:netted]...)
	if p.excess == nil && !p.inTime(essential) {
		p.askAfter(essential, slices.Concat(tiers[netted:]...))
	}
	p.buyAnew()
}

// askAfter nets some needs, and asks for others with what they leave.
func (p *part) askAfter(netted, asked []int32) {
	p.sharing = map[int]bool{}
	for more := true; more && p.excess == nil; {
		clear(p.coverage)
		clear(p.reasons)
		p.reset()
		if len(netted) > 0 {
			p.layering = true
			p.nets(netted)
			p.layering = false
		}
		p.activate(netted, false)
		p.activate(asked, true)
		p.ask(asked, true)
		p.asking()
		more = p.excess == nil && p.scarce()
	}
	p.sharing = nil
}

// inTime reports whether needs get all they want when they want it.
func (p *part) inTime(needs []int32) bool {
	return !slices.ContainsFunc(needs, func(i int32) bool {
		d := p.net.needs.at(i)
		got := int64(0)
		for _, c := range p.covered(i) {
			if c.at <= max(d.due, p.net.now) {
				got += c.qty
			}
		}
		return got < d.qty
	})
}
