package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"commonweal/host"
	"commonweal/journal"
	"commonweal/node"
)

// signingCommand changes the key that signs.
type signingCommand struct {
	Rotate signingRotate `cmd:"" help:"Make a new key, which signs from the next entry on."`
	Revoke signingRevoke `cmd:"" help:"Say that an earlier key is no longer trusted."`
}

// signingRotate puts a new key in the place of the one in use.
type signingRotate struct{}

// Run makes the new key beside the old one, enters the change, and only then
// puts the new one in its place; the old one is kept with the ending .old. A
// change that was cut short after its entry is completed.
func (signingRotate) Run(p *program) error {
	b, err := p.books()
	if err != nil {
		return err
	}
	defer b.close()
	fresh := p.keyPath() + ".new"
	signer, err := host.ReadKey(fresh)
	if err != nil || signer.PublicKey() != b.Journal().Keys().InUse() {
		if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if signer, err = host.MakeKey(fresh); err != nil {
			return err
		}
		if err := p.do(b, node.Act{Kind: journal.RotateKey, Key: p.actKey(), PublicKey: signer.PublicKey()}); err != nil {
			return err
		}
	}
	if err := os.Link(p.keyPath(), fmt.Sprintf("%s.%d.old", p.keyPath(), len(b.Journal().Keys())-1)); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := os.Rename(fresh, p.keyPath()); err != nil {
		return err
	}
	if !p.JSON {
		p.say("The new key is in %s, the one before beside it with the ending .old.", p.keyPath())
	}
	return nil
}

// signingRevoke revokes a key.
type signingRevoke struct {
	PublicKey journal.PublicKey `arg:"" help:"The key, as “commonweal verify” shows it."`
}

// Run enters the revocation.
func (c *signingRevoke) Run(p *program) error {
	b, err := p.books()
	if err != nil {
		return err
	}
	defer b.close()
	return p.do(b, node.Act{Kind: journal.RevokeKey, Key: p.actKey(), PublicKey: c.PublicKey})
}
