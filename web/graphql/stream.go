package graphql

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"commonweal/host"
	"commonweal/node"
	"commonweal/rule"
)

// The pace of live updates.
const (
	pace      = 50 * time.Millisecond  // a subscriber is told at most this often
	heartbeat = 15 * time.Second       // an idle stream says this often that it lives
	patience  = 10 * time.Second       // a reader that takes nothing for so long is left
	recheck   = 500 * time.Millisecond // the seat of a subscriber is asked for anew this often
)

// mostOperations is how many operations share one stream at most.
const mostOperations = 100

// streams are the open streams of a handler.
type streams struct {
	h      *Handler
	mu     sync.Mutex
	open   map[*stream]bool
	by     map[string]int // how many, by author or address
	guests int            // how many of nobody known
	shared map[string]*stream

	members map[*subscription]bool // who follow
	unknown map[*subscription]bool // who follow, and are nobody known

	ended  chan struct{}
	cancel func()
	news   chan struct{} // holds one: there is something to tell
	told   telling
	seats  seats
}

func (s *streams) begin(h *Handler) {
	s.h, s.open, s.by, s.shared, s.ended = h, map[*stream]bool{}, map[string]int{}, map[string]*stream{}, make(chan struct{})
	s.members, s.unknown = map[*subscription]bool{}, map[*subscription]bool{}
	s.news = make(chan struct{}, 1)
	deaf := h.node.Subscribe(func(c node.Change) {
		h.recent.hear(c)
		s.rouse()
	})
	blind := nothing
	if h.planner != nil {
		blind = h.planner.Planned(func(p host.Planned) {
			h.steps.hear(p)
			s.rouse()
		})
	}
	s.cancel = func() { deaf(); blind() }
	go s.beat()
}

// rouse has all streams look for news at the next beat.
func (s *streams) rouse() {
	select {
	case s.news <- struct{}{}:
	default: // they will look anyway
	}
}

// Close ends all subscriptions; clients go on elsewhere from the last event that they got.
func (h *Handler) Close() {
	h.streams.cancel()
	h.streams.mu.Lock()
	defer h.streams.mu.Unlock()
	select {
	case <-h.streams.ended:
	default:
		close(h.streams.ended)
	}
	for x := range h.streams.open {
		x.cancel()
	}
}

// stream is a connection on which events are sent, of one operation or of several.
type stream struct {
	of      *streams
	token   string // of one that carries several operations
	author  string
	address string // without the port
	ctx     context.Context
	cancel  context.CancelFunc

	mu         sync.Mutex
	operations map[string]context.CancelFunc
	out        chan message // what operations have to say; each waits until it is taken
	cut        func()       // ends the connection that reads it; nil if none does
	turns      int          // how many connections read it so far
	number     int64        // of the last message
	kept       []message    // the last ones
	keptBytes  int
	woken      chan struct{} // holds one: there is something kept to be written
}

// message is one event.
type message struct {
	event, id string
	number    int64 // of those of a shared stream, from 1 on
	data      []byte
	text      []byte // as it is written to those to whom many others are told the same; nil where it is not made yet
}

// enter counts a stream in, or refuses it.
func (s *streams) enter(x *stream) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if most := s.h.limits.Streams; len(s.open) >= most {
		return beyond("tooManySubscriptions", len(s.open), most)
	}
	if most := s.h.limits.PerAuthor; s.by[x.whose()] >= most {
		return beyond("tooManySubscriptions", s.by[x.whose()], most)
	}
	if most := s.h.limits.Guests; x.author == "" && s.guests >= most {
		return beyond("tooManySubscriptions", s.guests, most)
	}
	select {
	case <-s.ended:
		x.cancel()
	default:
	}
	s.open[x] = true
	s.by[x.whose()]++
	if x.author == "" {
		s.guests++
	}
	return nil
}

