package node

import (
	"sync/atomic"

	"commonweal/journal"
)

// sealing makes the entries of acts that were admitted, each with the hash of the one
// before, while those after them are still being decided, for there is mostly more than
// one processor. They become durable together, so they are one run of the journal: the last of
// them is signed for all. Which is the last is known when all calls are decided, since a call
// may be dropped after its acts were put into the queue; so one entry is always held back.
type sealing struct {
	signer journal.Signer
	queue  chan admitted
	call   *sealingCall // whose acts are put into the queue now; the decider's own
	done   chan struct{}

	state   *journal.State // the goroutine's own until it is done, as all below
	entries []journal.Sealed
	held    *journal.Admitted // the one after entries, which is not sealed yet; nil if there is none
	begun   *sealingCall
	err     error // of the signer; nothing is sealed after it
}

// sealingCall is one call of Do, whose entries are all made or none.
type sealingCall struct {
	dropped atomic.Bool

	state   *journal.State // before it, as the two below
	entries int
	held    *journal.Admitted
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
			a.call.state, a.call.entries, a.call.held = s.state.Clone(), len(s.entries), s.held
		}
		if s.err != nil || a.call.dropped.Load() {
			continue
		}
		s.seal(s.state.SealInRun)
		s.held = a.act
	}
	s.takeBack()
	s.seal(s.state.SealAdmitted)
}

// seal makes the entry of the act that was held back, if there is one.
func (s *sealing) seal(how func(*journal.Admitted, journal.Signer) (journal.Sealed, error)) {
	if s.held == nil || s.err != nil {
		return
	}
	var e journal.Sealed
	if e, s.err = how(s.held, s.signer); s.err == nil {
		s.entries, s.held = append(s.entries, e), nil
	}
}

// takeBack undoes the call begun last if it was dropped meanwhile.
func (s *sealing) takeBack() {
	if c := s.begun; c != nil && c.dropped.Load() {
		s.state, s.entries, s.held = c.state, s.entries[:c.entries], c.held
	}
}
