package people

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"commonweal/rule"
	"commonweal/vf"
)

func invitationLetsOneIn(t *testing.T, h *house) {
	owner, _ := h.join("olga")
	i, secret, err := h.Invite(ctx, Invitation{Network: "farms", Scope: "circle/mill", Role: "member", Agent: "agent/ada", Inviter: owner.Account})
	fine(t, err)
	seen := must[Invitation](t)(h.Invited(ctx, secret))
	if seen != i || !i.Expires.Equal(h.clock.Now().Add(invitationStays)) {
		t.Errorf("%+v\n%+v", seen, i)
	}
	for _, n := range []Newcomer{
		{Name: "a", WayIn: WayIn{Password: phrase}}, {Name: "ada", Mail: "nowhere", WayIn: WayIn{Password: phrase}},
		{Name: "ada", WayIn: WayIn{Password: "short"}}, {Name: "OLGA", WayIn: WayIn{Password: phrase}},
	} {
		if _, _, err := h.Accept(ctx, secret, n, Browser{Origin: here}); !refused(err) {
			t.Errorf("%+v: %v", n, err)
		}
	}
	e, s, err := h.Accept(ctx, secret, Newcomer{Name: "ada", Mail: "ada@example.org", WayIn: WayIn{Password: phrase}}, Browser{Origin: here})
	fine(t, err)
	if s.Agent != "agent/ada" || s.Network != "farms" || !s.Joined.IsZero() || s.Account != e.Account || s.Invitation != i.ID {
		t.Errorf("%+v", s)
	}
	_, err = h.Invited(ctx, secret)
	refuses(t, err, "linkSpent")
	_, _, err = h.Accept(ctx, secret, Newcomer{Name: "bob", WayIn: WayIn{Password: phrase}}, Browser{Origin: here})
	refuses(t, err, "linkSpent")
	if taken := must[Invitation](t)(h.Invitation(ctx, i.ID)); taken.Taker != e.Account || taken.Taken.IsZero() {
		t.Errorf("%+v", taken)
	}
	open := h.invite(Invitation{Expires: h.clock.Now().Add(time.Hour)})
	h.clock.Pass(time.Hour)
	_, err = h.Invited(ctx, open)
	refuses(t, err, "linkSpent")
	j, secret, err := h.Invite(ctx, Invitation{Network: "farms"})
	fine(t, err)
	fine(t, h.Withdraw(ctx, "farms", j.ID))
	refuses(t, h.Withdraw(ctx, "farms", j.ID), "noSuchItem")
	_, err = h.Invited(ctx, secret)
	refuses(t, err, "linkSpent")
	for _, bad := range []Invitation{{}, {Network: "n", Expires: h.clock.Now()}, {Network: "n", Expires: h.clock.Now().Add(91 * day)}, {Network: strings.Repeat("n", 3000)}} {
		_, _, err = h.Invite(ctx, bad)
		refuses(t, err, "badForm")
	}
	if list := must[[]Invitation](t)(h.Invitations(ctx, "farms", 100)); len(list) != 3 {
		t.Errorf("%d invitations, want 3", len(list))
	}
}

func invitationIsTakenByOne(t *testing.T, h *house) {
	second := h.open(h.options())
	secret := h.invite(Invitation{Agent: "agent/one"})
	in := counted(12, func(i int) bool {
		p := []*People{h.People, second}[i%2]
		_, _, err := p.Accept(ctx, secret, Newcomer{Name: fmt.Sprintf("racer%d", i), WayIn: WayIn{Password: phrase}}, Browser{Origin: here})
		if err != nil && !refused(err) {
			t.Error(err)
		}
		return err == nil
	})
	if in != 1 {
		t.Fatalf("one invitation let %d in", in)
	}
	var accounts int64
	fine(t, h.read.QueryRowContext(ctx, "SELECT COUNT(*) FROM account").Scan(&accounts))
	if accounts != 1 {
		t.Errorf("%d accounts were begun", accounts)
	}
	named := counted(12, func(i int) bool { // and one name goes to one account
		p := []*People{h.People, second}[i%2]
		_, secret, err := p.Invite(ctx, Invitation{Network: "farms"})
		if err == nil {
			_, _, err = p.Accept(ctx, secret, Newcomer{Name: []string{"Same", "same"}[i/2%2], WayIn: WayIn{Password: phrase}}, Browser{Origin: Origin{Address: fmt.Sprintf("192.0.2.%d", i)}})
		}
		if err != nil && !refused(err) {
			t.Error(err)
		}
		return err == nil
	})
	if named != 1 {
		t.Errorf("one name went to %d accounts", named)
	}
}

