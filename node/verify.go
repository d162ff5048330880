package node

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"commonweal/journal"
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

// Replay does what [Check] does, while writers wait.
func (n *Node) Replay(ctx context.Context) ([]Difference, error) {
	n.write.Lock()
	defer n.write.Unlock()
	return Check(ctx, n.store)
}

// Check makes every view again from the journal, checking each entry, and
// compares it with the stored one byte for byte; then it compares each profile
// with its hash in the journal. It returns the first differences, none if all is
// well. Nothing is loaded from the views, so that no damage in them hinders it.
// Nobody may write meanwhile, or the store must see one moment.
func Check(ctx context.Context, s store.Store) ([]Difference, error) {
	d, err := replay(ctx, s)
	if err != nil {
		return nil, err
	}
	made, err := d.made()
	if err != nil {
		return nil, err
	}
	var list []Difference
	add := func(x Difference) error {
		if list = append(list, x); len(list) == maxDifferences {
			return errMany
		}
		return nil
	}
	stored, err := s.Views(ctx)
	if err != nil {
		return nil, err
	}
	for _, view := range stored {
		if made[view] == nil {
			made[view] = map[string][]byte{} // a view that nothing makes
		}
	}
	for _, view := range sortedKeys(made) {
		if err = compare(ctx, s, view, made[view], add); err != nil {
			break
		}
	}
	if err == nil {
		err = d.compareProfiles(ctx, s, add)
	}
	if errors.Is(err, errMany) {
		err = nil
	}
	return list, err
}

// made are the rows of all views, none where the journal has no entry.
func (d *draft) made() (map[string]map[string][]byte, error) {
	made := map[string]map[string][]byte{}
	if d.journal.Size() == 0 {
		return made, nil
	}
	puts, err := d.puts()
	if err != nil {
		return nil, err
	}
	for _, p := range puts {
		if made[p.View] == nil {
			made[p.View] = map[string][]byte{}
		}
		if p.Value != nil { // else withdrawn
			made[p.View][p.Key] = p.Value
		}
	}
	return made, nil
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
func (d *draft) compareProfiles(ctx context.Context, s store.Source, add func(Difference) error) error {
	owners := make(map[string]vf.ID, len(d.hashes)) // by hash
	for id, hash := range d.hashes {
		if hash != "" {
			owners[hash] = id
		}
	}
	erased := map[string]bool{}
	for _, p := range d.profiles {
		erased[p.Key] = erased[p.Key] || p.Value == nil
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

// firstDifference names the row for which views cannot be loaded that can be
// decoded each alone; the view is said if the journal names none.
func firstDifference(ctx context.Context, s store.Store, view string) error {
	list, err := Check(ctx, s)
	if err != nil {
		return err
	}
	for i := range list {
		if list[i].View != store.Profiles {
			return list[i].Refusal()
		}
	}
	return differs(view, "")
}
