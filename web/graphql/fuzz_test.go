package graphql

import (
	"encoding/json"
	"strings"
	"testing"
)

// FuzzRead reads requests as they come: whatever they are, they are refused in a
// sentence or are sound, and their cost is known.
func FuzzRead(f *testing.F) {
	for _, query := range []string{
		`{ __typename }`, `query A($n: Int = 3) { agents(first: $n) { nodes { ...F } } } fragment F on Agent { id ... on Person { note } }`,
		`mutation { finish(of: ["a"], at: "2023-05-01") { sequence } }`, `subscription { changes(after: "3") { to } }`, `{ a: agent(id: 1.5e3) { id @skip(if: true) } }`,
		`{ intents(filter: {startDate: "x", provider: [null]}) { edges { cursor } } }`, `{ ...A } fragment A on Query { ...A }`, `{{{{`, `"""\"""`, "# \r { a }", `{ __schema { types { name } } }`,
	} {
		f.Add(query, `{"n": 3}`)
	}
	h := &Handler{limits: Limits{}.filled()}
	f.Fuzz(func(t *testing.T, query, variables string) {
		body, err := json.Marshal(map[string]any{"query": query, "variables": json.RawMessage(variables)})
		if err != nil {
			body = []byte(query + variables)
		}
		q, err := parseRequest(body)
		if err != nil {
			return
		}
		a, errs := h.read(q)
		for _, e := range errs {
			if text := h.refusalOf(e).Error(); strings.Contains(text, "faultInside") || strings.Contains(text, "refused by the rule") {
				t.Fatalf("%q: %s", query, text)
			}
		}
		if errs != nil {
			return
		}
		x := &execution{h: h, fragments: a.doc.Fragments}
		if x.variablesOf(a.operation, a.variables) != nil {
			return
		}
		total := 0
		if x.costOf(a.operation.SelectionSet, 1, usualPage, &total); total <= 0 {
			t.Fatalf("%q costs nothing", query)
		}
		x.collect("Query", a.operation.SelectionSet)
	})
}

// FuzzInput brings values into types as they come.
func FuzzInput(f *testing.F) {
	for _, value := range []string{`{"id": "x", "name": 3}`, `[{"person": {"name": "x"}}]`, `"1e400"`, `12345678901234567890`, `null`, `{"hasNumericalValue": "1", "hasUnit": ["x"]}`, `{"startDate": "2023-13-01"}`} {
		f.Add(value)
	}
	types := []string{"RecordInput", "IntentFilterParams", "IMeasure", "ActInput", "EconomicEventCreateParams", "PersonUpdateParams"}
	f.Fuzz(func(t *testing.T, text string) {
		var value any
		if decodeJSON([]byte(text), &value) != nil {
			return
		}
		for _, name := range types {
			typ := whole.parsed.Types[name]
			if got, err := inputObject(typ, value, "$x"); err == nil {
				if _, err := json.Marshal(got); err != nil {
					t.Fatalf("%s: %v", text, err)
				}
			}
		}
	})
}
