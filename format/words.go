package format

import (
	"strings"

	"commonweal/vf"
)

// ClassText says in a few words what records of a class are, "" if there is no
// such class.
func ClassText(c vf.Class) string {
	if own, ok := vf.OwnClasses[c]; ok {
		return own
	}
	return classSays[c]
}

// PropertyText says in a few words what a property says, "" if there is no such
// property. Words to be taken literally stand in backquotes.
func PropertyText(name string) string {
	if own, ok := vf.OwnProperties[name]; ok {
		_, text, _ := strings.Cut(own, ": ")
		return text
	}
	return propertySays[name]
}

// classSays is what each class of Valueflows is.
var classSays = map[vf.Class]string{
	"Agent": "somebody who acts, of no said kind", "Person": "a human being who acts", "Organization": "a group that acts as one",
	"EcologicalAgent": "a living being or system that acts, such as a river or a forest", "Agreement": "commitments made for each other",
	"AgreementBundle": "agreements that belong together, such as the lines of an order", "BatchLotRecord": "the papers of one batch or lot",
	"Claim": "what is owed for an event that happened", "Commitment": "a flow that one agent promised to another",
	"EconomicEvent": "a flow that happened", "EconomicResource": "something that there is: stock, a tool, an account",
	"Intent": "a flow that is wanted or offered: with a receiver alone a need, with a provider alone an offer",
	"Plan":   "processes and flows towards a deliverable", "Process": "an activity that turns inputs into outputs",
	"ProcessSpecification": "a kind of process, and so a stage", "Proposal": "publishes offers or requests, with what is asked in return",
	"ProposalList": "proposals published together", "Recipe": "the recipe processes that together make one thing", "RecipeExchange": "a kind of agreement in a recipe",
	"RecipeFlow": "an input or output of a recipe process, or a clause of a recipe exchange", "RecipeProcess": "how one step is done",
	"ResourceSpecification": "a kind of thing, service, skill or currency", "SpatialThing": "a place", "Unit": "a unit of measure",
}

// propertySays is what each property of Valueflows says; our own have their text
// in vf.OwnProperties.
var propertySays = map[string]string{
	"accountingQuantity": "how much is rightfully the accountable agent's", "action": "what is done: one of Valueflows' nineteen verbs, see below",
	"alt": "height in metres", "availableQuantity": "of an offer: how much there is in all; without it there is no limit", "basedOn": "the kind of process",
	"batchLotCode": "the code on the batch", "bundledIn": "the bundle to which the agreement belongs", "classifiedAs": "tags or addresses of a taxonomy",
	"clauseOf": "the agreement to which the promise belongs", "conformsTo": "what kind of thing it is", "containedIn": "the resource in which it is, such as a pallet",
	"corrects": "the event that this one corrects; its quantity may be negative", "created": "when it was written", "currentCurrencyLocation": "where a digital currency is kept",
	"currentLocation": "where it is", "currentVirtualLocation": "its address in the network", "defaultUnitOfEffort": "the unit in which work of this kind is counted",
	"defaultUnitOfResource": "the unit in which it is counted; quantities in other units must convert to it", "due": "when it is wanted or promised",
	"effortQuantity": "how much work or use", "eligibleLocation": "where the proposal holds", "expirationDate": "until when it is good",
	"finished": "no more will be done", "fulfills": "the promises that the event keeps", "hasBeginning": "when it begins; of an offer: from when it can be had",
	"hasDetailedGeometry": "address of a shape", "hasDuration": "how long the process takes, whatever its size", "hasEnd": "when it ends; of an offer: until when it can be had",
	"hasPointInTime": "when it happens, in place of beginning and end", "image": "address of a picture", "imageList": "address of pictures",
	"inScopeOf": "the agents for whom it is done", "independentDemandOf": "the plan of which it is a deliverable", "inputOf": "the process it goes into",
	"label": "the name of the unit", "lat": "latitude in degrees", "listedIn": "the lists in which it is published", "long": "longitude in degrees",
	"mappableAddress": "postal address", "mediumOfExchange": "it is a currency or credit, and may go below zero", "minimumQuantity": "of an offer: the least that is given at a time",
	"name": "what people call it", "note": "any text", "ofBatchLot": "the batch it is of", "omUnitIdentifier": "its name in the Ontology of units of Measure, such as `kilogram`",
	"onhandQuantity": "how much is at hand", "outputOf": "the process it comes out of", "plannedWithin": "the plan it belongs to", "primaryAccountable": "whose it is, or who answers for it",
	"primaryLocation": "where the agent is at home", "primaryOutput": "what the recipe makes", "processClassifiedAs": "tags or addresses of a taxonomy",
	"processConformsTo": "the kind of process; its outputs get this stage", "proposedTo": "to whom it is addressed; nobody named means everybody", "provider": "who gives or does",
	"publishes": "the intents that are offered or asked for", "purpose": "`offer` or `request`", "realizationOf": "the agreement under which it happened", "receiver": "who gets",
	"recipeClauseOf": "the recipe exchange of which it is a clause", "recipeIncludes": "the processes of the recipe", "recipeInputOf": "the recipe process it goes into",
	"recipeOutputOf": "the recipe process it comes out of", "recipeReciprocalClauseOf": "the recipe exchange of which it is the return", "reciprocal": "the intents asked in return, such as a price; they are never needs",
	"reciprocalClauseOf": "the agreement of which it is the return", "reciprocalRealizationOf": "the agreement for which it is the return", "resourceClassifiedAs": "tags or addresses of a taxonomy",
	"resourceConformsTo": "the kind of thing", "resourceInventoriedAs": "the resource itself", "resourceQuantity": "how much of the thing", "satisfies": "the intents that it meets",
	"settles": "the claims that it settles", "stage": "the kind of process that the thing has been through last", "state": "a word for its state, such as `passed`",
	"substitutable": "one is as good as another", "symbol": "the sign of the unit, such as `kg`", "toLocation": "where it goes", "toResourceInventoriedAs": "the resource it goes to",
	"trackingIdentifier": "a serial number or the like", "triggeredBy": "the event for which it is owed", "unitBased": "quantities are per unit, so that any number can be taken", "unitOfEffort": "the unit in which its use is counted",
}
