package node

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"

	"golang.org/x/mod/sumdb/tlog"

	"commonweal/journal"
	"commonweal/ledger"
	"commonweal/node/packed"
	"commonweal/store"
	"commonweal/vf"
)

// Images keeps an image of the books, from which the next start is quick. It is a copy
// that can be thrown away: where there is none, or one that does not fit, the books are
// opened from the journal.
type Images interface {
	// Read returns what was written last, nil if there is nothing.
	Read() ([]byte, error)
	// Write puts an image in the place of the one before, or leaves that as it was.
	Write(from io.WriterTo) error
	// Drop throws away what there is.
	Drop() error
}

// Opened says how books were opened.
type Opened struct {
	Image   int64 // how many entries the image held that was read, 0 if none was
	Entries int64 // how many entries were read after it
	Why     error // why an image was not used, nil if there was none

	sum [sha256.Size]byte // of the image
}

// Opened says how these books were opened.
func (n *Node) Opened() Opened { return n.opened }

// openImage has the books stand on their image, if there is one that fits.
func (n *Node) openImage(ctx context.Context, m mark) error {
	image, j, why := imageFor(ctx, n.store, n.options.Images, m)
	if n.opened.Why = why; image == nil {
		return ctx.Err()
	}
	n.journal = j
	n.standOn(image)
	n.opened.Image, n.opened.sum, n.kept = j.Size(), image.Sum(), j.Size()
	return nil
}

func sameMark(raw []byte, m mark) bool {
	want, err := json.Marshal(m.Journal)
	return err == nil && bytes.Equal(raw, want)
}

// imageFor reads the image of books, which had this mark when it was read. It is nil if
// there is none, or none that fits, and why says then what is wrong with it.
func imageFor(ctx context.Context, s store.Source, images Images, m mark) (image *packed.Image, j *journal.State, why error) {
	if images == nil {
		return nil, nil, nil
	}
	raw, err := images.Read()
	if err != nil || raw == nil {
		return nil, nil, err
	}
	if image, err = packed.Open(raw); err != nil {
		return nil, nil, err
	}
	var then mark
	if err := json.Unmarshal(image.Mark(), &then); err != nil {
		return nil, nil, packed.ErrBroken
	}
	if then.Layout != m.Layout {
		return nil, nil, packed.ErrOther
	}
	if j, err = journal.Resume(then.Journal); err != nil {
		return nil, nil, packed.ErrBroken
	}
	if j.Size() == 0 || j.Size() > m.Journal.Size || j.Network() != m.Journal.Network {
		return nil, nil, fmt.Errorf("the image is of %d entries of %s, and there are %d of %s", j.Size(), j.Network(), m.Journal.Size, m.Journal.Network)
	}
	root, err := tlog.TreeHash(j.Size(), store.HashReader(ctx, s))
	if err != nil {
		return nil, nil, err
	}
	if root != j.Tree().Hash {
		return nil, nil, errors.New("the image is of another journal")
	}
	return image, j, nil
}

// standOn makes an image, and nothing else, what readers see.
func (n *Node) standOn(image *packed.Image) {
	n.state = ground(image)
	n.index = newIndex(image)
	for id := range image.Hashed() {
		n.hashes[id] = image.Hash(id)
	}
	for id, author := range image.Authors() {
		n.authors[id] = author
	}
	register := func(id vf.ID) bool {
		if r := n.state.Record(id); r != nil {
			n.register.Set(nil, r, n.state.Record)
		}
		return true
	}
	for _, c := range registered {
		n.index.ofClass(c).ascend("", register)
	}
	n.readUnits()
}

// registered are the classes on which rights rest by themselves; what they publish is
// found through them.
var registered = []vf.Class{"Agent", "Charter", "DeviceKey", "Membership", "Proposal", "ProposalList"}

// ground is the state that stands on an image.
func ground(image *packed.Image) *ledger.State {
	var units []vf.ID
	list := image.Class("Unit")
	for i := range list.Len() {
		units = append(units, list.At(i))
	}
	return ledger.On(image, image.Events(), units)
}

// Unkept is how many entries came since the last image was written, or the books were
// opened from one.
func (n *Node) Unkept() int64 {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.journal.Size() - n.kept
}

// Fresh is how often records were entered or changed since the last image was written,
// or the books were opened: what the next start has to do beside reading the image.
func (n *Node) Fresh() int64 {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.fresh
}

// Keep writes an image of the books as they are, and lets readers stand on it, which
// takes a fraction of the memory. Acts go on meanwhile; it is for one caller at a time.
func (n *Node) Keep(ctx context.Context) error {
	content, err := n.freeze()
	if err != nil {
		return err
	}
	image, err := packed.Pack(ctx, content.Content)
	if err == nil && n.options.Images != nil {
		err = n.options.Images.Write(image)
	}
	if err != nil {
		n.thaw(content, nil)
		return err
	}
	x := newIndex(image)
	for range 4 { // most of what changed meanwhile is taken in while nobody waits
		since, now := n.lately()
		x.follow(now, since)
	}
	n.thaw(content, x)
	return nil
}

// lately is what changed since this was asked last, or an image was begun, and where it
// is found as it is.
func (n *Node) lately() (map[vf.ID]bool, *index) {
	n.mu.Lock()
	defer n.mu.Unlock()
	since := n.since
	n.since = map[vf.ID]bool{}
	return since, n.index.copy()
}

// follow takes in what is otherwise in another index.
func (x *index) follow(other *index, changed map[vf.ID]bool) {
	var links moved
	for _, id := range sortedKeys(changed) {
		was, _ := x.place(id)
		p, _ := other.place(id)
		p.ID = id
		x.set(p, was.Record, &links)
	}
	links.to(x)
}

// frozen is what the books said when an image of them was begun.
type frozen struct {
	packed.Content
	size, fresh int64
}

// content is what the books say, as an image is made of it; it is that as long as nobody
// writes.
func (n *Node) content() (packed.Content, error) {
	raw, err := json.Marshal(mark{layout, n.journal.Mark()})
	x := n.index.copy()
	return packed.Content{Mark: raw, On: x.ground, Places: x.own, State: n.state, Authors: maps.Clone(n.authors)}, err
}

// freeze has later acts leave alone what an image is made of.
func (n *Node) freeze() (frozen, error) {
	n.write.Lock()
	defer n.write.Unlock()
	n.mu.Lock()
	defer n.mu.Unlock()
	c, err := n.content()
	if err != nil {
		return frozen{}, err
	}
	f := frozen{c, n.journal.Size(), n.fresh}
	n.state = n.state.Fork()
	n.since = map[vf.ID]bool{}
	return f, nil
}

// thaw has readers stand on an index on an image and what changed since it was begun;
// without one, on what they stood on before.
func (n *Node) thaw(f frozen, x *index) {
	n.write.Lock()
	defer n.write.Unlock()
	n.mu.Lock()
	defer n.mu.Unlock()
	since := n.since
	n.since = nil
	if x == nil {
		n.state.Merge()
		n.state = f.State
		return
	}
	x.follow(n.index, since)
	on := ground(x.ground)
	n.state.Rebase(on)
	n.state, n.index, n.kept = on, x, f.size
	n.fresh -= f.fresh
	n.graph, n.snapshot = nil, nil
	n.readUnits()
}

// changedSince takes note of what a draft changes while an image is being made.
func (n *Node) changedSince(d *draft) {
	if n.since == nil {
		return
	}
	for id := range d.state.ChangedRecords() {
		n.since[vf.ID(id)] = true
	}
	for id := range d.hashes {
		n.since[id] = true
	}
	for id := range d.past {
		n.since[id] = true
	}
}
