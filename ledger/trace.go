package ledger

import (
	"math/big"
	"slices"

	"commonweal/vf"
)

// Row is one event of a trace or track.
type Row struct {
	Event    *vf.EconomicEvent
	Quantity vf.Measure // the event's own, with its corrections, in the unit in which it was recorded
	Effort   vf.Measure // likewise
	Share    *big.Rat   // 0 to 1, exact: of a trace the part of the event, of a track the part of what is tracked
	Implied  vf.Action  // the transfer that comes with it, since provider and receiver differ
}

// rows are the events that have a share, be it nought.
func (h *history) rows(shares []*big.Rat) []Row {
	var reached []int
	for i, share := range shares {
		if share != nil {
			reached = append(reached, i)
		}
	}
	slices.SortFunc(reached, h.compare)
	var rows []Row
	for _, i := range reached {
		rows = append(rows, Row{h.events[i], h.kept[i].Resource, h.kept[i].Effort, shares[i], implied(h.events[i])})
	}
	return rows
}

func implied(ev *vf.EconomicEvent) vf.Action {
	if ev.Provider == "" || ev.Receiver == "" || ev.Provider == ev.Receiver {
		return ""
	}
	return ev.Action.ImpliedTransfer()
}

// trace returns the share of each event in what is traced, nil for those that
// have none to do with it, and how much is traced, in its unit.
func (h *history) trace(id vf.ID) ([]*big.Rat, vf.Measure, error) {
	i, resources, err := h.start(id)
	if err != nil {
		return nil, vf.Measure{}, err
	}
	begin := map[int]*big.Rat{}
	var amounts []vf.Measure
	if i >= 0 {
		begin[i], amounts = whole, []vf.Measure{h.kept[i].Resource}
		if h.events[i].Action == vf.DeliverService && h.outputShare(i).Sign() == 0 {
			h.alone(i)
		}
	}
	for _, r := range resources {
		if h.failed() {
			return nil, vf.Measure{}, h.err
		}
		m, err := h.traceStart(r, begin)
		if err != nil {
			return nil, vf.Measure{}, err
		}
		if !m.IsZero() {
			amounts = append(amounts, m)
		}
	}
	sum, err := h.units.Sum(amounts...)
	if err != nil {
		return nil, vf.Measure{}, refusal(err)
	}
	shares := h.walk(begin, h.sources)
	return shares, sum, h.err
}

// traceStart adds the receipts from which a resource's stock is left, or all of
// them where nothing is, and returns how much that is.
func (h *history) traceStart(r *vf.EconomicResource, begin map[int]*big.Rat) (vf.Measure, error) {
	p := h.pool(r.ID)
	amount := r.OnhandQuantity
	if !h.onhandMoves(r.ID) {
		amount = r.AccountingQuantity
	}
	for _, e := range p.left {
		begin[e.to] = e.share
	}
	if len(p.left) > 0 {
		return amount, nil
	}
	sum := new(big.Rat)
	for _, in := range p.in {
		begin[in] = whole
		sum.Add(sum, h.amount(in, unitOf(r)))
	}
	var err error
	if amount.HasNumericalValue, err = roundTo(sum, vf.DefaultStep); err != nil {
		return amount, refusal(err)
	}
	return amount, nil
}

// alone gives a service that is traced for itself the whole of its process,
// though things come out of it too.
func (h *history) alone(i int) {
	for k, e := range h.sources(i) {
		if e.share.Sign() == 0 {
			h.memo[i][k].share = whole
		}
	}
}

