package plan_test

import (
	"errors"
	"slices"
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

// A promise of what the network knows no way to comes from outside: it covers the
// need, and what is still open is planned.
func TestPromiseFromOutside(t *testing.T) {
	t.Parallel()
	_, r := planOf(t, "now 0\noffer bread\nneed n bread 10 on 5",
		`{"@id":"c","@type":"Commitment","action":"transfer","provider":"a","receiver":"b","resourceConformsTo":"bread","resourceQuantity":{"hasNumericalValue":"4","hasUnit":"unit/piece"},"due":"2026-01-04T00:00:00Z","satisfies":["n"]}`,
		`{"@id":"e","@type":"EconomicEvent","action":"transfer","provider":"a","receiver":"b","resourceConformsTo":"bread","resourceQuantity":{"hasNumericalValue":"1","hasUnit":"unit/piece"},"fulfills":["c"]}`)
	expect(t, r, `
take offer/bread 6 by 5
n onTime: 3 on 3 6 on 5`)
	for _, f := range r.Flows {
		if f.ID == "c" && (len(f.Pegs) != 1 || f.Pegs[0].Need != "n" || f.Pegs[0].ResourceQuantity.HasNumericalValue != vf.Whole(3)) {
			t.Errorf("the promise is pegged %v, want 3 to n", f.Pegs)
		}
	}
}

// A promise of what its giver makes has to be planned for, before everything else,
// for the day of the promise; the plan serves the need that it is for.
func TestPromiseOfWhatIsMade(t *testing.T) {
	t.Parallel()
	p, r := planOf(t, "now 0\nstock flour 8\nrecipe bake days 1 makes bread 1 takes flour 1\nneed n bread 10 on 5\nneed m bread 2 on 1",
		`{"@id":"c","@type":"Commitment","action":"transfer","provider":"a","receiver":"b","resourceConformsTo":"bread","resourceQuantity":{"hasNumericalValue":"7","hasUnit":"unit/piece"},"due":"2026-01-04T00:00:00Z","satisfies":["n"]}`)
	expect(t, r, `
bake/20260102 0..1 +bread 1 -flour 1
bake/20260104 2..3 +bread 7 -flour 7
m short: 1 on 1
n short: 7 on 3
shortage: Short of flour: 4 pc more needed by 2026-01-01; there is no more than 8 pc on hand, and no recipe makes it. It touches 2 needs.
short: 2 pc of bread for b by 2026-01-02: short by 1 pc, 1 pc covered, because 1 pc of flour missing on 2026-01-01: there is no more than 8 pc on hand, and no recipe makes it.
short: 10 pc of bread for b by 2026-01-06: short by 3 pc, 7 pc covered, because 3 pc of flour missing on 2026-01-05: there is no more than 8 pc on hand, and no recipe makes it.`)
	for _, f := range r.Flows {
		if f.OutputOf == "plan/bake/20260104T000000Z" && (len(f.Pegs) != 1 || f.Pegs[0].Need != "n") {
			t.Errorf("what is baked for the promise is pegged %v, want n", f.Pegs)
		}
	}
	w, err := p.Why("n")
	if err != nil || len(w.Rests) < 3 || w.Rests[1].Process == "" {
		t.Errorf("why shows %v, want the promise, the baking and its flour", w.Rests)
	}
}

// More promised than wanted or offered is told.
func TestOverPromised(t *testing.T) {
	t.Parallel()
	promise := `"@type":"Commitment","action":"transfer","provider":"a","receiver":"b","resourceConformsTo":"wool","due":"2026-01-04T00:00:00Z","resourceQuantity":{"hasNumericalValue":"8","hasUnit":"unit/piece"}`
	_, r := planOf(t, "now 0\nneed n wool 10 on 5\noffer wool available 5",
		`{"@id":"c1",`+promise+`,"satisfies":["n"]}`, `{"@id":"c2",`+promise+`,"satisfies":["n"]}`, `{"@id":"c3",`+promise+`,"satisfies":["offer/wool"]}`)
	if len(r.Problems) != 2 || r.Problems[0].Kind != "limitExceeded" || r.Problems[0].About != "n" || r.Problems[1].About != "offer/wool" {
		t.Errorf("want the need and the offer told to be over-promised\n%s", show(r))
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
	p, r := planOf(t, "now 0\nstock A 5\nneed n A 5 on 3",
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
	list := p.Unplanned(func(id vf.ID) vf.Record {
		if id == "in-kg" {
			return &vf.Intent{ID: id, Provider: "b", ResourceConformsTo: "milk"} // an offer is no need
		}
		return &vf.Intent{ID: id, Receiver: "b", ResourceConformsTo: "A"}
	})
	if len(list) != 1 || list[0].About != "undated" {
		t.Errorf("needs that cannot be planned: %v", list)
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

func promise(id, qty, more string) string {
	return `{"@id":"` + id + `","@type":"Commitment","action":"transfer","provider":"a","receiver":"mill","resourceConformsTo":"wool","due":"2026-01-04T00:00:00Z","resourceQuantity":{"hasNumericalValue":"` + qty + `","hasUnit":"unit/piece"}` + more + `}`
}

func arrival(id, qty, more string) string {
	return `{"@id":"` + id + `","@type":"EconomicEvent","action":"transfer","provider":"a","receiver":"mill","resourceConformsTo":"wool","resourceQuantity":{"hasNumericalValue":"` + qty + `","hasUnit":"unit/piece"}` + more + `}`
}

// A correction takes back from the last promise that the event fulfilled.
func TestCorrectionOverSeveralPromises(t *testing.T) {
	t.Parallel()
	_, r := planOf(t, "now 0\nneed n wool 20 on 5", promise("c1", "3", ""), promise("c2", "7", ""),
		arrival("z", "10", `,"fulfills":["c1","c2"]`), arrival("b", "-5", `,"corrects":"z"`))
	if got := r.Needs[0].From; len(got) != 1 || got[0].Flow != "c2" || got[0].ResourceQuantity.HasNumericalValue != vf.Whole(5) {
		t.Errorf("still to come: %v, want 5 by c2", got)
	}
}

// An event that fulfils a promise to a need satisfies it once; one that satisfies
// two needs is shared out.
func TestEventsSatisfyOnce(t *testing.T) {
	t.Parallel()
	_, r := planOf(t, "now 0\nneed n wool 10 on 5", promise("c", "5", `,"satisfies":["n"]`), arrival("e", "5", `,"fulfills":["c"],"satisfies":["n"]`))
	if r.Needs[0].Delivered.HasNumericalValue != vf.Whole(5) || r.Needs[0].State != "short" {
		t.Errorf("delivered %v, %s; want 5, short", r.Needs[0].Delivered, r.Needs[0].State)
	}
	_, r = planOf(t, "now 0\nneed n wool 10 on 5\nneed m wool 10 on 5", arrival("e", "12", `,"satisfies":["n","m"]`))
	if r.Needs[0].Delivered.HasNumericalValue != vf.Whole(2) || r.Needs[1].Delivered.HasNumericalValue != vf.Whole(10) {
		t.Errorf("delivered %v and %v; want 2 to m, 10 to n", r.Needs[0].Delivered, r.Needs[1].Delivered)
	}
}

// Of a finished process nothing more comes, and it takes nothing more.
func TestFinishedProcess(t *testing.T) {
	t.Parallel()
	_, r := planOf(t, "now 0\nneed n wool 10 on 5",
		`{"@id":"p","@type":"Process","name":"shearing","hasEnd":"2026-01-03T00:00:00Z","finished":true}`,
		promise("c", "10", `,"outputOf":"p"`))
	if r.Needs[0].State != "short" || len(r.Flows) != 0 {
		t.Errorf("the need is %s with flows %v", r.Needs[0].State, r.Flows)
	}
}

// A promise for a day when the need is of no more use covers nothing, and says so.
func TestPromiseTooLate(t *testing.T) {
	t.Parallel()
	_, r := planOf(t, "now 0\noffer wool from 20\nneed n wool 10 on 1 until 2", promise("c", "10", `,"satisfies":["n"]`))
	i := slices.IndexFunc(r.Problems, func(p plan.Problem) bool { return p.Kind == "short" })
	if i < 0 || len(r.Problems[i].Causes) == 0 || r.Problems[i].Causes[0].About != "c" {
		t.Errorf("want the need short because of the late promise c\n%s", show(r))
	}
}
