package plan_test

import (
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"commonweal/plan"
	"commonweal/vf"
)

func mustPlan(t interface{ Fatalf(string, ...any) }, n *network) *plan.Plan {
	p, err := plan.New(&n.g, n.settings())
	if err != nil {
		t.Fatalf("%v", err)
	}
	return p
}

func TestEveryPlanPassesTheChecker(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := drawNetwork(t)
		r := mustPlan(t, n).Report()
		if faults := check(&n.g, n.now, r); len(faults) > 0 {
			t.Fatalf("%s\n%s", strings.Join(faults, "\n"), show(r))
		}
	})
}

func TestOrderOfFactsDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := drawNetwork(t)
		p := mustPlan(t, n)
		seed := rapid.Uint64().Draw(t, "seed")
		records := n.g.All()
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
		m := &network{now: n.now}
		m.g.Add(records...)
		q := mustPlan(t, m)
		if p.Hash() != q.Hash() {
			t.Fatalf("another order of facts gives another plan")
		}
		one, _ := json.Marshal(p.Report())
		two, _ := json.Marshal(q.Report())
		if string(one) != string(two) {
			t.Fatalf("another order of facts gives other bytes:\n%s\n%s", one, two)
		}
	})
}

// More essential needs are never worse off for the sake of lesser ones: what they
// get by any date is no less than without the lesser needs.
func TestLesserNeedsDoNotHarm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := drawNetwork(t)
		all := mustPlan(t, n).Report()
		alone := &network{now: n.now}
		for _, r := range n.g.All() {
			if i, ok := r.(*vf.Intent); !ok || i.Receiver == "" || i.Tier == 0 {
				alone.g.Add(r)
			}
		}
		for _, before := range mustPlan(t, alone).Report().Needs {
			i := slices.IndexFunc(all.Needs, func(d plan.Need) bool { return d.ID == before.ID })
			if worse(before, all.Needs[i]) {
				t.Fatalf("%s got %v alone and %v among lesser needs\n%s", before.ID, before.Coverage, all.Needs[i].Coverage, show(all))
			}
		}
	})
}

// worse reports whether at some date less of the need is covered than before.
func worse(before, after plan.Need) bool {
	by := func(d plan.Need, at int64) *big.Rat {
		sum := new(big.Rat)
		for _, c := range d.Coverage {
			if c.At.Unix() <= at {
				sum.Add(sum, amount(c.ResourceQuantity))
			}
		}
		return sum
	}
	return slices.ContainsFunc(before.Coverage, func(c plan.Coverage) bool {
		return by(after, c.At.Unix()).Cmp(by(before, c.At.Unix())) < 0
	})
}
