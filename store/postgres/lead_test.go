package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"commonweal/rule"
	"commonweal/store"
	"commonweal/store/postgres"
	"commonweal/store/postgres/pgtest"
	"commonweal/store/storetest"
)

// created begins a network and closes it.
func created(t *testing.T) (address string) {
	t.Helper()
	address = pgtest.URL(t)
	s, err := postgres.Create(t.Context(), address, postgres.Options{})
	must(t, err)
	must(t, s.Close())
	return address
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func join(t *testing.T, address string) *postgres.Store {
	t.Helper()
	s, err := postgres.Join(t.Context(), address, postgres.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

func wantRule(t *testing.T, err error, name rule.Name) {
	t.Helper()
	var r *rule.Refusal
	if !errors.As(err, &r) || r.Rule != name {
		t.Errorf("got %v, not the rule %s", err, name)
	}
}

// TestAnyWait takes the lead with waits of all lengths: the database reads them as
// milliseconds, and knows no "1m30s".
func TestAnyWait(t *testing.T) {
	t.Parallel()
	address := created(t)
	for _, wait := range []time.Duration{-1, time.Microsecond, 1500 * time.Millisecond, 90 * time.Second, 10000 * time.Hour} {
		s, err := postgres.Open(t.Context(), address, postgres.Options{Wait: wait})
		if err != nil {
			t.Errorf("a wait of %s: %v", wait, err)
			continue
		}
		must(t, s.Close())
	}
}

// TestOneLeads hands the lead from one process to the next: one at a time
// writes, and each begins where the journal ended.
func TestOneLeads(t *testing.T) {
	t.Parallel()
	ctx, address, books := t.Context(), created(t), storetest.NewBooks()
	one, two := join(t, address), join(t, address)
	if err := one.Append(ctx, books.Next(t, "0")); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("one that does not lead was answered with %v", err)
	}
	books = storetest.NewBooks()
	first, lost, err := one.Lead(ctx)
	must(t, err)
	if again, _, err := one.Lead(ctx); err != nil || again != first {
		t.Errorf("asked again, the leader of epoch %d says %d, %v", first, again, err)
	}
	must(t, one.Append(ctx, books.Next(t, "0")))
	_, err = postgres.Open(ctx, address, postgres.Options{Wait: -1})
	wantRule(t, err, "storeLocked")
	soon, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if _, _, err := two.Lead(soon); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("beside a leader, leading was answered with %v", err)
	}
	done := make(chan int64)
	go func() {
		epoch, _, err := two.Lead(ctx)
		if err != nil {
			t.Error(err)
		}
		done <- epoch
	}()
	one.Resign()
	<-lost
	if second := <-done; second <= first {
		t.Errorf("the epoch %d follows %d", second, first)
	}
	must(t, two.Append(ctx, books.Next(t, "1")))
	if err := one.Append(ctx, books.Next(t, "2")); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("one that resigned was answered with %v", err)
	}
	if size, err := one.Size(ctx); size != 2 || err != nil {
		t.Errorf("the follower sees %d entries, %v", size, err)
	}
}

// TestAStaleLeaderIsRefused breaks the connection that holds the lock, behind
// the back of the leader, who goes on writing until another leads.
func TestAStaleLeaderIsRefused(t *testing.T) {
	t.Parallel()
	ctx, address, books := t.Context(), created(t), storetest.NewBooks()
	one, two := join(t, address), join(t, address)
	_, lost, err := one.Lead(ctx)
	must(t, err)
	must(t, one.Append(ctx, books.Next(t, "0")))
	must(t, pgtest.Do(address, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"+
		" AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"))
	_, _, err = two.Lead(ctx)
	must(t, err)
	must(t, two.Append(ctx, books.Next(t, "1")))
	next := books.Next(t, "2")
	if err := one.Append(ctx, next); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a stale leader was answered with %v", err)
	}
	if err := one.Append(ctx, store.Batch{Clear: []string{"key"}}); !errors.Is(err, store.ErrConflict) {
		t.Errorf("views of a stale leader were answered with %v", err)
	}
	<-lost
	must(t, two.Append(ctx, next))
	if tree, err := one.Check(ctx); err != nil || tree != books.State.Tree() {
		t.Errorf("the journal is %v, %v, not %v", tree, err, books.State.Tree())
	}
	two.Resign()
	if _, _, err := one.Lead(ctx); err != nil {
		t.Errorf("one that lost the lead does not get it again: %v", err)
	}
	must(t, one.Append(ctx, books.Next(t, "3")))
}

