package packed

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash/maphash"
	"io"
	"iter"
	"math/bits"
	"sort"

	"commonweal/ledger"
	"commonweal/vf"
)

// Image is what the books said at one moment. It never changes, and any number of
// goroutines may read it. It implements [ledger.Ground].
type Image struct {
	sections [sections][]byte
	texts    string
	sum      [sha256.Size]byte // nought until it is known
	seed     maphash.Seed
	slots    []uint32 // number of a text + 1, by its hash
}

var _ ledger.Ground = (*Image)(nil)

const magic = "commonweal image\n"

// Errors of [Open].
var (
	ErrOther  = errors.New("the image is of another version of the program")
	ErrBroken = errors.New("the image is not whole")
)

// Open reads an image from bytes, which must not be changed any more. That they are
// whole is checked by their sum.
func Open(raw []byte) (*Image, error) {
	head := header()
	if len(raw) < len(head)+8*sections+sha256.Size || !bytes.HasPrefix(raw, []byte(magic)) {
		return nil, ErrBroken
	}
	if !bytes.HasPrefix(raw, head) {
		return nil, ErrOther
	}
	body := raw[:len(raw)-sha256.Size]
	if sha256.Sum256(body) != [sha256.Size]byte(raw[len(body):]) {
		return nil, ErrBroken
	}
	m := &Image{sum: [sha256.Size]byte(raw[len(body):])}
	at := uint64(len(head) + 8*sections)
	for i := range sections {
		end := binary.LittleEndian.Uint64(body[len(head)+8*i:])
		if end < at || end > uint64(len(body)) {
			return nil, ErrBroken
		}
		m.sections[i] = body[at:end:end]
		at = end
	}
	m.begin()
	return m, nil
}

// header is how an image of this version begins.
func header() []byte {
	sum := sha256.Sum256([]byte(fingerprint))
	return append([]byte(magic), sum[:]...)
}

// Sum is the SHA-256 of all of the image; images that say the same have the same.
func (m *Image) Sum() [sha256.Size]byte {
	if m.sum == [sha256.Size]byte{} {
		sum := sha256.New()
		_, _ = m.body(sum) // it never fails
		return [sha256.Size]byte(sum.Sum(nil))
	}
	return m.sum
}

// WriteTo writes the image as Open reads it.
func (m *Image) WriteTo(w io.Writer) (n int64, err error) {
	sum := sha256.New()
	if n, err = m.body(io.MultiWriter(w, sum)); err != nil {
		return n, err
	}
	written, err := w.Write(sum.Sum(nil))
	return n + int64(written), err
}

// body writes all but the sum.
func (m *Image) body(w io.Writer) (n int64, err error) {
	head := header()
	end := uint64(len(head) + 8*sections)
	for _, s := range m.sections {
		end += uint64(len(s))
		head = binary.LittleEndian.AppendUint64(head, end)
	}
	for _, part := range append([][]byte{head}, m.sections[:]...) {
		written, err := w.Write(part)
		if n += int64(written); err != nil {
			return n, err
		}
	}
	return n, nil
}

// begin makes the table that finds texts.
func (m *Image) begin() {
	m.texts = string(m.sections[inTexts])
	m.seed = maphash.MakeSeed()
	count := m.count()
	m.slots = make([]uint32, 1<<bits.Len(uint(count+count/2)))
	for n := range count {
		at := m.slot(m.text(n))
		for m.slots[at] != 0 {
			at = (at + 1) & uint32(len(m.slots)-1)
		}
		m.slots[at] = n + 1
	}
}

func (m *Image) slot(s string) uint32 {
	return uint32(maphash.String(m.seed, s)) & uint32(len(m.slots)-1)
}

// count is how many texts there are.
func (m *Image) count() uint32 { return uint32(len(m.sections[inTextEnds]) / 4) }

// Size is how many bytes it takes in memory.
func (m *Image) Size() int {
	n := len(m.texts) + 4*len(m.slots)
	for _, s := range m.sections {
		n += len(s)
	}
	return n
}

// Mark is what its maker said of it.
func (m *Image) Mark() []byte { return m.sections[inMark] }

// part is what stands between an end and the one before it.
func part(ends []byte, n uint32) (from, to uint32) {
	if n > 0 {
		from = binary.LittleEndian.Uint32(ends[4*(n-1):])
	}
	return from, binary.LittleEndian.Uint32(ends[4*n:])
}

