package coordination

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"commonweal/vf"
)

// charters draws the charters of the village: of the network, and of some scopes.
func (w *village) charters(t *rapid.T) {
	for _, scope := range []vf.ID{"", "agent/above", "agent/circle", "agent/other"} {
		if scope != "" && rapid.Bool().Draw(t, "no charter") {
			continue
		}
		w.put(&vf.Charter{ID: "charter/" + scope, InScopeOf: scope, Version: 1, Clauses: w.lines(t)})
	}
}

func (w *village) lines(t *rapid.T) []string {
	var list []string
	for i := range rapid.IntRange(1, 8).Draw(t, "clauses") {
		list = append(list, clauses(t, fmt.Sprint("c", i)).String())
	}
	return list
}

// answers are all decisions of a village about a few records.
func (w *village) answers(records []vf.Record, actors []Actor) map[string]bool {
	m := map[string]bool{}
	for _, a := range actors {
		for _, r := range records {
			for _, verb := range allVerbs {
				key := fmt.Sprint(a.Agent, " ", verb, " nothing")
				if r != nil {
					key = fmt.Sprint(a.Agent, " ", verb, " ", r.Class(), " ", r.Key())
				}
				m[key] = w.Decide(a, verb, r).Allowed
			}
		}
	}
	return m
}

func (w *village) actors() []Actor {
	list := []Actor{{}}
	for i := range who[1:] {
		list = append(list, Actor{Agent: vf.ID(fmt.Sprint("agent/", i+1))})
	}
	return list
}

func (w *village) some(t *rapid.T) []vf.Record {
	list := []vf.Record{nil}
	for range 3 {
		c := rapid.SampledFrom(vf.Classes()).Draw(t, "class")
		kind := rapid.SampledFrom(kindsOf).Draw(t, "kind")
		if r := w.sample(c, kind, vf.ID(fmt.Sprint("agent/", rapid.IntRange(1, len(who)-1).Draw(t, "of")))); r != nil {
			list = append(list, r)
		}
	}
	return list
}

// grown reports a right that is in more and not in less.
func grown(less, more map[string]bool) string {
	for key, may := range more {
		if may && !less[key] {
			return key
		}
	}
	return ""
}

// Clauses that forbid never give a right, clauses that allow never take one, and
// who belongs to less may do less.
func TestRightsGrowOnlyByWhatAllows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newVillage()
		w.charters(t)
		records, actors := w.some(t), w.actors()
		before := w.answers(records, actors)
		scope := rapid.SampledFrom([]vf.ID{"", "agent/circle"}).Draw(t, "scope")
		if w.find("charter/"+scope) == nil {
			w.put(&vf.Charter{ID: "charter/" + scope, InScopeOf: scope, Version: 1})
			if key := grown(before, w.answers(records, actors)); key != "" {
				t.Fatalf("an empty charter of a scope allows: %s", key)
			}
			before = w.answers(records, actors)
		}
		old := w.find("charter/" + scope).(*vf.Charter)
		c := clauses(t, "more")
		anew := func(lines ...string) map[string]bool {
			w.put(&vf.Charter{ID: old.ID, InScopeOf: scope, Version: 1, Clauses: lines})
			return w.answers(records, actors)
		}
		c.Not = true
		if key := grown(before, anew(slices.Concat([]string{c.String()}, old.Clauses)...)); key != "" {
			t.Fatalf("%q at the front allows: %s", c, key)
		}
		c.Not = false
		if key := grown(anew(slices.Concat(old.Clauses, []string{c.String()})...), before); key != "" {
			t.Fatalf("%q at the end forbids: %s", c, key)
		}
		before = anew(old.Clauses...)
		w.drop(vf.ID(fmt.Sprint("membership/agent/", rapid.IntRange(1, len(who)-1).Draw(t, "who leaves"))))
		if key := grown(before, w.answers(records, actors)); key != "" {
			t.Fatalf("who left may: %s", key)
		}
	})
}

// A membership holds from its beginning up to its end: outside of it, rights are
// those of somebody who never belonged.
func TestMembershipsHoldInTheirTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newVillage()
		w.charters(t)
		records := w.some(t)
		with := []Actor{{Agent: "agent/3"}}
		m := *w.find("membership/agent/3").(*vf.Membership)
		inside := w.answers(records, with)
		w.drop(m.ID)
		outside := w.answers(records, with)
		from, length := rapid.Int64Range(1, 2000).Draw(t, "from"), rapid.Int64Range(1, 100).Draw(t, "length")
		m.HasBeginning, m.HasEnd = vf.At(from), vf.At(from+length)
		w.put(&m)
		for moment, want := range map[int64]map[string]bool{from - 1: outside, from: inside, from + length - 1: inside, from + length: outside} {
			w.Now = vf.At(moment)
			got := w.answers(records, with)
			if grown(want, got)+grown(got, want) != "" {
				t.Fatalf("from %d for %d, at %d: %v", from, length, moment, grown(want, got)+grown(got, want))
			}
		}
	})
}

