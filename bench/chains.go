package bench

import (
	"bytes"
	"fmt"
	"math"
	"strconv"

	"commonweal/format"
	"commonweal/vf"
)

// ChainSize is a network of chains with machines to generate, and what a plan of
// it may not exceed.
type ChainSize struct {
	Name                      string
	Chains, Demands           int // demands of each chain
	Machines, Components      int
	Milliseconds              int   // the engine's time that is aimed at, 0 where none is
	LateUnitDays, LateNeeds   int64 // the most that is aimed at, 0 where none is
	levels, parallel, perStep int
	dueDays, leadDays         float64 // on average
}

// ChainSizes are the networks cm1 and cm10: chains of five steps, the second of
// which takes a machine, and of bought components that chains share. The figures
// aimed at are those of the planner frePPLe on cm10.
var ChainSizes = []ChainSize{
	{Name: "cm1", Chains: 100, Demands: 30, Machines: 60, Components: 200, levels: 5, parallel: 5, perStep: 4, dueDays: 30, leadDays: 40},
	{Name: "cm10", Chains: 1000, Demands: 30, Machines: 600, Components: 2000, levels: 5, parallel: 5, perStep: 4, dueDays: 30, leadDays: 40,
		Milliseconds: 900, LateUnitDays: 3_098_368, LateNeeds: 25_253},
}

// ChainTables are the five lists of a network of chains, rows without a header:
// components (component, lead days, on hand, target stock, order minimum, order
// multiple), steps (chain, level, fixed days, days per unit, machine, on hand), uses
// (chain, level, component, quantity of it), machines (machine, orders at a time),
// demands (demand, chain, quantity, due hours, priority).
type ChainTables struct {
	Components, Steps, Uses, Machines, Demands []byte
}

// GenerateChains makes the tables of a network of chains, always the same ones.
func GenerateChains(s ChainSize) ChainTables {
	c := &chainMaker{ChainSize: s, r: newTwister(100), machines: make([]int, s.Machines)}
	for i := range c.machines {
		c.machines[i] = i
	}
	c.r.shuffle(c.machines)
	for i := range s.Machines {
		fmt.Fprintf(&c.out[3], "%d,%d\n", i, s.parallel)
	}
	for i := range s.Components {
		lead := max(1, int(math.Abs(math.RoundToEven(c.r.normal(s.leadDays, s.leadDays/3)))))
		onHand := int(math.RoundToEven(30 * c.r.uniform(1, 3) * float64(lead) / 30))
		fmt.Fprintf(&c.out[0], "%d,%d,%d,20,80,10\n", i, lead, onHand)
	}
	for i := range s.Chains {
		c.chain(i)
	}
	return ChainTables{c.out[0].Bytes(), c.out[1].Bytes(), c.out[2].Bytes(), c.out[3].Bytes(), c.out[4].Bytes()}
}

// chainMaker writes the tables, in the order of [ChainTables].
type chainMaker struct {
	ChainSize
	r        *twister
	machines []int
	out      [5]bytes.Buffer
}

// chain writes the demands, steps and uses of one chain.
func (c *chainMaker) chain(i int) {
	for j := range c.Demands {
		due := int(math.RoundToEven(c.r.exponential(1 / c.dueDays / 24)))
		quantity := int(c.r.uniform(1, 6))
		fmt.Fprintf(&c.out[4], "%d,%d,%d,%d,%d\n", i*c.Demands+j, i, quantity, due, 1+c.r.below(2))
	}
	for level := range c.levels {
		machine, fixed, perUnit, onHand := "", 0, 0, 0
		if level == 1 {
			k := i
			if c.Machines >= c.Chains || i >= c.Machines {
				k = c.r.below(len(c.machines))
			}
			machine, perUnit = strconv.Itoa(c.machines[k]), 1
		} else {
			fixed = 1 + c.r.below(5)
		}
		if c.r.uniform(0, 1) > 0.8 {
			onHand = int(c.r.uniform(5, 20))
		}
		fmt.Fprintf(&c.out[1], "%d,%d,%d,%d,%s,%d\n", i, level, fixed, perUnit, machine, onHand)
	}
	used := map[[2]int]bool{}
	for range c.perStep {
		at := [2]int{c.r.below(c.levels), c.r.below(c.Components)}
		for used[at] {
			at = [2]int{c.r.below(c.levels), c.r.below(c.Components)}
		}
		used[at] = true
		fmt.Fprintf(&c.out[2], "%d,%d,%d,%d\n", i, at[0], at[1], []int{1, 1, 1, 2, 3}[c.r.below(5)])
	}
}

// Graph reads the tables as the program does.
func (t ChainTables) Graph() (*vf.Graph, error) {
	now, err := vf.ParseTime(Now)
	if err != nil {
		return nil, err
	}
	file := func(name string, b []byte) format.File { return format.File{Name: name, Data: bytes.NewReader(b)} }
	return format.ReadChains(format.ChainSheets{Components: file("components.csv", t.Components), Steps: file("steps.csv", t.Steps),
		Uses: file("uses.csv", t.Uses), Machines: file("machines.csv", t.Machines), Demands: file("demands.csv", t.Demands), Now: now})
}
