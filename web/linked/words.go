package linked

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"commonweal/vf"
)

// classWords are what classes are called on pages: one, and several.
var classWords = map[vf.Class][2]string{
	"Agent": {"agent", "agents"}, "Person": {"person", "people"}, "Organization": {"group", "groups"}, "EcologicalAgent": {"living being", "living beings"},
	"Intent": {"need or offer", "needs, offers and open work"}, "Commitment": {"promise", "promises"}, "EconomicEvent": {"event", "what happened"},
	"EconomicResource": {"thing", "things that are there"}, "Process": {"process", "processes"}, "Plan": {"plan", "plans"}, "Claim": {"claim", "claims"},
	"Agreement": {"agreement", "agreements"}, "AgreementBundle": {"bundle of agreements", "bundles of agreements"},
	"Proposal": {"proposal", "proposals"}, "ProposalList": {"list of proposals", "lists of proposals"}, "Recipe": {"recipe", "recipes"},
	"RecipeProcess": {"step of a recipe", "steps of recipes"}, "RecipeFlow": {"flow of a recipe", "flows of recipes"},
	"RecipeExchange": {"exchange in a recipe", "exchanges in recipes"}, "ResourceSpecification": {"kind of thing", "kinds of things"},
	"ProcessSpecification": {"kind of process", "kinds of processes"}, "SpatialThing": {"place", "places"}, "Unit": {"unit", "units"},
	"BatchLotRecord": {"lot", "lots"}, "Membership": {"membership", "memberships"}, "Charter": {"charter", "charters"}, "DeviceKey": {"key of a device", "keys of devices"},
}

func one(c vf.Class) string     { return classWords[c][0] }
func several(c vf.Class) string { return classWords[c][1] }

// kind is what a record is called: its class, of an intent what it is about.
func kind(r vf.Record) string {
	i, ok := r.(*vf.Intent)
	switch {
	case ok && i.InputOf+i.OutputOf != "":
		return "open work"
	case ok && i.Receiver != "" && i.Provider == "":
		return "need"
	case ok && i.Provider != "" && i.Receiver == "":
		return "offer"
	}
	return one(r.Class())
}