func seatsOfANetwork(t *testing.T, h *house) {
	e, s := h.join("ada")
	if list := must[[]Seat](t)(h.Unjoined(ctx)); len(list) != 1 || list[0] != s {
		t.Fatalf("%+v, want %+v", list, s)
	}
	fine(t, h.Joined(ctx, s))
	fine(t, h.Joined(ctx, s))
	if list := must[[]Seat](t)(h.Unjoined(ctx)); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	_, _, err := h.AcceptAs(ctx, h.invite(Invitation{}), e.Session, here)
	refuses(t, err, "alreadySeated")
	taken := h.invite(Invitation{Agent: s.Agent})
	_, _, err = h.Accept(ctx, taken, Newcomer{Name: "bob", WayIn: WayIn{Password: phrase}}, Browser{Origin: here})
	refuses(t, err, "seatTaken")
	again, elsewhere, err := h.AcceptAs(ctx, h.invite(Invitation{Network: "mill"}), e.Session, here)
	fine(t, err)
	if again.Secret == e.Secret || elsewhere.Network != "mill" {
		t.Errorf("%+v", elsewhere)
	}
	_, _, err = h.Session(ctx, e.Secret)
	refuses(t, err, "signedOut") // more may be done now, by a new secret
	fine(t, h.Reopen(ctx, elsewhere))
	fine(t, h.Reopen(ctx, s)) // joined: nothing to take back
	if list := must[[]Seat](t)(h.Seats(ctx, e.Account)); len(list) != 1 || list[0].Network != "farms" || list[0].Joined.IsZero() {
		t.Errorf("%+v", list)
	}
	fine(t, h.Give(ctx, e.Account, "river", "agent/ada"))
	refuses(t, h.Give(ctx, e.Account, "river", "agent/else"), "alreadySeated")
	if list := must[[]Seat](t)(h.SeatsOf(ctx, "river")); len(list) != 1 || list[0].Agent != "agent/ada" {
		t.Errorf("%+v", list)
	}
	_, secret, err := h.MakeToken(ctx, again.Session, Token{Label: "bot", Network: "river", Mandate: Mandate{ReadOnly: true, Until: h.clock.Now().Add(day)}}, here)
	fine(t, err)
	fine(t, h.Unseat(ctx, e.Account, "river"))
	refuses(t, h.Unseat(ctx, e.Account, "river"), "noSuchItem")
	_, err = h.Bearer(ctx, secret)
	refuses(t, err, "badToken")
	fine(t, h.Give(ctx, e.Account, "river", "agent/ada")) // the seat is free again
}

func tokensOfAnAccount(t *testing.T, h *house) {
	e, _ := h.join("ada")
	want := Token{Label: "till", Network: "farms", Budget: 3, Mandate: Mandate{Verbs: []string{"record"}, Scopes: []vf.ID{"circle/mill"}, Until: h.clock.Now().Add(30 * day)}}
	made, secret, err := h.MakeToken(ctx, e.Session, want, here)
	fine(t, err)
	if !strings.HasPrefix(secret, "cw_") || len(secret) != 46 {
		t.Errorf("the secret has %d characters", len(secret))
	}
	got := must[Token](t)(h.Bearer(ctx, secret))
	if got.ID != made.ID || got.Account != e.Account || got.Verbs[0] != "record" || got.Scopes[0] != "circle/mill" || got.ReadOnly || !got.Until.Equal(want.Until) {
		t.Errorf("%+v", got)
	}
	if list := must[[]Token](t)(h.Tokens(ctx, e.Account)); len(list) != 1 || list[0].Used.IsZero() {
		t.Errorf("%+v", list)
	}
	fine(t, h.Spend(ctx, made.ID, 2))
	r := refuses(t, h.Spend(ctx, made.ID, 2), "budgetSpent")
	if r.Value("spent") != "2" || r.Value("budget") != "3" {
		t.Errorf("%v", r)
	}
	fine(t, h.Spend(ctx, made.ID, 1))
	refuses(t, h.Spend(ctx, made.ID, 1), "budgetSpent")
	h.clock.Pass(12*time.Hour - time.Second)
	refuses(t, h.Spend(ctx, made.ID, 1), "budgetSpent")
	h.clock.Pass(time.Second) // midnight
	fine(t, h.Spend(ctx, made.ID, 3))
	bob, _ := h.join("bob")
	refuses(t, h.RevokeToken(ctx, bob.Account, made.ID, here), "noSuchItem")
	second := h.open(h.options())
	fine(t, second.RevokeToken(ctx, e.Account, made.ID, here))
	_, err = h.Bearer(ctx, secret)
	refuses(t, err, "badToken")
	refuses(t, h.Spend(ctx, made.ID, 1), "badToken")
	e = must[Entry](t)(h.SignIn(ctx, "ada", phrase, Browser{Origin: here}))
	reader, secret, err := h.MakeToken(ctx, e.Session, Token{Label: "screen", Network: "farms", Mandate: Mandate{ReadOnly: true, Until: h.clock.Now().Add(day)}}, here)
	fine(t, err)
	refuses(t, h.Spend(ctx, reader.ID, 1), "readOnlyToken")
	h.clock.Pass(day)
	_, err = h.Bearer(ctx, secret)
	refuses(t, err, "badToken")
	for _, s := range []string{"", "cw_", secret[3:], "cw_x", secret + "A", "CW_" + secret[3:]} {
		_, err = h.Bearer(ctx, s)
		refuses(t, err, "badToken")
	}
	e = must[Entry](t)(h.SignIn(ctx, "ada", phrase, Browser{Origin: here}))
	until := Mandate{Verbs: []string{"record"}, Until: h.clock.Now().Add(day)}
	for _, c := range []struct {
		t Token
		r rule.Name
	}{
		{Token{Network: "farms", Budget: 1, Mandate: until}, "badForm"}, {Token{Label: "x", Network: "farms", Mandate: until}, "badForm"},
		{Token{Label: "x", Network: "farms", Budget: 1}, "badForm"}, {Token{Label: "x", Network: "mill", Budget: 1, Mandate: until}, "notSeated"},
		{Token{Label: "x", Network: "farms", Budget: -1, Mandate: until}, "badForm"}, {Token{Label: "x", Network: "farms", Budget: 1, Mandate: Mandate{Until: until.Until}}, "badForm"},
	} {
		_, _, err = h.MakeToken(ctx, e.Session, c.t, here)
		refuses(t, err, c.r)
	}
}

