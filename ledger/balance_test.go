package ledger_test

import (
	"fmt"
	"testing"

	"commonweal/vf"
)

func TestBalances(t *testing.T) {
	t.Parallel()
	s := world()
	for i, r := range []struct {
		id, owner vf.ID
		q         vf.Measure
	}{
		{"a", "ann", kg(3)}, {"b", "bob", kg(5)}, {"c", "ann", vf.Measure{HasNumericalValue: vf.Whole(500), HasUnit: "g"}},
		{"d", "ann", vf.Measure{HasNumericalValue: vf.Whole(2), HasUnit: "h"}},
	} {
		ev := &vf.EconomicEvent{ID: vf.ID(fmt.Sprint("e", i)), Action: vf.Raise, ResourceInventoriedAs: r.id, ResourceConformsTo: "wool",
			ResourceQuantity: r.q, Receiver: r.owner, HasPointInTime: vf.At(int64(i))}
		if err := s.Post(ev); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := s.Balances()
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, b := range rows {
		text += fmt.Sprintln(b.ConformsTo, b.Accountable, b.Accounting, b.Onhand, b.Resources)
	}
	want := "wool ann 3.5 kg 3.5 kg [a c]\nwool ann 2 h 2 h [d]\nwool bob 5 kg 5 kg [b]\n"
	if text != want {
		t.Errorf("have\n%swant\n%s", text, want)
	}
}

// A fork sees what is below, keeps its own changes to itself, and hands them
// down once.
func TestForks(t *testing.T) {
	t.Parallel()
	s := world()
	f := s.Fork()
	raise := &vf.EconomicEvent{ID: "e", Action: vf.Raise, ResourceInventoriedAs: "r", ResourceConformsTo: "wool", ResourceQuantity: kg(1), HasPointInTime: vf.At(1)}
	if err := f.Post(raise); err != nil {
		t.Fatal(err)
	}
	if err := f.Put(&vf.Unit{ID: "lb", OmUnitIdentifier: "pound-avoirdupois"}); err != nil {
		t.Fatal(err)
	}
	if u, err := s.Units(); s.Resource("r") != nil || err != nil || u.Known("lb") {
		t.Error("the fork changed the state below")
	}
	if records := f.ChangedRecords(); len(records) != 3 {
		t.Errorf("%d records changed", len(records))
	}
	f.Merge()
	if u, err := s.Units(); s.Resource("r") == nil || err != nil || !u.Known("lb") || !u.Known("kg") {
		t.Error("the merge did not reach the state below")
	}
	f.Remove("lb")
	if f.Record("lb") != nil || s.Record("lb") == nil {
		t.Error("removed in the wrong place")
	}
}
