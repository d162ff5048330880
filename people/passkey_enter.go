package people

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"commonweal/rule"
)

// BeginSignIn begins to come in by a passkey. No name is asked for: the browser
// shows which ones it has, and nothing is told of who has any.
func (p *People) BeginSignIn(ctx context.Context) (c Ceremony, err error) {
	if p.passkeys == nil {
		return c, rule.Refuse("passkeyFailed")
	}
	options, state, err := p.passkeys.w.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return c, err
	}
	return p.ceremony(ctx, toEnter, "", "", state, options)
}

// FinishSignIn judges the answer and begins a session.
func (p *People) FinishSignIn(ctx context.Context, a Answer, b Browser) (e Entry, err error) {
	account, save, err := p.judgeOld(ctx, a, b.Origin)
	if err != nil {
		return e, err
	}
	err = p.transact(ctx, func(x *sql.Tx) error {
		if err := save(x); err != nil {
			return err
		}
		e, err = p.begin(ctx, x, account, ByPasskey, b)
		return err
	})
	return e, err
}

// ConfirmPasskey takes a passkey of somebody who is signed in, before what needs it.
func (p *People) ConfirmPasskey(ctx context.Context, s Session, a Answer, from Origin) (e Entry, err error) {
	account, save, err := p.judgeOld(ctx, a, from)
	if err != nil {
		return e, err
	}
	if account != s.Account {
		return e, rule.Refuse("passkeyFailed")
	}
	if err := p.transact(ctx, save); err != nil {
		return e, err
	}
	return p.confirmed(ctx, s, from)
}

// judgeOld judges the answer of somebody who has a passkey, and returns the
// account with what is to be saved.
func (p *People) judgeOld(ctx context.Context, a Answer, from Origin) (account string, save func(*sql.Tx) error, err error) {
	_, state, err := p.takeCeremony(ctx, toEnter, "", a)
	if err != nil {
		return "", nil, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(a.Response)
	if err != nil {
		return "", nil, rule.Refuse("passkeyFailed")
	}
	var trouble error // of the database, which is no failure of the passkey
	find := func(raw, handle []byte) (webauthn.User, error) {
		h, err := p.holderOf(ctx, raw, handle, &account)
		if err != nil && !errors.Is(err, errNobody) {
			trouble = err
		}
		return h, err
	}
	c, err := p.passkeys.w.ValidateDiscoverableLogin(find, state, parsed)
	if trouble != nil {
		return "", nil, trouble
	}
	if err != nil {
		return "", nil, rule.Refuse("passkeyFailed")
	}
	id := base64.RawURLEncoding.EncodeToString(c.ID)
	if c.Authenticator.CloneWarning {
		return "", nil, errors.Join(rule.Refuse("passkeyFailed"), p.log(ctx, p.write, account, PasskeyDoubtful, "", from))
	}
	raw, err := json.Marshal(c)
	return account, func(x *sql.Tx) error {
		n, err := p.exec(ctx, x, "UPDATE passkey SET credential = $3, used = $4 WHERE id = $1 AND account = $2", id, account, string(raw), p.now())
		if err == nil && n == 0 { // it was removed meanwhile
			err = rule.Refuse("passkeyFailed")
		}
		return err
	}, err
}

var errNobody = errors.New("nobody has this passkey")

// holderOf finds whose passkey it is.
func (p *People) holderOf(ctx context.Context, raw, handle []byte, account *string) (*holder, error) {
	var kept, name, credential string
	found, err := p.find(ctx, p.read, "SELECT k.account, k.handle, k.credential, a.name FROM passkey k JOIN account a ON a.id = k.account WHERE k.id = $1 AND a.erased = 0",
		[]any{base64.RawURLEncoding.EncodeToString(raw)}, account, &kept, &credential, &name)
	if err != nil {
		return nil, err
	}
	if !found || kept != string(handle) {
		return nil, errNobody
	}
	h := &holder{handle: handle, name: name, keys: make([]webauthn.Credential, 1)}
	return h, json.Unmarshal([]byte(credential), &h.keys[0])
}
