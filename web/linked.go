package web

import (
	"html/template"
	"net/http"

	"commonweal/host"
	"commonweal/web/linked"
)

// linked serves the records of each network, and what the words mean.
func (s *Site) linked() {
	h := linked.New(linked.Options{Host: s.o.Host, Asker: s.asker, Feed: s.o.Feed, Show: s.showBody, Version: s.o.Version})
	for _, path := range []string{"/context", "/ns", "/schema/"} {
		s.mux.HandleFunc(path, h.Vocabulary)
	}
	for _, n := range s.o.Host.Networks() {
		s.networks[n.Name].Handle("/", h.In(n))
	}
}

// asker is who asks in a network.
func (s *Site) asker(r *http.Request, n *host.Network) (linked.Asker, error) {
	seat, err := s.seat(r, n)
	if err != nil {
		return linked.Asker{}, err
	}
	return linked.Asker{Seat: seat, Agent: seat.Actor().Agent}, nil
}

// showBody writes a page of which the body is made already.
func (s *Site) showBody(w http.ResponseWriter, status int, title, network string, body template.HTML) {
	s.show(w, status, bodyPage, frame{Title: title, Network: network, Body: body})
}

var bodyPage = page("body")
