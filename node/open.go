package node

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"commonweal/journal"
	"commonweal/node/packed"
	"commonweal/rule"
	"commonweal/store"
	"commonweal/vf"
)

// Open opens the books in a store: from their image, and what the journal has after it;
// where there is no image that fits, from the whole journal. That these are the entries
// that were written is told by the root that the mark names, so signatures are not
// checked again. Views of another layout are made anew from the journal first, which
// checks all of it, and needs a signer no more than reading does. Books without genesis
// are refused by rule notBegun.
func Open(ctx context.Context, s store.Store, o Options) (*Node, error) {
	n := newNode(s, o)
	raw, err := s.Get(ctx, viewMark, viewMark)
	if err != nil {
		return nil, err
	}
	var m mark
	if raw != nil {
		if err := json.Unmarshal(raw, &m); err != nil {
			return nil, differs(viewMark, viewMark)
		}
	}
	if m.Layout != layout {
		if err := n.rebuild(ctx); err != nil && !errors.Is(err, store.ErrReadOnly) { // a reader enters nothing, so that no key is looked up
			return nil, err
		}
		return n, n.readProfiles(ctx)
	}
	if err := n.checkTail(ctx, m.Journal); err != nil {
		return nil, err
	}
	if err := n.openImage(ctx, m); err != nil {
		return nil, err
	}
	err = n.followOn(ctx, m)
	if err != nil && n.opened.Image > 0 && ctx.Err() == nil { // the image says what the journal does not
		n = newNode(s, o)
		n.opened.Why = err
		err = n.followOn(ctx, m)
	}
	if err != nil {
		return nil, err
	}
	return n, n.readProfiles(ctx)
}

// checkTail compares the mark with the end of the journal that is stored.
func (n *Node) checkTail(ctx context.Context, m journal.Mark) error {
	j, err := journal.Resume(m)
	if err != nil || m.Size == 0 || j.End() != nil {
		return differs(viewMark, viewMark)
	}
	hashes, err := n.store.Hashes(ctx, []int64{tlog.StoredHashIndex(0, m.Size-1)})
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(m.Size, store.HashReader(ctx, n.store))
	if err != nil {
		return err
	}
	if hashes[0] != m.Last || root != j.Tree().Hash {
		return differs(viewMark, fmt.Sprint(m.Size-1))
	}
	return n.store.Entries(ctx, m.Size, func(seq int64, _ []byte) error {
		return differs(viewMark, fmt.Sprint(seq))
	})
}

// readProfiles reads the personal data that is not erased.
func (n *Node) readProfiles(ctx context.Context) error {
	return n.store.Scan(ctx, store.Profiles, func(key string, value []byte) error {
		n.profiles[key] = value
		return nil
	})
}

// followOn enters the entries after the image, which must lead to the mark. Their
// signatures were checked when they were made, and are again by [Node.Attest].
func (n *Node) followOn(ctx context.Context, m mark) error {
	before := n.journal.Size()
	err := n.enterAll(ctx, n.store, reading{entry: (*journal.State).FollowRead})
	if n.opened.Entries = n.journal.Size() - before; err != nil {
		return err
	}
	if now, err := json.Marshal(n.journal.Mark()); err != nil || !sameMark(now, m) {
		return errors.Join(err, differs(viewMark, viewMark))
	}
	return nil
}

// misplaced refuses books whose journal has an entry that cannot stand where it stands.
func misplaced(j *journal.State, err error) error {
	return rule.Refuse("storeDamaged", "path", cmp.Or(j.Network(), "their store"), "reason", err.Error())
}

// notAgain refuses books whose journal has an entry that stands where it may, and yet says
// nothing that these books can say. It is not the refusal of an act that somebody sent now.
func notAgain(j *journal.State, seq int64, err error) error {
	return misplaced(j, fmt.Errorf("entry %d cannot be entered again: %w", seq, err))
}

// reading is how a journal is read and entered again.
type reading struct {
	entry   func(*journal.State, journal.Reading) (*journal.Entry, error) // gives the next entry its place
	entered func(*journal.Entry, *draft)                                  // hears of each, with the draft that it went into; may be nil
	at      int64                                                         // reached is called when there are so many, and may be nil
	reached func() error
}

// portions say, where a journal is read, how many records, about, are taken in at once,
// and how many before they are packed.
type portions struct{ some, loose int64 }

var usualPortions = portions{20_000, 150_000}

