package host

import (
	"context"
	"errors"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/people"
	"commonweal/rule"
	"commonweal/vf"
)

// MayForget reports why a network keeps what it has of an agent's person where the agent
// asks to be forgotten, nil if it forgets: its charter says so, or the agent is no person.
func (h *Host) MayForget(_ context.Context, network string, agent vf.ID) error {
	w := h.Network(network)
	if w == nil {
		return rule.Refuse("noSuchNetwork", "name", network)
	}
	r, err := w.Record(agent)
	if err != nil {
		return err
	}
	a, ok := r.(*vf.Agent)
	if !ok || a.Type != "Person" {
		class := "Agent"
		if ok {
			class = string(a.Class())
		}
		return rule.Refuse("nothingPersonal", "id", string(agent), "class", class)
	}
	return w.Seat(node.Actor{Agent: agent}).May(string(journal.Erase), a)
}

// Forget enters into a network's journal that the personal data of an agent is erased,
// in the agent's name and within their rights, for the account that was erased. Done
// again, or where there is nothing left, it does nothing more.
func (h *Host) Forget(ctx context.Context, s people.Seat) error {
	w := h.Network(s.Network)
	if w == nil {
		return rule.Refuse("noSuchNetwork", "name", s.Network)
	}
	_, err := w.Seat(node.Actor{Agent: s.Agent}).Do(ctx, node.Act{Kind: journal.Erase, Key: "forget/" + s.Account, Of: []vf.ID{s.Agent}})
	var r *rule.Refusal
	if errors.As(err, &r) && r.Rule == "nothingPersonal" {
		return nil
	}
	return err
}

// Alone reports whether of all who have a seat in a network an agent is the only one who
// may decide there, so that nobody of them could change its charter without them.
func (h *Host) Alone(ctx context.Context, network string, agent vf.ID) (bool, error) {
	decides := func(id vf.ID) bool { return h.MayDecide(id, network) == nil }
	if !decides(agent) {
		return false, nil
	}
	seats, err := h.people.SeatsOf(ctx, network)
	for _, s := range seats {
		if s.Agent != agent && decides(s.Agent) {
			return false, nil
		}
	}
	return err == nil, err
}
