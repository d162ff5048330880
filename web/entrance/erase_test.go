package entrance

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"commonweal/rule"
)

// Erasing an account is told beforehand, and what a network cannot enter now it enters
// later.
func TestErasingIsToldAndGoneOnWith(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		olga := h.joins("olga")
		page := olga.expect(olga.get("/account"), http.StatusOK, "your profile and your notes are erased").body
		if !strings.Contains(page, "under agent/olga") || !strings.Contains(page, "make somebody else an owner first") {
			t.Error("the page does not say what stays")
		}
		h.networks.fails = errors.New("the disk is full")
		olga.expect(olga.post("/account/erase", "name", "olga"), http.StatusOK, "takes no acts just now")
		olga.expect(olga.get("/account"), http.StatusSeeOther, "/signin")
		if err := h.Finish(ctx); err == nil || h.networks.forgot["agent/olga"] {
			t.Errorf("%v", err)
		}
		h.networks.fails = nil
		for range 2 {
			if err := h.Finish(ctx); err != nil || !h.networks.forgot["agent/olga"] {
				t.Errorf("what was owed is not gone on with: %v", err)
			}
		}

		ada := h.joins("ada")
		h.networks.keeps = rule.Refuse("noSuchItem", "what", "right")
		ada.expect(ada.get("/account"), http.StatusOK, "There is no such right. Ask its owners first")
		ada.expect(ada.post("/account/erase", "name", "ada"), http.StatusOK, "keeps what it had of you")
		h.networks.keeps = nil
		if err := h.Finish(ctx); err != nil || h.networks.forgot["agent/ada"] {
			t.Errorf("what was kept is owed: %v", err)
		}

		bea := h.joins("bea")
		h.networks.fails = rule.Refuse("notSeated", "network", "farms") // the charter changed in between
		bea.expect(bea.post("/account/erase", "name", "bea"), http.StatusOK, "keeps what it had of you")
		h.networks.fails = nil
		if err := h.Finish(ctx); err != nil || h.networks.forgot["agent/bea"] || !strings.Contains(h.logged.String(), "refused to forget") {
			t.Errorf("what a rule refused is tried again: %v", err)
		}
	})
}
