package graphql_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/vf"
	"commonweal/web/graphql"
)

// event is one server-sent event.
type event struct{ id, name, data string }

// events are those of an open stream.
type events struct {
	t    *testing.T
	body io.Closer
	list chan event
}

// next waits for the next event.
func (e *events) next() event {
	e.t.Helper()
	select {
	case x, ok := <-e.list:
		if !ok {
			e.t.Fatal("the stream ended")
		}
		return x
	case <-time.After(20 * time.Second):
		e.t.Fatal("no event came")
	}
	return event{}
}

// listen opens a stream.
func (d *door) listen(t *testing.T, method, path string, head map[string]string, body string) *events {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, method, d.server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Content-Type", "application/json")
	for name, value := range head {
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r) //nolint:bodyclose // who reads the stream closes it
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/event-stream") {
		raw, _ := io.ReadAll(answer.Body)
		t.Fatalf("%s %s", answer.Status, raw)
	}
	e := &events{t, answer.Body, make(chan event)}
	go func() {
		defer close(e.list)
		var now event
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			switch name, value, _ := strings.Cut(lines.Text(), ": "); {
			case name == "id":
				now.id = value
			case name == "event":
				now.name = value
			case name == "data":
				now.data = value
			case lines.Text() == "" && now.name != "":
				select {
				case e.list <- now:
				case <-ctx.Done():
					return
				}
				now = event{}
			}
		}
	}()
	return e
}

func query(text string) string {
	raw, _ := json.Marshal(map[string]string{"query": text}) // a text always can be written
	return string(raw)
}

// place declares one more place, and returns the entry.
func (d *door) place(i int) int64 {
	d.t.Helper()
	r, err := d.Do(context.Background(), node.Act{Kind: journal.Declare, Author: "agent/ann", Key: "place/" + strconv.Itoa(i),
		Records: []vf.Record{&vf.SpatialThing{ID: vf.ID(fmt.Sprintf("place/%04d", i)), Name: "Place"}}})
	if err != nil {
		d.t.Fatal(err)
	}
	return r[0].Sequence
}

const followPlaces = `subscription { changes { from to whole acts { sequence kind author { id } } records { id ... on SpatialThing { name } } } }`

// told is what an event of followPlaces says.
type told struct {
	Data struct {
		Changes struct {
			From  string `json:"from"`
			To    string `json:"to"`
			Whole bool   `json:"whole"`
			Acts  []struct {
				Sequence string `json:"sequence"`
			} `json:"acts"`
			Records []struct {
				ID string `json:"id"`
			} `json:"records"`
		} `json:"changes"`
	} `json:"data"`
}

func (e event) told(t *testing.T) told {
	t.Helper()
	var x told
	if err := json.Unmarshal([]byte(e.data), &x); err != nil || e.name != "next" || x.Data.Changes.To != e.id {
		t.Fatalf("%v in %+v", err, e)
	}
	return x
}

// Whoever follows hears of every act once, however often the connection is lost, and
// however fast the acts come; those that come together are told together.
func TestFollowingLosesNothing(t *testing.T) {
	t.Parallel()
	d := open(t, graphql.Limits{}, mill()...)
	stream := d.listen(t, "POST", "/graphql", nil, query(followPlaces))
	const acts = 300
	done := make(chan int64, 1)
	go func() {
		last := int64(0)
		for i := range acts {
			last = d.place(i)
		}
		done <- last
	}()
	var heard []string
	count, last := 0, ""
	for len(heard) < acts {
		e := stream.next()
		x := e.told(t)
		if last != "" && x.Data.Changes.From != last {
			t.Fatalf("told from %s on, after %s", x.Data.Changes.From, last)
		}
		last = e.id
		for _, a := range x.Data.Changes.Acts {
			heard = append(heard, a.Sequence)
		}
		if count++; count%3 == 0 { // the connection is lost
			_ = stream.body.Close()
			stream = d.listen(t, "POST", "/graphql", map[string]string{"Last-Event-ID": last}, query(followPlaces))
		}
	}
	for i, s := range heard {
		if s != strconv.Itoa(i+2) {
			t.Fatalf("act %d is told as the entry %s: %v", i, s, heard)
		}
	}
	if final := <-done; last != strconv.FormatInt(final, 10) || count >= acts {
		t.Errorf("%d events up to %s, of %d acts up to %d", count, last, acts, final)
	}
	if got := d.get(`{ spatialThings { pageInfo { totalCount } } }`, nil); got != `{"spatialThings":{"pageInfo":{"totalCount":301}}}` {
		t.Error(got)
	}
}

