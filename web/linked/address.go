package linked

import (
	"net/url"
	"slices"
	"strings"

	"commonweal/format"
	"commonweal/vf"
)

// Address is where a record of a network on this server is found: /NAME/ and the
// id, percent-encoded, so that equal addresses are equal ids. An id that would
// read as something else in a path, or that programs would tidy up (“a//b”, “..”,
// an absolute IRI, or a name without a slash, which pages have), stands in the query instead: /NAME/?id=….
func Address(network string, id vf.ID) string {
	if plainPath(string(id)) {
		return "/" + network + "/" + escapePath(string(id))
	}
	return "/" + network + "/?id=" + url.QueryEscape(string(id))
}

// plainPath reports whether an id can stand in a path as it is.
func plainPath(id string) bool {
	parts := strings.Split(id, "/")
	if slices.ContainsFunc(parts, func(p string) bool { return p == "" || p == "." || p == ".." }) {
		return false
	}
	return len(parts) > 1 && parts[0] != "calendar" // names of one part are those of pages
}

// escapePath writes an id with all but unreserved characters, slashes and colons
// as %XX.
func escapePath(id string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(id) {
		c := id[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~/:@!$&'()*,;=+", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteString("%" + string(hex[c>>4]) + string(hex[c&15]))
		}
	}
	return b.String()
}

// idsAt are the ids that a path behind /NAME/ may mean: as it is decoded, and as
// it is written, since an id that has %XX in it is a part of IRIs as it stands.
func idsAt(escaped string) []vf.ID {
	list := []vf.ID{vf.ID(escaped)}
	if decoded, err := url.PathUnescape(escaped); err == nil && decoded != escaped {
		list = []vf.ID{vf.ID(decoded), vf.ID(escaped)}
	}
	return list
}

// iri is the full name of a record.
func iri(network string, id vf.ID) string {
	if u, err := url.Parse(string(id)); err == nil && u.IsAbs() {
		return string(id)
	}
	return network + string(id)
}

// plurals are how lists of classes are called in addresses.
var plurals = map[vf.Class]string{
	"Agent": "agents", "Person": "people", "Organization": "organizations", "EcologicalAgent": "ecological-agents",
	"Intent": "intents", "Commitment": "commitments", "EconomicEvent": "events", "EconomicResource": "resources", "Process": "processes",
	"Plan": "plans", "Claim": "claims", "Agreement": "agreements", "AgreementBundle": "agreement-bundles", "Proposal": "proposals",
	"ProposalList": "proposal-lists", "Recipe": "recipes", "RecipeProcess": "recipe-processes", "RecipeFlow": "recipe-flows",
	"RecipeExchange": "recipe-exchanges", "ResourceSpecification": "resource-specifications", "ProcessSpecification": "process-specifications",
	"SpatialThing": "places", "Unit": "units", "BatchLotRecord": "lots",
	"Membership": "memberships", "Charter": "charters", "DeviceKey": "device-keys",
}

// classOf is the class of which a list has this name, "" if none.
func classOf(plural string) vf.Class {
	for _, c := range vf.Classes() {
		if plurals[c] == plural {
			return c
		}
	}
	return ""
}

// listOf is the list of format.Lists that a file name is of, "" if none.
func listOf(name string) string {
	list, ok := strings.CutSuffix(name, ".csv")
	if ok && slices.Contains(format.Lists, list) {
		return list
	}
	return ""
}
