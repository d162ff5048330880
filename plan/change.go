package plan

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// spare is room to work in that a plan leaves to the next; it fits the same network.
type spare struct {
	mu     sync.Mutex
	desk   *desk
	agenda *agenda
}

// take returns the desk, or a new one where it is in use or too small.
func (s *spare) take(n *network) *desk {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.desk
	s.desk = nil
	if d == nil || len(d.offerLeft) < len(n.offers) || len(d.active) < n.needs.len() || len(d.growing) < len(n.makers)+len(n.offers) {
		return newDesk(n)
	}
	return d
}

func (s *spare) leave(d *desk) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.desk = d
}

// takeAgenda returns the agenda, or a new one where it is in use.
func (s *spare) takeAgenda() *agenda {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.agenda
	s.agenda = nil
	return cmp.Or(a, &agenda{})
}

func (s *spare) leaveAgenda(a *agenda) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.agenda = a
}

// Change returns the plan of changed facts, and what is different; p stays as it
// is, and both share what does not differ, so that it serves for following the
// books and for asking what if. The result is that of planning the changed facts
// anew. Only the connected parts that the changes touch are planned again, and of
// those in which nothing is scarce or finite only what the changes reach. Changes of
// recipes and the like plan anew. The error is a refusal, as of New.
func (p *Plan) Change(changes ...FactChange) (*Plan, *Diff, error) {
	n := p.net.clone()
	c, ok := n.change(changes)
	if !ok {
		q, err := New(n.facts.Graph(), p.settings)
		if err != nil {
			return nil, nil, err
		}
		return q, q.Diff(p), nil
	}
	q := &Plan{net: n, settings: p.settings, parts: slices.Clone(p.parts), partOf: p.partOf, spare: p.spare}
	x := changing{old: p, new: q, buffers: map[int32][]int32{}, agenda: p.spare.takeAgenda()}
	for _, b := range c.buffers {
		k := p.partOf[b]
		x.buffers[k] = append(x.buffers[k], b)
	}
	for k, part := range p.parts {
		if buffers := x.buffers[int32(k)]; len(buffers) > 0 || c.horizon && len(part.coverage) > 0 {
			x.part(int32(k), buffers)
		}
	}
	p.spare.leaveAgenda(x.agenda)
	x.retell(c.buffers)
	if len(x.anew) > 0 {
		d := p.spare.take(n)
		solveAll(d, x.anew)
		p.spare.leave(d)
	}
	d := x.diff()
	return q.trimmed(), d, nil
}

// trimmed is the plan with those of its parts written out in which much has
// changed; a diff goes on to speak of the plan as it was made.
func (p *Plan) trimmed() *Plan {
	q := *p
	for k, x := range p.parts {
		if x.over == nil || x.over.count <= x.stats.Processes/mostChanged+4096 {
			continue
		}
		q.parts = slices.Clone(q.parts)
		q.parts[k] = x.written()
	}
	return &q
}

// changing makes one plan of another.
type changing struct {
	old, new   *Plan
	buffers    map[int32][]int32 // that changed, of each part
	anew       []*part           // parts to be planned anew
	left, came []step
	resized    []resized
	needs      []needChange
	agenda     *agenda
}

// part follows the change through one part, or notes that it is to be planned anew.
func (x *changing) part(k int32, buffers []int32) {
	old := x.old.parts[k]
	r, ok := old.renet(x.new.net, buffers, x.agenda)
	if ok {
		r.p.needs = r.members(func(d *need) bool { return d.gone || x.new.partOf[d.buffer] != k })
		ok = r.p.stats.Processes+r.p.stats.Purchases <= r.p.mostOrders()
	}
	if !ok {
		x.new.parts[k] = old.again(x.new.net)
		x.anew = append(x.anew, x.new.parts[k])
		return
	}
	q := r.p
	x.new.parts[k] = q
	x.left, x.came, x.resized = append(x.left, r.left...), append(x.came, r.came...), append(x.resized, r.resized...)
	plainly := true
	for _, i := range r.gone {
		plainly = plainly && old.onTime(i)
	}
	for _, i := range r.needs {
		plainly = plainly && q.onTime(i)
	}
	if !plainly {
		q.recount()
		return
	}
	for _, i := range r.gone {
		q.stats.uncount(old.net.needs.at(i))
	}
	for _, i := range r.needs {
		q.stats.count("onTime", q.net.needs.at(i))
	}
}

