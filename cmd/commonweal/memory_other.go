//go:build !unix

package main

import "runtime"

// mostMemory is the memory that the program got from the system, in bytes.
func mostMemory() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys)
}
