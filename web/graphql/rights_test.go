package graphql_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/vf"
	"commonweal/web/graphql"
)

// inhabited is a door to books with an owner, a member, and things that only members
// see, whose texts say “canary”.
func inhabited(t *testing.T) *door {
	t.Helper()
	d := open(t, graphql.Limits{Body: 1 << 26, Aliases: 1_000_000, Fragments: 1_000_000, Values: 10_000_000, Time: time.Minute, Cost: 1_000_000_000, Depth: 40, Breadth: 1000, Tokens: 1_000_000}, append(mill(),
		&vf.Agent{ID: "agent/bob", Type: "Person", Name: "canary Bob", Note: "canary"},
		&vf.Membership{ID: "member/ann", Member: "agent/ann", Role: "owner"},
		&vf.Membership{ID: "member/bob", Member: "agent/bob", Role: "member", Note: "canary"},
		&vf.Intent{ID: "offer/wool", Name: "Wool to give", Action: vf.Transfer, Provider: "agent/mill", ResourceConformsTo: "spec/wool"},
		&vf.Intent{ID: "need/socks", Name: "canary socks", Action: vf.Transfer, Receiver: "agent/bob", ResourceConformsTo: "spec/yarn", Note: "canary",
			ResourceQuantity: vf.Measure{HasNumericalValue: vf.Whole(2), HasUnit: "unit/kg"}, Due: vf.At(1690000000), Place: "place/canary"},
		&vf.SpatialThing{ID: "place/canary", Name: "canary house", MappableAddress: "1 canary street"},
		&vf.EconomicResource{ID: "resource/canary", Name: "canary chest", ConformsTo: "spec/wool", PrimaryAccountable: "agent/bob"},
		&vf.Process{ID: "process/canary", Name: "canary", BasedOn: "process-spec/spin"},
		&vf.Plan{ID: "plan/canary", Name: "canary"},
		&vf.Agreement{ID: "agreement/canary", Name: "canary", Note: "canary"},
		&vf.BatchLotRecord{ID: "lot/canary", BatchLotCode: "canary"},
		&vf.Proposal{ID: "proposal/wool", Name: "Wool", Publishes: []vf.ID{"offer/wool"}},
		&vf.Proposal{ID: "proposal/canary", Name: "canary", ProposedTo: []vf.ID{"agent/bob"}})...)
	return d
}

func (d *door) sit(who vf.ID) { d.other = d.Seat(node.Actor{Agent: who}) }

// samples are arguments with which fields can be asked, by name.
var samples = map[string]string{
	"id": `"need/socks"`, "first": "20", "sequence": `"1"`, "revisionId": `"1"`, "older": `"1"`, "since": `"1"`, "of": `["need/socks"]`,
	"records": `[{plan: {id: "plan/new", name: "New"}}]`, "acts": `[{kind: declare, key: "acts", records: [{plan: {id: "plan/acts", name: "New"}}]}]`, "key": `"KEY"`,
	"act": `{kind: declare, records: [{plan: {id: "plan/prepared", name: "New"}}]}`,
}

// asked writes a selection of all that a type has, so deep.
func asked(s *ast.Schema, typ string, depth int) string {
	d := s.Types[typ]
	if d.IsLeafType() {
		return ""
	}
	var b strings.Builder
	b.WriteString("{ __typename ")
	if d.IsAbstractType() {
		for _, t := range s.GetPossibleTypes(d) {
			if depth > 0 {
				fmt.Fprintf(&b, "... on %s %s ", t.Name, aliased(s, t, depth))
			}
		}
	} else {
		b.WriteString(strings.Trim(aliased(s, d, depth), "{}"))
	}
	return b.String() + "}"
}

// aliased writes the fields of an object under names that are of it alone, since
// fields of one name in several types may differ.
func aliased(s *ast.Schema, d *ast.Definition, depth int) string {
	var b strings.Builder
	b.WriteString("{ ")
	for _, f := range d.Fields {
		if strings.HasPrefix(f.Name, "__") || f.Name == "trace" || f.Name == "track" || f.Name == "diff" || f.Name == "whatIf" {
			continue // asked by tests of their own
		}
		inner := ""
		if !s.Types[f.Type.Name()].IsLeafType() {
			if depth <= 0 || f.Name == "edges" && d.Fields.ForName("nodes") != nil {
				continue
			}
			inner = asked(s, f.Type.Name(), depth-1)
		}
		fmt.Fprintf(&b, "%s_%s: %s%s %s ", d.Name, f.Name, f.Name, given(f), inner)
	}
	return b.String() + "}"
}

