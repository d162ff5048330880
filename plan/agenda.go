package plan

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// edit is a requirement of a bucket that is other than before: was and is are
// consumers as in links, or none.
type edit struct {
	at, qty int64 // qty is of what is
	was, is int32
	buffer  int32
	before  int32 // one more than the number of the edit of this buffer that came before, 0 if none
}

const none = int32(math.MinInt32)

// agenda says what is other than before and not yet planned. Buffers come out in the
// order of planning.
type agenda struct {
	last  []int32  // of each buffer by its place: one more than the number of its last edit
	marks []uint64 // a bit for each buffer that has any
	word  int      // no word of the marks before it has any
	edits []edit
	group []edit
}

// begin makes an agenda empty, for a part with so many buffers.
func (a *agenda) begin(count int) {
	for ok := len(a.edits) > 0; ok; { // what was left undone
		_, ok = a.next()
	}
	if words := (count + 63) / 64; len(a.last) < count {
		a.last, a.marks = make([]int32, count), make([]uint64, words)
	}
	a.word = len(a.marks)
}

// add notes an edit of the buffer with a place.
func (a *agenda) add(rank int32, e edit) {
	e.before = a.last[rank]
	a.edits = append(a.edits, e)
	a.last[rank] = int32(len(a.edits))
	word := int(rank / 64)
	a.marks[word] |= 1 << (rank % 64)
	a.word = min(a.word, word)
}

// next takes out the edits of the first buffer that has any, by time and then as they
// were added; ok is false where there is none. They stand until the next call.
func (a *agenda) next() (edits []edit, ok bool) {
	for a.word < len(a.marks) && a.marks[a.word] == 0 {
		a.word++
	}
	if a.word == len(a.marks) {
		a.edits = a.edits[:0]
		return nil, false
	}
	rank := a.word*64 + bits.TrailingZeros64(a.marks[a.word])
	a.marks[a.word] &= a.marks[a.word] - 1
	a.group = a.group[:0]
	for k := a.last[rank]; k > 0; k = a.edits[k-1].before {
		a.group = append(a.group, a.edits[k-1])
	}
	a.last[rank] = 0
	slices.Reverse(a.group)
	if len(a.group) > 1 {
		slices.SortStableFunc(a.group, func(x, y edit) int { return cmp.Compare(x.at, y.at) })
	}
	return a.group, true
}
