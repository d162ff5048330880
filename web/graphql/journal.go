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
		g, err := counted(args, x.books.Size(), func(i int64) any { return i })
		if err != nil {
			return nil, err
		}
		return g, x.readEntries(g.(*page))
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

// readEntries puts entries into a page of sequences.
func (x *execution) readEntries(g *page) error {
	sequences := make([]int64, len(g.items))
	for i := range g.items {
		sequences[i] = g.items[i].node.(int64)
	}
	found, err := x.h.node.Pick(x.ctx, sequences)
	if err != nil {
		return err
	}
	for i := range g.items {
		raw := found[sequences[i]]
		e, err := journal.Decode(raw)
		if err != nil {
			return err
		}
		g.items[i].node = &journalEntry{e, raw}
	}
	g.items = slices.DeleteFunc(g.items, func(i item) bool { return !x.seesOf(i.node.(*journalEntry).ids()) })
	return nil
}

// entryType adds the type of entries. Their head is for all who see the journal;
// which records an entry is about, and its bytes, for those who see these.
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
