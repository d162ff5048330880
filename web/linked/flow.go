package linked

import (
	"context"
	"encoding/json"
	"errors"
	"math/big"
	"net/http"
	"slices"
	"time"

	"commonweal/ledger"
	"commonweal/rule"
	"commonweal/vf"
)

// flows reports whether a record has a trace and a track.
func flows(r vf.Record) bool {
	switch r.(type) {
	case *vf.EconomicResource, *vf.EconomicEvent, *vf.BatchLotRecord:
		return true
	}
	return false
}

// flowPage is what the page of a trace or a track shows.
type flowPage struct {
	Of    link
	Track bool
	Other string // the address of the other one
	Rows  []flowRow
	Part  bool // events that the asker may not see are left out, if there are any
}

type flowRow struct {
	link
	When, Much, Share string
	Thing, From, To   *link
}

// mostFlows is how many events a page of a trace shows.
const mostFlows = 500

// flowTime is how long a trace may take.
const flowTime = 10 * time.Second

// Flow is one event of a trace or track, for programs. Quantity and effort are the
// event's own, with its corrections; the share is from 0 to 1, to a millionth: of a
// trace the part of the event that came to be in the thing, of a track the part of
// the thing that flowed through the event.
type Flow struct {
	Event    vf.ID      `json:"event"`
	Action   vf.Action  `json:"action"`
	At       vf.Time    `json:"at,omitzero"`
	Quantity vf.Measure `json:"resourceQuantity,omitzero"`
	Effort   vf.Measure `json:"effortQuantity,omitzero"`
	Share    vf.Decimal `json:"share"`
	Implied  vf.Action  `json:"implied,omitzero"`
}

// flow answers with what came into a thing, or where it went.
func (q *request) flow(r vf.Record, track bool) {
	f, ok := q.choose(pageForms)
	if !ok {
		return
	}
	rows, ok := q.followed(r.Key(), track)
	switch {
	case !ok:
	case f.name == asHTML.name:
		q.flowPage(r, track, rows)
	default:
		q.flowList(f, r.Key(), rows)
	}
}

// followed finds the events of a trace or track that the asker may see; where there
// is no answer, that has been said.
func (q *request) followed(id vf.ID, track bool) ([]ledger.Row, bool) {
	ctx, cancel := context.WithTimeout(q.r.Context(), flowTime)
	defer cancel()
	follow := q.books().Trace
	if track {
		follow = q.books().Track
	}
	rows, err := follow(ctx, id)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		q.say(http.StatusServiceUnavailable, "It takes too long", "This has come so far, and through so many hands, that it is not found in "+flowTime.String()+". Ask where one of the events came from or went.")
		return nil, false
	case errors.Is(err, context.Canceled):
		return nil, false
	}
	if of := (*rule.Refusal)(nil); errors.As(err, &of) && of.Rule == "nothingFlows" {
		return nil, true
	}
	if err != nil {
		q.fail(err)
	}
	if q.me.Seat.SeesAll() {
		return rows, true
	}
	return slices.DeleteFunc(rows, func(row ledger.Row) bool { return !q.me.Seat.Sees(row.Event) }), true
}

// flowList answers with a trace or track for programs.
func (q *request) flowList(f form, of vf.ID, rows []ledger.Row) {
	list := []Flow{}
	for _, row := range rows {
		share, err := vf.ParseDecimal(row.Share.FloatString(6))
		if err != nil {
			q.fail(err)
		}
		list = append(list, Flow{row.Event.ID, row.Event.Action, ledger.When(row.Event), row.Quantity, row.Effort, share, row.Implied})
	}
	body, err := json.MarshalIndent(list, "", " ")
	if err != nil {
		q.fail(err)
	}
	q.entity(f, q.tag(of, body), append(body, '\n'))
}

// flowPage answers with a trace or track for people.
func (q *request) flowPage(r vf.Record, track bool, rows []ledger.Row) {
	name := q.nameOf(r)
	at := Address(q.n.Name, r.Key())
	page := flowPage{Of: link{name, at}, Track: track, Other: with(at, "track"), Part: !q.me.Seat.SeesAll()}
	title := "Where " + name + " comes from"
	if track {
		page.Other, title = with(at, "trace"), "Where "+name+" went"
	}
	for _, row := range rows[max(0, len(rows)-mostFlows):] {
		page.Rows = append(page.Rows, q.flowRow(row))
	}
	q.show(http.StatusOK, title, "flow", page)
}

func (q *request) flowRow(row ledger.Row) flowRow {
	e := row.Event
	much := q.amount(row.Quantity)
	if row.Quantity.IsZero() || row.Quantity.HasNumericalValue.IsZero() && !row.Effort.IsZero() {
		much = q.amount(row.Effort)
	}
	x := flowRow{link: link{upper(actionWords[e.Action]), Address(q.n.Name, e.ID)}, When: day(ledger.When(e)), Much: much, Share: percent(row.Share)}
	some := func(id vf.ID) *link {
		if id == "" {
			return nil
		}
		l := q.link(id)
		return &l
	}
	x.Thing, x.From, x.To = some(e.ResourceInventoriedAs), some(e.Provider), some(e.Receiver)
	if x.Thing == nil {
		x.Thing = some(e.ResourceConformsTo)
	}
	return x
}

// percent writes a share for people, to a hundredth of a percent.
func percent(share *big.Rat) string {
	d, err := vf.ParseDecimal(new(big.Rat).Mul(share, big.NewRat(100, 1)).FloatString(2))
	if err != nil {
		return share.RatString()
	}
	if d.IsZero() && share.Sign() > 0 {
		return "under 0.01 %"
	}
	return d.String() + " %"
}
