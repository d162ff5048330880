package node

import (
	"context"
	"time"

	"commonweal/journal"
	"commonweal/store"
	"commonweal/vf"
)

// TurnsLast sets how long turns last without acts, and after how long it is asked whether
// others wait.
func (n *Node) TurnsLast(idle, long time.Duration) {
	n.write.Lock()
	defer n.write.Unlock()
	n.turn.idle, n.turn.long = idle, long
}

// ReplayedBefore makes the books of before an entry by replaying the journal.
func (n *Node) ReplayedBefore(ctx context.Context, seq int64) (*vf.Graph, error) {
	return n.replayedBefore(ctx, seq)
}

// SealCalls seals what was admitted for calls as one transaction does, some of which are
// dropped after their acts were put into the queue.
func SealCalls(state *journal.State, signer journal.Signer, calls [][]*journal.Admitted, dropped []bool) ([]journal.Sealed, *journal.State, error) {
	s := beginSealing(state, signer)
	for i, acts := range calls {
		s.next()
		s.put(acts)
		if dropped[i] {
			s.drop()
		}
	}
	return s.wait()
}

// EnterPacking enters the whole journal of a store and packs after so many records.
func EnterPacking(ctx context.Context, s store.Store, loose int64) (*Node, error) {
	n := newNode(s, Options{})
	n.portions = portions{1, loose}
	if err := n.enterAll(ctx, s, reading{entry: (*journal.State).FollowRead}); err != nil {
		return nil, err
	}
	return n, n.readProfiles(ctx)
}
