package entrance

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/websocket"

	"commonweal/people"
	"commonweal/vf"
)

// chromium is a real browser, driven by its own protocol.
type chromium struct {
	t       *testing.T
	ws      *websocket.Conn
	id      int
	session string
	faults  []string // what pages complained of
}

// message is one of the Chrome DevTools Protocol.
type message struct {
	ID        int             `json:"id,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    any             `json:"params,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     json.RawMessage `json:"error,omitempty"`
}

func startChromium(t *testing.T) *chromium {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is not there; make deps installs it")
	}
	dir, err := os.MkdirTemp("", "chromium-") //nolint:usetesting // its processes may write a moment longer than t.TempDir waits
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, path, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
		"--remote-debugging-port=0", "--remote-allow-origins=*", "--user-data-dir="+dir, "about:blank")
	cmd.Env = append(os.Environ(), "HOME="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = cmd.Wait() })
	var port, address string
	for end := time.Now().Add(time.Minute); address == ""; time.Sleep(20 * time.Millisecond) {
		raw, _ := os.ReadFile(filepath.Join(dir, "DevToolsActivePort"))
		port, address, _ = strings.Cut(strings.TrimSpace(string(raw)), "\n")
		if time.Now().After(end) {
			t.Fatal("chromium does not start")
		}
	}
	ws, err := websocket.Dial("ws://127.0.0.1:"+port+address, "", "http://localhost")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ws.Close() })
	c := &chromium{t: t, ws: ws}
	target := c.do("Target.createTarget", map[string]any{"url": "about:blank"})
	attached := c.do("Target.attachToTarget", map[string]any{"targetId": target["targetId"], "flatten": true})
	c.session = attached["sessionId"].(string)
	for _, domain := range []string{"Page", "Runtime", "Log", "DOM", "WebAuthn"} {
		c.do(domain+".enable", nil)
	}
	c.do("WebAuthn.addVirtualAuthenticator", map[string]any{"options": map[string]any{"protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal",
		"hasResidentKey": true, "hasUserVerification": true, "isUserVerified": true, "automaticPresenceSimulation": true}})
	return c
}

// do sends a command and waits for its answer; complaints on the way are kept.
func (c *chromium) do(method string, params any) map[string]any {
	c.t.Helper()
	c.id++
	if err := websocket.JSON.Send(c.ws, message{ID: c.id, Method: method, Params: params, SessionID: c.session}); err != nil {
		c.t.Fatal(err)
	}
	for {
		_ = c.ws.SetReadDeadline(time.Now().Add(time.Minute))
		var raw json.RawMessage
		if err := websocket.JSON.Receive(c.ws, &raw); err != nil {
			c.t.Fatal(method, err)
		}
		var m message
		if err := json.Unmarshal(raw, &m); err != nil {
			c.t.Fatal(err)
		}
		if m.Method == "Runtime.exceptionThrown" || m.Method == "Log.entryAdded" && !strings.Contains(string(raw), `"level":"info"`) {
			c.faults = append(c.faults, string(raw))
		}
		if m.ID != c.id {
			continue
		}
		if m.Error != nil {
			c.t.Fatal(method, string(m.Error))
		}
		var result map[string]any
		if err := json.Unmarshal(m.Result, &result); err != nil {
			c.t.Fatal(err)
		}
		return result
	}
}

// eval works out an expression in the page.
func (c *chromium) eval(expression string) any {
	c.t.Helper()
	result := c.do("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true})
	return result["result"].(map[string]any)["value"]
}

// until waits for an expression to be true.
func (c *chromium) until(expression string) {
	c.t.Helper()
	for end := time.Now().Add(time.Minute); c.eval(expression) != true; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatalf("it never became true that %s; the page is at %v and says:\n%v", expression, c.eval("location.href"), c.eval("document.body && document.body.innerText"))
		}
	}
}

func (c *chromium) open(address string) {
	c.t.Helper()
	c.do("Page.navigate", map[string]any{"url": address})
	u, _ := url.Parse(address)
	c.until(fmt.Sprintf("document.readyState === 'complete' && location.pathname === %q", u.Path))
}

