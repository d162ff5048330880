package web

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"database/sql"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"commonweal/people"
	"commonweal/web/entrance"
)

// asked is a request to a route: the method and an address that it answers.
type asked struct{ method, path string }

// everything is a request to each route that there is, by its patterns; where a
// pattern leaves the method or the rest of the path open, several.
func everything(s *Site) (list []asked) {
	within := map[string][]string{ // what the patterns that end in a slash lead on to
		"/static/": {"/static/site.css", "/static/", "/static/none"}, "/schema/": {"/schema/Intent", "/schema/none"}, "/graphiql/": {"/graphiql/"},
		"/entrance/": {"/entrance/static/entrance.css", "/entrance/static/", "/entrance/"}, "/{network}": {"/home", "/nowhere"}, "/{network}/": {"/nowhere/x"}, "/{$}": {"/"},
		"/home/": {"/home/", "/home/intents", "/home/none/1", "/home/network.jsonld", "/home/network.yaml", "/home/network", "/home/needs.csv", "/home/books.journal",
			"/home/work.ics", "/home/calendar/cw_none.ics", "/home/?id=none"},
	}
	add := func(pattern string) {
		method, path, ok := strings.Cut(pattern, " ")
		methods := []string{method}
		if !ok {
			path, methods = pattern, []string{http.MethodGet, http.MethodPost}
		}
		paths := within[path]
		if paths == nil {
			paths = []string{path}
		}
		for _, p := range paths {
			for _, m := range methods {
				list = append(list, asked{m, p})
			}
		}
	}
	for _, p := range s.mux.patterns {
		add(p)
	}
	for _, p := range s.network("home").patterns {
		if method, path, ok := strings.Cut(p, " "); ok {
			p = method + " /home" + path
		} else {
			p = "/home" + p
		}
		add(p)
	}
	for _, p := range entrance.Routes() {
		add(p)
	}
	return list
}

