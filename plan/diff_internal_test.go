package plan

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"commonweal/vf"
)

// writeChanges writes changes in short: +source end qty, -…, ~source end qty>end qty.
func writeChanges(list []stepChange) string {
	var b strings.Builder
	for _, x := range list {
		switch {
		case x.kind == stepAdded:
			fmt.Fprintf(&b, "+%d %d×%d; ", x.new.source, x.new.end, x.new.qty)
		case x.kind == stepRemoved:
			fmt.Fprintf(&b, "-%d %d×%d; ", x.left.source, x.left.end, x.left.qty)
		default:
			word := map[uint8]string{stepMoved: "moved", stepResized: "resized", stepMoved | stepResized: "moved and resized"}[x.kind]
			fmt.Fprintf(&b, "%d %s %d×%d > %d×%d; ", x.new.source, word, x.left.end, x.left.qty, x.new.end, x.new.qty)
		}
	}
	return strings.TrimSuffix(b.String(), "; ")
}

func stepsOf(of ...int64) (list []step) {
	for i := 0; i < len(of); i += 3 {
		list = append(list, step{source: int32(of[i]), end: of[i+1], begin: of[i+1] - 1, qty: of[i+2]})
	}
	return list
}

func TestStepsAreMatched(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		left, came []step
		want       string
	}{
		{"nothing changed", stepsOf(1, 10, 5, 2, 10, 5), stepsOf(2, 10, 5, 1, 10, 5), ""},
		{"another date", stepsOf(1, 10, 5), stepsOf(1, 12, 5), "1 moved 10×5 > 12×5"},
		{"another quantity", stepsOf(1, 10, 5), stepsOf(1, 10, 7), "1 resized 10×5 > 10×7"},
		{"both", stepsOf(1, 10, 5), stepsOf(1, 12, 7), "1 moved and resized 10×5 > 12×7"},
		{"one more at an earlier time moves nothing", stepsOf(1, 10, 5, 1, 20, 5), stepsOf(1, 4, 5, 1, 10, 5, 1, 20, 5), "+1 4×5"},
		{"in order of time", stepsOf(1, 10, 5, 1, 20, 6), stepsOf(1, 11, 5, 1, 22, 6), "1 moved 10×5 > 11×5; 1 moved 20×6 > 22×6"},
		{"the one of the same date stays there", stepsOf(1, 10, 5, 1, 20, 5), stepsOf(1, 20, 6, 1, 30, 5), "1 resized 20×5 > 20×6; 1 moved 10×5 > 30×5"},
		{"equals among equals", stepsOf(1, 10, 5, 1, 10, 5, 1, 10, 5), stepsOf(1, 10, 5, 1, 10, 5), "-1 10×5"},
		{"sources do not mix", stepsOf(1, 10, 5), stepsOf(2, 10, 5), "-1 10×5; +2 10×5"},
		{"what is left over", stepsOf(1, 10, 5, 1, 20, 5, 3, 1, 1), stepsOf(1, 11, 5), "1 moved 10×5 > 11×5; -1 20×5; -3 1×1"},
	} {
		if got := writeChanges(matchSteps(c.left, c.came)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
	late := []step{{source: 1, begin: 5, end: 10, qty: 1}}
	if got := matchSteps([]step{{source: 1, begin: 6, end: 10, qty: 1}}, late); len(got) != 1 || got[0].kind != stepMoved {
		t.Errorf("another beginning is a move, got %+v", got)
	}
}

// Whatever left and came: applying the changes to what left gives what came, and
// for each source there are only as many additions or removals as there must be.
func TestChangesLeadFromOneToTheOther(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		draw := func() (list []step) {
			for range dice.IntN(9) {
				end := dice.Int64N(4)
				list = append(list, step{source: dice.Int32N(3), end: end, begin: end - dice.Int64N(2), qty: 1 + dice.Int64N(3)})
			}
			return list
		}
		left, came := draw(), draw()
		was, is := slices.Clone(left), slices.Clone(came)
		added, removed := map[int32]bool{}, map[int32]bool{}
		for _, x := range matchSteps(left, came) {
			switch {
			case x.kind == 0:
				t.Fatal("a change that changes nothing")
			case x.kind == stepAdded:
				added[x.new.source] = true
			case x.kind == stepRemoved:
				removed[x.left.source] = true
			}
			if x.kind != stepAdded {
				i := slices.Index(was, x.left)
				was = slices.Delete(was, i, i+1)
			}
			if x.kind != stepRemoved {
				was = append(was, x.new)
			}
		}
		for source := range added {
			if removed[source] {
				t.Fatalf("of %d some are added and some removed, though they could have moved", source)
			}
		}
		slices.SortFunc(was, compareSteps)
		slices.SortFunc(is, compareSteps)
		if !slices.Equal(was, is) {
			t.Fatalf("the changes lead to %v, not to %v", was, is)
		}
	}
}

