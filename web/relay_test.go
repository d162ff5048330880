package web_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/store/postgres/pgtest"
	"commonweal/vf"
)

// These tests hold the GraphQL door against two specifications that Relay's clients
// rest on, in their words: GraphQL Cursor Connections
// (https://relay.dev/graphql/connections.htm) and Global Object Identification
// (https://relay.dev/graphql/objectidentification.htm).

// edge is an edge as a walk sees it: its cursor, and what tells its node from others.
type edge struct{ cursor, node string }

// connection is one connection of a town: how it is asked for, by a query with a %s for
// its arguments, and where in the answer it stands.
type connection struct {
	name, query, node string
}

// asked asks a connection.
type page struct {
	Edges []struct {
		Cursor string          `json:"cursor"`
		Node   json.RawMessage `json:"node"`
	} `json:"edges"`
	Nodes    []json.RawMessage `json:"nodes"`
	PageInfo struct {
		HasNextPage     bool    `json:"hasNextPage"`
		HasPreviousPage bool    `json:"hasPreviousPage"`
		StartCursor     *string `json:"startCursor"`
		EndCursor       *string `json:"endCursor"`
		TotalCount      int     `json:"totalCount"`
	} `json:"pageInfo"`
}

// named is the selection that tells nodes of a type apart.
func named(types map[string]*described, typ string) string {
	switch d := types[typ]; {
	case d.field("id") != "":
		return "__typename id"
	case d.field("sequence") != "":
		return "__typename sequence"
	case typ == "Problem":
		return "__typename kind about stage { id } text"
	}
	panic("nothing tells one " + typ + " from another")
}

// connections lists every connection of the schema, on a hub.
func connections(t *testing.T, types map[string]*described) []connection {
	t.Helper()
	var list []connection
	add := func(on, field, of, before, after string) {
		node := strings.TrimSuffix(of, "Connection")
		list = append(list, connection{on + "." + field, "{ " + before + field + "%s { edges { cursor node { " + named(types, node) + " } } nodes { " + named(types, node) +
			" } pageInfo { hasNextPage hasPreviousPage startCursor endCursor totalCount } }" + after + " }", node})
	}
	for _, d := range types {
		for _, f := range d.Fields {
			of := f.Type.inner()
			switch hub := hubs[d.Name]; {
			case !strings.HasSuffix(of, "Connection") || d.Kind == "INTERFACE":
			case d.Name == "Query":
				add(d.Name, f.Name, of, "", "")
			case d.Name == "Planned":
				add(d.Name, f.Name, of, "planned { ", " }")
			case d.Name == "RecordMeta":
				add(d.Name, f.Name, of, `economicResource(id: "thing/guild") { meta { `, " } }")
			case hub != "":
				add(d.Name, f.Name, of, fmt.Sprintf(`node(id: %q) { ... on %s { `, hub, d.Name), " } }")
			default:
				t.Errorf("nobody says on what %s.%s is asked", d.Name, f.Name)
			}
		}
	}
	slices.SortFunc(list, func(a, b connection) int { return strings.Compare(a.name, b.name) })
	return list
}

// page asks for a page; the arguments are written as GraphQL writes them.
func (c connection) page(w *town, who *somebody, arguments ...string) (p page, refused string) {
	w.t.Helper()
	with := ""
	if len(arguments) > 0 {
		with = "(" + strings.Join(arguments, ", ") + ")"
	}
	r := w.graphql(who, fmt.Sprintf(c.query, with), nil)
	if r.Errors != nil {
		return p, r.code()
	}
	raw := r.Data
	for raw != nil {
		var in map[string]json.RawMessage
		if err := json.Unmarshal(raw, &in); err != nil {
			w.t.Fatalf("%s: %s", c.name, r.raw)
		}
		if in["edges"] != nil {
			break
		}
		for _, raw = range in {
		}
		if string(raw) == "null" {
			return p, "hidden"
		}
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		w.t.Fatalf("%s: %s", c.name, r.raw)
	}
	edges := edgesOf(p)
	for i, n := range p.Nodes {
		if i >= len(edges) || edges[i].node != string(n) {
			w.t.Errorf("%s: nodes are not those of the edges", c.name)
		}
	}
	start, end := "", ""
	if len(edges) > 0 {
		start, end = edges[0].cursor, edges[len(edges)-1].cursor
	}
	if s, e := p.PageInfo.StartCursor, p.PageInfo.EndCursor; (s == nil) != (start == "") || s != nil && (*s != start || *e != end) {
		w.t.Errorf("%s: startCursor and endCursor are %v and %v, those of the edges %q and %q", c.name, s, e, start, end)
	}
	return p, ""
}

