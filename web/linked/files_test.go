package linked

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"commonweal/examples"
	"commonweal/format"
	"commonweal/journal"
	"commonweal/node"
	"commonweal/vf"
)

// TestNetworksGoOutAndInAgain: what is written can be taken into fresh books by
// the same door, and is the same there.
func TestNetworksGoOutAndInAgain(t *testing.T) {
	t.Parallel()
	from := at(t, "")
	g, err := format.ReadNetwork("farms.jsonld", bytes.NewReader(examples.CarbonFarmNetwork), nil)
	if err != nil {
		t.Fatal(err)
	}
	from.do(journal.Declare, g.All()...)
	owner := []vf.Record{&vf.Agent{ID: "agent/ada", Type: "Person", Name: "Ada"}, &vf.Membership{ID: "in/ada", Member: "agent/ada", Role: "owner"}}
	from.do(journal.Declare, owner...)
	for _, name := range []string{"network.jsonld", "network.yaml", "network.jsonld?scope=agent/wolhide"} {
		w := from.get("/home/" + name)
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", name, w.Code, w.Body)
		}
		file := w.Body.String()
		to := at(t, "")
		to.do(journal.Declare, owner...)
		if answer := to.ask(http.MethodPost, "/home/network", file, "Content-Type: "+w.Header().Get("Content-Type")); answer.Code != http.StatusCreated {
			t.Errorf("%s into fresh books: %d %.400s", name, answer.Code, answer.Body)
			continue
		}
		again := to.get("/home/network.jsonld").Body.String()
		want := file
		if name == "network.yaml" {
			want = from.get("/home/network.jsonld").Body.String()
		}
		if strings.Contains(name, "scope") {
			again = part(t, to, "agent/wolhide")
			if n := strings.Count(file, `"@id":`); n < 20 || n >= len(g.All()) {
				t.Errorf("the scope has %d records of %d", n, len(g.All()))
			}
		}
		if again != want {
			t.Errorf("%s is other than before:\n%s", name, firstDifference(want, again))
		}
	}
}

// part is the part of a scope, as the network's own agent sees it.
func part(t *testing.T, s *site, scope vf.ID) string {
	t.Helper()
	return s.get("/home/network.jsonld?scope=" + string(scope)).Body.String()
}

func firstDifference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			return fmt.Sprintf("line %d: want %s\ngot %s", i+1, a[i], strings.Join(b[min(i, len(b)):min(i+1, len(b))], ""))
		}
	}
	return fmt.Sprintf("%d lines more", len(b)-len(a))
}

func TestFilesHaveWhatTheAskerSees(t *testing.T) {
	t.Parallel()
	s := at(t, story)
	for path, kind := range map[string]string{"network.jsonld": "application/ld+json", "network.yaml": "application/yaml", "needs.csv": "text/csv; charset=utf-8; header=present", "books.journal": "text/plain; charset=utf-8"} {
		w := s.get("/home/" + path)
		if w.Header().Get("Content-Type") != kind || !strings.Contains(w.Body.String(), "spec/yarn") && !strings.Contains(w.Body.String(), "stock/wool") {
			t.Errorf("%s: %s %s", path, w.Header().Get("Content-Type"), w.Body)
		}
		guests := s.get("/home/"+path, guest).Body.String()
		for _, private := range []string{"Ada", "spec/", "stock/", "need/"} {
			if strings.Contains(guests, private) {
				t.Errorf("a guest gets %s in %s", guests, path)
			}
		}
		if w := s.ask(http.MethodHead, "/home/"+path, ""); w.Code != http.StatusOK || w.Body.Len() > 0 {
			t.Errorf("HEAD %s: %d %s", path, w.Code, w.Body)
		}
	}
}

const more = `{"@context": {"@base": "https://example.org/home/"}, "@graph": [
 {"@id": "need/2", "@type": "Intent", "action": "transfer", "receiver": "agent/ada", "resourceConformsTo": "spec/wool", "resourceQuantity": "3 kg", "due": "2026-12-24"}]}`