func BenchmarkMatchThousandSteps(b *testing.B) {
	dice := rand.New(rand.NewPCG(1, 2))
	var left, came []step
	for range 500 {
		s := step{source: dice.Int32N(200), end: dice.Int64N(1e6), qty: dice.Int64N(100)}
		left = append(left, s)
		s.end += 86400
		came = append(came, s)
	}
	for b.Loop() {
		matchSteps(slices.Clone(left), slices.Clone(came))
	}
}

// A plan on facts that were followed differs from the one before as the plan on the
// same facts read anew does; and parts that two plans share are in no diff.
func TestDiffOfFollowedFacts(t *testing.T) {
	t.Parallel()
	spec := func(id vf.ID) *vf.ResourceSpecification {
		return &vf.ResourceSpecification{ID: id, Name: string(id), DefaultUnitOfResource: "kg"}
	}
	kg := func(n int64) vf.Measure { return vf.Measure{HasNumericalValue: vf.Whole(n), HasUnit: "kg"} }
	want := func(id, of vf.ID, n int64) *vf.Intent {
		return &vf.Intent{ID: id, Action: vf.Transfer, Receiver: "b", ResourceConformsTo: of, ResourceQuantity: kg(n), Due: vf.At(86400 * 9)}
	}
	g := &vf.Graph{}
	g.Add(&vf.Unit{ID: "kg", Symbol: "kg"}, spec("wool"), spec("malt"), spec("rye"),
		&vf.Intent{ID: "offer", Action: vf.Transfer, Provider: "a", ResourceConformsTo: "wool"},
		&vf.Intent{ID: "field", Action: vf.Transfer, Provider: "a", ResourceConformsTo: "rye"},
		&vf.EconomicResource{ID: "bin", ConformsTo: "malt", OnhandQuantity: kg(5)}, want("n", "wool", 4), want("m", "malt", 3), want("r", "rye", 2))
	settings := Settings{Now: vf.At(86400), MostOrders: 1000}
	p, err := New(g, settings)
	if err != nil {
		t.Fatal(err)
	}
	n := p.net.clone()
	_, ok := n.change([]FactChange{{Before: g.Intents[2], After: want("n", "wool", 7)}, {After: want("more", "wool", 1)}, {Before: g.Intents[3]},
		{Before: g.EconomicResources[0], After: &vf.EconomicResource{ID: "bin", ConformsTo: "malt", OnhandQuantity: kg(2)}}})
	if !ok {
		t.Fatal("these changes can be followed")
	}
	followed := &Plan{net: n, settings: settings}
	followed.parts, followed.partOf = n.divide(&followed.settings, n.arrange())
	solveAll(newDesk(n), followed.parts)
	anew, err := New(n.facts.Graph(), settings)
	if err != nil {
		t.Fatal(err)
	}
	one, _ := json.Marshal(followed.Diff(p))
	two, _ := json.Marshal(anew.Diff(p))
	var a, b map[string]any
	_, _ = json.Unmarshal(one, &a), json.Unmarshal(two, &b)
	if diff := cmp.Diff(b, a, cmpopts.SortSlices(func(x, y string) bool { return x < y })); diff != "" {
		t.Errorf("-anew +followed:\n%s", diff)
	}
	if len(followed.Diff(p).Facts()) != 4 {
		t.Errorf("the facts are %q, want 4", followed.Diff(p).Facts())
	}
	rye := followed.partOf[n.plain["rye"]]
	followed.parts[rye] = p.parts[p.partOf[p.net.plain["rye"]]]
	for _, s := range followed.steps(p, n) {
		if s.part == rye {
			t.Error("a part that both plans share has steps in the diff")
		}
	}
}
