package node

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"commonweal/rule"
	"commonweal/store"
	"commonweal/vf"
)

// viewHistory has, for each record, the sequences of the entries that changed it,
// so many in a row: the key is the id and the number of the row. A row that is
// full is not written again.
const viewHistory = "history"

const perRow = 64

func historyKey(id vf.ID, row int) string { return fmt.Sprintf("%s %06d", id, row) }

// noted adds an entry to the past of records.
func (d *draft) noted(seq int64, ids []vf.ID) {
	for _, id := range ids {
		d.past[id] = append(d.past[id], seq)
	}
}

// lastChange is the entry that last changed a record, -1 if none did.
func (d *draft) lastChange(id vf.ID) int64 {
	for x := d; x != nil; x = x.below {
		if past := x.past[id]; len(past) > 0 {
			return past[len(past)-1]
		}
	}
	if past := d.n.index.past(id); len(past) > 0 {
		return past[len(past)-1]
	}
	return -1
}

// asSeen refuses an act about records that others changed since its author saw them.
func (d *draft) asSeen(a *Act) error {
	for _, id := range sortedKeys(a.Seen) {
		last := d.lastChange(id)
		if last == -1 {
			_, err := d.known("@id", id)
			return err
		}
		if last != a.Seen[id] {
			return rule.Refuse("changedSince", "id", string(id), "seen", strconv.FormatInt(a.Seen[id], 10), "entry", strconv.FormatInt(last, 10)).At(string(id))
		}
	}
	return nil
}

// pastRows are the rows of the history that a draft changes.
func (d *draft) pastRows() ([]store.Put, error) {
	var list []store.Put
	for _, id := range sortedKeys(d.past) {
		was := d.n.index.past(id)
		all := append(was[:len(was):len(was)], d.past[id]...)
		for row := len(was) / perRow; row*perRow < len(all); row++ {
			value, err := json.Marshal(all[row*perRow : min(len(all), (row+1)*perRow)])
			if err != nil {
				return nil, err
			}
			list = append(list, store.Put{View: viewHistory, Key: historyKey(id, row), Value: value})
		}
	}
	return list, nil
}

// loadHistory reads the history; its rows come in the order of their keys.
func (n *Node) loadHistory(ctx context.Context) (map[vf.ID][]int64, error) {
	past := map[vf.ID][]int64{}
	err := n.store.Scan(ctx, viewHistory, func(key string, value []byte) error {
		var row []int64
		i := strings.LastIndexByte(key, ' ')
		if i < 0 || json.Unmarshal(value, &row) != nil || historyKey(vf.ID(key[:i]), len(past[vf.ID(key[:i])])/perRow) != key {
			return differs(viewHistory, key)
		}
		id := vf.ID(key[:i])
		past[id] = append(past[id], row...)
		return nil
	})
	return past, err
}
