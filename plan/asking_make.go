package plan

// fromMaker makes up to q steps that are ready at a time, in one process that
// grows, or in lots. It returns what the consumer got; the rest of a lot goes to
// the pool.
func (a *asker) fromMaker(i int32, q, at int64, consumer int32, next *int64) (got int64) {
	m := &a.p.net.makers[i]
	for got < q && a.p.err == nil {
		size := q - got
		if m.lots() {
			size = m.lot(size)
		}
		made, order := a.make(i, m, size, at, next)
		if made == 0 {
			break
		}
		used := min(made, q-got)
		a.link(order, consumer, used)
		got += used
		if made > used {
			a.insert(m.buffer, lot{at, made - used, order})
		}
		if made < size {
			break
		}
	}
	return got
}

// make places a process of `size`, or of as much as its inputs allow. It returns
// how much that is and the order; what is missing lowers next to the time at
// which more could be ready.
func (a *asker) make(i int32, m *maker, size, at int64, next *int64) (made int64, order int32) {
	quiet := a.quiet
	if m.usesOwnOutput {
		a.reuse++
		defer func() { a.reuse-- }()
		if a.reuse > mostReuse {
			return 0, -1
		}
	}
	for try := 0; size > 0 && try < mostTries && a.p.err == nil; try++ {
		d, ok := m.duration(size)
		if !ok {
			a.p.tooLarge(m.buffer, size)
			break
		}
		begin := at - d
		if !a.dated(i, m, begin, d, size, next) {
			break
		}
		mark := len(a.undo)
		order = a.place(i, m, begin, at, size)
		feasible, later := a.inputs(order, m, size)
		if feasible == size {
			a.giveOut(order, m)
			a.quiet = quiet
			return size, order
		}
		a.rollback(mark)
		if later < never {
			*next = min(*next, later+d)
		}
		a.quiet = quiet + 1
		size = m.atMost(min(feasible, size-1))
	}
	a.quiet = quiet
	return 0, -1
}

// mostTries bounds how often a process is tried again with less.
const mostTries = 6

// dated reports whether a process may begin then; if not it notes why, and when
// one of that size could be ready.
func (a *asker) dated(i int32, m *maker, begin, d, size int64, next *int64) bool {
	if begin < a.p.net.now {
		*next = min(*next, a.p.net.now+max(d, a.soonest(m)))
		a.cause(a.root(cause{kind: causeBeforeNow, buffer: m.buffer, who: i, qty: size, at: begin}))
		return false
	}
	if !m.inForce(begin) {
		if begin < m.from && m.from < m.until {
			*next = min(*next, m.from+d)
		}
		a.cause(cause{kind: causeNotInForce, buffer: m.buffer, who: i, qty: size, at: begin})
		return false
	}
	return true
}

// atMost is the largest quantity up to q that the lot rules allow.
func (m *maker) atMost(q int64) int64 {
	if m.most > 0 {
		q = min(q, m.most)
	}
	if m.multiple > 0 {
		q -= q % m.multiple
	}
	if q < m.least {
		return 0
	}
	return q
}

// place makes the order, or lets the one of that maker and end grow, and puts a
// pair on its trip.
func (a *asker) place(i int32, m *maker, begin, at, size int64) int32 {
	var order int32
	if m.lots() || m.perUnit.num != 0 {
		order = a.add(i, begin, at, size)
	} else {
		order = a.grow(i, begin, at, size)
	}
	if m.shared >= 0 {
		a.board(order, m, begin, at)
	}
	return order
}

// board puts an order for a pair on a shared process of the same end: the one it
// is on already, else the first on which this pair has no order yet.
func (a *asker) board(order int32, m *maker, begin, at int64) {
	if a.amounts[a.onTrip(order, m)] != 0 {
		return
	}
	key := orderKey{m.shared, at}
	taken := map[int32]bool{}
	for o := order - 1; o >= 0 && m.lots() && len(taken) < len(a.trips[key]); o-- {
		if a.p.orders.at(o).maker == a.p.orders.at(order).maker && a.p.orders.at(o).end == at {
			taken[a.p.sharedOf[o]] = true
		}
	}
	for _, t := range a.trips[key] {
		if !taken[t] {
			a.aboard(order, m, t)
			return
		}
	}
	trip := a.add(m.shared, begin, at, 0)
	a.trips[key] = append(a.trips[key], trip)
	a.undo = append(a.undo, undo{kind: undoTrip, index: trip})
	a.aboard(order, m, trip)
}

