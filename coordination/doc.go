// Package coordination says who may do what, as the members have agreed: the
// charter. It is pure: the books, the time and the one who acts are handed in.
//
// # Words
//
// A scope is an agent that is no person: a circle, a group, a project; scopes form
// a tree by partOf, and the whole network is the root above all of them. A
// [vf.Membership] gives an agent a role in a scope, for a time; what is held in a
// scope is held in all scopes below it. Everybody is a guest of the network, also
// who is not known. A [vf.Charter] is a list of clauses for a scope and all below
// it; of its versions the highest holds that is valid already. A network that has
// none lives by [Default]. A [Verb] is what a right is about.
//
// # A clause
//
//	name: role [here] may [not] verbs [extent] [classes] [for roles] [in scope]
//
// The name is what refusals say. The role is a free word, or guest. “here” narrows
// it to those who hold the role in the charter's own scope or below, not above.
// The verbs are listed with commas, or it is the word everything. The extent is
//
//	all              any record, and what is about no record; so it is where nothing is said
//	own              records that name the actor, or the very scope in which the actor
//	                 holds the role; where a record names nobody, who entered it
//	published        what anybody may see: see below
//	as SIDE          records that name them on that side: provider, receiver, accountable,
//	                 performer, member, keyOf, self, author, addressee
//
// Classes, “for” (the roles that a membership gives) and “in” (a scope with all
// below it) narrow it further. Published are proposals that are addressed to nobody
// in particular, the intents that they publish, and the specifications, units and
// agents other than persons that these name.
//
// # How it is decided
//
// [View.Decide] asks, for each role that the actor holds over a scope of the
// record, the charters from that scope up to the network's; in each the clauses
// stand in order, and the first that fits decides for that role. One role that may
// is enough. So a charter narrows (may not) or extends what those above it say, for
// its own scope and below, and for nothing else. Where no clause fits, it is refused.
// A mandate cuts this further, for bots: to verbs, to scopes, to a time.
//
// Some things are seen from more scopes than they name. The words of a network (units
// and specifications) count as of each scope, and as own, for whoever holds a role in
// it: without them nobody could read what is theirs. A person counts as of the scopes
// in which that person holds a role; and what is of the actor alone, their Person and
// device keys, is decided by the roles that they hold, wherever that is.
//
// # Limits
//
// What concerns two scopes may be done, and seen, by whom one of them allows it. An
// event is own only if the things that it changes belong to a side of it, or to
// nobody. [View.Governed] tells whether somebody may change the network's charter,
// now and at all times to come.
package coordination
