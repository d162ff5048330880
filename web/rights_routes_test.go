package web_test

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"commonweal/format"
	"commonweal/vf"
)

// follow subscribes from the first entry on, so that what somebody may be told comes at
// once. What hides nothing else from them is told to everybody: a proposal is entered
// first. Of one record it is asked whether it is told, hidden or open.
func (m *measure) follow(who *somebody, name string) seen {
	switch name {
	case "changes":
		return m.stream(who, `subscription { changes(after: "1") { records { id ... on Intent { name note } ... on Person { name note image } ... on Process { name note } } acts { kind author { id } records { id } } } }`, true)
	case "planDiff":
		s := m.stream(who, `subscription { planDiff(after: "1") { from to } }`, m.query(who, "planned").refused == "")
		if s.refused == "" {
			s.ids = map[string]bool{"plan": true}
		}
		return s
	}
	all := seen{ids: map[string]bool{}}
	for _, id := range []string{"proposal/open", "wish/guild", "wish/circle"} {
		s := m.stream(who, fmt.Sprintf(`subscription { record(id: %q, after: "1") { id } }`, id), m.query(who, "record").ids[id])
		for x := range s.ids {
			all.ids[x] = true
		}
	}
	return all
}

// stream opens a subscription and takes its first event. Where none is expected, it
// waits a moment for one that should not come.
func (m *measure) stream(who *somebody, query string, expected bool) seen {
	wait := 300 * time.Millisecond
	if expected {
		wait = time.Minute
	}
	ctx, cancel := context.WithTimeout(m.t.Context(), wait)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, m.server.URL+"/home/graphql", strings.NewReader(jsonOf(map[string]string{"query": query})))
	if err != nil {
		m.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "text/event-stream")
	for k, v := range who.head {
		r.Header.Set(k, v)
	}
	s := seen{ids: map[string]bool{}}
	a, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return s // nothing came
	}
	defer func() { _ = a.Body.Close() }()
	lines := bufio.NewScanner(a.Body)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		_, _ = who.heard.Write(append(lines.Bytes(), '\n'))
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok && strings.HasPrefix(lines.Text(), "{") {
			data, ok = lines.Text(), true
		}
		if !ok {
			continue
		}
		var said reply
		if json.Unmarshal([]byte(data), &said) == nil && said.Errors != nil {
			s.refused = said.code()
		} else if !expected {
			m.t.Errorf("%s follows %s, and is told of what is hidden: %s", who.role, query, data)
		}
		gather(json.RawMessage(data), s.ids)
		break
	}
	return s
}

// route asks one route of the other doors.
func (m *measure) route(method, path string) []string {
	switch {
	case method == http.MethodPost && (path == "/home/network" || strings.HasSuffix(path, ".csv")):
		return m.each(func(who *somebody) string { return m.file(who, path) })
	case ofEntrance(path):
		return m.each(func(who *somebody) string { return m.atEntrance(who, method, path) })
	case method == http.MethodPost:
		return m.each(func(who *somebody) string { return m.form(who, path) })
	case strings.HasPrefix(path, "/home/"):
		return m.sights(func(who *somebody) seen { return m.page(who, method, path) })
	}
	return m.each(func(who *somebody) string {
		a := m.ask(who, strings.Replace(method, "any", http.MethodGet, 1), m.address(path), nil, "")
		if a.status >= 400 {
			return fmt.Sprint("-", a.status)
		}
		return "yes"
	})
}

// address is an address that a pattern answers.
func (m *measure) address(path string) string {
	return strings.NewReplacer("{$}", "", "/static/", "/static/site.css", "{network}/", "home/", "{network}", "home", "/schema/", "/schema/Intent", "/entrance/static/", "/entrance/static/entrance.css").Replace(path)
}

