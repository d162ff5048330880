package linked

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"slices"

	ics "github.com/arran4/golang-ical"

	"commonweal/vf"
)

// work answers with the asker's own work as a calendar.
func (q *request) work() {
	switch {
	case q.me.Agent == "" && q.me.Known:
		q.say(http.StatusForbidden, "No calendar here", "You are signed in, and no member of this network: the calendar is of what its members do and need.")
		return
	case q.me.Agent == "":
		q.say(http.StatusUnauthorized, "Sign in", "Whose work? Sign in first, or use the address of your own calendar.")
		return
	}
	q.calendar()
}

// feed answers with the work of the one whose secret it is. An unknown secret and
// one that was taken back are one answer.
func (q *request) feed(secret string) {
	if q.o.Feed == nil || secret == "" || q.r.Method != http.MethodGet && q.r.Method != http.MethodHead {
		q.nothing()
		return
	}
	me, err := q.o.Feed(q.r.Context(), q.n, secret)
	if err != nil {
		q.fail(err)
	}
	if me.Seat == nil || me.Agent == "" {
		q.nothing()
		return
	}
	q.me = me
	q.w.Header().Set("Referrer-Policy", "no-referrer")
	q.calendar()
}

// entry is one entry of a calendar.
type dated struct {
	uid, summary, text, place, url string
	from, until                    vf.Time
	proposed                       bool
	changed                        int64 // the entry of the journal that changed it last
}

// The span of a calendar: what ended longer ago, or begins later, is left out.
const (
	calendarBack  = 30 * 24 * 3600
	calendarAhead = 400 * 24 * 3600
)

// calendar writes what the asker promised, what the plan proposes that they do, and
// when their needs and those of their groups are due.
func (q *request) calendar() {
	list := slices.Concat(q.promised(), q.proposed(), q.wanted())
	now := q.o.Now().Unix()
	list = slices.DeleteFunc(list, func(d dated) bool {
		return d.from.IsZero() || max(d.from.Unix(), d.until.Unix()) < now-calendarBack || d.from.Unix() > now+calendarAhead
	})
	slices.SortFunc(list, func(a, b dated) int {
		return cmp.Or(a.from.Compare(b.from.Time), cmp.Compare(a.uid, b.uid))
	})
	c := ics.NewCalendarFor("Commonweal")
	c.SetProductId("-//Commonweal//Commonweal " + q.o.Version + "//EN")
	c.SetMethod(ics.MethodPublish)
	c.SetName(q.n.Name)
	c.SetXWRCalName(q.n.Name)
	c.SetRefreshInterval("PT1H")
	c.SetXPublishedTTL("PT1H")
	stamps := map[int64]vf.Time{}
	for _, d := range list {
		at, ok := stamps[d.changed]
		if !ok {
			e, err := q.entry(d.changed)
			if err != nil {
				q.fail(err)
			}
			at = e.Act.At
			stamps[d.changed] = at
		}
		d.write(c.AddEvent(d.uid), at)
	}
	var b bytes.Buffer
	if err := c.SerializeTo(&b, ics.WithNewLineWindows); err != nil {
		q.fail(err)
	}
	sum := sha256.Sum256(b.Bytes())
	q.w.Header().Set("Content-Disposition", `inline; filename="`+q.n.Name+`.ics"`)
	q.entity(form{"ics", "text/calendar", nil}, `"`+base64.RawURLEncoding.EncodeToString(sum[:12])+`"`, b.Bytes())
}

func (d dated) write(e *ics.VEvent, at vf.Time) {
	e.SetDtStampTime(at.Time)
	e.SetModifiedAt(at.Time)
	e.SetSequence(int(d.changed))
	e.SetStartAt(d.from.Time)
	if d.until.After(d.from.Time) {
		e.SetEndAt(d.until.Time)
	}
	e.SetSummary(tame(d.summary))
	if d.text != "" {
		e.SetDescription(tame(d.text))
	}
	if d.place != "" {
		e.SetLocation(tame(d.place))
	}
	if d.url != "" {
		e.SetURL(d.url)
	}
	status := ics.ObjectStatusConfirmed
	if d.proposed {
		status = ics.ObjectStatusTentative
	}
	e.SetStatus(status)
	e.SetTimeTransparency(ics.TransparencyOpaque)
	if !d.until.After(d.from.Time) {
		e.SetTimeTransparency(ics.TransparencyTransparent)
	}
}

// uid names an entry of this agent's calendar; it stays as long as the record.
func (q *request) uid(id vf.ID) string {
	return iri(q.n.Network(), id) + "?calendar=" + string(q.me.Agent)
}

// lastChange is the entry that changed a record last.
func (q *request) lastChange(id vf.ID) int64 {
	if past := q.books().Past(id); len(past) > 0 {
		return past[len(past)-1]
	}
	return 0
}

