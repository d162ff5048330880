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
	var all []size
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
		all = append(all, r)
	}
	return printLimit(all)
}

// printLimit prints how near netting comes to what the memory can move.
func printLimit(all []size) error {
	var speed float64
	if _, err := apart("copying", "memory", rounds, &speed); err != nil {
		return err
	}
	rows := plan.RowBytes()
	fmt.Printf("\nA row of the tables: order %d bytes, link %d, requirement %d; one processor moves %.1f GB/s (read and written)\n", rows.Order, rows.Link, rows.Requirement, speed/1e9)
	fmt.Printf("%-7s %14s %13s %15s %17s\n", "size", "links/order", "bytes/order", "at that speed", "engine takes ×")
	for i, s := range bench.Sizes {
		r := &all[i]
		bytes := rows.Touched(r.Stats)
		least := time.Duration(float64(bytes) / speed * 1e9)
		fmt.Printf("%-7s %14.2f %13d %12s ms %17.1f\n", s.Name, float64(r.Stats.Links)/float64(r.Stats.Orders), bytes/int64(r.Stats.Orders), ms(least), float64(r.Cost.Wall)/float64(least))
	}
	return nil
}

// copySpeed is how many bytes a second one processor reads and writes, copying
// from one place in memory that no cache holds to another. It has a process of its
// own, since one that is begun from a large one is counted as large.
func copySpeed(count int) float64 {
	const size = 256 << 20
	from, to := make([]byte, size), make([]byte, size)
	copy(from, to) // so that the system has given all of it
	var speed float64
	for range count {
		began := time.Now()
		copy(to, from)
		speed = max(speed, 2*size/time.Since(began).Seconds())
	}
	return speed
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
