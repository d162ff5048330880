package node_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/vf"
)

// TestVersionsWithinOneAct refuses two charters of one version, of which nobody could
// say which holds, also where one act says both.
func TestVersionsWithinOneAct(t *testing.T) {
	t.Parallel()
	b := inhabited(t)
	charter := func(id vf.ID, scope vf.ID, version int) vf.Record {
		return &vf.Charter{ID: id, InScopeOf: scope, Version: version, Clauses: []string{"owners: owner may everything"}}
	}
	for i, pair := range [][]vf.Record{
		{charter("charter/b", "", 1), charter("charter/a", "", 1)},
		{charter("charter/b", "", 2), charter("charter/a", "", 1)},
		{charter("charter/b", "", 1), charter("charter/a", "https://example.org/wool/", 1)}, // the same scope, said otherwise
	} {
		b.mayNot("charterVersion", "agent/ann", node.Act{Kind: journal.Declare, Key: fmt.Sprint(i), Records: pair})
	}
	b.may("agent/ann", node.Act{Kind: journal.Declare, Key: "both", Records: []vf.Record{charter("charter/1", "", 1), charter("charter/dyers", "agent/dyers", 1), charter("charter/2", "", 2)}})
	b.sound()
}

// TestWhatIsReferredToByWhatIsHidden tells of a hidden promise nothing but that there
// is something.
func TestWhatIsReferredToByWhatIsHidden(t *testing.T) {
	t.Parallel()
	b := inhabited(t)
	b.may("agent/ann", node.Act{Kind: journal.Declare, Key: "charter", Records: []vf.Record{&vf.Charter{ID: "charter/1", Version: 1, Clauses: []string{
		"owners: owner may everything", "own: member may see, declare, withdraw own Intent", "things: member may see all ResourceSpecification, Unit, Person"}}}})
	b.may("agent/bob", node.Act{Kind: journal.Declare, Key: "need", Records: []vf.Record{yarn("need/bob", "agent/bob")}})
	b.may("agent/ann", node.Act{Kind: journal.Commit, Key: "promise", Records: []vf.Record{&vf.Commitment{ID: "commitment/secret", Action: vf.Transfer, Provider: "agent/ann", Receiver: "agent/eve",
		ResourceConformsTo: "spec/yarn", ResourceQuantity: one("1", "unit/kg"), Satisfies: []vf.ID{"need/bob"}}}})
	r := b.mayNot("stillUsed", "agent/bob", node.Act{Kind: journal.Withdraw, Key: "back", Of: []vf.ID{"need/bob"}})
	if said := r.Error(); strings.Contains(said, "secret") || strings.Contains(said, "Commitment") || !strings.Contains(said, "finish need/bob") {
		t.Errorf("who may not see the promise is told: %s", said)
	}
	r = b.mayNot("stillUsed", "agent/ann", node.Act{Kind: journal.Withdraw, Key: "back", Of: []vf.ID{"need/bob"}})
	if said := r.Error(); !strings.Contains(said, "release commitment/secret") {
		t.Errorf("who may see it is told: %s", said)
	}
}

