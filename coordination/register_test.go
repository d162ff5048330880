package coordination

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"commonweal/vf"
)

// publicly works out from all records what is published, by the words of it.
func publicly(records map[vf.ID]vf.Record) map[vf.ID]bool {
	list := map[vf.ID]bool{}
	var show func(id vf.ID)
	show = func(id vf.ID) {
		r := records[id]
		if r == nil || list[id] || !publishable(r) {
			return
		}
		list[id] = true
		names(r, show)
	}
	for id, r := range records {
		if p, ok := r.(*vf.Proposal); ok && len(p.ProposedTo) == 0 {
			list[id] = true
			names(p, show)
		}
	}
	return list
}

// What a register follows, act by act and through forks, is what a new one makes
// of the records, and what is published is what the words say.
func TestRegistersFollow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newVillage()
		base := w.Register
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			fork := rapid.Bool().Draw(t, "fork")
			if fork {
				w.Register = base.Fork()
			}
			w.step(t)
			if fork {
				w.Register.Merge()
				w.Register = base
			}
		}
		public := publicly(w.records)
		fresh := NewRegister()
		for _, id := range slices.Sorted(maps.Keys(w.records)) { // as opening reads them
			fresh.Set(nil, w.records[id], w.find)
		}
		for id, r := range w.records {
			if base.published(r) != public[id] || fresh.published(r) != public[id] {
				t.Fatalf("%s %s: followed %v, made anew %v, by its words %v", r.Class(), id, base.published(r), fresh.published(r), public[id])
			}
		}
		var records []vf.Record
		for _, id := range slices.Sorted(maps.Keys(w.records)) {
			records = append(records, w.records[id])
		}
		followed := w.answers(records, w.actors()[2:5])
		w.Register = fresh
		anew := w.answers(records, w.actors()[2:5])
		if key := grown(followed, anew) + grown(anew, followed); key != "" {
			t.Fatalf("followed and made anew differ: %s", key)
		}
	})
}

// step puts or drops one record.
func (w *village) step(t *rapid.T) {
	n := rapid.IntRange(1, 3).Draw(t, "number")
	some := func(kind string) vf.ID { return vf.ID(fmt.Sprint(kind, "/", rapid.IntRange(1, 3).Draw(t, kind))) }
	id := func(kind string) vf.ID { return vf.ID(fmt.Sprint(kind, "/", n)) }
	switch rapid.IntRange(0, 9).Draw(t, "kind") {
	case 0:
		p := &vf.Proposal{ID: id("proposal"), Publishes: []vf.ID{some("need"), some("need")}}
		if rapid.Bool().Draw(t, "addressed") {
			p.ProposedTo = []vf.ID{"agent/1"}
		}
		w.put(p)
	case 1:
		w.put(&vf.Intent{ID: id("need"), Provider: some("agent"), Receiver: "agent/circle", ResourceConformsTo: some("spec"), ResourceQuantity: vf.Measure{HasUnit: some("unit")}})
	case 2:
		w.put(&vf.ResourceSpecification{ID: id("spec"), DefaultUnitOfResource: some("unit")})
	case 3:
		w.put(&vf.Unit{ID: id("unit")})
	case 4:
		w.put(&vf.Charter{ID: id("charter"), InScopeOf: rapid.SampledFrom([]vf.ID{"", "agent/circle", w.Network}).Draw(t, "scope"), Version: n, Clauses: w.lines(t)})
	case 5:
		w.put(&vf.Membership{ID: id("membership"), Member: some("agent"), Role: "member", InScopeOf: rapid.SampledFrom([]vf.ID{"", "agent/circle", w.Network}).Draw(t, "scope")})
	case 6:
		w.put(&vf.Agent{ID: "agent/circle", Type: "Organization", PartOf: rapid.SampledFrom([]vf.ID{"", "agent/above", "agent/other"}).Draw(t, "part of")})
	default:
		list := slices.Sorted(maps.Keys(w.records))
		w.drop(rapid.SampledFrom(list).Draw(t, "dropped"))
	}
}

func TestScopesFormATree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newVillage()
		accepted := map[vf.ID]vf.ID{}
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			a := &vf.Agent{ID: vf.ID(fmt.Sprint("scope/", rapid.IntRange(1, 5).Draw(t, "scope"))), Type: "Organization",
				PartOf: vf.ID(fmt.Sprint("scope/", rapid.IntRange(1, 5).Draw(t, "part of")))}
			loop := false
			for up, n := a.PartOf, 0; up != "" && n < 10; up, n = accepted[up], n+1 {
				loop = loop || up == a.ID
			}
			before := w.find(a.ID)
			w.put(a)
			if err := w.CheckScope(a); (err != nil) != loop {
				t.Fatalf("%s part of %s: %v, a loop: %v", a.ID, a.PartOf, err, loop)
			}
			if !loop {
				accepted[a.ID] = a.PartOf
			} else if w.drop(a.ID); before != nil {
				w.put(before)
			}
			for _, scope := range w.chain(a.ID, nil) {
				if scope != "" && w.find(scope) == nil && accepted[scope] != "" {
					t.Fatalf("%s is above and unknown", scope)
				}
			}
		}
	})
}

// BenchmarkDecide asks among a million published records and ten thousand members.
func BenchmarkDecide(b *testing.B) {
	w := newVillage()
	for i := range 10_000 {
		w.put(&vf.Membership{ID: vf.ID(fmt.Sprint("m/", i)), Member: vf.ID(fmt.Sprint("p/", i)), Role: "member"})
	}
	for i := range 200_000 {
		id := vf.ID(fmt.Sprint("need/many/", i))
		w.put(&vf.Intent{ID: id, Receiver: vf.ID(fmt.Sprint("p/", i%10_000)), ResourceConformsTo: "spec/1"}, &vf.Proposal{ID: "of/" + id, Publishes: []vf.ID{id}})
	}
	own, other := w.find("need/many/77"), w.find("need/many/78")
	for name, f := range map[string]func(){
		"seeing":  func() { w.Decide(Actor{Agent: "p/77"}, See, other) },
		"allowed": func() { w.Decide(Actor{Agent: "p/77"}, Change, own) },
		"refused": func() { w.Decide(Actor{Agent: "p/77"}, Change, other) },
		"guest":   func() { w.Decide(Actor{}, See, other) },
		"all":     func() { w.SeesAll(Actor{Agent: "p/77"}) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f()
			}
		})
	}
}
