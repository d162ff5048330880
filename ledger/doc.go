// Package ledger holds what has happened: it posts economic events to
// resources by the action table, follows what is promised and owed, and tells
// where a thing came from and where it went. It is pure: a [State] knows no
// files, clocks or networks, and depends on nothing but the records put to it.
//
// # Words
//
// Posting is what an event does to the books: to accounting and on-hand
// quantities, location, stage, state, containment and accountable agent of the
// resources that it names, and to the commitments, intents and claims that it
// fulfils, satisfies and settles. The net quantity of an event is what was
// recorded, with its corrections added. A row of a trace or track tells an
// event's own net quantity, in its own unit, and beside it a share from 0 to 1,
// as an exact fraction: of a trace, the part of the event that came to be in what
// is traced (a fifth of the milling, where 10 of the 50 loaves are left); of a
// track, the part of what is tracked that flowed through the event (half of the
// grain, where 20 of 40 kg went to the mill, whatever came out of it). A share
// of 0 says that a thing was only named or used, and nothing of it flowed.
//
// # The path of a record
//
//	record  ─ State.Put ─►  knowledge, plans, promises, resources without quantities
//	event   ─ State.Post ─► resources, commitments, intents, claims
//	Books   ─ Trace, Track ─► rows in time order (a State is laid out as Books for it)
//	State   ─ Rollup ─► sums of them
//	State   ─ Records, Kept ─► all that there is, to be packed;  On stands on that again
//
// A [State] is made with [New]. [State.Fork] gives a state of its own on top of
// another, which sees all of it and changes nothing in it; [State.Merge] writes
// the changes down into the one below. So a batch is tried on a fork and
// merged once it is durable, or dropped. [State.Post] itself is all or nothing.
//
// # What is decided here
//
// The action table of the ontology decides what an event does. Beyond it:
//
//   - A resource named by an event and not yet known is created, where the
//     action can create one. A resource that was declared and never posted to
//     counts as new for the effects that the table calls "new".
//   - On hand never goes below zero, nor the rights that a transfer hands on,
//     unless the specification is a mediumOfExchange.
//   - "The primaryAccountable and the receiver should already match" where
//     something is added to an existing resource; a resource that holds nothing
//     passes to the receiver of a transfer.
//   - An input needs a process that it goes into, an output one that it comes
//     out of; deliverService may have either, both or none.
//   - What comes out by dropoff, modify or separate went in before by pickup,
//     accept or combine, as the same resource: in the same process or, as the
//     texts allow, in a connected one. What never comes out is a loss.
//   - combine names the container in toResourceInventoriedAs. A resource stays
//     containedIn it until all that was put in is separated.
//   - A finished process or commitment takes no more events: finished "indicates
//     simply that no more will be done". Corrections of what was recorded
//     before are accepted, for they do no more.
//   - An event that fulfils several commitments fills them in the listed order,
//     each up to what it promised; what is beyond fills none.
//   - A correction has the action and the references of the event that it
//     corrects, and any quantity that leaves the net at zero or more. An event
//     corrected to nothing is as if it had not been: stage, state, location,
//     container and accountable agent are those of the events that remain. It
//     can be corrected back, where it could also be posted now.
//   - provider ≠ receiver implies a transfer ([vf.Action.ImpliedTransfer]). It
//     needs no posting of its own: the action's own effects have the sum of
//     both. A resource created by produce is the receiver's.
//   - Who may record what is a matter of the charter, not of the ledger.
//
// # Limits
//
// Quantities are exact or refused. Events are posted in the order in which they
// come; times order trace and track, not posting. [Trace] and [Track] read what
// they reach through [Books], and no more; what they tell can still be long. A
// resource's mixture is followed as a moving weighted average, with exact rationals
// that grow with the number of receipts into one resource: one that takes in and
// gives out thousands of times without ever being empty takes long, and is ended
// by who asked.
package ledger
