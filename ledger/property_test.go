package ledger_test

import (
	"fmt"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"commonweal/ledger"
	"commonweal/vf"
)

// world is a small network in which random events happen.
var (
	agents    = []vf.ID{"ann", "bob", "cat"}
	things    = []vf.ID{"r0", "r1", "r2", "r3", "r4"}
	processes = []vf.ID{"p0", "p1", "p2"}
	unitNames = []vf.ID{"kg", "g"}
)

func world() *ledger.State {
	s := ledger.New()
	for _, r := range []vf.Record{
		&vf.Unit{ID: "kg", OmUnitIdentifier: "kilogram"}, &vf.Unit{ID: "g", OmUnitIdentifier: "gram"}, &vf.Unit{ID: "h", OmUnitIdentifier: "hour"},
		&vf.ResourceSpecification{ID: "wool"}, &vf.ResourceSpecification{ID: "skill"}, &vf.ProcessSpecification{ID: "s0"}, &vf.ProcessSpecification{ID: "s1"},
		&vf.Process{ID: "p0", BasedOn: "s0"}, &vf.Process{ID: "p1", BasedOn: "s1"}, &vf.Process{ID: "p2"}, &vf.SpatialThing{ID: "barn"},
		&vf.Commitment{ID: "c0", Action: vf.Consume, ResourceQuantity: kg(50)}, &vf.Commitment{ID: "c1", Action: vf.Consume, ResourceQuantity: kg(7)},
	} {
		if err := s.Put(r); err != nil {
			panic(err)
		}
	}
	return s
}

func kg(n int64) vf.Measure { return vf.Measure{HasNumericalValue: vf.Whole(n), HasUnit: "kg"} }

// someEvent draws an event that may or may not be accepted.
func someEvent(t *rapid.T, id vf.ID, clock int64) *vf.EconomicEvent {
	pick := func(list []vf.ID, name string) vf.ID { return rapid.SampledFrom(list).Draw(t, name) }
	action := rapid.SampledFrom([]vf.Action{vf.Raise, vf.Raise, vf.Produce, vf.Consume, vf.Transfer, vf.TransferAllRights, vf.TransferCustody,
		vf.Move, vf.Copy, vf.Pickup, vf.Dropoff, vf.Accept, vf.Modify, vf.Combine, vf.Separate, vf.Lower, vf.Work, vf.Cite}).Draw(t, "action")
	ev := &vf.EconomicEvent{ID: id, Action: action, HasPointInTime: vf.At(clock), ResourceConformsTo: "wool"}
	row := action.Effects()
	if row.InputOutput == vf.Input {
		ev.InputOf = pick(processes, "inputOf")
	}
	if row.InputOutput == vf.Output {
		ev.OutputOf = pick(processes, "outputOf")
	}
	if action == vf.Work {
		ev.ResourceConformsTo, ev.Provider = "skill", pick(agents, "provider")
		ev.EffortQuantity = vf.Measure{HasNumericalValue: vf.Whole(rapid.Int64Range(0, 9).Draw(t, "hours")), HasUnit: "h"}
		return ev
	}
	ev.ResourceQuantity = vf.Measure{HasNumericalValue: vf.Whole(rapid.Int64Range(0, 12).Draw(t, "quantity")), HasUnit: pick(unitNames, "unit")}
	ev.ResourceInventoriedAs = pick(things, "from")
	if row.CreateResource == vf.OptionalTo || action == vf.Combine {
		ev.ToResourceInventoriedAs = pick(things, "to")
	}
	ev.Provider, ev.Receiver = pick(agents, "provider"), pick(agents, "receiver")
	if rapid.Bool().Draw(t, "same agent") {
		ev.Receiver = ev.Provider
	}
	if rapid.Bool().Draw(t, "placed") {
		ev.ToLocation = "barn"
	}
	if action == vf.Consume && rapid.Bool().Draw(t, "fulfils") {
		ev.Fulfills = []vf.ID{"c1", "c0"}
	}
	ev.State = rapid.SampledFrom([]string{"", "good", "bad"}).Draw(t, "state")
	return ev
}

// stock raises something to begin with, so that most events are possible.
func stock(t *rapid.T, s *ledger.State) {
	for i, id := range things[:3] {
		must(t, s.Post(&vf.EconomicEvent{ID: "stock/" + id, Action: vf.Raise, ResourceInventoriedAs: id, ResourceConformsTo: "wool",
			ResourceQuantity: kg(40), Receiver: agents[i%2], HasPointInTime: vf.At(1682800000)}))
	}
}