func TestNetworksAreTakenInOnce(t *testing.T) {
	t.Parallel()
	s := at(t, story)
	post := func(body string, headers ...string) *httptest.ResponseRecorder {
		return s.ask(http.MethodPost, "/home/network", body, append([]string{"Content-Type: application/ld+json", "Idempotency-Key: once"}, headers...)...)
	}
	var taken Taken
	if w := post(more); w.Code != http.StatusCreated || json.Unmarshal(w.Body.Bytes(), &taken) != nil || taken.Records["Intent"] != 1 || taken.Key != "once" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	size := s.n.Journal().Size()
	if w := post(more, "Accept: text/plain"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "already") || s.n.Journal().Size() != size {
		t.Errorf("again: %d %s", w.Code, w.Body)
	}
	if w := post(strings.Replace(more, "3 kg", "4 kg", 1)); w.Code != http.StatusConflict {
		t.Errorf("other content, same key: %d %s", w.Code, w.Body)
	}
	if w := post(more, "Content-Type: application/pdf"); w.Code != http.StatusUnsupportedMediaType {
		t.Errorf("a PDF: %d %s", w.Code, w.Body)
	}
	if w := post(more, guest); w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") == "" {
		t.Errorf("of a guest: %d %s", w.Code, w.Body)
	}
	if w := post(strings.Replace(more, "need/2", "need/3", 1), "As: agent/eve", "Idempotency-Key: hers"); w.Code != http.StatusUnprocessableEntity && w.Code != http.StatusForbidden {
		t.Errorf("of somebody without rights: %d %s", w.Code, w.Body)
	}
}

