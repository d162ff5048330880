package plan

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
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
