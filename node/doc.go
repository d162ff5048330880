// Package node is the one door: everything that enters the books of a network
// comes through [Node.Do]. It joins the domain packages, which do not know each
// other, and is the only writer.
//
// # Words
//
// An [Act] is what somebody wants entered, with whole records; a [Result] says
// where it stands in the journal. A verb is a kind of act; each has a file of its
// own here. A view is a table in the store that is made from the journal: it can be
// thrown away and made again.
//
// # The path of an act
//
//	Act ─ allowed?  from a seat: the charter gives the right, at this moment
//	    ─ once?     the idempotency key was used: same content, first result; other content, refused
//	    ─ prepare   the verb checks what the act says, and completes it from the books
//	    ─ enter     the records go into a fork of the ledger's state; its rules decide
//	    ─ split     personal data goes into profiles; the rest is the journal's
//	    ─ admit     the journal gives the act its place
//	    ─ seal      and makes and chains the entries, while the next act is decided, and signs the last
//	    ─ append    entries, views, profiles and checkpoint in one transaction of the store
//	    ─ merge     only now the fork becomes what readers see
//	    ─ publish   subscribers hear of it, in order
//
// A call of Do is all or nothing, also with many acts. Calls that wait at the
// same time share one transaction; one that is refused does not touch the others.
// An error that matches store.ErrUnknown means that the outcome is unknown:
// open the books again and send the same acts with the same keys.
//
// # The verbs
//
//	declare    new records of any class; quantities of resources become raise events
//	change     records said anew, whole; not events, nor what changes by events only
//	withdraw   takes back records that nothing refers to
//	commit     new commitments, with the processes, plans and agreements that they name
//	release    gives commitments back: they are finished, fulfilled or not
//	record     new events, with new resources, processes, lots and agreements that they name
//	correct    events that correct earlier ones
//	finish     processes, commitments, intents and claims of which no more will be done
//	adopt      a plan: new or changed facts, and what the plan proposes as open work
//	rotateKey  another key signs from here on; give its signer to [Node.SignWith]
//	revokeKey  an earlier key is no longer trusted
//	erase      the personal data of these records is deleted, with a person the notes
//	           that are theirs; the books still verify
//
// In declare, commit and record a record that is in the books already, word for
// word, is passed over; one that is there with other words is refused.
//
// # Seats
//
// A [Seat] is the books as one actor sees them, and the door by which that actor
// acts; every door for people and programs gives each of them one. It asks the
// charter (package coordination) inside the draft, so that acts that give or take
// rights and acts that use them have one order. What an actor may not see is
// treated as if it were not there: a reference to it is an unknown reference, and
// refusals leave its id out. (An id that is taken cannot be hidden.) [Node.Do] asks
// for no rights: it is for whoever holds the folder and its key.
//
// [Seat.Prepare] returns what an author with a device key has to sign, and Do enters
// just that, with the proof, or refuses it.
//
// A network begins without members; whoever begins it enters, by Node.Do in one
// call, the first Person and a Membership of that person in the role owner. From
// then on no act is accepted that would leave nobody who may change the charter.
//
// # The views in the store
//
//	key   idempotency key → sequence
//	mark  how the journal goes on (journal.Mark), and the layout of the views
//
// All else that the books say is made from the journal, and held in memory. So an act
// writes its entry, its key and the mark, and nothing a second time; and there is nothing
// beside the journal that could say something else. [Check] makes all of it from the
// journal again and compares; profiles are beside the journal and cannot be made.
//
// # The image
//
// Where [Options].Images keeps an image (package packed), opening reads that in one
// piece and enters only what came after it; else it enters the whole journal. An image is
// used if its root is that which the journal had, and what follows must lead to the mark,
// which names the root of all; where it does not, the whole journal is entered. [Node.Keep]
// makes one while acts go on: from then on they go into a fork of the state, which is put
// on the image when that is written. So the node holds what changed since as records, and
// the rest packed.
//
// # Whether it is true
//
// [Node.Attest] checks books in use against their journal, from the genesis: order,
// hashes and signatures, and then, at one moment, the image that they were opened from,
// the keys, the mark and the profiles. Where something differs they are in doubt and
// take no acts. It holds no lock, and packs what it makes on the way.
//
// # How readers find records
//
// [Node.Snapshot] is the books at one moment: records by id, by class, and by what
// they refer to, and which entries changed each. It is kept up with each act, in
// trees of which a copy costs nothing; so readers wait for no writer, and no
// reader of a page goes to the store.
//
// # Limits
//
// All current records are held in memory: some 130 bytes each in an image, about
// 1.5 kB each of those that are new or changed since, with what finds them. With
// [Share] several processes write by turns; else one does.
// Who acts is for the doors to make sure; by Do an author is named, not proved.
package node
