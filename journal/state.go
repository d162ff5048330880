package journal

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"commonweal/rule"
)

// State is what is needed to write the next entry and to check one that is
// read. The zero value is the state before the genesis. It is small, and a
// [State.Clone] of it is how a writer keeps the way back until an entry is
// durable.
type State struct {
	order    Order
	last     tlog.Hash
	edge     []tlog.Hash // roots of the complete subtrees, largest first
	unsigned int64       // how many entries at the end have no signature after them
}

// Sealed is an entry ready for a store. Hashes are the hashes that it adds to
// those stored, at tlog.StoredHashIndex(0, Seq) and the places after it.
type Sealed struct {
	Seq    int64
	Raw    []byte
	Hashes []tlog.Hash
}

// Size returns how many entries there are.
func (s *State) Size() int64 { return s.order.size }

// Network returns the network's id, "" before the genesis.
func (s *State) Network() string { return s.order.network }

// Keys returns the keyring.
func (s *State) Keys() Keyring { return slices.Clone(s.order.keys) }

// Tree returns size and root of the Merkle tree.
func (s *State) Tree() tlog.Tree { return tlog.Tree{N: s.order.size, Hash: s.root()} }

// Clone returns a state of its own.
func (s *State) Clone() *State {
	c := *s
	c.edge = slices.Clone(s.edge)
	return &c
}

func (s *State) root() tlog.Hash {
	if len(s.edge) == 0 {
		h, _ := tlog.TreeHash(0, nil) // the root of the empty tree needs no reader and cannot fail
		return h
	}
	h := s.edge[len(s.edge)-1]
	for i := len(s.edge) - 2; i >= 0; i-- {
		h = tlog.NodeHash(s.edge[i], h)
	}
	return h
}

// move takes the entry of a leaf hash into the state and returns the new stored hashes;
// next is the order after it.
func (s *State) move(next Order, h tlog.Hash, signed bool) []tlog.Hash {
	joined := bits.TrailingZeros64(^uint64(s.order.size))
	hashes := append(make([]tlog.Hash, 0, joined+1), h)
	for range joined { // each complete subtree of equal size on the left is joined
		h = tlog.NodeHash(s.edge[len(s.edge)-1], h)
		s.edge = s.edge[:len(s.edge)-1]
		hashes = append(hashes, h)
	}
	s.edge = append(s.edge, h)
	s.order, s.last = next, hashes[0]
	if s.unsigned++; signed {
		s.unsigned = 0
	}
	return hashes
}

// Apply reads the next entry, checks all of it, and moves the state on: its
// form, network, sequence, the hash of the entry before, the key in use, the
// signature. Where it has none it stands on that of a later entry, and [State.End] says
// whether that has come. An error is a [*Fault], and the state stays as it was.
func (s *State) Apply(raw []byte) (*Entry, []tlog.Hash, error) {
	return s.take(Read(raw), true)
}

// ApplyRead does what Apply does with an entry that was read before its turn.
func (s *State) ApplyRead(r Reading) (*Entry, error) {
	e, _, err := s.take(r, true)
	return e, err
}

// FollowRead does what ApplyRead does, save that it does not look at the signature. It is
// for entries of which the caller knows the root, so that they are those that were signed.
func (s *State) FollowRead(r Reading) (*Entry, error) {
	e, _, err := s.take(r, false)
	return e, err
}

// Reading is an entry that was read, of which it is not known yet whether it may stand
// where it stands. What takes longest needs no state, so many can be read at once.
type Reading struct {
	Entry    *Entry // nil of what is none
	unsigned []byte
	leaf     tlog.Hash
	err      error
}

// Read reads an entry; [State.ApplyRead] says what is wrong with it.
func Read(raw []byte) Reading {
	e, unsigned, err := decode(raw)
	return Reading{e, unsigned, tlog.RecordHash(raw), err}
}

