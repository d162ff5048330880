package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"commonweal/store"
)

// Fault is what happens to one write.
type Fault int

// The fates of a write.
const (
	None Fault = iota // it is done
	Lost              // it is not done, and the answer is store.ErrUnknown
	Kept              // it is done, and the answer is store.ErrUnknown all the same
)

// Faulty is a store of which some writes fail. After a failure it takes no more
// writes until Reopen, as every store does.
type Faulty struct {
	store.Store
	Plan func(n int) Fault // the fate of the n-th write, counted from 1

	mu      sync.Mutex
	writes  int
	stopped bool
}

// Once fails the n-th write.
func Once(n int, fault Fault) func(int) Fault {
	return func(write int) Fault {
		if write == n {
			return fault
		}
		return None
	}
}

// ForGood fails the n-th write and every one after it.
func ForGood(n int, fault Fault) func(int) Fault {
	return func(write int) Fault {
		if write >= n {
			return fault
		}
		return None
	}
}

// errInjected is the cause of the failures that a Faulty makes.
var errInjected = errors.New("this write was made to fail")

// Append does what the plan says.
func (f *Faulty) Append(ctx context.Context, b store.Batch) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stopped {
		return store.ErrStopped
	}
	f.writes++
	switch f.Plan(f.writes) {
	case Lost:
		f.stopped = true
		return fmt.Errorf("%w: %w", store.ErrUnknown, errInjected)
	case Kept:
		f.stopped = true
		if err := f.Store.Append(ctx, b); err != nil {
			return err
		}
		return fmt.Errorf("%w: %w", store.ErrUnknown, errInjected)
	}
	return f.Store.Append(ctx, b)
}

// Reopen lets writes through again, as opening a store anew does.
func (f *Faulty) Reopen() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stopped = false
}

// Writes returns how many writes there were.
func (f *Faulty) Writes() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.writes
}
