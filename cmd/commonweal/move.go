package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"

	"commonweal/host"
	"commonweal/store"
)

// moveCommand carries a network between a data folder and a database.
type moveCommand struct {
	From string `required:"" placeholder:"PLACE" help:"Where the books are: a data folder, or postgres://USER@HOST:PORT/DATABASE?network=NAME."`
	To   string `required:"" placeholder:"PLACE" help:"Where they go, the same way; nothing may be there."`
}

// moved is what move tells programs.
type moved struct {
	From    string `json:"from"`
	To      string `json:"to"`
	Entries int64  `json:"entries"`
	Root    string `json:"root"`
}

// Run copies the books while nobody else can write them, and verifies the copy.
func (c *moveCommand) Run(p *program) error {
	from, to := p.placeOf(c.From), p.placeOf(c.To)
	if to.path != "" {
		if err := os.MkdirAll(c.To, 0o750); err != nil {
			return fmt.Errorf("the data folder cannot be made: %w", err)
		}
	}
	done := p.busy("moving")
	tree, err := move(p.ctx, from, to)
	if err == nil {
		err = p.checkPlace(to)
	}
	done()
	if err != nil {
		return err
	}
	if p.JSON {
		return p.printJSON(moved{from.String(), to.String(), tree.N, tree.Hash.String()})
	}
	p.say("Moved and verified %d entries to %s.", tree.N, to)
	p.say("Root: %s", tree.Hash)
	p.say("The books at %s are as they were: act on the new ones alone from now on, and put the old ones away.", from)
	if to.path != "" {
		p.say("The key that signs was not moved: put it at %s.", filepath.Join(c.To, host.KeyFile))
	} else {
		p.say("The key that signs stays where it is: act with --data naming its folder and --store ADDRESS.")
	}
	p.say("%s", accountsApart)
	return nil
}

// accountsApart says after books came to another place what did not come with them.
const accountsApart = "Accounts, tokens and invitations are not in the books: they are in people.sqlite of a server's data folder, or in the schema people of its database, " +
	"and stay there.\nWhere the server finds none it prints a link by which the owner comes in again as themselves, and can invite the others as who they are."

// move verifies the books in one place and makes the same in another. The lock
// of whoever writes is held meanwhile.
func move(ctx context.Context, from, to place) (_ tlog.Tree, err error) {
	s, err := from.open(ctx)
	if err != nil {
		return tlog.Tree{}, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	had, err := s.Check(ctx)
	if err != nil {
		return tlog.Tree{}, err
	}
	got, err := to.fill(ctx, func(ctx context.Context, to store.Store) error {
		_, err := store.Copy(ctx, s, to)
		return err
	})
	if err == nil && got != had {
		err = fmt.Errorf("%s has %d entries and the root %s, %s %d and %s", to, got.N, got.Hash, from, had.N, had.Hash)
	}
	return got, err
}
