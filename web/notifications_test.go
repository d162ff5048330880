package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"commonweal/host"
	"commonweal/people"
	"commonweal/people/peopletest"
)

// inhabited is a site with one member, and the cookie of that member.
func inhabited(t *testing.T) (*Site, *people.People, people.Seat, *http.Cookie) {
	t.Helper()
	return inhabitedIn(t, t.TempDir())
}

func inhabitedIn(t *testing.T, dir string) (*Site, *people.People, people.Seat, *http.Cookie) {
	t.Helper()
	ctx := context.Background()
	p, err := people.Open(ctx, people.Source{File: filepath.Join(dir, "people.sqlite")}, people.Options{Hashing: people.Hashing{Memory: 64, Passes: 1, Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	h, err := host.Open(ctx, host.Options{Data: dir, People: p})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close(); _ = p.Close() })
	w, err := h.Begin(ctx, "home", "https://example.org/home/")
	if err != nil {
		t.Fatal(err)
	}
	secret, err := h.InviteOwner(ctx, w)
	if err != nil {
		t.Fatal(err)
	}
	e, s, err := p.Accept(ctx, secret, people.Newcomer{Name: "ann", WayIn: people.WayIn{Password: "a long enough phrase"}}, people.Browser{})
	if err != nil {
		t.Fatal(err)
	}
	site := New(Options{Host: h, People: p, Address: "http://example.org/"})
	if err := site.Tidy(ctx); err != nil { // it enters who took the invitation
		t.Fatal(err)
	}
	return site, p, s, &http.Cookie{Name: "commonweal-session", Value: e.Secret}
}

func TestNotificationsAreReadByTheirReader(t *testing.T) {
	t.Parallel()
	site, p, seat, cookie := inhabited(t)
	as := func(r *http.Request) { r.AddCookie(cookie) }
	body, err := json.Marshal(host.Told{Text: "need/1: late by 2 days", Causes: []string{"<b>offer/1</b> is less"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Notify(context.Background(), people.Notification{Account: seat.Account, Network: "home", Kind: host.KindNeed, Source: "need/1", Body: body}); err != nil {
		t.Fatal(err)
	}
	if w := get(site, "/home/notifications"); w.Code != http.StatusUnauthorized || strings.Contains(w.Body.String(), "late") {
		t.Errorf("a stranger got %d %s", w.Code, w.Body)
	}
	text := get(site, "/home/notifications", as).Body.String()
	if !strings.Contains(text, "<strong>need/1: late by 2 days</strong>") || strings.Contains(text, "<b>offer") {
		t.Errorf("the page says %s", text)
	}
	read := func() bool {
		w := get(site, "/home/notifications", as, func(r *http.Request) { r.Header.Set("Accept", "application/json") })
		var list []told
		if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || len(list) != 1 {
			t.Fatalf("%v %s", err, w.Body)
		}
		return list[0].Read != nil
	}
	if read() {
		t.Error("it is read before anybody marked it")
	}
	post := func(origin string) int {
		r := httptest.NewRequest(http.MethodPost, "/home/notifications", strings.NewReader(url.Values{"source": {"need/1"}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", origin)
		r.Header.Set("Sec-Fetch-Site", map[bool]string{true: "same-origin", false: "cross-site"}[origin == "http://example.com"])
		as(r)
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		return w.Code
	}
	if code := post("https://evil.example"); code != http.StatusUnauthorized || read() {
		t.Errorf("a page of another site marked it: %d", code)
	}
	if code := post("http://example.com"); code != http.StatusSeeOther || !read() {
		t.Errorf("marking it was answered with %d", code)
	}
}

func TestAnOwnerActsThroughGraphQL(t *testing.T) {
	t.Parallel()
	site, _, _, cookie := inhabited(t)
	ask := func(query string, c *http.Cookie) string {
		body, err := json.Marshal(map[string]string{"query": query})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(string(body)))
		r.Header.Set("Content-Type", "application/json")
		if c != nil {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		return w.Body.String()
	}
	entering := `mutation { createProcessSpecification(processSpecification: {id: "process-spec/bake", name: "Bake"}, key: "1") { processSpecification { id name } } }`
	if text := ask(entering, nil); !strings.Contains(text, "notAllowed") {
		t.Errorf("a stranger entered something: %s", text)
	}
	if text := ask(entering, cookie); !strings.Contains(text, `"name":"Bake"`) {
		t.Errorf("the owner got %s", text)
	}
	if text := ask(`{ processSpecifications(first: 5) { edges { node { id } } } }`, nil); strings.Contains(text, "bake") {
		t.Errorf("a stranger sees what is not published: %s", text)
	}
}

func TestACalendarOpensByAReadingToken(t *testing.T) {
	t.Parallel()
	site, p, seat, cookie := inhabited(t)
	ctx := context.Background()
	session, _, err := p.Session(ctx, cookie.Value)
	if err != nil {
		t.Fatal(err)
	}
	secret := func(m people.Mandate) string {
		_, s, err := p.MakeToken(ctx, session, people.Token{Account: seat.Account, Network: "home", Label: "calendar", Budget: 1, Mandate: m}, people.Origin{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	until := time.Now().Add(24 * time.Hour)
	for _, c := range []struct {
		secret string
		want   int
	}{
		{secret(people.Mandate{ReadOnly: true, Until: until}), http.StatusOK},
		{secret(people.Mandate{Verbs: []string{"record"}, Until: until}), http.StatusNotFound},
		{"cw_nothing", http.StatusNotFound},
	} {
		if w := get(site, "/home/calendar/"+c.secret+".ics"); w.Code != c.want || (w.Code == http.StatusOK) != strings.Contains(w.Body.String(), "BEGIN:VCALENDAR") {
			t.Errorf("%d %s, want %d", w.Code, w.Body, c.want)
		}
	}
}

// A server whose accounts take no writes is not ready.
func TestReadyIsWithAccounts(t *testing.T) {
	t.Parallel()
	disk, dir, ctx := peopletest.NewDisk(), t.TempDir(), context.Background()
	t.Cleanup(disk.Remove)
	clock := peopletest.NewClock()
	p, err := people.Open(ctx, people.Source{File: filepath.Join(dir, "people.sqlite"), VFS: disk.Name}, people.Options{Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	h, err := host.Open(ctx, host.Options{Data: dir, People: p})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close(); _ = p.Close() })
	site := New(Options{Host: h, People: p, Address: "http://example.org/"})
	for _, full := range []bool{false, true, false} {
		disk.Fill(full)
		clock.Pass(time.Minute)
		w := get(site, "/readyz")
		if (w.Code == http.StatusOK) == full || full && !strings.Contains(w.Body.String(), "accounts") {
			t.Errorf("full is %v: %d %s", full, w.Code, w.Body)
		}
	}
}

// Pages of a network lead to what is a member's only who is one; strangers find there
// where to sign in.
func TestPagesLeadMembersToWhatIsTheirs(t *testing.T) {
	t.Parallel()
	site, _, _, cookie := inhabited(t)
	away, err := site.o.Host.Begin(t.Context(), "away", "https://example.org/away/")
	if err != nil {
		t.Fatal(err)
	}
	site.admit(away)
	html := func(r *http.Request) { r.Header.Set("Accept", "text/html") }
	as := func(r *http.Request) { r.AddCookie(cookie) }
	for _, x := range []struct {
		network  string
		of       func(*http.Request)
		mine     bool
		calendar bool
	}{{"home", as, true, true}, {"away", as, false, false}, {"away", html, true, false}} {
		page := get(site, "/"+x.network+"/", html, x.of).Body.String()
		for link, want := range map[string]bool{"/notifications": x.mine, "/sign": x.mine, "/work.ics": x.calendar, "/graphiql": true} {
			if got := strings.Contains(page, `<a href="/`+x.network+link+`">`); got != want {
				t.Errorf("%s: there is a link to %s: %v, want %v", x.network, link, got, want)
			}
		}
	}
}
