package rule

// Rules about numbers, units, times and records; the names are those of the
// error kinds of package vf.
var quantityRules = []Rule{
	{"notANumber", "“{value}” is not a number.", "Write a decimal number with a point, such as 12.5."},
	{"numberTooLarge", "{value} does not fit: at most 18 digits can be kept exactly.", "Use a larger unit, or fewer digits after the point."},
	{"unknownUnit", "There is no unit “{unit}”.", "Declare it as a Unit, or use one of: {known}."},
	{"unitMismatch", "{unit} measures {dimension}, but {wanted} measures {wantedDimension}; they cannot be added or converted.", "Give the quantity in a unit of {wantedDimension}."},
	{"notAStep", "{value} does not fit the step {step} of its unit.", "The nearest quantities that fit are {below} and {above}."},
	{"notATime", "“{value}” is not a date with time and zone.", "Write it as 2023-09-01T00:00:00Z or 2023-09-01T00:00:00-05:00; a bare date means midnight UTC."},
	{"badUnit", "The unit {unit} makes no sense: {reason}.", "Give a step over 0, and an equivalence over 0 in a declared unit."},
	{"unknownAction", "There is no action “{value}”.", "Valueflows has: {known}."},
}

var recordRules = []Rule{
	{"unknownClass", "There is no class “{class}” in Valueflows 1.0.", "Did you mean {nearest}? doc/network-file.md lists the classes."},
	{"unknownProperty", "{class} has no property “{property}”.", "Did you mean {nearest}? doc/network-file.md lists the properties of each class."},
	{"badProperty", "The property {property} holds {value}.", "It takes {wanted}."},
}