func budgetHolds(t *testing.T, h *house) {
	e, _ := h.join("ada")
	made, _, err := h.MakeToken(ctx, e.Session, Token{Label: "till", Network: "farms", Budget: 17, Mandate: Mandate{Verbs: []string{"record"}, Until: h.clock.Now().Add(day)}}, here)
	fine(t, err)
	second := h.open(h.options())
	done := counted(50, func(i int) bool {
		p := []*People{h.People, second}[i%2]
		err := p.Spend(ctx, made.ID, 1)
		if err != nil && !refused(err) {
			t.Error(err)
		}
		return err == nil
	})
	if done != 17 {
		t.Errorf("%d acts of a budget of 17", done)
	}
}

func notificationsAnew(t *testing.T, h *house) {
	const canary = "Zaphira Quillon"
	e, _ := h.join("ada")
	note := func(network, source, text string) Notification {
		return Notification{Account: e.Account, Network: network, Source: source, Kind: "late", Body: json.RawMessage(`{"text":"` + text + `"}`)}
	}
	_ = must[[]Notification](t)(h.Notify(ctx, note("farms", "1", "by "+canary), note("farms", "2", "for "+canary), note("farms", "3", canary), note("farms", "4", "late"), note("mill", "1", "of the mill")))
	fine(t, h.MarkRead(ctx, e.Account, "farms", "3"))
	anew := func(n Notification) (string, json.RawMessage, bool) {
		if !strings.Contains(string(n.Body), canary) {
			return "", nil, false
		}
		if n.Source == "3" {
			return n.Source, json.RawMessage(`{"text":"gone"}`), true
		}
		return "same", json.RawMessage(`{"text":"something"}`), true
	}
	for range 2 {
		fine(t, h.Reword(ctx, "farms", anew))
	}
	var said []string
	for _, n := range must[[]Notification](t)(h.Notifications(ctx, e.Account, "farms", Notification{}, 10)) {
		said = append(said, n.Source+n.Kind+string(n.Body))
		if n.Told.IsZero() || n.Read.IsZero() == (n.Source == "3") {
			t.Errorf("%+v", n)
		}
	}
	if want := `samelate{"text":"something"} 4late{"text":"late"} 3late{"text":"gone"}`; strings.Join(said, " ") != want {
		t.Errorf("they say %s, want %s", said, want)
	}
	if list := must[[]Notification](t)(h.Notifications(ctx, e.Account, "mill", Notification{}, 10)); len(list) != 1 || list[0].Source != "1" {
		t.Errorf("another network says %+v", list)
	}
	if h.from.File == "" {
		return
	}
	for _, suffix := range []string{"", "-wal"} {
		raw, err := os.ReadFile(h.from.File + suffix)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if strings.Contains(string(raw), canary) {
			t.Errorf("people.sqlite%s still holds the name", suffix)
		}
	}
}

