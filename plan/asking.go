package plan

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// asker plans need after need. A requirement asks its buffer for a quantity at a
// time; the buffer gives from its pool, from offers, and by making, which asks
// further. What cannot be had is answered with the earliest date at which more
// could be. Everything that is placed can be taken back in reverse order.
type asker struct {
	p       *part
	at      [][]growing // of each maker, then of each offer: the orders that can still grow, by end
	trips   map[orderKey][]int32
	first   int32   // the first order of this asker
	base    []int32 // where the amounts of each order since then begin
	amounts []int64 // of an order: what it takes by each use, what it gave of each by-product, its trip and one
	undo    []undo
	causes  []cause
	asked   int // needs

	companions map[string][]int32 // the needs that are to be delivered together
	quiet      int                // over 0 while asking again for less: causes are known already
	steps      int                // for all needs
	work       int                // for this need
	since      int32              // the first order for this need
	reuse      int                // how many harvests back a recipe asks for its own seed
}

// growing is an order that more can be added to.
type growing struct {
	end   int64
	order int32
}

type orderKey struct {
	maker int32
	end   int64
}

func newAsker(p *part) *asker {
	beside := p.beside()
	p.leads(beside)
	for _, b := range p.buffers {
		p.pools[b], p.touched[b] = nil, false
		p.bought[b] = !p.calm && !beside[b] && p.net.boughtOnly(b)
	}
	for _, i := range p.makers {
		p.growing[i] = nil
	}
	for _, i := range p.offers {
		p.growing[len(p.net.makers)+int(i)] = nil
	}
	return &asker{p: p, at: p.growing, trips: map[orderKey][]int32{}, first: p.orders.n}
}

// undo is one change to be taken back.
type undo struct {
	kind  undoKind
	index int32
	extra int32
	value int64
}

type undoKind uint8

const (
	undoLot undoKind = iota
	undoInsert
	undoOffer
	undoGrow
	undoOrder
	undoGrowing
	undoTrip
	undoAmount
	undoByproduct
	undoLink
	undoBooking
)

// The work of asking is bounded: for all needs together and for one need (what
// is not found by then is short, and the reason says so), and in the harvests
// that a recipe asks back for its own seed.
const (
	mostSteps = 100_000_000
	mostWork  = 100_000
	perBuffer = 20 // and so much more for each buffer of the part
	perStep   = 32 // so often a process is moved at the price of one step
	mostDates = 64 // that bring nothing, one after another; then it looks on in strides
	mostReuse = 6
	mostAsked = 20_000_000 // orders: each that may be taken back costs memory
)

// byImportance orders needs: firm work and floors, then tier after tier, then
// targets; inside a tier by due time, then id.
func (n *network) byImportance(x, y int32) int {
	a, b := n.needs.at(x), n.needs.at(y)
	return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.tier, b.tier), cmp.Compare(a.due, b.due), strings.Compare(string(a.id), string(b.id)))
}

// need asks for a need, up to a quantity, at its due time, and for what is missing
// at the later dates that the answers name, until nothing is missing or it is of no
// more use.
func (a *asker) need(i int32, most int64) {
	d := a.p.net.needs.at(i)
	r := a.p.reasons[i]
	at, had := max(d.due, a.p.net.now), d.done
	for _, c := range a.p.coverage[i] {
		had += c.qty
	}
	left := min(most, d.qty-(had-d.done))
	latest := max(min(d.latest, a.p.net.horizon), at)
	a.work, a.p.moves, a.causes = 0, 0, a.causes[:0]
	a.p.asksFor, a.since = i, a.p.orders.n
	idle := int64(0)
	for left > 0 && at <= latest {
		r.last, a.causes = append(r.last[:0], a.causes...), a.causes[:0]
		mark := a.p.links.n
		got, next := a.ask(d.buffer, left, at, ^i)
		if a.p.excess != nil {
			return
		}
		if had+got < d.least {
			a.rollback(0)
		} else if got > 0 {
			a.p.cover(i, mark)
			left, had = left-got, had+got
		}
		if len(a.undo) > 0 {
			r.note(r.last)
		}
		a.undo = a.undo[:0]
		for k := range a.causes {
			if a.causes[k].kind == causeBeforeNow {
				a.causes[k].at -= at - d.due
			}
		}
		if idle++; got > 0 {
			idle = 0
		}
		at = max(next, at+1+stride(idle))
	}
	if left > 0 && most == never {
		r.note(a.causes)
		r.short = adding(a.causes)
	}
	a.p.reasons[i] = r
}

// cover notes what a need gets by the links from the mark on, each at the time from
// which on it is there: what was looked for until a later date may be there before.
// Where less than a certain quantity is of no use, all of it comes with the last.
func (p *part) cover(i, mark int32) {
	d := p.net.needs.at(i)
	first, last := max(d.due, p.net.now), always
	for k := mark; k < p.links.n; k++ {
		if l := p.links.at(k); l.consumer == ^i {
			last = max(last, p.readyAt(l.supply))
		}
	}
	list := p.coverage[i]
	for k := mark; k < p.links.n; k++ {
		l := p.links.at(k)
		if l.consumer != ^i {
			continue
		}
		at := max(first, p.readyAt(l.supply))
		if d.least > 0 {
			at = max(first, last)
		}
		at0, found := slices.BinarySearchFunc(list, at, func(c coverage, t int64) int { return cmp.Compare(c.at, t) })
		if found {
			list[at0].qty += l.qty
		} else {
			list = slices.Insert(list, at0, coverage{at: at, qty: l.qty})
		}
	}
	p.coverage[i] = list
}

