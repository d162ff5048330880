package graphql_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"commonweal/web/graphql"
)

// send sends a request about a shared stream, and returns the status and the body.
func (d *door) send(method, path string, head map[string]string, body string) (int, string) {
	d.t.Helper()
	r, err := http.NewRequestWithContext(d.t.Context(), method, d.server.URL+path, strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for name, value := range head {
		r.Header.Set(name, value)
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	raw, err := io.ReadAll(a.Body)
	if err != nil || a.Body.Close() != nil {
		d.t.Fatal(err)
	}
	return a.StatusCode, string(raw)
}

// A stream that several operations share is read on after a cut: with the id of the
// last event, everything that came since comes, of each operation once and in order.
func TestSharedStreamsAreReadOn(t *testing.T) {
	t.Parallel()
	d := open(t, graphql.Limits{}, mill()...)
	status, token := d.send(http.MethodPut, "/graphql", nil, "")
	if status != http.StatusCreated {
		t.Fatal(status, token)
	}
	head := map[string]string{"X-Graphql-Event-Stream-Token": token}
	stream := d.listen(t, http.MethodGet, "/graphql?token="+token, nil, "")
	for _, op := range []string{"a", "b"} {
		body := strings.TrimSuffix(query(`subscription { changes { from to acts { sequence } } }`), "}") + `,"extensions":{"operationId":"` + op + `"}}`
		if status, text := d.send(http.MethodPost, "/graphql", head, body); status != http.StatusAccepted {
			t.Fatal(status, text)
		}
	}
	const acts = 60
	done := make(chan int64, 1)
	go func() {
		last := int64(0)
		for i := range acts {
			last = d.place(i)
		}
		done <- last
	}()
	heard, last := map[string][]string{}, ""
	for events := 1; len(heard["a"]) < acts || len(heard["b"]) < acts; events++ {
		e := stream.next()
		var x struct {
			ID      string `json:"id"`
			Payload told   `json:"payload"`
		}
		if err := json.Unmarshal([]byte(e.data), &x); err != nil || e.id == "" {
			t.Fatal(err, e)
		}
		for _, a := range x.Payload.Data.Changes.Acts {
			heard[x.ID] = append(heard[x.ID], a.Sequence)
		}
		if last = e.id; events%3 == 0 { // the connection is lost, which the server may learn later
			if events%2 == 0 {
				_ = stream.body.Close()
			}
			stream = d.listen(t, http.MethodGet, "/graphql?token="+token, map[string]string{"Last-Event-ID": last}, "")
		}
	}
	<-done
	if len(heard["a"]) != acts || !slices.Equal(heard["a"], heard["b"]) || !slices.IsSortedFunc(heard["a"], func(a, b string) int { return len(a) - len(b) }) {
		t.Errorf("%v", heard)
	}
	after := `subscription { changes(after: "` + last + `") { from } }` // the id serves as after, too
	d.place(acts)
	if e := d.listen(t, http.MethodPost, "/graphql", nil, query(after)).next(); !strings.Contains(e.data, `"from":"`+strings.Split(last, ".")[0]+`"`) {
		t.Errorf("%+v", e)
	}
	head["Accept"] = "text/event-stream"
	if status, text := d.send(http.MethodGet, "/graphql", head, ""); status != http.StatusConflict {
		t.Errorf("a second reader: %d %s", status, text)
	}
	head["Last-Event-ID"] = "5.100000"
	if status, text := d.send(http.MethodGet, "/graphql", head, ""); status != http.StatusNotFound || !strings.Contains(text, "is not kept") {
		t.Errorf("from nowhere: %d %s", status, text)
	}
}
