package node_test

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/vf"
)

// everything writes out all that a snapshot finds.
func everything(t *testing.T, s *node.Snapshot, ids []vf.ID) []string {
	t.Helper()
	var list []string
	type property struct {
		class vf.Class
		name  string
	}
	properties := map[property]bool{}
	for _, c := range vf.Classes() {
		found := slices.Collect(s.Class(c, "", false))
		backwards := slices.Collect(s.Class(c, "", true))
		slices.Reverse(backwards)
		if !slices.Equal(found, backwards) || len(found) != s.Count(c) || !slices.IsSorted(found) {
			t.Errorf("%s: %v forwards, %v backwards, %d counted", c, found, backwards, s.Count(c))
		}
		for _, f := range vf.Fields(c) {
			properties[property{c, f.Name}] = f.Name != "@id" && (f.Type == reflect.TypeFor[vf.ID]() || f.Type == reflect.TypeFor[[]vf.ID]())
		}
		list = append(list, fmt.Sprint(c, found))
	}
	for _, id := range ids {
		r, err := s.Record(id)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, fmt.Sprint(id, string(raw), s.Past(id)))
		for p, refers := range properties {
			found := slices.Collect(s.Referring(p.class, p.name, id, "", false))
			backwards := slices.Collect(s.Referring(p.class, p.name, id, "", true))
			slices.Reverse(backwards)
			if !slices.Equal(found, backwards) || !refers && len(found) > 0 {
				t.Errorf("%s of %s: %v forwards, %v backwards", p, id, found, backwards)
			}
			if len(found) > 1 {
				after := slices.Collect(s.Referring(p.class, p.name, id, found[0], false))
				before := slices.Collect(s.Referring(p.class, p.name, id, found[1], true))
				if !slices.Equal(after, found[1:]) || !slices.Equal(before, found[:1]) {
					t.Errorf("%s of %s from the middle on: %v and %v of %v", p, id, after, before, found)
				}
			}
			if len(found) > 0 {
				list = append(list, fmt.Sprint(p, id, found))
			}
		}
	}
	slices.Sort(list)
	return list
}

// year are acts of every kind about the same few records.
func year() []node.Act {
	acts := []node.Act{
		{Kind: journal.Declare, Records: append(knowledge(),
			&vf.EconomicResource{ID: "resource/fleece", Name: "Fleece", ConformsTo: "spec/wool", PrimaryAccountable: "agent/ann",
				AccountingQuantity: one("120", "unit/kg"), OnhandQuantity: one("100", "unit/kg"), Note: "in the barn"},
			&vf.Intent{ID: "need/yarn", Action: vf.Transfer, Receiver: "agent/bob", ResourceConformsTo: "spec/yarn", ResourceQuantity: one("5", "unit/kg"), Due: vf.At(1690000000)},
			&vf.Intent{ID: "need/socks", Action: vf.Transfer, Receiver: "agent/bob", ResourceConformsTo: "spec/yarn", ResourceQuantity: one("5", "unit/kg"), Due: vf.At(1690000000)})},
		{Kind: journal.Commit, Author: "agent/ann", Records: []vf.Record{
			&vf.Process{ID: "process/spin", Name: "Spin", BasedOn: "process-spec/spin"},
			&vf.Commitment{ID: "commitment/spin", Action: vf.Produce, OutputOf: "process/spin", Provider: "agent/ann", Receiver: "agent/ann",
				ResourceConformsTo: "spec/yarn", ResourceQuantity: one("6", "unit/kg"), Satisfies: []vf.ID{"need/yarn"}}}},
		{Kind: journal.Change, Records: []vf.Record{&vf.Intent{ID: "need/socks", Action: vf.Transfer, Receiver: "agent/ann", ResourceConformsTo: "spec/yarn",
			ResourceQuantity: one("7", "unit/kg"), Due: vf.At(1690000000), Note: "blue"}, &vf.Agent{ID: "agent/ann", Type: "Person", Name: "Ann Spinner"}}},
	}
	for i := range 70 { // more than one row of the history holds
		acts = append(acts, node.Act{Kind: journal.Record, Author: "agent/ann", Records: []vf.Record{
			&vf.EconomicEvent{ID: vf.ID(fmt.Sprint("event/", i)), Action: vf.Consume, InputOf: "process/spin", ResourceInventoriedAs: "resource/fleece",
				ResourceQuantity: one("1", "unit/kg"), Note: fmt.Sprint("bag ", i)}}})
	}
	return append(acts,
		node.Act{Kind: journal.Correct, Records: []vf.Record{&vf.EconomicEvent{ID: "event/back", Corrects: "event/7", ResourceQuantity: one("-1", "unit/kg")}}},
		node.Act{Kind: journal.Release, Of: []vf.ID{"commitment/spin"}}, node.Act{Kind: journal.Withdraw, Of: []vf.ID{"need/socks"}},
		node.Act{Kind: journal.Erase, Of: []vf.ID{"agent/bob"}}, node.Act{Kind: journal.Finish, Of: []vf.ID{"process/spin"}})
}

