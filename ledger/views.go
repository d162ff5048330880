package ledger

import (
	"encoding/json"
	"fmt"
	"sort"

	"commonweal/vf"
)

// View is one line of what the ledger keeps beside the records: under which
// name and key, and its bytes. Equal states have equal views, byte for byte.
type View struct {
	Name, Key string
	Value     []byte
}

// The names of the ledger's views.
const (
	ViewOrigin   = "origin"   // resource → Origin
	ViewPosting  = "posting"  // event → Posting
	ViewProgress = "progress" // commitment, intent or claim → Progress
	ViewCarried  = "carried"  // paired action and resource → quantity still to come out
)

// Views returns all of the ledger's views, sorted by name and key.
func (s *State) Views() []View {
	return views(s.origins.all(), s.postings.all(), s.progress.all(), s.carried.all())
}

// Changed returns what a fork has changed: the views, sorted by name and key,
// and the records by id, nil for one that was removed.
func (s *State) Changed() ([]View, map[string]vf.Record) {
	return views(s.origins.own, s.postings.own, s.progress.own, s.carried.own), s.records.own
}

// ChangedRecords returns the records that a fork has changed, nil for one that was
// removed; the map must not be changed.
func (s *State) ChangedRecords() map[string]vf.Record { return s.records.own }

func views(origins map[string]Origin, postings map[string]Posting, progress map[string]Progress, carried map[string]vf.Measure) []View {
	var list []View
	list = appendViews(list, ViewCarried, carried)
	list = appendViews(list, ViewOrigin, origins)
	list = appendViews(list, ViewPosting, postings)
	return appendViews(list, ViewProgress, progress)
}

func appendViews[V any](list []View, name string, m map[string]V) []View {
	for _, key := range sortedKeys(m) {
		value, err := json.Marshal(m[key])
		if err != nil {
			panic("ledger: a view that cannot be written: " + err.Error()) // numbers, texts and ids always can
		}
		list = append(list, View{name, key, value})
	}
	return list
}

// Load reads one line of a view back into a state that is being opened, and
// LoadRecord one record. Nothing is checked, for it was when it was written.
// [State.Loaded] must follow.
func (s *State) Load(name, key string, value []byte) error {
	switch name {
	case ViewOrigin:
		return load(&s.origins, key, value)
	case ViewPosting:
		return load(&s.postings, key, value)
	case ViewProgress:
		return load(&s.progress, key, value)
	case ViewCarried:
		return load(&s.carried, key, value)
	}
	return fmt.Errorf("ledger: there is no view %q", name)
}

func load[V any](b *book[V], key string, value []byte) error {
	var v V
	if err := json.Unmarshal(value, &v); err != nil {
		return fmt.Errorf("ledger: the view of %q cannot be read: %w", key, err)
	}
	b.set(key, v)
	return nil
}

// LoadRecord puts a record as it was kept, without checks; see [State.Load].
func (s *State) LoadRecord(r vf.Record) {
	if u, ok := r.(*vf.Unit); ok {
		s.unitPut(u.ID, true)
	}
	s.records.set(string(r.Key()), r)
}

// Loaded puts the events in the order of posting, after the last Load. It
// reports an error if an event has a record without a posting, or the reverse.
func (s *State) Loaded() error {
	s.log = make([]vf.ID, len(s.postings.own))
	for key, posting := range s.postings.own {
		if posting.Number < 0 || posting.Number >= int64(len(s.log)) || s.log[posting.Number] != "" {
			return fmt.Errorf("ledger: event %q has the number %d of %d, which is out of order", key, posting.Number, len(s.log))
		}
		s.log[posting.Number] = vf.ID(key)
		if find[*vf.EconomicEvent](s, vf.ID(key)) == nil {
			return fmt.Errorf("ledger: event %q was posted, but has no record", key)
		}
	}
	_, err := s.Units()
	return err
}

// Balance is what there is of one kind of thing with one agent, place, stage
// and state: the sum over its resources, in the unit of the first.
type Balance struct {
	ConformsTo  vf.ID
	Stage       vf.ID
	State       string
	Accountable vf.ID
	Location    vf.ID
	Accounting  vf.Measure
	Onhand      vf.Measure
	Resources   []vf.ID
}

// Balances sums up resources that are alike, sorted by specification, stage,
// state, accountable agent, location and unit. Resources whose units do not
// convert exactly stand apart.
func (s *State) Balances() ([]Balance, error) {
	units, err := s.Units()
	if err != nil {
		return nil, err
	}
	rows := map[string]*Balance{}
	var order []string
	for rec := range s.Each() {
		r, ok := rec.(*vf.EconomicResource)
		if !ok || unitOf(r) == "" {
			continue
		}
		key := fmt.Sprintf("%q %q %q %q %q", r.ConformsTo, r.Stage, r.State, r.PrimaryAccountable, r.CurrentLocation)
		row := rows[key]
		if row != nil {
			accounting, err1 := units.Sum(row.Accounting, r.AccountingQuantity)
			onhand, err2 := units.Sum(row.Onhand, r.OnhandQuantity)
			if err1 == nil && err2 == nil {
				row.Accounting, row.Onhand = accounting, onhand
				row.Resources = append(row.Resources, r.ID)
				continue
			}
			key += " " + string(unitOf(r)) + " " + string(r.ID)
		}
		rows[key] = &Balance{r.ConformsTo, r.Stage, r.State, r.PrimaryAccountable, r.CurrentLocation, r.AccountingQuantity, r.OnhandQuantity, []vf.ID{r.ID}}
		order = append(order, key)
	}
	sort.Strings(order)
	list := make([]Balance, 0, len(order))
	for _, key := range order {
		list = append(list, *rows[key])
	}
	return list, nil
}
