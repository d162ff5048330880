package host

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/people"
	"commonweal/rule"
	"commonweal/vf"
)

// Join enters into a network's journal who took an invitation: the person, if the
// network does not know them yet, and their membership. It is done in the name of
// who invited, within the rights that they have now; the server's own invitations
// are those of who holds the network's key. Done again, nothing is entered twice.
func (h *Host) Join(ctx context.Context, i people.Invitation, who people.Account, agent vf.ID) error {
	w := h.Network(i.Network)
	if w == nil {
		return rule.Refuse("noSuchNetwork", "name", i.Network)
	}
	var records []vf.Record
	known, err := w.Record(agent)
	if err != nil {
		return err
	}
	if known == nil {
		records = append(records, &vf.Agent{ID: agent, Type: "Person", Name: who.Name})
	}
	records = append(records, &vf.Membership{ID: vf.ID("membership/" + i.ID), Member: agent, InScopeOf: i.Scope, Role: i.Role, HasBeginning: since(i.Taken)})
	act := node.Act{Kind: journal.Declare, Key: "join/" + i.ID, Records: records}
	if i.Inviter == "" {
		if again, err := w.member(i); err != nil || again {
			return err
		}
		act.Author = vf.ID(w.Network())
		_, err = w.Do(ctx, act)
		return err
	}
	inviter, err := h.SeatOf(ctx, i.Inviter, i.Network)
	if err != nil {
		return err
	}
	if again, err := w.Record(records[len(records)-1].Key()); err != nil {
		return err
	} else if i.Agent != "" && known != nil && again == nil {
		if err := h.MayInvite(inviter, i); err != nil {
			return err
		}
	}
	_, err = w.Seat(node.Actor{Agent: inviter}).Do(ctx, act)
	return err
}

// member reports whether an invitation names an agent who is in the books what it
// invites them to be, so that taking it enters nothing.
func (w *Network) member(i people.Invitation) (bool, error) {
	if i.Agent == "" {
		return false, nil
	}
	list, err := w.memberships(w.Snapshot().Referring("Membership", "member", i.Agent, "", false))
	return slices.ContainsFunc(list, func(m *vf.Membership) bool { return m.InScopeOf == i.Scope && m.Role == i.Role }), err
}

// since is a time of the accounts as records say it.
func since(t time.Time) vf.Time {
	if t.IsZero() {
		return vf.Time{}
	}
	return vf.At(t.Unix())
}

// MayInvite reports why an agent may not invite into a network, nil if they may. An
// invitation of a network alone asks whether they may invite anybody at all. Who is
// invited as an agent that is in the books gets all that this agent may: so that is
// for who sees the agent, and may give each of the memberships that it has.
func (h *Host) MayInvite(by vf.ID, i people.Invitation) error {
	w := h.Network(i.Network)
	if w == nil {
		return rule.Refuse("noSuchNetwork", "name", i.Network)
	}
	seat := w.Seat(node.Actor{Agent: by})
	asked := &vf.Membership{ID: "membership/new", Member: cmp.Or(i.Agent, "agent/new"), InScopeOf: i.Scope, Role: i.Role}
	if i.Role == "" && i.Scope == "" && i.Agent == "" && seat.MaySome("invite", asked.Class()) {
		return nil
	}
	given := []vf.Record{asked}
	if i.Agent != "" {
		more, err := w.given(seat, i.Agent)
		if err != nil {
			return err
		}
		given = append(given, more...)
	}
	return seat.May("invite", given...)
}

// given are the memberships of an agent that have not ended, if the agent is in the
// books; one that the seat does not see is refused.
func (w *Network) given(seat *node.Seat, agent vf.ID) (list []vf.Record, err error) {
	books := w.Snapshot()
	r, err := books.Record(agent)
	if err != nil || r == nil {
		return nil, err
	}
	if !seat.Sees(r) {
		return nil, rule.Refuse("unknownReference", "property", "member", "id", string(agent), "nearest", "somebody whom you can see")
	}
	memberships, err := w.memberships(books.Referring("Membership", "member", agent, "", false))
	for _, m := range memberships {
		list = append(list, m)
	}
	return list, err
}

