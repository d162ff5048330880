package node

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"

	"commonweal/journal"
	"commonweal/ledger"
	"commonweal/node/packed"
	"commonweal/store"
	"commonweal/vf"
)

// Images keeps an image of the books, from which the next start is quick. It is a copy
// that can be thrown away: where there is none, or one that does not fit, the books are
// opened from the views.
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

// openImage opens the books from their image and the entries after it; false if there
// is none that fits, and then nothing was done.
func (n *Node) openImage(ctx context.Context, m mark) (bool, error) {
	if n.options.Images == nil {
		return false, nil
	}
	raw, err := n.options.Images.Read()
	if err != nil || raw == nil {
		n.opened.Why = err
		return false, nil //nolint:nilerr // it is told with Opened
	}
	image, err := packed.Open(raw)
	if err == nil {
		err = n.fits(ctx, image, m)
	}
	if err != nil {
		n.opened.Why = err
		return false, nil //nolint:nilerr // it is told with Opened
	}
	n.standOn(image)
	n.opened.Image, n.opened.sum, n.kept = n.journal.Size(), image.Sum(), n.journal.Size()
	if err := n.store.Scan(ctx, store.Profiles, func(key string, value []byte) error {
		n.profiles[key] = value
		return nil
	}); err != nil {
		return false, err
	}
	if err := n.followOn(ctx); err != nil {
		return false, err
	}
	if now, err := json.Marshal(n.journal.Mark()); err != nil || !sameMark(now, m) {
		return false, errors.Join(err, differs(viewMark, viewMark))
	}
	return true, nil
}

func sameMark(raw []byte, m mark) bool {
	want, err := json.Marshal(m.Journal)
	return err == nil && bytes.Equal(raw, want)
}

// fits reports why an image is not one of these books as they were.
func (n *Node) fits(ctx context.Context, image *packed.Image, m mark) error {
	var then mark
	if err := json.Unmarshal(image.Mark(), &then); err != nil {
		return packed.ErrBroken
	}
	if then.Layout != m.Layout {
		return packed.ErrOther
	}
	j, err := journal.Resume(then.Journal)
	if err != nil {
		return packed.ErrBroken
	}
	if j.Size() == 0 || j.Size() > m.Journal.Size || j.Network() != m.Journal.Network {
		return fmt.Errorf("the image is of %d entries of %s, and there are %d of %s", j.Size(), j.Network(), m.Journal.Size, m.Journal.Network)
	}
	root, err := tlog.TreeHash(j.Size(), store.HashReader(ctx, n.store))
	if err != nil {
		return err
	}
	if root != j.Tree().Hash {
		return errors.New("the image is of another journal")
	}
	n.journal = j
	return nil
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

// followOn enters the entries after the image. Their signatures were checked when they
// were made, and are again by [Node.Attest]; that these are the bytes that were
// written then is told by the root that the views name.
func (n *Node) followOn(ctx context.Context) error {
	const some = 1000 // entries are taken in at once
	d, read := n.draft(), int64(0)
	take := func() {
		d.profiles, d.changes = nil, nil // the profiles that are stored were read, and nobody listens
		n.merged(d)
		d = n.draft()
	}
	err := n.store.Entries(ctx, n.journal.Size(), func(seq int64, raw []byte) error {
		e, err := d.journal.Follow(raw)
		if err != nil {
			return err
		}
		if err := d.again(seq, &e.Act); err != nil {
			return fmt.Errorf("entry %d: %w", seq, err)
		}
		if read++; read%some == 0 {
			take()
		}
		return nil
	})
	if err == nil {
		err = d.journal.End()
	}
	if err != nil {
		return err
	}
	take()
	n.opened.Entries = read
	return nil
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
	for _, id := range sortedKeys(changed) {
		was, _ := x.place(id)
		p, _ := other.place(id)
		p.ID = id
		x.set(p, was.Record)
	}
}

// frozen is what the books said when an image of them was begun.
type frozen struct {
	packed.Content
	size, fresh int64
}

// freeze has later acts leave alone what an image is made of.
func (n *Node) freeze() (frozen, error) {
	n.write.Lock()
	defer n.write.Unlock()
	n.mu.Lock()
	defer n.mu.Unlock()
	raw, err := json.Marshal(mark{layout, n.journal.Mark()})
	if err != nil {
		return frozen{}, err
	}
	authors := make(map[vf.ID]vf.ID, len(n.authors))
	for id, author := range n.authors {
		authors[id] = author
	}
	f := frozen{packed.Content{Mark: raw, Places: n.index.copy().each, State: n.state, Authors: authors}, n.journal.Size(), n.fresh}
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
