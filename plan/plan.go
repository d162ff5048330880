package plan

import (
	"cmp"
	"encoding/json"

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

func (s *Stats) count(state string, firm bool) {
	if firm {
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

// New plans the facts. Data that makes no sense becomes a problem of the plan;
// the error is a refusal: planWithoutNow, planTooLarge, planOverflow, or one of a
// unit that makes no sense. The graph must not change while the plan is in use.
func New(g *vf.Graph, s Settings) (*Plan, error) {
	s.MostOrders = cmp.Or(s.MostOrders, defaultMostOrders)
	n, err := read(g, s)
	if err != nil {
		return nil, err
	}
	p := &Plan{net: n, settings: s, clusters: n.arrange(), stats: Stats{EngineMilliseconds: "0"}}
	p.asked, p.active = make([]bool, len(n.needs)), make([]bool, len(n.needs))
	p.coverage, p.reasons = make([][]coverage, len(n.needs)), make([]reasons, len(n.needs))
	p.solve()
	if p.err != nil {
		return nil, p.err
	}
	p.settle()
	return p, nil
}

// settle notes what each need gets, and counts.
func (p *Plan) settle() {
	n := p.net
	for i := range n.needs {
		if d := n.needs[i]; !p.asked[i] && d.qty > 0 {
			p.coverage[i] = []coverage{{at: max(d.due, n.now), qty: d.qty}}
		}
	}
	for _, o := range p.orders.all() {
		switch m := o.maker; {
		case m < 0:
			p.stats.Purchases++
		case n.makers[m].shared < 0:
			p.stats.Processes++
		}
	}
	p.stats.Orders = p.stats.Processes + p.stats.Purchases
	p.stats.Links, p.stats.Requirements = int(p.links.n), p.requirements
	p.findProblems()
}

// Stats returns the figures of the plan, without time, memory and hash.
func (p *Plan) Stats() Stats { return p.stats }

// Problems returns what is late or short or makes no sense, sorted by kind and id.
func (p *Plan) Problems() []Problem { return p.problems }