// page asks for a page or a file of home, and finds which records are in it.
func (m *measure) page(who *somebody, method, path string) seen {
	s := seen{ids: map[string]bool{}}
	head := map[string]string{"Accept": "text/html, */*;q=0.5"}
	var targets []string
	switch {
	case strings.HasPrefix(path, "/home/calendar/"):
		secret, _ := strings.CutPrefix(m.who["bot-reads"].head["Authorization"], "Bearer ")
		targets = []string{"/home/calendar/" + secret + ".ics"} // it opens to whoever has it
	case strings.Contains(path, "{id}"):
		before, after, _ := strings.Cut(path, "{id}")
		after = strings.ReplaceAll(after, "{entry}", m.revision("wish/guild"))
		for _, id := range []string{"wish/guild", "wish/circle", "offer/open", "thing/guild", "thing/circle", "thing/" + m.who["member"].agent.Last()} {
			if id != "offer/open" || !strings.Contains(after, "{entry}") {
				targets = append(targets, before+id+after)
			}
		}
	default:
		targets = []string{path}
	}
	known := map[string]bool{}
	for _, id := range m.ids() {
		known[id] = true
	}
	for _, target := range targets {
		a := m.ask(who, method, target, head, "")
		switch {
		case a.status == http.StatusNotFound:
			continue
		case a.status >= 400:
			return seen{refused: fmt.Sprint(a.status)}
		case a.status >= 300:
			if strings.Contains(a.head.Get("Location"), "/signin") {
				return seen{refused: "signedOut"}
			}
		}
		s.yes = true
		for _, word := range strings.FieldsFunc(string(a.body), func(r rune) bool { return strings.ContainsRune(" \"'<>,;:?=\n\r\t()&", r) }) {
			if id := strings.TrimPrefix(word, "/home/"); known[id] && strings.Contains(id, "/") {
				s.ids[id] = true
			}
		}
	}
	return s
}

// file sends a file with what is theirs, or others': a network file, or one line of a
// list, as the owner gets it, with another id.
func (m *measure) file(who *somebody, path string) string {
	return m.both(who, func(own bool) (string, bool) {
		var body, kind string
		if path == "/home/network" {
			r, _ := m.subject(who, "Intent", own, "create")
			raw, err := vf.Encode(r)
			if err != nil {
				m.t.Fatal(err)
			}
			body, kind = `{"@graph": [`+string(raw)+`]}`, "application/ld+json"
		} else {
			body, kind = m.line(who, strings.TrimSuffix(path[len("/home/"):], ".csv"), own), "text/csv"
		}
		a := m.ask(who, http.MethodPost, path, map[string]string{"Content-Type": kind, "Accept": "application/json"}, body)
		if a.status < 300 {
			return "", true
		}
		var said struct {
			Refusals []struct {
				Rule string `json:"rule"`
			} `json:"refusals"`
		}
		if json.Unmarshal(a.body, &said) == nil && len(said.Refusals) > 0 {
			return said.Refusals[0].Rule, true
		}
		return fmt.Sprint(a.status), true
	})
}

