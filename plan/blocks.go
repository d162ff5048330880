package plan

import (
	"iter"
	"slices"
)

// blocks is a list that grows by whole blocks: what is in it never moves, so
// growing costs no copying and no space twice as large as the list.
type blocks[T any] struct {
	list []*[blockSize]T
	n    int32
}

const (
	blockBits = 14
	blockSize = 1 << blockBits
)

// push appends x and returns its index.
func (b *blocks[T]) push(x T) int32 {
	i := b.n
	if int(i>>blockBits) == len(b.list) {
		b.list = append(b.list, new([blockSize]T))
	}
	b.list[i>>blockBits][i&(blockSize-1)] = x
	b.n++
	return i
}

// at returns the element with index i; it stays where it is.
func (b *blocks[T]) at(i int32) *T { return &b.list[i>>blockBits][i&(blockSize-1)] }

// span is what stands in [from, to): not to be changed, and where it lies in one
// block, not copied either.
func (b *blocks[T]) span(from, to int32) []T {
	if from >= to {
		return nil
	}
	if k := from >> blockBits; k == (to-1)>>blockBits {
		low := from & (blockSize - 1)
		high := low + to - from
		return b.list[k][low:high:high]
	}
	list := make([]T, 0, to-from)
	for i := from; i < to; i++ {
		list = append(list, *b.at(i))
	}
	return list
}

// share is a list that begins as this one does, and shares with it what both hold.
// What is pushed onto one is not in the other, but only one of them may go on in the
// block where they end: the others must not be `first`.
func (b *blocks[T]) share(first bool) blocks[T] {
	c := blocks[T]{slices.Clip(b.list), b.n}
	if k := b.n >> blockBits; !first && int(k) < len(b.list) {
		c.list = slices.Clone(b.list[:k+1])
		c.list[k] = new([blockSize]T)
		copy(c.list[k][:b.n&(blockSize-1)], b.list[k][:])
	}
	return c
}

// cut forgets all elements from index n on.
func (b *blocks[T]) cut(n int32) { b.n = n }

// all goes through the elements in order.
func (b *blocks[T]) all() iter.Seq2[int32, *T] {
	return func(yield func(int32, *T) bool) {
		for k, block := range b.list {
			first := int32(k) << blockBits
			for i := range block[:max(0, min(blockSize, b.n-first))] {
				if !yield(first+int32(i), &block[i]) {
					return
				}
			}
		}
	}
}
