package node_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/store"
	"commonweal/vf"
)

// signatures counts the entries that carry a signature.
func signatures(entries [][]byte) (n int) {
	for _, raw := range entries {
		if bytes.Contains(raw, []byte(`,"signature":`)) {
			n++
		}
	}
	return n
}

// However the calls of a transaction are accepted and dropped, what remains is one run: its
// last entry is signed, and no other, unless it puts another key in use.
func TestOneSignatureForATransaction(t *testing.T) {
	t.Parallel()
	key := func(n byte) journal.Signer {
		return journal.NewSigner(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, 32)))
	}
	rapid.Check(t, func(rt *rapid.T) {
		state, journaled := &journal.State{}, [][]byte(nil)
		genesis := journal.Act{Kind: journal.Genesis, Author: "agent/wool", At: vf.At(1), Key: "g", Network: "https://example.org/wool/", PublicKey: key(1).PublicKey()}
		first, err := state.Seal(genesis, key(1))
		if err != nil {
			rt.Fatal(err)
		}
		journaled = append(journaled, first.Raw)
		order, rotated := state.Order(), false
		var calls [][]*journal.Admitted
		var dropped []bool
		remain := 0
		for c := range rapid.IntRange(0, 6).Draw(rt, "calls") {
			then, rotates := order, false
			var acts []*journal.Admitted
			for i := range rapid.IntRange(0, 4).Draw(rt, "acts") {
				act := journal.Act{Kind: journal.Finish, Author: "agent/wool", At: vf.At(1), Key: fmt.Sprint(c, i), Of: []vf.ID{"x"}}
				if rapid.IntRange(0, 15).Draw(rt, "rotate") == 0 {
					act.Kind, act.Of, act.PublicKey = journal.RotateKey, nil, key(2).PublicKey()
				}
				a, err := then.Admit(act, key(1).PublicKey())
				if err != nil { // after a rotation the signer has no key in use
					continue
				}
				acts, rotates = append(acts, a), rotates || act.Kind == journal.RotateKey
			}
			drop := rapid.Bool().Draw(rt, "drop")
			calls, dropped = append(calls, acts), append(dropped, drop)
			if !drop {
				order, remain, rotated = then, remain+len(acts), rotated || rotates
			}
		}
		sealed, after, err := node.SealCalls(state.Clone(), key(1), calls, dropped)
		if err != nil || len(sealed) != remain || after.Size() != int64(remain)+1 || after.End() != nil {
			rt.Fatalf("%d entries of %d, and %d in all: %v, %v", len(sealed), remain, after.Size(), err, after.End())
		}
		for _, e := range sealed {
			journaled = append(journaled, e.Raw)
		}
		if n := signatures(journaled); n != 1+min(remain, 1) {
			rt.Fatalf("%d entries carry %d signatures", remain, n)
		}
		if last := journaled[len(journaled)-1]; rotated && !bytes.Contains(last, []byte("rotateKey")) {
			rt.Fatalf("something follows a rotation: %s", last)
		}
		report := journal.Verify(func(yield func(int64, []byte) error) error {
			for i, raw := range journaled {
				if err := yield(int64(i), raw); err != nil {
					return err
				}
			}
			return nil
		}, journal.Evidence{})
		if !report.Sound() || report.Root != after.Tree().Hash {
			rt.Fatalf("%+v", report)
		}
	})
}

// cut is a store of which the end is hidden from readers.
type cut struct {
	store.Store
	from atomic.Int64 // the first entry that is hidden, 0 if none is
}

func (s *cut) Entries(ctx context.Context, from int64, f func(int64, []byte) error) error {
	stop := errors.New("hidden")
	err := s.Store.Entries(ctx, from, func(seq int64, raw []byte) error {
		if at := s.from.Load(); at > 0 && seq >= at {
			return stop
		}
		return f(seq, raw)
	})
	if errors.Is(err, stop) {
		return nil
	}
	return err
}

// Whoever reads books takes no end for theirs that is within a run: not a process that
// follows others, not one that makes the views anew, and not one that checks them.
func TestReadersWantTheSignature(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	s, n := shared(t, b)
	hidden := &cut{Store: s.Store}
	s.Store = hidden
	writer, err := node.Open(context.Background(), kept{hidden.Store}, b.options())
	if err != nil {
		t.Fatal(err)
	}
	size := n.Journal().Size()
	var acts []node.Act
	for i := range 4 {
		id := fmt.Sprint("unit/", i)
		acts = append(acts, node.Act{Kind: journal.Declare, Author: "agent/wool", Key: id, Records: []vf.Record{&vf.Unit{ID: vf.ID(id), Label: id}}})
	}
	if _, err := writer.Do(context.Background(), acts...); err != nil {
		t.Fatal(err)
	}
	whole, err := node.Open(context.Background(), kept{hidden}, b.options())
	if err != nil {
		t.Fatal(err)
	}
	hidden.from.Store(size + 2)
	isUnsigned := func(what string, err error) {
		t.Helper()
		var r *rule.Refusal
		if !errors.As(err, &r) || r.Rule != "storeDamaged" || !strings.Contains(r.Value("reason"), fmt.Sprintf("entry %d ", size+1)) || !strings.Contains(r.Value("reason"), "[unsigned]") {
			t.Errorf("%s, with the end cut off: %v", what, err)
		}
	}
	isUnsigned("following", n.Refresh(context.Background()))
	if n.Journal().Size() != size {
		t.Errorf("%d entries were taken in without a signature", n.Journal().Size()-size)
	}
	_, err = node.Check(context.Background(), hidden, nil)
	isUnsigned("checking", err)
	isUnsigned("making views", node.Rebuild(context.Background(), kept{hidden}))
	_, err = node.Open(context.Background(), kept{hidden}, b.options())
	isUnsigned("opening", err)
	_, err = whole.ReplayedBefore(context.Background(), size+1)
	isUnsigned("replaying", err)
	if r, err := store.Verify(context.Background(), hidden, nil, ""); err != nil || r.Sound() {
		t.Errorf("verifying, with the end cut off: %+v, %v", r, err)
	} else if k := r.Fault.Kind; k != journal.CutOff && k != journal.Unsigned { // the checkpoint of the whole is stored
		t.Errorf("verifying, with the end cut off: %v", r.Fault)
	}
	hidden.from.Store(0)
	if err := n.Refresh(context.Background()); err != nil || n.Journal().Size() != size+4 {
		t.Errorf("%d entries were taken in: %v", n.Journal().Size()-size, err)
	}
	for i := range 4 { // within the run
		g, err := whole.ReplayedBefore(context.Background(), size+int64(i))
		if err != nil {
			t.Fatal(err)
		}
		if there := len(g.Units); there != 2+i { // kilograms and hours, and one of each entry before
			t.Errorf("before entry %d there were %d units", size+int64(i), there)
		}
	}
	b.sound()
}
