package ledger

import (
	"cmp"
	"iter"
	"slices"

	"commonweal/vf"
)

// Ground is what a state may stand on in the place of what was put and posted to
// it: many records with what is kept of them, packed, of which each is read when it
// is asked for. It never changes, and any number may read it at the same time. What
// is not there is nil, or false.
type Ground interface {
	Record(key string) vf.Record
	Kept(key string) Kept
	// Posted gives the events in the order of posting.
	Posted() iter.Seq[vf.ID]
	// Keys gives the keys of all these in the order of their bytes.
	Keys() iter.Seq[string]
}

// On returns a state that stands on ground of so many events, with units of these
// ids.
func On(g Ground, events int64, units []vf.ID) *State {
	s := &State{ground: g, before: events, unitIDs: units}
	s.records.ground = func(key string) (vf.Record, bool) {
		r := g.Record(key)
		return r, r != nil
	}
	s.origins.ground = func(key string) (Origin, bool) { return value(g.Kept(key).Origin) }
	s.postings.ground = func(key string) (Posting, bool) { return value(g.Kept(key).Posting) }
	s.progress.ground = func(key string) (Progress, bool) { return value(g.Kept(key).Progress) }
	s.carried.ground = func(key string) (vf.Measure, bool) { return value(g.Kept(key).Carried) }
	return s
}

// Rebase has a fork stand on another state than the one that it was made on, with
// the same in it; what was changed in the fork is then merged into that. The fork is
// not used any more.
func (s *State) Rebase(on *State) {
	s.parent = on
	s.records.below, s.origins.below, s.postings.below = &on.records, &on.origins, &on.postings
	s.progress.below, s.carried.below = &on.progress, &on.carried
	s.Merge()
}

// Posted is how many events were posted, here and below.
func (s *State) Posted() int64 { return s.before + int64(len(s.log)) }

// Kept is what is kept of a record beside it; what there is none of is nil.
type Kept struct {
	Origin   *Origin     `json:"origin,omitzero"`
	Posting  *Posting    `json:"posting,omitzero"`
	Progress *Progress   `json:"progress,omitzero"`
	Carried  *vf.Measure `json:"carried,omitzero"` // of a paired action and resource: what is still to come out
}

// Kept returns what is kept under a key.
func (s *State) Kept(key string) (k Kept) {
	for x := s; x != nil; x = x.parent {
		fill(&k.Origin, x.origins.own, key)
		fill(&k.Posting, x.postings.own, key)
		fill(&k.Progress, x.progress.own, key)
		fill(&k.Carried, x.carried.own, key)
		if x.ground != nil {
			below := x.ground.Kept(key)
			return Kept{cmp.Or(k.Origin, below.Origin), cmp.Or(k.Posting, below.Posting), cmp.Or(k.Progress, below.Progress), cmp.Or(k.Carried, below.Carried)}
		}
	}
	return k
}

// fill takes a value from a map where none was found above it.
func fill[V any](to **V, own map[string]V, key string) {
	if v, ok := own[key]; ok && *to == nil {
		*to = &v
	}
}

func value[V any](p *V) (v V, ok bool) {
	if p != nil {
		return *p, true
	}
	return v, false
}

// Keys returns the keys of all that is kept beside records, in order; with that of
// the ground.
func (s *State) Keys() []string {
	list := s.ChangedKeys()
	for x := s; x != nil; x = x.parent {
		if x.ground != nil {
			list = slices.AppendSeq(list, x.ground.Keys())
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// ChangedKeys returns those of Keys under which something else is kept than in the
// ground, in order; all where there is none.
func (s *State) ChangedKeys() []string {
	var list []string
	for x := s; x != nil; x = x.parent {
		list = append(list, sortedKeys(x.origins.own)...)
		list = append(list, sortedKeys(x.postings.own)...)
		list = append(list, sortedKeys(x.progress.own)...)
		list = append(list, sortedKeys(x.carried.own)...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Each gives all current records in the order of their ids, as Records does, without
// holding them all.
func (s *State) Each() iter.Seq[vf.Record] {
	return func(yield func(vf.Record) bool) {
		over := map[string]vf.Record{}
		bottom := s
		for x := s; x != nil; x = x.parent {
			for key, r := range x.records.own {
				if _, later := over[key]; !later {
					over[key] = r
				}
			}
			bottom = x
		}
		keys, at := sortedKeys(over), 0
		before := func(key string, all bool) bool { // gives those of the overlay that come before a key
			for ; at < len(keys) && (all || keys[at] < key); at++ {
				if r := over[keys[at]]; r != nil && !yield(r) {
					return false
				}
			}
			return true
		}
		if bottom.ground != nil {
			for key := range bottom.ground.Keys() {
				if !before(key, false) {
					return
				}
				if at < len(keys) && keys[at] == key {
					continue
				}
				if r := bottom.ground.Record(key); r != nil && !yield(r) {
					return
				}
			}
		}
		before("", true)
	}
}
