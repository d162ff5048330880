// Package plan works out what should happen: from needs through recipes to
// processes with dates, purchases, and problems with their reasons.
//
// # Words
//
// A buffer is where supply meets requirement: one specification at one stage, in
// one state, at one place. A maker is a recipe process seen from one of its
// outputs: what it takes, and how long, to have so much of that buffer. An order
// is a proposed process or a proposed taking of an offer. A link says which supply
// serves which requirement with how much; following links upwards gives the needs
// that an order serves (its pegs), following them downwards what a need rests on.
//
// # Data path
//
//	vf.Graph ─ read (facts, firm, recipes) ─► network: dense integer tables
//	network ─ arrange (levels) ─► clusters of buffers, users before what they use
//	clusters ─ net (netting) ─► orders and links, whole network at once
//	where something is short or late ─ ask (asking) ─► need after need, in order
//	plan ─ Stats, Report, Why, hash
//
// Netting goes level by level: all requirements of a buffer are known before it is
// planned, so shared components are planned once for the sum. Each requirement
// takes, by date, what is on hand, then firm receipts and by-products, then offers,
// then making. It is the material requirements planning of Orlicky (1975), time
// phased and pegged, with exact quantities.
//
// Where netting finds something that cannot be had, or that would have to begin
// before now, the connected part of the network is planned again by asking: need
// after need in order of tier, due time and id, each asks for its supply backwards
// through the recipes; what lacks one input gives back the others; what cannot be
// had in time answers with the earliest date at which more could be had. So what
// is begun can be finished, and what is short touches only those it must.
//
// # Exactness
//
// Quantities are whole numbers of the smallest step of the buffer's unit, held in
// 64 bits; ratios are exact rationals; a number that does not fit is refused.
// Inputs round up to the step, by-products round down, so the only thing that
// vanishes is a process's own loss, under one step for each flow.
//
// # Order and determinism
//
// Buffers, recipes, offers and needs are numbered by their ids, so a plan does not
// depend on the order in which facts arrived, nor on the number of cores.
// A plan is a function of the facts and the settings alone.
package plan
