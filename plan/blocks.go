package plan

import "iter"

// blocks is a list that grows by whole blocks: what is in it never moves, so
// growing costs no copying and no space twice as large as the list.
type blocks[T any] struct {
	list [][]T
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
		b.list = append(b.list, make([]T, blockSize))
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
