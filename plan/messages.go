package plan

import (
	"cmp"
	"slices"
	"strings"

	"commonweal/vf"
)

// Message is something that somebody could do so that what people promised fits
// what is needed. Messages are not kept: each is there as long as its cause is.
type Message struct {
	Kind               string     `json:"kind"`  // expedite, defer, cancel, increase, decrease or takeUp
	About              vf.ID      `json:"about"` // what was promised, or is proposed
	ResourceConformsTo vf.ID      `json:"resourceConformsTo,omitzero"`
	Stage              vf.ID      `json:"stage,omitzero"`
	ResourceQuantity   vf.Measure `json:"resourceQuantity,omitzero"` // how much it concerns
	Was                vf.Time    `json:"was,omitzero"`              // the date that was promised
	When               vf.Time    `json:"when,omitzero"`             // the date that would fit; the last day to take it up
	Needs              []vf.ID    `json:"needs"`
	Whom               []vf.ID    `json:"whom"` // who promised, and whom it would help
	Cause              string     `json:"cause"`
	Text               string     `json:"text"`
}

// kindsOfMessages are the kinds in the order in which they are told.
var kindsOfMessages = []string{"expedite", "defer", "cancel", "increase", "decrease", "takeUp"}

// Messages compares what people promised with what the plan needs of it, and lists
// what is proposed to begin within so many seconds from now and waits for somebody
// to take it up. They are sorted by kind, date and id.
func (p *Plan) Messages(within int64) []Message {
	p = p.whole()
	m := &messenger{p: p, n: p.net, until: p.net.now + within, commitments: map[vf.ID]*vf.Commitment{}, intents: map[vf.ID]*vf.Intent{}, satisfied: map[vf.ID]bool{}, list: []Message{}}
	g := &p.net.groups
	for k := range g.ids {
		for _, c := range g.commitments.get(int32(k)) {
			m.commitments[c.ID] = c
			m.taken(c.Satisfies)
		}
		for _, i := range g.intents.get(int32(k)) {
			m.intents[i.ID] = i
		}
		for _, e := range g.events.get(int32(k)) {
			m.taken(e.Satisfies)
		}
	}
	for _, x := range p.parts {
		m.part, m.g, m.w = x, x.pegs(), nil
		m.madeFirst()
		m.supplies()
		m.late()
		m.proposed()
	}
	m.promises()
	m.openWork()
	slices.SortFunc(m.list, func(a, b Message) int {
		return cmp.Or(cmp.Compare(slices.Index(kindsOfMessages, a.Kind), slices.Index(kindsOfMessages, b.Kind)),
			cmp.Compare(a.When.Unix(), b.When.Unix()), strings.Compare(string(a.About), string(b.About)), strings.Compare(a.Text, b.Text))
	})
	return m.list
}

// messenger writes messages, part by part.
type messenger struct {
	p           *Plan
	n           *network
	part        *part
	g           *pegging
	w           *reporter // names the orders of the part, once one is told of
	first       map[int32]int32
	until       int64
	commitments map[vf.ID]*vf.Commitment
	intents     map[vf.ID]*vf.Intent
	satisfied   map[vf.ID]bool // intents that somebody promised or did something for
	list        []Message
}

func (m *messenger) taken(satisfies []vf.ID) {
	for _, id := range satisfies {
		m.satisfied[id] = true
	}
}

// tell adds a message about something that people promised.
func (m *messenger) tell(x Message, b int32, q int64, needs []int32) {
	k := m.n.buffers[b]
	x.ResourceConformsTo, x.Stage, x.ResourceQuantity = k.spec, k.stage, m.n.measure(b, q)
	m.add(x, needs)
}

// add adds a message, with the people behind what it is about and behind the needs.
func (m *messenger) add(x Message, needs []int32) {
	if c := m.commitments[x.About]; c != nil {
		x.Whom = append(x.Whom, c.Provider, c.Receiver)
	} else if i := m.intents[x.About]; i != nil {
		x.Whom = append(x.Whom, i.Provider, i.Receiver)
	}
	x.Needs = []vf.ID{}
	for _, i := range needs {
		d := m.n.needs.at(i)
		x.Needs = append(x.Needs, cmp.Or(d.serves, d.id))
		if d.intent != nil {
			x.Whom = append(x.Whom, d.intent.Receiver)
		}
	}
	slices.Sort(x.Needs)
	slices.Sort(x.Whom)
	x.Needs = slices.Compact(x.Needs)
	x.Whom = slices.DeleteFunc(slices.Compact(x.Whom), func(id vf.ID) bool { return id == "" })
	if x.Whom == nil {
		x.Whom = []vf.ID{}
	}
	x.Text += ", because " + x.Cause + "."
	m.list = append(m.list, x)
}

