package main

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"golang.org/x/mod/sumdb/tlog"

	"commonweal/host"
	"commonweal/rule"
	"commonweal/store"
	"commonweal/store/sqlite"
)

// restoreCommand begins a data folder from a backup.
type restoreCommand struct {
	Path string `arg:"" help:"The backup."`
	From string `name:"key-file" help:"The network's key, to be copied into the data folder; without it the books can be read only."`
}

// Run verifies the backup, copies it, and verifies the copy.
func (c *restoreCommand) Run(p *program) error {
	if err := p.newFolder(); err != nil {
		return err
	}
	if c.From != "" {
		if err := copyKey(c.From, p.keyPath()); err != nil {
			return err
		}
	}
	done := p.busy("copying")
	tree, err := c.restore(p)
	if err == nil {
		err = p.checkPlace(p.place())
	}
	done()
	if err != nil {
		return err
	}
	if p.JSON {
		return p.printJSON(copied{p.place().String(), tree.N, tree.Hash.String()})
	}
	p.say("Restored and verified %d entries to %s.", tree.N, p.place())
	p.say("Root: %s", tree.Hash)
	if _, err := os.Stat(p.keyPath()); errors.Is(err, fs.ErrNotExist) {
		p.say("To act on them, put the network's key at %s.", p.keyPath())
	}
	p.say("%s", accountsApart)
	return nil
}

// restore verifies the backup and copies it.
func (c *restoreCommand) restore(p *program) (tlog.Tree, error) {
	at := p.place()
	if at.address == "" {
		return sqlite.Restore(p.ctx, c.Path, at.path, sqlite.Options{})
	}
	s, err := sqlite.ReadCopy(p.ctx, c.Path, sqlite.Options{})
	if err != nil {
		return tlog.Tree{}, err
	}
	defer s.Close()
	if _, err := s.Check(p.ctx); err != nil {
		return tlog.Tree{}, err
	}
	return at.fill(p.ctx, func(ctx context.Context, to store.Store) error {
		_, err := store.Copy(ctx, s, to)
		return err
	})
}

// checkPlace compares views and profiles in what was copied to a place with the
// journal in it. Where they differ the books are there all the same, since the
// journal is sound; the refusal tells what can be done.
func (p *program) checkPlace(at place) error {
	s, err := at.read(p.ctx)
	if err != nil {
		return err
	}
	_, err = p.check(s, nil)
	return errors.Join(err, s.Close())
}

// copyKey copies a key that can be read as one to where none is, or the same.
func copyKey(from, to string) error {
	signer, err := host.ReadKey(from)
	if errors.Is(err, fs.ErrNotExist) {
		return cannotRead(from, err)
	}
	if err != nil {
		return err
	}
	if there, err := host.ReadKey(to); err == nil && there.PublicKey() == signer.PublicKey() {
		return nil
	}
	raw, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return rule.Refuse("storeExists", "path", to)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	return errors.Join(err, f.Sync(), f.Close())
}
