package main

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"commonweal/plan"
	"commonweal/vf"
)

// reasoned are the networks of which reasons are asked, and how many milliseconds
// 99 of 100 answers may take, 0 where none is aimed at. Where something lacks, or a
// machine is full, the pegs of a whole part are indexed for each answer.
var reasoned = []struct {
	name  string
	count int
	p99   float64
}{{"S", 1000, 0}, {"M", 1000, 0}, {"L", 1000, 10}, {"S late", 50, 0}, {"cm1", 50, 0}}

// reasons is what the process of one network tells: the time of each answer, sorted.
type reasons struct {
	Down  []time.Duration `json:"down"` // why a need is as it is: what it rests on
	Rests int             `json:"rests"`
	Up    []time.Duration `json:"up"` // which needs a process or taking serves
	Needs int             `json:"needs"`
}

// followed is how many changes the plan has followed that is asked.
const followed = 20

func measureReasons(name string, count int) (reasons, error) {
	var r reasons
	p, d, err := begin(name)
	if err != nil {
		return r, err
	}
	for range followed {
		c := d.next()
		if p, _, err = p.Change(c); err != nil {
			return r, err
		}
		d.keep(c)
	}
	for range count {
		if err := r.ask(p, d); err != nil {
			return r, err
		}
	}
	slices.Sort(r.Down)
	slices.Sort(r.Up)
	return r, nil
}

// ask asks why a need is as it is, and then whom something that it rests on serves.
func (r *reasons) ask(p *plan.Plan, d *draws) error {
	began := time.Now()
	why, err := p.Why(d.graph.Intents[d.needs[d.r.IntN(len(d.needs))]].ID)
	if err != nil {
		return err
	}
	r.Down = append(r.Down, time.Since(began))
	r.Rests += len(why.Rests)
	id := proposed(why.Rests, d.r)
	if id == "" {
		return nil // it takes from stock alone
	}
	began = time.Now()
	serves, err := p.Serves(id)
	if err != nil {
		return err
	}
	r.Up = append(r.Up, time.Since(began))
	for _, x := range serves.Gives {
		r.Needs += len(x.Needs)
	}
	return nil
}

// proposed draws a proposed process or taking of those that a need rests on.
func proposed(rests []plan.Rest, r *rand.Rand) vf.ID {
	var ids []vf.ID
	for _, x := range rests {
		if id := cmp.Or(x.Process, x.Flow); strings.HasPrefix(string(id), "plan/") {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return ""
	}
	return ids[r.IntN(len(ids))]
}

// printReasons prints what an answer costs, down from a need and up from a process.
func printReasons() error {
	fmt.Printf("Why a need is as it is (down), and which needs a process or taking serves (up), drawn by lot, of a plan that has followed %d changes\n", followed)
	fmt.Printf("%-7s %8s %9s %9s %8s %8s %9s %9s %8s %8s\n", "network", "answers", "down p50", "down p99", "target", "rests", "up p50", "up p99", "target", "needs")
	for _, x := range reasoned {
		var r reasons
		if _, err := apart("reasons", x.name, x.count, &r); err != nil {
			return err
		}
		down, up := at(r.Down, 99), at(r.Up, 99)
		fmt.Printf("%-7s %8d %9s %9s %8s %8.1f %9s %9s %8s %8.1f\n", x.name, len(r.Down), ms(at(r.Down, 50)), ms(down), aim(x.p99, float64(down)/1e6), float64(r.Rests)/float64(len(r.Down)),
			ms(at(r.Up, 50)), ms(up), aim(x.p99, float64(up)/1e6), float64(r.Needs)/float64(max(1, len(r.Up))))
	}
	return nil
}
