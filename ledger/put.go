package ledger

import (
	"iter"
	"reflect"
	"strings"

	"commonweal/rule"
	"commonweal/vf"
)

// Put declares a record, or puts a changed one in the place of that with its
// id. Events are posted, not put; a resource is put without quantities, or,
// when it is changed, with its economic properties as they are: these change by
// events only.
func (s *State) Put(r vf.Record) error {
	old := s.Record(r.Key())
	if old != nil && old.Class() != r.Class() {
		return rule.Refuse("idTaken", "id", string(r.Key()), "class", string(old.Class()))
	}
	switch r := r.(type) {
	case *vf.EconomicEvent:
		if old != nil {
			return rule.Refuse("eventFixed", "id", string(r.ID))
		}
		return s.Post(r)
	case *vf.EconomicResource:
		return s.putResource(r)
	case *vf.Commitment:
		if err := s.checkBegun(r); err != nil {
			return err
		}
	case *vf.Unit:
		s.unitPut(r.ID, old == nil)
	}
	s.records.set(string(r.Key()), r)
	return nil
}

// Remove takes a record out of the books; the caller has made sure that
// nothing refers to it, and that it is neither event, resource nor unit.
func (s *State) Remove(id vf.ID) { s.records.set(string(id), nil) }

// EconomicProperties are the properties of a resource that change by events only.
var EconomicProperties = []string{"conformsTo", "primaryAccountable", "accountingQuantity", "onhandQuantity",
	"stage", "state", "containedIn", "currentLocation"}

func (s *State) putResource(r *vf.EconomicResource) error {
	old := s.Resource(r.ID)
	if old == nil {
		for _, q := range []struct {
			name string
			m    vf.Measure
		}{{"accountingQuantity", r.AccountingQuantity}, {"onhandQuantity", r.OnhandQuantity}} {
			if !q.m.IsZero() {
				return economicField(r.ID, q.name, "", q.m.String())
			}
		}
		s.records.set(string(r.ID), r)
		s.origins.set(string(r.ID), originOf(r))
		return nil
	}
	c := *r
	was, now := reflect.ValueOf(old).Elem(), reflect.ValueOf(&c).Elem()
	for i := range now.NumField() {
		name, _, _ := strings.Cut(now.Type().Field(i).Tag.Get("json"), ",")
		economic := false
		for _, e := range EconomicProperties {
			economic = economic || e == name
		}
		if !economic {
			continue
		}
		if now.Field(i).IsZero() {
			now.Field(i).Set(was.Field(i))
		}
		if now.Field(i).Interface() != was.Field(i).Interface() {
			return economicField(r.ID, name, text(was.Field(i)), text(now.Field(i)))
		}
	}
	s.records.set(string(r.ID), &c)
	return nil
}

func text(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case vf.Measure:
		if x.IsZero() {
			return ""
		}
		return x.String()
	case vf.ID:
		return string(x)
	case string:
		return x
	}
	return ""
}

func economicField(id vf.ID, property, was, said string) error {
	if was == "" {
		was = "not known"
	}
	return rule.Refuse("economicField", "property", property, "id", string(id), "was", was, "said", said)
}

// checkBegun refuses to change what a commitment is about once a part of it is
// fulfilled.
func (s *State) checkBegun(c *vf.Commitment) error {
	old := find[*vf.Commitment](s, c.ID)
	done := s.Done(c.ID)
	if old == nil || done.Resource.HasNumericalValue.IsZero() && done.Effort.HasNumericalValue.IsZero() {
		return nil
	}
	amount := done.Resource
	if amount.IsZero() {
		amount = done.Effort
	}
	for _, f := range []struct {
		property string
		was, now vf.ID
	}{
		{"action", vf.ID(old.Action), vf.ID(c.Action)}, {"resourceConformsTo", old.ResourceConformsTo, c.ResourceConformsTo},
		{"provider", old.Provider, c.Provider}, {"receiver", old.Receiver, c.Receiver},
		{"the unit of resourceQuantity", old.ResourceQuantity.HasUnit, c.ResourceQuantity.HasUnit},
		{"the unit of effortQuantity", old.EffortQuantity.HasUnit, c.EffortQuantity.HasUnit},
	} {
		if f.was != f.now {
			return rule.Refuse("alreadyBegun", "property", f.property, "id", string(c.ID), "was", string(f.was), "said", string(f.now), "done", amount.String())
		}
	}
	return nil
}

// events yields the events in the order of posting, with what is kept of each.
func (s *State) events() iter.Seq2[*vf.EconomicEvent, Posting] {
	return func(yield func(*vf.EconomicEvent, Posting) bool) {
		var chain []*State
		for x := s; x != nil; x = x.parent {
			chain = append(chain, x)
		}
		give := func(id vf.ID) bool {
			kept, _ := s.postings.get(string(id))
			return yield(find[*vf.EconomicEvent](s, id), kept)
		}
		if ground := chain[len(chain)-1].ground; ground != nil {
			for id := range ground.Posted() {
				if !give(id) {
					return
				}
			}
		}
		for i := len(chain) - 1; i >= 0; i-- {
			for _, id := range chain[i].log {
				if !give(id) {
					return
				}
			}
		}
	}
}

// Events returns all events in the order of posting.
func (s *State) Events() []*vf.EconomicEvent {
	var list []*vf.EconomicEvent
	for ev := range s.events() {
		list = append(list, ev)
	}
	return list
}
