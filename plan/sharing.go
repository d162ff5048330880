package plan

import (
	"cmp"
	"math/bits"
	"slices"
)

// claimant is a need that wants its share of what its tier cannot have in full.
type claimant struct {
	need   int32 // among equals, the lower comes first
	buffer int32
	wanted int64 // steps, with what it had before
	had    int64 // of these, what is done or promised already
	least  int64 // an award of fewer steps is of no use to it
	weight int64 // how many people stand behind it; at least 1 counts
}

// claim is what a need claims.
func (n *network) claim(i int32) claimant {
	d := n.needs.at(i)
	c := claimant{need: i, buffer: d.buffer, wanted: d.wanted, had: max(0, d.wanted-d.qty), least: max(0, d.least-d.done), weight: 1}
	if d.intent != nil {
		c.weight = int64(d.intent.People)
	}
	return c
}

// awards shares what there is among needs of one tier, and returns for each claim
// how many steps it is to get beside what it had. supply tells what is left of a
// buffer for this tier, at whatever date, and whether it is unlimited.
//
// It is weighted water-filling over several scarce things at once (progressive
// filling; Bertsekas and Gallager, Data Networks, 1992, section 6.5.2). A level
// rises, so much for each person; each claim stands at its weight times the
// level, but at no less than it had and no more than it wants. What the claims
// need is exploded down to what nobody makes. When something does not suffice for
// the next rise, those whose claims lead to it are tried with one step more, in
// order of their award per weight, then of need: whoever can have it keeps it,
// whoever cannot is done, and the level rises on for the others. So nobody can
// have more but at the cost of somebody whose award per weight is no higher, give
// or take one step, and what one cannot use is shared again.
//
// The level is a fraction of steps over the weight of all claims, so that on one
// scarce thing it is exact. While it rises, what is claimed of a buffer is summed
// up exactly and rounded up once; an award is rounded down, and then come the
// single steps.
//
// The preferred source of a buffer counts first: when it cannot make what one more
// step of a claim takes, the next source of the buffer makes what more is wanted,
// and the level rises again for those who wait for it. What else a process puts out is
// supply for the buffers after it in the order; where there is such, an award can
// be had, but nobody can say that there is no other that is better. An
// award under the least that helps is given up and shared again: the lowest per
// weight first, one at a time, an eighth of them at a time beyond the first
// hundred; at last, whoever gave up gets the least that helps if that is left.
// What a recipe takes once in a process, whatever its size, and lots do not count.
func (n *network) awards(clusters [][]int32, claims []claimant, supply func(b int32) (qty int64, unlimited bool)) []int64 {
	e := n.explode(clusters, claims, supply)
	award := make([]int64, len(claims))
	root := e.groups()
	group := map[int32]*filling{}
	var order []*filling
	for i, c := range claims {
		to, scarce := e.at[c.buffer]
		if !scarce || c.wanted <= c.had {
			award[i] = max(0, c.wanted-c.had)
			continue
		}
		f := group[root[to]]
		if f == nil {
			f = &filling{e: e}
			group[root[to]] = f
			order = append(order, f)
		}
		c.weight, c.least = min(max(1, c.weight), mostWeight), min(c.least, c.wanted-c.had)
		f.claims = append(f.claims, stake{claimant: c, index: i, node: to})
	}
	for i := range e.nodes {
		if f := group[root[i]]; f != nil && !e.nodes[i].plenty {
			f.nodes = append(f.nodes, int32(i))
		}
	}
	for _, f := range order {
		f.share()
		for i := range f.claims {
			award[f.claims[i].index] = f.claims[i].got - f.claims[i].had
		}
	}
	return award
}

// Weights and the parts into which a step is divided are bounded, so that what is
// summed up fits.
const (
	mostWeight = int64(1) << 40
	mostParts  = int64(1) << 40
)

// stake is a claim on its way to an award.
type stake struct {
	claimant
	index  int
	node   int32
	got    int64 // with what it had
	rising bool
	out    bool // gave up, since what it could get is of no use
}

// level is num/den steps for each person.
type level struct{ num, den int64 }

