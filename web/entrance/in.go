package entrance

import (
	"cmp"
	"net/http"
	"time"

	"commonweal/people"
	"commonweal/rule"
)

// afterSignIn is where one goes who came in and said no place.
const afterSignIn = "/"

func showSignIn(v *visit) error {
	return v.show("signin", map[string]any{"then": local(v.says("then"), afterSignIn)})
}

func signIn(v *visit) error {
	n, err := v.e.o.People.SignIn(v.r.Context(), v.says("name"), v.says("password"), v.browser())
	if err != nil {
		return err
	}
	return v.entered(n)
}

// entered goes on with somebody who came in.
func (v *visit) entered(n people.Entry) error {
	v.enter(n)
	if seats, err := v.e.o.People.Seats(v.r.Context(), n.Account); err == nil {
		for _, s := range seats {
			if s.Joined.IsZero() { // it was cut short the last time
				v.taken(s, n.Account)
			}
		}
	}
	return v.done(local(v.says("then"), afterSignIn))
}

// taken has a network take in who came; where that fails now, it is tried again.
func (v *visit) taken(s people.Seat, account string) {
	a, err := v.e.o.People.Account(v.r.Context(), account)
	if err == nil {
		err = v.e.join(v.r.Context(), s, a)
	}
	if err != nil {
		v.e.o.Log.Warn("a network did not take in who accepted an invitation", "network", s.Network, "reason", err)
	}
}

func (v *visit) ceremony(c people.Ceremony, err error) error {
	if err == nil {
		v.write(http.StatusOK, c)
	}
	return err
}

// answer is what the browser says to a ceremony.
func (v *visit) answer() people.Answer {
	return people.Answer{Ceremony: v.says("ceremony"), Response: []byte(v.says("response")), Label: v.origin().Device}
}

func beginSignIn(v *visit) error { return v.ceremony(v.e.o.People.BeginSignIn(v.r.Context())) }

func finishSignIn(v *visit) error {
	n, err := v.e.o.People.FinishSignIn(v.r.Context(), v.answer(), v.browser())
	if err != nil {
		return err
	}
	return v.entered(n)
}

func signOut(v *visit) error {
	if err := v.e.o.People.SignOut(v.r.Context(), v.e.cookie(v.r, sessionCookie), v.origin()); err != nil {
		return err
	}
	v.e.set(v.w, sessionCookie, "", 0)
	v.w.Header().Set("Clear-Site-Data", `"cache"`)
	return v.done("/signin")
}

// invited is an invitation as its page shows it.
type invited struct {
	Invitation string    `json:"invitation"`
	Network    string    `json:"network"`
	Scope      string    `json:"scope"`
	Called     string    `json:"scopeName,omitempty"` // what the scope is called, as far as who invites sees it
	Role       string    `json:"role"`
	Expires    time.Time `json:"expires"`
}

func showSignUp(v *visit) error {
	secret, moved := v.linked("invitation")
	if moved {
		return nil
	}
	i, err := v.e.o.People.Invited(v.r.Context(), secret)
	if err != nil {
		return err
	}
	called, err := v.calledBy(i)
	if err != nil {
		return err
	}
	return v.show("signup", invited{secret, i.Network, string(i.Scope), called, i.Role, i.Expires})
}

// calledBy is what the scope of an invitation is called by who invites; its id where they
// do not see it.
func (v *visit) calledBy(i people.Invitation) (string, error) {
	if i.Scope == "" || i.Inviter == "" {
		return string(i.Scope), nil
	}
	by := Identity{Account: i.Inviter}
	if err := v.e.sit(v.r, &by, i.Network); err != nil {
		return "", err
	}
	name, err := v.e.o.Rights.Named(v.r.Context(), by, i.Network, i.Scope)
	if err != nil && !isRefusal(err) {
		return "", err
	}
	return cmp.Or(name, string(i.Scope)), nil
}

// way is what somebody chose to come in with.
func (v *visit) way() people.WayIn {
	return people.WayIn{Password: v.says("password"), Passkey: v.answer()}
}

// beginSignUp begins a passkey for who has an invitation.
func beginSignUp(v *visit) error {
	if _, err := v.e.o.People.Invited(v.r.Context(), v.says("invitation")); err != nil {
		return err
	}
	return v.ceremony(v.e.o.People.BeginNewcomer(v.r.Context(), v.says("name")))
}

