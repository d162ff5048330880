package storetest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"commonweal/journal"
	"commonweal/store"
)

// Open opens the store at a place, and begins it where nothing is.
type Open func(t testing.TB, place string) store.Store

// Run holds a store to the contract. Each case has a place of its own.
func Run(t *testing.T, open Open) {
	cases := []struct {
		name string
		run  func(t *testing.T, open Open)
	}{
		{"AnEmptyStoreHasNothing", testEmpty},
		{"WhatIsAppendedIsReadBack", testReadBack},
		{"AnotherSequenceIsAConflict", testConflict},
		{"ABadBatchIsRefusedWhole", testBadBatch},
		{"ViewsKeepTheirRows", testViews},
		{"RowsComeInTheOrderOfBytes", testOrder},
		{"ViewsAgreeWithAModel", testModel},
		{"ProfilesCanBeErased", testProfiles},
		{"OfManyWritersOneWins", testRace},
		{"ManyWritersLoseNothing", testManyWriters},
		{"ReadersReadWhileAWriterWrites", testReaders},
		{"AnEndedContextWritesNothing", testContext},
		{"ItIsAllThereAfterReopening", testReopen},
		{"ABackupIsTheSameJournal", testBackup},
		{"ABackupIsOfOneMoment", testBackupInUse},
		{"ReadersReadOnTheirWay", testNested},
		{"AClosedStoreTakesNothing", testClosed},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, open)
		})
	}
}

