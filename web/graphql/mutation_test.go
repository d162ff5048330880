package graphql_test

import (
	"encoding/json"
	"strings"
	"testing"

	"commonweal/web/graphql"
)

// The whole story over the door: offer, request, recipe, plan, promise, events, trace.
func TestStory(t *testing.T) {
	t.Parallel()
	d := open(t, graphql.Limits{})
	d.get(`mutation {
		kg: createUnit(unit: {id: "unit/kg", label: "kilogram", symbol: "kg", omUnitIdentifier: "kilogram"}, key: "1") { unit { id } }
		h: createUnit(unit: {id: "unit/h", label: "hour", symbol: "h", omUnitIdentifier: "hour"}, key: "2") { unit { id } }
		ann: createPerson(person: {id: "agent/ann", name: "Ann"}, key: "3") { person { id } }
		mill: createOrganization(organization: {id: "agent/mill", name: "Mill", note: "by the river"}, key: "4") { organization { id } }
		wool: createResourceSpecification(resourceSpecification: {id: "spec/wool", name: "Wool", defaultUnitOfResource: "unit/kg"}, key: "5") { result { sequence } }
		yarn: createResourceSpecification(resourceSpecification: {id: "spec/yarn", name: "Yarn", defaultUnitOfResource: "unit/kg"}, key: "6") { result { sequence } }
		spin: createProcessSpecification(processSpecification: {id: "spec/spin", name: "Spin"}, key: "7") { processSpecification { name } }
		recipe: declare(records: [
			{recipeProcess: {id: "recipe/spin", name: "Spin", processConformsTo: "spec/spin", hasDuration: {hasNumericalValue: 3, hasUnit: "unit/h"}, performedBy: "agent/mill"}},
			{recipeFlow: {id: "recipe/in", action: "consume", recipeInputOf: "recipe/spin", resourceConformsTo: "spec/wool", resourceQuantity: {hasNumericalValue: "4", hasUnit: "unit/kg"}}},
			{recipeFlow: {id: "recipe/out", action: "produce", recipeOutputOf: "recipe/spin", resourceConformsTo: "spec/yarn", resourceQuantity: {hasNumericalValue: 3.5, hasUnit: "unit/kg"}}}], key: "8") { sequence entries }
		offer: createIntent(intent: {id: "offer/wool", action: "transfer", provider: "agent/ann", resourceConformsTo: "spec/wool", resourceQuantity: {hasNumericalValue: 40, hasUnit: "unit/kg"}}, key: "9") { intent { id } }
		need: createIntent(intent: {id: "need/yarn", action: "transfer", receiver: "agent/ann", resourceConformsTo: "spec/yarn", resourceQuantity: {hasNumericalValue: "3.5", hasUnit: "unit/kg"}, due: "2023-07-01", tier: 1}, key: "10") { intent { id } }
	}`, nil)
	d.want(`{ planned { stats { needs onTime processes purchases } processes { nodes { performedBy { name } } } messages(within: 90) { kind } } }`,
		`{"planned":{"stats":{"needs":1,"onTime":1,"processes":1,"purchases":1},"processes":{"nodes":[{"performedBy":{"name":"Mill"}}]},"messages":[{"kind":"takeUp"},{"kind":"takeUp"}]}}`)
	d.get(`mutation {
		adopt(records: [{plan: {id: "plan/may", name: "May", created: "2023-05-01"}}], key: "11") { records { __typename } }
		commit(records: [{process: {id: "process/1", name: "Spin", basedOn: "spec/spin"}}, {commitment: {id: "promise/1", action: "produce", outputOf: "process/1", provider: "agent/mill",
			receiver: "agent/ann", resourceConformsTo: "spec/yarn", resourceQuantity: {hasNumericalValue: "3.5", hasUnit: "unit/kg"}, satisfies: ["need/yarn"], due: "2023-06-01"}}], key: "12") { records { id } }
	}`, nil)
	d.want(`mutation { createEconomicEvent(event: {id: "event/0", action: "raise", provider: "agent/ann", receiver: "agent/ann", resourceQuantity: {hasNumericalValue: "10", hasUnit: "unit/kg"}, hasPointInTime: "2023-05-02"},
		newInventoriedResource: {id: "resource/wool", name: "Wool", conformsTo: "spec/wool", primaryAccountable: "agent/ann"}, key: "13") { economicResource { id onhandQuantity { hasNumericalValue } } result { repeated } } }`,
		`{"createEconomicEvent":{"economicResource":{"id":"resource/wool","onhandQuantity":{"hasNumericalValue":"10"}},"result":{"repeated":false}}}`)
	d.want(`mutation { record(records: [
		{economicEvent: {id: "event/1", action: "consume", inputOf: "process/1", resourceInventoriedAs: "resource/wool", resourceQuantity: {hasNumericalValue: 4, hasUnit: "unit/kg"}, hasPointInTime: "2023-05-10"}},
		{economicEvent: {id: "event/2", action: "produce", outputOf: "process/1", resourceInventoriedAs: "resource/yarn", resourceConformsTo: "spec/yarn", provider: "agent/mill", receiver: "agent/ann",
			resourceQuantity: {hasNumericalValue: 3.25, hasUnit: "unit/kg"}, fulfills: ["promise/1"], hasPointInTime: "2023-05-11"}}], key: "14") { records { id } } }`,
		`{"record":{"records":[{"id":"event/1"},{"id":"event/2"}]}}`)
	d.want(`mutation { correct(records: [{economicEvent: {id: "event/3", corrects: "event/2", resourceQuantity: {hasNumericalValue: "-0.25", hasUnit: "unit/kg"}}}], key: "15") { records { id } } finish(of: ["process/1"], key: "16") { sequence } }`,
		`{"correct":{"records":[{"id":"event/3"}]},"finish":{"sequence":"16"}}`)
	d.want(`{ commitment(id: "promise/1") { doneQuantity { hasNumericalValue } openQuantity { hasNumericalValue hasUnit { id } } openEffort { hasNumericalValue } } intent(id: "need/yarn") { doneQuantity { hasNumericalValue } openQuantity { hasNumericalValue } }
		economicEvent(id: "event/2") { resourceQuantity { hasNumericalValue } netQuantity { hasNumericalValue } revision(revisionId: "14") { netQuantity { hasNumericalValue } } } }`,
		`{"commitment":{"doneQuantity":{"hasNumericalValue":"3"},"openQuantity":{"hasNumericalValue":"0.5","hasUnit":{"id":"unit/kg"}},"openEffort":null},"intent":{"doneQuantity":null,"openQuantity":{"hasNumericalValue":"3.5"}},`+
			`"economicEvent":{"resourceQuantity":{"hasNumericalValue":"3.25"},"netQuantity":{"hasNumericalValue":"3"},"revision":{"netQuantity":null}}}`)
	d.want(`{ economicResource(id: "resource/yarn") { onhandQuantity { hasNumericalValue } trace { event { id action { id } } share resourceQuantity { hasNumericalValue } } } commitment(id: "promise/1") { fulfilledBy { nodes { id correctedBy { nodes { id } } } } }
		process(id: "process/1") { finished hasInput { nodes { __typename id resourceQuantity { hasNumericalValue } } } observedOutputs { nodes { id } } } }`,
		`{"economicResource":{"onhandQuantity":{"hasNumericalValue":"3"},"trace":[{"event":{"id":"event/0","action":{"id":"raise"}},"share":"0.4","resourceQuantity":{"hasNumericalValue":"10"}},`+
			`{"event":{"id":"event/1","action":{"id":"consume"}},"share":"1","resourceQuantity":{"hasNumericalValue":"4"}},{"event":{"id":"event/2","action":{"id":"produce"}},"share":"1","resourceQuantity":{"hasNumericalValue":"3"}}]},`+
			`"commitment":{"fulfilledBy":{"nodes":[{"id":"event/2","correctedBy":{"nodes":[{"id":"event/3"}]}}]}},`+
			`"process":{"finished":true,"hasInput":{"nodes":[{"__typename":"EconomicEvent","id":"event/1","resourceQuantity":{"hasNumericalValue":"4"}}]},"observedOutputs":{"nodes":[{"id":"event/2"},{"id":"event/3"}]}}}`)
	d.want(`mutation { a: createEconomicEvent(event: {id: "event/4", action: "transfer", provider: "agent/ann", receiver: "agent/mill", resourceInventoriedAs: "resource/wool", resourceQuantity: {hasNumericalValue: 1, hasUnit: "unit/kg"}, hasPointInTime: "2023-05-12"},
		newInventoriedResource: {id: "resource/wool-2", name: "At the mill"}, key: "17") { economicResource { id name conformsTo { id } primaryAccountable { id } } } finish(of: ["promise/1"], key: "18") { records { id } } }`,
		`{"a":{"economicResource":{"id":"resource/wool-2","name":"At the mill","conformsTo":{"id":"spec/wool"},"primaryAccountable":{"id":"agent/mill"}}},"finish":{"records":[{"id":"promise/1"}]}}`)
	a := d.ask(`mutation { one: createPlan(plan: {id: "plan/1", name: "One"}) { plan { id } } two: createPlan(plan: {id: "plan/may", name: "Other"}) { plan { id } } three: createPlan(plan: {id: "plan/3", name: "Three"}) { plan { id } } }`, nil)
	if string(a.Data) != `{"one":{"plan":{"id":"plan/1"}},"two":null,"three":{"plan":{"id":"plan/3"}}}` || len(a.Errors) != 1 || a.Errors[0].Extensions.Code != "idTaken" {
		t.Errorf("%s %+v", a.Data, a.Errors)
	}
	differences, err := d.Replay(t.Context())
	if err != nil || len(differences) > 0 {
		t.Errorf("replay: %v %+v", err, differences)
	}
}

