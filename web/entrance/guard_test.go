package entrance

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"commonweal/host"
	"commonweal/people"
)

// TestEveryAddressIsGuarded goes through all addresses there are.
func TestEveryAddressIsGuarded(t *testing.T) {
	t.Parallel()
	h := onFile(t)
	in := h.joins("ada")
	for pattern, rt := range routes {
		method, path, _ := strings.Cut(pattern, " ")
		ask := func(b *browser) answer { return b.ask(method, path, "application/x-www-form-urlencoded", "") }
		covered := false
		for _, p := range Paths() {
			covered = covered || path == p || strings.HasSuffix(p, "/") && strings.HasPrefix(path, p)
		}
		if !covered {
			t.Errorf("%s is in none of Paths", pattern)
		}
		a := ask(h.browser())
		for name, want := range map[string]string{"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cache-Control": "no-store"} {
			if a.header.Get(name) != want {
				t.Errorf("%s: %s is %q", pattern, name, a.header.Get(name))
			}
		}
		if rt.person && a.status != http.StatusUnauthorized && !strings.HasPrefix(a.header.Get("Location"), "/signin") {
			t.Errorf("%s: a stranger gets %d", pattern, a.status)
		}
		bot := h.browser()
		bot.header.Set("Authorization", "Bearer cw_x")
		if a := ask(bot); a.status != http.StatusForbidden || !strings.Contains(a.body, "A token opens nothing") {
			t.Errorf("%s: a program gets %d", pattern, a.status)
		}
		in.header = http.Header{"Sec-Fetch-Site": {"cross-site"}, "Sec-Fetch-Mode": {"cors"}, "Origin": {"https://evil.example"}}
		if a := ask(in); a.status != http.StatusForbidden || !strings.Contains(a.body, "another site") || len(a.header.Values("Set-Cookie")) > 0 {
			t.Errorf("%s: a page of another site gets %d", pattern, a.status)
		}
		in.header = http.Header{}
	}
	if _, err := in.who(); err != nil {
		t.Errorf("after all these, somebody is signed in no more: %v", err)
	}
}

// TestWhatNeedsCertainty goes through what a browser that was left open must not do.
func TestWhatNeedsCertainty(t *testing.T) {
	t.Parallel()
	h := onFile(t)
	b := h.joins("olga")
	h.clock.Pass(11 * time.Minute)
	free := map[string]bool{ // what takes a password itself, takes away from programs only, or harms nobody
		"POST /account/confirm": true, "POST /account/confirm/answer": true, "POST /account/password": true, "POST /account/tokens/revoke": true,
		"POST /account/settings": true, "POST /signup/accept": true, "POST /account/invitations/end": true,
	}
	for pattern, rt := range routes {
		path, post := strings.CutPrefix(pattern, "POST ")
		if !post || !rt.person || free[pattern] {
			continue
		}
		status, said := b.send(path, map[string]any{"network": "farms", "label": "x", "days": "1", "readOnly": true})
		if r, _ := said["refusal"].(map[string]any); status != http.StatusForbidden || r["rule"] != "confirmFirst" {
			t.Errorf("%s: %d %v", pattern, status, said)
		}
	}
	if a := b.post("/account/settings", "wanted", strings.Repeat("x", longestForm)); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a form that is too long gets %d", a.status)
	}
}

