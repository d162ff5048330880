package web

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"commonweal/node"
	"commonweal/vf"
	"commonweal/web/browsertest"
)

// signedBy says of the last entry who signed it, as GraphQL tells ann.
func (x seen) signedBy(t *testing.T) (kind string, author bool, device string) {
	t.Helper()
	var said struct {
		Data struct {
			JournalEntries struct {
				Nodes []struct {
					Kind           string `json:"kind"`
					SignedByAuthor bool   `json:"signedByAuthor"`
					DeviceKey      *struct {
						Note string `json:"note"`
					} `json:"deviceKey"`
				} `json:"nodes"`
			} `json:"journalEntries"`
		} `json:"data"`
	}
	raw := x.ask(t, `{ journalEntries(last: 1) { nodes { kind signedByAuthor authorKey deviceKey { note } } } }`)
	if err := json.Unmarshal(raw, &said); err != nil || len(said.Data.JournalEntries.Nodes) != 1 {
		t.Fatalf("%v %s", err, raw)
	}
	e := said.Data.JournalEntries.Nodes[0]
	if e.DeviceKey != nil {
		device = e.DeviceKey.Note
	}
	return e.Kind, e.SignedByAuthor, device
}

// ask asks the door of GraphQL as ann.
func (x seen) ask(t *testing.T, query string) []byte {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/home/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.AddCookie(&http.Cookie{Name: "commonweal-session", Value: x.secret})
	w := httptest.NewRecorder()
	x.ServeHTTP(w, r)
	return w.Body.Bytes()
}

// saysIt waits for what the page tells.
func saysIt(c *browsertest.Browser, text string) {
	c.Until("(e => !e.hidden && e.textContent.includes('" + text + "'))(document.getElementById('said'))")
}

// TestAMemberSignsInTheBrowser makes a key in a browser, signs with it what the member
// is called and an act of their own, and looks into the journal; what is tampered with
// is refused, and the browser forgets a key that was withdrawn.
func TestAMemberSignsInTheBrowser(t *testing.T) {
	t.Parallel()
	x := reachable(t)
	c := x.signedInAt(t)
	c.Open(x.at + "/home/sign")
	c.Until("!document.getElementById('make').hidden")
	c.Picture("sign-without-key")
	c.Press("#make button")
	c.Until("!!document.querySelector('[data-here]:not([hidden])') && document.getElementById('make').hidden")
	c.Picture("sign-with-key")
	if kind, author, _ := x.signedBy(t); kind != "declare" || author {
		t.Errorf("the key was entered by %s, signed by its author: %v", kind, author)
	}

	c.Fill("#name", "Ann of the mill")
	c.Press("#called button")
	saysIt(c, "signed by this browser")
	c.Until("document.querySelector('[data-used]').textContent === 'used just now'")
	if kind, author, device := x.signedBy(t); kind != "change" || !author || device != "Chrome on Linux" {
		t.Errorf("the last entry is %s, signed by its author: %v, with %s", kind, author, device)
	}
	if a, err := x.network.Record(x.seat.Agent); err != nil || !strings.Contains(a.(*vf.Agent).Name, "Ann of the mill") {
		t.Errorf("%+v %v", a, err)
	}
	c.Open(x.at + "/home/" + string(x.seat.Agent) + "?history")
	c.Until("document.body.innerText.includes('signed by its author')")
	c.Picture("history")

	c.Open(x.at + "/home/sign")
	c.Until("!document.getElementById('act').closest('section').hidden")
	c.Until("document.querySelector('[data-used]').textContent.startsWith('last used ')")
	c.Eval("document.querySelector('#act').closest('details').open = true; document.querySelector('#act textarea').value = ''")
	c.Fill("#act-text", `{"kind": "finish", "of": ["need/bread"]}`)
	c.Press("#act button")
	saysIt(c, "signed by this browser")
	c.Picture("sign-any-act")
	x.tampered(t, c)
	report, err := x.network.Verify(context.Background())
	if err != nil || !report.Sound() || report.Authors != 2 {
		t.Errorf("%+v %v", report, err)
	}
	if len(c.Faults) > 0 {
		t.Errorf("the pages complained: %v", c.Faults)
	}

	c.Open(x.at + "/home/sign")
	c.Press("form[action='/home/sign/end'] button")
	c.Until("document.readyState === 'complete' && !document.querySelector('[data-key]') && !document.getElementById('make').hidden")
	if left := c.Eval("import('/static/sign.js').then(m => m.kept(document.getElementById('sign').dataset.network, document.getElementById('sign').dataset.agent)).then(l => l.length)"); left != 0.0 {
		t.Errorf("the browser keeps %v keys that were withdrawn", left)
	}
}

