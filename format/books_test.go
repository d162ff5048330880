package format

import (
	"bytes"
	"encoding/csv"
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
func hledgerBalance(t interface{ Fatalf(string, ...any) }, folder string, journal []byte) map[string]string {
	program, err := exec.LookPath("hledger")
	if err != nil {
		t.Fatalf("hledger is not installed (Debian: apt-get install hledger): %v", err)
	}
	file := filepath.Join(folder, "books.journal")
	if err := os.WriteFile(file, journal, 0o600); err != nil {
		t.Fatalf("%v", err)
	}
	var out, errs bytes.Buffer
	cmd := exec.Command(program, "-f", file, "balance", "--flat", "--no-total", "-E", "-O", "csv", "accounting:", "onhand:", "effort:")
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

// TestHledgerBalancesEqualOurs makes random events over three resources in two
// units and compares hledger's balances with sums made by hand here.
func TestHledgerBalancesEqualOurs(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		g := &vf.Graph{
			Units: []*vf.Unit{{ID: "unit/kg", Label: "kg", OmUnitIdentifier: "kilogram"}, {ID: "unit/g", Label: "g", OmUnitIdentifier: "gram"}, {ID: "unit/h", Label: "h", OmUnitIdentifier: "hour"}},
			EconomicResources: []*vf.EconomicResource{
				{ID: "stock/a;1", ConformsTo: "spec/wool", AccountingQuantity: vf.Measure{HasUnit: "unit/kg"}},
				{ID: "stock/b:%2", ConformsTo: "spec/wool", OnhandQuantity: vf.Measure{HasUnit: "unit/g"}},
				{ID: "stock/c", ConformsTo: "spec/wool", AccountingQuantity: vf.Measure{HasUnit: "unit/kg"}},
			},
		}
		accounts := []string{"stock/a%3B1", "stock/b%3A%252", "stock/c"}
		want := book{}
		scale := []vf.Decimal{vf.NewDecimal(1, 3), vf.Whole(1), vf.NewDecimal(1, 3)} // of a gram, in the resource's unit
		add := func(kind string, i int, grams int64, sign int64) {
			d, err := vf.Whole(grams * sign).Mul(scale[i])
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
					add(kind, from, grams, 1)
				case vf.Decrement:
					add(kind, from, grams, -1)
				case vf.DecrementIncrement:
					add(kind, from, grams, -1)
					add(kind, to, grams, 1)
				case vf.IncrementTo:
					add(kind, to, grams, 1)
				}
			}
		}
		if rapid.Bool().Draw(t, "correct") { // takes the first back, naming nothing but it
			was := g.EconomicEvents[0]
			c := &vf.EconomicEvent{ID: "event/correction", Corrects: was.ID, Action: was.Action, ResourceQuantity: was.ResourceQuantity, EffortQuantity: was.EffortQuantity}
			c.ResourceQuantity.HasNumericalValue = was.ResourceQuantity.HasNumericalValue.Neg()
			c.EffortQuantity.HasNumericalValue = was.EffortQuantity.HasNumericalValue.Neg()
			g.EconomicEvents = []*vf.EconomicEvent{was, c}
			want = book{}
		}
		var journal bytes.Buffer
		if err := Hledger(&journal, g); err != nil {
			t.Fatal(err)
		}
		got := book{}
		for account, text := range hledgerBalance(t, folder, journal.Bytes()) {
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
