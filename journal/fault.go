package journal

import "fmt"

// FaultKind names what is wrong with a journal.
type FaultKind string

// The kinds of fault.
const (
	NotAnEntry    FaultKind = "notAnEntry"    // the bytes are not an entry in canonical form
	OutOfPlace    FaultKind = "outOfPlace"    // the sequence is not that of its place
	OtherNetwork  FaultKind = "otherNetwork"  // the entry is of another network
	BrokenChain   FaultKind = "brokenChain"   // the entry before is not the one that it names
	NotAdmitted   FaultKind = "notAdmitted"   // act or key cannot stand here
	BadSignature  FaultKind = "badSignature"  // the signature is not of the key that it names
	Unsigned      FaultKind = "unsigned"      // it has no signature where there must be one
	BadAuthor     FaultKind = "badAuthor"     // its proof is not by a key of the author
	BadCheckpoint FaultKind = "badCheckpoint" // a checkpoint is not a note signed by the key in use
	OtherRoot     FaultKind = "otherRoot"     // the entries are not those that a checkpoint covers
	OtherHash     FaultKind = "otherHash"     // a stored hash of the tree is not that of the entries
	CutOff        FaultKind = "cutOff"        // there are fewer entries than a checkpoint covers
	OtherGenesis  FaultKind = "otherGenesis"  // the genesis has another key than the verifier holds
	Unreadable    FaultKind = "unreadable"    // the storage cannot give back the entries
)

var faultSentences = map[FaultKind]string{
	NotAnEntry:    "is not an entry as it is written",
	OutOfPlace:    "stands in the wrong place",
	OtherNetwork:  "belongs to another network",
	BrokenChain:   "does not follow the entry before it",
	NotAdmitted:   "cannot stand here",
	BadSignature:  "was not signed by the key in use",
	Unsigned:      "has no signature, and a run of entries must end with one here",
	BadAuthor:     "was not signed by its author",
	BadCheckpoint: "has a checkpoint that nobody can rely on",
	OtherRoot:     "or one after it is not the one that a checkpoint covers",
	OtherHash:     "has another hash stored with it",
	CutOff:        "is missing, though a checkpoint covers it",
	OtherGenesis:  "is the genesis of another network",
	Unreadable:    "cannot be read back",
}

// Fault is the first thing that is wrong with a journal: the sequence of the
// entry where it shows, its kind, and what was found.
type Fault struct {
	Sequence int64     `json:"sequence"`
	Kind     FaultKind `json:"kind"`
	Text     string    `json:"text"`
	err      error
}

// Error says it in a sentence.
func (f *Fault) Error() string {
	return fmt.Sprintf("entry %d %s: %s [%s]", f.Sequence, faultSentences[f.Kind], f.Text, f.Kind)
}

// Unwrap returns the error of the storage, if that was the reason.
func (f *Fault) Unwrap() error { return f.err }
