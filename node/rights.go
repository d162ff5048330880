package node

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"commonweal/coordination"
	"commonweal/format"
	"commonweal/journal"
	"commonweal/rule"
	"commonweal/vf"
)

// view is what decisions about acts rest on: the books with all that was entered
// before, and the act's own records beside them.
func (d *draft) view(a *Act) coordination.View {
	look := func(vf.ID) vf.Record { return nil }
	if a != nil && len(a.Records) > 0 {
		look = among(a.Records)
	}
	return coordination.View{Register: d.register, Network: vf.ID(d.order.Network()), Now: d.n.options.Now(),
		Record: func(id vf.ID) vf.Record {
			if r := look(id); r != nil {
				return r
			}
			return d.state.Record(id)
		},
		Author: func(id vf.ID) vf.ID {
			if d.state.Record(id) == nil && a != nil {
				return a.Author
			}
			return d.author(id)
		}}
}

// among finds records by their ids.
func among(records []vf.Record) func(vf.ID) vf.Record {
	if len(records) == 1 {
		return func(id vf.ID) vf.Record {
			if records[0].Key() == id {
				return records[0]
			}
			return nil
		}
	}
	here := make(map[vf.ID]vf.Record, len(records))
	for _, r := range records {
		here[r.Key()] = r
	}
	return func(id vf.ID) vf.Record { return here[id] }
}

// author is who entered a record first, "" where that is not kept.
func (d *draft) author(id vf.ID) vf.ID {
	for x := d; x != nil; x = x.below {
		if author, ok := x.authors[id]; ok {
			return author
		}
	}
	return d.n.authors[id]
}

// seated makes an act from a seat that of the actor, at the time of entering.
func (d *draft) seated(a *Act) error {
	s := d.seat
	if s == nil {
		return nil
	}
	if a.Author == "" {
		a.Author = s.actor.Agent
	}
	if a.Proof == nil { // else the author has signed a time
		a.At = d.n.options.Now()
	}
	if a.Author != s.actor.Agent {
		refused := coordination.Decision{Reason: "an act is by who does it"}
		return refused.Refusal(s.actor, coordination.Verb(a.Kind), "in the name of "+string(a.Author))
	}
	return nil
}

// allowed refuses an act that is not the actor's to do. It asks before anything
// else is said about the act, but that the same act was entered before.
func (d *draft) allowed(a *Act) error {
	s := d.seat
	if s == nil {
		return nil
	}
	v := d.view(a)
	c := clerk{d: d, v: v, books: d.view(nil), a: a, all: v.SeesAll(s.actor)}
	if err := c.about(); err != nil {
		return err
	}
	for _, id := range sortedKeys(a.Seen) {
		if r := d.state.Record(id); !c.all && (r == nil || !c.sees(r)) {
			return at(unknown("@id", id), id)
		}
	}
	for _, r := range a.Records {
		if err := c.record(r); err != nil {
			return c.rather(r, err)
		}
	}
	if len(a.Records)+len(a.Of) == 0 {
		return c.may(nil, nil)
	}
	return nil
}

// clerk asks the charter about one act.
type clerk struct {
	d     *draft
	v     coordination.View // with the act's own records
	books coordination.View // without them
	a     *Act
	all   bool // the actor sees all: what is not there may be told apart
}

// rightFor is the right that an act needs with a record.
func rightFor(kind journal.Kind, r vf.Record) coordination.Verb {
	switch kind {
	case journal.Genesis, journal.RotateKey, journal.RevokeKey:
		return coordination.Keys
	}
	return coordination.Verb(kind).For(r)
}

// may asks about one record, in the books as they are (old) or as the act would
// have it (r); a record of neither is the network.
func (c *clerk) may(old, r vf.Record) error {
	actor := c.d.seat.actor
	if old != nil {
		needed := rightFor(c.a.Kind, old)
		if c.ends(old, r) {
			needed = coordination.End
		}
		if d := c.books.Decide(actor, needed, old); !d.Allowed {
			return c.books.Discreet(actor, d).Refusal(actor, needed, named(old)).At(string(old.Key()))
		}
		if needed == coordination.End {
			return nil // what it becomes is less of the same
		}
	}
	if r != nil || old == nil {
		needed := rightFor(c.a.Kind, r)
		if d := c.v.Decide(actor, needed, r); !d.Allowed {
			refusal := c.books.Discreet(actor, d).Refusal(actor, needed, named(r))
			if r != nil {
				refusal = refusal.At(string(r.Key()))
			}
			return refusal
		}
	}
	return nil
}

