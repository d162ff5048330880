package plan

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"strings"

	"commonweal/vf"
)

// step is a proposed process or a proposed taking, as a diff sees it. Source is
// the maker, or ^offer, in a numbering that both plans share. Part and order say
// where it stands in its plan.
type step struct {
	source      int32
	part, order int32
	begin, end  int64
	qty         int64
}

// The kinds of a change; a step may be moved and resized at once.
const (
	stepAdded = 1 << iota
	stepRemoved
	stepMoved
	stepResized
)

// stepChange is one line of a diff: a step that left, one that came, or both
// where the one took the place of the other.
type stepChange struct {
	kind      uint8
	left, new step
}

// resized is a step that stays when and where it is and is of another quantity: the
// orders that it is before and from now on, both in the tables of the new plan.
type resized struct{ part, was, now int32 }

// matchSteps tells what became of the steps that left and from where those come
// that came. Steps that are equal in all are no change. Then, for each source,
// steps of one end are the same in another size; the others are matched in order
// of time. Both lists are sorted in place; the result is by source and time.
func matchSteps(left, came []step) []stepChange {
	left, came = withoutEqual(left, came)
	slices.SortFunc(left, compareSteps)
	slices.SortFunc(came, compareSteps)
	left, came = cancel(left, came, func(a, b *step) int { return compareSteps(*a, *b) }, nil)
	if len(left)+len(came) == 0 {
		return nil
	}
	list := make([]stepChange, 0, max(len(left), len(came)))
	pair := func(a, b step) { list = append(list, changeOf(a, b)) }
	left, came = cancel(left, came, compareEnds, pair)
	left, came = inTimeOrder(left, came, pair)
	for _, s := range left {
		list = append(list, stepChange{kind: stepRemoved, left: s})
	}
	for _, s := range came {
		list = append(list, stepChange{kind: stepAdded, new: s})
	}
	slices.SortFunc(list, func(a, b stepChange) int { return compareSteps(*a.now(), *b.now()) })
	return list
}

// withoutEqual leaves out, one for one, the steps that are in both lists: of whole
// parts that is nearly all, and finding them in a table is cheaper than sorting. The
// table holds the numbers of the steps that left, at the place that their fields
// lead to or the next free one.
func withoutEqual(left, came []step) (restLeft, restCame []step) {
	if len(left) < 1024 || len(came) == 0 {
		return left, came
	}
	size := 1 << bits.Len(uint(len(left)*2))
	table := make([]int32, size)
	for i := range left {
		k := left[i].place() & (size - 1)
		for table[k] != 0 {
			k = (k + 1) & (size - 1)
		}
		table[k] = int32(i) + 1
	}
	gone := make([]bool, len(left))
	for i := range came {
		k, found := came[i].place()&(size-1), false
		for ; table[k] != 0 && !found; k = (k + 1) & (size - 1) {
			at := table[k] - 1
			found = !gone[at] && compareSteps(left[at], came[i]) == 0
			gone[at] = gone[at] || found
		}
		if !found {
			restCame = append(restCame, came[i])
		}
	}
	for i := range left {
		if !gone[i] {
			restLeft = append(restLeft, left[i])
		}
	}
	return restLeft, restCame
}

// place spreads steps over a table by what makes them equal.
func (s *step) place() int {
	const odd = 0x9E3779B97F4A7C15 // 2^64 divided by the golden ratio
	h := uint64(s.source)
	for _, x := range [...]int64{s.end, s.begin, s.qty} {
		h = (h ^ uint64(x)) * odd
		h ^= h >> 29
	}
	return int(h & math.MaxInt64)
}

func compareSteps(a, b step) int {
	if c := compareEnds(&a, &b); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.qty, b.qty))
}

func compareEnds(a, b *step) int {
	if a.source != b.source {
		return cmp.Compare(a.source, b.source)
	}
	return cmp.Compare(a.end, b.end)
}

