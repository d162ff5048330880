package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"

	"commonweal/host"
	"commonweal/journal"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/vf"
)

// initCommand begins the books of a network.
type initCommand struct {
	Network string `arg:"" optional:"" help:"The network's id: an address of its own, such as https://example.org/our-network/; ids in files are relative to it. Left out, one is made from the key, and files of any base can be imported."`
}

// begun is what init tells programs.
type begun struct {
	Network   string            `json:"network"`
	Data      string            `json:"data"`
	Store     string            `json:"store,omitempty"`
	PublicKey journal.PublicKey `json:"publicKey"`
}

// noAddress is how the id of a network ends that has no address of its own:
// nobody can ever have that name (RFC 2606).
const noAddress = ".commonweal.invalid/"

// unnamed makes an id for a network without address from its first key.
func unnamed(k journal.PublicKey) string {
	sum := sha256.Sum256([]byte(k))
	return "https://" + hex.EncodeToString(sum[:8]) + noAddress
}

// Run makes the data folder, the key, and the first entry of the journal. Where
// it was cut short earlier, it goes on with the key that is there.
func (c *initCommand) Run(p *program) (err error) {
	if err := p.newFolder(); err != nil {
		var r *rule.Refusal
		if !errors.As(err, &r) {
			return err
		}
	}
	signer, err := host.ReadKey(p.keyPath())
	if errors.Is(err, fs.ErrNotExist) {
		signer, err = host.MakeKey(p.keyPath())
	}
	if err != nil {
		return err
	}
	if c.Network == "" {
		c.Network = unnamed(signer.PublicKey())
	}
	s, err := p.place().create(p.ctx)
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
		return p.printJSON(begun{c.Network, p.Data, p.shownStore(), signer.PublicKey()})
	}
	where, next := p.Data, "--data "+p.Data
	if p.Store != "" {
		where, next = p.shownStore(), "--store ADDRESS"
	}
	p.say("Begun the books of %s in %s.", c.Network, where)
	p.say("The key that signs is in %s; whoever has it can write the books.", p.keyPath())
	p.say("Next: commonweal %s import FILE", next)
	return nil
}
