package graphql

import (
	"testing"

	"commonweal/journal"
	"commonweal/node"
)

// An act that is in the books and was not heard of yet is not passed over.
func TestRecentKnowsWhatItHasNotHeard(t *testing.T) {
	t.Parallel()
	var r recent
	for i := range int64(4) {
		r.hear(node.Change{Sequence: i + 5, Act: journal.Act{Kind: journal.Declare}})
	}
	for _, c := range []struct {
		after, last int64
		count       int
		ok          bool
	}{{5, 8, 3, true}, {7, 8, 1, true}, {8, 9, 0, false}, {5, 9, 0, false}, {3, 8, 0, false}, {5, 7, 2, true}} {
		if list, ok := r.after(c.after, c.last); len(list) != c.count || ok != c.ok {
			t.Errorf("after %d up to %d: %d acts, %v", c.after, c.last, len(list), ok)
		}
	}
}