// stride is by how many seconds to look on at least, after so many dates that
// brought nothing: an hour for each that is too many. So a need is promised at most
// that much later than it could be, and hopeless ones end.
func stride(idle int64) int64 { return max(0, idle-mostDates) * 3600 }

// ask takes up to q steps of a buffer at a time for a consumer. It returns what
// was got, and the earliest later time at which more might be had.
func (a *asker) ask(b int32, q, at int64, consumer int32) (got, next int64) {
	next = never
	mark := len(a.causes)
	a.work++
	a.steps++
	tired := a.work+a.p.moves/perStep > mostWork+perBuffer*len(a.p.buffers) || a.steps > mostSteps
	if tired {
		a.causes = append(a.causes[:0], cause{kind: causeGivenUp, buffer: b, qty: q, at: at})
	}
	if a.p.excess != nil || tired {
		return 0, never
	}
	for _, m := range a.p.net.makersOf[b] {
		if x := a.sowFirst(m, q-got, at); x > 0 {
			got += a.fromMaker(m, x, at, consumer, &next)
		}
	}
	if a.p.bought[b] {
		got += a.fromBought(b, q-got, at, consumer)
		got += a.fromOffers(b, q-got, at, consumer, &next)
	}
	got += a.fromPool(b, q-got, at, consumer, &next)
	if got < q && !a.p.bought[b] {
		got += a.fromOffers(b, q-got, at, consumer, &next)
	}
	for k, m := range a.p.net.makersOf[b] {
		if got == q || a.p.excess != nil {
			break
		}
		if a.p.net.passes(b, k, q-got) {
			continue
		}
		got += a.fromMaker(m, q-got, at, consumer, &next)
	}
	if got < q && len(a.p.net.makersOf[b]) == 0 {
		a.cause(cause{kind: causeNoSupply, buffer: b, qty: q - got, at: at})
	}
	if got == q {
		a.causes = a.causes[:mark]
	}
	return got, next
}

// sowFirst is how much a recipe that takes of its own output must make before
// what is there is given away, so that what it takes is still there: with p there
// and r taken for each one made, x = (q-p)/(1-r).
func (a *asker) sowFirst(i int32, q, at int64) int64 {
	m := &a.p.net.makers[i]
	if !m.usesOwnOutput {
		return 0
	}
	there := int64(0)
	for _, l := range a.pool(m.buffer) {
		if l.at <= at {
			there += l.qty
		}
	}
	for j := range m.uses {
		if u := &m.uses[j]; u.buffer == m.buffer && there > 0 && there < q && u.amount.den > u.amount.num {
			x, ok := (ratio{u.amount.den, u.amount.den - u.amount.num}).up(q - there)
			if ok {
				return min(x, q)
			}
		}
	}
	return 0
}

func (a *asker) pool(b int32) []lot {
	if !a.p.touched[b] {
		a.p.touched[b] = true
		a.p.pools[b] = a.p.stockOf(b, nil)
	}
	return a.p.pools[b]
}

// fromPool takes what is there: latest first, so that what came early stays for
// those who need it early.
func (a *asker) fromPool(b int32, q, at int64, consumer int32, next *int64) (got int64) {
	pool := a.pool(b)
	end, _ := slices.BinarySearchFunc(pool, at+1, func(l lot, t int64) int { return cmp.Compare(l.at, t) })
	for i := end; i < len(pool); i++ {
		if pool[i].qty > 0 {
			*next = min(*next, pool[i].at)
			if pool[i].supply < 0 && int(^pool[i].supply) < a.p.base {
				a.cause(cause{kind: causeAwaits, buffer: b, who: ^pool[i].supply, qty: pool[i].qty, at: pool[i].at})
			}
			break
		}
	}
	for i := end - 1; i >= 0 && got < q; i-- {
		got += a.fromLot(b, int32(i), q-got, consumer)
	}
	return got
}

func (a *asker) link(supply, consumer int32, q int64) {
	a.p.links.push(link{supply, consumer, q})
	a.undo = append(a.undo, undo{kind: undoLink})
}

