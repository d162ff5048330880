package ledger

import (
	"math/big"

	"commonweal/vf"
)

// transit follows what went into processes by one action, and is to come out of
// them as the same resource by its pair, like a pool: what comes out takes of
// each entrance in proportion to what is still inside. Entrances and exits of
// one process belong together; those whose process has none of the other kind
// belong to each other, and so do all combines and separates.
func (h *history) transit(in vf.Action, id vf.ID) *pool {
	key := vf.ID(string(in) + " " + string(id))
	if p := h.pools[key]; p != nil {
		return p
	}
	p := &pool{draws: map[int][]edge{}, stock: new(big.Rat)}
	h.pools[key] = p
	inside := map[vf.ID]*pool{}
	lots := map[vf.ID][]lot{}
	unit := unitOf(h.resource(id))
	for _, i := range h.touching(id) {
		if h.failed() {
			return p
		}
		ev := h.events[i]
		isIn, isOut := ev.Action == in, entrance[ev.Action] == in
		if ev.ResourceInventoriedAs != id || !isIn && !isOut {
			continue
		}
		process := h.transitOf(ev, in, id)
		group := inside[process]
		if group == nil {
			group = &pool{draws: p.draws, stock: new(big.Rat)}
			inside[process] = group
		}
		q := h.amount(i, unit)
		if isIn {
			lots[process] = append(lots[process], lot{i, q, new(big.Rat).Set(q)})
			group.in = append(group.in, i)
			group.stock.Add(group.stock, q)
		} else {
			lots[process] = h.draw(group, lots[process], i, q)
		}
	}
	for _, process := range sortedKeys(lots) {
		for _, l := range lots[process] {
			left := part(l.now, l.size)
			p.left = append(p.left, edge{l.from, left})
			if f, _ := h.record(process).(*vf.Process); f != nil && f.Finished {
				h.addLoss(p, l.from, left)
			}
		}
	}
	return p
}

// addLoss gives what did not come out of a finished process to what did.
func (h *history) addLoss(p *pool, entrance int, left *big.Rat) {
	came := new(big.Rat).Sub(whole, left)
	if came.Sign() == 0 {
		return
	}
	for exit, list := range p.draws {
		if h.failed() {
			return
		}
		for k, e := range list {
			if e.to == entrance {
				p.draws[exit][k].share = new(big.Rat).Quo(e.share, came)
			}
		}
	}
}

// transitOf is the process in which an entrance and its exits belong together,
// "" for those that belong together across processes.
func (h *history) transitOf(ev *vf.EconomicEvent, in vf.Action, id vf.ID) vf.ID {
	if in == vf.Combine {
		return ""
	}
	if ev.Action == in {
		for _, j := range h.outputs(ev.InputOf) {
			if entrance[h.events[j].Action] == in && h.events[j].ResourceInventoriedAs == id {
				return ev.InputOf
			}
		}
		return ""
	}
	for _, j := range h.inputs(ev.OutputOf) {
		if h.events[j].Action == in && h.events[j].ResourceInventoriedAs == id {
			return ev.OutputOf
		}
	}
	return ""
}
