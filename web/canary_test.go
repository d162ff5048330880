package web_test

import (
	"encoding/base64"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"commonweal/coordination"
	"commonweal/host"
	"commonweal/journal"
	"commonweal/node"
	"commonweal/people"
	"commonweal/vf"
	"commonweal/web/graphql"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// canaries are texts that are nowhere but in one private field, and who may read each.
type canaries struct {
	*measure
	planted []canary
}

// canary is one of them.
type canary struct {
	text  string
	where string
	may   func(who *somebody) bool
}

// next is a new canary.
func (c *canaries) next(where string, may func(who *somebody) bool) string {
	text := fmt.Sprintf("canary-%04d", len(c.planted)+1)
	c.planted = append(c.planted, canary{text, where, may})
	return text
}

// wordsOf are properties whose texts have a form of their own, so that no canary fits.
var wordsOf = []string{"PublicKey", "BudgetPeriod", "WorkTime", "Keep", "OmUnitIdentifier", "Type", "Clauses", "Role", "Purpose"}

// fill puts a canary into every text that a record can have.
func (c *canaries) fill(r vf.Record, may func(who *somebody) bool) vf.Record {
	v := reflect.ValueOf(r).Elem()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		text := func() string {
			t := c.next(string(r.Class())+" "+string(r.Key())+" "+f.Name, may)
			if slices.Contains([]string{"Image", "ClassifiedAs", "ResourceClassifiedAs", "ProcessClassifiedAs", "CurrentVirtualLocation"}, f.Name) {
				return "https://example.org/" + t
			}
			return t + ` "<é>"`
		}
		switch x := v.Field(i).Addr().Interface().(type) {
		case *string:
			if !slices.Contains(wordsOf, f.Name) {
				*x = text()
			}
		case *[]string:
			if !slices.Contains(wordsOf, f.Name) {
				*x = []string{text()}
			}
		}
	}
	switch x := r.(type) {
	case *vf.Charter:
		x.Clauses = []string{c.next("the name of a clause", may) + ": " + c.next("a role of a charter", may) + " may see all"}
	case *vf.Membership:
		x.Role = c.next("the role of a membership", may)
	}
	return r
}

// plant enters records that are full of canaries: of the guild, of the circle, of a
// member, and of another network; and canaries into accounts.
func (c *canaries) plant() {
	c.t.Helper()
	seen := func(id vf.ID) func(*somebody) bool {
		return func(who *somebody) bool {
			r, err := c.home.Record(id)
			a := node.Actor{Agent: who.agent}
			return err == nil && r != nil && c.home.Seat(a).Sees(r)
		}
	}
	for _, class := range vf.Classes() {
		for of, n := range map[vf.ID]string{"agent/guild": "g0", "agent/circle": "c0", c.who["member"].agent: "m0"} {
			if n == "m0" && (class == "Charter" || class == "Membership") {
				continue
			}
			r := sample(class, of, n)
			author := vf.ID("agent/zed")
			if n == "m0" {
				author = of
			}
			c.do(author, c.fill(r, seen(r.Key())))
		}
	}
	far := append(vocabulary(), belongings("agent/guild")...)
	for _, class := range vf.Classes() {
		far = append(far, c.fill(sample(class, "agent/guild", "far"), func(who *somebody) bool { return who.role == "elsewhere" }))
	}
	far = append(far, &vf.RecipeFlow{ID: "output/far", Action: vf.Produce, RecipeOutputOf: "x/RecipeProcess/far", ResourceConformsTo: "spec/yarn", ResourceQuantity: kg(1)})
	if _, err := c.away.Do(c.t.Context(), node.Act{Kind: journal.Declare, Author: "agent/zed", Key: "far", Records: far}); err != nil {
		c.t.Fatal(err)
	}
	guild := seen("step/guild")
	step, need := belongings("agent/guild")[1].(*vf.RecipeProcess), &vf.Intent{ID: "need/yarn", Action: vf.Transfer, Receiver: "agent/guild", ResourceConformsTo: "spec/yarn", ResourceQuantity: kg(9), Due: vf.At(today.Unix() + 80*86400)}
	need.Name, need.Note = c.next("a need of the plan", seen(need.ID)), c.next("the note of a need of the plan", seen(need.ID))
	step.Name, step.Note = c.next("a step of the plan", guild), c.next("the note of a step of the plan", guild)
	if _, err := c.home.Do(c.t.Context(), node.Act{Kind: journal.Change, Author: "agent/zed", Key: "step", Records: []vf.Record{step}}); err != nil {
		c.t.Fatal(err)
	}
	c.do("agent/zed", need)
	for _, who := range c.who {
		if who.head["Cookie"] != "" {
			c.plantIn(who)
		}
	}
}

