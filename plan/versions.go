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

// owner is a mark of one table: what bears it, no other table shares.
type owner struct{ _ byte }

// ordered is a table by id, sorted, whose clones share what does not differ: the
// first change to a clone copies its list of leaves, and the first to a leaf that leaf.
type ordered[V any] struct {
	leaves []*leaf[V]
	own    *owner // nil where another table may share the list of leaves
}

type leaf[V any] struct {
	own    *owner
	ids    []vf.ID
	values []V
}

func compareIDs(a, b vf.ID) int { return strings.Compare(string(a), string(b)) }

// tableOf makes a table of records by their ids.
func tableOf[R vf.Record](list []R) (t ordered[R]) {
	t.own = new(owner)
	slices.SortFunc(list, func(a, b R) int { return compareIDs(a.Key(), b.Key()) })
	for part := range slices.Chunk(list, perLeaf/2) {
		l := &leaf[R]{own: t.own, values: slices.Clone(part)}
		for _, r := range part {
			l.ids = append(l.ids, r.Key())
		}
		t.leaves = append(t.leaves, l)
	}
	return t
}

// clone returns a table that stays as it is when this one changes, and the other
// way about.
func (t *ordered[V]) clone() ordered[V] {
	t.own = nil
	return *t
}

// take makes the list of leaves this table's own.
func (t *ordered[V]) take() {
	if t.own == nil {
		t.leaves, t.own = slices.Clone(t.leaves), new(owner)
	}
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
	t.take()
	if old := t.leaves[l]; old.own != t.own {
		t.leaves[l] = &leaf[V]{t.own, slices.Clone(old.ids), slices.Clone(old.values)}
	}
	return t.leaves[l]
}

// set puts v under an id.
func (t *ordered[V]) set(id vf.ID, v V) {
	if len(t.leaves) == 0 {
		t.take()
		t.leaves = []*leaf[V]{{t.own, []vf.ID{id}, []V{v}}}
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
		right := &leaf[V]{t.own, slices.Clone(x.ids[half:]), slices.Clone(x.values[half:])}
		clear(x.values[half:])
		x.ids, x.values = x.ids[:half], x.values[:half]
		t.leaves = slices.Insert(t.leaves, l+1, right)
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
		t.leaves = slices.Delete(t.leaves, l, l+1)
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

// perSheet is small: those who change a sheet change an entry here and one there.
const perSheet = 16

// sheet is a table by number, of a fixed length, whose clones share what does not
// differ. Where nothing was set it holds zero values, and takes no room.
type sheet[V any] struct {
	leaves []*sheetLeaf[V]
	own    *owner // nil where another table may share the list of leaves
}

type sheetLeaf[V any] struct {
	own    *owner
	values [perSheet]V
}

func newSheet[V any](length int) sheet[V] {
	return sheet[V]{make([]*sheetLeaf[V], (length+perSheet-1)/perSheet), new(owner)}
}

func (t *sheet[V]) get(i int32) (v V) {
	if l := t.leaves[i/perSheet]; l != nil {
		v = l.values[i%perSheet]
	}
	return v
}

// at is where entry i can be written.
func (t *sheet[V]) at(i int32) *V {
	if t.own == nil {
		t.leaves, t.own = slices.Clone(t.leaves), new(owner)
	}
	l := t.leaves[i/perSheet]
	if l == nil || l.own != t.own {
		made := &sheetLeaf[V]{own: t.own}
		if l != nil {
			made.values = l.values
		}
		l, t.leaves[i/perSheet] = made, made
	}
	return &l.values[i%perSheet]
}

// clone returns a sheet that stays as it is when this one changes, and the other way
// about.
func (t *sheet[V]) clone() sheet[V] {
	t.seal()
	return *t
}

// seal lets clones share what this sheet has alone; one that is sealed is only read by
// clone.
func (t *sheet[V]) seal() {
	if t.own != nil {
		t.own = nil
	}
}

// roll is a table by number that grows at its end, whose clones share what does not
// differ.
type roll[V any] struct {
	leaves []*rollLeaf[V]
	own    *owner // nil where another table may share the list of leaves
	n      int
}

const perRoll = 256

type rollLeaf[V any] struct {
	own    *owner
	values [perRoll]V
}

// rollOf makes a roll of what stands in a list.
func rollOf[V any](list []V) (t roll[V]) {
	for _, v := range list {
		t.push(v)
	}
	return t
}

func (t *roll[V]) len() int { return t.n }

func (t *roll[V]) at(i int32) V { return t.leaves[i/perRoll].values[i%perRoll] }

// set puts v in the place of entry i.
func (t *roll[V]) set(i int32, v V) {
	t.take()
	l := t.leaves[i/perRoll]
	if l.own != t.own {
		l = &rollLeaf[V]{t.own, l.values}
		t.leaves[i/perRoll] = l
	}
	l.values[i%perRoll] = v
}

// take makes the list of leaves this table's own.
func (t *roll[V]) take() {
	if t.own == nil {
		t.leaves, t.own = slices.Clone(t.leaves), new(owner)
	}
}

// push puts v behind all entries, and returns its number.
func (t *roll[V]) push(v V) int32 {
	if t.take(); t.n/perRoll == len(t.leaves) {
		t.leaves = append(t.leaves, &rollLeaf[V]{own: t.own})
	}
	t.n++
	t.set(int32(t.n-1), v)
	return int32(t.n - 1)
}

// all goes through the entries in order.
func (t *roll[V]) all() iter.Seq2[int32, V] {
	return func(yield func(int32, V) bool) {
		for i := range int32(t.n) {
			if !yield(i, t.at(i)) {
				return
			}
		}
	}
}

// clone returns a roll that stays as it is when this one changes, and the other way
// about.
func (t *roll[V]) clone() roll[V] {
	t.own = nil
	return *t
}
