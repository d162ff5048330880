package plan

import (
	"cmp"
	"slices"
	"strings"

	"commonweal/vf"
)

// arrange orders the buffers so that each comes before those that its making
// takes from, and reports recipe cycles. Each cluster is one buffer, or several
// that the same processes put out together.
//
// The graph has an edge from a buffer to what its makers take and to what else
// they put out. Its strongly connected components (Tarjan 1972) are the clusters.
// A component in which something is taken is a cycle; it is opened, in this order,
// by not driving recipes for their secondary outputs, by not counting by-products
// that come too late in the order, and by leaving out the recipes on the cycle.
func (n *network) arrange() [][]int32 {
	clusters := n.components()
	if bad := n.cyclic(clusters); bad != nil {
		n.drop(bad, func(m *maker) bool { return m.coDriven })
		clusters = n.components()
	}
	if bad := n.cyclic(clusters); bad != nil {
		n.openByproducts(bad)
		clusters = n.components()
	}
	if bad := n.cyclic(clusters); bad != nil {
		n.reportCycles(bad)
		n.drop(bad, func(m *maker) bool {
			return n.takesFrom(m, func(x int32) bool { return bad[x] == bad[m.buffer] })
		})
		clusters = n.components()
	}
	n.hold()
	slices.Reverse(clusters)
	return clusters
}

// hold keeps a process that takes no time from feeding itself: what it gives
// beside, and takes itself by some way, can be taken a second later.
func (n *network) hold() {
	for i := range n.makers {
		m := &n.makers[i]
		if m.fixed > 0 || m.perUnit.num > 0 || len(m.byproducts) == 0 {
			continue
		}
		below := n.below(m)
		for j := range m.byproducts {
			if below[m.byproducts[j].buffer] {
				m.byproducts[j].wait = 1
			}
		}
	}
}

// below lists the buffers that a maker takes from, directly or by way of others;
// for the shared part of a recipe, those of its pairs too.
func (n *network) below(m *maker) map[int32]bool {
	seen := map[int32]bool{}
	var stack []int32
	add := func(p *maker) {
		for _, u := range p.uses {
			if !seen[u.buffer] {
				seen[u.buffer] = true
				stack = append(stack, u.buffer)
			}
		}
	}
	add(m)
	for i := range n.makers {
		if k := n.makers[i].shared; m.buffer < 0 && k >= 0 && &n.makers[k] == m {
			add(&n.makers[i])
		}
	}
	for len(stack) > 0 {
		b := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, i := range n.makersOf[b] {
			n.parts(&n.makers[i], add)
		}
	}
	return seen
}

// parts calls f for the maker and for the shared part of its recipe.
func (n *network) parts(m *maker, f func(*maker)) {
	f(m)
	if m.shared >= 0 {
		f(&n.makers[m.shared])
	}
}

// edges lists the buffers that must come after b.
func (n *network) edges(b int32, list []int32) []int32 {
	for _, i := range n.makersOf[b] {
		n.parts(&n.makers[i], func(m *maker) {
			for _, u := range m.uses {
				if u.buffer != b || m.buffer != b {
					list = append(list, u.buffer)
				}
			}
			for _, u := range m.byproducts {
				if u.buffer != b && !u.late {
					list = append(list, u.buffer)
				}
			}
		})
	}
	return list
}

