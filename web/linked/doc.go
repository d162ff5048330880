// Package linked serves the books of networks as linked data and as plain pages:
// each record at its own address, lists, whole networks as files, and what people
// keep beside: spreadsheets, a bookkeeper's journal, a calendar.
//
// # Words
//
// The address of a record is /NAME/ and its id; see [Address] for ids that cannot
// stand in a path. A form is one way to write a record: JSON-LD, JSON, YAML, or a
// page. A [Seat] is the books as the one who asks may see them, and the door by
// which they act; package node has it. What a seat does not see is not there: the
// answer is the same 404 as for what never was.
//
// # The path of the data
//
//	request ─ network ─ seat ─ address or list ─ negotiated form ─► node.Snapshot (which records)
//	        ─ seat (may they see it) ─► form, with the entry that last changed it as its ETag
//	POST ─ seat, signed in ─ format.ReadNetworks or ReadCSV ─ seat.Do: all of it or none
//
// # Addresses of a network
//
//	/NAME/                        what is there, and the plan in short
//	/NAME/ID                      a record; ?history its revisions, ?at=N one of them, ?trace, ?track
//	/NAME/CLASSES                 the records of a class, such as /NAME/intents
//	/NAME/network.jsonld, .yaml   all records; ?scope=ID those of an agent, with what they need
//	/NAME/network                 POST: a network file is taken in
//	/NAME/LIST.csv                a list of format.Lists; POST: it is taken in
//	/NAME/books.journal           the events for hledger
//	/NAME/work.ics                one's own work as a calendar
//	/NAME/calendar/SECRET.ics     the same for a program that cannot sign in
//
// and beside the networks /context, /ns and /schema/CLASS, which are the same for
// all and hold nothing of anybody.
//
// # Limits
//
// A page of a need says what the newest plan gives it and why, one of a promise or a
// process for which needs it is; to who may see the plan, by the clauses for planning.
// Nothing is planned for a page: what would help, which takes planning again, is asked
// for in GraphQL. Of a plan of more than 20,000 processes it is not said for which needs
// promises and processes are.
//
// Pages list needs, offers, promises, processes and events by date up to 20,000 of a
// class, and beyond in the order of ids, which is that of all files and other forms. A
// page that is gone on from is found by date and id, so that a new record moves nothing.
//
// A page of a record looks at what refers to it through the index, so many at a
// time; it never reads all records. Lists, files and books do. Of earlier times
// what entries said is shown, and of a resource what events had made of it; personal
// data of earlier times is not kept.
package linked
