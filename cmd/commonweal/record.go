package main

import (
	"commonweal/journal"
	"commonweal/vf"
)

// recordCommand enters what happened.
type recordCommand struct {
	Action      string   `arg:"" optional:"" help:"produce, consume, use, work, pickup, dropoff, transfer, move, raise, lower …"`
	Quantity    string   `help:"How much of the thing, such as '60 lb'."`
	Effort      string   `help:"How long it took or was used, such as '3 h'."`
	Of          vf.ID    `help:"What kind of thing or work: a specification."`
	Resource    vf.ID    `help:"Which thing; a new one where the action makes one and the id is new."`
	To          vf.ID    `help:"Which thing it goes into, for transfer, move, copy and combine."`
	By          vf.ID    `help:"Who gave or did it; who acts if left out."`
	For         vf.ID    `help:"Who got it; who acts if left out."`
	InputOf     vf.ID    `help:"The process that it went into."`
	OutputOf    vf.ID    `help:"The process that it came out of."`
	At          string   `help:"When it happened; now if left out."`
	Begin       string   `help:"When it began, with --end, instead of --at."`
	End         string   `help:"When it ended."`
	Fulfills    []vf.ID  `help:"Commitments that it fulfils."`
	Satisfies   []vf.ID  `help:"Intents that it satisfies without a commitment."`
	Settles     []vf.ID  `help:"Claims that it settles."`
	Location    vf.ID    `help:"Where the thing is afterwards."`
	State       string   `help:"The state that the thing is in afterwards."`
	RealizedFor vf.ID    `name:"agreement" help:"The agreement that it belongs to."`
	ID          vf.ID    `help:"Id of the event; made new if left out."`
	Note        string   `help:"A remark."`
	File        []string `help:"Network files with events instead, and the things and processes that they name; - is standard input."`
}

// Run enters the event.
func (c *recordCommand) Run(p *program) error {
	if (c.Action == "") == (len(c.File) == 0) {
		return usage("record takes either an action or --file")
	}
	return p.act(journal.Record, func(f *facts) ([]vf.Record, []vf.ID) {
		if len(c.File) > 0 {
			return f.fromFiles(p, c.File), nil
		}
		e := &vf.EconomicEvent{ID: f.id(c.ID, "event"), Note: c.Note, Action: f.action("", c.Action), InputOf: c.InputOf, OutputOf: c.OutputOf,
			Provider: c.By, Receiver: c.For, ResourceConformsTo: c.Of, ResourceInventoriedAs: c.Resource, ToResourceInventoriedAs: c.To,
			ResourceQuantity: f.measure("--quantity", c.Quantity), EffortQuantity: f.measure("--effort", c.Effort),
			HasPointInTime: f.time("--at", c.At), HasBeginning: f.time("--begin", c.Begin), HasEnd: f.time("--end", c.End),
			Fulfills: c.Fulfills, Satisfies: c.Satisfies, Settles: c.Settles, ToLocation: c.Location, State: c.State,
			RealizationOf: c.RealizedFor}
		f.said.with("provider", "--by", "receiver", "--for", "resourceConformsTo", "--of", "resourceInventoriedAs", "--resource",
			"toResourceInventoriedAs", "--to", "inputOf", "--input-of", "outputOf", "--output-of", "fulfills", "--fulfills", "satisfies", "--satisfies",
			"settles", "--settles", "toLocation", "--location", "state", "--state", "realizationOf", "--agreement", "resourceQuantity", "--quantity",
			"effortQuantity", "--effort", "hasPointInTime", "--at", "hasBeginning", "--begin", "hasEnd", "--end")
		f.actorFor(&e.Provider, "provider")
		f.actorFor(&e.Receiver, "receiver")
		f.past(p, e.HasPointInTime)
		f.past(p, e.HasEnd)
		return []vf.Record{e}, nil
	})
}

// actorFor lets who acts stand for an agent who was not named.
func (f *facts) actorFor(agent *vf.ID, property string) {
	if *agent == "" && f.author != "" {
		*agent, f.said[property] = f.author, "--as"
	}
}
