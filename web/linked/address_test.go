package linked

import (
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"commonweal/vf"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	for id, want := range map[vf.ID]string{
		"need/7": "/home/need/7", "a/b/c:d@e": "/home/a/b/c:d@e", "need/é": "/home/need/%C3%A9", "need/a%20b": "/home/need/a%2520b", "need/a?b#c": "/home/need/a%3Fb%23c",
		"need": "/home/?id=need", "needs.csv": "/home/?id=needs.csv", "a//b": "/home/?id=a%2F%2Fb", "a/../b": "/home/?id=a%2F..%2Fb", "/a": "/home/?id=%2Fa", "a/": "/home/?id=a%2F",
		"https://other.example/x?y=z&w#v": "/home/?id=https%3A%2F%2Fother.example%2Fx%3Fy%3Dz%26w%23v", "calendar/x.ics": "/home/?id=calendar%2Fx.ics", "..": "/home/?id=..",
	} {
		if got := Address("home", id); got != want {
			t.Errorf("%s is at %s, want %s", id, got, want)
		}
	}
}

// TestAddressesLeadBack: whatever an id is, its address leads to it alone, also
// through programs that resolve and write addresses anew.
func TestAddressesLeadBack(t *testing.T) {
	t.Parallel()
	base, err := url.Parse("https://example.org/elsewhere/x")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		id := vf.ID(rapid.StringMatching(`[a-zé漢/.?#%&=+:;,'\\|^~{}\[\]@!$()*0-9A-F-]{1,12}`).Draw(t, "id"))
		at := Address("home", id)
		u, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		u = base.ResolveReference(u)
		rest, ok := strings.CutPrefix(u.EscapedPath(), "/home/")
		if !ok {
			t.Fatalf("%q is at %s", id, u)
		}
		got := idsAt(rest)[0]
		if rest == "" {
			got = vf.ID(u.Query().Get("id"))
		}
		if got != id {
			t.Fatalf("%q is at %s, which leads to %q", id, at, got)
		}
	})
}

func TestEachClassHasItsWords(t *testing.T) {
	t.Parallel()
	seen := map[string]vf.Class{}
	for _, c := range vf.Classes() {
		if one(c) == "" || several(c) == "" || plurals[c] == "" {
			t.Errorf("%s has no words", c)
		}
		if other, twice := seen[plurals[c]]; twice || classOf(plurals[c]) != c {
			t.Errorf("%s is a list of %s and %s", plurals[c], c, other)
		}
		seen[plurals[c]] = c
		for _, f := range vf.Fields(c) {
			w := propertyWords[f.Name]
			if f.Name != "@id" && w[0] == "" {
				t.Errorf("%s of %s has no word", f.Name, c)
			}
			for _, other := range vf.Classes() {
				if refersTo(f, other) && w[1] == "" {
					t.Errorf("%s of %s has no word at the other end", f.Name, c)
					break
				}
			}
		}
	}
	for _, row := range vf.ActionTable {
		if actionWords[row.Action] == "" {
			t.Errorf("%s has no word", row.Action)
		}
	}
}