// TestCookiesAuthorizeNoOtherOrigin is about Who, which all other doors ask.
func TestCookiesAuthorizeNoOtherOrigin(t *testing.T) {
	t.Parallel()
	h := onFile(t)
	b := h.joins("ada")
	at, _ := url.Parse(site)
	for _, c := range []struct {
		method string
		header []string
		known  bool
	}{
		{"GET", nil, true}, // a browser of before 2023, or none
		{"GET", []string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "cors"}, true},
		{"GET", []string{"Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate"}, true},
		{"GET", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, true}, // a link somewhere
		{"GET", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, false},
		{"GET", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"}, false},
		{"GET", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors"}, false}, // a stream
		{"GET", []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "cors"}, false},  // a neighbour's page
		{"GET", []string{"Origin", "https://evil.example"}, false},
		{"GET", []string{"Origin", "null"}, false},
		{"GET", []string{"Origin", site}, true},
		{"POST", []string{"Origin", site}, true},
		{"POST", []string{"Origin", "https://evil.example"}, false},
		{"POST", []string{"Origin", "https://weal.example.evil.example"}, false},
		{"POST", []string{"Sec-Fetch-Site", "cross-site"}, false},
		{"POST", []string{"Sec-Fetch-Site", "same-site"}, false},
		{"POST", []string{"Sec-Fetch-Site", "same-origin"}, true},
	} {
		r := httptest.NewRequest(c.method, site+"/graphql", nil)
		for i := 0; i < len(c.header); i += 2 {
			r.Header.Set(c.header[i], c.header[i+1])
		}
		for _, k := range b.jar.Cookies(at) {
			r.AddCookie(k)
		}
		who, err := h.Who(r)
		if who.Known() != c.known || !c.known && refusedBy(err) != "crossOrigin" || c.known && err != nil {
			t.Errorf("%s %v: known %v, %v", c.method, c.header, who.Known(), err)
		}
	}
	r := httptest.NewRequest(http.MethodGet, site+"/graphql", nil) // a second cookie of the name was set by somebody else
	r.AddCookie(&http.Cookie{Name: "__Host-" + sessionCookie, Value: strings.Repeat("A", 43)})
	for _, k := range b.jar.Cookies(at) {
		r.AddCookie(k)
	}
	if who, _ := h.Who(r); who.Known() {
		t.Error("of two cookies one was chosen")
	}
	r = httptest.NewRequest(http.MethodGet, site+"/graphql", nil)
	r.AddCookie(&http.Cookie{Name: sessionCookie, Value: b.all[0]}) // without the prefix, so a plain page may have set it
	if who, _ := h.Who(r); who.Known() {
		t.Error("a cookie without the prefix counts")
	}
}

func TestStrangersLearnNothing(t *testing.T) {
	t.Parallel()
	h := onFile(t)
	_ = h.joins("ada")
	b := h.browser()
	invitation := h.invite(people.Invitation{})
	// What a route that takes a name is asked with beside it; all others take none of strangers.
	asks := map[string][]string{
		"POST /signin": {"password", other}, "POST /recover": {"code", "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA", "password", other},
		"POST /recover/passkey": {}, "POST /signup/passkey": {"invitation", invitation},
		"POST /signup": {"invitation", invitation, "password", "short"}, // beyond that an invitation tells of a name that is taken, at the price of an attempt
	}
	none := []string{"GET /signin", "POST /signin/passkey", "POST /signin/answer", "POST /signout", "GET /signup", "GET /recover", "GET /recover/link", "POST /recover/link"}
	for pattern, rt := range routes {
		with, asked := asks[pattern]
		if !rt.person && asked == slices.Contains(none, pattern) {
			t.Errorf("%s is new: say with what it is asked for a name, or that it takes none", pattern)
		}
		if !asked {
			continue
		}
		_, path, _ := strings.Cut(pattern, " ")
		try := func(name string) (people.Work, string) {
			before := h.p.Work()
			a := b.post(path, append([]string{"name", name}, with...)...)
			said := regexp.MustCompile(`"(ceremony|challenge|id)":"[^"]*"`).ReplaceAllString(a.body, "")
			return h.p.Work().Minus(before), strconv.Itoa(a.status) + strings.ReplaceAll(said, `"`+name+`"`, "")
		}
		work, page := try("ada")
		for _, name := range []string{"nobody", "bob"} {
			if n, said := try(name); n != work || said != page {
				t.Errorf("%s: %s takes %+v, ada %+v; the answers are equal: %v", pattern, name, n, work, said == page)
			}
		}
	}
	for range 40 {
		b.post("/signin", "name", "ada", "password", other)
	}
	a := b.post("/signin", "name", "ada", "password", phrase)
	if b.expect(a, http.StatusTooManyRequests, "too many attempts"); a.header.Get("Retry-After") == "" {
		t.Error("it is not said when to try again")
	}
}

