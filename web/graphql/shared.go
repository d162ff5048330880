package graphql

import (
	"context"
	"encoding/json"
	"net/http"
	"runtime/debug"
	"slices"

	"commonweal/rule"
)

// tokenHeader names the stream that several operations share.
const tokenHeader = "X-Graphql-Event-Stream-Token" //nolint:gosec // the name of a header

// serve answers what belongs to streams that several operations share: PUT makes
// one, GET reads it, POST begins an operation on it, DELETE ends one. It reports
// whether the request was about such a stream.
func (s *streams) serve(w http.ResponseWriter, r *http.Request, media string) bool {
	token := r.Header.Get(tokenHeader)
	if token == "" && media == mediaEvents {
		token = r.URL.Query().Get("token")
	}
	switch {
	case r.Method == http.MethodPut:
		s.reserve(w, r)
	case r.Method == http.MethodDelete:
		s.end(w, r, token)
	case token == "":
		return false
	case r.Method == http.MethodGet && media == mediaEvents && r.URL.Query().Get("query") == "":
		s.read(w, r, token)
	default:
		s.operate(w, r, token)
	}
	return true
}

// reserve makes a shared stream, and answers its token.
func (s *streams) reserve(w http.ResponseWriter, r *http.Request) {
	seat, err := s.h.seat(r)
	if err != nil {
		s.h.refuse(w, r, mediaResponse, http.StatusUnauthorized, err)
		return
	}
	x := s.newStream(context.WithoutCancel(r.Context()), r, seat)
	x.token = newToken()
	if err := s.enter(x); err != nil {
		s.h.refuse(w, r, mediaResponse, http.StatusTooManyRequests, err)
		return
	}
	s.mu.Lock()
	s.shared[x.token] = x
	s.mu.Unlock()
	x.mu.Lock()
	x.wait()
	x.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write([]byte(x.token))
}

// find returns the shared stream of a token, if it is of the one who asks.
func (s *streams) find(w http.ResponseWriter, r *http.Request, token string) (*stream, Seat) {
	seat, err := s.h.seat(r)
	if err != nil {
		s.h.refuse(w, r, mediaResponse, http.StatusUnauthorized, err)
		return nil, nil
	}
	s.mu.Lock()
	x := s.shared[token]
	s.mu.Unlock()
	if x == nil || x.author != string(seat.Actor().Agent) {
		s.h.refuse(w, r, mediaResponse, http.StatusNotFound, badRequest("there is no stream of that token; make one by PUT"))
		return nil, nil
	}
	return x, seat
}

// operate begins an operation on a shared stream.
func (s *streams) operate(w http.ResponseWriter, r *http.Request, token string) {
	x, seat := s.find(w, r, token)
	if x == nil {
		return
	}
	q, status, err := s.h.requestOf(w, r)
	if err != nil {
		s.h.refuse(w, r, mediaResponse, status, err)
		return
	}
	id := q.Operation
	if id == "" {
		s.h.refuse(w, r, mediaResponse, http.StatusBadRequest, badRequest("its extensions say no operationId"))
		return
	}
	a, errs := s.h.read(q)
	if errs != nil {
		s.h.refuse(w, r, mediaResponse, http.StatusBadRequest, errs...)
		return
	}
	op, err := s.h.operation(a, seat, r.Clone(x.ctx), "")
	if err != nil {
		s.h.refuse(w, r, mediaResponse, http.StatusBadRequest, err)
		return
	}
	ctx, err := x.claim(id)
	if err != nil {
		s.h.refuse(w, r, mediaResponse, http.StatusConflict, err)
		return
	}
	go func() {
		defer x.ended(id)
		defer x.survive()
		op.run(ctx, func(m message) bool { return x.say(m.of(id)) })
	}()
	w.WriteHeader(http.StatusAccepted)
}

// survive cuts the stream whose operation met a mistake of the program, so that no
// other stream ends with it; the client comes again.
func (s *stream) survive() {
	if reason := recover(); reason != nil {
		s.of.h.log.Error("an operation of a stream failed", "reason", reason, "stack", string(debug.Stack()))
		s.cancel()
	}
}

// claim makes room for an operation on a shared stream.
func (s *stream) claim(id string) (context.Context, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.operations[id] != nil {
		return nil, badRequest("an operation of that id is under way")
	}
	if len(s.operations) >= mostOperations {
		return nil, beyond("tooManySubscriptions", len(s.operations), mostOperations)
	}
	ctx, cancel := context.WithCancel(s.ctx)
	s.operations[id] = cancel
	return ctx, nil
}

// of says in a message of which operation it is.
func (m message) of(id string) message {
	m.text = nil // it is another one for each
	name, err := json.Marshal(id)
	if err != nil {
		panic("graphql: a text that cannot be written") // texts always can
	}
	data := slices.Concat([]byte(`{"id":`), name)
	if m.data != nil {
		data = slices.Concat(data, []byte(`,"payload":`), m.data)
	}
	data = append(data, '}')
	m.data = data
	return m
}

// ended forgets an operation.
func (s *stream) ended(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cancel := s.operations[id]; cancel != nil {
		cancel()
		delete(s.operations, id)
	}
}

// end ends an operation of a shared stream.
func (s *streams) end(w http.ResponseWriter, r *http.Request, token string) {
	if token == "" {
		token = r.URL.Query().Get("token")
	}
	if token == "" {
		w.Header().Set("Allow", "GET, POST")
		s.h.refuse(w, r, mediaResponse, http.StatusMethodNotAllowed, rule.Refuse("methodWrong", "method", r.Method, "what", "GraphQL", "wanted", "POST, or GET for queries"))
		return
	}
	x, _ := s.find(w, r, token)
	if x == nil {
		return
	}
	id := r.URL.Query().Get("operationId")
	if id == "" {
		s.h.refuse(w, r, mediaResponse, http.StatusBadRequest, badRequest("it says no operationId"))
		return
	}
	x.ended(id)
	w.WriteHeader(http.StatusOK)
}
