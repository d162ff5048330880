package entrance

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"commonweal/people"
	"commonweal/rule"
)

func TestComingInByPassword(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		b := h.browser()
		invitation := h.invite(people.Invitation{Agent: "agent/ada", Role: "member"})
		b.expect(b.get("/signup?invitation=nonsense"), http.StatusNotFound, "This link does not open anything")
		b.expect(b.get("/signup?invitation="+invitation), http.StatusOK, "To the network farms")
		a := b.expect(b.post("/signup", "invitation", invitation, "name", "ada", "password", "password1234"), http.StatusUnprocessableEntity, "The password is not taken")
		if !strings.Contains(a.body, `value="ada"`) || strings.Contains(a.body, "password1234") {
			t.Error("the page does not keep the name, or keeps the password")
		}
		a = b.expect(b.post("/signup", "invitation", invitation, "name", "ada", "password", phrase), http.StatusSeeOther, "/farms/")
		for _, c := range a.header.Values("Set-Cookie") {
			if !strings.HasPrefix(c, "__Host-") || !strings.Contains(c, "; HttpOnly; Secure; SameSite=Lax") || !strings.Contains(c, "Path=/;") || strings.Contains(c, "Domain") {
				t.Errorf("cookie %s", c)
			}
		}
		if h.networks.joined["agent/ada"].Role != "member" {
			t.Errorf("%v", h.networks.joined)
		}
		b.expect(b.get("/account"), http.StatusOK, "Signed in as ada")
		who, err := b.who()
		if err != nil || who.Agent("farms") != "agent/ada" || who.Agent("mill") != "" || who.Name != "ada" || who.Mandate != nil || !who.Known() {
			t.Errorf("%+v, %v", who, err)
		}
		b.expect(b.post("/signout"), http.StatusSeeOther, "/signin")
		b.expect(b.get("/account"), http.StatusSeeOther, "/signin?then=%2Faccount")
		a = b.expect(b.post("/signin", "name", "ada", "password", other), http.StatusUnauthorized, "The sign-in name or the password is wrong.")
		if !strings.Contains(a.body, `role="alert"`) {
			t.Error("the refusal is not told to who cannot see it")
		}
		for then, to := range map[string]string{"/farms/": "/farms/", "https://evil.example": "/", "//evil.example": "/", `/\evil.example`: "/", "": "/"} {
			if a := b.post("/signin", "name", "Ada", "password", phrase, "then", then); a.status != http.StatusSeeOther || a.header.Get("Location") != to {
				t.Errorf("then %q leads to %q", then, a.header.Get("Location"))
			}
		}
	})
}

func TestComingInByPasskey(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		b := h.browser()
		fields := map[string]any{"invitation": h.invite(people.Invitation{Agent: "agent/kay"}), "name": "kay"}
		if status, said := b.ceremony("/signup/passkey", "/signup", fields); status != http.StatusOK || said["next"] != "/farms/" {
			t.Fatalf("%d %v", status, said)
		}
		b.expect(b.get("/account"), http.StatusOK, "Firefox on Linux")
		b.expect(b.post("/signout"), http.StatusSeeOther, "/signin")
		if status, said := b.ceremony("/signin/passkey", "/signin/answer", map[string]any{"then": "/farms/"}); status != http.StatusOK || said["next"] != "/farms/" {
			t.Fatalf("%d %v", status, said)
		}
		h.clock.Pass(11 * time.Minute)
		b.expect(b.post("/account/codes"), http.StatusSeeOther, "/account/confirm")
		b.expect(b.get("/account/confirm"), http.StatusOK, "Confirm with a passkey")
		if status, said := b.ceremony("/signin/passkey", "/account/confirm/answer", nil); status != http.StatusOK {
			t.Fatalf("%d %v", status, said)
		}
		b.expect(b.post("/account/codes"), http.StatusOK, "Print these codes")
		first := *b.phone
		if status, said := b.ceremony("/account/passkeys", "/account/passkeys/answer", nil); status != http.StatusOK {
			t.Fatalf("%d %v", status, said)
		}
		*b.phone = first
		ids := regexp.MustCompile(`passkeys/remove"><input type="hidden" name="id" value="([^"]+)"`).FindAllStringSubmatch(b.get("/account").body, -1)
		if len(ids) != 2 {
			t.Fatalf("%d passkeys on the page, want 2", len(ids))
		}
		b.expect(b.post("/account/passkeys/remove", "id", ids[0][1]), http.StatusSeeOther, "/account")
		b.expect(b.post("/account/passkeys/remove", "id", ids[1][1]), http.StatusUnprocessableEntity, "the last way into your account")
		b.phone.Origin = "https://evil.example"
		status, said := b.ceremony("/signin/passkey", "/signin/answer", nil)
		if r := said["refusal"].(map[string]any); status != http.StatusUnauthorized || r["rule"] != "passkeyFailed" {
			t.Errorf("%d %v", status, said)
		}
	})
}

func TestGettingInAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		b := h.joins("ada")
		page := b.expect(b.post("/account/codes"), http.StatusOK, "Print these codes").body
		codes := regexp.MustCompile(`<code>([0-9A-Z-]{34})</code>`).FindAllStringSubmatch(page, -1)
		if len(codes) != 10 {
			t.Fatalf("%d codes on the page", len(codes))
		}
		lost := h.browser()
		lost.expect(lost.get("/recover"), http.StatusOK, "Printed code")
		wrong := lost.expect(lost.post("/recover", "name", "ada", "code", "AAAA", "password", other), http.StatusUnauthorized, "do not belong together")
		unknown := lost.expect(lost.post("/recover", "name", "nobody", "code", "AAAA", "password", other), http.StatusUnauthorized, "do not belong together")
		if strings.ReplaceAll(unknown.body, `value="nobody"`, `value="ada"`) != wrong.body {
			t.Error("an unknown name is told apart")
		}
		lost.expect(lost.post("/recover", "name", "ada", "code", strings.ToLower(codes[2][1]), "password", other), http.StatusSeeOther, "/account")
		lost.expect(lost.get("/account"), http.StatusOK, "Unused codes: 9.")
		b.expect(b.get("/account"), http.StatusSeeOther, "/signin") // signed out everywhere

		olga := h.joins("olga")
		lost.expect(lost.post("/account/members/recover", "network", "farms", "agent", "agent/olga"), http.StatusUnprocessableEntity, "no seat") // ada is no owner
		olga.expect(olga.post("/account/members/recover", "network", "mill", "agent", "agent/ada"), http.StatusUnprocessableEntity, "no seat")
		olga.expect(olga.post("/account/members/recover", "network", "farms", "agent", "agent/nobody"), http.StatusNotFound, "no such member")
		page = olga.expect(olga.post("/account/members/recover", "network", "farms", "agent", "agent/ada"), http.StatusOK, "Give this link").body
		link := strings.TrimPrefix(regexp.MustCompile(`https://weal.example/recover/link\?link=[\w-]+`).FindString(page), site)
		lost.expect(lost.get("/account"), http.StatusOK, "An owner made a link to get in again")
		again := h.browser()
		again.expect(again.get(link), http.StatusOK, "This link is for ada.")
		_, secret, _ := strings.Cut(link, "=")
		again.expect(again.post("/recover/link", "link", secret, "password", "short"), http.StatusUnprocessableEntity, "This link is for ada.")
		status, said := again.ceremony("/recover/passkey", "/recover/link", map[string]any{"link": secret})
		if status != http.StatusOK {
			t.Fatalf("%d %v", status, said)
		}
		again.expect(again.get(link), http.StatusNotFound, "does not open anything")
		lost.expect(lost.get("/account"), http.StatusSeeOther, "/signin")
		again.expect(again.post("/signin", "name", "ada", "password", other), http.StatusUnauthorized, "wrong")
		if status, _ := again.ceremony("/signin/passkey", "/signin/answer", nil); status != http.StatusOK {
			t.Error("the new passkey does not open")
		}
		olga.expect(olga.post("/account/members/sessions", "network", "farms", "agent", "agent/ada"), http.StatusSeeOther, "/account")
		again.expect(again.get("/account"), http.StatusSeeOther, "/signin")
	})
}

