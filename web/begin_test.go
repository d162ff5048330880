package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"commonweal/host"
	"commonweal/node"
	"commonweal/people"
	"commonweal/store/postgres/pgtest"
	"commonweal/vf"
)

// posted is a form that somebody with a cookie sends from a page here.
func posted(s *Site, cookie *http.Cookie, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if cookie != nil {
		r.AddCookie(cookie)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if cookie != nil && c.Name == cookie.Name && c.Value != "" {
			cookie.Value = c.Value
		}
	}
	return w
}

// TestAnOwnerBeginsANetwork begins one while the server runs: it is served and listed
// at once and after a start, its beginner owns it, and it knows nothing of the others.
func TestAnOwnerBeginsANetwork(t *testing.T) {
	t.Parallel()
	dir, ctx := t.TempDir(), context.Background()
	site, p, seat, cookie := inhabitedIn(t, dir)
	begin := func(name string) *httptest.ResponseRecorder {
		return posted(site, cookie, "/account/networks", url.Values{"name": {name}})
	}
	if w := begin("mill"); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "whoever runs this server") {
		t.Errorf("where nobody may begin networks: %d %s", w.Code, w.Body)
	}
	site.o.Begin = Owners
	as := func(r *http.Request) { r.AddCookie(cookie) }
	if text := get(site, "/account", as).Body.String(); !strings.Contains(text, "/account/networks") {
		t.Error("the account's page of an owner does not lead to a new network")
	}
	for name, why := range map[string]string{"home": "a network called home", "graphql": "graphql", "../x": "../x", "": "cannot be"} {
		if w := begin(name); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `role="alert"`) {
			t.Errorf("a network called %q (%s): %d", name, why, w.Code)
		}
	}
	if w := get(site, "/mill/"); w.Code != http.StatusNotFound {
		t.Errorf("it is there before it was begun: %d", w.Code)
	}
	var asking sync.WaitGroup
	for range 4 { // whoever asks meanwhile gets one answer or the other
		asking.Go(func() {
			for range 50 {
				if w := get(site, "/mill/graphql/schema.graphql"); w.Code != http.StatusOK && w.Code != http.StatusNotFound {
					t.Errorf("%d", w.Code)
				}
			}
		})
	}
	if w := begin("mill"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/mill/" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	asking.Wait()
	site.begunWell(t, as)

	seats, err := p.Seats(ctx, seat.Account)
	if err != nil || len(seats) != 2 {
		t.Fatalf("%v %v", seats, err)
	}
	h := site.o.Host
	if err := h.MayDecide(seats[1].Agent, "mill"); err != nil {
		t.Errorf("who began it is no owner: %v", err)
	}
	if r, err := h.Network("mill").Record(seat.Agent); err != nil || r != nil {
		t.Errorf("it knows %v of another network, %v", r, err)
	}
	if h.First().Name != "home" {
		t.Errorf("the first network is %s", h.First().Name)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := host.Open(ctx, host.Options{Data: dir, People: p})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Close() })
	New(Options{Host: again, People: p, Address: "http://example.org/"}).begunWell(t, as)
}

