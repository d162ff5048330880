package host

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"

	"commonweal/journal"
	"commonweal/rule"
)

// ReadKey reads the key that signs from a file in PEM.
func ReadKey(path string) (journal.Signer, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return nil, rule.Refuse("notAKey", "path", path, "reason", "it is not in PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, rule.Refuse("notAKey", "path", path, "reason", err.Error())
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, rule.Refuse("notAKey", "path", path, "reason", "it is not an Ed25519 key")
	}
	return journal.NewSigner(key), nil
}

// MakeKey makes a new key and writes it to a file that only its owner reads, where
// none is yet.
func MakeKey(path string) (journal.Signer, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	err = pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	return journal.NewSigner(key), nil
}
