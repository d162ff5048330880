package people

import (
	"context"
	"database/sql"
	"time"

	"commonweal/rule"
)

// Method is the way in that a session began with.
type Method string

// The ways in.
const (
	ByPassword   Method = "password"
	ByPasskey    Method = "passkey"
	ByCode       Method = "code"
	ByLink       Method = "link"
	ByInvitation Method = "invitation"
)

// Session is what a browser holds after somebody came in.
type Session struct {
	ID       string // to name it by; it opens nothing
	Account  string
	Label    string // the device, in words
	Method   Method
	Created  time.Time
	Seen     time.Time // the last request, to the minute
	Verified time.Time // when a way in was last taken or confirmed
	Expires  time.Time // at the latest
}

// Entry is a session with what the browser is to keep. Both secrets are shown
// here only.
type Entry struct {
	Session
	Secret string // of the session
	Device string // by which the account knows the browser again; empty if it has it already
}

// Browser is what somebody signs in from.
type Browser struct {
	Origin
	Known string // the secret that an earlier Entry gave as Device; may be empty
	Old   string // the secret of the session there is, which ends; may be empty
}

const (
	sessionKind  = "session"
	deviceKind   = "device"
	deviceStays  = 365 * day
	seenEach     = time.Minute
	sessionsMost = 50 // of an account; the one seen longest ago ends first
)

// begin makes a session with a new secret, whatever the browser brought, and
// ends the one it had.
func (p *People) begin(ctx context.Context, x *sql.Tx, account string, method Method, b Browser) (e Entry, err error) {
	if wellFormed(b.Old) {
		if _, err = p.exec(ctx, x, "DELETE FROM session WHERE hash = $1", hashed(sessionKind, b.Old)); err != nil {
			return e, err
		}
	}
	if e.ID, err = p.newID(); err != nil {
		return e, err
	}
	if e.Secret, err = p.secret(); err != nil {
		return e, err
	}
	now := p.now()
	e.Account, e.Label, e.Method = account, cut(b.Device, longestEventText), method
	e.Created, e.Seen, e.Verified, e.Expires = when(now), when(now), when(now), when(now+p.o.Lifetime.Milliseconds())
	_, err = p.exec(ctx, x, "INSERT INTO session (id, hash, account, label, method, created, seen, verified, expires) VALUES ($1, $2, $3, $4, $5, $6, $6, $6, $7)",
		e.ID, hashed(sessionKind, e.Secret), account, e.Label, string(method), now, stored(e.Expires))
	if err != nil {
		return e, err
	}
	_, err = p.exec(ctx, x, "DELETE FROM session WHERE account = $1 AND seen <"+
		" (SELECT seen FROM session WHERE account = $1 ORDER BY seen DESC LIMIT 1 OFFSET $2)", account, sessionsMost-1)
	if err != nil {
		return e, err
	}
	if e.Device, err = p.know(ctx, x, account, b.Known); err != nil {
		return e, err
	}
	return e, p.log(ctx, x, account, SignedIn, string(method), b.Origin)
}

// know remembers a browser of an account, unless it is known.
func (p *People) know(ctx context.Context, x *sql.Tx, account, known string) (string, error) {
	if wellFormed(known) {
		n, err := p.exec(ctx, x, "UPDATE device SET expires = $3 WHERE hash = $1 AND account = $2", hashed(deviceKind, known), account, p.now()+deviceStays.Milliseconds())
		if err != nil || n > 0 {
			return "", err
		}
	}
	secret, err := p.secret()
	if err != nil {
		return "", err
	}
	_, err = p.exec(ctx, x, "INSERT INTO device (hash, account, expires) VALUES ($1, $2, $3)", hashed(deviceKind, secret), account, p.now()+deviceStays.Milliseconds())
	return secret, err
}

const sessionColumns = "s.id, s.account, s.label, s.method, s.created, s.seen, s.verified, s.expires"

func (s *Session) scan(row interface{ Scan(into ...any) error }, more ...any) error {
	var created, seen, verified, expires int64
	err := row.Scan(append([]any{&s.ID, &s.Account, &s.Label, &s.Method, &created, &seen, &verified, &expires}, more...)...)
	s.Created, s.Seen, s.Verified, s.Expires = when(created), when(seen), when(verified), when(expires)
	return err
}

