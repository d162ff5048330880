package journal

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"strings"

	"commonweal/rule"
)

// PublicKey is an Ed25519 public key as it is written: "ed25519:" and 32 bytes
// in base64. It is its own id.
type PublicKey string

const keyPrefix = "ed25519:"

// NewPublicKey writes a key.
func NewPublicKey(key ed25519.PublicKey) PublicKey {
	return PublicKey(keyPrefix + base64.StdEncoding.EncodeToString(key))
}

func (k PublicKey) bytes() (ed25519.PublicKey, error) {
	text, ok := strings.CutPrefix(string(k), keyPrefix)
	key, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(key) != ed25519.PublicKeySize || NewPublicKey(key) != k {
		return nil, errors.New("not an Ed25519 public key")
	}
	return key, nil
}

func (k PublicKey) verify(msg, signature []byte) bool {
	key, err := k.bytes()
	return err == nil && ed25519.Verify(key, msg, signature)
}

// Signer signs with one Ed25519 key.
type Signer interface {
	PublicKey() PublicKey
	Sign(msg []byte) ([]byte, error)
}

// NewSigner signs with a private key in memory.
func NewSigner(key ed25519.PrivateKey) Signer {
	return &memorySigner{key, NewPublicKey(key.Public().(ed25519.PublicKey))}
}

type memorySigner struct {
	key    ed25519.PrivateKey
	public PublicKey
}

func (s *memorySigner) PublicKey() PublicKey { return s.public }

func (s *memorySigner) Sign(msg []byte) ([]byte, error) { return ed25519.Sign(s.key, msg), nil }

// KeyUse is one key of a network and when it was in use.
type KeyUse struct {
	Key     PublicKey `json:"key"`
	From    int64     `json:"from"`              // first sequence it may sign
	Until   int64     `json:"until,omitempty"`   // sequence of the entry that put another in its place, 0 while in use
	Revoked int64     `json:"revoked,omitempty"` // sequence of the entry that revoked it, 0 if none
}

// Keyring is the keys of a network in the order they came into use; the last is
// the one in use.
type Keyring []KeyUse

// InUse returns the key that signs now, "" before the genesis.
func (r Keyring) InUse() PublicKey {
	if len(r) == 0 {
		return ""
	}
	return r[len(r)-1].Key
}

// find returns the place of a key, -1 if it is not a key of the network.
func (r Keyring) find(key PublicKey) int {
	for i, u := range r {
		if u.Key == key {
			return i
		}
	}
	return -1
}

// at returns the key that was in use when the journal had so many entries.
func (r Keyring) at(size int64) (KeyUse, bool) {
	for i := len(r) - 1; i >= 0; i-- {
		if r[i].From <= size {
			return r[i], true
		}
	}
	return KeyUse{}, false
}

// apply returns the keyring after an act on keys at a sequence.
func (r Keyring) apply(sequence int64, a *Act) (Keyring, error) {
	if a.PublicKey == "" {
		return r, nil
	}
	next := append(Keyring(nil), r...)
	place := r.find(a.PublicKey)
	switch a.Kind {
	case Genesis:
		return Keyring{{Key: a.PublicKey}}, nil
	case RotateKey:
		if place >= 0 {
			return nil, rule.Refuse("keyUsedBefore", "key", string(a.PublicKey))
		}
		next[len(next)-1].Until = sequence
		return append(next, KeyUse{Key: a.PublicKey, From: sequence + 1}), nil
	case RevokeKey:
		if place < 0 {
			return nil, rule.Refuse("unknownKey", "key", string(a.PublicKey))
		}
		if place == len(r)-1 {
			return nil, rule.Refuse("keyInUse", "key", string(a.PublicKey))
		}
		if next[place].Revoked == 0 {
			next[place].Revoked = sequence
		}
		return next, nil
	}
	return r, nil
}
