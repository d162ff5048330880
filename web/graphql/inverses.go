package graphql

import (
	"reflect"
	"slices"
	"strings"

	"commonweal/format"
	"commonweal/vf"
)

// inverse is a list that a record has of those that refer to it.
type inverse struct {
	on      string // the class, Agent for all kinds
	name    string
	sources []vf.Class
	by      []string // the properties
}

// named are the inverses that Valueflows' page of query names gives a name to, and
// those for which ours says more than the rule would.
var named = []inverse{
	{"Agent", "processes", []vf.Class{"Process"}, []string{"inScopeOf"}},
	{"Agent", "inventoriedEconomicResources", []vf.Class{"EconomicResource"}, []string{"primaryAccountable"}},
	{"Agent", "economicEvents", []vf.Class{"EconomicEvent"}, []string{"provider", "receiver"}},
	{"Agent", "commitments", []vf.Class{"Commitment"}, []string{"provider", "receiver"}},
	{"Agent", "intents", []vf.Class{"Intent"}, []string{"provider", "receiver"}},
	{"Agent", "claims", []vf.Class{"Claim"}, []string{"provider", "receiver"}},
	{"Agent", "proposalsTo", []vf.Class{"Proposal"}, []string{"proposedTo"}},
	{"Agent", "proposalListsTo", []vf.Class{"ProposalList"}, []string{"proposedTo"}},
	{"Agent", "recipeProcesses", []vf.Class{"RecipeProcess"}, []string{"performedBy"}},
	{"Process", "observedInputs", []vf.Class{"EconomicEvent"}, []string{"inputOf"}},
	{"Process", "observedOutputs", []vf.Class{"EconomicEvent"}, []string{"outputOf"}},
	{"Process", "committedInputs", []vf.Class{"Commitment"}, []string{"inputOf"}},
	{"Process", "committedOutputs", []vf.Class{"Commitment"}, []string{"outputOf"}},
	{"Process", "intendedInputs", []vf.Class{"Intent"}, []string{"inputOf"}},
	{"Process", "intendedOutputs", []vf.Class{"Intent"}, []string{"outputOf"}},
	{"Process", "economicEvents", []vf.Class{"EconomicEvent"}, []string{"inputOf", "outputOf"}},
	{"Process", "commitments", []vf.Class{"Commitment"}, []string{"inputOf", "outputOf"}},
	{"Process", "intents", []vf.Class{"Intent"}, []string{"inputOf", "outputOf"}},
	{"EconomicResource", "intents", []vf.Class{"Intent"}, []string{"resourceInventoriedAs"}},
	{"EconomicResource", "commitments", []vf.Class{"Commitment"}, []string{"resourceInventoriedAs"}},
	{"EconomicResource", "economicEventsInOutFrom", []vf.Class{"EconomicEvent"}, []string{"resourceInventoriedAs"}},
	{"EconomicResource", "economicEventsTo", []vf.Class{"EconomicEvent"}, []string{"toResourceInventoriedAs"}},
	{"EconomicResource", "economicEvents", []vf.Class{"EconomicEvent"}, []string{"resourceInventoriedAs", "toResourceInventoriedAs"}},
	{"EconomicEvent", "triggers", []vf.Class{"Claim"}, []string{"triggeredBy"}},
	{"EconomicEvent", "correctedBy", []vf.Class{"EconomicEvent"}, []string{"corrects"}},
	{"Intent", "publishedIn", []vf.Class{"Proposal"}, []string{"publishes"}},
	{"Intent", "reciprocalIn", []vf.Class{"Proposal"}, []string{"reciprocal"}},
	{"Intent", "satisfiedBy", []vf.Class{"Commitment", "EconomicEvent"}, []string{"satisfies"}},
	{"Commitment", "fulfilledBy", []vf.Class{"EconomicEvent"}, []string{"fulfills"}},
	{"Claim", "settledBy", []vf.Class{"EconomicEvent"}, []string{"settles"}},
	{"Agreement", "commitments", []vf.Class{"Commitment"}, []string{"clauseOf", "reciprocalClauseOf"}},
	{"Agreement", "economicEvents", []vf.Class{"EconomicEvent"}, []string{"realizationOf", "reciprocalRealizationOf"}},
	{"Plan", "processes", []vf.Class{"Process"}, []string{"plannedWithin"}},
	{"Plan", "independentDemands", []vf.Class{"Commitment"}, []string{"independentDemandOf"}},
	{"Plan", "nonProcessCommitments", []vf.Class{"Commitment"}, []string{"plannedWithin"}},
	{"Plan", "intents", []vf.Class{"Intent"}, []string{"plannedWithin"}},
	{"ResourceSpecification", "conformingResources", []vf.Class{"EconomicResource"}, []string{"conformsTo"}},
	{"ResourceSpecification", "economicEvents", []vf.Class{"EconomicEvent"}, []string{"resourceConformsTo"}},
	{"ResourceSpecification", "commitments", []vf.Class{"Commitment"}, []string{"resourceConformsTo"}},
	{"ResourceSpecification", "intents", []vf.Class{"Intent"}, []string{"resourceConformsTo"}},
	{"ResourceSpecification", "claims", []vf.Class{"Claim"}, []string{"resourceConformsTo"}},
	{"ResourceSpecification", "recipeFlows", []vf.Class{"RecipeFlow"}, []string{"resourceConformsTo"}},
	{"ResourceSpecification", "recipes", []vf.Class{"Recipe"}, []string{"primaryOutput"}},
	{"ProcessSpecification", "conformingProcesses", []vf.Class{"Process"}, []string{"basedOn"}},
	{"ProcessSpecification", "conformingRecipeProcesses", []vf.Class{"RecipeProcess"}, []string{"processConformsTo"}},
	{"ProcessSpecification", "commitmentsRequiringStage", []vf.Class{"Commitment"}, []string{"stage"}},
	{"ProcessSpecification", "intentsRequiringStage", []vf.Class{"Intent"}, []string{"stage"}},
	{"ProcessSpecification", "recipeFlowsRequiringStage", []vf.Class{"RecipeFlow"}, []string{"stage"}},
	{"ProcessSpecification", "resourcesCurrentlyAtStage", []vf.Class{"EconomicResource"}, []string{"stage"}},
	{"SpatialThing", "economicResources", []vf.Class{"EconomicResource"}, []string{"currentLocation"}},
	{"SpatialThing", "economicEvents", []vf.Class{"EconomicEvent"}, []string{"toLocation"}},
	{"SpatialThing", "commitments", []vf.Class{"Commitment"}, []string{"place"}},
	{"SpatialThing", "intents", []vf.Class{"Intent"}, []string{"place"}},
	{"BatchLotRecord", "economicResources", []vf.Class{"EconomicResource"}, []string{"ofBatchLot"}},
	{"RecipeProcess", "recipes", []vf.Class{"Recipe"}, []string{"recipeIncludes"}},
}

