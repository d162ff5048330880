package people

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"commonweal/rule"
)

// Passkey is a key in somebody's device, as they see it.
type Passkey struct {
	ID      string
	Label   string
	Created time.Time
	Used    time.Time // zero if it was not yet
}

// Ceremony is the first step of using a passkey: Options go to the browser, as
// JSON, and ID comes back with its answer, once, within five minutes.
type Ceremony struct {
	ID      string          `json:"ceremony"`
	Options json.RawMessage `json:"options"`
}

// Answer is the browser's answer to a ceremony.
type Answer struct {
	Ceremony string
	Response []byte // JSON, as PublicKeyCredential.toJSON makes it
	Label    string // of a new passkey
}

const (
	ceremonyKind    = "ceremony"
	ceremonyStays   = 5 * time.Minute
	toAdd           = "add"    // a passkey to an account
	toBegin         = "begin"  // an account, or again
	toEnter         = "enter"  // whoever it is
	passkeysMost    = 20       // of an account
	longestResponse = 64 << 10 // bytes
)

// ceremonies make and judge passkeys; nil where the server has no site.
type ceremonies struct{ w *webauthn.WebAuthn }

func newCeremonies(site Site) (*ceremonies, error) {
	if site.ID == "" {
		return nil, nil
	}
	w, err := webauthn.New(&webauthn.Config{
		RPID: site.ID, RPDisplayName: site.Name, RPOrigins: site.Origins, AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
	})
	return &ceremonies{w}, err
}

// holder is an account as the library sees it.
type holder struct {
	handle []byte
	name   string
	keys   []webauthn.Credential
}

