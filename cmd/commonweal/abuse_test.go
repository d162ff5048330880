package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"commonweal/web/webtest"
)

// TestAbuseIsRefusedAndBounded has somebody at another address do what costs a server
// most, while an honest client goes on: each is refused by name or cut, the honest
// client is answered all the time, and the server's memory stays bounded.
func TestAbuseIsRefusedAndBounded(t *testing.T) {
	t.Parallel()
	s, err := webtest.Start(filepath.Join(programFolder(t), "commonweal"), []string{"--data", filepath.Join(t.TempDir(), "data")}, []string{"--log-level", "error"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	ada, err := webtest.SignUp(ctx, s.URL, s.Invitation, "ada")
	if err != nil {
		t.Fatal(err)
	}
	a := &abuse{t: t, ctx: ctx, server: s, ada: ada, stranger: &webtest.Person{Client: webtest.From("127.0.0.2")}}
	before := a.memory()
	answered := a.honest(func() {
		var wait sync.WaitGroup
		for _, f := range []func(){a.queries, a.longBodies, a.slow, a.idle} {
			wait.Go(f)
		}
		wait.Wait()
	})
	after := a.memory()
	t.Logf("the honest client was answered %d times; memory %d MB before and %d MB after", answered, before>>20, after>>20)
	if most := 200<<20 + idle()*200<<10; after > before+most {
		t.Errorf("the server had %d MB and has %d MB", before>>20, after>>20)
	}
}

// idle is how many subscriptions are opened that nobody reads.
func idle() int64 {
	if os.Getenv("COMMONWEAL_SOAK") != "" {
		return 10_000
	}
	return 500
}

type abuse struct {
	t             *testing.T
	ctx           context.Context
	server        *webtest.Server
	ada, stranger *webtest.Person
}

// memory is what the server has from the system.
func (a *abuse) memory() int64 {
	m, err := a.server.Metrics(a.ctx)
	if err != nil || m["process_resident_memory_bytes"] == 0 {
		a.t.Errorf("no figures: %v", err)
	}
	return int64(m["process_resident_memory_bytes"])
}

// honest asks all the while that something else goes on; how often it was answered.
func (a *abuse) honest(meanwhile func()) (answered int) {
	done := make(chan struct{})
	go func() { defer close(done); meanwhile() }()
	for n := 0; ; n++ {
		err := a.ada.Ask(a.ctx, a.server.URL, `mutation ($key: ID!) { createPlan(plan: {name: "May"}, key: $key) { plan { id name } } }`, map[string]any{"key": fmt.Sprint("honest-", n)}, nil)
		if err != nil {
			a.t.Errorf("an honest client was not answered: %v", err)
			<-done
			return answered
		}
		answered++
		select {
		case <-done:
			return answered
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// queries asks too much in each way that there is.
func (a *abuse) queries() {
	for _, c := range []struct{ name, query, code string }{
		{"101 aliases", "{" + numbered(101, " a%d: __typename") + "}", "tooManyAliases"},
		{"500 duplicates", "{" + strings.Repeat(" __typename", 500) + "}", "tooManyDuplicates"},
		{"depth 10,000", strings.Repeat("{agents", 10_000) + strings.Repeat("}", 10_000), "queryTooDeep"},
		{"depth 10,000 of lists", "{ agents(first: " + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + ") }", "queryTooDeep"},
		{"a circle of two fragments", "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }", "fragmentCycle"},
		{"a fragment in itself", "{ ...a } fragment a on Query { agents { nodes { id } } ...a }", "fragmentCycle"},
		{"fragments that double", "{ ...f0 }" + numbered(30, " fragment f%d on Query { ...f%[2]d ...f%[2]d }") + " fragment f30 on Query { ...none }", "tooManyFragments"},
		{"500 directives", "{ __typename" + strings.Repeat(" @skip(if: false)", 500) + "}", "tooManyDirectives"},
		{"a long query", "{ " + strings.Repeat("__typename ,", 20_000) + "}", "queryTooLong"},
	} {
		err := a.stranger.Ask(a.ctx, a.server.URL, c.query, nil, nil)
		if webtest.Code(err) != c.code {
			a.t.Errorf("%s: %v, not [%s]", c.name, err, c.code)
		}
	}
}

// numbered repeats a text with the numbers from 0 on, and the one after each.
func numbered(count int, format string) string {
	var b strings.Builder
	for i := range count {
		text := strings.ReplaceAll(format, "%[2]d", fmt.Sprint(i+1))
		b.WriteString(strings.ReplaceAll(text, "%d", fmt.Sprint(i)))
	}
	return b.String()
}

// longBodies sends a gigabyte; it is cut near the limit.
func (a *abuse) longBodies() {
	endless := &counted{}
	endless.left.Store(1 << 30)
	err := a.stranger.AskRaw(a.ctx, a.server.URL, endless, nil)
	if code := webtest.Code(err); err == nil || code != "" && code != "requestTooLarge" {
		a.t.Errorf("a gigabyte: %v", err)
	}
	if sent := 1<<30 - endless.left.Load(); sent > 32<<20 {
		a.t.Errorf("of a gigabyte %d MB were taken", sent>>20)
	}
	if _, err := webtest.SignUp(a.ctx, a.server.URL, strings.Repeat("x", 2<<20), "eve"); err == nil {
		a.t.Error("a long form was taken")
	}
}

// counted is a text in JSON that goes on for long.
type counted struct{ left atomic.Int64 }

// Read gives more of it.
func (c *counted) Read(b []byte) (int, error) {
	left := c.left.Load()
	if left <= 0 {
		return 0, io.EOF
	}
	n := copy(b, strings.Repeat(`{"query":"`, len(b)/10+1))
	c.left.Add(int64(-n))
	return n, nil
}

// slow opens connections that say nothing, half a head, or half a body, and holds
// them; those without a whole head are cut by the server.
func (a *abuse) slow() {
	at := strings.TrimPrefix(a.server.URL, "http://")
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP("127.0.0.2")}}
	var heads, bodies []net.Conn
	for n := range 200 {
		c, err := d.DialContext(a.ctx, "tcp4", at)
		if err != nil {
			a.t.Error(err)
			return
		}
		defer c.Close()
		said := "POST /graphql HTTP/1.1\r\nHost: x\r\nX-Slow: "
		if n%2 == 0 {
			heads = append(heads, c)
		} else {
			bodies = append(bodies, c)
			said = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
		}
		if _, err := io.WriteString(c, said); err != nil {
			a.t.Error(err)
		}
	}
	cut := heads
	if os.Getenv("COMMONWEAL_SOAK") != "" { // it takes a minute
		cut = append(cut, bodies...)
	}
	for _, c := range cut {
		_ = c.SetReadDeadline(time.Now().Add(3 * time.Minute)) // of a connection that is open it can be set
		if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
			a.t.Error("a slow connection was not cut")
			return
		}
	}
}

// idle opens subscriptions that nobody reads; those of one address that are too many
// are refused by name, and a member's place is free all the while.
func (a *abuse) idle() {
	at := strings.TrimPrefix(a.server.URL, "http://")
	body := `{"query":"subscription { changes { to } }"}`
	open, refused := 0, map[string]int{}
	for n := range idle() {
		from := fmt.Sprintf("127.0.0.%d", 3+n/300) // fewer than its rate lets through
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		c, err := d.DialContext(a.ctx, "tcp4", at)
		if err != nil {
			a.t.Error(err)
			return
		}
		defer c.Close()
		_, _ = fmt.Fprintf(c, "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		code, err := statusOf(c)
		switch {
		case err != nil:
			a.t.Error(err)
			return
		case code == "":
			open++
		default:
			refused[code]++
		}
	}
	a.t.Logf("%d subscriptions open, refused: %v", open, refused)
	if refused["tooManySubscriptions"] == 0 || open == 0 {
		a.t.Error("one address may hold as many subscriptions as it likes, or none")
	}
	if err := a.ada.Ask(a.ctx, a.server.URL, "{ myAgent { id } }", nil, nil); err != nil {
		a.t.Error(err)
	}
}

// statusOf reads how a subscription is answered: "" when it is open.
func statusOf(c net.Conn) (string, error) {
	a, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return "", err
	}
	if a.StatusCode == http.StatusOK {
		return "", nil // its body is the stream, and ends with the connection
	}
	defer func() { _ = a.Body.Close() }()
	var said struct {
		Errors []struct {
			Extensions struct {
				Code string `json:"code"`
			} `json:"extensions"`
		} `json:"errors"`
	}
	if json.NewDecoder(a.Body).Decode(&said) != nil || len(said.Errors) == 0 {
		return a.Status, nil
	}
	return said.Errors[0].Extensions.Code, nil
}