// cancel takes out of two sorted lists what is equal in both, one for one.
func cancel(left, came []step, compare func(a, b *step) int, pair func(a, b step)) (restLeft, restCame []step) {
	i, j, l, c := 0, 0, 0, 0
	for i < len(left) && j < len(came) {
		switch x := compare(&left[i], &came[j]); {
		case x < 0:
			left[l] = left[i]
			i, l = i+1, l+1
		case x > 0:
			came[c] = came[j]
			j, c = j+1, c+1
		default:
			if pair != nil {
				pair(left[i], came[j])
			}
			i, j = i+1, j+1
		}
	}
	l += copy(left[l:], left[i:])
	c += copy(came[c:], came[j:])
	return left[:l], came[:c]
}

// inTimeOrder pairs, source by source, the first that left with the first that
// came, and so on.
func inTimeOrder(left, came []step, pair func(a, b step)) (restLeft, restCame []step) {
	return cancel(left, came, func(a, b *step) int { return cmp.Compare(a.source, b.source) }, pair)
}

// changeOf says what is different between a step and the one that took its place.
func changeOf(a, b step) stepChange {
	x := stepChange{left: a, new: b}
	if a.end != b.end || a.begin != b.begin {
		x.kind |= stepMoved
	}
	if a.qty != b.qty {
		x.kind |= stepResized
	}
	return x
}

// now is the step as it is in the new plan, or was where it is no more.
func (x *stepChange) now() *step {
	if x.kind == stepRemoved {
		return &x.left
	}
	return &x.new
}

// Diff is what is different between two plans. A step is a proposed process, or
// the proposed taking of an offer; where one process carries several things, each of
// them is a step. What people promised or began is in no diff: no plan moves it.
// Moved, the number of moves, is how nervous the plan is.
type Diff struct {
	Added   int
	Removed int
	Moved   int // begins or ends at another time
	Resized int // is of another quantity; a step that is moved too counts in both

	old, new *Plan
	changes  []stepChange
	resized  []resized // beside those
	facts    []fact
	needs    []needChange
}

// fact is a changed fact in words, with the connected part that it is in: before,
// and from now on, each -1 where it is in none. One that is in none before and none
// from now on touches all.
type fact struct {
	text     string
	was, now int32
}

// needChange is a need that gets something else than before, by its number before
// and from now on, each -1 where there is none.
type needChange struct{ was, now int32 }

// Empty reports whether nothing changed for anybody.
func (d *Diff) Empty() bool { return len(d.changes)+len(d.resized)+len(d.needs) == 0 }

// steps lists all changes of steps.
func (d *Diff) steps() []stepChange {
	list := slices.Clone(d.changes)
	for _, x := range d.resized {
		p := d.new.parts[x.part]
		list = append(list, stepChange{stepResized, p.step(x.was), p.step(x.now)})
	}
	return list
}

// newDiff counts changes, and sorts the facts by their words.
func newDiff(old, made *Plan, changes []stepChange, needs []needChange, facts []fact) *Diff {
	d := &Diff{old: old, new: made, changes: changes, needs: needs, facts: facts}
	slices.SortFunc(d.facts, func(a, b fact) int {
		return cmp.Or(strings.Compare(a.text, b.text), cmp.Compare(a.was, b.was), cmp.Compare(a.now, b.now))
	})
	for _, x := range changes {
		switch {
		case x.kind == stepAdded:
			d.Added++
		case x.kind == stepRemoved:
			d.Removed++
		}
		if x.kind&stepMoved != 0 {
			d.Moved++
		}
		if x.kind&stepResized != 0 {
			d.Resized++
		}
	}
	return d
}

// Diff compares the plan with an earlier one, or with a branch. Its cost is that of
// reading the parts that the two do not share.
func (p *Plan) Diff(old *Plan) *Diff {
	p, old = p.whole(), old.whole()
	return newDiff(old, p, matchSteps(old.steps(p, p.net), p.steps(old, p.net)), p.changedNeeds(old), p.changedFacts(old))
}

