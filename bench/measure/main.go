// Command measure plans the networks S, M and L, those of chains with machines,
// and changes to L, and prints what it measured beside what is aimed at. Each row is
// measured in a process of its own, so that its memory can be told.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// rounds is how often each network is planned; the best counts.
const rounds = 5

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

// errUsage tells how the command is called.
var errUsage = errors.New("measure takes no arguments, or one of: sizes, late, chains, changes, reasons")

func run(args []string) error {
	if len(args) == 3 { // a process that measures one row
		count, err := strconv.Atoi(args[2])
		if err != nil {
			return errUsage
		}
		return row(args[0], args[1], count)
	}
	tables := []struct {
		name  string
		print func() error
	}{{"sizes", printSizes}, {"late", printLate}, {"chains", printChains}, {"changes", printChanges}, {"reasons", printReasons}}
	fmt.Printf("%d processors, %s; times: best of %d, from records to pegged plan\n", runtime.NumCPU(), runtime.Version(), rounds)
	known := len(args) == 0
	for _, t := range tables {
		if len(args) == 1 && args[0] != t.name {
			continue
		}
		known = true
		fmt.Println()
		if err := t.print(); err != nil {
			return err
		}
	}
	if !known {
		return errUsage
	}
	return nil
}

// row measures one row and prints it as JSON.
func row(table, name string, count int) error {
	var r any
	var err error
	switch table {
	case "sizes":
		r, err = measureSize(name, count)
	case "chains":
		r, err = measureChains(name, count)
	case "changes":
		r, err = measureChanges(name, count)
	case "reasons":
		r, err = measureReasons(name, count)
	case "copying":
		r = copySpeed(count)
	default:
		err = errUsage
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

// apart measures one row in a process of its own, and tells the most memory that
// the process held.
func apart(table, name string, count int, r any) (bytes int64, err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(context.Background(), self, table, name, strconv.Itoa(count))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("%s %s: %w", table, name, err)
	}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		bytes = usage.Maxrss << 10
	}
	return bytes, json.Unmarshal(out, r)
}

// cost is what planning took.
type cost struct {
	Wall      time.Duration `json:"wall"`
	User      time.Duration `json:"user"`      // processor time of the program itself, all processors together
	Objects   uint64        `json:"objects"`   // allocated
	Allocated uint64        `json:"allocated"` // bytes
}

// measured runs f and tells what it took; wall is the part of it that counts.
func measured(f func() (wall time.Duration, err error)) (cost, error) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	user := userTime()
	wall, err := f()
	user = userTime() - user
	runtime.ReadMemStats(&after)
	return cost{wall, user, after.Mallocs - before.Mallocs, after.TotalAlloc - before.TotalAlloc}, err
}

// best is the cost of the round that took least.
func best(list []cost) cost {
	least := list[0]
	for _, c := range list {
		if c.Wall < least.Wall {
			least = c
		}
	}
	return least
}

func userTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano())
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d.Microseconds())/1000) }

func mega(bytes int64) string { return strconv.FormatInt((bytes+1<<19)>>20, 10) }

// aim writes what is aimed at, with a mark where what was measured is over it.
func aim(target, measured float64) string {
	switch {
	case target == 0:
		return "–"
	case measured > target:
		return strconv.FormatFloat(target, 'f', -1, 64) + " !"
	}
	return strconv.FormatFloat(target, 'f', -1, 64)
}
