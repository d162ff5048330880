package plan

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"commonweal/vf"
)

// wovenGraph draws shared components of three levels, all in time.
func wovenGraph(dice *rand.Rand) *vf.Graph {
	one := func(n int64) vf.Measure { return vf.Measure{HasNumericalValue: vf.Whole(n), HasUnit: "one"} }
	g := &vf.Graph{}
	g.Add(&vf.Unit{ID: "one"})
	for l := range 3 {
		for i := range 3 {
			id := vf.ID(fmt.Sprintf("T%d%d", l, i))
			g.Add(&vf.ResourceSpecification{ID: id, DefaultUnitOfResource: "one"})
			if dice.IntN(2) == 0 {
				g.Add(&vf.EconomicResource{ID: "stock" + id, ConformsTo: id, OnhandQuantity: one(dice.Int64N(20))})
			}
			if l == 2 {
				g.Add(&vf.Intent{ID: "offer" + id, Action: vf.Transfer, Provider: "a", ResourceConformsTo: id})
				continue
			}
			r := "make" + id
			g.Add(&vf.RecipeProcess{ID: r}, &vf.RecipeFlow{ID: r + "/out", Action: vf.Produce, RecipeOutputOf: r, ResourceConformsTo: id, ResourceQuantity: one(1)})
			for k := range 3 {
				if k == i || dice.IntN(2) == 0 {
					in := vf.ID(fmt.Sprintf("T%d%d", l+1, k))
					g.Add(&vf.RecipeFlow{ID: r + "/" + in, Action: vf.Consume, RecipeInputOf: r, ResourceConformsTo: in, ResourceQuantity: one(1 + dice.Int64N(3))})
				}
			}
		}
	}
	for k := range 12 {
		g.Add(wovenNeed(dice, k))
	}
	return g
}

func wovenNeed(dice *rand.Rand, k int) *vf.Intent {
	return &vf.Intent{ID: vf.ID(fmt.Sprintf("need%02d", k)), Action: vf.Transfer, Receiver: "b", ResourceConformsTo: vf.ID(fmt.Sprintf("T%d%d", dice.IntN(2), dice.IntN(3))),
		ResourceQuantity: vf.Measure{HasNumericalValue: vf.Whole(1 + dice.Int64N(9)), HasUnit: "one"}, Due: vf.At(86400 * (5 + dice.Int64N(6)))}
}

// In a plain part pegs are found in buckets, in others by indexes over all links.
// Both say the same of a part that is plain, also after changes.
func TestPegsOfBucketsAreThoseOfAllLinks(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(3, 1))
	orders, changed := 0, 0
	for range 60 {
		p, err := New(wovenGraph(dice), Settings{Now: vf.At(86400)})
		if err != nil {
			t.Fatal(err)
		}
		for range 4 {
			for _, x := range p.parts {
				if x.over == nil {
					t.Fatal("a part is not plain")
				}
				changed += x.over.count
				orders += comparePegs(t, x)
			}
			if p, _, err = p.Change(FactChange{After: wovenNeed(dice, dice.IntN(14))}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if orders < 1000 || changed < 100 {
		t.Errorf("only %d orders and %d changed buckets were compared", orders, changed)
	}
}

// comparePegs compares the pegs of a plain part, as it is, with those of all links of
// the part written out.
func comparePegs(t *testing.T, x *part) (compared int) {
	all := *x.written()
	all.over = nil
	near, far := x.pegs(), all.pegs()
	byLink := func(a, b link) int {
		return slices.Compare([]int32{a.supply, a.consumer, int32(a.qty)}, []int32{b.supply, b.consumer, int32(b.qty)})
	}
	for i, o := range all.orders.all() {
		here := x.orderOf(o.maker, o.end)
		if here < 0 {
			t.Fatalf("order %d of maker %d for %d is nowhere", i, o.maker, o.end)
		}
		if got, want := near.of(here), far.of(i); !slices.Equal(got, want) {
			t.Fatalf("order %d serves %v, by all links %v", i, got, want)
		}
		if got, want := len(near.takers(here)), len(far.takers(i)); got != want {
			t.Fatalf("%d take of order %d, by all links %d", got, i, want)
		}
		got, want := quantities(near.takes(here)), quantities(far.takes(i))
		if !slices.Equal(got, want) {
			t.Fatalf("order %d takes %v, by all links %v", i, got, want)
		}
		compared++
	}
	for _, i := range x.needs {
		got, want := slices.Clone(x.linksOf(i)), all.linksOf(i)
		if x.over.count > 0 {
			if !slices.Equal(quantities(got), quantities(want)) {
				t.Fatalf("need %d takes %v, by all links %v", i, got, want)
			}
			continue
		}
		slices.SortFunc(got, byLink)
		slices.SortFunc(want, byLink)
		if !slices.Equal(got, want) {
			t.Fatalf("need %d takes %v, by all links %v", i, got, want)
		}
	}
	return compared
}

// quantities are those of links, sorted: orders have other numbers once written out.
func quantities(links []link) (list []int64) {
	for _, l := range links {
		list = append(list, l.qty)
	}
	slices.Sort(list)
	return list
}
