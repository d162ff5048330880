package graphql

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"commonweal/journal"
)

// late is a value that needs an entry of the journal. All that an answer needs are
// read together: as often as entries lead to entries, not as often as there are.
type late struct {
	sequence int64
	then     func(e *journal.Entry, raw []byte) (any, error)
}

// gap is where in the answer a late value belongs.
type gap struct {
	at    int // in the bytes of the answer
	late  late
	typ   *ast.Type
	group *group
	path  []any
}

// leaveGap leaves room for a late value. It must be of a type that may be null.
func (x *execution) leaveGap(typ *ast.Type, l late, g *group) bool {
	if typ.NonNull {
		panic("graphql: a late value may not be of the type " + typ.String())
	}
	x.slow = append(x.slow, gap{len(x.out), l, typ, g, slices.Clone(x.path)})
	return true
}

// cut takes back what was written from a place on.
func (x *execution) cut(start int) {
	x.out = x.out[:start]
	for len(x.slow) > 0 && x.slow[len(x.slow)-1].at >= start {
		x.slow = x.slow[:len(x.slow)-1]
	}
}

// piece is a part of an answer: bytes, or a gap behind them.
type piece struct {
	bytes []byte
	gap   *gap
}

// pieces parts what was written at its gaps.
func (x *execution) pieces() []piece {
	var list []piece
	from := 0
	for i := range x.slow {
		list = append(list, piece{x.out[from:x.slow[i].at], &x.slow[i]})
		from = x.slow[i].at
	}
	list = append(list, piece{x.out[from:], nil})
	x.out, x.slow = nil, nil
	return list
}

// filled returns the answer with its gaps filled.
func (x *execution) filled() ([]byte, error) {
	if len(x.slow) == 0 {
		return x.out, nil
	}
	list := x.pieces()
	for {
		var sequences []int64
		for _, p := range list {
			if p.gap != nil {
				sequences = append(sequences, p.gap.late.sequence)
			}
		}
		if len(sequences) == 0 {
			break
		}
		entries, err := x.h.node.Pick(x.ctx, sequences)
		if err != nil {
			return nil, err
		}
		var next []piece
		for _, p := range list {
			if next = append(next, piece{p.bytes, nil}); p.gap != nil {
				next = append(next, x.fill(p.gap, entries[p.gap.late.sequence])...)
			}
		}
		list = next
	}
	var out []byte
	for _, p := range list {
		out = append(out, p.bytes...)
	}
	return out, nil
}

// fill answers one late value.
func (x *execution) fill(g *gap, raw []byte) []piece {
	x.path = g.path
	e, err := journal.Decode(raw)
	var value any
	if err == nil {
		value, err = g.late.then(e, raw)
	}
	if err != nil {
		x.fail(err, g.group)
		value = nil
	}
	if !x.complete(g.typ, value, g.group) {
		x.cut(0)
		x.out = append(x.out, "null"...)
	}
	return x.pieces()
}