// inverses adds to each type the lists of those that refer to it: those named, those
// of the ontology, and by rule whatever is left, so that every reference can be
// followed both ways.
func (s *schema) inverses() {
	list := slices.Clone(named)
	list = append(list, inverse{"SpatialThing", "agents", agentClasses(), []string{"primaryLocation"}})
	for _, name := range sorted(vf.InverseProperties) {
		of, values := format.Inverse(name)
		list = append(list, inverse{string(of), name, values, []string{vf.InverseProperties[name]}})
	}
	said := map[string]bool{}
	for _, i := range list {
		for _, c := range i.sources {
			if len(i.by) == 1 { // else each is a list of its own too
				said[i.on+" "+string(c)+" "+i.by[0]] = true
			}
		}
	}
	for _, c := range vf.Classes() {
		for _, f := range vf.Fields(c) {
			if f.Name == "@id" || f.Type != idType && f.Type != idsType {
				continue
			}
			on, sources := rangeOf(f.Name), []vf.Class{c}
			if isAgent(c) {
				if c != "Agent" {
					continue // one list for all kinds
				}
				sources = agentClasses()
			}
			if on != "Agent" && s.types[on].kind != isObject {
				panic("graphql: " + f.Name + " refers to a " + on)
			}
			if !said[on+" "+string(c)+" "+f.Name] {
				list = append(list, inverse{on, plural(c) + role(f.Name), sources, []string{f.Name}})
			}
		}
	}
	for _, i := range list {
		s.inverse(i)
	}
}

// role is the end of an inverse's name by rule: AsProvider, InScope.
func role(property string) string {
	if property == "inScopeOf" {
		return "InScope"
	}
	return "As" + upper(property)
}

// inverse adds one list to its type, or to all kinds of agent.
func (s *schema) inverse(i inverse) {
	elem := "Record"
	switch {
	case len(i.sources) == 1:
		elem = typeOf(i.sources[0])
	case !slices.ContainsFunc(i.sources, func(c vf.Class) bool { return !isAgent(c) }):
		elem = "Agent"
	case !slices.ContainsFunc(i.sources, func(c vf.Class) bool { return !slices.Contains(flows, c) }):
		elem = "Flow"
	}
	for _, c := range i.sources { // which of the properties has it, the schema of records says
		for _, p := range i.by {
			if _, ok := reflect.TypeOf(vf.NewRecord(c)).Elem().FieldByNameFunc(func(n string) bool { return strings.EqualFold(n, p) }); !ok {
				panic("graphql: a " + string(c) + " has no " + p)
			}
		}
	}
	inverseWords[i.on+"."+i.name] = wordsOfInverse(i)
	filter := strings.TrimPrefix(elem, "Unspecified") + "FilterParams"
	resolve := func(x *execution, parent any, args arguments) (any, error) {
		to := parent.(vf.Record).Key()
		var lists []list
		for _, c := range i.sources {
			for _, p := range i.by {
				lists = append(lists, func(from vf.ID, backwards bool) iterator { return x.books.Referring(c, p, to, from, backwards) })
			}
		}
		return x.filtered(args, i.sources, lists, nil)
	}
	for _, t := range s.names {
		if o := s.types[t]; o.kind == isObject && (t == i.on || i.on == "Agent" && slices.Contains(o.implements, "Agent")) {
			pages(o.field(i.name, elem+"Connection!", resolve), filter)
		}
	}
}
