package vf

import (
	"encoding/json"
	"reflect"
	"sort"
	"strings"
)

// Class is a class of Valueflows, by its name in the ontology, or one of [OwnClasses].
type Class string

// Record is any record that has an id and a class of its own.
type Record interface {
	Class() Class // its class: "Intent"
	Key() ID      // its id
}

// Class names the class.
func (*ProcessSpecification) Class() Class  { return "ProcessSpecification" }
func (*ResourceSpecification) Class() Class { return "ResourceSpecification" }
func (*Recipe) Class() Class                { return "Recipe" }
func (*RecipeProcess) Class() Class         { return "RecipeProcess" }
func (*RecipeFlow) Class() Class            { return "RecipeFlow" }
func (*RecipeExchange) Class() Class        { return "RecipeExchange" }
func (*Unit) Class() Class                  { return "Unit" }
func (*SpatialThing) Class() Class          { return "SpatialThing" }
func (*Intent) Class() Class                { return "Intent" }
func (*Commitment) Class() Class            { return "Commitment" }
func (*Claim) Class() Class                 { return "Claim" }
func (*Plan) Class() Class                  { return "Plan" }
func (*Process) Class() Class               { return "Process" }
func (*Agreement) Class() Class             { return "Agreement" }
func (*AgreementBundle) Class() Class       { return "AgreementBundle" }
func (*Proposal) Class() Class              { return "Proposal" }
func (*ProposalList) Class() Class          { return "ProposalList" }
func (*EconomicResource) Class() Class      { return "EconomicResource" }
func (*EconomicEvent) Class() Class         { return "EconomicEvent" }
func (*BatchLotRecord) Class() Class        { return "BatchLotRecord" }
func (*Membership) Class() Class            { return "Membership" }
func (*Charter) Class() Class               { return "Charter" }
func (*DeviceKey) Class() Class             { return "DeviceKey" }

// Class is the kind of agent; an agent of no said kind is an Agent.
func (r *Agent) Class() Class {
	if r.Type == "" {
		return "Agent"
	}
	return r.Type
}

// Key returns the id.
func (r *ProcessSpecification) Key() ID  { return r.ID }
func (r *ResourceSpecification) Key() ID { return r.ID }
func (r *Recipe) Key() ID                { return r.ID }
func (r *RecipeProcess) Key() ID         { return r.ID }
func (r *RecipeFlow) Key() ID            { return r.ID }
func (r *RecipeExchange) Key() ID        { return r.ID }
func (r *Unit) Key() ID                  { return r.ID }
func (r *SpatialThing) Key() ID          { return r.ID }
func (r *Intent) Key() ID                { return r.ID }
func (r *Commitment) Key() ID            { return r.ID }
func (r *Claim) Key() ID                 { return r.ID }
func (r *Plan) Key() ID                  { return r.ID }
func (r *Process) Key() ID               { return r.ID }
func (r *Agreement) Key() ID             { return r.ID }
func (r *AgreementBundle) Key() ID       { return r.ID }
func (r *Proposal) Key() ID              { return r.ID }
func (r *ProposalList) Key() ID          { return r.ID }
func (r *Agent) Key() ID                 { return r.ID }
func (r *EconomicResource) Key() ID      { return r.ID }
func (r *EconomicEvent) Key() ID         { return r.ID }
func (r *BatchLotRecord) Key() ID        { return r.ID }
func (r *Membership) Key() ID            { return r.ID }
func (r *Charter) Key() ID               { return r.ID }
func (r *DeviceKey) Key() ID             { return r.ID }

// newRecord makes an empty record of each class that has ids.
var newRecord = map[Class]func() Record{
	"ProcessSpecification":  func() Record { return new(ProcessSpecification) },
	"ResourceSpecification": func() Record { return new(ResourceSpecification) },
	"Recipe":                func() Record { return new(Recipe) },
	"RecipeProcess":         func() Record { return new(RecipeProcess) },
	"RecipeFlow":            func() Record { return new(RecipeFlow) },
	"RecipeExchange":        func() Record { return new(RecipeExchange) },
	"Unit":                  func() Record { return new(Unit) },
	"SpatialThing":          func() Record { return new(SpatialThing) },
	"Intent":                func() Record { return new(Intent) },
	"Commitment":            func() Record { return new(Commitment) },
	"Claim":                 func() Record { return new(Claim) },
	"Plan":                  func() Record { return new(Plan) },
	"Process":               func() Record { return new(Process) },
	"Agreement":             func() Record { return new(Agreement) },
	"AgreementBundle":       func() Record { return new(AgreementBundle) },
	"Proposal":              func() Record { return new(Proposal) },
	"ProposalList":          func() Record { return new(ProposalList) },
	"Agent":                 func() Record { return &Agent{} },
	"Person":                func() Record { return &Agent{Type: "Person"} },
	"Organization":          func() Record { return &Agent{Type: "Organization"} },
	"EcologicalAgent":       func() Record { return &Agent{Type: "EcologicalAgent"} },
	"EconomicResource":      func() Record { return new(EconomicResource) },
	"EconomicEvent":         func() Record { return new(EconomicEvent) },
	"BatchLotRecord":        func() Record { return new(BatchLotRecord) },
	"Membership":            func() Record { return new(Membership) },
	"Charter":               func() Record { return new(Charter) },
	"DeviceKey":             func() Record { return new(DeviceKey) },
}

// Classes lists the classes that records can have, sorted. With [Action] and
// [Measure], and without [OwnClasses], they are the 26 domain classes of the ontology.
func Classes() []Class {
	list := make([]Class, 0, len(newRecord))
	for c := range newRecord {
		list = append(list, c)
	}
	sort.Slice(list, func(i, j int) bool { return list[i] < list[j] })
	return list
}

