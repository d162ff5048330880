package people

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"commonweal/rule"
	"commonweal/vf"
)

// Invitation lets one person into a network, once.
type Invitation struct {
	ID      string
	Network string // its name on this server
	Scope   vf.ID  // the circle or group in it that is joined
	Role    string
	Agent   vf.ID  // as whom: an agent that is there, or is to be; empty lets the server choose
	Inviter string // the account; empty is the server itself
	Created time.Time
	Expires time.Time
	Taken   time.Time // zero while it is open
	Taker   string    // the account
}

// Seat says as which agent an account acts in a network.
type Seat struct {
	Account    string
	Network    string
	Agent      vf.ID
	Invitation string    // its id; empty where the server gave the seat
	Since      time.Time // when it was taken
	Joined     time.Time // when the network's journal had the person; zero until then
}

const (
	invitationKind   = "invitation"
	invitationStays  = 14 * day // if nothing else is said
	invitationLonger = 90 * day // at most
)

// Invite makes an invitation, and the secret that opens it, which is shown here
// only. Whether the inviter may is asked before.
func (p *People) Invite(ctx context.Context, i Invitation) (Invitation, string, error) {
	if i.Network == "" || len(i.Network)+len(i.Scope)+len(i.Role)+len(i.Agent) > 2000 {
		return i, "", rule.Refuse("badForm", "field", "network, scope, role or agent", "wanted", "the name of a network, and texts of moderate length")
	}
	secret, err := p.secret()
	if err != nil {
		return i, "", err
	}
	if i.ID, err = p.newID(); err != nil {
		return i, "", err
	}
	now := p.o.Now()
	if i.Expires.IsZero() {
		i.Expires = now.Add(invitationStays)
	}
	if !i.Expires.After(now) || i.Expires.After(now.Add(invitationLonger)) {
		return i, "", rule.Refuse("badForm", "field", "expires", "wanted", "a time within the next 90 days")
	}
	i.Created, i.Expires, i.Taken, i.Taker = when(stored(now)), when(stored(i.Expires)), time.Time{}, ""
	_, err = p.exec(ctx, p.write, "INSERT INTO invitation (id, hash, network, scope, role, agent, inviter, created, expires, taken, taker, withdrawn)"+
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '', 0)",
		i.ID, hashed(invitationKind, secret), i.Network, string(i.Scope), i.Role, string(i.Agent), i.Inviter, stored(i.Created), stored(i.Expires))
	if err != nil {
		return i, "", err
	}
	return i, secret, nil
}

const invitationColumns = "id, network, scope, role, agent, inviter, created, expires, taken, taker"

func (i *Invitation) scan(row interface{ Scan(into ...any) error }) error {
	var created, expires, taken int64
	err := row.Scan(&i.ID, &i.Network, &i.Scope, &i.Role, &i.Agent, &i.Inviter, &created, &expires, &taken, &i.Taker)
	i.Created, i.Expires, i.Taken = when(created), when(expires), when(taken)
	return err
}

func (p *People) invitation(ctx context.Context, q querier, where string, args ...any) (i Invitation, err error) {
	err = i.scan(q.QueryRowContext(ctx, p.dialect("SELECT "+invitationColumns+" FROM invitation WHERE "+where), args...))
	if errors.Is(err, sql.ErrNoRows) {
		err = rule.Refuse("linkSpent")
	}
	return i, err
}

// Invited returns the invitation that a secret opens, while it is open.
func (p *People) Invited(ctx context.Context, secret string) (Invitation, error) {
	if !wellFormed(secret) {
		return Invitation{}, rule.Refuse("linkSpent")
	}
	return p.invitation(ctx, p.read, "hash = $1 AND taken = 0 AND withdrawn = 0 AND expires > $2", hashed(invitationKind, secret), p.now())
}

// Invitation returns an invitation by its id, also when it was taken.
func (p *People) Invitation(ctx context.Context, id string) (Invitation, error) {
	return p.invitation(ctx, p.read, "id = $1", id)
}

