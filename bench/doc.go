// Package bench makes the networks of known size on which the planner is
// measured, S, M and L: shared components, five levels, four components to a
// parent, whole units. How many orders a plan of each must make is known
// exactly, so a planner that is quick and wrong is found out.
//
// The networks come from a seed through the Mersenne Twister, drawn in the same
// order as Python's random module draws, so that the same files come out of
// either and figures can be compared with those of other planners.
package bench
