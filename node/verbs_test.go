package node_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/vf"
)

// Each verb refuses what does not belong to it, and says by which rule.
func TestVerbsRefuse(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	b.do(node.Act{Kind: journal.Commit, Key: "c", Records: []vf.Record{&vf.Commitment{ID: "commitment/1", Action: vf.Consume, InputOf: "process/spin",
		Provider: "agent/ann", Receiver: "agent/ann", ResourceConformsTo: "spec/wool", ResourceQuantity: one("4", "unit/kg")}}})
	b.do(node.Act{Kind: journal.Record, Key: "r", Records: []vf.Record{consume("event/1", "1")}})
	need := func(id string) *vf.Intent {
		return &vf.Intent{ID: vf.ID(id), Action: vf.Transfer, Receiver: "agent/bob", ResourceConformsTo: "spec/yarn", ResourceQuantity: one("5", "unit/kg")}
	}
	promise := func(from, to vf.ID) *vf.Commitment {
		return &vf.Commitment{ID: "commitment/2", Action: vf.Transfer, Provider: from, Receiver: to, ResourceConformsTo: "spec/yarn", ResourceQuantity: one("5", "unit/kg")}
	}
	bad := need("need/2")
	bad.ResourceConformsTo = "spec/yam"
	negative := need("need/2")
	negative.ResourceQuantity = one("-5", "unit/kg")
	hours := need("need/2")
	hours.ResourceQuantity = one("5", "unit/h")
	records := func(list ...vf.Record) []vf.Record { return list }
	for i, c := range []struct {
		rule rule.Name
		act  node.Act
	}{
		{"unknownAct", node.Act{Kind: "decree", Records: records(need("need/2"))}},
		{"genesisFirst", node.Act{Kind: journal.Genesis, Network: "https://example.org/wool/", PublicKey: b.Journal().Keys().InUse()}},
		{"unknownReference", node.Act{Kind: journal.Declare, Records: records(bad)}},
		{"negativeQuantity", node.Act{Kind: journal.Declare, Records: records(negative)}},
		{"unitMismatch", node.Act{Kind: journal.Declare, Records: records(hours)}},
		{"missingName", node.Act{Kind: journal.Declare, Records: records(&vf.ResourceSpecification{ID: "spec/x"})}},
		{"missingName", node.Act{Kind: journal.Change, Records: records(&vf.ResourceSpecification{ID: "spec/wool"})}},
		{"missingId", node.Act{Kind: journal.Declare, Records: records(need(""))}},
		{"duplicateId", node.Act{Kind: journal.Declare, Records: records(need("need/2"), need("need/2"))}},
		{"idTaken", node.Act{Kind: journal.Declare, Records: records(&vf.Intent{ID: "need/yarn", Action: vf.Transfer})}},
		{"nothingNew", node.Act{Kind: journal.Declare, Records: records(need("need/yarn"))}},
		{"nothingNew", node.Act{Kind: journal.Declare}},
		{"unknownReference", node.Act{Kind: journal.Change, Records: records(need("need/2"))}},
		{"idTaken", node.Act{Kind: journal.Change, Records: records(&vf.Plan{ID: "need/yarn"})}},
		{"eventFixed", node.Act{Kind: journal.Change, Records: records(consume("event/1", "2"))}},
		{"economicField", node.Act{Kind: journal.Change, Records: records(&vf.EconomicResource{ID: "resource/fleece", ConformsTo: "spec/wool", OnhandQuantity: one("99", "unit/kg")})}},
		{"unitFixed", node.Act{Kind: journal.Change, Records: records(&vf.Unit{ID: "unit/kg", Label: "kilo", OmUnitIdentifier: "gram"})}},
		{"notOfAct", node.Act{Kind: journal.Change, Records: records(need("need/yarn")), Of: []vf.ID{"need/yarn"}}},
		{"notOfAct", node.Act{Kind: journal.Finish, Records: records(need("need/yarn"))}},
		{"stillUsed", node.Act{Kind: journal.Withdraw, Of: []vf.ID{"spec/wool"}}},
		{"notWithdrawn", node.Act{Kind: journal.Withdraw, Of: []vf.ID{"event/1"}}},
		{"notWithdrawn", node.Act{Kind: journal.Withdraw, Of: []vf.ID{"commitment/1"}}},
		{"unknownReference", node.Act{Kind: journal.Withdraw, Of: []vf.ID{"need/none"}}},
		{"wrongClass", node.Act{Kind: journal.Commit, Records: records(need("need/2"))}},
		{"wrongClass", node.Act{Kind: journal.Record, Records: records(need("need/2"))}},
		{"wrongClass", node.Act{Kind: journal.Correct, Records: records(need("need/2"))}},
		{"missingProperty", node.Act{Kind: journal.Correct, Records: records(consume("event/2", "1"))}},
		{"missingProperty", node.Act{Kind: journal.Commit, Records: records(promise("", "agent/ann"))}},
		{"missingProperty", node.Act{Kind: journal.Commit, Records: records(promise("agent/ann", ""))}},
		{"wrongReference", node.Act{Kind: journal.Release, Of: []vf.ID{"need/yarn"}}},
		{"wrongReference", node.Act{Kind: journal.Finish, Of: []vf.ID{"spec/wool"}}},
		{"unknownReference", node.Act{Kind: journal.Erase, Of: []vf.ID{"agent/none"}}},
		{"belowZero", node.Act{Kind: journal.Record, Records: records(consume("event/2", "9.5"))}},
		{"notAStep", node.Act{Kind: journal.Record, Records: records(consume("event/2", "0.00000001"))}},
	} {
		c.act.Key = fmt.Sprint("refused ", i)
		b.refused(c.rule, c.act)
	}
	b.sound()
}

