package plan_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"commonweal/plan"
	"commonweal/rule"
	"commonweal/vf"
)

// decode reads a record in JSON.
func decode(t *testing.T, text string) vf.Record {
	t.Helper()
	r, err := vf.Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func planOf(t *testing.T, words string, records ...string) (*plan.Plan, *plan.Report) {
	t.Helper()
	n := readCase(words)
	for _, r := range records {
		n.g.Add(decode(t, r))
	}
	p := mustPlan(t, n)
	r := p.Report()
	if faults := check(&n.g, n.now, r); len(faults) > 0 {
		t.Errorf("%s\n%s", strings.Join(faults, "\n"), show(r))
	}
	return p, r
}

func expect(t *testing.T, r *plan.Report, want string) {
	t.Helper()
	if diff := cmp.Diff(strings.TrimSpace(want), strings.TrimSpace(show(r))); diff != "" {
		t.Errorf("the plan differs (-want +got):\n%s", diff)
	}
}

// A process that was begun still takes 6 of the 10 it was promised and gives what
// is left of its 8; the plan lets it be and works around it.
func TestFirmProcess(t *testing.T) {
	t.Parallel()
	_, r := planOf(t, "now 2\nstock flour 20\nneed n bread 12 on 6\nrecipe bake days 1 makes bread 1 takes flour 1",
		`{"@id":"p","@type":"Process","name":"baking","hasBeginning":"2026-01-02T00:00:00Z","hasEnd":"2026-01-05T00:00:00Z"}`,
		`{"@id":"c-in","@type":"Commitment","action":"consume","inputOf":"p","provider":"a","receiver":"b","resourceConformsTo":"flour","resourceQuantity":{"hasNumericalValue":"10","hasUnit":"unit/piece"}}`,
		`{"@id":"e-in","@type":"EconomicEvent","action":"consume","inputOf":"p","provider":"a","receiver":"b","resourceConformsTo":"flour","resourceQuantity":{"hasNumericalValue":"4","hasUnit":"unit/piece"},"fulfills":["c-in"]}`,
		`{"@id":"c-out","@type":"Commitment","action":"produce","outputOf":"p","provider":"b","receiver":"b","resourceConformsTo":"bread","resourceQuantity":{"hasNumericalValue":"8","hasUnit":"unit/piece"},"due":"2026-01-05T00:00:00Z"}`,
		`{"@id":"e-out","@type":"EconomicEvent","action":"produce","outputOf":"p","provider":"b","receiver":"b","resourceConformsTo":"bread","resourceQuantity":{"hasNumericalValue":"3","hasUnit":"unit/piece"},"fulfills":["c-out"]}`)
	expect(t, r, `
p 1..4 +bread 8 -flour 10
bake/20260107 5..6 +bread 7 -flour 7
n onTime: 12 on 6`)
	for _, f := range r.Flows {
		if f.ID == "c-in" && (!f.Firm || len(f.From) != 1 || f.From[0].ResourceQuantity.HasNumericalValue != vf.Whole(6)) {
			t.Errorf("the firm input takes %v, want 6 of the stock", f.From)
		}
	}
}

// What a firm process cannot get is said, and comes before every need.
func TestFirmProcessComesFirst(t *testing.T) {
	t.Parallel()
	_, r := planOf(t, "now 0\nstock flour 8\nneed n flour 5 on 1",
		`{"@id":"p","@type":"Process","hasBeginning":"2026-01-05T00:00:00Z","hasEnd":"2026-01-06T00:00:00Z"}`,
		`{"@id":"c","@type":"Commitment","action":"consume","inputOf":"p","provider":"a","receiver":"b","resourceConformsTo":"flour","resourceQuantity":{"hasNumericalValue":"6","hasUnit":"unit/piece"}}`)
	expect(t, r, `
p 4..5 -flour 6
n short: 2 on 1
shortage: Short of flour: 3 pc more needed by 2026-01-02; there is no more than 8 pc on hand, and no recipe makes it. It touches 1 need.
short: 5 pc of flour for b by 2026-01-02: short by 3 pc, 2 pc covered, because 3 pc of flour missing on 2026-01-02: there is no more than 8 pc on hand, and no recipe makes it.`)
}

// A promise to a need covers it; what is still open is planned.
func TestPromiseToANeed(t *testing.T) {
	t.Parallel()
	_, r := planOf(t, "now 0\nrecipe bake days 1 makes bread 1\nneed n bread 10 on 5",
		`{"@id":"c","@type":"Commitment","action":"transfer","provider":"a","receiver":"b","resourceConformsTo":"bread","resourceQuantity":{"hasNumericalValue":"4","hasUnit":"unit/piece"},"due":"2026-01-04T00:00:00Z","satisfies":["n"]}`,
		`{"@id":"e","@type":"EconomicEvent","action":"transfer","provider":"a","receiver":"b","resourceConformsTo":"bread","resourceQuantity":{"hasNumericalValue":"1","hasUnit":"unit/piece"},"fulfills":["c"]}`)
	expect(t, r, `
bake/20260106 4..5 +bread 6
n onTime: 3 on 3 6 on 5`)
	for _, f := range r.Flows {
		if f.ID == "c" && (len(f.Pegs) != 1 || f.Pegs[0].Need != "n" || f.Pegs[0].ResourceQuantity.HasNumericalValue != vf.Whole(3)) {
			t.Errorf("the promise is pegged %v, want 3 to n", f.Pegs)
		}
	}
}

// What is promised of an offer is no longer offered, and comes on its day.
func TestPromiseOfAnOffer(t *testing.T) {
	t.Parallel()
	_, r := planOf(t, "now 0\noffer wool available 10\nneed n wool 10 on 5",
		`{"@id":"c","@type":"Commitment","action":"transfer","provider":"a","receiver":"mill","resourceConformsTo":"wool","resourceQuantity":{"hasNumericalValue":"4","hasUnit":"unit/piece"},"due":"2026-01-04T00:00:00Z","satisfies":["offer/wool"]}`)
	expect(t, r, `
take offer/wool 6 by 5
n onTime: 10 on 5`)
}

// A finished commitment counts what came of it, and no more.
func TestFinishedCommitment(t *testing.T) {
	t.Parallel()
	_, r := planOf(t, "now 0\nneed n wool 10 on 5\nstock wool 3",
		`{"@id":"c","@type":"Commitment","action":"transfer","provider":"a","receiver":"mill","resourceConformsTo":"wool","resourceQuantity":{"hasNumericalValue":"7","hasUnit":"unit/piece"},"due":"2026-01-04T00:00:00Z","finished":true}`,
		`{"@id":"e","@type":"EconomicEvent","action":"transfer","provider":"a","receiver":"mill","resourceConformsTo":"wool","resourceQuantity":{"hasNumericalValue":"3","hasUnit":"unit/piece"},"fulfills":["c"]}`)
	if r.Needs[0].State != "short" || r.Needs[0].Coverage[0].ResourceQuantity.HasNumericalValue != vf.Whole(3) {
		t.Errorf("covered %v, want the 3 that came", r.Needs[0].Coverage)
	}
}

// Things that are not substitutable serve only those who name them, and what is
// at another place, or in another state, is another thing.
func TestDifferentThingsDoNotMix(t *testing.T) {
	t.Parallel()
	measure := `{"hasNumericalValue":"1","hasUnit":"unit/piece"}`
	for _, c := range []struct{ name, resource, need, state string }{
		{"named", `"conformsTo":"bike"`, `"resourceInventoriedAs":"r"`, "onTime"},
		{"another named", `"conformsTo":"bike"`, `"resourceInventoriedAs":"other"`, "short"},
		{"not named", `"conformsTo":"bike"`, `"note":"any"`, "short"},
		{"same place", `"conformsTo":"crate","currentLocation":"barn"`, `"place":"barn"`, "onTime"},
		{"other place", `"conformsTo":"crate","currentLocation":"barn"`, `"place":"mill"`, "short"},
		{"no place asked", `"conformsTo":"crate","currentLocation":"barn"`, `"note":"any"`, "onTime"},
		{"state", `"conformsTo":"crate","state":"pass"`, `"state":"pass"`, "onTime"},
		{"other state", `"conformsTo":"crate","state":"fail"`, `"state":"pass"`, "short"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			spec := "crate"
			if strings.Contains(c.resource, "bike") {
				spec = "bike"
			}
			_, r := planOf(t, "now 0",
				`{"@id":"bike","@type":"ResourceSpecification","name":"bike","substitutable":false,"defaultUnitOfResource":"unit/piece"}`,
				`{"@id":"crate","@type":"ResourceSpecification","name":"crate","defaultUnitOfResource":"unit/piece"}`,
				`{"@id":"r","@type":"EconomicResource","onhandQuantity":`+measure+`,`+c.resource+`}`,
				`{"@id":"n","@type":"Intent","action":"transfer","receiver":"b","resourceConformsTo":"`+spec+`","due":"2026-01-04T00:00:00Z","resourceQuantity":`+measure+`,`+c.need+`}`)
			if r.Needs[0].State != c.state {
				t.Errorf("the need is %s, want %s\n%s", r.Needs[0].State, c.state, show(r))
			}
		})
	}
}

