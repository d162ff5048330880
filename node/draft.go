package node

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"sort"
	"strconv"

	"commonweal/coordination"
	"commonweal/journal"
	"commonweal/ledger"
	"commonweal/store"
	"commonweal/vf"
)

// The names of the node's own views; the ledger has its own.
const (
	viewRecord = "record"
	viewKey    = "key"
	viewMark   = "mark"
	viewAuthor = "author"
)

// layout is the number of the views' layout; views of another one are made anew.
const layout = 3

// mark is how the view of that name is written.
type mark struct {
	Layout  int          `json:"layout"`
	Journal journal.Mark `json:"journal"`
}

// draft is what acts would change, until it is durable. Drafts stand on each
// other: one for the transaction, on it one for each call, on it one for an act.
type draft struct {
	n        *Node
	below    *draft
	state    *ledger.State
	journal  *journal.State
	register *coordination.Register
	seat     *Seat // whose rights count; nil of whoever holds the books
	by       vf.ID // the author of the act that is being entered
	hashes   map[vf.ID]string
	authors  map[vf.ID]vf.ID           // who entered records first, "" of those that are gone
	raw      map[vf.ID]json.RawMessage // canonical public part of records put as they are
	profiles []store.Put
	entries  []journal.Sealed
	keys     map[string]int64
	past     map[vf.ID][]int64 // the entries here that changed a record
	changes  []Change
}

func (n *Node) draft() *draft {
	return &draft{n: n, state: n.state.Fork(), register: n.register.Fork(), journal: n.journal.Clone(), hashes: map[vf.ID]string{},
		authors: map[vf.ID]vf.ID{}, raw: map[vf.ID]json.RawMessage{}, keys: map[string]int64{}, past: map[vf.ID][]int64{}}
}

func (d *draft) fork() *draft {
	return &draft{n: d.n, below: d, state: d.state.Fork(), register: d.register.Fork(), seat: d.seat, by: d.by, journal: d.journal.Clone(),
		hashes: map[vf.ID]string{}, authors: map[vf.ID]vf.ID{}, raw: map[vf.ID]json.RawMessage{}, keys: map[string]int64{}, past: map[vf.ID][]int64{}}
}

// merge puts what changed here into the draft below.
func (d *draft) merge() {
	d.state.Merge()
	d.register.Merge()
	b := d.below
	b.journal = d.journal
	maps.Copy(b.hashes, d.hashes)
	maps.Copy(b.authors, d.authors)
	maps.Copy(b.raw, d.raw)
	maps.Copy(b.keys, d.keys)
	for id, entries := range d.past {
		b.past[id] = append(b.past[id], entries...)
	}
	b.profiles = append(b.profiles, d.profiles...)
	b.entries = append(b.entries, d.entries...)
	b.changes = append(b.changes, d.changes...)
}

// hash returns the hash of a record's profile, "" if it has none.
func (d *draft) hash(id vf.ID) string {
	for x := d; x != nil; x = x.below {
		if h, ok := x.hashes[id]; ok {
			return h
		}
	}
	return d.n.hashes[id]
}

// seal splits the records, makes the entry and notes what has changed.
func (d *draft) seal(a *Act, key string, records []vf.Record, gone map[vf.ID]vf.Record) error {
	j := journal.Act{Kind: a.Kind, Author: a.Author, At: a.At, Key: key, Of: a.Of, Network: a.Network, PublicKey: a.PublicKey, Proof: a.Proof}
	for _, r := range records {
		raw, err := d.split(a, r)
		if err != nil {
			return err
		}
		j.Records = append(j.Records, raw)
	}
	if err := d.provedBy(&j); err != nil {
		return err
	}
	sealed, err := d.journal.Seal(j, d.n.signer)
	if err != nil {
		return err
	}
	d.entries = append(d.entries, sealed)
	d.keys[key] = sealed.Seq
	changed := d.changed(a.Of, records)
	d.noted(sealed.Seq, changed)
	d.changes = append(d.changes, Change{Sequence: sealed.Seq, Act: j, Changed: changed, gone: gone})
	return nil
}

// changed lists the records that an entry changed: those that it carries or is
// about, and the resources, as they may be, of its events.
func (d *draft) changed(of []vf.ID, records []vf.Record) []vf.ID {
	list := slices.Clone(of)
	for _, r := range records {
		list = append(list, r.Key())
		if ev, ok := d.state.Record(r.Key()).(*vf.EconomicEvent); ok { // as posted: a correction is of the same resources
			list = append(list, ev.ResourceInventoriedAs, ev.ToResourceInventoriedAs)
		}
	}
	slices.Sort(list)
	list = slices.Compact(list)
	if len(list) > 0 && list[0] == "" {
		list = list[1:]
	}
	return list
}

