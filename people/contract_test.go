package people

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"commonweal/people/peopletest"
	"commonweal/rule"
)

// house is a server's accounts under test, with a clock of its own.
type house struct {
	*People
	t     *testing.T
	clock *peopletest.Clock
	from  Source
}

const origin = "https://weal.example"

var (
	ctx    = context.Background()
	here   = Origin{Address: "203.0.113.7", Device: "Firefox on Linux"}
	there  = Origin{Address: "198.51.100.9", Device: "Chrome on Android"}
	phrase = "gravel otter lantern tide"
	other  = "copper walnut bicycle moss"
)

func (h *house) options() Options {
	return Options{Now: h.clock.Now, Site: Site{ID: "weal.example", Name: "Weal", Origins: []string{origin}}, Hashing: Hashing{Memory: 64, Passes: 1, Threads: 1}}
}

func (h *house) open(o Options) *People {
	h.t.Helper()
	p, err := Open(ctx, h.from, o)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = p.Close() })
	return p
}

// The suite is one for both databases: a story for each matter.
var suite = map[string]func(t *testing.T, h *house){
	"sign in by password":               signInByPassword,
	"unknown names cost the same":       unknownNamesCostTheSame,
	"attempts wait":                     attemptsWait,
	"nobody is locked out by others":    nobodyIsLockedOut,
	"attempts at once all count":        attemptsAtOnce,
	"passwords are made anew":           passwordsAreMadeAnew,
	"sessions end":                      sessionsEnd,
	"sessions are revoked everywhere":   sessionsAreRevokedEverywhere,
	"secrets change at sign-in":         secretsChange,
	"passkeys":                          passkeys,
	"passkeys that are wrong":           wrongPasskeys,
	"printed codes":                     printedCodes,
	"a code counts once":                codeCountsOnce,
	"an owner's link":                   ownersLink,
	"a clock that was ahead":            clockBack,
	"links of several networks":         linksOfSeveralNetworks,
	"an invitation lets one in":         invitationLetsOneIn,
	"an invitation is taken by one":     invitationIsTakenByOne,
	"seats":                             seatsOfANetwork,
	"tokens":                            tokensOfAnAccount,
	"a budget holds":                    budgetHolds,
	"notifications":                     notifications,
	"notifications are said anew":       notificationsAnew,
	"erased is erased":                  erased,
	"what ended is swept":               swept,
	"the log tells":                     logTells,
	"passkeys only":                     passkeysOnlyServer,
	"several open at once":              severalOpenAtOnce,
	"a newer layout is refused":         newerLayout,
	"what needs certainty is confirmed": confirmation,
	"breached passwords are refused":    breachedPasswords,
}

func runSuite(t *testing.T, source func(t *testing.T) Source) {
	for name, story := range suite {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &house{t: t, clock: peopletest.NewClock(), from: source(t)}
			h.People = h.open(h.options())
			story(t, h)
		})
	}
}

func TestOnSQLite(t *testing.T) {
	t.Parallel()
	runSuite(t, func(t *testing.T) Source { return Source{File: filepath.Join(t.TempDir(), "people.sqlite")} })
}

