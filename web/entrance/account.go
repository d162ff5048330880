package entrance

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"commonweal/people"
	"commonweal/rule"
	"commonweal/vf"
)

// account is somebody's own page.
type account struct {
	Name     string    `json:"name"`
	Mail     string    `json:"mail"`
	Password bool      `json:"password"`
	Fresh    bool      `json:"confirmed"` // no confirmation is needed now
	Advised  bool      `json:"advisedToAddAPasskey"`
	Codes    int       `json:"codesLeft"`
	Passkeys []passkey `json:"passkeys"`
	Sessions []session `json:"sessions"`
	Tokens   []token   `json:"tokens"`
	Seats    []seat    `json:"seats"`
	Settings []setting `json:"settings"`
	Log      []event   `json:"log"`
	Verbs    []string  `json:"verbs"`
	Begins   bool      `json:"begins"` // may begin another network
}

type passkey struct {
	ID      string    `json:"id"`
	Label   string    `json:"label"`
	Created time.Time `json:"created"`
	Used    time.Time `json:"used,omitzero"`
}

type session struct {
	ID      string    `json:"id"`
	Label   string    `json:"label"`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen"`
	Here    bool      `json:"here"` // the one that asks
}

type token struct {
	ID       string    `json:"id"`
	Label    string    `json:"label"`
	Network  string    `json:"network"`
	Verbs    []string  `json:"verbs"`
	Scopes   []vf.ID   `json:"scopes"`
	ReadOnly bool      `json:"readOnly"`
	Budget   int64     `json:"budget"`
	Spent    int64     `json:"spent"`
	Until    time.Time `json:"until"`
	Used     time.Time `json:"used,omitzero"`
}

type seat struct {
	Network string `json:"network"`
	Agent   vf.ID  `json:"agent"`
	Joined  bool   `json:"joined"`
	Invites bool   `json:"invites"` // may let others in
	Helps   bool   `json:"helps"`   // may help members in again
	Called  string `json:"called"`  // what they are called there
	Keeps   string `json:"keeps"`   // why the network keeps what is personal when the account is erased; "" where it forgets it
	Alone   bool   `json:"alone"`   // nobody else may decide there

	Roles  []string `json:"roles,omitempty"`  // what an invitation can say
	Scopes []Scope  `json:"scopes,omitempty"` // and into which groups
	Role   string   `json:"-"`                // that is chosen before somebody chooses
}

type setting struct {
	Kind   string `json:"kind"`
	Name   string `json:"name"`
	What   string `json:"what"`
	Wanted bool   `json:"wanted"`
}

type event struct {
	Kind    people.EventKind `json:"kind"`
	At      time.Time        `json:"at"`
	About   string           `json:"about,omitempty"`
	Address string           `json:"address,omitempty"`
	Device  string           `json:"device,omitempty"`
}

func showAccount(v *visit) error {
	b := account{Name: v.a.Name, Mail: v.a.Mail, Password: v.a.HasWord, Fresh: v.e.o.People.Fresh(v.s), Verbs: v.e.o.Verbs}
	for _, part := range []func(*visit, *account) error{keysOf, sessionsOf, tokensOf, seatsOf, settingsOf, logOf} {
		if err := part(v, &b); err != nil {
			return err
		}
	}
	for _, s := range b.Seats { // who may let others in should not be let in by a password that was told or found
		b.Advised = b.Advised || len(b.Passkeys) == 0 && v.e.o.People.HasPasskeys() && (s.Invites || s.Helps)
	}
	return v.show("account", b)
}

func keysOf(v *visit, b *account) (err error) {
	if b.Codes, err = v.e.o.People.CodesLeft(v.r.Context(), v.a.ID); err != nil {
		return err
	}
	keys, err := v.e.o.People.Passkeys(v.r.Context(), v.a.ID)
	for _, k := range keys {
		b.Passkeys = append(b.Passkeys, passkey(k))
	}
	return err
}

func sessionsOf(v *visit, b *account) error {
	list, err := v.e.o.People.Sessions(v.r.Context(), v.a.ID)
	for _, s := range list {
		b.Sessions = append(b.Sessions, session{s.ID, s.Label, s.Created, s.Seen, s.ID == v.s.ID})
	}
	return err
}

func tokensOf(v *visit, b *account) error {
	list, err := v.e.o.People.Tokens(v.r.Context(), v.a.ID)
	for _, t := range list {
		b.Tokens = append(b.Tokens, shown(t))
	}
	return err
}

func shown(t people.Token) token {
	return token{t.ID, t.Label, t.Network, t.Verbs, t.Scopes, t.ReadOnly, t.Budget, t.Spent, t.Until, t.Used}
}

func seatsOf(v *visit, b *account) error {
	list, err := v.e.o.People.Seats(v.r.Context(), v.a.ID)
	who := Identity{Account: v.a.ID, Name: v.a.Name, Session: v.s.ID, seats: map[string]vf.ID{}}
	for _, s := range list {
		if !s.Joined.IsZero() {
			who.seats[s.Network] = s.Agent
		}
	}
	b.Begins = v.mayBegin(who) == nil
	for _, s := range list {
		one := seat{Network: s.Network, Agent: s.Agent, Joined: !s.Joined.IsZero()}
		if one.Joined {
			one.Invites = v.e.o.Rights.MayInvite(v.r.Context(), who, people.Invitation{Network: s.Network}) == nil
			if one.Invites {
				if err := v.choices(who, &one); err != nil {
					return err
				}
			}
			if err := v.whatStays(&one); err != nil {
				return err
			}
			if one.Called, err = v.e.o.Rights.Named(v.r.Context(), who, s.Network, s.Agent); err != nil && !isRefusal(err) {
				return err
			}
			one.Helps = v.e.o.Rights.MayRecover(v.r.Context(), who, s.Network, "") == nil
		}
		b.Seats = append(b.Seats, one)
	}
	return err
}