func (a *asker) fromOffers(b int32, q, at int64, consumer int32, next *int64) (got int64) {
	n := a.p.net
	for _, i := range n.offersOf.get(b) {
		if got == q {
			break
		}
		o, left := n.offers[i], a.p.leftOf(i, at)
		if !o.canServe(at, n.now) {
			if first := max(o.from, n.now) + o.lead; first > at && first <= o.until && left != 0 {
				*next = min(*next, first)
				a.cause(cause{kind: causeOfferLater, buffer: b, who: i, qty: q - got, at: first})
			}
			continue
		}
		x := o.amount(q-got, left)
		if x == 0 {
			continue
		}
		if left >= 0 {
			a.undo = append(a.undo, undo{kind: undoOffer, index: i, extra: int32(len(a.p.takings)), value: a.p.offerLeft[i]})
			a.p.take(i, at, x)
		}
		order := a.grow(^i, at-o.lead, at, x)
		used := min(x, q-got)
		a.link(order, consumer, used)
		got += used
		if x > used {
			a.insert(b, lot{at, x - used, order})
		}
	}
	for _, i := range n.offersOf.get(b) {
		if o := n.offers[i]; got < q && o.period != "" && o.left > 0 {
			if _, to := periodOf(o.period, at); to <= o.until {
				*next = min(*next, max(to, n.now+o.lead))
				a.cause(cause{kind: causeOfferLater, buffer: b, who: i, qty: q - got, at: to})
			}
		}
	}
	return got
}

// insert puts what is left over into the pool of its buffer.
func (a *asker) insert(b int32, x lot) {
	pool := a.pool(b)
	i, _ := slices.BinarySearchFunc(pool, x.at+1, func(l lot, t int64) int { return cmp.Compare(l.at, t) })
	a.p.pools[b] = slices.Insert(pool, i, x)
	a.undo = append(a.undo, undo{kind: undoInsert, index: b, extra: int32(i)})
}

// grow adds q to the order of that maker, or of offer ^maker, and that end, made
// if new.
func (a *asker) grow(maker int32, begin, end, q int64) int32 {
	o := &a.p.orders
	row := maker
	if maker < 0 {
		row = ^maker + int32(len(a.p.net.makers))
	}
	list := a.at[row]
	at, found := slices.BinarySearchFunc(list, end, func(g growing, t int64) int { return cmp.Compare(g.end, t) })
	if found {
		order := o.at(list[at].order)
		a.undo = append(a.undo, undo{kind: undoGrow, index: list[at].order, value: order.qty})
		if order.qty > math.MaxInt64-q {
			a.p.tooLarge(a.p.net.sourceBuffer(maker), list[at].order)
			return list[at].order
		}
		order.qty += q
		return list[at].order
	}
	order := a.add(maker, begin, end, q)
	a.at[row] = slices.Insert(list, at, growing{end, order})
	a.undo = append(a.undo, undo{kind: undoGrowing, index: row, extra: int32(at)})
	return order
}

// add makes an order, with room for its amounts.
func (a *asker) add(maker int32, begin, end, q int64) int32 {
	order := a.p.orders.add(maker, begin, end, q)
	switch most := min(a.p.most, mostAsked); {
	case int(order-a.since) > mostOfOne:
		a.p.tooManyFor(a.p.asksFor, a.p.net.sourceBuffer(maker), mostOfOne)
	case int(order) >= most:
		a.p.tooMany(a.p.net.sourceBuffer(maker), most)
	}
	a.base = append(a.base[:order-a.first], int32(len(a.amounts)))
	if maker >= 0 {
		m := &a.p.net.makers[maker]
		a.amounts = append(a.amounts, make([]int64, len(m.uses)+len(m.byproducts)+1)...)
	}
	a.undo = append(a.undo, undo{kind: undoOrder})
	return order
}

// amount is where an order notes what it takes of use j, and so on.
func (a *asker) amount(order int32, j int) int32 { return a.base[order-a.first] + int32(j) }

// set notes an amount, and how to take that back.
func (a *asker) set(at int32, q int64) {
	a.undo = append(a.undo, undo{kind: undoAmount, index: at, value: a.amounts[at]})
	a.amounts[at] = q
}

// rollback takes back everything since the mark.
func (a *asker) rollback(mark int) {
	o := &a.p.orders
	for len(a.undo) > mark {
		u := a.undo[len(a.undo)-1]
		a.undo = a.undo[:len(a.undo)-1]
		switch u.kind {
		case undoLot:
			a.p.pools[u.index][u.extra].qty += u.value
		case undoInsert:
			a.p.pools[u.index] = slices.Delete(a.p.pools[u.index], int(u.extra), int(u.extra)+1)
		case undoOffer:
			a.p.offerLeft[u.index] = u.value
			a.p.giveBack(int(u.extra))
		case undoGrow:
			o.at(u.index).qty = u.value
		case undoOrder:
			o.cut(o.n - 1)
			a.amounts = a.amounts[:a.base[o.n-a.first]]
		case undoGrowing:
			a.at[u.index] = slices.Delete(a.at[u.index], int(u.extra), int(u.extra)+1)
		case undoTrip:
			trip := o.at(u.index)
			key := orderKey{trip.maker, trip.end}
			if t := a.trips[key]; len(t) > 1 {
				a.trips[key] = t[:len(t)-1]
			} else {
				delete(a.trips, key)
			}
		case undoAmount:
			a.amounts[u.index] = u.value
		case undoByproduct:
			a.p.byproducts = a.p.byproducts[:len(a.p.byproducts)-1]
		case undoLink:
			a.p.links.cut(a.p.links.n - 1)
		case undoBooking:
			a.p.unbook(int(u.value))
		}
	}
}
