package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"

	"commonweal/format"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/vf"
)

// exportCommand writes the books for other programs.
type exportCommand struct {
	Jsonld  exportJSONLD  `cmd:"" help:"All records as a network file in JSON-LD."`
	Yaml    exportYAML    `cmd:"" help:"All records as a network file in YAML."`
	CSV     exportCSV     `cmd:"" name:"csv" help:"A list as a spreadsheet: needs, offers, resources, commitments or events."`
	Hledger exportHledger `cmd:"" help:"The events as a journal for hledger."`
}

// target is where an export goes.
type target struct {
	To string `help:"File to write; standard output if left out."`
}

// exportJSONLD writes JSON-LD.
type exportJSONLD struct{ target }

// Run writes it.
func (c *exportJSONLD) Run(p *program) error {
	return c.export(p, format.WriteNetwork)
}

// exportYAML writes YAML.
type exportYAML struct{ target }

// Run writes it.
func (c *exportYAML) Run(p *program) error {
	return c.export(p, format.WriteYAML)
}

// exportCSV writes one list.
type exportCSV struct {
	List string `arg:"" help:"needs, offers, resources, commitments or events."`
	target
}

// Run writes it.
func (c *exportCSV) Run(p *program) error {
	return c.export(p, func(w io.Writer, g *vf.Graph, _ string) error { return format.WriteCSV(w, g, c.List) })
}

// exportHledger writes a journal for hledger.
type exportHledger struct{ target }

// Run writes it.
func (c *exportHledger) Run(p *program) error {
	return c.export(p, func(w io.Writer, g *vf.Graph, _ string) error { return format.Hledger(w, g) })
}

// export writes the books, by the charter as far as --as may see them; a file appears
// only when it is whole.
func (t *target) export(p *program, write func(io.Writer, *vf.Graph, string) error) error {
	b, err := p.look()
	if err != nil {
		return err
	}
	defer b.close()
	graph := b.Graph
	if p.ByCharter {
		graph = b.Seat(node.Actor{Agent: p.author(b)}).Graph
	}
	g, err := graph()
	if err != nil {
		return err
	}
	if t.To == "" {
		out := bufio.NewWriter(p.out)
		return errors.Join(write(out, g, b.Network()), out.Flush())
	}
	if _, err := os.Stat(t.To); err == nil {
		return rule.Refuse("storeExists", "path", t.To)
	}
	f, err := os.CreateTemp(filepath.Dir(t.To), ".export-*")
	if err != nil {
		return err
	}
	out := bufio.NewWriter(f)
	if err := errors.Join(write(out, g, b.Network()), out.Flush(), f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), t.To)
}