func TestSecretsStayOutOfLogs(t *testing.T) {
	t.Parallel()
	h := onFile(t)
	b := h.browser()
	invitation := h.invite(people.Invitation{Agent: "agent/ada"})
	b.post("/signup", "invitation", invitation, "name", "canaryname", "password", "short canary")
	b.post("/signup", "invitation", invitation, "name", "canaryname", "mail", "canary@example.org", "password", phrase)
	b.get("/signup?invitation=" + invitation)
	codes := b.post("/account/codes").body
	_, token := b.send("/account/tokens", map[string]any{"label": "canarylabel", "network": "farms", "days": "1", "readOnly": true})
	b.post("/signin", "name", "canaryname", "password", "wrong canary")
	b.post("/signin", "name", "my canary password by mistake", "password", "x")
	b.post("/recover", "name", "canaryname", "code", "CANA-RYCO", "password", other)
	_ = h.p.Close() // and what fails
	if a := b.post("/signin", "name", "canaryname", "password", "canary again"); a.status != http.StatusInternalServerError || strings.Contains(a.body, "sql") {
		t.Errorf("%d: %s", a.status, a.body)
	}
	log := h.logged.String()
	secrets := append([]string{"canary", "CANA", phrase, other, invitation, token["secret"].(string)}, b.all...)
	secrets = append(secrets, regexp.MustCompile(`[0-9A-Z]{4}(-[0-9A-Z]{4}){6}`).FindAllString(codes, -1)...)
	for _, s := range secrets {
		if s != "" && strings.Contains(log, s) {
			t.Errorf("the log holds %q", s)
		}
	}
	if !strings.Contains(log, "rule=signInFailed") || !strings.Contains(log, "level=ERROR") || len(secrets) < 18 {
		t.Errorf("the log does not tell what happened:\n%s", log)
	}
}

func TestPagesHoldNothingInline(t *testing.T) {
	t.Parallel()
	h := onFile(t)
	b := h.joins("ada")
	label := `<script>alert(1)</script>"onload="x`
	b.expect(b.post("/account/tokens", "label", label, "network", "farms", "days", "1", "readOnly", "yes"), http.StatusOK, "cw_")
	stranger := h.browser()
	all := map[string]string{
		"account": b.get("/account").body, "confirm": b.get("/account/confirm").body, "signin": stranger.get("/signin").body, "recover": stranger.get("/recover").body,
		"signup": stranger.get("/signup?invitation=" + h.invite(people.Invitation{})).body, "refused": stranger.get("/signup?invitation=x").body,
		"owner": h.joins("olga").get("/account").body, "once": b.post("/account/codes").body, "typed": stranger.post("/signin", "name", label, "password", "x").body,
	}
	inline := regexp.MustCompile(`<script>|<script [^>]*>[^<]|<style|\sstyle=|<[^>"]*\son[a-z]+=|javascript:`)
	for name, page := range all {
		if found := inline.FindString(page); found != "" {
			t.Errorf("%s holds %q", name, found)
		}
		if !strings.Contains(page, `<html lang="en">`) || strings.Count(page, "<h1>") != 1 || !strings.Contains(page, `<main id="main">`) {
			t.Errorf("%s has no language, no main part, or not one heading", name)
		}
		ids := map[string]bool{}
		for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(page, -1) {
			if ids[m[1]] {
				t.Errorf("%s has the id %s twice", name, m[1])
			}
			ids[m[1]] = true
		}
		for _, m := range regexp.MustCompile(`<(?:input|select)[^>]*>`).FindAllString(page, -1) {
			if id := regexp.MustCompile(` id="([^"]+)"`).FindStringSubmatch(m); !strings.Contains(m, `hidden`) && (id == nil || !strings.Contains(page, `for="`+id[1]+`"`)) {
				t.Errorf("%s: %s has no label", name, m)
			}
		}
	}
}

// TestTextsAreAllUsed compares the texts with the pages and the code.
func TestTextsAreAllUsed(t *testing.T) {
	t.Parallel()
	used := map[string]bool{"brand": true}
	for name := range pages {
		used[name+".title"] = true
	}
	for _, pattern := range []string{"pages/*.html", "*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, f := range files {
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`(?:\bt |text\()"([\w.]+)"`).FindAllStringSubmatch(string(raw), -1) {
				used[m[1]] = true
			}
		}
	}
	for _, k := range []people.EventKind{people.SignedIn, people.SignInFailed, people.SignedOut, people.SessionRevoked, people.SessionsRevoked, people.Confirmed, people.AccountMade,
		people.MailChanged, people.PasswordSet, people.PasswordRemoved, people.PasskeyAdded, people.PasskeyRemoved, people.PasskeyDoubtful, people.CodesMade, people.RecoveredByCode,
		people.RecoveryIssued, people.RecoveredByLink, people.TokenMade, people.TokenRevoked, people.InvitationTaken} {
		used["event."+string(k)] = true
	}
	for _, kind := range []string{host.KindNeed, host.KindWork} {
		used["kind."+kind], used["kind."+kind+"What"] = true, true
	}
	for _, state := range []string{"erased", "later", "kept"} {
		used["erased."+state] = true
	}
	for _, what := range []string{"codes", "token", "invitation", "recovery"} {
		used["once."+what] = true
	}
	for key := range used {
		if _, ok := texts[key]; !ok {
			t.Errorf("there is no text %s", key)
		}
	}
	for key := range texts {
		if !used[key] {
			t.Errorf("the text %s is used nowhere", key)
		}
	}
}

