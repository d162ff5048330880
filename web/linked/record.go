package linked

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"commonweal/format"
	"commonweal/vf"
)

// record answers with a record; of several ids that an address may mean, with the
// first one that there is for this asker.
func (q *request) record(ids []vf.ID) {
	for _, id := range ids {
		r, err := q.me.Seat.Record(id)
		if err != nil {
			q.fail(err)
		}
		if r == nil {
			continue
		}
		query := q.r.URL.Query()
		switch {
		case query.Has("history"):
			q.history(r)
		case query.Has("at"):
			q.at(r, query.Get("at"))
		case query.Has("trace") && flows(r), query.Has("track") && flows(r):
			q.flow(r, query.Has("track"))
		default:
			q.current(r)
		}
		return
	}
	for _, id := range ids {
		if q.gone(id) {
			return
		}
	}
	q.nothing()
}

// current answers with a record as it is now.
func (q *request) current(r vf.Record) {
	f, ok := q.choose(recordForms)
	if !ok {
		return
	}
	q.links(r)
	if f.name == asHTML.name {
		q.recordPage(r)
		return
	}
	body, err := written(f, r, q.n.Network())
	if err != nil {
		q.fail(err)
	}
	q.entity(f, q.tag(r.Key(), body), body)
}

// tag is the ETag of what is said of a record: the entry that changed it last, and
// what the asker is given of it.
func (q *request) tag(id vf.ID, body []byte) string {
	last := int64(-1)
	if past := q.books().Past(id); len(past) > 0 {
		last = past[len(past)-1]
	}
	sum := sha256.Sum256(body)
	return fmt.Sprintf(`"%d-%s"`, last, base64.RawURLEncoding.EncodeToString(sum[:9]))
}

// links says in headers what belongs to a record.
func (q *request) links(r vf.Record) {
	at := Address(q.n.Name, r.Key())
	head := q.w.Header()
	add := func(target, rel, more string) { head.Add("Link", "<"+target+`>; rel="`+rel+`"`+more) }
	add(at, "canonical", "")
	for _, f := range recordForms {
		add(with(at, "as="+f.name), "alternate", `; type="`+f.mime+`"`)
	}
	add("/schema/"+string(r.Class()), "describedby", `; type="application/schema+json"`)
	add(format.ClassIRI(r.Class()), "type", "")
	add(with(at, "history"), "version-history", "")
	add("/"+q.n.Name+"/"+plurals[r.Class()], "collection", "")
}

// with adds a query to an address that may have one.
func with(at, query string) string {
	u, err := url.Parse(at)
	if err != nil || u.RawQuery == "" {
		return at + "?" + query
	}
	return at + "&" + query
}

// written writes a record in a form that is no page.
func written(f form, r vf.Record, network string) ([]byte, error) {
	if f.name == asYAML.name {
		g := &vf.Graph{}
		g.Add(r)
		var b bytes.Buffer
		err := format.WriteYAML(&b, g, network)
		return b.Bytes(), err
	}
	line, err := vf.Encode(r)
	if err != nil {
		return nil, err
	}
	if f.name == jsonLD.name {
		context, err := json.Marshal(contextOf(line, network))
		if err != nil {
			return nil, err
		}
		line = append([]byte(`{"@context":`+string(context)+`,`), line[1:]...)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, line, "", " "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// contextOf is what of our context a record needs, so that it can be read alone.
func contextOf(line []byte, network string) map[string]any {
	full := format.Context(network)
	c := map[string]any{"@vocab": full["@vocab"], "@base": network}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, value := range v {
				if def, ok := full[name]; ok && name != "@base" {
					c[name] = def
				}
				if class, ok := value.(string); ok && name == "@type" {
					if def, ok := full[class]; ok {
						c[class] = def
					}
				}
				walk(value)
			}
		case []any:
			for _, value := range v {
				walk(value)
			}
		}
	}
	var doc any
	if json.Unmarshal(line, &doc) == nil {
		walk(doc)
	}
	return c
}

// gone answers for a record that was withdrawn, where the asker could see it as it
// was last; false where there is nothing to tell.
func (q *request) gone(id vf.ID) bool {
	past := q.books().Past(id)
	now, err := q.books().Record(id)
	if err != nil {
		q.fail(err)
	}
	if len(past) == 0 || now != nil {
		return false
	}
	was, err := q.said(id, past)
	if err != nil {
		q.fail(err)
	}
	if was == nil || !q.me.Seat.Sees(was) {
		return false
	}
	e, err := q.entry(past[len(past)-1])
	if err != nil {
		q.fail(err)
	}
	q.say(http.StatusGone, "Taken back", fmt.Sprintf("%s %s was taken back on %s (entry %d of the journal).", upper(kind(was)), id, day(e.Act.At), e.Sequence))
	return true
}
