package graphql

import (
	"context"

	"commonweal/ledger"
	"commonweal/node"
	"commonweal/vf"
)

// flowed is one event of a trace or track: how much it was, and what part of it
// came to be in what is followed.
type flowed struct {
	event *vf.EconomicEvent
	ledger.Row
}

// tracing adds where things came from and where they went.
func (s *schema) tracing() {
	o := s.add(&object{kind: isObject, name: "Flowed"})
	of := func(name, typ string, f func(x *execution, r *flowed) (any, error)) {
		o.field(name, typ, func(x *execution, p any, _ arguments) (any, error) { return f(x, p.(*flowed)) })
	}
	of("event", "EconomicEvent!", func(_ *execution, r *flowed) (any, error) { return r.event, nil })
	of("resourceQuantity", "Measure", func(_ *execution, r *flowed) (any, error) { return measured(r.Quantity), nil })
	of("effortQuantity", "Measure", func(_ *execution, r *flowed) (any, error) { return measured(r.Effort), nil })
	of("share", "Decimal!", func(_ *execution, r *flowed) (any, error) { return vf.ParseDecimal(r.Share.FloatString(6)) })
	of("implied", "Action", func(_ *execution, r *flowed) (any, error) {
		if r.Implied == "" {
			return nil, nil
		}
		return r.Implied, nil
	})
	for _, class := range []string{"EconomicResource", "EconomicEvent", "BatchLotRecord"} {
		back := s.types[class].field("trace", "[Flowed!]!", traced((*node.Snapshot).Trace))
		forth := s.types[class].field("track", "[Flowed!]!", traced((*node.Snapshot).Track))
		back.times, back.cost, forth.times, forth.cost = usualPage, 5000, usualPage, 5000
	}
}

func measured(m vf.Measure) any {
	if m.IsZero() {
		return nil
	}
	return m
}

// traced resolves a trace or a track. What the seat does not see is left out.
func traced(follow func(*node.Snapshot, context.Context, vf.ID) ([]ledger.Row, error)) resolver {
	return func(x *execution, p any, _ arguments) (any, error) {
		rows, err := follow(x.books, x.ctx, plain(p).Key())
		if err != nil {
			if late := x.inTime(); late != nil {
				err = late
			}
			return nil, err
		}
		list := make([]any, 0, len(rows))
		for _, row := range rows {
			if x.sees(row.Event) {
				r, err := x.refer(row.Event.ID)
				if err != nil {
					return nil, err
				}
				list = append(list, &flowed{r.(*vf.EconomicEvent), row})
			}
		}
		return list, nil
	}
}
