package people

import (
	"context"
	"database/sql"

	"commonweal/rule"
	"commonweal/vf"
)

// sit gives an account a seat.
func (p *People) sit(ctx context.Context, x *sql.Tx, s Seat) error {
	var one int64
	has, err := p.find(ctx, x, "SELECT 1 FROM seat WHERE account = $1 AND network = $2 AND ended = 0", []any{s.Account, s.Network}, &one)
	if err == nil && has {
		err = rule.Refuse("alreadySeated", "network", s.Network)
	}
	if err != nil {
		return err
	}
	taken, err := p.find(ctx, x, "SELECT 1 FROM seat WHERE network = $1 AND agent = $2 AND ended = 0", []any{s.Network, string(s.Agent)}, &one)
	if err == nil && taken {
		err = rule.Refuse("seatTaken", "agent", string(s.Agent), "network", s.Network)
	}
	if err != nil {
		return err
	}
	if err := p.endLinks(ctx, x, s.Account); err != nil { // they were made by who does not decide there
		return err
	}
	_, err = p.exec(ctx, x, "INSERT INTO seat (account, network, agent, invitation, since, joined, ended) VALUES ($1, $2, $3, $4, $5, $6, 0)",
		s.Account, s.Network, string(s.Agent), s.Invitation, stored(s.Since), stored(s.Joined))
	return err
}

// Give gives an account a seat without an invitation, joined already: for the
// program itself, at the word of who runs the server.
func (p *People) Give(ctx context.Context, account, network string, agent vf.ID) error {
	return p.transact(ctx, func(x *sql.Tx) error {
		now := when(p.now())
		return p.sit(ctx, x, Seat{Account: account, Network: network, Agent: agent, Since: now, Joined: now})
	})
}

func (p *People) seats(ctx context.Context, where string, args ...any) (list []Seat, err error) {
	err = p.list(ctx, p.read, "SELECT account, network, agent, invitation, since, joined FROM seat WHERE ended = 0 AND "+where, args, func(r *sql.Rows) error {
		var s Seat
		var since, joined int64
		err := r.Scan(&s.Account, &s.Network, &s.Agent, &s.Invitation, &since, &joined)
		s.Since, s.Joined = when(since), when(joined)
		list = append(list, s)
		return err
	})
	return list, err
}

// Seats lists those of an account, by network.
func (p *People) Seats(ctx context.Context, account string) ([]Seat, error) {
	return p.seats(ctx, "account = $1 ORDER BY network", account)
}

// SeatsOf lists those in a network, by agent.
func (p *People) SeatsOf(ctx context.Context, network string) ([]Seat, error) {
	return p.seats(ctx, "network = $1 ORDER BY agent", network)
}

// Unjoined lists seats whose network has not heard of the person: what was cut
// short between taking an invitation and the entry in the journal. Who keeps the
// networks enters them, and says [People.Joined].
func (p *People) Unjoined(ctx context.Context) ([]Seat, error) {
	return p.seats(ctx, "joined = 0 ORDER BY network, agent")
}

// Joined notes that the network's journal has the person.
func (p *People) Joined(ctx context.Context, s Seat) error {
	_, err := p.exec(ctx, p.write, "UPDATE seat SET joined = $4 WHERE account = $1 AND network = $2 AND agent = $3 AND ended = 0 AND joined = 0",
		s.Account, s.Network, string(s.Agent), p.now())
	return err
}

// Reopen takes back that an invitation was taken, since the network refused who
// came: the seat ends and the invitation is open again. The account stays.
func (p *People) Reopen(ctx context.Context, s Seat) error {
	return p.transact(ctx, func(x *sql.Tx) error {
		n, err := p.exec(ctx, x, "DELETE FROM seat WHERE account = $1 AND network = $2 AND agent = $3 AND ended = 0 AND joined = 0", s.Account, s.Network, string(s.Agent))
		if err != nil || n == 0 {
			return err
		}
		_, err = p.exec(ctx, x, "UPDATE invitation SET taken = 0, taker = '' WHERE id = $1", s.Invitation)
		return err
	})
}

// Unseat ends a seat: the account does not act in that network any more, nor do
// its tokens there.
func (p *People) Unseat(ctx context.Context, account, network string) error {
	return p.transact(ctx, func(x *sql.Tx) error {
		n, err := p.exec(ctx, x, "UPDATE seat SET ended = $3 WHERE account = $1 AND network = $2 AND ended = 0", account, network, p.now())
		if err == nil && n == 0 {
			err = rule.Refuse("noSuchItem", "what", "seat")
		}
		if err != nil {
			return err
		}
		_, err = p.exec(ctx, x, "UPDATE token SET revoked = $3 WHERE account = $1 AND network = $2 AND revoked = 0", account, network, p.now())
		return err
	})
}