func edgesOf(p page) []edge {
	list := make([]edge, 0, len(p.Edges))
	for _, e := range p.Edges {
		list = append(list, edge{e.Cursor, string(e.Node)})
	}
	return list
}

// walk reads a connection page by page, forwards or backwards.
func (c connection) walk(w *town, who *somebody, size int, backwards bool) []edge {
	w.t.Helper()
	var all []edge
	cursor := ""
	for range 1000 {
		arguments := []string{fmt.Sprint("first: ", size)}
		if backwards {
			arguments[0] = fmt.Sprint("last: ", size)
		}
		if cursor != "" {
			arguments = append(arguments, map[bool]string{false: "after: ", true: "before: "}[backwards]+fmt.Sprintf("%q", cursor))
		}
		p, refused := c.page(w, who, arguments...)
		if refused != "" {
			w.t.Fatalf("%s %v: %s", c.name, arguments, refused)
		}
		got := edgesOf(p)
		if len(got) > size {
			w.t.Fatalf("%s %v gives %d", c.name, arguments, len(got))
		}
		more := p.PageInfo.HasNextPage
		if backwards {
			all, more = slices.Concat(got, all), p.PageInfo.HasPreviousPage
		} else {
			all = append(all, got...)
		}
		if !more {
			return all
		}
		if cursor = *p.PageInfo.EndCursor; backwards {
			cursor = *p.PageInfo.StartCursor
		}
	}
	w.t.Fatalf("%s in pages of %d does not end", c.name, size)
	return nil
}

// window are arguments of a connection: cursors as numbers of edges, -1 where they are
// not said.
type window struct{ after, before, first, last int }

// should is what the specification's algorithms return for a list: EdgesToReturn,
// HasPreviousPage, HasNextPage. Where it lets the server choose, ours tells what there is.
func should(all []edge, w window) (edges []edge, previous, next bool) {
	from, to := 0, len(all)
	if w.after >= 0 {
		from = w.after + 1
	}
	if w.before >= 0 {
		to = w.before
	}
	edges = all[min(from, to):to]
	between := len(edges)
	if w.first >= 0 {
		edges = edges[:min(w.first, len(edges))]
	}
	if w.last >= 0 {
		edges = edges[max(0, len(edges)-w.last):]
	}
	previous, next = w.after >= 0, w.before >= 0
	if w.last >= 0 {
		previous = between > w.last
	}
	if w.first >= 0 || w.last < 0 { // without both, a first page of the usual size
		next = w.first >= 0 && between > w.first
	}
	return edges, previous, next
}

func (x window) arguments(all []edge) (list []string) {
	for _, a := range []struct {
		name string
		n    int
	}{{"first", x.first}, {"last", x.last}} {
		if a.n >= 0 {
			list = append(list, fmt.Sprint(a.name, ": ", a.n))
		}
	}
	for _, a := range []struct {
		name string
		n    int
	}{{"after", x.after}, {"before", x.before}} {
		if a.n >= 0 {
			list = append(list, fmt.Sprintf("%s: %q", a.name, all[a.n].cursor))
		}
	}
	return list
}