func signUp(v *visit) error {
	n, s, err := v.e.o.People.Accept(v.r.Context(), v.says("invitation"), people.Newcomer{Name: v.says("name"), Mail: v.says("mail"), WayIn: v.way()}, v.browser())
	if err != nil {
		return err
	}
	return v.arrived(n, s)
}

func acceptAs(v *visit) error {
	n, s, err := v.e.o.People.AcceptAs(v.r.Context(), v.says("invitation"), v.s, v.origin())
	if err != nil {
		return err
	}
	return v.arrived(n, s)
}

// arrived has the network take in who accepted. Where it refuses, the invitation is
// open again, and the person is told why.
func (v *visit) arrived(n people.Entry, s people.Seat) error {
	v.enter(n)
	a, err := v.e.o.People.Account(v.r.Context(), n.Account)
	if err != nil {
		return err
	}
	v.a = a
	err = v.e.join(v.r.Context(), s, a)
	if isRefusal(err) {
		return err
	}
	v.e.set(v.w, linkCookie+"invitation", "", 0)
	if err != nil { // it is tried again, and the account says so
		v.e.o.Log.Warn("a network did not take in who accepted an invitation", "network", s.Network, "reason", err)
		return v.done("/account")
	}
	return v.done("/" + s.Network + "/")
}

func showRecover(v *visit) error { return v.show("recover", nil) }

func recoverByCode(v *visit) error {
	n, err := v.e.o.People.RecoverByCode(v.r.Context(), v.says("name"), v.says("code"), v.way(), v.browser())
	if err != nil {
		return err
	}
	v.enter(n)
	return v.done("/account")
}

// beginRecover begins a passkey for who gets in again, by the name they say.
func beginRecover(v *visit) error {
	name := v.says("name")
	if link := v.says("link"); link != "" {
		a, err := v.e.o.People.Recoverable(v.r.Context(), link)
		if err != nil {
			return err
		}
		name = a.Name
	}
	return v.ceremony(v.e.o.People.BeginNewcomer(v.r.Context(), name))
}

func showLink(v *visit) error {
	secret, moved := v.linked("link")
	if moved {
		return nil
	}
	a, err := v.e.o.People.Recoverable(v.r.Context(), secret)
	if err != nil {
		return err
	}
	return v.show("link", map[string]any{"link": secret, "name": a.Name})
}

// linked is the secret of a link. A browser that comes by the link is sent on to the
// address without it, and keeps it in a cookie for an hour meanwhile: so it stands in
// no history, in no bar that others look at, and in no Referer.
func (v *visit) linked(field string) (secret string, moved bool) {
	secret = v.says(field)
	switch {
	case v.json || v.r.Method != http.MethodGet:
		return secret, false
	case secret == "":
		return v.e.cookie(v.r, linkCookie+field), false
	}
	v.e.set(v.w, linkCookie+field, cutLink(secret), linkStays)
	v.w.Header().Set("Referrer-Policy", "no-referrer")
	v.goTo(v.r.URL.Path)
	return "", true
}

// cutLink bounds what somebody may have a browser keep; what is longer opens nothing.
func cutLink(secret string) string { return secret[:min(len(secret), 100)] }

func recoverByLink(v *visit) error {
	n, err := v.e.o.People.RecoverByLink(v.r.Context(), v.says("link"), v.way(), v.browser())
	if err != nil {
		return err
	}
	v.enter(n)
	v.e.set(v.w, linkCookie+"link", "", 0)
	return v.done("/account")
}

func showConfirm(v *visit) error {
	return v.show("confirm", map[string]any{"password": v.a.HasWord && v.e.o.People.HasPasswords()})
}

func confirm(v *visit) error {
	n, err := v.e.o.People.Confirm(v.r.Context(), v.s, v.says("password"), v.origin())
	if err != nil {
		return err
	}
	return v.renewed(n)
}

func confirmByPasskey(v *visit) error {
	n, err := v.e.o.People.ConfirmPasskey(v.r.Context(), v.s, v.answer(), v.origin())
	if err != nil {
		return err
	}
	return v.renewed(n)
}

// renewed gives the browser the new secret of its session.
func (v *visit) renewed(n people.Entry) error {
	v.enter(n)
	return v.done("/account")
}

// badField refuses a field of a form.
func badField(field, wanted string) error {
	return rule.Refuse("badForm", "field", field, "wanted", wanted)
}
