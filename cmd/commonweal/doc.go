// Command commonweal plans production for need across networks of independent
// groups, and keeps their books.
//
// # Words
//
// A data folder holds the books of one network: books.sqlite, the journal with
// the personal data, and network.key, the key that signs. It is given by --data or
// COMMONWEAL_DATA, else it is ./data. An act is what somebody does to the books;
// its author is given by --as or COMMONWEAL_AS, else it is the network itself,
// and its idempotency key by --key.
//
// # The path of a command
//
// main reads the command line and calls the Run method of one command, each in a
// file of its own. A command that looks reads a graph of records, from files or
// from the books, and prints tables for people or, with --json, one JSON value
// for programs. A command that acts makes records from its flags or reads them
// from a file, and hands one act to package node, which alone decides. An act
// that is refused prints the reason, a hint and the name of the rule.
//
// # Exit codes
//
//	0  done; a plan with late or short needs is done too
//	1  failed, or it is unknown whether the act was entered
//	2  the command line makes no sense
//	3  refused by a rule
//	4  the books are damaged
package main
