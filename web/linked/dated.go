package linked

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"commonweal/vf"
)

// datedLists says of the classes of which pages list the records by date, in what order.
var datedLists = map[vf.Class]string{
	"Intent":        "What is due comes first, the next one before the later ones; then what stands without such a date, and what is finished.",
	"Commitment":    "What is open comes first, the next one before the later ones; then what has no date, and what is finished.",
	"Process":       "What is open comes first, the next one before the later ones; then what has no date, and what is finished.",
	"EconomicEvent": "The newest ones come first.",
}

// mostSorted is up to how many records a page sorts by date; longer lists are in the
// order of ids.
const mostSorted = 20_000

// spot is where a record stands in a list by date.
type spot struct {
	group int   // 0 is dated, 1 has no date or stands from one on, 2 is finished
	at    int64 // by which it sorts within the group
	id    vf.ID
}

// String writes a spot for an address.
func (s spot) String() string { return fmt.Sprintf("%d %d %s", s.group, s.at, s.id) }

// readSpot reads what String wrote; what is none is before all.
func readSpot(text string) spot {
	group, rest, _ := strings.Cut(text, " ")
	at, id, _ := strings.Cut(rest, " ")
	g, err := strconv.Atoi(group)
	when, wrong := strconv.ParseInt(at, 10, 64)
	if err != nil || wrong != nil {
		return spot{group: -1}
	}
	return spot{g, when, vf.ID(id)}
}

func compareSpots(a, b spot) int {
	return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id))
}

// spotOf says where a record stands among those of its class.
func spotOf(r vf.Record) spot {
	s := spot{id: r.Key()}
	when, property := dateOf(r)
	i, ok := r.(*vf.Intent)
	standing := ok && property == "HasBeginning" && i.HasEnd.IsZero()
	f := reflect.ValueOf(r).Elem().FieldByName("Finished")
	finished := f.IsValid() && f.Bool()
	switch {
	case finished:
		s.group = 2
	case standing || when.IsZero():
		s.group = 1
	}
	if s.at = when.Unix(); when.IsZero() {
		s.at = math.MaxInt64
	}
	if finished || r.Class() == "EconomicEvent" {
		s.at = -s.at
	}
	return s
}

// dateOf is the date of a record in lists, and the property that says it.
func dateOf(r vf.Record) (vf.Time, string) {
	v := reflect.ValueOf(r).Elem()
	for _, p := range []string{"Due", "HasPointInTime", "HasBeginning", "HasEnd", "Created"} {
		if f := v.FieldByName(p); f.IsValid() && !f.IsZero() {
			return f.Interface().(vf.Time), p
		}
	}
	return vf.Time{}, ""
}

// byDate are the ids of the records of a class by date, from behind a place on, and how
// the place of one of them is written; false where they are too many to be sorted for a
// page. Whether the asker sees them is not asked.
func (q *request) byDate(c vf.Class, after string) (ids iter.Seq[vf.ID], place func(vf.ID) string, ok bool) {
	if datedLists[c] == "" || q.books().Count(c) > mostSorted {
		return nil, nil, false
	}
	var list []spot
	at := map[vf.ID]spot{}
	for id := range q.books().Class(c, "", false) {
		r, err := q.books().Record(id)
		if err != nil {
			q.fail(err)
		}
		if r != nil {
			at[id] = spotOf(r)
			list = append(list, at[id])
		}
	}
	slices.SortFunc(list, compareSpots)
	from := 0
	if after != "" {
		i, found := slices.BinarySearchFunc(list, readSpot(after), compareSpots)
		if from = i; found {
			from++
		}
	}
	return func(yield func(vf.ID) bool) {
		for _, s := range list[from:] {
			if !yield(s.id) {
				return
			}
		}
	}, func(id vf.ID) string { return at[id].String() }, true
}
