package people

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// counted runs f many times at once and counts how often it was true.
func counted(times int, f func(i int) bool) int64 {
	var n atomic.Int64
	var wg sync.WaitGroup
	for i := range times {
		wg.Go(func() {
			if f(i) {
				n.Add(1)
			}
		})
	}
	wg.Wait()
	return n.Load()
}

// withPasskey brings somebody in who has a passkey and no password.
func (h *house) withPasskey(name string) (Entry, *device) {
	h.t.Helper()
	d := newDevice(h.t)
	c, err := h.BeginNewcomer(ctx, name)
	fine(h.t, err)
	e, _, err := h.Accept(ctx, h.invite(Invitation{}), Newcomer{Name: name, WayIn: WayIn{Passkey: d.create(c)}}, Browser{Origin: here})
	fine(h.t, err)
	return e, d
}

// clockBack: a clock that was ahead for a while locks nobody out, and makes nobody
// certain, when it is put right.
func clockBack(t *testing.T, h *house) {
	h.join("ada")
	const ahead = 300 * day
	h.clock.Pass(ahead)
	for range 9 {
		if _, err := h.SignIn(ctx, "ada", other, Browser{Origin: there}); !refused(err) {
			t.Fatal(err)
		}
	}
	e, _ := h.join("bea")
	h.clock.Pass(-ahead)
	_, err := h.SignIn(ctx, "ada", phrase, Browser{Origin: there})
	fine(t, err)
	_, err = h.NewCodes(ctx, e.Session, here)
	refuses(t, err, "confirmFirst")
}

func sessionsEnd(t *testing.T, h *house) {
	e, _ := h.join("ada")
	gone := func(secret string) {
		t.Helper()
		_, _, err := h.Session(ctx, secret)
		refuses(t, err, "signedOut")
	}
	h.clock.Pass(7*day - time.Second)
	_, _, err := h.Session(ctx, e.Secret)
	fine(t, err)
	h.clock.Pass(7 * day)
	gone(e.Secret) // idle

	e = must[Entry](t)(h.SignIn(ctx, "ada", phrase, Browser{Origin: here}))
	for range 29 {
		h.clock.Pass(day)
		_, _, err := h.Session(ctx, e.Secret)
		fine(t, err)
	}
	h.clock.Pass(day)
	gone(e.Secret) // used each day, but old

	e = must[Entry](t)(h.SignIn(ctx, "ada", phrase, Browser{Origin: here}))
	fine(t, h.SignOut(ctx, e.Secret, here))
	fine(t, h.SignOut(ctx, e.Secret, here))
	gone(e.Secret)
	for _, secret := range []string{"", "x", e.ID, e.Secret[1:], e.Secret + "A"} {
		gone(secret)
	}
}

func sessionsAreRevokedEverywhere(t *testing.T, h *house) {
	e, _ := h.join("ada")
	second := h.open(h.options()) // another process on the same database
	mine := must[Entry](t)(second.SignIn(ctx, "ada", phrase, Browser{Origin: there}))
	third := must[Entry](t)(second.SignIn(ctx, "ada", phrase, Browser{Origin: there}))
	list := must[[]Session](t)(h.Sessions(ctx, e.Account))
	if len(list) != 3 {
		t.Fatalf("%d sessions, want 3", len(list))
	}
	bob, _ := h.join("bob")
	refuses(t, h.RevokeSession(ctx, bob.Account, mine.ID, here), "noSuchItem") // not of this account
	fine(t, h.RevokeSession(ctx, e.Account, mine.ID, here))
	_, _, err := second.Session(ctx, mine.Secret)
	refuses(t, err, "signedOut")
	fine(t, h.RevokeSessions(ctx, e.Account, e.ID, here))
	_, _, err = second.Session(ctx, third.Secret)
	refuses(t, err, "signedOut")
	_, _, err = second.Session(ctx, e.Secret)
	fine(t, err)
	_, _, err = second.Session(ctx, bob.Secret)
	fine(t, err)
	for range sessionsMost + 5 {
		h.clock.Pass(time.Second)
		_, err = h.SignIn(ctx, "ada", phrase, Browser{Origin: here})
		fine(t, err)
	}
	if n := len(must[[]Session](t)(h.Sessions(ctx, e.Account))); n > sessionsMost+1 {
		t.Errorf("%d sessions of one account", n)
	}
}