// promised are the processes for which the asker promised something, and what they
// promised to hand over.
func (q *request) promised() []dated {
	at := map[vf.ID]int{} // process → where it stands in the list
	var list []dated
	for id := range q.referrers("Commitment", "provider", q.me.Agent, "") {
		r, err := q.me.Seat.Record(id)
		if err != nil {
			q.fail(err)
		}
		c, ok := r.(*vf.Commitment)
		if !ok || c.Finished {
			continue
		}
		process := cmp.Or(c.InputOf, c.OutputOf)
		if i, seen := at[process]; seen && process != "" {
			list[i].text += "; " + q.flowText(c)
			list[i].changed = max(list[i].changed, q.lastChange(id))
			continue
		}
		d := dated{uid: q.uid(cmp.Or(process, id)), summary: q.nameOf(c), text: q.flowText(c), url: iri(q.n.Network(), id), changed: q.lastChange(id)}
		d.from, d.until = c.HasBeginning, c.HasEnd
		if !c.HasPointInTime.IsZero() || d.from.IsZero() {
			d.from, d.until = c.HasPointInTime, vf.Time{}
		}
		if d.from.IsZero() {
			d.from = c.Due
		}
		if c.Place != "" {
			d.place = q.link(c.Place).Name
		}
		if process != "" {
			at[process] = len(list)
			q.ofProcess(&d, process)
		}
		list = append(list, d)
	}
	return list
}

// ofProcess completes an entry from the process that it is about.
func (q *request) ofProcess(d *dated, id vf.ID) {
	r, err := q.me.Seat.Record(id)
	if err != nil {
		q.fail(err)
	}
	p, ok := r.(*vf.Process)
	if !ok {
		return
	}
	d.summary, d.url = q.nameOf(p), iri(q.n.Network(), id)
	if !p.HasBeginning.IsZero() {
		d.from, d.until = p.HasBeginning, p.HasEnd
	}
	d.changed = max(d.changed, q.lastChange(id))
}

// flowText says a promise in words.
func (q *request) flowText(c *vf.Commitment) string {
	m := c.ResourceQuantity
	if m.IsZero() {
		m = c.EffortQuantity
	}
	text := upper(actionWords[c.Action])
	if much := q.amount(m); much != "" {
		text += " " + much
	}
	if what := cmp.Or(c.ResourceConformsTo, c.ResourceInventoriedAs); what != "" {
		text += " of " + q.link(what).Name
	}
	if c.Receiver != "" && c.Receiver != q.me.Agent {
		text += " for " + q.link(c.Receiver).Name
	}
	return text
}

// proposed are the processes that the plan proposes that the asker performs.
func (q *request) proposed() []dated {
	p := q.plan()
	if p == nil {
		return nil
	}
	var list []dated
	for _, x := range p.steps() {
		if x.PerformedBy != q.me.Agent || x.Firm {
			continue
		}
		row := q.nextRow(x)
		d := dated{uid: q.uid(x.ID), summary: row.Name, from: x.HasBeginning, until: x.HasEnd, proposed: true, changed: p.entry, text: "Proposed by the plan; nobody has promised it yet."}
		list = append(list, d)
	}
	return list
}

// wanted are the needs of the asker and of the groups that they act for, when they are due.
func (q *request) wanted() []dated {
	var list []dated
	for _, agent := range slices.Sorted(maps.Keys(q.n.ActsFor(q.me.Agent))) {
		list = append(list, q.wantedBy(agent)...)
	}
	return list
}

// wantedBy are the needs of one agent, as far as the asker sees them.
func (q *request) wantedBy(agent vf.ID) []dated {
	var list []dated
	for id := range q.referrers("Intent", "receiver", agent, "") {
		r, err := q.me.Seat.Record(id)
		if err != nil {
			q.fail(err)
		}
		i, ok := r.(*vf.Intent)
		if !ok || i.Provider != "" || i.Finished || i.InputOf+i.OutputOf != "" || q.isPrice(id) {
			continue
		}
		d := dated{uid: q.uid(id), summary: "Due: " + q.nameOf(i), text: cmp.Or(q.listRow(i).What, q.titleOf(i)), from: i.Due, url: iri(q.n.Network(), id), changed: q.lastChange(id)}
		if agent != q.me.Agent {
			d.summary += ", for " + q.link(agent).Name
		}
		if i.Place != "" {
			d.place = q.link(i.Place).Name
		}
		list = append(list, d)
	}
	return list
}

// isPrice reports whether an intent is asked in return by a proposal that the asker sees.
func (q *request) isPrice(id vf.ID) bool {
	for proposal := range q.referrers("Proposal", "reciprocal", id, "") {
		r, err := q.me.Seat.Record(proposal)
		if err != nil {
			q.fail(err)
		}
		if r != nil {
			return true
		}
	}
	return false
}
