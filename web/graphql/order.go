package graphql

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"commonweal/rule"
	"commonweal/vf"
)

// orders are the orders of a list beside that of ids. Each is a text of a record by
// which texts sort; those that say nothing come last, whichever way it goes, and
// equal ones are in the order of ids.
var orders = map[string]func(x *execution, r vf.Record) string{
	"NAME":    func(_ *execution, r vf.Record) string { return nameOf(r) },
	"DATE":    func(_ *execution, r vf.Record) string { return dateOf(r) },
	"CHANGED": func(x *execution, r vf.Record) string { return x.changedOf(r.Key()) },
}

const backwardsOrder = "_DESC"

// ordering adds the enumeration of orders.
func (s *schema) ordering() {
	o := s.add(&object{kind: isEnum, name: "RecordOrder"})
	o.names = []string{"ID"}
	for _, name := range sorted(orders) {
		o.names = append(o.names, name, name+backwardsOrder)
	}
}

// nameOf is what a record is called, in small letters.
func nameOf(r vf.Record) string {
	for _, property := range []string{"name", "label"} {
		if v := held(r, property); v.IsValid() && v.String() != "" {
			return strings.ToLower(v.String())
		}
	}
	return ""
}

// dateOf is when a record begins, else when it ends.
func dateOf(r vf.Record) string {
	begin, end := span(r)
	if begin.IsZero() {
		begin = end
	}
	if begin.IsZero() {
		return ""
	}
	return fmt.Sprintf("%020d", uint64(begin.Unix())^1<<63) // so that times before 1970 come first
}

// changedOf is the entry that changed a record last.
func (x *execution) changedOf(id vf.ID) string {
	past := x.books.Past(id)
	if len(past) == 0 {
		return ""
	}
	return fmt.Sprintf("%020d", past[len(past)-1])
}

// spot is a place in an ordered list.
type spot struct {
	text string
	id   vf.ID
}

func (s spot) String() string { return s.text + "\x00" + string(s.id) }

// spotOf reads a place out of a cursor, nil if none is said.
func spotOf(place, argument string, args arguments) (*spot, error) {
	if place == "" {
		return nil, nil //nolint:nilnil // the end of the list is no place
	}
	i := strings.LastIndexByte(place, 0)
	if i < 0 {
		return nil, rule.Refuse("badCursor", "argument", argument, "cursor", args[argument].(string))
	}
	return &spot{place[:i], vf.ID(place[i+1:])}, nil
}

// compareBy compares places in an order.
func compareBy(descending bool) func(a, b spot) int {
	return func(a, b spot) int {
		switch { // those that say nothing are last
		case a.text == "" && b.text != "":
			return 1
		case a.text != "" && b.text == "":
			return -1
		}
		by := strings.Compare(a.text, b.text)
		if descending {
			by = -by
		}
		return cmp.Or(by, cmp.Compare(a.id, b.id))
	}
}

// ranked is a record with its place in an ordered list.
type ranked struct {
	spot
	record vf.Record
}

// inOrder takes the page that is asked for out of a list in another order than that
// of ids. All of the list is looked at, and only what may be on the page is kept.
func (x *execution) inOrder(order string, l list, args arguments, fits func(vf.Record) bool) (any, error) {
	w, err := windowOf(args)
	if err != nil {
		return nil, err
	}
	from, err := spotOf(w.after, "after", args)
	if err != nil {
		return nil, err
	}
	until, err := spotOf(w.before, "before", args)
	if err != nil {
		return nil, err
	}
	name, descending := strings.CutSuffix(order, backwardsOrder)
	b := &ordered{size: w.first, compare: compareBy(descending)}
	if w.first < 0 {
		b.size, b.backwards = w.last, true
	}
	for id := range l("", false) {
		r, err := x.fitting(id, fits)
		if err != nil {
			return nil, err
		}
		if r == nil {
			continue
		}
		b.total++
		switch at := (ranked{spot{orders[name](x, r), id}, r}); {
		case from != nil && b.compare(at.spot, *from) <= 0:
			b.lower = true
		case until != nil && b.compare(at.spot, *until) >= 0:
			b.upper = true
		default:
			b.keep(at)
		}
	}
	return b.page(w), nil
}

// ordered is what of an ordered list may be on a page: one record more than it has.
type ordered struct {
	size         int
	backwards    bool // the last ones are wanted
	compare      func(a, b spot) int
	best         []ranked
	lower, upper bool // there is something up to the cursor after, or from the cursor before on
	total        int
}

// keep puts a record among the best so far.
func (b *ordered) keep(at ranked) {
	i, _ := slices.BinarySearchFunc(b.best, at, func(x, y ranked) int { return b.compare(x.spot, y.spot) })
	switch full := len(b.best) > b.size; {
	case !full:
		b.best = slices.Insert(b.best, i, at)
	case !b.backwards && i < len(b.best):
		b.best = slices.Insert(b.best[:len(b.best)-1], i, at)
	case b.backwards && i > 0:
		copy(b.best, b.best[1:i])
		b.best[i-1] = at
	}
}

// page is the page of the best.
func (b *ordered) page(w window) *page {
	more, before, after := len(b.best) > b.size, b.lower, b.upper
	switch {
	case b.backwards:
		before = more
		b.best = b.best[max(0, len(b.best)-b.size):]
	default:
		after = more
		b.best = b.best[:min(len(b.best), b.size)]
	}
	if !b.backwards && w.last >= 0 {
		before = len(b.best) > w.last
		b.best = b.best[max(0, len(b.best)-w.last):]
	}
	g := &page{before: known(before), after: known(after), count: func() (int, error) { return b.total, nil }}
	for _, s := range b.best {
		g.items = append(g.items, item{s.record, s.String()})
	}
	return g
}

// fitting returns the record of an id if the seat sees it and it fits, else nil.
func (x *execution) fitting(id vf.ID, fits func(vf.Record) bool) (vf.Record, error) {
	if err := x.looked(); err != nil {
		return nil, err
	}
	r, err := x.books.Record(id)
	if err != nil || r == nil || !x.sees(r) || fits != nil && !fits(r) {
		return nil, err
	}
	return r, nil
}
