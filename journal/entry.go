package journal

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"commonweal/vf"
)

// Entry is an act in its place in the journal.
type Entry struct {
	Sequence  int64     // 0 is the genesis
	Network   string    // the network's id
	Previous  tlog.Hash // leaf hash of the entry before; zero in the genesis
	Act       Act
	SignedBy  PublicKey // the key in use
	Signature []byte    // Ed25519 over the canonical entry without the signature; nil where a later entry's covers it
}

// Encode writes the entry in its one form. The act must pass [Act.Check], and
// its records must be JSON; they are made canonical.
func (e *Entry) Encode() ([]byte, error) {
	unsigned, mark, err := e.unsigned()
	if err != nil {
		return nil, err
	}
	return insertSignature(unsigned, mark, e.Signature), nil
}

// unsigned writes what is signed, and says where the signature is put in.
func (e *Entry) unsigned() (raw []byte, mark int, err error) {
	size := 600
	for _, r := range e.Act.Records {
		size += len(r) + 1
	}
	dst := append(make([]byte, 0, size), `{"act":`...)
	if dst, err = e.Act.append(dst, Canonical); err != nil {
		return nil, 0, err
	}
	dst = appendText(append(dst, `,"network":`...), e.Network)
	dst = appendText(append(dst, `,"previous":`...), e.previous())
	dst = strconv.AppendInt(append(dst, `,"sequence":`...), e.Sequence, 10)
	mark = len(dst)
	dst = appendText(append(dst, `,"signedBy":`...), string(e.SignedBy))
	return append(dst, '}'), mark, nil
}

func (e *Entry) previous() string {
	if e.Sequence == 0 {
		return ""
	}
	return e.Previous.String()
}

func insertSignature(unsigned []byte, mark int, signature []byte) []byte {
	if len(signature) == 0 {
		return unsigned
	}
	out := make([]byte, 0, len(unsigned)+104)
	out = append(append(out, unsigned[:mark]...), `,"signature":"`...)
	out = append(base64.StdEncoding.AppendEncode(out, signature), '"')
	return append(out, unsigned[mark:]...)
}

// asIs is for records that are in canonical form.
func asIs(raw []byte) ([]byte, error) { return raw, nil }

// append writes the act; form brings its records into canonical form.
func (a *Act) append(dst []byte, form func([]byte) ([]byte, error)) ([]byte, error) {
	dst = appendText(append(dst, `{"at":`...), a.At.String())
	dst = appendText(append(dst, `,"author":`...), string(a.Author))
	dst = appendText(append(dst, `,"key":`...), a.Key)
	dst = appendText(append(dst, `,"kind":`...), string(a.Kind))
	if a.Network != "" {
		dst = appendText(append(dst, `,"network":`...), a.Network)
	}
	for i, id := range a.Of {
		dst = appendText(append(dst, separator(i, `,"of":[`)...), string(id))
	}
	if len(a.Of) > 0 {
		dst = append(dst, ']')
	}
	if a.Proof != nil {
		dst = appendText(append(dst, `,"proof":{"key":`...), string(a.Proof.Key))
		dst = append(appendText(append(dst, `,"signature":`...), base64.StdEncoding.EncodeToString(a.Proof.Signature)), '}')
	}
	if a.PublicKey != "" {
		dst = appendText(append(dst, `,"publicKey":`...), string(a.PublicKey))
	}
	for i, r := range a.Records {
		record, err := form(r)
		if err != nil {
			return nil, err
		}
		dst = append(append(dst, separator(i, `,"records":[`)...), record...)
	}
	if len(a.Records) > 0 {
		dst = append(dst, ']')
	}
	return append(dst, '}'), nil
}

func separator(i int, first string) string {
	if i == 0 {
		return first
	}
	return ","
}

// Decode reads an entry. It accepts the canonical form alone: no other order of
// members, no unknown or missing ones, no space, no other escapes; and the act
// must pass [Act.Check]. The signature, and whether there must be one, is not checked
// here but by [State.Apply].
// The records of the act share memory with raw.
func Decode(raw []byte) (*Entry, error) {
	e, _, err := decode(raw)
	return e, err
}

