package main

import (
	"fmt"
	"slices"
	"time"

	"commonweal/bench"
	"commonweal/plan"
)

// size is what the process of one size tells.
type size struct {
	Stats plan.Stats    `json:"stats"`
	Read  time.Duration `json:"read"` // from spreadsheets to records
	Cost  cost          `json:"cost"`
}

func measureSize(name string, count int) (size, error) {
	all := slices.Concat(bench.Sizes, bench.LateSizes)
	i := slices.IndexFunc(all, func(s bench.Size) bool { return s.Name == name })
	if i < 0 {
		return size{}, fmt.Errorf("there is no size %q", name)
	}
	sheets := bench.Generate(all[i])
	began := time.Now()
	g, err := sheets.Graph()
	if err != nil {
		return size{}, err
	}
	r := size{Read: time.Since(began)}
	var costs []cost
	for range count {
		c, err := measured(func() (took time.Duration, err error) {
			r.Stats, took, err = bench.Plan(all[i], g)
			return took, err
		})
		if err != nil {
			return size{}, err
		}
		costs = append(costs, c)
	}
	r.Cost = best(costs)
	return r, nil
}

// printSizes prints the networks that can be had in time: time, memory, growth.
// Memory is that of a process that reads and plans once.
func printSizes() error {
	fmt.Println("Networks of shared components, all in time; “!” is over what is aimed at")
	fmt.Printf("%-7s %9s %9s %10s %8s %9s %9s %9s %8s %9s %10s %8s\n", "size", "orders", "links", "engine ms", "target", "user ms", "ns/order", "memory MB", "target", "objects", "allocated", "read ms")
	for _, s := range bench.Sizes {
		var r, once size
		if _, err := apart("sizes", s.Name, rounds, &r); err != nil {
			return err
		}
		memory, err := apart("sizes", s.Name, 1, &once)
		if err != nil {
			return err
		}
		fmt.Printf("%-7s %9d %9d %10s %8s %9s %9d %9s %8s %9d %7s MB %8s\n", s.Name, r.Stats.Orders, r.Stats.Links, ms(r.Cost.Wall),
			aim(float64(s.Milliseconds), float64(r.Cost.Wall)/1e6), ms(r.Cost.User), r.Cost.Wall.Nanoseconds()/int64(r.Stats.Orders),
			mega(memory), aim(float64(s.Megabytes), float64(memory)/(1<<20)), r.Cost.Objects, mega(int64(r.Cost.Allocated)), ms(r.Read))
	}
	return nil
}

// printLate prints the same networks with what is due first coming late.
func printLate() error {
	fmt.Println("The same networks, everything due 40 days earlier")
	fmt.Printf("%-7s %9s %9s %9s %10s %9s %9s\n", "size", "needs", "late", "orders", "engine ms", "user ms", "ns/order")
	for _, s := range bench.LateSizes {
		var r size
		if _, err := apart("sizes", s.Name, rounds, &r); err != nil {
			return err
		}
		fmt.Printf("%-7s %9d %9d %9d %10s %9s %9d\n", s.Name, r.Stats.Needs, r.Stats.Late, r.Stats.Orders, ms(r.Cost.Wall), ms(r.Cost.User), r.Cost.Wall.Nanoseconds()/int64(r.Stats.Orders))
	}
	return nil
}
