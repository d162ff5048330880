package plan_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"commonweal/plan"
	"commonweal/vf"
)

// giant is more pieces than anybody can make, and hardly fits a number.
const giant = "999999999999"

// changed is a record before and after a change: nil before where it is new, nil
// after where it is withdrawn.
type changed struct{ before, after vf.Record }

// applied is the network after changes; the one before stays as it is.
func (n *network) applied(changes []changed) *network {
	m := &network{now: n.now, strict: n.strict}
	instead := map[vf.Record]vf.Record{}
	for _, c := range changes {
		if c.before != nil {
			instead[c.before] = c.after
		} else {
			m.g.Add(c.after)
		}
	}
	for _, r := range n.g.All() {
		if after, is := instead[r]; !is {
			m.g.Add(r)
		} else if after != nil {
			m.g.Add(after)
		}
	}
	return m
}

// copied is a record to be altered: records that are in use never change.
func copied[R any](r *R) *R {
	c := *r
	return &c
}

// drawChanges draws changes to a network, each of another record.
func drawChanges(t *rapid.T, n *network, fresh *int) []changed {
	var list []changed
	seen := map[vf.Record]bool{}
	for range rapid.IntRange(1, 3).Draw(t, "changes") {
		c := drawChange(t, n, fresh)
		if c.before == nil && c.after == nil || c.before != nil && seen[c.before] {
			continue
		}
		seen[c.before] = true
		list = append(list, c)
	}
	return list
}

// drawChange draws one change of the kinds that happen: mostly of needs, stock,
// offers and promises, now and then of recipes, machines and people.
func drawChange(t *rapid.T, n *network, fresh *int) changed {
	g := &n.g
	switch rapid.SampledFrom([]string{"need", "need", "need", "new need", "intent gone", "stock", "stock", "offer", "receipt", "new receipt", "arrival", "recipe", "machine", "agent", "member", "finished"}).Draw(t, "what") {
	case "need":
		if i := pickIntent(t, g, func(i *vf.Intent) bool { return i.Receiver != "" }); i != nil {
			return changed{i, changedNeed(t, i)}
		}
	case "new need":
		*fresh++
		if i := pickIntent(t, g, func(i *vf.Intent) bool { return i.Receiver != "" }); i != nil {
			c := changedNeed(t, i)
			c.ID, c.Together = vf.ID(fmt.Sprintf("new%d", *fresh)), ""
			return changed{nil, c}
		}
	case "intent gone":
		if i := pickIntent(t, g, func(*vf.Intent) bool { return true }); i != nil {
			return changed{i, nil}
		}
	case "offer":
		if i := pickIntent(t, g, func(i *vf.Intent) bool { return i.Receiver == "" && i.Action == vf.Transfer }); i != nil {
			c := copied(i)
			c.AvailableQuantity = pieces(rapid.SampledFrom([]string{"1", "9", "50"}).Draw(t, "available"))
			c.LeadTime = duration(rapid.SampledFrom([]string{"0", "2", "6"}).Draw(t, "lead"))
			return changed{i, c}
		}
	case "stock":
		if len(g.EconomicResources) > 0 {
			r := rapid.SampledFrom(g.EconomicResources).Draw(t, "resource")
			c := copied(r)
			c.OnhandQuantity = pieces(rapid.SampledFrom([]string{"0", "3", "17", "60"}).Draw(t, "on hand"))
			return changed{r, c}
		}
	case "machine":
		if len(g.EconomicResources) > 0 {
			r := rapid.SampledFrom(g.EconomicResources).Draw(t, "resource")
			c := copied(r)
			c.Parallel, c.WorkTime = rapid.IntRange(0, 2).Draw(t, "parallel"), words{"open", "mon-fri"}.workTime()
			return changed{r, c}
		}
	case "recipe":
		if len(g.RecipeProcesses) > 0 {
			r := rapid.SampledFrom(g.RecipeProcesses).Draw(t, "recipe")
			c := copied(r)
			c.HasDuration = duration(rapid.SampledFrom([]string{"0", "1", "5"}).Draw(t, "days"))
			return changed{r, c}
		}
	case "member":
		if len(g.Memberships) > 0 {
			return changed{g.Memberships[0], nil}
		}
		*fresh++
		return changed{nil, &vf.Membership{ID: vf.ID(fmt.Sprintf("membership/%d", *fresh)), Member: "a", HasBeginning: days(rapid.SampledFrom([]string{"-1", "1"}).Draw(t, "since"))}}
	case "agent":
		if len(g.Agents) > 0 {
			a := rapid.SampledFrom(g.Agents).Draw(t, "agent")
			c := copied(a)
			c.WorkTime = words{"closed", "3", "6"}.workTime()
			if rapid.IntRange(0, 2).Draw(t, "absurd") == 0 {
				c.WorkTime = []string{openNever}
			}
			return changed{a, c}
		}
	default:
		return drawPromise(t, n, fresh)
	}
	return changed{}
}