func (a asked) of(s *Site, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(a.method, "https://example.org"+a.path, strings.NewReader(""))
	for _, f := range change {
		f(r)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// site is a site at an address with https.
type site struct {
	*Site
	people *people.People
	dir    string              // the data folder
	owner  func(*http.Request) // gives a request the cookie of the owner
}

func secured(t *testing.T) site {
	t.Helper()
	dir := t.TempDir()
	plain, p, _, cookie := inhabitedIn(t, dir)
	o := plain.o
	o.Address = "https://example.org/"
	cookie.Name = "__Host-" + cookie.Name
	return site{New(o), p, dir, func(r *http.Request) { r.AddCookie(cookie) }}
}

// TestEveryRouteIsGuarded goes through all routes there are, as a stranger and as the
// owner, and looks at the headers of each answer.
func TestEveryRouteIsGuarded(t *testing.T) {
	t.Parallel()
	s := secured(t)
	list := everything(s.Site)
	if len(list) < 70 {
		t.Fatalf("%d requests only: the test does not find the routes", len(list))
	}
	for _, a := range list {
		for who, as := range map[string]func(*http.Request){"a stranger": func(*http.Request) {}, "the owner": s.owner} {
			if who == "the owner" && a.path == "/signout" {
				continue
			}
			w := a.of(s.Site, as)
			public := a.method == http.MethodGet && slices.Contains([]string{"/context", "/ns", "/schema/Intent", "/schema/none"}, a.path)
			for _, fault := range unguarded(w.Header(), w.Body.Len(), public) {
				t.Errorf("%s %s as %s (%d): %s", a.method, a.path, who, w.Code, fault)
			}
			if cache := w.Header().Get("Cache-Control"); who == "the owner" && !public && cache != "no-store" && (cache != "public, max-age=3600" || !strings.Contains(a.path, "/static/")) && w.Code != http.StatusNotFound {
				t.Errorf("%s %s as %s may be stored: %s", a.method, a.path, who, cache)
			}
			if strings.HasSuffix(a.path, "/static/") && w.Code < 400 {
				t.Errorf("%s lists what is in the folder: %d", a.path, w.Code)
			}
			if w.Code >= 500 {
				t.Errorf("%s %s as %s fails: %d %s", a.method, a.path, who, w.Code, w.Body)
			}
		}
	}
}

// unguarded tells what the headers of an answer lack. What is public words, the same
// for all, may be read from every origin.
func unguarded(head http.Header, body int, public bool) (faults []string) {
	bad := func(format string, with ...any) { faults = append(faults, fmt.Sprintf(format, with...)) }
	csp := head.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} {
		if !strings.Contains(csp, part) {
			bad("the policy %q does not say %s", csp, part)
		}
	}
	if regexp.MustCompile(`unsafe|http:|https:|\*|blob:|script-src[^;]*data:`).MatchString(csp) {
		bad("the policy %q lets in what is inline or from elsewhere", csp)
	}
	from := "same-origin"
	if public {
		from = "cross-origin"
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": from,
		"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} {
		if head.Get(name) != want || len(head.Values(name)) != 1 {
			bad("%s is %q", name, head.Values(name))
		}
	}
	if r := head.Get("Referrer-Policy"); r != "same-origin" && r != "no-referrer" {
		bad("Referrer-Policy is %q", r)
	}
	for name := range head {
		if strings.HasPrefix(name, "Access-Control-") && !public || name == "Server" || name == "X-Powered-By" {
			bad("%s is sent", name)
		}
	}
	kind := head.Get("Content-Type")
	if body > 0 && kind == "" || strings.HasPrefix(kind, "text/") && !strings.Contains(kind, "charset=utf-8") {
		bad("Content-Type is %q", kind)
	}
	return faults
}

// kept is all that the server keeps: the size of each journal and every row of the
// accounts, but for when a session was last seen.
func kept(t *testing.T, s site) string {
	t.Helper()
	var b strings.Builder
	for _, n := range s.o.Host.Networks() {
		fmt.Fprintln(&b, n.Name, n.Journal().Size())
	}
	db := accounts(t, s.dir)
	tables := []string{"account", "seat", "invitation", "passkey", "recovery_code", "recovery_link", "device", "token", "notification", "setting", "event", "attempt", "forgetting"}
	for _, table := range append(tables, "(SELECT id, hash, account, label, method, created, verified, expires FROM session)") {
		rowsOf(t, db, table, &b)
	}
	return b.String()
}

// rowsOf writes all rows of a table.
func rowsOf(t *testing.T, db *sql.DB, table string, out io.Writer) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT * FROM "+table+" ORDER BY 1, 2, 3")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		into := make([]any, len(columns))
		for i := range into {
			into[i] = new(any)
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for _, v := range into {
			fmt.Fprint(out, *v.(*any), "|")
		}
		fmt.Fprintln(out, table)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// accounts opens the database of accounts beside the server, to read.
func accounts(t *testing.T, dir string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "people.sqlite")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// TestNothingChangesByGET asks for each address by GET and by HEAD, also for those
// that take a form: nothing is kept, and no session begins.
func TestNothingChangesByGET(t *testing.T) {
	t.Parallel()
	s := secured(t)
	_, secret, err := s.people.Invite(t.Context(), people.Invitation{Network: "home", Role: "member"})
	if err != nil {
		t.Fatal(err)
	}
	before := kept(t, s)
	for _, a := range everything(s.Site) {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			for _, query := range []string{"", "?invitation=" + secret, "?name=ann&password=a+long+enough+phrase", `?query=mutation{createPlan(plan:{name:"May"},key:"k"){plan{id}}}`} {
				path, _, _ := strings.Cut(a.path, "?")
				w := asked{method, path + query}.of(s.Site, s.owner)
				for _, c := range w.Result().Cookies() {
					if strings.Contains(c.Name, "session") {
						t.Errorf("%s %s%s begins or ends a session", method, path, query)
					}
				}
			}
		}
	}
	if after := kept(t, s); after != before {
		t.Errorf("something changed:\n%s\nwas\n%s", after, before)
	}
}

// TestOtherOriginsChangeNothing sends to each address what a page of another site can
// have a member's browser send: every method, every content type of forms and JSON.
func TestOtherOriginsChangeNothing(t *testing.T) {
	t.Parallel()
	s := secured(t)
	bodies := map[string]string{
		"application/x-www-form-urlencoded": "name=ann&password=a+long+enough+phrase&network=home&mail=x@example.org&wanted=x&days=1&label=x&readOnly=yes",
		"text/plain":                        `{"query": "mutation { createPlan(plan: {name: \"May\"}, key: \"k\") { plan { id } } }"}`,
		"application/json":                  `{"query": "mutation { createPlan(plan: {name: \"May\"}, key: \"k\") { plan { id } } }", "name": "ann", "network": "home", "days": "1"}`,
		"application/ld+json":               `{"@graph": [{"@id": "plan/may", "@type": "Plan", "name": "May"}]}`,
		"text/csv":                          "id,item,quantity,unit\n",
	}
	before := kept(t, s)
	for _, a := range everything(s.Site) {
		for kind, body := range bodies {
			for _, header := range [][2]string{{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "null"}} {
				for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
					r := httptest.NewRequest(method, "https://example.org"+a.path, strings.NewReader(body))
					r.Header.Set("Content-Type", kind)
					r.Header.Set(header[0], header[1])
					s.owner(r)
					w := httptest.NewRecorder()
					s.ServeHTTP(w, r)
					if w.Code < 400 && w.Code != http.StatusPermanentRedirect && (!strings.HasPrefix(a.path, "/graphql/schema") || method == http.MethodPost) {
						t.Errorf("%s %s from %v as %s: %d %s", method, a.path, header, kind, w.Code, w.Body)
					}
				}
			}
		}
	}
	if after := kept(t, s); after != before {
		t.Errorf("something changed:\n%s\nwas\n%s", after, before)
	}
}

