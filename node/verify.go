package node

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"commonweal/journal"
	"commonweal/node/packed"
	"commonweal/rule"
	"commonweal/store"
	"commonweal/vf"
)

// Difference is a row of a view that is not what the journal makes of it, or a
// profile that is not the one that the journal names. Of a profile it says which
// record it is of, and what is wrong with it, but nothing of what is in it.
type Difference struct {
	View   string `json:"view"`
	Key    string `json:"key"`              // of a profile: the id of the record
	Stored string `json:"stored,omitempty"` // "" if the row is missing
	Made   string `json:"made,omitempty"`   // "" if there should be none
	Reason string `json:"reason,omitempty"` // of a profile
}

// Texts returns the row as it is stored and as it is made, as they can be shown
// to people.
func (d *Difference) Texts() (stored, made string) {
	return legible(d.Stored), legible(d.Made)
}

// Refusal says the difference as the damage that it is.
func (d *Difference) Refusal() *rule.Refusal {
	if d.View == store.Profiles {
		return rule.Refuse("profileDiffers", "id", legible(d.Key), "reason", d.Reason)
	}
	return differs(d.View, d.Key)
}

func differs(view, key string) *rule.Refusal {
	return rule.Refuse("viewsDiffer", "view", legible(view), "key", legible(key))
}

// legible puts a mark in the place of what no terminal should be sent.
func legible(s string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) {
			return utf8.RuneError
		}
		return r
	}, s)
}

// maxDifferences is how many differences are listed.
const maxDifferences = 20

var errMany = errors.New("enough differences")

// Check makes the books again from the journal, checking each entry, and compares with
// them the views that are stored, byte for byte, the image, if there is one that fits,
// and each profile with its hash in the journal. It returns the first differences, none
// if all is well. Nothing is loaded from what it checks, so that no damage hinders it.
// Views of an older version are made anew when the books are next opened, so they are not
// compared. Nobody may write meanwhile, or the store must see one moment. Images may be nil.
func Check(ctx context.Context, s store.Reader, images Images) ([]Difference, error) {
	return check(ctx, s, images, nil)
}

// Replay does what [Check] does, and compares what these books say in memory too, while
// writers wait.
func (n *Node) Replay(ctx context.Context) ([]Difference, error) {
	n.write.Lock()
	defer n.write.Unlock()
	return check(ctx, n.store, n.options.Images, n)
}

func check(ctx context.Context, s store.Reader, images Images, open *Node) (list []Difference, err error) {
	add := func(x Difference) error {
		if list = append(list, x); len(list) == maxDifferences {
			return errMany
		}
		return nil
	}
	made := newNode(nil, Options{})
	m, _, err := markOf(ctx, s)
	if err != nil {
		return nil, err
	}
	var image *packed.Image
	at, reached := int64(0), func() error { return nil }
	if found, j, _ := imageFor(ctx, s, images, m); found != nil {
		image, at = found, j.Size()
		reached = func() error { return made.same(ctx, image, "image", add) }
	}
	r, err := made.replay(ctx, s, at, reached)
	if err == nil && !m.older() {
		err = r.compareViews(ctx, s, made, add)
	}
	if err == nil && open != nil {
		if image, err = open.packed(ctx); err == nil {
			err = made.same(ctx, image, "memory", add)
		}
	}
	if err == nil {
		err = made.compareProfiles(ctx, s, r.erased, add)
	}
	if errors.Is(err, errMany) {
		err = nil
	}
	return list, err
}

// packed packs what the books say now; nobody may write meanwhile.
func (n *Node) packed(ctx context.Context) (*packed.Image, error) {
	n.mu.Lock() // readers take copies of the index too
	c, err := n.content()
	n.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return packed.Pack(ctx, c)
}

// same reports an image that is not what these books are.
func (n *Node) same(ctx context.Context, image *packed.Image, name string, add func(Difference) error) error {
	mine, err := n.packed(ctx)
	if err != nil || mine.Sum() == image.Sum() {
		return err
	}
	return add(Difference{View: name, Key: strconv.FormatInt(n.journal.Size(), 10), Reason: "is not what the journal makes"})
}

// compareViews compares the stored views with those of the books that were made.
func (r *replayed) compareViews(ctx context.Context, s store.Reader, made *Node, add func(Difference) error) error {
	views := map[string]map[string][]byte{}
	if made.journal.Size() > 0 {
		m, err := made.draft().markRow()
		if err != nil {
			return err
		}
		for _, p := range append(keyRows(r.keys), m) {
			if views[p.View] == nil {
				views[p.View] = map[string][]byte{}
			}
			views[p.View][p.Key] = p.Value
		}
	}
	stored, err := s.Views(ctx)
	if err != nil {
		return err
	}
	for _, view := range stored {
		if views[view] == nil {
			views[view] = map[string][]byte{} // a view that nothing makes
		}
	}
	for _, view := range sortedKeys(views) {
		if err := compare(ctx, s, view, views[view], add); err != nil {
			return err
		}
	}
	return nil
}

// compare reports where a stored view is not as made.
func compare(ctx context.Context, s store.Source, view string, made map[string][]byte, add func(Difference) error) error {
	err := s.Scan(ctx, view, func(key string, value []byte) error {
		want, ok := made[key]
		delete(made, key)
		if ok && string(want) == string(value) {
			return nil
		}
		return add(Difference{View: view, Key: key, Stored: string(value), Made: string(want)})
	})
	if err != nil {
		return err
	}
	for _, key := range sortedKeys(made) {
		if err := add(Difference{View: view, Key: key, Made: string(made[key])}); err != nil {
			return err
		}
	}
	return nil
}

// compareProfiles reports profiles that are not those that the journal names,
// that are missing though no act erased them, and that are there though one did.
func (n *Node) compareProfiles(ctx context.Context, s store.Source, erased map[string]bool, add func(Difference) error) error {
	owners := make(map[string]vf.ID, len(n.hashes)) // by hash
	for id, hash := range n.hashes {
		owners[hash] = id
	}
	seen := map[string]bool{}
	err := s.Scan(ctx, store.Profiles, func(hash string, profile []byte) error {
		seen[hash] = true
		id, named := owners[hash]
		switch {
		case !named:
			return add(Difference{View: store.Profiles, Key: hash, Reason: "is stored, and nothing in the journal has it now"})
		case erased[hash]:
			return add(Difference{View: store.Profiles, Key: string(id), Reason: "is stored, although it was erased"})
		case journal.ProfileHash(profile) != hash:
			return add(Difference{View: store.Profiles, Key: string(id), Reason: otherProfile})
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, hash := range sortedKeys(owners) {
		if seen[hash] || erased[hash] {
			continue
		}
		if err := add(Difference{View: store.Profiles, Key: string(owners[hash]), Reason: "is missing, and no act erased it"}); err != nil {
			return err
		}
	}
	return nil
}

const otherProfile = "is not what the journal names by its hash"
