package node

import (
	"commonweal/rule"
	"commonweal/vf"
)

// finish says of processes, commitments, intents and claims that no more will
// be done, whether or not the goal was met.
func finish(d *draft, a *Act) ([]vf.Record, error) {
	if err := noRecordsIn(a); err != nil {
		return nil, err
	}
	for _, id := range a.Of {
		r, err := d.known("of", id)
		if err != nil {
			return nil, err
		}
		done, can := finished(r)
		if !can {
			return nil, rule.Refuse("wrongReference", "property", "of", "id", string(id), "class", string(r.Class()),
				"wanted", "Process, Commitment, Intent or Claim").At(string(id))
		}
		if done {
			return nil, rule.Refuse("alreadyFinished", "id", string(id), "class", string(r.Class())).At(string(id))
		}
	}
	return nil, nil
}

// finished tells whether a record is finished, and whether it can be.
func finished(r vf.Record) (done, can bool) {
	switch r := r.(type) {
	case *vf.Process:
		return r.Finished, true
	case *vf.Commitment:
		return r.Finished, true
	case *vf.Intent:
		return r.Finished, true
	case *vf.Claim:
		return r.Finished, true
	}
	return false, false
}

// withFinished returns a copy of a record that can be finished, so marked; nil
// for any other.
func withFinished(r vf.Record, done bool) vf.Record {
	switch r := r.(type) {
	case *vf.Process:
		c := *r
		c.Finished = done
		return &c
	case *vf.Commitment:
		c := *r
		c.Finished = done
		return &c
	case *vf.Intent:
		c := *r
		c.Finished = done
		return &c
	case *vf.Claim:
		c := *r
		c.Finished = done
		return &c
	}
	return nil
}

// finishAll marks records as finished.
func finishAll(d *draft, _ []vf.Record, of []vf.ID) error {
	for _, id := range of {
		done := withFinished(d.state.Record(id), true)
		if done == nil {
			return rule.Refuse("unknownReference", "property", "of", "id", string(id), "nearest", "a Process, Commitment, Intent or Claim")
		}
		if err := d.put(done); err != nil {
			return at(err, id)
		}
	}
	return nil
}