// plantIn puts canaries into somebody's account: where they get mail, what their bots
// are called, in what role they invited somebody, and what they were told.
func (c *canaries) plantIn(who *somebody) {
	c.t.Helper()
	mine := func(what string) string {
		return c.next(what+" of "+who.role, func(x *somebody) bool { return x.role == who.role })
	}
	c.account(who, "/account/mail", url.Values{"mail": {mine("mail") + "@example.org"}}, new(any))
	network := "home"
	if who.role == "elsewhere" {
		network = "away"
	}
	c.account(who, "/account/tokens", url.Values{"label": {mine("label")}, "network": {network}, "days": {"3"}, "readOnly": {"true"}}, new(any))
	list, err := c.people.SeatsOf(c.t.Context(), network)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, s := range list {
		if a, err := c.people.Account(c.t.Context(), s.Account); err != nil || a.Name != who.role {
			continue
		}
		if who.role == "owner" {
			role := c.next("role of an invitation", func(x *somebody) bool { return x.role == "owner" || x.role == "coord" })
			if _, _, err := c.people.Invite(c.t.Context(), people.Invitation{Network: network, Role: role, Inviter: s.Account}); err != nil {
				c.t.Fatal(err)
			}
		}
		body := jsonOf(host.Told{Text: mine("notification"), Causes: []string{mine("cause")}})
		if _, err := c.people.Notify(c.t.Context(), people.Notification{Account: s.Account, Network: network, Kind: host.KindNeed, Source: "canary", Body: []byte(body)}); err != nil {
			c.t.Fatal(err)
		}
	}
	for _, path := range []string{"/account", "/account/invitations", "/" + network + "/notifications"} {
		for _, form := range []string{"application/json", "text/html"} {
			c.ask(who, http.MethodGet, path, map[string]string{"Accept": form}, "")
		}
	}
}

// crawl asks as somebody all that leads from anything to anything.
func (c *canaries) crawl(who *somebody) {
	c.t.Helper()
	for _, f := range c.schema.Query.Fields {
		of, ok := strings.CutSuffix(f.Type.Name(), "Connection")
		if !ok {
			continue
		}
		for _, deep := range []bool{false, true} {
			query := "{ " + f.Name + "(first: 12) { nodes " + c.selection(of, deep) + " } }"
			if r := c.graphql(who, query, nil); r.code() != "" {
				c.t.Errorf("%s is refused: %.300s", f.Name, r.raw)
			}
		}
	}
	for _, list := range []string{"processes", "flows", "needs", "problems"} {
		of := strings.TrimSuffix(c.schema.Types["Planned"].Fields.ForName(list).Type.Name(), "Connection")
		c.planned(who, list+"(first: 12) { nodes "+c.selection(of, false)+" } messages "+c.selection("Message", false))
	}
	c.planned(who, `stats `+c.selection("PlanStats", false)+` diff(since: "3") `+c.selection("PlanDiff", true))
	for _, id := range []string{"need/yarn", "need/of/circle", "thing/guild", "wish/circle"} {
		c.planned(who, fmt.Sprintf(`why(id: %q) %s`, id, c.selection("Why", true)))
		c.planned(who, fmt.Sprintf(`serves(id: %q) %s`, id, c.selection("Serves", true)))
		c.planned(who, fmt.Sprintf(`whatIf(without: [%q]) { diff %s }`, id, c.selection("PlanDiff", true)))
	}
	for _, network := range []string{"home", "away"} {
		for _, path := range []string{"/", "/network.jsonld", "/network.yaml", "/books.journal", "/intents", "/people", "/needs.csv", "/offers.csv", "/x/Person/far", "/x/Intent/far?as=json", "/network.jsonld?scope=agent/guild", "/network.jsonld?scope=agent/circle"} {
			for _, form := range []string{"text/html", "*/*"} {
				c.ask(who, http.MethodGet, "/"+network+path, map[string]string{"Accept": form}, "")
			}
		}
	}
	for _, id := range c.ids() {
		if !strings.HasPrefix(id, "x/") || strings.HasPrefix(id[strings.LastIndex(id, "/"):], "/n") {
			continue
		}
		forms := []string{"as=json", "as=html", "as=jsonld", "as=yaml", "history", "at=" + c.revision(vf.ID(id)), "trace", "track"}
		if c.home.Seat(node.Actor{Agent: who.agent}).SeesAll() && !soak() {
			forms = forms[:1]
		}
		for _, more := range forms {
			c.ask(who, http.MethodGet, "/home/"+id+"?"+more, map[string]string{"Accept": "*/*"}, "")
		}
		for _, body := range []string{fmt.Sprintf(`mutation { withdraw(of: [%q]) { sequence } }`, id), fmt.Sprintf(`mutation { finish(of: [%q]) { sequence } }`, id),
			fmt.Sprintf(`mutation { declare(records: [{spatialThing: {id: %q, name: "taken"}}]) { sequence } }`, id),
			fmt.Sprintf(`mutation { declare(records: [{intent: {action: "transfer", provider: %q, resourceConformsTo: %q, place: %q}}]) { sequence } }`, id, id, id)} {
			if c.others(who, id) {
				c.graphql(who, body, nil)
			}
		}
	}
}

