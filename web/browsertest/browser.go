package browsertest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/websocket"
)

// Browser is a real browser, driven by its own protocol.
type Browser struct {
	Faults []string // what pages complained of
	Asked  []string // the addresses that pages asked for

	t       testing.TB
	ws      *websocket.Conn
	id      int
	session string
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

// Start starts a browser, which ends with the test. It has a key of its own for
// passkeys, which says yes to everything.
func Start(t testing.TB) *Browser {
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
	c := &Browser{t: t, ws: ws}
	target := c.Do("Target.createTarget", map[string]any{"url": "about:blank"})
	attached := c.Do("Target.attachToTarget", map[string]any{"targetId": target["targetId"], "flatten": true})
	c.session = attached["sessionId"].(string)
	for _, domain := range []string{"Page", "Runtime", "Log", "DOM", "Network", "WebAuthn"} {
		c.Do(domain+".enable", nil)
	}
	c.Do("WebAuthn.addVirtualAuthenticator", map[string]any{"options": map[string]any{"protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal",
		"hasResidentKey": true, "hasUserVerification": true, "isUserVerified": true, "automaticPresenceSimulation": true}})
	return c
}

// Do sends a command and waits for its answer; complaints on the way are kept.
func (c *Browser) Do(method string, params any) map[string]any {
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
			c.Faults = append(c.Faults, string(raw))
		}
		if m.Method == "Network.requestWillBeSent" {
			var p struct {
				Params struct {
					Request struct {
						URL string `json:"url"`
					} `json:"request"`
				} `json:"params"`
			}
			if json.Unmarshal(raw, &p) == nil {
				c.Asked = append(c.Asked, p.Params.Request.URL)
			}
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

// Eval works out an expression in the page.
func (c *Browser) Eval(expression string) any {
	c.t.Helper()
	result := c.Do("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true})
	if failed, ok := result["exceptionDetails"]; ok {
		return fmt.Sprint(failed)
	}
	return result["result"].(map[string]any)["value"]
}

// Until waits for an expression to be true.
func (c *Browser) Until(expression string) {
	c.t.Helper()
	for end := time.Now().Add(time.Minute); c.Eval(expression) != true; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatalf("it never became true that %s; the page is at %v and says:\n%v", expression, c.Eval("location.href"), c.Eval("document.body && document.body.innerText"))
		}
	}
}

// Open goes to an address, and waits for its page.
func (c *Browser) Open(address string) {
	c.t.Helper()
	c.Do("Page.navigate", map[string]any{"url": address})
	u, _ := url.Parse(address)
	c.Until(fmt.Sprintf("document.readyState === 'complete' && location.pathname === %q", u.Path))
}

// Focus focuses the first element of a selector.
func (c *Browser) Focus(selector string) {
	c.t.Helper()
	root := c.Do("DOM.getDocument", nil)["root"].(map[string]any)["nodeId"]
	node := c.Do("DOM.querySelector", map[string]any{"nodeId": root, "selector": selector})["nodeId"]
	c.Do("DOM.focus", map[string]any{"nodeId": node})
}

// Fill types a text into the first element of a selector.
func (c *Browser) Fill(selector, text string) {
	c.t.Helper()
	c.Focus(selector)
	c.Do("Input.insertText", map[string]any{"text": text})
}

// Press focuses an element and presses a key, as people without a mouse do.
func (c *Browser) Press(selector string) {
	c.t.Helper()
	c.Focus(selector)
	for _, kind := range []string{"keyDown", "keyUp"} {
		c.Do("Input.dispatchKeyEvent", map[string]any{"type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"})
	}
}

// Come gives the browser a cookie, as a server that it came in at would.
func (c *Browser) Come(address, name, value string) {
	c.t.Helper()
	c.Do("Network.setCookie", map[string]any{"url": address, "name": name, "value": value, "httpOnly": true, "sameSite": "Lax"})
}

// looks are the sizes at which pages are looked at: a small phone, and a screen.
var looks = []struct {
	name   string
	width  int
	height int
	scale  int
}{{"phone", 360, 740, 2}, {"screen", 1280, 900, 1}}

// judged are what must not be on a page, with what is told of it.
var judged = []struct{ what, find string }{
	{"targets that are too small to hit", `[...document.querySelectorAll("button,input:not([type=hidden]):not([type=checkbox]),select,textarea,summary")].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 24)`},
	{"fields without a label", `[...document.querySelectorAll("input:not([type=hidden]),select,textarea")].filter(e => e.checkVisibility() && !(e.labels && e.labels.length) && !e.ariaLabel)`},
	{"buttons and links without a name", `[...document.querySelectorAll("button,a[href]")].filter(e => e.checkVisibility() && !e.innerText.trim() && !e.ariaLabel)`},
	{"ids that are there twice", `[...document.querySelectorAll("[id]")].filter(e => document.querySelectorAll("#" + CSS.escape(e.id)).length > 1)`},
	{"headings that skip a level", `[...document.querySelectorAll("h1,h2,h3,h4")].filter((e, i, all) => i > 0 && e.tagName[1] - all[i-1].tagName[1] > 1)`},
}

// Picture looks at the page on a phone of 360 pixels and on a screen, in light and
// dark: nothing sticks out, and everything can be hit and has a name. Where
// COMMONWEAL_PICTURES names a folder, the pictures are kept there.
func (c *Browser) Picture(name string) {
	c.t.Helper()
	for _, look := range looks {
		c.Do("Emulation.setDeviceMetricsOverride", map[string]any{"width": look.width, "height": look.height, "deviceScaleFactor": look.scale, "mobile": look.width < 500})
		if wide := c.Eval("document.documentElement.scrollWidth"); wide.(float64) > float64(look.width) {
			c.t.Errorf("%s is %v pixels wide on a %s of %d", name, wide, look.name, look.width)
		}
		for _, j := range judged {
			if found := c.Eval(j.find + `.map(e => e.outerHTML.slice(0, 200)).join("\n")`); found != "" {
				c.t.Errorf("%s on a %s has %s: %v", name, look.name, j.what, found)
			}
		}
		if dir := os.Getenv("COMMONWEAL_PICTURES"); dir != "" {
			for _, scheme := range []string{"light", "dark"} {
				c.keep(filepath.Join(dir, name+"-"+look.name+"-"+scheme+".png"), scheme)
			}
		}
	}
}

// keep keeps a picture of the whole page.
func (c *Browser) keep(path, scheme string) {
	c.t.Helper()
	c.Do("Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]any{"name": "prefers-color-scheme", "value": scheme}}})
	size := c.Eval("[document.documentElement.scrollWidth, Math.min(document.documentElement.scrollHeight, 6000)]").([]any)
	shot := c.Do("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true, "clip": map[string]any{"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1}})
	raw, err := base64.StdEncoding.DecodeString(shot["data"].(string))
	if err == nil {
		err = os.WriteFile(path, raw, 0o600)
	}
	if err != nil {
		c.t.Error(err)
	}
}
