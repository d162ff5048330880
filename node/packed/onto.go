package packed

import (
	"context"
	"encoding/binary"
	"slices"

	"commonweal/vf"
)

// onto is an image that is made of another one and of what is other since: rows that
// stay are copied, with the new numbers of their texts, and no record is made of them.
// The bytes are those that packing all on an empty one gives.
//
// Until all texts are known they have the numbers that they have in the other image, and
// those that are not there the ones after these.
type onto struct {
	*packer
	on      *Image
	changed []change
	made    []byte   // the rows of what changed
	redone  marks    // numbers of texts there under which a row is made anew
	used    marks    // numbers of texts there that are used here
	fresh   []string // texts that are not there
	from    []uint32 // of each text in order, the number that it had until then
	now     []uint32 // of each number until then, the one from then on
}

// change is a key of which the row is made anew.
type change struct {
	key   string
	place *Place // nil if it has none
	n     uint32
	end   int // of its row in those that were made
}

// packOnto packs what is other than in the image below; keys are those of what the ledger
// keeps otherwise.
func packOnto(ctx context.Context, c Content, keys []string) (*Image, error) {
	count := c.On.count()
	o := &onto{packer: &packer{content: c, number: map[string]uint32{}}, on: c.On, redone: newMarks(count), used: newMarks(count)}
	o.of = o.until
	o.changes(keys)
	if err := o.collect(ctx); err != nil {
		return nil, err
	}
	if err := o.texts(); err != nil {
		return nil, err
	}
	o.of = func(s string) uint32 { return o.now[o.until(s)] }
	if err := o.rows(ctx); err != nil {
		return nil, err
	}
	o.lists()
	return o.image(), nil
}

// until is the number of a text until all are known.
func (o *onto) until(s string) uint32 {
	if n, there := o.on.find(s); there {
		o.used.set(n)
		return n
	}
	n, known := o.number[s]
	if !known {
		n = o.on.count() + uint32(len(o.fresh))
		o.number[s], o.fresh = n, append(o.fresh, s)
	}
	return n
}

