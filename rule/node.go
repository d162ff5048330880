package rule

// Rules about acts at the door, whatever they are about.
var nodeRules = []Rule{
	{"idTaken", "The id {id} is already that of another {class}, with other words.", "Choose a new id; to say it differently, change the record that has the id."},
	{"nothingNew", "All {count} records of the act are in the books already, word for word.", "Nothing need be done; to change them, use change."},
	{"wrongClass", "{id} is a {class}, which does not belong into {kind}.", "It takes {wanted}; use declare for new records of other classes, and change for those that are known."},
	{"notOfAct", "The act {kind} does not take {what}.", "Leave them out, or choose the kind of act that fits."},
	{"keyUsed", "The key {key} was used before, for an act with other content.", "Send a new key for a new act; the same key only to send the same act again."},
	{"unitFixed", "{property} of the unit {id} is {was}, and quantities in the books rest on it; it cannot become {said}.", "Declare a new unit."},
	{"changedSince", "{id} was changed by entry {entry}; the act is about how it was as of entry {seen}.", "Read it again, and say the change of what it is now."},
	{"notWithdrawn", "{id} is of class {class}, which is not withdrawn.", "Instead, {instead}."},
	{"stillUsed", "{by}, of class {class}, refers to {id}.", "Instead, {instead}."},
	{"noSuchEntry", "The journal has no entry {entry} that others could be before.", "Its entries go from 1 to {last}; “commonweal journal” lists them."},
	{"noPlan", "The act adopt says no plan.", "Give it a record of class Plan, whose id what is adopted is planned within."},
	{"adoptTooLarge", "The plan proposes {count} records, more than the {most} that are adopted at once.", "Adopt what begins soon: --within DAYS."},
	{"notBegun", "The books are empty: there is no genesis.", "Begin them with “commonweal init”."},
	{"viewsDiffer", "The view {view} does not fit the journal at {key}.", "What the program keeps for its own use is damaged, not what anybody entered. “commonweal verify” tells whether the journal is sound; if it is, “commonweal verify --rebuild” makes all views anew from it, else restore the last backup."},
	{"profileDiffers", "The personal data of {id} {reason}.", "It cannot be made again from the journal, which holds its hash alone: restore the last backup with “commonweal restore”, and send the acts after it again."},
	{"noTurn", "Another server on the same database kept its turn for {waited}.", "Nothing was entered: send the act again with the same key. If it goes on, look at the other server, and at the database."},
}
