package graphql

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/vf"
)

// source makes what a subscription follows; over is called when it ends.
type source func(x *execution, args arguments) (f feed, over func(), err error)

// feed gives the next value of a subscription after an entry, with the entry up to
// which it tells; false if there is nothing to tell. It keeps no queue: where a
// reader stands is a number, so one that is slow costs no memory.
type feed func(x *execution, after int64) (value any, upTo int64, ok bool, err error)

// changes are the acts after an entry, up to another one, put together.
type changes struct {
	from, to int64
	whole    bool // all of them are told
	acts     []node.Change
}

// mostTold is how many acts one message tells of at most.
const mostTold = 500

// recent keeps the last acts, for all subscribers together.
type recent struct {
	sync.Mutex
	acts []node.Change // a ring, by sequence
	next int64         // after the last of them
}

// kept is how many acts are kept.
const kept = 4096

// hear keeps an act.
func (r *recent) hear(c node.Change) {
	r.Lock()
	defer r.Unlock()
	if r.acts == nil {
		r.acts = make([]node.Change, kept)
	}
	c.Act.Records = nil // they are in the journal
	r.acts[c.Sequence%kept] = c
	r.next = c.Sequence + 1
}

// after returns the acts after an entry up to another one, if all of them are kept.
// The last may be in the books and not heard of yet; then they are not.
func (r *recent) after(sequence, last int64) (list []node.Change, ok bool) {
	r.Lock()
	defer r.Unlock()
	if r.next <= last {
		return nil, false
	}
	for i := sequence + 1; i <= last; i++ {
		if r.acts[i%kept].Sequence != i || r.acts[i%kept].Act.Kind == "" {
			return nil, false
		}
		if list = append(list, r.acts[i%kept]); len(list) > mostTold {
			return nil, true
		}
	}
	return list, true
}

// following adds the subscriptions.
func (s *schema) following(subscription *object) {
	add := func(name, typ string, from source, args ...argument) {
		f := subscription.field(name, typ, func(x *execution, _ any, _ arguments) (any, error) { return x.event, nil },
			append(args, argument{"after", "ID", ""})...)
		f.source = from
	}
	add("changes", "Changes!", followChanges)
	add("record", "Record", followRecord, argument{"id", "ID!", ""})
	add("planDiff", "PlanChanges!", followPlan)
	c := s.add(&object{kind: isObject, name: "Changes"})
	of := func(name, typ string, f func(x *execution, c *changes) (any, error)) *field {
		return c.field(name, typ, func(x *execution, p any, _ arguments) (any, error) { return f(x, p.(*changes)) })
	}
	of("from", "ID!", func(_ *execution, c *changes) (any, error) { return c.from, nil })
	of("to", "ID!", func(_ *execution, c *changes) (any, error) { return c.to, nil })
	of("whole", "Boolean!", func(_ *execution, c *changes) (any, error) { return c.whole, nil })
	of("acts", "[ChangeAct!]!", func(_ *execution, c *changes) (any, error) {
		list := []any{}
		for i := range c.acts {
			list = append(list, &c.acts[i])
		}
		return list, nil
	}).times = usualList
	of("records", "[Record!]!", func(x *execution, c *changes) (any, error) {
		var ids []vf.ID
		for _, a := range c.acts {
			ids = append(ids, a.Changed...)
		}
		slices.Sort(ids)
		return x.seen(slices.Compact(ids))
	}).times = usualList
	s.changeAct()
	p := s.add(&object{kind: isObject, name: "PlanChanges"})
	p.field("from", "ID!", func(_ *execution, p any, _ arguments) (any, error) { return p.(*planChanges).from, nil })
	p.field("to", "ID!", func(_ *execution, p any, _ arguments) (any, error) { return p.(*planChanges).to, nil })
	p.field("whole", "Boolean!", func(_ *execution, p any, _ arguments) (any, error) { return p.(*planChanges).whole, nil })
	p.field("diffs", "[PlanDiff!]!", func(x *execution, p any, _ arguments) (any, error) {
		list := []any{}
		for _, d := range p.(*planChanges).diffs {
			list = append(list, d.diff)
		}
		return list, nil
	}).times = usualList
}

// seen are the records of ids that the seat sees; what is gone is left out.
func (x *execution) seen(ids []vf.ID) (any, error) {
	list := []any{}
	for _, id := range ids {
		r, err := x.refer(id)
		if err != nil {
			return nil, err
		}
		if r != nil {
			list = append(list, r)
		}
	}
	return list, nil
}

