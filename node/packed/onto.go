package packed

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"

	"commonweal/vf"
)

// onto is an image that is made of another one and of what is other since: rows that
// stay are copied, with the new numbers of their texts, and no record is made of them.
// The bytes are those that packing all anew gives.
type onto struct {
	*packer
	on      *Image
	changed []change
	redone  marks // numbers of texts there under which a row is made anew
	used    marks // numbers of texts there that are used here
	from    []uint32
	number  []uint32 // of the texts there, here
}

// change is a key of which the row is made anew, with its place, nil if it has none.
type change struct {
	key   string
	place *Place
	at    uint32 // its number
}

// isNew stands for the number of a text that is not in the image below.
const isNew = 1<<32 - 1

func packOnto(ctx context.Context, c Content) (*Image, error) {
	count := c.On.count()
	o := &onto{packer: &packer{content: c, number: map[string]uint32{}}, on: c.On, redone: newMarks(count), used: newMarks(count)}
	o.of = o.numberOf
	if err := o.collect(ctx); err != nil {
		return nil, err
	}
	if err := o.texts(); err != nil {
		return nil, err
	}
	if err := o.rows(ctx); err != nil {
		return nil, err
	}
	o.lists()
	return o.image(), nil
}

// collect finds what is other, and which texts are used.
func (o *onto) collect(ctx context.Context) error {
	o.changes()
	w := &writer{number: func(s string) uint32 {
		if n, there := o.on.find(s); there {
			o.used.set(n)
		} else {
			o.packer.number[s] = 0
		}
		return 0
	}}
	w.text("")
	for i := range o.changed {
		x := &o.changed[i]
		if n, there := o.on.find(x.key); there {
			o.redone.set(n)
		}
		w.out = w.out[:0]
		w.text(x.key)
		o.row(w, x.key, x.place)
	}
	for id, author := range o.content.Authors {
		w.out = w.out[:0]
		w.text(string(id))
		w.text(string(author))
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

// changes lists the keys of which something is other than in the image, in order.
func (o *onto) changes() {
	places := map[string]bool{}
	for place := range o.content.Places {
		places[string(place.ID)] = true
		o.changed = append(o.changed, change{key: string(place.ID), place: &place})
	}
	for _, key := range o.content.State.ChangedKeys() {
		if places[key] {
			continue
		}
		x := change{key: key}
		if place, ok := o.on.Place(vf.ID(key)); ok {
			x.place = &place
		}
		o.changed = append(o.changed, x)
	}
	slices.SortFunc(o.changed, func(a, b change) int { return cmp.Compare(a.key, b.key) })
}

// texts numbers the texts that are used, in their order, and writes them.
func (o *onto) texts() error {
	fresh := make([]string, 0, len(o.packer.number))
	for s := range o.packer.number {
		fresh = append(fresh, s)
	}
	slices.Sort(fresh)
	o.number = make([]uint32, o.on.count())
	ends, blob := make([]byte, 0, len(o.on.sections[inTextEnds])+4*len(fresh)), make([]byte, 0, len(o.on.texts))
	put := func(s string, from uint32) {
		o.from = append(o.from, from)
		blob = append(blob, s...)
		ends = binary.LittleEndian.AppendUint32(ends, uint32(len(blob)))
	}
	next := 0
	before := func(s string, all bool) { // puts the new texts that come before one
		for ; next < len(fresh) && (all || fresh[next] < s); next++ {
			o.packer.number[fresh[next]] = uint32(len(o.from))
			put(fresh[next], isNew)
		}
	}
	for n := range o.on.count() {
		if o.used.has(n) {
			s := o.on.text(n)
			before(s, false)
			o.number[n] = uint32(len(o.from))
			put(s, n)
		}
	}
	before("", true)
	if len(o.from) >= mostTexts || len(blob) > maxSection {
		return ErrTooLarge
	}
	o.count = len(o.from)
	o.sections[inMark], o.sections[inTextEnds], o.sections[inTexts] = o.content.Mark, ends, blob
	return nil
}

// numberOf is the number of a text here.
func (o *onto) numberOf(s string) uint32 {
	if n, there := o.on.find(s); there {
		return o.number[n]
	}
	return o.packer.number[s]
}

// rows writes the rows, and takes note of what finds those that are made anew.
func (o *onto) rows(ctx context.Context) error {
	w := &writer{number: o.of}
	m := &mover{number: func(n uint32) uint32 { return o.number[n] }}
	o.begin()
	for at, i := o.on.sections[inPosted], 0; 4*i < len(at); i++ {
		o.posted[i] = o.number[binary.LittleEndian.Uint32(at[4*i:])]
	}
	for i := range o.changed {
		o.changed[i].at = o.of(o.changed[i].key)
	}
	ends, next := make([]byte, 0, 4*o.count), 0
	for n, from := range o.from {
		switch {
		case next < len(o.changed) && o.changed[next].at == uint32(n):
			o.written(w, uint32(n), o.changed[next].key, o.changed[next].place)
			next++
		case from != isNew:
			if row := o.stays(from); row != nil {
				m.out = w.out
				m.row(row)
				w.out = m.out
			}
		}
		ends = binary.LittleEndian.AppendUint32(ends, uint32(len(w.out)))
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if len(w.out) > maxSection {
		return ErrTooLarge
	}
	o.sections[inRowEnds], o.sections[inRows] = ends, w.out
	return ctx.Err()
}

// lists joins the lists there, without what is made anew, with those of that.
func (o *onto) lists() {
	for c := range classes {
		from, to := part(o.on.sections[inClassEnds], uint32(c))
		o.class[c] = o.joined(o.on.sections[inClasses][4*from:4*to], o.class[c])
	}
	o.hashed = o.joined(o.on.sections[inHashed], o.hashed)
	for i := range len(o.on.sections[inGroups]) / groupSize {
		property, target := o.on.groupAt(i)
		list := o.on.groupList(i)
		for j := range list.Len() {
			if n := list.number(j); !o.redone.has(n) {
				o.links = append(o.links, link(uint16(property), o.number[target], o.number[n]))
			}
		}
	}
	o.packer.lists()
}

// joined is a list of numbers there, as they are here, without those of what is made
// anew, and with others.
func (o *onto) joined(list []byte, with []uint32) []uint32 {
	for at := 0; at < len(list); at += 4 {
		if n := binary.LittleEndian.Uint32(list[at:]); !o.redone.has(n) {
			with = append(with, o.number[n])
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
