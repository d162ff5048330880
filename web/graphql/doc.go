// Package graphql is the door for programs that speak GraphQL: the whole of
// Valueflows 1.0 to read and to write, what is ours beside it (the plan, the
// journal, proofs), and live updates.
//
// # Words
//
// The schema is made from the table of records ([vf.Classes], [vf.Fields] and the
// ranges of package format), not written by hand: a property that is new there is
// in the schema, with a resolver, or the package does not start. Every type, field
// and argument has a sentence in words.txt. A field is answered by its resolver, an
// execution is one operation that is being answered, a page is a part of a long list.
//
// # The path of a request
//
//	HTTP ─ body      at most so many bytes; GET reads, POST reads and acts
//	     ─ scan      depth and number of tokens, before anything is parsed
//	     ─ parse     github.com/vektah/gqlparser; its syntax errors
//	     ─ limits    breadth, aliases, duplicates, directives, cycles, cost
//	     ─ validate  by the rules of the specification
//	     ─ values    variables and arguments; numbers are never floating point
//	     ─ execute   over one [node.Snapshot], as far as the seat sees
//	     ─ answer    JSON, or events (SSE) for subscriptions
//
// A mutation makes an act of the node, and nothing else: the node checks rights and
// rules, and its refusals become errors with the rule's name as extensions.code.
//
// # Live updates
//
// A beat comes at most twenty times a second, while something happens. It shows all who
// follow the same books; those who see the same, ask the same and had everything up to
// the same entry are told the same text, made by the first of them. They are woken some at
// a time, members before guests, so that requests need not wait for all of them; where
// the first finds nothing to tell, the others are not woken.
//
// # Pages
//
// Lists of records are Relay connections in the order of ids; a cursor is the id of
// its record, so that pages neither skip nor repeat what stays, whatever is entered
// between two of them.
//
// # Limits
//
// Reading goes to memory alone, but for the journal and old revisions. Trace and
// track read the events that they reach, of the same snapshot as the rest of the
// answer, and end with its time. See [Limits] for what is refused.
package graphql
