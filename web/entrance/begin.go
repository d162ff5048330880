package entrance

import (
	"strings"

	"commonweal/people"
	"commonweal/rule"
)

// mayBegin reports why somebody may not begin a network here, nil if they may.
func (v *visit) mayBegin(who Identity) error {
	if v.e.o.Founder == nil {
		return rule.Refuse("mayNotBegin", "who", text("begin.who"))
	}
	return v.e.o.Founder.MayBegin(v.r.Context(), who)
}

func showBegin(v *visit) error {
	who, err := v.identity()
	if err != nil {
		return err
	}
	if err := v.mayBegin(who); err != nil {
		return err
	}
	return v.show("begin", map[string]any{"address": v.e.o.Address + "/…/"})
}

// begin begins a network, and has its journal take in who asks as the first owner. Where
// it is cut short behind the network's beginning, the next start invites the owner
// as it does for each network that has none; behind the seat's, it is gone on with.
func begin(v *visit) error {
	who, err := v.identity()
	if err != nil {
		return err
	}
	if err := v.certain(); err != nil {
		return err
	}
	if err := v.mayBegin(who); err != nil {
		return err
	}
	name := strings.TrimSpace(v.says("name"))
	if err := v.e.o.Founder.Begin(v.r.Context(), name); err != nil {
		return err
	}
	_, secret, err := v.e.o.People.Invite(v.r.Context(), people.Invitation{Network: name, Role: "owner"})
	if err != nil {
		return err
	}
	n, s, err := v.e.o.People.AcceptAs(v.r.Context(), secret, v.s, v.origin())
	if err != nil {
		return err
	}
	v.enter(n)
	v.e.o.Log.Info("a network was begun from a page", "network", name, "account", v.a.ID)
	if err := v.e.join(v.r.Context(), s, v.a); err != nil {
		return err
	}
	return v.done("/" + name + "/")
}