// A mandate never gives a right, and what it leaves is within its verbs.
func TestMandatesCut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newVillage()
		w.charters(t)
		records := w.some(t)
		m := &Mandate{}
		for _, verb := range rapid.SliceOfNDistinct(rapid.SampledFrom(allVerbs), 0, 6, rapid.ID).Draw(t, "verbs") {
			m.Verbs = append(m.Verbs, string(verb))
		}
		m.Scopes = rapid.SliceOfNDistinct(rapid.SampledFrom([]vf.ID{"agent/above", "agent/circle", "agent/3", w.Network}), 0, 2, rapid.ID).Draw(t, "scopes")
		for _, a := range w.actors() {
			bot := a
			bot.Mandate = m
			for _, r := range records {
				for _, verb := range allVerbs {
					if w.Decide(bot, verb, r).Allowed && (!w.Decide(a, verb, r).Allowed || !slices.Contains(m.Verbs, string(verb.For(r)))) {
						t.Fatalf("%v may %s %v", m, verb, r)
					}
				}
			}
		}
	})
}

// Who sees all by SeesAll sees each record.
func TestSeesAllIsTrue(t *testing.T) {
	t.Parallel()
	said := 0
	rapid.Check(t, func(t *rapid.T) {
		w := newVillage()
		w.charters(t)
		for _, a := range w.actors() {
			if !w.SeesAll(a) {
				continue
			}
			said++
			for _, c := range vf.Classes() {
				for _, kind := range kindsOf {
					if r := w.sample(c, kind, "agent/3"); r != nil && !w.Decide(a, See, r).Allowed {
						t.Fatalf("%s is said to see all, but not %s of %s", a.Agent, c, kind)
					}
				}
			}
		}
	})
	if said == 0 {
		t.Error("nobody ever saw all")
	}
}

// The default charter answers alike below and above: a role that is held above
// holds below.
func TestRolesHoldBelow(t *testing.T) {
	t.Parallel()
	for _, c := range vf.Classes() {
		for _, verb := range allVerbs {
			w := newVillage()
			r := w.sample(c, "circle", "")
			if w.Decide(Actor{Agent: "agent/7"}, verb, r).Allowed && !w.Decide(Actor{Agent: "agent/9"}, verb, r).Allowed {
				t.Errorf("the circle's coordinator may %s a %s, the one above not", verb, c)
			}
		}
	}
}

// Charters hold by version and date.
func TestChartersHoldFromTheirDate(t *testing.T) {
	t.Parallel()
	w := newVillage()
	version := func(n int, from int64, clause string) {
		w.put(&vf.Charter{ID: vf.ID(fmt.Sprint("charter/", n)), Version: n, ValidFrom: vf.At(from), Clauses: []string{clause}})
	}
	version(1, 0, "a: guest may plan")
	version(3, 2000, "c: guest may adopt")
	version(2, 1500, "b: guest may erase")
	for moment, may := range map[int64]Verb{1000: Plan, 1499: Plan, 1500: Erase, 1999: Erase, 2000: Adopt} {
		w.Now = vf.At(moment)
		for _, verb := range allVerbs {
			d := w.Decide(Actor{}, verb, nil)
			if d.Allowed != (verb == may) || d.Allowed && w.InForce("").Version != d.Version {
				t.Errorf("at %d a guest may %s: %+v", moment, verb, d)
			}
		}
	}
}

// Refusals name the clause that comes nearest, or forbids, and who may.
func TestRefusalsSayWhoMay(t *testing.T) {
	t.Parallel()
	w := newVillage()
	need := &vf.Intent{ID: "need/1", Receiver: "agent/stranger"}
	d := w.Decide(Actor{Agent: "agent/2"}, Change, need)
	if d.Allowed || d.Clause.Name != "own-needs-and-offers" || !slices.Equal(d.Roles, []string{Owner, "member", "coordinator"}) {
		t.Errorf("%+v", d)
	}
	w.put(&vf.Charter{ID: "charter/1", Version: 1, Clauses: []string{"quiet: member may not see own", "open: member may see all", "owners: owner may decide"}})
	d = w.Decide(Actor{Agent: "agent/2"}, See, &vf.Intent{ID: "need/2", Receiver: "agent/2"})
	if d.Allowed || d.Clause.Name != "quiet" || d.Charter != "charter/1" || d.Version != 1 {
		t.Errorf("%+v", d)
	}
	if d = w.Decide(Actor{Agent: "agent/2"}, Erase, need); d.Clause != nil || d.Refusal(Actor{Agent: "agent/2"}, Erase, "it").Value("roles") != "nobody" {
		t.Errorf("%+v", d)
	}
}

// A network must be governed now and at all times to come.
func TestGoverned(t *testing.T) {
	t.Parallel()
	w := newVillage()
	if ok, _ := w.Governed(); !ok {
		t.Fatal("a village with an owner is not governed")
	}
	m := *w.find("membership/agent/5").(*vf.Membership)
	m.HasEnd = vf.At(5000)
	w.put(&m)
	if ok, since := w.Governed(); ok || since.Unix() != 5000 {
		t.Errorf("the owner goes at 5000: %v, %v", ok, since)
	}
	w.put(&vf.Membership{ID: "membership/next", Member: "agent/stranger", Role: Owner, HasBeginning: vf.At(5000)})
	if ok, since := w.Governed(); !ok {
		t.Errorf("another owner begins as the first one goes, but nobody governs from %v", since)
	}
	w.put(&vf.Charter{ID: "charter/1", Version: 1, ValidFrom: vf.At(9000), Clauses: []string{"all: member may see all"}})
	if ok, since := w.Governed(); ok || since.Unix() != 9000 {
		t.Errorf("the charter of 9000 lets nobody decide: %v, %v", ok, since)
	}
	w.put(&vf.Charter{ID: "charter/2", Version: 2, ValidFrom: vf.At(9000), Clauses: []string{"all: member may decide Charter"}})
	if ok, _ := w.Governed(); !ok {
		t.Error("members may decide, and there are members")
	}
}
