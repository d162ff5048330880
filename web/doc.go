// Package web is the door for people and programs: it serves the networks of a
// host over HTTP.
//
// # Words
//
// A [Site] is what is served: its routes and what stands before them. A guard is
// a step that every request goes through: it limits, names, logs, and sets the
// headers that keep a browser from being turned against its person.
//
// # The path of a request
//
//	listener (HTTP/1.1, HTTP/2, TLS where a certificate is given)
//	  ─ named (an id for the log) ─ logged, measured ─ recovered ─ headers ─ rate of its address ─ size of its body
//	  ─ route
//
// # Routes
//
//	/                     the networks of this server
//	/healthz              200 as long as the process answers
//	/readyz               200 when acts can be taken and people can sign in; else 503 with the reason
//	/metrics              figures for Prometheus, to who asks from this machine or has the token
//	/signin, /account, …  see package entrance
//	/graphql, /graphiql   GraphQL for one network: the header Network, or ?network=, names it, else the one begun first
//	/NAME/graphql, …      the same for that network
//	/NAME/notifications   what concerns who asks
//	/NAME/sign            what a member is called there, and with which keys they sign
//	/NAME/…               a network and its records, see package linked
//	/context, /ns         what our words mean, and /schema/CLASS what records may hold
//
// The networks that are served are a map that is made anew when one is begun, so that
// requests read it without a lock.
//
// # Stopping
//
// [Site.Serve] stops in order: /readyz says no, connections finish what they do or
// are cut after a grace, streams are told to come again, then it returns. What was
// acknowledged is durable before it was answered, so nothing depends on a good stop.
package web