func (s *State) take(r Reading, signed bool) (*Entry, []tlog.Hash, error) {
	e := r.Entry
	if r.err != nil {
		return nil, nil, s.fault(NotAnEntry, r.err.Error())
	}
	if fault := s.place(e); fault != nil {
		return nil, nil, fault
	}
	keys, err := s.order.admit(&e.Act, e.SignedBy)
	if err != nil {
		var r *rule.Refusal
		errors.As(err, &r)
		return nil, nil, s.fault(NotAdmitted, r.Sentence())
	}
	switch {
	case e.Signature == nil:
		if why := s.mustSign(e.Act.Kind); why != "" {
			return nil, nil, s.fault(Unsigned, why)
		}
	case signed && !e.SignedBy.verify(r.unsigned, e.Signature):
		return nil, nil, s.fault(BadSignature, "it says that it is signed by "+string(e.SignedBy))
	}
	return e, s.move(Order{e.Network, s.order.size + 1, keys}, r.leaf, e.Signature != nil), nil
}

// place checks that the entry belongs where it stands.
func (s *State) place(e *Entry) *Fault {
	switch {
	case e.Sequence != s.order.size:
		return s.fault(OutOfPlace, fmt.Sprintf("it carries the sequence %d", e.Sequence))
	case s.order.size > 0 && e.Network != s.order.network:
		return s.fault(OtherNetwork, fmt.Sprintf("it is of the network %s, the journal of %s", e.Network, s.order.network))
	case s.order.size == 0 && e.Act.Kind == Genesis && e.Network != e.Act.Network:
		return s.fault(OtherNetwork, fmt.Sprintf("the genesis of %s says that it is of %s", e.Act.Network, e.Network))
	case e.Previous != s.last:
		return s.fault(BrokenChain, fmt.Sprintf("it names %s as the hash of the entry before, which has %s", e.Previous, s.last)+s.standing())
	}
	return nil
}

func (s *State) fault(kind FaultKind, text string) *Fault {
	return &Fault{Sequence: s.order.size, Kind: kind, Text: text}
}

// Mark is a state written down, so that a journal need not be replayed to go on.
type Mark struct {
	Network  string      `json:"network"`
	Size     int64       `json:"size"`
	Last     tlog.Hash   `json:"last"`
	Edge     []tlog.Hash `json:"edge"`
	Keys     Keyring     `json:"keys"`
	Unsigned int64       `json:"unsigned,omitempty"` // entries at the end that have no signature after them; 0 where a journal may end
}

// Mark writes the state down.
func (s *State) Mark() Mark {
	return Mark{s.order.network, s.order.size, s.last, slices.Clone(s.edge), slices.Clone(s.order.keys), s.unsigned}
}

// Resume returns the state that was written down. A mark that cannot be of any
// journal is an error; whether it is of this one is told by comparing
// [State.Tree] with a checkpoint or with the stored hashes.
func Resume(m Mark) (*State, error) {
	switch {
	case m.Size < 0 || len(m.Edge) != bits.OnesCount64(uint64(m.Size)):
		return nil, fmt.Errorf("the mark of %d entries has %d hashes at its edge", m.Size, len(m.Edge))
	case m.Size > 0 && (m.Network == "" || len(m.Keys) == 0):
		return nil, fmt.Errorf("the mark of %d entries has no network or no key", m.Size)
	case m.Size&1 == 1 && m.Edge[len(m.Edge)-1] != m.Last:
		return nil, fmt.Errorf("the mark of %d entries has another last hash than its edge", m.Size)
	case m.Unsigned != 0 && (m.Unsigned < 0 || m.Unsigned >= min(m.Size, MaxRun)):
		return nil, fmt.Errorf("the mark of %d entries says that %d at the end are not signed", m.Size, m.Unsigned)
	}
	return &State{Order{m.Network, m.Size, slices.Clone(m.Keys)}, m.Last, slices.Clone(m.Edge), m.Unsigned}, nil
}
