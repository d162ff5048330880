//go:build unix

package main

import (
	"runtime"
	"syscall"
)

// mostMemory is the most memory that the program held so far, in bytes, as the
// system counts it.
func mostMemory() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return u.Maxrss // in bytes there
	}
	return u.Maxrss << 10
}
