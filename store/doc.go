// Package store says what the books need of the place where they are kept: a
// journal that grows, views that can be thrown away, profiles that can be
// erased, and checkpoints.
//
// # Words
//
// A [Batch] is what is made durable at once, all of it or nothing. A view is a
// named table of keys and values in key order, made from the journal by a
// domain package, so that replay rebuilds it. Two names are reserved: [Profiles]
// holds personal data by the hash that the journal names it with, and
// [Checkpoints] every signed checkpoint by its size; both are read with Get and
// Scan like views, and are written through their own members of a batch.
//
// A run is [RunLength] stored hashes of the journal's tree at consecutive places.
// Stores keep runs, one after the other, of which the last grows: a batch of a
// thousand acts begins some thirty of them, a single act adds to one. Who uses a
// store sees hashes alone.
//
// # Promises of every store
//
// What Append returned nil for is durable, also if the machine loses power in
// the next instant. A batch whose first entry is not the next one is refused
// with [ErrConflict] and nothing of it is written. If it cannot be known whether
// a batch was written, the error matches [ErrUnknown], and the store refuses all
// further batches ([ErrStopped]) until it is opened again; then the journal tells,
// and acts are sent again with the same idempotency keys. Many Appends that wait
// at the same time share one commit.
//
// The contract suite in store/storetest holds every store to this.
package store