// refuses checks that an error is a refusal by a rule.
func refuses(t *testing.T, err error, name rule.Name) *rule.Refusal {
	t.Helper()
	var r *rule.Refusal
	if !errors.As(err, &r) || r.Rule != name {
		t.Fatalf("got %v, want a refusal by %s", err, name)
	}
	return r
}

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func fine(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// invite makes an invitation and returns its secret.
func (h *house) invite(i Invitation) string {
	h.t.Helper()
	if i.Network == "" {
		i.Network = "farms"
	}
	_, secret, err := h.Invite(ctx, i)
	fine(h.t, err)
	return secret
}

// join brings somebody in with a password.
func (h *house) join(name string) (Entry, Seat) {
	h.t.Helper()
	e, s, err := h.Accept(ctx, h.invite(Invitation{}), Newcomer{Name: name, WayIn: WayIn{Password: phrase}}, Browser{Origin: here})
	fine(h.t, err)
	return e, s
}

func signInByPassword(t *testing.T, h *house) {
	e, _ := h.join("Ada")
	got, a, err := h.Session(ctx, e.Secret)
	fine(t, err)
	if a.Name != "Ada" || got.Label != here.Device || got.Method != ByInvitation || !a.HasWord {
		t.Errorf("%+v of %+v", got, a)
	}
	for _, name := range []string{"ada", "ADA", "Ada", "ＡＤＡ"} { // also in letters of full width
		e := must[Entry](t)(h.SignIn(ctx, name, phrase, Browser{Origin: here}))
		if _, b, err := h.Session(ctx, e.Secret); err != nil || b.ID != a.ID {
			t.Errorf("as %s: %v, %v", name, b, err)
		}
	}
	for _, wrong := range []string{"", phrase + " ", "Gravel otter lantern tide", phrase + string(make([]byte, 5000))} {
		_, err := h.SignIn(ctx, "ada", wrong, Browser{Origin: here})
		refuses(t, err, "signInFailed")
		_, err = h.SignIn(ctx, "ada", phrase, Browser{Origin: here})
		fine(t, err)
	}
	_, _, err = h.Accept(ctx, h.invite(Invitation{}), Newcomer{Name: "aDa", WayIn: WayIn{Password: other}}, Browser{Origin: here})
	refuses(t, err, "nameInUse")
}

func unknownNamesCostTheSame(t *testing.T, h *house) {
	_, _ = h.join("ada")
	keyOnly, _ := h.withPasskey("kay")
	_ = keyOnly
	cost := func(name, password string) (Work, string) {
		before := h.Work()
		_, err := h.SignIn(ctx, name, password, Browser{Origin: Origin{Address: "192.0.2.1"}})
		return h.Work().Minus(before), err.Error()
	}
	work, text := cost("ada", other)
	if work.Hashes != 1 || work.Statements < 5 || work.Transactions == 0 {
		t.Fatalf("a wrong password cost %+v", work)
	}
	for _, name := range []string{"nobody", "kay", "", "not a name", "аdа", "x"} {
		if n, said := cost(name, other); n != work || said != text {
			t.Errorf("%q: %+v and %q, want %+v and %q", name, n, said, work, text)
		}
	}
	if n, said := cost("nobody", ""); n != work || said != text { // the dummy's password opens nothing
		t.Errorf("%+v, %q", n, said)
	}
}

func attemptsWait(t *testing.T, h *house) {
	_, _ = h.join("ada")
	stranger := Browser{Origin: there}
	fail := func() {
		t.Helper()
		_, err := h.SignIn(ctx, "ada", "wrong", stranger)
		refuses(t, err, "signInFailed")
	}
	for range freeOfName {
		fail()
	}
	want := []string{"1", "2", "4", "8", "16", "32", "64", "128", "256", "300", "300"}
	for _, seconds := range want {
		before := h.Hashes()
		_, err := h.SignIn(ctx, "ada", phrase, stranger)
		if r := refuses(t, err, "tooManyAttempts"); r.Value("seconds") != seconds {
			t.Fatalf("wait %s, want %s", r.Value("seconds"), seconds)
		}
		if h.Hashes() != before {
			t.Error("an attempt that has to wait was worked out")
		}
		d, _ := time.ParseDuration(seconds + "s")
		h.clock.Pass(d)
		second := h.open(h.options()) // what was counted outlives the process
		_, err = second.SignIn(ctx, "ada", "wrong", stranger)
		refuses(t, err, "signInFailed")
	}
	h.clock.Pass(longestWait)
	_, err := h.SignIn(ctx, "ada", phrase, stranger)
	fine(t, err)
	fail() // counted from the beginning again
	_, err = h.SignIn(ctx, "ada", phrase, stranger)
	fine(t, err)
}

func nobodyIsLockedOut(t *testing.T, h *house) {
	e, _ := h.join("ada")
	codes := must[[]string](t)(h.NewCodes(ctx, e.Session, here))
	for range 200 { // from as many addresses, each time as soon as it may be
		h.clock.Pass(longestWait)
		_, err := h.SignIn(ctx, "ada", "wrong", Browser{Origin: there})
		refuses(t, err, "signInFailed")
	}
	_, err := h.SignIn(ctx, "ada", phrase, Browser{Origin: here})
	refuses(t, err, "tooManyAttempts")
	_, err = h.SignIn(ctx, "ada", phrase, Browser{Origin: here, Known: e.Device})
	fine(t, err)
	_, err = h.RecoverByCode(ctx, "ada", codes[0], WayIn{Password: other}, Browser{Origin: here})
	fine(t, err)
	// Somebody else's browser is not known to the account.
	bob, _ := h.join("bob")
	for range freeOfName {
		_, err = h.SignIn(ctx, "ada", "wrong", Browser{Origin: here, Known: bob.Device})
		refuses(t, err, "signInFailed")
	}
	_, err = h.SignIn(ctx, "ada", other, Browser{Origin: here, Known: bob.Device})
	refuses(t, err, "tooManyAttempts")
}

func attemptsAtOnce(t *testing.T, h *house) {
	_, _ = h.join("ada")
	second := h.open(h.options())
	judged := counted(40, func(i int) bool {
		p := []*People{h.People, second}[i%2]
		_, err := p.SignIn(ctx, "ada", "wrong", Browser{Origin: there})
		var r *rule.Refusal
		return errors.As(err, &r) && r.Rule == "signInFailed"
	})
	if judged != freeOfName {
		t.Errorf("%d attempts at once were judged, want %d", judged, freeOfName)
	}
}

func passwordsAreMadeAnew(t *testing.T, h *house) {
	_, _ = h.join("ada")
	_, old, _, err := h.account(ctx, h.read, "folded = $1", "ada")
	fine(t, err)
	o := h.options()
	o.Hashing = Hashing{Memory: 128, Passes: 2, Threads: 1}
	dearer := h.open(o)
	_, err = dearer.SignIn(ctx, "ada", "wrong", Browser{Origin: here})
	refuses(t, err, "signInFailed")
	_, err = dearer.SignIn(ctx, "ada", phrase, Browser{Origin: here})
	fine(t, err)
	_, word, _, err := h.account(ctx, h.read, "folded = $1", "ada")
	fine(t, err)
	if cost, _, _, ok := decode(word); !ok || cost != o.Hashing || word == old {
		t.Errorf("the password is kept as %v", cost)
	}
	before := dearer.Hashes()
	_, err = dearer.SignIn(ctx, "ada", phrase, Browser{Origin: here})
	fine(t, err)
	if n := dearer.Hashes() - before; n != 1 {
		t.Errorf("%d hashes for a password that is up to date", n)
	}
}
