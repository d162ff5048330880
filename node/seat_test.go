package node_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"commonweal/journal"
	"commonweal/ledger"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/vf"
)

// member lets somebody belong to the network, or to a scope, in a role.
func (b *books) member(who vf.ID, role string, scope vf.ID) {
	b.t.Helper()
	id := vf.ID(fmt.Sprint("membership/", who.Last(), "-", role, "-", scope.Last()))
	b.do(node.Act{Kind: journal.Declare, Key: string(id), Records: []vf.Record{&vf.Membership{ID: id, Member: who, Role: role, InScopeOf: scope}}})
}

// inhabited are books with an owner (Ann), a member (Bob), a circle in which a
// third person is coordinator, and a proposal to everybody.
func inhabited(t testing.TB) *books {
	b := stocked(t)
	b.do(node.Act{Kind: journal.Declare, Key: "circle", Records: []vf.Record{
		&vf.Agent{ID: "agent/dyers", Type: "Organization", Name: "Dyers", PartOf: "agent/wool"},
		&vf.Agent{ID: "agent/eve", Type: "Person", Name: "Eve"},
		&vf.Intent{ID: "offer/wool", Action: vf.Transfer, Provider: "agent/ann", ResourceConformsTo: "spec/wool", AvailableQuantity: one("2", "unit/kg"), Note: "freshly shorn"},
		&vf.Proposal{ID: "proposal/wool", Name: "Wool to give", Publishes: []vf.ID{"offer/wool"}}}})
	b.member("agent/ann", "owner", "")
	b.member("agent/bob", "member", "")
	b.member("agent/eve", "coordinator", "agent/dyers")
	return b
}

func (b *books) seat(who vf.ID) *node.Seat { return b.Seat(node.Actor{Agent: who}) }

// may enters an act from somebody's seat; it must be accepted.
func (b *books) may(who vf.ID, a node.Act) node.Result {
	b.t.Helper()
	r, err := b.seat(who).Do(context.Background(), a)
	if err != nil {
		b.t.Fatal(err)
	}
	return r[0]
}

// mayNot enters an act from somebody's seat; it must be refused by the rule.
func (b *books) mayNot(name rule.Name, who vf.ID, a node.Act) *rule.Refusal {
	b.t.Helper()
	before := b.Journal().Size()
	_, err := b.seat(who).Do(context.Background(), a)
	var r *rule.Refusal
	if !errors.As(err, &r) || r.Rule != name {
		b.t.Fatalf("wanted a refusal by %s, have %v", name, err)
	}
	if b.Journal().Size() != before {
		b.t.Fatalf("an act refused by %s was entered", name)
	}
	return r
}

func yarn(id string, receiver vf.ID) *vf.Intent {
	return &vf.Intent{ID: vf.ID(id), Action: vf.Transfer, Receiver: receiver, ResourceConformsTo: "spec/yarn", ResourceQuantity: one("1", "unit/kg")}
}