// Every connection of the schema pages as the specification says, whatever its
// arguments, and in the same order both ways.
func TestRelayConnections(t *testing.T) {
	t.Parallel()
	for name, store := range map[string]func(t *testing.T) string{"SQLite": func(*testing.T) string { return "" }, "PostgreSQL": func(t *testing.T) string { return pgtest.URL(t) }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTown(t, store(t))
			crowd(w)
			owner := w.who["owner"]
			types := schemaOf(w)
			long := map[string]int{}
			for _, c := range connections(t, types) {
				whole, refused := c.page(w, owner, "first: 500")
				if refused != "" {
					t.Errorf("%s is refused by %s", c.name, refused)
					continue
				}
				all := edgesOf(whole)
				long[c.node] = max(long[c.node], len(all))
				if whole.PageInfo.TotalCount != len(all) || whole.PageInfo.HasNextPage || whole.PageInfo.HasPreviousPage {
					t.Errorf("%s: %d edges and %+v", c.name, len(all), whole.PageInfo)
				}
				pagesAsTheySay(t, w, c, all)
				argumentsAsSpecified(t, w, c, all)
				for argument, rule := range map[string]string{"first: -1": "badPage", "last: -1": "badPage", "first: 501": "pageTooLarge", "last: 501": "pageTooLarge", `after: "?"`: "badCursor", `before: "?"`: "badCursor"} {
					if _, refused := c.page(w, owner, argument); refused != rule {
						t.Errorf("%s(%s) is refused by %q, not %s", c.name, argument, refused, rule)
					}
				}
			}
			for node, n := range long {
				if n < 2 && node != "Problem" {
					t.Errorf("of %s no connection has more than %d edges: the town lacks something", node, n)
				}
			}
		})
	}
}

// soak reports whether the long variants are asked for.
func soak() bool { return os.Getenv("COMMONWEAL_SOAK") != "" }

// pagesAsTheySay walks a connection both ways in pages of several sizes.
func pagesAsTheySay(t *testing.T, w *town, c connection, all []edge) {
	t.Helper()
	sizes := []int{2, len(all) + 1}
	if soak() {
		sizes = nil
		for i := range len(all) + 1 {
			sizes = append(sizes, i+1)
		}
	}
	for _, size := range sizes {
		for _, backwards := range []bool{false, true} {
			if got := c.walk(w, w.who["owner"], size, backwards); !slices.Equal(got, all) {
				t.Errorf("%s in pages of %d, backwards %v: %v, want %v", c.name, size, backwards, got, all)
			}
		}
	}
}

// argumentsAsSpecified asks with arguments of all kinds, drawn from a seed.
func argumentsAsSpecified(t *testing.T, w *town, c connection, all []edge) {
	t.Helper()
	dice := rand.New(rand.NewPCG(uint64(len(all)), 7))
	times := 6
	if soak() {
		times = 200
	}
	for range times {
		draw := func(n int) int { // one in three is not said
			if n <= 0 || dice.IntN(3) == 0 {
				return -1
			}
			return dice.IntN(n)
		}
		x := window{draw(len(all)), draw(len(all)), draw(len(all) + 2), draw(len(all) + 2)}
		edges, previous, next := should(all, x)
		p, refused := c.page(w, w.who["owner"], x.arguments(all)...)
		if got := edgesOf(p); refused != "" || !slices.Equal(got, edges) || p.PageInfo.HasPreviousPage != previous || p.PageInfo.HasNextPage != next && (x.first >= 0 || x.last >= 0) {
			t.Errorf("%s(%s) of %d: %s%v %+v, want %v %v %v", c.name, strings.Join(x.arguments(all), ", "), len(all), refused, got, p.PageInfo, edges, previous, next)
		}
	}
}

