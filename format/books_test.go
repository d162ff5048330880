package format

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"commonweal/vf"
)

// hledgerBalance runs Debian's hledger and returns the balance of each account,
// one text for each commodity.
func hledgerBalance(t interface{ Fatalf(string, ...any) }, folder string, journal []byte, accounts ...string) map[string]string {
	program, err := exec.LookPath("hledger")
	if err != nil {
		t.Fatalf("hledger is not installed (Debian: apt-get install hledger): %v", err)
	}
	file := filepath.Join(folder, "books.journal")
	if err := os.WriteFile(file, journal, 0o600); err != nil {
		t.Fatalf("%v", err)
	}
	var out, errs bytes.Buffer
	cmd := exec.Command(program, "-f", file, "balance", "--flat", "--no-total", "-E", "-O", "csv")
	cmd.Args = append(cmd.Args, accounts...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("hledger: %v: %s\n%s", err, errs.String(), journal)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatalf("%v", err)
	}
	balance := map[string]string{}
	for _, r := range rows[1:] {
		balance[r[0]] = r[1]
	}
	return balance
}

// book is what a test expects hledger to say.
type book map[string]vf.Decimal

func (b book) add(t *rapid.T, account string, d vf.Decimal) {
	sum, err := b[account].Add(d)
	if err != nil {
		t.Fatal(err)
	}
	b[account] = sum
}

// accounts are the names that hledger has for the resources of threeResources.
var accounts = []string{"stock/a%3B1", "stock/b%3A%252", "stock/c"}

// gram is a gram in the unit of each of threeResources.
var gram = []vf.Decimal{vf.NewDecimal(1, 3), vf.Whole(1), vf.NewDecimal(1, 3)}

func threeResources() *vf.Graph {
	return &vf.Graph{
		Units: []*vf.Unit{{ID: "unit/kg", Label: "kg", OmUnitIdentifier: "kilogram"}, {ID: "unit/g", Label: "g", OmUnitIdentifier: "gram"}, {ID: "unit/h", Label: "h", OmUnitIdentifier: "hour"}},
		EconomicResources: []*vf.EconomicResource{
			{ID: "stock/a;1", ConformsTo: "spec/wool", AccountingQuantity: vf.Measure{HasUnit: "unit/kg"}},
			{ID: "stock/b:%2", ConformsTo: "spec/wool", OnhandQuantity: vf.Measure{HasUnit: "unit/g"}},
			{ID: "stock/c", ConformsTo: "spec/wool", AccountingQuantity: vf.Measure{HasUnit: "unit/kg"}},
		},
	}
}

// drawEvents adds random events to the graph and says what the accounts of
// hledger must hold after them, by a reading of the action table of its own.
func drawEvents(t *rapid.T, g *vf.Graph) book {
	want := book{}
	add := func(kind string, i int, grams int64) {
		d, err := vf.Whole(grams).Mul(gram[i])
		if err != nil {
			t.Fatal(err)
		}
		want.add(t, kind+":"+accounts[i], d)
	}
	for n := range rapid.IntRange(1, 30).Draw(t, "events") {
		row := rapid.SampledFrom(vf.ActionTable).Draw(t, "action")
		from, to := rapid.IntRange(0, 2).Draw(t, "from"), rapid.IntRange(0, 2).Draw(t, "to")
		grams := rapid.Int64Range(0, 1e12).Draw(t, "grams")
		e := &vf.EconomicEvent{ID: vf.ID(fmt.Sprintf("event/%d", n)), Action: row.Action, Provider: "agent/p", Receiver: "agent/r",
			ResourceInventoriedAs: g.EconomicResources[from].ID, ToResourceInventoriedAs: g.EconomicResources[to].ID,
			ResourceConformsTo: "spec/wool", ResourceQuantity: vf.Measure{HasNumericalValue: vf.Whole(grams), HasUnit: "unit/g"}}
		if row.Action == vf.Work {
			e.ResourceQuantity, e.EffortQuantity = vf.Measure{}, vf.Measure{HasNumericalValue: vf.Whole(grams), HasUnit: "unit/h"}
			want.add(t, "effort:agent/p", vf.Whole(grams))
		}
		g.EconomicEvents = append(g.EconomicEvents, e)
		for kind, effect := range map[string]vf.Effect{"accounting": row.Accounting, "onhand": row.Onhand} {
			switch effect {
			case vf.Increment:
				add(kind, from, grams)
			case vf.Decrement:
				add(kind, from, -grams)
			case vf.DecrementIncrement:
				add(kind, from, -grams)
				add(kind, to, grams)
			case vf.IncrementTo:
				add(kind, to, grams)
			}
		}
	}
	return want
}

// takeBack leaves only the first event and a correction of it that names
// nothing but what it corrects.
func takeBack(g *vf.Graph) book {
	was := g.EconomicEvents[0]
	c := &vf.EconomicEvent{ID: "event/correction", Corrects: was.ID, Action: was.Action, ResourceQuantity: was.ResourceQuantity, EffortQuantity: was.EffortQuantity}
	c.ResourceQuantity.HasNumericalValue = was.ResourceQuantity.HasNumericalValue.Neg()
	c.EffortQuantity.HasNumericalValue = was.EffortQuantity.HasNumericalValue.Neg()
	g.EconomicEvents = []*vf.EconomicEvent{was, c}
	return book{}
}

