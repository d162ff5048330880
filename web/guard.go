package web

import (
	"cmp"
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"commonweal/web/linked"
)

// policy is what pages may load: what this server gives them, and nothing inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guarded puts before a handler what every request goes through.
func (s *Site) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()[:12]
		begin := time.Now()
		seen := &answer{ResponseWriter: w, session: s.entrance != nil && s.entrance.Brings(r), asks: r}
		defer func() {
			if reason := recover(); reason != nil {
				if err, ok := reason.(error); ok && errors.Is(err, http.ErrAbortHandler) { // a stream that is cut on purpose
					panic(reason)
				}
				s.o.Log.Error("a handler failed", "request", id, "reason", reason, "stack", string(debug.Stack()))
				if seen.status == 0 {
					http.Error(seen, "Something went wrong here; nothing half done was kept. If it happens again, tell who runs this server: "+id, http.StatusInternalServerError)
				}
			}
			s.told(r, seen, id, time.Since(begin))
		}()
		head := seen.Header()
		head.Set("X-Request-ID", id)
		s.secure(head, r)
		if !slices.Contains(methods, r.Method) {
			head.Set("Allow", strings.Join(methods, ", "))
			http.Error(seen, "Nothing here takes this method.", http.StatusMethodNotAllowed)
			return
		}
		if wait := s.rates.take(s.address(r), begin); wait > 0 {
			head.Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
			http.Error(seen, "Too many requests from this address; try again in a moment.", http.StatusTooManyRequests)
			return
		}
		if !linked.Takes(r) { // which bounds the body itself, when it knows who sends it
			r.Body = http.MaxBytesReader(seen, r.Body, s.o.MaxBody)
		}
		next.ServeHTTP(seen, r)
	})
}

// methods are all that any route takes; PUT and DELETE are those of live updates that
// share a connection. The others, TRACE and CONNECT among them, end here.
var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete}

// secure sets the headers of every answer; a handler may say some otherwise. Where
// the site is reached by https, also through a proxy, browsers stay there.
func (s *Site) secure(head http.Header, r *http.Request) {
	head.Set("Content-Security-Policy", policy)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Referrer-Policy", "same-origin")
	head.Set("Cross-Origin-Opener-Policy", "same-origin")
	head.Set("Cross-Origin-Resource-Policy", "same-origin")
	head.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
	head.Set("Cache-Control", "no-store")
	if r.TLS != nil || strings.HasPrefix(s.o.Address, "https://") {
		head.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// told logs and measures a request. What stands behind the path is not logged: it
// may be a secret.
func (s *Site) told(r *http.Request, seen *answer, id string, took time.Duration) {
	status := cmp.Or(seen.status, http.StatusOK)
	route := cmp.Or(r.Pattern, "none")
	s.metrics.request(route, status, took)
	level := slog.LevelInfo
	switch {
	case status >= 500:
		level = slog.LevelError
	case strings.HasSuffix(route, "z") || strings.HasSuffix(route, "/metrics"): // asked for all the time
		level = slog.LevelDebug
	}
	s.o.Log.Log(r.Context(), level, "request", "request", id, "method", r.Method, "route", route, "status", status, "bytes", seen.bytes, "took", took, "address", s.address(r))
}

// address is where a request comes from: what the proxy before the server says, where
// there is one, else the other end of the connection.
func (s *Site) address(r *http.Request) string {
	if s.o.Proxied {
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if last := strings.TrimSpace(hops[len(hops)-1]); net.ParseIP(last) != nil { // what stands before it anybody can have written
			return last
		}
	}
	return connected(r)
}

// connected is the other end of the connection, without the port.
func connected(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// answer notes what is answered.
type answer struct {
	http.ResponseWriter
	session bool          // whoever asks brings a session, which a page offers to end
	asks    *http.Request // what is answered
	status  int
	bytes   int64
}

// WriteHeader notes the status.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write notes how much is written.
func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err
}

// Unwrap gives http.ResponseController what is below.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
