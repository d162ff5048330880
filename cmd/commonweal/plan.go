package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"time"

	"commonweal/plan"
	"commonweal/vf"
	zones "commonweal/zone"
)

// planCommand plans what is in the books, or in files.
type planCommand struct {
	sources
	Now   string `help:"What time the plan takes it to be, such as 2023-05-15; the present if left out. Day 0 of spreadsheets."`
	Stats bool   `help:"Print the figures alone."`
	All   bool   `help:"Print every row of long tables."`
}

// figures is what --stats tells programs.
type figures struct {
	Stats plan.Stats `json:"stats"`
}

// Run plans and prints.
func (c *planCommand) Run(p *program) error {
	made, stats, g, err := c.plan(p, c.Now)
	if err != nil {
		return err
	}
	if c.Stats {
		if p.JSON {
			return p.printJSON(figures{stats})
		}
		tellStats(p, stats)
		return nil
	}
	report := made.Report()
	report.Stats = stats
	if p.JSON {
		out := bufio.NewWriter(p.out)
		e := json.NewEncoder(out)
		e.SetEscapeHTML(false)
		if err := e.Encode(report); err != nil {
			return err
		}
		return out.Flush()
	}
	now, err := p.nowOr(c.Now)
	if err != nil {
		return err
	}
	v := &planView{p: p, names: namesOf(g), all: c.All}
	v.tell(report, now)
	return nil
}

// plan reads the facts, from files where any are named, else from the books,
// and plans them; the figures have time, memory and hash filled in.
func (s *sources) plan(p *program, nowText string) (*plan.Plan, plan.Stats, *vf.Graph, error) {
	var none plan.Stats
	now, err := p.nowOr(nowText)
	if err != nil {
		return nil, none, nil, err
	}
	g, err := s.facts(p, now)
	if err != nil {
		return nil, none, nil, err
	}
	done := p.busy("planning")
	begin := time.Now()
	made, err := plan.New(g, plan.Settings{Now: now, Zone: zones.Load})
	took := time.Since(begin)
	done()
	if err != nil {
		return nil, none, nil, err
	}
	stats := made.Stats()
	stats.EngineMilliseconds = milliseconds(took)
	stats.MemoryBytes = mostMemory()
	stats.Hash = made.Hash()
	return made, stats, g, nil
}

// facts reads files where any are named, else the books.
func (s *sources) facts(p *program, now vf.Time) (*vf.Graph, error) {
	if s.any() {
		n, err := s.read(p, now, nil)
		if err != nil {
			return nil, err
		}
		return n.Graph, nil
	}
	b, err := p.look()
	if err != nil {
		return nil, err
	}
	defer b.close()
	return b.Graph()
}

// milliseconds writes a duration as a number of milliseconds.
func milliseconds(d time.Duration) json.Number {
	return json.Number(fmt.Sprintf("%d.%03d", d.Microseconds()/1000, d.Microseconds()%1000))
}

func tellStats(p *program, s plan.Stats) {
	t := newTable("", ">")
	for _, row := range []struct {
		name string
		n    int
	}{{"needs", s.Needs}, {"  on time", s.OnTime}, {"  late", s.Late}, {"  short", s.Short}, {"orders", s.Orders}, {"  processes", s.Processes},
		{"  purchases", s.Purchases}, {"requirements", s.Requirements}, {"links", s.Links}} {
		t.add(row.name, fmt.Sprint(row.n))
	}
	t.add("engine", s.EngineMilliseconds.String()+" ms")
	t.add("memory", fmt.Sprintf("%d MB", s.MemoryBytes>>20))
	t.write(p.out)
	p.say("hash %s", s.Hash)
}