// steps lists the steps of the parts of a plan that another does not share, numbered
// as in the network `as`; sources that it does not know get numbers of their own.
func (p *Plan) steps(other *Plan, as *network) []step {
	shared := make(map[*part]bool, len(other.parts))
	for _, x := range other.parts {
		shared[x] = true
	}
	count := 0
	for _, x := range p.parts {
		if !shared[x] {
			count += int(x.orders.n)
		}
	}
	list := make([]step, 0, count)
	makers, offers := p.net.numbersIn(as)
	for k, x := range p.parts {
		if shared[x] {
			continue
		}
		for i, o := range x.orders.all() {
			if o.maker >= 0 && p.net.carries(o.maker) {
				continue // its pairs are the steps
			}
			s := step{part: int32(k), order: i, begin: o.begin, end: o.end, qty: o.qty}
			if o.maker < 0 {
				s.source = ^offers[^o.maker]
			} else {
				s.source = makers[o.maker]
			}
			list = append(list, s)
		}
	}
	return list
}

// carries reports whether a maker is the shared part of a recipe with pairs.
func (n *network) carries(maker int32) bool { return n.makers[maker].buffer < 0 }

// numbersIn gives the numbers that makers and offers have in another network.
func (n *network) numbersIn(as *network) (makers, offers []int32) {
	makers, offers = make([]int32, len(n.makers)), make([]int32, len(n.offers))
	type key struct {
		recipe vf.ID
		buffer bufferKey
	}
	makerAt, offerAt := map[key]int32{}, map[vf.ID]int32{}
	if n != as {
		for i := range as.makers {
			if m := &as.makers[i]; m.buffer >= 0 {
				makerAt[key{m.recipe.ID, as.buffers[m.buffer]}] = int32(i)
			}
		}
		for i, o := range as.offers {
			offerAt[o.intent.ID] = int32(i)
		}
	}
	for i := range n.makers {
		m := &n.makers[i]
		if makers[i] = int32(i); n != as && m.buffer >= 0 {
			known := false
			if makers[i], known = makerAt[key{m.recipe.ID, n.buffers[m.buffer]}]; !known {
				makers[i] = int32(len(as.makers) + i)
			}
		}
	}
	for i, o := range n.offers {
		if offers[i] = int32(i); n != as {
			known := false
			if offers[i], known = offerAt[o.intent.ID]; !known {
				offers[i] = int32(len(as.offers) + i)
			}
		}
	}
	return makers, offers
}

// changedNeeds finds the needs that get something else than in an earlier plan.
func (p *Plan) changedNeeds(old *Plan) (list []needChange) {
	at := map[vf.ID]int32{}
	for i, d := range old.net.needs.all() {
		if !d.firm && !d.gone && !p.sharesNeed(old, i) {
			at[d.id] = i
		}
	}
	for i, d := range p.net.needs.all() {
		if d.firm || d.gone || p.sharesNeed(old, i) {
			continue
		}
		was, known := at[d.id]
		if delete(at, d.id); !known {
			was = -1
		}
		if !known || !sameState(old.partOfNeed(was).state(was), p.partOfNeed(i).state(i)) {
			list = append(list, needChange{was, i})
		}
	}
	for _, i := range at {
		list = append(list, needChange{i, -1})
	}
	slices.SortFunc(list, func(a, b needChange) int {
		return strings.Compare(string(old.needID(p, a)), string(old.needID(p, b)))
	})
	return list
}

// sharesNeed reports whether need i is the same in an earlier plan, and planned in a
// part that both plans share.
func (p *Plan) sharesNeed(old *Plan, i int32) bool {
	return int(i) < min(p.net.needs.len(), old.net.needs.len()) && p.net.needs.at(i) == old.net.needs.at(i) && p.partOfNeed(i) == old.partOfNeed(i)
}

// needID is the id of a need that changed from this plan to another.
func (p *Plan) needID(made *Plan, c needChange) vf.ID {
	if c.now >= 0 {
		return made.net.needs.at(c.now).id
	}
	return p.net.needs.at(c.was).id
}

// sameState reports whether a need gets the same: as much, on the same dates.
func sameState(a, b needState) bool {
	return a.state == b.state && a.covered == b.covered && slices.EqualFunc(a.parts, b.parts, func(x, y coverage) bool { return x.at == y.at && x.qty == y.qty })
}
