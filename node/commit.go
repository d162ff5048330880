package node

import (
	"commonweal/rule"
	"commonweal/vf"
)

// commit enters commitments that are new, with the processes, plans,
// agreements and proposals' ends that come with them.
func commit(d *draft, a *Act) ([]vf.Record, error) {
	if err := noOf(a); err != nil {
		return nil, err
	}
	err := only(a, "Commitment, Process, Plan, Agreement, AgreementBundle or Claim", func(r vf.Record) bool {
		switch r.(type) {
		case *vf.Commitment, *vf.Process, *vf.Plan, *vf.Agreement, *vf.AgreementBundle, *vf.Claim:
			return true
		}
		return false
	})
	if err != nil {
		return nil, err
	}
	fresh, err := d.fresh(a.Records)
	if err != nil {
		return nil, err
	}
	for _, r := range fresh {
		c, ok := r.(*vf.Commitment)
		if !ok {
			continue
		}
		if err := d.checkOpen(c, fresh); err != nil {
			return nil, at(err, c.ID)
		}
	}
	return d.ready(a, fresh, false)
}

// bySomebody refuses a promise by nobody, or to nobody, by whatever act it
// comes: nobody could be asked about it, yet plans would count on it.
func bySomebody(c *vf.Commitment) error {
	switch {
	case c.Provider == "":
		return rule.Refuse("missingProperty", "class", "Commitment", "property", "provider", "wanted", "the id of the agent who promises; on the command line --by")
	case c.Receiver == "":
		return rule.Refuse("missingProperty", "class", "Commitment", "property", "receiver", "wanted", "the id of the agent to whom it is promised; on the command line --for")
	}
	return nil
}

// checkOpen refuses a promise on what is finished.
func (d *draft) checkOpen(c *vf.Commitment, fresh []vf.Record) error {
	here := map[vf.ID]vf.Record{}
	for _, r := range fresh {
		here[r.Key()] = r
	}
	look := func(id vf.ID) vf.Record {
		if r := here[id]; r != nil {
			return r
		}
		return d.state.Record(id)
	}
	for _, id := range []vf.ID{c.InputOf, c.OutputOf} {
		if p, ok := look(id).(*vf.Process); ok && p.Finished {
			return rule.Refuse("alreadyFinished", "id", string(id), "class", "Process")
		}
	}
	for _, id := range c.Satisfies {
		if i, ok := look(id).(*vf.Intent); ok && i.Finished {
			return rule.Refuse("alreadyFinished", "id", string(id), "class", "Intent")
		}
	}
	return nil
}