// NewRecord returns an empty record of the class, nil if there is no such class.
func NewRecord(c Class) Record {
	if f := newRecord[c]; f != nil {
		return f()
	}
	return nil
}

// Field is one property that a class of records has.
type Field struct {
	Name string       // the property: "resourceConformsTo"
	Type reflect.Type // ID, []ID, string, []string, bool, int, Truth, Time, Measure, Action, *Decimal
}

// Fields lists the properties of a class in the order they are written,
// "@id" first; nil if there is no such class.
func Fields(c Class) []Field {
	r := NewRecord(c)
	if r == nil {
		return nil
	}
	t := reflect.TypeOf(r).Elem()
	var list []Field
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "-" {
			list = append(list, Field{name, t.Field(i).Type})
		}
	}
	return list
}

// OwnProperties are the properties of our namespace (https://w3id.org/commonweal/ns#),
// with the classes that have them: what planning and rights need and Valueflows
// leaves out.
var OwnProperties = map[string]string{
	"performedBy":           "RecipeProcess: the agent who can perform it",
	"durationPerUnit":       "RecipeProcess: time for each unit of its output, beside hasDuration",
	"preference":            "RecipeProcess, Intent, EconomicResource: which of several is taken first; lower is first",
	"leastBatch":            "RecipeProcess: smallest quantity of output of one process",
	"batchMultiple":         "RecipeProcess, Intent: the output, or what is offered, comes in multiples of this quantity",
	"largestBatch":          "RecipeProcess: largest quantity of output of one process",
	"yield":                 "RecipeProcess: share of the output that is good, over 0 and at most 1",
	"validFrom":             "RecipeProcess, Charter: in force from then on; of a recipe for processes that begin then or later",
	"validUntil":            "RecipeProcess: in force for processes that begin before then",
	"perBatch":              "RecipeFlow: once in each process, whatever its size",
	"place":                 "RecipeFlow, Intent, Commitment, RecipeProcess: where the thing must be or will be; where the process is done",
	"step":                  "Unit: the smallest quantity there is of it",
	"equals":                "Unit: what one of it amounts to in another unit",
	"tier":                  "Intent: how essential the need is; lower is first",
	"people":                "Intent: how many people are behind the need",
	"minimumUsefulQuantity": "Intent: the least of the need that helps",
	"latestUseful":          "Intent: when the need stops being of use",
	"leadTime":              "Intent: time from taking the offer up to having the thing",
	"workTime":              "Agent, Person, Organization, EcologicalAgent, SpatialThing, EconomicResource, RecipeProcess: when work can go on, as lines of iCalendar",
	"frozen":                "Agent, Person, Organization, EcologicalAgent: for how long from now on nothing new may begin that they perform",
	"parallel":              "EconomicResource, SpatialThing: how many processes at a time",
	"efficiency":            "EconomicResource, Intent: how fast beside what the recipe says; 1 unless said",
	"setUp":                 "RecipeProcess: time to set up, once in each process",
	"budget":                "EconomicResource, ResourceSpecification: how much in each budgetPeriod",
	"budgetPeriod":          "EconomicResource, ResourceSpecification, Intent: day, week, month, quarter or year",
	"overload":              "EconomicResource, ResourceSpecification, SpatialThing, Intent: may be passed, and that is shown",
	"together":              "Intent: needs that name the same are delivered at one time",
	"partOf":                "Agent, Organization, EcologicalAgent, Person: the scope that the circle, group or project is a part of; persons have memberships instead",
	"member":                "Membership: who belongs to the scope",
	"role":                  "Membership: what they are there; the charter uses the word",
	"version":               "Charter: its number within its scope, from 1",
	"clauses":               "Charter: who may do what, a line each; the first that fits decides",
	"keyOf":                 "DeviceKey: whose it is",
	"publicKey":             "DeviceKey: ed25519: and the 32 bytes of the key in base64",
	"keep":                  "Intent: stays in stock; target (after all other needs) or floor (before them)",
}

// InverseProperties are properties of the ontology that are not stored, since
// each follows from the property named beside it.
var InverseProperties = map[string]string{
	"hasInput": "inputOf", "hasOutput": "outputOf", "hasRecipeInput": "recipeInputOf", "hasRecipeOutput": "recipeOutputOf",
	"recipeStipulates": "recipeClauseOf", "recipeStipulatesReciprocal": "recipeReciprocalClauseOf",
	"planIncludes": "plannedWithin", "hasIndependentDemand": "independentDemandOf", "contains": "containedIn",
	"lists": "listedIn", "stipulates": "clauseOf", "stipulatesReciprocal": "reciprocalClauseOf",
	"realizes": "realizationOf", "realizesReciprocal": "reciprocalRealizationOf", "bundles": "bundledIn",
}

// Encode writes a record as one JSON object: "@id", "@type", then what was said.
func Encode(r Record) ([]byte, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	head := `{"@type":"` + string(r.Class()) + `"`
	if len(body) > 2 {
		head += ","
	}
	return append([]byte(head), body[1:]...), nil
}

func classNames() []string {
	var names []string
	for _, c := range Classes() {
		names = append(names, string(c))
	}
	return names
}

func propertyNames(c Class) []string {
	var names []string
	for _, f := range Fields(c) {
		names = append(names, f.Name)
	}
	return names
}

func wanted(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[Measure]():
		return `a measure such as {"hasNumericalValue":"33","hasUnit":"unit/lb"}`
	case reflect.TypeFor[[]ID](), reflect.TypeFor[[]string]():
		return "a list of texts"
	case reflect.TypeFor[int]():
		return "a whole number"
	case reflect.TypeFor[bool](), reflect.TypeFor[Truth]():
		return "true or false"
	case reflect.TypeFor[*Decimal]():
		return "a number"
	}
	return "a text"
}
