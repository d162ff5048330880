package graphql_test

import (
	"testing"

	"commonweal/web/graphql"
)

func TestReading(t *testing.T) {
	t.Parallel()
	d := open(t, graphql.Limits{}, mill()...)
	d.want(`{ __typename }`, `{"__typename":"Query"}`)
	d.want(`{ person(id: "agent/ann") { id name note } agent(id: "agent/river") { __typename name } p: person(id: "agent/river") { id } }`,
		`{"person":{"id":"agent/ann","name":"Ann Weaver","note":"allergic to nettles"},"agent":{"__typename":"EcologicalAgent","name":"River"},"p":null}`)
	d.want(`{ economicResource(id: "resource/fleece") { onhandQuantity { hasNumericalValue hasUnit { symbol } } conformsTo { name } primaryAccountable { id }
		currentLocation { name } containedIn { id } economicEvents { nodes { id action { id onhandEffect pairsWith { id } } } } } }`,
		`{"economicResource":{"onhandQuantity":{"hasNumericalValue":"12","hasUnit":{"symbol":"kg"}},"conformsTo":{"name":"Wool"},"primaryAccountable":{"id":"agent/ann"},`+
			`"currentLocation":{"name":"Barn"},"containedIn":null,"economicEvents":{"nodes":[{"id":"resource/fleece/opening","action":{"id":"raise","onhandEffect":"increment","pairsWith":null}}]}}}`)
	d.want(`query ($n: Int = 2) { agents(first: $n) { edges { cursor node { id ... on Person { note } } } pageInfo { hasNextPage hasPreviousPage endCursor totalCount } } }`,
		`{"agents":{"edges":[{"cursor":"YWdlbnQvYW5u","node":{"id":"agent/ann","note":"allergic to nettles"}},{"cursor":"YWdlbnQvbWlsbA","node":{"id":"agent/mill"}}],`+
			`"pageInfo":{"hasNextPage":true,"hasPreviousPage":false,"endCursor":"YWdlbnQvbWlsbA","totalCount":3}}}`)
	d.want(`{ agents(last: 1, before: "YWdlbnQvcml2ZXI") { nodes { id } pageInfo { hasNextPage hasPreviousPage } } }`,
		`{"agents":{"nodes":[{"id":"agent/mill"}],"pageInfo":{"hasNextPage":true,"hasPreviousPage":true}}}`)
	d.want(`{ recipeProcess(id: "recipe/spin") { hasRecipeInput { nodes { id } } hasRecipeOutput { nodes { id resourceConformsTo { name } } } hasDuration { hasNumericalValue } } }`,
		`{"recipeProcess":{"hasRecipeInput":{"nodes":[{"id":"flow/in"}]},"hasRecipeOutput":{"nodes":[{"id":"flow/out","resourceConformsTo":{"name":"Yarn"}}]},"hasDuration":{"hasNumericalValue":"3"}}}`)
	d.want(`{ intents(filter: {receiver: ["agent/ann"], searchString: "sock", action: ["transfer"], finished: false, startDate: "2023-07-01"}) { nodes { id due tier finished } } }`,
		`{"intents":{"nodes":[{"id":"need/yarn","due":"2023-07-22T04:26:40Z","tier":null,"finished":false}]}}`)
	d.want(`{ intents(filter: {endDate: "2023-07-01"}) { nodes { id } } people(filter: {searchString: "weaver"}) { nodes { id } } }`,
		`{"intents":{"nodes":[]},"people":{"nodes":[{"id":"agent/ann"}]}}`)
	d.want(`{ intent(id: "need/yarn") { revisionId meta { previousRevisionsCount latestRevision { id time author { id } entry { kind } } } } }`,
		`{"intent":{"revisionId":"1","meta":{"previousRevisionsCount":0,"latestRevision":{"id":"1","time":"2023-05-01T00:00:00Z","author":{"id":"agent/ann"},"entry":{"kind":"declare"}}}}}`)
	d.want(`{ journalEntries(last: 1) { nodes { sequence kind records { __typename } } pageInfo { hasPreviousPage } } journal { size network } }`,
		`{"journalEntries":{"nodes":[{"sequence":"1","kind":"declare","records":[{"__typename":"Unit"},{"__typename":"Unit"},{"__typename":"Person"},{"__typename":"Organization"},`+
			`{"__typename":"EcologicalAgent"},{"__typename":"SpatialThing"},{"__typename":"ResourceSpecification"},{"__typename":"ResourceSpecification"},{"__typename":"ProcessSpecification"},`+
			`{"__typename":"EconomicResource"},{"__typename":"RecipeProcess"},{"__typename":"RecipeFlow"},{"__typename":"RecipeFlow"},{"__typename":"Intent"},{"__typename":"Process"},`+
			`{"__typename":"EconomicEvent"}]}],"pageInfo":{"hasPreviousPage":true}},"journal":{"size":"2","network":"https://example.org/wool/"}}`)
	d.want(`{ planned { stats { needs onTime unplanned } processes { nodes { basedOn { name } recipe { id } } } problems { nodes { kind } } why(id: "need/yarn") { need { state } rests { resource { id } } } } }`,
		`{"planned":{"stats":{"needs":1,"onTime":1,"unplanned":0},"processes":{"nodes":[{"basedOn":{"name":"Spin"},"recipe":{"id":"recipe/spin"}}]},"problems":{"nodes":[]},`+
			`"why":{"need":{"state":"onTime"},"rests":[{"resource":null},{"resource":{"id":"resource/fleece"}}]}}}`)
}
