//go:build unix

package main

import (
	"os"
	"regexp"
	"runtime"
	"strconv"
	"syscall"
)

var highWater = regexp.MustCompile(`(?m)^VmHWM:\s+(\d+) kB$`)

// mostMemory is the most memory that the program held so far, in bytes, as the
// system counts it. Linux says it of this program alone; the older way, which
// every Unix has, counts in what the one who started it held.
func mostMemory() int64 {
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		if m := highWater.FindSubmatch(status); m != nil {
			if kB, err := strconv.ParseInt(string(m[1]), 10, 64); err == nil {
				return kB << 10
			}
		}
	}
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return u.Maxrss // in bytes there
	}
	return u.Maxrss << 10
}
