package store

import (
	"context"

	"golang.org/x/mod/sumdb/tlog"

	"commonweal/journal"
)

// RunLength is how many stored hashes a full run has. Its 1,920 bytes fit twice into a
// page of SQLite and four times into one of PostgreSQL, which puts longer rows elsewhere.
const RunLength = 60

// Run is what a run of stored hashes gains.
type Run struct {
	Number int64  // the run with the places Number*RunLength to Number*RunLength+RunLength-1
	Held   int    // how many bytes of hashes it has before, 0 if it begins
	Hashes []byte // what comes after them, tlog.HashSize bytes for each
}

// Runs are the runs that gain something, in order.
type Runs []Run

// Add puts the stored hashes of an entry after those of the entry before.
func (r *Runs) Add(e *journal.Sealed) {
	place := tlog.StoredHashIndex(0, e.Seq)
	for i := range e.Hashes {
		number, at := place/RunLength, int(place%RunLength)
		if n := len(*r); n == 0 || (*r)[n-1].Number != number {
			*r = append(*r, Run{Number: number, Held: at * tlog.HashSize, Hashes: make([]byte, 0, (RunLength-at)*tlog.HashSize)})
		}
		last := &(*r)[len(*r)-1]
		last.Hashes = append(last.Hashes, e.Hashes[i][:]...)
		place++
	}
}

// RunReader gives those runs of some numbers that there are, in any order, with all their bytes.
type RunReader func(ctx context.Context, numbers []int64, f func(number int64, hashes []byte) error) error

// HashesIn gives stored hashes in the order asked for, out of the runs that hold them, of
// which so many are read at a time. What is missing or of another length comes to the
// error that damage makes of a reason.
func HashesIn(ctx context.Context, places []int64, read RunReader, atOnce int, damage func(format string, args ...any) error) ([]tlog.Hash, error) {
	var numbers []int64
	runs := map[int64][]byte{}
	for _, place := range places {
		number := place / RunLength
		if _, known := runs[number]; !known {
			runs[number] = nil
			numbers = append(numbers, number)
		}
	}
	for len(numbers) > 0 {
		some := numbers[:min(atOnce, len(numbers))]
		numbers = numbers[len(some):]
		err := read(ctx, some, func(number int64, hashes []byte) error {
			if len(hashes)%tlog.HashSize != 0 || len(hashes) > RunLength*tlog.HashSize {
				return damage("the stored hashes from %d on have %d bytes", number*RunLength, len(hashes))
			}
			runs[number] = hashes
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	list := make([]tlog.Hash, len(places))
	for i, place := range places {
		run, at := runs[place/RunLength], int(place%RunLength)*tlog.HashSize
		if at < 0 || at >= len(run) {
			return nil, damage("the stored hash %d is missing", place)
		}
		list[i] = tlog.Hash(run[at : at+tlog.HashSize])
	}
	return list, nil
}
