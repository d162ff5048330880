package plan

import (
	"cmp"
	"math/big"
	"slices"
)

// explosion works out whether quantities of some buffers can be had at all, dates
// and lots aside: what the supply of a buffer lacks is made by its recipe, which
// takes from other buffers, down to those that nobody makes. It answers for many
// quantities in turn, at the cost of the buffers that can run out.
type explosion struct {
	nodes   []node
	at      map[int32]int32 // the node of each buffer that can run out
	shared  []sharedPart
	req     []int64 // what is wanted of each node
	extra   []int64 // what comes beside something else that is made
	made    []int64
	carried []int64  // by each shared part
	over    []bool   // nodes of which there is not enough
	leads   []bool   // nodes whose making leads to those
	shut    []bool   // nodes of which one step more cannot be had
	parts   []int64  // parts of a step that are wanted of each node
	dirty   []uint64 // nodes to settle again, one bit each
	last    int32    // the last of them
	journal []change
	noting  bool // changes are noted, and what they touch is marked
}

// node is a buffer that can run out. Nodes come before what they are made from.
type node struct {
	buffer  int32
	supply  int64
	sources []source
	using   int // sources[:using] make it; the last of them takes all that the others do not
	rank    int32
	plenty  bool // it cannot run out after all
}

// source is a maker as the explosion sees it.
type source struct {
	maker   int32
	gross   ratio // what is made for each step that is left after the recipe's own seed
	sown    bool  // it takes of its own output, so without any there is no beginning
	most    int64 // what it makes at most, once another source has taken over
	shared  int32 // index of the shared part, or -1
	carried ratio
	takes   []branch
	gives   []branch
}

// sharedPart is what the pairs of a recipe take and give together.
type sharedPart struct {
	maker        int32
	takes, gives []branch
}

// branch is an input or by-product.
type branch struct {
	node   int32
	amount ratio
}

type change struct {
	at  *int64
	was int64
}

// mostSupply is where quantities stop to be told apart: no plan holds more.
const mostSupply = int64(1) << 61

// explode reads the network below the buffers of the claims, users before what
// they use, as clusters has them.
func (n *network) explode(clusters [][]int32, claims []claimant, supply func(b int32) (int64, bool)) *explosion {
	e := &explosion{at: map[int32]int32{}}
	e.reach(n, claims, supply)
	rank := int32(0)
	for _, c := range clusters {
		for _, b := range c {
			if i, ok := e.at[b]; ok {
				e.nodes[i].rank = rank
			}
			rank++
		}
	}
	slices.SortFunc(e.nodes, func(x, y node) int { return cmp.Compare(x.rank, y.rank) })
	for i := range e.nodes {
		e.at[e.nodes[i].buffer] = int32(i)
	}
	parts := map[int32]int32{}
	for i := range e.nodes {
		e.readSources(n, &e.nodes[i], parts)
	}
	e.readShared(n)
	e.prune(claims)
	size := len(e.nodes)
	e.req, e.extra, e.made, e.over = make([]int64, size), make([]int64, size), make([]int64, size), make([]bool, size)
	e.carried, e.dirty = make([]int64, len(e.shared)), make([]uint64, size/64+1)
	e.leads, e.shut, e.parts = make([]bool, size), make([]bool, size), make([]int64, size)
	return e
}

// reach makes a node of each buffer that the claims lead to and that has no
// unlimited supply.
func (e *explosion) reach(n *network, claims []claimant, supply func(b int32) (int64, bool)) {
	seen := map[int32]bool{}
	var stack []int32
	visit := func(b int32) {
		if !seen[b] {
			seen[b] = true
			stack = append(stack, b)
		}
	}
	for i := range claims {
		visit(claims[i].buffer)
	}
	for len(stack) > 0 {
		b := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		q, unlimited := supply(b)
		if unlimited {
			continue
		}
		e.at[b] = int32(len(e.nodes))
		e.nodes = append(e.nodes, node{buffer: b, supply: max(0, min(q, mostSupply))})
		for _, i := range n.makersOf[b] {
			n.parts(&n.makers[i], func(m *maker) {
				for _, u := range m.uses {
					if !u.perBatch {
						visit(u.buffer)
					}
				}
			})
		}
	}
}

// readSources reads the makers of a node, the preferred first. A recipe that eats
// more of its output than it gives makes nothing.
func (e *explosion) readSources(n *network, nd *node, parts map[int32]int32) {
	for _, i := range n.makersOf[nd.buffer] {
		m := &n.makers[i]
		s := source{maker: i, gross: one, shared: -1, carried: m.carried}
		if !s.sow(m) {
			continue
		}
		s.takes = e.branches(m.uses, m.buffer)
		s.gives = e.branches(m.byproducts, m.buffer)
		if m.shared >= 0 {
			k, ok := parts[m.shared]
			if !ok {
				k = int32(len(e.shared))
				parts[m.shared] = k
				e.shared = append(e.shared, sharedPart{maker: m.shared})
			}
			s.shared = k
		}
		nd.sources = append(nd.sources, s)
	}
	nd.using = min(1, len(nd.sources))
}

