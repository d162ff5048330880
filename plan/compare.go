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

// NewBranch is what a plan on other facts comes to, held against this one.
func (p *Plan) NewBranch(name string, other *Plan) Branch {
	return Branch{name, other.Figures(), other.Diff(p)}
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
