package linked

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"commonweal/format"
	"commonweal/host"
	"commonweal/ledger"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/vf"
)

// Seat is the books as the one who asks may see them, and the door by which they
// act. What they may not see is, for them, not there.
type Seat interface {
	Record(id vf.ID) (vf.Record, error)
	Sees(r vf.Record) bool
	SeesAll() bool
	Graph() (*vf.Graph, error)
	May(verb string, records ...vf.Record) error
	Do(ctx context.Context, acts ...node.Act) ([]node.Result, error)
	Read(f func(state *ledger.State, sees func(vf.Record) bool) error) error
}

// Asker is who asks: their seat, and the agent that they are, "" for somebody who
// is not signed in, or is and has no seat here.
type Asker struct {
	Seat  Seat
	Agent vf.ID
	Known bool // somebody is signed in
}

// Options is what a handler is made of.
type Options struct {
	Host *host.Host
	// Asker says who asks. An error is told as that of a sign-in that does not hold.
	Asker func(r *http.Request, n *host.Network) (Asker, error)
	// Feed says whose calendar a secret opens, in a network; the seat is nil if
	// nobody's. Nil is no such calendars.
	Feed func(ctx context.Context, n *host.Network, secret string) (Asker, error)
	// Show writes a page; the network is "" for pages of none. The body is escaped.
	Show      func(w http.ResponseWriter, status int, title, network string, body template.HTML)
	Version   string
	Address   string         // of the site, "https://plan.example.org/"; "" is as requests say
	Now       func() vf.Time // the system's clock if nil
	MaxImport int64          // bytes of a file that is taken in; 0 is 64 MiB
}

// Handler serves networks as linked data.
type Handler struct {
	o     Options
	plans plans
}

// New makes a handler.
func New(o Options) *Handler {
	if o.Now == nil {
		o.Now = func() vf.Time { return vf.At(time.Now().Unix()) }
	}
	if o.MaxImport == 0 {
		o.MaxImport = 64 << 20
	}
	return &Handler{o: o}
}

// request is one request to a network.
type request struct {
	*Handler
	w   http.ResponseWriter
	r   *http.Request
	n   *host.Network
	me  Asker
	now *node.Snapshot // taken when first asked for
}

// books are the books as they are, for the whole request.
func (q *request) books() *node.Snapshot {
	if q.now == nil {
		q.now = q.n.Snapshot()
	}
	return q.now
}

// In serves one network, whose name was taken off the path of the request.
func (h *Handler) In(n *host.Network) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.serve(&request{Handler: h, w: w, r: r, n: n}, strings.TrimPrefix(r.URL.EscapedPath(), "/"))
	})
}

// serve answers for a path below a network.
func (h *Handler) serve(q *request, rest string) {
	q.w.Header().Set("Vary", "Accept, Authorization, Cookie")
	q.w.Header().Set("Cache-Control", "private, no-cache")
	if q.r.Header.Get("Cookie") != "" { // a browser that others may sit at later
		q.w.Header().Set("Cache-Control", "no-store")
	}
	if secret, ok := strings.CutPrefix(rest, "calendar/"); ok {
		q.feed(strings.TrimSuffix(secret, ".ics"))
		return
	}
	me, err := h.o.Asker(q.r, q.n)
	if err != nil {
		var refusal *rule.Refusal
		if !errors.As(err, &refusal) {
			q.fail(err)
		}
		q.say(http.StatusUnauthorized, "Sign in again", refusal.Sentence()+" "+refusal.Hint())
		return
	}
	q.me = me
	q.route(rest)
}

