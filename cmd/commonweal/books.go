package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"commonweal/format"
	"commonweal/journal"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/store/sqlite"
	"commonweal/vf"
)

// The files of a data folder.
const (
	booksFile = "books.sqlite"
	keyFile   = "network.key"
)

// books are the open books of a data folder.
type books struct {
	*node.Node
}

func (p *program) booksPath() string { return filepath.Join(p.Data, booksFile) }
func (p *program) keyPath() string   { return filepath.Join(p.Data, keyFile) }

// books opens the books to act, with the key in the data folder.
func (p *program) books() (*books, error) {
	signer, err := readKey(p.keyPath())
	if errors.Is(err, fs.ErrNotExist) {
		if _, statErr := os.Stat(p.booksPath()); statErr == nil {
			return nil, rule.Refuse("keyMissing", "path", p.keyPath())
		}
		return nil, rule.Refuse("storeMissing", "path", p.booksPath())
	}
	if err != nil {
		return nil, err
	}
	s, err := sqlite.Open(p.ctx, p.booksPath(), p.storeOptions())
	if err != nil {
		return nil, err
	}
	return p.openBooks(s, signer)
}

// look opens the books to read them; no key is needed.
func (p *program) look() (*books, error) {
	s, err := sqlite.Read(p.ctx, p.booksPath(), p.storeOptions())
	if err != nil {
		return nil, err
	}
	return p.openBooks(s, nil)
}

// storeOptions are how the program opens a store.
func (p *program) storeOptions() sqlite.Options {
	if p.Wait <= 0 {
		return sqlite.Options{Wait: -1}
	}
	return sqlite.Options{Wait: p.Wait}
}

func (p *program) openBooks(s *sqlite.Store, signer journal.Signer) (*books, error) {
	n, err := node.Open(p.ctx, s, node.Options{Signer: signer})
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return &books{n}, nil
}

// check compares views and profiles in a store with its journal.
func (p *program) check(s *sqlite.Store) ([]node.Difference, error) {
	list, err := node.Check(p.ctx, s)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	all := make(format.Refusals, 0, len(list))
	for i := range list {
		all = append(all, list[i].Refusal())
	}
	return list, all
}

// close closes the books; everything that was entered is durable already.
func (b *books) close() { _ = b.Close() }

// readKey reads the key that signs.
func readKey(path string) (journal.Signer, error) {
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

// makeKey makes a new key and writes it to a file that only its owner reads.
func makeKey(path string) (journal.Signer, error) {
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

// author is who acts: who was named, else the network itself.
func (p *program) author(b *books) vf.ID {
	if p.As != "" {
		return p.As
	}
	return vf.ID(b.Network())
}

// do hands one act to the node and tells what was entered.
func (p *program) do(b *books, a node.Act) error {
	a.Author = p.author(b)
	results, err := b.Do(p.ctx, a)
	if err != nil {
		return err
	}
	records := make([]vf.Record, 0, len(results[0].Records))
	ids := results[0].Records
	for _, id := range ids {
		if r, err := b.Record(id); err == nil && r != nil {
			records = append(records, r)
		}
	}
	if ids == nil {
		ids = a.Of
	}
	return p.tell(entered{results[0].Sequence, string(a.Kind), a.Key, results[0].Repeated, ids}, records)
}

// newFolder makes a data folder where none is.
func (p *program) newFolder() error {
	if _, err := os.Stat(p.booksPath()); err == nil {
		return rule.Refuse("storeExists", "path", p.booksPath())
	}
	if err := os.MkdirAll(p.Data, 0o750); err != nil {
		return fmt.Errorf("the data folder cannot be made: %w", err)
	}
	return nil
}
