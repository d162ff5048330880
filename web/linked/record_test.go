package linked

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/piprate/json-gold/ld"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"commonweal/format"
	"commonweal/journal"
	"commonweal/node"
	"commonweal/vf"
)

// TestEachRecordIsServedInEachForm: what is served means the record, to our reader,
// to a JSON-LD processor, and to the schema that its headers name.
func TestEachRecordIsServedInEachForm(t *testing.T) {
	t.Parallel()
	s := at(t, story)
	g, err := s.n.Graph()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range g.All() {
		want, err := vf.Encode(r)
		if err != nil {
			t.Fatal(err)
		}
		path := Address("home", r.Key())
		for _, f := range []form{jsonLD, asYAML} {
			w := s.get(path, "Accept: "+f.mime)
			if w.Code != http.StatusOK {
				t.Fatalf("%s: %d %s", path, w.Code, w.Body)
			}
			got, err := format.ReadNetwork("served."+f.name, bytes.NewReader(w.Body.Bytes()), g)
			if err != nil || len(got.All()) != 1 {
				t.Errorf("%s as %s: %v", path, f.name, err)
				continue
			}
			if line, _ := vf.Encode(got.All()[0]); string(line) != string(want) {
				t.Errorf("%s as %s is read as %s, want %s", path, f.name, line, want)
			}
		}
		meant(t, s, r)
		valid(t, s, r)
	}
}

