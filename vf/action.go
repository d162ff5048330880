package vf

import (
	"slices"
	"strings"
)

// Action is an action verb: the kind of a flow and what it does to a resource.
// The names are the ontology's in camelCase ("deliverService").
type Action string

// The nineteen actions of Valueflows 1.0.0.
const (
	Accept            Action = "accept"
	Cite              Action = "cite"
	Combine           Action = "combine"
	Consume           Action = "consume"
	Copy              Action = "copy"
	DeliverService    Action = "deliverService"
	Dropoff           Action = "dropoff"
	Lower             Action = "lower"
	Modify            Action = "modify"
	Move              Action = "move"
	Pickup            Action = "pickup"
	Produce           Action = "produce"
	Raise             Action = "raise"
	Separate          Action = "separate"
	Transfer          Action = "transfer"
	TransferAllRights Action = "transferAllRights"
	TransferCustody   Action = "transferCustody"
	Use               Action = "use"
	Work              Action = "work"
)

// Effect is what an action does to one property of a resource, in the
// ontology's words; the empty effect is its "notApplicable".
type Effect string

// The effects that the action table uses.
const (
	None               Effect = ""
	Increment          Effect = "increment"          // add to the resource
	Decrement          Effect = "decrement"          // take from the resource
	DecrementIncrement Effect = "decrementIncrement" // take from the resource, add to the to-resource
	IncrementTo        Effect = "incrementTo"        // add to the to-resource
	Update             Effect = "update"             // set on the resource
	UpdateTo           Effect = "updateTo"           // set on the to-resource
	New                Effect = "new"                // set where the event creates the resource
	Remove             Effect = "remove"             // clear on the resource
	Input              Effect = "input"              // goes into a process
	Output             Effect = "output"             // comes out of a process
	OutputInput        Effect = "outputInput"        // either
	Optional           Effect = "optional"           // may create the resource
	OptionalTo         Effect = "optionalTo"         // may create the to-resource
	OfResource         Effect = "resource"           // counts resourceQuantity
	OfEffort           Effect = "effort"             // counts effortQuantity
	OfBoth             Effect = "both"               // may count both
)

// ActionEffects is one row of the action table, a field for each property
// of vf:Action.
type ActionEffects struct {
	Action                                  Action
	InputOutput                             Effect
	PairsWith                               Action
	CreateResource, EventQuantity           Effect
	Accounting, Onhand, Location, Contained Effect
	Accountable, Stage, State               Effect
}

// ActionTable is the published action table, row by row; a test compares it
// with the ontology.
var ActionTable = []ActionEffects{
	{Accept, Input, Modify, None, OfResource, None, Decrement, Update, None, None, None, Update},
	{Cite, Input, "", None, OfResource, None, None, None, None, None, None, Update},
	{Combine, Input, "", None, OfResource, None, Decrement, None, Update, None, None, Update},
	{Consume, Input, "", None, OfResource, Decrement, Decrement, None, None, None, None, Update},
	{Copy, None, "", OptionalTo, OfResource, IncrementTo, IncrementTo, New, None, New, None, UpdateTo},
	{DeliverService, OutputInput, "", None, OfResource, None, None, None, None, None, None, None},
	{Dropoff, Output, Pickup, None, OfResource, None, Increment, Update, None, None, Update, Update},
	{Lower, None, "", Optional, OfResource, Decrement, Decrement, None, None, New, None, Update},
	{Modify, Output, Accept, None, OfResource, None, Increment, Update, None, None, Update, Update},
	{Move, None, "", OptionalTo, OfResource, DecrementIncrement, DecrementIncrement, UpdateTo, None, None, None, UpdateTo},
	{Pickup, Input, Dropoff, None, OfResource, None, Decrement, Update, None, None, None, Update},
	{Produce, Output, "", Optional, OfResource, Increment, Increment, New, None, New, Update, Update},
	{Raise, None, "", Optional, OfResource, Increment, Increment, None, None, New, None, Update},
	{Separate, Output, "", None, OfResource, None, Increment, None, Remove, None, Update, Update},
	{Transfer, None, "", OptionalTo, OfResource, DecrementIncrement, DecrementIncrement, UpdateTo, None, UpdateTo, None, UpdateTo},
	{TransferAllRights, None, "", OptionalTo, OfResource, DecrementIncrement, None, None, None, UpdateTo, None, UpdateTo},
	{TransferCustody, None, "", OptionalTo, OfResource, None, DecrementIncrement, UpdateTo, None, None, None, UpdateTo},
	{Use, Input, "", None, OfBoth, None, None, None, None, None, None, Update},
	{Work, Input, "", None, OfEffort, None, None, None, None, None, None, None},
}

var actionRows = func() map[Action]*ActionEffects {
	m := make(map[Action]*ActionEffects, len(ActionTable))
	for i := range ActionTable {
		m[ActionTable[i].Action] = &ActionTable[i]
	}
	return m
}()

// Effects returns the action's row of the table, nil if there is no such action.
func (a Action) Effects() *ActionEffects { return actionRows[a] }

// ParseAction reads an action id as people and older data write it: camelCase,
// kebab-case, or a full IRI. Else the error is of kind unknownAction.
func ParseAction(s string) (Action, error) {
	name := s[strings.LastIndexAny(s, "/#:")+1:]
	parts := strings.Split(name, "-")
	for i, p := range parts {
		if i > 0 && p != "" {
			parts[i] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	a := Action(strings.Join(parts, ""))
	if a.Effects() == nil {
		var known []string
		for _, r := range ActionTable {
			known = append(known, string(r.Action))
		}
		slices.Sort(known)
		return "", fault(UnknownAction, "value", s, "known", strings.Join(known, ", "))
	}
	return a, nil
}

// UnmarshalText reads what ParseAction reads.
func (a *Action) UnmarshalText(b []byte) error {
	v, err := ParseAction(string(b))
	*a = v
	return err
}

// IsInput reports whether the action can go into a process.
func (a Action) IsInput() bool {
	r := a.Effects()
	return r != nil && (r.InputOutput == Input || r.InputOutput == OutputInput)
}

// IsOutput reports whether the action can come out of a process.
func (a Action) IsOutput() bool {
	r := a.Effects()
	return r != nil && (r.InputOutput == Output || r.InputOutput == OutputInput)
}

// ImpliedTransfer is the transfer that an action between two different agents
// brings with it: all rights and custody for consume, produce and
// deliverService, custody alone for pickup, dropoff, accept and modify; "" for
// the rest, and where provider and receiver are the same.
func (a Action) ImpliedTransfer() Action {
	switch a {
	case Consume, Produce, DeliverService:
		return Transfer
	case Pickup, Dropoff, Accept, Modify:
		return TransferCustody
	}
	return ""
}
