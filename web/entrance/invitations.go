package entrance

import (
	"slices"
	"time"

	"commonweal/people"
	"commonweal/rule"
	"commonweal/vf"
)

// mostInvitations is how many invitations of a network its page looks at.
const mostInvitations = 500

// ofNetwork are the invitations of one network that somebody may look after.
type ofNetwork struct {
	Network     string       `json:"network"`
	Invitations []invitation `json:"invitations"` // the open ones first, then the newest
}

// invitation is one of them; its secret is known to who made it alone.
type invitation struct {
	ID      string    `json:"id"`
	Role    string    `json:"role"`
	Scope   vf.ID     `json:"scope"`
	Agent   vf.ID     `json:"agent"`
	By      string    `json:"by"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
	Taken   time.Time `json:"taken,omitzero"`
	Taker   string    `json:"taker,omitempty"`
	Open    bool      `json:"open"`
}

// showInvitations lists what was offered to whom in the networks of who asks: what they
// made, and what they could make themselves, by the charter of now.
func showInvitations(v *visit) error {
	who, err := v.identity()
	if err != nil {
		return err
	}
	networks := who.Networks()
	slices.Sort(networks)
	list := []ofNetwork{}
	for _, name := range networks {
		one, err := v.invitationsOf(who, name)
		if err != nil {
			return err
		}
		if len(one.Invitations) > 0 {
			list = append(list, one)
		}
	}
	return v.show("invitations", list)
}

// mayLookAfter reports why somebody may not look after an invitation, nil if they may.
func (v *visit) mayLookAfter(who Identity, i people.Invitation) error {
	if who.Agent(i.Network) == "" {
		return rule.Refuse("notSeated", "network", i.Network)
	}
	if i.Inviter == who.Account {
		return nil
	}
	return v.e.o.Rights.MayInvite(v.r.Context(), who, i)
}

func (v *visit) invitationsOf(who Identity, network string) (list ofNetwork, err error) {
	list.Network = network
	all, err := v.e.o.People.Invitations(v.r.Context(), network, mostInvitations)
	if err != nil {
		return list, err
	}
	seats, err := v.e.o.People.SeatsOf(v.r.Context(), network)
	if err != nil {
		return list, err
	}
	agents := map[string]vf.ID{}
	for _, s := range seats {
		agents[s.Account] = s.Agent
	}
	named := func(account string) (string, error) {
		if account == "" {
			return text("invitations.server"), nil
		}
		name, err := v.e.o.Rights.Named(v.r.Context(), who, network, agents[account])
		if err == nil && name == "" {
			name = text("invitations.gone")
		}
		return name, err
	}
	now := v.e.o.People.Now()
	for _, i := range all {
		if refused := v.mayLookAfter(who, i); isRefusal(refused) {
			continue
		} else if refused != nil {
			return list, refused
		}
		one := invitation{ID: i.ID, Role: i.Role, Scope: i.Scope, Agent: i.Agent, Created: i.Created, Expires: i.Expires, Taken: i.Taken,
			Open: i.Taken.IsZero() && i.Expires.After(now)}
		if one.By, err = named(i.Inviter); err != nil {
			return list, err
		}
		if i.Taker != "" {
			if one.Taker, err = named(i.Taker); err != nil {
				return list, err
			}
		}
		list.Invitations = append(list.Invitations, one)
	}
	slices.SortStableFunc(list.Invitations, func(a, b invitation) int { return rank(a) - rank(b) })
	return list, nil
}

// rank puts what is open first.
func rank(i invitation) int {
	if i.Open {
		return 0
	}
	return 1
}

// withdrawInvitation takes an open invitation back. It takes away and gives nothing, so it
// asks for no confirmation.
func withdrawInvitation(v *visit) error {
	who, err := v.identity()
	if err != nil {
		return err
	}
	i, err := v.e.o.People.Invitation(v.r.Context(), v.says("id"))
	if isRefusal(err) || err == nil && who.Agent(i.Network) == "" {
		return rule.Refuse("noSuchItem", "what", "invitation")
	}
	if err != nil {
		return err
	}
	if err := v.mayLookAfter(who, i); err != nil {
		return err
	}
	if err := v.e.o.People.Withdraw(v.r.Context(), i.Network, i.ID); err != nil {
		return err
	}
	return v.done("/account/invitations")
}
