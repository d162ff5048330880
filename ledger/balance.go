package ledger

import (
	"fmt"
	"sort"

	"commonweal/vf"
)

// Balance is what there is of one kind of thing with one agent, place, stage
// and state: the sum over its resources, in the unit of the first.
type Balance struct {
	ConformsTo  vf.ID
	Stage       vf.ID
	State       string
	Accountable vf.ID
	Location    vf.ID
	Accounting  vf.Measure
	Onhand      vf.Measure
	Resources   []vf.ID
}

// Balances sums up resources that are alike, sorted by specification, stage,
// state, accountable agent, location and unit. Resources whose units do not
// convert exactly stand apart.
func (s *State) Balances() ([]Balance, error) {
	units, err := s.Units()
	if err != nil {
		return nil, err
	}
	rows := map[string]*Balance{}
	var order []string
	for rec := range s.Each() {
		r, ok := rec.(*vf.EconomicResource)
		if !ok || unitOf(r) == "" {
			continue
		}
		key := fmt.Sprintf("%q %q %q %q %q", r.ConformsTo, r.Stage, r.State, r.PrimaryAccountable, r.CurrentLocation)
		row := rows[key]
		if row != nil {
			accounting, err1 := units.Sum(row.Accounting, r.AccountingQuantity)
			onhand, err2 := units.Sum(row.Onhand, r.OnhandQuantity)
			if err1 == nil && err2 == nil {
				row.Accounting, row.Onhand = accounting, onhand
				row.Resources = append(row.Resources, r.ID)
				continue
			}
			key += " " + string(unitOf(r)) + " " + string(r.ID)
		}
		rows[key] = &Balance{r.ConformsTo, r.Stage, r.State, r.PrimaryAccountable, r.CurrentLocation, r.AccountingQuantity, r.OnhandQuantity, []vf.ID{r.ID}}
		order = append(order, key)
	}
	sort.Strings(order)
	list := make([]Balance, 0, len(order))
	for _, key := range order {
		list = append(list, *rows[key])
	}
	return list, nil
}
