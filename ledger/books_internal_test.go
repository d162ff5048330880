package ledger

import (
	"errors"
	"fmt"
	"testing"

	"commonweal/vf"
)

// counting are books that count which records are read.
type counting struct {
	stateBooks
	read map[vf.ID]int
}

func (c counting) Record(id vf.ID) (vf.Record, error) {
	c.read[id]++
	return c.stateBooks.Record(id)
}

// chains are so many chains that have nothing to do with each other: wool is counted
// in, moved on and on, and consumed in the end; the second of each moves is corrected.
func chains(t *testing.T, n, moves int) *State {
	t.Helper()
	s := New()
	put := func(r vf.Record) {
		t.Helper()
		if err := s.Put(r); err != nil {
			t.Fatal(err)
		}
	}
	put(&vf.Unit{ID: "kg", Label: "kilogram", OmUnitIdentifier: "kilogram"})
	put(&vf.ResourceSpecification{ID: "wool", Name: "Wool"})
	put(&vf.Agent{ID: "ann", Type: "Person", Name: "Ann"})
	kg := func(n int64) vf.Measure { return vf.Measure{HasNumericalValue: vf.Whole(n), HasUnit: "kg"} }
	at := int64(0)
	event := func(id string, a vf.Action, from, to string, q vf.Measure) *vf.EconomicEvent {
		at++
		return &vf.EconomicEvent{ID: vf.ID(id), Action: a, Provider: "ann", Receiver: "ann", ResourceConformsTo: "wool", ResourceInventoriedAs: vf.ID(from),
			ToResourceInventoriedAs: vf.ID(to), ResourceQuantity: q, HasPointInTime: vf.At(at)}
	}
	for c := range n {
		name := func(i int) string { return fmt.Sprintf("r%d-%d", c, i) }
		put(event(fmt.Sprintf("in%d", c), vf.Raise, name(0), "", kg(10)))
		for i := range moves {
			id := fmt.Sprintf("m%d-%d", c, i)
			put(event(id, vf.Move, name(i), name(i+1), kg(10)))
			if i == 1 {
				less := event(id+"-less", vf.Move, "", "", kg(-4))
				less.Corrects, less.ResourceConformsTo = vf.ID(id), ""
				put(less)
				put(event(id+"-rest", vf.Move, name(i), name(i+1), kg(4)))
			}
		}
	}
	return s
}

func TestOnlyWhatIsReachedIsRead(t *testing.T) {
	t.Parallel()
	s := chains(t, 30, 5)
	for name, c := range map[string]struct {
		of     vf.ID
		follow func(Books, vf.ID, func() error) ([]Row, error)
		rows   int
	}{"back": {"r7-5", Trace, 7}, "forth": {"in7", Track, 7}, "from the middle back": {"r7-2", Trace, 4}, "from the middle forth": {"m7-1", Track, 4}} {
		books := counting{s.laidOut(), map[vf.ID]int{}}
		rows, err := c.follow(books, c.of, nil)
		if err != nil || len(rows) != c.rows {
			t.Errorf("%s: %d rows, %v", name, len(rows), err)
		}
		for id := range books.read {
			if own := len(id) > 1 && (id[:2] == "r7" || id[:2] == "m7") || id == "in7"; !own {
				t.Errorf("%s: %s was read", name, id)
			}
		}
		for i := 1; i < len(rows); i++ {
			if !When(rows[i-1].Event).Before(When(rows[i].Event).Time) {
				t.Errorf("%s: %s stands before %s", name, rows[i-1].Event.ID, rows[i].Event.ID)
			}
		}
	}
}

func TestFollowingIsEnded(t *testing.T) {
	t.Parallel()
	s, enough := chains(t, 1, 600), errors.New("enough")
	for name, follow := range map[string]func(Books, vf.ID, func() error) ([]Row, error){"trace": Trace, "track": Track} {
		asked := 0
		rows, err := follow(s.laidOut(), map[string]vf.ID{"trace": "r0-600", "track": "in0"}[name], func() error {
			if asked++; asked > 3 {
				return enough
			}
			return nil
		})
		if !errors.Is(err, enough) || rows != nil || asked != 4 {
			t.Errorf("%s: %d rows, %v, asked %d times", name, len(rows), err, asked)
		}
	}
}
