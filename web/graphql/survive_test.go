package graphql_test

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"commonweal/vf"
	"commonweal/web/graphql"
)

// breaking is a seat that has a mistake in it from some moment on.
type breaking struct {
	*seat
	broken atomic.Bool
}

// Sees panics where it is broken.
func (b *breaking) Sees(r vf.Record) bool {
	if b.broken.Load() {
		panic("broken on purpose")
	}
	return b.seat.Sees(r)
}

// SeesAll is false, so that Sees is asked.
func (b *breaking) SeesAll() bool { return false }

// TestAMistakeEndsItsStreamAlone: an operation of a shared stream runs beside all
// requests; where it fails the stream is cut, and the server goes on.
func TestAMistakeEndsItsStreamAlone(t *testing.T) {
	t.Parallel()
	d := open(t, graphql.Limits{}, mill()...)
	b := &breaking{seat: d.seat}
	d.other = b
	send := func(method, body string, head map[string]string) string {
		r, err := http.NewRequestWithContext(t.Context(), method, d.server.URL+"/graphql", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		for name, value := range head {
			r.Header.Set(name, value)
		}
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		raw, _ := io.ReadAll(a.Body)
		return string(raw)
	}
	shared := map[string]string{"X-Graphql-Event-Stream-Token": send(http.MethodPut, "", nil)}
	stream := d.listen(t, http.MethodGet, "/graphql", shared, "")
	begun := send(http.MethodPost, `{"query": "`+followPlaces+`", "extensions": {"operationId": "1"}}`, shared)
	if begun != "" {
		t.Fatal(begun)
	}
	d.place(1)
	stream.next()
	b.broken.Store(true)
	d.place(2)
	over := time.After(20 * time.Second)
	for open := true; open; {
		select {
		case _, open = <-stream.list:
		case <-over:
			t.Fatal("the stream is not cut")
		}
	}
	b.broken.Store(false)
	d.want(`{ intent(id: "need/yarn") { id } }`, `{"intent":{"id":"need/yarn"}}`)
}
