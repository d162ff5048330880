package web_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"commonweal/web/entrance"
	"commonweal/web/graphql"
	"commonweal/web/linked"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

//go:generate env COMMONWEAL_WRITE=1 go test -count=1 -run TestTheTableOfRights .

const (
	rightsFile = "testdata/rights.txt"
	rightsPage = "../doc/rights.md"
)

// row is one line of the table: an operation, and what it gives to each role.
type row struct {
	what  string
	cells []string
}

// readTable reads the table; its words are parted by spaces.
func readTable(text string) (list []row) {
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) < len(roles) || words[0] == "#" {
			continue
		}
		at := len(words) - len(roles)
		list = append(list, row{strings.Join(words[:at], " "), words[at:]})
	}
	return list
}

// writeTable writes it in columns.
func writeTable(list []row) string {
	widths := make([]int, len(roles)+1)
	head := row{"# ", roles}
	for _, r := range append([]row{head}, list...) {
		widths[0] = max(widths[0], len(r.what))
		for i, c := range r.cells {
			widths[i+1] = max(widths[i+1], len(c))
		}
	}
	var b strings.Builder
	for _, r := range append([]row{head}, list...) {
		line := fmt.Sprintf("%-*s", widths[0], r.what)
		for i, c := range r.cells {
			line += fmt.Sprintf("  %-*s", widths[i+1], c)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

// operations lists every operation of the schema and every route of the server: what
// the table must have.
func operations(w *town) []string {
	s := gqlparser.MustLoadSchema(&ast.Source{Input: graphql.SDL()})
	var list []string
	for name, o := range map[string]*ast.Definition{"query": s.Query, "mutation": s.Mutation, "subscription": s.Subscription} {
		for _, f := range o.Fields {
			if !strings.HasPrefix(f.Name, "__") {
				list = append(list, name+" "+f.Name)
			}
		}
	}
	add := func(before, pattern string) {
		method, path, ok := strings.Cut(pattern, " ")
		if !ok {
			method, path = "any", pattern
		}
		list = append(list, method+" "+before+path)
	}
	site, below := w.site.Patterns("home")
	for _, p := range site {
		if !slices.Contains(entrance.Paths(), p) { // its routes are told apart
			add("", p)
		}
	}
	for _, p := range entrance.Routes() {
		add("", p)
	}
	for _, p := range below {
		if p != "/" { // which is that of linked data
			add("/home", p)
		}
	}
	for _, p := range linked.Routes() {
		add("/home", p)
	}
	slices.SortFunc(list, func(a, b string) int {
		order := func(s string) int {
			return slices.Index([]string{"query", "mutation", "subscription"}, strings.Fields(s)[0]) & 0xff
		}
		if order(a) != order(b) {
			return order(a) - order(b)
		}
		return strings.Compare(strings.Join(strings.Fields(a)[1:], " ")+a, strings.Join(strings.Fields(b)[1:], " ")+b)
	})
	return slices.DeleteFunc(slices.Compact(list), func(s string) bool {
		return strings.HasPrefix(s, "any /home/graphql") || strings.HasPrefix(s, "any /graphql") && s != "any /graphql"
	})
}

// The table says of every operation and every route what it gives to each role, and the
// running server behaves so. Nothing private leaves meanwhile, by any of the doors.
func TestTheTableOfRights(t *testing.T) {
	t.Parallel()
	have, planted := measuredTable(t)
	t.Run("canaries", planted.stayed)
	text := writeTable(have)
	if os.Getenv("COMMONWEAL_WRITE") != "" {
		if err := os.WriteFile(rightsFile, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		writePage(t, text)
	}
	raw, err := os.ReadFile(rightsFile)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{}
	for _, r := range readTable(string(raw)) {
		want[r.what] = r.cells
	}
	for _, r := range have {
		cells, ok := want[r.what]
		if !ok {
			t.Errorf("%s is not in the table; it gives: %s", r.what, strings.Join(r.cells, " "))
			continue
		}
		delete(want, r.what)
		for i, role := range roles {
			if r.cells[i] != "" && r.cells[i] != cells[i] {
				t.Errorf("%s as %s: the server gives %s, and the table says %s", r.what, role, r.cells[i], cells[i])
			}
		}
	}
	for _, what := range slices.Sorted(maps.Keys(want)) {
		t.Errorf("the table has %s, which there is not", what)
	}
	page, err := os.ReadFile(rightsPage)
	if err != nil || !strings.Contains(string(page), "```\n"+string(raw)+"```\n") {
		t.Errorf("doc/rights.md does not have the table (%v); run: go generate ./web", err)
	}
}

// writePage puts the table into its page.
func writePage(t *testing.T, text string) {
	t.Helper()
	raw, err := os.ReadFile(rightsPage)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(raw), "```\n")
	_, after, also := strings.Cut(rest, "```\n")
	if !ok || !also {
		t.Fatal("doc/rights.md has no place for the table")
	}
	if err := os.WriteFile(rightsPage, []byte(before+"```\n"+text+"```\n"+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// What must hold of any table, said apart from it.
func TestTheTableProtects(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(rightsFile)
	if err != nil {
		t.Fatal(err)
	}
	rows := readTable(string(raw))
	for _, r := range rows {
		cell := map[string]string{}
		for i, role := range roles {
			cell[role] = r.cells[i]
		}
		bad := func(role string) { t.Errorf("%s gives %s to %s", r.what, cell[role], role) }
		for _, role := range []string{"guest", "elsewhere"} {
			switch {
			case strings.HasPrefix(r.what, "mutation ") && !strings.HasPrefix(cell[role], "-"):
				bad(role)
			case strings.Contains(r.what, "/home/") && strings.HasPrefix(r.what, "POST") && r.what != "POST /home/notifications" && (cell[role] == "yes" || cell[role] == "own"):
				bad(role)
			case slices.Contains([]string{"part", "own"}, cell[role]) && (strings.HasPrefix(r.what, "query ") || strings.Contains(r.what, "/home/")):
				bad(role)
			}
		}
		if strings.HasPrefix(r.what, "mutation ") {
			if is := cell["owner"]; is != "yes" {
				bad("owner")
			}
			if cell["bot-reads"] == "yes" || cell["bot-reads"] == "own" {
				bad("bot-reads")
			}
		}
		for _, role := range []string{"bot-reads", "bot-writes"} {
			if strings.Contains(r.what, "/account") && !strings.HasPrefix(cell[role], "-") {
				bad(role)
			}
		}
	}
	if len(rows) < 250 {
		t.Errorf("only %d rows", len(rows))
	}
	acceptedBySomebody(t, rows)
}

// opensNothing are the routes that the table asks with a code, a link or an answer of a
// passkey that is none, or for a thing that is not there, and how they are refused; tests
// of the entrance take them as they are meant.
var opensNothing = map[string]string{
	"POST /account/confirm/answer": "passkeyFailed", "POST /account/passkeys": "passkeyFailed", "POST /account/passkeys/answer": "passkeyFailed",
	"POST /account/passkeys/remove": "noSuchItem", "POST /account/invitations/end": "noSuchItem", "POST /account/sessions/revoke": "noSuchItem", "POST /account/tokens/revoke": "noSuchItem",
	"GET /account/networks": "mayNotBegin", "POST /account/networks": "mayNotBegin", "POST /account/password/remove": "lastWayIn",
	"GET /recover/link": "linkSpent", "POST /recover/link": "linkSpent", "POST /recover/passkey": "linkSpent", "POST /recover": "recoveryFailed",
	"POST /signin/answer": "passkeyFailed", "POST /signin/passkey": "passkeyFailed", "POST /signup/passkey": "passkeyFailed", "any /graphql": "400",
}

// acceptedBySomebody checks that each operation is asked so that it is accepted of who may:
// else its refusals of others would say little.
func acceptedBySomebody(t *testing.T, rows []row) {
	t.Helper()
	seen := map[string]bool{}
	for _, r := range rows {
		why, never := opensNothing[r.what]
		seen[r.what] = true
		switch accepted := slices.ContainsFunc(r.cells, func(c string) bool { return c != "nothing" && !strings.HasPrefix(c, "-") }); {
		case !accepted && !never:
			t.Errorf("%s is accepted of nobody: %s", r.what, strings.Join(r.cells, " "))
		case never && (accepted || !slices.Contains(r.cells, "-"+why)):
			t.Errorf("%s is accepted, or not refused with %s: %s", r.what, why, strings.Join(r.cells, " "))
		}
	}
	for what := range opensNothing {
		if !seen[what] {
			t.Errorf("the table has no %s", what)
		}
	}
}

// measuredTable asks everything as everybody, in a town full of canaries.
func measuredTable(t *testing.T) ([]row, *canaries) {
	t.Helper()
	w := newTown(t, "")
	m := &measure{town: w, schema: gqlparser.MustLoadSchema(&ast.Source{Input: graphql.SDL()})}
	c := &canaries{measure: m}
	c.plant()
	for _, role := range roles {
		if everybody() || slices.Contains([]string{"guest", "elsewhere", "circle", "owner"}, role) {
			c.crawl(w.who[role])
		}
	}
	w.join("somebody", w.invite(w.who["owner"], "member", "")) // who is helped in
	list := operations(w)
	asked := slices.Clone(list)
	slices.SortStableFunc(asked, func(a, b string) int { return turn(a) - turn(b) })
	cells := map[string][]string{}
	for i, what := range asked {
		m.asked = askedAs(i)
		cells[what] = m.cells(what)
	}
	var rows []row
	for _, what := range list {
		rows = append(rows, row{what, cells[what]})
	}
	return rows, c
}

// everybody reports whether each row is asked as everybody: when the table is written,
// and in the long variant. Else it is asked as a guest, as the owner, and as two of the
// others by turns.
func everybody() bool { return soak() || os.Getenv("COMMONWEAL_WRITE") != "" }

func askedAs(row int) []string {
	if everybody() {
		return roles
	}
	others := slices.DeleteFunc(slices.Clone(roles), func(r string) bool { return r == "guest" || r == "owner" })
	n := len(others)
	return []string{"guest", others[row%n], others[(row+n/2)%n], "owner"}
}

// turn is when something is asked: what only shows first, then what enters, then what
// is of accounts; who is erased is gone.
func turn(what string) int {
	method, path, _ := strings.Cut(what, " ")
	switch {
	case what == "POST /account/erase":
		return 4
	case ofEntrance(path):
		return 3
	case method == "mutation" || method == "POST":
		return 2
	case method == "subscription":
		return 1
	}
	return 0
}
