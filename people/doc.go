// Package people keeps who may come in: the accounts of one server, and what
// each of them came in with.
//
// # Words
//
// An [Account] is somebody who can sign in. A [Seat] says as which agent an
// account acts in a network; what that agent may do there is in the network's
// journal, not here. A passkey, a password, a printed code and a link from an
// owner are ways in; a [Session] is what a browser holds after one of them was
// taken. A [Token] is what a program acts with in a person's name: less than the
// person may, so many acts a day, until a day. An [Invitation] lets one person
// in, once. An [Event] is a line of the log that a person sees of their own
// account. A [Notification] is something that a network has to tell somebody.
//
// # The path of the data
//
//	Invite ─ token ─► Accept: account, seat, way in ─ Joined, when the journal has the person
//	SignIn ─ attempts counted ─ argon2id, whoever it is ─► session, new each time
//	request ─ Session or Token ─ read from the database each time ─► account, seat, mandate
//	Recover (code, owner's link) ─► new way in, every session ended
//	Erase ─► the account's id, and what networks have still to forget: Owed ─ entered in their journals ─► Forgotten
//	Reword ─ notifications of a network, said anew: who keeps it has them forget names
//
// Everything is in one database: a file beside the books, or the schema "people"
// of a PostgreSQL database. The SQL is one text for both, and one contract suite
// runs on both. Nothing is kept in memory, so several server processes can stand
// before one database, and what one revokes is revoked for all with the next
// request. Clock and dice are handed in.
//
// # Secrets
//
// What opens something is made of 256 random bits (printed codes: 140), shown
// once, and kept as a hash only. Passwords are kept as argon2id. An unknown name
// costs the same work, and gets the same answer, as a wrong password. Attempts
// are counted before they are judged; the wait grows with failures, has an end
// (five minutes), and never concerns passkeys, printed codes, or a browser that
// the account has signed in from before; so nobody can lock out somebody else.
//
// # Limits
//
// A server has tens of thousands of accounts, not millions. Of a notification
// list the newest 500 stay, of the log the newest 50 of each kind, for 180 days.
// Days of budgets are those of UTC. Passwords are 12 to 128 characters.
package people