func TestSeatsActWithinTheirRights(t *testing.T) {
	t.Parallel()
	b := inhabited(t)
	declare := func(key string, r ...vf.Record) node.Act {
		return node.Act{Kind: journal.Declare, Key: key, Records: r}
	}
	b.may("agent/bob", declare("1", yarn("need/bob", "agent/bob")))
	r := b.mayNot("notAllowed", "agent/bob", declare("2", yarn("need/ann", "agent/ann")))
	if r.Value("clause") != "own-needs-and-offers" || !strings.Contains(r.Value("roles"), "owner") {
		t.Errorf("%v", r)
	}
	b.mayNot("notAllowed", "agent/bob", declare("3", yarn("need/x", "agent/bob"), yarn("need/y", "agent/ann"))) // none of both
	b.mayNot("notAllowed", "agent/bob", node.Act{Kind: journal.Change, Key: "4", Records: []vf.Record{yarn("need/bob", "agent/ann")}})
	b.mayNot("notAllowed", "agent/bob", node.Act{Kind: journal.Withdraw, Key: "5", Of: []vf.ID{"offer/wool"}})
	b.mayNot("notAllowed", "agent/bob", node.Act{Kind: journal.Declare, Author: "agent/ann", Key: "6", Records: []vf.Record{yarn("need/x", "agent/bob")}})
	b.mayNot("notAllowed", "agent/bob", declare("7", &vf.Membership{ID: "membership/x", Member: "agent/bob", Role: "owner"}))
	b.mayNot("notAllowed", "agent/bob", node.Act{Kind: journal.RotateKey, Key: "8", PublicKey: b.Journal().Keys().InUse()})
	// What is Ann's may not be taken, whoever is said to give it.
	take := &vf.EconomicEvent{ID: "event/take", Action: vf.Lower, Provider: "agent/bob", Receiver: "agent/bob", ResourceInventoriedAs: "resource/fleece", ResourceQuantity: one("1", "unit/kg")}
	b.mayNot("notAllowed", "agent/bob", node.Act{Kind: journal.Record, Key: "9", Records: []vf.Record{take}})
	// The time of an act is that of entering.
	b.may("agent/bob", node.Act{Kind: journal.Withdraw, Key: "10", At: vf.At(5), Of: []vf.ID{"need/bob"}})
	b.may("agent/ann", declare("11", yarn("need/ann", "agent/ann")))
	b.may("agent/ann", declare("12", &vf.Membership{ID: "membership/eve", Member: "agent/eve", Role: "member"}))
	b.sound()
}

// A refusal says what is not the actor's, and an id that is not there is told before a
// right that is lacking.
func TestRefusedRightsSayWhatIsNotTheirs(t *testing.T) {
	t.Parallel()
	b := inhabited(t)
	for _, c := range []struct{ what, receiver, rule, says string }{
		{"a person", "agent/ann", "notAllowed", "its receiver agent/ann is neither agent/bob nor a group in which they are member"},
		{"a group", "agent/dyers", "notAllowed", "its receiver agent/dyers is neither agent/bob nor"},
		{"a word", "me", "unknownReference", "receiver refers to me, but there is no such record"},
		{"a slip", "agent/bop", "unknownReference", "Did you mean agent/bob?"},
	} {
		r := b.mayNot(rule.Name(c.rule), "agent/bob", node.Act{Kind: journal.Declare, Key: c.what, Records: []vf.Record{yarn("need/x", vf.ID(c.receiver))}})
		if !strings.Contains(r.Error(), c.says) {
			t.Errorf("%s: %v", c.what, r)
		}
		if c.rule == "notAllowed" && !strings.Contains(r.Hint(), "Name agent/bob or such a group in it") {
			t.Errorf("%s: %s", c.what, r.Hint())
		}
	}
	// Only what is of a class that the property takes is suggested, not the record itself.
	_, err := b.Do(context.Background(), node.Act{Kind: journal.Declare, Key: "near", Author: "agent/ann", Records: []vf.Record{yarn("agents/bob", "agents/bop")}})
	if err == nil || !strings.Contains(err.Error(), "Did you mean agent/bob?") {
		t.Errorf("%v", err)
	}
}