func TestTokensOfPrograms(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		b := h.joins("ada")
		for field, bad := range map[string][]string{
			"days": {"days", "0"}, "budget": {"budget", "x", "days", "1"}, "verbs": {"budget", "1", "days", "1", "verbs", "decide"}, "label": {"budget", "1", "days", "1", "verbs", "record"},
		} {
			b.expect(b.post("/account/tokens", append([]string{"network", "farms"}, bad...)...), http.StatusUnprocessableEntity, "The field "+field)
		}
		status, said := b.send("/account/tokens", map[string]any{"label": "till", "network": "farms", "days": "30", "budget": "2", "verbs": []string{"record"}, "scopes": []string{"circle/mill"}})
		secret, _ := said["secret"].(string)
		if status != http.StatusOK || !strings.HasPrefix(secret, "cw_") {
			t.Fatalf("%d %v", status, said)
		}
		if strings.Contains(b.get("/account").body, secret) {
			t.Error("the token is shown again")
		}
		program := h.browser()
		who, err := program.who("Authorization", "Bearer "+secret)
		if err != nil || who.Agent("farms") != "agent/ada" || who.Mandate == nil || who.Mandate.Verbs[0] != "record" || who.Mandate.Scopes[0] != "circle/mill" || who.Token == "" || who.Session != "" {
			t.Fatalf("%+v, %v", who, err)
		}
		if err := h.p.Spend(ctx, who.Token, 3); refusedBy(err) != "budgetSpent" {
			t.Error(err)
		}
		// From another origin a token is as good, and a cookie beside it is not looked at.
		if who, err = b.who("Authorization", "bearer "+secret, "Origin", "https://elsewhere.example", "Sec-Fetch-Site", "cross-site"); err != nil || who.Session != "" {
			t.Errorf("%+v, %v", who, err)
		}
		for _, bad := range []string{"Bearer", "Bearer ", "Basic " + secret, secret, "Bearer " + secret + "x", "Bearer cw_"} {
			if who, err := b.who("Authorization", bad); refusedBy(err) != "badToken" || who.Known() {
				t.Errorf("%q: %+v, %v", bad, who, err)
			}
		}
		program.header.Set("Authorization", "Bearer "+secret)
		program.expect(program.get("/account"), http.StatusForbidden, "A token opens nothing of an account.")
		b.expect(b.post("/account/tokens/revoke", "id", said["id"].(string)), http.StatusSeeOther, "/account")
		if _, err := program.who("Authorization", "Bearer "+secret); refusedBy(err) != "badToken" {
			t.Error(err)
		}
		_, said = b.send("/account/tokens", map[string]any{"label": "screen", "network": "farms", "days": "1", "readOnly": true})
		if who, err := program.who("Authorization", "Bearer "+said["secret"].(string)); err != nil || !who.Mandate.ReadOnly {
			t.Errorf("%+v, %v", who, err)
		}
	})
}

func TestOnesOwnAccount(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		b := h.joins("ada")
		phone := h.browser()
		phone.agent = "Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36"
		phone.expect(phone.post("/signin", "name", "ada", "password", phrase), http.StatusSeeOther, "/")
		page := b.expect(b.get("/account"), http.StatusOK, "Chrome on Android").body
		id := regexp.MustCompile(`sessions/revoke"><input type="hidden" name="id" value="([^"]+)"`).FindStringSubmatch(page)
		b.expect(b.post("/account/sessions/revoke", "id", id[1]), http.StatusSeeOther, "/account")
		phone.expect(phone.get("/account"), http.StatusSeeOther, "/signin")
		if _, err := phone.who(); refusedBy(err) != "signedOut" {
			t.Error(err)
		}
		phone.expect(phone.post("/signin", "name", "ada", "password", phrase), http.StatusSeeOther, "/")
		b.expect(b.post("/account/sessions/others"), http.StatusSeeOther, "/account")
		phone.expect(phone.get("/account"), http.StatusSeeOther, "/signin")

		b.expect(b.post("/account/mail", "mail", "nowhere"), http.StatusUnprocessableEntity, "not a mail address")
		b.expect(b.post("/account/mail", "mail", "ada@example.org"), http.StatusSeeOther, "/account")
		b.expect(b.post("/account/settings", "wanted", "work"), http.StatusSeeOther, "/account")
		page = b.get("/account").body
		if !strings.Contains(page, `value="need" id="kind-need" aria`) || !strings.Contains(page, `value="work" id="kind-work" checked aria`) || !strings.Contains(page, "ada@example.org") {
			t.Error("the settings are not as they were set")
		}
		before := b.all[len(b.all)-1]
		b.expect(b.post("/account/password", "current", other, "password", other), http.StatusForbidden, "The password is wrong.")
		b.expect(b.post("/account/password", "current", phrase, "password", other), http.StatusSeeOther, "/account")
		if b.all[len(b.all)-1] == before {
			t.Error("the session has the secret that it had")
		}
		h.clock.Pass(11 * time.Minute)
		b.expect(b.post("/account/erase", "name", "ada"), http.StatusSeeOther, "/account/confirm")
		b.expect(b.post("/account/confirm", "password", phrase), http.StatusForbidden, "The password is wrong.")
		b.expect(b.post("/account/confirm", "password", other), http.StatusSeeOther, "/account")
		b.expect(b.post("/account/password/remove"), http.StatusUnprocessableEntity, "the last way in")
		b.expect(b.post("/account/erase", "name", "bob"), http.StatusUnprocessableEntity, "your own sign-in name")
		b.expect(b.post("/account/erase", "name", "ada"), http.StatusOK, "has erased your name")
		if !h.networks.forgot["agent/ada"] {
			t.Error("the network has not forgotten who erased their account")
		}
		b.expect(b.post("/signin", "name", "ada", "password", other), http.StatusUnauthorized, "wrong")
	})
}

