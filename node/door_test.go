package node_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/store"
	"commonweal/store/sqlite"
	"commonweal/store/storetest"
	"commonweal/vf"
)

// stocked begins books with knowledge and 10 kg of wool of Ann's.
func stocked(t testing.TB) *books {
	b := begin(t)
	b.do(node.Act{Kind: journal.Declare, Key: "knowledge", Records: append(knowledge(),
		&vf.EconomicResource{ID: "resource/fleece", ConformsTo: "spec/wool", PrimaryAccountable: "agent/ann", AccountingQuantity: one("10", "unit/kg"), OnhandQuantity: one("10", "unit/kg")},
		&vf.Process{ID: "process/spin", Name: "Spin", BasedOn: "process-spec/spin"},
		&vf.Intent{ID: "need/yarn", Action: vf.Transfer, Receiver: "agent/bob", ResourceConformsTo: "spec/yarn", ResourceQuantity: one("5", "unit/kg")})})
	return b
}

func consume(id, quantity string) *vf.EconomicEvent {
	return &vf.EconomicEvent{ID: vf.ID(id), Action: vf.Consume, InputOf: "process/spin", ResourceInventoriedAs: "resource/fleece", ResourceQuantity: one(quantity, "unit/kg")}
}

func (b *books) onhand(id vf.ID) string {
	b.t.Helper()
	r, err := b.Record(id)
	if err != nil || r == nil {
		b.t.Fatalf("%s: %v", id, err)
	}
	return r.(*vf.EconomicResource).OnhandQuantity.String()
}

func TestOncePerKey(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	act := func(quantity string) node.Act {
		return node.Act{Kind: journal.Record, Key: "spun", Author: "agent/ann", Records: []vf.Record{consume("event/1", quantity)}}
	}
	first := b.do(act("3"))
	for range 2 {
		again := b.do(act("3"))
		if !again.Repeated || again.Sequence != first.Sequence || len(again.Records) != 1 {
			t.Errorf("again: %+v, first: %+v", again, first)
		}
		if have := b.onhand("resource/fleece"); have != "7 kg" {
			t.Errorf("on hand %s", have)
		}
		b.refused("keyUsed", act("4"))
		other := act("3")
		other.Author = "agent/bob"
		b.refused("keyUsed", other)
		b.reopen()
	}
	// Twice in one call, and in calls that share a transaction.
	r, err := b.Do(context.Background(),
		node.Act{Kind: journal.Record, Key: "k", Author: "agent/ann", Records: []vf.Record{consume("event/2", "1")}},
		node.Act{Kind: journal.Record, Key: "k", Author: "agent/ann", Records: []vf.Record{consume("event/2", "1")}})
	if err != nil || r[0].Repeated || !r[1].Repeated || r[0].Sequence != r[1].Sequence {
		t.Errorf("%+v %v", r, err)
	}
	b.sound()
}

func TestAllOrNone(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	b.refused("belowZero",
		node.Act{Kind: journal.Record, Key: "1", Records: []vf.Record{consume("event/1", "6")}},
		node.Act{Kind: journal.Record, Key: "2", Records: []vf.Record{consume("event/2", "4"), consume("event/3", "1")}})
	if have := b.onhand("resource/fleece"); have != "10 kg" {
		t.Errorf("on hand %s", have)
	}
	if r, _ := b.Record("event/1"); r != nil {
		t.Error("event/1 was entered")
	}
	// The keys are free again, and the same acts without the last event go in.
	b.do(node.Act{Kind: journal.Record, Key: "1", Records: []vf.Record{consume("event/1", "6")}})
	b.do(node.Act{Kind: journal.Record, Key: "2", Records: []vf.Record{consume("event/2", "4")}})
	b.sound()
}

