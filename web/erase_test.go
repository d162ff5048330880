package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"commonweal/host"
	"commonweal/journal"
	"commonweal/node"
	"commonweal/vf"
)

// TestErasingAnAccountErasesThePersonInTheBooks erases one while its network takes no
// acts: at the next start the books forget the person, and are sound.
func TestErasingAnAccountErasesThePersonInTheBooks(t *testing.T) {
	t.Parallel()
	dir, ctx := t.TempDir(), context.Background()
	site, p, seat, cookie := inhabitedIn(t, dir)
	site.o.Begin = Owners
	if w := posted(site, cookie, "/account/networks", url.Values{"name": {"mill"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	h := site.o.Host
	home, mill := h.Network("home"), h.Network("mill")
	need := &vf.Intent{ID: "need/1", Action: vf.Transfer, Receiver: seat.Agent, ResourceConformsTo: "spec/1", Note: "secret canary", ResourceQuantity: vf.Measure{HasNumericalValue: vf.Whole(1), HasUnit: "unit/1"}}
	if _, err := home.Seat(node.Actor{Agent: seat.Agent}).Do(ctx, node.Act{Kind: journal.Declare, Key: "1", Records: []vf.Record{
		&vf.ResourceSpecification{ID: "spec/1", Name: "Bread"}, &vf.Unit{ID: "unit/1", Label: "loaf", Symbol: "loaf"}, need}}); err != nil {
		t.Fatal(err)
	}
	if err := home.Store().Close(); err != nil { // as if its disk had failed
		t.Fatal(err)
	}
	w := posted(site, cookie, "/account/erase", url.Values{"name": {"ann"}})
	if text := w.Body.String(); w.Code != http.StatusOK || strings.Count(text, "takes no acts just now") != 1 || strings.Count(text, "has erased your name") != 1 {
		t.Fatalf("%d %s", w.Code, text)
	}
	if c := w.Header().Get("Clear-Site-Data"); !strings.Contains(c, "storage") {
		t.Errorf("the browser keeps its keys: %q", c)
	}
	if left, err := mill.Graph(); err != nil || left.Agents[0].Name != "" {
		t.Errorf("the other network has not forgotten: %+v %v", left.Agents[0], err)
	}
	_ = h.Close() // one of its stores is closed already
	again, err := host.Open(ctx, host.Options{Data: dir, People: p})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Close() })
	later := New(Options{Host: again, People: p, Address: "http://example.org/"})
	for range 2 {
		if err := later.Tidy(ctx); err != nil {
			t.Fatal(err)
		}
	}
	n := again.Network("home")
	if a, err := n.Record(seat.Agent); err != nil || a == nil || a.(*vf.Agent).Name != "" {
		t.Errorf("the books still know %+v, %v", a, err)
	}
	if r, err := n.Record("need/1"); err != nil || r.(*vf.Intent).Note != "" || r.(*vf.Intent).Receiver != seat.Agent {
		t.Errorf("what was done stays without its note: %+v, %v", r, err)
	}
	if report, err := n.Verify(ctx); err != nil || !report.Sound() {
		t.Errorf("%+v %v", report, err)
	}
	if owed, err := p.Owed(ctx); err != nil || len(owed) > 0 {
		t.Errorf("still owed: %v %v", owed, err)
	}
}
