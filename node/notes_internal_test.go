package node

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"commonweal/journal"
	"commonweal/vf"
)

// The notes of a person are found by the entries of what has notes as they are found in the
// whole journal: those that are in it, and those of the transaction.
func TestNotesAreFoundAsInTheWholeJournal(t *testing.T) {
	t.Parallel()
	authors := []vf.ID{"agent/ann", "agent/bob", "agent/wool"}
	found := 0
	for seed := range uint64(8) {
		p, _ := grown(t, seed, 12)
		wish := func(i int) Act {
			p.keys++
			r := &vf.Intent{ID: p.pick("noted", 12), Action: vf.Transfer, Receiver: authors[p.dice.IntN(2)], ResourceConformsTo: "spec/wool",
				ResourceQuantity: vf.Measure{HasNumericalValue: vf.Whole(1 + p.dice.Int64N(3)), HasUnit: "unit/kg"}, Note: []string{"", "of nettles", "by hand"}[p.dice.IntN(3)]}
			r.Provider = []vf.ID{"", "agent/wool", "agent/ann"}[p.dice.IntN(3)]
			kind := journal.Declare
			if p.state.Record(r.ID) != nil {
				kind = journal.Change
			}
			return Act{Kind: kind, Author: authors[p.dice.IntN(3)], Key: fmt.Sprint("noted/", i), Records: []vf.Record{r}}
		}
		for i := range 40 {
			if p.dice.IntN(6) == 0 {
				p.try(journal.Erase, []vf.ID{p.pick("noted", 12)})
			}
			_, _ = p.Do(context.Background(), wish(i)) // what is refused changes nothing
		}
		d := p.draft().fork()
		for i := range 4 {
			_, _ = d.do(context.Background(), []Act{wish(100 + i)})
		}
		for _, person := range authors {
			got, err := d.notesOf(person)
			if err != nil {
				t.Fatal(err)
			}
			entered, err := d.enteredBy(person, nil)
			if err != nil {
				t.Fatal(err)
			}
			var want []vf.ID
			doubtful := map[vf.ID]string{}
			for r := range d.state.Each() {
				hash := d.hash(r.Key())
				if isPerson(r) || !d.live(hash) {
					continue
				}
				if entered[hash] || d.namesAlone(r, person) {
					want = append(want, r.Key())
				}
				doubtful[r.Key()] = hash
			}
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d: the notes of %s are %v, want %v", seed, person, got, want)
			}
			found += len(got)
			some, err := d.enteredBy(person, d.pastOf(doubtful))
			if err != nil {
				t.Fatal(err)
			}
			for id, hash := range doubtful {
				if some[hash] != entered[hash] {
					t.Errorf("seed %d: that %s was entered by %s is %v in its entries, and %v in the whole journal", seed, id, person, some[hash], entered[hash])
				}
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d notes", found)
	}
}
