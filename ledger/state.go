package ledger

import (
	"errors"
	"slices"
	"sort"

	"commonweal/rule"
	"commonweal/vf"
)

// State is what the books say at one moment. It is not safe for concurrent
// use while it is changed; any number may read one that nobody changes.
type State struct {
	parent    *State
	records   book[vf.Record]
	origins   book[Origin]
	postings  book[Posting]
	progress  book[Progress]
	carried   book[vf.Measure]
	ground    Ground  // what it stands on if it is no fork; mostly nil
	log       []vf.ID // events posted here, in order
	before    int64   // how many were posted below
	units     *vf.Units
	unitIDs   []vf.ID
	unitsRead bool   // units holds all that is declared
	ownUnits  bool   // a unit was put here since the last merge
	trial     *State // an empty fork, used anew for each event
}

// Origin is what was known of a resource before the first event: what the
// declaration said, or what the event that created it gave. It is what remains
// if all events are corrected away.
type Origin struct {
	Stage       vf.ID  `json:"stage,omitzero"`
	State       string `json:"state,omitzero"`
	ContainedIn vf.ID  `json:"containedIn,omitzero"`
	Location    vf.ID  `json:"currentLocation,omitzero"`
	Accountable vf.ID  `json:"primaryAccountable,omitzero"`
	Events      int    `json:"events,omitzero"` // how many events of it stand, that is, are not corrected to nothing
}

// Posting is what the ledger keeps of an event beside its record.
type Posting struct {
	Number    int64      `json:"number"` // its place in the order of posting, from 0
	Resource  vf.Measure `json:"resourceQuantity,omitzero"`
	Effort    vf.Measure `json:"effortQuantity,omitzero"` // net of corrections
	Filled    []Part     `json:"filled,omitzero"`
	Corrected bool       `json:"corrected,omitzero"`
}

// Part is how much of a commitment, intent or claim an event filled.
type Part struct {
	Of       vf.ID      `json:"of"`
	Resource vf.Measure `json:"resourceQuantity,omitzero"`
	Effort   vf.Measure `json:"effortQuantity,omitzero"`
}

// Progress is how much of a commitment is fulfilled, of an intent satisfied,
// or of a claim settled, by events.
type Progress struct {
	Resource vf.Measure `json:"resourceQuantity,omitzero"`
	Effort   vf.Measure `json:"effortQuantity,omitzero"`
}

// book is a map with another one below it.
type book[V any] struct {
	below  *book[V]
	own    map[string]V
	ground func(key string) (V, bool) // what it stands on if there is none below; mostly nil
}

func (b *book[V]) get(key string) (V, bool) {
	for ; b != nil; b = b.below {
		if v, ok := b.own[key]; ok {
			return v, true
		}
		if b.ground != nil {
			return b.ground(key)
		}
	}
	var none V
	return none, false
}

func (b *book[V]) set(key string, v V) {
	if b.own == nil {
		b.own = map[string]V{}
	}
	b.own[key] = v
}

// small is up to how many values a book is emptied and used on, rather than handed down.
const small = 16

func (b *book[V]) merge() {
	switch {
	case len(b.own) == 0:
		return
	case len(b.own) > small && len(b.below.own) == 0:
		b.below.own, b.own = b.own, nil
		return
	}
	for k, v := range b.own {
		b.below.set(k, v)
	}
	b.clear()
}

func (b *book[V]) clear() {
	if len(b.own) > small {
		b.own = nil
	}
	clear(b.own)
}

