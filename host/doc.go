// Package host keeps the networks of one server: it opens their books, begins new
// ones, and keeps a plan of each in step with its books.
//
// # Words
//
// A [Host] is what one server has open. A [Network] is the books of one network
// there, under a name that is part of its addresses: letters, digits and hyphens.
// Networks are strictly apart: each has its own journal, key, store and plan, and
// nothing here gives records of one to another.
//
// # The path of the data
//
//	Open ─ data folder, or database ─► networks: store ─ node.Open ─► Network
//	Begin ─ key, store, genesis ─► Network, also while others are used
//	Found ─ looks now and then in a database ─► networks that another server began, once their keys are here; else Lacking
//	act ─ node ─ heard by the network's follower ─ Planner.Advance ─► Planned (plan, diff, last entry) ─► subscribers,
//	      and notifications to the people whose needs or work it touches
//	person erased ─ their network's notifications lose the words of before, which may name them
//	invitation taken ─ Join ─► Person and Membership in the journal, within the rights of who invited
//
// The follower is one goroutine for each network. Acts that come while it plans
// are taken in together the next time, so a burst of acts costs a few plannings
// and not one each. After each it rests thrice as long as that took, at most two
// seconds, so that acts and readers find the processors free, unless somebody waits
// for a plan. A plan is made for the hour in which it is asked for: within an hour
// only what acts touch is planned again.
//
// Beside the follower two more goroutines of each network work in the background: one makes
// images of long books, from which the next start is quick, and one verifies the books once
// after each start, at half a processor. What it finds stands in the log, in the figures and
// in what /readyz says.
//
// # The data folder
//
//	books.sqlite, network.key             a network begun on the command line; its name is the last part of its id
//	networks/NAME/books.sqlite, …key      the others, a folder each
//	books.image                           beside them in long books: a copy for quick starts
//
// With a database (postgres://…) the books stand in it, and the data folder holds
// the keys alone. Whoever has a key can write the books.
//
// # Limits
//
// All records of all networks are held in memory (see package node). SQLite takes
// one server on one data folder; with PostgreSQL there may be several, each of
// which follows the journal.
package host
