package web

import (
	"crypto/subtle"
	"fmt"
	"net"
	"net/http"
	"strings"
)

// health says that the process answers.
func (s *Site) health(w http.ResponseWriter, _ *http.Request) {
	plain(w, http.StatusOK, "ok")
}

// ready says whether acts can be taken, and people can sign in.
func (s *Site) ready(w http.ResponseWriter, r *http.Request) {
	if s.stopping.Load() {
		plain(w, http.StatusServiceUnavailable, "stopping")
		return
	}
	for _, n := range s.o.Host.Networks() {
		if err := n.Ready(r.Context()); err != nil {
			s.o.Log.Error("not ready", "network", n.Name, "reason", err)
			plain(w, http.StatusServiceUnavailable, "the books of "+n.Name+" take no acts; the log says why")
			return
		}
	}
	if s.o.People != nil {
		if err := s.o.People.Ready(r.Context()); err != nil {
			s.o.Log.Error("not ready", "accounts", "take no writes", "reason", err)
			plain(w, http.StatusServiceUnavailable, "the accounts take no writes, so nobody can sign in; the log says why")
			return
		}
	}
	text := "ready"
	for _, l := range s.o.Host.Lacking() {
		text += fmt.Sprintf("\nnot served here: %s, which another server began; its key belongs in %s of the data folder, and the log says more", l.Name, l.File)
	}
	plain(w, http.StatusOK, text)
}

// figures gives the figures to who asks from this machine, not through a proxy, or
// has the token.
func (s *Site) figures(w http.ResponseWriter, r *http.Request) {
	if !s.local(r) && !s.hasToken(r) {
		plain(w, http.StatusForbidden, "Figures are given on this machine, or to who has the token of --metrics-token.")
		return
	}
	s.metrics.handler.ServeHTTP(w, r)
}

func (s *Site) local(r *http.Request) bool {
	ip := net.ParseIP(connected(r))
	return ip != nil && ip.IsLoopback() && r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("Forwarded") == ""
}

func (s *Site) hasToken(r *http.Request) bool {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return ok && s.o.MetricsToken != "" && subtle.ConstantTimeCompare([]byte(token), []byte(s.o.MetricsToken)) == 1
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, text) //nolint:gosec // as plain text, with nosniff, it is no page
}