// what says what a promise is of.
func (m *messenger) what(b int32, q int64, id vf.ID) string {
	return m.n.amount(b, q) + " of " + m.n.bufferName(b) + " (" + string(id) + ")"
}

// supplies compares each firm supply of the part with what takes from it.
func (m *messenger) supplies() {
	takers := map[int32][]link{}
	for _, l := range m.part.links.all() {
		if k := int(^l.supply); l.supply < 0 && k < m.part.base && m.n.supplies[k].firm {
			takers[int32(k)] = append(takers[int32(k)], *l)
		}
	}
	for _, b := range m.part.buffers {
		for k, to := m.n.suppliesOf(b); k < to; k++ {
			if m.n.supplies[k].firm {
				m.supply(m.n.supplies[k], takers[k])
			}
		}
	}
}

// supply compares one firm supply with what takes from it.
func (m *messenger) supply(s supply, takers []link) {
	used, first, who := int64(0), never, ""
	for _, l := range takers {
		used += l.qty
		if at := m.takenAt(l.consumer); at < first {
			first, who = at, m.taker(l.consumer)
		}
	}
	var needs []int32
	for _, x := range m.g.through(slices.Clone(takers)) {
		needs = append(needs, x.need)
	}
	left := s.qty - used
	x := Message{About: s.id, Was: vf.At(s.at)}
	if order := m.first[s.buffer]; left > 0 && order >= 0 && m.part.orders.at(order).end < s.at {
		o := m.part.orders.at(order)
		q := min(left, o.qty)
		for _, y := range m.g.of(order) {
			needs = append(needs, y.need)
		}
		x.Kind, x.When = "expedite", vf.At(o.end)
		x.Cause = "otherwise " + m.source(order) + " gives " + m.n.amount(s.buffer, q) + " anew for that day"
		x.Text = "Have " + m.what(s.buffer, q, s.id) + " by " + day(o.end) + ", not on " + day(s.at)
		m.tell(x, s.buffer, q, needs)
		return
	}
	switch {
	case used == 0:
		x.Kind, x.Cause = "cancel", "nothing that is planned takes it"
		x.Text = "Call off " + m.what(s.buffer, s.qty, s.id)
		m.tell(x, s.buffer, s.qty, needs)
	case left > 0:
		x.Kind, x.Cause = "decrease", "only "+m.n.amount(s.buffer, used)+" are taken"
		x.Text = "Lower " + m.what(s.buffer, s.qty, s.id) + " by " + m.n.amount(s.buffer, left)
		m.tell(x, s.buffer, left, needs)
	}
	if used > 0 && first-s.at > aDay {
		x.Kind, x.When, x.Cause = "defer", vf.At(first), who+" is the first to take it, on "+day(first)
		x.Text = m.what(s.buffer, s.qty, s.id) + " may come " + lasting(first-s.at) + " later than " + day(s.at)
		m.tell(x, s.buffer, used, needs)
	}
}

// takenAt is when a consumer takes something.
func (m *messenger) takenAt(consumer int32) int64 {
	if consumer >= 0 {
		return m.part.orders.at(consumer).begin
	}
	return max(m.n.now, m.n.needs.at(^consumer).due)
}

// taker says in words who takes something.
func (m *messenger) taker(consumer int32) string {
	if consumer >= 0 {
		return m.source(consumer)
	}
	return string(m.n.needs.at(^consumer).id)
}

// source says in words what an order is of.
func (m *messenger) source(order int32) string {
	return m.n.sourceName(m.part.orders.at(order).maker)
}

// madeFirst finds, for each buffer with firm supplies, the first order that gives
// the same; had the supply come before, the order might not be wanted.
func (m *messenger) madeFirst() {
	m.first = map[int32]int32{}
	for _, b := range m.part.buffers {
		for k, to := m.n.suppliesOf(b); k < to; k++ {
			if m.n.supplies[k].firm {
				m.first[b] = -1
			}
		}
	}
	if len(m.first) == 0 {
		return
	}
	for i, o := range m.part.orders.all() {
		b := m.n.outOf(o.maker)
		if first, wanted := m.first[b]; wanted && (first < 0 || o.end < m.part.orders.at(first).end) {
			m.first[b] = i
		}
	}
}

