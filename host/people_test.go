package host

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/people"
	"commonweal/rule"
	"commonweal/vf"
)

// inhabited is a host with the example network and people.
func inhabited(t *testing.T) (*Host, *people.People, *Network) {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	p, err := people.Open(ctx, people.Source{File: filepath.Join(dir, "people.sqlite")}, people.Options{Now: func() time.Time { return today().Time }, Hashing: people.Hashing{Memory: 64, Passes: 1, Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	h, err := Open(ctx, Options{Data: dir, Now: today, People: p})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close(); _ = p.Close() })
	w, err := h.Example(ctx, "https://example.org/carbon-farm-network/")
	if err != nil {
		t.Fatal(err)
	}
	return h, p, w
}

// join has somebody take an invitation.
func join(t *testing.T, h *Host, p *people.People, secret, name string) people.Seat {
	t.Helper()
	ctx := context.Background()
	e, s, err := p.Accept(ctx, secret, people.Newcomer{Name: name, WayIn: people.WayIn{Password: "a long enough phrase " + name}}, people.Browser{})
	if err != nil {
		t.Fatal(err)
	}
	i, err := p.Invitation(ctx, s.Invitation)
	if err != nil {
		t.Fatal(err)
	}
	a, err := p.Account(ctx, e.Account)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // done again, nothing is entered twice
		if err := h.Join(ctx, i, a, s.Agent); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Joined(ctx, s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheFirstOwnerInvitesOthers(t *testing.T) {
	t.Parallel()
	h, p, w := inhabited(t)
	ctx := context.Background()
	lost, err := h.InviteOwner(ctx, w)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := h.InviteOwner(ctx, w)
	if err != nil || secret == "" || secret == lost {
		t.Fatalf("a second start gives the invitation %q after %q: %v", secret, lost, err)
	}
	if _, err := p.Invited(ctx, lost); err == nil {
		t.Error("the invitation that nobody has seen is still open")
	}
	size := w.Journal().Size()
	owner := join(t, h, p, secret, "ann")
	if got := w.Journal().Size(); got != size+1 {
		t.Errorf("joining made %d entries, want one", got-size)
	}
	if err := w.Seat(node.Actor{Agent: owner.Agent}).May("decide"); err != nil {
		t.Errorf("who took the owner's invitation is no owner: %v", err)
	}
	if again, err := h.InviteOwner(ctx, w); err != nil || again != "" {
		t.Errorf("there is an owner, and another is invited: %q %v", again, err)
	}
	if err := h.MayInvite(owner.Agent, people.Invitation{Network: w.Name, Role: "member"}); err != nil {
		t.Error(err)
	}
	_, forBob, err := p.Invite(ctx, people.Invitation{Network: w.Name, Role: "member", Inviter: owner.Account})
	if err != nil {
		t.Fatal(err)
	}
	bob := join(t, h, p, forBob, "bob")
	err = h.MayInvite(bob.Agent, people.Invitation{Network: w.Name, Role: "owner"})
	if r, ok := err.(*rule.Refusal); !ok || r.Rule != "notAllowed" {
		t.Errorf("a member invites an owner: %v", err)
	}
}

// Where the accounts are gone, the owner comes back as who they are in the books, and
// nothing is entered for it; whose data was erased does not come back.
func TestTheOwnerComesBackWithoutAccounts(t *testing.T) {
	t.Parallel()
	h, _, w := inhabited(t)
	ctx := context.Background()
	secret, err := h.InviteOwner(ctx, w)
	if err != nil {
		t.Fatal(err)
	}
	ann := join(t, h, h.people, secret, "ann")
	lost := func() {
		p, err := people.Open(ctx, people.Source{File: filepath.Join(t.TempDir(), "people.sqlite")}, people.Options{Now: func() time.Time { return today().Time }, Hashing: people.Hashing{Memory: 64, Passes: 1, Threads: 1}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = p.Close() })
		h.people = p
	}
	lost()
	if m, err := w.Owner(); err != nil || m == nil || m.Member != ann.Agent || m.Role != "owner" {
		t.Fatalf("the owner in the books is %v: %v", m, err)
	}
	if secret, err = h.InviteOwner(ctx, w); err != nil {
		t.Fatal(err)
	}
	size := w.Journal().Size()
	if again := join(t, h, h.people, secret, "ann"); again.Agent != ann.Agent {
		t.Errorf("ann comes back as %s, and was %s", again.Agent, ann.Agent)
	}
	if got := w.Journal().Size(); got != size {
		t.Errorf("coming back made %d entries", got-size)
	}
	if err := h.Forget(ctx, ann); err != nil {
		t.Fatal(err)
	}
	lost()
	if m, err := w.Owner(); err != nil || m != nil {
		t.Errorf("the owner in the books is %v, whose data is erased: %v", m, err)
	}
	if secret, err = h.InviteOwner(ctx, w); err != nil {
		t.Fatal(err)
	}
	if zoe := join(t, h, h.people, secret, "zoe"); zoe.Agent == ann.Agent {
		t.Error("zoe comes in as somebody who was erased")
	}
}

// Who coordinates a circle lets people into it, and into nothing else; and nobody
// comes, by an invitation as somebody who is there, to more than who invites may give.
func TestACoordinatorInvitesIntoTheirCircle(t *testing.T) {
	t.Parallel()
	h, p, w := inhabited(t)
	ctx := context.Background()
	secret, err := h.InviteOwner(ctx, w)
	if err != nil {
		t.Fatal(err)
	}
	owner := join(t, h, p, secret, "ann")
	invite := func(by people.Seat, i people.Invitation) string {
		i.Network, i.Inviter = w.Name, by.Account
		if err := h.MayInvite(by.Agent, i); err != nil {
			t.Fatal(err)
		}
		_, secret, err := p.Invite(ctx, i)
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	eve := join(t, h, p, invite(owner, people.Invitation{Role: "coordinator", Scope: "agent/wolhide"}), "eve")
	noor := join(t, h, p, invite(eve, people.Invitation{Role: "member", Scope: "agent/wolhide"}), "noor")
	if r, err := w.Seat(node.Actor{Agent: noor.Agent}).Record(eve.Agent); err != nil || r == nil {
		t.Errorf("who was let in does not see who let her in: %v", err)
	}
	if err := h.MayInvite(eve.Agent, people.Invitation{Network: w.Name}); err != nil {
		t.Errorf("the form is not shown to her: %v", err)
	}
	if err := h.MayInvite(noor.Agent, people.Invitation{Network: w.Name}); err == nil {
		t.Error("the form is shown to who may invite nobody")
	}
	for _, i := range []people.Invitation{{Role: "member"}, {Role: "owner", Scope: "agent/wolhide"}, {Role: "member", Scope: "agent/mp-alpacas"},
		{Role: "member", Scope: "agent/wolhide", Agent: owner.Agent}, {Role: "member", Scope: "agent/wolhide", Agent: eve.Agent}} {
		i.Network = w.Name
		if err := h.MayInvite(eve.Agent, i); err == nil {
			t.Errorf("she may invite %+v", i)
		}
	}
	// One who was a member when she was invited, and is an owner since, is not taken over.
	if _, err := w.Do(ctx, node.Act{Kind: journal.Declare, Author: owner.Agent, Key: "zoe", Records: []vf.Record{&vf.Agent{ID: "agent/zoe", Type: "Person", Name: "Zoe"},
		&vf.Membership{ID: "membership/zoe", Member: "agent/zoe", Role: "member", InScopeOf: "agent/wolhide"}}}); err != nil {
		t.Fatal(err)
	}
	as := invite(eve, people.Invitation{Role: "member", Scope: "agent/wolhide", Agent: "agent/zoe"})
	if _, err := w.Do(ctx, node.Act{Kind: journal.Declare, Author: owner.Agent, Key: "owner", Records: []vf.Record{
		&vf.Membership{ID: "membership/zoe-owns", Member: "agent/zoe", Role: "owner"}}}); err != nil {
		t.Fatal(err)
	}
	e, s, err := p.Accept(ctx, as, people.Newcomer{Name: "mallory", WayIn: people.WayIn{Password: "a long enough phrase"}}, people.Browser{})
	if err != nil {
		t.Fatal(err)
	}
	i, err := p.Invitation(ctx, s.Invitation)
	if err != nil {
		t.Fatal(err)
	}
	err = h.Join(ctx, i, people.Account{ID: e.Account, Name: "mallory"}, s.Agent)
	if r, ok := err.(*rule.Refusal); !ok || r.Rule != "notAllowed" {
		t.Errorf("who is invited as a member comes in as an owner: %v", err)
	}
}

func TestPeopleAreToldOfWhatConcernsThem(t *testing.T) {
	t.Parallel()
	h, p, w := inhabited(t)
	ctx := context.Background()
	planned(t, w, 1)
	_, secret, err := p.Invite(ctx, people.Invitation{Network: w.Name, Role: "member", Scope: "agent/wolhide"})
	if err != nil {
		t.Fatal(err)
	}
	ann := join(t, h, p, secret, "ann")
	_, secret, err = p.Invite(ctx, people.Invitation{Network: w.Name, Role: "member"})
	if err != nil {
		t.Fatal(err)
	}
	bob := join(t, h, p, secret, "bob")
	need := &vf.Intent{ID: "need/more", Action: vf.Transfer, Receiver: "agent/wolhide", ResourceConformsTo: "spec/gray-50-50-yarn",
		ResourceQuantity: vf.Measure{HasNumericalValue: decimal(t, "600"), HasUnit: "unit/lb"}, Due: vf.At(today().Unix() + 150*86400), Tier: 2}
	if _, err := w.Do(ctx, node.Act{Kind: journal.Declare, Author: "agent/wolhide", Key: "more", Records: []vf.Record{need}}); err != nil {
		t.Fatal(err)
	}
	var list []people.Notification
	for deadline := time.Now().Add(time.Minute); len(list) == 0 && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if list, err = p.Notifications(ctx, ann.Account, w.Name, people.Notification{}, 100); err != nil {
			t.Fatal(err)
		}
	}
	found, still := false, 0
	for _, n := range list {
		var told Told
		if err := json.Unmarshal(n.Body, &told); err != nil {
			t.Fatal(err)
		}
		found = found || n.Kind == KindNeed && told.About == "need/more"
		if told.About == "" {
			t.Errorf("a line leads nowhere: %+v", told)
		}
		if strings.Contains(told.Text, "is still on time") && n.Kind == KindWork {
			still++
			continue
		}
		if len(told.Causes) > 0 || !strings.Contains(told.Text, "is other than before") {
			t.Errorf("who is in a circle alone is told in words of the whole plan: %+v", told)
		}
	}
	if still > 1 || len(list) > 5 {
		t.Errorf("one change of the plan is told in %d lines, %d of them of what stays", len(list), still)
	}
	if !found {
		t.Errorf("who acts for wolhide was told %v, and not of the new need", list)
	}
	if list, err := p.Notifications(ctx, bob.Account, w.Name, people.Notification{}, 100); err != nil || len(list) > 0 {
		t.Errorf("who is not concerned was told %v %v", list, err)
	}
}

func TestAnInvitationSaysWhatTheNetworkHas(t *testing.T) {
	t.Parallel()
	h, p, w := inhabited(t)
	ctx := context.Background()
	secret, err := h.InviteOwner(ctx, w)
	if err != nil {
		t.Fatal(err)
	}
	owner := join(t, h, p, secret, "olga").Agent
	for _, x := range []struct {
		i    people.Invitation
		want string
	}{
		{people.Invitation{Role: "member", Scope: "agent/wolhide", Agent: owner}, ""},
		{people.Invitation{}, ""},
		{people.Invitation{Role: "memebr"}, "Did you mean member?"},
		{people.Invitation{Scope: "wolhide"}, "Did you mean agent/wolhide?"},
		{people.Invitation{Scope: owner}, "Did you mean agent/"},
		{people.Invitation{Agent: owner + "x"}, "Did you mean " + string(owner) + "?"},
	} {
		x.i.Network = w.Name
		err := h.CheckInvitation(owner, x.i)
		r, refused := err.(*rule.Refusal)
		if refused != (x.want != "") || refused && (r.Rule != "unknownInvited" || !strings.Contains(r.Hint(), x.want)) {
			t.Errorf("%+v: %v, want %q", x.i, err, x.want)
		}
	}
	c, err := h.Choices("", w.Name)
	if err != nil || slices.ContainsFunc(c.Scopes, func(s Choice) bool { return s.ID == "agent/wolhide" }) || !slices.Contains(c.Roles, "coordinator") {
		t.Errorf("a guest may choose of %+v, %v", c, err)
	}
	c, err = h.Choices(owner, w.Name)
	if err != nil || !slices.ContainsFunc(c.Scopes, func(s Choice) bool { return s.ID == "agent/wolhide" && s.Name != "" }) {
		t.Errorf("an owner may choose of %+v, %v", c, err)
	}
}
