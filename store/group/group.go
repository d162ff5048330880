// Package group lets many Appends share one commit: what waits while a commit is
// under way is gathered into the next one. Every store that writes through a
// single connection uses it; what a commit is, the store hands in.
package group

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"commonweal/store"
)

// Bounds of one commit: how many Appends, and how many bytes of entries, share it.
const (
	maxAppends = 256
	maxBytes   = 32 << 20
)

// Writer hands batches that wait to a function, many at a time, one call after
// the other.
type Writer struct {
	write  func([]*store.Batch) []error
	queue  chan *request
	done   chan struct{} // closed when the last call of write has ended
	mu     sync.RWMutex  // held for reading while a request is put into the queue
	closed bool          // under mu
}

// request is an Append that waits.
type request struct {
	batch  store.Batch
	state  atomic.Int32 // 0 waiting, 1 taken by the writer, 2 given up by the caller
	answer chan error
}

// Begin starts a writer. The function gets batches in the order of their first
// entries, those without entries first, and returns the answer to each.
func Begin(write func([]*store.Batch) []error) *Writer {
	w := &Writer{write: write, queue: make(chan *request, maxAppends), done: make(chan struct{})}
	go w.run()
	return w
}

// Append hands a batch to the writer and waits for its answer. A context that
// ends before the writing began ends the call with nothing written; after that
// it is not looked at.
func (w *Writer) Append(ctx context.Context, b store.Batch) error {
	if err := b.Check(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	r := &request{batch: b, answer: make(chan error, 1)}
	if err := w.enqueue(ctx, r); err != nil {
		return err
	}
	select {
	case err := <-r.answer:
		return err
	case <-ctx.Done():
		if r.state.CompareAndSwap(0, 2) {
			return ctx.Err()
		}
		return <-r.answer // it is being written: its outcome is what counts
	}
}

func (w *Writer) enqueue(ctx context.Context, r *request) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return store.ErrClosed
	}
	select {
	case w.queue <- r:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run writes what waits until the queue is closed.
func (w *Writer) run() {
	defer close(w.done)
	for first := range w.queue {
		group := w.gather(first)
		if len(group) == 0 {
			continue
		}
		batches := make([]*store.Batch, len(group))
		for i, r := range group {
			batches[i] = &r.batch
		}
		for i, err := range w.write(batches) {
			group[i].answer <- err
		}
	}
}

// gather takes all that waits by now, in the order of their sequences.
func (w *Writer) gather(r *request) []*request {
	var group []*request
	size := 0
	for r != nil {
		if r.state.CompareAndSwap(0, 1) {
			group = append(group, r)
			for _, e := range r.batch.Entries {
				size += len(e.Raw)
			}
		}
		if len(group) >= maxAppends || size >= maxBytes {
			break
		}
		select {
		case r = <-w.queue:
		default:
			r = nil
		}
	}
	slices.SortStableFunc(group, func(a, b *request) int { return cmp.Compare(a.batch.First(), b.batch.First()) })
	return group
}

// Close lets what waits be written, and refuses what comes after.
func (w *Writer) Close() {
	w.mu.Lock()
	already := w.closed
	w.closed = true
	w.mu.Unlock()
	if !already {
		close(w.queue)
	}
	<-w.done
}
