package graphql

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"commonweal/format"
	"commonweal/rule"
	"commonweal/store"
)

// told is an error as it stands in an answer.
type told struct {
	Message    string     `json:"message"`
	Locations  []location `json:"locations,omitempty"`
	Path       []any      `json:"path,omitempty"`
	Extensions details    `json:"extensions"`
}

type location struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// details say what a program needs to know of a refusal.
type details struct {
	Code   rule.Name         `json:"code"` // the rule's name
	Hint   string            `json:"hint,omitempty"`
	Place  string            `json:"place,omitempty"`
	Values map[string]string `json:"values,omitempty"`
}

// encode writes a list of errors. Where several things are wrong with one act, each
// is an error.
func (h *Handler) encode(list []failure) []byte {
	var out []told
	for _, f := range list {
		var several format.Refusals
		if !errors.As(f.err, &several) {
			out = append(out, h.tell(f, h.refusalOf(f.err)))
			continue
		}
		for _, r := range several {
			out = append(out, h.tell(f, r))
		}
	}
	raw, err := json.Marshal(out)
	if err != nil {
		panic("graphql: errors that cannot be written: " + err.Error()) // texts and numbers always can
	}
	return raw
}

// tell makes one error of an answer.
func (h *Handler) tell(f failure, r *rule.Refusal) told {
	t := told{Message: r.Sentence(), Path: f.path, Extensions: details{Code: r.Rule, Hint: r.Hint(), Place: r.Place}}
	if len(r.Values) > 0 {
		t.Extensions.Values = map[string]string{}
	}
	for i := 0; i+1 < len(r.Values); i += 2 {
		t.Extensions.Values[r.Values[i]] = r.Values[i+1]
	}
	for _, p := range f.locations {
		t.Locations = append(t.Locations, location{p.Line, p.Column})
	}
	var q *gqlerror.Error
	if errors.As(f.err, &q) {
		for _, l := range q.Locations {
			t.Locations = append(t.Locations, location{l.Line, l.Column})
		}
	}
	return t
}

// fault is what is told of an error that is no refusal.
func (h *Handler) fault(err error) *rule.Refusal {
	switch {
	case errors.Is(err, store.ErrUnknown):
		return rule.Refuse("outcomeUnknown")
	case errors.Is(err, store.ErrStopped), errors.Is(err, store.ErrClosed):
		return rule.Refuse("noMoreActs")
	case errors.Is(err, context.Canceled):
		return rule.Refuse("requestEnded")
	}
	h.log.Error("a request met a fault", "error", err.Error())
	return rule.Refuse("faultInside")
}

// sentence makes a sentence of a message of the parser.
func sentence(message string) string {
	message = strings.ReplaceAll(message, ". Did you mean ", "; perhaps you mean ")
	return strings.TrimRight(message, ".? ")
}

// failed is the response to a request that was not begun.
func (h *Handler) failed(errs ...error) []byte {
	var list []failure
	for _, e := range errs {
		list = append(list, failure{err: e})
	}
	return append(append([]byte(`{"errors":`), h.encode(list)...), '}')
}
