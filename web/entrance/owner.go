package entrance

import (
	"net/url"
	"strconv"
	"time"

	"commonweal/people"
	"commonweal/rule"
	"commonweal/vf"
)

// identity is who visits, as [Entrance.Who] says it.
func (v *visit) identity() (Identity, error) { return v.e.Who(v.r) }

func invite(v *visit) error {
	who, err := v.identity()
	if err != nil {
		return err
	}
	i := people.Invitation{Network: v.says("network"), Scope: vf.ID(v.says("scope")), Role: v.says("role"), Agent: vf.ID(v.says("agent")), Inviter: v.a.ID}
	if who.Agent(i.Network) == "" {
		return rule.Refuse("notSeated", "network", i.Network)
	}
	if d := v.says("days"); d != "" {
		days, err := strconv.Atoi(d)
		if err != nil || days < 1 || days > 90 {
			return badField("days", text("wanted.invitationDays"))
		}
		i.Expires = v.e.o.People.Now().Add(time.Duration(days) * 24 * time.Hour)
	}
	if err := v.certain(); err != nil {
		return err
	}
	if err := v.e.o.Rights.MayInvite(v.r.Context(), who, i); err != nil {
		return err
	}
	if err := v.e.o.Rights.CheckInvitation(v.r.Context(), who, i); err != nil {
		return err
	}
	i, secret, err := v.e.o.People.Invite(v.r.Context(), i)
	if err != nil {
		return err
	}
	return v.show("once", once{What: "invitation", Link: v.e.InvitationLink(secret), ID: i.ID})
}

// InvitationLink is the address that an invitation is accepted at.
func (e *Entrance) InvitationLink(secret string) string {
	return e.o.Address + "/signup?invitation=" + url.QueryEscape(secret)
}

// member finds the account of a member, if the visitor may help them, and as whom they do. Who may not
// is not told whether there is one.
func (v *visit) member() (s people.Seat, by vf.ID, err error) {
	if err := v.certain(); err != nil {
		return s, by, err
	}
	who, err := v.identity()
	if err != nil {
		return s, by, err
	}
	network, agent := v.says("network"), vf.ID(v.says("agent"))
	if by = who.Agent(network); by == "" {
		return s, by, rule.Refuse("notSeated", "network", network)
	}
	if err := v.e.o.Rights.MayRecover(v.r.Context(), who, network, agent); err != nil {
		return s, by, err
	}
	seats, err := v.e.o.People.SeatsOf(v.r.Context(), network)
	for _, s := range seats {
		if s.Agent == agent {
			return s, by, nil
		}
	}
	if err == nil {
		err = rule.Refuse("noSuchItem", "what", "member")
	}
	return s, by, err
}

// helpIn makes a link for a member who cannot get in.
func helpIn(v *visit) error {
	s, by, err := v.member()
	if err != nil {
		return err
	}
	who, err := v.identity()
	if err != nil {
		return err
	}
	var owned []string
	for _, network := range who.Networks() {
		if v.e.o.Rights.MayRecover(v.r.Context(), who, network, "") == nil {
			owned = append(owned, network)
		}
	}
	secret, _, err := v.e.o.People.IssueRecovery(v.r.Context(), s.Account, string(by), owned...)
	if err != nil {
		return err
	}
	return v.show("once", once{What: "recovery", Link: v.e.o.Address + "/recover/link?link=" + url.QueryEscape(secret)})
}

// endSessions ends all sessions of a member, whose device was lost or stolen.
func endSessions(v *visit) error {
	s, _, err := v.member()
	if err != nil {
		return err
	}
	if err := v.e.o.People.RevokeSessions(v.r.Context(), s.Account, "", v.origin()); err != nil {
		return err
	}
	return v.done("/account")
}
