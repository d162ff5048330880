// Package packed holds what the books say at one moment in one piece of memory: the
// records with what is kept of each and what finds them. Of a million records that
// is some 100 bytes each, without pointers, read and checked in a second; a record is
// made of it when it is asked for.
//
// # Words
//
// An [Image] is the piece, with ways to look into it. A text is any string in it (an
// id, a name, an action, a hash), held once; its number is its place among all texts
// in the order of their bytes, so ids are compared by comparing numbers. A row is all
// that there is under one id.
//
// # The path of the data
//
//	Content, an image below ─ Pack ─► bytes ─ a file, kept by whoever has one ─ Open ─► Image
//	id ─ hash table ─► number ─ offset ─► row ─► record, hash of its profile, past, what the ledger keeps
//
// # The layout
//
//	magic, fingerprint of the words, number of sections and where each ends, sections, SHA-256 of all before it
//
// All numbers in tables are 32 bits, little end first; in rows they are varints. The
// fingerprint is made from the classes and properties of package vf and the number of
// the layout: an image that another version of the program wrote is not read.
//
// # Limits
//
// An image is a copy that can be thrown away. It is at most 4 GB, of at most 2³²−1 texts.
// Its sum says that it is whole, not that it is true: whoever can write it can make
// another one. Whether it says what the journal makes is for its user to verify.
package packed
