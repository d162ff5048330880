package storetest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"commonweal/rule"
	"commonweal/store"
)

func testBackup(t *testing.T, open Open) {
	s, place := begin(t, open)
	ctx, books := t.Context(), NewBooks()
	for n := range 10 {
		must(t, s.Append(ctx, books.Next(t, fmt.Sprint(n))))
	}
	want := books.State.Tree()
	tree, err := s.Backup(ctx, place+".copy")
	if err != nil || tree != want {
		t.Errorf("the backup has %v, the books %v: %v", tree, want, err)
	}
	_, err = s.Backup(ctx, place+".copy")
	var r *rule.Refusal
	if !errors.As(err, &r) || r.Rule != "storeExists" {
		t.Errorf("a second backup to the same path was answered with %v", err)
	}
	nowhere := filepath.Join(place+".none", "copy")
	if _, err := s.Backup(ctx, nowhere); err == nil {
		t.Error("a backup to a folder that is not there was made")
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Backup(ended, place+".ended"); !errors.Is(err, context.Canceled) {
		t.Errorf("a backup in an ended context was answered with %v", err)
	}
	if left, err := filepath.Glob(place + ".ended*"); err != nil || len(left) > 0 {
		t.Errorf("a backup that was broken off left %v, %v", left, err)
	}
}

// testBackupInUse makes backups while acts are appended: each is the journal as
// it was at some moment.
func testBackupInUse(t *testing.T, open Open) {
	s, place := begin(t, open)
	books := NewBooks()
	trees := map[int64]string{}
	must(t, s.Append(t.Context(), books.Next(t, "first")))
	trees[1] = books.State.Tree().Hash.String()
	done := make(chan struct{})
	var wait sync.WaitGroup
	var seen sync.Mutex
	wait.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-done:
				return
			default:
			}
			b := books.Next(t, fmt.Sprint(n))
			seen.Lock()
			trees[books.State.Size()] = books.State.Tree().Hash.String()
			seen.Unlock()
			b.Checkpoint = books.Checkpoint(t)
			if err := s.Append(context.Background(), b); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for n := range 5 {
		tree, err := s.Backup(t.Context(), fmt.Sprint(place, ".copy", n))
		seen.Lock()
		if err != nil || trees[tree.N] != tree.Hash.String() {
			t.Errorf("the backup has %v, the books had %s: %v", tree, trees[tree.N], err)
		}
		seen.Unlock()
	}
	close(done)
	wait.Wait()
}

// testNested reads rows inside of reading, many at a time: none waits for the others.
func testNested(t *testing.T, open Open) {
	s, _ := begin(t, open)
	ctx, books := t.Context(), NewBooks()
	for n := range 3 {
		must(t, s.Append(ctx, books.Next(t, fmt.Sprint(n))))
	}
	var inside, outside sync.WaitGroup
	inside.Add(20)
	for range 20 {
		outside.Go(func() {
			first := true
			if err := s.Scan(ctx, "key", func(key string, value []byte) error {
				if first {
					inside.Done()
					inside.Wait() // until all are in the middle of a scan
					first = false
				}
				got, err := s.Get(ctx, "key", key)
				if err == nil && string(got) != string(value) {
					err = fmt.Errorf("the row %s is %q inside and %q outside", key, got, value)
				}
				return err
			}); err != nil {
				t.Error(err)
			}
			if report, err := store.Verify(ctx, s, nil, ""); err != nil || !report.Sound() {
				t.Errorf("verifying beside others: %+v, %v", report, err)
			}
		})
	}
	outside.Wait()
}
