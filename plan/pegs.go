package plan

import (
	"cmp"
	"slices"
)

// peg is how much of something serves a need.
type peg struct {
	need int32
	qty  int64
}

// pegging follows links upwards to needs and downwards to supplies.
type pegging struct {
	p        *part
	bySupply [][]link         // of each order, who takes it; nil in a plain part
	byUser   [][]link         // of each order, what it takes
	known    map[int32][]peg  // of the orders of a plain part that were asked for
	ofBy     map[int32][]link // of each by-product, who takes it
	lines    map[int32][]int32
	memo     [][]peg
	done     []bool
	putOut   map[[2]int32][]int32
}

// pegs builds the two indexes over the links.
func (p *part) pegs() *pegging {
	if p.over != nil {
		return &pegging{p: p, known: map[int32][]peg{}}
	}
	count := int(p.orders.n)
	g := &pegging{p: p, ofBy: map[int32][]link{}, lines: map[int32][]int32{}, memo: make([][]peg, count), done: make([]bool, count)}
	g.bySupply = group(&p.links, count, func(l link) int32 { return l.supply })
	g.byUser = group(&p.links, count, func(l link) int32 { return l.consumer })
	for _, l := range p.links.all() {
		if k := int(^l.supply) - p.base; l.supply < 0 && k >= 0 {
			g.ofBy[int32(k)] = append(g.ofBy[int32(k)], *l)
		}
	}
	for order := range int32(count) {
		if m := p.orders.at(order).maker; m >= 0 && p.net.makers[m].shared >= 0 {
			t := p.sharedOf[order]
			g.lines[t] = append(g.lines[t], order)
		}
	}
	return g
}

// group sorts the links by an order that they name, counting first.
func group(links *blocks[link], count int, key func(link) int32) [][]link {
	sizes := make([]int32, count)
	total := 0
	for _, l := range links.all() {
		if k := key(*l); k >= 0 {
			sizes[k]++
			total++
		}
	}
	all := make([]link, total)
	out := make([][]link, count)
	at := 0
	for k, s := range sizes {
		out[k] = all[at : at : at+int(s)]
		at += int(s)
	}
	for _, l := range links.all() {
		if k := key(*l); k >= 0 {
			out[k] = append(out[k], *l)
		}
	}
	return out
}

// of returns the needs that an order serves, with how much of it serves each, by
// need. What serves none (the surplus of a lot) is in no peg.
func (g *pegging) of(order int32) []peg {
	if g.p.over != nil {
		list, known := g.known[order]
		if !known {
			list = g.through(g.takers(order))
			g.known[order] = list
		}
		return list
	}
	if g.done[order] {
		return g.memo[order]
	}
	g.done[order] = true
	var pegs []peg
	if lines := g.lines[order]; len(lines) > 0 {
		for _, k := range lines {
			m := &g.p.net.makers[g.p.orders.at(k).maker]
			carried, _ := m.carried.up(g.p.orders.at(k).qty)
			pegs = append(pegs, share(g.of(k), g.p.orders.at(k).qty, carried)...)
		}
	} else {
		pegs = g.through(g.bySupply[order])
	}
	g.memo[order] = g.sum(pegs)
	return g.memo[order]
}

// takers lists who takes what an order gives. In a plain part they stand in the
// bucket that the order is made for.
func (g *pegging) takers(order int32) []link {
	if g.p.over == nil {
		return g.bySupply[order]
	}
	o := g.p.orders.at(order)
	x := g.p.bucketOf(g.p.net.outOf(o.maker), o.end)
	return slices.DeleteFunc(slices.Clone(g.p.linksIn(x)), func(l link) bool { return l.supply != order })
}

// takes lists what an order takes. In a plain part it stands in the buckets of
// what it uses.
func (g *pegging) takes(order int32) []link {
	if g.p.over == nil {
		return g.byUser[order]
	}
	o := g.p.orders.at(order)
	if o.maker < 0 {
		return nil
	}
	var list []link
	for _, u := range g.p.net.makers[o.maker].uses {
		for _, l := range g.p.linksIn(g.p.bucketOf(u.buffer, o.begin)) {
			if l.consumer == order {
				list = append(list, l)
			}
		}
	}
	return list
}

// through returns the needs behind a list of links.
func (g *pegging) through(links []link) []peg {
	var pegs []peg
	for _, l := range links {
		if l.consumer < 0 {
			pegs = append(pegs, peg{^l.consumer, l.qty})
		} else {
			pegs = append(pegs, share(g.of(l.consumer), g.p.orders.at(l.consumer).qty, l.qty)...)
		}
	}
	return g.sum(pegs)
}

// share hands out q in the proportion of the pegs to the whole: each gets its part
// rounded down, what is left over goes step by step to the largest remainders.
func share(pegs []peg, whole, q int64) []peg {
	if len(pegs) == 0 || whole <= 0 {
		return nil
	}
	out := make([]peg, len(pegs))
	rest := make([]int64, len(pegs))
	pegged, given := int64(0), int64(0)
	for i, x := range pegs {
		part, rem, _ := mulDiv(x.qty, q, whole)
		out[i], rest[i] = peg{x.need, part}, rem
		pegged += x.qty
		given += part
	}
	total, _, _ := mulDiv(min(pegged, whole), q, whole)
	if pegged >= whole {
		total = q
	}
	order := make([]int, len(pegs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(rest[y], rest[x]) })
	for k := 0; given < total; k++ {
		out[order[k%len(order)]].qty++
		given++
	}
	return out
}

// sum adds up the pegs of each need and sorts them.
func (g *pegging) sum(pegs []peg) []peg {
	slices.SortFunc(pegs, func(x, y peg) int { return g.p.net.compareNeeds(x.need, y.need) })
	out := pegs[:0]
	for _, x := range pegs {
		if k := len(out) - 1; k >= 0 && out[k].need == x.need {
			out[k].qty += x.qty
		} else if x.qty > 0 {
			out = append(out, x)
		}
	}
	return out
}