// ends reports whether what an act does to a membership ends it, or has it end
// sooner, and nothing else.
func (c *clerk) ends(old, r vf.Record) bool {
	was, ok := old.(*vf.Membership)
	if ok && r == nil {
		return c.a.Kind == journal.Withdraw || c.a.Kind == journal.Adopt // what a plan takes back is gone as well
	}
	now, also := r.(*vf.Membership)
	if ok && also && now.Note != "" {
		whole, err := c.d.whole(was)
		if m, same := whole.(*vf.Membership); err != nil || !same || now.Note != m.Note {
			return false
		}
	}
	if !ok || !also || now.HasEnd.IsZero() || !was.HasEnd.IsZero() && now.HasEnd.After(was.HasEnd.Time) {
		return false
	}
	return was.Member == now.Member && was.InScopeOf == now.InScopeOf && was.Role == now.Role && was.HasBeginning.Equal(now.HasBeginning.Time)
}

// rather refuses, in place of a right that the actor lacks, a reference to what is not
// there, if the record has one: it is the mistake that was made.
func (c *clerk) rather(r vf.Record, err error) error {
	var refused, lost *rule.Refusal
	if errors.As(err, &refused) && refused.Rule == "notAllowed" && errors.As(c.referring(r), &lost) {
		return c.d.nearest(lost, c.a.Records)
	}
	return err
}

func (c *clerk) sees(r vf.Record) bool {
	return c.books.Allows(c.d.seat.actor, coordination.See, r)
}

// unknown refuses an id as if there were no such record.
func unknown(property string, id vf.ID) error {
	return rule.Refuse("unknownReference", "property", property, "id", string(id), "nearest", anotherRecord)
}

// What stands in refusals in the place of an id that is not the actor's to know.
const (
	anotherRecord = "a record that you can see" // of what would be accepted
	hiddenRecord  = "a record that is not yours to see"
)

// about asks about the ids that an act is about.
func (c *clerk) about() error {
	for _, id := range c.a.Of {
		r := c.d.state.Record(id)
		if r == nil || !c.sees(r) {
			return unknown("of", id)
		}
		if err := c.may(r, nil); err != nil {
			return err
		}
	}
	return nil
}

// record asks about one record of an act.
func (c *clerk) record(r vf.Record) error {
	old := c.d.state.Record(r.Key())
	if old != nil && !c.sees(old) {
		if c.a.Kind == journal.Change {
			return at(unknown("@id", r.Key()), r.Key())
		}
		return rule.Refuse("idTaken", "id", string(r.Key()), "class", "record").At(string(r.Key()))
	}
	if !c.all {
		if err := c.referring(r); err != nil {
			return err
		}
	}
	switch c.a.Kind {
	case journal.Correct:
		ev, ok := r.(*vf.EconomicEvent)
		if !ok || ev.Corrects == "" {
			return c.may(nil, r)
		}
		corrected := c.v.Record(ev.Corrects)
		if corrected == nil {
			return at(unknown("corrects", ev.Corrects), ev.ID)
		}
		return c.may(corrected, nil)
	case journal.Change, journal.Adopt:
		return c.may(old, r)
	}
	if old != nil || c.letsIn(r) { // it is passed over, or refused as taken
		return nil
	}
	return c.may(nil, r)
}

// letsIn reports whether a record is a Person whom the act lets in: who may give a
// membership may enter, with it, the person who gets it.
func (c *clerk) letsIn(r vf.Record) bool {
	p, ok := r.(*vf.Agent)
	if !ok || p.Type != "Person" || c.a.Kind != journal.Declare {
		return false
	}
	return slices.ContainsFunc(c.a.Records, func(r vf.Record) bool {
		m, ok := r.(*vf.Membership)
		return ok && m.Member == p.ID && c.d.state.Record(m.ID) == nil && c.v.Allows(c.d.seat.actor, coordination.Invite, m)
	})
}

// referring refuses references to what the actor may not see. Of an event also
// resources may be named that come to be with it.
func (c *clerk) referring(r vf.Record) error {
	ev, event := r.(*vf.EconomicEvent)
	var refused error
	referencesOf(r, func(property string, id vf.ID) {
		if refused != nil || id == "" {
			return
		}
		to := c.v.Record(id)
		if to == nil && event && (id == ev.ResourceInventoriedAs || id == ev.ToResourceInventoriedAs) {
			return
		}
		known := c.d.state.Record(id)
		if to == nil || known != nil && !c.sees(known) {
			refused = at(unknown(property, id), r.Key())
		}
	})
	return refused
}

// discreet takes out of an error what the actor may not know: the ids of records
// that are not theirs to see, unless the act named them.
func (d *draft) discreet(a *Act, err error) error {
	if d.seat == nil || err == nil || d.view(nil).SeesAll(d.seat.actor) {
		return err
	}
	said := words(a)
	var list format.Refusals
	if errors.As(err, &list) {
		list = slices.Clone(list)
		for i, r := range list {
			list[i] = d.discreetly(r, said)
		}
		return list
	}
	var r *rule.Refusal
	if errors.As(err, &r) {
		return d.discreetly(r, said)
	}
	return err
}

