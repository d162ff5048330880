package graphql_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"commonweal/store"
	"commonweal/vf"
	"commonweal/web/graphql"

	"golang.org/x/mod/sumdb/tlog"
)

// counting counts what is asked of a store.
type counting struct {
	store.Store
	asked atomic.Int64
}

func (c *counting) Get(ctx context.Context, view, key string) ([]byte, error) {
	c.asked.Add(1)
	return c.Store.Get(ctx, view, key)
}

func (c *counting) Entries(ctx context.Context, from int64, f func(int64, []byte) error) error {
	c.asked.Add(1)
	return c.Store.Entries(ctx, from, f)
}

func (c *counting) Hashes(ctx context.Context, indexes []int64) ([]tlog.Hash, error) {
	c.asked.Add(1)
	return c.Store.Hashes(ctx, indexes)
}

func (c *counting) Scan(ctx context.Context, view string, f func(string, []byte) error) error {
	c.asked.Add(1)
	return c.Store.Scan(ctx, view, f)
}

func (c *counting) Pick(ctx context.Context, sequences []int64, f func(int64, []byte) error) error {
	c.asked.Add(1)
	return c.Store.(store.Picker).Pick(ctx, sequences, f)
}

// A page with whatever is nested in it goes to memory alone; what the journal must
// be asked for is read with one statement for each step of the query, however long
// the page is.
func TestReadsAreCounted(t *testing.T) {
	t.Parallel()
	var c *counting
	d := openOn(t, graphql.Limits{}, func(s store.Store) store.Store {
		c = &counting{Store: s}
		return c
	}, mill()...)
	for i := range 60 {
		d.place(i)
	}
	for query, want := range map[string]int64{
		`{ spatialThings(first: 50) { nodes { id name } pageInfo { totalCount } } intents { nodes { provider { name } receiver { name intentsAsReceiver { nodes { id resourceConformsTo { name defaultUnitOfResource { symbol } } } } } meta { revisions { nodes { id } } } } } }`: 0,
		`{ spatialThings(first: 50) { nodes { meta { latestRevision { time author { name } entry { kind author { name } } } } } } }`:                                                                                                                                               1,
		`{ spatialThings(first: 10) { nodes { meta { latestRevision { entry { records { meta { latestRevision { time } previousRevision { time } } } } } } } } }`:                                                                                                                  2,
		`{ journalEntries(first: 50) { nodes { kind records { id } author { name } } } }`:                                                                                                                                                                                          1,
	} {
		before := c.asked.Load()
		d.get(query, nil)
		if n := c.asked.Load() - before; n != want {
			t.Errorf("%s asked the store %d times, want %d", query, n, want)
		}
	}
}

// BenchmarkPage reads a page of fifty with what each of them refers to, out of few
// records and out of many: it costs the same.
func BenchmarkPage(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			records := mill()
			for i := range n {
				records = append(records, &vf.Intent{ID: vf.ID(fmt.Sprintf("offer/%07d", i)), Name: "Wool", Action: vf.Transfer, Provider: "agent/mill", ResourceConformsTo: "spec/wool",
					ResourceQuantity: vf.Measure{HasNumericalValue: vf.Whole(2), HasUnit: "unit/kg"}, Due: vf.At(1690000000)})
			}
			d := open(b, graphql.Limits{}, records...)
			body := query(`{ agent(id: "agent/mill") { intentsAsProvider(first: 50, after: "b2ZmZXIvMDAwMDUwMA") { nodes { id name due
				resourceQuantity { hasNumericalValue hasUnit { symbol } } provider { name } resourceConformsTo { name } } } } }`)
			for b.Loop() {
				r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
				r.Header.Set("Content-Type", "application/json")
				w := httptest.NewRecorder()
				if d.h.ServeHTTP(w, r); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "errors") {
					b.Fatal(w.Body.String())
				}
			}
		})
	}
}
