package peopletest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
)

// Authenticator is somebody's device. Its exported members may be changed
// between answers, to answer as a broken or stolen one would.
type Authenticator struct {
	Origin   string // of the page it is used on
	Verifies bool   // whether it asks who holds it
	Count    uint32 // of signatures so far; it does not count while this is 0

	site   string
	id     []byte
	handle []byte
	key    *ecdsa.PrivateKey
}

// NewAuthenticator is a device without a key yet, used on pages of an origin.
func NewAuthenticator(origin string) *Authenticator {
	return &Authenticator{Origin: origin, Verifies: true}
}

var b64 = base64.RawURLEncoding

// Flags of authenticator data, section 6.1.
const (
	present  = 1 << 0
	verified = 1 << 2
	attested = 1 << 6
)

type options struct {
	PublicKey struct {
		Challenge string `json:"challenge"`
		RPID      string `json:"rpId"`
		RP        struct {
			ID string `json:"id"`
		} `json:"rp"`
		User struct {
			ID string `json:"id"`
		} `json:"user"`
	} `json:"publicKey"`
}

// Create makes a key, and answers the options of a registration.
func (a *Authenticator) Create(raw []byte) ([]byte, error) {
	var o options
	err := json.Unmarshal(raw, &o)
	if err != nil {
		return nil, err
	}
	if a.handle, err = b64.DecodeString(o.PublicKey.User.ID); err != nil {
		return nil, err
	}
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	a.site, a.id = o.PublicKey.RP.ID, make([]byte, 16)
	if _, err := rand.Read(a.id); err != nil {
		return nil, err
	}
	point, err := a.key.PublicKey.Bytes() // 4, X, Y
	if err != nil {
		return nil, err
	}
	data := a.data(attested)
	data = append(data, make([]byte, 16)...) // no model
	data = binary.BigEndian.AppendUint16(data, uint16(len(a.id)))
	data = append(data, a.id...)
	data = append(data, 0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32) // COSE: EC2, ES256, P-256, x, y
	data = append(data, point[1:33]...)
	data = append(data, 0x22, 0x58, 32)
	data = append(data, point[33:]...)
	object := append([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59"), byte(len(data)>>8), byte(len(data)))
	return a.answer(map[string]any{
		"clientDataJSON": b64.EncodeToString(a.client("webauthn.create", o.PublicKey.Challenge)), "attestationObject": b64.EncodeToString(append(object, data...)),
		"transports": []string{"internal"},
	})
}

// Get answers the options of a sign-in with the key that Create made.
func (a *Authenticator) Get(raw []byte) ([]byte, error) {
	if a.key == nil {
		return nil, errors.New("the device has no key")
	}
	var o options
	if err := json.Unmarshal(raw, &o); err != nil {
		return nil, err
	}
	data, client := a.data(0), a.client("webauthn.get", o.PublicKey.Challenge)
	hash := sha256.Sum256(client)
	sum := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, sum[:])
	if err != nil {
		return nil, err
	}
	return a.answer(map[string]any{
		"clientDataJSON": b64.EncodeToString(client), "authenticatorData": b64.EncodeToString(data),
		"signature": b64.EncodeToString(signature), "userHandle": b64.EncodeToString(a.handle),
	})
}

// data is the authenticator data up to the counter.
func (a *Authenticator) data(flags byte) []byte {
	flags |= present
	if a.Verifies {
		flags |= verified
	}
	if a.Count > 0 {
		a.Count++
	}
	site := sha256.Sum256([]byte(a.site))
	return binary.BigEndian.AppendUint32(append(site[:], flags), a.Count)
}

func (a *Authenticator) client(kind, challenge string) []byte {
	raw, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": a.Origin, "crossOrigin": false})
	return raw
}

func (a *Authenticator) answer(response map[string]any) ([]byte, error) {
	id := b64.EncodeToString(a.id)
	return json.Marshal(map[string]any{"id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": map[string]any{}})
}
