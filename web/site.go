package web

import (
	"context"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"commonweal/coordination"
	"commonweal/host"
	"commonweal/people"
	"commonweal/rule"
	"commonweal/web/entrance"
	"commonweal/web/linked"
)

// Options is what a site is made of.
type Options struct {
	Host    *host.Host
	People  *people.People // nil where nobody can sign in
	Address string         // under which people reach it: "https://plan.example.org/"
	Log     *slog.Logger   // nil is no log
	Version string

	Begin        Beginners // who may begin other networks from a page; "" is nobody
	Proxied      bool      // a proxy stands before the server, and says in X-Forwarded-For who asks
	MetricsToken string    // who has it may read /metrics from elsewhere; "" is nobody
	Rate         float64   // requests a second of one address; 0 is without limit
	MaxBody      int64     // bytes of one request; 0 is 1 MiB
}

// Site is what is served.
type Site struct {
	o         Options
	mux       *routes
	handler   http.Handler
	metrics   *metrics
	rates     *rates
	entrance  *entrance.Entrance // nil where nobody can sign in
	linking   *linked.Handler
	networks  atomic.Pointer[map[string]*served] // by name; a new map with each new network, so that requests take no lock
	admitting sync.Mutex
	stopping  atomic.Bool
}

// routes are what is answered, and the patterns of it, by which tests go through all
// that there is.
type routes struct {
	http.ServeMux
	patterns []string
}

func newRoutes() *routes { return new(routes) }

// Handle has a handler answer a pattern.
func (r *routes) Handle(pattern string, h http.Handler) {
	r.patterns = append(r.patterns, pattern)
	r.ServeMux.Handle(pattern, h)
}

// HandleFunc has a function answer a pattern.
func (r *routes) HandleFunc(pattern string, f func(http.ResponseWriter, *http.Request)) {
	r.Handle(pattern, http.HandlerFunc(f))
}

// New makes the site of a host.
func New(o Options) *Site {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.MaxBody == 0 {
		o.MaxBody = 1 << 20
	}
	s := &Site{o: o, mux: newRoutes(), rates: newRates(o.Rate)}
	s.networks.Store(&map[string]*served{})
	s.metrics = newMetrics(o.Host)
	s.mux.HandleFunc("GET /healthz", s.health)
	s.mux.HandleFunc("GET /readyz", s.ready)
	s.mux.HandleFunc("GET /metrics", s.figures)
	s.mux.HandleFunc("GET /{$}", s.index)
	s.mux.Handle("GET /static/", static())
	s.mux.HandleFunc("GET /favicon.ico", icon)
	s.mux.HandleFunc("/{network}", s.within)
	s.mux.HandleFunc("/{network}/", s.within)
	if o.People != nil {
		s.enter()
	}
	s.graphql()
	s.linked()
	for _, n := range o.Host.Networks() {
		s.admit(n)
	}
	o.Host.Found(s.admit)
	s.handler = s.guarded(s.mux)
	return s
}

// enter opens the entrance.
func (s *Site) enter() {
	s.entrance = entrance.New(entrance.Options{People: s.o.People, Joiner: s.o.Host, Rights: rights{s.o.Host}, Eraser: s.o.Host, Founder: founder{s}, Address: s.o.Address,
		Kinds: []string{host.KindNeed, host.KindWork}, Verbs: verbs(), From: s.address, Log: s.o.Log})
	for _, path := range entrance.Paths() {
		s.mux.Handle(path, s.entrance.Handler())
	}
}

// Tidy finishes what was cut short and removes what has ended; it is called at the
// start and now and then.
func (s *Site) Tidy(ctx context.Context) error {
	if s.entrance == nil {
		return nil
	}
	return errors.Join(s.entrance.Finish(ctx), s.o.People.Sweep(ctx))
}

// ServeHTTP answers a request.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// within answers the addresses of a network.
func (s *Site) within(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("network")
	n := s.network(name)
	if n == nil {
		status, title, why := http.StatusNotFound, "Not found", rule.Refuse("noSuchNetwork", "name", name)
		if l, lacks := s.o.Host.Lacks(name); lacks { // another server has it
			status, title, why = http.StatusServiceUnavailable, "Not here yet", rule.Refuse("keyMissing", "path", l.File)
		}
		if strings.Contains(r.Header.Get("Accept"), "text/html") {
			s.showBody(w, status, title, "", template.HTML("<p>"+template.HTMLEscapeString(why.Sentence()+" "+why.Hint())+"</p>")) //nolint:gosec // it is escaped here
			return
		}
		refuse(w, status, why)
		return
	}
	if r.URL.Path == "/"+name {
		http.Redirect(w, r, "/"+name+"/", http.StatusPermanentRedirect) //nolint:gosec // it leads to routes of this server only
		return
	}
	http.StripPrefix("/"+name, n).ServeHTTP(w, r)
}

// verbs are what a token may be given.
func verbs() (list []string) {
	for _, v := range coordination.Verbs() {
		list = append(list, string(v))
	}
	return list
}

// refuse answers with a refusal.
func refuse(w http.ResponseWriter, status int, why *rule.Refusal) { plain(w, status, why.Error()) }
