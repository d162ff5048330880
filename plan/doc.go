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
//	vf.Graph ─ read (facts, groups, wants, firm, recipes, capacity_read) ─► network: dense integer tables
//	network ─ arrange (levels), divide (parts) ─► connected parts; in each, clusters of buffers, users before what they use
//	part ─ net (netting) ─► orders and links
//	part in which something lacks ─ tiers ─► those that can be netted by themselves, and the others
//	where nothing is finite ─ layers (netting, asking) ─► tier after tier
//	where something is ─ askTiers (asking, placing, booking) ─► need after need
//	plan ─ Stats, Report (pegs), Why, Hash, Messages, Figures, Forward; two plans ─ Diff, Branch
//	plan and changed records ─ Change (follow, change, renet) ─► the next plan and its Diff
//
// Netting goes level by level: all requirements of a buffer are known before it is
// planned, so shared components are planned once for the sum. Each requirement
// takes, by date, what is on hand, then firm receipts and by-products, then offers,
// then making. It is the material requirements planning of Orlicky (1975), time
// phased and pegged, with exact quantities.
//
// Where netting finds something that cannot be had, or that would have to begin
// before now, the connected parts in which something lacks are planned in layers:
// what firm work and promises still take, then tier after tier, each with what
// the layers before it leave. The first layer is all tiers that can be netted by
// themselves. So a lesser need never harms a more essential one (tiers).
// Inside a layer the needs that what lacks touches are asked for first, in order of
// due time and id: a need asks for its supply backwards through the recipes; what lacks one input gives back the others;
// what cannot be had in time answers with the earliest date at which more could be
// had. So what is begun can be finished, and what is short touches only those it
// must. The others are netted with what is left, and are all on time. With the
// dates and quantities found, the whole is netted once more, so that what falls
// together is one process; where that does not work out, the layers stand.
//
// Where something is finite, all needs of the part are asked for, tier after tier; only
// where that makes late what could be netted without the lesser tiers is that netted,
// and the others are asked for. What takes time for
// each unit is then made in parts where time is what lacks: as much as fits between
// when work can begin and when it is wanted, the rest at later dates. What
// can be bought without end is bought, as long as it can be in time, so that stock is
// there for those who want it sooner; when all dates are found, stock goes to
// whoever takes first, and only what is then missing is bought.
//
// # Work time and what is finite
//
// A process lasts its recipe's time of work: the time that recipe, performer, place
// and machine have in common (calendar). It claims machines and places from begin to
// end, hours of workers day by day, and budgets of a period (capacity). A time is
// looked for backwards from when the thing is wanted: what is taken is passed by
// earlier; what would have to begin before now is placed forward from now (placing).
// What may be passed (overload) never stands in the way, and is told. Work time that
// cannot be worked out is a problem of the record that says it, and means no hours.
//
// What a tier cannot have in full is shared: the level of a weighted water-filling
// over everything scarce at once says how much each need is asked for first
// (sharing). Floors of stock come before every tier, targets after them.
//
// # Limits
//
// Asking is a search without going back on what is placed: where lots, dates,
// alternatives and machines interlock it may find less, or later, than there is, and
// never more. How long it looks for one need, and how often it moves a process for it, is
// bounded by counts; a need of which the search was given up says so. After 64 dates that brought nothing it looks on in
// strides, so a date may then be later than the first that there is.
//
// How far lateness is looked for follows from the last due time of all needs, the lesser
// ones too. What comes together with a lesser need waits for that.
//
// A machine is chosen for the whole of a process, and a process is never split over
// several. Set-up is counted once for each process, whatever came before it on the
// machine. The hours that an agent offers of one skill are apart from those of another.
// A budget counts a process in the period in which it ends (inputs of a limited thing:
// begins), not spread over several. Of an offer that renews, what is promised counts
// against each period.
//
// A recipe asks back six harvests for its own seed. With lot rules, with time for each
// unit, with machines, or where layers stand, there may be several processes of one
// recipe at one time.
//
// # What is promised
//
// A promise by who has or makes the thing is planned for. Any other is supply that comes
// from outside; of an agent of the network (memberships) it is told that these books know
// no source of it (sources).
//
// # What is too large
//
// A need that leads to more processes than can be planned, or to a quantity that does not
// fit, is left out of its part and is short with that as its cause (leaving). A part may
// have so many orders for each of its needs and recipes, beside a share of what there is for
// all. Which needs are left out follows from what was planned until it became too
// large: those come first for which most of it was.
//
// # Following the facts
//
// The records are read in groups, mostly one specification each, and what is wanted,
// offered and there follows from a group alone. A changed need, offer, thing, promise,
// event, process or proposal is followed by reading its groups again; tables that are
// cloned share what does not differ. Recipes, specifications, machines and work time
// are read anew. A group is read whole, with the promises that were kept long ago, so
// a change costs as much as its specification has records.
//
// # Following a change
//
// Each connected part is a function of its own facts, so a change re-plans the parts
// that it touches. In a plain part (no lots, no time for each unit, no calendars,
// nothing finite, no by-products, no pairs, nothing lacking) it goes only through the
// buckets that it reaches: what is wanted of one buffer at one time (buckets, renet).
// Versions of a plan share all that does not differ; what has changed lies over the
// tables that netting made, until half of them is covered and they are written out.
//
// # Exactness
//
// Quantities are whole numbers of the smallest step of the buffer's unit, held in
// 64 bits; ratios are exact rationals; a need that leads to a number that does not
// fit is left out.
// Inputs round up to the step, by-products round down, so the only thing that
// vanishes is a process's own loss, under one step for each flow.
//
// # Order and determinism
//
// Buffers, recipes, offers and needs are numbered by their ids, so a plan does not
// depend on the order in which facts arrived, nor on the number of cores.
// A plan is a function of the facts and the settings alone.
package plan
