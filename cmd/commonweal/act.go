package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/vf"
)

// facts is what a command that acts makes its records from: the books as they
// are, the time, who acts, and the texts of the command line.
type facts struct {
	*reading
	graph  *vf.Graph
	author vf.ID // who acts, "" where nobody was named
	key    string
	made   int      // ids made so far
	said   flagsOf  // the flags of the command by their properties
	notes  []string // what to tell beside what was entered
}

// id returns the id that was given, else a new one. It follows from the key of
// the act, so that the same act sent again says the same.
func (f *facts) id(given vf.ID, kind string) vf.ID {
	if given != "" {
		return given
	}
	f.made++
	sum := sha256.Sum256([]byte(f.key + "\n" + strconv.Itoa(f.made)))
	return vf.ID(kind + "/" + hex.EncodeToString(sum[:5]))
}

// record finds a record in the books; what names where its id was said. Where
// there is none, one of the classes is suggested.
func (f *facts) record(what string, id vf.ID, classes ...vf.Class) vf.Record {
	for _, r := range f.graph.All() {
		if r.Key() == id {
			return r
		}
	}
	f.fault("", rule.Refuse("unknownReference", "property", what, "id", string(id), "nearest", f.nearest(id, classes)))
	return nil
}

// class is the class of a record that is in the books.
func (f *facts) class(id vf.ID) vf.Class {
	for _, r := range f.graph.All() {
		if r.Key() == id {
			return r.Class()
		}
	}
	return ""
}

// past notes a time that is said to be past and is not.
func (f *facts) past(p *program, t vf.Time) {
	if t.After(p.now()) {
		f.notes = append(f.notes, day(t)+" is in the future; if that is a mistake, correct the event and record it anew.")
	}
}

// quantity reads a measure as the action counts it: effort for work, the
// resource for everything else, and for use what the unit says.
func (f *facts) quantity(flag string, a vf.Action, text string) (resource, effort vf.Measure) {
	m := f.measure(flag, text)
	if f.err != nil || a.Effects() == nil {
		return m, vf.Measure{}
	}
	dimension, err := f.units.Dimension(m.HasUnit)
	f.fault(flag, err)
	if counts := a.Effects().EventQuantity; counts == vf.OfEffort || counts == vf.OfBoth && dimension == "time" {
		return vf.Measure{}, m
	}
	return m, vf.Measure{}
}

// fromFiles reads records that may refer to those in the books.
func (f *facts) fromFiles(p *program, names []string) []vf.Record {
	if f.err != nil {
		return nil
	}
	n, err := p.readNetworks(names, f.graph)
	if err != nil {
		f.fault("", err)
		return nil
	}
	return n.Graph.All()
}

// act does one act: it opens the books, has the records made, and hands them to
// the node.
func (p *program) act(kind journal.Kind, build func(*facts) ([]vf.Record, []vf.ID)) error {
	b, err := p.books()
	if err != nil {
		return err
	}
	defer b.close()
	g, err := b.Graph()
	if err != nil {
		return err
	}
	f := &facts{reading: newReading(g), graph: g, author: p.As, key: p.actKey(), said: flagsOf{}}
	records, of := build(f)
	if f.err != nil {
		return f.err
	}
	err = p.do(b, node.Act{Kind: kind, At: vf.At(p.now().Unix()), Key: f.key, Records: records, Of: of})
	if err != nil {
		return f.inFlags(err)
	}
	for _, note := range f.notes {
		if !p.JSON {
			p.say("  %s", wrap(note, 2))
		}
	}
	return nil
}

// about does an act that is about ids alone.
func (p *program) about(kind journal.Kind, ids []vf.ID) error {
	return p.act(kind, func(f *facts) ([]vf.Record, []vf.ID) {
		f.said.with("of", string(kind))
		return nil, ids
	})
}

// actKey is the key that was given, else a new one.
func (p *program) actKey() string {
	if p.Key == "" {
		p.Key = rand.Text()
	}
	return p.Key
}

// entered is what an act that was entered tells programs.
type entered struct {
	Sequence int64   `json:"sequence"`
	Kind     string  `json:"kind"`
	Key      string  `json:"key"`
	Again    bool    `json:"again"` // it had been entered before, with the same key
	IDs      []vf.ID `json:"ids"`
}

