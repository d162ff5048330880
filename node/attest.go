package node

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"strconv"

	"commonweal/journal"
	"commonweal/node/packed"
	"commonweal/rule"
	"commonweal/store"
)

// Attesting is how books are checked against their journal while they are in use.
type Attesting struct {
	// Moment gives the store as it is at one moment, for reading alone, whatever is
	// written meanwhile; it is closed after use.
	Moment func(context.Context) (store.Store, error)
	// Pace is called after each bit of work, and lets others work; its error ends the
	// checking.
	Pace func(context.Context) error
	// Told hears how many entries were read, of how many there are; nil hears nothing.
	Told func(read, of int64)
}

// Attest does what verify does, beside a server at work: it reads the journal from the
// genesis (order, hashes, signatures, proofs of authors, the newest checkpoint), makes
// from it what the books should say, and compares with that the image from which they
// were opened, and at one moment the keys, the mark and the profiles that are stored. It
// holds no lock while it works, and little memory: what it makes is packed on the way.
//
// The error is a refusal if something differs: storeDamaged for the journal, viewsDiffer,
// or profileDiffers. Then, save for the image, the books are in doubt ([Node.Doubt]); an
// image that differs is thrown away, and the books are stopped ([Node.Stopped]) until they
// are opened anew. Any other error says that it could not be found out.
func (n *Node) Attest(ctx context.Context, how Attesting) (*journal.Report, error) {
	a := &attest{n: n, how: how, made: newNode(n.store, Options{}), seed: maphash.MakeSeed(), erased: map[string]bool{}}
	defer func() {
		if a.moment != nil {
			_ = a.moment.Close()
		}
	}()
	newest, err := newestCheckpoint(ctx, n.store)
	if err != nil {
		return nil, err
	}
	report := journal.Verify(func(yield func(int64, []byte) error) error { return a.entries(ctx, yield) },
		journal.Evidence{Hashes: store.HashReader(ctx, n.store), Stored: newest})
	var damage *rule.Refusal
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case a.image:
		return report, n.dropImage()
	case report.Sound():
	case errors.As(report.Fault, &damage):
		return report, n.doubt(damage)
	case report.Fault.Kind == journal.Unreadable:
		return report, report.Fault
	default:
		return report, n.doubt(rule.Refuse("storeDamaged", "path", n.Network(), "reason", report.Fault.Error()))
	}
	differs, err := a.views(ctx)
	if err == nil && differs != nil {
		err = n.doubt(differs.Refusal())
	}
	return report, err
}

// newestCheckpoint reads the newest checkpoint that is stored.
func newestCheckpoint(ctx context.Context, s store.Source) (list [][]byte, err error) {
	err = s.Scan(ctx, store.Checkpoints, func(_ string, note []byte) error {
		list = [][]byte{note}
		return nil
	})
	return list, err
}

// doubt has the books take no more acts, and returns why.
func (n *Node) doubt(why error) error {
	n.doubted.Store(&why)
	return why
}

// Doubt returns what was found to differ from the journal, nil while nothing was. Books
// in doubt take no acts; what they say can still be read.
func (n *Node) Doubt() error {
	if why := n.doubted.Load(); why != nil {
		return *why
	}
	return nil
}

// dropImage throws away an image that says what the journal does not.
func (n *Node) dropImage() error {
	why := error(differs("image", strconv.FormatInt(n.opened.Image, 10)))
	err := errors.Join(fmt.Errorf("%w: %w", store.ErrStopped, why), n.options.Images.Drop())
	n.stopped.Store(&err)
	return err
}

// attest is one checking under way.
type attest struct {
	n      *Node
	how    Attesting
	made   *Node       // what the journal makes
	moment store.Store // as the store is when all is compared
	image  bool        // the image of the books differs
	large  bool        // it cannot be packed

	seed   maphash.Seed
	keys   rowSum          // of the view of keys, as it should be
	erased map[string]bool // hashes of profiles that are gone
}

// rowSum sums up rows of a view in any order.
type rowSum struct {
	count int64
	sum   uint64
}

func (s *rowSum) add(seed maphash.Seed, key, value string) {
	s.count++
	s.sum += maphash.String(seed, key+"\x00"+value)
}

// What is read of the journal at once, and how often it is caught up with what came
// meanwhile before the rest is read at one moment.
const (
	pageEntries = 256
	pageBytes   = 1 << 20
	catchUps    = 5
)

