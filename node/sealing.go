package node

import (
	"sync/atomic"

	"commonweal/journal"
)

// sealing makes the entries of acts that were admitted, each signed over the hash of
// the one before, while those after them are still being decided: signing takes as
// long as deciding, and there is mostly more than one processor.
type sealing struct {
	signer journal.Signer
	queue  chan admitted
	call   *sealingCall // whose acts are put into the queue now; the decider's own
	done   chan struct{}

	state   *journal.State // the goroutine's own until it is done, as all below
	entries []journal.Sealed
	begun   *sealingCall
	err     error // of the signer; nothing is sealed after it
}

// sealingCall is one call of Do, whose entries are all made or none.
type sealingCall struct {
	dropped atomic.Bool

	state   *journal.State // before it
	entries int
}

type admitted struct {
	call *sealingCall
	act  *journal.Admitted
}

// waiting is how many acts may be decided before the oldest of them is sealed.
const waiting = 4096

func beginSealing(state *journal.State, signer journal.Signer) *sealing {
	s := &sealing{signer: signer, queue: make(chan admitted, waiting), done: make(chan struct{}), state: state}
	go s.run()
	return s
}

// next begins another call.
func (s *sealing) next() { s.call = &sealingCall{} }

// drop takes back what the call put into the queue.
func (s *sealing) drop() { s.call.dropped.Store(true) }

func (s *sealing) put(acts []*journal.Admitted) {
	for _, a := range acts {
		s.queue <- admitted{s.call, a}
	}
}

// wait ends the sealing and returns the entries, and the state after them.
func (s *sealing) wait() ([]journal.Sealed, *journal.State, error) {
	close(s.queue)
	<-s.done
	return s.entries, s.state, s.err
}

func (s *sealing) run() {
	defer close(s.done)
	for a := range s.queue {
		if a.call != s.begun {
			s.takeBack()
			s.begun = a.call
			a.call.state, a.call.entries = s.state.Clone(), len(s.entries)
		}
		if s.err != nil || a.call.dropped.Load() {
			continue
		}
		var e journal.Sealed
		if e, s.err = s.state.SealAdmitted(a.act, s.signer); s.err == nil {
			s.entries = append(s.entries, e)
		}
	}
	s.takeBack()
}

// takeBack undoes the call begun last if it was dropped meanwhile.
func (s *sealing) takeBack() {
	if c := s.begun; c != nil && c.dropped.Load() {
		s.state, s.entries = c.state, s.entries[:c.entries]
	}
}