// tell prints what was entered.
func (p *program) tell(e entered, records []vf.Record) error {
	if p.JSON {
		return p.printJSON(e)
	}
	again := ""
	if e.Again {
		again = " (it was there already, under the same key)"
	}
	p.say("%s, entry %d%s", pastOf[journal.Kind(e.Kind)], e.Sequence, again)
	const most = 12
	for i, r := range records {
		if i == most {
			p.say("  and %d more", len(records)-most)
			break
		}
		p.say("  %s", wrap(describe(r), 2))
	}
	if len(records) == 0 {
		for _, id := range e.IDs {
			p.say("  %s", id)
		}
	}
	return nil
}

var pastOf = map[journal.Kind]string{
	journal.Genesis: "Begun", journal.Declare: "Declared", journal.Change: "Changed", journal.Withdraw: "Withdrawn", journal.Commit: "Promised",
	journal.Release: "Released", journal.Record: "Recorded", journal.Finish: "Finished", journal.Correct: "Corrected",
	journal.RotateKey: "Key changed", journal.RevokeKey: "Key revoked", journal.Erase: "Erased", journal.Adopt: "Adopted",
}

// describe says a record in one line for people: its id first, so that it can
// be used in the next command.
func describe(r vf.Record) string {
	switch r := r.(type) {
	case *vf.Intent:
		much := r.ResourceQuantity
		if much.IsZero() {
			much = r.AvailableQuantity
		}
		return describeFlow(r.ID, string(r.Action), much, r.EffortQuantity, r.ResourceConformsTo, r.Provider, r.Receiver, r.Due)
	case *vf.Commitment:
		return describeFlow(r.ID, string(r.Action), r.ResourceQuantity, r.EffortQuantity, r.ResourceConformsTo, r.Provider, r.Receiver, r.Due)
	case *vf.EconomicEvent:
		thing := r.ResourceInventoriedAs
		if thing == "" {
			thing = r.ResourceConformsTo
		}
		at := r.HasPointInTime
		if at.IsZero() {
			at = r.HasEnd
		}
		return describeFlow(r.ID, string(r.Action), r.ResourceQuantity, r.EffortQuantity, thing, r.Provider, r.Receiver, at)
	case *vf.Process:
		text := string(r.ID) + ": process"
		if r.Name != "" {
			text += " “" + r.Name + "”"
		}
		if r.BasedOn != "" {
			text += ", " + string(r.BasedOn)
		}
		return text
	case *vf.Membership:
		scope := "the network"
		if r.InScopeOf != "" {
			scope = string(r.InScopeOf)
		}
		return fmt.Sprintf("%s: %s is %s in %s", r.ID, r.Member, r.Role, scope)
	case *vf.DeviceKey:
		return fmt.Sprintf("%s: %s of %s", r.ID, r.PublicKey, r.KeyOf)
	case *vf.Charter:
		return fmt.Sprintf("%s: charter, version %d, with %d clauses", r.ID, r.Version, len(r.Clauses))
	}
	return fmt.Sprintf("%s: %s", r.Key(), r.Class())
}

func describeFlow(id vf.ID, action string, resource, effort vf.Measure, thing, from, to vf.ID, at vf.Time) string {
	s := string(id) + ": " + action
	for _, m := range []vf.Measure{resource, effort} {
		if !m.IsZero() {
			s += " " + m.String()
		}
	}
	if thing != "" {
		s += " of " + string(thing)
	}
	if from != "" && from != to {
		s += " from " + string(from)
	}
	if to != "" {
		s += " to " + string(to)
	}
	if !at.IsZero() {
		s += ", " + day(at)
	}
	return s
}

// zone follows a time that shows its hour: people far apart read the same plan,
// so all read the same clock.
const zone = " UTC"

// day writes a time as people read it, in UTC: the date alone where it is a
// midnight, else with hour and minute.
func day(t vf.Time) string {
	if t.IsZero() {
		return ""
	}
	u := t.UTC()
	if u.Hour()+u.Minute()+u.Second() == 0 {
		return u.Format("2006-01-02")
	}
	return u.Format("2006-01-02 15:04") + zone
}
