package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"commonweal/coordination"
	"commonweal/host"
	"commonweal/node"
	"commonweal/people"
	"commonweal/rule"
	"commonweal/vf"
	"commonweal/web/entrance"
)

// seat is the books as who asks sees them; what a program enters counts against
// the budget of its token.
type seat struct {
	*node.Seat
	who    entrance.Identity
	people *people.People
	log    *slog.Logger
}

// Do enters acts, all of them or none. What is refused is logged: by which rule, and
// of whom by the ids that say nothing to strangers.
func (s *seat) Do(ctx context.Context, acts ...node.Act) ([]node.Result, error) {
	results, err := s.enter(ctx, acts)
	var why *rule.Refusal
	if errors.As(err, &why) {
		s.log.Info("an act was refused", "rule", why.Rule, "account", s.who.Account, "session", s.who.Session, "token", s.who.Token)
	}
	return results, err
}

func (s *seat) enter(ctx context.Context, acts []node.Act) ([]node.Result, error) {
	if s.who.Token != "" {
		if err := s.people.Spend(ctx, s.who.Token, int64(len(acts))); err != nil {
			return nil, err
		}
	}
	return s.Seat.Do(ctx, acts...)
}

// seat finds out who asks, and gives them the books of a network as they may see
// them. Nobody known has the seat of a guest.
func (s *Site) seat(r *http.Request, n *host.Network) (*seat, error) {
	if s.entrance == nil {
		return &seat{Seat: n.Seat(node.Actor{}), log: s.o.Log}, nil
	}
	who, err := s.who(r)
	if err != nil {
		return nil, err
	}
	return &seat{n.Seat(node.Actor{Agent: who.Agent(n.Name), Mandate: mandate(who.Mandate)}), who, s.o.People, s.o.Log}, nil
}

// who finds out who asks. A session or token that is none, and what a page of another
// origin sent, is logged.
func (s *Site) who(r *http.Request) (entrance.Identity, error) {
	who, err := s.entrance.Who(r)
	var why *rule.Refusal
	if errors.As(err, &why) {
		s.o.Log.Info("refused at the door", "rule", why.Rule, "address", s.address(r))
	}
	return who, err
}

// reading is part of every mandate.
var reading = []string{string(coordination.See), string(coordination.Plan)}

// mandate says what a token gives in the words of the charter.
func mandate(m *people.Mandate) *node.Mandate {
	if m == nil {
		return nil
	}
	verbs := reading
	if !m.ReadOnly {
		verbs = append(verbs[:len(verbs):len(verbs)], m.Verbs...)
	}
	return &node.Mandate{Verbs: verbs, Scopes: m.Scopes, Until: vf.At(m.Until.Unix())}
}

// rights asks the charter of a network what the entrance wants to know.
type rights struct{ host *host.Host }

// MayInvite reports why somebody may not invite, nil if they may.
func (x rights) MayInvite(_ context.Context, by entrance.Identity, i people.Invitation) error {
	return x.host.MayInvite(by.Agent(i.Network), i)
}

// CheckInvitation reports what of an invitation is not in its network, nil if all is.
func (x rights) CheckInvitation(_ context.Context, by entrance.Identity, i people.Invitation) error {
	return x.host.CheckInvitation(by.Agent(i.Network), i)
}

// Choices are the roles and scopes that an invitation can say.
func (x rights) Choices(_ context.Context, by entrance.Identity, network string) (roles []string, scopes []entrance.Scope, err error) {
	c, err := x.host.Choices(by.Agent(network), network)
	for _, s := range c.Scopes {
		scopes = append(scopes, entrance.Scope{ID: s.ID, Name: s.Name})
	}
	return c.Roles, scopes, err
}

// Named is what an agent is called, as far as somebody sees it.
func (x rights) Named(_ context.Context, by entrance.Identity, network string, agent vf.ID) (string, error) {
	return x.host.Named(by.Agent(network), network, agent)
}

// MayRecover reports why somebody may not help a member in again: it is for those
// who may decide in the network, its owners unless the charter says otherwise.
func (x rights) MayRecover(_ context.Context, by entrance.Identity, network string, _ vf.ID) error {
	return x.host.MayDecide(by.Agent(network), network)
}
