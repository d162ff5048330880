package web

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"commonweal/host"
)

func hosted(t *testing.T) *host.Host {
	t.Helper()
	h, err := host.Open(context.Background(), host.Options{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	if _, err := h.Begin(context.Background(), "home", "https://example.org/home/"); err != nil {
		t.Fatal(err)
	}
	return h
}

func get(s *Site, path string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for _, f := range change {
		f(r)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	s := New(Options{Host: hosted(t)})
	for _, path := range []string{"/", "/healthz", "/nowhere", "/static/site.css", "/metrics", "/home/", "/home/none/1", "/home/needs.csv", "/ns", "/context", "/schema/Intent"} {
		head := get(s, path).Header()
		csp := head.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s has the policy %q", path, csp)
		}
		if head.Get("X-Content-Type-Options") != "nosniff" || head.Get("X-Request-ID") == "" {
			t.Errorf("%s has the headers %v", path, head)
		}
	}
}

func TestAFailureTellsStrangersNothing(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := New(Options{Host: hosted(t), Log: slog.New(slog.NewTextHandler(&log, nil))})
	s.mux.HandleFunc("GET /fails", func(http.ResponseWriter, *http.Request) { panic("the secret reason") })
	w := get(s, "/fails?token=hidden")
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	if !strings.Contains(w.Body.String(), w.Header().Get("X-Request-ID")) {
		t.Error("the answer does not say under which id the log tells more")
	}
	if text := log.String(); !strings.Contains(text, "the secret reason") || strings.Contains(text, "hidden") {
		t.Errorf("the log says %s", text)
	}
}

func TestOneAddressCannotAskWithoutEnd(t *testing.T) {
	t.Parallel()
	s := New(Options{Host: hosted(t), Rate: 5})
	from := func(ip string) func(*http.Request) {
		return func(r *http.Request) { r.RemoteAddr = ip + ":1234" }
	}
	refused := 0
	for range 60 {
		if w := get(s, "/healthz", from("198.51.100.1")); w.Code == http.StatusTooManyRequests {
			refused++
			if w.Header().Get("Retry-After") == "" {
				t.Fatal("refused without saying when to try again")
			}
		}
	}
	if refused < 30 {
		t.Errorf("%d of 60 were refused, with a burst of 20", refused)
	}
	if w := get(s, "/healthz", from("198.51.100.2")); w.Code != http.StatusOK {
		t.Errorf("another address got %d", w.Code)
	}
}

// Who asks too much is soon answered at the door, and not for long after the last time.
func TestAskingTooMuchCountsMore(t *testing.T) {
	t.Parallel()
	s := New(Options{Host: hosted(t), Rate: 5})
	var got []int
	for range 4 {
		r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(`{"query":"`+strings.Repeat("{agents", 100)+strings.Repeat("}", 100)+`"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "application/graphql-response+json")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		got = append(got, w.Code)
	}
	if want := []int{400, 400, 429, 429}; !slices.Equal(got, want) {
		t.Errorf("with 5 a second and a burst of 20 they are answered %v; want %v", got, want)
	}
	list, now := newRates(100), time.Unix(1_795_689_000, 0)
	for range 1000 {
		list.refused("a", now)
	}
	if list.take("a", now) == 0 {
		t.Error("who asked too much a thousand times may go on at once")
	}
	if list.take("a", now.Add(1100*time.Millisecond)) > 0 {
		t.Error("who asked too much a thousand times waits for more than a second")
	}
	if list.take("b", now) > 0 {
		t.Error("another address waits")
	}
}

func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	s := New(Options{Host: hosted(t), MaxBody: 100})
	var got error
	s.mux.HandleFunc("POST /reads", func(w http.ResponseWriter, r *http.Request) {
		_, got = io.ReadAll(r.Body)
	})
	r := httptest.NewRequest(http.MethodPost, "/reads", strings.NewReader(strings.Repeat("x", 101)))
	s.ServeHTTP(httptest.NewRecorder(), r)
	if got == nil {
		t.Error("101 bytes were read, with a limit of 100")
	}
}

// TestStrangersBodiesAreNotRead: a network takes large files, but of nobody who has
// not signed in.
func TestStrangersBodiesAreNotRead(t *testing.T) {
	t.Parallel()
	s := New(Options{Host: hosted(t)})
	body := strings.NewReader(`{"@graph": []}`)
	r := httptest.NewRequest(http.MethodPost, "/home/network", body)
	r.Header.Set("Content-Type", "application/ld+json")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusUnauthorized || body.Len() != int(body.Size()) {
		t.Errorf("%d, and %d of %d bytes are left", w.Code, body.Len(), body.Size())
	}
}

func TestFiguresAreNotForEverybody(t *testing.T) {
	t.Parallel()
	s := New(Options{Host: hosted(t), MetricsToken: "figures"})
	here := func(r *http.Request) { r.RemoteAddr = "127.0.0.1:1" }
	proxied := func(r *http.Request) { r.Header.Set("X-Forwarded-For", "127.0.0.1") }
	for _, c := range []struct {
		what   string
		change []func(*http.Request)
		want   int
	}{
		{"from elsewhere", nil, http.StatusForbidden},
		{"from here", []func(*http.Request){here}, http.StatusOK},
		{"through a proxy here", []func(*http.Request){here, proxied}, http.StatusForbidden},
		{"with the token", []func(*http.Request){func(r *http.Request) { r.Header.Set("Authorization", "Bearer figures") }}, http.StatusOK},
		{"with another token", []func(*http.Request){func(r *http.Request) { r.Header.Set("Authorization", "Bearer figure") }}, http.StatusForbidden},
	} {
		if w := get(s, "/metrics", c.change...); w.Code != c.want {
			t.Errorf("%s: %d, want %d", c.what, w.Code, c.want)
		}
	}
}

// serving serves a site until the test ends, and returns its address and what
// ends it.
func serving(t *testing.T, s *Site, how Listening) (at string, stop func() error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l, how) }()
	t.Cleanup(cancel)
	return "http://" + l.Addr().String(), func() error { cancel(); return <-done }
}

func TestStoppingFinishesWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	s := New(Options{Host: hosted(t)})
	begun, goOn := make(chan struct{}), make(chan struct{})
	s.mux.HandleFunc("GET /slow", func(w http.ResponseWriter, _ *http.Request) {
		close(begun)
		<-goOn
		_, _ = io.WriteString(w, "done")
	})
	s.mux.HandleFunc("GET /stream", func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	at, stop := serving(t, s, Listening{Grace: time.Minute})
	answers := make(chan string, 2)
	ask := func(path string) {
		a, err := http.Get(at + path)
		if err != nil {
			answers <- err.Error()
			return
		}
		defer a.Body.Close()
		b, _ := io.ReadAll(a.Body)
		answers <- path + string(b)
	}
	go ask("/slow")
	<-begun
	stream, err := http.Get(at + "/stream")
	if err != nil {
		t.Fatal(err)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	if _, err := io.ReadAll(stream.Body); err != nil { // the stream ends by itself
		t.Errorf("the stream ended with %v", err)
	}
	_ = stream.Body.Close()
	close(goOn)
	if got := <-answers; got != "/slowdone" {
		t.Errorf("what was under way answered %q", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if w := get(s, "/readyz"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("a stopping server is ready: %d", w.Code)
	}
}

func TestHTTP2WithoutTLS(t *testing.T) {
	t.Parallel()
	at, stop := serving(t, New(Options{Host: hosted(t)}), Listening{})
	p := new(http.Protocols)
	p.SetUnencryptedHTTP2(true)
	a, err := (&http.Client{Transport: &http.Transport{Protocols: p}}).Get(at + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	_ = a.Body.Close()
	if a.ProtoMajor != 2 {
		t.Errorf("HTTP/%d", a.ProtoMajor)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestHTTPS(t *testing.T) {
	t.Parallel()
	cert, key := certificate(t)
	at, stop := serving(t, New(Options{Host: hosted(t)}), Listening{Certificate: cert, Key: key})
	at = strings.Replace(at, "http:", "https:", 1)
	client := &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	a, err := client.Get(at + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	_ = a.Body.Close()
	if a.ProtoMajor != 2 || a.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("HTTP/%d with %v", a.ProtoMajor, a.Header)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestTheProxySaysWhoAsks(t *testing.T) {
	t.Parallel()
	h := hosted(t)
	for _, c := range []struct {
		proxied   bool
		forwarded []string
		want      string
	}{
		{false, []string{"198.51.100.7"}, "192.0.2.1"},
		{true, nil, "192.0.2.1"},
		{true, []string{"198.51.100.7"}, "198.51.100.7"},
		{true, []string{"203.0.113.9, 198.51.100.7"}, "198.51.100.7"},
		{true, []string{"203.0.113.9", "198.51.100.7"}, "198.51.100.7"},
		{true, []string{"no address"}, "192.0.2.1"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil) // from 192.0.2.1
		r.Header["X-Forwarded-For"] = c.forwarded
		if got := New(Options{Host: h, Proxied: c.proxied}).address(r); got != c.want {
			t.Errorf("%v %v: %s, want %s", c.proxied, c.forwarded, got, c.want)
		}
	}
}
