package entrance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"commonweal/people"
	"commonweal/people/peopletest"
	"commonweal/rule"
	"commonweal/store/postgres/pgtest"
	"commonweal/vf"
)

const (
	site   = "https://weal.example"
	phrase = "gravel otter lantern tide"
	other  = "copper walnut bicycle moss"
)

var ctx = context.Background()

// networks stands for the keeper of the networks: it notes who joined, and can be
// told to refuse or to fail.
type networks struct {
	mu     sync.Mutex
	joined map[vf.ID]people.Invitation
	fails  error
	owners map[vf.ID]bool
	keeps  error // why networks keep what is personal
	forgot map[vf.ID]bool
}

func (n *networks) MayForget(context.Context, string, vf.ID) error { return n.keeps }

func (n *networks) Forget(_ context.Context, s people.Seat) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.fails == nil {
		n.forgot[s.Agent] = true
	}
	return n.fails
}

func (n *networks) Alone(_ context.Context, _ string, agent vf.ID) (bool, error) {
	return n.owners[agent], nil
}

func (n *networks) Join(_ context.Context, i people.Invitation, who people.Account, agent vf.ID) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.fails != nil {
		return n.fails
	}
	if who.ID != i.Taker {
		return errors.New("the invitation is another's")
	}
	n.joined[agent] = i
	return nil
}

func (n *networks) MayInvite(_ context.Context, by Identity, i people.Invitation) error {
	return n.may(by, i.Network)
}

func (n *networks) CheckInvitation(_ context.Context, _ Identity, i people.Invitation) error {
	if i.Role == "memebr" {
		return rule.Refuse("unknownInvited", "what", "role", "value", i.Role, "network", i.Network, "nearest", "member")
	}
	return nil
}

func (n *networks) Choices(context.Context, Identity, string) ([]string, []Scope, error) {
	return []string{"bookkeeper", "guest", "member"}, []Scope{{"agent/mill", "The mill"}}, nil
}

func (n *networks) MayRecover(_ context.Context, by Identity, network string, _ vf.ID) error {
	return n.may(by, network)
}

func (n *networks) Named(_ context.Context, by Identity, network string, agent vf.ID) (string, error) {
	name := ""
	if n.may(by, network) == nil {
		name = "Mx " + string(agent)
	}
	return name, nil
}

func (n *networks) may(by Identity, network string) error {
	if !n.owners[by.Agent(network)] {
		return rule.Refuse("notSeated", "network", network)
	}
	return nil
}

// house is an entrance under test.
type house struct {
	*Entrance
	t        *testing.T
	p        *people.People
	clock    *peopletest.Clock
	networks *networks
	logged   *bytes.Buffer
}

func newHouse(t *testing.T, from people.Source, change ...func(*people.Options)) *house {
	t.Helper()
	h := &house{t: t, clock: peopletest.NewClock(), logged: &bytes.Buffer{}, networks: &networks{joined: map[vf.ID]people.Invitation{}, owners: map[vf.ID]bool{"agent/olga": true}, forgot: map[vf.ID]bool{}}}
	o := people.Options{Now: h.clock.Now, Site: people.Site{ID: "weal.example", Name: "Weal", Origins: []string{site}}, Hashing: people.Hashing{Memory: 64, Passes: 1, Threads: 1}}
	for _, f := range change {
		f(&o)
	}
	var err error
	h.p, err = people.Open(ctx, from, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.p.Close() })
	h.Entrance = New(Options{People: h.p, Joiner: h.networks, Rights: h.networks, Eraser: h.networks, Address: site, Kinds: []string{"need", "work"}, Verbs: []string{"record", "commit"},
		Log: slog.New(slog.NewTextHandler(h.logged, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	return h
}

func onFile(t *testing.T) *house {
	return newHouse(t, people.Source{File: filepath.Join(t.TempDir(), "people.sqlite")})
}

// onBoth runs a story on both databases.
func onBoth(t *testing.T, story func(t *testing.T, h *house)) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) { t.Parallel(); story(t, onFile(t)) })
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		story(t, newHouse(t, people.Source{Postgres: pgtest.URL(t)}))
	})
}

// browser is somebody's browser: it keeps cookies, as they allow.
type browser struct {
	h      *house
	jar    *cookiejar.Jar
	agent  string
	header http.Header
	phone  *peopletest.Authenticator
	all    []string // every secret that it was given, in cookies and pages
}