// components returns the strongly connected components, each sorted, a component
// after all that can be reached from it.
func (n *network) components() [][]int32 {
	type frame struct {
		buffer     int32
		next, from int // its edges are edges[from:], behind those of the frames below
	}
	count := len(n.buffers)
	index, low := make([]int32, count), make([]int32, count)
	onStack := make([]bool, count)
	var stack []int32
	var frames []frame
	var edges []int32
	all, out := make([]int32, 0, count), make([][]int32, 0, count)
	next := int32(0)
	enter := func(b int32) {
		next++
		index[b], low[b] = next, next
		stack, onStack[b] = append(stack, b), true
		frames = append(frames, frame{b, len(edges), len(edges)})
		edges = n.edges(b, edges)
	}
	for start := range int32(count) {
		if index[start] != 0 {
			continue
		}
		enter(start)
		for len(frames) > 0 {
			f := &frames[len(frames)-1]
			if f.next < len(edges) {
				to := edges[f.next]
				f.next++
				if index[to] == 0 {
					enter(to)
				} else if onStack[to] {
					low[f.buffer] = min(low[f.buffer], index[to])
				}
				continue
			}
			b := f.buffer
			edges = edges[:f.from]
			frames = frames[:len(frames)-1]
			if len(frames) > 0 {
				up := frames[len(frames)-1].buffer
				low[up] = min(low[up], low[b])
			}
			if low[b] == index[b] {
				cut := len(stack) - 1
				for stack[cut] != b {
					cut--
				}
				from := len(all)
				all = append(all, stack[cut:]...)
				c := all[from:len(all):len(all)]
				stack = stack[:cut]
				for _, x := range c {
					onStack[x] = false
				}
				slices.Sort(c)
				out = append(out, c)
			}
		}
	}
	return out
}

// cyclic returns the component number (from 1) of each buffer in a component in
// which something is taken, nil if there is none. A recipe that gives back more of
// a thing than it takes, later, is reuse and no cycle.
func (n *network) cyclic(clusters [][]int32) map[int32]int {
	member := make([]int32, len(n.buffers))
	for i, c := range clusters {
		for _, b := range c {
			member[b] = int32(i + 1)
		}
	}
	bad := map[int32]int{}
	for i, c := range clusters {
		inside := func(x int32) bool { return member[x] == int32(i+1) }
		if slices.ContainsFunc(c, func(b int32) bool {
			return slices.ContainsFunc(n.makersOf[b], func(i int32) bool {
				m := &n.makers[i]
				return (len(c) > 1 || m.shared >= 0 || m.usesOwnOutput) && n.takesFrom(m, inside)
			})
		}) {
			for _, b := range c {
				bad[b] = i + 1
			}
		}
	}
	if len(bad) == 0 {
		return nil
	}
	return bad
}

// takesFrom reports whether a maker takes from a buffer of its own component.
func (n *network) takesFrom(m *maker, member func(int32) bool) (found bool) {
	own := m.buffer
	n.parts(m, func(p *maker) {
		for _, u := range p.uses {
			reuse := p == m && u.buffer == own && !u.perBatch && u.amount.num < u.amount.den && m.fixed > 0
			if !reuse && member(u.buffer) && member(own) {
				found = true
			}
		}
	})
	return found
}

// drop takes makers of some buffers out of the network: nobody makes with them, and
// they take nothing, for they may be of another part than what they would take.
func (n *network) drop(member map[int32]int, which func(*maker) bool) {
	for b := range member {
		n.makersOf[b] = slices.DeleteFunc(n.makersOf[b], func(i int32) bool {
			m := &n.makers[i]
			if !which(m) {
				return false
			}
			for _, u := range m.uses {
				n.users[u.buffer] = slices.DeleteFunc(n.users[u.buffer], func(w user) bool { return w.maker == i })
			}
			return true
		})
	}
}

// openByproducts marks the by-products inside cyclic components: they are planned
// and shown, but cannot be counted on by what comes before them.
func (n *network) openByproducts(member map[int32]int) {
	for i := range n.makers {
		m := &n.makers[i]
		if m.buffer < 0 || member[m.buffer] == 0 {
			continue
		}
		n.parts(m, func(p *maker) {
			for j := range p.byproducts {
				if u := &p.byproducts[j]; member[u.buffer] == member[m.buffer] {
					u.late = true
				}
			}
		})
	}
}

