package people

import (
	"context"
	"database/sql"
	"time"

	"commonweal/rule"
)

// Account is somebody who can sign in.
type Account struct {
	ID      string
	Name    string // the sign-in name, as its owner writes it
	Mail    string // may be empty
	Created time.Time
	HasWord bool // a password is set
}

// accountColumns are those that scanAccount reads.
const accountColumns = "id, name, mail, created, password"

func (p *People) account(ctx context.Context, q querier, where string, args ...any) (a Account, word string, found bool, err error) {
	var created int64
	found, err = p.find(ctx, q, "SELECT "+accountColumns+" FROM account WHERE erased = 0 AND "+where, args, &a.ID, &a.Name, &a.Mail, &created, &word)
	a.Created, a.HasWord = when(created), word != ""
	return a, word, found, err
}

// Account returns an account by its id.
func (p *People) Account(ctx context.Context, id string) (Account, error) {
	a, _, found, err := p.account(ctx, p.read, "id = $1", id)
	if err == nil && !found {
		err = rule.Refuse("noSuchItem", "what", "account")
	}
	return a, err
}

// Named returns the account with a sign-in name, however it is written. It is
// for owners and programs: what it says must not be told to strangers.
func (p *People) Named(ctx context.Context, name string) (Account, error) {
	folded, _, err := foldName(name)
	if err != nil {
		return Account{}, err
	}
	a, _, found, err := p.account(ctx, p.read, "folded = $1", folded)
	if err == nil && !found {
		err = rule.Refuse("noSuchItem", "what", "account")
	}
	return a, err
}

// makeAccount begins an account; what it comes in with is set apart.
func (p *People) makeAccount(ctx context.Context, x *sql.Tx, name, mail, handle string) (a Account, err error) {
	folded, shown, err := foldName(name)
	if err != nil {
		return a, err
	}
	if a.Mail, err = checkMail(mail); err != nil {
		return a, err
	}
	if _, _, taken, err := p.account(ctx, x, "folded = $1", folded); err != nil || taken {
		if err == nil {
			err = rule.Refuse("nameInUse", "name", shown)
		}
		return a, err
	}
	if a.ID, err = p.newID(); err != nil {
		return a, err
	}
	a.Name = shown
	created := p.now()
	a.Created = when(created)
	_, err = p.exec(ctx, x, "INSERT INTO account (id, name, folded, mail, handle, password, created, erased) VALUES ($1, $2, $3, $4, $5, '', $6, 0)",
		a.ID, a.Name, folded, a.Mail, handle, created)
	return a, err
}

// SetMail changes the mail address of an account; empty takes it away.
func (p *People) SetMail(ctx context.Context, account, mail string, from Origin) error {
	mail, err := checkMail(mail)
	if err != nil {
		return err
	}
	return p.transact(ctx, func(x *sql.Tx) error {
		if _, err := p.exec(ctx, x, "UPDATE account SET mail = $2 WHERE id = $1 AND erased = 0", account, mail); err != nil {
			return err
		}
		return p.log(ctx, x, account, MailChanged, "", from)
	})
}

// Erase deletes what is known of a person. The account's id stays, and is never
// given again; so what names it elsewhere stays valid, and says nothing. The journals
// of networks are not in here: of these seats it is noted, in the same moment, that their
// networks have still to forget the person; see [People.Owed].
func (p *People) Erase(ctx context.Context, account string, owed ...Seat) error {
	err := p.transact(ctx, func(x *sql.Tx) error {
		n, err := p.exec(ctx, x, "UPDATE account SET name = '', folded = '-' || id, mail = '', handle = '', password = '', erased = $2 WHERE id = $1 AND erased = 0",
			account, p.now())
		if err != nil {
			return err
		}
		if n == 0 {
			return rule.Refuse("noSuchItem", "what", "account")
		}
		for _, s := range owed {
			if _, err := p.exec(ctx, x, "INSERT INTO forgetting (account, network, agent, asked) VALUES ($1, $2, $3, $4)", account, s.Network, string(s.Agent), p.now()); err != nil {
				return err
			}
		}
		if _, err := p.exec(ctx, x, "UPDATE seat SET ended = $2 WHERE account = $1 AND ended = 0", account, p.now()); err != nil {
			return err
		}
		return p.all(ctx, x, []any{account},
			"DELETE FROM passkey WHERE account = $1", "DELETE FROM ceremony WHERE account = $1", "DELETE FROM recovery_code WHERE account = $1",
			"DELETE FROM recovery_link WHERE account = $1", "DELETE FROM session WHERE account = $1", "DELETE FROM device WHERE account = $1",
			"DELETE FROM token WHERE account = $1", "DELETE FROM notification WHERE account = $1", "DELETE FROM setting WHERE account = $1",
			"DELETE FROM event WHERE account = $1")
	})
	if err != nil || p.postgres {
		return err
	}
	_, err = p.write.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)") // so that the log beside the file forgets too
	return err
}

// Owed lists which networks have still to forget whom, the longest owed first: the
// network, the agent, and the account that was erased. Who keeps the networks enters it
// in their journals, and says [People.Forgotten].
func (p *People) Owed(ctx context.Context) (list []Seat, err error) {
	err = p.list(ctx, p.read, "SELECT account, network, agent FROM forgetting ORDER BY asked, network, account", nil, func(r *sql.Rows) error {
		var s Seat
		err := r.Scan(&s.Account, &s.Network, &s.Agent)
		list = append(list, s)
		return err
	})
	return list, err
}

// Forgotten notes that a network has forgotten whom it had to.
func (p *People) Forgotten(ctx context.Context, s Seat) error {
	_, err := p.exec(ctx, p.write, "DELETE FROM forgetting WHERE account = $1 AND network = $2", s.Account, s.Network)
	return err
}
