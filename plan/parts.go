package plan

// part is a connected part of the network, with its plan. No process, thing or
// machine of one part touches those of another, so each part is planned by itself.
type part struct {
	net      *network
	settings *Settings
	number   int32
	buffers  []int32 // sorted, as all of these
	clusters [][]int32
	makers   []int32
	offers   []int32
	limits   []int32 // capacities
	calm     bool    // no maker claims any of them
	grouped  bool    // some needs are to be delivered together
	needs    []int32

	orders       orders
	links        blocks[link]
	byproducts   []byproduct
	sharedOf     map[int32]int32      // the shared process of an order for a pair
	coverage     map[int32][]coverage // of each need that was asked for, by date
	reasons      map[int32]reasons    // of each need that was asked for
	requirements int
	bookings     []booking
	base         int // by-product k is supply base+k of a link
	stats        Stats
	problems     []Problem
	overloads    []Problem // of these, what may be passed and is
	most         int       // so many orders it may have
	excess       *excess   // what made it too large, while it is being planned
	asksFor      int32     // the need that is asked for, or none

	over *over // of a plain part in which nothing lacks

	*desk // while it is being planned
}

// desk is room to work in: tables over the whole network, of which each part uses
// its own entries, and what one worker needs for the part that it plans.
type desk struct {
	lo, hi    []int32 // netted orders of a maker lie in [lo, hi)
	offerLeft []int64
	renewed   [][]spending // of each offer that renews, what is taken in a period
	spare     [][]lot      // by-products that wait for their buffer
	built     []bool       // shared makers whose processes are made
	active    []bool       // needs that are being planned
	asked     []bool       // needs that are asked for, before the others are netted
	bought    []bool       // of an asker: buffers whose things are bought before stock is taken
	pools     [][]lot      // of an asker: what is left in each buffer, once touched
	touched   []bool
	growing   [][]growing // of an asker: of each maker, then of each offer
	loads     []load      // of each capacity
	lead      []int64     // of each buffer, the least time until it can be had from now

	choice   []int32                    // the machines chosen for a process
	takings  []taking                   // of offers that renew
	meets    map[[2]*calendar]*calendar // intersections
	placing  placing
	moves    int             // how often a process was moved, for the need that is asked for
	lacking  []lack          // what netting could not meet
	sharing  map[int]bool    // the tiers that share what is scarce
	layering bool            // layers follow, which need to know what is left
	found    bool            // what those needs get is found: net them with it
	left     map[int32][]lot // what those planned before left in the buffers that they touched

	scratch struct {
		reqs, tmp []requirement
		runs      []int
		pool      []lot
		rest      []requirement
	}
}

func newDesk(n *network) *desk {
	b, m := len(n.buffers), len(n.makers)
	return &desk{lo: make([]int32, m), hi: make([]int32, m), offerLeft: make([]int64, len(n.offers)), renewed: make([][]spending, len(n.offers)), spare: make([][]lot, b),
		built: make([]bool, m), active: make([]bool, n.needs.len()), asked: make([]bool, n.needs.len()),
		bought: make([]bool, b), pools: make([][]lot, b), touched: make([]bool, b), growing: make([][]growing, m+len(n.offers)), lead: make([]int64, b), loads: make([]load, len(n.capacities)), meets: map[[2]*calendar]*calendar{}}
}

// share is a desk for another worker: the same tables, other scratch.
func (d *desk) share() *desk {
	other := *d
	other.meets, other.choice, other.placing, other.takings = map[[2]*calendar]*calendar{}, nil, placing{}, nil
	other.scratch.reqs, other.scratch.tmp, other.scratch.runs, other.scratch.pool, other.scratch.rest = nil, nil, nil, nil, nil
	return &other
}

// divide makes the connected parts of the network, in order of their first buffer,
// and tells of each buffer which part it is in.
func (n *network) divide(s *Settings, clusters [][]int32) (parts []*part, partOf []int32) {
	root := n.connected()
	partOf = make([]int32, len(root))
	for b, r := range root {
		if r == int32(b) {
			partOf[b] = int32(len(parts))
			parts = append(parts, &part{net: n, settings: s, number: partOf[b]})
		} else {
			partOf[b] = partOf[r] // the root is the least of its part
		}
		p := parts[partOf[b]]
		p.buffers = append(p.buffers, int32(b))
	}
	n.rank = make([]int32, len(root))
	for _, c := range clusters {
		p := parts[partOf[c[0]]]
		for _, b := range c {
			n.rank[b] = int32(len(p.clusters))
		}
		p.clusters = append(p.clusters, c)
	}
	for i := range n.makers {
		p := parts[partOf[n.driven(int32(i))]]
		p.makers = append(p.makers, int32(i))
	}
	n.divideCapacities(parts, partOf)
	for i := range n.offers {
		p := parts[partOf[n.offers[i].buffer]]
		p.offers = append(p.offers, int32(i))
	}
	for i, d := range n.needs.all() {
		if d.gone {
			continue
		}
		p := parts[partOf[d.buffer]]
		p.needs = append(p.needs, i)
		p.group(d)
	}
	return parts, partOf
}

// divideCapacities gives each part the capacities that its makers claim.
func (n *network) divideCapacities(parts []*part, partOf []int32) {
	for _, p := range parts {
		p.calm = true
	}
	given := make([]bool, len(n.capacities))
	for i := range n.makers {
		p := parts[partOf[n.driven(int32(i))]]
		for _, c := range n.makers[i].claims {
			p.calm = false
			for _, o := range c.options {
				if !given[o] {
					given[o] = true
					p.limits = append(p.limits, o)
				}
			}
		}
	}
}

// driven is the buffer of a maker; of a shared part that of its first pair.
func (n *network) driven(i int32) int32 {
	if b := n.makers[i].buffer; b >= 0 {
		return b
	}
	return n.makers[i+1].buffer
}