// Invitations lists those of a network, the newest first, the withdrawn left out.
func (p *People) Invitations(ctx context.Context, network string, most int) (list []Invitation, err error) {
	err = p.list(ctx, p.read, "SELECT "+invitationColumns+" FROM invitation WHERE network = $1 AND withdrawn = 0 ORDER BY created DESC, id LIMIT $2", []any{network, most},
		func(r *sql.Rows) error {
			var i Invitation
			err := i.scan(r)
			list = append(list, i)
			return err
		})
	return list, err
}

// Withdraw takes an invitation back that is still open.
func (p *People) Withdraw(ctx context.Context, network, id string) error {
	n, err := p.exec(ctx, p.write, "UPDATE invitation SET withdrawn = $3 WHERE network = $1 AND id = $2 AND taken = 0 AND withdrawn = 0", network, id, p.now())
	if err == nil && n == 0 {
		err = rule.Refuse("noSuchItem", "what", "invitation")
	}
	return err
}

// Newcomer is who takes an invitation: a new account, or one that is signed in.
type Newcomer struct {
	Name string
	Mail string
	WayIn
}

// Accept takes an invitation and begins an account with it. The seat is not
// joined until the network's journal has the person: see [People.Joined].
func (p *People) Accept(ctx context.Context, secret string, n Newcomer, b Browser) (e Entry, s Seat, err error) {
	if _, err = p.Invited(ctx, secret); err != nil {
		return e, s, err
	}
	l := addressLimit(b.Address) // names that are in use could be asked for here
	if err = p.attempt(ctx, l); err != nil {
		return e, s, err
	}
	c, err := p.judgeWay(ctx, n.WayIn, n.Name)
	if err != nil {
		return e, s, errors.Join(err, p.forgive(ctx, p.write, l))
	}
	handle := ""
	if c.key != nil {
		handle = c.key.handle
	} else if handle, err = p.secret(); err != nil {
		return e, s, err
	}
	err = p.transact(ctx, func(x *sql.Tx) error {
		a, err := p.makeAccount(ctx, x, n.Name, n.Mail, handle)
		if err != nil {
			return err
		}
		if s, err = p.take(ctx, x, secret, a.ID, b.Origin); err != nil {
			return err
		}
		if err := p.log(ctx, x, a.ID, AccountMade, "", b.Origin); err != nil {
			return err
		}
		if err := p.give(ctx, x, a.ID, c, b.Origin); err != nil {
			return err
		}
		if err := p.forgive(ctx, x, l); err != nil {
			return err
		}
		e, err = p.begin(ctx, x, a.ID, ByInvitation, b)
		return err
	})
	return e, s, err
}

// AcceptAs takes an invitation for somebody who has an account. The session gets
// a new secret, since it may do more now.
func (p *People) AcceptAs(ctx context.Context, secret string, as Session, from Origin) (e Entry, s Seat, err error) {
	if _, err = p.Invited(ctx, secret); err != nil {
		return e, s, err
	}
	err = p.transact(ctx, func(x *sql.Tx) error {
		if s, err = p.take(ctx, x, secret, as.Account, from); err != nil {
			return err
		}
		e, err = p.rotate(ctx, x, as, false)
		return err
	})
	return e, s, err
}

// take gives an invitation to one account: of several at once, one gets it.
func (p *People) take(ctx context.Context, x *sql.Tx, secret, account string, from Origin) (s Seat, err error) {
	now := p.now()
	hash := hashed(invitationKind, secret)
	n, err := p.exec(ctx, x, "UPDATE invitation SET taken = $2, taker = $3 WHERE hash = $1 AND taken = 0 AND withdrawn = 0 AND expires > $2", hash, now, account)
	if err == nil && n == 0 {
		err = rule.Refuse("linkSpent")
	}
	if err != nil {
		return s, err
	}
	i, err := p.invitation(ctx, x, "hash = $1", hash)
	if err != nil {
		return s, err
	}
	s = Seat{Account: account, Network: i.Network, Agent: i.Agent, Invitation: i.ID, Since: when(now)}
	if s.Agent == "" {
		id, err := p.newID()
		if err != nil {
			return s, err
		}
		s.Agent = vf.ID("agent/" + id)
	}
	if err := p.sit(ctx, x, s); err != nil {
		return s, err
	}
	return s, p.log(ctx, x, account, InvitationTaken, i.Network, from)
}
