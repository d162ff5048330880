package plan_test

import (
	"math/big"
	"slices"

	"commonweal/plan"
	"commonweal/vf"
)

// skilledWork: a process has as many hours of work as its recipe says, of those who
// offer that skill, and the hours of each can be laid into the days on which they
// work, within what they offer in each period.
func (c *checker) skilledWork() {
	booked := map[hands][]booking{}
	for _, f := range c.g.Commitments {
		if p := c.can.firm[f.InputOf]; p != nil && !p.Finished && f.Action == vf.Work {
			h := hands{f.Provider, f.ResourceConformsTo}
			booked[h] = append(booked[h], booking{p.HasBeginning.Unix(), p.HasEnd.Unix(), ticks(f.EffortQuantity), true})
		}
	}
	for i := range c.r.Processes {
		p := &c.r.Processes[i]
		r := c.recipes[p.Recipe]
		if p.Firm || r == nil {
			continue
		}
		for _, f := range c.inputs(p, vf.Work) {
			h := hands{f.Provider, f.ResourceConformsTo}
			if !c.can.skilled[f.ResourceConformsTo] {
				continue
			}
			if c.can.hours[h] == nil {
				c.fault("%s has %s hours of %q, who offers none", p.ID, f.EffortQuantity.HasNumericalValue, f.Provider)
			}
			if own := (hands{r.PerformedBy, f.ResourceConformsTo}); c.can.hours[own] != nil && h != own {
				c.fault("%s has hours of %s, and its performer offers them", p.ID, f.Provider)
			}
			booked[h] = append(booked[h], booking{p.HasBeginning.Unix(), p.HasEnd.Unix(), ticks(f.EffortQuantity), false})
		}
	}
	for h, list := range booked {
		offers := c.can.hours[h]
		if len(offers) == 0 || slices.ContainsFunc(offers, func(i *vf.Intent) bool { return i.Overload == vf.Yes }) {
			continue
		}
		firm := slices.DeleteFunc(slices.Clone(list), func(b booking) bool { return !b.firm })
		wanted := int64(0)
		for _, b := range list {
			if !b.firm {
				wanted += b.ticks
			}
		}
		if had := c.laidOut(h, list) - c.laidOut(h, firm); had+int64(len(list))*1_000_000 < wanted { // each is rounded up to the second
			c.fault("%s has only %d of the %d millionths of a second of %s that are planned", h.agent, had, wanted, h.skill)
		}
	}
}

// effort: the hours of a process for one flow of its recipe are those of its runs.
func (c *checker) effort(p *plan.Process, f *vf.RecipeFlow, runs *big.Rat) {
	if f.Action != vf.Work || f.EffortQuantity.IsZero() {
		return
	}
	sum := new(big.Rat)
	for _, x := range c.inputs(p, vf.Work) {
		if x.ResourceConformsTo == f.ResourceConformsTo {
			sum.Add(sum, amount(x.EffortQuantity))
		}
	}
	over := new(big.Rat).Sub(sum, new(big.Rat).Mul(runs, amount(f.EffortQuantity)))
	if over.Sign() < 0 || over.Cmp(big.NewRat(1, 1800)) > 0 { // rounded up to the second, for each who works
		c.fault("%s has %s hours of %s", p.ID, sum.FloatString(6), f.ResourceConformsTo)
	}
}

// booking is work of some length within a span; a tick is a millionth of a second.
type booking struct {
	from, to, ticks int64
	firm            bool
}

func ticks(hours vf.Measure) int64 {
	r := new(big.Rat).Mul(amount(hours), big.NewRat(3_600_000_000, 1))
	return new(big.Int).Quo(r.Num(), r.Denom()).Int64()
}

// laidOut is the most that can be laid out of bookings: a flow of greatest value
// from them through the days to the periods of the offers.
func (c *checker) laidOut(h hands, list []booking) int64 {
	n, seen := newPipes(), map[node]bool{}
	var works workTimes
	if a := c.can.agents[h.agent]; a != nil && len(a.WorkTime) > 0 {
		works = workTimes{c.shiftsOf(a.WorkTime)}
	}
	for i, b := range list {
		n.join(node{"source", 0, 0}, node{"booking", int64(i), 0}, b.ticks)
		for day := periodOf(b.from, "day"); day < b.to; day += 86400 {
			d := node{"day", day, 0}
			n.join(node{"booking", int64(i), 0}, d, 1_000_000*works.between(max(b.from, day), min(b.to, day+86400)))
			if seen[d] {
				continue
			}
			seen[d] = true
			n.join(d, node{"all day", day, 0}, 1_000_000*works.between(day, day+86400))
			for k, offer := range c.can.hours[h] {
				if !offer.HasBeginning.IsZero() && day < offer.HasBeginning.Unix() || !offer.HasEnd.IsZero() && day >= offer.HasEnd.Unix() {
					continue
				}
				period := int64(0)
				if offer.BudgetPeriod != "" {
					period = periodOf(day, offer.BudgetPeriod)
				}
				to := node{"period", period, int64(k)}
				n.join(node{"all day", day, 0}, to, 1<<60)
				if !seen[to] {
					seen[to] = true
					n.join(to, node{"sink", 0, 0}, ticks(offer.EffortQuantity))
				}
			}
		}
	}
	return n.most()
}

// pipes are a network of flows, small enough for the plainest method.
type pipes struct {
	room map[node]map[node]int64
	out  map[node][]node // in the order in which they were joined
}

type node struct {
	kind string
	a, b int64
}

func newPipes() *pipes { return &pipes{map[node]map[node]int64{}, map[node][]node{}} }

func (n *pipes) join(x, y node, q int64) {
	for _, p := range [][2]node{{x, y}, {y, x}} {
		if n.room[p[0]] == nil {
			n.room[p[0]] = map[node]int64{}
		}
		if _, there := n.room[p[0]][p[1]]; !there {
			n.room[p[0]][p[1]] = 0
			n.out[p[0]] = append(n.out[p[0]], p[1])
		}
	}
	n.room[x][y] += q
}

// most sends along the shortest ways until there is none (Edmonds and Karp).
func (n *pipes) most() (sum int64) {
	source, sink := node{"source", 0, 0}, node{"sink", 0, 0}
	for {
		came := map[node]node{source: source}
		queue := []node{source}
		for len(queue) > 0 && came[sink] == (node{}) {
			x := queue[0]
			queue = queue[1:]
			for _, y := range n.out[x] {
				if _, seen := came[y]; !seen && n.room[x][y] > 0 {
					came[y] = x
					queue = append(queue, y)
				}
			}
		}
		if came[sink] == (node{}) {
			return sum
		}
		q := int64(1) << 60
		for y := sink; y != source; y = came[y] {
			q = min(q, n.room[came[y]][y])
		}
		for y := sink; y != source; y = came[y] {
			n.room[came[y]][y] -= q
			n.room[y][came[y]] += q
		}
		sum += q
	}
}
