package host

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"commonweal/node"
	"commonweal/people"
	"commonweal/plan"
	"commonweal/vf"
)

// The kinds of notification; a person says of each whether it is wanted.
const (
	KindNeed = "need" // a need of theirs gets something else than before
	KindWork = "work" // a step that they perform or give to, or that serves them, is other than before
)

// mostTold is how many lines one change of a plan tells one person; what goes
// beyond is told as a number.
const mostTold = 20

// Told is what a notification says.
type Told struct {
	Text   string   `json:"text"`
	About  vf.ID    `json:"about,omitzero"`
	Causes []string `json:"causes,omitempty"`
}

// notify begins to tell the people of a network what changes of its plan concern
// them, until the context ends; then cancel waits for what
// is being written.
func (w *Network) notify(ctx context.Context, p *people.People) (cancel func()) {
	changes := make(chan Planned, 256)
	unsubscribe := w.Planned(func(x Planned) {
		if x.Diff == nil || x.Diff.Empty() {
			return
		}
		select {
		case changes <- x:
		default: // more than can be told; each person still finds the plan itself
			w.host.log.Warn("changes of the plan come faster than they can be told", "network", w.Name)
		}
	})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-ctx.Done():
				return
			case x := <-changes:
				if err := w.tell(ctx, p, x); err != nil && ctx.Err() == nil {
					w.host.log.Error("people could not be told of a change of the plan", "network", w.Name, "reason", err)
				}
			}
		}
	}()
	return func() { unsubscribe(); <-ended }
}

// tell writes the notifications of one change of the plan.
func (w *Network) tell(ctx context.Context, p *people.People, x Planned) error {
	seats, err := p.SeatsOf(ctx, w.Name)
	if err != nil || len(seats) == 0 {
		return err
	}
	lines, needs := x.Diff.Lines(), x.Diff.Needs()
	var list []people.Notification
	for _, s := range seats {
		list = append(list, w.concerning(s, x, lines, needs)...)
	}
	for part := range slices.Chunk(list, 500) {
		if _, err := p.Notify(ctx, part...); err != nil {
			return err
		}
	}
	return nil
}

// concerning are the notifications for one seat: first the needs, then the work. The
// words of a plan may name anything that is in it; so who does not see all is told
// that something of theirs is other than before, and finds in the plan what they see.
func (w *Network) concerning(s people.Seat, x Planned, lines []plan.Change, needs []plan.NeedChange) []people.Notification {
	mine := w.actsFor(s.Agent)
	seat := w.Seat(node.Actor{Agent: s.Agent})
	all := seat.SeesAll()
	var list []people.Notification
	add := func(kind string, t Told) {
		if !all {
			what := "Something in the plan"
			if r, err := seat.Record(t.About); err == nil && r != nil {
				what = string(t.About)
			} else {
				t.About = ""
			}
			t = Told{Text: fmt.Sprintf("%s that concerns you is other than before, as of entry %d of the journal.", what, x.Sequence), About: t.About}
		}
		list = append(list, notification(s, kind, t))
	}
	for _, c := range needs {
		if mine[c.Receiver] {
			add(KindNeed, Told{Text: c.Text, About: c.Need, Causes: x.Diff.Facts()})
		}
	}
	for _, c := range lines {
		if slices.ContainsFunc(c.Whom, func(id vf.ID) bool { return mine[id] }) {
			add(KindWork, Told{Text: c.Text, About: cmp.Or(c.Is, c.Was), Causes: c.Causes})
		}
	}
	if more := len(list) - mostTold; more > 0 {
		list = list[:mostTold]
		add(KindWork, Told{Text: fmt.Sprintf("%d more changes of the plan, up to entry %d of the journal, concern you.", more, x.Sequence)})
	}
	return list
}

// notification is one line for one seat. Its source says what it tells, so that
// several servers that tell the same tell it once.
func notification(s people.Seat, kind string, t Told) people.Notification {
	if len(t.Causes) > 5 {
		t.Causes = append(slices.Clone(t.Causes[:5]), fmt.Sprintf("and %d more", len(t.Causes)-5))
	}
	body, err := json.Marshal(t)
	if err != nil {
		panic(err) // texts can be written
	}
	sum := sha256.Sum256(body)
	return people.Notification{Account: s.Account, Network: s.Network, Kind: kind, Source: kind + "/" + hex.EncodeToString(sum[:12]), Body: body}
}

// actsFor are the agents for whom somebody acts: themselves, and the scopes of
// which they are a member now.
func (w *Network) actsFor(agent vf.ID) map[vf.ID]bool {
	mine := map[vf.ID]bool{agent: true}
	now := w.host.now()
	snapshot := w.Snapshot()
	for id := range snapshot.Referring("Membership", "member", agent, "", false) {
		r, err := snapshot.Record(id)
		if m, ok := r.(*vf.Membership); ok && err == nil && holds(m, now) && m.InScopeOf != "" {
			mine[m.InScopeOf] = true
		}
	}
	delete(mine, vf.ID(w.Network())) // what concerns everybody concerns nobody
	return mine
}

// holds reports whether a membership holds at a time.
func holds(m *vf.Membership, now vf.Time) bool {
	return (m.HasBeginning.IsZero() || !m.HasBeginning.After(now.Time)) && (m.HasEnd.IsZero() || m.HasEnd.After(now.Time))
}
