package ledger

import (
	"math/big"
	"slices"

	"commonweal/rule"
	"commonweal/vf"
)

// history is the log of events laid out for following flows: events in time
// order with what flowed into and out of each resource and process. Corrections
// are in the net quantities and have no place of their own; events corrected to
// nothing are left out.
type history struct {
	s         *State
	units     *vf.Units
	events    []*vf.EconomicEvent
	kept      []Posting
	at        map[vf.ID]int   // event → its place
	touching  map[vf.ID][]int // resource → events that name it, in order
	inputs    map[vf.ID][]int // process → events that go into it
	outputs   map[vf.ID][]int // process → events that come out of it
	pools     map[vf.ID]*pool
	memo      [][]edge
	edgesRead []bool
}

// edge says that so much of an event flows from, or to, another: share is the
// part of the other event's quantity.
type edge struct {
	to    int
	share *big.Rat
}

var (
	nought = new(big.Rat)
	whole  = big.NewRat(1, 1)
)

func (s *State) history() (*history, error) {
	units, err := s.Units()
	if err != nil {
		return nil, err
	}
	h := &history{s: s, units: units, at: map[vf.ID]int{}, touching: map[vf.ID][]int{}, inputs: map[vf.ID][]int{},
		outputs: map[vf.ID][]int{}, pools: map[vf.ID]*pool{}}
	type line struct {
		ev   *vf.EconomicEvent
		kept Posting
	}
	var lines []line
	for ev, kept := range s.events() {
		if ev.Corrects == "" && !kept.void() {
			lines = append(lines, line{ev, kept})
		}
	}
	slices.SortStableFunc(lines, func(a, b line) int { return When(a.ev).Compare(When(b.ev).Time) }) // else in order of posting
	for i, l := range lines {
		h.events, h.kept = append(h.events, l.ev), append(h.kept, l.kept)
		h.at[l.ev.ID] = i
		for _, id := range []vf.ID{l.ev.ResourceInventoriedAs, l.ev.ToResourceInventoriedAs} {
			if list := h.touching[id]; id != "" && (len(list) == 0 || list[len(list)-1] != i) {
				h.touching[id] = append(list, i)
			}
		}
		if l.ev.InputOf != "" {
			h.inputs[l.ev.InputOf] = append(h.inputs[l.ev.InputOf], i)
		}
		if l.ev.OutputOf != "" {
			h.outputs[l.ev.OutputOf] = append(h.outputs[l.ev.OutputOf], i)
		}
	}
	h.memo, h.edgesRead = make([][]edge, len(lines)), make([]bool, len(lines))
	return h, nil
}

// When is the time by which an event is ordered: its point in time, else its
// end, its beginning, or when it was created.
func When(ev *vf.EconomicEvent) vf.Time {
	for _, t := range []vf.Time{ev.HasPointInTime, ev.HasEnd, ev.HasBeginning} {
		if !t.IsZero() {
			return t
		}
	}
	return ev.Created
}

// amount is the net quantity of an event in a unit, nought where it does not
// convert.
func (h *history) amount(i int, unit vf.ID) *big.Rat {
	m := h.kept[i].Resource
	if m.IsZero() {
		return new(big.Rat)
	}
	factor, err := h.units.Factor(m.HasUnit, unit)
	if err != nil {
		return new(big.Rat)
	}
	return factor.Mul(factor, m.HasNumericalValue.Rat())
}

// pool is a resource as a mixture of what came into it. Whatever goes out takes
// of each receipt in proportion to what is left of it.
type pool struct {
	draws map[int][]edge // event → what it took of which receipt, as a share of that receipt
	left  []edge         // what is left of each receipt in the end
	in    []int          // receipts, in order
	stock *big.Rat       // what is left in the end, in the resource's unit
}

// lot is one receipt and what is left of it.
type lot struct {
	from      int
	size, now *big.Rat
}

