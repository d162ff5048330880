package node_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"commonweal/format"
	"commonweal/journal"
	"commonweal/node"
	"commonweal/plan"
	"commonweal/rule"
	"commonweal/vf"
)

// hashNow plans what is in the books and returns the hash of the plan.
func (b *books) hashNow(now vf.Time) string {
	b.t.Helper()
	g, err := b.Graph()
	if err != nil {
		b.t.Fatal(err)
	}
	p, err := plan.New(g, plan.Settings{Now: now})
	if err != nil {
		b.t.Fatal(err)
	}
	return p.Hash()
}

// adoptedIn counts the processes and open flows of a plan in the books.
func (b *books) adoptedIn(id vf.ID) (processes, flows int) {
	b.t.Helper()
	g, err := b.Graph()
	if err != nil {
		b.t.Fatal(err)
	}
	for _, p := range g.Processes {
		if p.PlannedWithin == id {
			processes++
		}
	}
	for _, i := range g.Intents {
		if i.PlannedWithin == id {
			flows++
		}
	}
	return processes, flows
}

// Adopting the plan of a real network enters all its processes, changes no plan,
// enters nobody's promise, and is undone by adopting a plan in which nothing is needed.
func TestAdoptingChangesNoPlan(t *testing.T) {
	t.Parallel()
	file, err := os.Open("../examples/carbon-farm-network.jsonld")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	n, err := format.ReadNetworks([]format.File{{Name: "farms", Data: file}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := begin(t)
	b.do(node.Act{Kind: journal.Declare, Key: "import", Records: n.Graph.All()})
	now, _ := vf.ParseTime("2023-05-15")
	before := b.hashNow(now)
	p := &vf.Plan{ID: "plan/summer", Created: now}
	b.do(node.Act{Kind: journal.Adopt, Key: "adopt", Records: []vf.Record{p}})
	if after := b.hashNow(now); after != before {
		t.Error("what was adopted changes the plan")
	}
	g, _ := b.Graph()
	made, err := plan.New(g, plan.Settings{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	processes, flows := b.adoptedIn("plan/summer")
	if processes != made.Stats().Processes || flows < 2*processes || len(g.Commitments) != 0 {
		t.Errorf("%d processes with %d flows and %d promises were entered, of %d proposed", processes, flows, len(g.Commitments), made.Stats().Processes)
	}
	b.refused("nothingNew", node.Act{Kind: journal.Adopt, Key: "again", Records: []vf.Record{p}})
	var facts []vf.Record
	for _, i := range g.Intents {
		if i.Receiver != "" && i.Provider == "" && i.InputOf+i.OutputOf == "" {
			done := *i
			done.Finished = true
			facts = append(facts, &done)
		}
	}
	b.do(node.Act{Kind: journal.Adopt, Key: "nothing", Records: append(facts, p)})
	if processes, flows = b.adoptedIn("plan/summer"); processes+flows > 0 {
		t.Errorf("%d processes and %d flows are still there, though nothing is needed", processes, flows)
	}
	b.sound()
}

func TestAdoptRefuses(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	p := &vf.Plan{ID: "plan/1"}
	need := &vf.Intent{ID: "need/9", Action: vf.Transfer, Receiver: "agent/bob", ResourceConformsTo: "spec/yam", ResourceQuantity: one("5", "unit/kg")}
	for i, c := range []struct {
		rule rule.Name
		act  node.Act
	}{
		{"noPlan", node.Act{Records: []vf.Record{&vf.Intent{ID: "need/9"}}}},
		{"notOfAct", node.Act{Records: []vf.Record{p, &vf.Plan{ID: "plan/2"}}}},
		{"wrongClass", node.Act{Records: []vf.Record{p, consume("event/1", "1")}}},
		{"wrongClass", node.Act{Records: []vf.Record{p, &vf.Commitment{ID: "commitment/1"}}}},
		{"unknownReference", node.Act{Records: []vf.Record{p, need}}},
		{"unknownReference", node.Act{Records: []vf.Record{p}, Of: []vf.ID{"need/none"}}},
		{"stillUsed", node.Act{Records: []vf.Record{p}, Of: []vf.ID{"spec/wool"}}},
	} {
		c.act.Kind, c.act.Key = journal.Adopt, fmt.Sprint("refused ", i)
		b.refused(c.rule, c.act)
	}
	b.sound()
}

// An act sent again under its key is the same one, whatever it took back then.
func TestAdoptOnce(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	first := node.Act{Kind: journal.Adopt, Key: "a", Records: []vf.Record{&vf.Plan{ID: "plan/1"}}}
	if r := b.do(first); r.Repeated || !strings.HasPrefix(string(r.Records[0]), "plan/1") {
		t.Errorf("%+v", r)
	}
	if r := b.do(first); !r.Repeated {
		t.Errorf("%+v", r)
	}
	other := first
	other.Records = []vf.Record{&vf.Plan{ID: "plan/2"}}
	b.refused("keyUsed", other)
	b.sound()
}

// What the books said before an entry is what they said when it was not there yet.
func TestBefore(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	g, err := b.Graph()
	if err != nil {
		t.Fatal(err)
	}
	said := encoded(g)
	entry := b.do(node.Act{Kind: journal.Adopt, Key: "a", Records: []vf.Record{&vf.Plan{ID: "plan/1"}}}).Sequence
	was, err := b.Before(context.Background(), entry)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(said)
	before := encoded(was)
	slices.Sort(before)
	if !slices.Equal(said, before) {
		t.Errorf("before entry %d there were %d records, and %d are said", entry, len(said), len(before))
	}
	for _, seq := range []int64{0, -1, entry + 1} {
		if _, err := b.Before(context.Background(), seq); err == nil || !strings.Contains(err.Error(), "noSuchEntry") {
			t.Errorf("before entry %d: %v, want a refusal", seq, err)
		}
	}
}
