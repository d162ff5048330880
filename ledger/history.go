package ledger

import (
	"cmp"
	"math/big"
	"slices"

	"commonweal/rule"
	"commonweal/vf"
)

// history is what of the books was laid out for following flows: the events that
// were reached, with what flowed into and out of the resources and processes that
// they name. Corrections are in the net quantities and have no place of their own;
// events corrected to nothing are left out. The first error is kept, and ends it.
type history struct {
	b      Books
	stop   func() error
	steps  int
	err    error
	units  *vf.Units
	events []*vf.EconomicEvent
	kept   []Posting
	at     map[vf.ID]int // event → its place among those reached; -1 of one that is left out
	lists  map[reference][]int
	touch  map[vf.ID][]int // resource → events that name it, in order
	onhand map[vf.ID]bool  // resource → whether it is followed by what is on hand
	boxes  map[vf.ID]*box
	shared map[sharing]*sharers
	pools  map[vf.ID]*pool
	memo   map[int][]edge
}

// edge says that so much of an event flows from, or to, another: share is the
// part of the other event's quantity.
type edge struct {
	to    int
	share *big.Rat
}

func newHistory(b Books, stop func() error) (*history, error) {
	units, err := b.Units()
	if err != nil {
		return nil, refusal(err)
	}
	return &history{b: b, stop: stop, units: units, at: map[vf.ID]int{}, lists: map[reference][]int{}, touch: map[vf.ID][]int{}, onhand: map[vf.ID]bool{},
		boxes: map[vf.ID]*box{}, shared: map[sharing]*sharers{}, pools: map[vf.ID]*pool{}, memo: map[int][]edge{}}, nil
}

// failed counts a step of work, and reports whether there is no use in going on.
func (h *history) failed() bool {
	if h.steps++; h.err == nil && h.stop != nil && h.steps&0xff == 0 {
		h.err = h.stop()
	}
	return h.err != nil
}

// record returns a record of the books.
func (h *history) record(id vf.ID) vf.Record {
	r, err := h.b.Record(id)
	if err != nil && h.err == nil {
		h.err = err
	}
	return r
}

// resource returns a resource with its current properties, nil if unknown.
func (h *history) resource(id vf.ID) *vf.EconomicResource {
	r, _ := h.record(id).(*vf.EconomicResource)
	return r
}

// reach lays events out, and returns the places of those that count.
func (h *history) reach(ids []vf.ID) []int {
	var fresh []vf.ID
	for _, id := range ids {
		if _, known := h.at[id]; known || h.failed() {
			continue
		}
		h.at[id] = -1
		ev, _ := h.record(id).(*vf.EconomicEvent)
		if ev == nil || ev.Corrects != "" {
			continue
		}
		kept := h.net(ev)
		if kept.void() {
			continue
		}
		h.at[id] = len(h.events)
		h.events, h.kept = append(h.events, ev), append(h.kept, kept)
		fresh = append(fresh, id)
	}
	for i, number := range h.b.Numbers(fresh) {
		h.kept[h.at[fresh[i]]].Number = number
	}
	var list []int
	for _, id := range ids {
		if i, ok := h.at[id]; ok && i >= 0 {
			list = append(list, i)
		}
	}
	return list
}

// net is what an event amounts to with its corrections, in the unit in which it
// was recorded.
func (h *history) net(ev *vf.EconomicEvent) Posting {
	kept := Posting{Resource: ev.ResourceQuantity, Effort: ev.EffortQuantity}
	for id := range h.b.Referring("EconomicEvent", "corrects", ev.ID) {
		c, _ := h.record(id).(*vf.EconomicEvent)
		if c == nil {
			continue
		}
		kept.Corrected = true
		h.add(&kept.Resource, c.ResourceQuantity)
		h.add(&kept.Effort, c.EffortQuantity)
	}
	return kept
}

// add adds to a sum, in its unit.
func (h *history) add(sum *vf.Measure, more vf.Measure) {
	if more.IsZero() {
		return
	}
	m, err := h.units.Sum(*sum, more)
	if err != nil && h.err == nil {
		h.err = refusal(err)
	}
	*sum = m
}

// before reports whether an event stands before another one: by time, else in the
// order of posting.
func (h *history) before(i, j int) bool { return h.compare(i, j) < 0 }

func (h *history) compare(i, j int) int {
	return cmp.Or(When(h.events[i]).Compare(When(h.events[j]).Time), cmp.Compare(h.kept[i].Number, h.kept[j].Number))
}

// inOrder sorts edges by their events; those of one event stay as they are.
func (h *history) inOrder(list []edge, of func(edge) int) {
	slices.SortStableFunc(list, func(a, b edge) int { return h.compare(of(a), of(b)) })
}

// list are the events that refer to something by a property, in order.
func (h *history) list(property string, to vf.ID) []int {
	key := reference{"EconomicEvent", property, to}
	list, ok := h.lists[key]
	if !ok {
		list = h.reach(slices.Collect(h.b.Referring(key.class, property, to)))
		slices.SortFunc(list, h.compare)
		h.lists[key] = list
	}
	return list
}

// inputs and outputs are what goes into a process and what comes out of it.
func (h *history) inputs(process vf.ID) []int  { return h.list("inputOf", process) }
func (h *history) outputs(process vf.ID) []int { return h.list("outputOf", process) }

// touching are the events that name a resource, in order.
func (h *history) touching(id vf.ID) []int {
	list, ok := h.touch[id]
	if !ok {
		list = slices.Concat(h.list("resourceInventoriedAs", id), h.list("toResourceInventoriedAs", id))
		slices.SortFunc(list, h.compare)
		list = slices.Compact(list)
		h.touch[id] = list
	}
	return list
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
	switch r := h.record(id).(type) {
	case *vf.EconomicResource:
		return -1, []*vf.EconomicResource{r}, h.err
	case *vf.BatchLotRecord:
		for of := range h.b.Referring("EconomicResource", "ofBatchLot", id) {
			if r := h.resource(of); r != nil && !h.failed() {
				resources = append(resources, r)
			}
		}
		return -1, resources, h.err
	case *vf.EconomicEvent:
		if r.Corrects != "" {
			return h.start(r.Corrects)
		}
		if list := h.reach([]vf.ID{id}); len(list) > 0 {
			return list[0], nil, h.err
		}
		if h.err != nil {
			return -1, nil, h.err
		}
		return -1, nil, rule.Refuse("nothingFlows", "id", string(id))
	}
	if h.err != nil {
		return -1, nil, h.err
	}
	return -1, nil, unknown("of", id, "the id of an EconomicEvent, EconomicResource or BatchLotRecord")
}
