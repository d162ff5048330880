// Command books makes the books of a network that has been at work for long, to measure
// a server on them: entries of one event each and what such events need, or many events in
// few entries. They are entered through the door, as all acts are, into a data folder
// where nothing is.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"commonweal/host"
	"commonweal/journal"
	"commonweal/node"
	"commonweal/store/sqlite"
	"commonweal/vf"
)

const network = "http://localhost/home/"

// setting is what books are made.
type setting struct {
	data    string
	entries int // of one record each
	events  int // beyond them, in entries of a thousand
}

func main() {
	var s setting
	flag.StringVar(&s.data, "data", "", "data folder to be made")
	flag.IntVar(&s.entries, "entries", 1_000_000, "entries of one record each")
	flag.IntVar(&s.events, "events", 0, "events beside them, in entries of a thousand")
	profile := flag.String("profile", "", "file for a CPU profile of opening")
	more := flag.Int("more", 0, "with -open: enter so many entries after that, and open once more")
	opened := flag.Bool("open", false, "open the books that are there, and say how long it takes")
	flag.Parse()
	if *opened {
		if err := open(context.Background(), s.data, *profile, *more); err != nil {
			fmt.Fprintln(os.Stderr, "books:", err)
			os.Exit(1)
		}
		return
	}
	if err := run(context.Background(), s); err != nil {
		fmt.Fprintln(os.Stderr, "books:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, s setting) (err error) {
	if s.data == "" {
		return errors.New("say with -data which folder is to be made")
	}
	if err := os.MkdirAll(s.data, 0o750); err != nil {
		return err
	}
	signer, err := host.MakeKey(filepath.Join(s.data, host.KeyFile))
	if err != nil {
		return err
	}
	books, err := sqlite.Create(ctx, filepath.Join(s.data, host.BooksFile), sqlite.Options{})
	if err != nil {
		return err
	}
	n, err := node.Create(ctx, books, network, "agent/mill", node.Options{Signer: signer})
	if err != nil {
		return errors.Join(err, books.Close())
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	if err := begin(ctx, n); err != nil {
		return err
	}
	began := time.Now()
	if err := single(ctx, n, 0, s.entries); err != nil {
		return err
	}
	if s.entries > 0 {
		fmt.Printf("%d entries of one record each: %.0f/s\n", s.entries, float64(s.entries)/time.Since(began).Seconds())
	}
	began = time.Now()
	if err := large(ctx, n, s.events); err != nil {
		return err
	}
	if s.events > 0 {
		fmt.Printf("%d events in entries of a thousand: %.0f/s\n", s.events, float64(s.events)/time.Since(began).Seconds())
	}
	fmt.Printf("the journal has %d entries\n", n.Journal().Size())
	return nil
}

// day is the time of the nth record.
func day(n int) vf.Time { return vf.At(1_700_000_000 + int64(n)*60) }

func of(kg int64) vf.Measure {
	return vf.Measure{HasNumericalValue: vf.Whole(kg), HasUnit: "unit/kg"}
}

func id(kind string, n int) vf.ID { return vf.ID(kind + "/" + strconv.Itoa(n)) }

// members are how many agents work together, things how many kinds of thing there are.
const (
	members = 100
	things  = 50
)

// begin declares who works together, and with what.
func begin(ctx context.Context, n *node.Node) error {
	records := []vf.Record{
		&vf.Unit{ID: "unit/kg", Label: "kilogram", Symbol: "kg", OmUnitIdentifier: "kilogram"},
		&vf.Unit{ID: "unit/h", Label: "hour", Symbol: "h", OmUnitIdentifier: "hour"},
		&vf.Agent{ID: "agent/mill", Type: "Organization", Name: "Mill"},
	}
	for i := range members {
		records = append(records, &vf.Agent{ID: id("agent", i), Type: "Organization", Name: "Farm " + strconv.Itoa(i)})
	}
	for i := range things {
		records = append(records, &vf.ResourceSpecification{ID: id("spec", i), Name: "Yarn " + strconv.Itoa(i), DefaultUnitOfResource: "unit/kg"})
	}
	_, err := n.Do(ctx, node.Act{Kind: journal.Declare, Author: "agent/mill", Key: "begin", Records: records})
	return err
}

// perCall is how many acts are entered at once.
const perCall = 1000

// single enters acts of one record each: a process, a promise of work on it, the work,
// yarn that comes out of it, and some of it that goes to somebody else.
func single(ctx context.Context, n *node.Node, from, entries int) error {
	from = (from + perRound - 1) / perRound * perRound
	acts := make([]node.Act, 0, perCall)
	for i := range entries {
		acts = append(acts, step(from+i))
		if len(acts) == perCall || i == entries-1 {
			if _, err := n.Do(ctx, acts...); err != nil {
				return err
			}
			acts = acts[:0]
		}
	}
	return nil
}

// perRound is how many entries tell of one process.
const perRound = 10

// step is the nth act.
func step(i int) node.Act {
	round := i / perRound
	process, yarn, work := id("process", round), id("yarn", round), id("work", round)
	spec, who := id("spec", round%things), id("agent", round%members)
	a := node.Act{Kind: journal.Record, Author: "agent/mill", At: day(i), Key: strconv.Itoa(i)}
	ev := &vf.EconomicEvent{ID: id("event", i), Provider: who, Receiver: "agent/mill", HasPointInTime: day(i)}
	switch i % perRound {
	case 0:
		a.Kind, a.Records = journal.Declare, []vf.Record{&vf.Process{ID: process, Name: "Spin"}}
		return a
	case 1:
		a.Kind = journal.Commit
		a.Records = []vf.Record{&vf.Commitment{ID: work, Action: vf.Work, InputOf: process, Provider: who, Receiver: "agent/mill", ResourceConformsTo: spec,
			EffortQuantity: vf.Measure{HasNumericalValue: vf.Whole(8), HasUnit: "unit/h"}, Due: day(i + 1000)}}
		return a
	case 2:
		ev.Action, ev.InputOf, ev.Fulfills, ev.ResourceConformsTo = vf.Work, process, []vf.ID{work}, spec
		ev.EffortQuantity = vf.Measure{HasNumericalValue: vf.Whole(8), HasUnit: "unit/h"}
	case perRound - 1:
		ev.Action, ev.ResourceInventoriedAs, ev.ToResourceInventoriedAs, ev.ResourceQuantity = vf.Transfer, yarn, yarn+"/sold", of(2)
		ev.Provider, ev.Receiver = "agent/mill", who
	default:
		ev.Action, ev.OutputOf, ev.ResourceInventoriedAs, ev.ResourceConformsTo, ev.ResourceQuantity = vf.Produce, process, yarn, spec, of(1)
	}
	a.Records = []vf.Record{ev}
	return a
}

// large enters events, a thousand of one resource in an act.
func large(ctx context.Context, n *node.Node, events int) error {
	for i := 0; i < events; {
		process, yarn := id("large", i), id("lot", i)
		records := []vf.Record{&vf.Process{ID: process, Name: "Spin"}}
		for ; i < events && len(records) < perCall; i++ {
			records = append(records, &vf.EconomicEvent{ID: id("many", i), Action: vf.Produce, OutputOf: process, Provider: "agent/mill", Receiver: "agent/mill",
				ResourceInventoriedAs: yarn, ResourceConformsTo: "spec/0", ResourceQuantity: of(1), HasPointInTime: day(i)})
		}
		if _, err := n.Do(ctx, node.Act{Kind: journal.Record, Author: "agent/mill", Key: string(process), Records: records}); err != nil {
			return err
		}
	}
	return nil
}