func secretsChange(t *testing.T, h *house) {
	e, _ := h.join("ada")
	again := must[Entry](t)(h.SignIn(ctx, "ada", phrase, Browser{Origin: here, Old: e.Secret, Known: e.Device}))
	if again.Secret == e.Secret || again.Device != "" {
		t.Errorf("the session has the secret it had, or the known browser is %q", again.Device)
	}
	_, _, err := h.Session(ctx, e.Secret)
	refuses(t, err, "signedOut") // no fixation: what was brought is of no use
	elsewhere := must[Entry](t)(h.SignIn(ctx, "ada", phrase, Browser{Origin: there}))

	_, err = h.SetPassword(ctx, again.Session, "not it", other, here)
	refuses(t, err, "wrongPassword")
	_, err = h.SetPassword(ctx, again.Session, phrase, "short", here)
	refuses(t, err, "weakPassword")
	changed := must[Entry](t)(h.SetPassword(ctx, again.Session, phrase, other, here))
	for _, secret := range []string{again.Secret, elsewhere.Secret} {
		_, _, err = h.Session(ctx, secret)
		refuses(t, err, "signedOut")
	}
	s, _, err := h.Session(ctx, changed.Secret)
	fine(t, err)
	if s.ID != again.ID {
		t.Error("the session is another one")
	}
	_, err = h.SignIn(ctx, "ada", phrase, Browser{Origin: here})
	refuses(t, err, "signInFailed")
	refuses(t, h.RemovePassword(ctx, s, here), "lastWayIn")
	_, err = h.SignIn(ctx, "ada", other, Browser{Origin: here})
	fine(t, err) // nothing of the refused removal stayed
}

func confirmation(t *testing.T, h *house) {
	e, d := h.withPasskey("ada")
	fine(t, h.fresh(e.Session))
	h.clock.Pass(11 * time.Minute)
	s, _, err := h.Session(ctx, e.Secret)
	fine(t, err)
	_, err = h.NewCodes(ctx, s, here)
	refuses(t, err, "confirmFirst")
	_, err = h.BeginPasskey(ctx, s)
	refuses(t, err, "confirmFirst")
	_, _, err = h.MakeToken(ctx, s, Token{}, here)
	refuses(t, err, "confirmFirst")
	_, err = h.SetPassword(ctx, s, "", phrase, here)
	refuses(t, err, "confirmFirst")
	_, err = h.Confirm(ctx, s, phrase, here)
	refuses(t, err, "wrongPassword") // there is none
	c := must[Ceremony](t)(h.BeginSignIn(ctx))
	again := must[Entry](t)(h.ConfirmPasskey(ctx, s, d.get(c), here))
	if again.Secret == e.Secret || !h.Fresh(again.Session) {
		t.Error("the session has the secret it had, or is not confirmed")
	}
	_, err = h.SetPassword(ctx, again.Session, "", phrase, here)
	fine(t, err)
	h.clock.Pass(11 * time.Minute)
	list := must[[]Session](t)(h.Sessions(ctx, e.Account))
	_, err = h.Confirm(ctx, list[0], "wrong", here)
	refuses(t, err, "wrongPassword")
	_, err = h.Confirm(ctx, list[0], phrase, here)
	fine(t, err)
	bob, other := h.withPasskey("bob")
	_ = bob
	c = must[Ceremony](t)(h.BeginSignIn(ctx))
	_, err = h.ConfirmPasskey(ctx, list[0], other.get(c), here) // a passkey, but somebody else's
	refuses(t, err, "passkeyFailed")
}
