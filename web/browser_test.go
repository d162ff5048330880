package web

import (
	"context"
	"io/fs"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"commonweal/host"
	"commonweal/journal"
	"commonweal/node"
	"commonweal/people"
	"commonweal/vf"
	"commonweal/web/browsertest"
)

// seen is a site that a browser can reach, with a network that has a need, and an owner
// called ann.
type seen struct {
	*Site
	at, secret string
	network    *host.Network
	people     *people.People
	seat       people.Seat
}

// reachable serves such a site until the test ends.
func reachable(t *testing.T) seen {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	x := seen{at: "http://localhost:" + port}
	x.people, err = people.Open(ctx, people.Source{File: filepath.Join(dir, "people.sqlite")}, people.Options{Hashing: people.Hashing{Memory: 64, Passes: 1, Threads: 1},
		Site: people.Site{ID: "localhost", Name: "Commonweal", Origins: []string{x.at}}})
	if err != nil {
		t.Fatal(err)
	}
	h, err := host.Open(ctx, host.Options{Data: dir, People: x.people})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close(); _ = x.people.Close() })
	if x.network, err = h.Begin(ctx, "home", x.at+"/home/"); err != nil {
		t.Fatal(err)
	}
	secret, err := h.InviteOwner(ctx, x.network)
	if err != nil {
		t.Fatal(err)
	}
	e, s, err := x.people.Accept(ctx, secret, people.Newcomer{Name: "ann", WayIn: people.WayIn{Password: "a long enough phrase"}}, people.Browser{})
	if err != nil {
		t.Fatal(err)
	}
	x.seat, x.secret = s, e.Secret
	x.Site = New(Options{Host: h, People: x.people, Address: x.at + "/"})
	if err := x.Tidy(ctx); err != nil { // it enters who took the invitation
		t.Fatal(err)
	}
	_, err = x.network.Do(ctx, node.Act{Kind: journal.Declare, Author: s.Agent, Key: "begin", Records: []vf.Record{
		&vf.ResourceSpecification{ID: "spec/bread", Name: "Bread"}, &vf.Unit{ID: "unit/loaf", Label: "loaf", Symbol: "loaf"},
		&vf.Intent{ID: "need/bread", Action: vf.Transfer, Receiver: s.Agent, ResourceConformsTo: "spec/bread", Name: "Bread for Friday", ResourceQuantity: vf.Measure{HasNumericalValue: vf.Whole(3), HasUnit: "unit/loaf"}}}})
	if err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: l}
	server.Config = httptest.NewUnstartedServer(x.Site).Config
	server.Start()
	t.Cleanup(server.Close)
	return x
}

// signedInAt is a browser in which ann is signed in.
func (x seen) signedInAt(t *testing.T) *browsertest.Browser {
	t.Helper()
	c := browsertest.Start(t)
	c.Come(x.at, "commonweal-session", x.secret)
	return c
}

// TestGraphiQLInABrowser asks a question on the page of GraphiQL. The page asks nobody
// but this server, and keeps its policy. Built without npm it says how it is built.
func TestGraphiQLInABrowser(t *testing.T) {
	t.Parallel()
	x := reachable(t)
	c := x.signedInAt(t)
	c.Open(x.at + "/graphiql")
	if _, err := fs.Stat(os.DirFS("graphql/graphiql/page"), "graphiql.js"); err == nil {
		c.Until("!!document.querySelector('.graphiql-execute-button')")
		c.Press(".graphiql-execute-button")
		c.Until("(document.querySelector('.result-window')?.innerText ?? '').includes('Bread for Friday')")
		c.Until("localStorage.length + sessionStorage.length === 0") // who sits there next finds nothing of it
	} else {
		c.Until("document.body.innerText.includes('make build')")
	}
	c.Press("nav a")
	c.Until("location.pathname === '/' && document.readyState === 'complete'")
	if len(c.Faults) > 0 {
		t.Errorf("the page complained: %v", c.Faults)
	}
	for _, address := range c.Asked {
		if !strings.HasPrefix(address, x.at+"/") && !strings.HasPrefix(address, "data:") {
			t.Errorf("the page asked for %s", address)
		}
	}
}
