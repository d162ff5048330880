package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"commonweal/format"
	"commonweal/host"
	"commonweal/journal"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/store"
	"commonweal/vf"
)

// books are the open books of a network.
type books struct {
	*node.Node
	keep func() // keeps an image of long books when they are closed; nil where they were opened to read
}

func (p *program) keyPath() string { return filepath.Join(p.Data, host.KeyFile) }

// books opens the books to act, with the key in the data folder.
func (p *program) books() (*books, error) {
	signer, err := host.ReadKey(p.keyPath())
	if errors.Is(err, fs.ErrNotExist) {
		if _, statErr := os.Stat(p.place().path); statErr == nil || p.Store != "" {
			return nil, rule.Refuse("keyMissing", "path", p.keyPath())
		}
		return nil, rule.Refuse("storeMissing", "path", p.place().path)
	}
	if err != nil {
		return nil, err
	}
	at := p.place()
	if at.address != "" { // other processes may write there too
		n, err := host.Shared(p.ctx, at.address, at.database(), node.Options{Signer: signer, Wait: at.wait, Images: p.images()}, nil)
		if err != nil {
			return nil, err
		}
		return &books{n, func() { p.keepImage(n) }}, nil
	}
	s, err := at.open(p.ctx)
	if err != nil {
		return nil, err
	}
	return p.openBooks(s, signer)
}

// look opens the books to read them; no key is needed.
func (p *program) look() (*books, error) {
	s, err := p.place().read(p.ctx)
	if err != nil {
		return nil, err
	}
	return p.openBooks(s, nil)
}

func (p *program) openBooks(s store.Store, signer journal.Signer) (*books, error) {
	n, err := node.Open(p.ctx, s, node.Options{Signer: signer, Images: p.images()})
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	b := &books{Node: n}
	if signer != nil {
		b.keep = func() { p.keepImage(n) }
	}
	return b, nil
}

// images is the image of the books in the data folder, which the server uses too.
func (p *program) images() node.Images { return host.KeepImage(p.Data) }

// keepImage makes an image of the books if more was entered, or read of their journal,
// than the next command should have to read again, beside what making one takes.
func (p *program) keepImage(n *node.Node) {
	const share = 8 // of the entries
	if n.Fresh() < max(host.KeepAfter, n.Journal().Size()/share) || n.Stopped() != nil {
		return
	}
	if err := n.Keep(p.ctx); err != nil && p.ctx.Err() == nil {
		fmt.Fprintf(p.err, "No image of the books was made, so the next command takes longer: %s\n", err)
	}
}

// check compares views and profiles in a store, and an image that there may be of it,
// with its journal.
func (p *program) check(s store.Store, images node.Images) ([]node.Difference, error) {
	list, err := node.Check(p.ctx, s, images)
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
func (b *books) close() {
	if b.keep != nil {
		b.keep()
	}
	_ = b.Close()
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
	results, err := p.enter(b, a)
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

// enter enters an act: with all rights, or with those of the charter; signed by the
// author where there is a key for it.
func (p *program) enter(b *books, a node.Act) ([]node.Result, error) {
	do, prepare := b.Do, b.Prepare
	if p.ByCharter {
		seat := b.Seat(node.Actor{Agent: a.Author})
		do, prepare = seat.Do, seat.Prepare
	}
	if p.SignWith == "" {
		return do(p.ctx, a)
	}
	signer, err := host.ReadKey(p.SignWith)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, cannotRead(p.SignWith, err)
	}
	if err != nil {
		return nil, err
	}
	a, signed, err := prepare(p.ctx, a)
	if err != nil || signed == nil {
		if err != nil {
			return nil, err
		}
		return do(p.ctx, a) // it stands in the books already
	}
	a.Proof = &journal.Proof{Key: signer.PublicKey()}
	if a.Proof.Signature, err = signer.Sign(signed); err != nil {
		return nil, err
	}
	return do(p.ctx, a)
}

// enterAll enters acts, all of them or none. One that is to be signed is entered alone.
func (p *program) enterAll(b *books, acts []node.Act) ([]node.Result, error) {
	switch {
	case len(acts) == 1:
		return p.enter(b, acts[0])
	case p.SignWith != "":
		return nil, usage("new rows and changed rows are two acts, and each act is signed alone: give them in two files")
	case p.ByCharter:
		return b.Seat(node.Actor{Agent: acts[0].Author}).Do(p.ctx, acts...)
	}
	return b.Do(p.ctx, acts...)
}

// newFolder makes a data folder where none is.
func (p *program) newFolder() error {
	if _, err := os.Stat(p.place().path); err == nil {
		return rule.Refuse("storeExists", "path", p.place().path)
	}
	if err := os.MkdirAll(p.Data, 0o750); err != nil {
		return fmt.Errorf("the data folder cannot be made: %w", err)
	}
	return nil
}
