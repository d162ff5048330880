package linked

import (
	"bytes"
	"embed"
	"html/template"
	"reflect"
	"strings"

	"commonweal/vf"
)

//go:embed pages/*.html
var pageFiles embed.FS

var pages = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

// show writes a page of a network.
func (q *request) show(status int, title, name string, data any) {
	network := ""
	if q.n != nil {
		network = q.n.Name
	}
	q.o.Show(q.w, status, tame(title), network, body(name, data))
}

// body fills in a page.
func body(name string, data any) template.HTML {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name+".html", data); err != nil {
		panic(err) // a page that does not fit its data; the guard answers
	}
	return template.HTML(b.String()) //nolint:gosec // html/template escaped it
}

// link is a record as pages name it. At is "" where the asker may not see it.
type link struct{ Name, At string }

// link names a record.
func (q *request) link(id vf.ID) link {
	r, err := q.me.Seat.Record(id)
	if err != nil {
		q.fail(err)
	}
	if r == nil {
		return link{Name: string(id)}
	}
	return link{q.nameOf(r), Address(q.n.Name, id)}
}

// nameOf is what people call a record: its name, else what it is about, else its id.
func (q *request) nameOf(r vf.Record) string {
	if name := ownName(r); name != "" {
		return name
	}
	v := reflect.ValueOf(r).Elem()
	for _, property := range []string{"ResourceConformsTo", "ResourceInventoriedAs", "ConformsTo", "BasedOn"} {
		f := v.FieldByName(property)
		if !f.IsValid() || f.String() == "" {
			continue
		}
		other, err := q.me.Seat.Record(vf.ID(f.String()))
		if err != nil {
			q.fail(err)
		}
		if other == nil || ownName(other) == "" {
			continue
		}
		if a := v.FieldByName("Action"); a.IsValid() && a.String() != "" {
			return upper(actionWords[vf.Action(a.String())]) + ": " + ownName(other)
		}
		return ownName(other)
	}
	return string(r.Key())
}

func ownName(r vf.Record) string {
	v := reflect.ValueOf(r).Elem()
	for _, property := range []string{"Name", "Label", "BatchLotCode"} {
		if f := v.FieldByName(property); f.IsValid() && strings.TrimSpace(f.String()) != "" {
			return f.String()
		}
	}
	return ""
}

// amount writes a measure with the sign of its unit.
func (q *request) amount(m vf.Measure) string {
	if m.IsZero() {
		return ""
	}
	number, unit := m.HasNumericalValue.String(), m.HasUnit.Last()
	if r, err := q.me.Seat.Record(m.HasUnit); err != nil {
		q.fail(err)
	} else if u, ok := r.(*vf.Unit); ok {
		switch {
		case u.OmUnitIdentifier == "one" || u.OmUnitIdentifier == "each":
			return number
		case u.Symbol != "":
			unit = u.Symbol
		case u.Label != "":
			unit = u.Label
		}
	}
	return number + " " + tame(unit)
}
