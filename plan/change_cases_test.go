package plan_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"commonweal/plan"
	"commonweal/zone"
)

// Changes that were once followed wrongly: the plan and the diff are those of
// planning anew.
func TestChangesOnceWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, facts, record, changed string
		tied                         bool // the needs of bread and flour, by one promise
	}{
		{"a need that was promised in full, with nothing to serve it", "now 0\nneed n bread 4 on 6",
			`{"@id":"c","@type":"Commitment","action":"transfer","provider":"x","receiver":"b","resourceConformsTo":"bread","resourceQuantity":{"hasNumericalValue":"4","hasUnit":"unit/piece"},"due":"2026-01-04T00:00:00Z","satisfies":["n"]}`,
			`{"@id":"c","@type":"Commitment","action":"transfer","provider":"x","receiver":"b","resourceConformsTo":"bread","resourceQuantity":{"hasNumericalValue":"1","hasUnit":"unit/piece"},"due":"2026-01-04T00:00:00Z","satisfies":["n"]}`, false},
		{"stock of which a part is wanted by name", "now 0\noffer flour\nneed n flour 25 on 6",
			`{"@id":"bin","@type":"EconomicResource","conformsTo":"flour","onhandQuantity":{"hasNumericalValue":"20","hasUnit":"unit/piece"}}`,
			`{"@id":"bin","@type":"EconomicResource","conformsTo":"flour","onhandQuantity":{"hasNumericalValue":"26","hasUnit":"unit/piece"}}`, false},
		{"a need becomes one of a thing that a promise ties to its own", "now 0\noffer bread\nneed n2 bread 1 on 6",
			`{"@id":"n","@type":"Intent","action":"transfer","receiver":"b","resourceConformsTo":"bread","resourceQuantity":{"hasNumericalValue":"4","hasUnit":"unit/piece"},"due":"2026-01-07T00:00:00Z"}`,
			`{"@id":"n","@type":"Intent","action":"transfer","receiver":"b","resourceConformsTo":"flour","resourceQuantity":{"hasNumericalValue":"3","hasUnit":"unit/piece"},"due":"2026-01-07T00:00:00Z"}`, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := readCase(c.facts)
			n.g.Add(decode(t, c.record), decode(t, `{"@id":"m","@type":"Intent","action":"transfer","receiver":"b","resourceConformsTo":"flour","resourceInventoriedAs":"bin","resourceQuantity":{"hasNumericalValue":"6","hasUnit":"unit/piece"},"due":"2026-01-07T00:00:00Z"}`))
			if n.spec("flour"); c.tied {
				n.g.Add(decode(t, `{"@id":"c","@type":"Commitment","action":"transfer","provider":"x","receiver":"b","resourceConformsTo":"bread","resourceQuantity":{"hasNumericalValue":"1","hasUnit":"unit/piece"},"due":"2026-01-04T00:00:00Z","satisfies":["n2","m"]}`))
			}
			book := bookOf(n)
			settings := plan.Settings{Now: book.now, Zone: zone.Load}
			p, err := plan.New(book.graph(), settings)
			if err != nil {
				t.Fatal(err)
			}
			after := decode(t, c.changed)
			q, d, err := p.Change(plan.FactChange{Before: book.records[after.Key()], After: after})
			if err != nil {
				t.Fatal(err)
			}
			book.put(after.Key(), after)
			anew, err := plan.New(book.graph(), settings)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(show(anew.Report()), show(q.Report())); diff != "" || anew.Hash() != q.Hash() {
				t.Errorf("-anew +changed\n%s", diff)
			}
			want, errWant := json.Marshal(anew.Diff(p).Lines())
			got, errGot := json.Marshal(d.Lines())
			if diff := cmp.Diff(string(want), string(got)); diff != "" || errWant != nil || errGot != nil {
				t.Errorf("the diff: -of whole plans +of the change\n%s", diff)
			}
			if len(d.Lines()) == 0 && !slices.ContainsFunc(q.Needs(), func(x plan.Need) bool { return x.State == "short" }) {
				t.Error("the change changed nothing")
			}
		})
	}
}
