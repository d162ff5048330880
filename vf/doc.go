// Package vf holds the words that every other package speaks: the records of
// Valueflows 1.0.0, exact quantities with their units, and the table of
// actions. It imports nothing of ours and knows no files, clocks or networks.
//
// # The three layers
//
// Knowledge says how things are done: [ResourceSpecification],
// [ProcessSpecification], [Recipe], [RecipeProcess], [RecipeFlow],
// [RecipeExchange], and [Action].
//
// Planning says what is wanted and promised: [Intent], [Commitment], [Claim],
// [Plan], [Process], [Agreement], [AgreementBundle], [Proposal], [ProposalList].
//
// Observation says what there is and what happened: [Agent] (a Person, an
// Organization or an EcologicalAgent), [EconomicResource], [EconomicEvent],
// [BatchLotRecord].
//
// [Measure], [Unit] and [SpatialThing] serve all three.
//
// Beside them stands what Valueflows leaves out ([OwnClasses]): [Membership],
// [Charter] and [DeviceKey] say who belongs where, what they may do there, and with
// which keys they sign. A scope is an agent; scopes form a tree by partOf.
//
// # How a record is written
//
// A record is a Go struct; its JSON names are the property names of the
// published ontology, and the properties that Valueflows leaves out carry
// names of our own, listed in [OwnProperties]. References are ids ([ID]), never
// pointers. A property that was not said is the zero value and is not written.
// The inverse properties of the ontology (hasInput, stipulates, ...) are not
// stored: they follow from the other end ([InverseProperties]).
//
// # Quantities
//
// A [Decimal] is an exact decimal number, a [Measure] a decimal with a unit.
// All arithmetic is checked: a value that does not fit is an error, never a
// wrapped number. Units have a dimension and an exact rational factor to the
// base unit of that dimension, so kilograms and pounds convert exactly and
// kilograms never become litres.
package vf