// filling shares among claims that compete for the same scarce things.
type filling struct {
	e      *explosion
	nodes  []int32
	claims []stake
	order  []int32 // claims, as one pass takes them
	level  level   // the highest so far
}

// share finds the awards, and shares again what is of no use to those who got it.
func (f *filling) share() {
	slices.SortFunc(f.claims, func(a, b stake) int { return cmp.Or(cmp.Compare(a.need, b.need), cmp.Compare(a.index, b.index)) })
	var gone []int32
	for {
		f.begin()
		f.fill()
		useless := f.useless()
		if len(useless) == 0 {
			break
		}
		drop := useless[:1]
		if len(gone) >= 100 {
			drop = useless[:(len(useless)+7)/8]
		}
		for _, i := range drop {
			f.claims[i].out = true
			gone = append(gone, i)
		}
	}
	for k := len(gone) - 1; k >= 0; k-- {
		if c := &f.claims[gone[k]]; f.e.more(c.node, c.least, nil) {
			c.got, c.rising = c.had+c.least, true
			f.fill()
		}
	}
}

// begin takes all awards back.
func (f *filling) begin() {
	f.level = level{0, 1}
	for i := range f.claims {
		c := &f.claims[i]
		c.got, c.rising = c.had, !c.out
	}
	for _, i := range f.nodes {
		nd := &f.e.nodes[i]
		nd.using = min(1, len(nd.sources))
	}
	f.e.clear(f.nodes)
}

// useless lists the claims whose awards are too small to help, the lowest award
// per weight first, among equals the last need first.
func (f *filling) useless() (list []int32) {
	for i := range f.claims {
		if c := &f.claims[i]; c.got > c.had && c.got < c.wanted && c.got-c.had < c.least {
			list = append(list, int32(i))
		}
	}
	slices.SortFunc(list, func(x, y int32) int { return cmp.Or(f.compare(x, y), cmp.Compare(y, x)) })
	return list
}

// compare compares two claims by award per weight.
func (f *filling) compare(x, y int32) int {
	a, b := &f.claims[x], &f.claims[y]
	return compareProducts(a.got, b.weight, b.got, a.weight)
}

// compareProducts compares a·b with c·d, none of them below 0.
func compareProducts(a, b, c, d int64) int {
	h1, l1 := bits.Mul64(uint64(a), uint64(b))
	h2, l2 := bits.Mul64(uint64(c), uint64(d))
	return cmp.Or(cmp.Compare(h1, h2), cmp.Compare(l1, l2))
}

// fill raises what is rising until nothing can rise, then lets other sources go
// on where there are any. At its end the explosion stands at what everybody got.
func (f *filling) fill() {
	for {
		for range 4*len(f.claims) + 64 {
			next, more := f.raise()
			if !more {
				break
			}
			f.demand(next)
			f.e.sweep(f.nodes, true)
			f.e.trace(f.nodes)
			f.demand(level{0, 1})
			f.e.sweep(f.nodes, false)
			if !f.steps(false) {
				f.steps(true)
			}
		}
		f.demand(level{0, 1})
		f.e.sweep(f.nodes, false)
		if !f.turnToOthers() {
			return
		}
	}
}

// raise lifts the level as far as all that are rising can go together, again where
// some of them got all they want: what is left is parted among fewer then. It returns
// the next level, which they cannot reach, and whether any of them wants more.
func (f *filling) raise() (next level, more bool) {
	for before := -1; ; {
		rising := 0
		for i := range f.claims {
			if f.claims[i].rising {
				rising++
			}
		}
		if rising == before {
			return next, rising > 0
		}
		before = rising
		if next, more = f.lift(); !more {
			return next, false
		}
	}
}

