package entrance

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"

	"commonweal/people"
	"commonweal/rule"
	"commonweal/vf"
)

//go:embed static
var static embed.FS

// Joiner has a network's journal take in who accepted an invitation: a Person, if
// the agent is not there, and a Membership. It may be called again for the same
// invitation, and then does nothing more; the id of the invitation is a good key of
// the act. A refusal by a rule opens the invitation again; any other error is
// tried again later.
type Joiner interface {
	Join(ctx context.Context, i people.Invitation, who people.Account, agent vf.ID) error
}

// Rights says who may do what owners do. nil allows it; a refusal says why not. An
// invitation of a network alone, and no member, ask whether somebody may at all.
type Rights interface {
	MayInvite(ctx context.Context, by Identity, i people.Invitation) error
	// CheckInvitation is asked before an invitation is made: whether role, scope and agent
	// are such as the network has.
	CheckInvitation(ctx context.Context, by Identity, i people.Invitation) error
	// Choices are the roles and scopes that an invitation can say.
	Choices(ctx context.Context, by Identity, network string) (roles []string, scopes []Scope, err error)
	// MayRecover is asked before a member of a network is helped in again, or all
	// of a member's sessions are ended.
	MayRecover(ctx context.Context, by Identity, network string, member vf.ID) error
	// Named is what an agent of a network is called, as far as somebody may know; "" where
	// they may not.
	Named(ctx context.Context, by Identity, network string, agent vf.ID) (string, error)
}

// Scope is a group of a network that somebody can be invited to.
type Scope struct {
	ID   vf.ID  `json:"id"`
	Name string `json:"name"`
}

// Eraser has networks forget the people whose accounts are erased.
type Eraser interface {
	// MayForget reports why a network keeps what it has of an agent, nil if it forgets.
	MayForget(ctx context.Context, network string, agent vf.ID) error
	// Forget enters in a network's journal that what is personal of an agent is erased. It
	// may be called again, and then does nothing more. After a refusal by a rule it is given up,
	// save where the network is not there; any other error is tried again later.
	Forget(ctx context.Context, s people.Seat) error
	// Alone reports whether nobody else with a seat may decide in a network.
	Alone(ctx context.Context, network string, agent vf.ID) (bool, error)
}

// Founder begins other networks on this server.
type Founder interface {
	// MayBegin reports why somebody may not begin a network, nil if they may.
	MayBegin(ctx context.Context, by Identity) error
	// Begin begins a network of a name, without any member; from then on it is served.
	Begin(ctx context.Context, name string) error
}

// Options is what an entrance is made of.
type Options struct {
	People  *people.People
	Joiner  Joiner
	Rights  Rights
	Eraser  Eraser                     // nil where networks forget nobody
	Founder Founder                    // nil where nobody begins networks from a page
	Address string                     // the site's, without a slash at the end: "https://weal.example"
	Kinds   []string                   // of notifications that people may turn off; each has its texts in texts.go
	Verbs   []string                   // that a token may be given
	From    func(*http.Request) string // the address of who asks; nil is that of the connection
	Log     *slog.Logger               // nil is no log
}

// Entrance is the pages by which people come in. It may be used at once.
type Entrance struct {
	o      Options
	secure bool
	same   *http.CrossOriginProtection
	mux    *http.ServeMux
}

