package graphql

import (
	"encoding/base64"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/vf"
)

// saltSize is how many bytes the salt of an act has.
const saltSize = 32

// prepared is an act that its author can sign.
type prepared struct {
	act   node.Act
	bytes []byte // nil where the act was entered before
}

// signing adds what an author needs who signs with a key of their own: what there is
// to sign of an act, and the inputs that carry salt and proof back. Nothing is entered
// by asking; an act that the asker may not do is refused here already.
func (s *schema) signing(query *object) {
	proof := s.add(&object{kind: isInput, name: "ProofInput"})
	proof.field("publicKey", "String!", nil)
	proof.field("signature", "String!", nil)
	o := s.add(&object{kind: isObject, name: "PreparedAct"})
	of := func(name, typ string, f func(*prepared) any) {
		o.field(name, typ, func(_ *execution, p any, _ arguments) (any, error) { return f(p.(*prepared)), nil })
	}
	of("bytes", "String", func(p *prepared) any {
		if p.bytes == nil {
			return nil
		}
		return base64.StdEncoding.EncodeToString(p.bytes)
	})
	of("author", "ID!", func(p *prepared) any { return p.act.Author })
	of("key", "ID!", func(p *prepared) any { return p.act.Key })
	of("at", "DateTime!", func(p *prepared) any { return p.act.At })
	of("salt", "String!", func(p *prepared) any { return base64.StdEncoding.EncodeToString(p.act.Salt[:]) })
	query.field("prepare", "PreparedAct!", prepare, argument{"act", "ActInput!", ""}).cost = 200
}

// prepare resolves the query of that name.
func prepare(x *execution, _ any, args arguments) (any, error) {
	a, err := x.actOf(args["act"].(map[string]any))
	if err != nil {
		return nil, err
	}
	ready, raw, err := x.seat.Prepare(x.ctx, a)
	if err != nil {
		return nil, err
	}
	return &prepared{ready, raw}, nil
}

// actOf makes an act of an input that says its kind.
func (x *execution) actOf(said map[string]any) (node.Act, error) {
	k := journal.Kind(said["kind"].(string))
	if k == journal.Genesis || k == journal.RotateKey || k == journal.RevokeKey {
		return node.Act{}, rule.Refuse("badValue", "place", "kind", "value", string(k), "wanted", "an act about records; keys are changed where they are kept")
	}
	return x.act(k, said)
}

// signed takes over what the author signed: the salt that was given to them, and the
// proof.
func signed(a *node.Act, args map[string]any) error {
	if text, ok := args["salt"].(string); ok {
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(raw) != saltSize {
			return badValue("salt", brief(text), "the salt of a prepared act: 32 bytes in base64")
		}
		copy(a.Salt[:], raw)
	}
	said, ok := args["proof"].(map[string]any)
	if !ok {
		return nil
	}
	signature, err := base64.StdEncoding.DecodeString(said["signature"].(string))
	if err != nil {
		return badValue("proof.signature", brief(said["signature"]), "a signature of 64 bytes in base64")
	}
	a.Proof = &journal.Proof{Key: journal.PublicKey(said["publicKey"].(string)), Signature: signature}
	return nil
}

// authorKey is the key with which the author signed an entry, "" where the server signed
// on their behalf. It is told to who may know of the author.
func (x *execution) authorKey(e *journalEntry) (any, error) {
	if e.Act.Proof == nil {
		return nil, nil
	}
	author, err := x.refer(e.Act.Author)
	if err != nil || author == nil && e.Act.Author != x.seat.Actor().Agent {
		return nil, err
	}
	return string(e.Act.Proof.Key), nil
}

// deviceKey is the record of that key, null where it was taken back or is not the
// asker's to see.
func (x *execution) deviceKey(e *journalEntry) (any, error) {
	key, err := x.authorKey(e)
	if err != nil || key == nil {
		return nil, err
	}
	for id := range x.books.Referring("DeviceKey", "keyOf", e.Act.Author, "", false) {
		r, err := x.books.Record(id)
		if err != nil {
			return nil, err
		}
		if k, ok := r.(*vf.DeviceKey); ok && k.PublicKey == key {
			return x.refer(id)
		}
	}
	return nil, nil
}