// What a snapshot finds is the same whether the index followed each act, was
// loaded from the journal, or was made anew from the journal; and acts after it
// change nothing in it.
func TestSnapshotFindsTheSameHoweverItWasMade(t *testing.T) {
	t.Parallel()
	b := begin(t)
	ids := []vf.ID{"nobody", "agent/wool"}
	var early *node.Snapshot
	var was []string
	for i, act := range year() {
		act.Key = fmt.Sprint("year/", i)
		ids = append(ids, b.do(act).Records...)
		if i == 20 {
			early, was = b.Snapshot(), everything(t, b.Snapshot(), ids[2:4]) // of no person
		}
	}
	if diff := cmp.Diff(was, everything(t, early, ids[2:4])); diff != "" {
		t.Errorf("later acts changed an earlier snapshot:\n%s", diff)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	followed := everything(t, b.Snapshot(), ids)
	if s := b.Snapshot(); s != b.Snapshot() {
		t.Error("a snapshot was taken though nothing changed")
	}
	past := b.Snapshot().Past("resource/fleece")
	if len(past) != 72 || past[0] != 1 || past[1] != 4 || past[71] != 74 { // declared, consumed, corrected
		t.Errorf("past of the fleece: %v", past)
	}
	if gone := b.Snapshot().Past("need/socks"); !slices.Equal(gone, []int64{1, 3, 76}) {
		t.Errorf("past of what was withdrawn: %v", gone)
	}
	b.sound()
	b.reopen()
	if diff := cmp.Diff(followed, everything(t, b.Snapshot(), ids)); diff != "" {
		t.Errorf("loaded from the journal (-followed +loaded):\n%s", diff)
	}
	if err := node.Rebuild(context.Background(), b.Store()); err != nil {
		t.Fatal(err)
	}
	b.reopen()
	if diff := cmp.Diff(followed, everything(t, b.Snapshot(), ids)); diff != "" {
		t.Errorf("made from the journal (-followed +made):\n%s", diff)
	}
}

// A snapshot has what persons say of themselves, until it is erased.
func TestSnapshotForgetsWhatIsErased(t *testing.T) {
	t.Parallel()
	b := begin(t)
	b.do(node.Act{Kind: journal.Declare, Key: "1", Records: knowledge()})
	s := b.Snapshot()
	name := func() string {
		r, err := s.Record("agent/ann")
		if err != nil {
			t.Fatal(err)
		}
		return r.(*vf.Agent).Name
	}
	for range 2 { // read, then remembered
		if name() != "Ann Weaver" {
			t.Error(name())
		}
	}
	b.do(node.Act{Kind: journal.Change, Key: "2", Records: []vf.Record{&vf.Agent{ID: "agent/ann", Type: "Person", Name: "Ann Spinner"}}})
	if name() != "Ann Spinner" {
		t.Error(name())
	}
	b.do(node.Act{Kind: journal.Erase, Key: "3", Of: []vf.ID{"agent/ann"}})
	if name() != "" {
		t.Error(name())
	}
}

// Who changes what others changed meanwhile is refused, also within one call; the
// same act sent again is not.
func TestChangeOfWhatOthersChanged(t *testing.T) {
	t.Parallel()
	b := begin(t)
	b.do(node.Act{Kind: journal.Declare, Key: "1", Records: knowledge()})
	rename := func(key, name string, seen int64) node.Act {
		return node.Act{Kind: journal.Change, Key: key, Seen: map[vf.ID]int64{"spec/wool": seen},
			Records: []vf.Record{&vf.ResourceSpecification{ID: "spec/wool", Name: name, DefaultUnitOfResource: "unit/kg"}}}
	}
	b.refused("changedSince", rename("2", "Fleece", 0))
	b.do(rename("2", "Fleece", 1))
	b.refused("changedSince", rename("3", "Hair", 1))
	b.refused("changedSince", rename("4", "Hair", 2), rename("5", "Fur", 2))
	if r := b.do(rename("2", "Fleece", 1)); !r.Repeated {
		t.Errorf("%+v", r)
	}
	b.refused("unknownReference", node.Act{Kind: journal.Finish, Key: "6", Of: []vf.ID{"need/none"}, Seen: map[vf.ID]int64{"need/none": 1}})
}
