package graphql

import (
	"encoding/base64"
	"iter"
	"slices"
	"strconv"

	"commonweal/rule"
	"commonweal/vf"
)

// The sizes of pages.
const (
	usualPage = 50
	mostPage  = 500
)

// pageArguments are those of every connection.
var pageArguments = []argument{{"first", "Int", ""}, {"after", "String", ""}, {"last", "Int", ""}, {"before", "String", ""}}

// pages gives a field the arguments of a connection; filter names the type of its
// filter, "" for none.
func pages(f *field, filter string) *field {
	f.args = append(f.args, pageArguments...)
	if filter != "" {
		f.args = append(f.args, argument{"filter", filter, ""}, argument{"orderBy", "RecordOrder", ""})
	}
	return f
}

// page is a part of a long list. An item is what the nodes are: a record, an entry.
// What is before it and behind it is looked for when it is asked for.
type page struct {
	items  []item
	before func() (bool, error) // whether there is something before it
	after  func() (bool, error)
	count  func() (int, error) // of the whole list
}

// known is what need not be looked for.
func known(is bool) func() (bool, error) { return func() (bool, error) { return is, nil } }

// item is one of a page, with the place in the order that its cursor stands for.
type item struct {
	node  any
	place string
}

// connection adds the types of a connection to a type.
func (s *schema) connection(of string) {
	if s.types["PageInfo"] == nil {
		s.pageInfo()
	}
	c := s.add(&object{kind: isObject, name: of + "Connection"})
	e := c.field("edges", "["+of+"Edge!]!", func(_ *execution, p any, _ arguments) (any, error) {
		list := make([]any, len(p.(*page).items))
		for i := range list {
			list[i] = p.(*page).items[i]
		}
		return list, nil
	})
	n := c.field("nodes", "["+of+"!]!", func(_ *execution, p any, _ arguments) (any, error) {
		list := make([]any, len(p.(*page).items))
		for i := range list {
			list[i] = p.(*page).items[i].node
		}
		return list, nil
	})
	e.times, n.times = wholePage, wholePage
	c.field("pageInfo", "PageInfo!", func(_ *execution, p any, _ arguments) (any, error) { return p, nil })
	edge := s.add(&object{kind: isObject, name: of + "Edge"})
	edge.field("node", of+"!", func(_ *execution, p any, _ arguments) (any, error) { return p.(item).node, nil })
	edge.field("cursor", "String!", func(_ *execution, p any, _ arguments) (any, error) { return cursorOf(p.(item)), nil })
}

// wholePage as the number of values of a list means: as many as the page has.
const wholePage = -1

func (s *schema) pageInfo() {
	o := s.add(&object{kind: isObject, name: "PageInfo"})
	end := func(which func(*page) int) resolver {
		return func(_ *execution, p any, _ arguments) (any, error) {
			g := p.(*page)
			if len(g.items) == 0 {
				return nil, nil
			}
			return cursorOf(g.items[which(g)]), nil
		}
	}
	o.field("startCursor", "String", end(func(*page) int { return 0 }))
	o.field("endCursor", "String", end(func(g *page) int { return len(g.items) - 1 }))
	o.field("hasPreviousPage", "Boolean!", func(_ *execution, p any, _ arguments) (any, error) { return p.(*page).before() })
	o.field("hasNextPage", "Boolean!", func(_ *execution, p any, _ arguments) (any, error) { return p.(*page).after() })
	o.field("totalCount", "Int!", func(_ *execution, p any, _ arguments) (any, error) { return p.(*page).count() })
	o.field("pageLimit", "Int!", func(*execution, any, arguments) (any, error) { return mostPage, nil })
}

func cursorOf(i item) string { return base64.RawURLEncoding.EncodeToString([]byte(i.place)) }

// window is what the arguments of a connection ask for: first slices what lies between
// the cursors, then last does. Where neither is said, it is a first page of the usual
// size.
type window struct {
	first, last   int    // -1 where it is not said
	after, before string // places, "" for the end of the list
}

// windowOf reads the arguments of a connection.
func windowOf(args arguments) (window, error) {
	w := window{first: -1, last: -1}
	for name, size := range map[string]*int{"first": &w.first, "last": &w.last} {
		n, said := args[name].(int)
		switch {
		case !said:
			continue
		case n < 0:
			return w, rule.Refuse("badPage", "reason", name+" says "+strconv.Itoa(n))
		case n > mostPage:
			return w, rule.Refuse("pageTooLarge", "size", strconv.Itoa(n), "limit", strconv.Itoa(mostPage))
		}
		*size = n
	}
	if w.first < 0 && w.last < 0 {
		w.first = usualPage
	}
	for name, place := range map[string]*string{"after": &w.after, "before": &w.before} {
		text, _ := args[name].(string)
		raw, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil {
			return w, rule.Refuse("badCursor", "argument", name, "cursor", text)
		}
		*place = string(raw)
	}
	return w, nil
}

