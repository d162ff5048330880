package node

import (
	"maps"
	"slices"
	"sync"

	"commonweal/node/packed"
	"commonweal/plan"
	"commonweal/vf"
	"commonweal/zone"
)

// Planner keeps a plan in step with the books. It hears of every act, and takes in
// what the acts since changed when the plan is asked for: many acts at once cost
// one planning. Its methods may be called at the same time from several goroutines.
type Planner struct {
	n      *Node
	cancel func()

	mu       sync.Mutex // guards what follows
	settings plan.Settings
	facts    *plan.Facts
	plan     *plan.Plan // nil if it was refused

	heard struct {
		sync.Mutex
		changed map[vf.ID]bool
		last    int64
	}
}

// Planner plans the books as they are and follows them until Close.
func (n *Node) Planner(s plan.Settings) (*Planner, error) {
	if s.Zone == nil {
		s.Zone = zone.Load
	}
	p := &Planner{n: n, settings: s}
	p.heard.changed = map[vf.ID]bool{}
	n.write.Lock() // no act comes between the books that are read and those that are heard of
	now := n.Snapshot()
	p.cancel = n.Subscribe(p.hear)
	p.heard.last = now.Size() - 1
	n.write.Unlock()
	g, err := now.planned()
	if err != nil {
		p.cancel()
		return nil, err
	}
	p.facts = plan.NewFacts(g)
	if p.plan, err = plan.New(g, s); err != nil {
		p.cancel()
		return nil, err
	}
	return p, nil
}

// planned returns the records that plans are made of. Of events these are those that
// say something of a promise or an intent, and one of each process as input and as
// output, which says that it is begun: a few of what there is in long books.
func (s *Snapshot) planned() (*vf.Graph, error) {
	g := &vf.Graph{}
	add := func(id vf.ID) error {
		r, err := s.Record(id)
		if err == nil {
			g.Add(r)
		}
		return err
	}
	for _, c := range vf.Classes() {
		if c == "EconomicEvent" || c != "Agent" && isAgent(c) {
			continue
		}
		for id := range s.Class(c, "", false) {
			if err := add(id); err != nil {
				return nil, err
			}
		}
	}
	for _, id := range sortedKeys(s.telling()) {
		if err := add(id); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// telling are the events that say something to plans.
func (s *Snapshot) telling() map[vf.ID]bool {
	list := map[vf.ID]bool{}
	for _, name := range []string{"fulfills", "satisfies", "corrects"} {
		number, _ := packed.Property("EconomicEvent", name)
		s.index.linked(number, func(id vf.ID) { list[id] = true })
	}
	for process := range s.Class("Process", "", false) {
		for _, name := range []string{"inputOf", "outputOf"} {
			for id := range s.Referring("EconomicEvent", name, process, "", false) {
				list[id] = true
				break
			}
		}
	}
	return list
}

func isAgent(c vf.Class) bool {
	_, ok := vf.NewRecord(c).(*vf.Agent)
	return ok
}

// hear notes what an act changed.
func (p *Planner) hear(c Change) {
	p.heard.Lock()
	defer p.heard.Unlock()
	for _, id := range c.Changed {
		p.heard.changed[id] = true
	}
	p.heard.last = c.Sequence
}

// Close stops following the books.
func (p *Planner) Close() { p.cancel() }

// Plan returns the plan of the books as they are, made for a time, and the last
// entry of the journal that is in it. The error is a refusal of the planner; the
// next change may lift it. A plan that was returned does not change.
func (p *Planner) Plan(now vf.Time) (*plan.Plan, int64, error) {
	made, _, last, err := p.Advance(now)
	return made, last, err
}

// Advance does what Plan does, and says what is different from the plan that was
// returned before; nil where there was none.
func (p *Planner) Advance(now vf.Time) (made *plan.Plan, d *plan.Diff, last int64, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.heard.Lock()
	ids, last := slices.Sorted(maps.Keys(p.heard.changed)), p.heard.last
	clear(p.heard.changed)
	p.heard.Unlock()
	changes := make([]plan.FactChange, 0, len(ids))
	for _, id := range ids {
		r, err := p.n.Record(id)
		if err != nil {
			p.again(ids)
			return nil, nil, last, err
		}
		changes = append(changes, plan.FactChange{ID: id, After: r})
	}
	d, err = p.follow(now, changes)
	if err != nil {
		return nil, nil, last, err
	}
	return p.plan, d, last, nil
}

// again notes that changes were not taken in.
func (p *Planner) again(ids []vf.ID) {
	p.heard.Lock()
	defer p.heard.Unlock()
	for _, id := range ids {
		p.heard.changed[id] = true
	}
}

// follow takes changes into the plan and says what is different; for another time
// it plans anew.
func (p *Planner) follow(now vf.Time, changes []plan.FactChange) (d *plan.Diff, err error) {
	p.facts.Apply(changes...)
	old := p.plan
	switch {
	case old == nil || !now.Equal(p.settings.Now.Time):
		p.settings.Now = now
		if p.plan, err = plan.New(p.facts.Graph(), p.settings); err == nil && old != nil {
			d = p.plan.Diff(old)
		}
	case len(changes) > 0:
		p.plan, d, err = p.plan.Change(changes...)
	}
	return d, err
}
