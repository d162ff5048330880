package entrance

import (
	"context"
	"errors"

	"commonweal/people"
	"commonweal/rule"
)

// whatStays says beforehand what becomes of somebody in a network when they erase their
// account.
func (v *visit) whatStays(s *seat) error {
	if v.e.o.Eraser == nil {
		s.Keeps = text("erase.nobody")
		return nil
	}
	err := v.e.o.Eraser.MayForget(v.r.Context(), s.Network, s.Agent)
	var r *rule.Refusal
	if errors.As(err, &r) {
		s.Keeps, err = r.Sentence(), nil
	}
	if err == nil {
		s.Alone, err = v.e.o.Eraser.Alone(v.r.Context(), s.Network, s.Agent)
	}
	return err
}

// erasedIn is what became of somebody in a network when their account was erased.
type erasedIn struct {
	Network string `json:"network"`
	State   string `json:"state"` // erased, later, or kept
}

// erase deletes what is known of who asks, if they write their sign-in name: of the
// account at once, and with it is noted which networks have to forget the person. What
// a network cannot enter now it enters when it takes acts again.
func erase(v *visit) error {
	if err := v.certain(); err != nil {
		return err
	}
	if v.says("name") != v.a.Name {
		return badField("name", text("wanted.ownName"))
	}
	seats, err := v.e.o.People.Seats(v.r.Context(), v.a.ID)
	if err != nil {
		return err
	}
	list := []erasedIn{}
	var owed []people.Seat
	for _, s := range seats {
		if s.Joined.IsZero() {
			continue
		}
		one := seat{Network: s.Network, Agent: s.Agent}
		if err := v.whatStays(&one); err != nil {
			return err
		}
		if one.Keeps != "" {
			list = append(list, erasedIn{s.Network, "kept"})
			continue
		}
		owed = append(owed, s)
	}
	if err := v.e.o.People.Erase(v.r.Context(), v.a.ID, owed...); err != nil {
		return err
	}
	for _, s := range owed {
		state, err := v.e.forget(v.r.Context(), s)
		if err != nil {
			v.e.o.Log.Warn("a network has still to forget somebody", "network", s.Network, "agent", s.Agent, "reason", err)
		}
		list = append(list, erasedIn{s.Network, state})
	}
	v.e.set(v.w, sessionCookie, "", 0)
	v.e.set(v.w, deviceCookie, "", 0)
	v.w.Header().Set("Clear-Site-Data", `"cache", "storage"`) // keys with which this browser signed are there
	v.a, v.s = people.Account{}, people.Session{}
	return v.show("erased", list)
}

// forget has a network forget somebody, and returns what became of it. What a rule refuses
// now, though it was not refused when it was asked for, stays with the network; the log
// says so. A network that is not on this server may be on another one before the same
// accounts.
func (e *Entrance) forget(ctx context.Context, s people.Seat) (state string, err error) {
	if e.o.Eraser == nil {
		return "later", nil
	}
	err = e.o.Eraser.Forget(ctx, s)
	var r *rule.Refusal
	switch {
	case errors.As(err, &r) && r.Rule == "noSuchNetwork":
		return "later", nil
	case errors.As(err, &r):
		e.o.Log.Warn("a network refused to forget somebody", "network", s.Network, "agent", s.Agent, "rule", r.Rule)
		return "kept", e.o.People.Forgotten(ctx, s)
	case err != nil:
		return "later", err
	}
	return "erased", e.o.People.Forgotten(ctx, s)
}