func TestFaultsAreToldWithLineAndColumn(t *testing.T) {
	t.Parallel()
	s := at(t, story)
	bad := strings.Replace(strings.Replace(more, "spec/wool", "spec/woll", 1), "2026-12-24", "Christmas", 1)
	w := s.ask(http.MethodPost, "/home/network", bad, "Content-Type: application/ld+json")
	var told struct {
		Refusals []Fault `json:"refusals"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &told); err != nil || w.Code != http.StatusUnprocessableEntity {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if f := told.Refusals[0]; f.Rule != "notATime" || f.Line != 2 || f.Column < 100 || f.File != "network.jsonld" || f.Sentence == "" || f.Hint == "" {
		t.Errorf("%+v", f)
	}
	w = s.ask(http.MethodPost, "/home/network", bad, "Content-Type: application/ld+json", "Accept: text/plain")
	if !regexp.MustCompile(`^network\.jsonld:2:[0-9]+.*\[notATime\]`).MatchString(w.Body.String()) {
		t.Errorf("as text: %s", w.Body)
	}
	w = s.ask(http.MethodPost, "/home/needs.csv", "id,receiver,specification,quantity,unit\nneed/9,agent/ada,spec/wool,much,kg\n", "Content-Type: text/csv; charset=utf-8")
	if err := json.Unmarshal(w.Body.Bytes(), &told); err != nil || told.Refusals[0].Line != 2 || told.Refusals[0].Column != 28 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if size := s.n.Journal().Size(); size != 2 {
		t.Errorf("%d entries: something was entered", size)
	}
}

func TestListsAreEditedAndTakenInAgain(t *testing.T) {
	t.Parallel()
	s := at(t, story)
	list := s.get("/home/needs.csv").Body.String()
	edited := strings.Replace(list, "Yarn for hats", "Yarn for socks", 1) + "need/new,New,,spec/wool,,4,kg,,,,,,agent/ada,,,2026-12-24T00:00:00Z,1,1,false\n"
	if edited == list {
		t.Fatal(list)
	}
	w := s.ask(http.MethodPost, "/home/needs.csv", edited, "Content-Type: text/csv", "Accept: text/plain")
	if w.Code != http.StatusCreated || !strings.Contains(w.Body.String(), "1 Intent, 1 changed, 2 as they are") {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	r, err := s.n.Record("need/1")
	if err != nil || r.(*vf.Intent).Name != "Yarn for socks" {
		t.Errorf("%+v, %v", r, err)
	}
	again := s.get("/home/needs.csv").Body.String()
	if w := s.ask(http.MethodPost, "/home/needs.csv", again, "Content-Type: text/csv", "Accept: text/plain"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Nothing new: 4 as they are") {
		t.Errorf("unchanged: %d %s", w.Code, w.Body)
	}
	event := strings.Replace(s.get("/home/events.csv").Body.String(), ",2,kg,", ",3,kg,", 1)
	if w := s.ask(http.MethodPost, "/home/events.csv", event, "Content-Type: text/csv"); w.Code < 400 || !strings.Contains(w.Body.String(), "eventFixed") {
		t.Errorf("what happened was changed: %d %s", w.Code, w.Body)
	}
}

// A need without a date is taken in with a warning, and the page counts it.
func TestNeedsWithoutADateAreToldOf(t *testing.T) {
	t.Parallel()
	s := at(t, story)
	w := s.ask(http.MethodPost, "/home/needs.csv", "id,receiver,specification,quantity,unit\nneed/9,agent/ada,spec/wool,1,kg\n", "Content-Type: text/csv")
	var taken Taken
	if err := json.Unmarshal(w.Body.Bytes(), &taken); err != nil || w.Code != http.StatusCreated || len(taken.Warnings) != 1 || !strings.Contains(taken.Warnings[0], "need/9 has no date") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if _, _, err := s.n.PlanOf(context.Background(), s.n.Journal().Size()-1); err != nil {
		t.Fatal(err)
	}
	page := s.get("/home/", "Accept: text/html").Body.String()
	for _, want := range []string{"<strong>1</strong> cannot be planned", "it has no date"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s:\n%s", want, page)
		}
	}
	w = s.ask(http.MethodPost, "/home/needs.csv", "id,due\nneed/9,2026-12-24\n", "Content-Type: text/csv", "Accept: text/plain")
	if w.Code != http.StatusCreated || strings.Contains(w.Body.String(), "no date") {
		t.Errorf("with a date: %d %s", w.Code, w.Body)
	}
}

func TestBodiesAreBoundedByWhoSendsThem(t *testing.T) {
	t.Parallel()
	s := at(t, story)
	s.h.o.MaxImport = 3000
	long := more[:len(more)-2] + strings.Repeat(" ", 4000) + "]}"
	if w := s.ask(http.MethodPost, "/home/network", long, "Content-Type: application/ld+json"); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a long body: %d %s", w.Code, w.Body)
	}
	for path, takes := range map[string]bool{"/home/network": true, "/home/needs.csv": true, "/home/wishes.csv": false, "/network": false, "/home/need/1": false, "/": false} {
		if got := Takes(httptest.NewRequest(http.MethodPost, path, nil)); got != takes {
			t.Errorf("%s takes large bodies: %v", path, got)
		}
	}
}

func calendarOf(t *testing.T, w *httptest.ResponseRecorder) map[string]*ics.VEvent {
	t.Helper()
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/calendar; charset=utf-8" {
		t.Fatalf("%d %s %s", w.Code, w.Header().Get("Content-Type"), w.Body)
	}
	for _, line := range strings.Split(w.Body.String(), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("the line is not as RFC 5545 wants it: %q", line)
		}
	}
	c, err := ics.ParseCalendar(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	events := map[string]*ics.VEvent{}
	for _, e := range c.Events() {
		name := e.GetProperty(ics.ComponentPropertySummary).Value
		for _, p := range []ics.ComponentProperty{ics.ComponentPropertyDtstamp, ics.ComponentPropertySequence, ics.ComponentPropertyUniqueId, ics.ComponentPropertyDtStart} {
			if e.GetProperty(p) == nil {
				t.Errorf("%s has no %s", name, p)
			}
		}
		events[e.Id()] = e
	}
	if len(events) != len(c.Events()) {
		t.Errorf("%d ids of %d entries", len(events), len(c.Events()))
	}
	return events
}

func TestTheCalendarHasOnesOwnWork(t *testing.T) {
	t.Parallel()
	s := at(t, story)
	if _, _, err := s.n.PlanOf(context.Background(), s.n.Journal().Size()-1); err != nil {
		t.Fatal(err)
	}
	w := s.get("/home/work.ics")
	events := calendarOf(t, w)
	spin := events[home+"work/1?calendar=agent/ada"]
	if spin == nil {
		t.Fatalf("the promised process is not there: %s", w.Body)
	}
	if from, err := spin.GetStartAt(); err != nil || !from.Equal(time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)) {
		t.Errorf("it begins %s, %v", from, err)
	}
	if spin.GetProperty(ics.ComponentPropertyStatus).Value != "CONFIRMED" || spin.GetProperty(ics.ComponentPropertySummary).Value != "Spin for Eve" {
		t.Errorf("%s", spin.Serialize(&ics.SerializationConfiguration{MaxLength: 75, NewLine: "\r\n"}))
	}
	tentative := 0
	for _, e := range events {
		if e.GetProperty(ics.ComponentPropertyStatus).Value == "TENTATIVE" {
			tentative++
		}
	}
	if tentative == 0 || events[home+"promise/2?calendar=agent/ada"] == nil || events[home+"need/1?calendar=agent/ada"] == nil {
		t.Errorf("%d proposed; all: %s", tentative, w.Body)
	}
	if w := s.get("/home/work.ics", "If-None-Match: "+w.Header().Get("ETag")); w.Code != http.StatusNotModified {
		t.Errorf("unchanged: %d", w.Code)
	}
	r, err := s.n.Record("work/1")
	if err != nil {
		t.Fatal(err)
	}
	moved := *r.(*vf.Process)
	moved.Name = "Spin\r\nBEGIN:VEVENT\r\n\u202e;,\\ " + strings.Repeat("漢", 60)
	moved.HasEnd = vf.At(1796162400)
	s.do(journal.Change, &moved)
	after := calendarOf(t, s.get("/home/work.ics"))[spin.Id()]
	if after == nil || after.GetProperty(ics.ComponentPropertySequence).Value == spin.GetProperty(ics.ComponentPropertySequence).Value {
		t.Error("the entry that moved is not there under its id with another sequence")
	}
	for _, p := range []string{"/home/calendar/hers.ics", "/home/calendar/hers"} {
		if feed := calendarOf(t, s.get(p, guest)); len(feed) != len(events) {
			t.Errorf("%s has %d entries, want %d", p, len(feed), len(events))
		}
	}
	for _, p := range []string{"/home/calendar/his.ics", "/home/calendar/", "/home/calendar/.ics"} {
		if w := s.get(p, guest); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", p, w.Code)
		}
	}
	if w := s.get("/home/work.ics", guest, "Cookie: a=b", "Accept: text/html"); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "no member of this network") {
		t.Errorf("who is signed in and no member gets %d %s", w.Code, w.Body)
	}
	if w := s.get("/home/work.ics", guest); w.Code != http.StatusUnauthorized {
		t.Errorf("of nobody: %d", w.Code)
	}
}

func TestTheCalendarHasWhatIsDueForOnesGroups(t *testing.T) {
	t.Parallel()
	s := at(t, story)
	need := &vf.Intent{ID: "need/mill", Name: "Wool for the mill", Action: vf.Transfer, Receiver: "agent/mill", ResourceConformsTo: "spec/wool",
		ResourceQuantity: vf.Measure{HasNumericalValue: vf.Whole(5), HasUnit: "unit/kg"}, Due: vf.At(today().Unix() + 20*86400)}
	over := &vf.Membership{ID: "in/mill-once", Member: "agent/ada", InScopeOf: "agent/mill", Role: "member", HasEnd: vf.At(today().Unix() - 86400)}
	s.do(journal.Declare, need, over)
	id := home + "need/mill?calendar=agent/ada"
	if e := calendarOf(t, s.get("/home/work.ics"))[id]; e != nil {
		t.Error("a need of a group that she left is in her calendar")
	}
	s.do(journal.Declare, &vf.Membership{ID: "in/mill", Member: "agent/ada", InScopeOf: "agent/mill", Role: "member"})
	e := calendarOf(t, s.get("/home/work.ics"))[id]
	if e == nil {
		t.Fatal("a need of her group is not in her calendar")
	}
	if got := e.GetProperty(ics.ComponentPropertySummary).Value; got != "Due: Wool for the mill\\, for Mill" && got != "Due: Wool for the mill, for Mill" {
		t.Errorf("it is called %s", got)
	}
}

func TestWordsAreServed(t *testing.T) {
	t.Parallel()
	s := at(t, "")
	for _, c := range []struct{ path, accept, kind, has string }{
		{"/context", "application/ld+json", "application/ld+json", `"@vocab": "` + format.VF},
		{"/context", "", "application/ld+json", `"leadTime"`},
		{"/ns", "text/turtle", "text/turtle; charset=utf-8", "cw:leadTime a owl:ObjectProperty"},
		{"/ns", "", "application/ld+json", `"rdfs:comment"`},
		{"/ns", "text/html", "text/html; charset=utf-8", `<dt id="leadTime">`},
		{"/schema/Intent", "", "application/schema+json", `"$id": "http://example.com/schema/Intent"`},
		{"/schema/network", "application/json", "application/schema+json", `"@graph"`},
		{"/schema/", "text/html", "text/html; charset=utf-8", `href="/schema/Charter"`},
	} {
		w := s.get(c.path, guest, "Accept: "+c.accept)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != c.kind || !strings.Contains(w.Body.String(), c.has) {
			t.Errorf("%s as %s: %d %s %.300s", c.path, c.accept, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
	}
	var doc map[string]any
	if err := json.Unmarshal(s.get("/context").Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	want, err := json.Marshal(format.Context(""))
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := json.Marshal(doc["@context"]); !bytes.Equal(got, want) {
		t.Errorf("/context is %s, want what %s means: %s", got, format.ContextIRI, want)
	}
	if w := s.get("/schema/Wish", guest); w.Code != http.StatusNotFound {
		t.Errorf("the schema of wishes: %d", w.Code)
	}
	if w := s.ask(http.MethodPost, "/ns", ""); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST /ns: %d", w.Code)
	}
	for _, term := range format.Terms() {
		if page := s.get("/ns", "Accept: text/html").Body.String(); !strings.Contains(page, `id="`+term.Name+`"`) {
			t.Errorf("the page of words lacks %s", term.Name)
		}
	}
}

// TestNothingLeavesAScope: a part names no record that is not in it.
func TestNothingLeavesAScope(t *testing.T) {
	t.Parallel()
	s := at(t, story)
	g, err := format.ReadNetwork("part.jsonld", s.get("/home/network.jsonld?scope=agent/mill").Body, nil)
	if err != nil {
		t.Fatal(err)
	}
	var ids []vf.ID
	for _, r := range g.All() {
		ids = append(ids, r.Key())
	}
	for _, id := range []vf.ID{"agent/mill", "stock/wool", "spec/wool", "unit/kg", "event/1", "work/1", "promise/1"} {
		if !slices.Contains(ids, id) {
			t.Errorf("the part lacks %s: %v", id, ids)
		}
	}
	if slices.Contains(ids, "need/1") || slices.Contains(ids, "promise/2") {
		t.Errorf("the part has what is not the mill's: %v", ids)
	}
	if _, err := s.n.Do(context.Background(), node.Act{Kind: journal.Declare, Author: "agent/ada", Key: "part", Records: []vf.Record{&vf.Agent{ID: "agent/shed", Type: "Organization", Name: "Shed", PartOf: "agent/mill"},
		&vf.EconomicResource{ID: "stock/shed", ConformsTo: "spec/yarn", Name: "Shed's", PrimaryAccountable: "agent/shed"}}}); err != nil {
		t.Fatal(err)
	}
	if file := s.get("/home/network.jsonld?scope=agent/mill").Body.String(); !strings.Contains(file, "stock/shed") {
		t.Errorf("what is part of the scope is not in it: %s", file)
	}
}
