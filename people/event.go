package people

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// EventKind names what happened to an account; the names last.
type EventKind string

// What the log of an account tells.
const (
	SignedIn         EventKind = "signedIn"
	SignInFailed     EventKind = "signInFailed"
	SignedOut        EventKind = "signedOut"
	SessionRevoked   EventKind = "sessionRevoked"
	SessionsRevoked  EventKind = "sessionsRevoked" // all others
	Confirmed        EventKind = "confirmed"
	AccountMade      EventKind = "accountMade"
	MailChanged      EventKind = "mailChanged"
	PasswordSet      EventKind = "passwordSet"
	PasswordRemoved  EventKind = "passwordRemoved"
	PasskeyAdded     EventKind = "passkeyAdded"
	PasskeyRemoved   EventKind = "passkeyRemoved"
	PasskeyDoubtful  EventKind = "passkeyDoubtful" // its counter went backwards: somebody may have copied it
	CodesMade        EventKind = "codesMade"
	RecoveredByCode  EventKind = "recoveredByCode"
	RecoveryIssued   EventKind = "recoveryIssued" // an owner made a link to get in again
	RecoveredByLink  EventKind = "recoveredByLink"
	TokenMade        EventKind = "tokenMade"
	TokenRevoked     EventKind = "tokenRevoked"
	InvitationTaken  EventKind = "invitationTaken"
	eventsOfKind               = 50
	eventsStay                 = 180 * day
	longestEventText           = 200
)

// Event is a line of the log that a person sees of their own account. It holds
// no secret.
type Event struct {
	Kind    EventKind
	At      time.Time
	About   string // a label or a network, by kind; may be empty
	Address string
	Device  string
}

// log adds a line; of each kind the newest stay. Of attempts with unknown names,
// the account is empty.
func (p *People) log(ctx context.Context, q querier, account string, kind EventKind, about string, from Origin) error {
	end, err := p.newID()
	if err != nil {
		return err
	}
	id := fmt.Sprintf("%013x%08x%s", p.now(), uint32(p.lines.Add(1)), end[:6]) // what happened in one moment is in order
	_, err = p.exec(ctx, q, "INSERT INTO event (id, account, kind, happened, about, address, device) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		id, account, string(kind), p.now(), cut(about, longestEventText), cut(from.Address, 64), cut(from.Device, longestEventText))
	if err != nil {
		return err
	}
	_, err = p.exec(ctx, q, "DELETE FROM event WHERE account = $1 AND kind = $2 AND happened <"+
		" (SELECT happened FROM event WHERE account = $1 AND kind = $2 ORDER BY happened DESC LIMIT 1 OFFSET $3)", account, string(kind), eventsOfKind-1)
	return err
}

// Log lists what happened to an account, newest first, at most so many.
func (p *People) Log(ctx context.Context, account string, most int) (list []Event, err error) {
	err = p.list(ctx, p.read, "SELECT kind, happened, about, address, device FROM event WHERE account = $1 ORDER BY happened DESC, id DESC LIMIT $2", []any{account, most},
		func(r *sql.Rows) error {
			var e Event
			var at int64
			err := r.Scan(&e.Kind, &at, &e.About, &e.Address, &e.Device)
			e.At = when(at)
			list = append(list, e)
			return err
		})
	return list, err
}

// cut shortens a text to so many characters.
func cut(text string, most int) string {
	n := 0
	for i := range text {
		if n == most {
			return text[:i] + "…"
		}
		n++
	}
	return text
}

// Sweep deletes what has ended: sessions, ceremonies, browsers, old invitations,
// links, counts and lines of the log. The program calls it every hour or so.
func (p *People) Sweep(ctx context.Context) error {
	now := p.now()
	for text, before := range map[string]int64{
		"DELETE FROM session WHERE expires < $1":                  now,
		"DELETE FROM session WHERE seen < $1":                     now - p.o.Idle.Milliseconds(),
		"DELETE FROM ceremony WHERE expires < $1":                 now,
		"DELETE FROM device WHERE expires < $1":                   now,
		"DELETE FROM attempt WHERE tried < $1":                    now - forgetting.Milliseconds(),
		"DELETE FROM recovery_link WHERE expires < $1":            now - eventsStay.Milliseconds(),
		"DELETE FROM invitation WHERE expires < $1 AND taken = 0": now - eventsStay.Milliseconds(),
		"DELETE FROM token WHERE expires < $1":                    now - eventsStay.Milliseconds(),
		"DELETE FROM event WHERE happened < $1":                   now - eventsStay.Milliseconds(),
	} {
		if _, err := p.exec(ctx, p.write, text, before); err != nil {
			return err
		}
	}
	return nil
}
