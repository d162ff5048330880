package web_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"commonweal/vf"
)

// typed is a type as introspection says it.
type typed struct {
	Kind   string `json:"kind"`
	Name   string `json:"name"`
	OfType *typed `json:"ofType"`
}

// String writes a type as the schema does.
func (t *typed) String() string {
	switch t.Kind {
	case "NON_NULL":
		return t.OfType.String() + "!"
	case "LIST":
		return "[" + t.OfType.String() + "]"
	}
	return t.Name
}

func (t *typed) inner() string {
	for t.OfType != nil {
		t = t.OfType
	}
	return t.Name
}

// described is a type with its fields.
type described struct {
	Kind       string  `json:"kind"`
	Name       string  `json:"name"`
	Interfaces []typed `json:"interfaces"`
	Fields     []struct {
		Name string `json:"name"`
		Type typed  `json:"type"`
		Args []struct {
			Name string `json:"name"`
			Type typed  `json:"type"`
		} `json:"args"`
	} `json:"fields"`
}

func (d *described) field(name string) string {
	for _, f := range d.Fields {
		if f.Name == name {
			return f.Type.String()
		}
	}
	return ""
}

// schemaOf asks the server for its schema.
func schemaOf(w *town) map[string]*described {
	const of = `{ kind name ofType { kind name ofType { kind name ofType { kind name } } } }`
	r := w.graphql(w.who["guest"], `{ __schema { types { kind name interfaces { name } fields { name type `+of+` args { name type `+of+` } } } } }`, nil)
	var said struct {
		Schema struct {
			Types []*described `json:"types"`
		} `json:"__schema"`
	}
	if err := json.Unmarshal(r.Data, &said); err != nil || r.Errors != nil {
		w.t.Fatalf("%v %v", err, r.Errors)
	}
	m := map[string]*described{}
	for _, d := range said.Schema.Types {
		m[d.Name] = d
	}
	return m
}

// The types are those of the specifications.
func TestRelayTypes(t *testing.T) {
	t.Parallel()
	types := schemaOf(newTown(t, ""))
	connections := 0
	want := func(on *described, field string, types ...string) {
		if have := on.field(field); !slices.Contains(types, have) {
			t.Errorf("%s.%s is a %q, and may be %v", on.Name, field, have, types)
		}
	}
	info := types["PageInfo"]
	want(info, "hasNextPage", "Boolean!")
	want(info, "hasPreviousPage", "Boolean!")
	want(info, "startCursor", "String") // null where the page is empty
	want(info, "endCursor", "String")
	for _, d := range types {
		if of, ok := strings.CutSuffix(d.Name, "Connection"); ok {
			connections++
			if d.Kind != "OBJECT" || types[of+"Edge"] == nil || types[of+"Edge"].Kind != "OBJECT" {
				t.Fatalf("%s is a %s, and its edges are no objects", d.Name, d.Kind)
			}
			want(d, "edges", "["+of+"Edge!]!")
			want(d, "pageInfo", "PageInfo!")
			want(types[of+"Edge"], "node", of+"!")
			want(types[of+"Edge"], "cursor", "String!")
		}
		for _, f := range d.Fields {
			if !strings.HasSuffix(f.Type.inner(), "Connection") {
				continue
			}
			if f.Type.Kind != "NON_NULL" || f.Type.OfType.Kind != "OBJECT" {
				t.Errorf("%s.%s is a %s", d.Name, f.Name, f.Type.String())
			}
			for name, typ := range map[string]string{"first": "Int", "last": "Int", "after": "String", "before": "String"} {
				if !slices.ContainsFunc(f.Args, func(a struct {
					Name string `json:"name"`
					Type typed  `json:"type"`
				}) bool {
					return a.Name == name && a.Type.String() == typ
				}) {
					t.Errorf("%s.%s has no argument %s: %s", d.Name, f.Name, name, typ)
				}
			}
		}
	}
	node := types["Node"]
	if node.Kind != "INTERFACE" || len(node.Fields) != 1 || node.field("id") != "ID!" || types["Query"].field("node") != "Node" {
		t.Errorf("Node is %+v, and the field node a %s", node, types["Query"].field("node"))
	}
	if connections < 30 {
		t.Errorf("only %d connections", connections)
	}
}

// hubs are the records to which many others refer, by their types.
var hubs = map[string]string{
	"Unit": "unit/kg", "SpatialThing": "place/hub", "ResourceSpecification": "spec/wool", "ProcessSpecification": "process-spec/spin", "Organization": "agent/guild",
	"Person": "agent/zed", "EcologicalAgent": "agent/river", "UnspecifiedAgent": "agent/someone", "EconomicResource": "thing/guild", "RecipeProcess": "step/guild", "Recipe": "x/Recipe/c0",
	"RecipeFlow": "flow/guild", "RecipeExchange": "exchange/hub", "BatchLotRecord": "lot/hub", "Plan": "plan/hub", "Process": "process/hub", "AgreementBundle": "bundle/hub",
	"Agreement": "agreement/hub", "ProposalList": "list/hub", "Proposal": "proposal/open", "Intent": "wish/guild", "Commitment": "promise/hub", "EconomicEvent": "event/guild",
	"Claim": "x/Claim/c0", "Membership": "x/Membership/c0", "Charter": "x/Charter/c0", "DeviceKey": "x/DeviceKey/c0",
}

