package node

import "commonweal/vf"

// noRecords prepares genesis, rotateKey and revokeKey, which are about keys
// alone; the journal decides on them.
func noRecords(_ *draft, a *Act) ([]vf.Record, error) {
	if err := noRecordsIn(a); err != nil {
		return nil, err
	}
	return nil, noOf(a)
}
