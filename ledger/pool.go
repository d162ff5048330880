package ledger

import (
	"math/big"

	"commonweal/vf"
)

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
	r := h.resource(id)
	if r == nil {
		return p
	}
	unit, onhand := unitOf(r), h.onhandMoves(id)
	var lots []lot
	for _, i := range h.touching(id) {
		if h.failed() {
			return p
		}
		in, out := flowsOf(h.events[i], id, onhand)
		q := h.amount(i, unit)
		if out {
			lots = h.draw(p, lots, i, q)
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
func (h *history) draw(p *pool, lots []lot, event int, q *big.Rat) []lot {
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
		if h.failed() {
			return nil
		}
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
	moves, known := h.onhand[id]
	if !known {
		for _, i := range h.touching(id) {
			if in, out := flowsOf(h.events[i], id, true); in || out {
				moves = true
				break
			}
		}
		h.onhand[id] = moves
	}
	return moves
}
