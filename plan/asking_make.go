package plan

// fromMaker makes up to q steps that are ready at a time, in one process that
// grows, or in lots. It returns what the consumer got; the rest of a lot goes to
// the pool.
func (a *asker) fromMaker(i int32, q, at int64, consumer int32, next *int64) (got int64) {
	m := &a.p.net.makers[i]
	if m.manyLots(q) {
		a.p.tooManyFor(a.p.asksFor, m.buffer, mostLots)
		return 0
	}
	for parts := 0; got < q && a.p.excess == nil && (m.lots() || parts < mostRations); parts++ {
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
			a.insert(m.buffer, lot{a.p.orders.at(order).end, made - used, order})
		}
		if made < size && !a.p.net.rationed(m) {
			break // what is rationed may be had in an earlier period
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
			a.cause(cause{kind: causeNoSupply, buffer: m.buffer, qty: size, at: at})
			return 0, -1
		}
	}
	wanted, soon := size, max(a.p.net.now+a.p.net.leadInto(m, a.p.lead), m.earliest)
	for try := 0; size > 0 && try < mostTries && a.p.excess == nil; try++ {
		s, in, early, ok := a.dated(i, m, at, size, next)
		if !ok {
			if !early {
				break
			}
			a.quiet = quiet + 1
			if a.p.net.rationed(m) && (!m.shrinks() || a.p.net.renews(in.who)) {
				size = a.ration(m, size, at, soon, next)
			} else {
				size = a.smaller(m, size, at, soon, next)
			}
			continue
		}
		mark := len(a.undo)
		order = a.place(i, m, s, size)
		feasible, later := a.inputs(order, m, size)
		if feasible == size {
			a.giveOut(order, m)
			a.quiet = quiet
			if size < wanted && m.shrinks() {
				a.rest(m, wanted-size, at, soon, next)
			}
			return size, order
		}
		a.rollback(mark)
		if s.end < at && in.who >= 0 {
			a.taken(m, size, in)
		}
		a.quiet = quiet + 1
		feasible = m.atMost(min(feasible, size-1))
		if !m.shrinks() {
			a.after(m, size, later, next)
			size = feasible
			continue
		}
		if feasible >= m.part(size) || later >= never {
			soon, size = max(soon, later), feasible
		} else {
			soon = max(soon, later)
			size = a.smaller(m, size, at, soon, next)
		}
	}
	a.quiet = quiet
	return 0, -1
}

// mostTries bounds how often a process is tried again with less.
const mostTries = 6

// dated finds when a process may go on that is ready then; if it cannot, it notes
// why, and whether it would have to begin too early. A recipe that is in force only
// later lowers next.
func (a *asker) dated(i int32, m *maker, at, size int64, next *int64) (s slot, in obstacle, early, ok bool) {
	s, in, ok = a.p.latest(m, size, at, a.hasTrip(m, at))
	if !ok && a.hasTrip(m, at) {
		s, in, ok = a.p.latest(m, size, at, false)
	}
	if a.p.excess != nil {
		return s, in, false, false
	}
	if !ok || s.begin < m.earliest {
		switch c := (cause{kind: causeBeforeNow, buffer: m.buffer, who: i, qty: size, at: s.begin}); {
		case s.begin <= 0 && in.who < 0: // no time was found, or one so long ago that no date tells it
			c.kind, c.at = causeNoTime, at
			a.cause(c)
		case s.begin >= a.p.net.now && m.earliest > a.p.net.now:
			c.kind = causeFrozen
			a.cause(c)
		case s.begin < a.p.net.now && s.begin > 0:
			a.cause(a.root(c))
		}
		if in.who >= 0 {
			a.taken(m, size, in)
		}
		return s, in, true, false
	}
	if s.begin >= m.until && m.until > m.earliest {
		// Until the recipe ends it can be made, and kept.
		if x, fits := a.p.soonest(m, size, m.until-1); fits && x.begin < m.until && x.end <= at {
			s = x
		}
	}
	if !m.inForce(s.begin) {
		if s.begin < m.from && m.from < m.until {
			a.after(m, size, m.from, next)
		}
		a.cause(cause{kind: causeNotInForce, buffer: m.buffer, who: i, qty: size, at: s.begin})
		return s, in, false, false
	}
	return s, in, false, true
}

// hasTrip reports whether a pair can go with a process that is there already.
func (a *asker) hasTrip(m *maker, at int64) bool {
	return m.shared >= 0 && !m.lots() && len(a.trips[orderKey{m.shared, at}]) > 0
}

// taken notes the capacity that was in the way when a time was looked for.
func (a *asker) taken(m *maker, size int64, in obstacle) {
	a.cause(cause{kind: causeTaken, buffer: m.buffer, who: in.who, qty: size, at: in.until})
}

// after lowers next to the time at which a process that begins then or later
// could be ready.
func (a *asker) after(m *maker, size, begin int64, next *int64) {
	if begin >= never {
		return
	}
	if s, ok := a.p.soonest(m, size, begin); ok {
		*next = min(*next, s.end)
	}
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
func (a *asker) place(i int32, m *maker, s slot, size int64) int32 {
	var order int32
	if m.lots() || m.perUnit.num != 0 || len(m.claims) > 0 {
		order = a.add(i, s.begin, s.end, size)
	} else {
		order = a.grow(i, s.begin, s.end, size)
	}
	if m.shared >= 0 {
		a.board(order, m, s.begin, s.end)
	}
	switch {
	case len(m.claims) > 0:
		a.book(order, m, size, s, false)
	case m.shared >= 0 && len(a.p.net.makers[m.shared].claims) > 0:
		a.bookTrip(order, m, size, s)
	}
	return order
}

// bookTrip books what a shared process claims for what a pair brings aboard.
func (a *asker) bookTrip(order int32, m *maker, size int64, s slot) {
	trip, total := a.p.sharedOf[order], a.p.orders.at(order).qty
	before, ok1 := m.carried.up(total - size)
	after, ok2 := m.carried.up(total)
	if ok1 && ok2 {
		a.book(trip, &a.p.net.makers[m.shared], after-before, s, a.p.orders.at(trip).qty > 0)
	}
}

// book books what an order claims; it is taken back with the rest.
func (a *asker) book(order int32, m *maker, size int64, s slot, trip bool) {
	a.undo = append(a.undo, undo{kind: undoBooking, value: int64(len(a.p.bookings))})
	a.p.book(order, m, size, s, trip)
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
		a.p.tooLarge(m.buffer, order)
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
			a.p.tooLarge(u.buffer, order)
			return
		}
		if want <= had {
			continue
		}
		got, next := a.ask(u.buffer, want-had, begin, order)
		a.set(k, had+got)
		if a.p.excess != nil || got == want-had {
			continue
		}
		grown := int64(0)
		if !u.perBatch {
			can, _ := u.amount.inverse().down(had + got)
			grown, _ = back.down(max(0, min(can-(total-size), size)))
		}
		switch {
		case grown < *feasible:
			*feasible, *later = grown, next
		case grown == *feasible:
			*later = max(*later, next)
		}
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
			a.p.tooLarge(u.buffer, order)
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
