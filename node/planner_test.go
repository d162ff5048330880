package node_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/plan"
	"commonweal/vf"
	"commonweal/zone"
)

// spinnery begins books with a recipe for yarn, an offer of wool and some needs.
func spinnery(t *testing.T) *books {
	b := stocked(t)
	need := func(id, quantity string, due int64) *vf.Intent {
		return &vf.Intent{ID: vf.ID(id), Action: vf.Transfer, Receiver: "agent/bob", ResourceConformsTo: "spec/yarn", ResourceQuantity: one(quantity, "unit/kg"), Due: vf.At(b.clock + due*86400)}
	}
	b.do(node.Act{Kind: journal.Declare, Key: "recipe", Records: []vf.Record{
		&vf.RecipeProcess{ID: "recipe/spin", Name: "spin", HasDuration: one("30", "unit/h"), ProcessConformsTo: "process-spec/spin"},
		&vf.RecipeFlow{ID: "recipe/spin/wool", Action: vf.Consume, RecipeInputOf: "recipe/spin", ResourceConformsTo: "spec/wool", ResourceQuantity: one("1.2", "unit/kg")},
		&vf.RecipeFlow{ID: "recipe/spin/yarn", Action: vf.Produce, RecipeOutputOf: "recipe/spin", ResourceConformsTo: "spec/yarn", ResourceQuantity: one("1", "unit/kg")},
		&vf.Intent{ID: "offer/wool", Action: vf.Transfer, Provider: "agent/ann", ResourceConformsTo: "spec/wool", ResourceQuantity: one("1", "unit/kg"), AvailableQuantity: one("8", "unit/kg"), LeadTime: one("48", "unit/h")},
		need("need/0", "3", 9), need("need/1", "4", 20), need("need/2", "2", 30)}})
	return b
}

// someAct draws an act; many are refused.
func someAct(r *rand.Rand, b *books, k int) node.Act {
	pick := func(list ...vf.ID) vf.ID { return list[r.IntN(len(list))] }
	quantity := one(fmt.Sprint(r.IntN(6)), "unit/kg")
	some := func(class string) vf.ID { return vf.ID(fmt.Sprint(class, "/", r.IntN(5))) }
	due := vf.At(b.clock + int64(r.IntN(40)-2)*86400)
	need := &vf.Intent{ID: some("need"), Action: vf.Transfer, Receiver: "agent/bob", ResourceConformsTo: pick("spec/yarn", "spec/wool"), ResourceQuantity: quantity, Due: due, Tier: r.IntN(3)}
	promise := &vf.Commitment{ID: some("promise"), Action: vf.Transfer, Provider: "agent/ann", Receiver: "agent/bob", ResourceConformsTo: "spec/yarn", ResourceQuantity: quantity,
		Due: due, Satisfies: []vf.ID{pick("need/yarn", "need/0", "need/1", "offer/wool")}}
	act := node.Act{Author: pick("agent/ann", "agent/bob"), Key: fmt.Sprint("act ", k)}
	switch r.IntN(10) {
	case 0:
		act.Kind, act.Records = journal.Declare, []vf.Record{need}
	case 1, 2:
		act.Kind, act.Records = journal.Change, []vf.Record{need}
	case 3:
		act.Kind, act.Records = journal.Commit, []vf.Record{promise}
	case 4:
		promise.Satisfies, promise.Action, promise.OutputOf = nil, vf.Produce, "process/spin"
		act.Kind, act.Records = journal.Commit, []vf.Record{promise}
	case 5:
		act.Kind, act.Records = journal.Record, []vf.Record{consume(string(some("event")), quantity.HasNumericalValue.String())}
	case 6:
		act.Kind, act.Records = journal.Record, []vf.Record{&vf.EconomicEvent{ID: some("event"), Action: vf.Produce, OutputOf: "process/spin", ResourceConformsTo: "spec/yarn",
			ResourceInventoriedAs: pick("resource/a", "resource/b"), Receiver: "agent/ann", ResourceQuantity: quantity, Fulfills: []vf.ID{some("promise")}}}
	case 7:
		act.Kind, act.Records = journal.Correct, []vf.Record{&vf.EconomicEvent{ID: vf.ID(fmt.Sprint("correction/", k)), Corrects: some("event"), ResourceQuantity: one("-1", "unit/kg")}}
	case 8:
		act.Kind, act.Of = pick2(r, journal.Finish, journal.Release), []vf.ID{pick("process/spin", "need/yarn", some("need"), some("promise"))}
	case 9:
		act.Kind, act.Of = journal.Withdraw, []vf.ID{pick(some("need"), some("promise"), "offer/wool")}
	}
	return act
}