// tampered has the browser sign one thing and send another.
func (x seen) tampered(t *testing.T, c *browsertest.Browser) {
	t.Helper()
	size := x.network.Journal().Size()
	got := c.Eval(`(async () => {
		const m = await import("/static/sign.js");
		const { door, network, agent } = document.getElementById("sign").dataset;
		const key = (await m.kept(network, agent))[0];
		const codes = [];
		const attempt = async (change) => {
			const act = { kind: "declare", key: crypto.randomUUID(), records: [{ resourceSpecification: { id: "spec/" + codes.length, name: "Rye" } }] };
			const p = await m.prepare(door, act);
			const signed = { ...act, at: p.at, salt: p.salt, proof: await m.sign(key, p.bytes) };
			change(signed);
			codes.push(await m.enter(door, signed).then(() => "entered", (e) => e.code));
		};
		await attempt((a) => { a.records[0].resourceSpecification.name = "Gold"; });
		await attempt((a) => { a.proof.signature = btoa("x".repeat(64)); });
		await attempt((a) => { a.at = "2026-01-01T00:00:00Z"; });
		await attempt((a) => { a.salt = btoa("x"); });
		await attempt((a) => { a.proof.publicKey = "ed25519:" + btoa("x".repeat(32)); });
		codes.push(await m.send(door, { ...key, network: "https://other.example/" }, { kind: "declare", records: [{ resourceSpecification: { name: "Rye" } }] })
			.then(() => "entered", (e) => e.message.includes("nothing was signed")));
		let raw = "no";
		try { await crypto.subtle.exportKey("pkcs8", key.privateKey); raw = "yes"; } catch { /* as it should be */ }
		return codes.join() + ";" + raw;
	})()`)
	if got != "badProof,badProof,badProof,badValue,badProof,true;no" {
		t.Errorf("what was tampered with was answered with %v", got)
	}
	if now := x.network.Journal().Size(); now != size {
		t.Errorf("%d entries came of what was tampered with", now-size)
	}
}

// TestThePageSignsWithoutScripts has the server sign for who has no key or no script,
// and shows strangers nothing.
func TestThePageSignsWithoutScripts(t *testing.T) {
	t.Parallel()
	site, _, seat, cookie := inhabited(t)
	post := func(path string, form url.Values, change ...func(*http.Request)) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		for _, f := range change {
			f(r)
		}
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		return w
	}
	as := func(r *http.Request) { r.AddCookie(cookie) }
	if w := get(site, "/home/sign"); w.Code != http.StatusUnauthorized {
		t.Errorf("a stranger gets %d", w.Code)
	}
	if w := get(site, "/home/sign", func(r *http.Request) { r.Header.Set("Accept", "text/html") }); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/signin?then=") {
		t.Errorf("a stranger with a browser gets %d", w.Code)
	}
	name := url.Values{"name": {"Ann"}, "note": {"bakes\r\non Fridays"}}
	if w := post("/home/sign/name", name); w.Code != http.StatusUnauthorized {
		t.Errorf("a stranger says what somebody is called: %d", w.Code)
	}
	if w := post("/home/sign/name", name, as, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }); w.Code != http.StatusUnauthorized {
		t.Errorf("a page of another site says what somebody is called: %d", w.Code)
	}
	if w := post("/home/sign/name", name, as); w.Code != http.StatusSeeOther {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	n := site.o.Host.Network("home")
	if a, err := n.Seat(node.Actor{Agent: seat.Agent}).Record(seat.Agent); err != nil || a.(*vf.Agent).Name != "Ann" || a.(*vf.Agent).Note != "bakes\non Fridays" {
		t.Errorf("%+v %v", a, err)
	}
	name.Set("seen", "0")
	if w := post("/home/sign/name", name, as); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `role="alert"`) {
		t.Errorf("over what somebody else changed: %d %s", w.Code, w.Body)
	}
	if w := post("/home/sign/end", url.Values{"id": {"key/none"}}, as); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "key/none") {
		t.Errorf("a key that is not there: %d %s", w.Code, w.Body)
	}
}