const crowdOf = 6

// crowd enters some records of each class that refer to the hubs.
func crowd(w *town) {
	w.do("agent/zed", &vf.SpatialThing{ID: "place/hub", Name: "Hub"}, &vf.Agent{ID: "agent/river", Type: "EcologicalAgent", Name: "River"}, &vf.Agent{ID: "agent/someone", Type: "Agent", Name: "Someone"},
		&vf.RecipeExchange{ID: "exchange/hub", Name: "Hub"}, &vf.BatchLotRecord{ID: "lot/hub", BatchLotCode: "hub"}, &vf.Plan{ID: "plan/hub", Name: "Hub"}, &vf.AgreementBundle{ID: "bundle/hub", Name: "Hub"},
		&vf.Agreement{ID: "agreement/hub", Name: "Hub", BundledIn: "bundle/hub"}, &vf.ProposalList{ID: "list/hub", Name: "Hub"},
		&vf.Process{ID: "process/hub", Name: "Hub", BasedOn: "process-spec/spin", PlannedWithin: "plan/hub", InScopeOf: []vf.ID{"agent/guild"}},
		&vf.Commitment{ID: "promise/hub", Action: vf.TransferCustody, Provider: "agent/guild", Receiver: "agent/dairy", ResourceConformsTo: "spec/wool", ResourceQuantity: kg(500), Due: vf.At(today.Unix() + 86400)})
	for i := range crowdOf {
		n := fmt.Sprint("c", i)
		var list []vf.Record
		for _, c := range vf.Classes() {
			r := sample(c, "agent/guild", n)
			switch x := r.(type) {
			case *vf.Agent:
				if x.PrimaryLocation = "place/hub"; x.Type == "Organization" {
					x.PartOf = "agent/guild"
				}
			case *vf.Recipe:
				x.RecipeIncludes = []vf.ID{"step/guild"}
			case *vf.RecipeProcess:
				x.Place = "place/hub"
				list = append(list, &vf.RecipeFlow{ID: vf.ID("clause/" + n), Action: vf.Transfer, RecipeClauseOf: "exchange/hub", ResourceConformsTo: "spec/yarn", ResourceQuantity: kg(1)})
			case *vf.EconomicResource:
				x.OfBatchLot, x.CurrentLocation, x.Stage = "lot/hub", "place/hub", "process-spec/spin"
			case *vf.Process:
				x.PlannedWithin = "plan/hub"
			case *vf.Agreement:
				x.BundledIn = "bundle/hub"
			case *vf.Proposal:
				x.ListedIn, x.EligibleLocation = []vf.ID{"list/hub"}, "place/hub"
			case *vf.Intent:
				x.PlannedWithin, x.Place, x.ResourceInventoriedAs = "plan/hub", "place/hub", "thing/guild"
				list = append(list, &vf.Intent{ID: vf.ID("need/" + n), Action: vf.Transfer, Receiver: "agent/dairy", ResourceConformsTo: "spec/yarn", ResourceQuantity: kg(20), Due: vf.At(today.Unix() + 90*86400)},
					&vf.Intent{ID: vf.ID("output/intent/" + n), Action: vf.Produce, OutputOf: "process/hub", Provider: "agent/guild", ResourceConformsTo: "spec/yarn", ResourceQuantity: kg(1), Stage: "process-spec/spin"})
			case *vf.Commitment:
				x.PlannedWithin, x.Place, x.ClauseOf, x.Satisfies = "plan/hub", "place/hub", "agreement/hub", []vf.ID{"wish/guild"}
				list = append(list, &vf.Commitment{ID: vf.ID("output/promise/" + n), Action: vf.Produce, OutputOf: "process/hub", Provider: "agent/guild", Receiver: "agent/guild", ResourceConformsTo: "spec/yarn", ResourceQuantity: kg(1)})
			case *vf.EconomicEvent:
				x.RealizationOf = "agreement/hub"
				list = append(list, &vf.EconomicEvent{ID: vf.ID("output/event/" + n), Action: vf.Produce, OutputOf: "process/hub", Provider: "agent/guild", Receiver: "agent/guild", ResourceConformsTo: "spec/yarn", ResourceQuantity: kg(1), ToLocation: "place/hub"},
					&vf.EconomicEvent{ID: vf.ID("given/" + n), Action: vf.TransferCustody, Provider: "agent/guild", Receiver: "agent/dairy", ResourceInventoriedAs: "thing/guild", ResourceConformsTo: "spec/wool", ResourceQuantity: kg(1), Fulfills: []vf.ID{"promise/hub"}})
			case *vf.Claim:
				x.TriggeredBy = "event/guild"
			case *vf.Charter:
				x.Version = i + 1
			}
			list = append(list, r)
		}
		w.do("agent/zed", list...)
	}
}