// given writes the arguments that a field needs, and the size of its pages.
func given(f *ast.FieldDefinition) string {
	var list []string
	for _, a := range f.Arguments {
		if a.Type.NonNull || a.Name == "first" || a.Name == "key" {
			if text := samples[a.Name]; text != "" {
				list = append(list, a.Name+": "+text)
			} else {
				panic("no sample for " + f.Name + "(" + a.Name + ")")
			}
		}
	}
	if list == nil {
		return ""
	}
	return "(" + strings.Join(list, ", ") + ")"
}

// idsOf are records for which single queries are asked.
var idsOf = map[string][]string{
	"record": {"need/socks", "agent/bob", "offer/wool", "place/canary", "resource/canary"}, "agent": {"agent/bob", "agent/mill"}, "person": {"agent/bob"},
	"organization": {"agent/mill"}, "intent": {"need/socks", "offer/wool"}, "resourceSpecification": {"spec/yarn", "spec/wool"}, "action": {"produce"},
	"economicResource": {"resource/canary", "resource/fleece"}, "spatialThing": {"place/canary"}, "process": {"process/canary"}, "plan": {"plan/canary"},
	"agreement": {"agreement/canary"}, "batchLotRecord": {"lot/canary"}, "proposal": {"proposal/canary", "proposal/wool"}, "unit": {"unit/kg"},
	"membership": {"member/bob"}, "economicEvent": {"resource/fleece/opening"}, "processSpecification": {"process-spec/spin"}, "recipeProcess": {"recipe/spin"}, "recipeFlow": {"flow/in"},
}

// What only members see never leaves by any query, whatever it leads to, for guests
// and for people of other networks; members get it by those that can show it.
func TestCanariesStayInside(t *testing.T) {
	t.Parallel()
	d := inhabited(t)
	s := gqlparser.MustLoadSchema(&ast.Source{Input: graphql.SDL()})
	told := 0
	for _, f := range s.Query.Fields {
		if strings.HasPrefix(f.Name, "__") {
			continue
		}
		f := *f
		ids := idsOf[f.Name]
		if ids == nil {
			ids = []string{"need/socks"}
		}
		for _, id := range ids {
			depth := 2
			if s.Types[f.Type.Name()].IsAbstractType() {
				depth = 1
			}
			query := "{ " + f.Name + strings.Replace(given(&f), "need/socks", id, 1) + " " + asked(s, f.Type.Name(), depth) + " }"
			for _, who := range []vf.ID{"", "agent/stranger"} {
				d.sit(who)
				a := d.ask(query, nil)
				for _, e := range a.Errors {
					if e.Extensions.Code != "notAllowed" {
						t.Fatalf("%s is not answered: %+v", f.Name, a.Errors)
					}
				}
				if strings.Contains(string(a.Data), "canary") || strings.Contains(fmt.Sprint(a.Errors), "canary") {
					t.Errorf("%s tells %q: %.2000s %v", f.Name, who, a.Data, a.Errors)
				}
			}
			d.sit("agent/bob")
			if a := d.ask(query, nil); strings.Contains(string(a.Data), "canary") {
				told++
			}
		}
	}
	if told < 20 {
		t.Errorf("a member is told by %d queries alone", told)
	}
}

// The plan is told to those who may plan, and following tells guests nothing of what
// they do not see.
func TestGuestsFollowNothingHidden(t *testing.T) {
	t.Parallel()
	d := inhabited(t)
	d.sit("")
	d.refused("notAllowed", `{ planned { at } }`, nil)
	stream := d.listen(t, "POST", "/graphql", nil, query(`subscription { changes { acts { kind author { id } records { id } } records { id } } }`))
	for i := range 3 {
		d.place(i) // of which guests see nothing
	}
	if _, err := d.Do(t.Context(), node.Act{Kind: journal.Declare, Author: "agent/ann", Key: "spec",
		Records: []vf.Record{&vf.Proposal{ID: "proposal/open", Name: "Open to all"}}}); err != nil {
		t.Fatal(err)
	}
	if e := stream.next(); e.data != `{"data":{"changes":{"acts":[{"kind":"declare","author":null,"records":[{"id":"proposal/open"}]}],"records":[{"id":"proposal/open"}]}}}` {
		t.Errorf("%+v", e)
	}
}