func pick2[T any](r *rand.Rand, a, b T) T {
	if r.IntN(2) == 0 {
		return a
	}
	return b
}

func bytesOf(t *testing.T, p *plan.Plan) string {
	t.Helper()
	raw, err := json.Marshal(p.Report())
	if err != nil {
		t.Fatal(err)
	}
	return p.Hash() + string(raw)
}

// anew plans the books as they are.
func (b *books) anew(now vf.Time) *plan.Plan {
	b.t.Helper()
	g, err := b.Graph()
	if err != nil {
		b.t.Fatal(err)
	}
	p, err := plan.New(g, plan.Settings{Now: now, Zone: zone.Load})
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

// Whatever acts come, what the planner followed is the plan of the books as they
// are, byte for byte; also after the books were opened again, and at another time.
func TestPlannerFollowsTheBooks(t *testing.T) {
	t.Parallel()
	accepted := 0
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 7))
		b := spinnery(t)
		now := vf.At(b.clock)
		p, err := b.Planner(plan.Settings{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		for k := range 40 {
			if _, err := b.Do(context.Background(), someAct(r, b, k)); err == nil {
				accepted++
			}
			switch r.IntN(12) {
			case 0:
				p.Close()
				b.reopen()
				if p, err = b.Planner(plan.Settings{Now: now}); err != nil {
					t.Fatal(err)
				}
			case 1:
				now = vf.At(now.Unix() + 86400)
			case 2, 3, 4:
				continue // several acts are taken in at once
			}
			followed, last, err := p.Plan(now)
			if err != nil {
				t.Fatal(err)
			}
			if last != b.Journal().Size()-1 {
				t.Fatalf("the plan is of entry %d of %d", last, b.Journal().Size()-1)
			}
			if bytesOf(t, followed) != bytesOf(t, b.anew(now)) {
				t.Fatalf("seed %d, act %d: the plan that followed the books is not the plan of the books", seed, k)
			}
		}
		p.Close()
		_ = b.Close()
	}
	if accepted < 60 {
		t.Errorf("only %d acts were accepted", accepted)
	}
}

// Readers ask for the plan while others write: each sees a whole plan, and the last
// one is of all that was written.
func TestPlannerAmongWriters(t *testing.T) {
	t.Parallel()
	b := spinnery(t)
	now := vf.At(b.clock)
	p, err := b.Planner(plan.Settings{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	var wait sync.WaitGroup
	for w := range 2 {
		wait.Go(func() {
			for k := range 15 {
				need := &vf.Intent{ID: vf.ID(fmt.Sprint("need/", w, "-", k)), Action: vf.Transfer, Receiver: "agent/bob", ResourceConformsTo: "spec/yarn", ResourceQuantity: one("1", "unit/kg"), Due: vf.At(b.clock + 86400*30)}
				if _, err := b.Do(context.Background(), node.Act{Kind: journal.Declare, Author: "agent/bob", Key: string(need.ID), Records: []vf.Record{need}}); err != nil {
					t.Error(err)
				}
			}
		})
		wait.Go(func() {
			for range 15 {
				if made, _, err := p.Plan(now); err != nil || made.Stats().Needs < 3 {
					t.Errorf("%v", err)
				}
			}
		})
	}
	wait.Wait()
	made, last, err := p.Plan(now)
	if err != nil || last != b.Journal().Size()-1 || made.Stats().Needs != 33 || bytesOf(t, made) != bytesOf(t, b.anew(now)) {
		t.Errorf("entry %d, %d needs: %v", last, made.Stats().Needs, err)
	}
}
