package node

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"commonweal/coordination"
	"commonweal/journal"
	"commonweal/ledger"
	"commonweal/store"
	"commonweal/vf"
)

// Options is what is handed in: who signs, the clock, and the salt of profiles.
type Options struct {
	Signer journal.Signer  // nil opens the books for reading only
	Now    func() vf.Time  // the system's clock in whole seconds if nil
	Salt   func() [32]byte // random, never twice the same; the system's if nil
	Images Images          // keeps an image of the books, for quick starts; nil does without
	Wait   time.Duration   // how long acts wait for the turn, where several processes write; 10 seconds if 0, not at all if less
}

func (o Options) filled() Options {
	if o.Now == nil {
		o.Now = func() vf.Time { return vf.At(time.Now().Unix()) }
	}
	if o.Wait == 0 {
		o.Wait = 10 * time.Second
	}
	if o.Salt == nil {
		o.Salt = func() (salt [32]byte) {
			_, _ = rand.Read(salt[:]) // never fails: it ends the program instead
			return salt
		}
	}
	return o
}

// Node is the open books of one network. Its methods may be called at the same
// time from several goroutines.
type Node struct {
	store   store.Store
	options Options
	stopped atomic.Pointer[error] // set by a write after which the store takes no more
	doubted atomic.Pointer[error] // what Attest found to differ from the journal

	write sync.Mutex // held by the one who writes
	turn  *turn      // nil where no other process writes
	queue struct {
		sync.Mutex
		calls []*call
	}

	mu       sync.RWMutex // guards what readers see
	state    *ledger.State
	journal  *journal.State
	register *coordination.Register
	authors  map[vf.ID]vf.ID   // record → who entered it first, where it may name nobody
	hashes   map[vf.ID]string  // record → hash of its profile
	profiles map[string][]byte // hash → profile, those that are not erased
	graph    *vf.Graph         // made when asked for
	index    *index
	snapshot *Snapshot // of index, made when asked for
	wholes   sync.Map  // hash of a profile → record with it
	opened   Opened
	kept     int64          // how many entries the last image holds
	fresh    int64          // how often records changed since it
	since    map[vf.ID]bool // what changed since an image was begun; nil while none is made
	signer   journal.Signer
	portions portions // in which a journal is read

	subscribers struct {
		sync.Mutex
		next int
		list map[int]func(Change)
	}
}

// Create begins the books of a network with its genesis, in a store that is
// empty. The signer's key is the first key of the network.
func Create(ctx context.Context, s store.Store, network string, author vf.ID, o Options) (*Node, error) {
	n := newNode(s, o)
	if o.Signer == nil {
		return nil, errors.New("node: a network is begun with a signer")
	}
	_, err := n.Do(ctx, Act{Kind: journal.Genesis, Author: author, Key: "genesis", Network: network, PublicKey: o.Signer.PublicKey()})
	if err != nil {
		return nil, err
	}
	return n, nil
}

func newNode(s store.Store, o Options) *Node {
	n := &Node{store: s, options: o.filled(), state: ledger.New(), journal: &journal.State{}, register: coordination.NewRegister(),
		authors: map[vf.ID]vf.ID{}, hashes: map[vf.ID]string{}, profiles: map[string][]byte{}}
	n.signer, n.index, n.portions = o.Signer, newIndex(nil), usualPortions
	n.subscribers.list = map[int]func(Change){}
	return n
}

// SignWith makes another signer sign, after a rotateKey.
func (n *Node) SignWith(s journal.Signer) {
	n.write.Lock()
	defer n.write.Unlock()
	n.signer = s
}

// Close closes the store.
func (n *Node) Close() error {
	if n.turn != nil {
		n.turn.stop()
	}
	n.write.Lock()
	defer n.write.Unlock()
	if n.turn != nil {
		n.turn.resign()
	}
	return n.store.Close()
}

// Store returns the store, for backups, proofs and verification.
func (n *Node) Store() store.Store { return n.store }

// Network returns the id of the network.
func (n *Node) Network() string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.journal.Network()
}

// Journal returns the journal's state: size, root, keys.
func (n *Node) Journal() *journal.State {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.journal.Clone()
}

// Checkpoint signs what the journal says now, to be kept elsewhere.
func (n *Node) Checkpoint() ([]byte, error) {
	n.write.Lock()
	defer n.write.Unlock()
	if n.signer == nil {
		return nil, errReadOnly
	}
	return n.journal.Checkpoint(n.signer)
}