// happen posts random events and corrections, and returns those accepted.
func happen(t *rapid.T, s *ledger.State, most int) []*vf.EconomicEvent {
	stock(t, s)
	accepted := s.Events()
	for i := range rapid.IntRange(1, most).Draw(t, "events") {
		ev := someEvent(t, vf.ID(fmt.Sprint("e", i)), int64(1682899200+i*3600))
		if len(accepted) > 0 && rapid.IntRange(0, 5).Draw(t, "correct") == 0 {
			was := rapid.SampledFrom(accepted).Draw(t, "which")
			ev = &vf.EconomicEvent{ID: ev.ID, Corrects: was.ID, HasPointInTime: ev.HasPointInTime}
			n := vf.Whole(-rapid.Int64Range(-3, 12).Draw(t, "by"))
			if was.Action == vf.Work {
				ev.EffortQuantity = vf.Measure{HasNumericalValue: n, HasUnit: "h"}
			} else {
				ev.ResourceQuantity = vf.Measure{HasNumericalValue: n, HasUnit: was.ResourceQuantity.HasUnit}
			}
		}
		before := snapshot(s)
		if err := s.Post(ev); err != nil {
			if snapshot(s) != before {
				t.Fatalf("%v was refused (%v) but changed the books", ev, err)
			}
			continue
		}
		accepted = append(accepted, ev)
	}
	return accepted
}

// grams sums quantities of all resources.
func grams(s *ledger.State, side func(*vf.EconomicResource) vf.Measure) *big.Rat {
	sum := new(big.Rat)
	for _, r := range s.Records() {
		if r, ok := r.(*vf.EconomicResource); ok {
			sum.Add(sum, inGrams(side(r)))
		}
	}
	return sum
}

func inGrams(m vf.Measure) *big.Rat {
	r := m.HasNumericalValue.Rat()
	if m.HasUnit == "kg" {
		r.Mul(r, big.NewRat(1000, 1))
	}
	return r
}

func onhand(r *vf.EconomicResource) vf.Measure     { return r.OnhandQuantity }
func accounting(r *vf.EconomicResource) vf.Measure { return r.AccountingQuantity }

// What is in all resources is what events brought in, less what they took out:
// a transfer or move makes and loses nothing. And nothing is below zero.
func TestConservation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := world()
		happen(t, s, 40)
		wantOn, wantAcc := new(big.Rat), new(big.Rat)
		for _, ev := range s.Events() {
			row := ev.Action.Effects()
			q := inGrams(ev.ResourceQuantity)
			for _, side := range []struct {
				effect vf.Effect
				sum    *big.Rat
			}{{row.Onhand, wantOn}, {row.Accounting, wantAcc}} {
				switch side.effect {
				case vf.Increment, vf.IncrementTo:
					side.sum.Add(side.sum, q)
				case vf.Decrement:
					side.sum.Sub(side.sum, q)
				}
			}
		}
		if have := grams(s, onhand); have.Cmp(wantOn) != 0 {
			t.Fatalf("on hand %s g, events make %s g", have, wantOn)
		}
		if have := grams(s, accounting); have.Cmp(wantAcc) != 0 {
			t.Fatalf("accounting %s g, events make %s g", have, wantAcc)
		}
		for _, r := range s.Records() {
			if r, ok := r.(*vf.EconomicResource); ok && r.OnhandQuantity.HasNumericalValue.Sign() < 0 {
				t.Fatalf("%s has %s on hand", r.ID, r.OnhandQuantity)
			}
		}
	})
}

// An event corrected to nothing at once is as if it had not been, whatever it was.
func TestCorrectionUndoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := world()
		happen(t, s, 20)
		before := resources(s)
		ev := someEvent(t, "last", 1700000000)
		if s.Post(ev) != nil {
			return
		}
		back := &vf.EconomicEvent{ID: "back", Corrects: "last", HasPointInTime: vf.At(1700000001)}
		back.ResourceQuantity, back.EffortQuantity = ev.ResourceQuantity, ev.EffortQuantity
		back.ResourceQuantity.HasNumericalValue = back.ResourceQuantity.HasNumericalValue.Neg()
		back.EffortQuantity.HasNumericalValue = back.EffortQuantity.HasNumericalValue.Neg()
		if err := s.Post(back); err != nil {
			t.Fatalf("%+v could not be corrected: %v", ev, err)
		}
		after := resources(s)
		for id, was := range before {
			if after[id] != was {
				t.Fatalf("after %+v and its correction\n%s\nis not\n%s", ev, after[id], was)
			}
		}
		for id := range after {
			r := s.Resource(id)
			if _, old := before[id]; !old && (!r.OnhandQuantity.HasNumericalValue.IsZero() || !r.AccountingQuantity.HasNumericalValue.IsZero()) {
				t.Fatalf("%s was brought into being and keeps %s", id, r.OnhandQuantity)
			}
		}
	})
}

