package node_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/store"
	"commonweal/vf"
)

// held is a store that keeps writes waiting until it is let go.
type held struct {
	store.Store
	begun, letGo chan struct{}
}

func (h *held) Append(ctx context.Context, b store.Batch) error {
	select {
	case h.begun <- struct{}{}:
	default:
	}
	<-h.letGo
	return h.Store.Append(ctx, b)
}

// Calls that wait share a transaction; of those that are refused at their last act
// nothing is entered, and the entries of the others follow each other.
func TestRefusedCallsLeaveNoEntries(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	h := &held{b.Store(), make(chan struct{}, 1), make(chan struct{})}
	n, err := node.Open(context.Background(), h, b.options())
	if err != nil {
		t.Fatal(err)
	}
	unit := func(id string) node.Act {
		return node.Act{Kind: journal.Declare, Author: "agent/wool", Key: id, Records: []vf.Record{&vf.Unit{ID: vf.ID(id), Label: id}}}
	}
	size := n.Journal().Size()
	var all sync.WaitGroup
	var accepted, refused, repeated atomic.Int32
	call := func(acts ...node.Act) {
		all.Add(1)
		go func() {
			defer all.Done()
			results, err := n.Do(context.Background(), acts...)
			var r *rule.Refusal
			switch {
			case err == nil && results[0].Repeated:
				repeated.Add(1)
			case err == nil:
				accepted.Add(1)
			case errors.As(err, &r) && r.Rule == "idTaken":
				refused.Add(1)
			default:
				t.Error(err)
			}
		}()
	}
	call(unit("unit/first"))
	<-h.begun
	for i := range 20 {
		name := fmt.Sprint("unit/", i)
		call(unit(name), unit(name+"/b"))
		call(unit(name), unit(name+"/b"))                       // the same again
		call(unit(name+"/x"), unit(name+"/y"), unit("unit/kg")) // there with other words
		call(unit(name+"/x"), node.Act{Kind: journal.Declare, Author: "agent/wool", Key: name + "/z", Records: []vf.Record{&vf.Unit{ID: "unit/kg"}}})
	}
	close(h.letGo)
	all.Wait()
	if accepted.Load() != 21 || refused.Load() != 40 || repeated.Load() != 20 || n.Journal().Size() != size+41 {
		t.Errorf("%d accepted, %d refused, %d repeated, %d entries", accepted.Load(), refused.Load(), repeated.Load(), n.Journal().Size()-size)
	}
	b.Node = n
	b.sound()
}

// tired signs so many times, and then no more.
type tired struct {
	journal.Signer
	left atomic.Int32
}

func (s *tired) Sign(msg []byte) ([]byte, error) {
	if s.left.Add(-1) < 0 {
		return nil, errors.New("the key is gone")
	}
	return s.Signer.Sign(msg)
}

// Where the key fails, nothing of the call is entered, and the books go on when it is
// back. Five acts take two signatures: that of their run, and that of the checkpoint.
func TestSignerFails(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	size, whole := b.Journal().Size(), journal.NewSigner(b.key)
	var acts []node.Act
	for i := range 5 {
		id := fmt.Sprint("unit/", i)
		acts = append(acts, node.Act{Kind: journal.Declare, Author: "agent/wool", Key: id, Records: []vf.Record{&vf.Unit{ID: vf.ID(id), Label: id}}})
	}
	for left := range int32(2) {
		s := &tired{Signer: whole}
		s.left.Store(left)
		b.SignWith(s)
		if _, err := b.Do(context.Background(), acts...); err == nil {
			t.Fatalf("%d signatures were enough", left)
		}
		if r, err := b.Record("unit/0"); b.Journal().Size() != size || r != nil || err != nil {
			t.Fatalf("after %d signatures something was entered: %v, %v", left, r, err)
		}
	}
	enough := &tired{Signer: whole}
	enough.left.Store(2)
	b.SignWith(enough)
	if _, err := b.Do(context.Background(), acts...); err != nil || b.Journal().Size() != size+5 {
		t.Errorf("%d entries, %v", b.Journal().Size()-size, err)
	}
	b.sound()
}
