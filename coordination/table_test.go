package coordination

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"commonweal/vf"
)

//go:generate env COMMONWEAL_WRITE=1 go test -count=1 -run TestTheTableOfTheDefaultCharter .

const tableFile = "testdata/default.txt"

// who are the actors of the table, each with one role: of the network, of the
// circle that the records are of, and of another one.
var who = []struct {
	sign, name, role string
	scope            vf.ID
}{
	{"u", "somebody unknown", "", ""}, {"g", "guest", Guest, ""},
	{"m", "member", "member", ""}, {"b", "bookkeeper", "bookkeeper", ""}, {"c", "coordinator", "coordinator", ""}, {"o", "owner", Owner, ""},
	{"M", "member of the circle", "member", "agent/circle"}, {"C", "coordinator of the circle", "coordinator", "agent/circle"}, {"O", "owner in the circle", Owner, "agent/circle"},
	{"A", "coordinator of the scope above the circle", "coordinator", "agent/above"},
	{"x", "coordinator of another circle", "coordinator", "agent/other"}, {"y", "owner in another circle", Owner, "agent/other"},
}

// kindsOf are the cases of the table: whose a record is.
var kindsOf = []string{"own", "circle", "stranger", "published"}

// village is a network with all that the table asks about.
type village struct {
	View
	records map[vf.ID]vf.Record
	authors map[vf.ID]vf.ID
}

func newVillage() *village {
	w := &village{records: map[vf.ID]vf.Record{}, authors: map[vf.ID]vf.ID{}}
	w.View = View{Register: NewRegister(), Network: "https://example.org/village/", Now: vf.At(1000), Record: w.find, Author: func(id vf.ID) vf.ID { return w.authors[id] }}
	w.put(&vf.Agent{ID: "agent/above", Type: "Organization"}, &vf.Agent{ID: "agent/circle", Type: "Organization", PartOf: "agent/above"},
		&vf.Agent{ID: "agent/other", Type: "Organization"}, &vf.Agent{ID: "agent/stranger", Type: "Person"})
	for i, a := range who[1:] {
		id := vf.ID(fmt.Sprint("agent/", i+1))
		w.put(&vf.Agent{ID: id, Type: "Person"}, &vf.Membership{ID: "membership/" + id, Member: id, Role: a.role, InScopeOf: a.scope})
	}
	return w
}

func (w *village) find(id vf.ID) vf.Record {
	if r := w.records[id]; r != nil {
		return r
	}
	return nil
}

func (w *village) put(records ...vf.Record) {
	for _, r := range records {
		before := w.find(r.Key())
		w.records[r.Key()] = r
		w.Register.Set(before, r, w.find)
	}
}

func (w *village) drop(id vf.ID) {
	before := w.find(id)
	delete(w.records, id)
	w.Register.Set(before, nil, w.find)
}

// sample makes a record of a class that is of an agent, or published; nil where
// records of the class are never published.
func (w *village) sample(c vf.Class, kind string, actor vf.ID) vf.Record {
	of := map[string]vf.ID{"own": actor, "circle": "agent/circle", "stranger": "agent/stranger"}[kind]
	r := vf.NewRecord(c)
	reflect.ValueOf(r).Elem().FieldByName("ID").SetString("sample/" + string(c))
	switch x := r.(type) {
	case *vf.Intent:
		x.Provider = of
	case *vf.Commitment:
		x.Provider = of
	case *vf.EconomicEvent:
		x.Provider = of
	case *vf.Claim:
		x.Provider = of
	case *vf.EconomicResource:
		x.PrimaryAccountable = of
	case *vf.RecipeProcess:
		x.PerformedBy = of
	case *vf.RecipeFlow:
		w.put(&vf.RecipeProcess{ID: "sample/process", PerformedBy: of})
		x.RecipeInputOf = "sample/process"
	case *vf.Process:
		if of != "" {
			x.InScopeOf = []vf.ID{of}
		}
	case *vf.Agent:
		if of != "" {
			x.ID = of
		}
	case *vf.Membership:
		x.Member, x.Role = of, "member"
		if kind == "circle" {
			x.Member, x.InScopeOf = "agent/stranger", of
		}
	case *vf.Charter:
		if kind == "circle" {
			x.InScopeOf = of
		}
	case *vf.DeviceKey:
		x.KeyOf = of
	case *vf.ProposalList:
		w.authors[x.ID] = of
		if kind != "published" {
			x.ProposedTo = []vf.ID{"agent/stranger"}
		}
	case *vf.Proposal:
		w.put(&vf.Intent{ID: "sample/published", Provider: of})
		x.Publishes, x.ProposedTo = []vf.ID{"sample/published"}, []vf.ID{"agent/stranger"}
		if kind == "published" {
			x.ProposedTo = nil
		}
	default:
		w.authors[r.Key()] = of
	}
	if kind == "published" {
		switch r.(type) {
		case *vf.Proposal, *vf.ProposalList:
		default:
			if !publishable(r) {
				return nil
			}
			w.put(&vf.Proposal{ID: "sample/proposal", Publishes: []vf.ID{"sample/intent"}}, r)
			w.put(&vf.Intent{ID: "sample/intent", Provider: r.Key(), ResourceConformsTo: r.Key(), Stage: r.Key(), ResourceQuantity: vf.Measure{HasUnit: r.Key()}})
			if c == "Intent" {
				w.put(&vf.Proposal{ID: "sample/proposal", Publishes: []vf.ID{r.Key()}})
			}
		}
	}
	return r
}

