// Package webtest runs the built program as a server and asks it as people and
// programs do. It is for tests and measurements alone.
//
// # Words
//
// A [Server] is a process of its own, which can be killed at any moment and started
// again at the same address. A [Person] is somebody who signed in there. A
// [Follower] holds a subscription and, like a browser, comes again by itself with
// the last event that it got.
//
// # Limits
//
// The server ends with the program that started it (on Linux), or when it is
// stopped. Everything stays on the loopback.
package webtest