func sortedKeys[K ~string, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// New returns an empty state.
func New() *State { return &State{} }

// Fork returns a state on top of this one. It sees all that is here; what is
// put and posted to it stays in it until [State.Merge]. While a fork is in use,
// the state below must not change but by that fork's Merge.
func (s *State) Fork() *State {
	f := &State{parent: s, before: s.Posted()}
	f.records.below, f.origins.below = &s.records, &s.origins
	f.postings.below, f.progress.below = &s.postings, &s.progress
	f.carried.below = &s.carried
	return f
}

// again returns an empty fork that is used anew for each event.
func (s *State) again() *State {
	f := s.trial
	if f == nil {
		f = s.Fork()
		s.trial = f
		return f
	}
	f.records.clear()
	f.origins.clear()
	f.postings.clear()
	f.progress.clear()
	f.carried.clear()
	f.log, f.unitIDs, f.ownUnits, f.before = f.log[:0], nil, false, s.Posted()
	return f
}

// Merge writes what changed here down into the state below, and empties this
// fork, which may be used on.
func (s *State) Merge() {
	s.records.merge()
	s.origins.merge()
	s.postings.merge()
	s.progress.merge()
	s.carried.merge()
	p := s.parent
	p.log = append(p.log, s.log...)
	if s.ownUnits {
		p.unitIDs, p.units, p.unitsRead = append(p.unitIDs, s.unitIDs...), s.units, s.unitsRead
		p.ownUnits = true
	}
	s.before, s.log, s.unitIDs, s.ownUnits = p.Posted(), s.log[:0], nil, false
}

// ChangedRecords returns the records that a fork has changed, nil for one that was
// removed; the map must not be changed.
func (s *State) ChangedRecords() map[string]vf.Record { return s.records.own }

// Record returns the current record of an id, nil if there is none. A resource
// has its current quantities and a commitment what was promised. The record
// must not be changed.
func (s *State) Record(id vf.ID) vf.Record {
	r, _ := s.records.get(string(id))
	return r
}

// find returns the record of an id as one class, the zero value if it has none.
func find[R vf.Record](s *State, id vf.ID) R {
	r, _ := s.Record(id).(R)
	return r
}

// Resource returns the resource with its current properties, nil if unknown.
func (s *State) Resource(id vf.ID) *vf.EconomicResource {
	return find[*vf.EconomicResource](s, id)
}

// Done returns how much of a commitment, intent or claim events have filled.
func (s *State) Done(id vf.ID) Progress {
	p, _ := s.progress.get(string(id))
	return p
}

// Origin returns what was known of a resource before its first event.
func (s *State) Origin(id vf.ID) Origin {
	o, _ := s.origins.get(string(id))
	return o
}

// Posting returns what is kept of an event, and whether it was posted.
func (s *State) Posting(event vf.ID) (Posting, bool) { return s.postings.get(string(event)) }

// Records returns all current records, in order of their ids.
func (s *State) Records() []vf.Record {
	return slices.Collect(s.Each())
}

// Units answers about the units declared so far; the error is a refusal of
// rule badUnit.
func (s *State) Units() (*vf.Units, error) {
	at := s
	for at.parent != nil && !at.ownUnits {
		at = at.parent
	}
	if at.unitsRead {
		return at.units, nil
	}
	units, err := vf.NewUnits(s.DeclaredUnits())
	if err != nil {
		return nil, refusal(err)
	}
	at.units, at.unitsRead = units, true
	return units, nil
}

// DeclaredUnits returns the units, sorted by id.
func (s *State) DeclaredUnits() []*vf.Unit {
	var list []*vf.Unit
	for x := s; x != nil; x = x.parent {
		for _, id := range x.unitIDs {
			if u := find[*vf.Unit](s, id); u != nil {
				list = append(list, u)
			}
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].ID < list[j].ID })
	return list
}

// unitPut takes note of a unit, declared here for the first time or changed.
func (s *State) unitPut(id vf.ID, isNew bool) {
	if isNew {
		s.unitIDs = append(s.unitIDs, id)
	}
	s.units, s.unitsRead, s.ownUnits = nil, false, true
}

// refusal turns an error of package vf into the refusal of the same name.
func refusal(err error) error {
	var f *vf.Error
	if errors.As(err, &f) {
		return rule.Refuse(rule.Name(f.Kind), f.Values...)
	}
	return err
}
