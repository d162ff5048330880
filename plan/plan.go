package plan

import (
	"cmp"
	"encoding/json"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"commonweal/vf"
)

// Stats are the figures of a plan.
type Stats struct {
	Orders             int         `json:"orders"` // proposed processes and purchases
	Processes          int         `json:"processes"`
	Purchases          int         `json:"purchases"`
	Requirements       int         `json:"requirements"`
	Links              int         `json:"links"`
	Needs              int         `json:"needs"`
	OnTime             int         `json:"onTime"`
	Late               int         `json:"late"`
	Short              int         `json:"short"`
	EngineMilliseconds json.Number `json:"engineMilliseconds"` // from records to pegged plan; filled in by who holds a clock
	MemoryBytes        int64       `json:"memoryBytes"`        // filled in by who can measure it
	Hash               string      `json:"hash"`               // SHA-256 of everything but these figures; filled in by Hash
}

func (s *Stats) count(state string, d *need) {
	if d.firm || d.stays() {
		return
	}
	s.Needs++
	switch state {
	case "onTime":
		s.OnTime++
	case "late":
		s.Late++
	case "short":
		s.Short++
	}
}

// add adds the counts of a part.
func (s *Stats) add(x *Stats) {
	s.Processes += x.Processes
	s.Purchases += x.Purchases
	s.Orders = s.Processes + s.Purchases
	s.Requirements += x.Requirements
	s.Links += x.Links
	s.Needs += x.Needs
	s.OnTime += x.OnTime
	s.Late += x.Late
	s.Short += x.Short
}

// Plan is a computed plan: what each connected part of the network does.
type Plan struct {
	net      *network
	settings Settings
	parts    []*part
	partOf   []int32 // of each buffer
	spare    *spare
}

// New plans the facts. Data that makes no sense becomes a problem of the plan, and
// a need that leads to more than can be planned is short; so no record takes the plan
// from the others. The error is a refusal: planWithoutNow, or one of a unit that makes
// no sense, which no check of records lets pass. The graph must not change while the
// plan is in use.
func New(g *vf.Graph, s Settings) (*Plan, error) {
	s.MostOrders = cmp.Or(s.MostOrders, defaultMostOrders)
	n, err := read(g, s)
	if err != nil {
		return nil, err
	}
	p := &Plan{net: n, settings: s, spare: &spare{}}
	p.parts, p.partOf = n.divide(&p.settings, n.arrange())
	n.room = n.orderRoom(p.parts)
	solveAll(newDesk(n), p.parts)
	return p, nil
}

// solveAll plans parts, as many at a time as there are processors. The parts touch
// nothing in common, so what comes out does not depend on that.
func solveAll(d *desk, parts []*part) {
	var next atomic.Int64
	var wait sync.WaitGroup
	work := func(d *desk) {
		for {
			k := int(next.Add(1)) - 1
			if k >= len(parts) {
				return
			}
			parts[k].desk = d
			parts[k].solve()
			parts[k].settle()
			parts[k].desk = nil
		}
	}
	for range min(runtime.GOMAXPROCS(0), len(parts)) - 1 {
		other := d.share()
		wait.Go(func() { work(other) })
	}
	work(d)
	wait.Wait()
}

// settle counts what the part holds, and finds its problems.
func (p *part) settle() {
	p.stats = Stats{}
	for _, o := range p.orders.all() {
		switch m := o.maker; {
		case m < 0:
			p.stats.Purchases++
		case p.net.makers[m].shared < 0:
			p.stats.Processes++
		}
	}
	p.stats.Links, p.stats.Requirements = int(p.links.n), p.requirements
	p.findOverload()
	p.findProblems()
}

// covered returns what the plan gives a need, by date.
func (p *part) covered(i int32) []coverage {
	if c, asked := p.coverage[i]; asked {
		return c
	}
	if d := p.net.needs.at(i); d.qty > 0 {
		return []coverage{{at: max(d.due, p.net.now), qty: d.qty}}
	}
	return nil
}

// Stats returns the figures of the plan, without time, memory and hash.
func (p *Plan) Stats() Stats {
	s := Stats{EngineMilliseconds: "0"}
	for _, x := range p.parts {
		s.add(&x.stats)
	}
	return s
}

// Problems returns what is late or short or makes no sense, sorted by kind and id.
func (p *Plan) Problems() []Problem {
	var list []Problem
	for _, x := range p.parts {
		list = append(list, x.problems...)
	}
	list = append(list, p.net.brokenFacts()...)
	slices.SortStableFunc(list, func(x, y Problem) int {
		return cmp.Or(cmp.Compare(problemRank(x.Kind), problemRank(y.Kind)), strings.Compare(string(x.About), string(y.About)),
			strings.Compare(string(x.Stage), string(y.Stage)), strings.Compare(x.Text, y.Text))
	})
	return list
}

// Unplanned returns the problems of needs that are not in the plan, because what is
// said of them makes no sense or lacks something, such as a date. They are not among
// the needs that [Stats] and [Figures] count. The function handed in gives a record
// of the books, nil where there is none.
func (p *Plan) Unplanned(record func(vf.ID) vf.Record) []Problem {
	var list []Problem
	for _, x := range p.net.brokenFacts() {
		if i, ok := record(x.About).(*vf.Intent); ok && isNeed(i) {
			list = append(list, x)
		}
	}
	slices.SortFunc(list, func(x, y Problem) int { return strings.Compare(string(x.About), string(y.About)) })
	return list
}

// partOfNeed is the part that a need is in.
func (p *Plan) partOfNeed(i int32) *part { return p.parts[p.partOf[p.net.needs.at(i).buffer]] }
