package main

import (
	"encoding/json"
	"path/filepath"
	"strings"

	"commonweal/plan"
	"commonweal/vf"
)

// changes are facts that would be other than they are: records that are new or said
// anew, whole, and records that would not be there.
type changes struct {
	Set     []string `sep:"none" help:"'ID PROPERTY=VALUE', such as 'need/7 resourceQuantity=70 lb'; repeat it."`
	Without []vf.ID  `help:"A record that would not be there; repeat it."`
}

// branch is a plan on other facts.
type branch struct {
	name    string
	records []vf.Record
	without []vf.ID
}

// branches reads a branch from each file, and one more from the flags.
func (c *changes) branches(p *program, g *vf.Graph, files []string) ([]branch, error) {
	var list []branch
	for _, name := range files {
		n, err := p.readNetworks([]string{name}, g)
		if err != nil {
			return nil, err
		}
		base := filepath.Base(name)
		list = append(list, branch{name: strings.TrimSuffix(base, filepath.Ext(base)), records: n.Graph.All()})
	}
	if len(c.Set)+len(c.Without) == 0 {
		return list, nil
	}
	f := &facts{reading: newReading(g), graph: g, said: flagsOf{}}
	flags := branch{name: "as set", without: c.Without, records: f.setAll(c.Set)}
	for _, id := range c.Without {
		f.record("--without", id)
	}
	return append(list, flags), f.err
}

// setAll says records anew with properties from the command line.
func (f *facts) setAll(texts []string) (records []vf.Record) {
	at := map[vf.ID]map[string]json.RawMessage{}
	var order []vf.ID
	for _, text := range texts {
		id, property, ok := strings.Cut(strings.TrimSpace(text), " ")
		name, value, said := strings.Cut(property, "=")
		if !ok || !said {
			f.fault("", usage("--set takes 'ID PROPERTY=VALUE', such as 'need/7 resourceQuantity=70 lb'"))
			return nil
		}
		old := f.record("--set", vf.ID(id))
		if old == nil {
			return nil
		}
		if at[old.Key()] == nil {
			raw, err := vf.Encode(old)
			f.fault("", err)
			fields := map[string]json.RawMessage{}
			f.fault("", json.Unmarshal(raw, &fields))
			at[old.Key()] = fields
			order = append(order, old.Key())
		}
		at[old.Key()][name] = f.propertyValue(old.Class(), name, value)
	}
	for _, id := range order {
		if f.err != nil {
			return nil
		}
		raw, err := json.Marshal(at[id])
		f.fault("", err)
		changed, err := vf.Decode(raw)
		f.fault("--set", err)
		records = append(records, changed)
	}
	return records
}

// changes are the facts of the branch as changes to those of a plan.
func (b *branch) changes() []plan.FactChange {
	gone := map[vf.ID]bool{}
	var list []plan.FactChange
	for _, id := range b.without {
		if !gone[id] {
			gone[id], list = true, append(list, plan.FactChange{ID: id})
		}
	}
	for _, r := range b.records {
		if !gone[r.Key()] {
			list = append(list, plan.FactChange{After: r})
		}
	}
	return list
}
