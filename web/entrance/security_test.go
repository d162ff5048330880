package entrance

import (
	"net/http"
	"path/filepath"
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