func TestInvitationsAndNetworks(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		olga, ada := h.joins("olga"), h.joins("ada")
		if strings.Contains(ada.get("/account").body, "Invite somebody") || !strings.Contains(olga.get("/account").body, "Invite somebody to farms") || !strings.Contains(olga.get("/account").body, "Help a member of farms") {
			t.Error("the page of an owner is not told from that of others")
		}
		ada.expect(ada.post("/account/invitations", "network", "farms"), http.StatusUnprocessableEntity, "no seat")
		olga.expect(olga.post("/account/invitations", "network", "mill"), http.StatusUnprocessableEntity, "no seat")
		olga.expect(olga.post("/account/invitations", "network", "farms", "days", "91"), http.StatusUnprocessableEntity, "1 to 90")
		page := olga.expect(olga.post("/account/invitations", "network", "farms", "role", "guest", "agent", "agent/gus", "days", "3"), http.StatusOK, "Send this link").body
		link := regexp.MustCompile(`/signup\?invitation=([\w-]+)`).FindStringSubmatch(page)
		gus := h.browser()
		gus.expect(gus.get(link[0]), http.StatusOK, "As guest")

		h.networks.fails = rule.Refuse("noSuchItem", "what", "circle") // the network refuses: the invitation is open again
		gus.expect(gus.post("/signup", "invitation", link[1], "name", "gus", "password", phrase), http.StatusNotFound, "There is no such circle.")
		if who, err := gus.who(); err != nil || !who.Known() || who.Agent("farms") != "" {
			t.Errorf("%+v, %v", who, err)
		}
		h.networks.fails = errors.New("the disk is full") // it cannot say: the seat waits
		gus.expect(gus.get(link[0]), http.StatusOK, "Accept as gus")
		gus.expect(gus.post("/signup/accept", "invitation", link[1]), http.StatusSeeOther, "/account")
		gus.expect(gus.get("/account"), http.StatusOK, "being entered")
		if who, _ := gus.who(); who.Agent("farms") != "" {
			t.Error("somebody acts in a network that has not taken them in")
		}
		if err := h.Finish(ctx); err == nil {
			t.Error("the failure is not told")
		}
		h.networks.fails = nil
		if err := h.Finish(ctx); err != nil {
			t.Error(err)
		}
		if who, _ := gus.who(); who.Agent("farms") != "agent/gus" || len(who.Networks()) != 1 {
			t.Error("the network has not taken in who accepted")
		}
		gus.expect(gus.get(link[0]), http.StatusNotFound, "does not open anything")

		h.networks.fails = errors.New("the disk is full")
		ben := h.joins("ben")
		h.networks.fails = nil
		ben.expect(ben.post("/signin", "name", "ben", "password", phrase), http.StatusSeeOther, "/") // which goes on where it was cut short
		if who, _ := ben.who(); who.Agent("farms") != "agent/ben" {
			t.Error("signing in does not go on with what was cut short")
		}
	})
}