// members lists the needs of the part as it is now, sorted; elsewhere tells of a need
// that it is in none, or in another.
func (r *renetting) members(elsewhere func(*need) bool) []int32 {
	was, is := r.old.net.needs, r.p.net.needs
	list := r.p.needs
	if slices.ContainsFunc(r.gone, func(i int32) bool { return elsewhere(is.at(i)) }) {
		list = slices.DeleteFunc(slices.Clone(list), func(i int32) bool { return elsewhere(is.at(i)) })
	}
	for _, i := range r.needs {
		switch {
		case int(i) >= was.len():
			list = append(slices.Clip(list), i)
		case elsewhere(was.at(i)):
			at, _ := slices.BinarySearch(list, i)
			list = slices.Insert(slices.Clip(list), at, i)
		}
	}
	return list
}

// retell finds the problems anew of parts that lie beside: their texts say where
// else there is some of a thing.
func (x *changing) retell(buffers []int32) {
	n := x.new.net
	for _, b := range buffers {
		for _, other := range n.bySpec[n.buffers[b].spec] {
			k := x.new.partOf[other]
			p := x.new.parts[k]
			if p != x.old.parts[k] || len(p.problems) == 0 {
				continue
			}
			q := *p
			q.net = n
			q.recount()
			x.new.parts[k] = &q
		}
	}
}

// recount finds the problems of a part anew, and counts its needs.
func (p *part) recount() {
	p.stats.Needs, p.stats.OnTime, p.stats.Late, p.stats.Short = 0, 0, 0, 0
	p.findProblems()
}

// uncount takes a need that was on time out of the count.
func (s *Stats) uncount(d *need) {
	if !d.firm && !d.stays() {
		s.Needs--
		s.OnTime--
	}
}

// again is the part with other facts, not yet planned.
func (p *part) again(n *network) *part {
	q := &part{net: n, settings: p.settings, number: p.number, buffers: p.buffers, clusters: p.clusters, makers: p.makers, limits: p.limits, calm: p.calm}
	for _, b := range p.buffers {
		q.offers = append(q.offers, n.offersOf.get(b)...)
		q.needs = append(q.needs, n.needsOf.get(b)...)
	}
	slices.Sort(q.offers)
	slices.Sort(q.needs)
	for _, i := range q.needs {
		q.group(n.needs.at(i))
	}
	return q
}

// group notes whether needs are to be delivered together.
func (p *part) group(d *need) { p.grouped = p.grouped || d.together != "" }

// diff says what is different.
func (x *changing) diff() *Diff {
	old := *x.old
	old.parts = slices.Clone(x.old.parts)
	x.old = &old
	for _, q := range x.anew {
		p := old.parts[q.number].written()
		old.parts[q.number] = p
		x.left, x.came = append(x.left, p.steps()...), append(x.came, q.steps()...)
	}
	for k, buffers := range x.buffers {
		x.changedNeeds(k, buffers)
	}
	for _, q := range x.anew {
		x.changedCoverage(q)
	}
	slices.SortFunc(x.needs, func(a, b needChange) int {
		return strings.Compare(string(x.old.needID(x.new, a)), string(x.old.needID(x.new, b)))
	})
	x.mergeNeeds()
	d := newDiff(x.old, x.new, matchSteps(x.left, x.came), x.needs, x.facts())
	d.resized = x.resized
	d.Resized += len(x.resized)
	return d
}