func notifications(t *testing.T, h *house) {
	e, _ := h.join("ada")
	note := func(source, kind string) Notification {
		return Notification{Account: e.Account, Network: "farms", Source: source, Kind: kind, Body: json.RawMessage(`{"text":"late"}`)}
	}
	told := must[[]Notification](t)(h.Notify(ctx, note("entry/1", "late"), note("entry/2", "late")))
	if len(told) != 2 {
		t.Fatalf("%d told", len(told))
	}
	told = must[[]Notification](t)(h.Notify(ctx, note("entry/1", "late"), note("entry/3", "short")))
	if len(told) != 1 || told[0].Source != "entry/3" {
		t.Errorf("%+v", told)
	}
	fine(t, h.SetWanted(ctx, e.Account, "late", false))
	if told = must[[]Notification](t)(h.Notify(ctx, note("entry/4", "late"))); len(told) != 0 {
		t.Errorf("%+v", told)
	}
	if kinds := must[map[string]bool](t)(h.Unwanted(ctx, e.Account)); !kinds["late"] || len(kinds) != 1 {
		t.Errorf("%v", kinds)
	}
	fine(t, h.SetWanted(ctx, e.Account, "late", true))
	fine(t, h.MarkRead(ctx, e.Account, "farms", "entry/2", "no/such"))
	if n := must[int](t)(h.Unread(ctx, e.Account, "farms")); n != 2 {
		t.Errorf("%d unread, want 2", n)
	}
	fine(t, h.MarkRead(ctx, e.Account, "farms"))
	if n := must[int](t)(h.Unread(ctx, e.Account, "farms")); n != 0 {
		t.Errorf("%d unread, want 0", n)
	}
	var many []Notification
	for i := range notificationsStay + 20 {
		many = append(many, note(fmt.Sprintf("more/%04d", i), "short"))
	}
	h.clock.Pass(time.Second)
	_, err := h.Notify(ctx, many...)
	fine(t, err)
	seen := 0
	for after := (Notification{}); ; {
		page := must[[]Notification](t)(h.Notifications(ctx, e.Account, "farms", after, 70))
		if len(page) == 0 {
			break
		}
		seen += len(page)
		after = page[len(page)-1]
	}
	if seen != notificationsStay {
		t.Errorf("%d stay, want %d", seen, notificationsStay)
	}
	_, err = h.Notify(ctx, Notification{Account: e.Account, Source: "x", Body: json.RawMessage("{")})
	refuses(t, err, "badForm")
	if told = must[[]Notification](t)(h.Notify(ctx, Notification{Account: "nobody", Source: "x", Body: json.RawMessage("{}")})); len(told) != 0 {
		t.Errorf("%+v", told)
	}
	h.clock.Pass(time.Second)
	once := counted(10, func(i int) bool {
		told, err := h.Notify(ctx, note("entry/race", "late"))
		return err == nil && len(told) == 1
	})
	if once != 1 {
		t.Errorf("told %d times", once)
	}
}

func erased(t *testing.T, h *house) {
	const canary = "cassiopeia"
	secret := h.invite(Invitation{})
	from := Origin{Address: "203.0.113.77", Device: canary + "phone"}
	e, s, err := h.Accept(ctx, secret, Newcomer{Name: canary, Mail: canary + "@example.org", WayIn: WayIn{Password: phrase}}, Browser{Origin: from})
	fine(t, err)
	c := must[Ceremony](t)(h.BeginPasskey(ctx, e.Session))
	answer := newDevice(t).create(c)
	answer.Label = canary
	in := must[Entry](t)(h.FinishPasskey(ctx, e.Session, answer, from))
	_, token, err := h.MakeToken(ctx, in.Session, Token{Label: canary, Network: "farms", Budget: 1, Mandate: Mandate{Verbs: []string{"record"}, Until: h.clock.Now().Add(day)}}, from)
	fine(t, err)
	_ = must[[]Notification](t)(h.Notify(ctx, Notification{Account: e.Account, Network: "farms", Source: "a", Kind: "b", Body: json.RawMessage(`"` + canary + `"`)}))
	fine(t, h.Erase(ctx, e.Account, s))
	refuses(t, h.Erase(ctx, e.Account, s), "noSuchItem")
	owed := must[[]Seat](t)(h.Owed(ctx))
	if len(owed) != 1 || owed[0].Network != s.Network || owed[0].Agent != s.Agent || owed[0].Account != e.Account {
		t.Errorf("networks have still to forget %+v", owed)
	}
	fine(t, h.Forgotten(ctx, owed[0]))
	fine(t, h.Forgotten(ctx, owed[0]))
	if owed := must[[]Seat](t)(h.Owed(ctx)); len(owed) > 0 {
		t.Errorf("what was forgotten is still owed: %+v", owed)
	}
	_, _, err = h.Session(ctx, in.Secret)
	refuses(t, err, "signedOut")
	_, err = h.Bearer(ctx, token)
	refuses(t, err, "badToken")
	_, err = h.SignIn(ctx, canary, phrase, Browser{Origin: here})
	refuses(t, err, "signInFailed")
	_, err = h.Account(ctx, e.Account)
	refuses(t, err, "noSuchItem")
	if i := must[Invitation](t)(h.Invitation(ctx, s.Invitation)); i.Taker != e.Account {
		t.Errorf("the invitation names %q", i.Taker)
	}
	if h.from.File != "" {
		for _, suffix := range []string{"", "-wal"} {
			raw, err := os.ReadFile(h.from.File + suffix)
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			for _, word := range []string{canary, "203.0.113.77"} {
				if strings.Contains(string(raw), word) {
					t.Errorf("people.sqlite%s still holds %q", suffix, word)
				}
			}
		}
	}
	again, _ := h.join(canary) // the name is free, and is another account
	if again.Account == e.Account {
		t.Error("the id was given again")
	}
}

