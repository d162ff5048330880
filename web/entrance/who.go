package entrance

import (
	"net/http"
	"strings"

	"commonweal/people"
	"commonweal/rule"
	"commonweal/vf"
)

// Identity is who asks. Its zero value is nobody known.
type Identity struct {
	Account string          // its id
	Name    string          // the sign-in name
	Session string          // the id of the session; empty with a token
	Token   string          // the id of the token, for people.Spend; empty with a session
	Mandate *people.Mandate // of the token; nil for a person
	seats   map[string]vf.ID
}

// Known reports whether it is somebody.
func (i Identity) Known() bool { return i.Account != "" }

// Agent is as whom somebody acts in a network; empty is as nobody known.
func (i Identity) Agent(network string) vf.ID { return i.seats[network] }

// Networks lists the networks in which somebody has a seat, in no order.
func (i Identity) Networks() (list []string) {
	for n := range i.seats {
		list = append(list, n)
	}
	return list
}

// Who tells who asks. Without cookie and token it is nobody, which is no error. It
// refuses a session or token that is none (signedOut, badToken), and a cookie that a
// page of another origin sent (crossOrigin).
func (e *Entrance) Who(r *http.Request) (Identity, error) {
	if secret, ok := bearer(r); ok {
		t, err := e.o.People.Bearer(r.Context(), secret)
		if err != nil {
			return Identity{}, err
		}
		i := Identity{Account: t.Account, Token: t.ID, Mandate: &t.Mandate}
		return i, e.sit(r, &i, t.Network)
	}
	secret := e.cookie(r, sessionCookie)
	if secret == "" {
		return Identity{}, nil
	}
	if err := e.sameOrigin(r); err != nil {
		return Identity{}, err
	}
	s, a, err := e.o.People.Session(r.Context(), secret)
	if err != nil {
		return Identity{}, err
	}
	i := Identity{Account: a.ID, Name: a.Name, Session: s.ID}
	return i, e.sit(r, &i, "")
}

// sit fills in the seats that the networks know of: all, or the one in a network.
func (e *Entrance) sit(r *http.Request, i *Identity, only string) error {
	seats, err := e.o.People.Seats(r.Context(), i.Account)
	i.seats = map[string]vf.ID{}
	for _, s := range seats {
		if !s.Joined.IsZero() && (only == "" || s.Network == only) {
			i.seats[s.Network] = s.Agent
		}
	}
	return err
}

// bearer returns the token of a request, and whether it says that it has one. More
// than one header is none.
func bearer(r *http.Request) (string, bool) {
	headers := r.Header["Authorization"]
	if len(headers) == 0 {
		return "", false
	}
	scheme, secret, _ := strings.Cut(headers[0], " ")
	if len(headers) > 1 || !strings.EqualFold(scheme, "Bearer") {
		return "", true
	}
	return secret, true
}

// sameOrigin refuses what a page of another origin asks for with our cookie:
// whatever changes something, and whatever a script could read or hold open. A
// link that somebody follows is let through.
func (e *Entrance) sameOrigin(r *http.Request) error {
	if e.same.Check(r) != nil {
		return rule.Refuse("crossOrigin")
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return nil
	case "": // a browser of before 2023, or none
		if o := r.Header.Get("Origin"); o != "" && !sameHost(o, r.Host) {
			return rule.Refuse("crossOrigin")
		}
		return nil
	}
	if r.Header.Get("Sec-Fetch-Mode") != "navigate" || r.Header.Get("Sec-Fetch-Dest") != "document" {
		return rule.Refuse("crossOrigin")
	}
	return nil
}

func sameHost(origin, host string) bool {
	_, of, ok := strings.Cut(origin, "://")
	return ok && strings.EqualFold(of, host)
}