// meant checks the id and class of a served record as JSON-LD processors see it.
func meant(t *testing.T, s *site, r vf.Record) {
	t.Helper()
	var doc any
	if err := json.Unmarshal(s.get(Address("home", r.Key())).Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	list, err := ld.NewJsonLdProcessor().Expand(doc, ld.NewJsonLdOptions(""))
	if err != nil || len(list) != 1 {
		t.Errorf("%s expands to %v, %v", r.Key(), list, err)
		return
	}
	n := list[0].(map[string]any)
	id := home + string(r.Key())
	switch {
	case strings.Contains(string(r.Key()), "://"):
		id = string(r.Key())
	case strings.Contains(string(r.Key()), "é"): // as a processor writes it in an address
		id = home + "need/%C3%A9#?&%41x"
	}
	if n["@id"] != id || n["@type"].([]any)[0] != format.ClassIRI(r.Class()) {
		t.Errorf("%s is %v of %v", r.Key(), n["@id"], n["@type"])
	}
}

func valid(t *testing.T, s *site, r vf.Record) {
	t.Helper()
	w := s.get(Address("home", r.Key()))
	at := regexp.MustCompile(`<([^>]+)>; rel="describedby"`).FindStringSubmatch(strings.Join(w.Header().Values("Link"), ", "))
	if at == nil {
		t.Fatalf("%s names no schema: %v", r.Key(), w.Header())
	}
	schema := s.get(at[1])
	doc, err := jsonschema.UnmarshalJSON(schema.Body)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("http://example.com"+at[1], doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("http://example.com" + at[1])
	if err != nil {
		t.Fatal(err)
	}
	body, err := jsonschema.UnmarshalJSON(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(body); err != nil {
		t.Errorf("%s: %v", r.Key(), err)
	}
}

func TestWhatIsNotThereAndWhatIsNotTheirsAreOneAnswer(t *testing.T) {
	t.Parallel()
	s := at(t, story)
	for _, accept := range []string{"text/html", "application/ld+json", ""} {
		var first string
		for _, path := range []string{"/home/need/1", "/home/need/none", "/home/?id=https%3A%2F%2Fother.example%2Fneeds%2F%2F7%3Fa%3Db%23c", "/home/?id=", "/home/need/1?history", "/home/need/1?at=1", "/home/stock/wool?trace", "/home/network.jsonld?scope=agent/mill", "/home/%ff", "/home/need/2?history"} {
			w := s.get(path, guest, "Accept: "+accept)
			w.Header().Del("X")
			answer := fmt.Sprint(w.Code, w.Header(), strings.ReplaceAll(w.Body.String(), "<p>home</p>", "<p></p>"))
			if w.Code != http.StatusNotFound {
				t.Errorf("%s: %d", path, w.Code)
			}
			if first == "" {
				first = answer
			}
			if answer != first {
				t.Errorf("%s answers %s, others %s", path, answer, first)
			}
		}
	}
	if w := s.get("/home/need/1", "As: nobody"); w.Code != http.StatusUnauthorized {
		t.Errorf("a session that does not hold: %d", w.Code)
	}
	if w := s.ask(http.MethodDelete, "/home/need/1", ""); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("DELETE: %d, %v", w.Code, w.Header())
	}
}

func TestETagsHoldUntilARecordChanges(t *testing.T) {
	t.Parallel()
	s := at(t, story)
	if _, _, err := s.n.PlanOf(context.Background(), s.n.Journal().Size()-1); err != nil { // pages say what it says
		t.Fatal(err)
	}
	for _, accept := range []string{"application/ld+json", "application/json", "application/yaml", "text/html"} {
		w := s.get("/home/need/1", "Accept: "+accept)
		tag := w.Header().Get("ETag")
		if tag == "" || !strings.Contains(w.Header().Get("Vary"), "Accept") {
			t.Fatalf("%s: %v", accept, w.Header())
		}
		if w := s.get("/home/need/1", "Accept: "+accept, `If-None-Match: "other", W/`+tag); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
			t.Errorf("%s, unchanged: %d %s", accept, w.Code, w.Body)
		}
	}
	before := s.get("/home/need/1").Header().Get("ETag")
	r, err := s.n.Record("need/1")
	if err != nil {
		t.Fatal(err)
	}
	changed := *r.(*vf.Intent)
	changed.Name = "Yarn for scarves"
	s.do(journal.Change, &changed)
	w := s.get("/home/need/1", "If-None-Match: "+before)
	if w.Code != http.StatusOK || w.Header().Get("ETag") == before {
		t.Errorf("changed: %d with the tag %s", w.Code, w.Header().Get("ETag"))
	}
	if w := s.get("/home/need/1", "Accept: image/png"); w.Code != http.StatusNotAcceptable || !strings.Contains(w.Body.String(), "application/ld+json") {
		t.Errorf("a picture of a need: %d %s", w.Code, w.Body)
	}
}

func TestHistoryTellsWhoAndWhen(t *testing.T) {
	t.Parallel()
	s := at(t, story)
	r, err := s.n.Record("need/1")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 60 {
		changed := *r.(*vf.Intent)
		changed.Name = fmt.Sprint("Name ", i)
		s.do(journal.Change, &changed)
	}
	var list []Revision
	if err := json.Unmarshal(s.get("/home/need/1?history", "Accept: application/json").Body.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	if len(list) != perPage || list[0].Author != "agent/ada" || list[0].Kind != journal.Change || !list[0].Said || list[0].At.IsZero() {
		t.Fatalf("%d revisions, the newest %+v", len(list), list[0])
	}
	w := s.get(fmt.Sprint("/home/need/1?as=json&at=", list[10].Sequence))
	if !strings.Contains(w.Body.String(), `"Name 49"`) {
		t.Errorf("the revision before ten others is %s", w.Body)
	}
	more := regexp.MustCompile(`<([^>]+)>; rel="next"`).FindStringSubmatch(s.get("/home/need/1?history", "Accept: text/html").Header().Get("Link"))
	if more == nil {
		t.Fatal("no link to earlier ones")
	}
	if err := json.Unmarshal(s.get(more[1], "Accept: application/json").Body.Bytes(), &list); err != nil || len(list) != 11 || list[10].Kind != journal.Declare {
		t.Errorf("%d earlier ones, %v", len(list), err)
	}
	if w := s.get("/home/need/1?at=0"); w.Code != http.StatusNotFound {
		t.Errorf("an entry that is not of the record: %d", w.Code)
	}
	if w := s.get("/home/agent/ada?as=json&at=1"); strings.Contains(w.Body.String(), "Ada") || w.Code != http.StatusOK {
		t.Errorf("an earlier state has personal data: %s", w.Body)
	}
}

func TestWhatWasTakenBackIsGoneForThoseWhoSawIt(t *testing.T) {
	t.Parallel()
	s := at(t, story)
	s.withdraw("need/1")
	if w := s.get("/home/need/1", "Accept: text/html"); w.Code != http.StatusGone || !strings.Contains(w.Body.String(), "taken back") {
		t.Errorf("for a member: %d %s", w.Code, w.Body)
	}
	if w := s.get("/home/need/1", guest); w.Code != http.StatusNotFound {
		t.Errorf("for a guest: %d", w.Code)
	}
	if _, err := s.n.Do(context.Background(), node.Act{Kind: journal.Erase, Author: "agent/eve", Key: "erase", Of: []vf.ID{"agent/eve"}}); err != nil {
		t.Fatal(err)
	}
	w := s.get("/home/agent/eve", "Accept: text/html")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "personal data of this record was erased") || strings.Contains(w.Body.String(), "Eve<") {
		t.Errorf("an erased person: %d %s", w.Code, w.Body)
	}
}

// TestPagesShowHostileTextsAsTexts puts a hostile text into every property that
// takes one, and looks at each page that shows it.
func TestPagesShowHostileTextsAsTexts(t *testing.T) {
	t.Parallel()
	s := at(t, story)
	s.do(journal.Declare, &vf.Agent{ID: "agent/'&lt;b", Type: "Organization", Name: evil, Note: evil, Image: "javascript:alert(1)", ClassifiedAs: []string{evil, "http://x.example/\"onclick=alert(1)"}},
		&vf.Unit{ID: "unit/evil", Label: evil, Symbol: evil}, &vf.ResourceSpecification{ID: "spec/evil", Name: evil, DefaultUnitOfResource: "unit/evil"},
		&vf.EconomicResource{ID: "stock/evil", Name: evil, ConformsTo: "spec/evil", PrimaryAccountable: "agent/'&lt;b", AccountingQuantity: vf.Measure{HasNumericalValue: vf.Whole(3), HasUnit: "unit/evil"}},
		&vf.Intent{ID: "need/evil", Name: evil, Action: vf.Transfer, Receiver: "agent/'&lt;b", ResourceConformsTo: "spec/evil", ResourceQuantity: vf.Measure{HasNumericalValue: vf.Whole(9), HasUnit: "unit/evil"}, Due: vf.At(1797000000), State: evil})
	if _, _, err := s.n.PlanOf(context.Background(), s.n.Journal().Size()-1); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/home/", "/home/agents", "/home/intents", Address("home", "agent/'&lt;b"), "/home/spec/evil", "/home/stock/evil", "/home/need/evil", "/home/need/evil?history", "/home/stock/evil?trace", "/home/stock/evil?track", "/home/unit/evil"} {
		w := s.get(path, "Accept: text/html")
		page := w.Body.String()
		if w.Code != http.StatusOK || !strings.Contains(page, "alert(1)") && !strings.Contains(path, "unit") && path != "/home/agents" {
			t.Errorf("%s: %d without the text", path, w.Code)
		}
		for _, bad := range []string{"<script", "<img", "onerror=alert(2)>", "<b>", `href="javascript`, "style=", " onclick"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s has %s in %s", path, bad, page)
			}
		}
		for _, m := range regexp.MustCompile(`(?s)<bdi[^>]*>[^<]*</bdi>`).FindAllString(page, -1) {
			page = strings.Replace(page, m, "", 1)
		}
		if strings.Contains(html.UnescapeString(page), "\u202e") {
			t.Errorf("%s turns the direction of what is around a text: %s", path, page)
		}
	}
}

