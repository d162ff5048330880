package linked

import (
	"context"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"commonweal/format"
	"commonweal/host"
	"commonweal/journal"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/vf"
)

// today is a fixed clock: 2026-11-26, 10:30.
func today() vf.Time { return vf.At(1795689000) }

const home = "https://example.org/home/"

// evil is a name such as people give who mean harm.
const evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202egnp.exe"

// story is the network that tests are about: a mill with a member, Ada.
const story = `
"@context": {"@base": "https://example.org/home/"}
"@graph":
  - {"@id": unit/kg, "@type": Unit, label: kilogram, symbol: kg, omUnitIdentifier: kilogram}
  - {"@id": unit/h, "@type": Unit, label: hour, symbol: h, omUnitIdentifier: hour}
  - {"@id": agent/mill, "@type": Organization, name: Mill}
  - {"@id": agent/ada, "@type": Person, name: Ada, note: Her note}
  - {"@id": agent/eve, "@type": Person, name: Eve}
  - {"@id": in/ada, "@type": Membership, member: agent/ada, role: owner}
  - {"@id": spec/wool, "@type": ResourceSpecification, name: Wool, defaultUnitOfResource: unit/kg, image: "https://pictures.example/wool.png", resourceClassifiedAs: ["javascript:alert(1)", "https://taxonomy.example/wool"]}
  - {"@id": spec/yarn, "@type": ResourceSpecification, name: Yarn, defaultUnitOfResource: unit/kg}
  - {"@id": stage/spun, "@type": ProcessSpecification, name: Spinning}
  - {"@id": step/spin, "@type": RecipeProcess, name: Spin, processConformsTo: stage/spun, performedBy: agent/ada, hasDuration: 6 h, largestBatch: 100 kg, hasRecipeInput: [{"@id": step/spin/wool, action: consume, resourceConformsTo: spec/wool, resourceQuantity: 1.25 kg}], hasRecipeOutput: [{"@id": step/spin/yarn, action: produce, resourceConformsTo: spec/yarn, resourceQuantity: 1 kg}]}
  - {"@id": stock/wool, "@type": EconomicResource, name: Fleece, conformsTo: spec/wool, primaryAccountable: agent/mill, accountingQuantity: 50 kg, onhandQuantity: 50 kg}
  - {"@id": need/1, "@type": Intent, name: Yarn for hats, action: transfer, receiver: agent/ada, resourceConformsTo: spec/yarn, resourceQuantity: 8 kg, due: 2026-12-20T06:00:00Z}
  - {"@id": "need/é#?&%41 x", "@type": Intent, name: Odd, action: transfer, receiver: agent/eve, resourceConformsTo: spec/yarn, resourceQuantity: 900 kg, due: 2026-12-21}
  - {"@id": "https://other.example/needs//7?a=b#c", "@type": Intent, name: From elsewhere, action: transfer, receiver: agent/eve, resourceConformsTo: spec/yarn, resourceQuantity: 1 kg, due: 2026-12-22}
  - {"@id": work/1, "@type": Process, name: Spin for Eve, basedOn: stage/spun, hasBeginning: 2026-12-01T08:00:00Z, hasEnd: 2026-12-01T14:00:00Z}
  - {"@id": promise/1, "@type": Commitment, action: produce, outputOf: work/1, provider: agent/ada, receiver: agent/eve, resourceConformsTo: spec/yarn, resourceQuantity: 2 kg, due: 2026-12-01T14:00:00Z}
  - {"@id": promise/2, "@type": Commitment, action: transfer, provider: agent/ada, receiver: agent/eve, resourceConformsTo: spec/yarn, resourceQuantity: 1 kg, due: 2026-12-05}
  - {"@id": event/1, "@type": EconomicEvent, action: consume, provider: agent/mill, receiver: agent/mill, resourceInventoriedAs: stock/wool, resourceQuantity: 2 kg, hasPointInTime: 2026-11-20T10:00:00Z, inputOf: work/1}
`

// site is a host with a network, and a handler before it. Who asks is said by the
// header As; the calendar of Ada has the secret “hers”.
type site struct {
	t     *testing.T
	n     *host.Network
	h     *Handler
	asked atomic.Int64 // how many records seats were asked for
}

// counting counts what a seat is asked for.
type counting struct {
	*node.Seat
	n *atomic.Int64
}

func (c counting) Record(id vf.ID) (vf.Record, error) {
	c.n.Add(1)
	return c.Seat.Record(id)
}

func at(t *testing.T, file string) *site {
	t.Helper()
	h, err := host.Open(context.Background(), host.Options{Data: t.TempDir(), Now: today})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	n, err := h.Begin(context.Background(), "home", home)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, n: n}
	s.h = New(Options{Host: h, Now: today, Version: "test", Show: show, Asker: func(r *http.Request, n *host.Network) (Asker, error) {
		agent := vf.ID(r.Header.Get("As"))
		if agent == "nobody" {
			return Asker{}, rule.Refuse("signedOut")
		}
		return Asker{counting{n.Seat(node.Actor{Agent: agent}), &s.asked}, agent, agent != "" || r.Header.Get("Cookie") != ""}, nil
	}, Feed: func(_ context.Context, n *host.Network, secret string) (Asker, error) {
		if secret != "hers" {
			return Asker{}, nil
		}
		return Asker{n.Seat(node.Actor{Agent: "agent/ada"}), "agent/ada", true}, nil
	}})
	if file != "" {
		g, err := format.ReadNetwork("story.yaml", strings.NewReader(strings.ReplaceAll(file, "%41 x", "%41x")), nil)
		if err != nil {
			t.Fatal(err)
		}
		s.do(journal.Declare, g.All()...)
	}
	return s
}

// do enters records past all seats.
func (s *site) do(kind journal.Kind, records ...vf.Record) {
	s.t.Helper()
	if _, err := s.n.Do(context.Background(), node.Act{Kind: kind, Author: "agent/ada", Key: fmt.Sprint("key-", s.n.Journal().Size()), Records: records}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) withdraw(ids ...vf.ID) {
	s.t.Helper()
	if _, err := s.n.Do(context.Background(), node.Act{Kind: journal.Withdraw, Author: "agent/ada", Key: fmt.Sprint("key-", s.n.Journal().Size()), Of: ids}); err != nil {
		s.t.Fatal(err)
	}
}

func show(w http.ResponseWriter, status int, title, network string, body template.HTML) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<title>"+template.HTMLEscapeString(title)+"</title><p>"+template.HTMLEscapeString(network)+"</p>"+string(body))
}

// get asks as Ada; changes are made to the request.
func (s *site) get(path string, change ...string) *httptest.ResponseRecorder {
	return s.ask(http.MethodGet, path, "", change...)
}

// ask sends a request; headers are “Name: value”, as Ada unless As is said.
func (s *site) ask(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("As", "agent/ada")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	mux := http.NewServeMux() // which tidies paths up
	mux.Handle("/home/", http.StripPrefix("/home", s.h.In(s.n)))
	for _, p := range []string{"/context", "/ns", "/schema/"} {
		mux.HandleFunc(p, s.h.Vocabulary)
	}
	mux.ServeHTTP(w, r)
	return w
}

const guest = "As: "
