package plan

import "commonweal/vf"

// Comparison holds branches against the plan as it is.
type Comparison struct {
	Current  Figures  `json:"current"`
	Branches []Branch `json:"branches"`
}

// Branch is what a plan would be if some facts were other than they are.
type Branch struct {
	Name    string  `json:"name"`
	Figures Figures `json:"figures"`
	Diff    *Diff   `json:"diff"` // against the plan as it is
}

// NewBranch is what the plan comes to on changed facts, held against this one. Both
// share what does not differ. The error is a refusal, as of New.
func (p *Plan) NewBranch(name string, changes ...FactChange) (Branch, error) {
	other, diff, err := p.Change(changes...)
	if err != nil {
		return Branch{}, err
	}
	return Branch{name, other.Figures(), diff}, nil
}

// With returns the facts with some records said anew, or added, and others taken
// away. The graph that it is made from stays as it is, and shares its records.
func With(g *vf.Graph, records []vf.Record, without []vf.ID) *vf.Graph {
	anew := make(map[vf.ID]vf.Record, len(records))
	for _, r := range records {
		anew[r.Key()] = r
	}
	gone := make(map[vf.ID]bool, len(without))
	for _, id := range without {
		gone[id] = true
	}
	out := &vf.Graph{}
	for _, r := range g.All() {
		id := r.Key()
		if x := anew[id]; x != nil {
			r = x
			delete(anew, id)
		}
		if !gone[id] {
			out.Add(r)
		}
	}
	for _, r := range records {
		if anew[r.Key()] != nil && !gone[r.Key()] {
			out.Add(r)
		}
	}
	return out
}
