package plan

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"commonweal/vf"
)

// A table by id is a map that keeps its order, however leaves are split and
// shared, and its clones stay as they were.
func TestOrderedIsASortedMap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		type version struct {
			table ordered[int]
			model map[vf.ID]int
		}
		versions := []*version{{model: map[vf.ID]int{}}}
		for k := range rapid.IntRange(0, 1500).Draw(t, "many") {
			id := vf.ID(fmt.Sprint("id", k*7919%1501))
			versions[0].table.set(id, k)
			versions[0].model[id] = k
		}
		for step := range rapid.IntRange(1, 60).Draw(t, "steps") {
			v := versions[rapid.IntRange(0, len(versions)-1).Draw(t, "version")]
			id := vf.ID(fmt.Sprint("id", rapid.IntRange(0, 1600).Draw(t, "id")))
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				versions = append(versions, &version{v.table.clone(), maps.Clone(v.model)})
			case 1:
				v.table.remove(id)
				delete(v.model, id)
			default:
				v.table.set(id, -step)
				v.model[id] = -step
			}
		}
		for _, v := range versions {
			got := map[vf.ID]int{}
			var ids []vf.ID
			for id, x := range v.table.all() {
				got[id], ids = x, append(ids, id)
			}
			if !slices.IsSorted(ids) || len(ids) != len(v.model) || !maps.Equal(got, v.model) {
				t.Fatalf("%d entries, sorted %v; wanted %d", len(ids), slices.IsSorted(ids), len(v.model))
			}
			for id, want := range v.model {
				if x, found := v.table.get(id); !found || x != want {
					t.Fatalf("%s is %d, wanted %d", id, x, want)
				}
			}
		}
	})
}

func TestSheetsShareWhatDoesNotDiffer(t *testing.T) {
	t.Parallel()
	a := newSheet[int](1000)
	*a.at(3), *a.at(999) = 1, 2
	b := a.clone()
	*b.at(3), *a.at(700) = 5, 6
	if a.get(3) != 1 || a.get(999) != 2 || a.get(700) != 6 || b.get(3) != 5 || b.get(999) != 2 || b.get(700) != 0 || a.get(0) != 0 {
		t.Error("a sheet and its clone got mixed up")
	}
	if last := 999 / perSheet; a.leaves[last] != b.leaves[last] || a.leaves[1] != nil {
		t.Error("what does not differ is not shared")
	}
}

// A need is another one as soon as any of its fields is.
func TestNeedsAreComparedWhole(t *testing.T) {
	t.Parallel()
	kind := reflect.TypeFor[need]()
	for k := range kind.NumField() {
		var plain, other need
		if !plain.same(&other) {
			t.Fatal("two empty needs differ")
		}
		switch kind.Field(k).Name {
		case "id":
			other.id = "x"
		case "buffer":
			other.buffer = 1
		case "qty":
			other.qty = 1
		case "due":
			other.due = 1
		case "tier":
			other.tier = 1
		case "least":
			other.least = 1
		case "latest":
			other.latest = 1
		case "intent":
			other.intent = &vf.Intent{}
		case "firm":
			other.firm = true
		case "serves":
			other.serves = "x"
		case "rank":
			other.rank = rankTarget
		case "together":
			other.together = "x"
		case "promised":
			other.promised = []coverage{{}}
		case "wanted":
			other.wanted = 1
		case "done":
			other.done = 1
		case "tooLate":
			other.tooLate = []coverage{{}}
		case "expired":
			other.expired = true
		case "gone":
			other.gone = true
		default:
			t.Fatalf("a need has the field %s, which this test does not know: compare it in need.same", kind.Field(k).Name)
		}
		if plain.same(&other) {
			t.Errorf("needs that differ in %s are taken for the same", kind.Field(k).Name)
		}
	}
}
