package main

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"

	"commonweal/format"
	"commonweal/rule"
	"commonweal/vf"
)

// sources is where facts are read from: network files, or spreadsheets, which are
// three of items or five of chains.
type sources struct {
	Files      []string `arg:"" optional:"" name:"file" help:"Network files, JSON-LD or YAML; - is standard input."`
	Items      string   `help:"Spreadsheet of items: item, level, lead days, on hand." group:"sheets"`
	BOM        string   `help:"Spreadsheet of the bill of materials: parent, component, quantity of it for one parent." name:"bom" group:"sheets"`
	Demands    string   `help:"Spreadsheet of demands: demand, item, quantity, due day; of chains: demand, chain, quantity, due hours, priority." group:"sheets"`
	Components string   `help:"Spreadsheet of components that are bought: component, lead days, on hand, target stock, order minimum, order multiple." group:"sheets"`
	Steps      string   `help:"Spreadsheet of the steps of chains: chain, level, fixed days, days per unit, machine, on hand." group:"sheets"`
	Uses       string   `help:"Spreadsheet of what steps use: chain, level, component, quantity of it for one." group:"sheets"`
	Machines   string   `help:"Spreadsheet of machines: machine, how many orders at a time." group:"sheets"`
}

// any reports whether anything was named.
func (s *sources) any() bool { return len(s.Files) > 0 || s.sheets() }

func (s *sources) sheets() bool { return s.Items+s.BOM+s.Demands != "" || s.chains() }

// chains reports whether spreadsheets of chains were named.
func (s *sources) chains() bool { return s.Components+s.Steps+s.Uses+s.Machines != "" }

// read reads what was named; known are the records that files may refer to.
func (s *sources) read(p *program, now vf.Time, known *vf.Graph) (*format.Network, error) {
	switch {
	case !s.sheets():
		return p.readNetworks(s.Files, known)
	case len(s.Files) > 0:
		return nil, usage("give either network files or spreadsheets, not both")
	case s.chains():
		return s.readChains(p, now)
	case s.Items == "" || s.BOM == "" || s.Demands == "":
		return nil, usage("spreadsheets come three together: --items, --bom and --demands; or five: --components, --steps, --uses, --machines and --demands")
	}
	opened, done, err := p.open([]string{s.Items, s.BOM, s.Demands})
	if err != nil {
		return nil, err
	}
	defer done()
	g, err := format.ReadSpreadsheets(format.Sheets{Items: opened[0], BOM: opened[1], Demands: opened[2], Now: now})
	if err != nil {
		return nil, err
	}
	return &format.Network{Graph: g}, nil
}

// readChains reads the five spreadsheets of chains.
func (s *sources) readChains(p *program, now vf.Time) (*format.Network, error) {
	list := []string{s.Components, s.Steps, s.Uses, s.Machines, s.Demands}
	if slices.Contains(list, "") || s.Items+s.BOM != "" {
		return nil, usage("spreadsheets of chains come five together, and no others: --components, --steps, --uses, --machines and --demands")
	}
	f, done, err := p.open(list)
	if err != nil {
		return nil, err
	}
	defer done()
	g, err := format.ReadChains(format.ChainSheets{Components: f[0], Steps: f[1], Uses: f[2], Machines: f[3], Demands: f[4], Now: now})
	if err != nil {
		return nil, err
	}
	return &format.Network{Graph: g}, nil
}

// readNetworks reads network files as one network.
func (p *program) readNetworks(names []string, known *vf.Graph) (*format.Network, error) {
	opened, done, err := p.open(names)
	if err != nil {
		return nil, err
	}
	defer done()
	return format.ReadNetworks(opened, known)
}

// open opens files for reading, standard input for the name "-", until done is
// called.
func (p *program) open(names []string) (list []format.File, done func(), err error) {
	var opened []*os.File
	done = func() {
		for _, f := range opened {
			_ = f.Close() // nothing was written
		}
	}
	for _, name := range names {
		if name == "-" {
			list = append(list, format.File{Name: "standard input", Data: bufio.NewReader(p.in)})
			continue
		}
		f, err := os.Open(name)
		if err != nil {
			done()
			return nil, nil, cannotRead(name, err)
		}
		opened = append(opened, f)
		list = append(list, format.File{Name: name, Data: p.watched(f, name)})
	}
	return list, done, nil
}

func cannotRead(name string, err error) error {
	reason := err.Error()
	var path *fs.PathError
	if errors.As(err, &path) {
		reason = path.Err.Error()
	}
	return rule.Refuse("unreadable", "reason", reason).At(name)
}

// reading turns texts of the command line into values, and keeps the first
// fault with the flag where it stood.
type reading struct {
	units    *vf.Units
	declared []*vf.Unit
	err      error
}

// newReading reads with the units of a network.
func newReading(g *vf.Graph) *reading {
	units, err := vf.NewUnits(g.Units)
	return &reading{units, g.Units, err}
}

func (r *reading) fault(flag string, err error) {
	if err == nil || r.err != nil {
		return
	}
	var refused *rule.Refusal
	if errors.As(err, &refused) && flag != "" {
		err = refused.At(flag)
	}
	var words *vf.Error
	if errors.As(err, &words) {
		err = rule.Refuse(rule.Name(words.Kind), words.Values...).At(flag)
	}
	r.err = err
}

// measure reads "60 lb" with a unit of the network: its symbol, its label, its
// id or the last part of its id. An empty text is a measure that was not said.
func (r *reading) measure(flag, text string) vf.Measure {
	if text == "" || r.err != nil {
		return vf.Measure{}
	}
	number, unit, _ := strings.Cut(strings.TrimSpace(text), " ")
	if unit == "" {
		r.fault(flag, r.missingUnit(flag, number))
	}
	d, err := vf.ParseDecimal(number)
	r.fault(flag, err)
	id, err := r.units.Named(strings.TrimSpace(unit))
	r.fault(flag, err)
	return vf.Measure{HasNumericalValue: d, HasUnit: id}
}

// time reads a time, which may be left out.
func (r *reading) time(flag, text string) vf.Time {
	if text == "" || r.err != nil {
		return vf.Time{}
	}
	t, err := vf.ParseTime(text)
	r.fault(flag, err)
	return t
}

// number reads a decimal number, nil where it was left out.
func (r *reading) number(flag, text string) *vf.Decimal {
	if text == "" || r.err != nil {
		return nil
	}
	d, err := vf.ParseDecimal(text)
	r.fault(flag, err)
	return &d
}

// action reads an action.
func (r *reading) action(flag, text string) vf.Action {
	if text == "" || r.err != nil {
		return ""
	}
	a, err := vf.ParseAction(text)
	r.fault(flag, err)
	return a
}

// parseTime reads the time of a flag.
func parseTime(flag, text string) (vf.Time, error) {
	r := &reading{}
	t := r.time(flag, text)
	return t, r.err
}
