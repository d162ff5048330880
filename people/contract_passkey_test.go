package people

import (
	"testing"
	"time"

	"commonweal/people/peopletest"
)

// device is an authenticator that answers ceremonies.
type device struct {
	*peopletest.Authenticator
	t *testing.T
}

func newDevice(t *testing.T) *device { return &device{peopletest.NewAuthenticator(origin), t} }

func (d *device) create(c Ceremony) Answer {
	d.t.Helper()
	return Answer{c.ID, must[[]byte](d.t)(d.Create(c.Options)), "phone"}
}

func (d *device) get(c Ceremony) Answer {
	d.t.Helper()
	return Answer{c.ID, must[[]byte](d.t)(d.Get(c.Options)), ""}
}

func (h *house) enter(d *device) (Entry, error) {
	h.t.Helper()
	c := must[Ceremony](h.t)(h.BeginSignIn(ctx))
	return h.FinishSignIn(ctx, d.get(c), Browser{Origin: here})
}

func passkeys(t *testing.T, h *house) {
	e, first := h.withPasskey("ada")
	second := newDevice(t)
	process := h.open(h.options()) // the two steps may be taken by different processes
	c := must[Ceremony](t)(h.BeginPasskey(ctx, e.Session))
	changed := must[Entry](t)(process.FinishPasskey(ctx, e.Session, second.create(c), here))
	_, _, err := h.Session(ctx, e.Secret)
	refuses(t, err, "signedOut")
	for _, d := range []*device{first, second} {
		c := must[Ceremony](t)(process.BeginSignIn(ctx))
		in := must[Entry](t)(h.FinishSignIn(ctx, d.get(c), Browser{Origin: here}))
		if in.Account != e.Account || in.Method != ByPasskey {
			t.Errorf("%+v", in.Session)
		}
	}
	keys := must[[]Passkey](t)(h.Passkeys(ctx, e.Account))
	if len(keys) != 2 || keys[0].Used.IsZero() || keys[0].Label != "phone" {
		t.Fatalf("%+v", keys)
	}
	bob, _ := h.join("bob")
	refuses(t, h.RemovePasskey(ctx, bob.Session, keys[0].ID, here), "noSuchItem")
	fine(t, h.RemovePasskey(ctx, changed.Session, keys[0].ID, here))
	refuses(t, h.RemovePasskey(ctx, changed.Session, keys[1].ID, here), "lastWayIn")
	left := map[bool]int{}
	for _, d := range []*device{first, second} {
		_, err := h.enter(d)
		left[err == nil]++
	}
	if left[true] != 1 {
		t.Errorf("%d of two passkeys open after one was removed", left[true])
	}
	password := must[Entry](t)(h.SetPassword(ctx, changed.Session, "", phrase, here))
	fine(t, h.RemovePasskey(ctx, password.Session, keys[1].ID, here))
	_, err = h.SignIn(ctx, "ada", phrase, Browser{Origin: here})
	fine(t, err)
}

func wrongPasskeys(t *testing.T, h *house) {
	_, d := h.withPasskey("ada")
	c := must[Ceremony](t)(h.BeginSignIn(ctx))
	answer := d.get(c)
	_, err := h.FinishSignIn(ctx, answer, Browser{Origin: here})
	fine(t, err)
	_, err = h.FinishSignIn(ctx, answer, Browser{Origin: here})
	refuses(t, err, "passkeyFailed") // the same answer again

	c = must[Ceremony](t)(h.BeginSignIn(ctx))
	answer = d.get(c)
	h.clock.Pass(ceremonyStays)
	_, err = h.FinishSignIn(ctx, answer, Browser{Origin: here})
	refuses(t, err, "passkeyFailed") // too late

	c = must[Ceremony](t)(h.BeginSignIn(ctx))
	answer = d.get(must[Ceremony](t)(h.BeginSignIn(ctx)))
	answer.Ceremony = c.ID
	_, err = h.FinishSignIn(ctx, answer, Browser{Origin: here})
	refuses(t, err, "passkeyFailed") // of another challenge

	for what, spoil := range map[string]func(d *device){
		"another site":  func(d *device) { d.Origin = "https://evil.example" },
		"not verified":  func(d *device) { d.Verifies = false },
		"another place": func(d *device) { d.Origin = "http://weal.example" },
	} {
		before := *d.Authenticator
		spoil(d)
		if _, err := h.enter(d); err == nil {
			t.Errorf("%s: it was let in", what)
		} else {
			refuses(t, err, "passkeyFailed")
		}
		*d.Authenticator = before
	}
	for _, raw := range []string{"", "null", "{}", `{"id":"x"}`, "\x00"} {
		c := must[Ceremony](t)(h.BeginSignIn(ctx))
		_, err := h.FinishSignIn(ctx, Answer{c.ID, []byte(raw), ""}, Browser{Origin: here})
		refuses(t, err, "passkeyFailed")
	}
	d.Count = 7
	_, err = h.enter(d)
	fine(t, err)
	d.Count = 3 // a copy of it was used
	_, err = h.enter(d)
	refuses(t, err, "passkeyFailed")
	never := newDevice(t)
	never.create(must[Ceremony](t)(h.BeginNewcomer(ctx, "ada")))
	_, err = h.enter(never) // a key that was never registered
	refuses(t, err, "passkeyFailed")
	_, _, err = h.Accept(ctx, h.invite(Invitation{}), Newcomer{Name: "eve", WayIn: WayIn{Passkey: Answer{Ceremony: c.ID}}}, Browser{Origin: here})
	refuses(t, err, "passkeyFailed") // a ceremony of another kind
}

