package main

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"commonweal/bench"
	"commonweal/plan"
)

// chains is what the process of one network of chains tells.
type chains struct {
	Stats    plan.Stats    `json:"stats"`
	Read     time.Duration `json:"read"`
	Cost     cost          `json:"cost"`
	UnitDays *big.Rat      `json:"unitDays"`
	Late     int64         `json:"late"`
	Short    *big.Rat      `json:"short"`
	Hash     string        `json:"hash"`
}

var errDiffers = errors.New("two rounds made different plans of the same facts")

func measureChains(name string, count int) (chains, error) {
	var r chains
	i := slices.IndexFunc(bench.ChainSizes, func(s bench.ChainSize) bool { return s.Name == name })
	if i < 0 {
		return r, fmt.Errorf("there is no network of chains %q", name)
	}
	tables := bench.GenerateChains(bench.ChainSizes[i])
	began := time.Now()
	g, err := tables.Graph()
	if err != nil {
		return r, err
	}
	r.Read = time.Since(began)
	var costs []cost
	for range count {
		var p *plan.Plan
		c, err := measured(func() (took time.Duration, err error) {
			p, took, err = bench.Solve(g)
			return took, err
		})
		if err != nil {
			return r, err
		}
		costs = append(costs, c)
		hash := p.Hash()
		if r.Hash != "" && r.Hash != hash {
			return r, errDiffers
		}
		l := bench.LatenessOf(p)
		r.Stats, r.Hash, r.UnitDays, r.Late, r.Short = p.Stats(), hash, l.UnitDays, l.Late, l.Short
	}
	r.Cost = best(costs)
	return r, nil
}

// printChains prints the networks with machines and weekdays. Targets of stock are
// not counted among what is late.
func printChains() error {
	fmt.Println("Chains with machines, Monday to Friday; the same plan in each round")
	fmt.Printf("%-5s %7s %9s %10s %8s %9s %9s %14s %10s %8s %8s %6s  %s\n", "size", "demands", "orders", "engine ms", "target", "user ms", "memory MB",
		"unit-late-days", "target", "late", "target", "short", "hash")
	for _, s := range bench.ChainSizes {
		var r chains
		memory, err := apart("chains", s.Name, rounds, &r)
		if err != nil {
			return err
		}
		days, _ := r.UnitDays.Float64()
		fmt.Printf("%-5s %7d %9d %10s %8s %9s %9s %14s %10s %8d %8s %6s  %.12s\n", s.Name, s.Chains*s.Demands, r.Stats.Orders,
			ms(r.Cost.Wall), aim(float64(s.Milliseconds), float64(r.Cost.Wall)/1e6), ms(r.Cost.User), mega(memory), r.UnitDays.FloatString(1),
			aim(float64(s.LateUnitDays), days), r.Late, aim(float64(s.LateNeeds), float64(r.Late)), r.Short.RatString(), r.Hash)
	}
	return nil
}