func TestMethodsAreFew(t *testing.T) {
	t.Parallel()
	s := secured(t)
	for _, a := range everything(s.Site) {
		for _, method := range []string{http.MethodTrace, http.MethodConnect, http.MethodOptions, http.MethodPatch, "PROPFIND", "FOO"} {
			if w := (asked{method, a.path}).of(s.Site, s.owner); w.Code != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d", method, a.path, w.Code)
			}
		}
	}
}

// TestNobodyWritesLinesOfTheLog has strangers send line breaks and what looks like
// lines of the log in all that is logged of a request.
func TestNobodyWritesLinesOfTheLog(t *testing.T) {
	t.Parallel()
	const forged = "x\r\nlevel=ERROR msg=forged\n{\"level\":\"ERROR\",\"msg\":\"forged\"}\x1b[2J"
	for name, handler := range map[string]func(io.Writer) slog.Handler{
		"text": func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, nil) }, "json": func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, nil) },
	} {
		var log bytes.Buffer
		o := Options{Host: hosted(t), Proxied: true, Log: slog.New(handler(&log))}
		s := New(o)
		s.mux.HandleFunc("GET /fails/{what...}", func(_ http.ResponseWriter, r *http.Request) { panic(r.PathValue("what")) })
		r := httptest.NewRequest(http.MethodGet, "/fails/x", nil)
		r.URL.Path = "/fails/" + forged
		r.Header["X-Forwarded-For"] = []string{forged}
		r.Header["User-Agent"] = []string{forged}
		r.RemoteAddr = forged
		s.ServeHTTP(httptest.NewRecorder(), r)
		text := strings.TrimSuffix(log.String(), "\n")
		if lines := strings.Split(text, "\n"); len(lines) != 2 || !strings.Contains(text, "forged") || strings.ContainsAny(text, "\r\x1b") {
			t.Errorf("%s: the log has %d lines, not 2:\n%q", name, len(lines), text)
		}
	}
}

