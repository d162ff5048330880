package people

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"commonweal/rule"
)

func refused(err error) bool {
	var r *rule.Refusal
	return errors.As(err, &r)
}

func minutes(d time.Duration) string { return strconv.Itoa(int(d.Minutes())) }

// SignIn takes a sign-in name and a password. A name that nobody has, an account
// without a password and a wrong password get the same answer for the same work.
func (p *People) SignIn(ctx context.Context, name, password string, b Browser) (e Entry, err error) {
	if p.o.PasskeysOnly {
		return e, rule.Refuse("passkeysOnly")
	}
	folded, _, err := foldName(name)
	if err != nil {
		folded = ""
	}
	a, word, _, err := p.account(ctx, p.read, "folded = $1", folded)
	if err != nil {
		return e, err
	}
	limits, err := p.limits(ctx, folded, a.ID, b)
	if err != nil {
		return e, err
	}
	if err = p.attempt(ctx, limits...); err != nil {
		return e, err
	}
	right, old := p.judge(password, word)
	if !right {
		return e, errors.Join(rule.Refuse("signInFailed"), p.log(ctx, p.write, a.ID, SignInFailed, "", b.Origin))
	}
	renewed := ""
	if old {
		if renewed, err = p.hashes.hash(p.o.Rand, password); err != nil {
			return e, err
		}
	}
	err = p.transact(ctx, func(x *sql.Tx) error {
		// The password may have been changed, or the person erased, while this one was worked out.
		n, err := p.exec(ctx, x, "UPDATE account SET password = CASE WHEN $3 = '' THEN password ELSE $3 END WHERE id = $1 AND password = $2 AND erased = 0", a.ID, word, renewed)
		if err != nil {
			return err
		}
		if n == 0 {
			return rule.Refuse("signInFailed")
		}
		if err := p.forgive(ctx, x, limits...); err != nil {
			return err
		}
		e, err = p.begin(ctx, x, a.ID, ByPassword, b)
		return err
	})
	return e, err
}

// judge compares a password of any length at the cost of one.
func (p *People) judge(password, word string) (right, old bool) {
	long := len(password) > 4*longestPassword
	if long {
		password = password[:4*longestPassword]
	}
	right, old = p.hashes.same(password, word)
	return right && !long, old
}

// limits are where the attempts of a sign-in are counted: for a browser that the
// account knows, there alone, so that nobody else's failures are in its way.
func (p *People) limits(ctx context.Context, folded, account string, b Browser) ([]limit, error) {
	hash := hashed(deviceKind, b.Known)
	var one int64
	known, err := p.find(ctx, p.read, "SELECT 1 FROM device WHERE hash = $1 AND account = $2 AND expires > $3", []any{hash, account, p.now()}, &one)
	if err != nil {
		return nil, err
	}
	if known {
		return []limit{deviceLimit(hash)}, nil
	}
	return []limit{addressLimit(b.Address), nameLimit(folded)}, nil
}

// Confirm takes the password of somebody who is signed in, before what needs
// it. The session gets a new secret.
func (p *People) Confirm(ctx context.Context, s Session, password string, from Origin) (e Entry, err error) {
	if err := p.checkWord(ctx, s.Account, password, from); err != nil {
		return e, err
	}
	return p.confirmed(ctx, s, from)
}

func (p *People) confirmed(ctx context.Context, s Session, from Origin) (e Entry, err error) {
	err = p.transact(ctx, func(x *sql.Tx) error {
		if e, err = p.rotate(ctx, x, s, true); err != nil {
			return err
		}
		return p.log(ctx, x, s.Account, Confirmed, "", from)
	})
	return e, err
}

// checkWord judges the password of a known account, within limits of its own.
func (p *People) checkWord(ctx context.Context, account, password string, from Origin) error {
	if p.o.PasskeysOnly {
		return rule.Refuse("passkeysOnly")
	}
	_, word, _, err := p.account(ctx, p.read, "id = $1", account)
	if err != nil {
		return err
	}
	l := limit{"account:" + account, freeOfName}
	if err := p.attempt(ctx, l); err != nil {
		return err
	}
	if right, _ := p.judge(password, word); !right {
		return errors.Join(rule.Refuse("wrongPassword"), p.log(ctx, p.write, account, SignInFailed, "", from))
	}
	return p.forgive(ctx, p.write, l)
}

// SetPassword sets the first password of an account, or another one; who has one
// says it. All other sessions end, and this one gets a new secret.
func (p *People) SetPassword(ctx context.Context, s Session, current, password string, from Origin) (e Entry, err error) {
	a, err := p.Account(ctx, s.Account)
	if err != nil {
		return e, err
	}
	word, err := p.newWord(password, a.Name)
	if err != nil {
		return e, err
	}
	if a.HasWord {
		err = p.checkWord(ctx, s.Account, current, from)
	} else {
		err = p.fresh(s)
	}
	if err != nil {
		return e, err
	}
	err = p.transact(ctx, func(x *sql.Tx) error {
		if err := p.setWord(ctx, x, s.Account, word, from); err != nil {
			return err
		}
		if err := p.endOthers(ctx, x, s.Account, s.ID, from); err != nil {
			return err
		}
		e, err = p.rotate(ctx, x, s, true)
		return err
	})
	return e, err
}

// mayBeWord refuses what cannot be a new password here.
func (p *People) mayBeWord(password, name string) error {
	if p.o.PasskeysOnly {
		return rule.Refuse("passkeysOnly")
	}
	if err := checkPassword(password, name); err != nil || p.breaches == nil {
		return err
	}
	found, err := p.breaches.has(password)
	if err == nil && found {
		err = rule.Refuse("weakPassword", "reason", foundInABreach)
	}
	return err
}

// newWord checks a new password and works out what is kept of it.
func (p *People) newWord(password, name string) (string, error) {
	if err := p.mayBeWord(password, name); err != nil {
		return "", err
	}
	return p.hashes.hash(p.o.Rand, password)
}

func (p *People) setWord(ctx context.Context, x *sql.Tx, account, word string, from Origin) error {
	n, err := p.exec(ctx, x, "UPDATE account SET password = $2 WHERE id = $1 AND erased = 0", account, word)
	if err != nil {
		return err
	}
	if n == 0 {
		return rule.Refuse("noSuchItem", "what", "account")
	}
	return p.log(ctx, x, account, PasswordSet, "", from)
}

// RemovePassword takes the password away, where a passkey is left to come in by.
func (p *People) RemovePassword(ctx context.Context, s Session, from Origin) error {
	if err := p.fresh(s); err != nil {
		return err
	}
	return p.transact(ctx, func(x *sql.Tx) error {
		if _, err := p.exec(ctx, x, "UPDATE account SET password = '' WHERE id = $1", s.Account); err != nil {
			return err
		}
		if err := p.keepAWayIn(ctx, x, s.Account); err != nil {
			return err
		}
		return p.log(ctx, x, s.Account, PasswordRemoved, "", from)
	})
}

// keepAWayIn refuses to leave an account that nobody could come into.
func (p *People) keepAWayIn(ctx context.Context, x *sql.Tx, account string) error {
	var ways int64
	_, err := p.find(ctx, x, "SELECT (SELECT COUNT(*) FROM passkey WHERE account = $1) + (SELECT COUNT(*) FROM account WHERE id = $1 AND password <> '')",
		[]any{account}, &ways)
	if err == nil && ways == 0 {
		err = rule.Refuse("lastWayIn")
	}
	return err
}