// entries gives all entries up to a moment, and enters each into what the journal makes.
func (a *attest) entries(ctx context.Context, yield func(int64, []byte) error) (err error) {
	at := int64(0)
	for range catchUps {
		for end := a.n.Journal().Size(); at < end; {
			next, err := a.page(ctx, a.n.store, at, end, yield)
			if err != nil {
				return err
			}
			if next == at {
				return a.fewer(at, end)
			}
			at = next
		}
	}
	if a.moment, err = a.how.Moment(ctx); err != nil {
		return err
	}
	for {
		next, err := a.page(ctx, a.moment, at, 1<<62, yield)
		if err != nil || next == at {
			return err
		}
		at = next
	}
}

// fewer says that the store does not have all entries that the books have.
func (a *attest) fewer(has, of int64) error {
	return rule.Refuse("storeDamaged", "path", a.n.Network(), "reason", fmt.Sprintf("it has %d entries, and %d were written", has, of))
}

// page reads some entries from a sequence on, and returns where the next ones begin.
func (a *attest) page(ctx context.Context, s store.Source, at, end int64, yield func(int64, []byte) error) (int64, error) {
	limit := min(end, at+pageEntries)
	if image := a.n.opened.Image; at < image {
		limit = min(limit, image) // so that there is a page that ends where it does
	}
	var page [][]byte
	size := 0
	err := s.Entries(ctx, at, func(seq int64, raw []byte) error {
		if seq >= limit || size >= pageBytes {
			return errStop
		}
		page, size = append(page, raw), size+len(raw)
		return nil
	})
	if err != nil && !errors.Is(err, errStop) {
		return at, err
	}
	d := a.made.draft()
	for i, raw := range page {
		if err := yield(at+int64(i), raw); err != nil {
			return at, err
		}
		e, err := d.journal.FollowRead(journal.Read(raw))
		if err == nil {
			err = d.again(e)
		}
		if err != nil { // it is signed, and yet nothing that these books can say
			return at, notAgain(d.journal, at+int64(i), err)
		}
		a.keys.add(a.seed, e.Act.Key, strconv.FormatInt(e.Sequence, 10))
	}
	for _, p := range d.profiles {
		a.erased[p.Key] = true
	}
	d.profiles, d.changes = nil, nil
	a.made.merged(d)
	at += int64(len(page))
	if a.how.Told != nil {
		a.how.Told(at, max(at, a.n.Journal().Size()))
	}
	if err := a.pack(ctx, at); err != nil {
		return at, err
	}
	return at, a.how.Pace(ctx)
}

// pack packs what was made where it has grown much, and where the books have an image
// to be compared with it.
func (a *attest) pack(ctx context.Context, at int64) error {
	const least = 50_000 // records
	same := at == a.n.opened.Image && at > 0
	if !same && (a.large || a.made.Fresh() < max(least, at/4)) {
		return nil
	}
	if err := a.made.Keep(ctx); err != nil {
		if a.large = !same && errors.Is(err, packed.ErrTooLarge); a.large {
			return nil // it goes on unpacked, as the books do that are in use
		}
		return err
	}
	if same && a.made.index.ground.Sum() != a.n.opened.sum {
		a.image = true
		return errMany
	}
	return nil
}

// views compares what is stored at the moment, and returns the first that differs.
func (a *attest) views(ctx context.Context) (*Difference, error) {
	stored, err := a.moment.Views(ctx)
	if err != nil {
		return nil, err
	}
	for _, view := range stored {
		if view != viewKey && view != viewMark {
			return &Difference{View: view, Reason: "is no view of these books"}, nil
		}
	}
	var found *Difference
	add := func(d Difference) error {
		found = &d
		return errMany
	}
	if err = a.storedKeys(ctx, add); err == nil {
		var m store.Put
		if m, err = a.made.draft().markRow(); err == nil {
			err = compare(ctx, a.moment, viewMark, map[string][]byte{viewMark: m.Value}, add)
		}
	}
	if err == nil {
		err = a.made.compareProfiles(ctx, a.moment, a.erased, add)
	}
	if errors.Is(err, errMany) && found != nil {
		return found, nil
	}
	return nil, err
}

// storedKeys compares the keys that are stored with those of the journal.
func (a *attest) storedKeys(ctx context.Context, add func(Difference) error) error {
	var keys rowSum
	err := a.moment.Scan(ctx, viewKey, func(key string, value []byte) error {
		keys.add(a.seed, key, string(value))
		if keys.count%pageEntries == 0 {
			return a.how.Pace(ctx)
		}
		return nil
	})
	if err == nil && keys != a.keys {
		err = add(Difference{View: viewKey, Reason: fmt.Sprintf("has %d rows, and should have %d", keys.count, a.keys.count)})
	}
	return err
}
