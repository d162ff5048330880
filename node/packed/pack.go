package packed

import (
	"context"
	"encoding/binary"
	"errors"
	"iter"
	"slices"

	"commonweal/ledger"
	"commonweal/vf"
)

// Content is what an image is made of. Nothing of it may change meanwhile.
type Content struct {
	Mark    []byte          // whatever its maker wants to know of it
	On      *Image          // an image on which all else stands, nil if there is none
	Places  iter.Seq[Place] // in the order of ids, those alone that are other than in On
	State   *ledger.State
	Authors map[vf.ID]vf.ID
}

// Place is one id of the books.
type Place struct {
	ID     vf.ID
	Record vf.Record // nil of one that was withdrawn
	Hash   string    // of its profile, "" if it has none
	Past   []int64   // the entries that changed it, in order
}

// What a row holds, in this order.
const (
	hasHash   = 1 << iota
	hasRecord // with its length
	hasOrigin
	hasPosting
	hasProgress
	hasCarried
	hasPast
)

// The sections of an image.
const (
	inMark = iota
	inTextEnds
	inTexts
	inRowEnds
	inRows
	inClassEnds
	inClasses
	inGroups // property, target, end in inLinks
	inLinks
	inPosted
	inAuthors // id, author
	inHashed
	sections
)

// mostTexts is how many texts an image can hold: a link is one number of 64 bits.
const mostTexts = 1 << 28

// ErrTooLarge says that the books are larger than an image can be.
var ErrTooLarge = errors.New("the books are too large for an image")

// Pack makes an image: of the one below and what is other, and where there is none of
// all, as if there were an empty one below.
func Pack(ctx context.Context, c Content) (*Image, error) {
	if c.On == nil {
		c.On = &Image{}
		c.On.begin()
		return packOnto(ctx, c, c.State.Keys())
	}
	return packOnto(ctx, c, c.State.ChangedKeys())
}

// image is what was made.
func (p *packer) image() *Image {
	m := &Image{sections: p.sections}
	m.begin()
	return m
}

// packer is an image that is being made.
type packer struct {
	content  Content
	number   map[string]uint32
	of       func(text string) uint32 // its number, when they are known
	count    int
	sections [sections][]byte

	class  [][]uint32
	links  []uint64
	posted []uint32
	hashed []uint32
}

// row writes all that there is under a key, and returns what is kept.
func (p *packer) row(w *writer, key string, place *Place) ledger.Kept {
	if place == nil {
		place = &Place{}
	}
	kept := p.content.State.Kept(key)
	flags := byte(0)
	for i, there := range []bool{place.Hash != "", place.Record != nil, kept.Origin != nil, kept.Posting != nil, kept.Progress != nil, kept.Carried != nil, len(place.Past) > 0} {
		if there {
			flags |= 1 << i
		}
	}
	w.out = append(w.out, flags)
	if place.Hash != "" {
		w.text(place.Hash)
	}
	if place.Record != nil {
		w.sized(place.Record)
	}
	if kept.Origin != nil {
		w.origin(kept.Origin)
	}
	if kept.Posting != nil {
		w.posting(kept.Posting)
	}
	if kept.Progress != nil {
		w.progress(kept.Progress)
	}
	if kept.Carried != nil {
		w.measure(*kept.Carried)
	}
	if len(place.Past) > 0 {
		w.past(place.Past)
	}
	return kept
}

// maxSection is how long a section can be, so that its places are 32 bits.
const maxSection = 1<<32 - 1

// begin makes room for what finds records.
func (p *packer) begin() {
	p.class = make([][]uint32, len(classes))
	p.posted = make([]uint32, p.content.State.Posted())
}

// written writes the row of a key, which has this number, and takes note of what finds it.
func (p *packer) written(w *writer, n uint32, key string, place *Place) {
	kept := p.row(w, key, place)
	if place != nil {
		p.found(n, place)
	}
	if kept.Posting != nil {
		p.posted[kept.Posting.Number] = n
	}
}

// found takes note of what finds a record.
func (p *packer) found(n uint32, place *Place) {
	if place.Hash != "" {
		p.hashed = append(p.hashed, n)
	}
	if place.Record == nil {
		return
	}
	c := numbers[place.Record.Class()]
	p.class[c] = append(p.class[c], n)
	if agent := numbers["Agent"]; c != agent {
		if _, ok := place.Record.(*vf.Agent); ok {
			p.class[agent] = append(p.class[agent], n)
		}
	}
	for _, l := range Links(place.Record) {
		p.links = append(p.links, link(l.Property, p.of(string(l.To)), n))
	}
}

// link is a link as one number, by which they are in order.
func link(property uint16, to, from uint32) uint64 {
	return uint64(property)<<56 | uint64(to)<<28 | uint64(from)
}

// lists writes the lists that find records.
func (p *packer) lists() {
	put := func(section int, n uint32) {
		p.sections[section] = binary.LittleEndian.AppendUint32(p.sections[section], n)
	}
	sum := uint32(0)
	for _, list := range p.class {
		sum += uint32(len(list))
		put(inClassEnds, sum)
		for _, n := range list {
			put(inClasses, n)
		}
	}
	slices.Sort(p.links)
	for i, l := range p.links {
		put(inLinks, uint32(l&(mostTexts-1)))
		if i == len(p.links)-1 || p.links[i+1]>>28 != l>>28 {
			put(inGroups, uint32(l>>56))
			put(inGroups, uint32(l>>28&(mostTexts-1)))
			put(inGroups, uint32(i+1))
		}
	}
	for _, n := range p.posted {
		put(inPosted, n)
	}
	for _, n := range p.hashed {
		put(inHashed, n)
	}
	ids := make([]vf.ID, 0, len(p.content.Authors))
	for id := range p.content.Authors {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		put(inAuthors, p.of(string(id)))
		put(inAuthors, p.of(string(p.content.Authors[id])))
	}
}
