package node

import (
	"context"
	"encoding/json"

	"commonweal/journal"
	"commonweal/rule"
	"commonweal/vf"
)

// repeat answers an act whose key was used: with the first result if it is the
// same act, else with a refusal. It is the same if kind, author and ids are, and
// each record, its personal part aside, says nothing else than the one entered
// (which may say more: what followed from the books).
func (d *draft) repeat(ctx context.Context, a *Act, seq int64) (Result, error) {
	j, err := d.act(ctx, seq)
	if err != nil {
		return Result{}, err
	}
	part := j
	result := Result{Sequence: seq, Repeated: true}
	entered := make(map[vf.ID]map[string]json.RawMessage, len(j.Records))
	for used := true; used; {
		if err := readEntered(part, entered, &result); err != nil {
			return Result{}, err
		}
		if seq, used, err = d.used(ctx, partKey(a.Key, result.Entries+1)); err != nil {
			return Result{}, err
		}
		used = used && len(part.Records) == perEntry && seq == result.Sequence+result.Entries // else the key is of another act
		if used {
			if part, err = d.act(ctx, seq); err != nil {
				return Result{}, err
			}
		}
	}
	same := a.Kind == j.Kind && a.Author == j.Author && d.sameOf(a, j.Of) && a.Network == j.Network && a.PublicKey == j.PublicKey
	units, err := d.unitsWith(a.Records)
	if err != nil {
		return Result{}, err
	}
	records, made := openings(a, units, a.Records, eventsOf(a.Records))
	for _, ev := range made {
		if entered[ev.ResourceInventoriedAs] != nil || entered[ev.ToResourceInventoriedAs] != nil { // else it was passed over
			ev.HasPointInTime, ev.Created = vf.Time{}, vf.Time{} // the first act gave them
			records = append(records, ev)
			same = same && entered[ev.ID] != nil
		}
	}
	for _, r := range records {
		if !same {
			break
		}
		if same, err = d.saysSame(r, entered[r.Key()]); err != nil {
			return Result{}, err
		}
	}
	if !same {
		return Result{}, keyUsed(a.Key)
	}
	return result, nil
}

func keyUsed(key string) error { return rule.Refuse("keyUsed", "key", key) }

// readEntered adds the records of one entry of an act.
func readEntered(a *journal.Act, entered map[vf.ID]map[string]json.RawMessage, result *Result) error {
	for _, raw := range a.Records {
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(raw, &fields); err != nil {
			return err
		}
		var id vf.ID
		if err := json.Unmarshal(fields["@id"], &id); err != nil {
			return err
		}
		result.Records = append(result.Records, id)
		entered[id] = fields
	}
	result.Entries++
	return nil
}

// saysSame reports whether all that a record says, its personal part aside,
// stands in the entered one. A record that was in the books before was passed
// over when the act was entered; it must be there still.
func (d *draft) saysSame(r vf.Record, entered map[string]json.RawMessage) (bool, error) {
	if entered == nil {
		return d.state.Record(r.Key()) != nil, nil
	}
	raw, err := vf.Encode(public(r))
	if err != nil {
		return false, err
	}
	if raw, err = journal.Canonical(raw); err != nil {
		return false, err
	}
	var said map[string]json.RawMessage
	if err := json.Unmarshal(raw, &said); err != nil {
		return false, err
	}
	for name, value := range said {
		if string(entered[name]) != string(value) {
			return false, nil
		}
	}
	return true, nil
}

func eventsOf(records []vf.Record) []*vf.EconomicEvent {
	var list []*vf.EconomicEvent
	for _, r := range records {
		if ev, ok := r.(*vf.EconomicEvent); ok {
			list = append(list, ev)
		}
	}
	return list
}

// usedOr is the error of looking a key up, or that it was used.
func usedOr(err error, key string) error {
	if err != nil {
		return err
	}
	return keyUsed(key)
}