// Nothing that was changed meanwhile is written over, and nothing is entered twice.
func TestUpdates(t *testing.T) {
	t.Parallel()
	d := open(t, graphql.Limits{}, mill()...)
	d.want(`mutation { updateIntent(intent: {id: "need/yarn", revisionId: "1", name: "Mittens", note: null, tier: 2}, key: "a") { intent { revisionId name note tier receiver { id } } } }`,
		`{"updateIntent":{"intent":{"revisionId":"2","name":"Mittens","note":null,"tier":2,"receiver":{"id":"agent/ann"}}}}`)
	a := d.refused("changedSince", `mutation { updateIntent(intent: {id: "need/yarn", revisionId: "1", name: "Gloves"}, key: "b") { intent { id } } }`, nil)
	if e := a.Errors[0]; e.Extensions.Values["entry"] != "2" || e.Extensions.Hint == "" || e.Extensions.Place != "need/yarn" || len(e.Path) != 1 || string(a.Data) != `{"updateIntent":null}` {
		t.Errorf("%+v %s", e, a.Data)
	}
	d.want(`mutation { updatePerson(person: {id: "agent/ann", revisionId: "1", name: "Ann Spinner"}, key: "c") { person { name note } } }`, `{"updatePerson":{"person":{"name":"Ann Spinner","note":"allergic to nettles"}}}`)
	d.want(`{ intent(id: "need/yarn") { revision(revisionId: "1") { name note revisionId meta { futureRevisionsCount retrievedRevision { id } } } meta { revisions { nodes { id } } } } }`,
		`{"intent":{"revision":{"name":"Socks","note":null,"revisionId":"1","meta":{"futureRevisionsCount":1,"retrievedRevision":{"id":"1"}}},"meta":{"revisions":{"nodes":[{"id":"1"},{"id":"2"}]}}}}`)
	d.want(`mutation { deleteProcess(id: "process/spin", revisionId: "1", key: "d") { sequence repeated } }`, `{"deleteProcess":{"sequence":"4","repeated":false}}`)
	d.want(`mutation { deleteProcess(id: "process/spin", revisionId: "1", key: "d") { sequence repeated } }`, `{"deleteProcess":{"sequence":"4","repeated":true}}`)
	d.refused("unknownReference", `mutation { deleteProcess(id: "process/spin", revisionId: "1") { sequence } }`, nil)
	d.refused("stillUsed", `mutation { deleteResourceSpecification(id: "spec/yarn", revisionId: "1") { sequence } }`, nil)
	create := `mutation { createSpatialThing(spatialThing: {name: "Meadow", lat: 51.123456789012345}, key: "e") { spatialThing { id lat } result { repeated entry { kind author { id } } } } }`
	first := d.get(create, nil)
	if !strings.Contains(first, `"lat":"51.123456789012345"`) || !strings.Contains(first, `"kind":"declare","author":{"id":"agent/ann"}`) {
		t.Error(first)
	}
	if again := d.get(create, nil); again != strings.Replace(first, `"repeated":false`, `"repeated":true`, 1) {
		t.Errorf("%s\nthen %s", first, again)
	}
	d.refused("keyUsed", strings.Replace(create, "Meadow", "Field", 1), nil)
	d.refused("badValue", `mutation ($r: RecordInput!) { declare(records: [$r]) { sequence } }`, map[string]any{"r": map[string]any{}})
	d.refused("numberTooLarge", `mutation { createSpatialThing(spatialThing: {name: "Far", lat: 0.1234567890123456789}) { result { sequence } } }`, nil)
	if a := d.refused("missingName", `mutation { createRecipe(recipe: {}) { result { sequence } } }`, nil); len(a.Errors) != 1 {
		t.Errorf("%+v", a.Errors)
	}
	if a := d.ask(`mutation { createIntent(intent: {name: "x"}) { result { sequence } } }`, nil); len(a.Errors) < 2 {
		t.Errorf("several things are wrong, and these are told: %+v", a.Errors)
	}
	got := d.get(`mutation ($acts: [ActInput!]!) { do(acts: $acts) { sequence } }`, map[string]any{"acts": []any{
		map[string]any{"kind": "declare", "key": "f", "records": []any{map[string]any{"plan": map[string]any{"id": "plan/1", "name": "May"}}}},
		map[string]any{"kind": "withdraw", "key": "g", "of": []any{"plan/1"}}}})
	if got != `{"do":[{"sequence":"6"},{"sequence":"7"}]}` {
		t.Error(got)
	}
	a = d.ask(`mutation { do(acts: [{kind: declare, key: "h", records: [{plan: {id: "plan/2", name: "June"}}]}, {kind: withdraw, key: "i", of: ["plan/9"]}]) { sequence } }`, nil)
	if len(a.Errors) != 1 || a.Errors[0].Extensions.Code != "unknownReference" || d.get(`{ plan(id: "plan/2") { id } }`, nil) != `{"plan":null}` {
		t.Errorf("%+v", a)
	}
}

