package graphql_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"commonweal/node"
	"commonweal/vf"
	"commonweal/web/graphql"
)

// BenchmarkIntake measures what a server does for an import, from the body of a request
// to its answer: a thousand acts in each, an event in an act.
func BenchmarkIntake(b *testing.B) {
	d := open(b, graphql.Limits{}, append(mill(), &vf.Membership{ID: "membership/ann", Member: "agent/ann", Role: "owner"})...)
	d.other = d.Seat(node.Actor{Agent: "agent/ann"})
	const batch = 999
	var bodies [][]byte
	for from := 0; from < b.N; from += batch {
		bodies = append(bodies, intake(b, from, min(batch, b.N-from)))
	}
	b.ReportAllocs()
	b.ResetTimer()
	for _, body := range bodies {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		if d.h.ServeHTTP(w, r); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "errors") {
			b.Fatal(w.Body.String())
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "acts/s")
}

// intake is the body of a request that enters a process and its events.
func intake(b *testing.B, from, count int) []byte {
	which := strconv.Itoa(from)
	list := []any{map[string]any{"kind": "declare", "key": "process-" + which, "records": []any{map[string]any{"process": map[string]any{"id": "process/" + which, "name": "Spin"}}}}}
	for i := range count {
		n := strconv.Itoa(from + i)
		list = append(list, map[string]any{"kind": "record", "key": "event-" + n, "records": []any{map[string]any{"economicEvent": map[string]any{
			"id": "event/" + n, "action": "produce", "provider": "agent/mill", "receiver": "agent/ann", "resourceConformsTo": "spec/yarn",
			"resourceInventoriedAs": "resource/" + which, "outputOf": "process/" + which, "hasPointInTime": "2026-05-01T00:00:00Z",
			"resourceQuantity": map[string]any{"hasNumericalValue": "1", "hasUnit": "unit/kg"}}}}})
	}
	body, err := json.Marshal(map[string]any{"query": `mutation ($acts: [ActInput!]!) { do(acts: $acts) { sequence } }`, "variables": map[string]any{"acts": list}})
	if err != nil {
		b.Fatal(err)
	}
	return body
}
