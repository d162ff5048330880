package graphql

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"commonweal/rule"
)

// The media types of answers.
const (
	mediaResponse = "application/graphql-response+json"
	mediaJSON     = "application/json"
	mediaEvents   = "text/event-stream"
)

// ServeHTTP answers GraphQL over HTTP.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/schema.graphql") {
		h.serveSchema(w, r)
		return
	}
	media, ok := accepted(r.Header)
	if !ok {
		h.refuse(w, r, mediaJSON, http.StatusNotAcceptable, rule.Refuse("notAcceptable", "accept", strings.Join(r.Header.Values("Accept"), ", ")))
		return
	}
	if h.streams.serve(w, r, media) {
		return
	}
	q, status, err := h.requestOf(w, r)
	if err != nil {
		h.refuse(w, r, media, status, err)
		return
	}
	if media == mediaEvents {
		h.streams.distinct(w, r, q)
		return
	}
	h.serve(w, r, media, q)
}

// serve answers a query or a mutation.
func (h *Handler) serve(w http.ResponseWriter, r *http.Request, media string, q *request) {
	bad := http.StatusBadRequest
	if media == mediaJSON {
		bad = http.StatusOK // so that a client knows it from what stands between them
	}
	a, errs := h.read(q)
	if errs != nil {
		h.refuse(w, r, media, bad, errs...)
		return
	}
	switch {
	case a.operation.Operation == ast.Mutation && r.Method == http.MethodGet:
		w.Header().Set("Allow", http.MethodPost)
		h.refuse(w, r, media, http.StatusMethodNotAllowed, rule.Refuse("mutationByGet"))
		return
	case a.operation.Operation == ast.Subscription:
		h.refuse(w, r, media, http.StatusNotAcceptable, rule.Refuse("notAcceptable", "accept", media+" for a subscription"))
		return
	}
	seat, err := h.seat(r)
	if err != nil {
		h.refuse(w, r, media, http.StatusUnauthorized, err)
		return
	}
	answer, err := h.answer(r.Context(), a, seat)
	if err != nil {
		h.refuse(w, r, media, bad, err)
		return
	}
	h.write(w, media, http.StatusOK, answer)
}

// write writes a response.
func (h *Handler) write(w http.ResponseWriter, media string, status int, body []byte) {
	if media == mediaEvents {
		media = mediaJSON
	}
	head := w.Header()
	head.Set("Content-Type", media+"; charset=utf-8")
	head.Set("Cache-Control", "no-store")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Add("Vary", "Accept")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that is gone needs no answer
}

// refuse answers a request that is not executed.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, media string, status int, errs ...error) {
	if asksTooMuch(errs[0]) {
		h.toomuch(r)
	}
	h.write(w, media, status, h.failed(errs...))
}

// serveSchema gives the schema as text.
func (h *Handler) serveSchema(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		h.refuse(w, r, mediaJSON, http.StatusMethodNotAllowed, rule.Refuse("methodWrong", "method", r.Method, "what", "the schema", "wanted", "GET"))
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(whole.text))
}

// accepted chooses the media type of the answer. Without a word about it, it is
// that of old clients.
func accepted(head http.Header) (media string, ok bool) {
	list := strings.Join(head.Values("Accept"), ",")
	if strings.TrimSpace(list) == "" {
		return mediaJSON, true
	}
	for part := range strings.SplitSeq(list, ",") {
		name, options, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		if set := options["charset"]; set != "" && !strings.EqualFold(set, "utf-8") && !strings.EqualFold(set, "utf8") {
			continue
		}
		switch name {
		case mediaResponse, mediaJSON, mediaEvents:
			return name, true
		case "*/*", "application/*":
			return mediaJSON, true
		}
	}
	return "", false
}

