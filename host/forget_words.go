package host

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"

	"commonweal/node"
	"commonweal/people"
	"commonweal/vf"
)

// rewordAgain is how soon it is tried again to forget, where the accounts took no writes.
const rewordAgain = time.Minute

// forgetting has the notifications of a network forget whom its books have forgotten. Which
// words name whom is not kept, so those of all that was told before are taken away; each
// still says which record it was about.
type forgetting struct {
	w      *Network
	people *people.People
	cancel func()
	asked  atomic.Int64  // the last entry by which a person was forgotten
	done   int64         // as asked, of what is forgotten
	wake   chan struct{} // holds one: there is something to forget
}

// forgetting begins to hear of whom the books forget.
func (w *Network) forgetting(p *people.People) *forgetting {
	f := &forgetting{w: w, people: p, wake: make(chan struct{}, 1), done: noNames}
	f.asked.Store(noNames)
	f.cancel = w.Subscribe(func(c node.Change) {
		if w.Forgets(c) {
			f.ask(c.Sequence)
		}
	})
	return f
}

// before asks for whom the books have forgotten before: the server may have stopped before
// notifications did.
func (f *forgetting) before() {
	s := f.w.Snapshot()
	for id := range s.Class("Person", "", false) {
		r, err := s.Record(id)
		if a, ok := r.(*vf.Agent); ok && err == nil && a.Name == "" {
			past := s.Past(id)
			f.ask(past[len(past)-1])
		}
	}
}

// unnamed takes the words of what is not told yet, and may name whom the books forgot.
func (f *forgetting) unnamed(list []people.Notification) {
	asked := f.asked.Load()
	for i, n := range list {
		if t, other := unnamed(n.Body, asked); other {
			list[i].Source, list[i].Body = sourceOf(n.Kind, t), bodyOf(t)
		}
	}
}

func (f *forgetting) ask(entry int64) {
	for was := f.asked.Load(); was < entry && !f.asked.CompareAndSwap(was, entry); {
		was = f.asked.Load()
	}
	select {
	case f.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// words takes away the words of what was told before somebody was forgotten. Where that
// cannot be written it is tried again later.
func (f *forgetting) words(ctx context.Context) {
	asked := f.asked.Load()
	if asked <= f.done {
		return
	}
	err := f.people.Reword(ctx, f.w.Name, func(n people.Notification) (string, json.RawMessage, bool) {
		t, other := unnamed(n.Body, asked)
		return sourceOf(n.Kind, t), bodyOf(t), other
	})
	if err == nil {
		f.done = asked
		return
	}
	if ctx.Err() == nil {
		f.w.host.log.Error("notifications could not forget who was erased; it is tried again", "network", f.w.Name, "reason", err)
		time.AfterFunc(rewordAgain, func() { f.ask(noNames) })
	}
}

// unnamed is what a notification says without words that may name whom an entry made the
// books forget; it reports whether that is other than before.
func unnamed(body json.RawMessage, entry int64) (Told, bool) {
	var t Told
	if err := json.Unmarshal(body, &t); err == nil && (t.Names == noNames || t.Names >= entry) {
		return t, false
	}
	text := "A change of the plan concerned you."
	if t.About != "" {
		text = fmt.Sprintf("%s that concerns you was other than before.", t.About)
	}
	return Told{Text: text + " What it was is not told any more, since somebody was erased.", About: t.About, Names: noNames}, true
}