// changeAct adds the type of an act as subscribers hear of it.
func (s *schema) changeAct() {
	o := s.add(&object{kind: isObject, name: "ChangeAct"})
	of := func(name, typ string, f func(x *execution, c *node.Change) (any, error)) *field {
		return o.field(name, typ, func(x *execution, p any, _ arguments) (any, error) { return f(x, p.(*node.Change)) })
	}
	of("sequence", "ID!", func(_ *execution, c *node.Change) (any, error) { return c.Sequence, nil })
	of("kind", "ActKind!", func(_ *execution, c *node.Change) (any, error) { return string(c.Act.Kind), nil })
	of("at", "DateTime!", func(_ *execution, c *node.Change) (any, error) { return c.Act.At, nil })
	of("author", "Agent", func(x *execution, c *node.Change) (any, error) { return x.refer(c.Act.Author) })
	of("records", "[Record!]!", func(x *execution, c *node.Change) (any, error) { return x.seen(c.Changed) }).times = usualList
}

// followChanges follows all acts. Those of which the seat sees no record are not told.
func followChanges(*execution, arguments) (feed, func(), error) {
	return func(x *execution, after int64) (any, int64, bool, error) {
		last := x.books.Size() - 1
		if last <= after {
			return nil, after, false, nil
		}
		c := &changes{from: after, to: last, whole: true}
		list, ok := x.h.recent.after(after, last)
		if !ok {
			var err error
			if list, err = x.h.acts(x.ctx, after, last); err != nil {
				return nil, after, false, err
			}
		}
		c.whole = list != nil
		for _, a := range list {
			if x.seesOf(a.Changed) {
				c.acts = append(c.acts, a)
			}
		}
		return c, last, !c.whole || len(c.acts) > 0, nil
	}, nothing, nil
}

func nothing() {}

// seesOf reports whether the seat sees one of the records.
func (x *execution) seesOf(ids []vf.ID) bool {
	if x.seesAll() {
		return true
	}
	for _, id := range ids {
		if r, err := x.refer(id); err == nil && r != nil {
			return true
		}
	}
	return false
}

// acts reads acts from the journal, those after an entry up to another one; nil if
// they are more than one message tells.
func (h *Handler) acts(ctx context.Context, after, last int64) ([]node.Change, error) {
	if last-after > mostTold {
		return nil, nil
	}
	list := []node.Change{}
	books := h.node.Snapshot()
	enough := errors.New("enough")
	err := h.node.Store().Entries(ctx, after+1, func(seq int64, raw []byte) error {
		if seq > last {
			return enough
		}
		e, err := journal.Decode(raw)
		if err != nil {
			return err
		}
		c := node.Change{Sequence: seq, Act: e.Act, Changed: slices.Clone(e.Act.Of)}
		for _, public := range e.Act.Records {
			var r struct {
				ID   vf.ID `json:"@id"`
				From vf.ID `json:"resourceInventoriedAs"`
				To   vf.ID `json:"toResourceInventoriedAs"`
			}
			if json.Unmarshal(public, &r) != nil { // what the journal holds was checked
				continue
			}
			c.Changed = append(c.Changed, r.ID)
			if ev, err := books.Record(r.ID); err == nil {
				if ev, ok := ev.(*vf.EconomicEvent); ok { // as posted: a correction is of the same resources
					c.Changed = append(c.Changed, ev.ResourceInventoriedAs, ev.ToResourceInventoriedAs)
				}
			}
		}
		c.Act.Records = nil
		slices.Sort(c.Changed)
		c.Changed = slices.DeleteFunc(slices.Compact(c.Changed), func(id vf.ID) bool { return id == "" })
		list = append(list, c)
		return nil
	})
	if err != nil && !errors.Is(err, enough) {
		return nil, err
	}
	return list, nil
}

// followRecord follows one record: as it is at first, and after each change. null
// tells that it is gone, or no longer seen, to who saw it before; of a record that is
// hidden nothing is told, as of one that never was.
func followRecord(_ *execution, args arguments) (feed, func(), error) {
	id := vf.ID(args["id"].(string))
	return func(x *execution, after int64) (any, int64, bool, error) {
		last := x.books.Size() - 1
		past := x.books.Past(id)
		if len(past) == 0 && after < 0 { // told at once too
			return nil, last, true, nil
		}
		if len(past) == 0 || past[len(past)-1] <= after {
			return nil, last, false, nil
		}
		r, err := x.refer(id)
		if err != nil || r != nil {
			return r, last, true, err
		}
		saw, err := x.saw(id, past, after)
		return nil, last, saw, err
	}, nothing, nil
}

// saw reports whether the seat would have seen a record as it was after an entry. Of a
// resource that is there and hidden it says no: what it was takes a replay of events.
func (x *execution) saw(id vf.ID, past []int64, after int64) (bool, error) {
	if r, err := x.books.Record(id); err != nil || r != nil && r.Class() == "EconomicResource" {
		return false, err
	}
	i, found := slices.BinarySearch(past, after)
	if !found {
		i--
	}
	if i < 0 {
		return false, nil
	}
	was, err := x.h.node.Revision(x.ctx, id, past[i])
	return err == nil && was != nil && x.sees(was), err
}