// begin opens a store at a place of its own, and closes it after the test.
func begin(t *testing.T, open Open) (s store.Store, place string) {
	t.Helper()
	place = filepath.Join(t.TempDir(), "books")
	s = open(t, place)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, place
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// rows reads a view as "key=value" lines.
func rows(t testing.TB, s store.Store, view string) string {
	t.Helper()
	var list []string
	must(t, s.Scan(context.Background(), view, func(key string, value []byte) error {
		list = append(list, fmt.Sprintf("%q=%q", key, value))
		return nil
	}))
	return strings.Join(list, "\n")
}

// sound verifies the journal of a store and returns how many entries it has.
func sound(t testing.TB, s store.Store) int64 {
	t.Helper()
	report, err := store.Verify(context.Background(), s, nil, "")
	must(t, err)
	if !report.Sound() {
		t.Fatalf("the journal is not sound: %v", report.Fault)
	}
	return report.Entries
}

func testEmpty(t *testing.T, open Open) {
	s, _ := begin(t, open)
	ctx := t.Context()
	if n := sound(t, s); n != 0 {
		t.Errorf("an empty store has %d entries", n)
	}
	for _, view := range []string{"stock", store.Profiles, store.Checkpoints} {
		if got := rows(t, s, view); got != "" {
			t.Errorf("the view %s of an empty store has %s", view, got)
		}
		if v, err := s.Get(ctx, view, store.CheckpointKey(1)); v != nil || err != nil {
			t.Errorf("the view %s of an empty store gives %q, %v", view, v, err)
		}
	}
	if _, err := s.Hashes(ctx, []int64{0}); err == nil {
		t.Error("an empty store gave a hash")
	}
	if list, err := s.Hashes(ctx, nil); len(list) != 0 || err != nil {
		t.Errorf("no hashes asked for, got %v, %v", list, err)
	}
}

func testReadBack(t *testing.T, open Open) {
	s, _ := begin(t, open)
	ctx, books := t.Context(), NewBooks()
	var want []journal.Sealed
	for n := range 10 {
		var b store.Batch
		for k := range 1 + n*n%23 {
			b.Entries = append(b.Entries, books.Next(t, fmt.Sprint(n, "-", k)).Entries...)
		}
		b.Checkpoint = books.Checkpoint(t)
		want = append(want, b.Entries...)
		must(t, s.Append(ctx, b))
	}
	for from := range int64(len(want)) + 2 {
		next := from
		must(t, s.Entries(ctx, from, func(seq int64, raw []byte) error {
			if seq != next || string(raw) != string(want[seq].Raw) {
				t.Errorf("from %d the entry %d came where %d was due, or with other bytes", from, seq, next)
			}
			next++
			return nil
		}))
		if next != max(from, int64(len(want))) {
			t.Errorf("from %d the entries ended at %d", from, next)
		}
	}
	if p, ok := s.(store.Picker); ok { // wrappers of tests may not be
		var got []int64
		must(t, p.Pick(ctx, []int64{9, 2, 999, 5}, func(seq int64, raw []byte) error {
			if got = append(got, seq); string(raw) != string(want[seq].Raw) {
				t.Errorf("the entry %d was picked with other bytes", seq)
			}
			return nil
		}))
		if fmt.Sprint(got) != "[2 5 9]" {
			t.Errorf("picked %v", got)
		}
	}
	for i := len(want) - 1; i >= 0; i-- {
		place := tlog.StoredHashIndex(0, want[i].Seq)
		got, err := s.Hashes(ctx, []int64{place + int64(len(want[i].Hashes)) - 1, place})
		must(t, err)
		if got[1] != want[i].Hashes[0] || got[0] != want[i].Hashes[len(want[i].Hashes)-1] {
			t.Errorf("the hashes of entry %d came back as others", i)
		}
	}
	if n := sound(t, s); n != int64(len(want)) {
		t.Errorf("%d entries of %d", n, len(want))
	}
	stop := errors.New("enough")
	if err := s.Entries(ctx, 0, func(int64, []byte) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the error of the reader came back as %v", err)
	}
}

func testConflict(t *testing.T, open Open) {
	s, _ := begin(t, open)
	ctx, books := t.Context(), NewBooks()
	first, second, third := books.Next(t, "one"), books.Next(t, "two"), books.Next(t, "three")
	must(t, s.Append(ctx, first))
	for name, b := range map[string]store.Batch{"a gap": third, "a repetition": first} {
		b.Views = append(b.Views, store.Put{View: "stock", Key: name, Value: []byte("1")})
		b.Profiles = []store.Put{{Key: name, Value: []byte("1")}}
		b.Checkpoint = books.Checkpoint(t)
		if err := s.Append(ctx, b); !errors.Is(err, store.ErrConflict) {
			t.Errorf("%s was answered with %v", name, err)
		}
	}
	if got := rows(t, s, "stock") + rows(t, s, store.Profiles) + rows(t, s, store.Checkpoints); got != "" {
		t.Errorf("conflicts left %s", got)
	}
	must(t, s.Append(ctx, second))
	must(t, s.Append(ctx, third))
	if n := sound(t, s); n != 3 {
		t.Errorf("%d entries after conflicts, not 3", n)
	}
}

func testBadBatch(t *testing.T, open Open) {
	s, _ := begin(t, open)
	ctx, books := t.Context(), NewBooks()
	one, two, three := books.Next(t, "one"), books.Next(t, "two"), books.Next(t, "three")
	good := store.Put{View: "stock", Key: "k", Value: []byte("v")}
	for name, b := range map[string]store.Batch{
		"a hole":            {Entries: append(append([]journal.Sealed{}, one.Entries...), three.Entries...)},
		"no hashes":         {Entries: []journal.Sealed{{Seq: 0, Raw: []byte("x")}}},
		"a reserved view":   {Views: []store.Put{good, {View: store.Profiles, Key: "k", Value: []byte("v")}}},
		"no view":           {Views: []store.Put{good, {Key: "k", Value: []byte("v")}}},
		"a reserved clear":  {Views: []store.Put{good}, Clear: []string{store.Checkpoints}},
		"a view in profile": {Profiles: []store.Put{{View: "stock", Key: "k"}}},
		"a bad checkpoint":  {Views: []store.Put{good}, Checkpoint: []byte("no note")},
	} {
		if err := s.Append(ctx, b); err == nil || errors.Is(err, store.ErrUnknown) {
			t.Errorf("%s was answered with %v", name, err)
		}
	}
	if got := rows(t, s, "stock"); got != "" {
		t.Errorf("bad batches left %s", got)
	}
	must(t, s.Append(ctx, store.Batch{Entries: append(append(one.Entries, two.Entries...), three.Entries...)}))
}

func testProfiles(t *testing.T, open Open) {
	s, _ := begin(t, open)
	ctx := t.Context()
	must(t, s.Append(ctx, store.Batch{Profiles: []store.Put{{Key: "p1", Value: []byte("Ana")}, {View: store.Profiles, Key: "p2", Value: []byte("Ben")}}}))
	must(t, s.Append(ctx, store.Batch{Profiles: []store.Put{{Key: "p1"}}, Views: []store.Put{{View: "v", Key: "p1", Value: []byte("x")}}}))
	if got := rows(t, s, store.Profiles); got != `"p2"="Ben"` {
		t.Errorf("after erasing one of two profiles there are %s", got)
	}
	if v, err := s.Get(ctx, store.Profiles, "p1"); v != nil || err != nil {
		t.Errorf("the erased profile is %q, %v", v, err)
	}
	if v, err := s.Get(ctx, store.Profiles, "p2"); string(v) != "Ben" || err != nil {
		t.Errorf("the other profile is %q, %v", v, err)
	}
}

func testRace(t *testing.T, open Open) {
	s, _ := begin(t, open)
	b := NewBooks().Next(t, "first")
	var won, lost atomic.Int32
	var wait sync.WaitGroup
	for n := range 16 {
		wait.Go(func() {
			mine := b
			mine.Views = []store.Put{{View: "winner", Key: fmt.Sprint(n), Value: []byte("x")}}
			switch err := s.Append(context.Background(), mine); {
			case err == nil:
				won.Add(1)
			case errors.Is(err, store.ErrConflict):
				lost.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if won.Load() != 1 || lost.Load() != 15 || strings.Count(rows(t, s, "winner"), "=") != 1 {
		t.Errorf("%d won and %d lost; the rows are %s", won.Load(), lost.Load(), rows(t, s, "winner"))
	}
}

func testManyWriters(t *testing.T, open Open) {
	s, _ := begin(t, open)
	books := NewBooks()
	var turn sync.Mutex
	var wait sync.WaitGroup
	for n := range 8 {
		wait.Go(func() {
			for k := range 20 {
				key := fmt.Sprintf("%d-%d", n, k)
				if err := s.Append(context.Background(), store.Batch{Views: []store.Put{{View: "free", Key: key, Value: []byte(key)}}}); err != nil {
					t.Error(err)
				}
				turn.Lock()
				err := s.Append(context.Background(), books.Next(t, key))
				turn.Unlock()
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	if n := sound(t, s); n != 160 {
		t.Errorf("%d entries of 160", n)
	}
	for _, view := range []string{"free", "key"} {
		if n := strings.Count(rows(t, s, view), "="); n != 160 {
			t.Errorf("%d rows of 160 in the view %s", n, view)
		}
	}
}

func testReaders(t *testing.T, open Open) {
	s, _ := begin(t, open)
	ctx, books := context.Background(), NewBooks()
	done := make(chan struct{})
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for last := int64(0); ; {
				n := int64(0)
				if err := s.Entries(ctx, 0, func(seq int64, _ []byte) error {
					n = seq + 1
					return nil
				}); err != nil || n < last {
					t.Errorf("a reader saw %d entries after %d: %v", n, last, err)
				}
				last = n
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for n := range 50 {
		b := books.Next(t, fmt.Sprint(n))
		must(t, s.Append(ctx, b))
		if v, err := s.Get(ctx, "key", fmt.Sprint(n)); err != nil || string(v) != fmt.Sprint(n) {
			t.Errorf("what was appended reads as %q, %v", v, err)
		}
	}
	close(done)
	wait.Wait()
}

func testContext(t *testing.T, open Open) {
	s, _ := begin(t, open)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Append(ctx, NewBooks().Next(t, "one")); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context was answered with %v", err)
	}
	if n := sound(t, s); n != 0 {
		t.Errorf("an ended context wrote %d entries", n)
	}
	must(t, s.Append(t.Context(), NewBooks().Next(t, "one")))
}

func testReopen(t *testing.T, open Open) {
	s, place := begin(t, open)
	ctx, books := t.Context(), NewBooks()
	for n := range 20 {
		b := books.Next(t, fmt.Sprint(n))
		b.Profiles = []store.Put{{Key: fmt.Sprint("p", n), Value: []byte("x")}}
		b.Checkpoint = books.Checkpoint(t)
		must(t, s.Append(ctx, b))
	}
	before := rows(t, s, "key") + rows(t, s, store.Profiles) + rows(t, s, store.Checkpoints)
	must(t, s.Close())
	again := open(t, place)
	defer again.Close()
	if after := rows(t, again, "key") + rows(t, again, store.Profiles) + rows(t, again, store.Checkpoints); after != before {
		t.Errorf("before closing:\n%s\nafter opening:\n%s", before, after)
	}
	must(t, again.Append(ctx, books.Next(t, "next")))
	report, err := store.Verify(ctx, again, [][]byte{books.Checkpoint(t)}, books.Signer.PublicKey())
	must(t, err)
	if !report.Sound() || report.Held != 21 || report.Stored != 20 {
		t.Errorf("after reopening: %+v", report)
	}
}

func testClosed(t *testing.T, open Open) {
	s, _ := begin(t, open)
	must(t, s.Close())
	if err := s.Append(t.Context(), NewBooks().Next(t, "one")); !errors.Is(err, store.ErrClosed) {
		t.Errorf("a closed store answered with %v", err)
	}
	must(t, s.Close())
}
