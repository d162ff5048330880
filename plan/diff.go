package plan

import (
	"cmp"
	"slices"
)

// step is a proposed process or a proposed taking, as a diff sees it. Source is
// the maker, or ^offer, in a numbering that both plans share; number counts from 1
// those of one source and end. Part and order say where it stands in its plan.
type step struct {
	source, number int32
	part, order    int32
	begin, end     int64
	qty            int64
}

// The kinds of a change; a step may be moved and resized at once.
const (
	stepAdded = 1 << iota
	stepRemoved
	stepMoved
	stepResized
)

// stepChange is one line of a diff: a step that left, one that came, or both
// where the one took the place of the other.
type stepChange struct {
	kind      uint8
	left, new step
}

// matchSteps tells what became of the steps that left and from where those come
// that came. Steps that are equal in all are no change. Then, for each source,
// steps of one end are the same in another size; the others are matched in order
// of time. Both lists are sorted in place; the result is by source and time.
func matchSteps(left, came []step) []stepChange {
	slices.SortFunc(left, compareSteps)
	slices.SortFunc(came, compareSteps)
	left, came = cancel(left, came, func(a, b *step) int { return compareSteps(*a, *b) }, nil)
	if len(left)+len(came) == 0 {
		return nil
	}
	list := make([]stepChange, 0, max(len(left), len(came)))
	pair := func(a, b step) { list = append(list, changeOf(a, b)) }
	left, came = cancel(left, came, compareEnds, pair)
	left, came = inTimeOrder(left, came, pair)
	for _, s := range left {
		list = append(list, stepChange{kind: stepRemoved, left: s})
	}
	for _, s := range came {
		list = append(list, stepChange{kind: stepAdded, new: s})
	}
	slices.SortFunc(list, func(a, b stepChange) int { return compareSteps(*a.now(), *b.now()) })
	return list
}

func compareSteps(a, b step) int {
	if c := compareEnds(&a, &b); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.qty, b.qty))
}

func compareEnds(a, b *step) int {
	if a.source != b.source {
		return cmp.Compare(a.source, b.source)
	}
	return cmp.Compare(a.end, b.end)
}

// cancel takes out of two sorted lists what is equal in both, one for one.
func cancel(left, came []step, compare func(a, b *step) int, pair func(a, b step)) (restLeft, restCame []step) {
	i, j, l, c := 0, 0, 0, 0
	for i < len(left) && j < len(came) {
		switch x := compare(&left[i], &came[j]); {
		case x < 0:
			left[l] = left[i]
			i, l = i+1, l+1
		case x > 0:
			came[c] = came[j]
			j, c = j+1, c+1
		default:
			if pair != nil {
				pair(left[i], came[j])
			}
			i, j = i+1, j+1
		}
	}
	l += copy(left[l:], left[i:])
	c += copy(came[c:], came[j:])
	return left[:l], came[:c]
}

// inTimeOrder pairs, source by source, the first that left with the first that
// came, and so on.
func inTimeOrder(left, came []step, pair func(a, b step)) (restLeft, restCame []step) {
	return cancel(left, came, func(a, b *step) int { return cmp.Compare(a.source, b.source) }, pair)
}

// changeOf says what is different between a step and the one that took its place.
func changeOf(a, b step) stepChange {
	x := stepChange{left: a, new: b}
	if a.end != b.end || a.begin != b.begin {
		x.kind |= stepMoved
	}
	if a.qty != b.qty {
		x.kind |= stepResized
	}
	return x
}

// now is the step as it is in the new plan, or was where it is no more.
func (x *stepChange) now() *step {
	if x.kind == stepRemoved {
		return &x.left
	}
	return &x.new
}
