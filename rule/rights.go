package rule

// Rules about who may do what: charters, memberships and the tree of scopes.
var rightsRules = []Rule{
	{"notAllowed", "{actor} may not {verb} {what}: {reason}.", "{way}By the charter these may: {roles}. “commonweal charter” shows its clauses, and “commonweal may” answers for anybody."},
	{"badClause", "The clause “{clause}” cannot be read at column {column}, where {found} stands.", "It takes {wanted}. A clause is such as “own-needs: member may declare, change own Intent”; doc/charter.md shows all."},
	{"charterFixed", "{id} is version {version} of a charter; what was agreed stays as it was.", "Declare a new version with the changed clauses: version {next}."},
	{"charterVersion", "{id} would be version {version} of a charter that has a version {last} already.", "Give it the version {next}."},
	{"scopeLoop", "{scope} cannot be part of {partOf}, which is, in the end, part of {scope}.", "Name another scope, or leave partOf out."},
	{"lastOwner", "From {since} on nobody could change the charter of the network any more.", "First give somebody the role for it, such as owner, without end; then this can be done."},
}
