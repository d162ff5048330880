package host

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"

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
	if err := writeKey(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})); err != nil {
		return nil, err
	}
	return journal.NewSigner(key), nil
}

// writeKey makes the file whole and durable beside its place, and only then gives it
// its name: half a key, as a full disk or a crash leaves it, would be in the way for
// good, and books whose key is lost are lost.
func writeKey(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".part-*") // for its owner alone
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil { // not over one that is there
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