// TestFollowersHear checks that each follower hears of each end of the journal
// that stands, also after its connection broke.
func TestFollowersHear(t *testing.T) {
	t.Parallel()
	ctx, address, books := t.Context(), created(t), storetest.NewBooks()
	leader, follower := join(t, address), join(t, address)
	_, _, err := leader.Lead(ctx)
	must(t, err)
	var seen, troubles atomic.Int64
	ended := make(chan error)
	following, cancel := context.WithCancel(ctx)
	go func() {
		ended <- follower.Follow(following, func(size int64) {
			if before := seen.Swap(size); before > size {
				t.Errorf("the size went from %d to %d", before, size)
			}
		}, func(err error) { troubles.Add(1) })
	}()
	for n := range 20 {
		if n == 10 {
			must(t, pgtest.Do(address, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT size FROM head' AND datname = current_database()"))
		}
		must(t, leader.Append(ctx, books.Next(t, fmt.Sprint(n))))
		for seen.Load() != int64(n+1) {
			time.Sleep(time.Millisecond)
		}
	}
	if troubles.Load() == 0 {
		t.Error("the follower told of no trouble, though its connection was broken")
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("following ended with %v", err)
	}
}

// TestAMomentStays reads one moment while another process writes.
func TestAMomentStays(t *testing.T) {
	t.Parallel()
	ctx, address, books := t.Context(), created(t), storetest.NewBooks()
	s, err := postgres.Open(ctx, address, postgres.Options{})
	must(t, err)
	defer s.Close()
	for n := range 3 {
		must(t, s.Append(ctx, books.Next(t, fmt.Sprint(n))))
	}
	before := books.State.Tree()
	m, err := postgres.Read(ctx, address, postgres.Options{})
	must(t, err)
	defer m.Close()
	b := books.Next(t, "3")
	b.Clear = []string{"key"}
	must(t, s.Append(ctx, b))
	if tree, err := m.Check(ctx); err != nil || tree != before {
		t.Errorf("the moment has %v, %v, not %v", tree, err, before)
	}
	rows := 0
	must(t, m.Scan(ctx, "key", func(string, []byte) error { rows++; return nil }))
	if rows != 3 {
		t.Errorf("the moment has %d rows of 3", rows)
	}
	if err := m.Append(ctx, books.Next(t, "4")); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("a moment answered with %v", err)
	}
}

// TestNetworksAreApart keeps two networks in one database.
func TestNetworksAreApart(t *testing.T) {
	t.Parallel()
	ctx, address := t.Context(), pgtest.URL(t)
	books := map[string]*storetest.Books{}
	for i, name := range []string{"mill", "our-2nd_bakery", "main"} {
		s, err := postgres.Create(ctx, address+"&network="+name, postgres.Options{})
		must(t, err)
		defer s.Close()
		books[name] = storetest.NewBooks()
		for n := range i + 1 {
			must(t, s.Append(ctx, books[name].Next(t, fmt.Sprint(name, n))))
		}
	}
	list, err := postgres.Networks(ctx, address)
	if got := fmt.Sprint(list); err != nil || got != "[main mill our-2nd_bakery]" {
		t.Errorf("the networks are %s, %v", got, err)
	}
	for name, b := range books {
		m, err := postgres.Read(ctx, address+"&network="+name, postgres.Options{})
		must(t, err)
		if tree, err := m.Check(ctx); err != nil || tree != b.State.Tree() {
			t.Errorf("%s has %v, %v, not %v", name, tree, err, b.State.Tree())
		}
		must(t, m.Close())
	}
}