// TestPagesOfRecordsLookAtWhatTheyShowAlone: a record that very many refer to is
// shown with some of them; following “more” shows each of them once.
func TestPagesOfRecordsLookAtWhatTheyShowAlone(t *testing.T) {
	t.Parallel()
	s := at(t, story)
	var many []vf.Record
	for i := range 900 {
		many = append(many, &vf.Intent{ID: vf.ID(fmt.Sprintf("need/many/%03d", i)), Action: vf.Transfer, Receiver: "agent/eve", ResourceConformsTo: "spec/wool",
			ResourceQuantity: vf.Measure{HasNumericalValue: vf.Whole(1), HasUnit: "unit/kg"}, Due: vf.At(1797000000)})
	}
	s.do(journal.Declare, many...)
	s.asked.Store(0)
	w := s.get("/home/spec/wool", "Accept: text/html")
	if n := s.asked.Load(); n > 300 {
		t.Errorf("a page asked for %d records", n)
	}
	seen := map[string]int{}
	address := regexp.MustCompile(`href="(/home/need/many/[0-9]+)"`)
	next := regexp.MustCompile(`href="([^"]*\?of=Intent\.resourceConformsTo[^"]*)"`)
	for range 100 {
		for _, m := range address.FindAllStringSubmatch(w.Body.String(), -1) {
			seen[m[1]]++
		}
		more := next.FindStringSubmatch(w.Body.String())
		if more == nil {
			break
		}
		w = s.get(html.UnescapeString(more[1]), "Accept: text/html")
	}
	if len(seen) != len(many) {
		t.Errorf("%d of %d were shown", len(seen), len(many))
	}
	for at, n := range seen {
		if n != 1 {
			t.Errorf("%s was shown %d times", at, n)
		}
	}
}

