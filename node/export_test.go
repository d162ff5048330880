package node

import "time"

// TurnsLast sets how long turns last without acts, and after how long it is asked whether
// others wait.
func (n *Node) TurnsLast(idle, long time.Duration) {
	n.write.Lock()
	defer n.write.Unlock()
	n.turn.idle, n.turn.long = idle, long
}
