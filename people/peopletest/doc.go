// Package peopletest has what tests of sign-in need: a [Clock] that is moved by
// hand, a [Disk] that can be full, and an [Authenticator] that answers as a phone or a security key does,
// with one key of ES256 for each registration (WebAuthn level 3, sections 5.8,
// 6.1 and 6.5).
//
// The way through it: Options of a ceremony go in as JSON, the answer comes out
// as PublicKeyCredential.toJSON of a browser would write it.
//
// Its limit: it attests nothing, and knows no extensions.
package peopletest
