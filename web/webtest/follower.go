package webtest

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Event is one message of a stream.
type Event struct {
	ID, Kind string
	Data     []byte
}

// Follower holds a subscription.
type Follower struct {
	Person *Person
	Query  string
	Last   string               // the id of the last event that it got, "" at first
	Again  int                  // how often it came again
	Each   func(e Event)        // is called with each event, in order
	Server func(try int) string // whom it asks the nth time
}

// Run follows until the context ends, and comes again whenever the stream breaks.
// The error is of a server that refused it.
func (f *Follower) Run(ctx context.Context) error {
	for try := 0; ctx.Err() == nil; try++ {
		err := f.once(ctx, f.Server(try))
		if r, ok := err.(*Refused); ok && r.Status != http.StatusServiceUnavailable { //nolint:errorlint // once returns it as it is
			return err
		}
		f.Again++
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
	return nil
}

// once holds one connection until it ends.
func (f *Follower) once(ctx context.Context, server string) error {
	a, err := f.open(ctx, server)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	return Events(a, func(e Event) {
		if e.ID != "" {
			f.Last = e.ID
		}
		f.Each(e)
	})
}

// open asks for the stream.
func (f *Follower) open(ctx context.Context, server string) (io.ReadCloser, error) {
	body, err := json.Marshal(map[string]any{"query": f.Query})
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, server+"/graphql", strings.NewReader(string(body)))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "text/event-stream")
	if f.Last != "" {
		r.Header.Set("Last-Event-ID", f.Last)
	}
	if f.Person.Cookie != "" {
		r.Header.Set("Cookie", f.Person.Cookie)
	}
	a, err := f.Person.Client.Do(r)
	if err != nil {
		return nil, err
	}
	if a.StatusCode != http.StatusOK {
		defer func() { _ = a.Body.Close() }()
		raw, _ := io.ReadAll(a.Body)
		return nil, refusedOf(a.StatusCode, raw)
	}
	return a.Body, nil
}

// fault is an error in an answer of GraphQL.
type fault struct {
	Message    string `json:"message"`
	Extensions struct {
		Code string `json:"code"`
	} `json:"extensions"`
}

func refusedOf(status int, raw []byte) *Refused {
	var said struct {
		Errors []fault `json:"errors"`
	}
	if json.Unmarshal(raw, &said) != nil || len(said.Errors) == 0 {
		return &Refused{Status: status, Text: string(raw)}
	}
	return &Refused{status, said.Errors[0].Extensions.Code, said.Errors[0].Message}
}

// Events calls each with every event of a stream, until it ends.
func Events(stream io.Reader, each func(Event)) error {
	var e Event
	r := bufio.NewReader(stream)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return fmt.Errorf("the stream ended: %w", err) // what is not whole is no event
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "\n":
			if e.Kind != "" {
				each(e)
			}
			e = Event{}
		case name == "id":
			e.ID = value
		case name == "event":
			e.Kind = value
		case name == "data":
			e.Data = append(e.Data, value...)
		}
	}
}