func (s *streams) leave(x *stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.open[x] {
		return
	}
	delete(s.open, x)
	if s.by[x.whose()]--; s.by[x.whose()] == 0 {
		delete(s.by, x.whose())
	}
	if x.author == "" {
		s.guests--
	}
	if x.token != "" {
		delete(s.shared, x.token)
	}
	x.cancel()
}

// whose is whom a stream counts for: its author, or the address of nobody known.
func (s *stream) whose() string {
	if s.author != "" {
		return s.author
	}
	return "address " + s.address
}

// newStream makes a stream; its context ends with the parent and with the handler.
func (s *streams) newStream(parent context.Context, r *http.Request, seat Seat) *stream {
	x := &stream{of: s, author: string(seat.Actor().Agent), address: s.h.from(r), operations: map[string]context.CancelFunc{}, out: make(chan message), woken: make(chan struct{}, 1)}
	x.ctx, x.cancel = context.WithCancel(parent)
	return x
}

// distinct answers one operation as a stream of its own.
func (s *streams) distinct(w http.ResponseWriter, r *http.Request, q *request) {
	h := s.h
	a, errs := h.read(q)
	if errs != nil {
		h.refuse(w, r, mediaResponse, http.StatusBadRequest, errs...)
		return
	}
	if a.operation.Operation == ast.Mutation && r.Method == http.MethodGet {
		w.Header().Set("Allow", http.MethodPost)
		h.refuse(w, r, mediaResponse, http.StatusMethodNotAllowed, rule.Refuse("mutationByGet"))
		return
	}
	seat, err := h.seat(r)
	if err != nil {
		h.refuse(w, r, mediaResponse, http.StatusUnauthorized, err)
		return
	}
	x := s.newStream(r.Context(), r, seat)
	if err := s.enter(x); err != nil {
		h.refuse(w, r, mediaResponse, http.StatusTooManyRequests, err)
		return
	}
	defer s.leave(x)
	op, err := h.operation(a, seat, r, after(r))
	if err != nil {
		h.refuse(w, r, mediaResponse, http.StatusBadRequest, err)
		return
	}
	op.alone = true
	if send := x.begin(w); send != nil {
		op.run(x.ctx, func(m message) bool { return x.ctx.Err() == nil && send(m) })
	}
}

// after is the event up to which a client had everything, "" if it is new.
func after(r *http.Request) string {
	if id := r.Header.Get("Last-Event-ID"); id != "" {
		return id
	}
	return r.URL.Query().Get("lastEventId")
}

// say hands a message to the one who writes; false if there is nobody any more.
func (s *stream) say(m message) bool {
	select {
	case s.out <- m:
		return true
	case <-s.ctx.Done():
		return false
	}
}

// begin begins the answer; send writes a message, false if nobody takes it. It is nil if
// nobody took the beginning.
func (s *stream) begin(w http.ResponseWriter) (send func(message) bool) {
	head := w.Header()
	head.Set("Content-Type", mediaEvents+"; charset=utf-8")
	head.Set("Cache-Control", "no-store")
	head.Set("X-Accel-Buffering", "no")
	head.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusOK)
	c := http.NewResponseController(w)
	send = func(m message) bool {
		_ = c.SetWriteDeadline(time.Now().Add(patience)) // where it cannot be set, the server's own holds
		_, err := w.Write(m.written())
		return err == nil && c.Flush() == nil
	}
	if !send(message{}) {
		return nil
	}
	return send
}

// written is an event as text; without one it is a sign of life. Its data has no line
// breaks, being JSON of ours.
func (m message) written() []byte {
	switch {
	case m.text != nil:
		return m.text
	case m.event == "":
		return []byte(":\n\n")
	}
	var b bytes.Buffer
	if m.id != "" {
		b.WriteString("id: " + m.id + "\n")
	}
	b.WriteString("event: " + m.event + "\n")
	fmt.Fprintf(&b, "data: %s\n\n", m.data)
	return b.Bytes()
}