var errReadOnly = errors.New("the books were opened without a key, for reading only")

// Read calls f with the ledger's state as it is. Nothing changes in it while f
// runs, and writers wait; f must keep nothing of it and not call the Node. Its
// records are the public part; Graph and Record have the rest.
func (n *Node) Read(f func(s *ledger.State) error) error {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return f(n.state)
}

// Record returns the current record of an id with its personal part, where
// that is not erased; nil if there is none. It must not be changed.
func (n *Node) Record(id vf.ID) (vf.Record, error) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.whole(n.state.Record(id))
}

// Graph returns the current records, events included, each class sorted by id:
// resources with their present quantities, commitments as promised. It is not
// changed by later acts and must not be changed.
func (n *Node) Graph() (*vf.Graph, error) {
	n.mu.RLock()
	g := n.graph
	n.mu.RUnlock()
	if g != nil {
		return g, nil
	}
	now := n.Snapshot() // nobody waits while it is read
	g = &vf.Graph{}
	for p := range now.index.each {
		r := p.Record
		if r == nil {
			continue
		}
		if p.Hash != "" {
			var err error
			if r, err = n.joinedRecord(p); err != nil {
				return nil, err
			}
		}
		g.Add(r)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.snapshot == now {
		n.graph = g
	}
	return g, nil
}

// whole joins a record with its profile.
func (n *Node) whole(r vf.Record) (vf.Record, error) {
	if r == nil || n.hashes[r.Key()] == "" {
		return r, nil
	}
	hash := n.hashes[r.Key()]
	profile := n.profiles[hash]
	if profile == nil {
		return r, nil
	}
	public, err := publicJSON(r, hash)
	if err != nil {
		return nil, err
	}
	return joined(public, profile)
}

// Change is what subscribers hear after an act is durable.
type Change struct {
	Sequence int64
	Act      journal.Act // as it stands in the journal
	Changed  []vf.ID     // records that are new, other than before, or gone, sorted

	gone map[vf.ID]vf.Record // what those that are gone were
}

// Subscribe has f called after each act, in the order of the journal, until
// cancel is called. f must return soon and must not call Do.
func (n *Node) Subscribe(f func(Change)) (cancel func()) {
	n.subscribers.Lock()
	defer n.subscribers.Unlock()
	id := n.subscribers.next
	n.subscribers.next++
	n.subscribers.list[id] = f
	return func() {
		n.subscribers.Lock()
		defer n.subscribers.Unlock()
		delete(n.subscribers.list, id)
	}
}

func (n *Node) publish(changes []Change) {
	n.subscribers.Lock()
	list := make([]func(Change), 0, len(n.subscribers.list))
	for i := range n.subscribers.next {
		if f := n.subscribers.list[i]; f != nil {
			list = append(list, f)
		}
	}
	n.subscribers.Unlock()
	for _, c := range changes {
		for _, f := range list {
			f(c)
		}
	}
}

// Verify checks the whole journal, with the checkpoints that the verifier
// holds, and says what that covers.
func (n *Node) Verify(ctx context.Context, held ...[]byte) (*journal.Report, error) {
	return store.Verify(ctx, n.store, held, "")
}

// readUnits has the state read its units now, so that readers, of whom there may
// be many at once, change nothing in it. Units that make no sense were refused.
func (n *Node) readUnits() { _, _ = n.state.Units() }

// merged puts what a batch changed into what readers see.
func (n *Node) merged(d *draft) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.changedSince(d)
	n.index.take(d.state.ChangedRecords(), d.hashes, d.past)
	n.took(d)
}

// took puts what a batch changed into all but the index.
func (n *Node) took(d *draft) {
	n.fresh += int64(len(d.state.ChangedRecords()))
	d.state.Merge()
	d.register.Merge()
	n.readUnits()
	n.journal = d.journal
	for id, author := range d.authors {
		if author == "" {
			delete(n.authors, id)
		} else {
			n.authors[id] = author
		}
	}
	for id, hash := range d.hashes {
		if hash == "" {
			delete(n.hashes, id)
		} else {
			n.hashes[id] = hash
		}
	}
	for _, p := range d.profiles {
		if p.Value == nil {
			delete(n.profiles, p.Key)
			n.wholes.Delete(p.Key)
		} else {
			n.profiles[p.Key] = p.Value
		}
	}
	n.graph, n.snapshot = nil, nil
}
