package plan

// forest says which of some numbered things belong together: each leads to another of
// its group, and at last to the least, the root (disjoint sets, after Galler and
// Fischer 1964).
type forest []int32

func newForest(count int) forest {
	f := make(forest, count)
	for i := range f {
		f[i] = int32(i)
	}
	return f
}

// root is the least of the group of x.
func (f forest) root(x int32) int32 {
	for f[x] != x {
		f[x] = f[f[x]]
		x = f[x]
	}
	return x
}

// join makes one group of two.
func (f forest) join(x, y int32) {
	x, y = f.root(x), f.root(y)
	f[max(x, y)] = min(x, y)
}

// roots gives each thing the root of its group.
func (f forest) roots() []int32 {
	for i := range f {
		f[i] = f.root(int32(i))
	}
	return f
}
