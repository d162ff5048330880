package entrance

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"commonweal/people"
)

// TestAServerWithoutPasswords shows no field for a password, and whoever comes in does
// by a passkey.
func TestAServerWithoutPasswords(t *testing.T) {
	t.Parallel()
	h := newHouse(t, people.Source{File: filepath.Join(t.TempDir(), "people.sqlite")}, func(o *people.Options) { o.PasskeysOnly = true })
	b := h.browser()
	fields := map[string]any{"invitation": h.invite(people.Invitation{Agent: "agent/kay"}), "name": "kay"}
	if status, said := b.ceremony("/signup/passkey", "/signup", fields); status != http.StatusOK {
		t.Fatalf("%d %v", status, said)
	}
	other := h.browser()
	for path, page := range map[string]answer{
		"/signin": other.get("/signin"), "/recover": other.get("/recover"), "/signup": other.get("/signup?invitation=" + h.invite(people.Invitation{})),
		"/account": b.get("/account"), "/account/confirm": b.get("/account/confirm"),
	} {
		if page.status != http.StatusOK || strings.Contains(page.body, `type="password"`) || !strings.Contains(page.body, "data-begin") {
			t.Errorf("%s: %d\n%s", path, page.status, page.body)
		}
	}
	other.expect(other.post("/signin", "name", "kay", "password", phrase), http.StatusUnprocessableEntity, "takes no passwords")
	b.expect(b.post("/account/password", "password", phrase), http.StatusUnprocessableEntity, "takes no passwords")
}

// TestOwnersAreAdvised: who may let others in and has no passkey is told to use one.
func TestOwnersAreAdvised(t *testing.T) {
	t.Parallel()
	h := onFile(t)
	olga, ada := h.joins("olga"), h.joins("ada")
	advice := text("account.advised")
	olga.expect(olga.get("/account"), http.StatusOK, advice)
	if strings.Contains(ada.get("/account").body, advice) {
		t.Error("a member is advised as owners are")
	}
	if status, said := olga.ceremony("/account/passkeys", "/account/passkeys/answer", nil); status != http.StatusOK {
		t.Fatalf("%d %v", status, said)
	}
	if strings.Contains(olga.get("/account").body, advice) {
		t.Error("an owner who has a passkey is advised to use one")
	}
}

// journey is how somebody comes to a session by a route, or to another secret for it.
type journey func(h *house, b *browser) answer

// begins are the routes that begin a session, renews those that give it a new secret,
// ends those that end it. No other sets its cookie.
var (
	begins = map[string]journey{
		"POST /signin": func(h *house, b *browser) answer {
			h.joins("ada")
			return b.post("/signin", "name", "ada", "password", phrase)
		},
		"POST /signin/answer": func(h *house, b *browser) answer {
			k := h.joins("kay")
			k.ceremony("/account/passkeys", "/account/passkeys/answer", nil)
			b.phone = k.phone
			return b.last(b.ceremony("/signin/passkey", "/signin/answer", nil))
		},
		"POST /signup": func(h *house, b *browser) answer {
			return b.post("/signup", "invitation", h.invite(people.Invitation{}), "name", "nina", "password", phrase)
		},
		"POST /recover": func(h *house, b *browser) answer {
			codes := regexp.MustCompile(`<code>([0-9A-Z-]{34})</code>`).FindStringSubmatch(h.joins("cora").post("/account/codes").body)
			return b.post("/recover", "name", "cora", "code", codes[1], "password", other)
		},
		"POST /recover/link": func(h *house, b *browser) answer {
			who, _ := h.joins("lena").who()
			link, _, err := h.p.IssueRecovery(ctx, who.Account, "agent/olga", "farms")
			if err != nil {
				h.t.Fatal(err)
			}
			return b.post("/recover/link", "link", link, "password", other)
		},
	}
	renews = map[string]journey{
		"POST /account/confirm": func(_ *house, b *browser) answer { return b.post("/account/confirm", "password", phrase) },
		"POST /account/confirm/answer": func(_ *house, b *browser) answer {
			b.ceremony("/account/passkeys", "/account/passkeys/answer", nil)
			return b.last(b.ceremony("/signin/passkey", "/account/confirm/answer", nil))
		},
		"POST /account/password": func(_ *house, b *browser) answer {
			return b.post("/account/password", "current", phrase, "password", other)
		},
		"POST /account/passkeys/answer": func(_ *house, b *browser) answer {
			return b.last(b.ceremony("/account/passkeys", "/account/passkeys/answer", nil))
		},
		"POST /signup/accept": func(h *house, b *browser) answer {
			return b.post("/signup/accept", "invitation", h.invite(people.Invitation{Network: "mill"}))
		},
	}
	ends = []string{"POST /signout", "POST /account/erase"}
)

// last is the answer to a ceremony, as far as the journeys look at it.
func (b *browser) last(status int, said map[string]any) answer {
	if status == http.StatusOK {
		status = http.StatusSeeOther
	}
	return answer{status: status, body: fmt.Sprint(said)}
}

// secret is the session's secret that a browser has, "" for none.
func (b *browser) secret() string {
	at, _ := url.Parse(site)
	for _, c := range b.jar.Cookies(at) {
		if c.Name == "__Host-"+sessionCookie {
			return c.Value
		}
	}
	return ""
}

