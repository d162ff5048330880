package main

import (
	"errors"
	"io/fs"
	"os"

	"commonweal/host"
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
	tree, err := sqlite.Restore(p.ctx, c.Path, p.booksPath(), sqlite.Options{})
	if err == nil {
		err = p.checkRestored()
	}
	done()
	if err != nil {
		return err
	}
	if p.JSON {
		return p.printJSON(copied{p.booksPath(), tree.N, tree.Hash.String()})
	}
	p.say("Restored and verified %d entries to %s.", tree.N, p.booksPath())
	p.say("Root: %s", tree.Hash)
	if _, err := os.Stat(p.keyPath()); errors.Is(err, fs.ErrNotExist) {
		p.say("To act on them, put the network's key at %s.", p.keyPath())
	}
	return nil
}

// checkRestored compares views and profiles in what was restored with the
// journal in it. Where they differ the books are there all the same, since the
// journal is sound; the refusal tells what can be done.
func (p *program) checkRestored() error {
	s, err := sqlite.Read(p.ctx, p.booksPath(), p.storeOptions())
	if err != nil {
		return err
	}
	_, err = p.check(s)
	return errors.Join(err, s.Close())
}

// copyKey copies a key that can be read as one.
func copyKey(from, to string) error {
	if _, err := host.ReadKey(from); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return cannotRead(from, err)
		}
		return err
	}
	raw, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, raw, 0o600)
}
