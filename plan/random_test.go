package plan_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"commonweal/plan"
	"commonweal/vf"
)

// drawNetwork makes a random network in the words of the cases: specifications in
// levels, recipes with lots, by-products, shared trips and alternatives, stock,
// receipts, offers, needs of several tiers; and now and then a circle.
func drawNetwork(t *rapid.T) *network {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	n := func(label string, low, high int) int { return rapid.IntRange(low, high).Draw(t, label) }
	chance := func(label string, percent int) bool { return n(label, 1, 100) <= percent }
	line("now 0")
	things := n("things", 2, 9)
	for i := range things {
		for k := range n("recipes", 0, 2) {
			takes := ""
			for range n("inputs", 0, 3) {
				low := i + 1
				if chance("circle", 2) {
					low = 0
				}
				if low < things {
					takes += fmt.Sprintf(", T%d %d.%d", n("input", low, things-1), n("whole", 0, 3), n("tenths", 1, 9))
				}
			}
			if takes != "" {
				takes = " takes" + takes[1:]
			}
			with := ""
			if chance("beside", 15) && i+1 < things {
				with = fmt.Sprintf(" and T%d 0.%d", n("by-product", i+1, things-1), n("part", 1, 9))
			}
			line("recipe r%d-%d days %d preference %d%s makes T%d %d%s%s", i, k, n("days", 0, 6), n("preference", 0, 2), drawTerms(n, chance), i, n("gives", 1, 3), with, takes)
		}
		if chance("trip", 15) && i+1 < things {
			line("recipe trip%d days %d stage town carries T%d 1, T%d 1 takes fuel 1 batch", i, n("days", 0, 4), i, n("other", i+1, things-1))
		}
		if chance("stock", 40) {
			line("stock T%d %d", i, n("on hand", 1, 40))
		}
		if chance("receipt", 25) {
			line("receipt T%d %d on %d", i, n("coming", 1, 30), n("at", 0, 30))
		}
		if chance("offer", 50) {
			drawOffer(line, n, chance, i)
		}
	}
	line("stock fuel %d", n("fuel", 1, 5))
	for i := range n("needs", 1, 8) {
		extra := ""
		if chance("useful", 20) {
			extra += fmt.Sprintf(" useful %d", n("least", 1, 30))
		}
		if chance("until", 20) {
			extra += fmt.Sprintf(" until %d", n("until", 30, 60))
		}
		if chance("town", 15) {
			extra += " stage town"
		}
		line("need n%d T%d %d on %d tier %d%s", i, n("thing", 0, things-1), n("wanted", 1, 40), n("due", -2, 40), n("tier", 0, 2), extra)
	}
	return readCase(b.String())
}

func drawTerms(n func(string, int, int) int, chance func(string, int) bool) (terms string) {
	if chance("lots", 20) {
		terms += fmt.Sprintf(" least %d", n("least lot", 1, 9))
		if chance("multiple", 50) {
			terms = fmt.Sprintf(" least %d multiple %d", 3*n("least lot", 1, 4), 3)
		}
		terms += fmt.Sprintf(" most %d", 3*n("most", 5, 12))
	} else if chance("each", 15) {
		terms += fmt.Sprintf(" each 0.%d", n("each", 1, 5))
	}
	if chance("yield", 15) {
		terms += fmt.Sprintf(" yield 0.%d", n("yield", 3, 9))
	}
	if chance("in force", 10) {
		terms += fmt.Sprintf(" from %d until %d", n("from", 0, 9), n("until", 10, 40))
	}
	return terms
}

func drawOffer(line func(string, ...any), n func(string, int, int) int, chance func(string, int) bool, i int) {
	terms := ""
	if chance("limited", 70) {
		terms += fmt.Sprintf(" available %d", n("available", 1, 60))
	}
	if chance("least", 20) {
		terms += fmt.Sprintf(" least %d", n("least taken", 1, 20))
	}
	if chance("dates", 30) {
		terms += fmt.Sprintf(" from %d until %d", n("from", -3, 20), n("until", 21, 60))
	}
	line("offer T%d lead %d%s", i, n("lead", 0, 9), terms)
}

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