// What somebody may not see is not there, wherever it is asked for.
func TestWhatIsNotSeen(t *testing.T) {
	t.Parallel()
	d := open(t, graphql.Limits{}, mill()...)
	d.seat.hidden["agent/ann"], d.seat.hidden["need/yarn"] = true, true
	d.want(`{ record(id: "agent/ann") { id } agents { nodes { id } pageInfo { totalCount } } economicResource(id: "resource/fleece") { primaryAccountable { id } economicEvents { nodes { provider { id } } } }
		resourceSpecification(id: "spec/yarn") { intents { nodes { id } pageInfo { totalCount hasNextPage } } } journalEntry(sequence: "1") { author { id } raw } planned { needs { nodes { id } } flows { nodes { pegs { need } } } why(id: "need/yarn") { untried } } }`,
		`{"record":null,"agents":{"nodes":[{"id":"agent/mill"},{"id":"agent/river"}],"pageInfo":{"totalCount":2}},"economicResource":{"primaryAccountable":null,"economicEvents":{"nodes":[{"provider":null}]}},`+
			`"resourceSpecification":{"intents":{"nodes":[],"pageInfo":{"totalCount":0,"hasNextPage":false}}},"journalEntry":{"author":null,"raw":null},"planned":{"needs":{"nodes":[]},"flows":{"nodes":[]},"why":null}}`)
	d.refused("unknownReference", `mutation { updateIntent(intent: {id: "need/yarn", revisionId: "1", name: "x"}) { intent { id } } }`, nil)
}