// propertyWords are what properties are called on pages: of the record itself,
// and of those that refer to it by the property.
var propertyWords = map[string][2]string{
	"name": {"name"}, "note": {"note"}, "image": {"picture"}, "imageList": {"pictures"}, "label": {"name"}, "symbol": {"sign"},
	"accountingQuantity": {"rightfully theirs"}, "onhandQuantity": {"at hand"}, "action": {"what is done"}, "alt": {"height in metres"},
	"availableQuantity": {"how much there is"}, "basedOn": {"kind of process", "of this kind"}, "batchLotCode": {"code"}, "batchMultiple": {"comes in steps of"},
	"budget": {"limit"}, "budgetPeriod": {"in each"}, "bundledIn": {"in the bundle", "in this bundle"}, "classifiedAs": {"tags"},
	"clauseOf": {"under the agreement", "under this agreement"}, "conformsTo": {"what it is", "of this kind"}, "containedIn": {"inside", "inside this"},
	"corrects": {"corrects", "corrections of this"}, "created": {"written"}, "currentCurrencyLocation": {"kept at"}, "currentLocation": {"where it is", "here now"},
	"currentVirtualLocation": {"address in the network"}, "defaultUnitOfEffort": {"work is counted in", "counted in this, of work"},
	"defaultUnitOfResource": {"counted in", "counted in this"}, "due": {"due"}, "durationPerUnit": {"time for each"}, "effortQuantity": {"work or use"},
	"efficiency": {"how fast"}, "eligibleLocation": {"where it holds", "holds here"}, "equals": {"amounts to"}, "expirationDate": {"good until"},
	"finished": {"finished"}, "frozen": {"nothing new begins for"}, "fulfills": {"keeps the promise", "keeps this promise"}, "hasBeginning": {"from"},
	"hasDetailedGeometry": {"shape"}, "hasDuration": {"takes"}, "hasEnd": {"until"}, "hasPointInTime": {"when"},
	"inScopeOf": {"for", "done for them"}, "independentDemandOf": {"deliverable of", "deliverables of this plan"}, "inputOf": {"goes into", "goes in"},
	"keep": {"stays in stock"}, "largestBatch": {"at most at once"}, "lat": {"latitude"}, "latestUseful": {"of use until"}, "leadTime": {"time to have it"},
	"leastBatch": {"at least at once"}, "listedIn": {"listed in", "in this list"}, "long": {"longitude"}, "mappableAddress": {"address"},
	"mediumOfExchange": {"is a currency"}, "minimumQuantity": {"at least"}, "minimumUsefulQuantity": {"least that helps"},
	"ofBatchLot": {"of the lot", "of this lot"}, "omUnitIdentifier": {"name in the ontology of units"}, "outputOf": {"comes out of", "comes out"},
	"overload": {"may be passed"}, "parallel": {"at a time"}, "people": {"people behind it"}, "perBatch": {"once in each process"},
	"performedBy": {"done by", "done by them"}, "place": {"where", "here"}, "plannedWithin": {"in the plan", "in this plan"}, "preference": {"which is first"},
	"primaryAccountable": {"whose it is", "theirs"}, "primaryLocation": {"at home in", "at home here"}, "primaryOutput": {"makes", "makes this"},
	"processClassifiedAs": {"tags"}, "processConformsTo": {"kind of process", "of this kind"}, "proposedTo": {"addressed to", "addressed to them"},
	"provider": {"from", "from them"}, "publishes": {"publishes", "publishes this"}, "purpose": {"purpose"},
	"realizationOf": {"under the agreement", "happened under this agreement"}, "receiver": {"to", "to them"}, "recipeClauseOf": {"clause of", "clauses of this"},
	"recipeIncludes": {"steps", "has this step"}, "recipeInputOf": {"goes into", "goes in"}, "recipeOutputOf": {"comes out of", "comes out"},
	"recipeReciprocalClauseOf": {"return in", "returns in this"}, "reciprocal": {"asked in return", "asks this in return"},
	"reciprocalClauseOf": {"return under the agreement", "returns under this agreement"}, "reciprocalRealizationOf": {"return for the agreement", "returned for this agreement"},
	"resourceClassifiedAs": {"tags"}, "resourceConformsTo": {"of what", "of this kind"}, "resourceInventoriedAs": {"which one", "of this one"},
	"resourceQuantity": {"how much"}, "satisfies": {"meets", "meets this"}, "setUp": {"time to set up"}, "settles": {"settles", "settles this"},
	"stage": {"has been through", "has been through this"}, "state": {"state"}, "step": {"smallest step"}, "substitutable": {"one is as good as another"},
	"tier": {"how essential"}, "toLocation": {"goes to", "goes here"}, "toResourceInventoriedAs": {"becomes part of", "became part of this"}, "together": {"together with"},
	"trackingIdentifier": {"serial number"}, "triggeredBy": {"owed for", "owed for this"}, "unitBased": {"for each unit"}, "unitOfEffort": {"use is counted in", "counted in this, of use"},
	"validFrom": {"in force from"}, "validUntil": {"in force until"}, "workTime": {"when work goes on"}, "yield": {"share that is good"},
	"partOf": {"part of", "parts of this"}, "member": {"who", "memberships of theirs"}, "role": {"as what"}, "version": {"version"}, "clauses": {"who may do what"},
	"keyOf": {"whose", "keys of theirs"}, "publicKey": {"public key"},
}

// actionWords are what is done, as pages say it.
var actionWords = map[vf.Action]string{
	vf.Accept: "take in for work on it", vf.Cite: "refer to", vf.Combine: "put in", vf.Consume: "use up", vf.Copy: "copy", vf.DeliverService: "serve",
	vf.Dropoff: "drop off", vf.Lower: "count less", vf.Modify: "give back worked on", vf.Move: "move", vf.Pickup: "pick up", vf.Produce: "make", vf.Raise: "count more",
	vf.Separate: "take out", vf.Transfer: "hand over", vf.TransferAllRights: "hand over all rights", vf.TransferCustody: "hand over for keeping", vf.Use: "use", vf.Work: "work",
}

// upper begins a text with a capital letter.
func upper(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

// tame takes out what turns the direction of writing or cannot be seen, for
// places where a text cannot be put apart from what is around it.
func tame(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Bidi_Control) || unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
}

// day writes a time for people: without what is nought.
func day(t vf.Time) string {
	switch {
	case t.IsZero():
		return ""
	case t.Unix() == 0: // of stock of no known origin
		return "before these books"
	case t.UTC().Hour() == 0 && t.UTC().Minute() == 0:
		return t.UTC().Format("2006-01-02")
	}
	return t.UTC().Format("2006-01-02 15:04") + " UTC"
}