func (h *house) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return &browser{h: h, jar: jar, agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", header: http.Header{}, phone: peopletest.NewAuthenticator(site)}
}

type answer struct {
	status int
	body   string
	header http.Header
}

func (b *browser) ask(method, path, kind, body string) answer {
	b.h.t.Helper()
	r := httptest.NewRequest(method, site+path, strings.NewReader(body))
	r.RemoteAddr = "203.0.113.7:4711"
	r.Header = b.header.Clone()
	r.Header.Set("User-Agent", b.agent)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", kind)
		if r.Header.Get("Sec-Fetch-Site") == "" {
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		}
	}
	if kind == "application/json" {
		r.Header.Set("Accept", kind)
	}
	at, _ := url.Parse(site + path)
	for _, c := range b.jar.Cookies(at) {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.h.Handler().ServeHTTP(w, r)
	res := w.Result()
	for _, c := range res.Cookies() {
		b.all = append(b.all, c.Value)
	}
	b.jar.SetCookies(at, res.Cookies())
	text, _ := io.ReadAll(res.Body)
	return answer{res.StatusCode, string(text), res.Header}
}

// get follows a link whose secret moves out of the address.
func (b *browser) get(path string) answer {
	b.h.t.Helper()
	a := b.ask(http.MethodGet, path, "", "")
	if bare, query, _ := strings.Cut(path, "?"); query != "" && a.status == http.StatusSeeOther && a.header.Get("Location") == bare {
		return b.get(bare)
	}
	return a
}

// post sends a form: pairs of name and value.
func (b *browser) post(path string, pairs ...string) answer {
	b.h.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return b.ask(http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode())
}

// send sends JSON and reads JSON.
func (b *browser) send(path string, body map[string]any) (int, map[string]any) {
	b.h.t.Helper()
	raw, _ := json.Marshal(body)
	a := b.ask(http.MethodPost, path, "application/json", string(raw))
	var said map[string]any
	if err := json.Unmarshal([]byte(a.body), &said); err != nil {
		b.h.t.Fatalf("%s answers %q: %v", path, a.body, err)
	}
	return a.status, said
}

// expect checks a status, and that the page says something.
func (b *browser) expect(a answer, status int, says string) answer {
	b.h.t.Helper()
	if a.status != status || !strings.Contains(a.body+" "+a.header.Get("Location"), says) {
		b.h.t.Fatalf("answered %d, to %q, want %d and %q:\n%s", a.status, a.header.Get("Location"), status, says, a.body)
	}
	return a
}

func (h *house) invite(i people.Invitation) string {
	h.t.Helper()
	if i.Network == "" {
		i.Network = "farms"
	}
	_, secret, err := h.p.Invite(ctx, i)
	if err != nil {
		h.t.Fatal(err)
	}
	return secret
}

// joins brings somebody in with a password.
func (h *house) joins(name string) *browser {
	h.t.Helper()
	b := h.browser()
	a := b.post("/signup", "invitation", h.invite(people.Invitation{Agent: vf.ID("agent/" + name)}), "name", name, "password", phrase)
	b.expect(a, http.StatusSeeOther, "/")
	return b
}

// ceremony goes through both steps of a passkey.
func (b *browser) ceremony(begin, finish string, fields map[string]any) (int, map[string]any) {
	b.h.t.Helper()
	status, c := b.send(begin, fields)
	if status != http.StatusOK {
		return status, c
	}
	options, _ := json.Marshal(c["options"])
	do := b.phone.Get
	if strings.Contains(string(options), `"user"`) {
		do = b.phone.Create
	}
	response, err := do(options)
	if err != nil {
		b.h.t.Fatal(err)
	}
	full := map[string]any{"ceremony": c["ceremony"], "response": json.RawMessage(response)}
	for k, v := range fields {
		full[k] = v
	}
	return b.send(finish, full)
}

// who asks as a browser or a program would.
func (b *browser) who(header ...string) (Identity, error) {
	r := httptest.NewRequest(http.MethodGet, site+"/graphql", nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	at, _ := url.Parse(site)
	for _, c := range b.jar.Cookies(at) {
		r.AddCookie(c)
	}
	return b.h.Who(r)
}

func refusedBy(err error) rule.Name {
	var r *rule.Refusal
	if errors.As(err, &r) {
		return r.Rule
	}
	return ""
}