// begunWell looks at a network that was begun, as its owner and as a stranger.
func (s *Site) begunWell(t *testing.T, as func(*http.Request)) {
	t.Helper()
	if text := get(s, "/").Body.String(); !strings.Contains(text, `href="/mill/"`) {
		t.Errorf("it is not listed: %s", text)
	}
	for path, want := range map[string]int{"/mill/": http.StatusOK, "/mill/sign": http.StatusOK, "/mill/notifications": http.StatusOK, "/mill/graphiql": http.StatusOK} {
		if w := get(s, path, as, func(r *http.Request) { r.Header.Set("Accept", "text/html") }); w.Code != want {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	ask := func(network string) string {
		body, err := json.Marshal(map[string]string{"query": "{ journal { network } myAgent { id name } }"})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(string(body)))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Network", network)
		as(r)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Body.String()
	}
	if text := ask("mill"); !strings.Contains(text, `"network":"http://example.org/mill/"`) || !strings.Contains(text, `"name":"ann"`) {
		t.Errorf("its door says %s", text)
	}
	if text := ask(""); !strings.Contains(text, `"network":"https://example.org/home/"`) {
		t.Errorf("without a name, the door says %s", text)
	}
}

// TestMembersBeginNetworksWhereTheyMay asks as somebody who is no owner.
func TestMembersBeginNetworksWhereTheyMay(t *testing.T) {
	t.Parallel()
	site, p, seat, _ := inhabitedIn(t, t.TempDir())
	ctx := context.Background()
	_, secret, err := p.Invite(ctx, people.Invitation{Network: "home", Role: "member", Inviter: seat.Account})
	if err != nil {
		t.Fatal(err)
	}
	e, _, err := p.Accept(ctx, secret, people.Newcomer{Name: "bob", WayIn: people.WayIn{Password: "another long phrase"}}, people.Browser{})
	if err != nil {
		t.Fatal(err)
	}
	if err := site.Tidy(ctx); err != nil {
		t.Fatal(err)
	}
	bob := &http.Cookie{Name: "commonweal-session", Value: e.Secret}
	as := func(r *http.Request) { r.AddCookie(bob) }
	site.o.Begin = Owners
	if w := get(site, "/account/networks", as); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "the owners of home") {
		t.Errorf("a member gets %d %s", w.Code, w.Body)
	}
	if w := posted(site, bob, "/account/networks", url.Values{"name": {"mill"}}); w.Code != http.StatusForbidden || site.o.Host.Network("mill") != nil {
		t.Errorf("a member begins a network: %d", w.Code)
	}
	if w := posted(site, nil, "/account/networks", url.Values{"name": {"mill"}}); w.Code != http.StatusUnauthorized {
		t.Errorf("a stranger begins a network: %d", w.Code)
	}
	site.o.Begin = Members
	if w := posted(site, bob, "/account/networks", url.Values{"name": {"mill"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	seats, err := p.Seats(ctx, e.Account)
	if err != nil || len(seats) != 2 || site.o.Host.MayDecide(seats[1].Agent, "mill") != nil {
		t.Errorf("%v %v", seats, err)
	}
	if err := site.o.Host.Network("home").Seat(node.Actor{Agent: seats[1].Agent}).May("see", &vf.Intent{ID: "need/x", Receiver: seat.Agent}); err == nil {
		t.Error("the owner of one network sees another")
	}
}

// A network that was begun at another server of the database is told of where it lacks its
// key, and served once that is there.
func TestANetworkBegunElsewhere(t *testing.T) {
	t.Parallel()
	url, ctx, here, there := pgtest.URL(t), context.Background(), t.TempDir(), t.TempDir()
	open := func(dir string) *host.Host {
		h, err := host.Open(ctx, host.Options{Data: dir, Store: url})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = h.Close() })
		return h
	}
	a, b := open(here), open(there)
	site := New(Options{Host: b, Address: "http://example.org/"})
	if _, err := a.Begin(ctx, "mill", "https://example.org/mill/"); err != nil {
		t.Fatal(err)
	}
	look := func(code int, ready, says string) {
		t.Helper()
		if _, err := b.Look(ctx); err != nil {
			t.Fatal(err)
		}
		w := get(site, "/readyz")
		if text := strings.TrimSpace(w.Body.String()); w.Code != http.StatusOK || text != ready {
			t.Errorf("/readyz says %d %q, want %q", w.Code, text, ready)
		}
		if w := get(site, "/mill/"); w.Code != code || !strings.Contains(w.Body.String(), says) {
			t.Errorf("%d %s, want %d %s", w.Code, w.Body, code, says)
		}
	}
	if w := get(site, "/mill/"); w.Code != http.StatusNotFound {
		t.Errorf("before it looked: %d", w.Code)
	}
	look(http.StatusServiceUnavailable, "ready\nnot served here: mill, which another server began; its key belongs in networks/mill/network.key of the data folder, and the log says more", "networks/mill/network.key")
	raw, err := os.ReadFile(filepath.Join(here, "networks", "mill", host.KeyFile))
	if err == nil {
		err = os.MkdirAll(filepath.Join(there, "networks", "mill"), 0o750)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(there, "networks", "mill", host.KeyFile), raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	look(http.StatusOK, "ready", "mill")
}
