package plan

import (
	"cmp"
	"math/big"
	"slices"
	"strings"

	"commonweal/vf"
)

// Figures are what a plan comes to, so that plans can be held against each other.
type Figures struct {
	Tiers     []Tier   `json:"tiers"`     // what the needs get, most essential first
	LateBy    int64    `json:"lateBy"`    // seconds that the late needs are late together
	LatestBy  int64    `json:"latestBy"`  // seconds that the latest of them is late
	Processes int      `json:"processes"` // proposed
	Purchases int      `json:"purchases"` // proposed takings of offers
	Work      []Amount `json:"work"`      // by skill, promised and proposed
	Stock     []Amount `json:"stock"`     // what is taken of what is on hand
	Offers    []Amount `json:"offers"`    // what is taken of what is offered
	Limits    []string `json:"limits"`    // what goes beyond capacities, floors and limits, in words
}

// Tier counts what the needs of one tier get.
type Tier struct {
	Tier   int `json:"tier"`
	Needs  int `json:"needs"`
	OnTime int `json:"onTime"`
	Late   int `json:"late"`
	Short  int `json:"short"`
}

// Amount is a quantity of a specification.
type Amount struct {
	ResourceConformsTo vf.ID      `json:"resourceConformsTo"`
	Quantity           vf.Measure `json:"quantity"`
}

// Figures adds up what the plan comes to.
func (p *Plan) Figures() Figures {
	p = p.whole()
	f := Figures{Tiers: []Tier{}, Limits: []string{}}
	stats := p.Stats()
	f.Processes, f.Purchases = stats.Processes, stats.Purchases
	tiers := map[int]*Tier{}
	for i, d := range p.net.needs.all() {
		if d.firm || d.gone {
			continue
		}
		t := tiers[d.tier]
		if t == nil {
			t = &Tier{Tier: d.tier}
			tiers[d.tier] = t
		}
		t.Needs++
		switch s := p.partOfNeed(i).state(i); s.state {
		case "onTime":
			t.OnTime++
		case "late":
			t.Late++
			f.LateBy = plus(f.LateBy, s.last-d.due)
			f.LatestBy = max(f.LatestBy, s.last-d.due)
		default:
			t.Short++
		}
	}
	for _, t := range tiers {
		f.Tiers = append(f.Tiers, *t)
	}
	slices.SortFunc(f.Tiers, func(a, b Tier) int { return cmp.Compare(a.Tier, b.Tier) })
	for _, x := range p.Problems() {
		if x.Kind == "overCapacity" || x.Kind == "belowFloor" || x.Kind == "limitExceeded" {
			f.Limits = append(f.Limits, x.Text)
		}
	}
	f.Work = p.work()
	f.Stock, f.Offers = p.taken()
	return f
}

// taken adds up what is taken of what is on hand, and of what is offered.
func (p *Plan) taken() (stock, offers []Amount) {
	n := p.net
	ofStock, ofOffers := make([]int64, len(n.buffers)), make([]int64, len(n.buffers))
	for _, x := range p.parts {
		for _, l := range x.links.all() {
			if k := int(^l.supply); l.supply < 0 && k < x.base && !n.supplies[k].firm {
				b := n.supplies[k].buffer
				ofStock[b] = plus(ofStock[b], l.qty)
			}
		}
		for _, o := range x.orders.all() {
			if o.maker < 0 {
				b := n.offers[^o.maker].buffer
				ofOffers[b] = plus(ofOffers[b], o.qty)
			}
		}
	}
	return n.bySpecification(ofStock), n.bySpecification(ofOffers)
}

// bySpecification adds up quantities of buffers.
func (n *network) bySpecification(of []int64) []Amount {
	sums, first := map[vf.ID]int64{}, map[vf.ID]int32{}
	for b, q := range of {
		if q == 0 {
			continue
		}
		spec := n.buffers[b].spec
		if _, seen := first[spec]; !seen {
			first[spec] = int32(b)
		}
		sums[spec] = plus(sums[spec], q)
	}
	list := make([]Amount, 0, len(sums))
	for spec, q := range sums {
		list = append(list, Amount{spec, n.measure(first[spec], q)})
	}
	slices.SortFunc(list, func(a, b Amount) int {
		return strings.Compare(string(a.ResourceConformsTo), string(b.ResourceConformsTo))
	})
	return list
}

// skill is a kind of work in one unit of effort.
type skill struct{ spec, unit vf.ID }

// work adds up the work that processes take, promised and proposed, by skill.
func (p *Plan) work() []Amount {
	n, sums := p.net, map[skill]vf.Measure{}
	add := func(spec vf.ID, m vf.Measure) {
		if m.IsZero() {
			return
		}
		k := skill{spec, m.HasUnit}
		if sum, err := n.units.Sum(sums[k], m); err == nil && !sums[k].IsZero() {
			m = sum
		}
		sums[k] = m
	}
	for _, c := range n.firm.commitments.all() {
		if c.Action == vf.Work {
			add(c.ResourceConformsTo, c.EffortQuantity)
		}
	}
	for _, x := range p.parts {
		w := &reporter{p: x, n: n}
		for _, o := range x.orders.all() {
			if o.maker < 0 {
				continue
			}
			m := &n.makers[o.maker]
			for _, f := range m.others {
				if f.Action == vf.Work {
					add(f.ResourceConformsTo, w.scaled(f.EffortQuantity, m.runs(f, o.qty)))
				}
			}
		}
	}
	list := make([]Amount, 0, len(sums))
	for k, m := range sums {
		list = append(list, Amount{k.spec, m})
	}
	slices.SortFunc(list, func(a, b Amount) int {
		return cmp.Or(strings.Compare(string(a.ResourceConformsTo), string(b.ResourceConformsTo)), strings.Compare(string(a.Quantity.HasUnit), string(b.Quantity.HasUnit)))
	})
	return list
}

// runs is how many times a flow of a recipe occurs in a process that gives q.
func (m *maker) runs(f *vf.RecipeFlow, q int64) *big.Rat {
	if f.PerBatch {
		return big.NewRat(1, 1)
	}
	runs := big.NewRat(m.scale.num, m.scale.den)
	return runs.Mul(runs, new(big.Rat).SetInt64(q))
}