// Cursors stay what they are while records come and go: nothing is skipped or told
// twice of what stays, also behind a cursor of a record that is gone.
func TestRelayCursorsStay(t *testing.T) {
	t.Parallel()
	w := newTown(t, "")
	owner := w.who["owner"]
	place := func(n string) { w.do(owner.agent, &vf.SpatialThing{ID: vf.ID("place/" + n), Name: n}) }
	for _, n := range []string{"b", "d", "f", "h", "j"} {
		place(n)
	}
	places := connection{"places", "{ spatialThings%s { edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor totalCount } } }", "SpatialThing"}
	first, _ := places.page(w, owner, "first: 2")
	place("a") // before the cursor
	place("e") // behind it
	if _, err := w.home.Do(t.Context(), node.Act{Kind: journal.Withdraw, Author: owner.agent, Key: "gone", Of: []vf.ID{"place/d"}}); err != nil {
		t.Fatal(err)
	}
	cursor := *first.PageInfo.EndCursor // of what is gone
	rest, _ := places.page(w, owner, "first: 9", fmt.Sprintf("after: %q", cursor))
	if got := fmt.Sprint(edgesOf(rest)); strings.Count(got, "place/") != 4 || !strings.Contains(got, "place/e") || !rest.PageInfo.HasPreviousPage {
		t.Errorf("behind a cursor of what is gone: %s %+v", got, rest.PageInfo)
	}
	before, _ := places.page(w, owner, "last: 9", fmt.Sprintf("before: %q", cursor))
	if got := fmt.Sprint(edgesOf(before)); strings.Count(got, "place/") != 2 || !before.PageInfo.HasNextPage {
		t.Errorf("before a cursor of what is gone: %s %+v", got, before.PageInfo)
	}
	for _, id := range []vf.ID{"place/a", "place/b"} {
		if _, err := w.home.Do(t.Context(), node.Act{Kind: journal.Withdraw, Author: owner.agent, Key: "gone " + string(id), Of: []vf.ID{id}}); err != nil {
			t.Fatal(err)
		}
	}
	if rest, _ = places.page(w, owner, "first: 1", fmt.Sprintf("after: %q", cursor)); rest.PageInfo.HasPreviousPage {
		t.Error("there is said to be something before the first that is left")
	}
	for _, e := range rest.Edges {
		if strings.Contains(e.Cursor, "place") {
			t.Errorf("the cursor %s is not opaque", e.Cursor)
		}
	}
}

// Who does not see all pages through what they see, without gaps and without hints.
func TestRelayPagesOfWhoSeesLess(t *testing.T) {
	t.Parallel()
	w := newTown(t, "")
	crowd(w)
	types := schemaOf(w)
	for _, role := range []string{"guest", "circle"} {
		who := w.who[role]
		for _, c := range connections(t, types) {
			whole, refused := c.page(w, who, "first: 500")
			if refused == "hidden" || refused == "notAllowed" {
				continue
			}
			all := edgesOf(whole)
			for _, backwards := range []bool{false, true} {
				if got := c.walk(w, who, 3, backwards); refused != "" || !slices.Equal(got, all) {
					t.Errorf("%s as %s, backwards %v: %s%v, want %v", c.name, role, backwards, refused, got, all)
				}
			}
		}
	}
}

// Every record can be asked for again by its id alone, as what it is; what is not
// there, and what is hidden, is null.
func TestRelayNodes(t *testing.T) {
	t.Parallel()
	w := newTown(t, "")
	crowd(w)
	types := schemaOf(w)
	found := map[string]bool{}
	for _, c := range connections(t, types) {
		if !strings.HasPrefix(c.name, "Query.") || c.node == "JournalEntry" {
			continue
		}
		whole, _ := c.page(w, w.who["owner"], "first: 500")
		for _, e := range edgesOf(whole) {
			var n struct {
				Type string `json:"__typename"`
				ID   string `json:"id"`
			}
			if err := json.Unmarshal([]byte(e.node), &n); err != nil {
				t.Fatal(err)
			}
			found[n.Type] = true
			if r := w.graphql(w.who["owner"], `query ($id: ID!) { node(id: $id) { __typename id } }`, map[string]any{"id": n.ID}); string(r.Data) != `{"node":`+e.node+`}` {
				t.Errorf("%s is asked for again, and answered by %s", e.node, r.raw)
			}
		}
	}
	for _, d := range types {
		is := slices.ContainsFunc(d.Interfaces, func(i typed) bool { return i.Name == "Node" })
		if is && d.Kind == "OBJECT" && !found[d.Name] {
			t.Errorf("%s is a Node, and none was asked for", d.Name)
		}
	}
	for _, id := range []string{"nothing/here", "wish/circle"} {
		if r := w.graphql(w.who["guest"], `query ($id: ID!) { node(id: $id) { id } }`, map[string]any{"id": id}); string(r.Data) != `{"node":null}` || r.Errors != nil {
			t.Errorf("a guest asks for %s, and is answered %s", id, r.raw)
		}
	}
}