// collect makes the rows of what is other, and finds which texts are used.
func (o *onto) collect(ctx context.Context) error {
	o.begin()
	for at, i := o.on.sections[inPosted], 0; 4*i < len(at); i++ {
		o.posted[i] = binary.LittleEndian.Uint32(at[4*i:])
	}
	o.until("")
	w := &writer{number: o.until}
	for i := range o.changed {
		x := &o.changed[i]
		if x.n = o.until(x.key); x.n < o.on.count() {
			o.redone.set(x.n)
		}
		o.written(w, x.n, x.key, x.place)
		x.end, x.place = len(w.out), nil
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	o.made = w.out
	for id, author := range o.content.Authors {
		o.until(string(id))
		o.until(string(author))
	}
	m := &mover{number: func(n uint32) uint32 {
		o.used.set(n)
		return 0
	}}
	for n := range o.on.count() {
		if row := o.stays(n); row != nil {
			o.used.set(n)
			m.out = m.out[:0]
			m.row(row)
		}
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return ctx.Err()
}

// stays is the row of a text there that stays as it is, nil if there is none.
func (o *onto) stays(n uint32) []byte {
	if row := o.on.row(n); len(row) > 0 && !o.redone.has(n) {
		return row
	}
	return nil
}

// changes lists what is other than in the image, by key; keys and places are in order.
func (o *onto) changes(keys []string) {
	before := func(key string, all bool) { // lists the keys without other places that come before one
		for ; len(keys) > 0 && (all || keys[0] < key); keys = keys[1:] {
			x := change{key: keys[0]}
			if place, ok := o.on.Place(vf.ID(x.key)); ok {
				x.place = &place
			}
			o.changed = append(o.changed, x)
		}
	}
	for place := range o.content.Places {
		key := string(place.ID)
		before(key, false)
		if len(keys) > 0 && keys[0] == key {
			keys = keys[1:]
		}
		o.changed = append(o.changed, change{key: key, place: &place})
	}
	before("", true)
}

// texts numbers the texts that are used, in their order, and writes them.
func (o *onto) texts() error {
	count := o.on.count()
	if uint64(count)+uint64(len(o.fresh)) >= mostTexts {
		return ErrTooLarge
	}
	o.now = make([]uint32, int(count)+len(o.fresh))
	ends, blob := make([]byte, 0, len(o.on.sections[inTextEnds])+4*len(o.fresh)), make([]byte, 0, len(o.on.texts))
	put := func(s string, n uint32) {
		o.now[n] = uint32(len(o.from))
		o.from = append(o.from, n)
		blob = append(blob, s...)
		ends = binary.LittleEndian.AppendUint32(ends, uint32(len(blob)))
	}
	fresh := slices.Sorted(slices.Values(o.fresh))
	before := func(s string, all bool) { // puts the new texts that come before one
		for ; len(fresh) > 0 && (all || fresh[0] < s); fresh = fresh[1:] {
			put(fresh[0], o.number[fresh[0]])
		}
	}
	for n := range count {
		if o.used.has(n) {
			s := o.on.text(n)
			before(s, false)
			put(s, n)
		}
	}
	before("", true)
	if len(blob) > maxSection {
		return ErrTooLarge
	}
	o.count = len(o.from)
	o.sections[inMark], o.sections[inTextEnds], o.sections[inTexts] = o.content.Mark, ends, blob
	return nil
}

// rows writes the rows in the order of their keys.
func (o *onto) rows(ctx context.Context) error {
	m := &mover{number: func(n uint32) uint32 { return o.now[n] }}
	ends, next, at := make([]byte, 0, 4*o.count), 0, 0
	for i, n := range o.from {
		switch {
		case next < len(o.changed) && o.changed[next].n == n:
			if end := o.changed[next].end; end > at {
				m.row(o.made[at:end])
				at = end
			}
			next++
		case n < o.on.count():
			if row := o.stays(n); row != nil {
				m.row(row)
			}
		}
		ends = binary.LittleEndian.AppendUint32(ends, uint32(len(m.out)))
		if i%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if len(m.out) > maxSection {
		return ErrTooLarge
	}
	o.sections[inRowEnds], o.sections[inRows] = ends, m.out
	return ctx.Err()
}

// lists joins the lists there, without what is made anew, with those of that.
func (o *onto) lists() {
	for c := range o.class {
		var below []byte
		if ends := o.on.sections[inClassEnds]; len(ends) > 0 { // else there is nothing below
			from, to := part(ends, uint32(c))
			below = o.on.sections[inClasses][4*from : 4*to]
		}
		o.class[c] = o.joined(below, o.class[c])
	}
	o.hashed = o.joined(o.on.sections[inHashed], o.hashed)
	for i, n := range o.posted {
		o.posted[i] = o.now[n]
	}
	for i, l := range o.links {
		o.links[i] = link(uint16(l>>56), o.now[l>>28&(mostTexts-1)], o.now[l&(mostTexts-1)])
	}
	for i := range len(o.on.sections[inGroups]) / groupSize {
		property, target := o.on.groupAt(i)
		list := o.on.groupList(i)
		for j := range list.Len() {
			if n := list.number(j); !o.redone.has(n) {
				o.links = append(o.links, link(uint16(property), o.now[target], o.now[n]))
			}
		}
	}
	o.packer.lists()
}

// joined is a list of numbers there, as they are here, without those of what is made
// anew, and with others.
func (o *onto) joined(list []byte, with []uint32) []uint32 {
	for i, n := range with {
		with[i] = o.now[n]
	}
	for at := 0; at < len(list); at += 4 {
		if n := binary.LittleEndian.Uint32(list[at:]); !o.redone.has(n) {
			with = append(with, o.now[n])
		}
	}
	slices.Sort(with)
	return with
}

// marks is a set of numbers.
type marks []uint64

func newMarks(count uint32) marks { return make(marks, count/64+1) }
func (b marks) set(n uint32)      { b[n/64] |= 1 << (n % 64) }
func (b marks) has(n uint32) bool { return b[n/64]&(1<<(n%64)) != 0 }

// mover copies rows, with other numbers of their texts.
type mover struct {
	in     []byte
	out    []byte
	number func(uint32) uint32
	record []byte // of a record that is being copied
}

// row copies a row; its parts are those that writer writes.
func (m *mover) row(in []byte) {
	has := in[0]
	m.in, m.out = in[1:], append(m.out, has)
	if has&hasHash != 0 {
		m.text()
	}
	if has&hasRecord != 0 {
		_ = m.uint()
		row := m.out
		m.out = m.record[:0]
		m.class()
		m.record, m.out = m.out, row
		m.out = binary.AppendUvarint(m.out, uint64(len(m.record)))
		m.out = append(m.out, m.record...)
	}
	if has&hasOrigin != 0 {
		for range 5 {
			m.text()
		}
		m.varint()
	}
	if has&hasPosting != 0 {
		m.varint()
		m.measures(2)
		for range m.varint() >> 1 {
			m.text()
			m.measures(2)
		}
	}
	if has&hasProgress != 0 {
		m.measures(2)
	}
	if has&hasCarried != 0 {
		m.measures(1)
	}
	m.out = append(m.out, m.in...) // the past names no texts
}

func (m *mover) class() {
	c := &classes[m.in[0]]
	m.bytes(1)
	said := m.varint()
	for i := 0; said != 0; i, said = i+1, said>>1 {
		if said&1 == 0 {
			continue
		}
		switch c.fields[i].kind {
		case text, id, action:
			m.text()
		case texts, ids:
			for range m.varint() {
				m.text()
			}
		case number, truth:
			m.varint()
		case moment:
			m.varint()
			m.varint()
			m.varint()
		case measure:
			m.measures(1)
		case decimal:
			m.varint()
			m.bytes(1)
		case yes:
		}
	}
}

func (m *mover) uint() uint64 {
	n, size := binary.Uvarint(m.in)
	m.in = m.in[size:]
	return n
}

func (m *mover) text() { m.out = binary.AppendUvarint(m.out, uint64(m.number(uint32(m.uint())))) }

// varint copies a number, and returns it as it is if it has no sign.
func (m *mover) varint() uint64 {
	n, size := binary.Uvarint(m.in)
	m.bytes(size)
	return n
}

func (m *mover) bytes(n int) {
	m.out = append(m.out, m.in[:n]...)
	m.in = m.in[n:]
}

func (m *mover) measures(count int) {
	for range count {
		m.varint()
		m.bytes(1)
		m.text()
	}
}