func TestChangeReleaseFinishWithdraw(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	b.do(node.Act{Kind: journal.Change, Key: "1", Records: []vf.Record{
		&vf.EconomicResource{ID: "resource/fleece", ConformsTo: "spec/wool", Name: "Fleece of the year", Note: "smells"},
		&vf.Unit{ID: "unit/kg", Label: "kilo", Symbol: "kg", OmUnitIdentifier: "kilogram"}}})
	r, err := b.Record("resource/fleece")
	if err != nil {
		t.Fatal(err)
	}
	if f := r.(*vf.EconomicResource); f.Name != "Fleece of the year" || f.Note != "smells" || f.OnhandQuantity.String() != "10 kg" || f.PrimaryAccountable != "agent/ann" {
		t.Errorf("%+v", f)
	}
	commitment := func(id string) *vf.Commitment {
		return &vf.Commitment{ID: vf.ID(id), Action: vf.Consume, InputOf: "process/spin", Provider: "agent/ann", Receiver: "agent/ann",
			ResourceConformsTo: "spec/wool", ResourceQuantity: one("4", "unit/kg")}
	}
	b.do(node.Act{Kind: journal.Commit, Key: "2", Records: []vf.Record{commitment("commitment/1"), commitment("commitment/2")}})
	b.do(node.Act{Kind: journal.Release, Key: "3", Of: []vf.ID{"commitment/1"}})
	b.refused("alreadyFinished", node.Act{Kind: journal.Release, Key: "4", Of: []vf.ID{"commitment/1"}})
	late := consume("event/1", "1")
	late.Fulfills = []vf.ID{"commitment/1"}
	b.refused("alreadyFinished", node.Act{Kind: journal.Record, Key: "5", Records: []vf.Record{late}})
	late.Fulfills = []vf.ID{"commitment/2"}
	b.do(node.Act{Kind: journal.Record, Key: "6", Records: []vf.Record{late}})
	b.do(node.Act{Kind: journal.Finish, Key: "7", Of: []vf.ID{"process/spin"}})
	b.refused("alreadyFinished", node.Act{Kind: journal.Record, Key: "8", Records: []vf.Record{consume("event/2", "1")}})
	b.refused("alreadyFinished", node.Act{Kind: journal.Commit, Key: "9", Records: []vf.Record{commitment("commitment/3")}})
	b.do(node.Act{Kind: journal.Withdraw, Key: "10", Of: []vf.ID{"need/yarn"}})
	b.reopen()
	if r, _ := b.Record("need/yarn"); r != nil {
		t.Error("the need is still there")
	}
	b.sound()
}

// What one set of books knows, another can take in whole: resources come out
// the same, though their quantities come with the events that made them.
func TestBooksIntoBooks(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	b.do(node.Act{Kind: journal.Declare, Key: "odd", Records: []vf.Record{
		&vf.ResourceSpecification{ID: "spec/coin", Name: "Coin", MediumOfExchange: vf.Yes},
		&vf.Unit{ID: "unit/usd", Label: "US dollar", Symbol: "USD"},
		&vf.EconomicResource{ID: "resource/debt", ConformsTo: "spec/coin", PrimaryAccountable: "agent/ann", AccountingQuantity: one("-30", "unit/usd"), OnhandQuantity: one("-30", "unit/usd")},
		&vf.EconomicResource{ID: "resource/lent", ConformsTo: "spec/wool", PrimaryAccountable: "agent/ann", AccountingQuantity: one("5", "unit/kg"), OnhandQuantity: one("2", "unit/kg")},
		&vf.EconomicResource{ID: "resource/kept", ConformsTo: "spec/wool", PrimaryAccountable: "agent/bob", AccountingQuantity: one("0", "unit/kg"), OnhandQuantity: one("3", "unit/kg")},
		&vf.EconomicResource{ID: "resource/owned", ConformsTo: "spec/wool", AccountingQuantity: one("3", "unit/kg")}}})
	b.do(node.Act{Kind: journal.Record, Key: "r", Records: []vf.Record{consume("event/1", "4"),
		&vf.EconomicEvent{ID: "event/0", Corrects: "event/1", Action: vf.Consume, InputOf: "process/spin", ResourceInventoriedAs: "resource/fleece", ResourceQuantity: one("-1", "unit/kg")}}})
	b.do(node.Act{Kind: journal.Finish, Key: "f", Of: []vf.ID{"process/spin"}})
	g, err := b.Graph()
	if err != nil {
		t.Fatal(err)
	}
	other := begin(t)
	other.do(node.Act{Kind: journal.Declare, Key: "import", Records: g.All()})
	again, err := other.Graph()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(encoded(g), encoded(again)); d != "" {
		t.Error(d)
	}
	for id, want := range map[vf.ID]string{"resource/debt": "-30 usd -30 usd", "resource/lent": "5 kg 2 kg", "resource/kept": "0 kg 3 kg", "resource/owned": "3 kg 3 kg", "resource/fleece": "7 kg 7 kg"} {
		r, _ := other.Record(id)
		if have := r.(*vf.EconomicResource); have.AccountingQuantity.String()+" "+have.OnhandQuantity.String() != want {
			t.Errorf("%s: %s %s, wanted %s", id, have.AccountingQuantity, have.OnhandQuantity, want)
		}
	}
	other.sound()
}