// TestEndingIsARightOfItsOwn: a membership is not taken back beside a plan by who may
// adopt plans and invite, and who may end it does nothing else to it.
func TestEndingIsARightOfItsOwn(t *testing.T) {
	t.Parallel()
	b := inhabited(t)
	eve := vf.ID("membership/eve-coordinator-dyers")
	b.may("agent/ann", node.Act{Kind: journal.Declare, Key: "charter", Records: []vf.Record{&vf.Charter{ID: "charter/1", Version: 1, Clauses: []string{
		"owners: owner may everything", "members: member may see, invite, adopt all", "leave: member may end own Membership", "close: bookkeeper may see, end all"}}}})
	b.mayNot("notAllowed", "agent/bob", node.Act{Kind: journal.Withdraw, Key: "1", Of: []vf.ID{eve}})
	r := b.mayNot("notAllowed", "agent/bob", node.Act{Kind: journal.Adopt, Key: "2", Of: []vf.ID{eve}, Records: []vf.Record{&vf.Plan{ID: "plan/x", Name: "A plan"}}})
	if r.Value("verb") != "end" {
		t.Errorf("refused is %s", r)
	}
	b.may("agent/ann", node.Act{Kind: journal.Declare, Key: "cleo", Records: []vf.Record{&vf.Agent{ID: "agent/cleo", Type: "Person", Name: "Cleo"},
		&vf.Membership{ID: "membership/cleo", Member: "agent/cleo", Role: "bookkeeper"}}})
	ended := func(note string) []vf.Record {
		return []vf.Record{&vf.Membership{ID: eve, Member: "agent/eve", Role: "coordinator", InScopeOf: "agent/dyers", HasEnd: vf.At(b.clock + 60), Note: note}}
	}
	b.mayNot("notAllowed", "agent/cleo", node.Act{Kind: journal.Change, Key: "3", Records: ended("she quarrelled with everybody")})
	b.may("agent/cleo", node.Act{Kind: journal.Change, Key: "4", Records: ended("")})
	b.sound()
}

// TestAKeyThatLooksLikeAPart: the second part of an act of many records has the key
// of the act and /2; an act of somebody's with such a key is no part of it.
func TestAKeyThatLooksLikeAPart(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	first := node.Act{Kind: journal.Declare, Key: "k", Records: []vf.Record{yarn("need/1", "agent/bob")}}
	b.do(first)
	b.do(node.Act{Kind: journal.Declare, Key: "k/2", Records: []vf.Record{yarn("need/2", "agent/bob")}})
	if again := b.do(first); !again.Repeated || again.Entries != 1 || len(again.Records) != 1 {
		t.Errorf("the first act sent again: %+v", again)
	}
}

// TestManyUnknownReferences are answered as quickly as one, whatever there is in the
// books: the nearest ids are looked for around the unknown one, and for a few alone.
func TestManyUnknownReferences(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	list := make([]vf.Record, 0, 5000)
	for i := range cap(list) {
		list = append(list, yarn(fmt.Sprintf("need/%05d", i), "agent/bob"))
	}
	b.do(node.Act{Kind: journal.Declare, Key: "many", Records: list})
	for i := range 10 {
		list[i] = yarn(fmt.Sprint("need/other-", i), "agent/bot")
	}
	_, err := b.Do(context.Background(), node.Act{Kind: journal.Declare, Author: "agent/wool", Key: "unknown", Records: list[:10]})
	var r *rule.Refusal
	if !errors.As(err, &r) || r.Rule != "unknownReference" || r.Value("nearest") != "agent/bob" {
		t.Errorf("%v", err)
	}
}

// TestErasingFindsWhatAPersonEntered also where the person's id has letters that JSON
// is written with in several ways.
func TestErasingFindsWhatAPersonEntered(t *testing.T) {
	t.Parallel()
	b := inhabited(t)
	who := vf.ID("https://people.example/?who=dora&where=here\u00e9")
	b.do(node.Act{Kind: journal.Declare, Key: "dora", Records: []vf.Record{&vf.Agent{ID: who, Type: "Person", Name: "Dora"}}})
	b.member(who, "coordinator", "")
	need := yarn("need/bob", "agent/bob") // it names somebody else: the note is Dora's since she entered it
	need.Note = "my cousin needs it"
	b.may(who, node.Act{Kind: journal.Declare, Key: "need", Records: []vf.Record{need}})
	b.reopen()
	b.do(node.Act{Kind: journal.Erase, Key: "forget", Of: []vf.ID{who}})
	if r, err := b.Record("need/bob"); err != nil || r.(*vf.Intent).Note != "" {
		t.Errorf("after erasing %v %v", r, err)
	}
	b.sound()
}
