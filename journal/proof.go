package journal

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// ProveInclusion returns the proof that the journal of so many entries holds
// the entry of a sequence. The reader gives the stored hashes.
func ProveInclusion(size, sequence int64, r tlog.HashReader) (tlog.RecordProof, error) {
	if sequence < 0 || sequence >= size {
		return nil, fmt.Errorf("a journal of %d entries has no entry %d", size, sequence)
	}
	return tlog.ProveRecord(size, sequence, r)
}

// CheckInclusion reports whether the proof shows that these bytes are the entry
// of that sequence in the journal with this tree.
func CheckInclusion(tree tlog.Tree, sequence int64, raw []byte, proof tlog.RecordProof) error {
	if sequence < 0 || sequence >= tree.N {
		return fmt.Errorf("a journal of %d entries has no entry %d", tree.N, sequence)
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, sequence, tlog.RecordHash(raw)); err != nil {
		return fmt.Errorf("the proof does not show that this is entry %d of %d: %w", sequence, tree.N, err)
	}
	return nil
}

// ProveConsistency returns the proof that the journal of the newer size begins
// with the journal of the older size.
func ProveConsistency(newer, older int64, r tlog.HashReader) (tlog.TreeProof, error) {
	if older < 1 || older > newer {
		return nil, fmt.Errorf("a journal of %d entries does not begin with one of %d", newer, older)
	}
	return tlog.ProveTree(newer, older, r)
}

// CheckConsistency reports whether the proof shows that the newer journal
// begins with the older.
func CheckConsistency(newer, older tlog.Tree, proof tlog.TreeProof) error {
	if older.N < 1 || older.N > newer.N {
		return fmt.Errorf("a journal of %d entries does not begin with one of %d", newer.N, older.N)
	}
	if err := tlog.CheckTree(proof, newer.N, newer.Hash, older.N, older.Hash); err != nil {
		return fmt.Errorf("the proof does not show that the journal of %d entries begins with that of %d: %w", newer.N, older.N, err)
	}
	return nil
}