func resources(s *ledger.State) map[vf.ID]string {
	m := map[vf.ID]string{}
	for _, r := range s.Records() {
		if r, ok := r.(*vf.EconomicResource); ok {
			raw, _ := vf.Encode(r)
			m[r.ID] = string(raw)
		}
	}
	for _, id := range []vf.ID{"c0", "c1"} {
		m[id] = fmt.Sprint(s.Done(id).Resource.HasNumericalValue)
	}
	return m
}

// Posting on forks that are merged, with others dropped in between, standing on what
// was kept half way, and posting all at once give the same books.
func TestReplayIsIncremental(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := world()
		events := happen(t, s, 30)
		again := world()
		fork := again.Fork()
		for i, ev := range events {
			dropped := fork.Fork()
			_ = dropped.Post(&vf.EconomicEvent{ID: "x", Action: vf.Raise, ResourceInventoriedAs: "r0", ResourceConformsTo: "wool", ResourceQuantity: kg(3), HasPointInTime: vf.At(1)})
			if err := fork.Post(ev); err != nil {
				t.Fatalf("%+v was accepted the first time: %v", ev, err)
			}
			if i%3 == 0 {
				fork.Merge()
			}
			if i%7 == 6 {
				fork.Merge()
				again = onGround(again)
				fork = again.Fork()
			}
		}
		fork.Merge()
		if have, want := snapshot(again), snapshot(s); have != want {
			t.Fatalf("have\n%s\nwant\n%s", have, want)
		}
		if fmt.Sprint(ids(again.Events())) != fmt.Sprint(ids(s.Events())) {
			t.Fatal("the order of events differs")
		}
	})
}

func ids(events []*vf.EconomicEvent) []vf.ID {
	var list []vf.ID
	for _, ev := range events {
		list = append(list, ev.ID)
	}
	return list
}

// Events that only bring in, or name different things, may come in any order:
// the quantities are the same.
func TestOrderOfReceipts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var events []*vf.EconomicEvent
		for i := range rapid.IntRange(1, 20).Draw(t, "n") {
			events = append(events, &vf.EconomicEvent{ID: vf.ID(fmt.Sprint("e", i)), Action: vf.Raise, ResourceConformsTo: "wool",
				ResourceInventoriedAs: rapid.SampledFrom(things).Draw(t, "thing"), Receiver: "ann", HasPointInTime: vf.At(int64(i)),
				ResourceQuantity: kg(rapid.Int64Range(0, 100).Draw(t, "q")), Satisfies: nil})
		}
		a, b := world(), world()
		for _, ev := range events {
			must(t, a.Post(ev))
		}
		for _, ev := range rapid.Permutation(events).Draw(t, "order") {
			must(t, b.Post(ev))
		}
		if fmt.Sprint(resources(a)) != fmt.Sprint(resources(b)) {
			t.Fatalf("%v\nis not\n%v", resources(a), resources(b))
		}
	})
}

func must(t *rapid.T, err error) {
	if err != nil {
		t.Fatal(err)
	}
}

// A trace has each event once and in time order, no share above the whole; of
// histories of stock alone, all that is on hand is traced to what came in, and
// tracking what came in finds it all again.
func TestSharesAreWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := world()
		happen(t, s, 40)
		for _, id := range things {
			if s.Resource(id) == nil {
				continue
			}
			for _, follow := range []func(vf.ID) ([]ledger.Row, error){s.Trace, s.Track} {
				rows, err := follow(id)
				must(t, err)
				if !slices.IsSortedFunc(rows, func(a, b ledger.Row) int { return ledger.When(a.Event).Compare(ledger.When(b.Event).Time) }) {
					t.Fatal("rows are not in time order")
				}
				seen := map[vf.ID]bool{}
				for _, r := range rows {
					if seen[r.Event.ID] || r.Share.Sign() < 0 || r.Share.Cmp(big.NewRat(1, 1)) > 0 {
						t.Fatalf("%s: twice, or a share of %s", r.Event.ID, r.Share)
					}
					seen[r.Event.ID] = true
				}
			}
			_, err := s.Labour(id, "h")
			must(t, err)
		}
	})
}