func passkeysOnlyServer(t *testing.T, h *house) {
	e, _ := h.join("ada")
	_, d := h.withPasskey("kay")
	o := h.options()
	o.PasskeysOnly = true
	only := h.open(o)
	_, err := only.SignIn(ctx, "ada", phrase, Browser{Origin: here})
	refuses(t, err, "passkeysOnly")
	_, err = only.SetPassword(ctx, e.Session, phrase, other, here)
	refuses(t, err, "passkeysOnly")
	_, err = only.Confirm(ctx, e.Session, phrase, here)
	refuses(t, err, "passkeysOnly")
	_, _, err = only.Accept(ctx, h.invite(Invitation{}), Newcomer{Name: "eve", WayIn: WayIn{Password: phrase}}, Browser{Origin: here})
	refuses(t, err, "passkeysOnly")
	codes := must[[]string](t)(only.NewCodes(ctx, e.Session, here))
	_, err = only.RecoverByCode(ctx, "ada", codes[0], WayIn{Password: phrase}, Browser{Origin: here})
	refuses(t, err, "passkeysOnly")
	c := must[Ceremony](t)(only.BeginSignIn(ctx))
	_, err = only.FinishSignIn(ctx, d.get(c), Browser{Origin: here})
	fine(t, err)
	o.Site = Site{}
	_, err = Open(ctx, h.from, o)
	refuses(t, err, "noPasskeysHere")
	bare := h.open(Options{Now: h.clock.Now}) // and a server without a site has passwords only
	_, err = bare.BeginSignIn(ctx)
	refuses(t, err, "passkeyFailed")
	if bare.HasPasskeys() || !only.HasPasskeys() {
		t.Error("a server without a site takes passkeys, or one with a site does not")
	}
}

func printedCodes(t *testing.T, h *house) {
	e, _ := h.join("ada")
	first := must[[]string](t)(h.NewCodes(ctx, e.Session, here))
	codes := must[[]string](t)(h.NewCodes(ctx, e.Session, here))
	if n := must[int](t)(h.CodesLeft(ctx, e.Account)); n != codesOfAccount || len(codes) != codesOfAccount || len(codes[0]) != 34 {
		t.Fatalf("%d codes left of %v", n, codes)
	}
	again := func(name, code, password string) (Entry, error) {
		return h.RecoverByCode(ctx, name, code, WayIn{Password: password}, Browser{Origin: there})
	}
	_, err := again("ada", first[0], other)
	refuses(t, err, "recoveryFailed") // the earlier codes ended
	_, err = again("ada", codes[0], "password1234")
	refuses(t, err, "weakPassword") // which uses nothing up
	_, _ = h.join("bob")
	_, err = again("bob", codes[0], other)
	wrong := refuses(t, err, "recoveryFailed")
	_, err = again("nobody", codes[0], other)
	if unknown := refuses(t, err, "recoveryFailed"); unknown.Error() != wrong.Error() {
		t.Error("an unknown name is told apart")
	}
	in := must[Entry](t)(again("ADA", " "+codes[0][:10]+" "+codes[0][10:]+" ", other))
	_, _, err = h.Session(ctx, e.Secret)
	refuses(t, err, "signedOut") // all sessions of before ended
	if in.Method != ByCode || must[int](t)(h.CodesLeft(ctx, e.Account)) != codesOfAccount-1 {
		t.Errorf("%+v", in.Session)
	}
	_, err = again("ada", codes[0], phrase)
	refuses(t, err, "recoveryFailed") // once
	_, err = h.SignIn(ctx, "ada", phrase, Browser{Origin: here})
	refuses(t, err, "signInFailed")
	_, err = h.SignIn(ctx, "ada", other, Browser{Origin: here})
	fine(t, err)
	h.clock.Pass(time.Minute)
	for range freeOfAddress + 5 {
		_, err = again("ada", "AAAA", other)
	}
	refuses(t, err, "tooManyAttempts")
}

