package web_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"commonweal/host"
	"commonweal/journal"
	"commonweal/node"
	"commonweal/people"
	"commonweal/vf"
	"commonweal/web"
	"commonweal/web/webtest"
)

// roles are the columns of the table of rights, in order.
var roles = []string{"guest", "elsewhere", "circle", "circle-lead", "member", "books", "coord", "owner", "bot-reads", "bot-writes"}

// today is when these stories are.
var today = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// somebody is who asks: nobody known, a person by their cookie, or a bot by its token.
type somebody struct {
	role  string
	agent vf.ID // in the network home; "" where they have no seat
	mine  vf.ID // whose things count as theirs: their own, or those of their circle
	head  map[string]string
	first string        // the secret of their first session
	heard *webtest.Text // all that they were answered
}

// town is a server with two networks and people in every role. They came in by
// invitations, over HTTP, each invited by whom the charter lets.
type town struct {
	t          testing.TB
	people     *people.People
	site       *web.Site
	server     *httptest.Server
	home, away *host.Network
	log        *webtest.Text
	who        map[string]*somebody
	made       int
}

// newTown builds the town; store is where its books are, "" a folder.
func newTown(t testing.TB, store string) *town {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	p, err := people.Open(ctx, people.Source{File: filepath.Join(dir, "people.sqlite")},
		people.Options{Now: func() time.Time { return today }, Hashing: people.Hashing{Memory: 64, Passes: 1, Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	w := &town{t: t, people: p, log: &webtest.Text{}, who: map[string]*somebody{}}
	log := slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h, err := host.Open(ctx, host.Options{Data: dir, Store: store, Now: func() vf.Time { return vf.At(today.Unix()) }, People: p, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = h.Close(), p.Close() })
	for name, at := range map[string]**host.Network{"home": &w.home, "away": &w.away} {
		if *at, err = h.Begin(ctx, name, "https://example.org/"+name+"/"); err != nil {
			t.Fatal(err)
		}
	}
	w.server = httptest.NewUnstartedServer(nil)
	w.site = web.New(web.Options{Host: h, People: p, Address: "http://" + w.server.Listener.Addr().String() + "/", Log: log, MetricsToken: "figures"})
	w.server.Config.Handler = w.site
	w.server.Start()
	t.Cleanup(func() { w.server.CloseClientConnections(); w.server.Close() })
	w.settle(h)
	return w
}

// settle lets people in and gives them things.
func (w *town) settle(h *host.Host) {
	w.t.Helper()
	w.who["guest"] = &somebody{role: "guest", heard: &webtest.Text{}}
	first := func(n *host.Network) string {
		secret, err := h.InviteOwner(w.t.Context(), n)
		if err != nil {
			w.t.Fatal(err)
		}
		return secret
	}
	owner := w.join("owner", first(w.home))
	w.do(owner.agent, vocabulary()...)
	w.join("elsewhere", first(w.away))
	for _, role := range []string{"member", "bookkeeper", "coordinator"} {
		name := map[string]string{"bookkeeper": "books", "coordinator": "coord"}[role]
		if name == "" {
			name = role
		}
		w.join(name, w.invite(owner, role, ""))
	}
	lead := w.join("circle-lead", w.invite(owner, "coordinator", "agent/circle"))
	member := w.join("circle", w.invite(lead, "member", "agent/circle"))
	lead.mine, member.mine = "agent/circle", "agent/circle"
	w.who["bot-reads"] = w.bot(owner, "bot-reads", url.Values{"readOnly": {"true"}})
	w.who["bot-writes"] = w.bot(owner, "bot-writes", url.Values{"budget": {"1000000"},
		"verbs": {"declare", "change", "withdraw", "commit", "release", "record", "correct", "finish", "plan", "adopt"}})
	var list []vf.Record
	for _, of := range []vf.ID{"agent/guild", "agent/circle"} {
		list = append(list, belongings(of)...)
	}
	w.do(owner.agent, list...)
	for _, role := range []string{"member", "books", "coord", "owner"} {
		w.do(w.who[role].agent, belongings(w.who[role].agent)...)
	}
}

// do enters records, with all rights, as first entered by an agent.
func (w *town) do(author vf.ID, records ...vf.Record) {
	w.t.Helper()
	w.made++
	for _, r := range records {
		if p, ok := r.(*vf.RecipeProcess); ok && strings.HasPrefix(string(p.ID), "x/") { // there is none without an output
			records = append(records, outputOf(p.ID))
		}
	}
	if author == "" {
		author = "agent/zed"
	}
	if _, err := w.home.Do(w.t.Context(), node.Act{Kind: journal.Declare, Author: author, Key: fmt.Sprint("town/", w.made), Records: records}); err != nil {
		w.t.Fatal(err)
	}
}

// outputOf is what a step of a recipe gives.
func outputOf(step vf.ID) *vf.RecipeFlow {
	return &vf.RecipeFlow{ID: "output/" + step, Action: vf.Produce, RecipeOutputOf: step, ResourceConformsTo: "spec/yarn", ResourceQuantity: kg(1)}
}

// withdraw takes a record back, with all rights.
func (w *town) withdraw(id vf.ID) {
	w.t.Helper()
	w.made++
	if _, err := w.home.Do(w.t.Context(), node.Act{Kind: journal.Withdraw, Author: "agent/zed", Key: fmt.Sprint("town/", w.made), Of: []vf.ID{id}}); err != nil {
		w.t.Fatal(err)
	}
}

// fresh is a sample that is nowhere in the books, with the next version where it has one.
func (w *town) fresh(c vf.Class, of vf.ID) vf.Record {
	w.made++
	r := sample(c, of, fmt.Sprintf("n%04d", w.made))
	if ch, ok := r.(*vf.Charter); ok {
		for range w.home.Snapshot().Referring("Charter", "inScopeOf", of, "", false) {
			ch.Version++
		}
	}
	return r
}

// join takes an invitation into home, or into away.
func (w *town) join(role, invitation string) *somebody {
	w.t.Helper()
	a := w.ask(&somebody{}, http.MethodPost, "/signup", map[string]string{"Content-Type": "application/json"},
		jsonOf(map[string]string{"invitation": invitation, "name": role, "password": "gravel otter lantern " + role}))
	s := &somebody{role: role, head: map[string]string{}, heard: &webtest.Text{}}
	for _, c := range (&http.Response{Header: a.head}).Cookies() {
		if c.Name == "commonweal-session" {
			s.head["Cookie"], s.first = c.Name+"="+c.Value, c.Value
		}
	}
	if s.head["Cookie"] == "" {
		w.t.Fatalf("%s is not let in: %d %s", role, a.status, a.body)
	}
	seats, err := w.people.SeatsOf(w.t.Context(), "home")
	if err != nil {
		w.t.Fatal(err)
	}
	for _, x := range seats {
		if a, err := w.people.Account(w.t.Context(), x.Account); err == nil && a.Name == role && !x.Joined.IsZero() {
			s.agent, s.mine = x.Agent, x.Agent
		}
	}
	w.who[role] = s
	return s
}

// invite makes an invitation into home.
func (w *town) invite(by *somebody, role string, scope vf.ID) string {
	w.t.Helper()
	var said struct {
		Link string `json:"link"`
	}
	w.account(by, "/account/invitations", url.Values{"network": {"home"}, "role": {role}, "scope": {string(scope)}}, &said)
	_, secret, _ := strings.Cut(said.Link, "invitation=")
	return secret
}

// bot makes a token.
func (w *town) bot(of *somebody, role string, more url.Values) *somebody {
	w.t.Helper()
	var said struct {
		Secret string `json:"secret"`
	}
	more.Set("label", role)
	more.Set("network", "home")
	more.Set("days", "30")
	w.account(of, "/account/tokens", more, &said)
	return &somebody{role: role, agent: of.agent, mine: of.mine, heard: &webtest.Text{}, head: map[string]string{"Authorization": "Bearer " + said.Secret}}
}

// account posts a form of the account that must be taken.
func (w *town) account(who *somebody, path string, form url.Values, into any) {
	w.t.Helper()
	a := w.ask(who, http.MethodPost, path, map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}, form.Encode())
	if err := json.Unmarshal(a.body, into); err != nil || a.status != http.StatusOK {
		w.t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
}

// answered is a whole answer.
type answered struct {
	status int
	head   http.Header
	body   []byte
}

// ask asks the server as somebody.
func (w *town) ask(who *somebody, method, path string, head map[string]string, body string) answered {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, h := range []map[string]string{head, who.head} {
		for k, v := range h {
			r.Header.Set(k, v)
		}
	}
	a, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = a.Body.Close() }()
	raw, err := io.ReadAll(a.Body)
	if err != nil {
		w.t.Fatalf("%s %s: %v", method, path, err)
	}
	if who.heard != nil {
		_, _ = fmt.Fprintln(who.heard, a.Status, a.Header)
		_, _ = who.heard.Write(raw)
	}
	return answered{a.StatusCode, a.Header, raw}
}

// reply is an answer of GraphQL.
type reply struct {
	Data   json.RawMessage `json:"data"`
	Errors []struct {
		Message    string `json:"message"`
		Extensions struct {
			Code string `json:"code"`
		} `json:"extensions"`
	} `json:"errors"`
	raw []byte
}

// code is the rule of the first refusal in an answer, "" if there is none.
func (r reply) code() string {
	if len(r.Errors) == 0 {
		return ""
	}
	return r.Errors[0].Extensions.Code
}

// graphql asks the GraphQL door of home.
func (w *town) graphql(who *somebody, query string, variables map[string]any) reply {
	w.t.Helper()
	a := w.ask(who, http.MethodPost, "/home/graphql", map[string]string{"Content-Type": "application/json"}, jsonOf(map[string]any{"query": query, "variables": variables}))
	r := reply{raw: a.body}
	if err := json.Unmarshal(a.body, &r); err != nil {
		w.t.Fatalf("%.300s: %d %.500s", query, a.status, a.body)
	}
	return r
}

func jsonOf(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // maps of texts can be written
	}
	return string(raw)
}

func kg(n int64) vf.Measure {
	return vf.Measure{HasNumericalValue: vf.Whole(n), HasUnit: "unit/kg"}
}

// vocabulary are the words of home and its organizations. The guild, the dairy and wool
// are named by what is published; the circle is not.
func vocabulary() []vf.Record {
	return []vf.Record{
		&vf.Unit{ID: "unit/kg", Label: "kilogram", Symbol: "kg", OmUnitIdentifier: "kilogram"}, &vf.Unit{ID: "unit/h", Label: "hour", Symbol: "h", OmUnitIdentifier: "hour"},
		&vf.ResourceSpecification{ID: "spec/wool", Name: "Wool", DefaultUnitOfResource: "unit/kg"}, &vf.ResourceSpecification{ID: "spec/yarn", Name: "Yarn", DefaultUnitOfResource: "unit/kg"},
		&vf.ProcessSpecification{ID: "process-spec/spin", Name: "Spin"},
		&vf.Agent{ID: "agent/circle", Type: "Organization", Name: "Circle"}, &vf.Agent{ID: "agent/guild", Type: "Organization", Name: "Guild"},
		&vf.Agent{ID: "agent/dairy", Type: "Organization", Name: "Dairy"}, &vf.Agent{ID: "agent/zed", Type: "Person", Name: "Zed"},
		&vf.Intent{ID: "offer/open", Name: "Wool to give", Action: vf.Transfer, Provider: "agent/guild", Receiver: "agent/dairy", ResourceConformsTo: "spec/wool", ResourceQuantity: kg(5)},
		&vf.Proposal{ID: "proposal/open", Name: "Wool for everybody", Publishes: []vf.ID{"offer/open"}},
	}
}

// belongings are what acts of an agent need: a thing, a step with its output, a wish.
func belongings(of vf.ID) []vf.Record {
	n := of.Last()
	return []vf.Record{
		&vf.EconomicResource{ID: vf.ID("thing/" + n), Name: "Thing of " + n, ConformsTo: "spec/wool", PrimaryAccountable: of},
		&vf.RecipeProcess{ID: vf.ID("step/" + n), Name: "Step of " + n, ProcessConformsTo: "process-spec/spin", PerformedBy: of, HasDuration: vf.Measure{HasNumericalValue: vf.Whole(1), HasUnit: "unit/h"}},
		&vf.RecipeFlow{ID: vf.ID("flow/" + n), Action: vf.Produce, RecipeOutputOf: vf.ID("step/" + n), ResourceConformsTo: "spec/yarn", ResourceQuantity: kg(1)},
		&vf.Intent{ID: vf.ID("wish/" + n), Name: "Wish of " + n, Action: vf.Transfer, Provider: of, ResourceConformsTo: "spec/wool", ResourceQuantity: kg(1)},
		&vf.Intent{ID: vf.ID("need/of/" + n), Name: "Need of " + n, Action: vf.Transfer, Receiver: of, ResourceConformsTo: "spec/wool", ResourceQuantity: kg(1), Due: vf.At(today.Unix() + 86400*90)},
		&vf.EconomicEvent{ID: vf.ID("event/" + n), Action: vf.Raise, Provider: of, Receiver: of, ResourceInventoriedAs: vf.ID("thing/" + n), ResourceConformsTo: "spec/wool", ResourceQuantity: kg(100)},
	}
}

// sample is a record of a class that names an agent where records of the class can name
// one, and that would be accepted from an owner; n makes it another one.
func sample(c vf.Class, of vf.ID, n string) vf.Record {
	id, mine := vf.ID("x/"+string(c)+"/"+n), of.Last()
	name := string(c) + " " + n
	partner := vf.ID("agent/guild")
	if of == partner {
		partner = "agent/dairy"
	}
	switch c {
	case "Unit":
		return &vf.Unit{ID: id, Label: name, Symbol: n}
	case "SpatialThing":
		return &vf.SpatialThing{ID: id, Name: name}
	case "Agent", "Organization", "EcologicalAgent":
		a := &vf.Agent{ID: id, Type: c, Name: name}
		if of == "agent/circle" {
			a.PartOf = of
		}
		return a
	case "Person":
		return &vf.Agent{ID: id, Type: c, Name: name}
	case "ProcessSpecification":
		return &vf.ProcessSpecification{ID: id, Name: name}
	case "ResourceSpecification":
		return &vf.ResourceSpecification{ID: id, Name: name, DefaultUnitOfResource: "unit/kg"}
	case "Recipe":
		return &vf.Recipe{ID: id, Name: name, PrimaryOutput: "spec/yarn"}
	case "RecipeProcess":
		return &vf.RecipeProcess{ID: id, Name: name, ProcessConformsTo: "process-spec/spin", PerformedBy: of, HasDuration: vf.Measure{HasNumericalValue: vf.Whole(1), HasUnit: "unit/h"}}
	case "RecipeFlow":
		return &vf.RecipeFlow{ID: id, Action: vf.Consume, RecipeInputOf: vf.ID("step/" + mine), ResourceConformsTo: "spec/wool", ResourceQuantity: kg(1)}
	case "RecipeExchange":
		return &vf.RecipeExchange{ID: id, Name: name}
	case "BatchLotRecord":
		return &vf.BatchLotRecord{ID: id, BatchLotCode: name}
	case "EconomicResource":
		return &vf.EconomicResource{ID: id, Name: name, ConformsTo: "spec/wool", PrimaryAccountable: of}
	case "Plan":
		return &vf.Plan{ID: id, Name: name}
	}
	return sampleOfWork(c, of, partner, id, name)
}

// sampleOfWork is a sample of what is wanted, promised, done and agreed.
func sampleOfWork(c vf.Class, of, partner, id vf.ID, name string) vf.Record {
	mine, scope := of.Last(), of == "agent/circle" || of == "agent/guild"
	switch c {
	case "Process":
		p := &vf.Process{ID: id, Name: name, BasedOn: "process-spec/spin"}
		if scope {
			p.InScopeOf = []vf.ID{of}
		}
		return p
	case "AgreementBundle":
		return &vf.AgreementBundle{ID: id, Name: name}
	case "Agreement":
		return &vf.Agreement{ID: id, Name: name}
	case "ProposalList":
		return &vf.ProposalList{ID: id, Name: name, ProposedTo: []vf.ID{of}}
	case "Proposal":
		return &vf.Proposal{ID: id, Name: name, Publishes: []vf.ID{vf.ID("wish/" + mine)}, ProposedTo: []vf.ID{partner}}
	case "Intent":
		return &vf.Intent{ID: id, Name: name, Action: vf.Transfer, Provider: of, Receiver: partner, ResourceConformsTo: "spec/wool", ResourceQuantity: kg(1)}
	case "Commitment":
		return &vf.Commitment{ID: id, Action: vf.Transfer, Provider: of, Receiver: partner, ResourceConformsTo: "spec/wool", ResourceQuantity: kg(1), Due: vf.At(today.Unix() + 86400*30)}
	case "EconomicEvent":
		return &vf.EconomicEvent{ID: id, Action: vf.Raise, Provider: of, Receiver: of, ResourceInventoriedAs: vf.ID("thing/" + mine), ResourceConformsTo: "spec/wool", ResourceQuantity: kg(1)}
	case "Claim":
		return &vf.Claim{ID: id, Action: vf.Transfer, Provider: of, Receiver: partner, ResourceConformsTo: "spec/wool", ResourceQuantity: kg(1)}
	case "Membership":
		if scope {
			return &vf.Membership{ID: id, Member: "agent/zed", Role: "member", InScopeOf: of}
		}
		return &vf.Membership{ID: id, Member: of, Role: "member"}
	case "Charter":
		return &vf.Charter{ID: id, Name: name, InScopeOf: of, Version: 1, Clauses: []string{"jugglers: juggler may see all"}}
	case "DeviceKey":
		if scope {
			of = "agent/zed"
		}
		sum := sha256.Sum256([]byte(id))
		return &vf.DeviceKey{ID: id, KeyOf: of, PublicKey: "ed25519:" + base64.StdEncoding.EncodeToString(sum[:])}
	}
	panic("there is no sample of " + string(c))
}