func TestMany(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	var wait sync.WaitGroup
	var mu sync.Mutex
	accepted, refused := 0, 0
	for who := range 8 {
		wait.Go(func() {
			for i := range 6 {
				a := node.Act{Kind: journal.Record, Key: fmt.Sprint(who, "-", i), Author: "agent/ann", Records: []vf.Record{consume(fmt.Sprint("event/", who, "-", i), "0.5")}}
				for range 2 { // each is sent twice
					_, err := b.Do(context.Background(), a)
					var r *rule.Refusal
					if err != nil && (!errors.As(err, &r) || r.Rule != "belowZero") {
						t.Error(err)
					}
					mu.Lock()
					if err == nil {
						accepted++
					} else {
						refused++
					}
					mu.Unlock()
					if _, err := b.Graph(); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wait.Wait()
	if have := b.onhand("resource/fleece"); have != "0 kg" || accepted != 40 || refused != 56 {
		t.Errorf("on hand %s after %d accepted and %d refused", have, accepted, refused)
	}
	b.sound()
}

// Each write fails, once and for good, with and without having been done: the
// answer is "unknown", and sent again after opening anew, each act is there once.
func TestUnknownOutcome(t *testing.T) {
	t.Parallel()
	for _, plan := range []func(int, storetest.Fault) func(int) storetest.Fault{storetest.Once, storetest.ForGood} {
		for _, fault := range []storetest.Fault{storetest.Lost, storetest.Kept} {
			for n := 1; n <= 4; n++ {
				failAt(t, n, plan(n, fault))
			}
		}
	}
}

func failAt(t *testing.T, n int, plan func(int) storetest.Fault) {
	t.Helper()
	b := stocked(t)
	faulty := &storetest.Faulty{Store: b.Store(), Plan: plan}
	open, err := node.Open(context.Background(), faulty, b.options())
	if err != nil {
		t.Fatal(err)
	}
	acts := make([]node.Act, 4)
	for i := range acts {
		acts[i] = node.Act{Kind: journal.Record, Key: fmt.Sprint("k", i), Author: "agent/ann", Records: []vf.Record{consume(fmt.Sprint("event/", i), "1")}}
	}
	unknown := 0
	for i := range acts {
		_, err := open.Do(context.Background(), acts[i])
		var r *rule.Refusal
		switch {
		case errors.As(err, &r):
			t.Fatalf("a failed write was told as a refusal: %v", err)
		case errors.Is(err, store.ErrUnknown):
			unknown++
			if i+1 != n {
				t.Errorf("act %d failed, not %d", i+1, n)
			}
		case err != nil && !errors.Is(err, store.ErrStopped):
			t.Fatal(err)
		}
	}
	if unknown != 1 {
		t.Errorf("%d unknown outcomes", unknown)
	}
	again := b.open2()
	for i := range acts {
		if _, err := again.Do(context.Background(), acts[i]); err != nil {
			t.Fatal(err)
		}
	}
	b.Node = again
	if have := b.onhand("resource/fleece"); have != "6 kg" {
		t.Errorf("on hand %s", have)
	}
	b.sound()
}

// open2 opens the books anew over the store that is open already.
func (b *books) open2() *node.Node {
	b.t.Helper()
	n, err := node.Open(context.Background(), b.Store(), b.options())
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

func TestErase(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	b.do(node.Act{Kind: journal.Change, Key: "1", Author: "agent/ann", Records: []vf.Record{&vf.Agent{ID: "agent/ann", Type: "Person", Name: "Ann Canary-Smith"}}})
	ann, err := b.Record("agent/ann")
	if err != nil || ann.(*vf.Agent).Name != "Ann Canary-Smith" {
		t.Fatalf("%+v %v", ann, err)
	}
	noted := consume("event/1", "1")
	noted.Note = "Canary felt ill"
	b.do(node.Act{Kind: journal.Record, Key: "2", Records: []vf.Record{noted}})
	b.do(node.Act{Kind: journal.Erase, Key: "3", Author: "agent/ann", Of: []vf.ID{"agent/ann", "event/1"}})
	for range 2 {
		ann, _ = b.Record("agent/ann")
		if a := ann.(*vf.Agent); a.Name != "" || a.Type != "Person" {
			t.Errorf("after erasing: %+v", a)
		}
		b.sound()
		b.reopen()
	}
	err = b.Store().Entries(context.Background(), 0, func(seq int64, raw []byte) error {
		for _, word := range []string{"Canary", "Weaver", "nettles", "Bob\""} {
			if bytes.Contains(raw, []byte(word)) {
				t.Errorf("entry %d holds %q", seq, word)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// Bob is not erased; of Ann nothing is left in the file.
	if bob, _ := b.Record("agent/bob"); bob.(*vf.Agent).Name != "Bob" {
		t.Error("Bob is gone")
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(b.path + "*")
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, []byte("Canary")) || bytes.Contains(raw, []byte("nettles")) {
			t.Errorf("%s still holds what was erased", filepath.Base(file))
		}
	}
	b.Node = b.open()
}

func TestKeys(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	old := b.key
	next := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	b.do(node.Act{Kind: journal.RotateKey, Key: "rotate", PublicKey: journal.NewSigner(next).PublicKey()})
	b.refused("keyNotInUse", node.Act{Kind: journal.Record, Key: "1", Records: []vf.Record{consume("event/1", "1")}})
	b.SignWith(journal.NewSigner(next))
	b.key = next
	b.do(node.Act{Kind: journal.Record, Key: "1", Records: []vf.Record{consume("event/1", "1")}})
	b.do(node.Act{Kind: journal.RevokeKey, Key: "revoke", PublicKey: journal.NewSigner(old).PublicKey()})
	b.reopen()
	b.sound()
	if keys := b.Journal().Keys(); len(keys) != 2 || keys.InUse() != journal.NewSigner(next).PublicKey() {
		t.Errorf("%+v", keys)
	}
}

func TestReadOnlyAndEmpty(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	o := b.options()
	o.Signer = nil
	n, err := node.Open(context.Background(), b.Store(), o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Do(context.Background(), node.Act{Kind: journal.Record, Key: "1", Author: "agent/ann", Records: []vf.Record{consume("event/1", "1")}}); err == nil || !strings.Contains(err.Error(), "reading only") {
		t.Error(err)
	}
	s, err := sqlite.Create(context.Background(), filepath.Join(t.TempDir(), "empty"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	var r *rule.Refusal
	if _, err := node.Open(context.Background(), s, o); !errors.As(err, &r) || r.Rule != "notBegun" {
		t.Error(err)
	}
}

// Views that were lost, or changed behind the books' back, are found by replay;
// a mark that is gone or of another layout has them made anew.
func TestViewsCanBeThrownAway(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	b.do(node.Act{Kind: journal.Record, Key: "1", Records: []vf.Record{consume("event/1", "1")}})
	ctx := context.Background()
	for _, put := range []store.Put{{View: "key", Key: "1"}, {View: "key", Key: "made up", Value: []byte("7")}, {View: "progress", Key: "x", Value: []byte("1")}} {
		if err := b.Store().Append(ctx, store.Batch{Views: []store.Put{put}}); err != nil {
			t.Fatal(err)
		}
		differences, err := b.Replay(ctx)
		if err != nil || len(differences) == 0 {
			t.Errorf("%s %s: replay found %v %v", put.View, put.Key, differences, err)
		}
	}
	for _, before := range [][]store.Put{{{View: "mark", Key: "mark"}}, {{View: "record", Key: "need/yarn", Value: []byte("{}")}, {View: "mark", Key: "mark", Value: []byte(`{"layout":3}`)}}} {
		if err := b.Store().Append(ctx, store.Batch{Views: before}); err != nil {
			t.Fatal(err)
		}
		b.reopen()
		b.sound()
	}
	if views, err := b.Store().Views(ctx); err != nil || len(views) != 2 {
		t.Errorf("%v %v", views, err)
	}
	if r, err := b.Record("agent/ann"); err != nil || r.(*vf.Agent).Name != "Ann Weaver" {
		t.Errorf("%+v %v", r, err)
	}
}

// A checkpoint kept elsewhere is verified against later; who no longer listens
// hears nothing; a context that has ended enters nothing.
func TestCheckpointAndSubscribers(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	held, err := b.Checkpoint()
	if err != nil {
		t.Fatal(err)
	}
	heard := 0
	cancel := b.Subscribe(func(c node.Change) {
		heard++
		if len(c.Changed) != 2 || c.Changed[0] != "event/1" || c.Changed[1] != "resource/fleece" {
			t.Errorf("changed: %v", c.Changed)
		}
	})
	b.do(node.Act{Kind: journal.Record, Key: "1", Records: []vf.Record{consume("event/1", "1")}})
	cancel()
	b.do(node.Act{Kind: journal.Record, Key: "2", Records: []vf.Record{consume("event/2", "1")}})
	if heard != 1 {
		t.Errorf("heard %d times", heard)
	}
	report, err := b.Verify(context.Background(), held)
	if err != nil || !report.Sound() || report.Held != 2 || report.Entries != 4 {
		t.Errorf("%+v %v", report, err)
	}
	ended, end := context.WithCancel(context.Background())
	end()
	if _, err := b.Do(ended, node.Act{Kind: journal.Record, Key: "3", Author: "agent/ann", Records: []vf.Record{consume("event/3", "1")}}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if b.Network() != "https://example.org/wool/" || b.Journal().Size() != 4 {
		t.Errorf("%s has %d entries", b.Network(), b.Journal().Size())
	}
}

// Subscribers hear of every record that an act changes: of a correction also the
// resource, which it need not name.
func TestSubscribersHearOfCorrectedResources(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	b.do(node.Act{Kind: journal.Record, Key: "1", Records: []vf.Record{consume("event/1", "4")}})
	var heard []vf.ID
	defer b.Subscribe(func(c node.Change) { heard = append(heard, c.Changed...) })()
	b.do(node.Act{Kind: journal.Correct, Key: "2", Records: []vf.Record{&vf.EconomicEvent{ID: "event/2", Corrects: "event/1", ResourceQuantity: one("-1", "unit/kg")}}})
	if b.onhand("resource/fleece") != "7 kg" || !slices.Equal(heard, []vf.ID{"event/2", "resource/fleece"}) {
		t.Errorf("%s on hand; heard of %v", b.onhand("resource/fleece"), heard)
	}
}
