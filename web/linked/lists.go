package linked

import (
	"bytes"
	"iter"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"commonweal/format"
	"commonweal/vf"
)

// found calls f with the first records of some ids that the asker may see, at most
// so many. It returns the last id that it looked at, and whether there may be more
// behind it.
func (q *request) found(ids iter.Seq[vf.ID], most int, f func(vf.Record)) (last vf.ID, more bool) {
	shown, looked := 0, 0
	for id := range ids {
		if shown == most || looked == mostLooked {
			return last, true
		}
		looked++
		last = id
		r, err := q.me.Seat.Record(id)
		if err != nil {
			q.fail(err)
		}
		if r != nil {
			shown++
			f(r)
		}
	}
	return last, false
}

// referrers are the ids of the records of a class that refer to one by a property,
// from behind an id on.
func (q *request) referrers(c vf.Class, property string, to, after vf.ID) iter.Seq[vf.ID] {
	return q.books().Referring(c, property, to, after, false)
}

// listRow is a record as lists show it.
type listRow struct {
	link
	What string // a few words on it
	When string
}

// listRow tells of a record in a few words.
func (q *request) listRow(r vf.Record) listRow {
	row := listRow{link: link{q.nameOf(r), Address(q.n.Name, r.Key())}}
	if m, ok := r.(*vf.Membership); ok {
		return q.membershipRow(row, m)
	}
	title := q.titleOf(r)
	titled := title != row.Name // and says how much of what, and whose
	row.Name = title
	v := reflect.ValueOf(r).Elem()
	var words []string
	say := func(before, text string) {
		if text != "" && (!titled || before == "up to") {
			words = append(words, strings.TrimSpace(before+" "+text))
		}
	}
	for _, m := range []string{"ResourceQuantity", "EffortQuantity", "OnhandQuantity"} {
		if f := v.FieldByName(m); f.IsValid() {
			say("", q.amount(f.Interface().(vf.Measure)))
		}
	}
	if f := v.FieldByName("AvailableQuantity"); f.IsValid() && !f.IsZero() {
		say("up to", q.amount(f.Interface().(vf.Measure))+" in all")
	}
	if row.Name != "" && ownName(r) != "" {
		if f := v.FieldByName("ResourceConformsTo"); f.IsValid() && f.String() != "" {
			say("of", q.link(vf.ID(f.String())).Name)
		}
	}
	for _, p := range [][2]string{{"Provider", "from"}, {"Receiver", "to"}, {"PrimaryAccountable", "of"}, {"PerformedBy", "by"}} {
		if f := v.FieldByName(p[0]); f.IsValid() && f.String() != "" {
			say(p[1], q.link(vf.ID(f.String())).Name)
		}
	}
	if f := v.FieldByName("Finished"); f.IsValid() && f.Bool() {
		words = append(words, "finished")
	}
	row.What = strings.Join(words, ", ")
	if when, property := dateOf(r); !titled || property != "Due" { // else the title says it
		row.When = day(when)
	}
	return row
}

// titleOf is what a record is called where it stands alone: of a need or an offer without
// a name, how much of what it is, for or from whom, and by when.
func (q *request) titleOf(r vf.Record) string {
	i, ok := r.(*vf.Intent)
	much := vf.Measure{}
	if ok {
		if much = i.ResourceQuantity; much.IsZero() {
			much = i.EffortQuantity
		}
	}
	what := kind(r)
	if !ok || ownName(r) != "" || much.IsZero() || i.ResourceConformsTo == "" || what != "need" && what != "offer" {
		return q.nameOf(r)
	}
	if q.isPrice(i.ID) {
		what = "price"
	}
	title := upper(what) + ": " + q.amount(much) + " of " + q.link(i.ResourceConformsTo).Name
	if i.Receiver != "" {
		title += ", for " + q.link(i.Receiver).Name
	} else {
		title += ", from " + q.link(i.Provider).Name
	}
	if !i.Due.IsZero() {
		title += " by " + i.Due.UTC().Format("2 Jan 2006")
	}
	return title
}

// titled names a record as where it stands alone.
func (q *request) titled(id vf.ID) link {
	l := q.link(id)
	if r, err := q.me.Seat.Record(id); err != nil {
		q.fail(err)
	} else if r != nil {
		l.Name = q.titleOf(r)
	}
	return l
}

// membershipRow tells who is what, where, and from when until when.
func (q *request) membershipRow(row listRow, m *vf.Membership) listRow {
	row.Name = q.link(m.Member).Name
	var words []string
	if m.Role != "" {
		words = append(words, "as "+m.Role)
	}
	if m.InScopeOf != "" {
		words = append(words, "in "+q.link(m.InScopeOf).Name)
	}
	row.What = strings.Join(words, ", ")
	if !m.HasBeginning.IsZero() {
		row.When = "from " + day(m.HasBeginning)
	}
	if !m.HasEnd.IsZero() {
		row.When = strings.TrimSpace(row.When + " until " + day(m.HasEnd))
	}
	return row
}

// classPage is what the page of a list shows.
type classPage struct {
	Text        string
	Order       string // by what they are sorted, if not by their ids
	Rows        []listRow
	First, More string
	Network     string
}

// class answers with the records of a class, a page at a time.
func (q *request) class(c vf.Class) {
	f, ok := q.choose(listForms)
	if !ok {
		return
	}
	at := "/" + q.n.Name + "/" + plurals[c]
	after := q.r.URL.Query().Get("after")
	page := classPage{Text: upper(plain(format.ClassText(c))), Network: q.n.Name}
	ids, place := q.books().Class(c, vf.ID(after), false), func(id vf.ID) string { return string(id) }
	if f.name == asHTML.name {
		if list, of, ok := q.byDate(c, after); ok {
			ids, place, page.Order = list, of, datedLists[c]
		}
	}
	if after != "" {
		page.First = at
	}
	g := &vf.Graph{}
	last, more := q.found(ids, perPage, func(r vf.Record) {
		g.Add(r)
		page.Rows = append(page.Rows, q.listRow(r))
	})
	if more {
		page.More = at + "?after=" + url.QueryEscape(place(last))
		q.w.Header().Add("Link", "<"+page.More+`>; rel="next"`)
	}
	if f.name == asHTML.name {
		q.show(http.StatusOK, upper(several(c)), "class", page)
		return
	}
	var b bytes.Buffer
	if err := format.WriteNetwork(&b, g, q.n.Network()); err != nil {
		q.fail(err)
	}
	q.entity(f, q.tag("", b.Bytes()), b.Bytes())
}
