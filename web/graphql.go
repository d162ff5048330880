package web

import (
	"net/http"
	"time"

	"commonweal/host"
	"commonweal/rule"
	"commonweal/web/graphql"
)

// graphql serves each network at /NAME/graphql, and at /graphql the one that a
// request names, or the first that there is.
func (s *Site) graphql() {
	handlers := map[string]*graphql.Handler{}
	for _, n := range s.o.Host.Networks() {
		h := graphql.New(graphql.Options{Node: n.Node, Planner: n, Log: s.o.Log, From: s.address, Excessive: s.excessive, Seat: func(r *http.Request) (graphql.Seat, error) {
			return s.seat(r, n)
		}})
		handlers[n.Name] = h
		s.networks[n.Name].Handle("/graphql", h)
		s.networks[n.Name].Handle("/graphql/schema.graphql", h)
	}
	for _, path := range []string{"/graphiql", "/graphiql/"} {
		s.mux.Handle(path, graphql.Explorer())
	}
	asked := func(w http.ResponseWriter, r *http.Request) {
		h := handlers[s.asked(r)]
		if h == nil {
			refuse(w, http.StatusNotFound, rule.Refuse("noSuchNetwork", "name", s.asked(r)))
			return
		}
		h.ServeHTTP(w, r)
	}
	s.mux.HandleFunc("/graphql", asked)
	s.mux.HandleFunc("/graphql/schema.graphql", asked)
	s.close = func() {
		for _, h := range handlers {
			h.Close()
		}
	}
}

// excessive counts a request that was refused because it asks for too much.
func (s *Site) excessive(r *http.Request) { s.rates.refused(s.address(r), time.Now()) }

// asked is the network that a request is about: that of its header Network, or of
// its query, else the first on this server.
func (s *Site) asked(r *http.Request) string {
	if name := r.Header.Get("Network"); name != "" {
		return name
	}
	if name := r.URL.Query().Get("network"); name != "" {
		return name
	}
	return first(s.o.Host)
}

// first is the first network of a server by name, "" if there is none.
func first(h *host.Host) string {
	for _, n := range h.Networks() {
		return n.Name
	}
	return ""
}
