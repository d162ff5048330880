package people

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"commonweal/rule"
)

const (
	codesOfAccount = 10
	codeLetters    = 28 // 140 bits
	codeKind       = "code"
	linkKind       = "link"
	linkStays      = day
)

// WayIn is what somebody chooses to come in with from now on: a password, or a
// new passkey, or both.
type WayIn struct {
	Password string
	Passkey  Answer // of a ceremony that BeginNewcomer began; its zero value is none
}

// chosen is a way in that was judged good.
type chosen struct {
	word string
	key  *made
}

// judgeWay judges a way in before anything is used up for it; the work of a password
// comes last, so that nobody has it done for nothing.
func (p *People) judgeWay(ctx context.Context, w WayIn, name string) (c chosen, err error) {
	word := w.Passkey.Ceremony == "" || w.Password != ""
	if word {
		if err = p.mayBeWord(w.Password, name); err != nil {
			return c, err
		}
	}
	if w.Passkey.Ceremony != "" {
		m, err := p.judgeNew(ctx, toBegin, "", w.Passkey)
		if err != nil {
			return c, err
		}
		c.key = &m
	}
	if word {
		c.word, err = p.hashes.hash(p.o.Rand, w.Password)
	}
	return c, err
}

func (p *People) give(ctx context.Context, x *sql.Tx, account string, c chosen, from Origin) error {
	if c.word != "" {
		if err := p.setWord(ctx, x, account, c.word, from); err != nil {
			return err
		}
	}
	if c.key != nil {
		return p.keep(ctx, x, account, *c.key, from)
	}
	return nil
}

