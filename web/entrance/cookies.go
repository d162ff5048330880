package entrance

import (
	"net/http"
	"time"

	"commonweal/people"
)

const (
	sessionCookie = "commonweal-session"
	deviceCookie  = "commonweal-device"
	deviceStays   = 365 * 24 * time.Hour
	linkCookie    = "commonweal-" // and what kind of link it is
	linkStays     = time.Hour
)

// named is what a cookie is called: where it is only sent over TLS, so that no
// other host and no plain page could have set it.
func (e *Entrance) named(name string) string {
	if e.secure {
		return "__Host-" + name
	}
	return name
}

// cookie returns a cookie's value; where there are several of the name, somebody
// meddled, and there is none.
func (e *Entrance) cookie(r *http.Request, name string) string {
	if all := r.CookiesNamed(e.named(name)); len(all) == 1 {
		return all[0].Value
	}
	return ""
}

// Brings reports whether a request brings what a session is known by; whether it is
// one, [Entrance.Who] says.
func (e *Entrance) Brings(r *http.Request) bool { return e.cookie(r, sessionCookie) != "" }

func (e *Entrance) set(w http.ResponseWriter, name, value string, stays time.Duration) {
	c := &http.Cookie{Name: e.named(name), Value: value, Path: "/", MaxAge: int(stays.Seconds()), HttpOnly: true, Secure: e.secure, SameSite: http.SameSiteLaxMode} //nolint:gosec // Secure wherever the site has TLS
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// enter gives the browser what it keeps of a session.
func (v *visit) enter(n people.Entry) {
	v.e.set(v.w, sessionCookie, n.Secret, n.Expires.Sub(n.Verified))
	if n.Device != "" {
		v.e.set(v.w, deviceCookie, n.Device, deviceStays)
	}
	v.s = n.Session
}

// browser is what somebody signs in from.
func (v *visit) browser() people.Browser {
	return people.Browser{Origin: v.origin(), Known: v.e.cookie(v.r, deviceCookie), Old: v.e.cookie(v.r, sessionCookie)}
}

func (v *visit) origin() people.Origin {
	return people.Origin{Address: v.e.o.From(v.r), Device: DeviceOf(v.r.UserAgent())}
}
