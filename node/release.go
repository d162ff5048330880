package node

import (
	"commonweal/rule"
	"commonweal/vf"
)

// release gives commitments back: what is fulfilled of them stays, and no more
// will be done. What they were for is open again.
func release(d *draft, a *Act) ([]vf.Record, error) {
	if err := noRecordsIn(a); err != nil {
		return nil, err
	}
	for _, id := range a.Of {
		r, err := d.known("of", id)
		if err != nil {
			return nil, err
		}
		c, ok := r.(*vf.Commitment)
		if !ok {
			return nil, rule.Refuse("wrongReference", "property", "of", "id", string(id), "class", string(r.Class()), "wanted", "Commitment").At(string(id))
		}
		if c.Finished {
			return nil, rule.Refuse("alreadyFinished", "id", string(id), "class", "Commitment").At(string(id))
		}
	}
	return nil, nil
}
