package rule

// Rules about files that are read: their syntax, and what a network file as a
// whole must be.
var formatRules = []Rule{
	{"notJSON", "This is not JSON: {reason}.", "Mend the file at this place; doc/network-file.md shows what a network file looks like."},
	{"notYAML", "This is not YAML: {reason}.", "Mend the file at this place; doc/network-file.md shows what a network file looks like."},
	{"notANetwork", "{value} stands where {wanted} should stand.", "A network file is an object with @graph, a list of records; doc/network-file.md shows one."},
	{"duplicateKey", "The name “{key}” stands twice in one object.", "Write it once; several values go into a list."},
	{"tooDeep", "The file nests more than {limit} levels deep.", "A network file needs no more than four levels; check for a bracket too many."},
	{"tooLarge", "{what} is larger than the limit of {limit}.", "Split the file, or write it as JSON-LD, with @context before @graph."},
	{"unreadable", "The file cannot be read: {reason}.", "Check the file, or write it again with another program."},
	{"unknownContext", "The context {context} is not known here, and nothing is fetched.", "Write the context itself into the file, or use https://w3id.org/commonweal/context."},
	{"badContext", "The context cannot be used: {reason}.", "Write a JSON-LD 1.1 context, or leave @context out to use the names of doc/network-file.md."},
	{"differentBases", "{file} has the base {base}, but {other} has {otherBase}.", "Give all files of one network the same @base, since ids are kept relative to it."},
	{"missingId", "A record of class {class} has no @id.", "Give it an id, such as \"@id\": \"{example}\"."},
	{"badId", "“{id}” cannot be an id: {reason}.", "Write an id of 1 to 512 characters without spaces, such as \"need/7\" or an IRI."},
	{"missingType", "The record {id} has no @type.", "Say which class of Valueflows it has, such as \"@type\": \"Intent\"."},
	{"duplicateId", "The id {id} is used by two records; the other one stands at {other}.", "Give one of them another id, or remove it."},
	{"contradiction", "{property} of {id} is {value} here, but {other} elsewhere.", "Say it once, or say the same at both ends."},
	{"unknownReference", "{property} refers to {id}, but there is no such record.", "Did you mean {nearest}? Else add the record to the file, or import it first."},
	{"wrongReference", "{property} refers to {id}, which is of class {class}.", "It takes a record of class {wanted}."},
}

// checkRules are about what the records of a network say.
var checkRules = []Rule{
	{"missingName", "This {class} has no {property}.", "Give it a {property} by which people know it."},
	{"missingProperty", "This {class} has no {property}.", "Add {property}: {wanted}."},
	{"negativeQuantity", "{property} is {value}, which is below zero.", "Write a quantity of zero or more; only an EconomicEvent that corrects another may be negative."},
	{"notOverZero", "{property} is {value}, which is not over zero.", "Write a quantity over zero, or leave {property} out."},
	{"notADuration", "{property} is {value}, which is no time.", "Write it in a unit of time: one whose omUnitIdentifier is day, hour or another of time. A label or symbol does not make it one."},
	{"endsBeforeBeginning", "It ends at {end}, before it begins at {beginning}.", "Change {property}, or the beginning."},
	{"pointAndInterval", "It has both hasPointInTime and {property}.", "Keep either the point in time, or the beginning and end."},
	{"noOutput", "The recipe process has no output.", "Add a RecipeFlow with recipeOutputOf {id}, such as one with the action produce."},
	{"badYield", "The yield is {value}.", "A yield is over 0 and at most 1, for example 0.9 where a tenth is lost."},
	{"batchOrder", "largestBatch is {largest}, below leastBatch, which is {least}.", "Make largestBatch at least as large as leastBatch."},
	{"wrongDirection", "The action {action} cannot be in {property}.", "Use an action that goes that way: {wanted}."},
	{"twoDirections", "It has both {property} and {other}.", "A flow goes into a process or comes out of one; make two flows of it."},
	{"badWorkTime", "The work time cannot be read at “{line}”.", "It takes {wanted}; doc/network-file.md shows how work time is written."},
	{"badAmount", "{property} is {value}.", "It takes a whole number of {least} or more."},
}

// sheetRules are about spreadsheets, in and out.
var sheetRules = []Rule{
	{"badTable", "This is not a table: {reason}.", "Write one row a line, with columns separated by commas, semicolons or tabs; double quotes around a text that contains one."},
	{"missingColumn", "The table has no column {column}; it has {found}.", "Name the columns in the first line: {wanted}; or leave the header out and keep that order."},
	{"missingCell", "The column {column} is empty.", "Fill it in, or remove the row."},
	{"badCell", "The column {column} holds “{value}”.", "It takes {wanted}."},
	{"unknownItem", "The column {column} names the item “{value}”, which is not in the items table.", "Add it to the items, or correct the name."},
	{"unknownRow", "The column {column} names the {what} “{value}”, which stands in no row of its table{nearest}.", "Add a row for it to that table, or correct the name."},
	{"duplicateRow", "“{value}” stands in the column {column} for the second time; the first is in line {first}.", "Remove one of the rows, or join them."},
	{"unknownList", "There is no list “{list}”.", "The lists are {wanted}."},
}
