package node

import (
	"context"
	"runtime"

	"commonweal/journal"
	"commonweal/store"
)

// ahead is an entry that was read before its turn, with its records.
type ahead struct {
	reading journal.Reading
	records []said
	err     error // of the records
}

// How many entries, and about how many bytes of them, are read by one goroutine.
const (
	inChunk    = 128
	chunkBytes = 1 << 20
)

// readAhead gives the entries of a source from a sequence on, in order. They are read on
// all processors, a few ahead of the one that is given: reading takes as long as entering.
func readAhead(ctx context.Context, s store.Source, from int64, f func(*ahead) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop() // also where f panics, so that nothing goes on reading
	chunks := make(chan chan []ahead, 2*runtime.GOMAXPROCS(0))
	ended := make(chan error, 1)
	go func() {
		defer close(chunks)
		ended <- fetchChunks(ctx, s, from, chunks)
	}()
	var err error
	for chunk := range chunks {
		list := <-chunk
		for i := 0; i < len(list) && err == nil; i++ {
			err = f(&list[i])
		}
		if err != nil {
			stop() // what is on the way is waited for
		}
	}
	stop()
	if read := <-ended; err == nil {
		err = read
	}
	return err
}

// fetchChunks reads entries and has each chunk of them decoded.
func fetchChunks(ctx context.Context, s store.Source, from int64, chunks chan<- chan []ahead) error {
	var raws [][]byte
	size := 0
	decode := func() error {
		chunk, list := make(chan []ahead, 1), raws
		raws, size = nil, 0
		select {
		case chunks <- chunk:
		case <-ctx.Done():
			return ctx.Err()
		}
		go func() { chunk <- decoded(list) }()
		return nil
	}
	err := s.Entries(ctx, from, func(_ int64, raw []byte) error {
		raws, size = append(raws, raw), size+len(raw)
		if len(raws) < inChunk && size < chunkBytes {
			return nil
		}
		return decode()
	})
	if err == nil && len(raws) > 0 {
		err = decode()
	}
	return err
}

func decoded(raws [][]byte) []ahead {
	list := make([]ahead, len(raws))
	for i, raw := range raws {
		list[i].reading = journal.Read(raw)
		if e := list[i].reading.Entry; e != nil {
			list[i].records, list[i].err = saidBy(&e.Act)
		}
	}
	return list
}
