package node

import (
	"context"

	"commonweal/coordination"
	"commonweal/ledger"
	"commonweal/vf"
)

// Actor is who acts or asks: an agent, "" for somebody unknown, who has the rights
// of guests; with a mandate where a bot acts in the agent's name.
type Actor = coordination.Actor

// Mandate cuts the rights of an actor to verbs, scopes and a time, for a bot. How
// many acts a day it has is not counted here.
type Mandate = coordination.Mandate

// Seat is the books as one actor sees them, and the door by which that actor acts:
// all within the rights that the charter gives at that moment. It costs nothing to
// make, and may be used by several goroutines at the same time.
type Seat struct {
	n     *Node
	actor Actor
}

// Seat returns the books as an actor sees them.
func (n *Node) Seat(a Actor) *Seat { return &Seat{n, a} }

// Actor returns whose seat it is.
func (s *Seat) Actor() Actor { return s.actor }

// Do enters acts as [Node.Do] does, if the charter lets the actor. The author is
// the actor, and the time is that of entering, whatever the acts say; rights are
// those of that time, so that what revokes a right and what uses it have an order.
// What the actor may not see is treated as if it were not there.
func (s *Seat) Do(ctx context.Context, acts ...Act) ([]Result, error) {
	return s.n.enqueue(&call{ctx: ctx, seat: s, acts: acts})
}

// Record returns the record of an id with its personal part; nil where there is
// none, and where it is not the actor's to see, which is never told apart.
func (s *Seat) Record(id vf.ID) (vf.Record, error) {
	s.n.mu.RLock()
	defer s.n.mu.RUnlock()
	r := s.n.state.Record(id)
	if r == nil || !s.sees(s.n.view(), r) {
		return nil, nil
	}
	return s.n.whole(r)
}

// Sees reports whether the actor may see a record. It must not be called from
// within [Node.Read]; see [Seat.Read].
func (s *Seat) Sees(r vf.Record) bool {
	s.n.mu.RLock()
	defer s.n.mu.RUnlock()
	return s.sees(s.n.view(), r)
}

// SeesAll reports whether the actor sees every record; then none need be asked
// about alone. False says only that each must be.
func (s *Seat) SeesAll() bool {
	s.n.mu.RLock()
	defer s.n.mu.RUnlock()
	return s.n.view().SeesAll(s.actor)
}

func (s *Seat) sees(v coordination.View, r vf.Record) bool {
	return v.Allows(s.actor, coordination.See, r)
}

// May returns nil if the actor may do with each of the records what the verb says,
// and a *rule.Refusal of rule notAllowed that names the clause if not. Without
// records it asks about the network as a whole. Of what the actor may not see it
// tells nothing but that.
func (s *Seat) May(verb string, records ...vf.Record) error {
	s.n.mu.RLock()
	defer s.n.mu.RUnlock()
	v := s.n.view()
	if len(records) == 0 {
		records = []vf.Record{nil}
	}
	for _, r := range records {
		d := v.Decide(s.actor, coordination.Verb(verb), r)
		if !d.Allowed {
			return v.Discreet(s.actor, d).Refusal(s.actor, coordination.Verb(verb), named(r))
		}
	}
	return nil
}

// MaySome reports whether the charter lets the actor do with some record of a class
// what the verb says: it tells whether a door is worth showing.
func (s *Seat) MaySome(verb string, class vf.Class) bool {
	s.n.mu.RLock()
	defer s.n.mu.RUnlock()
	return s.n.view().MaySome(s.actor, coordination.Verb(verb), class)
}

// named says a record in a refusal.
func named(r vf.Record) string {
	if r == nil {
		return "in the network"
	}
	return string(r.Class()) + " " + string(r.Key())
}

// Read calls f with the ledger's state as [Node.Read] does, and with a function
// that tells which of its records the actor may see. The same limits hold.
func (s *Seat) Read(f func(state *ledger.State, sees func(vf.Record) bool) error) error {
	s.n.mu.RLock()
	defer s.n.mu.RUnlock()
	v := s.n.view()
	if v.SeesAll(s.actor) {
		return f(s.n.state, func(vf.Record) bool { return true })
	}
	return f(s.n.state, func(r vf.Record) bool { return s.sees(v, r) })
}

// Graph returns the current records that the actor may see, as [Node.Graph] does
// all. For who sees all it is the same graph; else it is made for this call.
func (s *Seat) Graph() (*vf.Graph, error) {
	all, err := s.n.Graph()
	if err != nil || s.SeesAll() {
		return all, err
	}
	s.n.mu.RLock()
	defer s.n.mu.RUnlock()
	v, g := s.n.view(), &vf.Graph{}
	for _, r := range all.All() {
		if s.sees(v, r) {
			g.Add(r)
		}
	}
	return g, nil
}

// Subscribe has f called after each act that changed what the actor may see, in the
// order of the journal, until cancel is called. The change names only such records;
// the author and the key are left out where they are not the actor's to know. What
// the actor may no longer see is not told as a change. f must return soon and must
// not call Do.
func (s *Seat) Subscribe(f func(Change)) (cancel func()) {
	return s.n.Subscribe(func(c Change) {
		if mine, some := s.part(c); some {
			f(mine)
		}
	})
}

// part is what of a change the actor may see.
func (s *Seat) part(c Change) (Change, bool) {
	s.n.mu.RLock()
	defer s.n.mu.RUnlock()
	v := s.n.view()
	if v.SeesAll(s.actor) {
		if c.Act.Author != s.actor.Agent {
			c.Act.Key = ""
		}
		return c, true
	}
	sees := func(id vf.ID) bool {
		r := s.n.state.Record(id)
		if r == nil {
			r = c.gone[id]
		}
		return r != nil && s.sees(v, r)
	}
	mine := Change{Sequence: c.Sequence, Act: c.Act, gone: c.gone}
	mine.Changed = fitting(c.Changed, sees)
	mine.Act.Of = fitting(c.Act.Of, sees)
	mine.Act.Records, mine.Act.Proof = nil, nil // the proof is over records that may be hidden
	for _, raw := range c.Act.Records {
		if r, _, err := opened(raw); err == nil && sees(r.Key()) {
			mine.Act.Records = append(mine.Act.Records, raw)
		}
	}
	if c.Act.Author != s.actor.Agent || s.actor.Agent == "" {
		mine.Act.Key = ""
		if !sees(c.Act.Author) {
			mine.Act.Author = ""
		}
	}
	return mine, len(mine.Changed) > 0 || len(c.Changed) == 0 && s.sees(v, nil)
}

// fitting lists the ids that fit.
func fitting(ids []vf.ID, fits func(vf.ID) bool) []vf.ID {
	var list []vf.ID
	for _, id := range ids {
		if fits(id) {
			list = append(list, id)
		}
	}
	return list
}

// Charter answers who may do what now: the charters, memberships and the tree of
// scopes as they are. f must keep nothing of it and not call the Node.
func (n *Node) Charter(f func(v coordination.View) error) error {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return f(n.view())
}

// view is what decisions of readers rest on. The caller holds n.mu.
func (n *Node) view() coordination.View {
	return coordination.View{Register: n.register, Network: vf.ID(n.journal.Network()), Now: n.options.Now(), Record: n.state.Record,
		Author: func(id vf.ID) vf.ID { return n.authors[id] }}
}