// choices adds what an invitation can say; what was said before, if it was refused, and
// else a member is chosen.
func (v *visit) choices(who Identity, s *seat) (err error) {
	s.Roles, s.Scopes, err = v.e.o.Rights.Choices(v.r.Context(), who, s.Network)
	if s.Role = v.says("role"); !slices.Contains(s.Roles, s.Role) {
		s.Role = "member"
	}
	return err
}

func settingsOf(v *visit, b *account) error {
	unwanted, err := v.e.o.People.Unwanted(v.r.Context(), v.a.ID)
	for _, k := range v.e.o.Kinds {
		b.Settings = append(b.Settings, setting{k, text(fmt.Sprintf("kind.%s", k)), text(fmt.Sprintf("kind.%sWhat", k)), !unwanted[k]})
	}
	return err
}

func logOf(v *visit, b *account) error {
	list, err := v.e.o.People.Log(v.r.Context(), v.a.ID, 100)
	for _, e := range list {
		b.Log = append(b.Log, event(e))
	}
	return err
}

// certain refuses who did not show a way in lately.
func (v *visit) certain() error {
	if v.e.o.People.Fresh(v.s) {
		return nil
	}
	return rule.Refuse("confirmFirst", "minutes", v.e.o.People.FreshMinutes())
}

func setMail(v *visit) error {
	if err := v.certain(); err != nil {
		return err
	}
	if err := v.e.o.People.SetMail(v.r.Context(), v.a.ID, v.says("mail"), v.origin()); err != nil {
		return err
	}
	return v.done("/account")
}

func setPassword(v *visit) error {
	n, err := v.e.o.People.SetPassword(v.r.Context(), v.s, v.says("current"), v.says("password"), v.origin())
	if err != nil {
		return err
	}
	return v.renewed(n)
}

func removePassword(v *visit) error {
	if err := v.e.o.People.RemovePassword(v.r.Context(), v.s, v.origin()); err != nil {
		return err
	}
	return v.done("/account")
}

func beginPasskey(v *visit) error { return v.ceremony(v.e.o.People.BeginPasskey(v.r.Context(), v.s)) }

func finishPasskey(v *visit) error {
	n, err := v.e.o.People.FinishPasskey(v.r.Context(), v.s, v.answer(), v.origin())
	if err != nil {
		return err
	}
	return v.renewed(n)
}

func removePasskey(v *visit) error {
	if err := v.e.o.People.RemovePasskey(v.r.Context(), v.s, v.says("id"), v.origin()); err != nil {
		return err
	}
	return v.done("/account")
}

// once is a page of what is shown once.
type once struct {
	What   string   `json:"-"`
	Codes  []string `json:"codes,omitempty"`
	Secret string   `json:"secret,omitempty"`
	Link   string   `json:"link,omitempty"`
	ID     string   `json:"id,omitempty"`
}

func makeCodes(v *visit) error {
	codes, err := v.e.o.People.NewCodes(v.r.Context(), v.s, v.origin())
	if err != nil {
		return err
	}
	return v.show("once", once{What: "codes", Codes: codes})
}

func revokeSession(v *visit) error {
	if err := v.certain(); err != nil {
		return err
	}
	if err := v.e.o.People.RevokeSession(v.r.Context(), v.a.ID, v.says("id"), v.origin()); err != nil {
		return err
	}
	return v.done("/account")
}

func revokeOthers(v *visit) error {
	if err := v.certain(); err != nil {
		return err
	}
	if err := v.e.o.People.RevokeSessions(v.r.Context(), v.a.ID, v.s.ID, v.origin()); err != nil {
		return err
	}
	return v.done("/account")
}

func makeToken(v *visit) error {
	t := people.Token{Label: v.says("label"), Network: v.says("network")}
	days, err := strconv.Atoi(v.says("days"))
	if err != nil || days < 1 || days > 366 {
		return badField("days", text("wanted.days"))
	}
	t.Until = v.e.o.People.Now().Add(time.Duration(days) * 24 * time.Hour)
	if t.ReadOnly = v.says("readOnly") != "" && v.says("readOnly") != "false"; !t.ReadOnly {
		if t.Budget, err = strconv.ParseInt(v.says("budget"), 10, 64); err != nil {
			return badField("budget", text("wanted.budget"))
		}
		if t.Verbs = v.form["verbs"]; len(t.Verbs) == 0 {
			return badField(text("account.verbs"), text("wanted.someVerb"))
		}
		for _, verb := range t.Verbs {
			if !slices.Contains(v.e.o.Verbs, verb) {
				return badField("verbs", text("wanted.verbs"))
			}
		}
	}
	for _, s := range v.form["scopes"] {
		if s != "" {
			t.Scopes = append(t.Scopes, vf.ID(s))
		}
	}
	t, secret, err := v.e.o.People.MakeToken(v.r.Context(), v.s, t, v.origin())
	if err != nil {
		return err
	}
	return v.show("once", once{What: "token", Secret: secret, ID: t.ID})
}

func revokeToken(v *visit) error {
	if err := v.e.o.People.RevokeToken(v.r.Context(), v.a.ID, v.says("id"), v.origin()); err != nil {
		return err
	}
	return v.done("/account")
}

// setWanted takes the kinds that somebody wants to be told of; of the others, no more.
func setWanted(v *visit) error {
	for _, kind := range v.e.o.Kinds {
		if err := v.e.o.People.SetWanted(v.r.Context(), v.a.ID, kind, slices.Contains(v.form["wanted"], kind)); err != nil {
			return err
		}
	}
	return v.done("/account")
}
