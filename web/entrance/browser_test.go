package entrance

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"commonweal/people"
	"commonweal/vf"
	"commonweal/web/browsertest"
)

// TestInABrowser comes in with a real browser: by a passkey it makes itself, and,
// with JavaScript turned off, by a password.
func TestInABrowser(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	address := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	p, err := people.Open(ctx, people.Source{File: filepath.Join(t.TempDir(), "people.sqlite")}, people.Options{
		Site: people.Site{ID: "localhost", Name: "Weal", Origins: []string{address}}, Hashing: people.Hashing{Memory: 64, Passes: 1, Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	h := &house{t: t, p: p, networks: &networks{joined: map[vf.ID]people.Invitation{}}}
	h.Entrance = New(Options{People: p, Joiner: h.networks, Rights: h.networks, Address: address, Kinds: []string{"need", "work"}, Verbs: []string{"commit", "record"}})
	for _, path := range Paths() {
		mux.Handle(path, h.Handler())
	}
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<!doctype html><title>in</title><p>you are in"))
	})
	mux.HandleFunc("/farms/", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<!doctype html><title>farms</title><p>your network"))
	})
	mux.HandleFunc("/favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })

	c := browsertest.Start(t)
	c.Open(address + "/signup?invitation=" + h.invite(people.Invitation{Agent: "agent/ada", Role: "member"}))
	c.Picture("signup")
	c.Fill("#name", "ada")
	c.Press("button[data-begin]")
	c.Until("location.pathname === '/farms/' && document.readyState === 'complete'")
	c.Open(address + "/account")
	c.Picture("account")
	if who := c.Eval("document.querySelector('nav').innerText"); !strings.Contains(fmt.Sprint(who), "ada") {
		t.Errorf("signed in as %v", who)
	}
	if seen := c.Eval("document.cookie"); seen != "" {
		t.Errorf("scripts see the cookies %v", seen)
	}
	c.Press("#codes ~ form button")
	c.Until("location.pathname === '/account/codes' && document.readyState === 'complete'")
	c.Picture("codes")
	c.Open(address + "/account")
	c.Fill("#password", phrase)
	c.Press("form[action='/account/password'] button")
	c.Until("document.readyState === 'complete' && !!document.querySelector('#current')")
	c.Press("form[action='/signout'] button")
	c.Until("location.pathname === '/signin' && document.readyState === 'complete'")
	c.Press("button[data-begin]")
	c.Until("document.title === 'in'")
	c.Open(address + "/account")
	c.Press("form[action='/signout'] button")
	c.Until("location.pathname === '/signin' && document.readyState === 'complete'")
	if len(c.Faults) > 0 {
		t.Errorf("the pages complained: %v", c.Faults)
	}

	c.Do("Emulation.setScriptExecutionDisabled", map[string]any{"value": true})
	c.Open(address + "/signin")
	c.Fill("#name", "ada")
	c.Fill("#password", other)
	c.Press("form[action='/signin'] button")
	c.Until("!!document.querySelector('[role=alert]:not([hidden])')")
	c.Picture("refused")
	c.Fill("#password", phrase)
	c.Press("form[action='/signin'] button")
	c.Until("document.title === 'in'")
}
