package graphql_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"commonweal/host"
	"commonweal/journal"
	"commonweal/node"
	"commonweal/plan"
	"commonweal/store"
	"commonweal/store/sqlite"
	"commonweal/vf"
	"commonweal/web/graphql"
)

// now is when the stories of these tests are.
var now = vf.At(1682899200)

// seat is somebody at the books who sees what a test says, and may do all.
type seat struct {
	*node.Node
	author vf.ID
	hidden map[vf.ID]bool
}

func (s *seat) Actor() node.Actor              { return node.Actor{Agent: s.author} }
func (s *seat) Sees(r vf.Record) bool          { return !s.hidden[r.Key()] }
func (s *seat) May(string, ...vf.Record) error { return nil }
func (s *seat) SeesAll() bool                  { return len(s.hidden) == 0 }

// planner plans whenever it is asked, and after each act.
type planner struct {
	*node.Planner
	mu   sync.Mutex
	n    *node.Node
	last int64
}

func (p *planner) PlanOf(context.Context, int64) (*plan.Plan, int64, error) { return p.Plan(now) }

func (p *planner) Planned(f func(host.Planned)) (cancel func()) {
	var telling sync.WaitGroup
	deaf := p.n.Subscribe(func(node.Change) {
		telling.Go(func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			if made, diff, last, err := p.Advance(now); err == nil && last > p.last {
				p.last = last
				f(host.Planned{Plan: made, Diff: diff, Sequence: last})
			}
		})
	})
	return func() { deaf(); telling.Wait() }
}

// door is a server over the books of one test.
type door struct {
	*node.Node
	t      testing.TB
	server *httptest.Server
	seat   *seat
	other  graphql.Seat // sits there instead, if not nil
	h      *graphql.Handler
}

// open opens a door to books that hold the records, seen by an author.
func open(t testing.TB, limits graphql.Limits, records ...vf.Record) *door {
	t.Helper()
	return openOn(t, limits, func(s store.Store) store.Store { return s }, records...)
}

