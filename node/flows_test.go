package node_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"commonweal/journal"
	"commonweal/ledger"
	"commonweal/node"
	"commonweal/vf"
)

// What a snapshot traces and tracks through its index is what the ledger does that
// lays out all events, with corrections, lots and processes; and what came later is
// not in it.
func TestFlowsOfASnapshot(t *testing.T) {
	t.Parallel()
	b := begin(t)
	event := func(id vf.ID, a vf.Action, from, to vf.ID, q string, at int64) *vf.EconomicEvent {
		return &vf.EconomicEvent{ID: id, Action: a, Provider: "agent/ann", Receiver: "agent/ann", ResourceInventoriedAs: from, ToResourceInventoriedAs: to,
			ResourceConformsTo: "spec/yarn", ResourceQuantity: one(q, "unit/kg"), HasPointInTime: vf.At(at)}
	}
	within := func(ev *vf.EconomicEvent, in, out vf.ID) *vf.EconomicEvent {
		ev.InputOf, ev.OutputOf = in, out
		return ev
	}
	b.do(node.Act{Kind: journal.Declare, Key: "knowledge", Records: append(knowledge(), &vf.Process{ID: "process/dye", Name: "Dye"}, &vf.BatchLotRecord{ID: "lot/1", BatchLotCode: "1"})})
	enter := func(key string, records ...vf.Record) {
		t.Helper()
		b.do(node.Act{Kind: journal.Record, Key: key, Records: records})
	}
	enter("in", event("e/1", vf.Raise, "r/a", "", "10", 100), event("e/2", vf.Raise, "r/a", "", "5", 100))
	enter("on", &vf.EconomicResource{ID: "r/b", ConformsTo: "spec/yarn", OfBatchLot: "lot/1"}, event("e/3", vf.Move, "r/a", "r/b", "6", 200))
	enter("dye", within(event("e/4", vf.Consume, "r/b", "", "4", 300), "process/dye", ""), within(event("e/5", vf.Produce, "r/c", "", "3.5", 400), "", "process/dye"))
	enter("less", &vf.EconomicEvent{ID: "e/6", Action: vf.Move, Corrects: "e/3", ResourceQuantity: one("-1", "unit/kg"), HasPointInTime: vf.At(500)})
	old := b.Snapshot()
	before, err := old.Track(context.Background(), "r/a")
	if err != nil {
		t.Fatal(err)
	}
	enter("out", event("e/7", vf.Lower, "r/c", "", "1", 600))
	if again, err := old.Track(context.Background(), "r/a"); err != nil || !cmp.Equal(shown(before), shown(again)) {
		t.Errorf("an older snapshot tells %v, before it told %v: %v", shown(again), shown(before), err)
	}
	now := b.Snapshot()
	for _, id := range []vf.ID{"e/1", "e/2", "e/3", "e/4", "e/5", "e/6", "e/7", "r/a", "r/b", "r/c", "lot/1", "r/none", "agent/ann"} {
		for i, follow := range []func(context.Context, vf.ID) ([]ledger.Row, error){now.Trace, now.Track} {
			rows, err := follow(context.Background(), id)
			_ = b.Read(func(s *ledger.State) error {
				wanted, want := [](func(vf.ID) ([]ledger.Row, error)){s.Trace, s.Track}[i](id)
				if !cmp.Equal(shown(rows), shown(wanted)) || (err == nil) != (want == nil) {
					t.Errorf("%s: %v %v, the ledger says %v %v", id, shown(rows), err, shown(wanted), want)
				}
				return nil
			})
		}
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	for i := range 300 { // more than are followed without asking
		enter(fmt.Sprint("more ", i), event(vf.ID(fmt.Sprint("more/", i)), vf.Raise, "r/d", "", "1", 700))
	}
	if rows, err := b.Snapshot().Trace(gone, "r/d"); !errors.Is(err, context.Canceled) {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

// shown writes rows out.
func shown(rows []ledger.Row) []string {
	var list []string
	for _, r := range rows {
		list = append(list, string(r.Event.ID)+" "+r.Quantity.String()+" "+r.Share.RatString()+" "+string(r.Implied))
	}
	return list
}
