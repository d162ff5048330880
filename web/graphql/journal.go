package graphql

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"

	"commonweal/journal"
	"commonweal/rule"
	"commonweal/store"
	"commonweal/vf"
)

// journal adds what is asked of the journal: entries, checkpoints, proofs.
func (s *schema) journal(query *object) {
	s.entryType()
	pages(query.field("journalEntries", "JournalEntryConnection!", func(x *execution, _ any, args arguments) (any, error) {
		return x.entries(args)
	}), "").cost = 50
	query.field("journalEntry", "JournalEntry", func(x *execution, _ any, args arguments) (any, error) {
		sequence, err := x.sequence(args["sequence"])
		if err != nil {
			return nil, err
		}
		return late{sequence, func(e *journal.Entry, raw []byte) (any, error) {
			if entry := (&journalEntry{e, raw}); x.seesOf(entry.ids()) {
				return entry, nil
			}
			return nil, nil
		}}, nil
	}, argument{"sequence", "ID!", ""})
	query.field("journal", "Journal!", func(x *execution, _ any, _ arguments) (any, error) { return x.h.node.Journal(), nil })
	j := s.add(&object{kind: isObject, name: "Journal"})
	of := func(name, typ string, f func(*journal.State) any) {
		j.field(name, typ, func(_ *execution, p any, _ arguments) (any, error) { return f(p.(*journal.State)), nil })
	}
	of("network", "ID!", func(p *journal.State) any { return p.Network() })
	of("size", "Decimal!", func(p *journal.State) any { return vf.Whole(p.Size()) })
	of("root", "String!", func(p *journal.State) any { return p.Tree().Hash.String() })
	of("keyInUse", "String!", func(p *journal.State) any { return string(p.Keys().InUse()) })
	j.field("checkpoint", "String", func(x *execution, p any, _ arguments) (any, error) {
		raw, err := x.h.node.Store().Get(x.ctx, store.Checkpoints, store.CheckpointKey(p.(*journal.State).Size()))
		if err != nil || raw == nil {
			return nil, err
		}
		return string(raw), nil
	}).cost = 50
	j.field("inclusionProof", "[String!]!", func(x *execution, p any, args arguments) (any, error) {
		size, err := sizeOf(args["size"], p.(*journal.State).Size(), 1)
		if err != nil {
			return nil, err
		}
		sequence, err := sizeOf(args["sequence"], size-1, 0)
		if err != nil {
			return nil, err
		}
		proof, err := journal.ProveInclusion(size, sequence, store.HashReader(x.ctx, x.h.node.Store()))
		return texts(proof), err
	}, argument{"sequence", "ID!", ""}, argument{"size", "ID", ""}).cost = 100
	j.field("consistencyProof", "[String!]!", func(x *execution, p any, args arguments) (any, error) {
		newer, err := sizeOf(args["newer"], p.(*journal.State).Size(), 1)
		if err != nil {
			return nil, err
		}
		older, err := sizeOf(args["older"], newer, 1)
		if err != nil {
			return nil, err
		}
		proof, err := journal.ProveConsistency(newer, older, store.HashReader(x.ctx, x.h.node.Store()))
		return texts(proof), err
	}, argument{"older", "ID!", ""}, argument{"newer", "ID", ""}).cost = 100
}

// texts writes the hashes of a proof, as they are in base64.
func texts[H interface{ String() string }](hashes []H) any {
	list := []any{}
	for _, h := range hashes {
		list = append(list, h.String())
	}
	return list
}

// sizeOf reads a number of entries, the most of them if nothing is said.
func sizeOf(arg any, most, least int64) (int64, error) {
	if arg == nil {
		return most, nil
	}
	n, err := strconv.ParseInt(arg.(string), 10, 64)
	if err != nil || n < least || n > most {
		return 0, rule.Refuse("badValue", "place", "the number of an entry", "value", arg.(string), "wanted",
			"a number from "+strconv.FormatInt(least, 10)+" to "+strconv.FormatInt(most, 10))
	}
	return n, nil
}

// sequence reads the sequence of an entry that there is.
func (x *execution) sequence(arg any) (int64, error) { return sizeOf(arg, x.books.Size()-1, 0) }

// entries takes a page out of the journal. Of who does not see all, entries are read
// until the page is full, so that it has what they see and no gaps.
func (x *execution) entries(args arguments) (any, error) {
	w, err := windowOf(args)
	if err != nil {
		return nil, err
	}
	low, high, err := w.bounds(args, x.books.Size(), byNumber)
	if err != nil {
		return nil, err
	}
	g := &page{count: func() (int, error) { return int(x.books.Size()), nil }}
	size := w.first
	if backwards := size < 0; backwards {
		more, err := x.readEntries(g, low, high, w.last, true)
		if err != nil {
			return nil, err
		}
		slices.Reverse(g.items)
		g.before, g.after = known(more), func() (bool, error) { return x.readEntries(&page{}, high, x.books.Size(), 0, false) }
		return g, nil
	}
	more, err := x.readEntries(g, low, high, size, false)
	g.before, g.after = func() (bool, error) { return x.readEntries(&page{}, 0, low, 0, true) }, known(more)
	if w.last >= 0 {
		g.before = func() (bool, error) { return x.readEntries(&page{}, low, high, w.last, false) }
		g.items = g.items[max(0, len(g.items)-w.last):]
	}
	return g, err
}

