package rule

// Rules about numbers, units, times and records; the names are those of the
// error kinds of package vf.
var quantityRules = []Rule{
	{"notANumber", "“{value}” is not a number.", "Write a decimal number with a point, such as 12.5."},
	{"numberTooLarge", "{value} does not fit: at most 18 digits can be kept exactly.", "Use a larger unit, or fewer digits after the point."},
	{"missingUnit", "{value} has no unit.", "Write it with its unit, such as “{example}”; the units here are: {known}."},
	{"unitNotApart", "“{value}” runs a number and its unit together.", "Put a space between them: “{apart}”."},
	{"unknownUnit", "There is no unit “{unit}”.", "Declare it as a Unit, or use another; declared are: {known}."},
	{"unitMismatch", "{unit} measures {dimension}, but {wanted} measures {wantedDimension}; they cannot be added or converted.", "Give the quantity in a unit of {wantedDimension}."},
	{"notAStep", "{value} does not fit the step {step} of its unit.", "The nearest quantities that fit are {below} and {above}."},
	{"notATime", "“{value}” is not a date.", "Write it as 2023-09-01, which means midnight UTC, or with time and zone: 2023-09-01T13:00:00Z or 2023-09-01T08:00:00-05:00."},
	{"badUnit", "The unit {unit} makes no sense: {reason}.", "Give a step over 0, and an equivalence over 0 in a declared unit."},
	{"unknownAction", "There is no action “{value}”.", "Valueflows has: {known}."},
}

var recordRules = []Rule{
	{"unknownClass", "There is no class “{class}” in Valueflows 1.0.", "Did you mean {nearest}? doc/network-file.md lists the classes."},
	{"unknownProperty", "{class} has no property “{property}”.", "Did you mean {nearest}? doc/network-file.md lists the properties of each class."},
	{"badProperty", "The property {property} holds {value}.", "It takes {wanted}."},
}