// pool follows one resource through its events in time order.
func (h *history) pool(id vf.ID) *pool {
	if p := h.pools[id]; p != nil {
		return p
	}
	p := &pool{draws: map[int][]edge{}, stock: new(big.Rat)}
	h.pools[id] = p
	r := h.s.Resource(id)
	if r == nil {
		return p
	}
	unit, onhand := unitOf(r), h.onhandMoves(id)
	var lots []lot
	for _, i := range h.touching[id] {
		in, out := flowsOf(h.events[i], id, onhand)
		q := h.amount(i, unit)
		if out {
			lots = p.draw(lots, i, q)
		} else if !in {
			for _, l := range lots { // named, used or cited: nothing flows
				p.draws[i] = append(p.draws[i], edge{l.from, nought})
			}
		}
		if in {
			lots = append(lots, lot{i, q, new(big.Rat).Set(q)})
			p.in = append(p.in, i)
			p.stock.Add(p.stock, q)
		}
	}
	for _, l := range lots {
		p.left = append(p.left, edge{l.from, part(l.now, l.size)})
	}
	return p
}

// draw takes a quantity out of the lots in proportion, and returns those that
// are left. What is taken beyond all lots has no known source.
func (p *pool) draw(lots []lot, event int, q *big.Rat) []lot {
	taken := q
	if taken.Cmp(p.stock) > 0 {
		taken = new(big.Rat).Set(p.stock)
	}
	if p.stock.Sign() <= 0 {
		return lots
	}
	fraction := new(big.Rat).Quo(taken, p.stock)
	p.stock = new(big.Rat).Sub(p.stock, taken)
	rest := lots[:0]
	for _, l := range lots {
		took := new(big.Rat).Mul(l.now, fraction)
		p.draws[event] = append(p.draws[event], edge{l.from, part(took, l.size)})
		l.now = new(big.Rat).Sub(l.now, took)
		if l.now.Sign() > 0 {
			rest = append(rest, l)
		}
	}
	return rest
}

// part is a/b, nought where b is.
func part(a, b *big.Rat) *big.Rat {
	if b.Sign() == 0 {
		return nought
	}
	return new(big.Rat).Quo(a, b)
}

// onhandMoves reports whether a resource is followed by what is on hand: if any
// event moves that. Else, as with credit, it is followed by accounting.
func (h *history) onhandMoves(id vf.ID) bool {
	for _, i := range h.touching[id] {
		if in, out := flowsOf(h.events[i], id, true); in || out {
			return true
		}
	}
	return false
}

// flowsOf tells whether an event brings something into a resource, takes
// something out, or both, by the action table.
func flowsOf(ev *vf.EconomicEvent, id vf.ID, onhand bool) (in, out bool) {
	row := ev.Action.Effects()
	effect := row.Accounting
	if onhand {
		effect = row.Onhand
	}
	isFrom, isTo := ev.ResourceInventoriedAs == id, ev.ToResourceInventoriedAs == id
	switch effect {
	case vf.Increment:
		return isFrom, false
	case vf.Decrement:
		return false, isFrom
	case vf.DecrementIncrement:
		return isTo, isFrom
	case vf.IncrementTo:
		return isTo, false
	}
	return false, false
}

// start finds where a trace or track begins: an event, or the resources that
// are meant: one, or all of a lot.
func (h *history) start(id vf.ID) (event int, resources []*vf.EconomicResource, err error) {
	if i, ok := h.at[id]; ok {
		return i, nil, nil
	}
	switch r := h.s.Record(id).(type) {
	case *vf.EconomicResource:
		return -1, []*vf.EconomicResource{r}, nil
	case *vf.BatchLotRecord:
		for _, rec := range h.s.Records() {
			if of, ok := rec.(*vf.EconomicResource); ok && of.OfBatchLot == id {
				resources = append(resources, of)
			}
		}
		return -1, resources, nil
	case *vf.EconomicEvent:
		if r.Corrects != "" {
			return h.start(r.Corrects)
		}
		return -1, nil, rule.Refuse("nothingFlows", "id", string(id))
	}
	return -1, nil, unknown("of", id, "the id of an EconomicEvent, EconomicResource or BatchLotRecord")
}
