package main

import (
	"context"
	"encoding/json"
	"io"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"commonweal/store/postgres/pgtest"
	"commonweal/web/webtest"
)

// TestWholeStory tells the whole story over HTTP: somebody takes the invitation of a
// server that was just begun, offers, asks, says how a thing is made, reads the plan,
// promises, enters what happened and traces it; and the books are sound.
func TestWholeStory(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		folder := filepath.Join(t.TempDir(), "data")
		tellStory(t, []string{"--data", folder}, []string{"--data", filepath.Join(folder, "networks", "home")})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		folder, database := filepath.Join(t.TempDir(), "data"), pgtest.URL(t)
		tellStory(t, []string{"--data", folder, "--store", database}, []string{"--data", folder, "--store", database + "&network=home"})
	})
}

// chapter is a request of the story, and the data that it is answered with; "" is not
// looked at.
type chapter struct{ query, want string }

func tellStory(t *testing.T, flags, books []string) {
	program := filepath.Join(programFolder(t), "commonweal")
	s, err := webtest.Start(program, flags, []string{"--log-level", "warn"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ada, err := webtest.SignUp(ctx, s.URL, s.Invitation, "ada")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range wholeStory(time.Now().UTC()) {
		var data json.RawMessage
		if err := ada.Ask(ctx, s.URL, c.query, nil, &data); err != nil {
			t.Fatalf("%v\n%s", err, c.query)
		}
		if c.want != "" && string(data) != c.want {
			t.Errorf("%s\nis answered with\n%s\nnot\n%s", c.query, data, c.want)
		}
	}
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
	if out, err := exec.Command(program, append(books, "verify")...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// wholeStory has its season ahead, and what happened in it behind.
func wholeStory(now time.Time) []chapter {
	due, before := now.AddDate(0, 2, 0).Format(time.RFC3339), now.AddDate(0, 0, -2).Format(time.RFC3339)
	return []chapter{
		{`mutation { declare(records: [{unit: {id: "unit/kg", label: "kilogram", symbol: "kg", omUnitIdentifier: "kilogram"}}, {unit: {id: "unit/h", label: "hour", symbol: "h", omUnitIdentifier: "hour"}},
			{organization: {id: "agent/farm", name: "Hill Farm"}}, {organization: {id: "agent/mill", name: "River Mill"}}, {processSpecification: {id: "stage/spun", name: "Spinning"}},
			{resourceSpecification: {id: "spec/wool", name: "Wool", defaultUnitOfResource: "unit/kg"}}, {resourceSpecification: {id: "spec/yarn", name: "Yarn", defaultUnitOfResource: "unit/kg"}}], key: "words") { entries } }`, `{"declare":{"entries":1}}`},
		{`mutation { createIntent(intent: {id: "offer/wool", action: "transfer", provider: "agent/farm", resourceConformsTo: "spec/wool", resourceQuantity: {hasNumericalValue: 40, hasUnit: "unit/kg"}}, key: "offer") { intent { provider { name } } } }`,
			`{"createIntent":{"intent":{"provider":{"name":"Hill Farm"}}}}`},
		{`mutation { createIntent(intent: {id: "need/yarn", action: "transfer", receiver: "agent/farm", resourceConformsTo: "spec/yarn", resourceQuantity: {hasNumericalValue: "3.5", hasUnit: "unit/kg"}, due: "` + due + `"}, key: "request") { intent { id } } }`,
			`{"createIntent":{"intent":{"id":"need/yarn"}}}`},
		{`mutation { declare(records: [{recipeProcess: {id: "recipe/spin", name: "Spin", processConformsTo: "stage/spun", hasDuration: {hasNumericalValue: 3, hasUnit: "unit/h"}, performedBy: "agent/mill"}},
			{recipeFlow: {id: "recipe/in", action: "consume", recipeInputOf: "recipe/spin", resourceConformsTo: "spec/wool", resourceQuantity: {hasNumericalValue: 4, hasUnit: "unit/kg"}}},
			{recipeFlow: {id: "recipe/out", action: "produce", recipeOutputOf: "recipe/spin", resourceConformsTo: "spec/yarn", resourceQuantity: {hasNumericalValue: 3.5, hasUnit: "unit/kg"}}}], key: "recipe") { entries } }`, ""},
		{`{ planned { stats { needs onTime processes purchases } processes { nodes { performedBy { name } } } } }`,
			`{"planned":{"stats":{"needs":1,"onTime":1,"processes":1,"purchases":1},"processes":{"nodes":[{"performedBy":{"name":"River Mill"}}]}}}`},
		{`mutation { commit(records: [{process: {id: "process/1", name: "Spin", basedOn: "stage/spun"}}, {commitment: {id: "promise/1", action: "produce", outputOf: "process/1", provider: "agent/mill", receiver: "agent/farm",
			resourceConformsTo: "spec/yarn", resourceQuantity: {hasNumericalValue: "3.5", hasUnit: "unit/kg"}, satisfies: ["need/yarn"], due: "` + due + `"}}], key: "promise") { repeated } }`, `{"commit":{"repeated":false}}`},
		{`mutation { createEconomicEvent(event: {id: "event/0", action: "raise", provider: "agent/farm", receiver: "agent/farm", resourceQuantity: {hasNumericalValue: "10", hasUnit: "unit/kg"}, hasPointInTime: "` + before + `"},
			newInventoriedResource: {id: "resource/wool", name: "Wool", conformsTo: "spec/wool", primaryAccountable: "agent/farm"}, key: "stock") { economicResource { onhandQuantity { hasNumericalValue } } } }`,
			`{"createEconomicEvent":{"economicResource":{"onhandQuantity":{"hasNumericalValue":"10"}}}}`},
		{`mutation { record(records: [{economicEvent: {id: "event/1", action: "consume", inputOf: "process/1", resourceInventoriedAs: "resource/wool", resourceQuantity: {hasNumericalValue: 4, hasUnit: "unit/kg"}, hasPointInTime: "` + before + `"}},
			{economicEvent: {id: "event/2", action: "produce", outputOf: "process/1", resourceInventoriedAs: "resource/yarn", resourceConformsTo: "spec/yarn", provider: "agent/mill", receiver: "agent/farm",
			resourceQuantity: {hasNumericalValue: 3.25, hasUnit: "unit/kg"}, fulfills: ["promise/1"], hasPointInTime: "` + before + `"}}], key: "events") { records { id } } finish(of: ["process/1"], key: "done") { repeated } }`,
			`{"record":{"records":[{"id":"event/1"},{"id":"event/2"}]},"finish":{"repeated":false}}`},
		{`{ economicResource(id: "resource/yarn") { onhandQuantity { hasNumericalValue } trace { event { id action { id } } share } } commitment(id: "promise/1") { fulfilledBy { nodes { id } } } }`,
			`{"economicResource":{"onhandQuantity":{"hasNumericalValue":"3.25"},"trace":[{"event":{"id":"event/0","action":{"id":"raise"}},"share":"0.4"},{"event":{"id":"event/1","action":{"id":"consume"}},"share":"1"},` +
				`{"event":{"id":"event/2","action":{"id":"produce"}},"share":"1"}]},"commitment":{"fulfilledBy":{"nodes":[{"id":"event/2"}]}}}`},
	}
}