// TestSessionsAreNeverFixed plants a session in somebody's browser before they come in,
// by every route that lets them in: an attacker's own, and one that nobody has. What
// they get is new, and what was planted opens nothing.
func TestSessionsAreNeverFixed(t *testing.T) {
	t.Parallel()
	at, _ := url.Parse(site)
	for pattern, come := range begins {
		for _, planted := range []string{"of the attacker", strings.Repeat("A", 43), "x"} {
			h := onFile(t)
			if planted == "of the attacker" {
				planted = h.joins("mallory").secret()
			}
			b := h.browser()
			b.jar.SetCookies(at, []*http.Cookie{{Name: "__Host-" + sessionCookie, Value: planted, Path: "/", Secure: true}})
			b.expect(come(h, b), http.StatusSeeOther, "")
			if got := b.secret(); got == planted || len(got) != 43 {
				t.Errorf("%s: the session has the secret %q, with %q planted", pattern, got, planted)
			}
			if who, err := b.who(); err != nil || !who.Known() || who.Name == "mallory" {
				t.Errorf("%s: who came in is %+v, %v", pattern, who, err)
			}
			if _, _, err := h.p.Session(ctx, planted); refusedBy(err) != "signedOut" {
				t.Errorf("%s: what was planted is %v", pattern, err)
			}
		}
	}
	for pattern, renew := range renews {
		h := onFile(t)
		b := h.joins("ada")
		before := b.secret()
		b.expect(renew(h, b), http.StatusSeeOther, "")
		if b.secret() == before {
			t.Errorf("%s: the secret is the one of before", pattern)
		}
		if _, _, err := h.p.Session(ctx, before); refusedBy(err) != "signedOut" {
			t.Errorf("%s: the secret of before is %v", pattern, err)
		}
	}
}

// TestNoOtherRouteTouchesSessions goes through the routes that neither begin, renew
// nor end a session: none sets its cookie.
func TestNoOtherRouteTouchesSessions(t *testing.T) {
	t.Parallel()
	h := onFile(t)
	b := h.joins("ada")
	for pattern := range routes {
		if begins[pattern] != nil || renews[pattern] != nil || slices.Contains(ends, pattern) {
			continue
		}
		method, path, _ := strings.Cut(pattern, " ")
		form := url.Values{"name": {"ada"}, "password": {phrase}, "network": {"farms"}, "label": {"x"}, "days": {"1"}, "readOnly": {"yes"}, "invitation": {h.invite(people.Invitation{Network: "mill"})}}
		if method == http.MethodGet {
			path += "?" + form.Encode()
		}
		a := b.ask(method, path, "application/x-www-form-urlencoded", form.Encode())
		for _, c := range a.header.Values("Set-Cookie") {
			if strings.Contains(c, sessionCookie) {
				t.Errorf("%s sets the cookie of the session: say above what it does with it", pattern)
			}
		}
	}
	if who, err := b.who(); err != nil || who.Name != "ada" {
		t.Errorf("after all these it is %+v, %v", who, err)
	}
}

// TestSecretsOfLinksLeaveTheAddress follows a link of either kind: the page that is
// shown has an address that opens nothing by itself.
func TestSecretsOfLinksLeaveTheAddress(t *testing.T) {
	t.Parallel()
	h := onFile(t)
	who, _ := h.joins("lena").who()
	link, _, err := h.p.IssueRecovery(ctx, who.Account, "agent/olga", "farms")
	if err != nil {
		t.Fatal(err)
	}
	for address, c := range map[string]struct{ field, secret, says string }{
		"/signup": {"invitation", h.invite(people.Invitation{}), "To the network farms"}, "/recover/link": {"link", link, "This link is for lena."},
	} {
		b := h.browser()
		a := b.ask(http.MethodGet, address+"?"+c.field+"="+c.secret, "", "")
		cookie := a.header.Get("Set-Cookie")
		if a.status != http.StatusSeeOther || a.header.Get("Location") != address || a.header.Get("Referrer-Policy") != "no-referrer" || strings.Contains(a.body, c.secret) {
			t.Errorf("%s: %d to %q with %v", address, a.status, a.header.Get("Location"), a.header)
		}
		if !strings.HasPrefix(cookie, "__Host-commonweal-"+c.field+"=") || !strings.Contains(cookie, "Max-Age=3600; HttpOnly; Secure; SameSite=Lax") {
			t.Errorf("%s: cookie %s", address, cookie)
		}
		b.expect(b.get(address), http.StatusOK, c.says)
		stranger := h.browser()
		stranger.expect(stranger.get(address), http.StatusNotFound, "does not open anything")
		form := []string{c.field, c.secret, "name", "nina", "password", other}
		if a := b.post(address, form...); !strings.Contains(strings.Join(a.header.Values("Set-Cookie"), "\n"), "commonweal-"+c.field+"=; Path=/; Max-Age=0") {
			t.Errorf("%s: the cookie stays: %d %v", address, a.status, a.header)
		}
		b.expect(b.get(address), http.StatusNotFound, "does not open anything")
	}
	long := h.browser()
	long.expect(long.get("/signup?invitation="+strings.Repeat("A", 5000)), http.StatusNotFound, "does not open anything")
}
