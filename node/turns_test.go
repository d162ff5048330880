package node_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"sync"
	"testing"
	"time"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/store"
	"commonweal/store/postgres"
	"commonweal/store/postgres/pgtest"
	"commonweal/vf"
)

// sharedSigner signs for every process of a network.
var sharedSigner = journal.NewSigner(ed25519.NewKeyFromSeed([]byte("a seed of thirty-two bytes, here")))

// process opens the books of a database as one server of several does.
func process(t *testing.T, url string, wait time.Duration) *node.Node {
	t.Helper()
	ctx := context.Background()
	s, err := postgres.Join(ctx, url, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	n, err := node.Share(ctx, s, func(ctx context.Context) (store.Store, error) { return s.Moment(ctx) }, node.Options{Signer: sharedSigner, Wait: wait}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Close() })
	return n
}

// commonBooks begins books in a database, with ten kilograms of flour.
func commonBooks(t *testing.T) string {
	t.Helper()
	url, ctx := pgtest.URL(t), context.Background()
	s, err := postgres.Create(ctx, url, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	n, err := node.Create(ctx, s, "https://example.org/shared/", "agent/a", node.Options{Signer: sharedSigner})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	_, err = n.Do(ctx, node.Act{Kind: journal.Declare, Author: "agent/a", Key: "begin", Records: []vf.Record{
		&vf.Unit{ID: "unit/kg", Label: "kilogram", Symbol: "kg", OmUnitIdentifier: "kilogram"}, &vf.Agent{ID: "agent/a", Type: "Organization", Name: "A"},
		&vf.ResourceSpecification{ID: "spec/flour", Name: "flour", DefaultUnitOfResource: "unit/kg"},
		&vf.ProcessSpecification{ID: "process-spec/bake", Name: "bake"}, &vf.Process{ID: "process/bake", Name: "bake", BasedOn: "process-spec/bake"},
		&vf.EconomicResource{ID: "resource/flour", Name: "flour", ConformsTo: "spec/flour", PrimaryAccountable: "agent/a", AccountingQuantity: one("10", "unit/kg"), OnhandQuantity: one("10", "unit/kg")},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return url
}

func take(key string) node.Act {
	return node.Act{Kind: journal.Record, Author: "agent/a", Key: key, Records: []vf.Record{&vf.EconomicEvent{ID: vf.ID("event/" + key), Action: vf.Consume, InputOf: "process/bake",
		Provider: "agent/a", Receiver: "agent/a", ResourceInventoriedAs: "resource/flour", ResourceQuantity: one("1", "unit/kg")}}}
}

// TestProcessesDoNotTakeTheSameTwice has three processes take from one heap at the
// same time, more than there is of it: as much is taken as there was, and each
// process sees the same in the end.
func TestProcessesDoNotTakeTheSameTwice(t *testing.T) {
	t.Parallel()
	url := commonBooks(t)
	nodes := []*node.Node{process(t, url, time.Minute), process(t, url, time.Minute), process(t, url, time.Minute)}
	var mu sync.Mutex
	taken, refused := 0, 0
	var wait sync.WaitGroup
	for i, n := range nodes {
		wait.Go(func() {
			for k := range 6 {
				_, err := n.Do(context.Background(), take(fmt.Sprintf("%d-%d", i, k)))
				mu.Lock()
				switch {
				case err == nil:
					taken++
				case isRefused(err, "belowZero"):
					refused++
				default:
					t.Error(err)
				}
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	if taken != 10 || refused != 8 {
		t.Errorf("%d taken and %d refused of 18, with 10 there; want 10 and 8", taken, refused)
	}
	last := nodes[0].Journal().Size()
	for i, n := range nodes {
		if last = max(last, n.Journal().Size()); !reaches(n, 12) {
			t.Errorf("process %d has read %d entries, want 12", i, n.Journal().Size())
		}
	}
	if last != 12 {
		t.Errorf("%d entries, want 12", last)
	}
	if list, err := nodes[1].Replay(context.Background()); err != nil || len(list) > 0 {
		t.Errorf("the views differ from the journal: %v %v", list, err)
	}
}

func reaches(n *node.Node, size int64) bool {
	for range 1000 {
		if n.Journal().Size() >= size {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

func isRefused(err error, name rule.Name) bool {
	r, ok := err.(*rule.Refusal)
	return ok && r.Rule == name
}

// TestAProcessHearsOfTheOthers sees that what one process enters is heard of in
// another, personal data with it, and gone there when it is erased.
func TestAProcessHearsOfTheOthers(t *testing.T) {
	t.Parallel()
	url := commonBooks(t)
	a, b := process(t, url, time.Minute), process(t, url, time.Minute)
	heard := make(chan node.Change, 8)
	defer b.Subscribe(func(c node.Change) { heard <- c })()
	ctx := context.Background()
	name := func() string {
		r, err := b.Record("agent/ann")
		if err != nil {
			t.Fatal(err)
		}
		return r.(*vf.Agent).Name
	}
	for _, step := range []struct {
		act  node.Act
		want string
	}{
		{node.Act{Kind: journal.Declare, Key: "1", Records: []vf.Record{&vf.Agent{ID: "agent/ann", Type: "Person", Name: "Ann"}}}, "Ann"},
		{node.Act{Kind: journal.Change, Key: "2", Records: []vf.Record{&vf.Agent{ID: "agent/ann", Type: "Person", Name: "Anna"}}}, "Anna"},
		{node.Act{Kind: journal.Erase, Key: "3", Of: []vf.ID{"agent/ann"}}, ""},
	} {
		step.act.Author = "agent/a"
		if _, err := a.Do(ctx, step.act); err != nil {
			t.Fatal(err)
		}
		c := <-heard
		if len(c.Changed) != 1 || c.Changed[0] != "agent/ann" || c.Act.Kind != step.act.Kind {
			t.Errorf("heard %v of %v", c.Act.Kind, c.Changed)
		}
		if got := name(); got != step.want {
			t.Errorf("after %s the other process knows %q, want %q", step.act.Kind, got, step.want)
		}
	}
	if r, err := a.Do(ctx, take("x")); err != nil || r[0].Repeated {
		t.Fatal(r, err)
	}
	if r, err := b.Do(ctx, take("x")); err != nil || !r[0].Repeated {
		t.Errorf("the same act sent to another process: %v %v", r, err)
	}
}

// TestWhoWaitsForATurnHears sees that a process whose act waits for its turn takes in
// what the other one writes meanwhile, which gives the turn on because it is waited for.
func TestWhoWaitsForATurnHears(t *testing.T) {
	t.Parallel()
	url := commonBooks(t)
	a, b := process(t, url, time.Minute), process(t, url, time.Minute)
	a.TurnsLast(time.Hour, time.Hour)
	ctx := context.Background()
	if _, err := a.Do(ctx, take("a")); err != nil {
		t.Fatal(err)
	}
	answered := make(chan error, 1)
	go func() {
		_, err := b.Do(ctx, take("b"))
		answered <- err
	}()
	if _, err := a.Do(ctx, take("c")); err != nil {
		t.Fatal(err)
	}
	if !reaches(b, 4) {
		t.Error("while an act waits for the turn its process does not hear of the other one")
	}
	if len(answered) > 0 {
		t.Fatal("an act did not wait for the turn")
	}
	a.TurnsLast(time.Hour, 0)
	for i := 0; len(answered) == 0; i++ {
		if _, err := a.Do(ctx, node.Act{Kind: journal.Declare, Author: "agent/a", Key: fmt.Sprint(i), Records: []vf.Record{&vf.Agent{ID: vf.ID(fmt.Sprint("agent/", i)), Type: "Organization", Name: "X"}}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-answered; err != nil {
		t.Error(err)
	}
}

func TestATurnThatDoesNotCome(t *testing.T) {
	t.Parallel()
	url := commonBooks(t)
	ctx := context.Background()
	n := process(t, url, 200*time.Millisecond)
	other, err := postgres.Open(ctx, url, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Do(ctx, take("x")); !isRefused(err, "noTurn") {
		t.Errorf("while another process keeps its turn: %v", err)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = n.Do(ctx, take("x"))
	for tries := 0; isRefused(err, "noTurn") && tries < 100; tries++ { // a database may need longer than the wait to see that it ended
		_, err = n.Do(ctx, take("x"))
	}
	if err != nil {
		t.Errorf("after it ended: %v", err)
	}
}
