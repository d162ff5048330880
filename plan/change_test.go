package plan_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"commonweal/plan"
	"commonweal/vf"
	"commonweal/zone"
)

// plainNetwork draws a network of shared components without lots, offers without
// end and needs of one tier, so that changes are followed from bucket to bucket.
func plainNetwork(t *rapid.T) *network {
	d := &drawing{t: t}
	d.line("now 0")
	levels, wide := d.n("levels", 2, 4), d.n("wide", 1, 4)
	for l := range levels {
		for i := range wide {
			if l == levels-1 {
				d.line("offer T%d-%d lead %d", l, i, d.n("lead", 0, 3))
			} else {
				takes := ""
				for k := range wide {
					if d.chance("takes", 60) {
						takes += fmt.Sprintf(", T%d-%d %d", l+1, k, d.n("amount", 1, 3))
					}
				}
				if takes != "" {
					takes = " takes" + takes[1:]
				}
				d.line("recipe r%d-%d days %d makes T%d-%d 1%s", l, i, d.n("days", 0, 2), l, i, takes)
			}
			if d.chance("stock", 35) {
				d.line("stock T%d-%d %d", l, i, d.n("on hand", 1, 30))
			}
			if d.chance("receipt", 20) {
				d.line("receipt T%d-%d %d on %d", l, i, d.n("coming", 1, 20), d.n("at", 1, 20))
			}
		}
	}
	for k := range d.n("needs", 1, 8) {
		d.line("need n%d T%d-%d %d on %d", k, d.n("level", 0, levels-1), d.n("thing", 0, wide-1), d.n("quantity", 1, 12), d.n("due", 12, 24))
	}
	return readCase(d.b.String())
}

// drawNeedOrStock draws a changed need or a changed stock of a plain network.
func drawNeedOrStock(t *rapid.T, n *network) vf.Record {
	if stock := n.g.EconomicResources; len(stock) > 0 && rapid.IntRange(0, 3).Draw(t, "stock") == 0 {
		r := *stock[rapid.IntRange(0, len(stock)-1).Draw(t, "which")]
		r.OnhandQuantity = pieces(fmt.Sprint(rapid.IntRange(0, 30).Draw(t, "on hand")))
		return &r
	}
	i := *n.g.Intents[len(n.g.Intents)-1]
	k := rapid.IntRange(0, 9).Draw(t, "need")
	i.ID = vf.ID(fmt.Sprintf("n%d", k))
	i.ResourceConformsTo = n.g.ResourceSpecifications[rapid.IntRange(0, len(n.g.ResourceSpecifications)-1).Draw(t, "thing")].ID
	i.ResourceQuantity = pieces(fmt.Sprint(rapid.IntRange(1, 12).Draw(t, "quantity")))
	low := 12
	if rapid.IntRange(0, 9).Draw(t, "late") == 0 {
		low = 0
	}
	i.Due = days(fmt.Sprint(rapid.IntRange(low, 24).Draw(t, "due")))
	return &i
}

// follow changes a plan step by step, and after each compares it with planning anew.
func follow(t *rapid.T, b *book, draw func() []plan.FactChange) (followed int) {
	p, err := plan.New(b.graph(), plan.Settings{Now: b.now, Zone: zone.Load})
	if err != nil {
		return 0
	}
	for range rapid.IntRange(1, 5).Draw(t, "changes") {
		changes := draw()
		before := p.Hash()
		for _, c := range changes {
			if c.After != nil {
				b.put(c.After.Key(), c.After)
			} else if c.Before != nil {
				b.put(c.Before.Key(), nil)
			}
		}
		fresh, errAnew := plan.New(b.graph(), plan.Settings{Now: b.now, Zone: zone.Load})
		q, d, err := p.Change(changes...)
		if (err == nil) != (errAnew == nil) {
			t.Fatalf("changed: %v, anew: %v", err, errAnew)
		}
		if err != nil {
			return followed
		}
		if p.Hash() != before {
			t.Fatalf("the plan before was changed")
		}
		samePlan(t, fresh, q)
		sameReasons(t, fresh, q)
		sameDiff(t, fresh.Diff(p), d)
		p = q
		followed++
	}
	return followed
}

func samePlan(t *rapid.T, want, got *plan.Plan) {
	if diff := cmp.Diff(want.Stats(), got.Stats()); diff != "" {
		t.Fatalf("figures: -anew +changed\n%s", diff)
	}
	if diff := cmp.Diff(show(want.Report()), show(got.Report())); diff != "" {
		t.Fatalf("-anew +changed\n%s", diff)
	}
	if want.Hash() != got.Hash() {
		t.Fatalf("the hashes differ")
	}
}

// sameDiff compares what a diff says; the facts in words may say less of what was
// read anew.
func sameDiff(t *rapid.T, want, got *plan.Diff) {
	for _, x := range []struct{ want, got any }{{want.Lines(), got.Lines()}, {want.Needs(), got.Needs()}} {
		a, errA := json.MarshalIndent(x.want, "", " ")
		b, errB := json.MarshalIndent(x.got, "", " ")
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if diff := cmp.Diff(string(a), string(b)); diff != "" {
			t.Fatalf("the diff: -of whole plans +of the change\n%s", diff)
		}
	}
}

// Whatever changes, the plan that follows is the plan made anew, byte for byte, and
// so is the diff; and the plan before stays as it was.
func TestChangeIsPlanningAnew(t *testing.T) {
	t.Parallel()
	t.Run("plain", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			n := plainNetwork(t)
			b := bookOf(n)
			follow(t, b, func() (changes []plan.FactChange) {
				for range rapid.IntRange(1, 3).Draw(t, "at once") {
					r := drawNeedOrStock(t, n)
					c := plan.FactChange{Before: b.records[r.Key()], After: r}
					if c.Before != nil && rapid.IntRange(0, 4).Draw(t, "withdraw") == 0 {
						c.After = nil
					}
					changes = append(changes, c)
				}
				return changes
			})
		})
	})
	t.Run("busy", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			n := drawBusyNetwork(t)
			b := bookOf(n)
			follow(t, b, func() []plan.FactChange {
				r := drawNeedOrStock(t, n)
				return []plan.FactChange{{Before: b.records[r.Key()], After: r}}
			})
		})
	})
	t.Run("anything", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			c := drawBook(t)
			follow(t, c.book, func() []plan.FactChange { return []plan.FactChange{c.change()} })
		})
	})
}
