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

// The names of the views in the store.
const (
	viewKey  = "key"
	viewMark = "mark"
)

// layout is the number of the views' layout; views of another one are made anew.
const layout = 4

// mark is how the view of that name is written.
type mark struct {
	Layout  int          `json:"layout"`
	Journal journal.Mark `json:"journal"`
}

// older reports whether an older version of the program wrote the views.
func (m mark) older() bool { return m.Layout > 0 && m.Layout < layout }

// draft is what acts would change, until it is durable. Drafts stand on each
// other: one for the transaction, on it one for each call, on it one for an act.
type draft struct {
	n        *Node
	below    *draft
	state    *ledger.State
	order    journal.Order  // with the acts admitted here, which are not sealed yet
	journal  *journal.State // of the one for the transaction: with all that is sealed, or was read
	acts     []*journal.Admitted
	sealing  *sealing // of the one for a call: where acts go on; nil where none are entered
	register *coordination.Register
	seat     *Seat // whose rights count; nil of whoever holds the books
	by       vf.ID // the author of the act that is being entered
	hashes   map[vf.ID]string
	authors  map[vf.ID]vf.ID // who entered records first, "" of those that are gone
	profiles []store.Put
	keys     map[string]int64
	looked   map[string]int64  // of the one for the transaction: keys that the store was asked for, -1 of those that it does not have
	past     map[vf.ID][]int64 // the entries here that changed a record
	trial    *draft            // an empty fork, used anew for each act
	changes  []Change
}

func (n *Node) draft() *draft {
	return &draft{n: n, state: n.state.Fork(), register: n.register.Fork(), order: n.journal.Order(), journal: n.journal.Clone(), hashes: map[vf.ID]string{},
		authors: map[vf.ID]vf.ID{}, keys: map[string]int64{}, looked: map[string]int64{}, past: map[vf.ID][]int64{}}
}

func (d *draft) fork() *draft {
	return &draft{n: d.n, below: d, state: d.state.Fork(), register: d.register.Fork(), seat: d.seat, by: d.by, order: d.order,
		hashes: map[vf.ID]string{}, authors: map[vf.ID]vf.ID{}, keys: map[string]int64{}, past: map[vf.ID][]int64{}}
}

// forAct returns a fork for one act. It is the same for each act of a call, emptied
// by its merge; where an act is refused nothing more is done with the draft below.
func (d *draft) forAct(a *Act) *draft {
	f := d.trial
	if f == nil {
		f = d.fork()
		d.trial = f
	}
	f.order, f.by = d.order, a.Author
	return f
}

// merge puts what changed here into the draft below, and empties this one.
func (d *draft) merge() {
	d.state.Merge()
	d.register.Merge()
	b := d.below
	b.order = d.order
	handDown(&d.hashes, &b.hashes)
	handDown(&d.authors, &b.authors)
	handDown(&d.keys, &b.keys)
	for id, entries := range d.past {
		if was := b.past[id]; was != nil {
			entries = append(was, entries...)
		}
		b.past[id] = entries
	}
	clear(d.past)
	b.profiles = append(b.profiles, d.profiles...)
	if len(b.changes) == 0 && len(d.changes) > small {
		b.changes, d.changes = d.changes, b.changes
	} else {
		b.changes = append(b.changes, d.changes...)
	}
	if b.sealing != nil {
		b.sealing.put(d.acts)
	}
	d.profiles, d.changes, d.acts = d.profiles[:0], d.changes[:0], d.acts[:0]
}

// small is up to how many values are copied into a map that has none, rather than that
// map given for this one.
const small = 16

// handDown puts what a map has into the one below, and empties it.
func handDown[K comparable, V any](from, below *map[K]V) {
	if len(*below) == 0 && len(*from) > small {
		*below, *from = *from, *below
		return
	}
	maps.Copy(*below, *from)
	clear(*from)
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

// seal splits the records, makes the act that the entry will carry, and notes what has
// changed.
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
	admitted, err := d.order.Admit(j, d.n.signer.PublicKey())
	if err != nil {
		return err
	}
	d.acts = append(d.acts, admitted)
	seq := admitted.Seq()
	d.keys[key] = seq
	changed := d.changed(a.Of, records)
	d.noted(seq, changed)
	d.changes = append(d.changes, Change{Sequence: seq, Act: j, Changed: changed, gone: gone})
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
	raw, err := canonical(r)
	if err != nil {
		return nil, err
	}
	id, old := r.Key(), d.hash(r.Key())
	if old != "" {
		d.profiles = append(d.profiles, store.Put{View: store.Profiles, Key: old})
		d.hashes[id] = ""
	}
	if !hasPersonal(r) {
		return raw, nil
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
	return open, nil
}

// markRow says how the journal goes on.
func (d *draft) markRow() (store.Put, error) {
	m, err := json.Marshal(mark{layout, d.journal.Mark()})
	return store.Put{View: viewMark, Key: viewMark, Value: m}, err
}

// keyRows say of keys which entries have them.
func keyRows(keys map[string]int64) []store.Put {
	list := make([]store.Put, 0, len(keys)+1)
	for _, key := range sortedKeys(keys) {
		list = append(list, store.Put{View: viewKey, Key: key, Value: []byte(strconv.FormatInt(keys[key], 10))})
	}
	return list
}

// used tells at which sequence a key was used.
func (d *draft) used(ctx context.Context, key string) (int64, bool, error) {
	root := d
	for x := d; x != nil; x = x.below {
		if seq, ok := x.keys[key]; ok {
			return seq, true, nil
		}
		root = x
	}
	if d.n.journal.Size() == 0 {
		return 0, false, nil
	}
	seq, ok := root.looked[key]
	if !ok {
		raw, err := d.n.store.Get(ctx, viewKey, key)
		if err != nil {
			return 0, false, err
		}
		if seq, err = sequenceOf(key, raw); err != nil {
			return 0, false, err
		}
		root.looked[key] = seq
	}
	return max(seq, 0), seq >= 0, nil
}

// sequenceOf reads a row of the keys; one that is not there is -1.
func sequenceOf(key string, raw []byte) (int64, error) {
	if raw == nil {
		return -1, nil
	}
	seq, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil || seq < 0 {
		return 0, differs(viewKey, key)
	}
	return seq, nil
}

// lookUp asks the store at once for the keys of all acts that wait. What it cannot
// say now is asked again, key by key.
func (d *draft) lookUp(calls []*call) {
	s, ok := d.n.store.(store.Finder)
	if !ok || d.n.journal.Size() == 0 {
		return
	}
	var keys []string
	for _, c := range calls {
		for i := range c.acts {
			keys = append(keys, c.acts[i].Key)
		}
	}
	if len(keys) < 2 {
		return
	}
	found := make(map[string]int64, len(keys))
	for _, key := range keys {
		found[key] = -1
	}
	err := s.Find(context.Background(), viewKey, keys, func(key string, raw []byte) (err error) {
		found[key], err = sequenceOf(key, raw)
		return err
	})
	if err == nil {
		d.looked = found
	}
}

var errStop = errors.New("enough was read")

// act reads the act of one entry, from this transaction or from the store.
func (d *draft) act(ctx context.Context, seq int64) (*journal.Act, error) {
	for x := d; x != nil; x = x.below {
		i := sort.Search(len(x.changes), func(i int) bool { return x.changes[i].Sequence >= seq })
		if i < len(x.changes) && x.changes[i].Sequence == seq {
			return &x.changes[i].Act, nil
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
	return &e.Act, nil
}

func sortedKeys[K ~string, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
