package entrance

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"commonweal/people"
)

// What was offered to whom is for those who made it and those who could: they see how it
// stands, and take back what is open.
func TestInvitationsAreLookedAfter(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		olga, ada := h.joins("olga"), h.joins("ada")
		page := olga.expect(olga.post("/account/invitations", "network", "farms", "role", "bookkeeper", "agent", "agent/gus"), http.StatusOK, "Send this link").body
		link := regexp.MustCompile(`/signup\?invitation=([\w-]+)`).FindStringSubmatch(page)
		h.invite(people.Invitation{Network: "mill", Role: "elsewhere"})
		page = olga.expect(olga.get("/account/invitations"), http.StatusOK, "Open until").body
		for _, want := range []string{"as bookkeeper", "to be agent/gus", "by Mx agent/olga", "by the server itself", "Used by Mx agent/ada"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page does not say %q: %s", want, page)
			}
		}
		if strings.Contains(page, "elsewhere") || strings.Contains(page, link[1]) {
			t.Error("the page shows invitations of another network, or a secret")
		}
		ada.expect(ada.get("/account/invitations"), http.StatusOK, "none that you could look after")
		id := regexp.MustCompile(`name="id" value="([^"]+)"`).FindStringSubmatch(page)[1]
		ada.expect(ada.post("/account/invitations/end", "id", id), http.StatusUnprocessableEntity, "no seat")
		olga.expect(olga.post("/account/invitations/end", "id", "nothing"), http.StatusNotFound, "no such invitation")
		h.browser().expect(h.browser().post("/account/invitations/end", "id", id), http.StatusUnauthorized, "Nobody is signed in")
		olga.expect(olga.post("/account/invitations/end", "id", id), http.StatusSeeOther, "/account/invitations")
		olga.expect(olga.post("/account/invitations/end", "id", id), http.StatusNotFound, "no such invitation")
		gus := h.browser()
		gus.expect(gus.get(link[0]), http.StatusNotFound, "This link does not open anything")

		olga.expect(olga.post("/account/invitations", "network", "farms", "days", "1"), http.StatusOK, "Send this link")
		h.clock.Pass(25 * time.Hour)
		olga.expect(olga.post("/signin", "name", "olga", "password", phrase), http.StatusSeeOther, "/")
		olga.expect(olga.get("/account/invitations"), http.StatusOK, "Not used, over since")
	})
}

// What an invitation says is looked at when it is made, not when somebody comes with it.
func TestAnInvitationSaysWhatThereIs(t *testing.T) {
	t.Parallel()
	h := onFile(t)
	olga := h.joins("olga")
	page := olga.expect(olga.get("/account"), http.StatusOK, "In which group").body
	for _, want := range []string{`<option selected>member</option>`, `<option>guest</option>`, `<option value="agent/mill">The mill</option>`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not offer %s", want)
		}
	}
	olga.expect(olga.post("/account/invitations", "network", "farms", "role", "memebr"), http.StatusUnprocessableEntity, "Did you mean member?")
	made := olga.expect(olga.post("/account/invitations", "network", "farms", "role", "guest", "scope", "agent/mill"), http.StatusOK, "Send this link").body
	link := regexp.MustCompile(`/signup\?invitation=([\w-]+)`).FindStringSubmatch(made)
	gus := h.browser()
	gus.expect(gus.get(link[0]), http.StatusOK, "As guest, in Mx agent/mill")
}

// A form that is refused keeps what was typed, and the log is in the order in which things
// happened, also of one moment.
func TestTheAccountKeepsWhatWasTypedAndItsOrder(t *testing.T) {
	t.Parallel()
	h := onFile(t)
	b := h.joins("ada")
	page := b.expect(b.post("/account/tokens", "label", "my bot", "network", "farms", "days", "7", "budget", "5"), http.StatusUnprocessableEntity, "It only reads").body
	for _, want := range []string{`value="my bot"`, `value="7"`, `<details open>`} {
		if !strings.Contains(page, want) {
			t.Errorf("what was typed is lost: no %s", want)
		}
	}
	for i := range 8 {
		b.expect(b.post("/account/mail", "mail", "ada"+strings.Repeat("a", i)+"@example.org"), http.StatusSeeOther, "/account")
		b.expect(b.post("/account/codes"), http.StatusOK, "Print these codes")
	}
	page = b.get("/account").body
	log := strings.Split(page[strings.Index(page, `id="log"`):], "<tr>")[2:]
	for i, want := range []string{"Printed codes made", "Mail address changed", "Printed codes made", "Mail address changed", "Printed codes made", "Mail address changed"} {
		if !strings.Contains(log[i], want) {
			t.Errorf("line %d of the log is %q, want %q", i, log[i], want)
		}
	}
}