// TestColoursCanBeRead works out the contrast of what stands on what, by WCAG 2.2.
func TestColoursCanBeRead(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("static/entrance.css")
	if err != nil {
		t.Fatal(err)
	}
	themes := regexp.MustCompile(`:root \{([^}]*)\}`).FindAllStringSubmatch(string(raw), -1)
	if len(themes) != 2 {
		t.Fatalf("%d themes, want a light and a dark one", len(themes))
	}
	for i, theme := range themes {
		colour := map[string]float64{}
		for _, m := range regexp.MustCompile(`--([\w-]+): #([0-9a-f]+)`).FindAllStringSubmatch(theme[1], -1) {
			colour[m[1]] = luminance(t, m[2])
		}
		for _, pair := range [][2]string{{"ink", "paper"}, {"ink", "card"}, {"soft", "paper"}, {"soft", "card"}, {"mark", "paper"}, {"mark", "card"}, {"on-mark", "mark"},
			{"ink", "warn-paper"}, {"paper", "warn"}} {
			if c := contrast(colour[pair[0]], colour[pair[1]]); c < 4.5 {
				t.Errorf("theme %d: %s on %s has contrast %.2f", i, pair[0], pair[1], c)
			}
		}
		for _, pair := range [][2]string{{"edge", "paper"}, {"edge", "card"}, {"warn", "warn-paper"}} { // borders of fields
			if c := contrast(colour[pair[0]], colour[pair[1]]); c < 3 {
				t.Errorf("theme %d: %s on %s has contrast %.2f", i, pair[0], pair[1], c)
			}
		}
	}
}

func TestDevicesInWords(t *testing.T) {
	t.Parallel()
	got := []string{}
	for _, ua := range []string{"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537.36 Edg/140", "curl/8.1", ""} {
		got = append(got, DeviceOf(ua))
	}
	if want := []string{"Safari on iPhone", "Edge on Windows", "curl", "an unknown program"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
}

func FuzzWho(f *testing.F) {
	p, err := people.Open(ctx, people.Source{File: filepath.Join(f.TempDir(), "people.sqlite")}, people.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = p.Close() })
	e := New(Options{People: p, Address: site})
	for _, s := range []string{"", "Bearer cw_" + strings.Repeat("A", 43), "__Host-commonweal-session=" + strings.Repeat("A", 43), "=;=,\x00", "Bearer \xff"} {
		f.Add(s, s, `{"name": "x"}`)
	}
	f.Fuzz(func(t *testing.T, authorization, cookie, body string) {
		r := httptest.NewRequest(http.MethodPost, site+"/signin", strings.NewReader(body))
		r.Header["Cookie"] = []string{cookie}
		if authorization != "" {
			r.Header["Authorization"] = []string{authorization}
		}
		if who, err := e.Who(r); who.Known() || err != nil && refusedBy(err) == "" {
			t.Errorf("%q and %q are %+v, %v", authorization, cookie, who, err)
		}
		delete(r.Header, "Authorization")
		for _, kind := range []string{"application/json", "application/x-www-form-urlencoded"} {
			r.Header.Set("Content-Type", kind)
			if _, err := readForm(httptest.NewRecorder(), r); err != nil && refusedBy(err) != "badForm" {
				t.Error(err)
			}
		}
		if to := local(body, "/"); strings.HasPrefix(to, "//") || !strings.HasPrefix(to, "/") {
			t.Errorf("%q leads to %q", body, to)
		}
	})
}
