package main

import (
	"errors"
	"os"

	"commonweal/store/sqlite"
)

// backupCommand copies the books while they are in use.
type backupCommand struct {
	Path string `arg:"" help:"Where the copy goes; nothing may be there."`
}

// copied is what backup and restore tell programs.
type copied struct {
	Path    string `json:"path"`
	Entries int64  `json:"entries"`
	Root    string `json:"root"`
}

// Run makes and verifies the copy.
func (c *backupCommand) Run(p *program) error {
	s, err := p.place().read(p.ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	done := p.busy("copying")
	tree, err := s.Backup(p.ctx, c.Path)
	if err == nil {
		err = c.checkCopy(p)
	}
	done()
	if err != nil {
		return err
	}
	if p.JSON {
		return p.printJSON(copied{c.Path, tree.N, tree.Hash.String()})
	}
	p.say("Copied and verified %d entries to %s.", tree.N, c.Path)
	p.say("Root: %s", tree.Hash)
	p.say("The key is not in the copy: keep %s in another safe place.", p.keyPath())
	return nil
}

// checkCopy compares views and profiles in the copy with the journal in it; a
// copy that is not sound is removed.
func (c *backupCommand) checkCopy(p *program) error {
	s, err := sqlite.ReadCopy(p.ctx, c.Path, sqlite.Options{})
	if err == nil {
		_, err = p.check(s, nil)
		err = errors.Join(err, s.Close())
	}
	if err != nil {
		return errors.Join(err, os.Remove(c.Path))
	}
	return nil
}