// late asks for what late needs wait for, and tells firm work that cannot begin
// when it was to.
func (m *messenger) late() {
	for _, i := range m.part.needs {
		d := m.n.needs.at(i)
		s := m.part.state(i)
		if s.state != "late" {
			continue
		}
		by := s.last - max(d.due, m.n.now)
		for _, c := range m.part.reasons[i].all {
			if c.kind == causeAwaits && by > 0 {
				y := m.n.supplies[c.who]
				m.tell(Message{Kind: "expedite", About: y.id, Was: vf.At(y.at), When: vf.At(y.at - by), Cause: m.waits(d, by) + " for it",
					Text: "Have " + m.what(y.buffer, y.qty, y.id) + " by " + day(y.at-by) + ", not on " + day(y.at)}, y.buffer, y.qty, []int32{i})
			}
		}
		for _, c := range d.promised {
			if c.at > max(d.due, m.n.now) {
				m.tell(Message{Kind: "expedite", About: c.id, Was: vf.At(c.at), When: vf.At(d.due), Cause: "it is wanted by then",
					Text: "Have " + m.what(d.buffer, c.qty, c.id) + " by " + day(d.due) + ", not on " + day(c.at)}, d.buffer, c.qty, []int32{i})
			}
		}
		if d.firm && d.serves == "" && by > 0 {
			m.tell(Message{Kind: "defer", About: d.id, Was: vf.At(d.due), When: vf.At(s.last), Cause: m.n.bufferName(d.buffer) + " can be had only then",
				Text: m.what(d.buffer, d.qty, d.id) + " cannot go in on " + day(d.due) + ": begin on " + day(s.last)}, d.buffer, d.qty, nil)
		}
	}
}

func (m *messenger) waits(d *need, by int64) string {
	return string(cmp.Or(d.serves, d.id)) + " waits " + lasting(by)
}

// proposed tells what is proposed to begin soon and waits for somebody to take it up.
func (m *messenger) proposed() {
	for i, o := range m.part.orders.all() {
		if o.begin >= m.until || o.maker >= 0 && m.n.makers[o.maker].shared >= 0 {
			continue
		}
		if m.w == nil {
			m.w = newReporter(m.part, &Report{})
		}
		x := Message{Kind: "takeUp", About: m.w.nameOf(i), When: vf.At(o.begin)}
		var needs []int32
		for _, y := range m.g.of(i) {
			needs = append(needs, y.need)
		}
		x.Cause = m.serving(needs)
		if o.maker < 0 {
			offer := m.n.offers[^o.maker]
			x.Whom = append(x.Whom, offer.intent.Provider)
			x.Text = "Ask " + m.n.agentName(offer.intent.Provider) + " for " + m.n.amount(offer.buffer, o.qty) + " of " + m.n.bufferName(offer.buffer) + " on " + day(o.begin)
			if o.begin < o.end {
				x.Text += ", to have it on " + day(o.end)
			}
			m.tell(x, offer.buffer, o.qty, needs)
			continue
		}
		k := &m.n.makers[o.maker]
		x.Whom = append(x.Whom, k.recipe.PerformedBy)
		x.Text = "Take up " + m.n.recipeName(k) + ", " + day(o.begin) + " to " + day(o.end)
		if k.buffer < 0 {
			m.add(x, needs)
			continue
		}
		x.Text += ", for " + m.n.amount(k.buffer, o.qty) + " of " + m.n.bufferName(k.buffer)
		m.tell(x, k.buffer, o.qty, needs)
	}
}

// serving says in words which needs something serves.
func (m *messenger) serving(needs []int32) string {
	var ids []string
	for _, i := range needs {
		ids = append(ids, string(cmp.Or(m.n.needs.at(i).serves, m.n.needs.at(i).id)))
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	switch {
	case len(ids) == 0:
		return "it comes with what is needed"
	case len(ids) == 1:
		return ids[0] + " rests on it"
	case len(ids) > 3:
		return ids[0] + ", " + ids[1] + " and " + count(len(ids)-2, "other need") + " rest on it"
	}
	return strings.Join(ids[:len(ids)-1], ", ") + " and " + ids[len(ids)-1] + " rest on it"
}