// mergeNeeds makes one change of what became of a need that has another number now,
// because it wants another thing.
func (x *changing) mergeNeeds() {
	list := x.needs[:0]
	for _, c := range x.needs {
		if k := len(list) - 1; k >= 0 && x.old.needID(x.new, list[k]) == x.old.needID(x.new, c) {
			list[k] = needChange{max(list[k].was, c.was), max(list[k].now, c.now)}
		} else {
			list = append(list, c)
		}
	}
	x.needs = slices.DeleteFunc(list, func(c needChange) bool {
		return c.was >= 0 && c.now >= 0 && sameState(x.old.partOfNeed(c.was).state(c.was), x.new.partOfNeed(c.now).state(c.now))
	})
}

// steps lists the steps of a part.
func (p *part) steps() []step {
	list := make([]step, 0, p.orders.n)
	for i, o := range p.orders.all() {
		if o.maker < 0 || !p.net.carries(o.maker) {
			list = append(list, p.step(i))
		}
	}
	return list
}

// changedNeeds finds what the needs of changed buffers get that is other than before.
func (x *changing) changedNeeds(k int32, buffers []int32) {
	was, is := x.old.net, x.new.net
	for _, b := range buffers {
		for _, i := range is.needsOf.get(b) {
			switch d := is.needs.at(i); {
			case d.firm:
			case int(i) >= was.needs.len() || was.needs.at(i).gone || was.needs.at(i).firm:
				x.needs = append(x.needs, needChange{-1, i})
			case was.needs.at(i) != d && !sameState(x.old.partOfNeed(i).state(i), x.new.parts[k].state(i)):
				x.needs = append(x.needs, needChange{i, i})
			}
		}
		for _, i := range was.needsOf.get(b) {
			if d := was.needs.at(i); !d.firm && (is.needs.at(i).gone || is.needs.at(i).firm) {
				x.needs = append(x.needs, needChange{i, -1})
			}
		}
	}
}

// changedCoverage finds, in a part that was planned anew, the needs that did not
// change and get something else all the same.
func (x *changing) changedCoverage(q *part) {
	p := x.old.parts[q.number]
	for _, i := range q.needs {
		d := q.net.needs.at(i)
		if int(i) >= p.net.needs.len() || d.firm || p.net.needs.at(i).gone || p.net.needs.at(i).firm || x.old.partOf[p.net.needs.at(i).buffer] != q.number || p.onTime(i) && q.onTime(i) && p.net.needs.at(i) == d {
			continue
		}
		if !sameState(p.state(i), q.state(i)) {
			x.needs = append(x.needs, needChange{i, i})
		}
	}
}

// facts says in words what changed about the changed buffers.
func (x *changing) facts() []fact {
	c := &factChanges{old: x.old, new: x.new}
	var buffers []int32
	for _, list := range x.buffers {
		buffers = append(buffers, list...)
	}
	slices.Sort(buffers)
	was, is := x.old.net.about(buffers), x.new.net.about(buffers)
	c.needs(was.needs, is.needs)
	c.offers(was.offers, is.offers)
	beside := x.new.net.beside(buffers)
	c.supplies(x.old.net.about(beside).supplies, x.new.net.about(beside).supplies)
	return c.list
}

// beside lists the buffers of the same specifications as some are: one resource may
// be there for those who name it, and for all.
func (n *network) beside(buffers []int32) (list []int32) {
	for _, b := range buffers {
		list = append(list, n.bySpec[n.buffers[b].spec]...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// wants are the needs, offers and supplies of some buffers.
type wants struct {
	needs    []*need
	offers   []*offer
	supplies []supply
}

func (n *network) about(buffers []int32) (w wants) {
	for _, b := range buffers {
		for _, i := range n.needsOf.get(b) {
			w.needs = append(w.needs, n.needs.at(i))
		}
		for _, i := range n.offersOf.get(b) {
			w.offers = append(w.offers, n.offers[i])
		}
		i, to := n.suppliesOf(b)
		w.supplies = append(w.supplies, n.supplies[i:to]...)
	}
	return w
}

// whole is the plan with all changed buckets of its parts written out.
func (p *Plan) whole() *Plan {
	q := *p
	q.parts = make([]*part, len(p.parts))
	for i, x := range p.parts {
		q.parts[i] = x.written()
	}
	return &q
}