// words are all texts that an act says, each as JSON.
func words(a *Act) string {
	var b strings.Builder
	b.WriteString(quoted(string(a.Author)))
	for _, id := range a.Of {
		b.WriteString(quoted(string(id)))
	}
	for _, id := range sortedKeys(a.Seen) {
		b.WriteString(quoted(string(id)))
	}
	for _, r := range a.Records {
		if raw, err := vf.Encode(r); err == nil { // else the act was refused for it
			b.Write(raw)
		}
	}
	return b.String()
}

func quoted(s string) string {
	raw, _ := json.Marshal(s) // a text always marshals
	return string(raw)
}

func (d *draft) discreetly(r *rule.Refusal, said string) *rule.Refusal {
	c := *r
	c.Values = slices.Clone(r.Values)
	v := d.view(nil)
	for i := 1; i < len(c.Values); i += 2 {
		known := d.state.Record(vf.ID(c.Values[i]))
		if known != nil && !strings.Contains(said, quoted(c.Values[i])) && !v.Allows(d.seat.actor, coordination.See, known) {
			c.Values[i] = hiddenRecord
			if c.Values[i-1] == "nearest" {
				c.Values[i] = anotherRecord
			}
		}
	}
	return &c
}

// inOrderOfRights refuses what no charter can mean, by whatever door it comes:
// scopes in a circle, charters rewritten, and nobody left who may decide. The
// draft holds the act's records; before is the one without them.
func (d *draft) inOrderOfRights(before *draft, a *Act, records []vf.Record) error {
	touched := false
	v := d.view(nil)
	for _, r := range records {
		switch r := r.(type) {
		case *vf.Membership, *vf.Charter:
			touched = true
		case *vf.Agent:
			touched = touched || r.PartOf != ""
			if err := v.CheckScope(r); err != nil {
				return at(err, r.ID)
			}
		}
	}
	for _, id := range a.Of {
		switch r := before.state.Record(id).(type) {
		case *vf.Membership:
			touched = true
		case *vf.Charter:
			if a.Kind == journal.Withdraw || a.Kind == journal.Adopt {
				return charterFixed(r, before)
			}
		}
	}
	if !touched {
		return nil
	}
	was, _ := before.view(nil).Governed()
	if now, since := v.Governed(); was && !now {
		return rule.Refuse("lastOwner", "since", since.String())
	}
	return nil
}

// checkRights refuses charters that cannot be read, that rewrite one that stands,
// or whose version is not the next, and device keys that are none.
func (d *draft) checkRights(records []vf.Record) error {
	versions := map[vf.ID]int{} // by scope, the last one in these records
	for _, r := range records {
		if k, ok := r.(*vf.DeviceKey); ok && k.PublicKey != "" && !journal.PublicKey(k.PublicKey).Valid() {
			return rule.Refuse("notAPublicKey", "value", k.PublicKey).At(string(k.ID))
		}
		c, ok := r.(*vf.Charter)
		if !ok {
			continue
		}
		if err := coordination.CheckCharter(c); err != nil {
			return at(err, c.ID)
		}
		if old, ok := d.state.Record(c.ID).(*vf.Charter); ok {
			return charterFixed(old, d)
		}
		scope := d.view(nil).Scopes(c.InScopeOf)[0]
		last := max(d.lastVersion(c.InScopeOf), versions[scope])
		versions[scope] = c.Version
		if c.Version <= last {
			return rule.Refuse("charterVersion", "id", string(c.ID), "version", strconv.Itoa(c.Version), "last", strconv.Itoa(last), "next", strconv.Itoa(last+1)).At(string(c.ID))
		}
	}
	return nil
}

func charterFixed(c *vf.Charter, d *draft) error {
	return rule.Refuse("charterFixed", "id", string(c.ID), "version", strconv.Itoa(c.Version), "next", strconv.Itoa(d.lastVersion(c.InScopeOf)+1)).At(string(c.ID))
}

// lastVersion is the highest version of the charters of a scope, 0 if it has none.
func (d *draft) lastVersion(scope vf.ID) int {
	last := 0
	for _, c := range d.view(nil).Charters(scope) {
		last = max(last, c.Version)
	}
	return last
}

// present lists the records of ids that are in the books.
func (d *draft) present(of []vf.ID) []vf.Record {
	var list []vf.Record
	for _, id := range of {
		if r := d.state.Record(id); r != nil {
			list = append(list, r)
		}
	}
	return list
}

// gone are those of some records that are no longer in the books, by id.
func (d *draft) gone(was []vf.Record) map[vf.ID]vf.Record {
	var m map[vf.ID]vf.Record
	for _, r := range was {
		if d.state.Record(r.Key()) == nil {
			if m == nil {
				m = map[vf.ID]vf.Record{}
			}
			m[r.Key()] = r
		}
	}
	return m
}
