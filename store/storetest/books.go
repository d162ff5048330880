package storetest

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"testing"

	"commonweal/journal"
	"commonweal/store"
	"commonweal/vf"
)

// Network is the id of the network whose books [Books] writes.
const Network = "https://example.org/network/"

// Books makes batches of one network, one after the other.
type Books struct {
	State  *journal.State
	Signer journal.Signer
}

// NewBooks begins books before their genesis, with a key that is the same each time.
func NewBooks() *Books {
	return &Books{State: &journal.State{}, Signer: journal.NewSigner(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))}
}

// Next seals one act with this idempotency key, the genesis first, and returns it
// as a batch with a row in the view "key" that names the sequence.
func (b *Books) Next(t testing.TB, key string) store.Batch {
	t.Helper()
	act := journal.Act{Kind: journal.Record, Author: "agent/ana", At: vf.At(1700000000), Key: key,
		Records: []json.RawMessage{json.RawMessage(fmt.Sprintf(`{"@id":"event/%s","@type":"EconomicEvent","action":"produce"}`, key))}}
	if b.State.Size() == 0 {
		act.Kind, act.Network, act.PublicKey = journal.Genesis, Network, b.Signer.PublicKey()
	}
	sealed, err := b.State.Seal(act, b.Signer)
	if err != nil {
		t.Fatal(err)
	}
	return store.Batch{Entries: []journal.Sealed{sealed}, Views: []store.Put{{View: "key", Key: key, Value: []byte(fmt.Sprint(sealed.Seq))}}}
}

// Once acts in a store as a node does, at most once for each key: it looks whether the
// key was used, and puts the journal's mark and a profile beside the act. Where that
// fails the books are as before.
func (b *Books) Once(ctx context.Context, t testing.TB, s store.Store, key string) error {
	if done, err := s.Get(ctx, "key", key); err != nil || done != nil {
		return err
	}
	before := b.State.Clone()
	batch := b.Next(t, key)
	mark, err := json.Marshal(b.State.Mark())
	if err != nil {
		return err
	}
	batch.Views = append(batch.Views, store.Put{View: "state", Key: "mark", Value: mark})
	batch.Profiles = []store.Put{{Key: "p" + key, Value: []byte("personal")}, {Key: "gone"}}
	if err := s.Append(ctx, batch); err != nil {
		b.State = before
		return err
	}
	return nil
}

// Checkpoint signs the present state.
func (b *Books) Checkpoint(t testing.TB) []byte {
	t.Helper()
	raw, err := b.State.Checkpoint(b.Signer)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