// lift raises the level once, in parts of a step over the weight of all that rise.
func (f *filling) lift() (next level, more bool) {
	weight, most := int64(0), int64(0)
	for i := range f.claims {
		if c := &f.claims[i]; c.rising {
			weight = min(weight+c.weight, mostParts)
			most = max(most, (c.wanted-1)/c.weight+1)
		}
	}
	if most == 0 {
		return next, false
	}
	parts := max(1, min(weight, mostSupply/most))
	at := level{most * parts, parts}
	if !f.reaches(at) {
		at.num = 0
		for high := most * parts; at.num+1 < high; {
			if mid := at.num + (high-at.num)/2; f.reaches(level{mid, parts}) {
				at.num = mid
			} else {
				high = mid
			}
		}
	}
	for i := range f.claims {
		if c := &f.claims[i]; c.rising {
			c.got, _ = c.stand(at)
			c.rising = c.got < c.wanted
			more = more || c.rising
		}
	}
	if compareProducts(at.num, f.level.den, f.level.num, at.den) > 0 {
		f.level = at
	}
	return level{at.num + 1, parts}, more
}

// reaches reports whether all that are rising can stand at a level.
func (f *filling) reaches(at level) bool {
	f.demand(at)
	return f.e.sweep(f.nodes, false)
}

// stand is where a claim stands at a level: whole steps, and parts of one.
func (c *stake) stand(at level) (whole, parts int64) {
	q, rem, ok := mulDiv(c.weight, at.num, at.den)
	switch {
	case !c.rising || ok && q < c.got:
		return c.got, 0
	case !ok || q >= c.wanted:
		return c.wanted, 0
	}
	return q, rem
}

// demand sets what is wanted of each node at a level; at level 0 that is what
// everybody got.
func (f *filling) demand(at level) {
	e := f.e
	e.clear(f.nodes)
	for i := range f.claims {
		c := &f.claims[i]
		whole, parts := c.stand(at)
		e.req[c.node] = min(e.req[c.node]+whole-c.had, mostSupply+1)
		e.parts[c.node] += parts
	}
	for _, i := range f.nodes {
		if e.parts[i] > 0 {
			e.req[i] += (e.parts[i]-1)/at.den + 1
			e.parts[i] = 0
		}
	}
}

// steps tries one step more for those that are rising, either all, or those whose
// claims lead to what there is not enough of: in order of award per weight, as
// long as that is not above the level; of all, the first in any case. Where one
// cannot have it, no claim on the same thing rises further. It reports whether
// there was such a thing.
func (f *filling) steps(all bool) (done bool) {
	e := f.e
	f.order = f.order[:0]
	for i := range f.claims {
		if c := &f.claims[i]; c.rising && (all || e.leads[c.node]) {
			f.order = append(f.order, int32(i))
			e.shut[c.node] = false
		}
	}
	slices.SortFunc(f.order, func(x, y int32) int { return cmp.Or(f.compare(x, y), cmp.Compare(x, y)) })
	for k, i := range f.order {
		c := &f.claims[i]
		if compareProducts(c.got, f.level.den, f.level.num, c.weight) > 0 && !(all && k == 0) {
			break
		}
		switch {
		case e.shut[c.node]:
		case e.more(c.node, 1, nil):
			c.got++
			c.rising = c.got < c.wanted
		default:
			e.shut[c.node], done = true, true
		}
	}
	for _, i := range f.order {
		if c := &f.claims[i]; e.shut[c.node] {
			c.rising = false
		}
	}
	return done
}

// turnToOthers lets the next source go on wherever the one before it cannot make
// what one more step takes, for those claims that this may help. It reports
// whether there is such a claim.
func (f *filling) turnToOthers() bool {
	e := f.e
	if !slices.ContainsFunc(f.nodes, func(i int32) bool { return e.nodes[i].using < len(e.nodes[i].sources) }) {
		return false
	}
	for _, i := range f.nodes {
		e.leads[i] = false
	}
	var turn []int32
	for i := range f.claims {
		if c := &f.claims[i]; c.got < c.wanted && !c.out {
			if list := e.instead(c.node); len(list) > 0 {
				turn = append(turn, list...)
				c.rising = true
			}
		}
	}
	slices.Sort(turn)
	for _, i := range slices.Compact(turn) {
		nd := &e.nodes[i]
		last := &nd.sources[nd.using-1]
		last.most = e.made[i]
		for k := range nd.sources[:nd.using-1] {
			last.most -= nd.sources[k].most
		}
		nd.using++
	}
	return len(turn) > 0
}
