package plan_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"commonweal/plan"
	"commonweal/vf"
)

// What people do every day is followed without reading all facts anew, and names
// the buffers that it touches; what changes the network itself is not.
func TestWhatIsFollowed(t *testing.T) {
	t.Parallel()
	facts := "now 0\nstock flour 20\noffer flour available 50\nneed n bread 12 on 6\nneed m bread 3 on 60\nneed o cake 3 on 9\nreceipt flour 8 on 3\nrecipe bake days 1 makes bread 1 takes flour 1\nrecipe stir days 1 makes cake 1 takes flour 2"
	process := `{"@id":"p","@type":"Process","name":"baking","hasEnd":"2026-01-05T00:00:00Z"}`
	output := `{"@id":"p-out","@type":"Intent","action":"produce","outputOf":"p","resourceConformsTo":"bread","resourceQuantity":{"hasNumericalValue":"8","hasUnit":"unit/piece"}}`
	for _, c := range []struct {
		name, record string // "-id" where it goes
		followed     bool
		buffers      string
	}{
		{"a need is raised", `{"@id":"n","@type":"Intent","action":"transfer","receiver":"b","resourceConformsTo":"bread","resourceQuantity":{"hasNumericalValue":"14","hasUnit":"unit/piece"},"due":"2026-01-07T00:00:00Z"}`, true, "bread"},
		{"a need is new", `{"@id":"n2","@type":"Intent","action":"transfer","receiver":"b","resourceConformsTo":"cake","resourceQuantity":{"hasNumericalValue":"1","hasUnit":"unit/piece"},"due":"2026-01-07T00:00:00Z"}`, true, "cake"},
		{"a need becomes one of another thing", `{"@id":"n","@type":"Intent","action":"transfer","receiver":"b","resourceConformsTo":"cake","resourceQuantity":{"hasNumericalValue":"12","hasUnit":"unit/piece"},"due":"2026-01-07T00:00:00Z"}`, true, "bread cake"},
		{"a need goes", "-n", true, "bread"},
		{"the last need goes, and the horizon moves", "-m", true, "bread rest"},
		{"a need has no date", `{"@id":"n","@type":"Intent","action":"transfer","receiver":"b","resourceConformsTo":"bread","resourceQuantity":{"hasNumericalValue":"14","hasUnit":"unit/piece"}}`, true, "bread rest"},
		{"stock is taken", `{"@id":"stock/flour","@type":"EconomicResource","conformsTo":"flour","onhandQuantity":{"hasNumericalValue":"5","hasUnit":"unit/piece"}}`, true, "flour"},
		{"an offer goes", "-offer/flour", true, "flour"},
		{"a promise is new", `{"@id":"c","@type":"Commitment","action":"transfer","provider":"a","receiver":"b","resourceConformsTo":"bread","resourceQuantity":{"hasNumericalValue":"2","hasUnit":"unit/piece"},"due":"2026-01-04T00:00:00Z","satisfies":["n"]}`, true, "bread rest"},
		{"a promise is released", "-receipt/flour/3", true, "flour rest"},
		{"a delivery comes", `{"@id":"e","@type":"EconomicEvent","action":"transfer","provider":"a","receiver":"b","resourceConformsTo":"flour","resourceQuantity":{"hasNumericalValue":"4","hasUnit":"unit/piece"},"fulfills":["receipt/flour/3"]}`, true, "flour"},
		{"somebody begins a process", `{"@id":"e","@type":"EconomicEvent","action":"consume","provider":"a","receiver":"b","inputOf":"p","resourceConformsTo":"flour","resourceQuantity":{"hasNumericalValue":"4","hasUnit":"unit/piece"}}`, true, "bread rest"},
		{"an offer is wanted in return only", `{"@id":"pr","@type":"Proposal","reciprocal":["offer/flour"]}`, true, "flour"},
		{"a claim is of no concern", `{"@id":"k","@type":"Claim","action":"transfer"}`, true, ""},
		{"a thing nobody had", `{"@id":"n3","@type":"Intent","action":"transfer","receiver":"b","resourceConformsTo":"pie","resourceQuantity":{"hasNumericalValue":"1","hasUnit":"unit/piece"},"due":"2026-01-07T00:00:00Z"}`, false, ""},
		{"a place nobody named", `{"@id":"n","@type":"Intent","action":"transfer","receiver":"b","resourceConformsTo":"bread","place":"mill","resourceQuantity":{"hasNumericalValue":"14","hasUnit":"unit/piece"},"due":"2026-01-07T00:00:00Z"}`, false, ""},
		{"a recipe", `{"@id":"bake","@type":"RecipeProcess","name":"bake slowly","hasDuration":{"hasNumericalValue":"3","hasUnit":"unit/day"}}`, false, ""},
		{"a recipe goes", "-stir", false, ""},
		{"a machine", `{"@id":"oven","@type":"EconomicResource","conformsTo":"flour","parallel":2}`, false, ""},
		{"an offer of work", `{"@id":"w","@type":"Intent","action":"work","provider":"a","resourceConformsTo":"flour","effortQuantity":{"hasNumericalValue":"2","hasUnit":"unit/day"}}`, false, ""},
		{"needs come together", `{"@id":"n","@type":"Intent","action":"transfer","receiver":"b","resourceConformsTo":"bread","resourceQuantity":{"hasNumericalValue":"12","hasUnit":"unit/piece"},"due":"2026-01-07T00:00:00Z","together":"feast"}`, false, ""},
		{"an agent", `{"@id":"a","@type":"Person","name":"Anna"}`, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := readCase(facts)
			n.g.Add(decode(t, process), decode(t, output))
			book := bookOf(n)
			tables := book.read(t)
			id, change := vf.ID(strings.TrimPrefix(c.record, "-")), plan.FactChange{}
			if id == vf.ID(c.record) {
				change.After = decode(t, c.record)
				id = change.After.Key()
			} else {
				change.Before = book.records[id]
			}
			book.put(id, change.After)
			buffers, followed := tables.Change(change)
			if followed != c.followed {
				t.Fatalf("followed: %v", followed)
			}
			if !followed {
				tables = readGraph(t, book.now, tables.Graph())
			} else if diff := cmp.Diff(c.buffers, names(buffers)); diff != "" {
				t.Errorf("touched (-want +got):\n%s", diff)
			}
			sameTables(t, "following", book.read(t), tables)
		})
	}
}