// In a history of stock that is raised, transferred and consumed, what is on hand
// traces to raises of the same sum, and each raise tracks to what was consumed of
// it and what is left.
func TestFlowsShareOutExactly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := world()
		for i := range rapid.IntRange(1, 25).Draw(t, "n") {
			ev := &vf.EconomicEvent{ID: vf.ID(fmt.Sprint("e", i)), ResourceConformsTo: "wool", HasPointInTime: vf.At(int64(i)), Provider: "ann", Receiver: "ann",
				Action:                rapid.SampledFrom([]vf.Action{vf.Raise, vf.Transfer, vf.Move, vf.Consume}).Draw(t, "action"),
				ResourceInventoriedAs: rapid.SampledFrom(things).Draw(t, "from"), ResourceQuantity: kg(rapid.Int64Range(1, 16).Draw(t, "q"))}
			switch ev.Action {
			case vf.Consume:
				ev.InputOf = "p0"
			case vf.Transfer, vf.Move:
				ev.ToResourceInventoriedAs = rapid.SampledFrom(things).Draw(t, "to")
			}
			_ = s.Post(ev) // refused ones leave no trace
		}
		for _, id := range things {
			r := s.Resource(id)
			if r == nil || r.OnhandQuantity.HasNumericalValue.IsZero() {
				continue
			}
			rows, err := s.Trace(id)
			must(t, err)
			sum := new(big.Rat)
			for _, row := range rows {
				if row.Event.Action == vf.Raise {
					sum.Add(sum, row.Share.Mul(row.Share, row.Quantity.HasNumericalValue.Rat()))
				}
			}
			if sum.Cmp(r.OnhandQuantity.HasNumericalValue.Rat()) != 0 {
				t.Fatalf("%s has %s, its trace says %s", id, r.OnhandQuantity, sum)
			}
		}
	})
}

// Forwards it adds up too: what all raises together bring to an event is its
// whole quantity.
func TestTracksAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := world()
		stock(t, s)
		for i := range rapid.IntRange(1, 15).Draw(t, "n") {
			ev := &vf.EconomicEvent{ID: vf.ID(fmt.Sprint("e", i)), ResourceConformsTo: "wool", HasPointInTime: vf.At(1682899200 + int64(i)), Provider: "ann", Receiver: "ann",
				Action:                rapid.SampledFrom([]vf.Action{vf.Raise, vf.Move, vf.Consume, vf.Pickup, vf.Dropoff}).Draw(t, "action"),
				ResourceInventoriedAs: rapid.SampledFrom(things).Draw(t, "from"), ResourceQuantity: kg(rapid.Int64Range(1, 30).Draw(t, "q"))}
			switch ev.Action {
			case vf.Consume: // elsewhere, for what is consumed becomes part of what comes out
				ev.InputOf = "p1"
			case vf.Pickup:
				ev.InputOf = "p0"
			case vf.Dropoff:
				ev.OutputOf = "p0"
			case vf.Move:
				ev.ToResourceInventoriedAs = rapid.SampledFrom(things).Draw(t, "to")
			}
			_ = s.Post(ev) // refused ones leave no trace
		}
		sums := map[vf.ID]*big.Rat{}
		for _, ev := range s.Events() {
			if ev.Action != vf.Raise {
				continue
			}
			list, err := s.Track(ev.ID)
			must(t, err)
			for _, row := range list {
				if sums[row.Event.ID] == nil {
					sums[row.Event.ID] = new(big.Rat)
				}
				if row.Quantity != row.Event.ResourceQuantity {
					t.Fatalf("%s of %s is told as %s", row.Event.Action, row.Event.ResourceQuantity, row.Quantity)
				}
				sums[row.Event.ID].Add(sums[row.Event.ID], row.Share.Mul(row.Share, ev.ResourceQuantity.HasNumericalValue.Rat()))
			}
		}
		for _, ev := range s.Events() {
			if sums[ev.ID].Cmp(ev.ResourceQuantity.HasNumericalValue.Rat()) != 0 {
				t.Fatalf("%s of %s gets %s from all raises", ev.Action, ev.ResourceQuantity, sums[ev.ID])
			}
		}
	})
}
