package node

import (
	"commonweal/store"
	"commonweal/vf"
)

// erase deletes the personal data of records: all of a Person but the id, the
// note of any other. The journal keeps its hash, which tells nothing.
func erase(d *draft, a *Act) ([]vf.Record, error) {
	if err := noRecordsIn(a); err != nil {
		return nil, err
	}
	for _, id := range a.Of {
		if _, err := d.known("of", id); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// eraseAll deletes profiles; the records keep their hashes.
func eraseAll(d *draft, _ []vf.Record, of []vf.ID) error {
	for _, id := range of {
		if hash := d.hash(id); hash != "" {
			d.profiles = append(d.profiles, store.Put{View: store.Profiles, Key: hash})
		}
	}
	return nil
}

// dropProfile deletes the profile of a record that is taken back.
func (d *draft) dropProfile(id vf.ID) {
	if hash := d.hash(id); hash != "" {
		d.profiles = append(d.profiles, store.Put{View: store.Profiles, Key: hash})
		d.hashes[id] = ""
	}
}