// names lists the specifications of buffers.
func names(buffers []string) string {
	var list []string
	for _, b := range buffers {
		name, _, _ := strings.Cut(strings.TrimPrefix(b, `{"`), `"`)
		list = append(list, name)
	}
	return strings.Join(list, " ")
}

// Facts tell their records and their graph as they are now; a clone goes its own way.
func TestFacts(t *testing.T) {
	t.Parallel()
	n := readCase("now 0\nstock flour 20\nneed n bread 12 on 6\nneed m bread 3 on 8")
	facts := plan.NewFacts(&n.g)
	if facts.Graph() != &n.g {
		t.Error("facts that did not change are another graph")
	}
	old := facts.Record("n").(*vf.Intent)
	raised := *old
	raised.Tier = 7
	branch := facts.Clone()
	facts.Apply(plan.FactChange{Before: old, After: &raised}, plan.FactChange{Before: facts.Record("m")}, plan.FactChange{After: &vf.Agent{ID: "anna"}})
	if facts.Record("n") != vf.Record(&raised) || facts.Record("m") != nil || facts.Record("nobody") != nil || facts.Record("anna") == nil {
		t.Error("the facts do not tell what changed")
	}
	g := facts.Graph()
	if len(g.Intents) != 1 || g.Intents[0] != &raised || len(g.Agents) != 1 || !slices.Equal(g.EconomicResources, n.g.EconomicResources) {
		t.Errorf("the graph has %d needs and %d agents", len(g.Intents), len(g.Agents))
	}
	if branch.Record("n") != vf.Record(old) || branch.Record("m") == nil || len(branch.Graph().Intents) != 2 {
		t.Error("the branch changed with the facts")
	}
}

// Needs that come and go leave entries behind; before these are more than what
// there is and a thousand, the facts are to be read anew.
func TestTombsAreBounded(t *testing.T) {
	t.Parallel()
	n := readCase("now 0\nneed n bread 12 on 6")
	book := bookOf(n)
	tables := book.read(t)
	passing := *book.records["n"].(*vf.Intent)
	passing.ID = "passing"
	for k := range 3000 {
		_, came := tables.Change(plan.FactChange{After: &passing})
		_, went := tables.Change(plan.FactChange{Before: &passing})
		if !came || !went {
			if k < 1000 {
				t.Fatalf("given up after %d needs", k)
			}
			sameTables(t, "following", book.read(t), readGraph(t, book.now, tables.Graph()))
			return
		}
	}
	t.Error("tables grow without end")
}

// What-if asks of one network several things at once: its clones can be made and
// changed by several goroutines.
func TestClonesAreMadeAtTheSameTime(t *testing.T) {
	t.Parallel()
	n := readCase("now 0\nstock flour 20\nneed n bread 12 on 6\nrecipe bake days 1 makes bread 1 takes flour 1")
	book := bookOf(n)
	tables := book.read(t)
	before := tables.Buffers()
	var wait sync.WaitGroup
	for k := range 8 {
		wait.Go(func() {
			branch := tables.Clone()
			raised := *book.records["n"].(*vf.Intent)
			raised.Tier = k + 1
			if buffers, ok := branch.Change(plan.FactChange{After: &raised}); !ok || names(buffers) != "bread" {
				t.Errorf("branch %d: %v", k, buffers)
			}
		})
	}
	wait.Wait()
	if diff := cmp.Diff(before, tables.Buffers()); diff != "" {
		t.Errorf("branches changed what they are made from:\n%s", diff)
	}
}