// Numbers are never floating point on their way in and out.
func TestNumbersKeepTheirDigits(t *testing.T) {
	t.Parallel()
	d := open(t, graphql.Limits{}, mill()...)
	for i, n := range []string{`0.1`, `"123456789012345678"`, `123456789012345.678`, `1e3`, `"-12.50"`} {
		var text string
		if json.Unmarshal([]byte(n), &text) != nil {
			text = n
		}
		got := d.get(`mutation ($n: Decimal) { createSpatialThing(spatialThing: {name: "x", alt: $n}) { spatialThing { alt } } }`, map[string]any{"n": json.RawMessage(n)})
		want := []string{"0.1", "123456789012345678", "123456789012345.678", "1000", "-12.5"}[i]
		if got != `{"createSpatialThing":{"spatialThing":{"alt":"`+want+`"}}}` {
			t.Errorf("%s became %s", n, got)
		}
		if literal := d.get(`mutation { createSpatialThing(spatialThing: {name: "x", alt: `+n+`}) { spatialThing { alt } } }`, nil); literal != got {
			t.Errorf("%s became %s when it was written in the query", n, literal)
		}
	}
}

// A recipe process is entered with what it gives, since alone it would be refused.
func TestARecipeProcessComesWithItsOutputs(t *testing.T) {
	t.Parallel()
	d := open(t, graphql.Limits{}, mill()...)
	const process = `recipeProcess: {id: "recipe/felt", name: "Felt", processConformsTo: "process-spec/spin", hasDuration: {hasNumericalValue: 1, hasUnit: "unit/h"}}`
	const flow = `action: "produce", resourceConformsTo: "spec/yarn", resourceQuantity: {hasNumericalValue: 1, hasUnit: "unit/kg"}`
	for _, x := range [][2]string{{"", "noOutput"}, {"newRecipeOutputs: []", "noOutput"}, {`newRecipeOutputs: [{` + flow + `, recipeOutputOf: "recipe/spin"}]`, "contradiction"}} {
		a := d.ask(`mutation { createRecipeProcess(`+process+` `+x[0]+`) { recipeProcess { id } } }`, nil)
		if len(a.Errors) != 1 || a.Errors[0].Extensions.Code != x[1] {
			t.Errorf("%s: %s %+v, want %s", x[0], a.Data, a.Errors, x[1])
		}
	}
	d.want(`mutation { createRecipeProcess(`+process+`, newRecipeOutputs: [{id: "recipe/felt/out", `+flow+`}, {recipeOutputOf: "recipe/felt", `+flow+`}], key: "felt") { recipeProcess { id hasRecipeOutput { nodes { resourceConformsTo { id } } } } result { records { __typename } } } }`,
		`{"createRecipeProcess":{"recipeProcess":{"id":"recipe/felt","hasRecipeOutput":{"nodes":[{"resourceConformsTo":{"id":"spec/yarn"}},{"resourceConformsTo":{"id":"spec/yarn"}}]}},"result":{"records":[{"__typename":"RecipeProcess"},{"__typename":"RecipeFlow"},{"__typename":"RecipeFlow"}]}}}`)
}