// subscription is an operation that is answered as events.
type subscription struct {
	h     *Handler
	a     *asking
	came  string                 // with what who asks is known
	again func() (*found, error) // the seat as it is now
	feed  feed                   // nil of a query or a mutation
	over  func()
	alone bool // on its stream, so that it says itself that it lives

	mu      sync.Mutex // guards what follows; while it does not rest only its own goroutine changes the first four
	found   *found
	checked time.Time // when its seat was found
	from    int64     // the entry up to which it had everything
	said    time.Time // when it said something last
	resting bool      // it waits for its bell
	bell    chan bell // holds one
	missed  *turn     // what it was to look at while it did not rest
}

// operation makes an operation ready; what is wrong with it is told now.
func (h *Handler) operation(a *asking, seat Seat, r *http.Request, last string) (*subscription, error) {
	s := &subscription{h: h, a: a, came: with(r), again: func() (*found, error) { return h.streams.seats.of(r, h.seat) },
		found: &found{seat: seat}, checked: time.Now(), from: -1, said: time.Now(), bell: make(chan bell, 1)}
	if a.operation.Operation != ast.Subscription {
		return s, nil
	}
	if err := h.limits.follow(a, seat.Actor().Agent != ""); err != nil {
		return nil, err
	}
	x, err := h.begin(r.Context(), a, seat)
	if err != nil {
		return nil, err
	}
	groups := x.collect("Subscription", a.operation.SelectionSet)
	if len(groups) != 1 || strings.HasPrefix(groups[0].fields[0].Name, "__") {
		return nil, rule.Refuse("queryInvalid", "reason", "a subscription asks for one field")
	}
	args, err := x.argumentsOf(groups[0].fields[0])
	if err != nil {
		return nil, err
	}
	name := groups[0].fields[0].Name
	if text, ok := args["after"].(string); last == "" && ok {
		last = text
	}
	if last != "" {
		if s.from, err = x.from(last); err != nil {
			return nil, err
		}
	} else if name != "record" {
		s.from = x.books.Size() - 1 // from now on
	}
	s.feed, s.over, err = whole.types["Subscription"].find(name).source(x, args)
	return s, err
}

// from is the entry after which somebody goes on who got it from this server or,
// where several write the same books, from one that may be ahead of it.
func (x *execution) from(last string) (int64, error) {
	last, _, _ = strings.Cut(last, ".") // behind it stands the number of a message
	n, err := sizeOf(last, x.books.Size()-1, 0)
	if err == nil || x.h.node.Refresh(x.ctx) != nil {
		return n, err
	}
	x.books = x.h.node.Snapshot()
	return sizeOf(last, x.books.Size()-1, 0)
}

// run answers an operation until it is complete. say is false when nobody listens.
func (o *subscription) run(ctx context.Context, say func(message) bool) {
	defer say(message{event: "complete"})
	if o.feed == nil {
		answer, err := o.h.answer(ctx, o.a, o.found.seat)
		if err != nil {
			answer = o.h.failed(err)
		}
		say(message{event: "next", data: answer})
		return
	}
	defer o.over()
	o.missed = o.h.streams.newTurn() // there may be something already
	defer o.h.streams.follow(o)()
	for {
		b, ok := o.rest(ctx.Done())
		if !ok || !o.wakened(ctx, b, say) {
			return
		}
	}
}

// wakened does what a bell is rung for; false if the subscription ends.
func (o *subscription) wakened(ctx context.Context, b bell, say func(message) bool) bool {
	defer b.round.done()
	var n news
	if b.turn != nil {
		if time.Since(o.checked) > recheck {
			f, err := o.again()
			if err != nil {
				say(message{event: "next", data: o.h.failed(err)})
				return false
			}
			o.found, o.checked = f, time.Now()
		}
		if n = o.news(ctx, b.turn); n.event == "" && !n.over {
			o.from = max(o.from, n.upTo)
			return true
		}
	}
	o.from, o.said = max(o.from, n.upTo), time.Now()
	return say(n.message) && !n.over
}
