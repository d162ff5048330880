package linked

import (
	"math/big"
	"net/http"

	"commonweal/ledger"
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

// flow answers with what came into a thing, or where it went.
func (q *request) flow(r vf.Record, track bool) {
	var rows []ledger.Row
	err := q.me.Seat.Read(func(s *ledger.State, sees func(vf.Record) bool) error {
		follow := s.Trace
		if track {
			follow = s.Track
		}
		all, err := follow(r.Key())
		for _, row := range all {
			if sees(row.Event) {
				rows = append(rows, row)
			}
		}
		return err
	})
	if err != nil {
		q.fail(err)
	}
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
