package node

import (
	"commonweal/node/packed"
	"commonweal/vf"
)

// mostSought is for how many ids the index is asked what refers to them; for more it is
// quicker to go through all records.
const mostSought = 200

// referringTo finds what refers to any of some ids and is not one of them itself: of such
// records the first by id, and to which it refers first; nil if there is none. Units of
// measures are not looked for where the ids are few: a unit that is used is in the books
// for good.
func (d *draft) referringTo(ids map[vf.ID]bool) (by vf.Record, to vf.ID) {
	if len(ids) == 0 {
		return nil, ""
	}
	if len(ids) > mostSought {
		return d.referringWalked(ids)
	}
	first := func(r vf.Record) {
		if r == nil || ids[r.Key()] || by != nil && by.Key() <= r.Key() {
			return
		}
		if id, ok := firstOf(r, ids); ok {
			by, to = r, id
		}
	}
	changed := d.changedHere()
	for id := range changed {
		first(d.state.Record(id))
	}
	for id := range ids {
		for property := range packed.Properties() {
			d.n.index.referring(property, id).ascend("", func(from vf.ID) bool {
				if changed[from] || ids[from] {
					return true
				}
				first(d.state.Record(from))
				return false // the others come after it
			})
		}
	}
	return by, to
}

// referringWalked finds the same in all records, one after the other.
func (d *draft) referringWalked(ids map[vf.ID]bool) (vf.Record, vf.ID) {
	for r := range d.state.Each() {
		if ids[r.Key()] {
			continue
		}
		if id, ok := firstOf(r, ids); ok {
			return r, id
		}
	}
	return nil, ""
}

// firstOf is the first of some ids to which a record refers.
func firstOf(r vf.Record, ids map[vf.ID]bool) (first vf.ID, ok bool) {
	references(r, func(id vf.ID) {
		if ids[id] && !ok {
			first, ok = id, true
		}
	})
	return first, ok
}

// changedHere are the records that drafts changed and the index does not have so yet, among
// them those that they took out.
func (d *draft) changedHere() map[vf.ID]bool {
	list := map[vf.ID]bool{}
	for x := d; x != nil; x = x.below {
		for id := range x.state.ChangedRecords() {
			list[vf.ID(id)] = true
		}
	}
	return list
}
