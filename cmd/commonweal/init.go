package main

import (
	"errors"
	"io/fs"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/store/sqlite"
	"commonweal/vf"
)

// initCommand begins the books of a network.
type initCommand struct {
	Network string `arg:"" help:"The network's id: an address of its own, such as https://example.org/our-network/; ids in files are relative to it."`
}

// begun is what init tells programs.
type begun struct {
	Network   string            `json:"network"`
	Data      string            `json:"data"`
	PublicKey journal.PublicKey `json:"publicKey"`
}

// Run makes the data folder, the key, and the first entry of the journal. Where
// it was cut short earlier, it goes on with the key that is there.
func (c *initCommand) Run(p *program) (err error) {
	if c.Network == "" {
		return rule.Refuse("badNetworkId", "value", "")
	}
	if err := p.newFolder(); err != nil {
		var r *rule.Refusal
		if !errors.As(err, &r) {
			return err
		}
	}
	signer, err := readKey(p.keyPath())
	if errors.Is(err, fs.ErrNotExist) {
		signer, err = makeKey(p.keyPath())
	}
	if err != nil {
		return err
	}
	s, err := sqlite.Create(p.ctx, p.booksPath(), sqlite.Options{})
	if err != nil {
		return err
	}
	author := p.As
	if author == "" {
		author = vf.ID(c.Network)
	}
	n, err := node.Create(p.ctx, s, c.Network, author, node.Options{Signer: signer})
	if err != nil {
		return errors.Join(err, s.Close())
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	if p.JSON {
		return p.printJSON(begun{c.Network, p.Data, signer.PublicKey()})
	}
	p.say("Begun the books of %s in %s.", c.Network, p.Data)
	p.say("The key that signs is in %s; whoever has it can write the books.", p.keyPath())
	p.say("Next: commonweal --data %s import FILE", p.Data)
	return nil
}
