package linked

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"testing"

	"commonweal/journal"
	"commonweal/vf"
)

// listed are the ids of the records on the pages of a list, in their order.
func (s *site) listed(path string) (ids []string) {
	s.t.Helper()
	row := regexp.MustCompile(`<li><a href="/home/([^"]+)"`)
	next := regexp.MustCompile(`<a rel="next" href="([^"]+)"`)
	for range 100 {
		w := s.get(path, "Accept: text/html")
		if w.Code != http.StatusOK {
			s.t.Fatalf("%s: %d", path, w.Code)
		}
		for _, m := range row.FindAllStringSubmatch(w.Body.String(), -1) {
			ids = append(ids, html.UnescapeString(m[1]))
		}
		m := next.FindStringSubmatch(w.Body.String())
		if m == nil {
			return ids
		}
		path = html.UnescapeString(m[1])
	}
	s.t.Fatal("the pages have no end")
	return nil
}

// Pages list what is open by date, the next one first, and what happened newest first;
// each record is on one page. Programs get them in the order of ids, as before.
func TestPagesListByDate(t *testing.T) {
	t.Parallel()
	s := at(t, story)
	kg := vf.Measure{HasNumericalValue: vf.Whole(1), HasUnit: "unit/kg"}
	var many []vf.Record
	for i := range 120 { // the later the id, the sooner
		need := &vf.Intent{ID: vf.ID(fmt.Sprintf("many/%03d", i)), Action: vf.Transfer, Receiver: "agent/eve", ResourceConformsTo: "spec/yarn", ResourceQuantity: kg, Due: vf.At(1800000000 - int64(i/2)*86400)}
		switch i {
		case 7:
			need.Due = vf.Time{}
		case 6: // it stands from then on
			need.Due, need.HasBeginning = vf.Time{}, vf.At(1700000000)
		case 8, 9:
			need.Finished = true
		}
		many = append(many, need, &vf.EconomicEvent{ID: vf.ID(fmt.Sprintf("happened/%03d", i)), Action: vf.Raise, Provider: "agent/mill", Receiver: "agent/mill", ResourceInventoriedAs: "stock/wool", ResourceQuantity: kg,
			HasPointInTime: vf.At(1795000000 + int64(i/2)*3600)})
	}
	s.do(journal.Declare, many...)
	list := s.listed("/home/intents")
	if n := len(list); n != 123 || len(slices.Compact(slices.Sorted(slices.Values(list)))) != n {
		t.Errorf("%d needs are listed", n)
	}
	at := func(id string) int { return slices.Index(list, id) }
	if at("many/118") > at("many/119") || at("many/119") > at("many/116") || at("many/116") > at("many/001") {
		t.Errorf("not the next one first: %v", list)
	}
	if want := []string{"many/000", "many/001", "many/006", "many/007", "many/008", "many/009"}; !slices.Equal(list[117:], want) {
		t.Errorf("last are %v, want %v", list[117:], want)
	}
	list = s.listed("/home/events")
	if want := []string{"happened/118", "happened/119", "happened/116"}; len(list) != 122 || !slices.Equal(list[:3], want) {
		t.Errorf("%d events, first are %v", len(list), list[:min(3, len(list))])
	}
	for _, after := range []string{"many/003", "0", "9 9", "-1 0 x", "0 99999999999999999999 x", "2 0 "} {
		if w := s.get("/home/intents?after="+url.QueryEscape(after), "Accept: text/html"); w.Code != http.StatusOK {
			t.Errorf("after %q: %d", after, w.Code)
		}
	}
}
