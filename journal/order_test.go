package journal_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"commonweal/journal"
)

// Acts that are admitted first and sealed afterwards make the bytes of those that
// are sealed one by one, keys that change in between too.
func TestAdmitThenSeal(t *testing.T) {
	t.Parallel()
	acts := []journal.Act{genesis(signer(1)), need(1), key(journal.RotateKey, signer(2).PublicKey()), need(2), key(journal.RevokeKey, signer(1).PublicKey()), need(3)}
	signers := []journal.Signer{signer(1), signer(1), signer(1), signer(2), signer(2), signer(2)}
	alone, behind := &journal.State{}, &journal.State{}
	order := behind.Order()
	var waiting []*journal.Admitted
	for i, act := range acts {
		if _, err := order.Admit(act, signer(3).PublicKey()); err == nil {
			t.Errorf("act %d was admitted for a key that is not in use", i)
		}
		a, err := order.Admit(act, signers[i].PublicKey())
		if err != nil || a.Seq() != int64(i) || order.Size() != int64(i)+1 || order.Network() != network {
			t.Fatalf("act %d was admitted as %v: %v", i, a, err)
		}
		waiting = append(waiting, a)
	}
	for i, act := range acts {
		if i+1 < len(acts) {
			if _, err := behind.SealAdmitted(waiting[i+1], signers[i+1]); err == nil {
				t.Errorf("act %d was sealed before the one before it", i+1)
			}
		}
		if _, err := behind.SealAdmitted(waiting[i], signer(3)); err == nil {
			t.Errorf("act %d was sealed by another than it was admitted for", i)
		}
		want, err := alone.Seal(act, signers[i])
		if err != nil {
			t.Fatal(err)
		}
		got, err := behind.SealAdmitted(waiting[i], signers[i])
		if err != nil || !bytes.Equal(got.Raw, want.Raw) || fmt.Sprint(got.Hashes) != fmt.Sprint(want.Hashes) {
			t.Fatalf("act %d was sealed as\n%s\nand not\n%s (%v)", i, got.Raw, want.Raw, err)
		}
	}
	if alone.Tree() != behind.Tree() {
		t.Error("the trees differ")
	}
}

// The largest entry that is admitted is one that can be read again, and a byte more
// is refused, though its signature is not made yet.
func TestLargestEntry(t *testing.T) {
	t.Parallel()
	b := newBook(t, 12)
	act := func(n int) journal.Act {
		a := need(12)
		a.Records = []json.RawMessage{json.RawMessage(`{"@id":"x","@type":"Unit","label":"` + strings.Repeat("z", n) + `"}`)}
		return a
	}
	small, err := b.state.Clone().Seal(act(0), b.signer)
	if err != nil {
		t.Fatal(err)
	}
	room := journal.MaxEntry - len(small.Raw)
	large, err := b.state.Clone().Seal(act(room), b.signer)
	if err != nil || len(large.Raw) != journal.MaxEntry {
		t.Fatalf("an entry of %d bytes: %v", len(large.Raw), err)
	}
	if _, _, err := b.state.Clone().Apply(large.Raw); err != nil {
		t.Error(err)
	}
	_, err = b.state.Clone().Seal(act(room+1), b.signer)
	refused(t, err, "actTooLarge")
}
