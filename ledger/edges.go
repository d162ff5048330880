package ledger

import (
	"math/big"
	"slices"

	"commonweal/vf"
)

// sources returns the events from which an event's quantity came, each with
// the share of it that flowed here.
func (h *history) sources(i int) []edge {
	if list, ok := h.memo[i]; ok {
		return list
	}
	h.memo[i] = nil
	ev := h.events[i]
	var list []edge
	if ev.OutputOf != "" {
		list = append(list, h.processSources(i)...)
	}
	row := ev.Action.Effects()
	if id := ev.ResourceInventoriedAs; id != "" && row.InputOutput != vf.Output {
		list = append(list, h.pool(id).draws[i]...)
		list = append(list, h.contents(i, id)...)
	}
	h.memo[i] = list
	return list
}

// processSources follows an output into its process. What came out by dropoff,
// modify or separate is what went in by its pair; of all other inputs an output
// has its share of the process.
func (h *history) processSources(i int) []edge {
	ev := h.events[i]
	list := h.pairSources(i)
	containers := map[vf.ID]bool{}
	if ev.Action == vf.Separate {
		for _, e := range list {
			containers[h.events[e.to].ToResourceInventoriedAs] = true
		}
	}
	share := h.outputShare(i)
	for _, in := range h.inputs(ev.OutputOf) {
		id := h.events[in].ResourceInventoriedAs
		if h.failed() {
			return list
		}
		if in == i || comesOut(h.events[in]) || id != "" && containers[id] {
			continue
		}
		stays := new(big.Rat).Mul(share, h.staysIn(in))
		if to := h.events[in].ToResourceInventoriedAs; h.events[in].Action == vf.Combine && to != "" && !h.makes(ev.OutputOf, to) {
			stays = nought // it goes where the container goes, see contents
		}
		list = append(list, edge{in, stays})
	}
	return list
}

// comesOut reports whether an input is of something that comes out as itself,
// now or later, and so becomes part of nothing else; a combine goes into the
// container.
func comesOut(ev *vf.EconomicEvent) bool {
	return (ev.Action == vf.Pickup || ev.Action == vf.Accept) && ev.ResourceInventoriedAs != ""
}

// pairSources are the pickups of a dropoff, the accepts of a modify, the
// combines of a separate.
func (h *history) pairSources(i int) []edge {
	ev := h.events[i]
	in, paired := entrance[ev.Action]
	if !paired || ev.ResourceInventoriedAs == "" {
		return nil
	}
	return h.transit(in, ev.ResourceInventoriedAs).draws[i]
}

// sharing is a process whose outputs share its inputs, measured in a unit.
type sharing struct {
	process, unit vf.ID
}

// sharers are the outputs that share the inputs of a process.
type sharers struct {
	services bool     // they are services, there being nothing else
	n        int64    // how many they are
	sum      *big.Rat // in the unit; nil where one of them does not convert, or all are nought
}

// sharersOf finds who shares the inputs of a process. A service beside things has
// no part in them, unless it goes into another process.
func (h *history) sharersOf(key sharing) *sharers {
	if s := h.shared[key]; s != nil {
		return s
	}
	s := &sharers{}
	h.shared[key] = s
	var things, services []int
	for _, j := range h.outputs(key.process) {
		if h.events[j].Action == vf.DeliverService && h.events[j].InputOf == "" {
			services = append(services, j)
		} else {
			things = append(things, j)
		}
	}
	if s.services = len(things) == 0; s.services {
		things = services
	}
	s.n, s.sum = int64(len(things)), new(big.Rat)
	for _, j := range things {
		if _, err := h.units.Factor(h.kept[j].Resource.HasUnit, key.unit); err != nil {
			s.sum = nil
			return s
		}
		s.sum.Add(s.sum, h.amount(j, key.unit))
	}
	if s.sum.Sign() == 0 {
		s.sum = nil
	}
	return s
}

// outputShare is the part of a process's inputs that belongs to one output: by
// quantity where all outputs convert, else equally.
func (h *history) outputShare(i int) *big.Rat {
	ev, unit := h.events[i], h.kept[i].Resource.HasUnit
	s := h.sharersOf(sharing{ev.OutputOf, unit})
	switch {
	case !s.services && ev.Action == vf.DeliverService && ev.InputOf == "":
		return nought
	case s.sum == nil:
		return big.NewRat(1, s.n)
	}
	return part(h.amount(i, unit), s.sum)
}

// staysIn is the part of what was combined that was not separated again.
func (h *history) staysIn(in int) *big.Rat {
	ev := h.events[in]
	if ev.Action != vf.Combine || ev.ResourceInventoriedAs == "" {
		return whole
	}
	for _, e := range h.transit(vf.Combine, ev.ResourceInventoriedAs).left {
		if e.to == in {
			return e.share
		}
	}
	return nought
}

// box is a container: what was combined into it, and when it went away.
type box struct {
	combines, departures []int
}

func (h *history) box(container vf.ID) *box {
	if b := h.boxes[container]; b != nil {
		return b
	}
	b := &box{}
	h.boxes[container] = b
	onhand := h.onhandMoves(container)
	for _, j := range h.touching(container) {
		if c := h.events[j]; c.Action == vf.Combine && c.ToResourceInventoriedAs == container && !h.makes(c.InputOf, container) {
			b.combines = append(b.combines, j)
		}
		if _, out := flowsOf(h.events[j], container, onhand); out {
			b.departures = append(b.departures, j)
		}
	}
	return b
}

// contents are the combines into a container that is not an output of the
// process where they were combined: they go where the container goes next.
func (h *history) contents(i int, container vf.ID) []edge {
	b := h.box(container)
	if _, out := flowsOf(h.events[i], container, h.onhandMoves(container)); !out {
		return nil
	}
	var list []edge
	for _, j := range b.combines {
		if h.before(i, j) || h.failed() {
			break
		}
		share := h.staysIn(j)
		next, found := slices.BinarySearchFunc(b.departures, j, h.compare) // the first one that took it along
		if found {
			next++
		}
		if next < len(b.departures) && h.before(b.departures[next], i) {
			share = nought
		}
		list = append(list, edge{j, share})
	}
	return list
}

// makes reports whether a process puts out a resource.
func (h *history) makes(process, id vf.ID) bool {
	for _, j := range h.outputs(process) {
		if h.events[j].ResourceInventoriedAs == id {
			return true
		}
	}
	return false
}
