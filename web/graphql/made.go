package graphql

import (
	"strings"

	"commonweal/vf"
)

// inverseWords has the texts of inverses, by type and name.
var inverseWords = map[string]string{}

// wordsOfInverse says of an inverse what is in it.
func wordsOfInverse(i inverse) string {
	var classes []string
	for _, c := range i.sources {
		if !isAgent(c) {
			classes = append(classes, string(c))
		}
	}
	if classes == nil {
		classes = []string{"Agent"}
	}
	return "Every " + strings.Join(classes, " or ") + " that names this one as its " + strings.Join(i.by, " or ") + "."
}

// made returns the text of what is there for each class by rule.
func made(typ, field string) string {
	on := typ
	if c := vf.Class(strings.TrimPrefix(typ, "Unspecified")); isAgent(c) {
		on = "Agent"
	}
	if text := inverseWords[on+"."+field]; text != "" {
		return text
	}
	for _, c := range vf.Classes() {
		name := typeOf(c)
		switch typ + "." + field {
		case "Mutation.create" + name:
			return "Enters a new " + name + ". With an id that is in the books already, it is refused unless it says the same."
		case "Mutation.update" + name:
			return "Says the " + name + " anew: what is left out stays as it is, and what is null is taken away. Refused if it was changed since the revision."
		case "Mutation.delete" + name:
			return "Takes the " + name + " back. Refused while something refers to it, and if it was changed since the revision."
		case "Query." + lower(name):
			return "The " + name + " of an id; null if there is none, or none that you may see."
		case "Query." + plural(c):
			return "Every " + name + " that you may see, in the order of ids."
		case "RecordInput." + lower(name):
			return "A record of class " + string(c) + "."
		case name + "Response." + lower(name):
			return "The " + name + " as it is after the act."
		}
	}
	return ""
}
