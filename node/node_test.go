package node_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"path/filepath"
	"testing"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/store"
	"commonweal/store/sqlite"
	"commonweal/vf"
)

// books are the books of one test: a store in a temporary folder, a clock that
// stands still until it is moved, and salts that are counted.
type books struct {
	*node.Node
	t     testing.TB
	path  string
	clock int64
	salts byte
	key   ed25519.PrivateKey
}

func (b *books) options() node.Options {
	return node.Options{
		Signer: journal.NewSigner(b.key),
		Now:    func() vf.Time { return vf.At(b.clock) },
		Salt:   func() (salt [32]byte) { b.salts++; salt[0] = b.salts; return salt },
	}
}

func begin(t testing.TB) *books {
	t.Helper()
	b := &books{t: t, path: filepath.Join(t.TempDir(), "books.sqlite"), clock: 1682899200, key: ed25519.NewKeyFromSeed(make([]byte, 32))}
	s, err := sqlite.Create(context.Background(), b.path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if b.Node, err = node.Create(context.Background(), s, "https://example.org/wool/", "agent/wool", b.options()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// reopen closes the books and opens them again.
func (b *books) reopen() {
	b.t.Helper()
	if err := b.Close(); err != nil {
		b.t.Fatal(err)
	}
	b.Node = b.open()
}

func (b *books) open() *node.Node {
	b.t.Helper()
	s, err := sqlite.Open(context.Background(), b.path, sqlite.Options{})
	if err != nil {
		b.t.Fatal(err)
	}
	n, err := node.Open(context.Background(), s, b.options())
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

// do enters an act that must be accepted.
func (b *books) do(a node.Act) node.Result {
	b.t.Helper()
	if a.Author == "" {
		a.Author = "agent/wool"
	}
	r, err := b.Do(context.Background(), a)
	if err != nil {
		b.t.Fatal(err)
	}
	return r[0]
}

// refused enters an act that must be refused by a rule.
func (b *books) refused(name rule.Name, acts ...node.Act) {
	b.t.Helper()
	for i := range acts {
		if acts[i].Author == "" {
			acts[i].Author = "agent/wool"
		}
	}
	before := b.Journal().Size()
	_, err := b.Do(context.Background(), acts...)
	var r *rule.Refusal
	if !errors.As(err, &r) || r.Rule != name {
		b.t.Fatalf("wanted a refusal by %s, have %v", name, err)
	}
	if b.Journal().Size() != before {
		b.t.Fatalf("an act refused by %s was entered", name)
	}
}

// sound replays the journal and verifies it.
func (b *books) sound() {
	b.t.Helper()
	differences, err := b.Replay(context.Background())
	if err != nil || len(differences) > 0 {
		b.t.Fatalf("replay: %v %+v", err, differences)
	}
	report, err := b.Verify(context.Background())
	if err != nil || !report.Sound() {
		b.t.Fatalf("verify: %v %+v", err, report)
	}
}

func one(n string, unit vf.ID) vf.Measure {
	d, err := vf.ParseDecimal(n)
	if err != nil {
		panic(err)
	}
	return vf.Measure{HasNumericalValue: d, HasUnit: unit}
}

// knowledge is what the stories rest on.
func knowledge() []vf.Record {
	return []vf.Record{
		&vf.Unit{ID: "unit/kg", Label: "kilogram", Symbol: "kg", OmUnitIdentifier: "kilogram"},
		&vf.Unit{ID: "unit/h", Label: "hour", Symbol: "h", OmUnitIdentifier: "hour"},
		&vf.Agent{ID: "agent/wool", Type: "Organization", Name: "Wool network"},
		&vf.Agent{ID: "agent/ann", Type: "Person", Name: "Ann Weaver", Note: "allergic to nettles"},
		&vf.Agent{ID: "agent/bob", Type: "Person", Name: "Bob"},
		&vf.ResourceSpecification{ID: "spec/wool", Name: "Wool", DefaultUnitOfResource: "unit/kg"},
		&vf.ResourceSpecification{ID: "spec/yarn", Name: "Yarn", DefaultUnitOfResource: "unit/kg"},
		&vf.ProcessSpecification{ID: "process-spec/spin", Name: "Spin"},
	}
}

func TestSeason(t *testing.T) {
	t.Parallel()
	b := begin(t)
	var heard []int64
	b.Subscribe(func(c node.Change) { heard = append(heard, c.Sequence) })
	b.do(node.Act{Kind: journal.Declare, Key: "1", Records: append(knowledge(),
		&vf.EconomicResource{ID: "resource/fleece", Name: "Fleece", ConformsTo: "spec/wool", PrimaryAccountable: "agent/ann",
			AccountingQuantity: one("12", "unit/kg"), OnhandQuantity: one("10", "unit/kg"), Note: "in the barn"},
		&vf.Intent{ID: "need/yarn", Action: vf.Transfer, Receiver: "agent/bob", ResourceConformsTo: "spec/yarn", ResourceQuantity: one("5", "unit/kg"), Due: vf.At(1690000000)})})
	b.do(node.Act{Kind: journal.Commit, Key: "2", Author: "agent/ann", Records: []vf.Record{
		&vf.Process{ID: "process/spin", Name: "Spin", BasedOn: "process-spec/spin"},
		&vf.Commitment{ID: "commitment/spin", Action: vf.Produce, OutputOf: "process/spin", Provider: "agent/ann", Receiver: "agent/ann",
			ResourceConformsTo: "spec/yarn", ResourceQuantity: one("6", "unit/kg"), Satisfies: []vf.ID{"need/yarn"}}}})
	r := b.do(node.Act{Kind: journal.Record, Key: "3", Author: "agent/ann", Records: []vf.Record{
		&vf.EconomicEvent{ID: "event/1", Action: vf.Consume, InputOf: "process/spin", ResourceInventoriedAs: "resource/fleece", ResourceQuantity: one("8", "unit/kg")},
		&vf.EconomicEvent{ID: "event/2", Action: vf.Produce, OutputOf: "process/spin", ResourceInventoriedAs: "resource/yarn", ResourceConformsTo: "spec/yarn",
			Provider: "agent/ann", Receiver: "agent/ann", ResourceQuantity: one("6", "unit/kg"), Fulfills: []vf.ID{"commitment/spin"}, Note: "a little thick"}}})
	if r.Sequence != 3 || len(r.Records) != 2 {
		t.Errorf("result %+v", r)
	}
	b.do(node.Act{Kind: journal.Correct, Key: "4", Records: []vf.Record{
		&vf.EconomicEvent{ID: "event/3", Corrects: "event/2", ResourceQuantity: one("-0.5", "unit/kg")}}})
	b.do(node.Act{Kind: journal.Finish, Key: "5", Of: []vf.ID{"process/spin", "commitment/spin"}})
	for range 2 {
		g, err := b.Graph()
		if err != nil {
			t.Fatal(err)
		}
		if len(g.EconomicResources) != 2 || len(g.EconomicEvents) != 5 {
			t.Fatalf("%d resources, %d events", len(g.EconomicResources), len(g.EconomicEvents))
		}
		fleece, yarn := g.EconomicResources[0], g.EconomicResources[1]
		if fleece.AccountingQuantity.String() != "4 kg" || fleece.OnhandQuantity.String() != "2 kg" || fleece.Note != "in the barn" {
			t.Errorf("fleece %+v", fleece)
		}
		if yarn.OnhandQuantity.String() != "5.5 kg" || yarn.Stage != "process-spec/spin" || yarn.PrimaryAccountable != "agent/ann" {
			t.Errorf("yarn %+v", yarn)
		}
		if g.Agents[0].Name != "Ann Weaver" || !g.Commitments[0].Finished || !g.Processes[0].Finished {
			t.Errorf("%+v %+v", g.Agents[0], g.Commitments[0])
		}
		b.sound()
		b.reopen()
	}
	if len(heard) != 5 || heard[0] != 1 || heard[4] != 5 {
		t.Errorf("heard %v", heard)
	}
}

var _ = store.ErrUnknown
