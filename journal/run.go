package journal

import (
	"fmt"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"
)

// MaxRun is how many entries may stand on one signature, the one that has it among them.
// A signature takes as long as sealing some ten entries without one, so that with runs
// of this length it is hardly felt; and a reader who takes in nothing that is not
// signed need not hold more than a megabyte or so of usual entries.
const MaxRun = 1024

// Unsigned returns how many entries at the end have no signature after them: they carry
// none, and stand on that of an entry that is still to come, by the key in use.
func (s *State) Unsigned() int64 { return s.unsigned }

// End returns nil where the journal may end: with an entry that is signed, or before the
// genesis. Else it returns a [*Fault] of the kind [Unsigned] at the last entry.
func (s *State) End() error {
	if s.unsigned == 0 {
		return nil
	}
	return &Fault{Sequence: s.order.size - 1, Kind: Unsigned, Text: "the journal ends with it" + s.standing()}
}

// standing says which entries at the end nothing is known of but that they follow each
// other, "" if all are signed.
func (s *State) standing() string {
	if s.unsigned == 0 {
		return ""
	}
	return fmt.Sprintf("; no signature stands behind the entries from %d on, so any of them may be another than was written", s.order.size-s.unsigned)
}

// mustSign says why the next entry, with an act of this kind, must be signed itself; "" if
// it need not be.
func (s *State) mustSign(kind Kind) string {
	switch {
	case kind == Genesis || kind == RotateKey:
		return fmt.Sprintf("an act of the kind %s puts another key in use, and is signed itself", kind)
	case s.unsigned >= MaxRun-1:
		return fmt.Sprintf("the %d entries before it have none either, and at most %d stand on one", s.unsigned, MaxRun)
	}
	return ""
}

// SealAdmitted makes the next entry of an act that was admitted after all that the
// state has, signs it, and moves the state on. If the signer fails, or is not the
// one for whom the act was admitted, the state stays as it was.
func (s *State) SealAdmitted(a *Admitted, signer Signer) (Sealed, error) {
	return s.seal(a, signer, true)
}

// SealInRun does what SealAdmitted does, save that it signs the entry only where it must be
// signed itself. It is for entries after which others are sealed for the same key, the last
// of them by SealAdmitted, and which become durable with these and not before.
func (s *State) SealInRun(a *Admitted, signer Signer) (Sealed, error) {
	return s.seal(a, signer, s.mustSign(a.kind) != "")
}

func (s *State) seal(a *Admitted, signer Signer, signed bool) (Sealed, error) {
	if a.seq != s.order.size || signer.PublicKey() != a.signedBy {
		return Sealed{}, fmt.Errorf("the entry %d, admitted for %s, cannot be sealed as entry %d by %s", a.seq, a.signedBy, s.order.size, signer.PublicKey())
	}
	previous := ""
	if a.seq > 0 {
		previous = s.last.String()
	}
	raw := make([]byte, 0, len(a.head)+besideHead+hashText+len(a.signedBy)+32)
	raw = appendText(append(append(raw, a.head...), `,"previous":`...), previous)
	raw = strconv.AppendInt(append(raw, `,"sequence":`...), a.seq, 10)
	mark := len(raw)
	raw = append(appendText(append(raw, `,"signedBy":`...), string(a.signedBy)), '}')
	if signed {
		signature, err := signer.Sign(raw)
		if err == nil && len(signature) != signatureSize {
			err = fmt.Errorf("the signer gave %d bytes, and a signature has %d", len(signature), signatureSize)
		}
		if err != nil {
			return Sealed{}, fmt.Errorf("the entry %d could not be signed: %w", a.seq, err)
		}
		raw = insertSignature(raw, mark, signature)
	}
	return Sealed{Seq: a.seq, Raw: raw, Hashes: s.move(a.order, tlog.RecordHash(raw), signed)}, nil
}
