package graphql_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"commonweal/vf"
	"commonweal/web/graphql"
)

// Lists come in the orders that people ask for, page by page, forwards and backwards,
// and nothing is told twice or left out.
func TestOrders(t *testing.T) {
	t.Parallel()
	d := open(t, graphql.Limits{}, mill()...)
	plans := []struct {
		id, name, due string
	}{{"p/1", "Zebra", "2023-06-01"}, {"p/2", "apple", ""}, {"p/3", "Apple", "1969-12-31T00:00:00Z"}, {"p/4", "", "2023-05-01"}, {"p/5", "mango", "2023-06-01"}, {"p/6", "Birch", "2024-01-01"}}
	for i, p := range plans {
		due := ""
		if p.due != "" {
			due = `, due: "` + p.due + `"`
		}
		d.get(fmt.Sprintf(`mutation { createIntent(key: "p%d", intent: {id: "%s", name: "%s", action: "transfer", provider: "agent/mill", resourceConformsTo: "spec/yarn", resourceQuantity: {hasNumericalValue: 1, hasUnit: "unit/kg"}%s}) { intent { id } } }`, i, p.id, p.name, due), nil)
	}
	d.get(`mutation { updateIntent(key: "again", intent: {id: "p/2", revisionId: "3", note: "anew"}) { intent { id } } }`, nil)
	for order, want := range map[string]string{
		"ID": "p/1 p/2 p/3 p/4 p/5 p/6", "NAME": "p/2 p/3 p/6 p/5 p/1 p/4", "NAME_DESC": "p/1 p/5 p/6 p/2 p/3 p/4", "DATE": "p/3 p/4 p/1 p/5 p/6 p/2",
		"DATE_DESC": "p/6 p/1 p/5 p/4 p/3 p/2", "CHANGED": "p/1 p/3 p/4 p/5 p/6 p/2", "CHANGED_DESC": "p/2 p/6 p/5 p/4 p/3 p/1",
	} {
		for _, size := range []int{1, 2, 4, 10} {
			for _, backwards := range []bool{false, true} {
				if got := strings.Join(d.all(order, size, backwards), " "); got != want {
					t.Errorf("%s by %d, backwards %v: %s, wanted %s", order, size, backwards, got, want)
				}
			}
		}
	}
	d.want(`{ intents(orderBy: NAME, first: 4, last: 2, filter: {provider: ["agent/mill"]}) { nodes { id } pageInfo { hasPreviousPage hasNextPage totalCount } } }`,
		`{"intents":{"nodes":[{"id":"p/6"},{"id":"p/5"}],"pageInfo":{"hasPreviousPage":true,"hasNextPage":true,"totalCount":6}}}`)
	d.want(`{ agent(id: "agent/mill") { intents(orderBy: DATE_DESC, first: 1) { nodes { id } } } }`, `{"agent":{"intents":{"nodes":[{"id":"p/6"}]}}}`)
	d.refused("badCursor", `{ intents(orderBy: NAME, after: "cC8x") { nodes { id } } }`, nil)
	d.seat.hidden[vf.ID("p/6")] = true
	d.want(`{ intents(orderBy: DATE_DESC, first: 1, filter: {provider: ["agent/mill"]}) { nodes { id } pageInfo { totalCount } } }`, `{"intents":{"nodes":[{"id":"p/1"}],"pageInfo":{"totalCount":5}}}`)
}

// all pages through what the mill offers.
func (d *door) all(order string, size int, backwards bool) []string {
	d.t.Helper()
	var list []string
	for cursor := ""; ; {
		args := fmt.Sprintf(`first: %d, after: "%s"`, size, cursor)
		if backwards {
			args = fmt.Sprintf(`last: %d, before: "%s"`, size, cursor)
		}
		var a struct {
			Intents struct {
				Nodes []struct {
					ID string `json:"id"`
				} `json:"nodes"`
				PageInfo struct {
					HasNextPage     bool   `json:"hasNextPage"`
					HasPreviousPage bool   `json:"hasPreviousPage"`
					StartCursor     string `json:"startCursor"`
					EndCursor       string `json:"endCursor"`
					TotalCount      int    `json:"totalCount"`
				} `json:"pageInfo"`
			} `json:"intents"`
		}
		data := d.get(`{ intents(orderBy: `+order+`, filter: {provider: ["agent/mill"]}, `+args+`) { nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor totalCount } } }`, nil)
		if err := json.Unmarshal([]byte(data), &a); err != nil {
			d.t.Fatal(err)
		}
		var ids []string
		for _, n := range a.Intents.Nodes {
			ids = append(ids, n.ID)
		}
		p := a.Intents.PageInfo
		if p.TotalCount != 6 || (p.HasPreviousPage || p.HasNextPage) && len(ids) == 0 {
			d.t.Fatalf("%s: %+v", order, a)
		}
		more := p.HasNextPage
		if cursor = p.EndCursor; backwards {
			cursor, more = p.StartCursor, p.HasPreviousPage
			list = slices.Concat(ids, list)
		} else {
			list = append(list, ids...)
		}
		if !more {
			return list
		}
	}
}