// Session returns the session of a secret with its account. It is read from the
// database each time: what was revoked, by whichever process, is refused.
func (p *People) Session(ctx context.Context, secret string) (s Session, a Account, err error) {
	if !wellFormed(secret) {
		return s, a, rule.Refuse("signedOut")
	}
	now := p.now()
	rows := 0
	err = p.list(ctx, p.read, "SELECT "+sessionColumns+", a.name, a.mail, a.created, a.password FROM session s JOIN account a ON a.id = s.account"+
		" WHERE s.hash = $1 AND s.expires > $2 AND s.seen > $3 AND a.erased = 0", []any{hashed(sessionKind, secret), now, now - p.o.Idle.Milliseconds()},
		func(r *sql.Rows) error {
			rows++
			var made int64
			var word string
			err := s.scan(r, &a.Name, &a.Mail, &made, &word)
			a.ID, a.Created, a.HasWord = s.Account, when(made), word != ""
			return err
		})
	if err != nil {
		return s, a, err
	}
	if rows == 0 {
		return Session{}, Account{}, rule.Refuse("signedOut")
	}
	if now-stored(s.Seen) > seenEach.Milliseconds() {
		_, err = p.exec(ctx, p.write, "UPDATE session SET seen = $2 WHERE id = $1", s.ID, now)
		s.Seen = when(now)
	}
	return s, a, err
}

// Sessions lists those of an account that go on, the newest seen first.
func (p *People) Sessions(ctx context.Context, account string) (list []Session, err error) {
	now := p.now()
	err = p.list(ctx, p.read, "SELECT "+sessionColumns+" FROM session s WHERE s.account = $1 AND s.expires > $2 AND s.seen > $3 ORDER BY s.seen DESC, s.id",
		[]any{account, now, now - p.o.Idle.Milliseconds()}, func(r *sql.Rows) error {
			var s Session
			err := s.scan(r)
			list = append(list, s)
			return err
		})
	return list, err
}

// SignOut ends a session by its secret; one that has ended is no error.
func (p *People) SignOut(ctx context.Context, secret string, from Origin) error {
	s, _, err := p.Session(ctx, secret)
	if refused(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return p.endSession(ctx, s.Account, s.ID, SignedOut, from)
}

// RevokeSession ends a session of an account.
func (p *People) RevokeSession(ctx context.Context, account, id string, from Origin) error {
	return p.endSession(ctx, account, id, SessionRevoked, from)
}

func (p *People) endSession(ctx context.Context, account, id string, kind EventKind, from Origin) error {
	return p.transact(ctx, func(x *sql.Tx) error {
		var label string
		found, err := p.find(ctx, x, "DELETE FROM session WHERE account = $1 AND id = $2 RETURNING label", []any{account, id}, &label)
		if err != nil {
			return err
		}
		if !found {
			return rule.Refuse("noSuchItem", "what", "session")
		}
		return p.log(ctx, x, account, kind, label, from)
	})
}

// RevokeSessions ends all sessions of an account but one; all, if that is empty.
// Browsers that were known are so no longer.
func (p *People) RevokeSessions(ctx context.Context, account, but string, from Origin) error {
	return p.transact(ctx, func(x *sql.Tx) error { return p.endOthers(ctx, x, account, but, from) })
}

func (p *People) endOthers(ctx context.Context, x *sql.Tx, account, but string, from Origin) error {
	n, err := p.exec(ctx, x, "DELETE FROM session WHERE account = $1 AND id <> $2", account, but)
	if err == nil {
		_, err = p.exec(ctx, x, "DELETE FROM device WHERE account = $1", account)
	}
	if err != nil || n == 0 {
		return err
	}
	return p.log(ctx, x, account, SessionsRevoked, "", from)
}

// fresh refuses a session whose holder did not show a way in lately.
func (p *People) fresh(s Session) error {
	if p.o.Now().Sub(s.Verified).Abs() > p.o.Fresh { // a clock that was ahead then makes nobody certain
		return rule.Refuse("confirmFirst", "minutes", p.FreshMinutes())
	}
	return nil
}

// Fresh reports whether what a session may do need not be confirmed first.
func (p *People) Fresh(s Session) bool { return p.fresh(s) == nil }

// FreshMinutes is for how long after a way in was taken no confirmation is needed.
func (p *People) FreshMinutes() string { return minutes(p.o.Fresh) }

// rotate gives a session a new secret, and ends the old one: after what it may
// do has changed. With confirmed, it counts as verified now.
func (p *People) rotate(ctx context.Context, x *sql.Tx, s Session, confirmed bool) (e Entry, err error) {
	if e.Secret, err = p.secret(); err != nil {
		return e, err
	}
	e.Session = s
	if confirmed {
		e.Verified = when(p.now())
	}
	n, err := p.exec(ctx, x, "UPDATE session SET hash = $2, verified = $3 WHERE id = $1", s.ID, hashed(sessionKind, e.Secret), stored(e.Verified))
	if err == nil && n == 0 {
		err = rule.Refuse("signedOut")
	}
	return e, err
}
