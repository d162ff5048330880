package store_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"commonweal/journal"
	"commonweal/store"
)

// hashAt is the hash that stands at a place in these tests.
func hashAt(place int64) tlog.Hash { return sha256.Sum256(fmt.Append(nil, place)) }

// entriesWith are entries that follow each other, with their hashes.
func entriesWith(from, to int64) (list []journal.Sealed) {
	for seq := from; seq < to; seq++ {
		e := journal.Sealed{Seq: seq}
		for place := tlog.StoredHashIndex(0, seq); place < tlog.StoredHashCount(seq+1); place++ {
			e.Hashes = append(e.Hashes, hashAt(place))
		}
		list = append(list, e)
	}
	return list
}

// kept are runs as a store keeps them.
type kept map[int64][]byte

// put puts what entries come to behind what is there.
func (k kept) put(t testing.TB, entries []journal.Sealed) {
	var runs store.Runs
	for i := range entries {
		runs.Add(&entries[i])
	}
	for i, r := range runs {
		if len(k[r.Number]) != r.Held || i > 0 && (r.Held > 0 || r.Number != runs[i-1].Number+1) {
			t.Errorf("run %d, with %d bytes, gains something behind %d", r.Number, len(k[r.Number]), r.Held)
		}
		k[r.Number] = append(k[r.Number], r.Hashes...)
	}
}

func (k kept) read(places []int64) ([]tlog.Hash, error) {
	asked := map[int64]bool{}
	return store.HashesIn(context.Background(), places, func(_ context.Context, numbers []int64, f func(int64, []byte) error) error {
		if len(numbers) > 3 {
			return fmt.Errorf("%d runs are asked for at once", len(numbers))
		}
		for _, number := range slices.Backward(numbers) {
			if asked[number] {
				return fmt.Errorf("run %d is asked for twice", number)
			}
			asked[number] = true
			if run, ok := k[number]; ok {
				if err := f(number, run); err != nil {
					return err
				}
			}
		}
		return nil
	}, 3, fmt.Errorf)
}

// TestHashesComeBackFromRuns puts entries in batches of any size, and reads any of their
// hashes.
func TestHashesComeBackFromRuns(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		k, size := kept{}, int64(0)
		for _, more := range rapid.SliceOfN(rapid.Int64Range(1, 200), 1, 8).Draw(rt, "batches") {
			k.put(t, entriesWith(size, size+more))
			size += more
		}
		count := tlog.StoredHashCount(size)
		for number, run := range k {
			if want := min(store.RunLength, count-number*store.RunLength) * tlog.HashSize; int64(len(run)) != want {
				rt.Fatalf("run %d has %d bytes, not %d", number, len(run), want)
			}
		}
		places := rapid.SliceOf(rapid.Int64Range(0, count-1)).Draw(rt, "places")
		list, err := k.read(places)
		if err != nil || len(list) != len(places) {
			rt.Fatal(len(list), err)
		}
		for i, place := range places {
			if list[i] != hashAt(place) {
				rt.Errorf("the hash at %d is another", place)
			}
		}
	})
}

func TestHashesThatAreNotThere(t *testing.T) {
	t.Parallel()
	k := kept{}
	k.put(t, entriesWith(0, 100)) // 197 hashes
	delete(k, 1)
	k[2] = k[2][:31]
	for place, want := range map[int64]string{
		-1: "the stored hash -1 is missing", 60: "the stored hash 60 is missing", 119: "the stored hash 119 is missing",
		120: "the stored hashes from 120 on have 31 bytes", 197: "the stored hash 197 is missing", 240: "the stored hash 240 is missing",
	} {
		if _, err := k.read([]int64{0, place}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the hash at %d was answered with %v", place, err)
		}
	}
	k[0] = append(k[0], k[0][:32]...)
	if _, err := k.read([]int64{5}); err == nil || !strings.Contains(err.Error(), "have 1952 bytes") {
		t.Errorf("a run that is too long was answered with %v", err)
	}
}
