package linked

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"slices"
	"strings"

	"commonweal/format"
	"commonweal/vf"
)

// schemaJSON is the form of JSON Schemas.
var schemaJSON = form{"schema", "application/schema+json", []string{"application/json"}}

// Vocabulary serves what the words mean: /context, /ns and /schema/…, which are the
// same for all networks.
func (h *Handler) Vocabulary(w http.ResponseWriter, r *http.Request) {
	q := &request{Handler: h, w: w, r: r}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		q.say(http.StatusMethodNotAllowed, "Not here", "This address takes GET, HEAD.")
		return
	}
	head := w.Header()
	head.Set("Vary", "Accept")
	head.Set("Cache-Control", "public, max-age=3600")
	head.Set("Access-Control-Allow-Origin", "*") // programs in pages elsewhere may read what words mean
	head.Set("Cross-Origin-Resource-Policy", "cross-origin")
	switch path := r.URL.Path; {
	case path == "/context":
		q.public([]form{jsonLD, asJSON}, func(w io.Writer, _ form) error { return format.WriteContext(w) })
	case path == "/ns":
		q.ontology()
	case path == "/schema/":
		q.schemas()
	case path == "/schema/network":
		q.public([]form{schemaJSON}, func(w io.Writer, _ form) error { return format.WriteNetworkSchema(w, q.self()) })
	default:
		class := vf.Class(strings.TrimPrefix(path, "/schema/"))
		if !slices.Contains(vf.Classes(), class) {
			q.nothing()
			return
		}
		q.public([]form{schemaJSON}, func(w io.Writer, _ form) error { return format.WriteSchema(w, class, q.self()) })
	}
}

// self is the address of what is asked for: below that of the site, else as the asker
// knows it.
func (q *request) self() string {
	if q.o.Address != "" {
		return strings.TrimSuffix(q.o.Address, "/") + q.r.URL.EscapedPath()
	}
	scheme := "http"
	if q.r.TLS != nil || q.r.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	return scheme + "://" + q.r.Host + q.r.URL.EscapedPath()
}

// public answers with what is the same for all.
func (q *request) public(forms []form, write func(w io.Writer, f form) error) {
	f, ok := q.choose(forms)
	if !ok {
		return
	}
	var b bytes.Buffer
	if err := write(&b, f); err != nil {
		q.fail(err)
	}
	sum := sha256.Sum256(b.Bytes())
	q.entity(f, `"`+base64.RawURLEncoding.EncodeToString(sum[:12])+`"`, b.Bytes())
}

// termRow is a term of the ontology as its page shows it.
type termRow struct {
	format.Term
	Of, Holds string
}

// ontology answers with our own words.
func (q *request) ontology() {
	forms := []form{jsonLD, turtle, asHTML}
	f, ok := wanted(q.r, forms)
	if !ok || f.name != asHTML.name {
		q.public(forms, func(w io.Writer, f form) error {
			if f.name == turtle.name {
				return format.WriteTurtle(w)
			}
			return format.WriteOntology(w)
		})
		return
	}
	var rows []termRow
	for _, t := range format.Terms() {
		row := termRow{Term: t, Holds: short(t.Range)}
		for i, c := range t.Domain {
			if i > 0 {
				row.Of += ", "
			}
			row.Of += string(c)
		}
		row.Text = plain(row.Text)
		rows = append(rows, row)
	}
	q.show(http.StatusOK, "Words of our own", "ontology", map[string]any{"Namespace": format.Own, "Valueflows": format.VF, "Terms": rows})
}

// short names IRIs by what stands behind the last slash or hash.
func short(iris []string) string {
	var names []string
	for _, iri := range iris {
		names = append(names, vf.ID(iri).Last())
	}
	return strings.Join(names, ", ")
}

// schemas lists the schemas.
func (q *request) schemas() {
	var list []link
	for _, c := range vf.Classes() {
		list = append(list, link{string(c), "/schema/" + string(c)})
	}
	q.show(http.StatusOK, "JSON Schemas", "schemas", list)
}