// Kilograms and pounds convert exactly; what is required rounds up, what there is
// rounds down, to the step of the unit.
func TestUnitsConvert(t *testing.T) {
	t.Parallel()
	_, r := planOf(t, "now 0",
		`{"@id":"unit/kg","@type":"Unit","label":"kilogram","symbol":"kg","omUnitIdentifier":"kilogram"}`,
		`{"@id":"unit/lb","@type":"Unit","label":"pound","symbol":"lb","omUnitIdentifier":"pound-avoirdupois"}`,
		`{"@id":"wool","@type":"ResourceSpecification","name":"wool","defaultUnitOfResource":"unit/kg"}`,
		`{"@id":"r","@type":"EconomicResource","conformsTo":"wool","onhandQuantity":{"hasNumericalValue":"10","hasUnit":"unit/lb"}}`,
		`{"@id":"n","@type":"Intent","action":"transfer","receiver":"b","resourceConformsTo":"wool","due":"2026-01-04T00:00:00Z","resourceQuantity":{"hasNumericalValue":"10","hasUnit":"unit/lb"}}`)
	got := r.Needs[0]
	if got.Wanted.HasNumericalValue.String() != "4.535924" || got.Coverage[0].ResourceQuantity.HasNumericalValue.String() != "4.535923" || got.State != "short" {
		t.Errorf("wanted %v, covered %v, %s", got.Wanted, got.Coverage, got.State)
	}
}

