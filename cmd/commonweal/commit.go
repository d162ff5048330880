package main

import (
	"commonweal/journal"
	"commonweal/rule"
	"commonweal/vf"
)

// commitCommand promises: it takes up a need or an offer, or says a promise in
// full.
type commitCommand struct {
	Intent   vf.ID    `arg:"" optional:"" help:"The need, offer or open work that is taken up."`
	By       vf.ID    `help:"Who promises to give or do it; who acts if left out."`
	For      vf.ID    `help:"To whom; who needs it, or who acts, if left out."`
	Quantity string   `help:"How much, such as '20 lb'; all of it if left out."`
	Due      string   `help:"Until when; as wanted if left out."`
	Of       vf.ID    `help:"What is promised, where no intent is taken up: a specification."`
	Resource vf.ID    `help:"Which thing in particular."`
	Stage    vf.ID    `help:"Stage that it will have been through."`
	Place    vf.ID    `help:"Where it will be."`
	Action   string   `help:"transfer, produce, work …; as in the intent if left out."`
	InputOf  vf.ID    `help:"The process that it goes into."`
	OutputOf vf.ID    `help:"The process that it comes out of."`
	ID       vf.ID    `help:"Id of the commitment; made new if left out."`
	Note     string   `help:"A remark."`
	File     []string `help:"Network files with commitments instead; - is standard input."`
}

// Run enters the promise.
func (c *commitCommand) Run(p *program) error {
	if len(c.File) == 0 && c.Intent == "" && c.Of == "" {
		return usage("say what is promised: an intent, or --of, or --file")
	}
	return p.act(journal.Commit, func(f *facts) ([]vf.Record, []vf.ID) {
		if len(c.File) > 0 {
			return f.fromFiles(p, c.File), nil
		}
		m := &vf.Commitment{ID: f.id(c.ID, "commitment")}
		if c.Intent != "" {
			f.takeUp(m, c.Intent)
		}
		f.said.with("resourceConformsTo", "--of", "resourceInventoriedAs", "--resource", "stage", "--stage", "place", "--place", "inputOf", "--input-of",
			"outputOf", "--output-of", "provider", "--by", "receiver", "--for", "due", "--due", "resourceQuantity", "--quantity", "effortQuantity", "--quantity")
		set(&m.Provider, c.By)
		set(&m.Receiver, c.For)
		if c.Intent != "" {
			f.actorFor(&m.Provider, "provider")
			f.actorFor(&m.Receiver, "receiver")
		}
		set(&m.ResourceConformsTo, c.Of)
		set(&m.ResourceInventoriedAs, c.Resource)
		set(&m.Stage, c.Stage)
		set(&m.Place, c.Place)
		set(&m.InputOf, c.InputOf)
		set(&m.OutputOf, c.OutputOf)
		m.Note = c.Note
		if c.Action != "" {
			m.Action = f.action("--action", c.Action)
		}
		if m.Action == "" {
			m.Action = vf.Transfer
		}
		if c.Quantity != "" {
			m.ResourceQuantity, m.EffortQuantity = f.quantity("--quantity", m.Action, c.Quantity)
		}
		if c.Due != "" {
			m.Due = f.time("--due", c.Due)
		}
		return []vf.Record{m}, nil
	})
}

// takeUp fills a commitment with what an intent says.
func (f *facts) takeUp(m *vf.Commitment, id vf.ID) {
	in, ok := f.record("commit", id, "Intent").(*vf.Intent)
	if !ok {
		if f.err == nil {
			f.fault("", rule.Refuse("wrongReference", "property", "commit", "id", string(id), "class", string(f.class(id)), "wanted", "Intent"))
		}
		return
	}
	m.Satisfies = []vf.ID{in.ID}
	m.Action, m.InputOf, m.OutputOf, m.PlannedWithin = in.Action, in.InputOf, in.OutputOf, in.PlannedWithin
	m.Provider, m.Receiver = in.Provider, in.Receiver
	m.ResourceInventoriedAs, m.ResourceConformsTo, m.ResourceClassifiedAs = in.ResourceInventoriedAs, in.ResourceConformsTo, in.ResourceClassifiedAs
	m.ResourceQuantity, m.EffortQuantity = in.ResourceQuantity, in.EffortQuantity
	if m.ResourceQuantity.IsZero() && m.EffortQuantity.IsZero() {
		m.ResourceQuantity = in.AvailableQuantity
	}
	m.Stage, m.State, m.Place, m.Due = in.Stage, in.State, in.Place, in.Due
	m.HasBeginning, m.HasEnd, m.HasPointInTime = in.HasBeginning, in.HasEnd, in.HasPointInTime
	if m.Due.IsZero() && in.Provider == "" {
		m.Due = in.HasPointInTime
	}
}

// set sets a property where the command line says it.
func set(to *vf.ID, said vf.ID) {
	if said != "" {
		*to = said
	}
}