// TestRequestsAreBoundedOneWay sends what servers have read in two ways: what
// contradicts itself is refused, and of a length and chunks the chunks count.
func TestRequestsAreBoundedOneWay(t *testing.T) {
	t.Parallel()
	at, stop := serving(t, New(Options{Host: hosted(t)}), Listening{})
	defer func() { _ = stop() }()
	second := "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
	for name, c := range map[string]struct {
		head, body string
		status     int // of the first answer
		answers    int
	}{
		"two lengths":              {"Content-Length: 5\r\nContent-Length: 6\r\n", "abcde", http.StatusBadRequest, 1},
		"a length with a sign":     {"Content-Length: +5\r\n", "abcde", http.StatusBadRequest, 1},
		"another transfer":         {"Transfer-Encoding: chunked, identity\r\n", "", http.StatusNotImplemented, 1},
		"chunked written oddly":    {"Transfer-Encoding : chunked\r\n", "0\r\n\r\n", http.StatusBadRequest, 1},
		"a header over two lines":  {"X-A: 1\r\n Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", "", http.StatusNotFound, 1},
		"two hosts":                {"Host: y\r\n", "", http.StatusBadRequest, 1},
		"both: the chunks count":   {"Content-Length: " + fmt.Sprint(len("0\r\n\r\n")+len(second)) + "\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + second, http.StatusNotFound, 2},
		"a chunk of a huge length": {"Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFFF\r\n", http.StatusNotFound, 1},
	} {
		c1, err := net.Dial("tcp", strings.TrimPrefix(at, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c1, "POST /nowhere/x HTTP/1.1\r\nHost: x\r\n"+c.head+"\r\n"+c.body)
		_ = c1.(*net.TCPConn).CloseWrite()
		in := bufio.NewReader(c1)
		answers := 0
		for {
			a, err := http.ReadResponse(in, nil)
			if err != nil {
				break
			}
			if answers++; answers == 1 && a.StatusCode != c.status {
				t.Errorf("%s: answered %d, want %d", name, a.StatusCode, c.status)
			}
			_, _ = io.Copy(io.Discard, a.Body)
			_ = a.Body.Close()
		}
		if answers != c.answers {
			t.Errorf("%s: %d answers", name, answers)
		}
		_ = c1.Close()
	}
}

func TestTLSIsOfToday(t *testing.T) {
	t.Parallel()
	cert, key := certificate(t)
	at, stop := serving(t, New(Options{Host: hosted(t)}), Listening{Certificate: cert, Key: key})
	defer func() { _ = stop() }()
	try := func(change func(*tls.Config)) (tls.ConnectionState, error) {
		config := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10}
		change(config)
		c, err := tls.Dial("tcp", strings.TrimPrefix(at, "http://"), config)
		if err != nil {
			return tls.ConnectionState{}, err
		}
		defer func() { _ = c.Close() }()
		return c.ConnectionState(), nil
	}
	for version, good := range map[uint16]bool{tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		if _, err := try(func(c *tls.Config) { c.MinVersion, c.MaxVersion = version, version }); (err == nil) != good {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
	}
	if state, err := try(func(*tls.Config) {}); err != nil || state.Version != tls.VersionTLS13 {
		t.Errorf("of all versions %s is taken: %v", tls.VersionName(state.Version), err)
	}
	for _, suite := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		if !slices.Contains(suite.SupportedVersions, tls.VersionTLS12) {
			continue
		}
		_, err := try(func(c *tls.Config) { c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{suite.ID} })
		weak := suite.Insecure || !strings.Contains(suite.Name, "_ECDHE_")
		if err == nil && weak {
			t.Errorf("the suite %s is taken", suite.Name)
		}
	}
}

// TestSecretsAreForTheirOwner looks at the files that a server makes; those beside a
// database that are named .lock and -shm hold nothing of what is in it.
func TestSecretsAreForTheirOwner(t *testing.T) {
	t.Parallel()
	s := secured(t)
	files := 0
	err := filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		secret := strings.HasSuffix(path, ".key") || strings.HasSuffix(path, ".sqlite") || strings.HasSuffix(path, "-wal") || strings.Contains(path, ".image")
		if secret {
			files++
		}
		if mode := info.Mode().Perm(); secret && mode&0o077 != 0 || d.IsDir() && path != s.dir && mode&0o007 != 0 {
			t.Errorf("%s has the mode %s", filepath.Base(path), mode)
		}
		return nil
	})
	if err != nil || files < 5 {
		t.Errorf("%d files that hold secrets: %v", files, err)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "networks", "home", "network.key")); err != nil {
		t.Error(err)
	}
}

// TestRefusedActsAreLogged has a guest do what guests may not, and somebody come with
// a token that is none.
func TestRefusedActsAreLogged(t *testing.T) {
	t.Parallel()
	s := secured(t)
	var log bytes.Buffer
	s.o.Log = slog.New(slog.NewTextHandler(&log, nil))
	s.Site = New(s.o)
	ctx := t.Context()
	_, secret, err := s.people.Invite(ctx, people.Invitation{Network: "home", Role: "guest"})
	if err != nil {
		t.Fatal(err)
	}
	e, _, err := s.people.Accept(ctx, secret, people.Newcomer{Name: "canaryname", WayIn: people.WayIn{Password: "a long enough phrase"}}, people.Browser{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Tidy(ctx); err != nil {
		t.Fatal(err)
	}
	act := func(change func(*http.Request)) int {
		r := httptest.NewRequest(http.MethodPost, "https://example.org/home/graphql", strings.NewReader(`{"query": "mutation { createPlan(plan: {name: \"canary May\"}, key: \"k\") { plan { id } } }"}`))
		r.Header.Set("Content-Type", "application/json")
		change(r)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Code
	}
	act(func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "__Host-commonweal-session", Value: e.Secret}) })
	act(func(r *http.Request) { r.Header.Set("Authorization", "Bearer cw_canary") })
	text := log.String()
	for _, want := range []string{"rule=notAllowed account=" + e.Account + " session=" + e.ID, "rule=badToken address=192.0.2.1"} {
		if !strings.Contains(text, want) {
			t.Errorf("the log does not say %q", want)
		}
	}
	if strings.Contains(text, "canary") || strings.Contains(text, e.Secret) {
		t.Error("the log holds names or secrets")
	}
	if t.Failed() {
		t.Log(text)
	}
}