// memberships are those of some ids that have not ended, in their order.
func (w *Network) memberships(ids iter.Seq[vf.ID]) (list []*vf.Membership, err error) {
	for id := range ids {
		r, err := w.Record(id)
		if err != nil {
			return nil, err
		}
		if m, ok := r.(*vf.Membership); ok && (m.HasEnd.IsZero() || m.HasEnd.After(w.host.now().Time)) {
			list = append(list, m)
		}
	}
	return list, nil
}

// MayDecide reports why an agent may not decide in a network, nil if they may.
func (h *Host) MayDecide(by vf.ID, network string) error {
	w := h.Network(network)
	if w == nil {
		return rule.Refuse("noSuchNetwork", "name", network)
	}
	return w.Seat(node.Actor{Agent: by}).May("decide")
}

// Named is what an agent of a network is called, as far as another one sees it: its name,
// else its id; "" where it is not theirs to see.
func (h *Host) Named(by vf.ID, network string, agent vf.ID) (string, error) {
	w := h.Network(network)
	if w == nil {
		return "", rule.Refuse("noSuchNetwork", "name", network)
	}
	r, err := w.Seat(node.Actor{Agent: by}).Record(agent)
	a, ok := r.(*vf.Agent)
	if err != nil || !ok {
		return "", err
	}
	return cmp.Or(a.Name, string(a.ID)), nil
}

// SeatOf is as whom an account acts in a network.
func (h *Host) SeatOf(ctx context.Context, account, network string) (vf.ID, error) {
	list, err := h.people.Seats(ctx, account)
	if err != nil {
		return "", err
	}
	for _, s := range list {
		if s.Network == network {
			return s.Agent, nil
		}
	}
	return "", rule.Refuse("noSuchItem", "what", "seat")
}

// Owner is the membership by which somebody may decide in the network, as its books
// say: of several the one that began first, of those the first by id; nil if nobody may.
// Persons whose data was erased are passed over: nobody comes back as them.
func (w *Network) Owner() (*vf.Membership, error) {
	list, err := w.memberships(w.Snapshot().Class("Membership", "", false))
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, func(a, b *vf.Membership) int { return a.HasBeginning.Compare(b.HasBeginning.Time) })
	for _, m := range list {
		r, err := w.Record(m.Member)
		if err != nil {
			return nil, err
		}
		a, ok := r.(*vf.Agent)
		if ok && (a.Type != "Person" || a.Name != "") && w.Seat(node.Actor{Agent: m.Member}).May("decide") == nil {
			return m, nil
		}
	}
	return nil, nil
}

// InviteOwner makes the invitation of a network's owner, where no account comes in:
// its secret, "" where there is no need of one. Where the books have an owner already,
// since the accounts were lost or left behind, who takes it comes in as that agent;
// else it is for the first owner.
func (h *Host) InviteOwner(ctx context.Context, w *Network) (secret string, err error) {
	seats, err := h.people.SeatsOf(ctx, w.Name)
	if err != nil || len(seats) > 0 {
		return "", err
	}
	open, err := h.people.Invitations(ctx, w.Name, 100)
	if err != nil {
		return "", err
	}
	for _, i := range open {
		if i.Inviter == "" && i.Taken.IsZero() { // an earlier start made it, and its secret is lost
			if err := h.people.Withdraw(ctx, w.Name, i.ID); err != nil {
				return "", err
			}
		}
	}
	i := people.Invitation{Network: w.Name, Role: "owner"}
	if m, err := w.Owner(); err != nil {
		return "", err
	} else if m != nil {
		i.Agent, i.Scope, i.Role = m.Member, m.InScopeOf, m.Role
	}
	_, secret, err = h.people.Invite(ctx, i)
	if err != nil {
		return "", fmt.Errorf("the owner of %s cannot be invited: %w", w.Name, err)
	}
	return secret, nil
}