func encoded(g *vf.Graph) []string {
	var list []string
	for _, r := range g.All() {
		raw, _ := vf.Encode(r)
		list = append(list, string(raw))
	}
	return list
}

// Whatever acts come, refused or not, replay makes the views as they are stored,
// and opening again shows the same graph.
func TestReplayAnything(t *testing.T) {
	t.Parallel()
	runs, failed := 0, false
	rapid.Check(t, func(rt *rapid.T) {
		if runs++; runs > 25 && !failed && os.Getenv("COMMONWEAL_SOAK") == "" {
			return // each run writes to disk; 25 tell enough day by day
		}
		defer func() { failed = failed || rt.Failed() }()
		b := stocked(t)
		defer func() { _ = b.Close() }()
		for i := range rapid.IntRange(1, 12).Draw(rt, "acts") {
			pick := func(list ...vf.ID) vf.ID { return rapid.SampledFrom(list).Draw(rt, "id") }
			quantity := one(fmt.Sprint(rapid.IntRange(0, 4).Draw(rt, "q")), "unit/kg")
			id := vf.ID(fmt.Sprint("event/", rapid.IntRange(0, 6).Draw(rt, "n")))
			a := node.Act{Author: pick("agent/ann", "agent/bob"), Key: fmt.Sprint(rapid.IntRange(0, 20).Draw(rt, "key"))}
			switch rapid.IntRange(0, 8).Draw(rt, "verb") {
			case 0, 1, 2:
				ev := consume(string(id), quantity.HasNumericalValue.String())
				ev.Note = rapid.SampledFrom([]string{"", "a note"}).Draw(rt, "note")
				a.Kind, a.Records = journal.Record, []vf.Record{ev}
			case 3:
				a.Kind, a.Records = journal.Record, []vf.Record{&vf.EconomicEvent{ID: id, Action: vf.Produce, OutputOf: "process/spin", ResourceConformsTo: "spec/yarn",
					ResourceInventoriedAs: pick("resource/a", "resource/b"), Receiver: a.Author, ResourceQuantity: quantity, Satisfies: []vf.ID{"need/yarn"}}}
			case 4:
				quantity.HasNumericalValue = quantity.HasNumericalValue.Neg()
				a.Kind, a.Records = journal.Correct, []vf.Record{&vf.EconomicEvent{ID: vf.ID(fmt.Sprint("correction/", i)), Corrects: id, ResourceQuantity: quantity}}
			case 5:
				a.Kind, a.Records = journal.Change, []vf.Record{&vf.Agent{ID: a.Author, Type: "Person", Name: fmt.Sprint("Name ", i)}}
			case 6:
				a.Kind, a.Of = journal.Erase, []vf.ID{pick("agent/ann", "agent/bob", id)}
			case 7:
				a.Kind, a.Of = journal.Finish, []vf.ID{pick("process/spin", "need/yarn")}
			case 8:
				a.Kind, a.Of = journal.Withdraw, []vf.ID{pick("need/yarn", "agent/bob", "spec/wool")}
			}
			before := b.Journal().Size()
			if _, err := b.Do(context.Background(), a); err != nil && b.Journal().Size() != before {
				rt.Fatalf("%v was refused but entered: %v", a, err)
			}
		}
		g, err := b.Graph()
		if err != nil {
			rt.Fatal(err)
		}
		b.sound()
		b.reopen()
		again, err := b.Graph()
		if err != nil {
			rt.Fatal(err)
		}
		if d := cmp.Diff(encoded(g), encoded(again)); d != "" {
			rt.Fatal(d)
		}
	})
}
