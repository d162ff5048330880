package node

import (
	"bytes"
	"context"
	"slices"

	"commonweal/journal"
	"commonweal/rule"
	"commonweal/store"
	"commonweal/vf"
)

// erase deletes the personal data of records: all of a Person but the id, the
// note of any other. Of a Person also the notes go that they entered themselves,
// and those of records that name no other agent; what is known about another
// Person stays. The journal keeps hashes, which tell nothing. Where nothing is
// left to erase, the act is refused.
func erase(d *draft, a *Act) ([]vf.Record, error) {
	if err := noRecordsIn(a); err != nil {
		return nil, err
	}
	of := slices.Clone(a.Of)
	for _, id := range a.Of {
		r, err := d.known("of", id)
		if err != nil {
			return nil, err
		}
		found := d.live(d.hash(id))
		if isPerson(r) {
			notes, err := d.notesOf(id)
			if err != nil {
				return nil, err
			}
			of, found = append(of, notes...), found || len(notes) > 0
		}
		if !found {
			return nil, rule.Refuse("nothingPersonal", "id", string(id), "class", string(r.Class())).At(string(id))
		}
	}
	a.Of = of // the entry says of each record that its note is erased
	return nil, nil
}

func isPerson(r vf.Record) bool {
	a, ok := r.(*vf.Agent)
	return ok && a.Type == "Person"
}

// Forgets reports whether an act took what is known of a person out of the books: it erased
// them, or took their record back.
func (n *Node) Forgets(c Change) bool {
	switch c.Act.Kind {
	case journal.Erase, journal.Withdraw, journal.Adopt:
		return slices.ContainsFunc(c.Act.Of, func(id vf.ID) bool {
			if r := c.gone[id]; r != nil {
				return isPerson(r)
			}
			r, err := n.Record(id)
			return err == nil && isPerson(r) && c.Act.Kind == journal.Erase
		})
	}
	return false
}

// sameOf reports whether an act is about the ids of one that was entered; an
// erasure was entered with those of the notes that went with a person.
func (d *draft) sameOf(a *Act, entered []vf.ID) bool {
	if a.Kind == journal.Adopt { // what it takes back beside was found then
		return len(a.Of) <= len(entered) && slices.Equal(a.Of, entered[:len(a.Of)])
	}
	if a.Kind != journal.Erase || len(a.Of) > len(entered) {
		return slices.Equal(a.Of, entered)
	}
	more := slices.ContainsFunc(entered[len(a.Of):], func(id vf.ID) bool { return isPerson(d.state.Record(id)) })
	return !more && slices.Equal(a.Of, entered[:len(a.Of)])
}

// eraseAll deletes the profiles of the records themselves; they keep their hashes.
func eraseAll(d *draft, _ []vf.Record, of []vf.ID) error {
	for _, id := range of {
		if hash := d.hash(id); hash != "" {
			d.profiles = append(d.profiles, store.Put{View: store.Profiles, Key: hash})
		}
	}
	return nil
}

// live reports whether a profile is there and not erased.
func (d *draft) live(hash string) bool {
	if hash == "" {
		return false
	}
	for x := d; x != nil; x = x.below {
		for _, p := range slices.Backward(x.profiles) {
			if p.Key == hash {
				return p.Value != nil
			}
		}
	}
	return d.n.profiles[hash] != nil
}

// notesOf lists, by id, the records whose notes are a person's data: those that
// name no other agent, and those that the person entered as they are now.
func (d *draft) notesOf(person vf.ID) ([]vf.ID, error) {
	var list []vf.ID
	doubtful := map[vf.ID]string{} // by whom they were entered decides: their profiles
	for r := range d.state.Each() {
		hash := d.hash(r.Key())
		switch {
		case isPerson(r) || !d.live(hash):
		case d.namesAlone(r, person):
			list = append(list, r.Key())
		default:
			doubtful[r.Key()] = hash
		}
	}
	entered, err := d.enteredBy(person, d.entriesOf(doubtful))
	if err != nil {
		return nil, err
	}
	for id, hash := range doubtful {
		if entered[hash] {
			list = append(list, id)
		}
	}
	slices.Sort(list)
	return list, nil
}

// entriesOf lists what pastOf does. Where those
// are a good part of the journal, nil, for all of them: to read on is quicker than to pick.
func (d *draft) entriesOf(records map[vf.ID]string) []int64 {
	const share = 4
	list := d.pastOf(records)
	if int64(len(list)) > d.n.journal.Size()/share {
		return nil
	}
	return list
}

// pastOf lists in order the entries in the store that changed some records.
func (d *draft) pastOf(records map[vf.ID]string) []int64 {
	list := []int64{}
	for id := range records {
		list = append(list, d.n.index.past(id)...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// enteredBy finds the profiles in acts of a person, of some entries in the store, nil for
// all of them, and of those of the draft.
func (d *draft) enteredBy(person vf.ID, sequences []int64) (map[string]bool, error) {
	entered := map[string]bool{}
	add := func(a *journal.Act) error {
		if a.Author != person {
			return nil
		}
		for _, public := range a.Records {
			hash, err := journal.ProfileOf(public)
			if err != nil {
				return err
			}
			entered[hash] = true
		}
		return nil
	}
	authored, err := authoredBy(person)
	if err != nil {
		return nil, err
	}
	read := func(_ int64, raw []byte) error {
		if !bytes.Contains(raw, authored) || !bytes.Contains(raw, profileStart) {
			return nil // all who act wait meanwhile, and most entries are others', or hold no note
		}
		e, err := journal.Decode(raw)
		if err != nil {
			return err
		}
		return add(&e.Act)
	}
	if err := d.n.readEntries(context.Background(), sequences, read); err != nil {
		return nil, err
	}
	for x := d; x != nil; x = x.below {
		for i := range x.changes {
			if err := add(&x.changes[i].Act); err != nil {
				return nil, err
			}
		}
	}
	return entered, nil
}

// readEntries reads some entries of the journal, nil for all of them, a few at a time.
func (n *Node) readEntries(ctx context.Context, sequences []int64, f func(int64, []byte) error) error {
	if sequences == nil {
		return n.store.Entries(ctx, 0, f)
	}
	const together = 500
	for some := range slices.Chunk(sequences, together) {
		picked, err := n.Pick(ctx, some)
		if err != nil {
			return err
		}
		for seq, raw := range picked {
			if err := f(seq, raw); err != nil {
				return err
			}
		}
	}
	return nil
}

// authoredBy is what stands in every entry by an author, in its canonical form.
func authoredBy(author vf.ID) ([]byte, error) {
	raw, err := journal.Canonical([]byte(`{"author":` + quoted(string(author)) + `}`))
	if err != nil {
		return nil, err
	}
	return raw[1 : len(raw)-1], nil
}

// namesAlone reports whether a record that is no agent refers to this agent and
// to no other.
func (d *draft) namesAlone(r vf.Record, agent vf.ID) bool {
	if _, ok := r.(*vf.Agent); ok {
		return false
	}
	named, others := false, false
	references(r, func(id vf.ID) {
		if id == agent {
			named = true
		} else if _, ok := d.state.Record(id).(*vf.Agent); ok {
			others = true
		}
	})
	return named && !others
}

// dropProfile deletes the profile of a record that is taken back.
func (d *draft) dropProfile(id vf.ID) {
	if hash := d.hash(id); hash != "" {
		d.profiles = append(d.profiles, store.Put{View: store.Profiles, Key: hash})
		d.hashes[id] = ""
	}
}
