package linked

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"commonweal/journal"
	"commonweal/vf"
)

func TestFlowsForPrograms(t *testing.T) {
	t.Parallel()
	s := at(t, story)
	all := &vf.EconomicEvent{ID: "event/2", Action: vf.Consume, Provider: "agent/mill", Receiver: "agent/mill", ResourceInventoriedAs: "stock/wool",
		ResourceQuantity: vf.Measure{HasNumericalValue: vf.Whole(3), HasUnit: "unit/kg"}, HasPointInTime: today(), InputOf: "work/1"}
	s.do(journal.Record, all)
	none := &vf.EconomicEvent{ID: "event/3", Action: vf.Consume, Corrects: "event/2", ResourceQuantity: vf.Measure{HasNumericalValue: vf.Whole(-3), HasUnit: "unit/kg"}, HasPointInTime: today()}
	s.do(journal.Correct, none)
	for path, want := range map[string]string{
		"/home/event/1?trace":    "stock/wool/opening consume raise 0.038462 1",
		"/home/stock/wool?track": "stock/wool/opening event/1 1 0.038462",
		"/home/event/2?trace":    "", // nothing is left of it
	} {
		w := s.get(path, "Accept: application/json")
		var list []Flow
		if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || w.Code != http.StatusOK || want == "" && len(list) > 0 {
			t.Errorf("%s: %d %v %s", path, w.Code, err, w.Body)
		}
		for part := range strings.FieldsSeq(want) {
			if !strings.Contains(w.Body.String(), `"`+part+`"`) {
				t.Errorf("%s: no %s in %s", path, part, w.Body)
			}
		}
		if page := s.get(path, "Accept: text/html"); page.Code != http.StatusOK || !strings.Contains(page.Body.String(), "<title>Where") {
			t.Errorf("%s: %d %s", path, page.Code, page.Body)
		}
		if w := s.get(path, "Accept: image/png"); w.Code != http.StatusNotAcceptable {
			t.Errorf("%s as a picture: %d", path, w.Code)
		}
	}
	past := s.n.Snapshot().Past("stock/wool")
	for i, want := range []string{"50", "47", "50"} { // as declared, and with each event
		var r struct {
			OnhandQuantity vf.Measure `json:"onhandQuantity"`
		}
		w := s.get(fmt.Sprint("/home/stock/wool?as=json&at=", past[i]))
		if err := json.Unmarshal(w.Body.Bytes(), &r); err != nil || r.OnhandQuantity.HasNumericalValue.String() != want {
			t.Errorf("after entry %d: %s, wanted %s: %v", past[i], w.Body, want, err)
		}
	}
	if w := s.get("/home/stock/wool?track", guest, "Accept: application/json"); w.Code != http.StatusNotFound {
		t.Errorf("a guest sees %d %s", w.Code, w.Body)
	}
}
