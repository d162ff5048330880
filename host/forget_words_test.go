package host

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/people"
	"commonweal/vf"
)

const planted = "Zaphira Quillon"

// tellsOf has an owner, ann, told of work of somebody with a planted name; need makes it
// needed once more.
func tellsOf(t *testing.T) (h *Host, p *people.People, w *Network, ann, zaphira people.Seat, need func(days int64)) {
	t.Helper()
	h, p, w = inhabited(t)
	ctx := context.Background()
	secret, err := h.InviteOwner(ctx, w)
	if err != nil {
		t.Fatal(err)
	}
	ann = join(t, h, p, secret, "ann")
	_, secret, err = p.Invite(ctx, people.Invitation{Network: w.Name, Role: "member"})
	if err != nil {
		t.Fatal(err)
	}
	zaphira = join(t, h, p, secret, "zaphira")
	change := func(kind journal.Kind, key string, list ...vf.Record) {
		t.Helper()
		if _, err := w.Do(ctx, node.Act{Kind: kind, Author: ann.Agent, Key: key, Records: list}); err != nil {
			t.Fatal(err)
		}
	}
	change(journal.Change, "name", &vf.Agent{ID: zaphira.Agent, Type: "Person", Name: planted})
	change(journal.Declare, "work", &vf.Unit{ID: "unit/pot", Label: "pot", Symbol: "pot"}, &vf.Unit{ID: "unit/hour", Label: "hour", Symbol: "hour", OmUnitIdentifier: "hour"},
		&vf.ResourceSpecification{ID: "spec/jam", Name: "Jam", DefaultUnitOfResource: "unit/pot"}, &vf.ProcessSpecification{ID: "process-spec/cook", Name: "Cook"},
		&vf.RecipeProcess{ID: "recipe/cook", Name: "Cook jam", ProcessConformsTo: "process-spec/cook", PerformedBy: zaphira.Agent, HasDuration: vf.Measure{HasNumericalValue: vf.Whole(1), HasUnit: "unit/hour"}},
		&vf.RecipeFlow{ID: "recipe/cook/out", Action: vf.Produce, RecipeOutputOf: "recipe/cook", ResourceConformsTo: "spec/jam", ResourceQuantity: vf.Measure{HasNumericalValue: vf.Whole(1), HasUnit: "unit/pot"}})
	return h, p, w, ann, zaphira, func(days int64) {
		t.Helper()
		key := fmt.Sprint("need/jam/", days)
		change(journal.Declare, key, &vf.Intent{ID: vf.ID(key), Action: vf.Transfer, Receiver: ann.Agent, ResourceConformsTo: "spec/jam",
			ResourceQuantity: vf.Measure{HasNumericalValue: vf.Whole(1), HasUnit: "unit/pot"}, Due: vf.At(today().Unix() + days*86400)})
	}
}

// toldOf waits until somebody was told of a need, and returns all that they were told.
func toldOf(t *testing.T, p *people.People, s people.Seat, until func(text string) bool) string {
	t.Helper()
	text := ""
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		list, err := p.Notifications(context.Background(), s.Account, s.Network, people.Notification{}, 500)
		if err != nil {
			t.Fatal(err)
		}
		text = ""
		for _, n := range list {
			text += n.Source + " " + string(n.Body) + "\n"
		}
		if until(text) {
			return text
		}
	}
	t.Fatalf("told is %s", text)
	return ""
}

// Who was erased does not stay in what others were told, nor comes into what they are told
// afterwards; what has no name stays as it was, and each line still leads to what it was about.
func TestNotificationsForgetWhoWasErased(t *testing.T) {
	t.Parallel()
	h, p, w, ann, zaphira, need := tellsOf(t)
	need(40)
	both := func(text string) bool { // the owner of the work, and of the need
		return strings.Contains(text, "need/jam/40 is new")
	}
	toldOf(t, p, ann, both)
	toldOf(t, p, zaphira, func(text string) bool { return strings.Contains(text, "Cook jam by "+planted) })
	plain := people.Notification{Account: ann.Account, Network: w.Name, Source: "plain", Kind: KindWork, Body: bodyOf(Told{Text: "thing/1 is other than before", Names: noNames})}
	of := people.Notification{Account: ann.Account, Network: w.Name, Source: "of", Kind: KindWork, Body: json.RawMessage(`{"text":"Cook jam by ` + planted + ` is new","about":"need/jam/40","causes":["` + planted + `"]}`)} // as versions of before told it
	if _, err := p.Notify(context.Background(), plain, of); err != nil {
		t.Fatal(err)
	}
	if err := h.Forget(context.Background(), zaphira); err != nil {
		t.Fatal(err)
	}
	text := toldOf(t, p, ann, func(text string) bool { return !strings.Contains(text, planted) })
	if !strings.Contains(text, "thing/1 is other than before") || !strings.Contains(text, `"about":"need/jam/40"`) || !strings.Contains(text, "somebody was erased") {
		t.Errorf("what is left is %s", text)
	}
	toldOf(t, p, zaphira, func(text string) bool { return !strings.Contains(text, planted) })
	need(60)
	if text := toldOf(t, p, ann, func(text string) bool { return strings.Contains(text, "need/jam/60 is new") }); strings.Contains(text, planted) {
		t.Errorf("told after the erasure: %s", text)
	}
}

// Where the server stopped before notifications had forgotten, they do at the next start;
// and what is told of a plan of before the erasure names nobody.
func TestNotificationsForgetAtTheNextStart(t *testing.T) {
	t.Parallel()
	h, p, w, ann, zaphira, _ := tellsOf(t)
	ctx := context.Background()
	if err := h.Forget(ctx, zaphira); err != nil {
		t.Fatal(err)
	}
	last := w.Journal().Size() - 1
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	of := func(source string, names int64) people.Notification {
		return people.Notification{Account: ann.Account, Network: w.Name, Source: source, Kind: KindWork, Body: bodyOf(Told{Text: source + " by " + planted, Names: names})}
	}
	if _, err := p.Notify(ctx, of("before", last-1), of("after", last)); err != nil {
		t.Fatal(err)
	}
	again, err := Open(ctx, Options{Data: h.data, Now: today, People: p})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Close() })
	toldOf(t, p, ann, func(text string) bool {
		return !strings.Contains(text, "before by") && strings.Contains(text, "after by")
	})
	f := &forgetting{w: w}
	f.asked.Store(last)
	list := []people.Notification{of("before", last-1), of("after", last)}
	f.unnamed(list)
	if strings.Contains(string(list[0].Body), planted) || !strings.Contains(string(list[1].Body), planted) {
		t.Errorf("told is %s, %s", list[0].Body, list[1].Body)
	}
}
