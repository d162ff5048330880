package plan

import "reflect"

// Rows are the sizes in bytes of one row of the tables that netting goes through.
type Rows struct{ Order, Link, Requirement int64 }

// RowBytes returns how large the rows are, for those who measure.
func RowBytes() Rows {
	size := func(t reflect.Type) int64 { return int64(t.Size()) }
	return Rows{size(reflect.TypeFor[order]()), size(reflect.TypeFor[link]()), size(reflect.TypeFor[requirement]())}
}

// Touched is the least number of bytes that netting so many rows has to move: an
// order is written, and read for each requirement that it makes; a requirement is
// written, and read when it is served; a link is written. Merging, and what is read
// of the facts, come on top.
func (r Rows) Touched(s Stats) int64 {
	return int64(s.Orders)*r.Order + int64(s.Requirements)*(r.Order+2*r.Requirement) + int64(s.Links)*r.Link
}
