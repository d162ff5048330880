package web

import (
	"context"
	"errors"
	"html/template"
	"net/http"

	"commonweal/host"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/web/linked"
)

// linked makes what serves the records of each network, and serves what the words mean.
func (s *Site) linked() {
	s.linking = linked.New(linked.Options{Host: s.o.Host, Asker: s.asker, Feed: s.feed, Show: s.showBody, Version: s.o.Version, Address: s.o.Address})
	for _, path := range []string{"/context", "/ns", "/schema/"} {
		s.mux.HandleFunc(path, s.linking.Vocabulary)
	}
}

// asker is who asks in a network.
func (s *Site) asker(r *http.Request, n *host.Network) (linked.Asker, error) {
	seat, err := s.seat(r, n)
	if err != nil {
		return linked.Asker{}, err
	}
	return linked.Asker{Seat: seat, Agent: seat.Actor().Agent, Known: seat.who.Known()}, nil
}

// feed is whose calendar a secret opens: that of a token that may read and no more,
// since a secret in an address is seen by more than its reader.
func (s *Site) feed(ctx context.Context, n *host.Network, secret string) (linked.Asker, error) {
	if s.o.People == nil {
		return linked.Asker{}, nil
	}
	t, err := s.o.People.Bearer(ctx, secret)
	var refusal *rule.Refusal
	if errors.As(err, &refusal) || err == nil && (t.Network != n.Name || !t.ReadOnly) {
		return linked.Asker{}, nil
	}
	if err != nil {
		return linked.Asker{}, err
	}
	agent, err := s.o.Host.SeatOf(ctx, t.Account, n.Name)
	if err != nil {
		return linked.Asker{}, err
	}
	return linked.Asker{Seat: n.Seat(node.Actor{Agent: agent, Mandate: mandate(&t.Mandate)}), Agent: agent}, nil
}

// showBody writes a page of which the body is made already.
func (s *Site) showBody(w http.ResponseWriter, status int, title, network string, body template.HTML) {
	s.show(w, status, bodyPage, frame{Title: title, Network: network, Body: body})
}

var bodyPage = page("body")