// TestHledgerBalancesEqualOurs makes random events over three resources in two
// units and compares hledger's balances with sums made by hand here.
func TestHledgerBalancesEqualOurs(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		g := threeResources()
		want := drawEvents(t, g)
		if rapid.Bool().Draw(t, "correct") {
			want = takeBack(g)
		}
		var journal bytes.Buffer
		if err := Hledger(&journal, g); err != nil {
			t.Fatal(err)
		}
		got := book{}
		for account, text := range hledgerBalance(t, folder, journal.Bytes(), "^accounting:", "^onhand:", "^effort:") {
			number, _, _ := strings.Cut(text, " ")
			d, err := vf.ParseDecimal(number)
			if err != nil {
				t.Fatalf("%s: %q: %v", account, text, err)
			}
			got[account] = d
		}
		for _, b := range []book{want, got} {
			for account, d := range b {
				if d.IsZero() {
					delete(b, account)
				}
			}
		}
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b vf.Decimal) bool { return a == b })); diff != "" {
			t.Fatalf("hledger differs (-ours +hledger):\n%s\n%s", diff, journal.String())
		}
	})
}

// What came and went stands once in each of its accounts, by date and then by
// id, and a transfer names both agents.
func TestHledgerTellsFlowsOnce(t *testing.T) {
	t.Parallel()
	g := threeResources()
	event := func(id vf.ID, day int64, a vf.Action, kilograms int64) *vf.EconomicEvent {
		return &vf.EconomicEvent{ID: id, Action: a, HasPointInTime: vf.At(day * 86400), Provider: "agent/p", Receiver: "agent/p", ResourceConformsTo: "spec/wool",
			ResourceInventoriedAs: "stock/c", ResourceQuantity: vf.Measure{HasNumericalValue: vf.Whole(kilograms), HasUnit: "unit/kg"}}
	}
	sold := event("event/d", 1, vf.Transfer, 3)
	sold.Receiver = "agent/r"
	g.EconomicEvents = []*vf.EconomicEvent{event("event/a", 2, vf.Consume, 20), sold, event("event/c", 1, vf.Produce, 50)}
	var journal, list bytes.Buffer
	if err := errors.Join(Hledger(&journal, g), WriteCSV(&list, g, "events")); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for account, n := range map[string]string{"accounting:stock/c": "27", "onhand:stock/c": "27",
		"flows:accounting:produce:agent/p": "-50", "flows:accounting:consume:agent/p": "20", "flows:accounting:transfer:agent/p": "3",
		"flows:onhand:produce:agent/p": "-50", "flows:onhand:consume:agent/p": "20", "flows:onhand:transfer:agent/p": "3"} {
		want[account] = n + ` "spec/wool kg"`
	}
	if diff := cmp.Diff(want, hledgerBalance(t, t.TempDir(), journal.Bytes())); diff != "" {
		t.Errorf("hledger differs (-ours +hledger):\n%s\n%s", diff, journal.String())
	}
	for text, order := range map[string][]string{
		journal.String(): {"1970-01-02 produce event/c\n", "1970-01-02 transfer event/d from agent/p to agent/r\n", "1970-01-03 consume event/a\n"},
		list.String():    {"\nevent/c,", "\nevent/d,", "\nevent/a,"},
	} {
		for _, part := range order {
			_, after, found := strings.Cut(text, part)
			if !found {
				t.Errorf("%q does not stand after the ones before it in\n%s\n%s", part, journal.String(), list.String())
			}
			text = after
			if strings.HasPrefix(part, "\n") {
				text = text[strings.Index(text, "\n"):]
			}
		}
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	g := read(t, carbon, readFile(t, carbon))
	g.EconomicEvents = []*vf.EconomicEvent{{ID: "e/1", Action: vf.Raise, ResourceInventoriedAs: "resource/brown-alpaca-carried-over",
		ResourceConformsTo: "spec/brown-alpaca-dirty", ResourceQuantity: vf.Measure{HasNumericalValue: vf.Whole(22), HasUnit: "unit/lb"}, HasPointInTime: vf.At(0)}}
	g.Commitments = []*vf.Commitment{{ID: "c/1", Action: vf.Transfer, Provider: "=agent/x", EffortQuantity: vf.Measure{HasNumericalValue: vf.NewDecimal(5, 1), HasUnit: "unit/lb"}, Satisfies: []vf.ID{"a", "b"}}}
	for list, want := range map[string]struct {
		rows int
		row  string
	}{
		"needs":       {12, "need/1-wolhide-brown-50-50-yarn,,transfer,spec/brown-50-50-yarn,Brown 50/50 Yarn,33,lb,,,,,,agent/wolhide,,,2023-09-01T00:00:00Z,0,1,false"},
		"offers":      {15, "offer/12-bainton-scouring-service,,deliverService,spec/scouring-service,Scouring Service,1,lb,,,,,agent/bainton,,2023-05-14T00:00:00Z,,,0,1,false"},
		"resources":   {1, "resource/brown-alpaca-carried-over,Brown alpaca carried over from last season,spec/brown-alpaca-dirty,Brown Alpaca Dirty,22,lb,22,lb,agent/carbon-farm-network,process-spec/pick-up,,,,"},
		"events":      {1, "e/1,1970-01-01T00:00:00Z,,raise,spec/brown-alpaca-dirty,Brown Alpaca Dirty,22,lb,,,,,resource/brown-alpaca-carried-over,,,,,"},
		"commitments": {1, "c/1,transfer,,,,,0.5,lb,'=agent/x,,,,,a b,false"},
	} {
		var out bytes.Buffer
		if err := WriteCSV(&out, g, list); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(out.Bytes())).ReadAll()
		if err != nil || len(rows) != want.rows+1 {
			t.Errorf("%s: %d rows, %v; want %d", list, len(rows)-1, err, want.rows)
		}
		if !strings.Contains(out.String(), "\n"+want.row+"\n") {
			t.Errorf("%s has no row %s:\n%s", list, want.row, out.String())
		}
	}
}
