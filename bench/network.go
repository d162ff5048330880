package bench

import (
	"bytes"
	"fmt"
)

// Size is a network to generate, and what a right plan of it holds.
type Size struct {
	Name         string
	Items, Needs int
	Orders       int // proposed processes and purchases of a right plan; 0 where needs come too early for that
	Milliseconds int // the engine's time that is aimed at, 0 where none is
	Megabytes    int // the memory that is aimed at, 0 where none is
	firstDue     int // the first day on which something is due
}

// Sizes are the networks S, M and L: all of it can be had in time.
var Sizes = []Size{
	{"S", 1_000, 2_000, 110_310, 25, 0, 60},
	{"M", 10_000, 20_000, 1_114_442, 270, 280, 60},
	{"L", 50_000, 100_000, 5_574_536, 1_400, 1400, 60},
}

// LateSizes are the same networks with everything due 40 days earlier, so that
// what is due first comes late.
var LateSizes = []Size{
	{"S late", 1_000, 2_000, 0, 0, 0, 20},
	{"M late", 10_000, 20_000, 0, 0, 0, 20},
}

// Now is day 0 of the generated networks.
const Now = "2026-01-01T00:00:00Z"

const (
	levels  = 5
	fanout  = 4
	horizon = 180 // days in which needs are due
	seed    = 1
)

// Spreadsheets are the three lists of a network as people keep them, rows of
// whole numbers without a header: items (item, level, lead days, on hand), bill
// of materials (parent, component, quantity of it per parent), demands (demand,
// item, quantity, due day).
type Spreadsheets struct {
	Items, BOM, Demands []byte
}

// Generate makes the spreadsheets of a network, always the same ones.
func Generate(s Size) Spreadsheets {
	r := newTwister(seed)
	var items, bom, demands bytes.Buffer
	count, first := split(s.Items)
	lead := make([]int, s.Items)
	level := make([]int, s.Items)
	for l := range count {
		for i := first[l]; i < first[l]+count[l]; i++ {
			level[i] = l
		}
	}
	for i := range lead {
		if level[i] < levels-1 {
			lead[i] = r.between(1, 5)
		} else {
			lead[i] = r.between(5, 20)
		}
	}
	for i := range lead {
		stock := r.between(5, 50)
		if r.below(4) != 3 {
			stock = 0
		}
		fmt.Fprintf(&items, "%d,%d,%d,%d\n", i, level[i], lead[i], stock)
	}
	for i := range lead {
		below := level[i] + 1
		if below == levels {
			continue
		}
		for _, c := range r.sample(first[below], first[below]+count[below], min(fanout, count[below])) {
			quantity := []int{1, 1, 1, 2, 3}[r.below(5)]
			fmt.Fprintf(&bom, "%d,%d,%d\n", i, c, quantity)
		}
	}
	for j := range s.Needs {
		item, quantity, due := r.below(count[0]), r.between(1, 6), s.firstDue+r.below(horizon)
		r.below(2) // a priority, which these needs do not use
		fmt.Fprintf(&demands, "%d,%d,%d,%d\n", j, item, quantity, due)
	}
	return Spreadsheets{items.Bytes(), bom.Bytes(), demands.Bytes()}
}

// split shares the items out over the levels, from the products on top to what
// is bought: 10, 15, 20, 25 and 30 per cent.
func split(items int) (count, first [levels]int) {
	next := 0
	for l := range count {
		count[l] = max(1, items*(10+5*l)/100)
		if l == levels-1 {
			count[l] = items - next
		}
		first[l] = next
		next += count[l]
	}
	return count, first
}
