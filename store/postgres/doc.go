// Package postgres keeps the books in a PostgreSQL database, where several
// processes can use them at once.
//
// # Words
//
// One database holds any number of networks, each in a schema of its own,
// "commonweal_" and the network's name, so that nothing of one is in a table of
// another. The name stands in the address: postgres://USER@HOST:PORT/DATABASE?network=NAME;
// left out it is [MainNetwork]. [Networks] lists them. Several hosts may be named
// (HOST1:PORT,HOST2:PORT): the one that takes writes is used, and found again
// after it has changed.
//
// A process that leads is the one that decides and writes; the others follow. A
// term is the time in which one leads; terms are numbered by epochs. A [Moment]
// is the store as it was committed at one moment.
//
// # How several processes work together
//
// Each process opens the books with [Join] and then
//
//   - opens its views from [Store.Moment], which is one moment though others write,
//   - hears of the journal's growth by [Store.Follow], and reads the new entries
//     with Entries,
//   - waits in [Store.Lead] for its turn. When that returns, it reads the journal
//     to its end and may then write with Append; when its channel is closed, or
//     an Append is answered with store.ErrConflict, it follows again, and waits
//     for the lead again.
//
// After store.ErrUnknown it closes the store and begins anew, as with any store.
// Who needs this defines an interface of what it uses; all types are plain:
//
//	Lead(ctx context.Context) (epoch int64, lost <-chan struct{}, err error)
//	Resign()
//	Wanted(ctx context.Context) (bool, error)
//	Follow(ctx context.Context, f func(size int64), trouble func(error)) error
//	Size(ctx context.Context) (int64, error)
//
// [Open] and [Create] are for a program that only wants to write: they lead from
// the beginning, or refuse after a wait. [Read] is for one that only reads.
//
// # How it keeps its promises
//
// The lead is an advisory lock on a connection of its own: it ends with the
// process, however that ends, and with its machine after some seconds. The lock
// alone would not do, since one who lost it may not know yet. So each term puts
// a new token into the row "head", and each writing transaction takes that row
// first and looks whether the token is still its own; if not, nothing is written
// and the answer is store.ErrConflict. The same row says how long the journal is.
//
// Appends that wait while a commit is under way share the next one, written by a
// few statements whatever their number, which go to the database together in one message,
// and the commit in a second. The commit waits for the disk
// (synchronous_commit is never less than on; where the database asks for more,
// such as replicas, that stands). A database with fsync off is refused. What the
// server refuses before the commit was surely not written, is answered with its
// error, and the store goes on. Where a commit is answered neither yes nor no,
// the answer is store.ErrUnknown and the store stops.
//
// Entries and Scan read pages, each as it is committed when its turn comes, and
// hold no connection between them; a Moment reads all pages of the same moment.
//
// # Layout
//
// Migrations are goose's, each in a transaction of its own: one that is cut short
// is undone and done again. One process migrates, the others wait. Readers are not
// kept waiting: a migration that takes its time adds tables and does not rebuild those
// that are read; what takes something away is a short step of its own, gives way to
// whoever reads, and is tried again.
//
// A run of stored hashes is a row, four of them fill a page. The message that adds to a
// run also says how long it must be before; where it is not, nothing is written. Books
// of the first layout had a row for each hash; while runs are made of them, some seconds
// for a million acts, who writes waits. Processes of that version go on beside newer
// ones and may lead: "hash" is a view for them from then on, and what they put there
// comes to the runs. It is slow in large books, so they should be replaced soon. A
// moment that began there before the change and asks for hashes only after it finds
// none, and takes the books for damaged; asked anew, it finds them.
//
// # Limits
//
// Keys of views are at most 2,600 bytes, which is what an index of PostgreSQL
// takes; a longer one is refused, and nothing is written. The addresses of
// databases hold passwords: no error, and nothing that [Place] returns, shows
// more than hosts, database and network. What is erased stays in the files of
// the database until it tidies up (VACUUM), and in its write-ahead log and
// backups as long as these are kept; the guide in doc/high-availability.md says
// what to do. A pooler in between must leave sessions alone, since locks and
// messages belong to them.
package postgres
