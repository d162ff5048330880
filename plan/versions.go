package plan

import (
	"iter"
	"slices"
	"strings"

	"commonweal/vf"
)

// perLeaf is how many entries of a table are copied at once when a copy of the
// table changes.
const perLeaf = 256

// ordered is a table by id, sorted, whose clones share what does not differ: a
// clone costs a list of leaves, and the first change to a leaf copies that leaf.
type ordered[V any] struct {
	leaves []*leaf[V]
	own    []bool // leaves that no other table shares
}

type leaf[V any] struct {
	ids    []vf.ID
	values []V
}

func compareIDs(a, b vf.ID) int { return strings.Compare(string(a), string(b)) }

// tableOf makes a table of records by their ids.
func tableOf[R vf.Record](list []R) (t ordered[R]) {
	slices.SortFunc(list, func(a, b R) int { return compareIDs(a.Key(), b.Key()) })
	for part := range slices.Chunk(list, perLeaf/2) {
		l := &leaf[R]{values: slices.Clone(part)}
		for _, r := range part {
			l.ids = append(l.ids, r.Key())
		}
		t.leaves, t.own = append(t.leaves, l), append(t.own, true)
	}
	return t
}

// clone returns a table that stays as it is when this one changes, and the other
// way about.
func (t *ordered[V]) clone() ordered[V] {
	t.own = make([]bool, len(t.leaves))
	return ordered[V]{slices.Clone(t.leaves), make([]bool, len(t.leaves))}
}

// find returns the leaf in which an id is or would be, and where.
func (t *ordered[V]) find(id vf.ID) (l, at int, found bool) {
	l, found = slices.BinarySearchFunc(t.leaves, id, func(x *leaf[V], id vf.ID) int { return compareIDs(x.ids[0], id) })
	if found {
		return l, 0, true
	}
	if l--; l < 0 {
		return 0, 0, false
	}
	at, found = slices.BinarySearchFunc(t.leaves[l].ids, id, compareIDs)
	return l, at, found
}

// get returns what stands under an id.
func (t *ordered[V]) get(id vf.ID) (v V, found bool) {
	l, at, found := t.find(id)
	if found {
		v = t.leaves[l].values[at]
	}
	return v, found
}

// writable makes a leaf this table's own.
func (t *ordered[V]) writable(l int) *leaf[V] {
	if !t.own[l] {
		old := t.leaves[l]
		t.leaves[l], t.own[l] = &leaf[V]{slices.Clone(old.ids), slices.Clone(old.values)}, true
	}
	return t.leaves[l]
}

// set puts v under an id.
func (t *ordered[V]) set(id vf.ID, v V) {
	if len(t.leaves) == 0 {
		t.leaves, t.own = []*leaf[V]{{[]vf.ID{id}, []V{v}}}, []bool{true}
		return
	}
	l, at, found := t.find(id)
	x := t.writable(l)
	if found {
		x.values[at] = v
		return
	}
	x.ids, x.values = slices.Insert(x.ids, at, id), slices.Insert(x.values, at, v)
	if len(x.ids) > perLeaf {
		half := len(x.ids) / 2
		right := &leaf[V]{slices.Clone(x.ids[half:]), slices.Clone(x.values[half:])}
		clear(x.values[half:])
		x.ids, x.values = x.ids[:half], x.values[:half]
		t.leaves, t.own = slices.Insert(t.leaves, l+1, right), slices.Insert(t.own, l+1, true)
	}
}

// remove takes away what stands under an id.
func (t *ordered[V]) remove(id vf.ID) {
	l, at, found := t.find(id)
	if !found {
		return
	}
	x := t.writable(l)
	if x.ids, x.values = slices.Delete(x.ids, at, at+1), slices.Delete(x.values, at, at+1); len(x.ids) == 0 {
		t.leaves, t.own = slices.Delete(t.leaves, l, l+1), slices.Delete(t.own, l, l+1)
	}
}