// What makes no sense is a problem with its place, and the rest is planned.
func TestBrokenDataIsToldAndTheRestPlanned(t *testing.T) {
	t.Parallel()
	_, r := planOf(t, "now 0\nstock A 5\nneed n A 5 on 3",
		`{"@id":"unit/l","@type":"Unit","label":"litre","omUnitIdentifier":"litre"}`,
		`{"@id":"unit/kg","@type":"Unit","label":"kilogram","omUnitIdentifier":"kilogram"}`,
		`{"@id":"milk","@type":"ResourceSpecification","name":"milk","defaultUnitOfResource":"unit/l"}`,
		`{"@id":"undated","@type":"Intent","action":"transfer","receiver":"b","resourceConformsTo":"A","resourceQuantity":{"hasNumericalValue":"1","hasUnit":"unit/piece"}}`,
		`{"@id":"in-kg","@type":"Intent","action":"transfer","receiver":"b","resourceConformsTo":"milk","due":"2026-01-04T00:00:00Z","resourceQuantity":{"hasNumericalValue":"1","hasUnit":"unit/kg"}}`)
	if len(r.Needs) != 1 || r.Needs[0].State != "onTime" || len(r.Problems) != 2 {
		t.Fatalf("want one need on time and two problems\n%s", show(r))
	}
	for i, want := range []string{"in-kg cannot be planned: unit/kg measures mass, but unit/l measures volume", "undated cannot be planned: it has no date"} {
		if !strings.HasPrefix(r.Problems[i].Text, want) {
			t.Errorf("problem %q, want %q", r.Problems[i].Text, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     rule.Name
		words    string
		settings plan.Settings
	}{
		{"planWithoutNow", "need n A 1 on 1", plan.Settings{}},
		{"planOverflow", "recipe a makes A 1 takes B 9000000\nrecipe b makes B 1 takes C 9000000\noffer C\nneed n A 1000000 on 1", plan.Settings{Now: days("0")}},
		{"planTooLarge", "recipe a makes A 1 most 1\nneed n A 101 on 1", plan.Settings{Now: days("0"), MostOrders: 100}},
	} {
		t.Run(string(c.name), func(t *testing.T) {
			t.Parallel()
			n := readCase(c.words)
			_, err := plan.New(&n.g, c.settings)
			var r *rule.Refusal
			if !errors.As(err, &r) || r.Rule != c.name {
				t.Errorf("got %v, want %s", err, c.name)
			}
		})
	}
	n := readCase("need n A 1 on 1")
	n.now = days("0")
	_, err := mustPlan(t, n).Why("m")
	var r *rule.Refusal
	if !errors.As(err, &r) || r.Rule != "needNotPlanned" {
		t.Errorf("got %v, want needNotPlanned", err)
	}
}

// Why walks back from a need to what it rests on, each with the part that serves it.
func TestWhy(t *testing.T) {
	t.Parallel()
	p, _ := planOf(t, "now 0\nstock raw 5\noffer raw\nrecipe make days 2 makes A 1 takes raw 2\nneed n A 5 on 9\nneed m A 15 on 9")
	w, err := p.Why("n")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range w.Rests {
		got = append(got, strings.Repeat("  ", r.Depth)+r.Text)
	}
	want := []string{
		"5 pc of A from make, 2026-01-08 to 2026-01-10",
		"  1.25 pc of raw on hand (stock/raw)",
		"  8.75 pc of raw taken from a on 2026-01-08 (offer/raw)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
