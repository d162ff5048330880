package plan

import (
	"math/bits"
	"slices"
)

// clear forgets what is wanted of the nodes.
func (e *explosion) clear(nodes []int32) {
	for _, i := range nodes {
		e.req[i], e.extra[i], e.made[i], e.over[i] = 0, 0, 0, false
		for k := range e.nodes[i].sources {
			if c := e.nodes[i].sources[k].shared; c >= 0 {
				e.carried[c] = 0
			}
		}
	}
}

// sweep settles all nodes of a group, whose req are set, and notes those of which
// there is not enough. It stops at the first unless all are asked for.
func (e *explosion) sweep(nodes []int32, all bool) (feasible bool) {
	feasible = true
	for _, i := range nodes {
		if !e.settle(i) {
			e.over[i], feasible = true, false
			if !all {
				return false
			}
		}
	}
	return feasible
}

// settle makes what is wanted of a node and not there. It reports whether that
// can be, as far as this node alone goes.
func (e *explosion) settle(i int32) bool {
	nd := &e.nodes[i]
	want := max(0, e.req[i]-nd.supply-e.extra[i])
	was := e.made[i]
	if want == was {
		return true
	}
	e.set(&e.made[i], want)
	begin := int64(0)
	for k := range nd.sources[:nd.using] {
		s := &nd.sources[k]
		end := mostSupply
		if k+1 < nd.using {
			end = begin + s.most
		}
		from, to := max(0, min(was, end)-begin), max(0, min(want, end)-begin)
		if from != to && (s.sown && nd.supply+e.extra[i] == 0 || !e.run(s, from, to)) {
			return false
		}
		begin = end
	}
	return nd.using > 0 && want <= mostSupply || want == 0
}

// run changes what a source leaves over its own seed.
func (e *explosion) run(s *source, from, to int64) bool {
	from, ok := s.gross.up(from)
	to, fits := s.gross.up(to)
	if !ok || !fits || !e.pass(s.takes, s.gives, from, to) {
		return false
	}
	if s.shared < 0 {
		return true
	}
	from, ok = s.carried.up(from)
	to, fits = s.carried.up(to)
	before := e.carried[s.shared]
	after := before + to - from
	if !ok || !fits || after < 0 || after > mostSupply {
		return false
	}
	e.set(&e.carried[s.shared], after)
	p := &e.shared[s.shared]
	return e.pass(p.takes, p.gives, before, after)
}

// pass hands on what a change of a process takes and gives.
func (e *explosion) pass(takes, gives []branch, from, to int64) bool {
	for _, t := range takes {
		a, ok := t.amount.up(from)
		b, fits := t.amount.up(to)
		q := e.req[t.node] + b - a
		if !ok || !fits || q < 0 || q > mostSupply {
			return false
		}
		if b != a {
			e.set(&e.req[t.node], q)
			e.mark(t.node)
		}
	}
	for _, g := range gives {
		a, ok := g.amount.down(from)
		b, fits := g.amount.down(to)
		q := e.extra[g.node] + b - a
		if !ok || !fits || q < 0 || q > mostSupply {
			return false
		}
		if b != a {
			e.set(&e.extra[g.node], q)
			e.mark(g.node)
		}
	}
	return true
}

func (e *explosion) set(at *int64, q int64) {
	if e.noting {
		e.journal = append(e.journal, change{at, *at})
	}
	*at = q
}

func (e *explosion) mark(i int32) {
	if e.noting {
		e.dirty[i>>6] |= 1 << (i & 63)
		e.last = max(e.last, i)
	}
}

// more wants q steps more of a node, and settles what that touches. If that
// cannot be, nothing is changed. With see, it tells it of each node that it
// touches whether there is enough, and changes nothing in any case.
func (e *explosion) more(i int32, q int64, see func(node int32, enough bool)) bool {
	if e.req[i]+q > mostSupply {
		return false
	}
	e.noting, e.journal, e.last = true, e.journal[:0], i
	e.set(&e.req[i], e.req[i]+q)
	e.mark(i)
	feasible := true
	for w := i >> 6; w <= e.last>>6; w++ {
		for e.dirty[w] != 0 && (feasible || see != nil) {
			k := w<<6 + int32(bits.TrailingZeros64(e.dirty[w]))
			e.dirty[w] &= e.dirty[w] - 1
			enough := e.settle(k)
			feasible = feasible && enough
			if see != nil {
				see(k, enough)
			}
		}
		e.dirty[w] = 0
	}
	if e.noting = false; !feasible || see != nil {
		for k := len(e.journal) - 1; k >= 0; k-- {
			*e.journal[k].at = e.journal[k].was
		}
	}
	return feasible
}

// trace finds the nodes of a group that are over, or that make something from such.
func (e *explosion) trace(nodes []int32) {
	for k := len(nodes) - 1; k >= 0; k-- {
		i := nodes[k]
		e.leads[i] = e.over[i] || e.made[i] > 0 && e.takesFrom(i)
	}
}

// takesFrom reports whether a source in use takes from a node that leads.
func (e *explosion) takesFrom(i int32) bool {
	leads := func(t branch) bool { return e.leads[t.node] }
	for k := range e.nodes[i].sources[:e.nodes[i].using] {
		s := &e.nodes[i].sources[k]
		if slices.ContainsFunc(s.takes, leads) || s.shared >= 0 && slices.ContainsFunc(e.shared[s.shared].takes, leads) {
			return true
		}
	}
	return false
}

// instead lists the nodes that another source may make, so that one more step of
// a node can be had: for each thing that lacks, the one closest to it. It is empty
// where some of what lacks has none.
func (e *explosion) instead(i int32) (list []int32) {
	var touched, lacks []int32
	e.more(i, 1, func(node int32, enough bool) {
		touched = append(touched, node)
		if !enough {
			lacks = append(lacks, node)
		}
	})
	defer func() {
		for _, t := range touched {
			e.leads[t] = false
		}
	}()
	for _, v := range lacks {
		for _, t := range touched {
			e.leads[t] = t == v
		}
		k := len(touched) - 1
		for ; k >= 0; k-- {
			t := touched[k]
			if e.leads[t] = e.leads[t] || e.takesFrom(t); e.leads[t] && e.nodes[t].using < len(e.nodes[t].sources) {
				break
			}
		}
		if k < 0 {
			return nil
		}
		list = append(list, touched[k])
	}
	return list
}
