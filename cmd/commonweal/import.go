package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"commonweal/format"
	"commonweal/journal"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/vf"
)

// importCommand takes a network file or spreadsheets into the books.
type importCommand struct {
	sources
	Now  string `help:"Day 0 of spreadsheets; today if left out."`
	List string `help:"The file is this list, as export csv writes it or as people keep it: needs, offers, resources, commitments or events. Rows whose id is in the books change what their cells say."`
}

// imported is what import tells programs.
type imported struct {
	Sequence int64          `json:"sequence"` // of the first entry
	Entries  int64          `json:"entries"`
	Key      string         `json:"key"`
	Again    bool           `json:"again"`
	Records  map[string]int `json:"records"`
	Changed  int            `json:"changed,omitempty"` // rows of a list that change a record
	Same     int            `json:"same,omitempty"`    // rows that say what the books say
}

// Run imports.
func (c *importCommand) Run(p *program) error {
	if !c.any() {
		return usage("import takes network files or spreadsheets")
	}
	now, err := p.nowOr(c.Now)
	if err != nil {
		return err
	}
	b, err := p.books()
	if err != nil {
		return err
	}
	defer b.close()
	known, err := b.Graph()
	if err != nil {
		return err
	}
	if c.List != "" {
		return c.list(p, b, known)
	}
	n, err := c.read(p, now, known)
	if err != nil {
		return err
	}
	if n.Base != "" && n.Base != b.Network() && !strings.HasSuffix(b.Network(), noAddress) {
		return rule.Refuse("otherNetwork", "base", n.Base, "network", b.Network())
	}
	done := p.busy("entering")
	results, err := p.enter(b, node.Act{Kind: journal.Declare, Author: p.author(b), At: vf.At(p.now().Unix()), Key: p.actKey(), Records: n.Graph.All()})
	done()
	if err != nil {
		return err
	}
	told := imported{Sequence: results[0].Sequence, Entries: results[0].Entries, Key: p.Key, Again: results[0].Repeated, Records: byClass(n.Graph.All())}
	if p.JSON {
		return p.printJSON(told)
	}
	return told.say(p)
}

// byClass counts records by class.
func byClass(records []vf.Record) map[string]int {
	count := map[string]int{}
	for _, r := range records {
		count[string(r.Class())]++
	}
	return count
}

// list takes one list in: all its rows, or none.
func (c *importCommand) list(p *program, b *books, known *vf.Graph) error {
	if len(c.Files) != 1 || c.sheets() {
		return usage("--list takes one file with that list")
	}
	opened, done, err := p.open(c.Files)
	if err != nil {
		return err
	}
	defer done()
	said, err := format.ReadCSV(opened[0], c.List, known)
	if err != nil {
		return err
	}
	told := imported{Sequence: -1, Key: p.actKey(), Records: byClass(said.New), Changed: len(said.Changed), Same: said.Same}
	var acts []node.Act
	add := func(kind journal.Kind, key string, records []vf.Record) {
		if len(records) > 0 {
			acts = append(acts, node.Act{Kind: kind, Author: p.author(b), At: vf.At(p.now().Unix()), Key: key, Records: records})
		}
	}
	add(journal.Declare, told.Key, said.New)
	add(journal.Change, told.Key+strings.Repeat("/changed", len(acts)), said.Changed)
	if len(acts) > 0 {
		results, err := p.enterAll(b, acts)
		if err != nil {
			return err
		}
		told.Sequence, told.Again = results[0].Sequence, results[0].Repeated
		for _, r := range results {
			told.Entries += r.Entries
		}
	}
	if p.JSON {
		return p.printJSON(told)
	}
	return told.say(p)
}

func (i imported) say(p *program) error {
	if i.Sequence < 0 {
		p.say("Nothing new: all rows say what is in the books.")
		return nil
	}
	if i.Again {
		p.say("This import was there already, under the same key; nothing was entered now.")
	} else {
		p.say("Imported, from entry %d on:", i.Sequence)
	}
	t := newTable(">", "class")
	classes := make([]string, 0, len(i.Records))
	for class := range i.Records {
		classes = append(classes, class)
	}
	slices.SortFunc(classes, func(a, b string) int {
		return cmp.Or(cmp.Compare(i.Records[b], i.Records[a]), strings.Compare(a, b))
	})
	for _, class := range classes {
		t.add(fmt.Sprint(i.Records[class]), class)
	}
	if i.Changed > 0 {
		t.add(fmt.Sprint(i.Changed), "changed")
	}
	if i.Same > 0 {
		t.add(fmt.Sprint(i.Same), "as they are in the books")
	}
	t.write(p.out)
	return nil
}

// nowOr is the time that was given, else the time that it is.
func (p *program) nowOr(text string) (vf.Time, error) {
	if text == "" {
		return vf.At(p.now().Unix()), nil
	}
	return parseTime("--now", text)
}
