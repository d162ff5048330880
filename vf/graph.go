package vf

// Graph is a set of records, a list for each class in the order they were
// added. It is how facts pass from one package to another. A Graph is not safe
// for use by several goroutines while records are added.
type Graph struct {
	Units                  []*Unit
	SpatialThings          []*SpatialThing
	Agents                 []*Agent
	ProcessSpecifications  []*ProcessSpecification
	ResourceSpecifications []*ResourceSpecification
	Recipes                []*Recipe
	RecipeProcesses        []*RecipeProcess
	RecipeFlows            []*RecipeFlow
	RecipeExchanges        []*RecipeExchange
	BatchLotRecords        []*BatchLotRecord
	EconomicResources      []*EconomicResource
	Plans                  []*Plan
	Processes              []*Process
	AgreementBundles       []*AgreementBundle
	Agreements             []*Agreement
	ProposalLists          []*ProposalList
	Proposals              []*Proposal
	Intents                []*Intent
	Commitments            []*Commitment
	EconomicEvents         []*EconomicEvent
	Claims                 []*Claim
	Memberships            []*Membership
	Charters               []*Charter
	DeviceKeys             []*DeviceKey
}

// Add appends a record to the list of its class.
func (g *Graph) Add(records ...Record) {
	for _, r := range records {
		switch r := r.(type) {
		case *Unit:
			g.Units = append(g.Units, r)
		case *SpatialThing:
			g.SpatialThings = append(g.SpatialThings, r)
		case *Agent:
			g.Agents = append(g.Agents, r)
		case *ProcessSpecification:
			g.ProcessSpecifications = append(g.ProcessSpecifications, r)
		case *ResourceSpecification:
			g.ResourceSpecifications = append(g.ResourceSpecifications, r)
		case *Recipe:
			g.Recipes = append(g.Recipes, r)
		case *RecipeProcess:
			g.RecipeProcesses = append(g.RecipeProcesses, r)
		case *RecipeFlow:
			g.RecipeFlows = append(g.RecipeFlows, r)
		case *RecipeExchange:
			g.RecipeExchanges = append(g.RecipeExchanges, r)
		case *BatchLotRecord:
			g.BatchLotRecords = append(g.BatchLotRecords, r)
		case *EconomicResource:
			g.EconomicResources = append(g.EconomicResources, r)
		default:
			g.addPlanned(r)
		}
	}
}

func (g *Graph) addPlanned(r Record) {
	switch r := r.(type) {
	case *Plan:
		g.Plans = append(g.Plans, r)
	case *Process:
		g.Processes = append(g.Processes, r)
	case *AgreementBundle:
		g.AgreementBundles = append(g.AgreementBundles, r)
	case *Agreement:
		g.Agreements = append(g.Agreements, r)
	case *ProposalList:
		g.ProposalLists = append(g.ProposalLists, r)
	case *Proposal:
		g.Proposals = append(g.Proposals, r)
	case *Intent:
		g.Intents = append(g.Intents, r)
	case *Commitment:
		g.Commitments = append(g.Commitments, r)
	case *EconomicEvent:
		g.EconomicEvents = append(g.EconomicEvents, r)
	case *Claim:
		g.Claims = append(g.Claims, r)
	case *Membership:
		g.Memberships = append(g.Memberships, r)
	case *Charter:
		g.Charters = append(g.Charters, r)
	case *DeviceKey:
		g.DeviceKeys = append(g.DeviceKeys, r)
	}
}

// All returns every record, class by class in an order in which what is
// referred to mostly stands before what refers to it.
func (g *Graph) All() []Record {
	var list []Record
	list = collect(list, g.Units)
	list = collect(list, g.SpatialThings)
	list = collect(list, g.Agents)
	list = collect(list, g.ProcessSpecifications)
	list = collect(list, g.ResourceSpecifications)
	list = collect(list, g.Recipes)
	list = collect(list, g.RecipeProcesses)
	list = collect(list, g.RecipeFlows)
	list = collect(list, g.RecipeExchanges)
	list = collect(list, g.BatchLotRecords)
	list = collect(list, g.EconomicResources)
	list = collect(list, g.Plans)
	list = collect(list, g.Processes)
	list = collect(list, g.AgreementBundles)
	list = collect(list, g.Agreements)
	list = collect(list, g.ProposalLists)
	list = collect(list, g.Proposals)
	list = collect(list, g.Intents)
	list = collect(list, g.Commitments)
	list = collect(list, g.EconomicEvents)
	list = collect(list, g.Claims)
	list = collect(list, g.Memberships)
	list = collect(list, g.Charters)
	return collect(list, g.DeviceKeys)
}

func collect[R Record](list []Record, more []R) []Record {
	for _, r := range more {
		list = append(list, r)
	}
	return list
}
