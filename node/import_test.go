package node_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"commonweal/format"
	"commonweal/journal"
	"commonweal/ledger"
	"commonweal/node"
	"commonweal/vf"
)

// many makes n records of the kinds that a spreadsheet brings.
func many(n int) []vf.Record {
	list := []vf.Record{&vf.Unit{ID: "unit/one", Label: "each", OmUnitIdentifier: "one"}, &vf.Agent{ID: "agent/wool", Type: "Organization", Name: "Wool"}}
	for i := 0; len(list) < n; i++ {
		spec := vf.ID("spec/" + strconv.Itoa(i))
		process := vf.ID("recipe-process/" + strconv.Itoa(i))
		list = append(list,
			&vf.ResourceSpecification{ID: spec, Name: fmt.Sprint("Item ", i), DefaultUnitOfResource: "unit/one"},
			&vf.RecipeProcess{ID: process, Name: fmt.Sprint("Make ", i)},
			&vf.RecipeFlow{ID: process + "/out", Action: vf.Produce, RecipeOutputOf: process, ResourceConformsTo: spec, ResourceQuantity: one("1", "unit/one")},
			&vf.RecipeFlow{ID: process + "/in", Action: vf.Consume, RecipeInputOf: process, ResourceConformsTo: "spec/0", ResourceQuantity: one("2", "unit/one")},
			&vf.EconomicResource{ID: vf.ID("resource/" + strconv.Itoa(i)), ConformsTo: spec, PrimaryAccountable: "agent/wool", OnhandQuantity: one(strconv.Itoa(i), "unit/one"), AccountingQuantity: one(strconv.Itoa(i), "unit/one")},
		)
	}
	return list
}