func swept(t *testing.T, h *house) {
	e, _ := h.join("ada")
	_, err := h.BeginSignIn(ctx)
	fine(t, err)
	_, err = h.SignIn(ctx, "ada", "wrong", Browser{Origin: here})
	refuses(t, err, "signInFailed")
	fine(t, h.Sweep(ctx))
	_, _, err = h.Session(ctx, e.Secret)
	fine(t, err)
	_ = h.invite(Invitation{})
	h.clock.Pass(400 * day)
	fine(t, h.Sweep(ctx))
	for table, want := range map[string]int64{"session": 0, "ceremony": 0, "attempt": 0, "event": 0, "device": 0, "account": 1, "seat": 1, "invitation": 1} {
		var n int64
		fine(t, h.read.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+table).Scan(&n))
		if n != want {
			t.Errorf("%d rows in %s, want %d", n, table, want)
		}
	}
	fine(t, h.Ready(ctx))
}

func logTells(t *testing.T, h *house) {
	e, _ := h.join("ada")
	for range eventsOfKind + 10 {
		h.clock.Pass(longestWait)
		_, err := h.SignIn(ctx, "ada", "wrong-canary", Browser{Origin: there})
		refuses(t, err, "signInFailed")
	}
	kinds := map[EventKind]int{}
	for _, ev := range must[[]Event](t)(h.Log(ctx, e.Account, 1000)) {
		kinds[ev.Kind]++
		if strings.Contains(fmt.Sprint(ev), "canary") {
			t.Errorf("%+v", ev)
		}
		if ev.Kind == SignInFailed && (ev.Address != there.Address || ev.Device != there.Device) {
			t.Errorf("%+v", ev)
		}
	}
	// A flood of failures does not wash away what else happened.
	if kinds[SignInFailed] != eventsOfKind || kinds[AccountMade] != 1 || kinds[PasswordSet] != 1 || kinds[InvitationTaken] != 1 || kinds[SignedIn] != 1 {
		t.Errorf("%v", kinds)
	}
	fine(t, h.SetMail(ctx, e.Account, "ada@example.org", here))
	refuses(t, h.SetMail(ctx, e.Account, "ada", here), "badMail")
	if a := must[Account](t)(h.Named(ctx, "ADA")); a.Mail != "ada@example.org" || a.ID != e.Account {
		t.Errorf("%+v", a)
	}
	_, err := h.Named(ctx, "bob")
	refuses(t, err, "noSuchItem")
}

func severalOpenAtOnce(t *testing.T, h *house) {
	_, _ = h.join("ada")
	opened := counted(6, func(int) bool {
		p, err := Open(ctx, h.from, h.options())
		if err != nil {
			t.Error(err)
			return false
		}
		defer p.Close()
		_, err = p.Named(ctx, "ada")
		return err == nil
	})
	if opened != 6 {
		t.Errorf("%d of 6 opened", opened)
	}
}

func newerLayout(t *testing.T, h *house) {
	_, err := h.exec(ctx, h.write, "INSERT INTO layout (version_id, is_applied) VALUES ($1, $2)", layout+1, true)
	fine(t, err)
	_, err = Open(ctx, h.from, h.options())
	refuses(t, err, "peopleNewer")
}