// line is a list of one line, which is new.
func (m *measure) line(who *somebody, list string, own bool) string {
	of := vf.ID("agent/guild")
	if own {
		of = who.mine
	}
	m.made++
	id := vf.ID(fmt.Sprint("line/", m.made))
	var r vf.Record
	switch list {
	case "needs":
		r = &vf.Intent{ID: id, Name: "Line", Action: vf.Transfer, Receiver: of, ResourceConformsTo: "spec/wool", ResourceQuantity: kg(1), Due: vf.At(today.Unix() + 86400*60)}
	case "offers":
		r = &vf.Intent{ID: id, Name: "Line", Action: vf.Transfer, Provider: of, ResourceConformsTo: "spec/wool", ResourceQuantity: kg(1)}
	case "resources":
		r = &vf.EconomicResource{ID: id, Name: "Line", ConformsTo: "spec/wool", PrimaryAccountable: of}
	case "commitments":
		r = &vf.Commitment{ID: id, Action: vf.Transfer, Provider: of, Receiver: "agent/dairy", ResourceConformsTo: "spec/wool", ResourceQuantity: kg(1), Due: vf.At(today.Unix() + 86400*60)}
	default:
		r = &vf.EconomicEvent{ID: id, Action: vf.Raise, Provider: of, Receiver: of, ResourceInventoriedAs: vf.ID("thing/" + of.Last()), ResourceConformsTo: "spec/wool", ResourceQuantity: kg(1)}
	}
	g := &vf.Graph{}
	g.Add(append(vocabulary(), r)...)
	var b strings.Builder
	if err := format.WriteCSV(&b, g, list); err != nil {
		m.t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil {
		m.t.Fatal(err)
	}
	lines = slices.DeleteFunc(lines, func(l []string) bool { return l[0] != lines[0][0] && !slices.Contains(l, string(id)) })
	var out strings.Builder
	w := csv.NewWriter(&out)
	if err := w.WriteAll(lines); err != nil {
		m.t.Fatal(err)
	}
	return out.String()
}

func ofEntrance(path string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return strings.HasPrefix(path, "/") && slices.Contains([]string{"signin", "signout", "signup", "recover", "account"}, first)
}

// form posts a form of a page of home.
func (m *measure) form(who *somebody, path string) string {
	form := url.Values{"name": {"Somebody"}, "id": {"none"}}
	if who.agent != "" {
		m.made++
		key := m.fresh("DeviceKey", who.agent)
		m.do(who.agent, key)
		form.Set("id", string(key.Key()))
		form.Set("seen", m.revision(who.agent))
	}
	a := m.ask(who, http.MethodPost, path, map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, form.Encode())
	if a.status >= 400 {
		return fmt.Sprint("-", a.status)
	}
	return "yes"
}

// atEntrance sends a form, filled in as it should be. Whose session would end with it
// signs in for it anew.
func (m *measure) atEntrance(who *somebody, method, path string) string {
	m.made++
	word := "gravel otter lantern " + who.role
	form := url.Values{"name": {who.role}, "password": {word}, "current": {word}, "mail": {"somebody@example.org"}, "network": {"home"}, "role": {"member"}, "code": {"none"}, "link": {"none"},
		"agent": {string(m.who["somebody"].agent)}, "id": {"none"}, "days": {"3"}, "label": {"bot"}, "readOnly": {"true"}}
	if strings.HasSuffix(path, "/answer") || path == "/account/passkeys" {
		form.Set("ceremony", "none")
		form.Set("response", "{}")
	}
	if strings.HasPrefix(path, "/signup") {
		m.who["owner"].head["Cookie"] = m.cookie(m.who["owner"])
		form.Set("invitation", m.invite(m.who["owner"], "member", ""))
		form.Set("name", fmt.Sprint("newcomer-", m.made))
	}
	if path == "/account/invitations" && method == http.MethodPost {
		form.Set("scope", "agent/circle")
		form.Del("agent")
	}
	if who.head["Cookie"] != "" { // what was asked before may have ended the session
		who.head["Cookie"] = m.cookie(who)
	}
	head, body, target := map[string]string{"Accept": "application/json"}, "", path
	if method == http.MethodPost {
		head["Content-Type"], body = "application/x-www-form-urlencoded", form.Encode()
	} else {
		target += "?" + form.Encode()
	}
	a := m.ask(who, method, target, head, body)
	if a.status < 400 {
		return "yes"
	}
	var said struct {
		Refusal struct {
			Rule string `json:"rule"`
		} `json:"refusal"`
	}
	if json.Unmarshal(a.body, &said) == nil && said.Refusal.Rule != "" {
		return "-" + said.Refusal.Rule
	}
	return fmt.Sprint("-", a.status)
}

// cookie signs somebody in once more.
func (m *measure) cookie(who *somebody) string {
	m.t.Helper()
	a := m.ask(&somebody{}, http.MethodPost, "/signin", map[string]string{"Content-Type": "application/json"},
		jsonOf(map[string]string{"name": who.role, "password": "gravel otter lantern " + who.role}))
	for _, c := range (&http.Response{Header: a.head}).Cookies() {
		if c.Name == "commonweal-session" {
			return c.Name + "=" + c.Value
		}
	}
	m.t.Fatalf("%s cannot sign in: %d %s", who.role, a.status, a.body)
	return ""
}
