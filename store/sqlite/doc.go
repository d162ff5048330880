// Package sqlite keeps the books in one SQLite file.
//
// # How it keeps its promises
//
// The file is in WAL mode with synchronous=FULL, so that a commit is on the disk
// before it is acknowledged. One connection writes (each transaction takes the
// write lock when it begins), several that cannot write read beside it. Appends
// that wait while a commit is under way are gathered into the next one.
//
// After any error in a write transaction it is not known what the disk holds;
// those who waited for it get store.ErrUnknown, and the store takes no more
// batches until it is opened again, when SQLite's own recovery and the journal
// tell what is true.
//
// # Who may open it
//
// One writer and many readers. [Open] is for the writer: a lock on the file
// beside it (".lock") is held by SQLite's own means, so that it ends with the
// process, however that ends. Another writer waits for it some seconds, and
// begins from what it finds then. [Read] needs no lock: it sees the books as they
// were committed when it began, whatever is written meanwhile.
//
// Both refuse, with a sentence that says what to do, a path where nothing is,
// a file that is not a store, one written by a newer version, one that another
// process keeps writing, and one that is damaged. It looks for damage where it looks
// at all: at the file's header and schema, at the end of the journal against its
// stored hashes, and at the newest checkpoint; reading the whole is what
// [Store.Check] does, and every backup and restore.
//
// # Erasure
//
// Deleted rows are overwritten (secure_delete), and after a batch that deletes
// profiles the write-ahead log is emptied as soon as no reader needs it. Copies
// made before the erasure hold what they held: who keeps backups must let them
// go in time.
//
// # Layout
//
// A run of stored hashes is a row, and two fill a page. A transaction that adds to
// a run reads its row first, and fails where that has not the length that it must
// have. Open gives a file of an older version the present layout, each step in one
// transaction, in some ten seconds for a million acts; what that frees in the file is
// used again. [ReadCopy] and [Restore] read a backup in the layout that it has.
//
// # Drivers and SQL
//
// A [Driver] names one of the database/sql drivers for SQLite; the contract
// suite runs on two. SQL is of the kind that PostgreSQL understands too, but for
// pragmas and VACUUM INTO, which are all in open.go and backup.go, and for making runs of
// the single hashes of the first layout.
package sqlite