// Who may give a membership in a circle lets in, with it, somebody whom the books do
// not know; and nobody by any other way.
func TestACoordinatorLetsIntoTheirCircle(t *testing.T) {
	t.Parallel()
	b := inhabited(t)
	person := func(n int) *vf.Agent {
		return &vf.Agent{ID: vf.ID(fmt.Sprint("agent/new-", n)), Type: "Person", Name: "Somebody new"}
	}
	belongs := func(n int, role string, scope vf.ID) *vf.Membership {
		return &vf.Membership{ID: vf.ID(fmt.Sprint("membership/new-", n)), Member: person(n).ID, Role: role, InScopeOf: scope}
	}
	act := func(key string, records ...vf.Record) node.Act {
		return node.Act{Kind: journal.Declare, Key: key, Records: records}
	}
	b.may("agent/eve", act("in", person(1), belongs(1, "member", "agent/dyers")))
	if r, err := b.seat("agent/eve").Record("agent/new-1"); r == nil || err != nil {
		t.Errorf("Eve does not see whom she let in: %v", err)
	}
	if r, err := b.seat("agent/new-1").Record("agent/eve"); r == nil || err != nil {
		t.Errorf("who is in a circle does not see who else is: %v", err)
	}
	if r, err := b.seat("agent/new-1").Record("agent/bob"); r != nil || err != nil {
		t.Errorf("who is in a circle sees who is not: %v %v", r, err)
	}
	b.mayNot("notAllowed", "agent/eve", act("alone", person(2)))
	b.mayNot("notAllowed", "agent/eve", act("network", person(2), belongs(2, "member", "")))
	b.mayNot("notAllowed", "agent/eve", act("owner", person(2), belongs(2, "owner", "agent/dyers")))
	b.mayNot("notAllowed", "agent/eve", act("two", person(2), person(3), belongs(2, "member", "agent/dyers")))
	b.mayNot("notAllowed", "agent/new-1", act("member", person(2), belongs(2, "member", "agent/dyers")))
	// They change and erase what is theirs alone.
	b.may("agent/new-1", node.Act{Kind: journal.Change, Key: "name", Records: []vf.Record{&vf.Agent{ID: "agent/new-1", Type: "Person", Name: "Noor"}}})
	b.mayNot("notAllowed", "agent/new-1", node.Act{Kind: journal.Change, Key: "hers", Records: []vf.Record{&vf.Agent{ID: "agent/eve", Type: "Person", Name: "Noor"}}})
	b.mayNot("notAllowed", "agent/eve", node.Act{Kind: journal.Change, Key: "theirs", Records: []vf.Record{&vf.Agent{ID: "agent/new-1", Type: "Person", Name: "Eve"}}})
	b.may("agent/new-1", node.Act{Kind: journal.Erase, Key: "forget", Of: []vf.ID{"agent/new-1"}})
	b.sound()
}

// The charter of a circle holds for it and below, and nowhere else.
func TestSeatsInCircles(t *testing.T) {
	t.Parallel()
	b := inhabited(t)
	need := func(key string, who vf.ID) node.Act {
		return node.Act{Kind: journal.Declare, Key: key, Records: []vf.Record{yarn("need/"+key, who)}}
	}
	if r, err := b.seat("agent/eve").Record("need/ann"); r != nil || err != nil {
		t.Errorf("who is in a circle alone sees what is not of it: %v, %v", r, err)
	}
	if r, err := b.seat("agent/eve").Record("unit/kg"); r == nil || err != nil {
		t.Errorf("who is in a circle alone does not see a unit: %v", err)
	}
	b.may("agent/eve", need("dyers", "agent/dyers"))
	b.member("agent/eve", "member", "") // she sees more, and may do as much
	// She may make a part of her circle, and nothing beside or above it hers.
	circle := func(id, partOf vf.ID) []vf.Record {
		return []vf.Record{&vf.Agent{ID: id, Type: "Organization", Name: "A circle", PartOf: partOf}}
	}
	b.may("agent/eve", node.Act{Kind: journal.Declare, Key: "part", Records: circle("agent/indigo", "agent/dyers")})
	b.mayNot("notAllowed", "agent/eve", node.Act{Kind: journal.Declare, Key: "beside", Records: circle("agent/weavers", "agent/wool")})
	b.mayNot("notAllowed", "agent/eve", node.Act{Kind: journal.Change, Key: "above", Records: circle("agent/wool", "agent/dyers")})
	b.may("agent/eve", need("indigo", "agent/indigo"))
	b.mayNot("notAllowed", "agent/eve", need("ann", "agent/ann"))
	b.may("agent/ann", node.Act{Kind: journal.Declare, Key: "charter", Records: []vf.Record{
		&vf.Charter{ID: "charter/dyers", InScopeOf: "agent/dyers", Version: 1, Clauses: []string{"ours: coordinator here may see all", "closed: member may not see all"}}}})
	if r, err := b.seat("agent/bob").Record("need/dyers"); r != nil || err != nil {
		t.Errorf("Bob sees into the closed circle: %v, %v", r, err)
	}
	if r, err := b.seat("agent/eve").Record("need/dyers"); r == nil || err != nil {
		t.Errorf("Eve does not see her own circle: %v", err)
	}
	if b.seat("agent/bob").SeesAll() || !b.seat("agent/ann").SeesAll() {
		t.Error("a closed circle is not seen by members, but by owners")
	}
	g, err := b.seat("agent/bob").Graph()
	if err != nil || slices.ContainsFunc(g.Intents, func(i *vf.Intent) bool { return i.ID == "need/dyers" }) || len(g.Intents) != 2 {
		t.Errorf("%v %v", g.Intents, err)
	}
	b.sound()
}