// list is a long list of records in the order of ids, from after a place on, or
// backwards from before it.
type list func(from vf.ID, backwards bool) iterator

// iterator gives ids one after the other.
type iterator = iter.Seq[vf.ID]

// paged takes the page that is asked for out of a list. Only what the seat sees,
// and what fits, is in it. Cursors stand for places in the order of ids, so those of
// records that are gone still do.
func (x *execution) paged(l list, args arguments, fits func(vf.Record) bool, whole func() int) (any, error) {
	if order, _ := args["orderBy"].(string); order != "" && order != "ID" {
		return x.inOrder(order, l, args, fits)
	}
	w, err := windowOf(args)
	if err != nil {
		return nil, err
	}
	g := &page{}
	if w.first < 0 {
		more, err := x.take(g, l, part{w.last, true, w.before, w.after}, fits)
		if err != nil {
			return nil, err
		}
		slices.Reverse(g.items)
		g.before, g.after = known(more), func() (bool, error) { return x.onward(l, w.before, fits) }
	} else {
		more, err := x.take(g, l, part{w.first, false, w.after, w.before}, fits)
		if err != nil {
			return nil, err
		}
		g.before, g.after = func() (bool, error) { return x.upTo(l, w.after, fits) }, known(more)
		if w.last >= 0 {
			g.before = func() (bool, error) {
				return x.take(&page{}, l, part{w.last, false, w.after, w.before}, fits)
			}
			g.items = g.items[max(0, len(g.items)-w.last):]
		}
	}
	g.count = func() (int, error) {
		if whole != nil && fits == nil && x.seesAll() {
			return whole(), nil
		}
		all := &page{}
		_, err := x.take(all, l, part{size: -1}, fits)
		return len(all.items), err
	}
	return g, nil
}

// upTo reports whether a list has something up to a place; onward, whether it has
// something from there on. Of the end of the list that is nothing.
func (x *execution) upTo(l list, place string, fits func(vf.Record) bool) (bool, error) {
	if place == "" {
		return false, nil
	}
	return x.take(&page{}, l, part{0, true, place + "\x00", ""}, fits)
}

func (x *execution) onward(l list, place string, fits func(vf.Record) bool) (bool, error) {
	if place == "" {
		return false, nil
	}
	at := &page{}
	if _, err := x.take(at, l, part{1, true, place + "\x00", ""}, fits); err != nil || len(at.items) > 0 && at.items[0].place == place {
		return err == nil, err
	}
	return x.take(&page{}, l, part{0, false, place, ""}, fits)
}

// part is a part of a list: so many, from behind a place on, up to before another one.
type part struct {
	size        int // -1 is all
	backwards   bool
	from, until string
}

// take fills a page, and reports whether there is more in that part of the list.
func (x *execution) take(g *page, l list, p part, fits func(vf.Record) bool) (bool, error) {
	for id := range l(vf.ID(p.from), p.backwards) {
		if p.until != "" && (!p.backwards && string(id) >= p.until || p.backwards && string(id) <= p.until) {
			return false, nil
		}
		r, err := x.fitting(id, fits)
		if err != nil {
			return false, err
		}
		if r == nil {
			continue
		}
		if len(g.items) == p.size {
			return true, nil
		}
		g.items = append(g.items, item{r, string(id)})
	}
	return false, nil
}

// all resolves the connection of all records of a class.
func all(c vf.Class) resolver {
	return func(x *execution, _ any, args arguments) (any, error) {
		return x.filtered(args, []vf.Class{c}, nil, nil)
	}
}

// merged is several lists as one, each id once.
func merged(lists []list) list {
	if len(lists) == 1 {
		return lists[0]
	}
	return func(from vf.ID, backwards bool) iterator {
		return func(yield func(vf.ID) bool) {
			heads := make([]vf.ID, len(lists))
			next := make([]func() (vf.ID, bool), len(lists))
			for i, l := range lists {
				pull, stop := iter.Pull(l(from, backwards))
				defer stop()
				next[i] = pull
				heads[i], _ = pull()
			}
			for {
				best := vf.ID("")
				for _, h := range heads {
					if h != "" && (best == "" || (h < best) != backwards && h != best) {
						best = h
					}
				}
				if best == "" || !yield(best) {
					return
				}
				for i := range heads {
					if heads[i] == best {
						heads[i], _ = next[i]()
					}
				}
			}
		}
	}
}
