package graphql

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"commonweal/host"
	"commonweal/node"
	"commonweal/plan"
	"commonweal/rule"
	"commonweal/vf"
)

// Seat is the books as one actor sees them, and what they may do there.
type Seat interface {
	// Actor is who acts; without an agent, somebody who is not signed in.
	Actor() node.Actor
	// Sees reports whether a record may be shown.
	Sees(r vf.Record) bool
	// SeesAll reports whether every record may be.
	SeesAll() bool
	// May returns nil if the actor may do with the records what a verb says, and the
	// refusal that names the clause if not.
	May(verb string, records ...vf.Record) error
	// Prepare returns what the author has to sign so that an act carries a proof, and
	// enters nothing; see node.Seat.
	Prepare(ctx context.Context, a node.Act) (node.Act, []byte, error)
	// Do enters acts of the author, all of them or none.
	Do(ctx context.Context, acts ...node.Act) ([]node.Result, error)
}

// Planner keeps a plan of the books, as a network of package host does.
type Planner interface {
	// PlanOf returns a plan in which an entry of the journal is taken in, and the last
	// entry that is; it waits for it as long as the context lasts.
	PlanOf(ctx context.Context, sequence int64) (*plan.Plan, int64, error)
	// Planned has f called with each new plan, in order, until cancel is called.
	Planned(f func(host.Planned)) (cancel func())
}

// Options is what is handed in. Node and Seat are needed.
type Options struct {
	Node    *node.Node
	Planner Planner // nil where nothing is planned; then what is of the plan is refused
	// Seat says who asks. A refusal is answered as one, without a look at the query.
	Seat   func(*http.Request) (Seat, error)
	Limits Limits
	// Excessive hears of each request that is refused because it asks for too much; it may
	// be nil.
	Excessive func(*http.Request)
	From      func(*http.Request) string // the address of who asks; that of the connection if nil
	Now       func() vf.Time             // the system's clock in whole seconds if nil
	Log       *slog.Logger               // of faults inside; none if nil
}

// Handler answers GraphQL over HTTP for one network: POST and GET of queries, POST
// of mutations, subscriptions as server-sent events, and the schema under a path
// that ends in schema.graphql.
type Handler struct {
	node    *node.Node
	planner Planner
	seat    func(*http.Request) (Seat, error)
	limits  Limits
	toomuch func(*http.Request)
	from    func(*http.Request) string
	now     func() vf.Time
	log     *slog.Logger
	streams streams
	reports reports
	recent  recent
	steps   steps
}

// New makes a handler. Close ends its subscriptions.
func New(o Options) *Handler {
	h := &Handler{node: o.Node, planner: o.Planner, seat: o.Seat, limits: o.Limits.filled(), toomuch: o.Excessive, from: o.From, now: o.Now, log: o.Log}
	if h.from == nil {
		h.from = func(r *http.Request) string { return r.RemoteAddr[:max(0, strings.LastIndexByte(r.RemoteAddr, ':'))] }
	}
	if h.toomuch == nil {
		h.toomuch = func(*http.Request) {}
	}
	if h.now == nil {
		h.now = func() vf.Time { return vf.At(time.Now().Unix()) }
	}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	h.streams.begin(h)
	return h
}

// request is what a client asks.
type request struct {
	Query         string
	OperationName string
	Variables     json.RawMessage // an object, or nil
	Operation     string          // its id on a stream that several share
}

// asking is a request that was found to be sound.
type asking struct {
	doc       *ast.QueryDocument
	operation *ast.OperationDefinition
	variables json.RawMessage
	tokens    int    // of the query
	bytes     int    // of subscriptions: of the query and its variables
	same      string // of subscriptions: what is the same in those that ask the same
}

// read parses a request, and refuses what is not sound or asks for too much. Faults
// of the query itself are several at once.
func (h *Handler) read(r *request) (*asking, []error) {
	tokens, err := h.limits.scan(r.Query)
	if err != nil {
		return nil, []error{err}
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Name: "query", Input: r.Query}, 2*h.limits.Tokens)
	if err != nil {
		return nil, []error{err}
	}
	if err := h.limits.check(doc); err != nil {
		return nil, []error{err}
	}
	if list := validator.ValidateWithRules(whole.parsed, doc, validation); len(list) > 0 {
		errs := make([]error, 0, len(list))
		for _, e := range list[:min(len(list), mostErrors)] {
			errs = append(errs, e)
		}
		return nil, errs
	}
	op := doc.Operations.ForName(r.OperationName)
	if op == nil {
		return nil, []error{rule.Refuse("noSuchOperation", "name", r.OperationName, "count", number(len(doc.Operations)))}
	}
	a := &asking{doc: doc, operation: op, variables: r.Variables, tokens: tokens}
	if op.Operation == ast.Subscription {
		sum := sha256.Sum256([]byte(r.Query + "\x00" + r.OperationName + "\x00" + string(r.Variables)))
		a.same, a.bytes = string(sum[:]), len(r.Query)+len(r.Variables)
	}
	return a, nil
}

// validation are the rules of the specification. The parser's suggestions of names
// are kept: the schema is public.
var validation = rules.NewDefaultRules()

// begin makes an execution ready: its variables are read, its cost is known.
func (h *Handler) begin(ctx context.Context, a *asking, seat Seat) (*execution, error) {
	x := &execution{ctx: ctx, h: h, seat: seat, books: h.node.Snapshot(), fragments: a.doc.Fragments,
		left: h.limits.Records, values: h.limits.Values}
	if err := x.variablesOf(a.operation, a.variables); err != nil {
		return nil, err
	}
	return x, x.cost(a.operation)
}

// answer executes a query or a mutation. What it returns is a whole response; the
// error is of a request that could not be begun.
func (h *Handler) answer(ctx context.Context, a *asking, seat Seat) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, h.limits.Time)
	defer cancel()
	x, err := h.begin(ctx, a, seat)
	if err != nil {
		return nil, err
	}
	root := whole.types["Query"]
	if a.operation.Operation == ast.Mutation {
		root = whole.types["Mutation"]
	}
	return x.root(root, nil, a.operation.SelectionSet)
}

// root answers the selection of an operation, as a whole response.
func (x *execution) root(o *object, value any, set ast.SelectionSet) ([]byte, error) {
	if err := x.inTime(); err != nil {
		return nil, err
	}
	if !x.object(o, value, x.collect(o.name, set)) {
		x.cut(0)
		x.out = append(x.out, "null"...)
	}
	data, err := x.filled()
	if err != nil {
		return nil, err
	}
	out := append([]byte(`{"data":`), data...)
	if len(x.errors) > 0 {
		out = append(out, `,"errors":`...)
		out = append(out, x.h.encode(x.errors)...)
	}
	return append(out, '}'), nil
}

// code is the name of the rule for what is wrong with a query.
func code(e *gqlerror.Error) rule.Name {
	if e.Rule == "" {
		return "querySyntax"
	}
	return "queryInvalid"
}

// refusalOf finds the refusal in an error; what is none is a fault inside, which is
// logged and told as no more than that.
func (h *Handler) refusalOf(err error) *rule.Refusal {
	var r *rule.Refusal
	var q *gqlerror.Error
	err = refusal(err, "")
	switch {
	case errors.As(err, &r):
		return r
	case errors.As(err, &q):
		return rule.Refuse(code(q), "reason", sentence(q.Message))
	}
	return h.fault(err)
}
