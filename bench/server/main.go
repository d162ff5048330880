// Command server measures a server of the built program from outside, as people and
// programs use it: acts that a thousand subscribers follow, import in batches, reads
// and start with long books, and an honest client while others abuse the server. It
// prints what it measured beside what is aimed at, with ! where that is missed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"
)

// setting is how much is measured.
type setting struct {
	program     string
	subscribers int
	rate        int           // acts a second
	time        time.Duration // of load, of each kind
	events      int           // of long books
	stores      []string      // on which it is measured
	books       string        // data folder of long books that are there already
	verify      bool          // wait until these were verified
	limit       float64       // requests a second that the server lets an address make; 0 is without
}

func main() {
	s := setting{stores: stores}
	flag.IntVar(&s.subscribers, "subscribers", 1000, "live subscribers")
	flag.IntVar(&s.rate, "rate", 200, "acts a second")
	flag.DurationVar(&s.time, "time", 10*time.Second, "how long each load lasts")
	flag.IntVar(&s.events, "events", 1_000_000, "events of the long books")
	flag.StringVar(&s.books, "books", "", "data folder of books to start on, such as bench/books makes; an image is put into it")
	flag.BoolVar(&s.verify, "verify", true, "wait until these books were verified, which takes minutes")
	flag.Func("store", "only this store: SQLite or PostgreSQL", func(name string) error { s.stores = []string{name}; return nil })
	flag.Parse()
	if err := run(s, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "server:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("usage: server [FLAGS] PROGRAM [live|long|abuse|start]…")

func run(s setting, args []string) error {
	if len(args) == 0 {
		return errUsage
	}
	if len(args) == 2 && args[0] == "abuser" { // a process of measureAbuse
		attack(args[1])
		return nil
	}
	if len(args) == 1 && args[0] == "listener" { // another one
		return listen()
	}
	s.program = args[0]
	fmt.Printf("%d processors, %s; client and server share them\n", runtime.NumCPU(), runtime.Version())
	ctx := context.Background()
	parts := []struct {
		name string
		do   func(context.Context, setting) error
	}{{"live", measureLive}, {"long", measureLong}, {"abuse", measureAbuse}, {"start", measureStart}}
	for _, p := range parts {
		if len(args) > 1 && !slices.Contains(args[1:], p.name) || p.name == "start" && s.books == "" {
			continue
		}
		if err := p.do(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

// line prints a figure beside what is aimed at: most is whether it is the most that
// it should be, else the least; 0 is no aim.
func line(what string, got, aim float64, unit string, most bool) {
	mark, aimed := " ", ""
	if aim != 0 {
		aimed = fmt.Sprintf("%.0f %s", aim, unit)
		if most && got > aim || !most && got < aim {
			mark = "!"
		}
	}
	fmt.Printf("  %-52s %12.1f %-8s %s %s\n", what, got, unit, mark, aimed)
}

// part is the value under which a part of a list is; the list is put in order.
func part(list []time.Duration, of float64) float64 {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return float64(list[min(len(list)-1, int(of*float64(len(list))))]) / float64(time.Millisecond)
}