func TestImport(t *testing.T) {
	t.Parallel()
	n := 6000
	if s := os.Getenv("COMMONWEAL_IMPORT"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	b := begin(t)
	records := many(n)
	var last, total int
	start := time.Now()
	r := b.do(node.Act{Kind: journal.Declare, Key: "import", Records: records, Progress: func(done, of int) { last, total = done, of }})
	t.Logf("%d records entered in %d entries in %v", len(r.Records), r.Entries, time.Since(start))
	if last != total || total != len(r.Records) || r.Entries != int64((total+999)/1000) {
		t.Errorf("progress %d of %d, result %d records in %d entries", last, total, len(r.Records), r.Entries)
	}
	start = time.Now()
	b.reopen()
	t.Logf("opened in %v", time.Since(start))
	start = time.Now()
	g, err := b.Graph()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("graph of %d in %v", len(g.All()), time.Since(start))
	if again := b.do(node.Act{Kind: journal.Declare, Key: "import", Records: many(n)}); !again.Repeated || again.Entries != r.Entries || len(again.Records) != len(r.Records) {
		t.Errorf("the same import again: %v %d %d", again.Repeated, again.Entries, len(again.Records))
	}
	other := many(n)
	other[len(other)-1].(*vf.EconomicResource).OnhandQuantity = one("1", "unit/one")
	b.refused("keyUsed", node.Act{Kind: journal.Declare, Key: "import", Records: other})
	b.refused("nothingNew", node.Act{Kind: journal.Declare, Key: "import again", Records: many(n)[:4]})
	start = time.Now()
	b.sound()
	t.Logf("replayed and verified in %v", time.Since(start))
}

func TestRealNetwork(t *testing.T) {
	t.Parallel()
	f, err := os.Open("../examples/carbon-farm-network.jsonld")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	g, err := format.ReadNetwork("carbon-farm-network.jsonld", f, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := begin(t)
	b.do(node.Act{Kind: journal.Declare, Key: "import", Records: g.All()})
	now, err := b.Graph()
	if err != nil {
		t.Fatal(err)
	}
	if len(now.All()) != len(g.All())+1 || len(now.EconomicEvents) != 1 || now.EconomicEvents[0].Action != vf.Raise {
		t.Errorf("%d records became %d, with %d events", len(g.All()), len(now.All()), len(now.EconomicEvents))
	}
	if r := now.EconomicResources[0]; r.OnhandQuantity.String() != "22 lb" || r.Stage != "process-spec/pick-up" {
		t.Errorf("%+v", r)
	}
	b.refused("stillUsed", node.Act{Kind: journal.Withdraw, Key: "w", Of: []vf.ID{"offer/1-lazy-acre-alpaca-brown-alpaca-dirty"}})
	b.do(node.Act{Kind: journal.Withdraw, Key: "w", Of: []vf.ID{"offer/1-lazy-acre-alpaca-brown-alpaca-dirty", "proposal/1-lazy-acre-alpaca-brown-alpaca-dirty"}})
	b.sound()
}

// What a file says of stock is the outcome of its events, in whatever unit they
// count, and what was there before is before all that is recorded later.
func TestOpening(t *testing.T) {
	t.Parallel()
	b := begin(t)
	gram := &vf.Unit{ID: "unit/g", Label: "gram", Symbol: "g", OmUnitIdentifier: "gram"}
	produce := &vf.EconomicEvent{ID: "event/grams", Action: vf.Produce, OutputOf: "process/spin", ResourceInventoriedAs: "resource/yarn",
		Provider: "agent/ann", Receiver: "agent/ann", ResourceQuantity: one("1250", "unit/g"), HasPointInTime: vf.At(1700000000)}
	move := &vf.EconomicEvent{ID: "event/move", Action: vf.Move, ResourceInventoriedAs: "resource/yarn", ToResourceInventoriedAs: "resource/shelf",
		Provider: "agent/ann", Receiver: "agent/ann", ResourceQuantity: one("0.1", "unit/kg"), HasPointInTime: vf.At(1700000001)}
	thing := func(id vf.ID, accounting, onhand vf.Measure) *vf.EconomicResource {
		return &vf.EconomicResource{ID: id, ConformsTo: "spec/yarn", PrimaryAccountable: "agent/ann", AccountingQuantity: accounting, OnhandQuantity: onhand}
	}
	records := append(knowledge(), gram, produce, move, &vf.Process{ID: "process/spin", Name: "Spin"},
		thing("resource/yarn", one("2.15", "unit/kg"), one("2150", "unit/g")), thing("resource/shelf", one("0.1", "unit/kg"), one("0.1", "unit/kg")))
	act := node.Act{Kind: journal.Declare, Key: "import", Records: records}
	b.do(act)
	if again := b.do(act); !again.Repeated {
		t.Errorf("%+v", again)
	}
	if r, err := b.Record("resource/yarn/opening"); err != nil || r == nil || r.(*vf.EconomicEvent).ResourceQuantity.String() != "1 kg" {
		t.Errorf("opening %+v %v", r, err)
	}
	for _, id := range []vf.ID{"resource/shelf/opening", "resource/yarn/opening-custody"} {
		if r, err := b.Record(id); err != nil || r != nil {
			t.Errorf("%s: %+v %v", id, r, err)
		}
	}
	if yarn, shelf := b.onhand("resource/yarn"), b.onhand("resource/shelf"); yarn != "2.15 kg" || shelf != "0.1 kg" {
		t.Errorf("on hand %s and %s", yarn, shelf)
	}
	early := &vf.EconomicEvent{ID: "event/early", Action: vf.Consume, InputOf: "process/spin", ResourceInventoriedAs: "resource/yarn",
		ResourceQuantity: one("0.5", "unit/kg"), HasPointInTime: vf.At(1600000000)}
	b.do(node.Act{Kind: journal.Record, Key: "early", Records: []vf.Record{early}})
	err := b.Read(func(s *ledger.State) error {
		rows, err := s.Trace("event/early")
		if err != nil || len(rows) != 2 || rows[0].Event.ID != "resource/yarn/opening" || rows[0].Event.Created.IsZero() {
			t.Errorf("%+v %v", rows, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	b.sound()
}
