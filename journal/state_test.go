package journal_test

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"commonweal/journal"
	"commonweal/rule"
	"commonweal/vf"
)

const network = "https://example.org/network/"

// signer makes a key from a number, the same in each run.
func signer(n byte) journal.Signer {
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = n
	return journal.NewSigner(ed25519.NewKeyFromSeed(seed))
}

func genesis(s journal.Signer) journal.Act {
	return journal.Act{Kind: journal.Genesis, Author: "agent/office", At: vf.At(1700000000), Key: "genesis",
		Network: network, PublicKey: s.PublicKey()}
}

// need is an act that declares one record.
func need(n int) journal.Act {
	record := fmt.Sprintf(`{"@type":"Intent","@id":"need/%d","action":"transfer","name":"blanket <%d> & co"}`, n, n)
	return journal.Act{Kind: journal.Declare, Author: "agent/ana", At: vf.At(1700000000 + int64(n)), Key: fmt.Sprintf("need-%d", n),
		Records: []json.RawMessage{json.RawMessage(record)}}
}

func key(kind journal.Kind, k journal.PublicKey) journal.Act {
	return journal.Act{Kind: kind, Author: "agent/office", At: vf.At(1700000000), Key: string(kind) + string(k), PublicKey: k}
}

// book is a journal in memory.
type book struct {
	state  *journal.State
	raws   [][]byte
	hashes []tlog.Hash
	signer journal.Signer
}

func (b *book) add(t testing.TB, act journal.Act) {
	t.Helper()
	b.put(t, act, true)
}

// put adds an entry that is signed, or signed only where it must be.
func (b *book) put(t testing.TB, act journal.Act, signed bool) {
	t.Helper()
	sealed, err := sealAs(b.state, act, b.signer, signed)
	if err != nil {
		t.Fatal(err)
	}
	if at := tlog.StoredHashIndex(0, sealed.Seq); at != int64(len(b.hashes)) {
		t.Fatalf("entry %d is to be stored at hash %d, and there are %d", sealed.Seq, at, len(b.hashes))
	}
	b.raws, b.hashes = append(b.raws, sealed.Raw), append(b.hashes, sealed.Hashes...)
}

// sealAs seals an act, signed or signed only where it must be.
func sealAs(s *journal.State, act journal.Act, by journal.Signer, signed bool) (journal.Sealed, error) {
	order := s.Order()
	a, err := order.Admit(act, by.PublicKey())
	if err != nil {
		return journal.Sealed{}, err
	}
	if signed {
		return s.SealAdmitted(a, by)
	}
	return s.SealInRun(a, by)
}

func (b *book) checkpoint(t testing.TB) []byte {
	t.Helper()
	raw, err := b.state.Checkpoint(b.signer)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// ReadHashes makes a book the reader of its hashes.
func (b *book) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	list := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		list[i] = b.hashes[at]
	}
	return list, nil
}

func newBook(t testing.TB, n int) *book {
	t.Helper()
	b := &book{state: &journal.State{}, signer: signer(1)}
	b.add(t, genesis(b.signer))
	for i := 1; i < n; i++ {
		b.add(t, need(i))
	}
	return b
}

func entries(raws [][]byte) journal.Entries {
	return func(yield func(int64, []byte) error) error {
		for i, raw := range raws {
			if err := yield(int64(i), raw); err != nil {
				return err
			}
		}
		return nil
	}
}

func TestSealAndReplayAgree(t *testing.T) {
	t.Parallel()
	b := newBook(t, 1)
	replayed := &journal.State{}
	var hashes []tlog.Hash
	for n := range 130 {
		if n > 0 {
			b.add(t, need(n))
		}
		e, more, err := replayed.Apply(b.raws[n])
		if err != nil {
			t.Fatal(err)
		}
		if e.Sequence != int64(n) || e.Network != network {
			t.Fatalf("entry %d came back as %d of %s", n, e.Sequence, e.Network)
		}
		hashes = append(hashes, more...)
		root, err := tlog.TreeHash(int64(n+1), b)
		if err != nil || root != replayed.Tree().Hash || root != b.state.Tree().Hash {
			t.Fatalf("after %d entries tlog says %v, replay %v, sealing %v (%v)", n+1, root, replayed.Tree().Hash, b.state.Tree().Hash, err)
		}
		if want := tlog.StoredHashCount(int64(n + 1)); int64(len(hashes)) != want {
			t.Fatalf("after %d entries there are %d hashes, not %d", n+1, len(hashes), want)
		}
		resumed, err := journal.Resume(b.state.Mark())
		if err != nil || resumed.Tree() != b.state.Tree() {
			t.Fatalf("the state of %d entries did not resume: %v", n+1, err)
		}
	}
}

// refused checks that err is a refusal by the rule.
func refused(t *testing.T, err error, name rule.Name) {
	t.Helper()
	var r *rule.Refusal
	if !errors.As(err, &r) || r.Rule != name {
		t.Errorf("got %v, not a refusal by the rule %s", err, name)
	} else if !rule.Known(name) {
		t.Errorf("the rule %s is not in the catalogue", name)
	}
}
