package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"commonweal/plan"
	"commonweal/vf"
)

// TestNeedsAreThoseOfTheReport: the short way and the long way say the same.
func TestNeedsAreThoseOfTheReport(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := drawNetwork(t)
		p, err := plan.New(&n.g, n.settings())
		if err != nil {
			t.Fatal(err)
		}
		less := func(x, y plan.Need) bool { return x.ID < y.ID }
		if diff := cmp.Diff(p.Report().Needs, p.Needs(), cmpopts.IgnoreFields(plan.Need{}, "From"), cmpopts.SortSlices(less),
			cmp.Comparer(func(x, y vf.Decimal) bool { return x == y }), cmp.Comparer(func(x, y vf.Time) bool { return x.Equal(y.Time) })); diff != "" {
			t.Fatal(diff)
		}
	})
}