// trackStart is what is tracked: one event, or the receipts of resources that
// came from elsewhere: not out of themselves, nor from each other. Each receipt
// has its part of them all.
func (h *history) trackStart(id vf.ID) (map[int]*big.Rat, error) {
	i, resources, err := h.start(id)
	if err != nil {
		return nil, err
	}
	if i >= 0 {
		return map[int]*big.Rat{i: whole}, nil
	}
	begin, here, unit := map[int]*big.Rat{}, map[vf.ID]bool{}, vf.ID("")
	for _, r := range resources {
		here[r.ID] = true
		if unit == "" {
			unit = unitOf(r)
		}
	}
	sum := new(big.Rat)
	for _, r := range resources {
		for _, in := range h.pool(r.ID).in {
			ev := h.events[in]
			_, again := entrance[ev.Action]
			if !again && !(here[ev.ResourceInventoriedAs] && here[ev.ToResourceInventoriedAs]) {
				begin[in] = h.amount(in, unit)
				sum.Add(sum, begin[in])
			}
		}
	}
	for in, amount := range begin {
		begin[in] = part(amount, sum)
	}
	return begin, h.err
}

// walk carries shares from where they begin along the edges, each event after
// all those from which it gets a share. Where flows lead in a circle, as when a
// process takes in what came out of it, the edge that closes it carries nothing.
func (h *history) walk(begin map[int]*big.Rat, edges func(int) []edge) []*big.Rat {
	order, closing := h.depthFirst(begin, edges)
	shares := make([]*big.Rat, len(h.events)) // no edge leads to others any more
	for i, share := range begin {
		shares[i] = new(big.Rat).Set(share)
	}
	for k := len(order) - 1; k >= 0; k-- {
		i := order[k]
		for _, e := range edges(i) {
			if h.failed() {
				return nil
			}
			if shares[e.to] == nil {
				shares[e.to] = new(big.Rat)
			}
			all := begin[e.to] != nil && begin[e.to].Cmp(whole) == 0 // there is no more of it
			if e.share.Sign() != 0 && !all && !closing[[2]int{i, e.to}] {
				shares[e.to].Add(shares[e.to], new(big.Rat).Mul(shares[i], e.share))
			}
		}
	}
	return shares
}

// depthFirst returns the events that are reached, each after all that its edges
// lead to, and the edges that close a circle. It keeps its own stack, since a
// history may be long.
func (h *history) depthFirst(begin map[int]*big.Rat, edges func(int) []edge) (order []int, closing map[[2]int]bool) {
	const unseen, open, done = 0, 1, 2
	state := map[int]uint8{}
	closing = map[[2]int]bool{}
	type frame struct{ at, next int }
	starts := make([]int, 0, len(begin))
	for i := range begin {
		starts = append(starts, i)
	}
	slices.SortFunc(starts, h.compare)
	for _, s := range starts {
		if state[s] != unseen {
			continue
		}
		state[s] = open
		stack := []frame{{s, 0}}
		for len(stack) > 0 && !h.failed() {
			top := &stack[len(stack)-1]
			list := edges(top.at)
			if top.next == len(list) {
				state[top.at] = done
				order = append(order, top.at)
				stack = stack[:len(stack)-1]
				continue
			}
			to := list[top.next].to
			top.next++
			switch state[to] {
			case unseen:
				state[to] = open
				stack = append(stack, frame{to, 0})
			case open:
				closing[[2]int{top.at, to}] = true
			}
		}
	}
	return order, closing
}

// round is a share of a measure, rounded to the nearest step of its unit.
func (h *history) round(share *big.Rat, of vf.Measure) (vf.Measure, error) {
	if of.IsZero() {
		return vf.Measure{}, nil
	}
	step, err := h.units.Step(of.HasUnit)
	if err != nil {
		return vf.Measure{}, refusal(err)
	}
	d, err := roundTo(new(big.Rat).Mul(share, of.HasNumericalValue.Rat()), step)
	if err != nil {
		return vf.Measure{}, refusal(err)
	}
	return vf.Measure{HasNumericalValue: d, HasUnit: of.HasUnit}, nil
}

// roundTo rounds to the nearest multiple of a step, halves up.
func roundTo(r *big.Rat, step vf.Decimal) (vf.Decimal, error) {
	q := new(big.Rat).Quo(r, step.Rat())
	q.Add(q, big.NewRat(1, 2))
	n := new(big.Int).Div(q.Num(), q.Denom())
	if !n.IsInt64() {
		return vf.ParseDecimal(r.FloatString(0)) // too large: the error says so
	}
	return vf.OfSteps(n.Int64(), step)
}
