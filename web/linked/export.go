package linked

import (
	"io"
	"net/http"

	"commonweal/format"
	"commonweal/vf"
)

// network answers with all records that the asker may see, or those of a scope, as
// a network file; it is written as it is made.
func (q *request) network(name string) {
	g, err := q.me.Seat.Graph()
	if err != nil {
		q.fail(err)
	}
	if scope := vf.ID(q.r.URL.Query().Get("scope")); scope != "" {
		r, err := q.me.Seat.Record(scope)
		if err != nil {
			q.fail(err)
		}
		if _, ok := r.(*vf.Agent); !ok {
			q.nothing()
			return
		}
		g = inScope(g, scope)
	}
	write, kind := format.WriteNetwork, jsonLD.mime
	if name == "network.yaml" {
		write, kind = format.WriteYAML, asYAML.mime
	}
	q.file(kind, name, func(w io.Writer) error { return write(w, g, q.n.Network()) })
}

// csv answers with a list as a spreadsheet.
func (q *request) csv(list string) {
	g, err := q.me.Seat.Graph()
	if err != nil {
		q.fail(err)
	}
	q.file("text/csv; charset=utf-8; header=present", list+".csv", func(w io.Writer) error { return format.WriteCSV(w, g, list) })
}

// journal answers with the events for hledger.
func (q *request) journal() {
	g, err := q.me.Seat.Graph()
	if err != nil {
		q.fail(err)
	}
	q.file("text/plain; charset=utf-8", "books.journal", func(w io.Writer) error { return format.Hledger(w, g) })
}

// file answers with a file. What breaks when something was sent already cuts the
// answer, so that nobody takes a part for the whole.
func (q *request) file(kind, name string, write func(io.Writer) error) {
	head := q.w.Header()
	head.Set("Content-Type", kind)
	head.Set("Content-Disposition", `attachment; filename="`+q.n.Name+"-"+name+`"`)
	if q.r.Method == http.MethodHead {
		return
	}
	out := &counted{to: q.w}
	if err := write(out); err != nil {
		if out.n == 0 {
			head.Del("Content-Disposition")
			q.refused(err)
			return
		}
		panic(http.ErrAbortHandler)
	}
}

// counted counts what is written.
type counted struct {
	to io.Writer
	n  int64
}

// Write writes.
func (c *counted) Write(b []byte) (int, error) {
	n, err := c.to.Write(b)
	c.n += int64(n)
	return n, err
}
