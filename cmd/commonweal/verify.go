package main

import (
	"errors"
	"os"

	"commonweal/host"
	"commonweal/journal"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/store"
)

// verifyCommand checks the books offline.
type verifyCommand struct {
	Against []string          `arg:"" optional:"" name:"checkpoint" help:"Checkpoints that you kept from earlier, or got from others."`
	First   journal.PublicKey `help:"The first key of the network, if you know it."`
	Rebuild bool              `help:"Make all views anew from the journal, if it is sound, and throw the image away."`
	Save    string            `help:"Write a checkpoint of now to this file, to be kept in another place."`
}

// verified is what verify tells programs.
type verified struct {
	*journal.Report
	Sound  bool   `json:"sound"`
	Covers string `json:"covers"`
}

// Run verifies journal, checkpoints and views.
func (c *verifyCommand) Run(p *program) error {
	var held [][]byte
	for _, name := range c.Against {
		raw, err := os.ReadFile(name)
		if err != nil {
			return cannotRead(name, err)
		}
		if _, _, err := journal.ReadCheckpoint(raw); err != nil {
			return rule.Refuse("notACheckpoint", "reason", err.Error()).At(name)
		}
		held = append(held, raw)
	}
	open := p.place().read
	if c.Rebuild {
		open = p.place().open
	}
	s, err := open(p.ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	done := p.busy("verifying")
	report, err := store.Verify(p.ctx, s, held, c.First)
	done()
	if err != nil {
		return err
	}
	if err := c.tell(p, report); err != nil {
		return err
	}
	if _, err := s.Check(p.ctx); err != nil {
		return err
	}
	if c.Rebuild {
		if err := errors.Join(node.Rebuild(p.ctx, s), p.images().Drop()); err != nil {
			return err
		}
	}
	differences, err := p.check(s, p.images())
	if !p.JSON {
		tellDifferences(p, differences)
	}
	if err != nil {
		return err
	}
	if !p.JSON {
		p.say("The views are what the journal says, byte for byte.")
	}
	n, err := node.Open(p.ctx, s, node.Options{})
	if err != nil {
		return err
	}
	return c.save(p, n)
}

// tellDifferences prints what rows of views hold and should hold.
func tellDifferences(p *program, list []node.Difference) {
	const most = 200 // characters of a row
	for _, d := range list {
		if d.Reason == "" {
			r := d.Refusal()
			stored, made := d.Texts()
			p.say("%s\n  It holds “%s”, the journal says “%s”.", r.Sentence(), cut(stored, most), cut(made, most))
		}
	}
}

func (c *verifyCommand) tell(p *program, report *journal.Report) error {
	if p.JSON {
		if err := p.printJSON(verified{report, report.Sound(), report.Covers()}); err != nil {
			return err
		}
	} else {
		p.say("Network  %s", report.Network)
		p.say("Entries  %d", report.Entries)
		p.say("Root     %s", report.Root)
		for _, k := range report.Keys {
			p.say("Key      %s%s", k.Key, useOf(k))
		}
		p.say("%s", wrap(report.Covers(), 0))
	}
	if !report.Sound() {
		return &damagedError{report.Fault.Error()}
	}
	return nil
}

// useOf says how long a key signed.
func useOf(k journal.KeyUse) string {
	switch {
	case k.Revoked > 0:
		return " (revoked)"
	case k.Until > 0:
		return " (before)"
	}
	return ""
}

// save writes a checkpoint of now, signed with the key in the data folder.
func (c *verifyCommand) save(p *program, n *node.Node) error {
	if c.Save == "" {
		return nil
	}
	signer, err := host.ReadKey(p.keyPath())
	if err != nil {
		return err
	}
	n.SignWith(signer)
	raw, err := n.Checkpoint()
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.Save, raw, 0o644); err != nil {
		return err
	}
	if !p.JSON {
		p.say("Wrote a checkpoint to %s: keep it in another place, and verify against it next time.", c.Save)
	}
	return nil
}
