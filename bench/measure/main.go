// Command measure plans the networks S, M and L, each in a process of its own so
// that its memory can be told, and prints a table: engine time from records to
// pegged plan (best of five), memory, orders and links, beside the targets.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"syscall"
	"time"

	"commonweal/bench"
	"commonweal/plan"
)

const rounds = 5

// result is what the process of one size tells.
type result struct {
	Stats  plan.Stats    `json:"stats"`
	Read   time.Duration `json:"read"`
	Engine time.Duration `json:"engine"`
	Memory int64         `json:"memory"` // bytes, the most held
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 1 {
		return one(args[0])
	}
	fmt.Printf("%d processors, %s; engine: best of %d, from records to pegged plan\n\n", runtime.NumCPU(), runtime.Version(), rounds)
	fmt.Printf("%-4s  %9s  %9s  %11s  %10s  %9s  %9s  %8s\n", "size", "orders", "links", "read ms", "engine ms", "target", "memory MB", "target")
	for _, s := range bench.Sizes {
		r, err := apart(s)
		if err != nil {
			return err
		}
		fmt.Printf("%-4s  %9d  %9d  %11.0f  %10.1f  %9d  %9d  %8s\n", s.Name, r.Stats.Orders, r.Stats.Links,
			ms(r.Read), ms(r.Engine), s.Milliseconds, r.Memory>>20, aim(s.Megabytes))
	}
	return nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func aim(megabytes int) string {
	if megabytes == 0 {
		return "–"
	}
	return fmt.Sprint(megabytes)
}

// apart measures one size in a process of its own.
func apart(s bench.Size) (result, error) {
	var r result
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	cmd := exec.CommandContext(context.Background(), self, s.Name)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(out, &r); err != nil {
		return r, err
	}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.Memory = usage.Maxrss << 10
	}
	return r, nil
}

// one plans one size and prints what it took, as JSON.
func one(name string) error {
	i := slices.IndexFunc(bench.Sizes, func(s bench.Size) bool { return s.Name == name })
	if i < 0 {
		return fmt.Errorf("there is no size %q", name)
	}
	size := bench.Sizes[i]
	sheets := bench.Generate(size)
	began := time.Now()
	g, err := sheets.Graph()
	if err != nil {
		return err
	}
	r := result{Read: time.Since(began)}
	for round := range rounds {
		stats, took, err := bench.Plan(size, g)
		if err != nil {
			return err
		}
		if round == 0 || took < r.Engine {
			r.Stats, r.Engine = stats, took
		}
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}
