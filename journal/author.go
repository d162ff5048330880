package journal

import (
	"encoding/base64"
	"encoding/json"
	"errors"

	"commonweal/rule"
	"commonweal/vf"
)

// Proof says that the author signed an act: with which key, a vf.DeviceKey of the
// author, and the Ed25519 signature over what [Signed] writes.
type Proof struct {
	Key       PublicKey `json:"key"`
	Signature []byte    `json:"signature"`
}

const signatureSize = 64

func (p *Proof) check() error {
	if !p.Key.Valid() {
		return rule.Refuse("notAPublicKey", "value", string(p.Key))
	}
	if len(p.Signature) != signatureSize {
		return rule.Refuse("badProof", "reason", "a signature has 64 bytes")
	}
	return nil
}

// Valid reports whether a text is a public key as it is written.
func (k PublicKey) Valid() bool {
	_, err := k.bytes()
	return err == nil
}

// Signed writes what an author signs: the act without its proof and the id of the
// network, as one JSON object in canonical form with the members "act" and
// "network". No entry and no checkpoint has that form.
func Signed(network string, act Act) ([]byte, error) {
	act.Proof = nil
	dst, err := act.append([]byte(`{"act":`), Canonical)
	if err != nil {
		return nil, err
	}
	return append(appendText(append(dst, `,"network":`...), network), '}'), nil
}

// Proves reports whether the act carries a signature over itself, by the key that
// its proof names. Whose key it is, is another question.
func (a *Act) Proves(network string) bool {
	if a.Proof == nil {
		return false
	}
	signed, err := Signed(network, *a)
	return err == nil && a.Proof.Key.verify(signed, a.Proof.Signature)
}

func (d *decoder) proof() *Proof {
	p := &Proof{Key: PublicKey(d.member(`{"key":`))}
	text := d.member(`,"signature":`)
	d.literal(`}`)
	if d.err != nil {
		return nil
	}
	signature, err := base64.StdEncoding.DecodeString(text)
	if err != nil || base64.StdEncoding.EncodeToString(signature) != text {
		d.err = errors.New("the signature of the author is not base64")
	}
	p.Signature = signature
	return p
}

// deviceKey is what the journal knows of a vf.DeviceKey.
type deviceKey struct {
	KeyOf        vf.ID     `json:"keyOf"`
	PublicKey    PublicKey `json:"publicKey"`
	HasBeginning vf.Time   `json:"hasBeginning"`
	HasEnd       vf.Time   `json:"hasEnd"`
}

// devices are the keys of authors, as the entries so far declare them.
type devices struct {
	of     map[vf.ID]map[vf.ID]deviceKey // by whose they are, then by the ids of their records
	owners map[vf.ID]vf.ID               // by the ids of their records
}

func newDevices() *devices {
	return &devices{map[vf.ID]map[vf.ID]deviceKey{}, map[vf.ID]vf.ID{}}
}

func (d *devices) set(id vf.ID, k deviceKey) {
	d.drop(id)
	if d.of[k.KeyOf] == nil {
		d.of[k.KeyOf] = map[vf.ID]deviceKey{}
	}
	d.of[k.KeyOf][id], d.owners[id] = k, k.KeyOf
}

func (d *devices) drop(id vf.ID) {
	delete(d.of[d.owners[id]], id)
	delete(d.owners, id)
}

// check says what is wrong with the proof of an act, "" if nothing is: the key must
// have been the author's before the entry, and in force at the time of the act.
func (d *devices) check(network string, a *Act) string {
	held := false
	for _, k := range d.of[a.Author] {
		held = held || k.PublicKey == a.Proof.Key && !a.At.Before(k.HasBeginning.Time) && (k.HasEnd.IsZero() || a.At.Before(k.HasEnd.Time))
	}
	switch {
	case !held:
		return "the key " + string(a.Proof.Key) + " was not in force for " + string(a.Author)
	case !a.Proves(network):
		return "the signature of " + string(a.Author) + " is not over this act"
	}
	return ""
}

// take notes the keys that an act declares, changes or takes back.
func (d *devices) take(a *Act) error {
	for _, raw := range a.Records {
		id, class, err := headOf(raw)
		if err != nil {
			return err
		}
		if class != "DeviceKey" {
			continue
		}
		var k deviceKey
		if err := json.Unmarshal(raw, &k); err != nil {
			return err
		}
		d.set(id, k)
	}
	if a.Kind == Withdraw || a.Kind == Adopt {
		for _, id := range a.Of {
			d.drop(id)
		}
	}
	return nil
}