func (a *asker) aboard(order int32, m *maker, trip int32) {
	a.p.sharedOf[order] = trip
	a.set(a.onTrip(order, m), int64(trip)+1)
}

// onTrip is where an order for a pair notes its trip and one.
func (a *asker) onTrip(order int32, m *maker) int32 {
	return a.amount(order, len(m.uses)+len(m.byproducts))
}

// inputs asks for what an order that grew by `size` takes more. It returns by
// how much the order can grow with what was got, and when more could be.
func (a *asker) inputs(order int32, m *maker, size int64) (feasible, later int64) {
	o := &a.p.orders
	feasible, later = size, always
	a.askUses(order, m, o.at(order).qty, size, one, &feasible, &later)
	if m.shared < 0 {
		return feasible, later
	}
	trip := a.p.sharedOf[order]
	before, ok1 := m.carried.up(o.at(order).qty - size)
	after, ok2 := m.carried.up(o.at(order).qty)
	if !ok1 || !ok2 {
		a.p.tooLarge(m.buffer, o.at(order).qty)
		return 0, never
	}
	a.undo = append(a.undo, undo{kind: undoGrow, index: trip, value: o.at(trip).qty})
	o.at(trip).qty += after - before
	a.askUses(trip, &a.p.net.makers[m.shared], o.at(trip).qty, after-before, m.carried.inverse(), &feasible, &later)
	return feasible, later
}

// askUses asks for the uses of one order whose quantity is now `total`, of which
// `size` is new. Growth is told in steps of the output: back turns steps of this
// order into those.
func (a *asker) askUses(order int32, m *maker, total, size int64, back ratio, feasible, later *int64) {
	begin := a.p.orders.at(order).begin
	for j := range m.uses {
		u := &m.uses[j]
		k := a.amount(order, j)
		had := a.amounts[k]
		want, ok := u.of(total)
		if !ok {
			a.p.tooLarge(u.buffer, total)
			return
		}
		if want <= had {
			continue
		}
		got, next := a.ask(u.buffer, want-had, begin, order)
		a.set(k, had+got)
		if a.p.err != nil || got == want-had {
			continue
		}
		*later = max(*later, next)
		if u.perBatch {
			*feasible = 0
			continue
		}
		can, _ := u.amount.inverse().down(had + got)
		grown, _ := back.down(max(0, min(can-(total-size), size)))
		*feasible = min(*feasible, grown)
	}
}

// giveOut books what an order gives beside what it is made for.
func (a *asker) giveOut(order int32, m *maker) {
	a.giveOutOf(order, m)
	if m.shared >= 0 {
		a.giveOutOf(a.p.sharedOf[order], &a.p.net.makers[m.shared])
	}
}

func (a *asker) giveOutOf(order int32, m *maker) {
	o := &a.p.orders
	for j := range m.byproducts {
		u := &m.byproducts[j]
		total, ok := u.amount.down(o.at(order).qty)
		if u.perBatch {
			total, ok = u.amount.down(1)
		}
		if !ok {
			a.p.tooLarge(u.buffer, o.at(order).qty)
			return
		}
		k := a.amount(order, len(m.uses)+j)
		more := total - a.amounts[k]
		if more <= 0 {
			continue
		}
		a.set(k, total)
		ref := ^int32(a.p.base + len(a.p.byproducts))
		a.p.byproducts = append(a.p.byproducts, byproduct{order, int32(j), u.buffer, o.at(order).end, more})
		a.undo = append(a.undo, undo{kind: undoByproduct})
		a.insert(u.buffer, lot{o.at(order).end + u.wait, more, ref})
	}
}