// readEntries fills a page with entries that the seat sees, of those from low to before
// high, and reports whether there are more.
func (x *execution) readEntries(g *page, low, high int64, size int, backwards bool) (more bool, err error) {
	for low < high {
		n := min(high-low, int64(size-len(g.items))+1)
		if !x.seesAll() {
			n = min(high-low, mostPage)
		}
		sequences := make([]int64, n)
		for i := range n {
			if sequences[i] = low + i; backwards {
				sequences[i] = high - 1 - i
			}
		}
		if backwards {
			high -= n
		} else {
			low += n
		}
		if x.seesAll() && size == len(g.items) {
			return true, nil
		}
		found, err := x.h.node.Pick(x.ctx, sequences)
		if err != nil {
			return false, err
		}
		for _, seq := range sequences {
			raw := found[seq]
			e, err := journal.Decode(raw)
			if err != nil {
				return false, err
			}
			entry := &journalEntry{e, raw}
			if err := x.looked(); err != nil {
				return false, err
			}
			if !x.seesOf(entry.ids()) {
				continue
			}
			if len(g.items) == size {
				return true, nil
			}
			g.items = append(g.items, item{entry, strconv.FormatInt(seq, 10)})
		}
	}
	return false, nil
}

// entryType adds the type of entries. Their head is for all who see the journal;
// which records an entry is about for those who see these, and its bytes for who sees
// all, or entered it.
func (s *schema) entryType() {
	o := s.add(&object{kind: isObject, name: "JournalEntry"})
	of := func(name, typ string, f func(x *execution, e *journalEntry) (any, error)) *field {
		return o.field(name, typ, func(x *execution, p any, _ arguments) (any, error) { return f(x, p.(*journalEntry)) })
	}
	of("sequence", "ID!", func(_ *execution, e *journalEntry) (any, error) { return e.Sequence, nil })
	of("kind", "ActKind!", func(_ *execution, e *journalEntry) (any, error) { return string(e.Act.Kind), nil })
	of("at", "DateTime!", func(_ *execution, e *journalEntry) (any, error) { return e.Act.At, nil })
	of("author", "Agent", func(x *execution, e *journalEntry) (any, error) { return x.refer(e.Act.Author) })
	of("signedBy", "String!", func(_ *execution, e *journalEntry) (any, error) { return string(e.SignedBy), nil })
	of("signedByAuthor", "Boolean!", func(_ *execution, e *journalEntry) (any, error) { return e.Act.Proof != nil, nil })
	of("authorKey", "String", (*execution).authorKey)
	of("deviceKey", "DeviceKey", (*execution).deviceKey)
	of("records", "[Record!]!", func(x *execution, e *journalEntry) (any, error) {
		list := []any{}
		for _, id := range e.ids() {
			r, err := x.refer(id)
			if err != nil {
				return nil, err
			}
			if r != nil {
				list = append(list, r)
			}
		}
		return list, nil
	}).times = usualList
	of("raw", "String", func(x *execution, e *journalEntry) (any, error) {
		if me := x.seat.Actor().Agent; !x.seesAll() && (me == "" || e.Act.Author != me) { // it says who entered it, and by which key
			return nil, nil
		}
		for _, public := range e.Act.Records {
			r, err := x.h.node.Public(public)
			if err != nil {
				return nil, err
			}
			if !x.sees(r) {
				return nil, nil
			}
		}
		for _, id := range e.Act.Of {
			r, err := x.books.Record(id)
			if err != nil || r != nil && !x.sees(r) || r == nil && !x.seesAll() {
				return nil, err
			}
		}
		return base64.StdEncoding.EncodeToString(e.raw), nil
	})
	s.connection("JournalEntry")
	k := s.add(&object{kind: isEnum, name: "ActKind"})
	for _, kind := range journal.Kinds() {
		k.names = append(k.names, string(kind))
	}
}

// ids are the records that an entry carries or is about.
func (e *journalEntry) ids() []vf.ID {
	var list []vf.ID
	for _, raw := range e.Act.Records {
		var r struct {
			ID vf.ID `json:"@id"`
		}
		if json.Unmarshal(raw, &r) == nil { // what the journal holds was checked
			list = append(list, r.ID)
		}
	}
	return append(list, e.Act.Of...)
}
