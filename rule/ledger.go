package rule

// Rules about what happened: events posted to resources, and what they fulfil.
var ledgerRules = []Rule{
	{"notForAction", "{property} does not belong to a {action} event.", "Leave it out, or choose the action that fits: {instead}."},
	{"belowZero", "{take} cannot go from {resource}: its {quantity} is {have} and would be {left}.", "Record at most {have}; if there is more of it, record a raise of the difference first. Only a medium of exchange may go below zero."},
	{"notExact", "{value} is no finite number of {unit}, so the books could not stay exact.", "Give the quantity in {unit}, the unit of {resource}."},
	{"conformsDiffers", "{resource} is {conforms}, but the event says {said}.", "Name a resource of {said}, or leave resourceConformsTo out."},
	{"accountableDiffers", "{resource} is {accountable}'s and holds {have}; the event would make it {receiver}'s.", "Name a resource of {receiver}, or a new one."},
	{"notTakenIn", "A {action} of {value} of {resource}: of what went in by {paired}, {outstanding} is still to come out.", "Record the {paired} of {resource} first, or at most {outstanding}."},
	{"partOnly", "{value} of {have} of {resource} would {change} within the same resource, and that would change the whole of it.", "Name another toResourceInventoriedAs for the part, or record all {have}."},
	{"moveBetweenAgents", "A move changes no agent, but goes from {provider} to {receiver}.", "Record a transferCustody, a transferAllRights, or a transfer."},
	{"alreadyFinished", "{id} is finished, which says that no more will be done.", "Name another {class}, or leave it out; if it was finished by mistake, declare a new one."},
	{"notAsPromised", "{id} says {property} {promised}, but the event says {said}.", "Record the event without that reference, or as it was promised."},
	{"correctionDiffers", "A correction of {event} must have the same {property}: {was}, not {said}.", "Leave {property} out; to record something else, correct {event} to nothing and record a new event."},
	{"correctsCorrection", "{event} is itself a correction.", "Correct {original}, the event that it corrects."},
	{"overCorrected", "{value} is more than what is left of {event}: {left}.", "Correct at most {left} of it."},
	{"containerLoop", "{resource} cannot be contained in {container}: {container} is, in the end, contained in {resource}.", "Name another container."},
	{"economicField", "{property} of {id} is {was}; it changes by events only, not to {said} by hand.", "Record the event that changed it: raise or lower after a count, a move, a transfer, a produce."},
	{"eventFixed", "{id} is an event, and what happened is not rewritten.", "Record a correction of it, and a new event where needed."},
	{"nothingFlows", "{id} was corrected to nothing, so nothing flows through it.", "Ask for an event that stands, or for a resource."},
	{"alreadyBegun", "{property} of {id} cannot change from {was} to {said}: {done} of it is already fulfilled.", "Finish it, and make a new one for the rest."},
}
