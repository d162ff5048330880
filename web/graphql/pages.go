package graphql

import (
	"encoding/base64"
	"iter"
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
		f.args = append(f.args, argument{"filter", filter, ""})
	}
	return f
}

// page is a part of a long list. An item is what the nodes are: a record, an entry.
type page struct {
	items  []item
	before bool // there is something before it
	after  bool
	count  func() (int, error) // of the whole list
}

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
	o.field("hasPreviousPage", "Boolean!", func(_ *execution, p any, _ arguments) (any, error) { return p.(*page).before, nil })
	o.field("hasNextPage", "Boolean!", func(_ *execution, p any, _ arguments) (any, error) { return p.(*page).after, nil })
	o.field("totalCount", "Int!", func(_ *execution, p any, _ arguments) (any, error) { return p.(*page).count() })
	o.field("pageLimit", "Int!", func(*execution, any, arguments) (any, error) { return mostPage, nil })
}

func cursorOf(i item) string { return base64.RawURLEncoding.EncodeToString([]byte(i.place)) }

// window is what the arguments of a connection ask for.
type window struct {
	size          int
	backwards     bool
	after, before string // places, "" for the end of the list
}

// windowOf reads the arguments of a connection.
func windowOf(args arguments) (window, error) {
	w := window{size: usualPage}
	first, forwards := args["first"].(int)
	last, backwards := args["last"].(int)
	switch {
	case forwards && backwards:
		return w, rule.Refuse("badPage", "reason", "both first and last are said")
	case forwards:
		w.size = first
	case backwards:
		w.size, w.backwards = last, true
	}
	if w.size < 0 {
		return w, rule.Refuse("badPage", "reason", "a page of "+strconv.Itoa(w.size)+" is asked for")
	}
	if w.size > mostPage {
		return w, rule.Refuse("pageTooLarge", "size", strconv.Itoa(w.size), "limit", strconv.Itoa(mostPage))
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
// and what fits, is in it.
func (x *execution) paged(l list, args arguments, fits func(vf.Record) bool, whole func() int) (any, error) {
	w, err := windowOf(args)
	if err != nil {
		return nil, err
	}
	from, until := w.after, w.before
	if w.backwards {
		from, until = w.before, w.after
	}
	g := &page{}
	more, err := x.take(g, l, w, from, until, fits)
	if err != nil {
		return nil, err
	}
	g.before, g.after = from != "", more || until != ""
	if w.backwards {
		for i, j := 0, len(g.items)-1; i < j; i, j = i+1, j-1 {
			g.items[i], g.items[j] = g.items[j], g.items[i]
		}
		g.before, g.after = g.after, g.before
	}
	g.count = func() (int, error) {
		if whole != nil && fits == nil && x.seesAll() {
			return whole(), nil
		}
		all := &page{}
		_, err := x.take(all, l, window{size: -1}, "", "", fits)
		return len(all.items), err
	}
	return g, nil
}

// take fills a page, and reports whether there is more of the list.
func (x *execution) take(g *page, l list, w window, from, until string, fits func(vf.Record) bool) (bool, error) {
	for id := range l(vf.ID(from), w.backwards) {
		if until != "" && (!w.backwards && string(id) >= until || w.backwards && string(id) <= until) {
			return false, nil
		}
		if err := x.looked(); err != nil {
			return false, err
		}
		r, err := x.books.Record(id)
		if err != nil {
			return false, err
		}
		if r == nil || !x.sees(r) || fits != nil && !fits(r) {
			continue
		}
		if len(g.items) == w.size {
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
