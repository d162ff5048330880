package linked

import (
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"commonweal/format"
	"commonweal/journal"
	"commonweal/vf"
)

// recordPage is what the page of a record shows.
type recordPage struct {
	ID, Class, ClassText, List string
	At, History, Trace, Track  string // addresses, "" for none
	Then                       string // where it is an earlier state: when that was
	Erased                     bool
	Changed                    string // when, last
	Rows                       []propertyRow
	Plan                       *planSays // nil where there is nothing to say
	Groups                     []referring
	Forms                      []link
}

// propertyRow is one property with its values.
type propertyRow struct {
	Label, Text string // and what the property means
	Values      []shown
}

// shown is one value: a text, or a link to a record, or to somewhere else.
type shown struct {
	Text string
	Link *link
	Out  string
	Time string
}

// recordPage answers with the page of a record as it is now.
func (q *request) recordPage(r vf.Record) {
	p := q.pageOf(r)
	past := q.books().Past(r.Key())
	if len(past) > 0 {
		e, err := q.entry(past[len(past)-1])
		if err != nil {
			q.fail(err)
		}
		p.Changed, p.Erased = day(e.Act.At), e.Act.Kind == journal.Erase
	}
	if flows(r) {
		p.Trace, p.Track = with(p.At, "trace"), with(p.At, "track")
	}
	p.Plan = q.planSays(r)
	p.Groups = q.referring(r)
	title := q.titleOf(r)
	html := body("record", p)
	tag := q.tag(r.Key(), []byte(title+string(html)))
	q.w.Header().Set("ETag", tag)
	if matches(q.r.Header.Get("If-None-Match"), tag) {
		q.w.WriteHeader(http.StatusNotModified)
		return
	}
	q.o.Show(q.w, http.StatusOK, tame(title), q.n.Name, html)
}

// revisionPage answers with the page of an earlier state of a record.
func (q *request) revisionPage(r vf.Record, seq int64) {
	p := q.pageOf(r)
	e, err := q.entry(seq)
	if err != nil {
		q.fail(err)
	}
	p.Then = day(e.Act.At) + " (entry " + strconv.FormatInt(seq, 10) + ")"
	p.Forms = nil
	q.show(http.StatusOK, q.link(r.Key()).Name+", earlier", "record", p)
}

func (q *request) pageOf(r vf.Record) recordPage {
	p := recordPage{ID: string(r.Key()), Class: upper(kind(r)), ClassText: plain(format.ClassText(r.Class())), List: "/" + q.n.Name + "/" + plurals[r.Class()],
		At: Address(q.n.Name, r.Key()), Rows: q.rows(r)}
	p.History = with(p.At, "history")
	for _, f := range recordForms {
		if f.name != asHTML.name {
			p.Forms = append(p.Forms, link{map[string]string{"jsonld": "JSON-LD", "json": "JSON", "yaml": "YAML"}[f.name], with(p.At, "as="+f.name)})
		}
	}
	return p
}

// plain takes the marks of literal words out of a text.
func plain(s string) string { return strings.ReplaceAll(s, "`", "") }

// rows shows what a record says.
func (q *request) rows(r vf.Record) []propertyRow {
	var list []propertyRow
	v := reflect.ValueOf(r).Elem()
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if name == "@id" || name == "-" || v.Field(i).IsZero() {
			continue
		}
		if values := q.values(v.Field(i).Addr().Interface()); len(values) > 0 {
			list = append(list, propertyRow{upper(propertyWords[name][0]), plain(format.PropertyText(name)), values})
		}
	}
	return list
}

// values shows what a property holds.
func (q *request) values(v any) []shown {
	text := func(s string) []shown { return []shown{{Text: s}} }
	ref := func(id vf.ID) shown {
		l := q.link(id)
		return shown{Link: &l}
	}
	switch v := v.(type) {
	case *vf.ID:
		return []shown{ref(*v)}
	case *[]vf.ID:
		var list []shown
		for _, id := range *v {
			list = append(list, ref(id))
		}
		return list
	case *vf.Measure:
		return text(q.amount(*v))
	case *vf.Time:
		return []shown{{Text: day(*v), Time: v.String()}}
	case *vf.Truth:
		return text(map[vf.Truth]string{vf.Yes: "yes", vf.No: "no"}[*v])
	case *bool:
		return text("yes")
	case *int:
		return text(strconv.Itoa(*v))
	case **vf.Decimal:
		return text((*v).String())
	case *vf.Action:
		return text(actionWords[*v])
	case *[]string:
		var list []shown
		for _, s := range *v {
			list = append(list, outside(s))
		}
		return list
	case *string:
		return []shown{outside(*v)}
	}
	return nil
}

// outside shows a text, as a link where it is an address of the web.
func outside(s string) shown {
	if u, err := url.Parse(s); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && !strings.ContainsAny(s, " \n") {
		return shown{Text: s, Out: s}
	}
	return shown{Text: s}
}

// referring is what refers to a record by one property, of one class.
type referring struct {
	Label string
	Rows  []listRow
	More  string
}

// fewRows is how many referring records a page shows of each kind.
const fewRows = 20

// mostLooked is how many records one page looks at for those that may be seen.
const mostLooked = 2000

// referring finds what refers to a record, through the index. With ?of=CLASS.PROPERTY
// it is that alone, from after an id on.
func (q *request) referring(r vf.Record) []referring {
	only, after := q.r.URL.Query().Get("of"), vf.ID(q.r.URL.Query().Get("after"))
	var list []referring
	for _, c := range vf.Classes() {
		for _, f := range vf.Fields(c) {
			key := string(c) + "." + f.Name
			if !refersTo(f, r.Class()) || only != "" && only != key {
				continue
			}
			from := after
			if only == "" {
				from = ""
			}
			g := referring{Label: upper(several(c)) + ": " + propertyWords[f.Name][1]}
			last, more := q.found(q.referrers(c, f.Name, r.Key(), from), fewRows, func(x vf.Record) { g.Rows = append(g.Rows, q.listRow(x)) })
			if more {
				g.More = with(Address(q.n.Name, r.Key()), "of="+url.QueryEscape(key)+"&after="+url.QueryEscape(string(last)))
			}
			if len(g.Rows) > 0 || more {
				list = append(list, g)
			}
		}
	}
	return list
}

// refersTo reports whether a property can name records of a class.
func refersTo(f vf.Field, c vf.Class) bool {
	if f.Name == "@id" || f.Type != reflect.TypeFor[vf.ID]() && f.Type != reflect.TypeFor[[]vf.ID]() {
		return false
	}
	return slices.Contains(format.Range(f.Name), c)
}
