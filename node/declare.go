package node

import (
	"bytes"
	"strconv"

	"commonweal/rule"
	"commonweal/vf"
)

// declare enters records that are new. What a network file knows is accepted
// whole: stock becomes raise events, and events are posted in order of time.
func declare(d *draft, a *Act) ([]vf.Record, error) {
	fresh, err := d.fresh(a.Records)
	if err != nil {
		return nil, err
	}
	return d.ready(a, fresh, true)
}

// fresh returns the records that are not in the books yet. Those that are there
// word for word are passed over; others with the same id are refused.
func (d *draft) fresh(records []vf.Record) ([]vf.Record, error) {
	list := make([]vf.Record, 0, len(records))
	seen := make(map[vf.ID]bool, len(records))
	for _, r := range records {
		id := r.Key()
		if seen[id] {
			return nil, rule.Refuse("duplicateId", "id", string(id), "other", "another record of the same act").At(string(id))
		}
		seen[id] = true
		if id == "" {
			return nil, rule.Refuse("missingId", "class", string(r.Class()), "example", "need/7")
		}
		old := d.state.Record(id)
		if old == nil {
			list = append(list, r)
			continue
		}
		same, err := d.same(old, r)
		if err != nil {
			return nil, err
		}
		if !same {
			return nil, rule.Refuse("idTaken", "id", string(id), "class", string(old.Class())).At(string(id))
		}
	}
	if len(list) == 0 {
		return nil, rule.Refuse("nothingNew", "count", strconv.Itoa(len(records)))
	}
	return list, nil
}

// same reports whether a record says what the one in the books says.
func (d *draft) same(old, r vf.Record) (bool, error) {
	whole, err := d.whole(old)
	if err != nil {
		return false, err
	}
	was, err := vf.Encode(whole)
	if err != nil {
		return false, err
	}
	now, err := vf.Encode(r)
	return bytes.Equal(was, now), err
}

// whole joins a record of the draft with its profile.
func (d *draft) whole(r vf.Record) (vf.Record, error) {
	hash := d.hash(r.Key())
	if hash == "" {
		return r, nil
	}
	profile := d.n.profiles[hash]
	for x := d; x != nil && profile == nil; x = x.below {
		for _, p := range x.profiles {
			if p.Key == hash {
				profile = p.Value
			}
		}
	}
	if profile == nil {
		return r, nil
	}
	raw, err := publicJSON(r, hash)
	if err != nil {
		return nil, err
	}
	return joined(raw, profile)
}

// ready checks records as a whole, makes events of the quantities that resources
// say, and puts events after all else.
func (d *draft) ready(a *Act, records []vf.Record, byTime bool) ([]vf.Record, error) {
	var rest []vf.Record
	var events []*vf.EconomicEvent
	for _, r := range records {
		if ev, ok := r.(*vf.EconomicEvent); ok {
			events = append(events, ev)
		} else {
			rest = append(rest, r)
		}
	}
	events, err := d.complete(a, events)
	if err != nil {
		return nil, err
	}
	if err := d.check(rest, events); err != nil {
		return nil, err
	}
	units, err := d.unitsWith(rest)
	if err != nil {
		return nil, err
	}
	rest, openings := openings(a, units, rest, events)
	var ends []vf.Record
	if byTime && len(events) > 0 {
		rest, ends = stillOpen(rest)
		if events, err = d.inOrder(rest, openings, events); err != nil {
			return nil, err
		}
	}
	all := make([]vf.Record, 0, len(rest)+len(openings)+len(events)+len(ends))
	all = append(all, rest...)
	for _, ev := range openings {
		all = append(all, ev)
	}
	for _, ev := range events {
		all = append(all, ev)
	}
	return append(all, ends...), nil
}

// stillOpen makes a file's finished processes and promises unfinished, so that
// its events can be posted to them, and returns them as they are for afterwards.
func stillOpen(records []vf.Record) (open, ends []vf.Record) {
	for _, r := range records {
		if done, _ := finished(r); done {
			ends = append(ends, r)
			r = withFinished(r, false)
		}
		open = append(open, r)
	}
	return open, ends
}
