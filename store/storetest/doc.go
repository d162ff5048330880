// Package storetest holds every store to the promises of package store.
//
// [Run] is the contract suite; each store runs it in its own tests. [Faulty]
// puts failing writes between a store and its user, for the tests of those who
// write: a write that was lost, and one that was kept though the answer was an
// error. [Books] makes batches of a small network to write.
package storetest
