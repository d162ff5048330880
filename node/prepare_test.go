package node_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/vf"
)

// device gives somebody a key, and returns its signer.
func (b *books) device(who vf.ID, seed byte) journal.Signer {
	b.t.Helper()
	s := journal.NewSigner(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, 32)))
	b.do(node.Act{Kind: journal.Declare, Key: "device " + string(who), Records: []vf.Record{&vf.DeviceKey{ID: "key/" + who, KeyOf: who, PublicKey: string(s.PublicKey())}}})
	return s
}

// signed prepares an act from somebody's seat and signs it.
func (b *books) signed(who vf.ID, s journal.Signer, a node.Act) node.Act {
	b.t.Helper()
	before := b.Journal().Size()
	ready, raw, err := b.seat(who).Prepare(context.Background(), a)
	if err != nil {
		b.t.Fatal(err)
	}
	if b.Journal().Size() != before {
		b.t.Fatal("preparing an act entered it")
	}
	signature, err := s.Sign(raw)
	if err != nil {
		b.t.Fatal(err)
	}
	ready.Proof = &journal.Proof{Key: s.PublicKey(), Signature: signature}
	return ready
}

// Authors sign what is entered to the byte, personal parts and all that the books
// add to it.
func TestAuthorsSign(t *testing.T) {
	t.Parallel()
	b := inhabited(t)
	key := b.device("agent/ann", 9)
	need := yarn("need/signed", "agent/ann")
	need.Note = "for a friend"
	acts := []node.Act{
		{Kind: journal.Declare, Key: "1", Records: []vf.Record{need, &vf.EconomicResource{ID: "resource/yarn", ConformsTo: "spec/yarn", PrimaryAccountable: "agent/ann", AccountingQuantity: one("3", "unit/kg"), Note: "dyed"}}},
		{Kind: journal.Change, Key: "2", Records: []vf.Record{&vf.Agent{ID: "agent/ann", Type: "Person", Name: "Ann W."}}},
		{Kind: journal.Withdraw, Key: "3", Of: []vf.ID{"need/signed"}},
		{Kind: journal.Erase, Key: "4", Of: []vf.ID{"agent/ann"}},
	}
	for _, a := range acts {
		ready := b.signed("agent/ann", key, a)
		b.clock += 60
		r := b.may("agent/ann", ready)
		if again := b.may("agent/ann", ready); !again.Repeated || again.Sequence != r.Sequence {
			t.Errorf("%+v, then %+v", r, again)
		}
		if _, raw, err := b.seat("agent/ann").Prepare(context.Background(), a); raw != nil || err != nil {
			t.Errorf("there is something to sign of what was entered: %s, %v", raw, err)
		}
	}
	report, err := b.Verify(context.Background())
	if err != nil || !report.Sound() || report.Authors != int64(len(acts)) || !strings.Contains(report.Covers(), "4 of them are signed by their authors too") {
		t.Errorf("%+v, %v", report, err)
	}
	b.sound()
	b.reopen()
	b.sound()
}

// What was prepared is entered as it was signed, or not at all.
func TestSignedActsGrowStale(t *testing.T) {
	t.Parallel()
	b := inhabited(t)
	key, other := b.device("agent/ann", 9), b.device("agent/bob", 8)
	act := func(key string) node.Act {
		return node.Act{Kind: journal.Record, Key: key, Records: []vf.Record{consume("event/"+key, "1")}}
	}
	refused := func(what string, a node.Act) {
		t.Helper()
		_, err := b.seat("agent/ann").Do(context.Background(), a)
		var r *rule.Refusal
		if !errors.As(err, &r) || r.Rule != "badProof" {
			t.Errorf("%s: %v", what, err)
		}
	}
	correction := b.signed("agent/ann", key, func() node.Act {
		b.may("agent/ann", act("a"))
		return node.Act{Kind: journal.Correct, Key: "c", Records: []vf.Record{&vf.EconomicEvent{ID: "event/c", Corrects: "event/a", ResourceQuantity: one("-1", "unit/kg")}}}
	}())
	altered := correction
	altered.Records = []vf.Record{&vf.EconomicEvent{ID: "event/c", Corrects: "event/a", ResourceQuantity: one("-0.5", "unit/kg")}}
	refused("another quantity", altered)
	altered = correction
	altered.Salt[0]++
	altered.Key = "another"
	refused("another key", altered)
	b.may("agent/ann", correction)

	stale := b.signed("agent/ann", key, act("b"))
	b.clock += 601
	refused("after ten minutes", stale)
	late := b.signed("agent/ann", key, act("d"))
	b.do(node.Act{Kind: journal.Withdraw, Key: "lost", Of: []vf.ID{"key/agent/ann"}})
	refused("with a key that was taken back", late)
	refused("with the key of another", b.signed("agent/ann", other, act("e")))
	var many []vf.Record
	for range 1001 {
		many = append(many, yarn("need/many/"+strings.Repeat("x", len(many)%100)+vf.At(int64(len(many))).String(), "agent/ann"))
	}
	if _, _, err := b.seat("agent/ann").Prepare(context.Background(), node.Act{Kind: journal.Declare, Key: "many", Records: many}); err == nil || !strings.Contains(err.Error(), "[badProof]") {
		t.Errorf("more than one entry was prepared: %v", err)
	}
	if _, _, err := b.seat("agent/bob").Prepare(context.Background(), node.Act{Kind: journal.Withdraw, Key: "x", Of: []vf.ID{"offer/wool"}}); err == nil || !strings.Contains(err.Error(), "[notAllowed]") {
		t.Errorf("what may not be done was prepared: %v", err)
	}
	b.mayNot("notAPublicKey", "agent/bob", node.Act{Kind: journal.Declare, Key: "y", Records: []vf.Record{&vf.DeviceKey{ID: "key/x", KeyOf: "agent/bob", PublicKey: "ed25519:x"}}})
}
