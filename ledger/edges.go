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
		if in == i || h.comesOut(in) || id != "" && containers[id] {
			continue
		}
		stays := new(big.Rat).Mul(share, h.staysIn(in))
		list = append(list, edge{in, stays})
	}
	return list
}

// comesOut reports whether an input is a pickup or accept of something that
// comes out again by its pair; a combine goes into the container.
func (h *history) comesOut(in int) bool {
	ev := h.events[in]
	if ev.Action != vf.Pickup && ev.Action != vf.Accept || ev.ResourceInventoriedAs == "" {
		return false
	}
	for _, j := range h.touching[ev.ResourceInventoriedAs] {
		if entrance[h.events[j].Action] == ev.Action {
			return true
		}
	}
	return false
}

// pairSources are the pickups of a dropoff, the accepts of a modify, the
// combines of a separate: those of its own process, else those of connected ones.
// What did not come out of a finished process is its loss, and belongs to what
// came out; else it is still inside.
func (h *history) pairSources(i int) []edge {
	ev := h.events[i]
	in, paired := entrance[ev.Action]
	if !paired || ev.ResourceInventoriedAs == "" {
		return nil
	}
	here, sameProcess := h.paired(ev, in)
	if len(here) == 0 {
		return nil
	}
	unit := h.kept[i].Resource.HasUnit
	went, came := new(big.Rat), new(big.Rat)
	for _, j := range here {
		went.Add(went, h.amount(j, unit))
	}
	for _, j := range h.touching[ev.ResourceInventoriedAs] {
		if other := h.events[j]; other.Action == ev.Action && (!sameProcess || other.OutputOf == ev.OutputOf) {
			came.Add(came, h.amount(j, unit))
		}
	}
	process := find[*vf.Process](h.s, ev.OutputOf)
	lossIsOurs := ev.Action != vf.Separate && process != nil && process.Finished
	if lossIsOurs || came.Cmp(went) > 0 {
		went = came
	}
	list := make([]edge, 0, len(here))
	for _, j := range here {
		list = append(list, edge{j, part(h.amount(i, unit), went)})
	}
	return list
}

// paired lists the entrances of a resource in the process of its exit, else all.
func (h *history) paired(ev *vf.EconomicEvent, in vf.Action) (list []int, sameProcess bool) {
	var all []int
	for _, j := range h.touching[ev.ResourceInventoriedAs] {
		other := h.events[j]
		if other.Action != in || other.ResourceInventoriedAs != ev.ResourceInventoriedAs {
			continue
		}
		all = append(all, j)
		if other.InputOf == ev.OutputOf {
			list = append(list, j)
		}
	}
	if len(list) > 0 && in != vf.Combine {
		return list, true
	}
	return all, false
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
	unit := h.kept[in].Resource.HasUnit
	went, came := new(big.Rat), new(big.Rat)
	for _, j := range h.touching[ev.ResourceInventoriedAs] {
		if h.events[j].ResourceInventoriedAs != ev.ResourceInventoriedAs {
			continue
		}
		switch h.events[j].Action {
		case vf.Combine:
			went.Add(went, h.amount(j, unit))
		case vf.Separate:
			came.Add(came, h.amount(j, unit))
		}
	}
	return new(big.Rat).Sub(whole, part(came, went))
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
