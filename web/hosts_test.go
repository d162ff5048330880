package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestTheHostHeaderIsNotBelieved asks for each address under the name of another host,
// also as a proxy would say it: no answer leads there.
func TestTheHostHeaderIsNotBelieved(t *testing.T) {
	t.Parallel()
	s := secured(t)
	elsewhere := func(r *http.Request) {
		r.Host = "evil.example"
		for _, name := range []string{"X-Forwarded-Host", "X-Host", "X-Original-URL", "X-Rewrite-URL", "Forwarded"} {
			r.Header.Set(name, "host=evil.example")
		}
	}
	for _, a := range everything(s.Site) {
		if a.path == "/signout" {
			continue
		}
		w := a.of(s.Site, s.owner, elsewhere)
		for name, values := range w.Header() {
			if strings.Contains(strings.Join(values, " "), "evil.example") {
				t.Errorf("%s %s: %s is %v", a.method, a.path, name, values)
			}
		}
		if strings.Contains(w.Body.String(), "evil.example") {
			t.Errorf("%s %s: the answer names the host of the request", a.method, a.path)
		}
	}
	r := asked{http.MethodPost, "/account/invitations"}.of(s.Site, s.owner, elsewhere, func(r *http.Request) {
		r.PostForm = map[string][]string{"network": {"home"}, "role": {"member"}}
		r.Form = r.PostForm
	})
	if body := r.Body.String(); r.Code != http.StatusOK || !strings.Contains(body, "https://example.org/signup?invitation=") || strings.Contains(body, "evil") {
		t.Errorf("an invitation leads elsewhere: %d %s", r.Code, body)
	}
}

// TestRoutesAreKnown: the tests that go through all routes meet those that are known
// to be there.
func TestRoutesAreKnown(t *testing.T) {
	t.Parallel()
	s := secured(t)
	list := everything(s.Site)
	for _, want := range []asked{{"GET", "/metrics"}, {"POST", "/signin"}, {"GET", "/home/notifications"}, {"POST", "/home/notifications"}, {"POST", "/home/graphql"}, {"GET", "/graphql"},
		{"POST", "/home/network"}, {"POST", "/home/needs.csv"}, {"GET", "/home/calendar/cw_none.ics"}, {"POST", "/account/erase"}, {"GET", "/graphiql/"}, {"GET", "/schema/Intent"}} {
		if !slices.Contains(list, want) {
			t.Errorf("the tests do not come by %v", want)
		}
	}
}

// TestEveryPageSignsOut: whoever is signed in can sign out from every page, and nobody
// else is offered to.
func TestEveryPageSignsOut(t *testing.T) {
	t.Parallel()
	s := secured(t)
	const button = `<form method="post" action="/signout">`
	pages := 0
	for _, a := range everything(s.Site) {
		html := func(r *http.Request) { r.Header.Set("Accept", "text/html") }
		if a.method != http.MethodGet || strings.Contains(a.path, "/graphiql") { // a page of another make
			continue
		}
		if w := a.of(s.Site, s.owner, html); strings.Contains(w.Body.String(), "<body>") {
			if pages++; strings.Count(w.Body.String(), button) != 1 {
				t.Errorf("%s (%d) has no button to sign out:\n%s", a.path, w.Code, w.Body)
			}
		}
		if w := a.of(s.Site, html); strings.Contains(w.Body.String(), button) {
			t.Errorf("%s lets a stranger sign out", a.path)
		}
	}
	if pages < 10 {
		t.Errorf("%d pages only", pages)
	}
}