// New makes an entrance.
func New(o Options) *Entrance {
	if o.From == nil {
		o.From = func(r *http.Request) string {
			host, _, err := net.SplitHostPort(r.RemoteAddr)
			if err != nil {
				return r.RemoteAddr
			}
			return host
		}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Address = strings.TrimSuffix(o.Address, "/")
	e := &Entrance{o: o, secure: strings.HasPrefix(o.Address, "https://"), same: http.NewCrossOriginProtection(), mux: http.NewServeMux()}
	for pattern, r := range routes {
		e.mux.Handle(pattern, e.handler(r))
	}
	files := http.FileServerFS(static)
	e.mux.HandleFunc("GET /entrance/static/", func(w http.ResponseWriter, r *http.Request) {
		protect(w.Header())
		if strings.HasSuffix(r.URL.Path, "/") { // which would list what is there
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "public, max-age=3600")
		http.StripPrefix("/entrance", files).ServeHTTP(w, r)
	})
	return e
}

// Handler answers every address of [Paths].
func (e *Entrance) Handler() http.Handler { return e.mux }

// Paths are what the entrance answers, as patterns of http.ServeMux; no network
// may be called so.
func Paths() []string {
	return []string{"/signin", "/signin/", "/signout", "/signup", "/signup/", "/recover", "/recover/", "/account", "/account/", "/entrance/"}
}

// Routes lists all that the entrance does, as patterns of http.ServeMux with their
// method, so that what a server answers can be gone through.
func Routes() []string { return slices.Sorted(maps.Keys(routes)) }

// route is an address and what it does.
type route struct {
	do     func(*visit) error
	show   func(*visit) error // the page that is shown again with a refusal; nil is that of the refusal alone
	person bool               // somebody must be signed in
}

var routes = map[string]route{
	"GET /signin":          {do: showSignIn},
	"POST /signin":         {do: signIn, show: showSignIn},
	"POST /signin/passkey": {do: beginSignIn},
	"POST /signin/answer":  {do: finishSignIn},
	"POST /signout":        {do: signOut},

	"GET /signup":          {do: showSignUp},
	"POST /signup":         {do: signUp, show: showSignUp},
	"POST /signup/passkey": {do: beginSignUp},
	"POST /signup/accept":  {do: acceptAs, show: showSignUp, person: true},

	"GET /recover":          {do: showRecover},
	"POST /recover":         {do: recoverByCode, show: showRecover},
	"POST /recover/passkey": {do: beginRecover},
	"GET /recover/link":     {do: showLink},
	"POST /recover/link":    {do: recoverByLink, show: showLink},

	"GET /account":                   {do: showAccount, person: true},
	"GET /account/confirm":           {do: showConfirm, person: true},
	"POST /account/confirm":          {do: confirm, show: showConfirm, person: true},
	"POST /account/confirm/answer":   {do: confirmByPasskey, person: true},
	"POST /account/mail":             {do: setMail, show: showAccount, person: true},
	"POST /account/password":         {do: setPassword, show: showAccount, person: true},
	"POST /account/password/remove":  {do: removePassword, show: showAccount, person: true},
	"POST /account/passkeys":         {do: beginPasskey, person: true},
	"POST /account/passkeys/answer":  {do: finishPasskey, person: true},
	"POST /account/passkeys/remove":  {do: removePasskey, show: showAccount, person: true},
	"POST /account/codes":            {do: makeCodes, show: showAccount, person: true},
	"POST /account/sessions/revoke":  {do: revokeSession, show: showAccount, person: true},
	"POST /account/sessions/others":  {do: revokeOthers, show: showAccount, person: true},
	"POST /account/tokens":           {do: makeToken, show: showAccount, person: true},
	"POST /account/tokens/revoke":    {do: revokeToken, show: showAccount, person: true},
	"POST /account/settings":         {do: setWanted, show: showAccount, person: true},
	"GET /account/networks":          {do: showBegin, person: true},
	"POST /account/networks":         {do: begin, show: showBegin, person: true},
	"POST /account/erase":            {do: erase, show: showAccount, person: true},
	"GET /account/invitations":       {do: showInvitations, person: true},
	"POST /account/invitations":      {do: invite, show: showAccount, person: true},
	"POST /account/invitations/end":  {do: withdrawInvitation, show: showInvitations, person: true},
	"POST /account/members/recover":  {do: helpIn, show: showAccount, person: true},
	"POST /account/members/sessions": {do: endSessions, show: showAccount, person: true},
}

// Finish has the networks take in whoever accepted an invitation and was not taken
// in, since something stopped, and forget whose account was erased. The program calls it when it starts, and now and then.
func (e *Entrance) Finish(ctx context.Context) error {
	seats, err := e.o.People.Unjoined(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, s := range seats {
		a, err := e.o.People.Account(ctx, s.Account)
		if err == nil {
			err = e.join(ctx, s, a)
		}
		errs = append(errs, err)
	}
	owed, err := e.o.People.Owed(ctx)
	for _, s := range owed {
		_, err := e.forget(ctx, s)
		errs = append(errs, err)
	}
	return errors.Join(append(errs, err)...)
}

// join has a network take somebody in.
func (e *Entrance) join(ctx context.Context, s people.Seat, a people.Account) error {
	i, err := e.o.People.Invitation(ctx, s.Invitation)
	if err != nil {
		return err
	}
	err = e.o.Joiner.Join(ctx, i, a, s.Agent)
	var r *rule.Refusal
	switch {
	case errors.As(err, &r):
		return errors.Join(r, e.o.People.Reopen(ctx, s))
	case err != nil:
		return err
	}
	return e.o.People.Joined(ctx, s)
}