func TestListsShowEachRecordOnce(t *testing.T) {
	t.Parallel()
	s := at(t, story)
	var many []vf.Record
	for i := range 120 {
		many = append(many, &vf.SpatialThing{ID: vf.ID(fmt.Sprintf("place/%03d", i)), Name: fmt.Sprint("Place ", i)})
	}
	s.do(journal.Declare, many...)
	var ids []string
	for path := "/home/places"; path != ""; {
		w := s.get(path)
		var doc struct {
			Graph []struct {
				ID string `json:"@id"`
			} `json:"@graph"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		for _, r := range doc.Graph {
			ids = append(ids, r.ID)
		}
		path = ""
		if m := regexp.MustCompile(`<([^>]+)>; rel="next"`).FindStringSubmatch(w.Header().Get("Link")); m != nil {
			path = m[1]
		}
	}
	if !slices.IsSorted(ids) || len(slices.Compact(ids)) != len(many) {
		t.Errorf("%d of %d", len(ids), len(many))
	}
	if w := s.get("/home/places", guest, "Accept: text/html"); !strings.Contains(w.Body.String(), "none that you may see") {
		t.Errorf("a guest sees %s", w.Body)
	}
}

func TestTheOverviewCountsWhatTheAskerSees(t *testing.T) {
	t.Parallel()
	s := at(t, story)
	if _, _, err := s.n.PlanOf(context.Background(), s.n.Journal().Size()-1); err != nil {
		t.Fatal(err)
	}
	page := s.get("/home/", "Accept: text/html").Body.String()
	for _, want := range []string{`<a href="/home/intents">Needs, offers and open work</a> <span class="number">3</span>`, "<strong>1</strong> short", "/home/need/%C3%A9%23%3F&amp;%2541x", "What is next", "Spin"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s:\n%s", want, page)
		}
	}
	if page := s.get("/home/", guest, "Accept: text/html").Body.String(); strings.Contains(page, "number") || !strings.Contains(page, "sign in") {
		t.Errorf("a guest sees %s", page)
	}
	var doc struct {
		Classes []classCount `json:"classes"`
	}
	if err := json.NewDecoder(io.TeeReader(s.get("/home/", "Accept: application/json").Body, io.Discard)).Decode(&doc); err != nil || len(doc.Classes) < 10 {
		t.Errorf("%+v, %v", doc, err)
	}
}
