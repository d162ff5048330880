package graphql

import (
	"reflect"
	"slices"
	"strconv"

	"commonweal/journal"
	"commonweal/rule"
	"commonweal/vf"
)

// revised is a record as it was after an entry.
type revised struct {
	vf.Record
	sequence int64
}

// plain is a record without what we put around it.
func plain(p any) vf.Record {
	if r, ok := p.(revised); ok {
		return r.Record
	}
	return p.(vf.Record)
}

// revision is one entry that changed a record.
type revision struct {
	of       vf.ID
	sequence int64
}

// history is the past of a record, and which revision of it was asked for.
type history struct {
	of   vf.ID
	past []int64
	at   int // of the past
}

func (h history) revision(i int) any {
	if i < 0 || i >= len(h.past) {
		return nil
	}
	return revision{h.of, h.past[i]}
}

// historyOf is the past of a record in an answer.
func (x *execution) historyOf(p any) history {
	id := p.(vf.Record).Key()
	h := history{of: id, past: x.books.Past(id)}
	h.at = len(h.past) - 1
	if r, ok := p.(revised); ok {
		h.at, _ = slices.BinarySearch(h.past, r.sequence)
	}
	return h
}

// revisions adds to a type of records what it has of its past.
func (s *schema) revisions(o *object) {
	if s.types["RecordMeta"] == nil {
		s.recordMeta()
		for _, i := range []string{"Record", "Agent", "Flow"} {
			s.types[i].field("revision", i+"!", nil, argument{"revisionId", "ID!", ""})
		}
	}
	o.field("revisionId", "ID!", func(x *execution, p any, _ arguments) (any, error) {
		h := x.historyOf(p)
		return h.past[h.at], nil
	})
	o.field("revision", o.name+"!", func(x *execution, p any, args arguments) (any, error) {
		text := args["revisionId"].(string)
		id := p.(vf.Record).Key()
		sequence, err := strconv.ParseInt(text, 10, 64)
		if _, found := slices.BinarySearch(x.books.Past(id), sequence); err != nil || !found {
			return nil, rule.Refuse("noSuchRevision", "id", string(id), "revision", text)
		}
		r, err := x.h.node.Revision(x.ctx, id, sequence)
		if err != nil {
			return nil, err
		}
		if r == nil || !x.sees(r) {
			return nil, rule.Refuse("noSuchRevision", "id", string(id), "revision", text)
		}
		return revised{r, sequence}, nil
	}, argument{"revisionId", "ID!", ""}).cost = 500
	o.field("meta", "RecordMeta!", func(x *execution, p any, _ arguments) (any, error) { return x.historyOf(p), nil })
}

// recordMeta adds the types about the past of records.
func (s *schema) recordMeta() {
	m := s.add(&object{kind: isObject, name: "RecordMeta"})
	one := func(name, typ string, f func(h history) any) {
		m.field(name, typ, func(_ *execution, p any, _ arguments) (any, error) { return f(p.(history)), nil })
	}
	one("retrievedRevision", "Revision!", func(h history) any { return h.revision(h.at) })
	one("latestRevision", "Revision!", func(h history) any { return h.revision(len(h.past) - 1) })
	one("previousRevision", "Revision", func(h history) any { return h.revision(h.at - 1) })
	one("previousRevisionsCount", "Int!", func(h history) any { return h.at })
	one("futureRevisionsCount", "Int!", func(h history) any { return len(h.past) - 1 - h.at })
	pages(m.field("revisions", "RevisionConnection!", func(_ *execution, p any, args arguments) (any, error) {
		h := p.(history)
		return counted(args, int64(len(h.past)), byNumber, func(i int64) any { return revision{h.of, h.past[i]} })
	}), "")
	r := s.add(&object{kind: isObject, name: "Revision"})
	r.field("id", "ID!", func(_ *execution, p any, _ arguments) (any, error) { return p.(revision).sequence, nil })
	r.field("time", "DateTime", entryOf(func(_ *execution, e *journalEntry) (any, error) { return e.Act.At, nil }))
	r.field("author", "Agent", entryOf(func(x *execution, e *journalEntry) (any, error) { return x.refer(e.Act.Author) }))
	r.field("entry", "JournalEntry", entryOf(func(_ *execution, e *journalEntry) (any, error) { return e, nil }))
	s.connection("Revision")
}

// journalEntry is an entry with its bytes.
type journalEntry struct {
	*journal.Entry
	raw []byte
}

// entryOf resolves a field of a revision by its entry.
func entryOf(f func(*execution, *journalEntry) (any, error)) resolver {
	return func(x *execution, p any, _ arguments) (any, error) {
		return late{p.(revision).sequence, func(e *journal.Entry, raw []byte) (any, error) { return f(x, &journalEntry{e, raw}) }}, nil
	}
}

// places are how the places of a list in memory are called.
type places struct {
	name func(i int64) string
	find func(place string) (i int64, there, ok bool) // not there: i is what came behind it
}

// byNumber calls places by their number.
var byNumber = places{func(i int64) string { return strconv.FormatInt(i, 10) }, func(place string) (int64, bool, bool) {
	i, err := strconv.ParseInt(place, 10, 64)
	return i, true, err == nil && i >= 0
}}

// counted takes a page out of a list of so many in memory.
func counted(args arguments, n int64, by places, at func(int64) any) (any, error) {
	w, err := windowOf(args)
	if err != nil {
		return nil, err
	}
	low, high, err := w.bounds(args, n, by)
	if err != nil {
		return nil, err
	}
	g := &page{before: known(low > 0), after: known(high < n), count: func() (int, error) { return int(n), nil }}
	low = min(low, high)
	between := high - low
	if w.first >= 0 {
		high = min(high, low+int64(w.first))
		g.after = known(between > int64(w.first))
	}
	if w.last >= 0 {
		low = max(low, high-int64(w.last))
		g.before = known(between > int64(w.last))
	}
	for i := low; i < high; i++ {
		g.items = append(g.items, item{at(i), by.name(i)})
	}
	return g, nil
}

// bounds are what lies between the cursors: from low to before high, nothing where low
// is not less.
func (w window) bounds(args arguments, n int64, by places) (low, high int64, err error) {
	low, high = 0, n
	for name, place := range map[string]string{"after": w.after, "before": w.before} {
		if place == "" {
			continue
		}
		i, there, ok := by.find(place)
		switch {
		case !ok:
			return 0, 0, rule.Refuse("badCursor", "argument", name, "cursor", args[name].(string))
		case name == "before":
			high = min(i, n)
		case there:
			low = min(i, n-1) + 1
		default:
			low = min(i, n)
		}
	}
	return low, high, nil
}

// sorted gives the keys of a map in order.
func sorted[K ~string, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// pointer is the value to which a pointer of ours leads.
func pointer(p any) reflect.Value { return reflect.ValueOf(p).Elem() }