// sow reads what a maker takes of its own output: for each step left it makes
// 1/(1-own) steps. It reports whether anything is left.
func (s *source) sow(m *maker) bool {
	own := new(big.Rat)
	for _, u := range m.uses {
		if u.buffer == m.buffer && !u.perBatch {
			own.Add(own, big.NewRat(u.amount.num, u.amount.den))
		}
	}
	if s.sown = own.Sign() > 0; !s.sown {
		return true
	}
	left := own.Sub(big.NewRat(1, 1), own)
	if left.Sign() <= 0 {
		return false
	}
	gross, ok := newRatio(left.Inv(left))
	s.gross = gross
	return ok
}

// branches lists what can run out of the uses or by-products; what occurs once in
// a process counts with its lots, not here, nor does what comes too late to count on.
func (e *explosion) branches(uses []use, own int32) (list []branch) {
	for _, u := range uses {
		if to, ok := e.at[u.buffer]; ok && u.buffer != own && !u.perBatch && !u.late {
			list = append(list, branch{to, u.amount})
		}
	}
	return list
}

// readShared reads the shared parts. What they give counts for nodes after all
// their pairs; what a node gives, for nodes after it.
func (e *explosion) readShared(n *network) {
	last := make([]int32, len(e.shared))
	for i := range e.nodes {
		for k := range e.nodes[i].sources {
			s := &e.nodes[i].sources[k]
			s.gives = slices.DeleteFunc(s.gives, func(g branch) bool { return g.node <= int32(i) })
			if s.shared >= 0 {
				last[s.shared] = int32(i)
			}
		}
	}
	for k := range e.shared {
		p := &e.shared[k]
		p.takes = e.branches(n.makers[p.maker].uses, -1)
		p.gives = slices.DeleteFunc(e.branches(n.makers[p.maker].byproducts, -1), func(g branch) bool { return g.node <= last[k] })
	}
}

// prune leaves out the nodes that cannot run out even if all that is claimed were
// made by each source at once.
func (e *explosion) prune(claims []claimant) {
	most := make([]int64, len(e.nodes))
	add := func(i int32, q int64, ok bool) {
		if most[i] += q; !ok || most[i] > mostSupply || most[i] < 0 {
			most[i] = mostSupply + 1
		}
	}
	for i := range claims {
		if to, ok := e.at[claims[i].buffer]; ok {
			add(to, claims[i].wanted-claims[i].had, true)
		}
	}
	for i := range e.nodes {
		nd := &e.nodes[i]
		if most[i] <= nd.supply {
			delete(e.at, nd.buffer)
			nd.plenty = true
			continue
		}
		for k := range nd.sources {
			s := &nd.sources[k]
			q, fits := s.gross.up(most[i] - nd.supply)
			for _, t := range s.takes {
				x, ok := t.amount.up(q)
				add(t.node, x, ok && fits)
			}
			if s.shared >= 0 {
				c, carries := s.carried.up(q)
				for _, t := range e.shared[s.shared].takes {
					x, ok := t.amount.up(c)
					add(t.node, x, ok && fits && carries)
				}
			}
		}
	}
	gone := func(t branch) bool { return e.nodes[t.node].plenty }
	for i := range e.nodes {
		for k := range e.nodes[i].sources {
			s := &e.nodes[i].sources[k]
			s.takes, s.gives = slices.DeleteFunc(s.takes, gone), slices.DeleteFunc(s.gives, gone)
		}
	}
	for k := range e.shared {
		p := &e.shared[k]
		p.takes, p.gives = slices.DeleteFunc(p.takes, gone), slices.DeleteFunc(p.gives, gone)
	}
}

// groups gives each node the number of its group: nodes of different groups have
// nothing scarce to do with each other.
func (e *explosion) groups() []int32 {
	f := newForest(len(e.nodes) + len(e.shared))
	join := func(x int32, list []branch) {
		for _, t := range list {
			f.join(x, t.node)
		}
	}
	for i := range e.nodes {
		for k := range e.nodes[i].sources {
			s := &e.nodes[i].sources[k]
			join(int32(i), s.takes)
			join(int32(i), s.gives)
			if s.shared >= 0 {
				join(int32(len(e.nodes))+s.shared, []branch{{node: int32(i)}})
			}
		}
	}
	for k := range e.shared {
		join(int32(len(e.nodes)+k), e.shared[k].takes)
		join(int32(len(e.nodes)+k), e.shared[k].gives)
	}
	return f.roots()[:len(e.nodes)]
}
