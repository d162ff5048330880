package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"commonweal/journal"
	"commonweal/vf"
)

// journalCommand prints every act, in order.
type journalCommand struct {
	From int64 `help:"First entry to print." default:"0"`
}

// Run prints the entries; with --json each as it stands in the journal, one a
// line.
func (c *journalCommand) Run(p *program) error {
	s, err := p.place().read(p.ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	t := newTable(">entry", "!when", "who", "did", "what")
	err = s.Entries(p.ctx, c.From, func(seq int64, raw []byte) error {
		if p.JSON {
			fmt.Fprintln(p.out, string(raw))
			return nil
		}
		e, err := journal.Decode(raw)
		if err != nil {
			return err
		}
		t.add(fmt.Sprint(seq), e.Act.At.UTC().Format("2006-01-02 15:04")+zone, lastOf(e.Act.Author), string(e.Act.Kind), aboutWhat(&e.Act))
		return nil
	})
	t.write(p.out)
	return err
}

// aboutWhat says in a few words what an act is about.
func aboutWhat(a *journal.Act) string {
	if a.Network != "" {
		return a.Network
	}
	var ids []string
	for _, id := range a.Of {
		ids = append(ids, string(id))
	}
	for i, raw := range a.Records {
		var r struct {
			ID   vf.ID    `json:"@id"`
			Type vf.Class `json:"@type"`
		}
		if json.Unmarshal(raw, &r) == nil { // what the journal holds was checked
			ids = append(ids, string(r.ID))
		}
		if i == 2 && len(a.Records) > 3 {
			ids = append(ids, fmt.Sprintf("and %d more", len(a.Records)-3))
			break
		}
	}
	return strings.Join(ids, ", ")
}

// lastOf is the last part of an id that may end in a slash.
func lastOf(id vf.ID) string { return vf.ID(strings.TrimSuffix(string(id), "/")).Last() }
