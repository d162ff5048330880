package format

import (
	"reflect"
	"slices"
	"strings"

	"commonweal/rule"
	"commonweal/vf"
)

// table says where the properties of a class stand in its Go struct.
type table struct {
	class  vf.Class
	byName map[string]int
	names  []string // of all properties, inverse ones too, for suggestions
	fields []field
}

// field is one property of a class.
type field struct {
	name  string
	index int
	typ   reflect.Type
}

// The Go types that properties have.
var (
	typeID      = reflect.TypeFor[vf.ID]()
	typeIDs     = reflect.TypeFor[[]vf.ID]()
	typeText    = reflect.TypeFor[string]()
	typeTexts   = reflect.TypeFor[[]string]()
	typeBool    = reflect.TypeFor[bool]()
	typeTruth   = reflect.TypeFor[vf.Truth]()
	typeInt     = reflect.TypeFor[int]()
	typeTime    = reflect.TypeFor[vf.Time]()
	typeMeasure = reflect.TypeFor[vf.Measure]()
	typeAction  = reflect.TypeFor[vf.Action]()
	typeDecimal = reflect.TypeFor[*vf.Decimal]()
)

// tables has the table of each class.
var tables = func() map[vf.Class]*table {
	all := map[vf.Class]*table{}
	for _, c := range vf.Classes() {
		t := &table{class: c, byName: map[string]int{}}
		typ := reflect.TypeOf(vf.NewRecord(c)).Elem()
		for i := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			if name == "-" {
				continue
			}
			t.byName[name] = len(t.fields)
			t.fields = append(t.fields, field{name, i, typ.Field(i).Type})
			if name != "@id" {
				t.names = append(t.names, name)
			}
		}
		for inverse := range vf.InverseProperties {
			if holdsInverse(c, inverse) {
				t.names = append(t.names, inverse)
			}
		}
		slices.Sort(t.names)
		all[c] = t
	}
	return all
}()

// inverseOf says which class has an inverse property of the ontology.
var inverseOf = map[string]vf.Class{
	"hasInput": "Process", "hasOutput": "Process", "hasRecipeInput": "RecipeProcess", "hasRecipeOutput": "RecipeProcess",
	"recipeStipulates": "RecipeExchange", "recipeStipulatesReciprocal": "RecipeExchange", "planIncludes": "Plan",
	"hasIndependentDemand": "Plan", "contains": "EconomicResource", "lists": "ProposalList", "stipulates": "Agreement",
	"stipulatesReciprocal": "Agreement", "realizes": "Agreement", "realizesReciprocal": "Agreement", "bundles": "AgreementBundle",
}

func holdsInverse(c vf.Class, property string) bool { return inverseOf[property] == c }

// Classes to which the properties refer.
var (
	agents   = []vf.Class{"Agent", "EcologicalAgent", "Organization", "Person"}
	scopes   = []vf.Class{"Agent", "EcologicalAgent", "Organization"}
	specs    = []vf.Class{"ResourceSpecification"}
	stages   = []vf.Class{"ProcessSpecification"}
	places   = []vf.Class{"SpatialThing"}
	units    = []vf.Class{"Unit"}
	things   = []vf.Class{"EconomicResource"}
	plans    = []vf.Class{"Plan"}
	flows    = []vf.Class{"Commitment", "EconomicEvent", "Intent"}
	recipes  = []vf.Class{"RecipeProcess"}
	swaps    = []vf.Class{"RecipeExchange"}
	deals    = []vf.Class{"Agreement"}
	intents  = []vf.Class{"Intent"}
	promises = []vf.Class{"Commitment"}
)

// references says to which classes the ids of each property must refer: the
// ranges of the ontology, and of our own properties.
var references = map[string][]vf.Class{
	"inputOf": {"Process"}, "outputOf": {"Process"}, "recipeInputOf": recipes, "recipeOutputOf": recipes,
	"recipeClauseOf": swaps, "recipeReciprocalClauseOf": swaps, "primaryOutput": specs, "recipeIncludes": recipes,
	"plannedWithin": plans, "independentDemandOf": plans, "resourceInventoriedAs": things, "toResourceInventoriedAs": things,
	"provider": agents, "receiver": agents, "inScopeOf": agents, "triggeredBy": {"EconomicEvent"}, "corrects": {"EconomicEvent"},
	"settles": {"Claim"}, "containedIn": things, "primaryAccountable": agents, "currentLocation": places, "primaryLocation": places,
	"eligibleLocation": places, "toLocation": places, "ofBatchLot": {"BatchLotRecord"}, "fulfills": promises, "satisfies": intents,
	"publishes": intents, "reciprocal": intents, "proposedTo": agents, "listedIn": {"ProposalList"}, "unitOfEffort": units,
	"defaultUnitOfEffort": units, "defaultUnitOfResource": units, "basedOn": stages, "processConformsTo": stages,
	"resourceConformsTo": specs, "conformsTo": specs, "stage": stages, "clauseOf": deals, "reciprocalClauseOf": deals,
	"realizationOf": deals, "reciprocalRealizationOf": deals, "bundledIn": {"AgreementBundle"}, "performedBy": agents, "place": places,
	"partOf": scopes, "member": agents, "keyOf": agents,
}

// Range returns the classes to which the ids of a property refer ("provider" to
// agents of all kinds), nil if it refers to none. It must not be changed.
func Range(property string) []vf.Class { return references[property] }

// Inverse returns the class that has an inverse property of the ontology, and the
// classes of its values; "" if there is none of that name.
func Inverse(property string) (of vf.Class, values []vf.Class) {
	return inverseOf[property], inverseRange[property]
}

// inverseRange says of which classes the values of an inverse property are.
var inverseRange = map[string][]vf.Class{
	"hasInput": flows, "hasOutput": flows, "hasRecipeInput": {"RecipeFlow"}, "hasRecipeOutput": {"RecipeFlow"},
	"recipeStipulates": {"RecipeFlow"}, "recipeStipulatesReciprocal": {"RecipeFlow"},
	"planIncludes": {"Commitment", "Intent", "Process"}, "hasIndependentDemand": promises, "contains": things, "lists": {"Proposal"},
	"stipulates": promises, "stipulatesReciprocal": promises, "realizes": {"EconomicEvent"}, "realizesReciprocal": {"EconomicEvent"},
	"bundles": deals,
}

// badProperty refuses a value of the wrong shape.
func badProperty(n *node, property, wanted string) *rule.Refusal {
	return rule.Refuse("badProperty", "property", property, "value", n.describe(), "wanted", wanted)
}

// one takes a single value out of a list of one, and out of JSON-LD's value,
// list and set objects; nil where there are several.
func one(n *node) *node {
	for {
		switch {
		case n.kind == isList && len(n.list) == 1:
			n = n.list[0]
		case n.kind == isList:
			return nil
		case n.kind == isObject && n.get("@value") != nil:
			n = n.get("@value")
		case n.kind == isObject && len(n.members) == 1 && (n.members[0].name == "@list" || n.members[0].name == "@set"):
			n = n.members[0].value
		default:
			return n
		}
	}
}

// several takes the values out of a list, or of a single value.
func several(n *node) []*node {
	if n.kind == isObject && len(n.members) == 1 && (n.members[0].name == "@list" || n.members[0].name == "@set") {
		n = n.members[0].value
	}
	if n.kind == isList {
		return n.list
	}
	return []*node{n}
}
