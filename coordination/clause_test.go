package coordination

import (
	"errors"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"commonweal/rule"
	"commonweal/vf"
)

func TestClausesAreRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Clause{
		"a: member may see":                           {Name: "a", Role: "member", Verbs: []Verb{See}, Extent: All},
		"a : member may everything":                   {Name: "a", Role: "member", Extent: All},
		"närå-2: bäcker here may not see, plan own":   {Name: "närå-2", Role: "bäcker", Here: true, Not: true, Verbs: []Verb{See, Plan}, Extent: Own},
		"a: m may see and change as provider Intent":  {Name: "a", Role: "m", Verbs: []Verb{See, Change}, Extent: As, Side: "provider", Classes: []vf.Class{"Intent"}},
		"a: m may invite all Membership for x,y in s": {Name: "a", Role: "m", Verbs: []Verb{Invite}, Extent: All, Classes: []vf.Class{"Membership"}, Roles: []string{"x", "y"}, Scope: "s"},
		"a:guest may\tsee\npublished":                 {Name: "a", Role: Guest, Verbs: []Verb{See}, Extent: Published},
		"a: m may see in https://example.org/a:b":     {Name: "a", Role: "m", Verbs: []Verb{See}, Extent: All, Scope: "https://example.org/a:b"},
		"a: m may see own Intent, Proposal and Claim": {Name: "a", Role: "m", Verbs: []Verb{See}, Extent: Own, Classes: []vf.Class{"Intent", "Proposal", "Claim"}},
	} {
		got, err := ParseClause(text)
		if err != nil || !reflect.DeepEqual(*got, want) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}

func TestClausesAreRefusedWhereTheyGoWrong(t *testing.T) {
	t.Parallel()
	for text, column := range map[string]int{
		"": 1, ":": 1, "a": 2, "a:": 3, "a: member": 10, "a: member may": 14, "a: member can see": 11, "a: may may see": 4, "a: 7th may see": 4,
		"a: member may fly": 15, "a: member may see,": 19, "a: member may see see": 19, "a: member may see, see": 20, "a: member may see own own": 23,
		"a: member may see as": 21, "a: member may see as king": 22, "a: member may see Persona": 19, "a: member may see for": 22, "a: member may see in": 21,
		"ä: ö may sée": 10, "a: member may not": 18, "a: member may not not see": 19, "a: everything may see": 4, "a: member may see Intent all": 26,
	} {
		_, err := ParseClause(text)
		var r *rule.Refusal
		if !errors.As(err, &r) || r.Rule != "badClause" || r.Value("column") != strconv.Itoa(column) {
			t.Errorf("%q: %v, want column %d", text, err, column)
		}
	}
	if _, err := ParseClause("a: member may see in " + strings.Repeat("x", MaxClause)); err == nil {
		t.Error("a clause of any length is read")
	}
}

// FuzzParseClause: what is read is written in one form, which reads the same; what
// is not is refused with a column in the text.
func FuzzParseClause(f *testing.F) {
	for _, text := range Default {
		f.Add(text)
	}
	f.Add("närå: x here may not see, plan as author Intent and Claim for a, b in https://example.org/")
	f.Add("a: \xff may see")
	f.Add("a: member may see,, all")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseClause(text)
		var r *rule.Refusal
		switch {
		case errors.As(err, &r):
			column, err := strconv.Atoi(r.Value("column"))
			if r.Rule != "badClause" || err != nil || column < 1 || column > utf8.RuneCountInString(text)+1 || !utf8.ValidString(r.Error()) {
				t.Fatalf("%q: %v", text, r)
			}
		case err != nil:
			t.Fatal(err)
		default:
			again, err := ParseClause(c.String())
			if len(c.String()) > MaxClause { // the one form says “all”, and has its spaces
				return
			}
			if err != nil || !reflect.DeepEqual(c, again) {
				t.Fatalf("%q is written %q and read again as %+v, %v", text, c, again, err)
			}
		}
	})
}

// clauses draws a clause about some roles and the village's scopes.
func clauses(t *rapid.T, name string) *Clause {
	c := &Clause{Name: name, Role: rapid.SampledFrom([]string{Guest, "member", "bookkeeper", "coordinator", Owner}).Draw(t, "role"),
		Here: rapid.IntRange(0, 3).Draw(t, "here") == 0, Not: rapid.Bool().Draw(t, "not"), Extent: rapid.SampledFrom([]string{All, Own, Published, As}).Draw(t, "extent")}
	if c.Extent == As {
		c.Side = rapid.SampledFrom(sides).Draw(t, "side")
	}
	if rapid.IntRange(0, 4).Draw(t, "everything") > 0 {
		c.Verbs = rapid.SliceOfNDistinct(rapid.SampledFrom(allVerbs), 1, 4, rapid.ID).Draw(t, "verbs")
	}
	if rapid.Bool().Draw(t, "some classes") {
		c.Classes = rapid.SliceOfNDistinct(rapid.SampledFrom(vf.Classes()), 1, 5, rapid.ID).Draw(t, "classes")
	}
	if rapid.IntRange(0, 5).Draw(t, "for") == 0 {
		c.Roles = []string{rapid.SampledFrom([]string{"member", Owner}).Draw(t, "for role")}
	}
	if rapid.IntRange(0, 4).Draw(t, "in") == 0 {
		c.Scope = rapid.SampledFrom([]vf.ID{"agent/above", "agent/circle", "agent/other"}).Draw(t, "in scope")
	}
	return c
}

func TestClausesAreWrittenAsTheyAreRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := clauses(t, "clause")
		got, err := ParseClause(c.String())
		if err != nil || !reflect.DeepEqual(c, got) {
			t.Fatalf("%q: %+v, %v", c, got, err)
		}
	})
}