// NewCodes makes ten codes to print, each of which lets its owner in once, and
// ends those of before. They are shown here only.
func (p *People) NewCodes(ctx context.Context, s Session, from Origin) (codes []string, err error) {
	if err := p.fresh(s); err != nil {
		return nil, err
	}
	for range codesOfAccount {
		c, err := p.code()
		if err != nil {
			return nil, err
		}
		codes = append(codes, c)
	}
	err = p.transact(ctx, func(x *sql.Tx) error {
		if _, err := p.exec(ctx, x, "DELETE FROM recovery_code WHERE account = $1", s.Account); err != nil {
			return err
		}
		for _, c := range codes {
			if _, err := p.exec(ctx, x, "INSERT INTO recovery_code (hash, account, used) VALUES ($1, $2, 0)", hashed(codeKind, plainCode(c)), s.Account); err != nil {
				return err
			}
		}
		return p.log(ctx, x, s.Account, CodesMade, "", from)
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// code makes a code in groups of four letters.
func (p *People) code() (string, error) {
	b := make([]byte, codeLetters)
	if _, err := io.ReadFull(p.o.Rand, b); err != nil {
		return "", err
	}
	var groups []string
	for i := range b {
		b[i] = letters[b[i]&31]
		if i%4 == 3 {
			groups = append(groups, string(b[i-3:i+1]))
		}
	}
	return strings.Join(groups, "-"), nil
}

// likeness are letters that are read for others on paper.
var likeness = strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1")

// plainCode is a code however it was typed.
func plainCode(typed string) string {
	if len(typed) > 100 {
		return ""
	}
	return likeness.Replace(strings.ToUpper(strings.TrimSpace(typed)))
}

// CodesLeft says how many printed codes of an account are unused.
func (p *People) CodesLeft(ctx context.Context, account string) (n int, err error) {
	_, err = p.find(ctx, p.read, "SELECT COUNT(*) FROM recovery_code WHERE account = $1 AND used = 0", []any{account}, &n)
	return n, err
}

// RecoverByCode takes a printed code, once, for a new way in. Every session of
// the account ends; a new one begins.
func (p *People) RecoverByCode(ctx context.Context, name, code string, w WayIn, b Browser) (e Entry, err error) {
	l := addressLimit(b.Address)
	if err := p.attempt(ctx, l); err != nil {
		return e, err
	}
	folded, _, err := foldName(name)
	if err != nil {
		folded = ""
	}
	c, err := p.judgeWay(ctx, w, name)
	if err != nil {
		return e, errors.Join(err, p.forgive(ctx, p.write, l))
	}
	err = p.transact(ctx, func(x *sql.Tx) error {
		var account string
		found, err := p.find(ctx, x, "UPDATE recovery_code SET used = $3 WHERE hash = $1 AND used = 0 AND account ="+
			" (SELECT id FROM account WHERE folded = $2 AND erased = 0) RETURNING account", []any{hashed(codeKind, plainCode(code)), folded, p.now()}, &account)
		if err != nil {
			return err
		}
		if !found {
			return rule.Refuse("recoveryFailed")
		}
		if err := p.forgive(ctx, x, l, nameLimit(folded)); err != nil {
			return err
		}
		e, err = p.comeBack(ctx, x, account, c, RecoveredByCode, ByCode, b)
		return err
	})
	return e, err
}

// comeBack lets somebody in again: a new way in, every session ended, one begun.
func (p *People) comeBack(ctx context.Context, x *sql.Tx, account string, c chosen, kind EventKind, by Method, b Browser) (e Entry, err error) {
	if err = p.give(ctx, x, account, c, b.Origin); err != nil {
		return e, err
	}
	if err = p.endOthers(ctx, x, account, "", b.Origin); err != nil {
		return e, err
	}
	if err = p.log(ctx, x, account, kind, "", b.Origin); err != nil {
		return e, err
	}
	return p.begin(ctx, x, account, by, b)
}

// IssueRecovery makes a link for somebody who cannot get in any more, at the
// word of an owner; whether the owner may is asked before. It holds for a day,
// once; an earlier one ends. The person sees in their log that it was made. An account
// opens all its networks: so the owner must decide in each of them (networks), and the
// link ends when the person joins another.
func (p *People) IssueRecovery(ctx context.Context, account, issuer string, networks ...string) (secret string, until time.Time, err error) {
	if secret, err = p.secret(); err != nil {
		return "", until, err
	}
	now := p.now()
	until = when(now + linkStays.Milliseconds())
	err = p.transact(ctx, func(x *sql.Tx) error {
		if _, _, found, err := p.account(ctx, x, "id = $1", account); err != nil || !found {
			return errors.Join(err, rule.Refuse("noSuchItem", "what", "account"))
		}
		err := p.list(ctx, x, "SELECT network FROM seat WHERE account = $1 AND ended = 0", []any{account}, func(r *sql.Rows) error {
			var network string
			err := r.Scan(&network)
			if err == nil && !slices.Contains(networks, network) {
				err = rule.Refuse("otherNetworks")
			}
			return err
		})
		if err != nil {
			return err
		}
		if err := p.endLinks(ctx, x, account); err != nil {
			return err
		}
		_, err = p.exec(ctx, x, "INSERT INTO recovery_link (hash, account, issuer, created, expires, used) VALUES ($1, $2, $3, $4, $5, 0)",
			hashed(linkKind, secret), account, issuer, now, stored(until))
		if err != nil {
			return err
		}
		return p.log(ctx, x, account, RecoveryIssued, issuer, Origin{})
	})
	if err != nil {
		return "", until, err
	}
	return secret, until, nil
}

// endLinks ends the links of owners that an account was not recovered with yet.
func (p *People) endLinks(ctx context.Context, x *sql.Tx, account string) error {
	_, err := p.exec(ctx, x, "DELETE FROM recovery_link WHERE account = $1 AND used = 0", account)
	return err
}

// Recoverable returns the account that a link of an owner lets in again.
func (p *People) Recoverable(ctx context.Context, secret string) (a Account, err error) {
	if !wellFormed(secret) {
		return a, rule.Refuse("linkSpent")
	}
	a, _, found, err := p.account(ctx, p.read, "id = (SELECT account FROM recovery_link WHERE hash = $1 AND used = 0 AND expires > $2)", hashed(linkKind, secret), p.now())
	if err == nil && !found {
		err = rule.Refuse("linkSpent")
	}
	return a, err
}

// RecoverByLink takes a link of an owner, once, for a new way in. All earlier
// ways in, sessions, codes and tokens of the account end, whoever had them.
func (p *People) RecoverByLink(ctx context.Context, secret string, w WayIn, b Browser) (e Entry, err error) {
	a, err := p.Recoverable(ctx, secret)
	if err != nil {
		return e, err
	}
	c, err := p.judgeWay(ctx, w, a.Name)
	if err != nil {
		return e, err
	}
	err = p.transact(ctx, func(x *sql.Tx) error {
		n, err := p.exec(ctx, x, "UPDATE recovery_link SET used = $2 WHERE hash = $1 AND used = 0 AND expires > $2", hashed(linkKind, secret), p.now())
		if err == nil && n == 0 {
			err = rule.Refuse("linkSpent")
		}
		if err != nil {
			return err
		}
		err = p.all(ctx, x, []any{a.ID}, "DELETE FROM passkey WHERE account = $1", "DELETE FROM recovery_code WHERE account = $1",
			"DELETE FROM token WHERE account = $1", "UPDATE account SET password = '' WHERE id = $1")
		if err != nil {
			return err
		}
		e, err = p.comeBack(ctx, x, a.ID, c, RecoveredByLink, ByLink, b)
		return err
	})
	return e, err
}