func openOn(t testing.TB, limits graphql.Limits, over func(store.Store) store.Store, records ...vf.Record) *door {
	t.Helper()
	s, err := sqlite.Create(context.Background(), filepath.Join(t.TempDir(), "books.sqlite"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := node.Options{Signer: journal.NewSigner(ed25519.NewKeyFromSeed(make([]byte, 32))), Now: func() vf.Time { return now }}
	n, err := node.Create(context.Background(), over(s), "https://example.org/wool/", "agent/ann", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Close() })
	if len(records) > 0 {
		if _, err := n.Do(context.Background(), node.Act{Kind: journal.Declare, Author: "agent/ann", Key: "1", Records: records}); err != nil {
			t.Fatal(err)
		}
	}
	p, err := n.Planner(plan.Settings{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	d := &door{Node: n, t: t, seat: &seat{n, "agent/ann", map[vf.ID]bool{}}}
	d.h = graphql.New(graphql.Options{Node: n, Planner: &planner{Planner: p, n: n}, Limits: limits, Now: func() vf.Time { return now },
		Seat: func(*http.Request) (graphql.Seat, error) {
			if d.other != nil {
				return d.other, nil
			}
			return d.seat, nil
		}})
	d.server = httptest.NewServer(d.h)
	t.Cleanup(func() {
		d.h.Close()
		d.server.CloseClientConnections()
		d.server.Close()
	})
	return d
}

// answer is a response.
type answer struct {
	Data   json.RawMessage `json:"data"`
	Errors []struct {
		Message    string `json:"message"`
		Path       []any  `json:"path"`
		Extensions struct {
			Code   string            `json:"code"`
			Hint   string            `json:"hint"`
			Place  string            `json:"place"`
			Values map[string]string `json:"values"`
		} `json:"extensions"`
	} `json:"errors"`
}

// ask asks by POST and returns the answer.
func (d *door) ask(query string, variables map[string]any) answer {
	d.t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		d.t.Fatal(err)
	}
	r, err := http.Post(d.server.URL+"/graphql", "application/json", bytes.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	defer r.Body.Close()
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	var a answer
	if err := json.Unmarshal(raw, &a); err != nil {
		d.t.Fatalf("%v in %s", err, raw)
	}
	return a
}

// get asks what must be answered without an error, and returns the data.
func (d *door) get(query string, variables map[string]any) string {
	d.t.Helper()
	a := d.ask(query, variables)
	for _, e := range a.Errors {
		d.t.Errorf("%s: %s at %v %s (%s)", e.Extensions.Code, e.Message, e.Path, e.Extensions.Place, e.Extensions.Hint)
	}
	return string(a.Data)
}

// want asks and compares the data.
func (d *door) want(query, data string) {
	d.t.Helper()
	if got := d.get(query, nil); got != data {
		d.t.Errorf("%s\n have %s\n want %s", strings.TrimSpace(query), got, data)
	}
}

// refused asks what must be refused by a rule.
func (d *door) refused(rule, query string, variables map[string]any) answer {
	d.t.Helper()
	a := d.ask(query, variables)
	if len(a.Errors) == 0 || a.Errors[0].Extensions.Code != rule {
		d.t.Errorf("%.200s: wanted a refusal by %s, have %+v %.300s", query, rule, a.Errors, a.Data)
	}
	return a
}

// mill are a few records that belong together.
func mill() []vf.Record {
	measure := func(n int64, unit vf.ID) vf.Measure {
		return vf.Measure{HasNumericalValue: vf.Whole(n), HasUnit: unit}
	}
	return []vf.Record{
		&vf.Unit{ID: "unit/kg", Label: "kilogram", Symbol: "kg", OmUnitIdentifier: "kilogram"},
		&vf.Unit{ID: "unit/h", Label: "hour", Symbol: "h", OmUnitIdentifier: "hour"},
		&vf.Agent{ID: "agent/ann", Type: "Person", Name: "Ann Weaver", Note: "allergic to nettles"},
		&vf.Agent{ID: "agent/mill", Type: "Organization", Name: "Mill", ClassifiedAs: []string{"workshop"}},
		&vf.Agent{ID: "agent/river", Type: "EcologicalAgent", Name: "River"},
		&vf.SpatialThing{ID: "place/barn", Name: "Barn"},
		&vf.ResourceSpecification{ID: "spec/wool", Name: "Wool", DefaultUnitOfResource: "unit/kg"},
		&vf.ResourceSpecification{ID: "spec/yarn", Name: "Yarn", DefaultUnitOfResource: "unit/kg"},
		&vf.ProcessSpecification{ID: "process-spec/spin", Name: "Spin"},
		&vf.EconomicResource{ID: "resource/fleece", Name: "Fleece", ConformsTo: "spec/wool", PrimaryAccountable: "agent/ann", CurrentLocation: "place/barn",
			AccountingQuantity: measure(12, "unit/kg"), OnhandQuantity: measure(12, "unit/kg")},
		&vf.RecipeProcess{ID: "recipe/spin", Name: "Spin wool", ProcessConformsTo: "process-spec/spin", HasDuration: measure(3, "unit/h"), PerformedBy: "agent/mill"},
		&vf.RecipeFlow{ID: "flow/in", Action: vf.Consume, RecipeInputOf: "recipe/spin", ResourceConformsTo: "spec/wool", ResourceQuantity: measure(4, "unit/kg")},
		&vf.RecipeFlow{ID: "flow/out", Action: vf.Produce, RecipeOutputOf: "recipe/spin", ResourceConformsTo: "spec/yarn", ResourceQuantity: measure(3, "unit/kg")},
		&vf.Intent{ID: "need/yarn", Name: "Socks", Action: vf.Transfer, Receiver: "agent/ann", ResourceConformsTo: "spec/yarn", ResourceQuantity: measure(3, "unit/kg"),
			Due: vf.At(1690000000), Note: "before winter"},
		&vf.Process{ID: "process/spin", Name: "Spin", BasedOn: "process-spec/spin"},
	}
}