// WebAuthnID and the others are what package webauthn asks of a user.
func (h *holder) WebAuthnID() []byte                         { return h.handle }
func (h *holder) WebAuthnName() string                       { return h.name }
func (h *holder) WebAuthnDisplayName() string                { return h.name }
func (h *holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

// HasPasswords reports whether this server takes passwords.
func (p *People) HasPasswords() bool { return !p.o.PasskeysOnly }

// HasPasskeys reports whether this server takes passkeys.
func (p *People) HasPasskeys() bool { return p.passkeys != nil }

// ceremony keeps the state of a ceremony in the database, so that any process
// can see it through.
func (p *People) ceremony(ctx context.Context, kind, account, handle string, state *webauthn.SessionData, options any) (c Ceremony, err error) {
	if c.ID, err = p.secret(); err != nil {
		return c, err
	}
	if c.Options, err = json.Marshal(options); err != nil {
		return c, err
	}
	kept, err := json.Marshal(state)
	if err != nil {
		return c, err
	}
	_, err = p.exec(ctx, p.write, "INSERT INTO ceremony (hash, kind, account, handle, state, expires) VALUES ($1, $2, $3, $4, $5, $6)",
		hashed(ceremonyKind, c.ID), kind, account, handle, string(kept), p.now()+ceremonyStays.Milliseconds())
	return c, err
}

// takeCeremony takes a ceremony out, so that no answer counts twice.
func (p *People) takeCeremony(ctx context.Context, kind, account string, a Answer) (handle string, state webauthn.SessionData, err error) {
	if p.passkeys == nil || !wellFormed(a.Ceremony) || len(a.Response) > longestResponse {
		return "", state, rule.Refuse("passkeyFailed")
	}
	var kept string
	found, err := p.find(ctx, p.write, "DELETE FROM ceremony WHERE hash = $1 AND kind = $2 AND account = $3 AND expires > $4 RETURNING handle, state",
		[]any{hashed(ceremonyKind, a.Ceremony), kind, account, p.now()}, &handle, &kept)
	if err == nil && !found {
		err = rule.Refuse("passkeyFailed")
	}
	if err != nil {
		return "", state, err
	}
	return handle, state, json.Unmarshal([]byte(kept), &state)
}

// BeginPasskey begins to add a passkey to the account of a session.
func (p *People) BeginPasskey(ctx context.Context, s Session) (c Ceremony, err error) {
	if err = p.fresh(s); err != nil {
		return c, err
	}
	a, _, found, err := p.account(ctx, p.read, "id = $1", s.Account)
	if err != nil || !found {
		return c, errors.Join(err, rule.Refuse("signedOut"))
	}
	var handle string
	if _, err = p.find(ctx, p.read, "SELECT handle FROM account WHERE id = $1", []any{s.Account}, &handle); err != nil {
		return c, err
	}
	keys, err := p.credentials(ctx, p.read, s.Account)
	if err != nil {
		return c, err
	}
	return p.register(ctx, toAdd, s.Account, handle, a.Name, keys)
}

// BeginNewcomer begins a passkey for somebody who is about to come in, by an
// invitation or again; nothing is known of them yet but the name they say.
func (p *People) BeginNewcomer(ctx context.Context, name string) (c Ceremony, err error) {
	_, shown, err := foldName(name)
	if err != nil {
		return c, err
	}
	handle, err := p.secret()
	if err != nil {
		return c, err
	}
	return p.register(ctx, toBegin, "", handle, shown, nil)
}

func (p *People) register(ctx context.Context, kind, account, handle, name string, keys []webauthn.Credential) (c Ceremony, err error) {
	if p.passkeys == nil {
		return c, rule.Refuse("passkeyFailed")
	}
	if len(keys) >= passkeysMost {
		return c, rule.Refuse("tooManyItems", "what", "passkeys", "most", "20")
	}
	var exclude []protocol.CredentialDescriptor
	for i := range keys {
		exclude = append(exclude, keys[i].Descriptor())
	}
	options, state, err := p.passkeys.w.BeginRegistration(&holder{[]byte(handle), name, keys}, webauthn.WithExclusions(exclude))
	if err != nil {
		return c, err
	}
	return p.ceremony(ctx, kind, account, handle, state, options)
}

// made is a passkey that was judged good and is not kept yet.
type made struct {
	id, handle, label, credential string
}

// judgeNew judges the answer of a registration.
func (p *People) judgeNew(ctx context.Context, kind, account string, a Answer) (m made, err error) {
	handle, state, err := p.takeCeremony(ctx, kind, account, a)
	if err != nil {
		return m, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(a.Response)
	if err != nil {
		return m, rule.Refuse("passkeyFailed")
	}
	c, err := p.passkeys.w.CreateCredential(&holder{handle: []byte(handle)}, state, parsed)
	if err != nil {
		return m, rule.Refuse("passkeyFailed")
	}
	c.Attestation = webauthn.CredentialAttestation{} // which device somebody has is none of our business
	raw, err := json.Marshal(c)
	return made{base64.RawURLEncoding.EncodeToString(c.ID), handle, cut(a.Label, 60), string(raw)}, err
}

// keep adds a passkey to an account.
func (p *People) keep(ctx context.Context, x *sql.Tx, account string, m made, from Origin) error {
	var one int64
	taken, err := p.find(ctx, x, "SELECT 1 FROM passkey WHERE id = $1", []any{m.id}, &one)
	if err == nil && taken {
		err = rule.Refuse("passkeyFailed")
	}
	if err != nil {
		return err
	}
	_, err = p.exec(ctx, x, "INSERT INTO passkey (id, account, handle, label, credential, created, used) VALUES ($1, $2, $3, $4, $5, $6, 0)",
		m.id, account, m.handle, m.label, m.credential, p.now())
	if err != nil {
		return err
	}
	return p.log(ctx, x, account, PasskeyAdded, m.label, from)
}

// FinishPasskey adds the passkey; the session gets a new secret.
func (p *People) FinishPasskey(ctx context.Context, s Session, a Answer, from Origin) (e Entry, err error) {
	if err = p.fresh(s); err != nil {
		return e, err
	}
	m, err := p.judgeNew(ctx, toAdd, s.Account, a)
	if err != nil {
		return e, err
	}
	err = p.transact(ctx, func(x *sql.Tx) error {
		if err := p.keep(ctx, x, s.Account, m, from); err != nil {
			return err
		}
		e, err = p.rotate(ctx, x, s, false)
		return err
	})
	return e, err
}

// credentials reads the passkeys of an account as the library knows them.
func (p *People) credentials(ctx context.Context, q querier, account string) (keys []webauthn.Credential, err error) {
	err = p.list(ctx, q, "SELECT credential FROM passkey WHERE account = $1 ORDER BY created, id", []any{account}, func(r *sql.Rows) error {
		var raw string
		if err := r.Scan(&raw); err != nil {
			return err
		}
		var c webauthn.Credential
		keys = append(keys, c)
		return json.Unmarshal([]byte(raw), &keys[len(keys)-1])
	})
	return keys, err
}

// Passkeys lists those of an account, the oldest first.
func (p *People) Passkeys(ctx context.Context, account string) (list []Passkey, err error) {
	err = p.list(ctx, p.read, "SELECT id, label, created, used FROM passkey WHERE account = $1 ORDER BY created, id", []any{account}, func(r *sql.Rows) error {
		var k Passkey
		var created, used int64
		err := r.Scan(&k.ID, &k.Label, &created, &used)
		k.Created, k.Used = when(created), when(used)
		list = append(list, k)
		return err
	})
	return list, err
}

// RemovePasskey takes a passkey away, where another way in is left.
func (p *People) RemovePasskey(ctx context.Context, s Session, id string, from Origin) error {
	if err := p.fresh(s); err != nil {
		return err
	}
	return p.transact(ctx, func(x *sql.Tx) error {
		var label string
		found, err := p.find(ctx, x, "DELETE FROM passkey WHERE account = $1 AND id = $2 RETURNING label", []any{s.Account, id}, &label)
		if err != nil {
			return err
		}
		if !found {
			return rule.Refuse("noSuchItem", "what", "passkey")
		}
		if err := p.keepAWayIn(ctx, x, s.Account); err != nil {
			return err
		}
		return p.log(ctx, x, s.Account, PasskeyRemoved, label, from)
	})
}
