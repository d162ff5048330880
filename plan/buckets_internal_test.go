package plan

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A layer is a map by time, however it came about, and those that others were made of
// stay as they were: of each, one may go on in the same line of versions, the others
// begin lines of their own.
func TestLayersAreSortedMaps(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		type version struct {
			layer *layer
			model map[int64]bucket
			line  *tail
			gone  bool // another goes on in its line
		}
		versions := []*version{{layer: &layer{}, model: map[int64]bucket{}, line: &tail{}}}
		for step := range rapid.IntRange(1, 40).Draw(t, "steps") {
			v := versions[rapid.IntRange(max(0, len(versions)-3), len(versions)-1).Draw(t, "version")]
			next := &version{model: maps.Clone(v.model), line: v.line}
			if v.gone {
				next.line = &tail{}
			}
			v.gone = true
			var more []bucket
			for at := range slices.Values(rapid.SliceOfNDistinct(rapid.Int64Range(0, 12), 0, 4, rapid.ID).Draw(t, "times")) {
				more = append(more, bucket{at: at, order: int32(step)})
				next.model[at] = bucket{at: at, order: int32(step)}
			}
			more = sortBuckets(more)
			next.layer = v.layer.with(more, int64(step), next.line)
			versions = append(versions, next)
		}
		for _, v := range versions {
			want := slices.SortedFunc(maps.Values(v.model), func(x, y bucket) int { return int(x.at - y.at) })
			if got := v.layer.list(); !slices.Equal(got, want) {
				t.Fatalf("the layer holds %v, not %v", got, want)
			}
			for at := range int64(13) {
				x, found := v.layer.find(at)
				if y, has := v.model[at]; found != has || x != y {
					t.Fatalf("for %d it has %v %v, not %v %v", at, x, found, y, has)
				}
			}
		}
	})
}

// Lists that share blocks do not see what the other has put behind.
func TestListsThatShareBlocksStayApart(t *testing.T) {
	t.Parallel()
	var a blocks[int32]
	for i := range int32(blockSize + 10) {
		a.push(i)
	}
	b := a.share(true)
	c := a.share(false)
	for i := range int32(blockSize) {
		b.push(-i)
		c.push(i * 2)
	}
	if a.n != blockSize+10 || *a.at(blockSize + 9) != blockSize+9 || b.n != 2*blockSize+10 || c.n != b.n {
		t.Fatalf("there are %d, %d and %d", a.n, b.n, c.n)
	}
	for i := range int32(blockSize) {
		if k := i + blockSize + 10; *b.at(k) != -i || *c.at(k) != i*2 || *b.at(i) != i || *c.at(i + 10) != i+10 {
			t.Fatalf("entry %d is %d and %d", k, *b.at(k), *c.at(k))
		}
	}
	if a.list[0] != c.list[0] || a.list[1] != b.list[1] {
		t.Error("what is the same is not shared")
	}
}

// What is noted comes out by place, then time, then as it was noted; also what is
// noted meanwhile of later places. What was left undone is forgotten.
func TestAgendaComesOutInOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := &agenda{}
		for range rapid.IntRange(1, 3).Draw(t, "rounds") {
			count := int32(rapid.IntRange(1, 200).Draw(t, "count"))
			a.begin(int(count))
			left, number := map[int32][]edit{}, int64(0)
			add := func(least int32) {
				e := edit{at: rapid.Int64Range(0, 3).Draw(t, "at"), qty: number, buffer: rapid.Int32Range(least, count-1).Draw(t, "place")}
				number++
				a.add(e.buffer, e)
				left[e.buffer] = append(left[e.buffer], e)
			}
			for range rapid.IntRange(0, 30).Draw(t, "many") {
				add(0)
			}
			stop := rapid.IntRange(0, 60).Draw(t, "stop")
			for range stop {
				edits, ok := a.next()
				if ok != (len(left) > 0) {
					t.Fatalf("there is more: %v, of %d places", ok, len(left))
				}
				if !ok {
					break
				}
				b := slices.Min(slices.Collect(maps.Keys(left)))
				want := left[b]
				slices.SortStableFunc(want, func(x, y edit) int { return int(x.at - y.at) })
				if !slices.EqualFunc(edits, want, func(x, y edit) bool { return x.buffer == b && x.at == y.at && x.qty == y.qty }) {
					t.Fatalf("%v came out, not %v", edits, want)
				}
				delete(left, b)
				if b < count-1 {
					add(b + 1)
				}
			}
		}
	})
}
