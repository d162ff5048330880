package web

import (
	"log/slog"
	"net/http"
	"sync/atomic"

	"commonweal/host"
	"commonweal/rule"
)

// Options is what a site is made of.
type Options struct {
	Host    *host.Host
	Log     *slog.Logger // nil is no log
	Version string

	MetricsToken string  // who has it may read /metrics from elsewhere; "" is nobody
	Rate         float64 // requests a second of one address; 0 is without limit
	MaxBody      int64   // bytes of one request; 0 is 1 MiB
}

// Site is what is served.
type Site struct {
	o        Options
	mux      *http.ServeMux
	handler  http.Handler
	metrics  *metrics
	stopping atomic.Bool
}

// New makes the site of a host.
func New(o Options) *Site {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.MaxBody == 0 {
		o.MaxBody = 1 << 20
	}
	s := &Site{o: o, mux: http.NewServeMux()}
	s.metrics = newMetrics(o.Host)
	s.mux.HandleFunc("GET /healthz", s.health)
	s.mux.HandleFunc("GET /readyz", s.ready)
	s.mux.HandleFunc("GET /metrics", s.figures)
	s.mux.HandleFunc("GET /{$}", s.index)
	s.mux.Handle("GET /static/", static())
	s.mux.HandleFunc("/{network}/", s.elsewhere)
	s.handler = s.guarded(s.mux)
	return s
}

// ServeHTTP answers a request.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// elsewhere answers addresses under which there is nothing.
func (s *Site) elsewhere(w http.ResponseWriter, r *http.Request) {
	if name := r.PathValue("network"); s.o.Host.Network(name) == nil {
		refuse(w, http.StatusNotFound, rule.Refuse("noSuchNetwork", "name", name))
		return
	}
	http.NotFound(w, r)
}

// refuse answers with a refusal.
func refuse(w http.ResponseWriter, status int, why *rule.Refusal) { plain(w, status, why.Error()) }