func (m *Image) text(n uint32) string {
	from, to := part(m.sections[inTextEnds], n)
	return m.texts[from:to]
}

// find returns the number of a text, and whether there is it.
func (m *Image) find(s string) (uint32, bool) {
	for at := m.slot(s); m.slots[at] != 0; at = (at + 1) & uint32(len(m.slots)-1) {
		if n := m.slots[at] - 1; m.text(n) == s {
			return n, true
		}
	}
	return 0, false
}

// least is the number of the first text that does not come before one.
func (m *Image) least(s string) uint32 {
	return uint32(sort.Search(int(m.count()), func(i int) bool { return m.text(uint32(i)) >= s }))
}

func (m *Image) row(n uint32) []byte {
	from, to := part(m.sections[inRowEnds], n)
	return m.sections[inRows][from:to]
}

// parts are the parts of a row that are wanted; the others are passed over.
func (m *Image) parts(key string, wanted byte) (k ledger.Kept, p Place) {
	n, ok := m.find(key)
	if !ok {
		return k, p
	}
	row := m.row(n)
	if len(row) == 0 || row[0]&wanted == 0 {
		return k, p
	}
	p = (&reader{row[1:], m}).parts(row[0], wanted, key, &k)
	return k, p
}

// Place returns the record of an id with its hash and past; false if there is nothing.
func (m *Image) Place(id vf.ID) (Place, bool) {
	_, p := m.parts(string(id), hasRecord|hasPast|hasHash)
	p.ID = id
	return p, p.Record != nil || len(p.Past) > 0
}

// Record returns the record of an id.
func (m *Image) Record(key string) vf.Record {
	_, p := m.parts(key, hasRecord)
	return p.Record
}

// Hash returns the hash of an id's profile, "" if it has none.
func (m *Image) Hash(id vf.ID) string {
	_, p := m.parts(string(id), hasHash)
	return p.Hash
}

// Past returns the entries that changed a record, in order.
func (m *Image) Past(id vf.ID) []int64 {
	_, p := m.parts(string(id), hasPast)
	return p.Past
}

// Kept returns what the ledger keeps under a key beside the record.
func (m *Image) Kept(key string) ledger.Kept {
	k, _ := m.parts(key, hasOrigin|hasPosting|hasProgress|hasCarried)
	return k
}

// Keys gives all keys with rows, in order.
func (m *Image) Keys() iter.Seq[string] {
	return func(yield func(string) bool) {
		for n := range m.count() {
			if len(m.row(n)) > 0 && !yield(m.text(n)) {
				return
			}
		}
	}
}

// Around gives the places from an id on in their order, or back.
func (m *Image) Around(id vf.ID, back bool) iter.Seq[Place] {
	return func(yield func(Place) bool) {
		n, step := int64(m.least(string(id))), int64(1)
		if back {
			step = -1
			if n == int64(m.count()) || m.text(uint32(n)) != string(id) {
				n--
			}
		}
		for ; n >= 0 && n < int64(m.count()); n += step {
			if p, ok := m.Place(vf.ID(m.text(uint32(n)))); ok && !yield(p) {
				return
			}
		}
	}
}

// Events is how many events were posted.
func (m *Image) Events() int64 { return int64(len(m.sections[inPosted]) / 4) }

// Posted gives the events in the order of posting.
func (m *Image) Posted() iter.Seq[vf.ID] { return m.ids(m.sections[inPosted]) }

// Hashed gives the ids of the records with profiles, in order.
func (m *Image) Hashed() iter.Seq[vf.ID] { return m.ids(m.sections[inHashed]) }

func (m *Image) ids(list []byte) iter.Seq[vf.ID] {
	return func(yield func(vf.ID) bool) {
		for at := 0; at < len(list); at += 4 {
			if !yield(vf.ID(m.text(binary.LittleEndian.Uint32(list[at:])))) {
				return
			}
		}
	}
}

// Authors gives who entered records first, where they may name nobody.
func (m *Image) Authors() iter.Seq2[vf.ID, vf.ID] {
	return func(yield func(id, author vf.ID) bool) {
		list := m.sections[inAuthors]
		for at := 0; at < len(list); at += 8 {
			id, author := binary.LittleEndian.Uint32(list[at:]), binary.LittleEndian.Uint32(list[at+4:])
			if !yield(vf.ID(m.text(id)), vf.ID(m.text(author))) {
				return
			}
		}
	}
}
