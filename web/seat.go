package web

import (
	"context"
	"net/http"

	"commonweal/coordination"
	"commonweal/host"
	"commonweal/node"
	"commonweal/people"
	"commonweal/vf"
	"commonweal/web/entrance"
)

// seat is the books as who asks sees them; what a program enters counts against
// the budget of its token.
type seat struct {
	*node.Seat
	token  string
	people *people.People
}

// Do enters acts, all of them or none.
func (s *seat) Do(ctx context.Context, acts ...node.Act) ([]node.Result, error) {
	if s.token != "" {
		if err := s.people.Spend(ctx, s.token, int64(len(acts))); err != nil {
			return nil, err
		}
	}
	return s.Seat.Do(ctx, acts...)
}

// seat finds out who asks, and gives them the books of a network as they may see
// them. Nobody known has the seat of a guest.
func (s *Site) seat(r *http.Request, n *host.Network) (*seat, error) {
	if s.entrance == nil {
		return &seat{Seat: n.Seat(node.Actor{})}, nil
	}
	who, err := s.entrance.Who(r)
	if err != nil {
		return nil, err
	}
	return &seat{n.Seat(node.Actor{Agent: who.Agent(n.Name), Mandate: mandate(who.Mandate)}), who.Token, s.o.People}, nil
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

// Named is what an agent is called, as far as somebody sees it.
func (x rights) Named(_ context.Context, by entrance.Identity, network string, agent vf.ID) (string, error) {
	return x.host.Named(by.Agent(network), network, agent)
}

// MayRecover reports why somebody may not help a member in again: it is for those
// who may decide in the network, its owners unless the charter says otherwise.
func (x rights) MayRecover(_ context.Context, by entrance.Identity, network string, _ vf.ID) error {
	return x.host.MayDecide(by.Agent(network), network)
}
