package ledger

import (
	"iter"
	"math/big"

	"commonweal/vf"
)

// Books is what flows are followed through: the records of one moment, and how they
// refer to each other. Only what is reached is asked for, so that a trace costs what
// it tells of and not what the books hold.
type Books interface {
	// Record returns the record of an id, nil if there is none.
	Record(id vf.ID) (vf.Record, error)
	// Referring gives the ids of the records of a class that refer to an id by a
	// property, in the order of ids.
	Referring(c vf.Class, property string, to vf.ID) iter.Seq[vf.ID]
	// Units answers about the units declared.
	Units() (*vf.Units, error)
	// Numbers returns the places of events in the order of posting.
	Numbers(events []vf.ID) []int64
}

// Trace follows an event, or what is on hand of a resource or of all resources
// of a lot (BatchLotRecord), backwards to all that went into it: each event
// once, in time order, with the part of it that came to be in what is traced.
// Of a resource that has nothing on hand, all that ever came into it is traced.
// stop is asked now and then, and ends it with its error; nil asks nobody.
func Trace(b Books, id vf.ID, stop func() error) ([]Row, error) {
	h, err := newHistory(b, stop)
	if err != nil {
		return nil, err
	}
	shares, _, err := h.trace(id)
	if err != nil {
		return nil, err
	}
	return h.rows(shares), nil
}

// Track follows an event, or all that came into a resource or lot from elsewhere,
// forwards to wherever it went: each event once, in time order, with the part of
// what is tracked that flowed through it. stop is as for [Trace].
func Track(b Books, id vf.ID, stop func() error) ([]Row, error) {
	h, err := newHistory(b, stop)
	if err != nil {
		return nil, err
	}
	begin, err := h.trackStart(id)
	if err != nil {
		return nil, err
	}
	f := &forwards{h: h}
	shares := h.walk(begin, f.next)
	if h.err != nil {
		return nil, h.err
	}
	return h.rows(shares), nil
}

// Trace is [Trace] of a state that nobody changes meanwhile.
func (s *State) Trace(id vf.ID) ([]Row, error) { return Trace(s.laidOut(), id, nil) }

// Track is [Track] of a state that nobody changes meanwhile.
func (s *State) Track(id vf.ID) ([]Row, error) { return Track(s.laidOut(), id, nil) }

// reference is by which property to what records refer.
type reference struct {
	class    vf.Class
	property string
	to       vf.ID
}

// stateBooks are the books of a state, with who refers to what laid out at once.
type stateBooks struct {
	*State
	from map[reference][]vf.ID
}

func (s *State) laidOut() stateBooks {
	b := stateBooks{s, map[reference][]vf.ID{}}
	put := func(c vf.Class, property string, to, from vf.ID) {
		if to != "" {
			b.from[reference{c, property, to}] = append(b.from[reference{c, property, to}], from)
		}
	}
	for ev := range s.events() {
		for property, to := range map[string]vf.ID{"resourceInventoriedAs": ev.ResourceInventoriedAs, "toResourceInventoriedAs": ev.ToResourceInventoriedAs,
			"inputOf": ev.InputOf, "outputOf": ev.OutputOf, "corrects": ev.Corrects} {
			put("EconomicEvent", property, to, ev.ID)
		}
	}
	for _, rec := range s.Records() {
		if r, ok := rec.(*vf.EconomicResource); ok {
			put("EconomicResource", "ofBatchLot", r.OfBatchLot, r.ID)
		}
	}
	return b
}

func (b stateBooks) Record(id vf.ID) (vf.Record, error) { return b.State.Record(id), nil }

func (b stateBooks) Referring(c vf.Class, property string, to vf.ID) iter.Seq[vf.ID] {
	return func(yield func(vf.ID) bool) {
		for _, id := range b.from[reference{c, property, to}] {
			if !yield(id) {
				return
			}
		}
	}
}

func (b stateBooks) Numbers(events []vf.ID) []int64 {
	list := make([]int64, len(events))
	for i, id := range events {
		kept, _ := b.postings.get(string(id))
		list[i] = kept.Number
	}
	return list
}

// forwards turns the edges round: from an event to those that take of it. They are
// among the outputs of the process that it goes into, and the events of its resources.
type forwards struct {
	h       *history
	groups  map[vf.ID]bool // processes and resources whose events were asked for their sources
	asked   map[int]bool
	targets map[int][]edge
	sorted  map[int]bool
}

func (f *forwards) next(i int) []edge {
	if f.sorted[i] {
		return f.targets[i]
	}
	if f.groups == nil {
		f.groups, f.asked, f.targets, f.sorted = map[vf.ID]bool{}, map[int]bool{}, map[int][]edge{}, map[int]bool{}
	}
	ev := f.h.events[i]
	if ev.InputOf != "" && !f.groups[ev.InputOf] {
		f.groups[ev.InputOf] = true
		f.ask(f.h.outputs(ev.InputOf))
	}
	for _, id := range []vf.ID{ev.ResourceInventoriedAs, ev.ToResourceInventoriedAs} {
		if id != "" && !f.groups[id] {
			f.groups[id] = true
			f.ask(f.h.touching(id))
		}
	}
	f.sorted[i] = true
	f.h.inOrder(f.targets[i], func(e edge) int { return e.to })
	return f.targets[i]
}

// ask notes of events where they have their sources.
func (f *forwards) ask(events []int) {
	for _, j := range events {
		if f.asked[j] || f.h.failed() {
			continue
		}
		f.asked[j] = true
		for _, e := range f.h.sources(j) {
			f.targets[e.to] = append(f.targets[e.to], edge{j, e.share})
		}
	}
}

// whole and nought are shares.
var (
	nought = new(big.Rat)
	whole  = big.NewRat(1, 1)
)
