package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"time"

	"commonweal/host"
	"commonweal/node"
	"commonweal/store"
	"commonweal/store/sqlite"
	"commonweal/vf"
	"commonweal/web/graphql"
)

// chair is a seat at which everything is seen; its acts may fail.
type chair struct {
	*node.Node
	fault error
}

func (c chair) Actor() node.Actor              { return node.Actor{Agent: "agent/mill"} }
func (c chair) Sees(vf.Record) bool            { return true }
func (c chair) May(string, ...vf.Record) error { return nil }
func (c chair) SeesAll() bool                  { return true }
func (c chair) Do(ctx context.Context, acts ...node.Act) ([]node.Result, error) {
	if c.fault != nil {
		return nil, c.fault
	}
	return c.Node.Do(ctx, acts...)
}

// faults are what $FAULT can be.
var faults = map[string]error{"unknown": store.ErrUnknown, "stopped": store.ErrStopped, "ended": context.Canceled, "other": errors.New("a fault")}

// askGraphQL is a program that sends a request to the GraphQL door of the books in
// ./data: graphql [NAME=VALUE]… < BODY. Names of limits set them; METHOD, PATH, TYPE,
// ACCEPT, FAULT and TIMES say the rest.
func askGraphQL() {
	said := map[string]string{"METHOD": "POST", "PATH": "/graphql", "TYPE": "application/json", "ACCEPT": "application/graphql-response+json", "TIMES": "1"}
	for _, arg := range os.Args[1:] {
		name, value, _ := strings.Cut(arg, "=")
		said[name] = value
	}
	body, err := io.ReadAll(os.Stdin)
	if err == nil {
		err = askDoor(said, string(body))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitRefused)
	}
}

func askDoor(said map[string]string, body string) error {
	limit := func(name string) int {
		n, _ := strconv.Atoi(said[name]) // none is the usual one
		return n
	}
	s, err := sqlite.Open(context.Background(), "data/"+host.BooksFile, sqlite.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	p := &program{Data: "data", ctx: context.Background(), now: time.Now}
	signer, err := host.ReadKey(p.keyPath())
	if err != nil {
		return err
	}
	n, err := node.Open(p.ctx, s, node.Options{Signer: signer})
	if err != nil {
		return err
	}
	h := graphql.New(graphql.Options{Node: n,
		Limits: graphql.Limits{Body: limit("BODY"), Values: limit("VALUES"), Records: limit("RECORDS"), Time: time.Duration(limit("TIME")), Streams: limit("STREAMS")},
		Seat:   func(*http.Request) (graphql.Seat, error) { return chair{n, faults[said["FAULT"]]}, nil }})
	defer h.Close()
	for range limit("TIMES") {
		r := httptest.NewRequest(said["METHOD"], said["PATH"], strings.NewReader(body))
		r.Header.Set("Content-Type", said["TYPE"])
		r.Header.Set("Accept", said["ACCEPT"])
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		fmt.Println(w.Body.String())
		if err := toldErrors(w.Body.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// toldErrors makes one error of those of an answer.
func toldErrors(raw []byte) error {
	var a struct {
		Errors []struct {
			Message    string `json:"message"`
			Extensions struct {
				Code string `json:"code"`
				Hint string `json:"hint"`
			} `json:"extensions"`
		} `json:"errors"`
	}
	if !json.Valid(raw) { // a token is no JSON
		return nil
	}
	if err := json.Unmarshal(raw, &a); err != nil || len(a.Errors) == 0 {
		return err
	}
	var lines []string
	for _, e := range a.Errors {
		lines = append(lines, e.Message+" "+e.Extensions.Hint+" ["+e.Extensions.Code+"]")
	}
	return errors.New(strings.Join(lines, "\n"))
}