// split parts a record into what the journal carries and its profile, which
// takes the place of the one before.
func (d *draft) split(a *Act, r vf.Record) (json.RawMessage, error) {
	raw, err := vf.Encode(r)
	if err != nil {
		return nil, err
	}
	id, old := r.Key(), d.hash(r.Key())
	if old != "" {
		d.profiles = append(d.profiles, store.Put{View: store.Profiles, Key: old})
		d.hashes[id] = ""
	}
	if !hasPersonal(r) {
		raw, err = journal.Canonical(raw)
		d.raw[id] = raw
		return raw, err
	}
	open, profile, err := journal.Split(raw, d.salt(a, id))
	if err != nil {
		return nil, err
	}
	if profile != nil {
		hash := journal.ProfileHash(profile)
		d.hashes[id] = hash
		d.profiles = append(d.profiles, store.Put{View: store.Profiles, Key: hash, Value: profile})
	}
	d.raw[id] = open
	return open, nil
}

// puts are the rows of the views that the batch changes.
func (d *draft) puts() ([]store.Put, error) {
	views, records := d.state.Changed()
	list := make([]store.Put, 0, len(views)+len(records)+len(d.keys)+1)
	for _, v := range views {
		list = append(list, store.Put{View: v.Name, Key: v.Key, Value: v.Value})
	}
	for _, id := range sortedKeys(records) {
		r := records[id]
		if r == nil {
			list = append(list, store.Put{View: viewRecord, Key: id})
			continue
		}
		raw := d.raw[vf.ID(id)]
		if raw == nil || moves(r) {
			var err error
			if raw, err = publicJSON(r, d.hash(vf.ID(id))); err != nil {
				return nil, err
			}
		}
		list = append(list, store.Put{View: viewRecord, Key: id, Value: raw})
	}
	for _, id := range slices.Sorted(maps.Keys(d.authors)) {
		p := store.Put{View: viewAuthor, Key: string(id)}
		if author := d.authors[id]; author != "" {
			p.Value = []byte(author)
		}
		list = append(list, p)
	}
	for _, key := range sortedKeys(d.keys) {
		list = append(list, store.Put{View: viewKey, Key: key, Value: []byte(strconv.FormatInt(d.keys[key], 10))})
	}
	past, err := d.pastRows()
	if err != nil {
		return nil, err
	}
	list = append(list, past...)
	m, err := json.Marshal(mark{layout, d.journal.Mark()})
	if err != nil {
		return nil, err
	}
	return append(list, store.Put{View: viewMark, Key: viewMark, Value: m}), nil
}

// moves reports whether a record may be other than the act that said it: by
// later acts, or since the ledger completed it.
func moves(r vf.Record) bool {
	switch r := r.(type) {
	case *vf.EconomicEvent:
		return r.Corrects != ""
	case *vf.EconomicResource, *vf.Commitment, *vf.Intent, *vf.Process, *vf.Claim:
		return true
	}
	return false
}

// used tells at which sequence a key was used.
func (d *draft) used(ctx context.Context, key string) (int64, bool, error) {
	for x := d; x != nil; x = x.below {
		if seq, ok := x.keys[key]; ok {
			return seq, true, nil
		}
	}
	if d.n.journal.Size() == 0 {
		return 0, false, nil
	}
	raw, err := d.n.store.Get(ctx, viewKey, key)
	if err != nil || raw == nil {
		return 0, false, err
	}
	seq, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		return 0, false, differs(viewKey, key)
	}
	return seq, true, nil
}

var errStop = errors.New("enough was read")

// entry reads one entry, from this transaction or from the store.
func (d *draft) entry(ctx context.Context, seq int64) (*journal.Entry, error) {
	for x := d; x != nil; x = x.below {
		i := sort.Search(len(x.entries), func(i int) bool { return x.entries[i].Seq >= seq })
		if i < len(x.entries) && x.entries[i].Seq == seq {
			return journal.Decode(x.entries[i].Raw)
		}
	}
	var e *journal.Entry
	err := d.n.store.Entries(ctx, seq, func(_ int64, raw []byte) error {
		var err error
		if e, err = journal.Decode(raw); err != nil {
			return err
		}
		return errStop
	})
	if err != nil && !errors.Is(err, errStop) {
		return nil, err
	}
	return e, nil
}

func sortedKeys[K ~string, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