// requestOf reads a request of either method.
func (h *Handler) requestOf(w http.ResponseWriter, r *http.Request) (*request, int, error) {
	switch r.Method {
	case http.MethodGet:
		if len(r.URL.RawQuery) > h.limits.Body {
			return nil, http.StatusRequestURITooLong, rule.Refuse("requestTooLarge", "limit", number(h.limits.Body))
		}
		return fromURL(r.URL)
	case http.MethodPost:
		return h.fromBody(w, r)
	}
	w.Header().Set("Allow", "GET, POST")
	return nil, http.StatusMethodNotAllowed, rule.Refuse("methodWrong", "method", r.Method, "what", "GraphQL", "wanted", "POST, or GET for queries")
}

// fromURL reads a request from the parameters of an address.
func fromURL(u *url.URL) (*request, int, error) {
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, http.StatusBadRequest, badRequest("its address cannot be read")
	}
	q := &request{Query: values.Get("query"), OperationName: values.Get("operationName")}
	if q.Query == "" {
		return nil, http.StatusBadRequest, badRequest("it says no query")
	}
	if text := values.Get("variables"); text != "" {
		if q.Variables = json.RawMessage(strings.TrimSpace(text)); !json.Valid(q.Variables) || q.Variables[0] != '{' && string(q.Variables) != "null" {
			return nil, http.StatusBadRequest, badRequest("its variables are no JSON object")
		}
		if q.Variables[0] != '{' {
			q.Variables = nil
		}
	}
	if text := values.Get("extensions"); text != "" {
		var extensions map[string]any
		if err := decodeJSON([]byte(text), &extensions); err != nil {
			return nil, http.StatusBadRequest, badRequest("its extensions are no JSON object")
		}
		q.Operation, _ = extensions["operationId"].(string)
	}
	return q, 0, nil
}

// fromBody reads a request from a JSON body.
func (h *Handler) fromBody(w http.ResponseWriter, r *http.Request) (*request, int, error) {
	media, options, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if set := options["charset"]; err != nil || media != mediaJSON || set != "" && !strings.EqualFold(set, "utf-8") && !strings.EqualFold(set, "utf8") {
		return nil, http.StatusUnsupportedMediaType, rule.Refuse("mediaTypeWrong", "type", "“"+r.Header.Get("Content-Type")+"”")
	}
	if r.ContentLength > int64(h.limits.Body) { // nothing of it is read
		w.Header().Set("Connection", "close")
		return nil, http.StatusRequestEntityTooLarge, rule.Refuse("requestTooLarge", "limit", number(h.limits.Body))
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(h.limits.Body)))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, http.StatusRequestEntityTooLarge, rule.Refuse("requestTooLarge", "limit", number(h.limits.Body))
	case err != nil:
		return nil, http.StatusBadRequest, badRequest("it ended before it was whole")
	}
	q, err := parseRequest(raw)
	if err != nil {
		return nil, http.StatusBadRequest, err
	}
	return q, 0, nil
}

// parseRequest reads a request that is written in JSON.
func parseRequest(raw []byte) (*request, error) {
	body := membersOf(raw)
	if body == nil {
		return nil, badRequest("its body is no JSON object")
	}
	q := &request{}
	extensions := map[string]any{}
	for _, p := range []struct {
		name, wanted string
		value        any
		may          bool
	}{{"query", "a text", &q.Query, false}, {"operationName", "a text", &q.OperationName, true},
		{"variables", "a JSON object", &q.Variables, true}, {"extensions", "a JSON object", &extensions, true}} {
		said, ok := body[p.name]
		if !ok || p.may && string(said) == "null" {
			continue
		}
		if v, ok := p.value.(*json.RawMessage); ok && said[0] == '{' {
			*v = said
			continue
		}
		if err := decodeJSON(said, p.value); err != nil || string(said) == "null" || p.name == "variables" {
			return nil, badRequest(fmt.Sprintf("its member %s is not %s", p.name, p.wanted))
		}
	}
	if q.Query == "" {
		return nil, badRequest("it says no query")
	}
	q.Operation, _ = extensions["operationId"].(string)
	return q, nil
}

func badRequest(reason string) error { return rule.Refuse("badRequest", "reason", reason) }

// decodeJSON reads one JSON value. Numbers keep their digits.
func decodeJSON(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something stands behind it")
	}
	return nil
}