// What one may not see is as if it were not there.
func TestSeatsTellNothingOfWhatTheyHide(t *testing.T) {
	t.Parallel()
	b := inhabited(t)
	guest := b.seat("")
	for id, seen := range map[vf.ID]bool{"proposal/wool": true, "offer/wool": true, "spec/wool": true, "unit/kg": true, "agent/wool": false, "agent/ann": false,
		"need/yarn": false, "resource/fleece": false, "membership/bob-member-": false, "nowhere": false, "process/spin": false} {
		if r, err := guest.Record(id); (r != nil) != seen || err != nil {
			t.Errorf("a guest sees %s: %v, %v", id, r, err)
		}
	}
	if err := guest.May("see"); err == nil {
		t.Error("a guest may see the network as a whole")
	}
	there := b.mayNot("unknownReference", "agent/eve", node.Act{Kind: journal.Withdraw, Key: "a", Of: []vf.ID{"need/yarn"}})
	not := b.mayNot("unknownReference", "agent/eve", node.Act{Kind: journal.Withdraw, Key: "a", Of: []vf.ID{"need/none"}})
	if strings.Replace(there.Error(), "need/yarn", "need/none", 1) != not.Error() {
		t.Errorf("told apart:\n%v\n%v", there, not)
	}
	there = b.mayNot("unknownReference", "agent/eve", node.Act{Kind: journal.Declare, Key: "b", Records: []vf.Record{&vf.Process{ID: "process/x", InScopeOf: []vf.ID{"agent/dyers"}, PlannedWithin: "need/yarn"}}})
	not = b.mayNot("unknownReference", "agent/eve", node.Act{Kind: journal.Declare, Key: "b", Records: []vf.Record{&vf.Process{ID: "process/x", InScopeOf: []vf.ID{"agent/dyers"}, PlannedWithin: "need/none"}}})
	if strings.Replace(there.Error(), "need/yarn", "need/none", 1) != not.Error() {
		t.Errorf("told apart:\n%v\n%v", there, not)
	}
	mine := []vf.Record{yarn("need/mine", "agent/dyers")}
	there = b.mayNot("unknownReference", "agent/eve", node.Act{Kind: journal.Declare, Key: "s", Records: mine, Seen: map[vf.ID]int64{"need/yarn": 0}})
	not = b.mayNot("unknownReference", "agent/eve", node.Act{Kind: journal.Declare, Key: "s", Records: mine, Seen: map[vf.ID]int64{"need/none": 0}})
	if strings.ReplaceAll(there.Error(), "need/yarn", "need/none") != not.Error() {
		t.Errorf("told apart:\n%v\n%v", there, not)
	}
	taken := b.mayNot("idTaken", "agent/eve", node.Act{Kind: journal.Declare, Key: "c", Records: []vf.Record{yarn("resource/fleece", "agent/dyers")}})
	if strings.Contains(taken.Error(), "EconomicResource") {
		t.Error(taken)
	}
	err := guest.Read(func(state *ledger.State, sees func(vf.Record) bool) error {
		n := 0
		for _, r := range state.Records() {
			if sees(r) {
				n++
			}
		}
		if n != 4 {
			t.Errorf("a guest sees %d records", n)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// Subscribers hear of what they may see, and no more.
func TestSeatsHearTheirPart(t *testing.T) {
	t.Parallel()
	b := inhabited(t)
	var guest, bob, eve []node.Change
	defer b.seat("").Subscribe(func(c node.Change) { guest = append(guest, c) })()
	defer b.seat("agent/bob").Subscribe(func(c node.Change) { bob = append(bob, c) })()
	defer b.seat("agent/eve").Subscribe(func(c node.Change) { eve = append(eve, c) })()
	b.may("agent/ann", node.Act{Kind: journal.Declare, Key: "secret-1", Records: []vf.Record{yarn("need/ann", "agent/ann")}})
	b.may("agent/ann", node.Act{Kind: journal.Declare, Key: "secret-2", Records: []vf.Record{yarn("need/dyers", "agent/dyers"), &vf.Proposal{ID: "proposal/yarn", Publishes: []vf.ID{"need/ann"}}}})
	if len(bob) != 2 || len(bob[1].Changed) != 2 || bob[0].Act.Author != "agent/ann" || bob[0].Act.Key != "" {
		t.Errorf("Bob: %+v", bob)
	}
	if len(eve) != 1 || !slices.Contains(eve[0].Changed, "need/dyers") || eve[0].Act.Author != "" {
		t.Errorf("Eve: %+v", eve)
	}
	if len(guest) != 1 || !slices.Equal(guest[0].Changed, []vf.ID{"proposal/yarn"}) || len(guest[0].Act.Records) != 1 || guest[0].Act.Author != "" || guest[0].Act.Key != "" {
		t.Errorf("guest: %+v", guest)
	}
	b.may("agent/ann", node.Act{Kind: journal.Withdraw, Key: "gone", Of: []vf.ID{"proposal/yarn"}})
	if len(guest) != 2 || !slices.Equal(guest[1].Act.Of, []vf.ID{"proposal/yarn"}) {
		t.Errorf("guest: %+v", guest)
	}
}

// Rights are those of the moment of entering: memberships begin and end, and what
// is revoked is revoked with the next act.
func TestSeatsFollowTime(t *testing.T) {
	t.Parallel()
	b := inhabited(t)
	b.do(node.Act{Kind: journal.Change, Key: "end", Records: []vf.Record{&vf.Membership{ID: "membership/bob-member-", Member: "agent/bob", Role: "member", HasEnd: vf.At(b.clock + 10)}}})
	need := func(key string) node.Act {
		return node.Act{Kind: journal.Declare, Key: key, Records: []vf.Record{yarn("need/"+key, "agent/bob")}}
	}
	b.clock += 9
	b.may("agent/bob", need("before"))
	b.clock++
	b.mayNot("unknownReference", "agent/bob", need("after"))
	b.clock -= 5
	acts := []node.Act{{Kind: journal.Withdraw, Key: "out", Of: []vf.ID{"membership/bob-member-"}}, need("again")}
	if _, err := b.seat("agent/bob").Do(context.Background(), acts...); err == nil {
		t.Error("Bob acted after he had left, in one call")
	}
	b.may("agent/bob", acts[0])
	b.mayNot("unknownReference", "agent/bob", acts[1])
	b.sound()
}

// A bot has a part of the rights of its person.
func TestSeatsOfBots(t *testing.T) {
	t.Parallel()
	b := inhabited(t)
	bot := b.Seat(node.Actor{Agent: "agent/bob", Mandate: &node.Mandate{Verbs: []string{"see", "declare"}, Scopes: []vf.ID{"agent/bob", "agent/dyers"}, Until: vf.At(b.clock + 100)}})
	own, other := yarn("need/1", "agent/bob"), yarn("need/2", "agent/ann")
	if err := bot.May("declare", own); err != nil {
		t.Error(err)
	}
	for what, err := range map[string]error{"of others": bot.May("declare", other), "another verb": bot.May("withdraw", own), "the network": bot.May("see")} {
		var r *rule.Refusal
		if !errors.As(err, &r) || r.Rule != "notAllowed" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if r, _ := bot.Record("offer/wool"); r != nil {
		t.Error("the bot sees beyond its scopes")
	}
	b.clock += 100
	if err := bot.May("declare", own); err == nil || !strings.Contains(err.Error(), "the mandate ended") {
		t.Error(err)
	}
}

// Rights survive opening the books again, from views and by replay.
func TestSeatsAfterReopening(t *testing.T) {
	t.Parallel()
	b := inhabited(t)
	b.may("agent/bob", node.Act{Kind: journal.Declare, Key: "p", Records: []vf.Record{&vf.Process{ID: "process/bob", Name: "Bob's"}}})
	check := func() {
		t.Helper()
		process := &vf.Process{ID: "process/bob", Name: "Bob's"}
		if err := b.seat("agent/bob").May("change", process); err != nil {
			t.Error(err)
		}
		if err := b.seat("agent/eve").May("change", process); err == nil {
			t.Error("Eve may change what Bob entered")
		}
		if r, _ := b.seat("").Record("spec/wool"); r == nil {
			t.Error("what is published is so no longer")
		}
	}
	check()
	b.reopen()
	check()
	if err := node.Rebuild(context.Background(), b.Store()); err != nil {
		t.Fatal(err)
	}
	b.reopen()
	check()
	b.may("agent/bob", node.Act{Kind: journal.Withdraw, Key: "q", Of: []vf.ID{"process/bob"}})
	b.sound()
	b.reopen()
	b.sound()
}

// Several networks are apart: who may do all in one is a guest in the other.
func TestSeatsOfSeveralNetworks(t *testing.T) {
	t.Parallel()
	a, b := inhabited(t), stocked(t)
	need := node.Act{Kind: journal.Declare, Key: "n", Records: []vf.Record{yarn("need/n", "agent/ann")}}
	a.may("agent/ann", need)
	b.mayNot("unknownReference", "agent/ann", need)
	for _, id := range []vf.ID{"need/yarn", "spec/wool", "agent/ann", "resource/fleece"} {
		if r, _ := b.seat("agent/ann").Record(id); r != nil {
			t.Errorf("the owner of one network sees %s of another", id)
		}
	}
	var heard []node.Change
	defer b.seat("agent/ann").Subscribe(func(c node.Change) { heard = append(heard, c) })()
	b.do(need)
	if len(heard) > 0 {
		t.Errorf("%+v", heard)
	}
}

// Acts and their revocation come from many at once; none is entered after it.
func TestSeatsWhileRightsAreRevoked(t *testing.T) {
	t.Parallel()
	b := inhabited(t)
	var revoked atomic.Int64
	revoked.Store(1 << 60)
	var wait sync.WaitGroup
	var last, ended atomic.Int64
	for w := range 4 {
		wait.Go(func() {
			defer ended.Add(1)
			for k := range 30 {
				r, err := b.seat("agent/bob").Do(context.Background(), node.Act{Kind: journal.Declare, Key: fmt.Sprint(w, " ", k), Records: []vf.Record{yarn(fmt.Sprint("need/", w, "-", k), "agent/bob")}})
				if err != nil {
					return
				}
				last.Store(max(last.Load(), r[0].Sequence))
				if r[0].Sequence > revoked.Load() {
					t.Errorf("entry %d is after the revocation", r[0].Sequence)
				}
			}
		})
	}
	wait.Go(func() {
		for last.Load() < 12 && ended.Load() < 4 {
			runtime.Gosched()
		}
		r := b.may("agent/ann", node.Act{Kind: journal.Withdraw, Key: "out", Of: []vf.ID{"membership/bob-member-"}})
		revoked.Store(r.Sequence)
	})
	wait.Wait()
	seen := int64(0)
	err := b.Store().Entries(context.Background(), 0, func(seq int64, raw []byte) error {
		e, err := journal.Decode(raw)
		if err == nil && e.Act.Author == "agent/bob" {
			seen = seq
		}
		return err
	})
	if err != nil || seen > revoked.Load() {
		t.Errorf("Bob's last entry is %d, he was out by %d: %v", seen, revoked.Load(), err)
	}
}