// A client that was away for long is told so, and goes on from there.
func TestFollowingAfterLong(t *testing.T) {
	t.Parallel()
	d := open(t, graphql.Limits{}, mill()...)
	for i := range 501 {
		d.place(i)
	}
	e := d.listen(t, "POST", "/graphql", map[string]string{"Last-Event-ID": "1"}, query(followPlaces)).next()
	if x := e.told(t); x.Data.Changes.Whole || len(x.Data.Changes.Acts) != 0 || e.id != "502" {
		t.Errorf("%+v", e)
	}
	e = d.listen(t, "GET", "/graphql?query="+url.QueryEscape(followPlaces), map[string]string{"Last-Event-ID": "2"}, "").next()
	if x := e.told(t); !x.Data.Changes.Whole || len(x.Data.Changes.Acts) != 500 || len(x.Data.Changes.Records) != 500 {
		t.Errorf("%d acts, %d records", len(x.Data.Changes.Acts), len(x.Data.Changes.Records))
	}
}

// One record is told as it is, then as it changes, then as gone; the plan as it moves.
func TestFollowingOneRecordAndThePlan(t *testing.T) {
	t.Parallel()
	d := open(t, graphql.Limits{}, mill()...)
	record := d.listen(t, "POST", "/graphql", nil, query(`subscription { record(id: "need/yarn") { revisionId ... on Intent { name } } }`))
	plan := d.listen(t, "POST", "/graphql", nil, query(`subscription { planDiff { from to whole diffs { added removed resized facts needs { need } } } }`))
	if e := record.next(); e.data != `{"data":{"record":{"revisionId":"1","name":"Socks"}}}` || e.id != "1" {
		t.Errorf("%+v", e)
	}
	d.place(1)
	d.get(`mutation { updateIntent(intent: {id: "need/yarn", revisionId: "1", name: "Mittens", resourceQuantity: {hasNumericalValue: 6, hasUnit: "unit/kg"}}) { intent { id } } }`, nil)
	if e := record.next(); e.data != `{"data":{"record":{"revisionId":"3","name":"Mittens"}}}` || e.id != "3" {
		t.Errorf("%+v", e)
	}
	if e := plan.next(); !strings.Contains(e.data, `"whole":true`) || !strings.Contains(e.data, `need/yarn`) || e.id != "3" {
		t.Errorf("%+v", e)
	}
	d.get(`mutation { deleteIntent(id: "need/yarn", revisionId: "3") { sequence } }`, nil)
	if e := record.next(); e.data != `{"data":{"record":null}}` {
		t.Errorf("%+v", e)
	}
}

// Queries and mutations are answered on a stream too, and what is wrong is told
// before one is opened.
func TestOneAnswerOnAStream(t *testing.T) {
	t.Parallel()
	d := open(t, graphql.Limits{}, mill()...)
	stream := d.listen(t, "POST", "/graphql", nil, query(`mutation { finish(of: ["process/spin"]) { sequence } }`))
	if e := stream.next(); e.data != `{"data":{"finish":{"sequence":"2"}}}` {
		t.Errorf("%+v", e)
	}
	if e := stream.next(); e.name != "complete" {
		t.Errorf("%+v", e)
	}
	for body, want := range map[string]string{
		query(`subscription { changes(after: "99") { to } }`):         "badValue",
		query(`subscription { changes { to } record(id: "x") {id} }`): "queryInvalid",
		query(`subscription { changes { wage } }`):                    "queryInvalid",
		`{}`: "badRequest",
	} {
		r, err := http.NewRequest(http.MethodPost, d.server.URL+"/graphql", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", "text/event-stream")
		r.Header.Set("Content-Type", "application/json")
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := io.ReadAll(a.Body)
		_ = a.Body.Close()
		if a.StatusCode != http.StatusBadRequest || !strings.Contains(string(raw), `"code":"`+want+`"`) {
			t.Errorf("%s: %s %s", body, a.Status, raw)
		}
	}
}

// The client of graphql-sse follows, on a stream for each operation and on one for
// all.
func TestClientOfGraphQLSSE(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"distinct", "single"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			d := open(t, graphql.Limits{}, mill()...)
			c := script(t, "follow.mjs", d.server.URL+"/graphql", mode, "2", `subscription { changes { from to acts { kind } } }`)
			over := make(chan struct{})
			var acting sync.WaitGroup
			acting.Go(func() { // until it has heard enough, whenever it begins to listen
				for i := 0; ; i++ {
					select {
					case <-over:
						return
					case <-time.After(100 * time.Millisecond):
						d.place(i)
					}
				}
			})
			out, err := c.Output()
			close(over)
			acting.Wait()
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			if err != nil || len(lines) != 2 {
				t.Fatalf("%v %s", err, out)
			}
			var first, second told
			if err := errors.Join(json.Unmarshal([]byte(lines[0]), &first), json.Unmarshal([]byte(lines[1]), &second)); err != nil {
				t.Fatal(err)
			}
			if first.Data.Changes.To == "" || first.Data.Changes.To != second.Data.Changes.From || len(second.Data.Changes.Acts) == 0 {
				t.Errorf("%s", out)
			}
		})
	}
}
