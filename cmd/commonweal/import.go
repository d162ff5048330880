package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/vf"
)

// importCommand takes a network file or spreadsheets into the books.
type importCommand struct {
	sources
	Now string `help:"Day 0 of spreadsheets; today if left out."`
}

// imported is what import tells programs.
type imported struct {
	Sequence int64          `json:"sequence"` // of the first entry
	Entries  int64          `json:"entries"`
	Key      string         `json:"key"`
	Again    bool           `json:"again"`
	Records  map[string]int `json:"records"`
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
	count := map[string]int{}
	for _, r := range n.Graph.All() {
		count[string(r.Class())]++
	}
	told := imported{results[0].Sequence, results[0].Entries, p.Key, results[0].Repeated, count}
	if p.JSON {
		return p.printJSON(told)
	}
	return told.say(p)
}

func (i imported) say(p *program) error {
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