// enterAll enters the entries of a source from where the books are, which nobody else has
// yet. Profiles are left as they are, and no subscriber hears of it. The index takes in what
// was entered while more is: entering does not look into it.
func (n *Node) enterAll(ctx context.Context, s store.Source, how reading) error {
	d, waiting, loose := n.draft(), int64(0), n.fresh
	var indexing sync.WaitGroup
	defer indexing.Wait()
	take := func() error {
		d.profiles, d.changes = nil, nil
		records, hashes, past := maps.Clone(d.state.ChangedRecords()), d.hashes, d.past
		indexing.Wait()
		indexing.Go(func() { n.index.take(records, hashes, past) })
		n.took(d)
		var err error
		if n.fresh-loose >= max(n.portions.loose, n.journal.Size()/2) {
			indexing.Wait()
			err, loose = n.packIn(ctx), n.fresh
		}
		d, waiting = n.draft(), 0
		return err
	}
	err := readAhead(ctx, s, n.journal.Size(), func(x *ahead) error {
		e, err := how.entry(d.journal, x.reading)
		if err != nil {
			return misplaced(d.journal, err)
		}
		if err = x.err; err == nil {
			err = d.enterAgain(e, x.records)
		}
		if err != nil {
			return notAgain(d.journal, e.Sequence, err)
		}
		if how.entered != nil {
			how.entered(e, d)
		}
		reached := how.reached != nil && e.Sequence+1 == how.at
		if waiting += 1 + int64(len(e.Act.Records)); waiting >= n.portions.some || reached {
			if err := take(); err != nil {
				return err
			}
		}
		if reached {
			indexing.Wait()
			return how.reached()
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err = d.journal.End(); err != nil {
		return misplaced(d.journal, err)
	}
	return take()
}

// packIn has the books stand on an image of what they are, which takes a tenth of the
// memory. Nobody else has them yet.
func (n *Node) packIn(ctx context.Context) error {
	c, err := n.content()
	if err != nil {
		return err
	}
	image, err := packed.Pack(ctx, c)
	if errors.Is(err, packed.ErrTooLarge) { // then it goes on without
		return nil
	}
	if err != nil {
		return err
	}
	n.state, n.index = ground(image), newIndex(image)
	n.readUnits()
	return nil
}

// rebuild enters the whole journal, checking all of it, and stores the views that it
// makes in the place of those that are there.
func (n *Node) rebuild(ctx context.Context) error {
	r, err := n.replay(ctx, n.store, 0, nil)
	if err != nil {
		return err
	}
	if n.journal.Size() == 0 {
		return rule.Refuse("notBegun")
	}
	m, err := n.draft().markRow()
	if err != nil {
		return err
	}
	stored, err := n.store.Views(ctx)
	if err != nil {
		return err
	}
	return n.store.Append(ctx, store.Batch{Clear: stored, Views: append(keyRows(r.keys), m)})
}

// Rebuild makes all views in a store anew from the journal, checking each entry.
func Rebuild(ctx context.Context, s store.Store) error {
	return newNode(s, Options{}).rebuild(ctx)
}

// replayed is what a journal says beside what the books are.
type replayed struct {
	keys   map[string]int64
	erased map[string]bool // hashes of profiles
}

// replay enters the whole journal of a source into books that are empty, checking each
// entry; reached is called when there are so many.
func (n *Node) replay(ctx context.Context, s store.Source, at int64, reached func() error) (replayed, error) {
	r := replayed{keys: map[string]int64{}, erased: map[string]bool{}}
	how := reading{at: at, reached: reached, entry: (*journal.State).ApplyRead, entered: func(e *journal.Entry, d *draft) {
		r.keys[e.Act.Key] = e.Sequence
		for _, p := range d.profiles {
			r.erased[p.Key] = true
		}
		d.profiles = d.profiles[:0]
	}}
	return r, n.enterAll(ctx, s, how)
}

// said is a record as an entry has it, and the hash of its profile.
type said struct {
	record vf.Record
	hash   string
}

// saidBy reads the records of an act.
func saidBy(a *journal.Act) ([]said, error) {
	list := make([]said, 0, len(a.Records))
	for _, raw := range a.Records {
		r, hash, err := opened(raw)
		if err != nil {
			return nil, err
		}
		list = append(list, said{r, hash})
	}
	return list, nil
}

// again enters the act of an entry that stands in the journal.
func (d *draft) again(e *journal.Entry) error {
	list, err := saidBy(&e.Act)
	if err != nil {
		return err
	}
	return d.enterAgain(e, list)
}

func (d *draft) enterAgain(e *journal.Entry, list []said) error {
	a := &e.Act
	v, ok := verbs[a.Kind]
	if !ok {
		return (&journal.Act{Kind: a.Kind}).Check()
	}
	d.by = a.Author
	records := make([]vf.Record, 0, len(list))
	for _, x := range list {
		d.hashes[x.record.Key()] = x.hash
		records = append(records, x.record)
	}
	was := d.present(a.Of)
	if err := v.enter(d, records, a.Of); err != nil {
		return err
	}
	changed := d.changed(a.Of, records)
	d.noted(e.Sequence, changed)
	d.changes = append(d.changes, Change{Sequence: e.Sequence, Act: *a, Changed: changed, gone: d.gone(was)})
	return nil
}
