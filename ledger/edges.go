package ledger

import (
	"math/big"

	"commonweal/vf"
)

// sources returns the events from which an event's quantity came, each with
// the share of it that flowed here.
func (h *history) sources(i int) []edge {
	if h.edgesRead[i] {
		return h.memo[i]
	}
	h.edgesRead[i] = true
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
	for _, in := range h.inputs[ev.OutputOf] {
		id := h.events[in].ResourceInventoriedAs
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

// outputShare is the part of a process's inputs that belongs to one output: by
// quantity where all outputs convert, else equally. A service beside things
// takes none of it, unless it goes into another process or is all there is.
func (h *history) outputShare(i int) *big.Rat {
	var things, services []int
	for _, j := range h.outputs[h.events[i].OutputOf] {
		if h.events[j].Action == vf.DeliverService && h.events[j].InputOf == "" {
			services = append(services, j)
		} else {
			things = append(things, j)
		}
	}
	if len(things) == 0 {
		things = services
	} else if h.events[i].Action == vf.DeliverService && h.events[i].InputOf == "" {
		return nought
	}
	unit := h.kept[i].Resource.HasUnit
	sum := new(big.Rat)
	for _, j := range things {
		if _, err := h.units.Factor(h.kept[j].Resource.HasUnit, unit); err != nil {
			return big.NewRat(1, int64(len(things)))
		}
		sum.Add(sum, h.amount(j, unit))
	}
	if sum.Sign() == 0 {
		return big.NewRat(1, int64(len(things)))
	}
	return part(h.amount(i, unit), sum)
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

// contents are the combines into a container that is not an output of the
// process where they were combined: they go where the container goes next.
func (h *history) contents(i int, container vf.ID) []edge {
	onhand := h.onhandMoves(container)
	if _, out := flowsOf(h.events[i], container, onhand); !out {
		return nil
	}
	var list []edge
	for _, j := range h.touching[container] {
		c := h.events[j]
		if c.Action != vf.Combine || c.ToResourceInventoriedAs != container || j > i || h.makes(c.InputOf, container) {
			continue
		}
		share := h.staysIn(j)
		for _, k := range h.touching[container] { // an earlier departure took it along
			if _, out := flowsOf(h.events[k], container, onhand); out && k > j && k < i {
				share = nought
			}
		}
		list = append(list, edge{j, share})
	}
	return list
}

// makes reports whether a process puts out a resource.
func (h *history) makes(process, id vf.ID) bool {
	for _, j := range h.outputs[process] {
		if h.events[j].ResourceInventoriedAs == id {
			return true
		}
	}
	return false
}