func codeCountsOnce(t *testing.T, h *house) {
	e, _ := h.join("ada")
	codes := must[[]string](t)(h.NewCodes(ctx, e.Session, here))
	second := h.open(h.options())
	in := counted(10, func(i int) bool {
		p := []*People{h.People, second}[i%2]
		_, err := p.RecoverByCode(ctx, "ada", codes[3], WayIn{Password: other}, Browser{Origin: here})
		return err == nil
	})
	if in != 1 {
		t.Errorf("one code let %d in", in)
	}
}

func ownersLink(t *testing.T, h *house) {
	e, _ := h.join("ada")
	owner, _ := h.join("olga")
	_, secret, err := h.MakeToken(ctx, e.Session, Token{Label: "bot", Network: "farms", Budget: 5, Mandate: Mandate{Verbs: []string{"record"}, Until: h.clock.Now().Add(day)}}, here)
	fine(t, err)
	codes := must[[]string](t)(h.NewCodes(ctx, e.Session, here))
	stale, _, err := h.IssueRecovery(ctx, e.Account, owner.Account, "farms")
	fine(t, err)
	link, until, err := h.IssueRecovery(ctx, e.Account, owner.Account, "farms")
	fine(t, err)
	if want := h.clock.Now().Add(day); !until.Equal(want) {
		t.Errorf("until %s, want %s", until, want)
	}
	use := func(secret string) error {
		_, err := h.RecoverByLink(ctx, secret, WayIn{Password: other}, Browser{Origin: there})
		return err
	}
	refuses(t, use(stale), "linkSpent")
	refuses(t, use("x"), "linkSpent")
	if a := must[Account](t)(h.Recoverable(ctx, link)); a.Name != "ada" {
		t.Errorf("%+v", a)
	}
	second := h.open(h.options())
	in := counted(6, func(i int) bool {
		p := []*People{h.People, second}[i%2]
		_, err := p.RecoverByLink(ctx, link, WayIn{Password: other}, Browser{Origin: there})
		return err == nil
	})
	if in != 1 {
		t.Fatalf("a link let %d in", in)
	}
	_, _, err = h.Session(ctx, e.Secret)
	refuses(t, err, "signedOut")
	_, err = h.Bearer(ctx, secret)
	refuses(t, err, "badToken")
	_, err = h.RecoverByCode(ctx, "ada", codes[0], WayIn{Password: phrase}, Browser{Origin: here})
	refuses(t, err, "recoveryFailed")
	_, err = h.SignIn(ctx, "ada", other, Browser{Origin: here})
	fine(t, err)
	seen := map[EventKind]string{}
	for _, ev := range must[[]Event](t)(h.Log(ctx, e.Account, 100)) {
		seen[ev.Kind] = ev.About
	}
	if by, ok := seen[RecoveryIssued]; !ok || by != owner.Account {
		t.Errorf("the person does not see that a link was made: %v", seen)
	}
	if _, ok := seen[RecoveredByLink]; !ok {
		t.Errorf("the person does not see that it was used: %v", seen)
	}
	link, _, err = h.IssueRecovery(ctx, e.Account, owner.Account, "farms")
	fine(t, err)
	h.clock.Pass(day)
	refuses(t, use(link), "linkSpent")
	_, _, err = h.IssueRecovery(ctx, "nobody", owner.Account)
	refuses(t, err, "noSuchItem")
}

// linksOfSeveralNetworks: an account opens all its networks, and a link is made by who
// decides in each.
func linksOfSeveralNetworks(t *testing.T, h *house) {
	e, _ := h.join("ada")
	owner, _ := h.join("olga")
	codes := must[[]string](t)(h.NewCodes(ctx, e.Session, here))
	link, _, err := h.IssueRecovery(ctx, e.Account, owner.Account, "farms")
	fine(t, err)
	fine(t, h.Give(ctx, e.Account, "mill", "agent/ada"))
	_, err = h.RecoverByLink(ctx, link, WayIn{Password: other}, Browser{Origin: there})
	refuses(t, err, "linkSpent")
	_, _, err = h.IssueRecovery(ctx, e.Account, owner.Account, "farms")
	refuses(t, err, "otherNetworks")
	_, _, err = h.IssueRecovery(ctx, e.Account, owner.Account, "mill", "farms")
	fine(t, err)
	fine(t, h.Unseat(ctx, e.Account, "mill"))
	_, _, err = h.IssueRecovery(ctx, e.Account, owner.Account, "farms")
	fine(t, err)

	// Nobody has the work of a password done with a passkey that is none.
	worked := h.Hashes()
	_, err = h.RecoverByCode(ctx, "ada", codes[0], WayIn{Password: other, Passkey: Answer{Ceremony: "none", Response: []byte("{}")}}, Browser{Origin: here})
	refuses(t, err, "passkeyFailed")
	if h.Hashes() != worked {
		t.Error("a password was worked out for a passkey that is none")
	}
}