func pickIntent(t *rapid.T, g *vf.Graph, fits func(*vf.Intent) bool) *vf.Intent {
	var list []*vf.Intent
	for _, i := range g.Intents {
		if fits(i) {
			list = append(list, i)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return rapid.SampledFrom(list).Draw(t, "intent")
}

func changedNeed(t *rapid.T, i *vf.Intent) *vf.Intent {
	c := copied(i)
	c.ResourceQuantity = pieces(rapid.SampledFrom([]string{"1", "2", "11", "35", "3", "7", "19", giant}).Draw(t, "wanted"))
	c.Due = days(rapid.SampledFrom([]string{"1", "7", "20", "33"}).Draw(t, "due"))
	c.Tier = rapid.IntRange(0, 2).Draw(t, "tier")
	if c.Together != "" {
		c.Tier = i.Tier
	}
	c.LatestUseful = vf.Time{}
	return c
}

// drawPromise changes what is promised: a new promise, more or less of one, an
// event that fulfils it, or its end.
func drawPromise(t *rapid.T, n *network, fresh *int) changed {
	*fresh++
	var list []*vf.Commitment
	for _, c := range n.g.Commitments {
		if c.Action == vf.Transfer {
			list = append(list, c)
		}
	}
	if len(list) == 0 || rapid.Bool().Draw(t, "new") {
		if i := pickIntent(t, &n.g, func(i *vf.Intent) bool {
			return i.Receiver != "" && i.Together == "" && i.MinimumUsefulQuantity.IsZero()
		}); i != nil {
			c := &vf.Commitment{ID: vf.ID(fmt.Sprintf("promise%d", *fresh)), Action: vf.Transfer, Provider: "a", Receiver: "b", ResourceConformsTo: i.ResourceConformsTo,
				ResourceQuantity: pieces("6"), Due: days(rapid.SampledFrom([]string{"1", "9"}).Draw(t, "due"))}
			if rapid.Bool().Draw(t, "to the need") {
				c.Satisfies = []vf.ID{i.ID}
			}
			return changed{nil, c}
		}
		return changed{}
	}
	c := rapid.SampledFrom(list).Draw(t, "promise")
	if rapid.Bool().Draw(t, "event") {
		return changed{nil, &vf.EconomicEvent{ID: vf.ID(fmt.Sprintf("event%d", *fresh)), Action: vf.Transfer, Provider: "a", Receiver: "b", ResourceConformsTo: c.ResourceConformsTo,
			ResourceQuantity: pieces("2"), Fulfills: []vf.ID{c.ID}}}
	}
	d := copied(c)
	d.ResourceQuantity, d.Finished = pieces("12"), rapid.Bool().Draw(t, "finished")
	return changed{c, d}
}

// following changes a plan step by step and compares it with planning anew: the same
// hash, the same bytes of the report, and a plan that the checker lets pass. The
// plans before stay as they were.
func following(t *rapid.T, n *network) {
	p, fresh := mustPlan(t, n), 0
	first := p.Hash()
	began := p
	for range rapid.IntRange(1, 4).Draw(t, "steps") {
		changes := drawChanges(t, n, &fresh)
		list := make([]plan.FactChange, len(changes))
		for i, c := range changes {
			list[i] = plan.FactChange{Before: c.before, After: c.after}
		}
		n = n.applied(changes)
		q, _, err := p.Change(list...)
		if err != nil {
			t.Fatalf("%v", err)
		}
		anew := mustPlan(t, n)
		followed, _ := json.Marshal(q.Report())
		planned, _ := json.Marshal(anew.Report())
		if q.Hash() != anew.Hash() || string(followed) != string(planned) {
			t.Fatalf("after %s the plan followed is\n%s\nand planned anew\n%s\nthey part at %s", strings.Join(changeTexts(changes), "\n"), show(q.Report()), show(anew.Report()), parting(string(followed), string(planned)))
		}
		if faults := check(&n.g, n.now, q.Report()); len(faults) > 0 {
			t.Fatalf("%s\n%s", strings.Join(faults, "\n"), show(q.Report()))
		}
		p = q
	}
	if began.Hash() != first {
		t.Fatalf("the plan before the changes is another than it was")
	}
}

// parting shows where two texts part; equal texts are of plans that differ beneath.
func parting(x, y string) string {
	i := 0
	for i < min(len(x), len(y)) && x[i] == y[i] {
		i++
	}
	near := func(s string) string { return s[max(0, i-100):min(len(s), i+100)] }
	if x == y {
		return "their hashes alone"
	}
	return "“" + near(x) + "” and “" + near(y) + "”"
}

// changeTexts writes changes as records before and after.
func changeTexts(changes []changed) (list []string) {
	for _, c := range changes {
		for _, r := range []vf.Record{c.before, c.after} {
			text := "nothing"
			if r != nil {
				raw, err := vf.Encode(r)
				if err != nil {
					raw = []byte(err.Error())
				}
				text = string(raw)
			}
			list = append(list, text)
		}
	}
	return list
}

// A plan that follows any sequence of changes is that of planning anew.
func TestFollowedPlansAreThoseOfPlanningAnew(t *testing.T) {
	forEachKind(t, following)
}
