package host

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"commonweal/coordination"
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

	// Names is the last entry of the books whose names of people may stand in the words;
	// -1 where the words have no name. Who is erased later does not stay in them.
	Names int64 `json:"names,omitzero"`
}

// noNames is Told.Names of words with ids alone.
const noNames = -1

// notify begins to tell the people of a network what changes of its plan concern
// them, until the context ends; then cancel waits for what
// is being written. What was told before somebody was erased, it says anew without names.
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
	f := w.forgetting(p)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		f.before()
		for {
			f.words(ctx)
			select {
			case <-ctx.Done():
				return
			case <-f.wake:
			case x := <-changes:
				if err := w.tell(ctx, p, x, f); err != nil && ctx.Err() == nil {
					w.host.log.Error("people could not be told of a change of the plan", "network", w.Name, "reason", err)
				}
			}
		}
	}()
	return func() { unsubscribe(); f.cancel(); <-ended }
}

// tell writes the notifications of one change of the plan.
func (w *Network) tell(ctx context.Context, p *people.People, x Planned, f *forgetting) error {
	seats, err := p.SeatsOf(ctx, w.Name)
	if err != nil || len(seats) == 0 {
		return err
	}
	told := &changes{Planned: x, lines: x.Diff.Lines(), needs: x.Diff.Needs()}
	var list []people.Notification
	for _, s := range seats {
		list = append(list, w.concerning(s, told)...)
	}
	f.unnamed(list) // the plan before may have somebody who was erased since
	for part := range slices.Chunk(list, 500) {
		if _, err := p.Notify(ctx, part...); err != nil {
			return err
		}
	}
	return nil
}

// changes is one change of the plan, written out once for all who are told of it.
type changes struct {
	Planned
	lines  []plan.Change
	needs  []plan.NeedChange
	states map[vf.ID]string // of needs, in the new plan; made when first asked for
}

// state is how a need stands in the new plan, in words; "" where it is not in it.
func (c *changes) state(need vf.ID) string {
	if c.states == nil {
		c.states = map[vf.ID]string{}
		for _, n := range c.Plan.Needs() {
			c.states[n.ID] = map[string]string{"onTime": "on time", "late": "late", "short": "short of something"}[n.State]
		}
	}
	return c.states[need]
}

// concerning are the notifications for one seat: first the needs, then the work that
// they do or give to, then their needs that get the same as before by other steps. The
// words of a plan may name anything that is in it; so who does not see all is told that
// something that they see is other than before, and nothing of what they do not see.
func (w *Network) concerning(s people.Seat, x *changes) []people.Notification {
	mine := w.ActsFor(s.Agent)
	seat := w.Seat(node.Actor{Agent: s.Agent})
	all := seat.SeesAll()
	var list []people.Notification
	add := func(kind string, t Told, about ...vf.ID) {
		if !all {
			if t.About = w.seen(seat, append([]vf.ID{t.About}, about...)); t.About == "" {
				return
			}
			t = Told{Text: fmt.Sprintf("%s that concerns you is other than before, as of entry %d of the journal.", t.About, x.Sequence), About: t.About, Names: noNames}
		}
		list = append(list, notification(s, kind, t))
	}
	changed := map[vf.ID]bool{}
	for _, c := range x.needs {
		if changed[c.Need] = true; mine[c.Receiver] {
			add(KindNeed, Told{Text: c.Text, About: c.Need, Causes: x.Diff.Facts(), Names: x.since})
		}
	}
	steps := map[vf.ID]int{} // that changed before a need of theirs which gets the same as before
	for _, c := range x.lines {
		if slices.ContainsFunc(c.By, func(id vf.ID) bool { return mine[id] }) {
			add(KindWork, Told{Text: c.Text, About: cmp.Or(c.Is, c.Was), Causes: c.Causes, Names: x.since}, c.Was, c.Recipe, c.Offer)
			continue
		}
		for _, need := range c.Needs {
			if !changed[need] && slices.ContainsFunc(c.Whom, func(id vf.ID) bool { return mine[id] }) && mine[w.receiver(need)] {
				steps[need]++
			}
		}
	}
	if more := len(list) - mostTold; more > 0 {
		list = list[:mostTold]
		if all {
			add(KindWork, Told{Text: fmt.Sprintf("%d more changes of the plan, up to entry %d of the journal, concern you.", more, x.Sequence), Names: noNames})
		}
	}
	if t, ok := x.still(steps); ok && (all || w.seen(seat, []vf.ID{t.About}) != "") {
		list = append(list, notification(s, KindWork, t))
	}
	return list
}

// still says of needs, with how many steps changed before each, that they get the same
// as before: in one line, which is about the first of them.
func (c *changes) still(steps map[vf.ID]int) (t Told, ok bool) {
	needs := slices.Sorted(maps.Keys(steps))
	if len(needs) == 0 || c.state(needs[0]) == "" {
		return t, false
	}
	count := "1 step"
	if n := steps[needs[0]]; n > 1 {
		count = fmt.Sprintf("%d steps", n)
	}
	t = Told{Text: fmt.Sprintf("Your need %s is still %s; %s before it changed, as of entry %d of the journal.", needs[0], c.state(needs[0]), count, c.Sequence), About: needs[0], Names: noNames}
	if more := len(needs) - 1; more > 0 {
		t.Text = fmt.Sprintf("%s So it is with %d more of your needs.", t.Text, more)
	}
	return t, true
}

// seen is the first of some records that a seat sees, "" where it sees none.
func (w *Network) seen(seat *node.Seat, ids []vf.ID) vf.ID {
	for _, id := range ids {
		if r, err := seat.Record(id); id != "" && err == nil && r != nil {
			return id
		}
	}
	return ""
}

// receiver is whose need it is.
func (w *Network) receiver(need vf.ID) vf.ID {
	r, err := w.Record(need)
	if i, ok := r.(*vf.Intent); ok && err == nil {
		return i.Receiver
	}
	return ""
}

// notification is one line for one seat. Its source says what it tells, so that
// several servers that tell the same tell it once.
func notification(s people.Seat, kind string, t Told) people.Notification {
	if len(t.Causes) > 5 {
		t.Causes = append(slices.Clone(t.Causes[:5]), fmt.Sprintf("and %d more", len(t.Causes)-5))
	}
	return people.Notification{Account: s.Account, Network: s.Network, Kind: kind, Source: sourceOf(kind, t), Body: bodyOf(t)}
}

// sourceOf is made of what is told alone; servers may plan for it after other entries.
func sourceOf(kind string, t Told) string {
	t.Names = 0
	sum := sha256.Sum256(bodyOf(t))
	return kind + "/" + hex.EncodeToString(sum[:12])
}

func bodyOf(t Told) []byte {
	body, err := json.Marshal(t)
	if err != nil {
		panic(err) // texts can be written
	}
	return body
}

// ActsFor are the agents for whom somebody acts: themselves, and the scopes of
// which they are a member now.
func (w *Network) ActsFor(agent vf.ID) map[vf.ID]bool {
	mine := map[vf.ID]bool{agent: true}
	now := w.host.now()
	snapshot := w.Snapshot()
	for id := range snapshot.Referring("Membership", "member", agent, "", false) {
		r, err := snapshot.Record(id)
		if m, ok := r.(*vf.Membership); ok && err == nil && coordination.InForce(m.HasBeginning, m.HasEnd, now) && m.InScopeOf != "" {
			mine[m.InScopeOf] = true
		}
	}
	delete(mine, vf.ID(w.Network())) // what concerns everybody concerns nobody
	return mine
}