// planned asks something of the plan; who may plan is not refused for the question.
func (c *canaries) planned(who *somebody, what string) {
	c.t.Helper()
	r := c.graphql(who, "{ planned { "+what+" } }", nil)
	if code := r.code(); code != "" && code != "notAllowed" && !slices.Contains([]string{"unknownReference", "needNotPlanned", "stepNotPlanned"}, code) {
		c.t.Errorf("%s asks of the plan %.100s, and is answered %.300s", who.role, what, r.raw)
	}
}

// others reports whether a record is others' than somebody's, who therefore may not
// withdraw it.
func (c *canaries) others(who *somebody, id string) bool {
	switch who.role {
	case "owner", "coord", "bot-writes":
		return false
	case "circle", "circle-lead":
		return strings.HasSuffix(id, "/g0")
	case "member":
		return !strings.HasSuffix(id, "/m0")
	}
	return true
}

// selection selects all leaves of a type, and those of what it leads to; deep, also the
// first of each list that it has.
func (c *canaries) selection(typ string, deep bool) string {
	d := c.schema.Types[typ]
	if d.Kind == ast.Interface {
		s := "{ __typename"
		for _, t := range c.schema.GetPossibleTypes(d) {
			s += " ... on " + t.Name + " { " + t.Name + "_" + "id: id " + c.inside(t, deep, false, t.Name+"_") + "}"
		}
		return s + " }"
	}
	return "{ __typename " + c.inside(d, deep, true, "") + "}"
}

func (c *canaries) inside(d *ast.Definition, deep, further bool, prefix string) string {
	var b strings.Builder
	for _, f := range d.Fields {
		t := c.schema.Types[f.Type.Name()]
		of, list := strings.CutSuffix(t.Name, "Connection")
		needs := slices.ContainsFunc(f.Arguments, func(a *ast.ArgumentDefinition) bool { return a.Type.NonNull })
		as := ""
		if prefix != "" {
			as = prefix + f.Name + ": "
		}
		switch {
		case strings.HasPrefix(f.Name, "__") || needs || f.Name == "trace" || f.Name == "track" || prefix != "" && f.Name == "id":
		case t.IsLeafType():
			b.WriteString(as + f.Name + " ")
		case !further:
		case list && deep && t.Name != "RevisionConnection":
			b.WriteString(as + f.Name + "(first: 2) { nodes { __typename " + c.leaves(of) + "} } ")
		case !list && !deep || !list && prefix == "" && (d.Name == "PlanDiff" || d.Name == "Why" || d.Name == "Serves"):
			b.WriteString(as + f.Name + " { __typename " + c.leaves(t.Name) + "} ")
		}
	}
	return b.String()
}

// leaves are the leaves of a type; of an interface, those that all of its types have,
// and the name and note of those that have one.
func (c *canaries) leaves(typ string) string {
	d := c.schema.Types[typ]
	s := ""
	for _, f := range d.Fields {
		if t := c.schema.Types[f.Type.Name()]; t.IsLeafType() && len(f.Arguments) == 0 && !strings.HasPrefix(f.Name, "__") {
			s += f.Name + " "
		}
	}
	return s
}

var canaryText = regexp.MustCompile(`canary-[0-9]{4}`)

// inBase64 is how the beginning of a canary stands in base64, by where it begins.
var inBase64 = func() (list []string) {
	for before := range 3 {
		text := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("x", before) + "canary-"))
		list = append(list, text[(before*8+5)/6:(before+7)*8/6])
	}
	return list
}()

// told finds the canaries in bytes: as they are, which is also how they stand in JSON,
// in addresses and in pages, or in base64.
func told(text string) map[string]bool {
	found := map[string]bool{}
	for _, x := range canaryText.FindAllString(text, -1) {
		found[x] = true
	}
	of := func(r rune) bool {
		return r < 'a' && r > 'Z' && r != '_' || r > 'z' || r < '/' && r != '+' && r != '-' || r > '9' && r < 'A'
	}
	for _, begins := range inBase64 {
		for rest := text; ; {
			at := strings.Index(rest, begins)
			if at < 0 {
				break
			}
			from := strings.LastIndexFunc(rest[:at], of) + 1
			word := rest[from:]
			if end := strings.IndexFunc(word, of); end >= 0 {
				word = word[:end]
			}
			raw, err := base64.RawStdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "/").Replace(word))
			if err != nil {
				raw = nil
			}
			for _, x := range canaryText.FindAllString(string(raw), -1) {
				found[x] = true
			}
			rest = rest[from+len(word):]
		}
	}
	return found
}

