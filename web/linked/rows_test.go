package linked

import (
	"net/http"
	"strings"
	"testing"

	"commonweal/journal"
	"commonweal/vf"
)

func TestListsSayWhatNeedsAndMembershipsAre(t *testing.T) {
	t.Parallel()
	s := at(t, story)
	s.do(journal.Declare,
		&vf.Intent{ID: "need/mill", Action: vf.Transfer, Receiver: "agent/mill", ResourceConformsTo: "spec/wool", ResourceQuantity: vf.Measure{HasNumericalValue: vf.Whole(50), HasUnit: "unit/kg"}, Due: vf.At(1804809600)},
		&vf.Intent{ID: "offer/mill", Action: vf.Transfer, Provider: "agent/mill", ResourceConformsTo: "spec/wool", ResourceQuantity: vf.Measure{HasNumericalValue: vf.Whole(2), HasUnit: "unit/kg"}},
		&vf.Intent{ID: "price/mill", Action: vf.Transfer, Receiver: "agent/mill", ResourceConformsTo: "spec/wool", ResourceQuantity: vf.Measure{HasNumericalValue: vf.Whole(3), HasUnit: "unit/kg"}},
		&vf.Proposal{ID: "proposal/mill", Name: "Barter", Publishes: []vf.ID{"offer/mill"}, Reciprocal: []vf.ID{"price/mill"}},
		&vf.Membership{ID: "in/eve", Member: "agent/eve", InScopeOf: "agent/mill", Role: "member", HasBeginning: vf.At(1795651200), HasEnd: vf.At(1804809600)})
	for path, want := range map[string]string{
		"/home/" + plurals["Intent"]: "Need: 50 kg of Wool, for Mill by 12 Mar 2027</bdi></a></li>", "/home/need/mill": "<title>Need: 50 kg of Wool, for Mill by 12 Mar 2027</title>",
		"/home/price/mill": "<title>Price: 3 kg of Wool, for Mill</title>",
		"/home/offer/mill": "<title>Offer: 2 kg of Wool, from Mill</title>", "/home/need/1": "<title>Yarn for hats</title>",
		"/home/" + plurals["Membership"]: `<bdi>Eve</bdi></a><br><span class="soft"><bdi>as member, in Mill</bdi> · <span class="when">from 2026-11-26 until 2027-03-12`,
	} {
		if w := s.get(path, "Accept: text/html"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d, without %q:\n%s", path, w.Code, want, w.Body)
		}
	}
	for _, x := range []struct{ as, cookie, want string }{{"As: ", "Cookie: a=b", "no member of this network"}, {"As: ", "X: y", "sign in</a>"}} {
		if w := s.get("/home/", "Accept: text/html", x.as, x.cookie); !strings.Contains(w.Body.String(), x.want) {
			t.Errorf("%s %s: no %q in %s", x.as, x.cookie, x.want, w.Body)
		}
	}
}
