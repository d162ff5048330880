// Package format reads and writes what people keep in files: network files
// (JSON-LD 1.1 and YAML), spreadsheets, and books for bookkeepers (CSV, hledger).
//
// # Words
//
// A network file is a set of records with a context; [ReadNetwork] and
// [ReadNetworks] turn it into a vf.Graph, [WriteNetwork] and [WriteYAML] turn a
// graph back into a file. A spreadsheet network is three tables, items, bill of
// materials and demands, read by [ReadSpreadsheets]. [WriteCSV] and [Hledger]
// write books. A fault is a *rule.Refusal with its place; [Refusals] is a list
// of them.
//
// # The path of the data
//
// Bytes become a small tree with a line and column at each value: our own JSON
// reader does that record by record, so that a large file is never held as a
// tree in whole, and a YAML parser does it for files that people write by hand.
// Where the context is plain (our names, our namespaces), the tree's keys are
// the names of the properties; else each record passes through JSON-LD
// expansion first and comes out with the same names. Then records are filled
// property by property, nested records become records of their own, inverse
// properties (hasRecipeInput) are turned round, and measures written as text
// ("33 lb") are looked up among the units. At the end [Check] looks at the
// whole: references, units, quantities, times.
//
// # Faults
//
// Reading does not stop at the first fault of meaning: up to 20 are listed, each
// with file, line, column, record and property. A fault of syntax ends the file.
// The whole is checked only when every record could be read, since one
// unreadable record would make many others look wrong. On any fault no graph is
// returned, so nothing is half read.
//
// # Limits
//
// JSON nests at most 64 deep, one text holds at most 1 MiB, and one record
// 1,000,000 values. A YAML file has at most 1 MiB and 150,000 tokens (some 45,000
// lines), since its parser slows down with the square of them; its aliases may
// unfold to 1,000,000 values. Nothing is fetched: contexts other than ours and the
// published one of Valueflows must be written in the file.
package format
