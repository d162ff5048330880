package journal

import (
	"encoding/base64"
	"slices"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"commonweal/rule"
)

// Order is what of a [State] is known before entries are signed: how many there are,
// and which keys. It admits acts, one after the other, while those before are still
// being sealed; so deciding need not wait for signatures. A copy of an Order is
// independent of it.
type Order struct {
	network string
	size    int64
	keys    Keyring // never changed, but another one put in its place
}

// Size returns how many entries there are.
func (o *Order) Size() int64 { return o.size }

// Network returns the network's id, "" before the genesis.
func (o *Order) Network() string { return o.network }

// Admitted is an act in its place, which is not signed yet: [State.SealAdmitted] or
// [State.SealInRun] makes the entry of it.
type Admitted struct {
	seq      int64
	kind     Kind
	head     []byte // the entry up to before what depends on the one before it
	signedBy PublicKey
	order    Order // after it
}

// Seq is the sequence of the entry that will be.
func (a *Admitted) Seq() int64 { return a.seq }

// What an entry has beside its act and network: the texts around it, the hash of the
// entry before and the signature in base64.
var (
	hashText      = base64.StdEncoding.EncodedLen(tlog.HashSize)
	signatureText = base64.StdEncoding.EncodedLen(signatureSize)
	besideHead    = len(`,"previous":"","sequence":,"signature":"","signedBy":}`) + signatureText
)

// Admit makes an act the next one, to be signed with this key. A refused act leaves
// the order as it was; refusals are those of [Act.Check], genesisFirst, keyNotInUse,
// those about keys, and actTooLarge.
func (o *Order) Admit(act Act, signedBy PublicKey) (*Admitted, error) {
	act.Records = slices.Clone(act.Records)
	if err := act.check(); err != nil {
		return nil, err
	}
	for i, raw := range act.Records {
		var err error
		if act.Records[i], err = canonicalRecord(i, raw); err != nil {
			return nil, err
		}
	}
	keys, err := o.admit(&act, signedBy)
	if err != nil {
		return nil, err
	}
	network := o.network
	if act.Kind == Genesis {
		network = act.Network
	}
	size := 500
	for _, r := range act.Records {
		size += len(r) + 1
	}
	head, err := act.append(append(make([]byte, 0, size), `{"act":`...), asIs)
	if err != nil {
		return nil, err
	}
	head = appendText(append(head, `,"network":`...), network)
	if length := len(head) + besideHead + o.previousText() + len(strconv.FormatInt(o.size, 10)) + len(signedBy) + 2; length > MaxEntry {
		return nil, rule.Refuse("actTooLarge", "size", strconv.Itoa(length), "most", strconv.Itoa(MaxEntry))
	}
	a := &Admitted{seq: o.size, kind: act.Kind, head: head, signedBy: signedBy, order: Order{network, o.size + 1, keys}}
	*o = a.order
	return a, nil
}

// previousText is how long the hash of the entry before is as text.
func (o *Order) previousText() int {
	if o.size == 0 {
		return 0
	}
	return hashText
}

// admit says whether the act may be the next one, signed with this key, and
// returns the keyring after it.
func (o *Order) admit(act *Act, signedBy PublicKey) (Keyring, error) {
	if (act.Kind == Genesis) != (o.size == 0) {
		return nil, rule.Refuse("genesisFirst", "kind", string(act.Kind), "sequence", strconv.FormatInt(o.size, 10))
	}
	inUse := o.keys.InUse()
	if act.Kind == Genesis {
		inUse = act.PublicKey
	}
	if signedBy != inUse {
		return nil, rule.Refuse("keyNotInUse", "key", string(signedBy), "inUse", string(inUse))
	}
	return o.keys.apply(o.size, act)
}

// Order returns what is known of the state without its hashes.
func (s *State) Order() Order { return s.order }

// Seal makes the next entry of an act, signs it, and moves the state on. If the
// act is refused, or the signer fails, the state stays as it was.
func (s *State) Seal(act Act, signer Signer) (Sealed, error) {
	order := s.order
	a, err := order.Admit(act, signer.PublicKey())
	if err != nil {
		return Sealed{}, err
	}
	return s.SealAdmitted(a, signer)
}