// decode also returns what was signed.
func decode(raw []byte) (*Entry, []byte, error) {
	if len(raw) > MaxEntry {
		return nil, nil, errors.New("it is longer than " + strconv.Itoa(MaxEntry) + " bytes")
	}
	d := decoder{cursor{raw: raw}, nil}
	var e Entry
	d.literal(`{"act":`)
	d.act(&e.Act)
	e.Network = d.member(`,"network":`)
	previous := d.member(`,"previous":`)
	d.literal(`,"sequence":`)
	e.Sequence = d.whole()
	from := d.at
	signature := ""
	if d.optional(`,"signature":`) {
		signature = d.some()
	}
	to := d.at
	e.SignedBy = PublicKey(d.member(`,"signedBy":`))
	d.literal(`}`)
	if d.err == nil && d.at != len(raw) {
		d.err = d.fail("something follows the entry")
	}
	if d.err != nil {
		return nil, nil, d.err
	}
	if err := e.setHashes(previous, signature); err != nil {
		return nil, nil, err
	}
	if err := e.Act.Check(); err != nil {
		return nil, nil, err
	}
	if e.Signature == nil {
		return &e, raw, nil
	}
	unsigned := append(append(make([]byte, 0, len(raw)), raw[:from]...), raw[to:]...)
	return &e, unsigned, nil
}

func (e *Entry) setHashes(previous, signature string) error {
	var err error
	if e.Sequence < 0 {
		return errors.New("its sequence is below 0")
	}
	if e.Sequence == 0 && previous != "" {
		return errors.New("a genesis has no previous entry")
	}
	if e.Sequence > 0 {
		if e.Previous, err = tlog.ParseHash(previous); err != nil || e.Previous.String() != previous {
			return errors.New("the hash of the previous entry is not 32 bytes in base64")
		}
	}
	if signature == "" {
		return nil
	}
	e.Signature, err = base64.StdEncoding.DecodeString(signature)
	if err != nil || base64.StdEncoding.EncodeToString(e.Signature) != signature {
		return errors.New("the signature is not base64")
	}
	return nil
}

// decoder reads the fixed members of an entry; after an error it does nothing.
type decoder struct {
	cursor
	err error
}

func (d *decoder) literal(text string) {
	if d.err == nil {
		d.err = d.cursor.literal(text)
	}
}

func (d *decoder) member(name string) string {
	d.literal(name)
	return d.text()
}

func (d *decoder) text() string {
	if d.err != nil {
		return ""
	}
	var s []byte
	s, d.err = d.cursor.text()
	return string(s)
}

func (d *decoder) whole() (n int64) {
	if d.err == nil {
		n, d.err = d.cursor.whole()
	}
	return n
}

func (d *decoder) act(a *Act) {
	at := d.member(`{"at":`)
	a.Author = vf.ID(d.member(`,"author":`))
	a.Key = d.member(`,"key":`)
	a.Kind = Kind(d.member(`,"kind":`))
	if d.optional(`,"network":`) {
		a.Network = d.some()
	}
	if d.optional(`,"of":`) {
		d.err = d.list(func() error {
			id, err := d.cursor.text()
			a.Of = append(a.Of, vf.ID(id))
			return err
		})
		d.filled(len(a.Of))
	}
	if d.optional(`,"proof":`) {
		a.Proof = d.proof()
	}
	if d.optional(`,"publicKey":`) {
		a.PublicKey = PublicKey(d.some())
	}
	if d.optional(`,"records":`) {
		d.err = d.list(func() error {
			start := d.at
			err := d.value(0)
			a.Records = append(a.Records, json.RawMessage(d.raw[start:d.at:d.at]))
			return err
		})
		d.filled(len(a.Records))
	}
	d.literal(`}`)
	if d.err == nil {
		a.At, d.err = vf.ParseTime(at)
	}
	if d.err == nil && a.At.String() != at {
		d.err = d.fail("the time is not in its one form")
	}
}

func (d *decoder) optional(name string) bool {
	if d.err != nil || !d.has(name) {
		return false
	}
	d.at += len(name)
	return true
}

// some reads a text that must not be empty, since an empty one is not written.
func (d *decoder) some() string {
	s := d.text()
	d.filled(len(s))
	return s
}

func (d *decoder) filled(n int) {
	if d.err == nil && n == 0 {
		d.err = d.fail("what is empty must not be written")
	}
}