// tableText asks everything of everybody: for each class, whose the record is and
// verb, who may.
func tableText() string {
	var b strings.Builder
	b.WriteString("# Who may by the default charter: class, whose the record is, and for each verb who may. Each actor has one role:\n")
	for _, a := range who {
		b.WriteString("# " + a.sign + " " + a.name + "\n")
	}
	b.WriteString("# Made anew by: go generate ./coordination\n")
	for _, c := range vf.Classes() {
		for _, kind := range kindsOf {
			row := ""
			for _, verb := range Verbs() {
				if may := whoMay(c, kind, verb); may != "" {
					row += " " + string(verb) + ":" + may
				}
			}
			if row != "" {
				b.WriteString(string(c) + " " + kind + row + "\n")
			}
		}
	}
	return b.String()
}

func whoMay(c vf.Class, kind string, verb Verb) string {
	may := ""
	for i, a := range who {
		w, actor := newVillage(), Actor{}
		if i > 0 {
			actor.Agent = vf.ID(fmt.Sprint("agent/", i))
		} else if kind == "own" {
			continue
		}
		if r := w.sample(c, kind, actor.Agent); r != nil && w.Decide(actor, verb, r).Allowed {
			may += a.sign
		}
	}
	return may
}

func TestTheTableOfTheDefaultCharter(t *testing.T) {
	t.Parallel()
	text := tableText()
	if os.Getenv("COMMONWEAL_WRITE") != "" {
		if err := os.WriteFile(tableFile, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(tableFile)
	if err != nil {
		t.Fatal(err)
	}
	have, expected := strings.Split(text, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(have), len(expected)) {
		if i >= len(have) || i >= len(expected) || have[i] != expected[i] {
			t.Fatalf("line %d of the table differs; read what changed, then: go generate ./coordination", i+1)
		}
	}
}

// What must hold of any default charter, said apart from the table.
func TestTheDefaultCharterProtects(t *testing.T) {
	t.Parallel()
	for _, c := range vf.Classes() {
		for _, kind := range kindsOf {
			for i, a := range who {
				w := newVillage()
				actor := Actor{Agent: vf.ID(fmt.Sprint("agent/", i))}
				if i == 0 {
					actor.Agent = ""
				}
				r := w.sample(c, kind, actor.Agent)
				if r == nil || kind == "own" && i == 0 {
					continue
				}
				for _, verb := range Verbs() {
					may := w.Decide(actor, verb, r).Allowed
					where := fmt.Sprintf("%s may %s %s of %s: %v", a.name, verb, c, kind, may)
					switch {
					case a.name == "owner" && !may:
						t.Error(where)
					case i < 2 && may && (verb != See || kind != "published"):
						t.Error(where)
					case (verb == Decide || verb == Keys && kind != "own") && may && a.role != Owner:
						t.Error(where)
					case (a.sign == "x" || a.sign == "y") && may && kind == "circle" && !slices.Contains([]vf.Class{"Charter", "Membership"}, c) && (verb != See || !word(r)):
						t.Error(where)
					case kind == "stranger" && may && a.scope != "" && (verb != See || !word(r)):
						t.Error(where)
					}
				}
			}
		}
	}
}