// all goes over the table in order of the ids.
func (t *ordered[V]) all() iter.Seq2[vf.ID, V] {
	return func(yield func(vf.ID, V) bool) {
		for _, l := range t.leaves {
			for i, id := range l.ids {
				if !yield(id, l.values[i]) {
					return
				}
			}
		}
	}
}

// layered is a table by id: what was there when the facts were read, which stays
// as it is once the table is sealed, and over it what has changed since.
type layered[V any] struct {
	base   map[vf.ID]V
	over   ordered[V]
	sealed bool
}

func (t *layered[V]) get(id vf.ID) V {
	if v, changed := t.over.get(id); changed {
		return v
	}
	return t.base[id]
}

func (t *layered[V]) set(id vf.ID, v V) {
	if t.sealed {
		t.over.set(id, v)
		return
	}
	if t.base == nil {
		t.base = map[vf.ID]V{}
	}
	t.base[id] = v
}

func (t *layered[V]) clone() layered[V] { return layered[V]{t.base, t.over.clone(), t.sealed} }

const perSheet = 64

// sheet is a table by number, of a fixed length, whose clones share what does not
// differ. Where nothing was set it holds zero values, and takes no room.
type sheet[V any] struct {
	leaves [][]V
	own    []bool
}

func newSheet[V any](length int) sheet[V] {
	count := (length + perSheet - 1) / perSheet
	return sheet[V]{make([][]V, count), make([]bool, count)}
}

func (t *sheet[V]) get(i int32) (v V) {
	if l := t.leaves[i/perSheet]; l != nil {
		v = l[i%perSheet]
	}
	return v
}

// at is where entry i can be written.
func (t *sheet[V]) at(i int32) *V {
	l := &t.leaves[i/perSheet]
	if !t.own[i/perSheet] {
		old := *l
		*l, t.own[i/perSheet] = make([]V, perSheet), true
		copy(*l, old)
	}
	return &(*l)[i%perSheet]
}

func (t *sheet[V]) clone() sheet[V] {
	t.own = make([]bool, len(t.leaves))
	return sheet[V]{slices.Clone(t.leaves), make([]bool, len(t.leaves))}
}

// roll is a table by number that grows at its end, whose clones share what does not
// differ.
type roll[V any] struct {
	leaves [][]V
	own    []bool
	n      int
}

const perRoll = 256

// rollOf makes a roll of what stands in a list.
func rollOf[V any](list []V) (t roll[V]) {
	for _, v := range list {
		t.push(v)
	}
	return t
}

func (t *roll[V]) len() int { return t.n }

func (t *roll[V]) at(i int32) V { return t.leaves[i/perRoll][i%perRoll] }

// set puts v in the place of entry i.
func (t *roll[V]) set(i int32, v V) {
	t.writable(int(i / perRoll))[i%perRoll] = v
}

func (t *roll[V]) writable(k int) []V {
	if !t.own[k] {
		old := t.leaves[k]
		t.leaves[k], t.own[k] = make([]V, perRoll), true
		copy(t.leaves[k], old)
	}
	return t.leaves[k]
}

// push puts v behind all entries, and returns its number.
func (t *roll[V]) push(v V) int32 {
	if t.n/perRoll == len(t.leaves) {
		t.leaves, t.own = append(t.leaves, make([]V, perRoll)), append(t.own, true)
	}
	t.writable(t.n / perRoll)[t.n%perRoll] = v
	t.n++
	return int32(t.n - 1)
}

// all goes through the entries in order.
func (t *roll[V]) all() iter.Seq2[int32, V] {
	return func(yield func(int32, V) bool) {
		for i := range int32(t.n) {
			if !yield(i, t.leaves[i/perRoll][i%perRoll]) {
				return
			}
		}
	}
}

// clone returns a roll that stays as it is when this one changes, and the other way
// about.
func (t *roll[V]) clone() roll[V] {
	t.own = make([]bool, len(t.leaves))
	return roll[V]{slices.Clone(t.leaves), make([]bool, len(t.leaves)), t.n}
}