// reportCycles names one path through each cyclic component.
func (n *network) reportCycles(member map[int32]int) {
	reported := map[int]bool{}
	for b := range int32(len(n.buffers)) {
		if c := member[b]; c != 0 && !reported[c] {
			reported[c] = true
			path := n.cyclePath(b, member)
			n.cycles = append(n.cycles, path)
			from := n.bufferName(path[0])
			n.broken = append(n.broken, Problem{Kind: "brokenData", About: n.buffers[b].spec,
				Text: "The recipes go in a circle: " + n.pathText(path) + ". Nothing on this circle is made; the rest is planned. To go on, change the recipe that closes the circle, or give stock or an offer of " + from + "."})
		}
	}
}

// mostOnPath is how many things of a circle are named.
const mostOnPath = 20

// pathText writes what is made from what; of a long path both ends.
func (n *network) pathText(path []int32) string {
	names := make([]string, 0, mostOnPath+1)
	for i, b := range path {
		switch left := len(path) - mostOnPath; {
		case left > 1 && i == mostOnPath/2:
			names = append(names, "… ("+itoa(int64(left))+" more) …")
		case left > 1 && i > mostOnPath/2 && i < mostOnPath/2+left:
		default:
			names = append(names, n.bufferName(b))
		}
	}
	return strings.Join(names, " is made from ")
}

// cyclePath walks from b along what is taken inside the component until a buffer
// comes again, and returns the circle, its first buffer repeated at the end.
func (n *network) cyclePath(b int32, member map[int32]int) []int32 {
	var path []int32
	seen := map[int32]int{}
	for {
		if at, again := seen[b]; again {
			return append(path[at:], b)
		}
		seen[b] = len(path)
		path = append(path, b)
		to := int32(-1)
		for _, i := range n.makersOf[b] {
			n.parts(&n.makers[i], func(p *maker) {
				for _, u := range p.uses {
					if member[u.buffer] == member[b] && (to < 0 || u.buffer < to) {
						to = u.buffer
					}
				}
			})
		}
		if to < 0 {
			return append(path, path[0])
		}
		b = to
	}
}

// bufferName is what a person calls a buffer: its specification's name, and the
// stage behind it where that is one.
func (n *network) bufferName(b int32) string {
	k := n.buffers[b]
	name := string(k.spec)
	if s := n.specs[k.spec]; s != nil && s.Name != "" {
		name = s.Name
	}
	if k.stage != "" {
		name += " (" + n.stageName(k.stage) + ")"
	}
	return name
}

func (n *network) stageName(id vf.ID) string { return cmp.Or(n.names[id], string(id)) }

// connected gives each buffer the number of its connected part of the network.
func (n *network) connected() []int32 {
	f := newForest(len(n.buffers))
	for b := range int32(len(n.buffers)) {
		for _, i := range n.makersOf[b] {
			n.parts(&n.makers[i], func(m *maker) {
				for _, list := range [][]use{m.uses, m.byproducts} {
					for _, u := range list {
						f.join(b, u.buffer)
					}
				}
				if m.buffer < 0 {
					for _, j := range n.pairsOf(i) {
						f.join(b, n.makers[j].buffer)
					}
				}
			})
		}
	}
	first := map[int32]int32{} // of a capacity, what is made with it
	for i := range n.makers {
		for _, c := range n.makers[i].claims {
			for _, o := range c.options {
				b := n.driven(int32(i))
				if other, known := first[o]; known {
					f.join(b, other)
				}
				first[o] = b
			}
		}
	}
	groups := map[string]int32{}
	for _, d := range n.needs.all() {
		if other, known := groups[d.together]; known && d.together != "" {
			f.join(d.buffer, other)
		}
		groups[d.together] = d.buffer
	}
	return f.roots()
}

// pairsOf lists the makers that share a process with maker i, i among them.
func (n *network) pairsOf(i int32) []int32 {
	var list []int32
	shared := n.makers[i].shared
	for j := shared + 1; j < int32(len(n.makers)) && n.makers[j].shared == shared; j++ {
		list = append(list, j)
	}
	return list
}
