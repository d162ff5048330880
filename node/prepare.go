package node

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"strconv"
	"time"

	"commonweal/journal"
	"commonweal/rule"
	"commonweal/vf"
)

// How far the time that an author signed may be from that of entering.
const (
	longestSigning = 10 * time.Minute
	clocksDiffer   = time.Minute
)

// Prepare returns what the actor has to sign so that an act carries a proof: the
// canonical bytes of [journal.Signed], as the act would be entered now. The act comes
// back completed with author, time and salt; send it to [Seat.Do] as it is, with the
// proof and the same records, within ten minutes. If the books have changed meanwhile
// so that other bytes would be entered, Do refuses it by rule badProof, and it is
// prepared anew. Nothing is entered here. Where the act was entered before, under its
// key, there is nothing to sign: the bytes are nil.
func (s *Seat) Prepare(ctx context.Context, a Act) (Act, []byte, error) {
	return s.n.prepare(ctx, s, a)
}

// Prepare does what [Seat.Prepare] does, without asking for rights.
func (n *Node) Prepare(ctx context.Context, a Act) (Act, []byte, error) {
	return n.prepare(ctx, nil, a)
}

func (n *Node) prepare(ctx context.Context, s *Seat, a Act) (Act, []byte, error) {
	a.Proof, a.At = nil, n.options.Now()
	if a.Salt == ([32]byte{}) {
		a.Salt = n.options.Salt()
	}
	if s != nil && a.Author == "" {
		a.Author = s.actor.Agent
	}
	n.write.Lock()
	defer n.write.Unlock()
	batch := n.draft()
	d := batch.fork()
	d.seat = s
	trial := a
	r, err := d.one(ctx, &trial)
	if err != nil {
		return Act{}, nil, d.discreet(&trial, err)
	}
	if r.Repeated {
		return a, nil, nil
	}
	if len(d.changes) != 1 {
		return Act{}, nil, badProof("it would be " + strconv.Itoa(len(d.changes)) + " entries, and a signed act is one; sign at most " + strconv.Itoa(perEntry) + " records at once")
	}
	signed, err := journal.Signed(d.order.Network(), d.changes[0].Act)
	return a, signed, err
}

func badProof(reason string) error { return rule.Refuse("badProof", "reason", reason) }

// signedLately refuses a signed act whose time is not that of entering.
func (d *draft) signedLately(a *Act) error {
	if a.Proof == nil {
		return nil
	}
	now := d.n.options.Now()
	if a.At.Before(now.Add(-longestSigning)) || a.At.After(now.Add(clocksDiffer)) {
		return badProof("its time is " + a.At.String() + ", and it is entered at " + now.String())
	}
	return nil
}

// provedBy refuses an act whose proof is not by a key of its author, in force at the
// time of the act and now, over just what would be entered.
func (d *draft) provedBy(j *journal.Act) error {
	if j.Proof == nil {
		return nil
	}
	held := func(at vf.Time) bool {
		v := d.below.view(nil) // keys that the act itself declares do not count
		v.Now = at
		for _, k := range v.DeviceKeys(j.Author) {
			if k.PublicKey == string(j.Proof.Key) {
				return true
			}
		}
		return false
	}
	if !held(j.At) || !held(d.n.options.Now()) {
		return badProof("the key " + string(j.Proof.Key) + " is not in force for " + string(j.Author))
	}
	if !j.Proves(d.order.Network()) {
		return badProof("it is not over the act as it would be entered now; the books have changed since it was prepared, or something else was signed")
	}
	return nil
}

// salt is the salt of one profile: made from that of the act, if it has one, and
// the id of the record.
func (d *draft) salt(a *Act, id vf.ID) (salt [32]byte) {
	if a.Salt == ([32]byte{}) {
		return d.n.options.Salt()
	}
	h := hmac.New(sha256.New, a.Salt[:])
	h.Write([]byte(id))
	h.Sum(salt[:0])
	return salt
}
