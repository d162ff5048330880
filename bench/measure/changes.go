package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"commonweal/bench"
	"commonweal/plan"
	"commonweal/vf"
)

// changing is a network of which one need after another changes.
type changing struct {
	name     string
	graph    func() (*vf.Graph, error)
	count    int
	p50, p99 float64 // milliseconds aimed at, 0 where none are
}

// changings are the networks whose needs change. In those where something lacks,
// or a machine is full, a change reaches all that is coupled with it.
var changings = []changing{
	{"S", sizeGraph(bench.Sizes[0]), 1000, 0, 0},
	{"M", sizeGraph(bench.Sizes[1]), 1000, 0, 0},
	{"L", sizeGraph(bench.Sizes[2]), 1000, 1, 5},
	{"S late", sizeGraph(bench.LateSizes[0]), 100, 0, 0},
	{"cm1", chainGraph(bench.ChainSizes[0]), 100, 0, 0},
	{"cm10", chainGraph(bench.ChainSizes[1]), 20, 0, 0},
}

func sizeGraph(s bench.Size) func() (*vf.Graph, error) {
	return func() (*vf.Graph, error) { return bench.Generate(s).Graph() }
}

func chainGraph(s bench.ChainSize) func() (*vf.Graph, error) {
	return func() (*vf.Graph, error) { return bench.GenerateChains(s).Graph() }
}

// changes is what the process of one network tells.
type changes struct {
	Needs    int             `json:"needs"`
	Times    []time.Duration `json:"times"` // of each change with its diff, sorted
	Told     []time.Duration `json:"told"`  // of writing the lines of each diff out, sorted
	Lines    int             `json:"lines"` // of all diffs
	Anew     time.Duration   `json:"anew"`  // of planning the last facts anew
	Branches []time.Duration `json:"branches"`
	Bytes    int64           `json:"bytes"` // that the branches hold beside what they share
}

var errNotAnew = errors.New("the plan that followed the changes is not the one that is made anew")

// draws gives out changes of needs by lot, always the same ones.
type draws struct {
	graph vf.Graph // with the changes
	needs []int    // places in the intents
	r     *rand.Rand
}

func newDraws(g *vf.Graph) *draws {
	d := &draws{graph: *g, r: rand.New(rand.NewPCG(1, 2))} //nolint:gosec // the same lots on each run
	d.graph.Intents = slices.Clone(g.Intents)
	for k, i := range g.Intents {
		if i.Receiver != "" && i.Keep == "" {
			d.needs = append(d.needs, k)
		}
	}
	return d
}

// next is a change of one need: another quantity, or due up to ten days later.
func (d *draws) next() plan.FactChange {
	k := d.needs[d.r.IntN(len(d.needs))]
	before := d.graph.Intents[k]
	after := *before
	if d.r.IntN(2) == 0 {
		for after.ResourceQuantity == before.ResourceQuantity {
			after.ResourceQuantity.HasNumericalValue = vf.Whole(1 + d.r.Int64N(9))
		}
	} else {
		after.Due = vf.At(before.Due.Unix() + 86400*(1+d.r.Int64N(10)))
	}
	return plan.FactChange{Before: before, After: &after}
}

// keep makes a change one of the facts.
func (d *draws) keep(c plan.FactChange) {
	before, after := c.Before.(*vf.Intent), c.After.(*vf.Intent)
	d.graph.Intents[slices.Index(d.graph.Intents, before)] = after
}

// begin plans a network that is to change, and draws its changes.
func begin(name string) (*plan.Plan, *draws, error) {
	k := slices.IndexFunc(changings, func(c changing) bool { return c.name == name })
	if k < 0 {
		return nil, nil, fmt.Errorf("there is no network %q to change", name)
	}
	g, err := changings[k].graph()
	if err != nil {
		return nil, nil, err
	}
	p, _, err := bench.Solve(g)
	return p, newDraws(g), err
}

func measureChanges(name string, count int) (changes, error) {
	var r changes
	p, d, err := begin(name)
	if err != nil {
		return r, err
	}
	r.Needs = len(d.needs)
	if err := r.branches(p, d); err != nil {
		return r, err
	}
	for range count {
		c := d.next()
		began := time.Now()
		next, diff, err := p.Change(c)
		if err != nil {
			return r, err
		}
		r.Times = append(r.Times, time.Since(began))
		began = time.Now()
		r.Lines += len(diff.Lines())
		r.Told = append(r.Told, time.Since(began))
		d.keep(c)
		p = next
	}
	slices.Sort(r.Times)
	slices.Sort(r.Told)
	anew, took, err := bench.Solve(&d.graph)
	if err != nil {
		return r, err
	}
	if r.Anew = took; anew.Hash() != p.Hash() {
		return r, errNotAnew
	}
	return r, nil
}

// branchCount is how many plans are held beside the first, each with one need
// changed.
const branchCount = 10

// branches measures what-if: plans that are kept beside the one they differ from.
func (r *changes) branches(p *plan.Plan, d *draws) error {
	var before, after runtime.MemStats
	var kept []*plan.Plan
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range branchCount {
		began := time.Now()
		other, _, err := p.Change(d.next())
		if err != nil {
			return err
		}
		r.Branches = append(r.Branches, time.Since(began))
		kept = append(kept, other)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	r.Bytes = (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / int64(len(kept))
	runtime.KeepAlive(kept)
	slices.Sort(r.Branches)
	return nil
}

// at is the time under which so many per cent of the sorted times are.
func at(times []time.Duration, percent int) time.Duration {
	return times[min(len(times)-1, len(times)*percent/100)]
}

// printChanges prints what one changed need costs, with its diff; "told" is what it
// costs beside to write the lines of the diff out in words.
func printChanges() error {
	fmt.Println("One need after another changes: the plan follows, and says what is different. At the end it is the plan made anew, or the measurement stops")
	fmt.Printf("%-7s %7s %8s %8s %7s %8s %7s %8s %9s %8s %8s %10s %10s\n", "network", "needs", "changes", "p50 ms", "target", "p99 ms", "target", "most ms", "lines", "told ms", "anew ms", "what-if ms", "what-if kB")
	for _, c := range changings {
		var r changes
		if _, err := apart("changes", c.name, c.count, &r); err != nil {
			return err
		}
		p50, p99 := at(r.Times, 50), at(r.Times, 99)
		fmt.Printf("%-7s %7d %8d %8s %7s %8s %7s %8s %9.1f %8s %8s %10s %10d\n", c.name, r.Needs, len(r.Times), ms(p50), aim(c.p50, float64(p50)/1e6), ms(p99), aim(c.p99, float64(p99)/1e6),
			ms(r.Times[len(r.Times)-1]), float64(r.Lines)/float64(len(r.Times)), ms(at(r.Told, 50)), ms(r.Anew), ms(at(r.Branches, 50)), r.Bytes>>10)
	}
	return nil
}
