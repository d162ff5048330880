//go:build !linux

package webtest

import "syscall"

// withUs is for systems that cannot have a process end with another one.
func withUs() *syscall.SysProcAttr { return nil }
