// Package entrance is where people come in: the pages and addresses for sign-in,
// sign-up by invitation, recovery, and one's own account; and [Entrance.Who],
// which tells every other door who asks.
//
// # Words
//
// An [Identity] is who asks: nobody known, a person by a session's cookie, or a
// program by a token, with its mandate. A visit is one request to a page here. A
// [Joiner] has a network's journal take in who accepted an invitation; [Rights]
// says who may invite and who may help somebody in again. The keeper of the
// networks is both.
//
// # The path of a request
//
//	request ─ headers ─ not of another site ─ no token ─ form or JSON read ─ session, where it is needed
//	  ─ step: one call of people ─► page, JSON, or elsewhere (303)
//	  ─ a refusal: the page again with its sentence and hint, or JSON with the rule's name
//
// Every address takes a form as well as JSON, and answers with a page or, to who
// accepts application/json, with JSON. Passwords work without JavaScript;
// passkeys need the one file static/passkeys.js. All texts but those of rules are
// in texts.go.
//
// # Cookies
//
// The session's cookie is HttpOnly, SameSite=Lax, and, where the site is reached by
// https, Secure with the prefix __Host-. A cookie authorizes nothing that comes
// from a page of another origin: neither forms nor scripts nor streams. A token in
// the header Authorization is not sent by browsers on their own, so it is exempt,
// and it opens no page here.
//
// # Limits
//
// Links of invitations and recoveries hold their secret in the query, since pages
// work without script, and what stands behind a # reaches scripts alone. It leaves
// the address at once, for a cookie of an hour. Pages send a Referer to this site only
// and are not stored; who logs requests must leave queries out.
package entrance
