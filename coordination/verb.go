package coordination

import (
	"slices"

	"commonweal/vf"
)

// Verb is what a right is about: mostly the word of an act.
type Verb string

// The verbs of rights.
const (
	See      Verb = "see"      // read a record, with its personal part
	Declare  Verb = "declare"  // enter new records
	Change   Verb = "change"   // say records anew; old and new must both be allowed
	Withdraw Verb = "withdraw" // take records back
	Commit   Verb = "commit"   // promise
	Release  Verb = "release"  // give a promise back
	Record   Verb = "record"   // enter what happened
	Correct  Verb = "correct"  // correct an event
	Finish   Verb = "finish"   // say that no more will be done
	Plan     Verb = "plan"     // ask the planner
	Adopt    Verb = "adopt"    // enter what a plan proposes
	Decide   Verb = "decide"   // enter a version of a charter
	Invite   Verb = "invite"   // give or change a membership
	End      Verb = "end"      // end a membership sooner, or take it back
	Erase    Verb = "erase"    // erase personal data
	Keys     Verb = "keys"     // device keys, and the keys of the network
)

var allVerbs = []Verb{See, Declare, Change, Withdraw, Commit, Release, Record, Correct, Finish, Plan, Adopt, Decide, Invite, End, Erase, Keys}

// Verbs lists all verbs of rights.
func Verbs() []Verb { return slices.Clone(allVerbs) }

// Roles that mean the same in every charter: everybody is a guest of the network.
const (
	Guest = "guest"
	Owner = "owner" // what the default charter calls who may do everything
)

// For is the right that the verb needs with a record: memberships, charters and
// keys have verbs of their own, so that nobody comes to rights by the right to
// declare. To take a membership back is to end it.
func (verb Verb) For(r vf.Record) Verb {
	if slices.Contains([]Verb{See, Plan, Erase, Decide, Invite, End, Keys}, verb) {
		return verb
	}
	switch r.(type) {
	case *vf.Membership:
		if verb == Withdraw {
			return End
		}
		return Invite
	case *vf.Charter:
		return Decide
	case *vf.DeviceKey:
		return Keys
	}
	return verb
}
