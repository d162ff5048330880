package web

import (
	"net/http"
	"time"

	"commonweal/host"
	"commonweal/rule"
	"commonweal/web/graphql"
)

// graphql serves at /graphql the network that a request names, or the first that there
// is; each is at /NAME/graphql too.
func (s *Site) graphql() {
	for _, path := range []string{"/graphiql", "/graphiql/"} {
		s.mux.Handle(path, graphql.Explorer())
	}
	asked := func(w http.ResponseWriter, r *http.Request) {
		n := s.network(s.asked(r))
		if n == nil {
			refuse(w, http.StatusNotFound, rule.Refuse("noSuchNetwork", "name", s.asked(r)))
			return
		}
		n.door.ServeHTTP(w, r)
	}
	s.mux.HandleFunc("/graphql", asked)
	s.mux.HandleFunc("/graphql/schema.graphql", asked)
}

// door is the door of a network for GraphQL.
func (s *Site) door(n *host.Network) *graphql.Handler {
	return graphql.New(graphql.Options{Node: n.Node, Planner: n, Log: s.o.Log, From: s.address, Excessive: s.excessive, Seat: func(r *http.Request) (graphql.Seat, error) {
		return s.seat(r, n)
	}})
}

// excessive counts a request that was refused because it asks for too much.
func (s *Site) excessive(r *http.Request) { s.rates.refused(s.address(r), time.Now()) }

// asked is the network that a request is about: that of its header Network, or of
// its query, else the one that was begun first on this server.
func (s *Site) asked(r *http.Request) string {
	if name := r.Header.Get("Network"); name != "" {
		return name
	}
	if name := r.URL.Query().Get("network"); name != "" {
		return name
	}
	if first := s.o.Host.First(); first != nil {
		return first.Name
	}
	return ""
}