// find focuses the first element of a selector.
func (c *chromium) focus(selector string) {
	c.t.Helper()
	root := c.do("DOM.getDocument", nil)["root"].(map[string]any)["nodeId"]
	node := c.do("DOM.querySelector", map[string]any{"nodeId": root, "selector": selector})["nodeId"]
	c.do("DOM.focus", map[string]any{"nodeId": node})
}

func (c *chromium) fill(selector, text string) {
	c.t.Helper()
	c.focus(selector)
	c.do("Input.insertText", map[string]any{"text": text})
}

// press focuses an element and presses a key, as people without a mouse do.
func (c *chromium) press(selector string) {
	c.t.Helper()
	c.focus(selector)
	for _, kind := range []string{"keyDown", "keyUp"} {
		c.do("Input.dispatchKeyEvent", map[string]any{"type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"})
	}
}

// picture looks at the page on a phone of 360 pixels, in light and dark: nothing
// sticks out. Where COMMONWEAL_PICTURES names a folder, the pictures are kept there.
func (c *chromium) picture(name string) {
	c.t.Helper()
	c.do("Emulation.setDeviceMetricsOverride", map[string]any{"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": true})
	for _, scheme := range []string{"light", "dark"} {
		c.do("Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]any{"name": "prefers-color-scheme", "value": scheme}}})
		if wide := c.eval("document.documentElement.scrollWidth"); wide.(float64) > 360 {
			c.t.Errorf("%s is %v pixels wide", name, wide)
		}
		if small := c.eval(`[...document.querySelectorAll("button,input:not([type=hidden]):not([type=checkbox]),select,summary")].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 24).map(e => e.outerHTML).join()`); small != "" {
			c.t.Errorf("%s has targets that are too small to hit: %v", name, small)
		}
		dir := os.Getenv("COMMONWEAL_PICTURES")
		if dir == "" {
			continue
		}
		shot := c.do("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true})
		raw, err := base64.StdEncoding.DecodeString(shot["data"].(string))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name+"-"+scheme+".png"), raw, 0o644)
		}
		if err != nil {
			c.t.Error(err)
		}
	}
}

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
	mux.HandleFunc("/favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })

	c := startChromium(t)
	c.open(address + "/signup?invitation=" + h.invite(people.Invitation{Agent: "agent/ada", Role: "member"}))
	c.picture("signup")
	c.fill("#name", "ada")
	c.press("button[data-begin]")
	c.until("location.pathname === '/account' && document.readyState === 'complete'")
	c.picture("account")
	if who := c.eval("document.querySelector('nav').innerText"); !strings.Contains(fmt.Sprint(who), "ada") {
		t.Errorf("signed in as %v", who)
	}
	if seen := c.eval("document.cookie"); seen != "" {
		t.Errorf("scripts see the cookies %v", seen)
	}
	c.press("#codes ~ form button")
	c.until("location.pathname === '/account/codes' && document.readyState === 'complete'")
	c.picture("codes")
	c.open(address + "/account")
	c.fill("#password", phrase)
	c.press("form[action='/account/password'] button")
	c.until("document.readyState === 'complete' && !!document.querySelector('#current')")
	c.press("form[action='/signout'] button")
	c.until("location.pathname === '/signin' && document.readyState === 'complete'")
	c.press("button[data-begin]")
	c.until("document.title === 'in'")
	c.open(address + "/account")
	c.press("form[action='/signout'] button")
	c.until("location.pathname === '/signin' && document.readyState === 'complete'")
	if len(c.faults) > 0 {
		t.Errorf("the pages complained: %v", c.faults)
	}

	c.do("Emulation.setScriptExecutionDisabled", map[string]any{"value": true})
	c.open(address + "/signin")
	c.fill("#name", "ada")
	c.fill("#password", other)
	c.press("form[action='/signin'] button")
	c.until("!!document.querySelector('[role=alert]:not([hidden])')")
	c.picture("refused")
	c.fill("#password", phrase)
	c.press("form[action='/signin'] button")
	c.until("document.title === 'in'")
}
