package host

import (
	"bytes"
	"context"
	"reflect"

	"commonweal/examples"
	"commonweal/format"
	"commonweal/journal"
	"commonweal/node"
	"commonweal/vf"
)

// ExampleName is what the example network is called on a server.
const ExampleName = "carbon-farm-network"

// exampleDay is the Monday on which the planning of the example's season began.
var exampleDay = vf.At(1684108800) // 2023-05-15

// Example begins the real example network, the season of the Carbon Farm Network,
// with all dates later by as many whole weeks as have passed since, so that its
// season lies ahead.
func (h *Host) Example(ctx context.Context, id string) (*Network, error) {
	g, err := format.ReadNetwork("carbon-farm-network.jsonld", bytes.NewReader(examples.CarbonFarmNetwork), nil)
	if err != nil {
		return nil, err
	}
	weeks := int((h.now().Unix() - exampleDay.Unix()) / (7 * 24 * 3600))
	records := g.All()
	for _, r := range records {
		delay(r, weeks)
	}
	w, err := h.Begin(ctx, ExampleName, id)
	if err != nil {
		return nil, err
	}
	_, err = w.Do(ctx, node.Act{Kind: journal.Declare, Author: vf.ID(id), Key: "example", Records: records})
	return w, err
}

// delay moves all times in a record by so many weeks.
func delay(r vf.Record, weeks int) {
	v := reflect.ValueOf(r).Elem()
	for i := range v.NumField() {
		if t, ok := v.Field(i).Addr().Interface().(*vf.Time); ok && !t.IsZero() {
			t.Time = t.AddDate(0, 0, 7*weeks)
		}
	}
}