// The search finds what it looks for, however it is written.
func TestCanariesAreFound(t *testing.T) {
	t.Parallel()
	for before := range 9 {
		text := strings.Repeat("ü", before) + "canary-0007 <é>"
		for how, written := range map[string]string{"plain": text, "JSON": jsonOf(text), "address": url.QueryEscape(text), "page": html.EscapeString(text),
			"base64": `{"raw":"` + base64.StdEncoding.EncodeToString([]byte(text)) + `"}`, "base64 of addresses": "?after=" + base64.RawURLEncoding.EncodeToString([]byte(text)) + "&x"} {
			if !told("before " + written + " behind")["canary-0007"] {
				t.Errorf("not found as %s: %s", how, written)
			}
		}
	}
}

// stayed looks through all that each role was answered, and through the log: no canary
// is where it may not be, and each is somewhere, since one that nobody can read would
// prove nothing.
func (c *canaries) stayed(t *testing.T) {
	t.Helper()
	found := map[string]map[string]bool{}
	for _, role := range roles {
		found[role] = told(c.who[role].heard.String())
	}
	log := told(c.log.String())
	for _, x := range c.planted {
		read := false
		for _, role := range roles {
			has := found[role][x.text]
			if may := x.may(c.who[role]); has && !may {
				t.Errorf("%s of %s was told to %s", x.text, x.where, role)
			}
			read = read || has
		}
		if !read {
			t.Errorf("%s of %s is told to nobody: it proves nothing", x.text, x.where)
		}
		if log[x.text] {
			t.Errorf("%s of %s stands in the log", x.text, x.where)
		}
	}
	if len(c.planted) < 200 {
		t.Errorf("only %d canaries", len(c.planted))
	}
	c.secrets(t)
}

// secrets looks for what opens a session or speaks for somebody: it is told to them
// alone, once, and is in no log.
func (c *canaries) secrets(t *testing.T) {
	t.Helper()
	for _, who := range c.who {
		for _, secret := range []string{who.first, strings.TrimPrefix(who.head["Authorization"], "Bearer ")} {
			if secret == "" {
				continue
			}
			if strings.Contains(c.log.String(), secret) {
				t.Errorf("a secret of %s stands in the log", who.role)
			}
			for _, other := range c.who {
				if other.agent != who.agent && strings.Contains(other.heard.String(), secret) {
					t.Errorf("a secret of %s was told to %s", who.role, other.role)
				}
			}
		}
	}
}

// Where a charter lets everybody plan, who does not see all is told of the plan what
// names nothing that is hidden, and no words.
func TestPlannersAreToldNothingHidden(t *testing.T) {
	t.Parallel()
	w := newTown(t, "")
	c := &canaries{measure: &measure{town: w, schema: gqlparser.MustLoadSchema(&ast.Source{Input: graphql.SDL()})}}
	c.plant()
	w.do("agent/zed", &vf.Charter{ID: "charter/plan", InScopeOf: "", Version: 1, Clauses: append(slices.Clone(coordination.Default), "open: guest may plan")})
	for _, role := range []string{"guest", "elsewhere", "circle", "circle-lead", "owner"} {
		if c.graphql(w.who[role], "{ planned { sequence } }", nil).code() != "" {
			t.Fatalf("%s may not plan", role)
		}
		c.crawl(w.who[role])
		c.stream(w.who[role], "subscription { planDiff(after: \"3\") { diffs "+c.selection("PlanDiff", true)+" } }", true)
	}
	for _, role := range []string{"guest", "circle"} {
		if text := w.who[role].heard.String(); strings.Contains(text, "need/of/guild") {
			t.Errorf("%s is told of a need that is hidden", role)
		}
	}
	found := map[string]map[string]bool{}
	for _, role := range roles {
		found[role] = told(w.who[role].heard.String())
	}
	for _, x := range c.planted {
		for _, role := range roles {
			if !x.may(w.who[role]) && found[role][x.text] {
				t.Errorf("%s of %s was told to %s", x.text, x.where, role)
			}
		}
	}
	if !strings.Contains(w.who["owner"].heard.String(), `"PlannedProcess"`) {
		t.Error("nothing is planned")
	}
}