// route finds what a path is about.
func (q *request) route(rest string) {
	list := listOf(rest)
	if q.r.Method == http.MethodPost && (rest == "network" || list != "") {
		q.take(list)
		return
	}
	allowed := "GET, HEAD"
	if rest == "network" || list != "" {
		allowed += ", POST"
	}
	if q.r.Method != http.MethodGet && q.r.Method != http.MethodHead {
		q.w.Header().Set("Allow", allowed)
		q.say(http.StatusMethodNotAllowed, "Not here", "This address takes "+allowed+".")
		return
	}
	switch {
	case rest == "" && q.r.URL.Query().Has("id"):
		q.record([]vf.ID{vf.ID(q.r.URL.Query().Get("id"))})
	case rest == "":
		q.overview()
	case list != "":
		q.csv(list)
	case files[rest] != nil:
		files[rest](q)
	case classOf(rest) != "":
		q.class(classOf(rest))
	default:
		q.record(idsAt(rest))
	}
}

// files are what is given at one address each.
var files = map[string]func(*request){
	"network.jsonld": func(q *request) { q.network("network.jsonld") },
	"network.yaml":   func(q *request) { q.network("network.yaml") },
	"books.journal":  (*request).journal,
	"work.ics":       (*request).work,
}

// Routes lists what is answered below the name of a network, as a method and a path;
// {id} stands for the id of a record, {entry} for that of an entry that changed it.
func Routes() []string {
	list := []string{"GET /", "POST /network", "GET /calendar/{secret}.ics", "GET /{id}", "GET /{id}?history", "GET /{id}?at={entry}", "GET /{id}?trace", "GET /{id}?track"}
	for _, f := range recordForms {
		list = append(list, "GET /{id}?as="+f.name)
	}
	for name := range files {
		list = append(list, "GET /"+name)
	}
	for _, name := range format.Lists {
		list = append(list, "GET /"+name+".csv", "POST /"+name+".csv")
	}
	for _, c := range vf.Classes() {
		list = append(list, "GET /"+plurals[c])
	}
	slices.Sort(list)
	return list
}

// nothing answers that there is nothing, or nothing for this asker: one answer.
func (q *request) nothing() {
	q.say(http.StatusNotFound, "Not found", "There is nothing at this address, or nothing that you may see.")
}

// fail answers that something is broken; the guard logs it.
func (q *request) fail(err error) { panic(err) }

// say answers with a sentence, as a page or as text.
func (q *request) say(status int, title, sentence string) {
	f, ok := wanted(q.r, []form{asText, asHTML})
	if !ok || f.name != asHTML.name {
		q.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		q.w.WriteHeader(status)
		_, _ = q.w.Write([]byte(sentence + "\n")) // who asked may have gone
		return
	}
	q.show(status, title, "said", sentence)
}

// choose is the form to answer in; where the asker takes none, it has been told
// what there is.
func (q *request) choose(forms []form) (form, bool) {
	f, ok := wanted(q.r, forms)
	if ok {
		return f, true
	}
	var there []string
	for _, f := range forms {
		there = append(there, f.mime+" (?as="+f.name+")")
	}
	q.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	q.w.WriteHeader(http.StatusNotAcceptable)
	_, _ = q.w.Write([]byte("This can be had as " + strings.Join(there, ", ") + ".\n"))
	return f, false
}

// entity answers with a body that has an ETag, or with 304 where the asker has it.
func (q *request) entity(f form, tag string, body []byte) {
	head := q.w.Header()
	head.Set("ETag", tag)
	if matches(q.r.Header.Get("If-None-Match"), tag) {
		q.w.WriteHeader(http.StatusNotModified)
		return
	}
	kind := f.mime
	if strings.HasPrefix(kind, "text/") || f.name == asYAML.name {
		kind += "; charset=utf-8"
	}
	head.Set("Content-Type", kind)
	_, _ = q.w.Write(body) // who asked may have gone
}

// matches reports whether a list of ETags has one.
func matches(list, tag string) bool {
	for part := range strings.SplitSeq(list, ",") {
		part = strings.TrimSpace(part)
		if part == "*" || strings.TrimPrefix(part, "W/") == tag {
			return true
		}
	}
	return false
}
