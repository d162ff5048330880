package main

import (
	"strings"

	"commonweal/journal"
	"commonweal/rule"
	"commonweal/vf"
)

// declareCommand says what is needed, offered, or how a thing is made.
type declareCommand struct {
	Need    declareNeed    `cmd:"" help:"Somebody needs something."`
	Offer   declareOffer   `cmd:"" help:"Somebody can give something."`
	Recipe  declareRecipe  `cmd:"" help:"A thing is made in one step out of others."`
	Process declareProcess `cmd:"" help:"A step that is done, into which things go and out of which they come."`
	File    declareFile    `cmd:"" help:"Any records, from network files."`

	Membership declareMembership `cmd:"" help:"Somebody belongs to the network, a circle, a group or a project, in a role."`
	Charter    declareCharter    `cmd:"" help:"What the roles of the network, or of a circle, group or project, may do."`
	Key        declareKey        `cmd:"" help:"A key with which somebody signs acts."`
}

// declareNeed makes an intent with a receiver.
type declareNeed struct {
	Of       vf.ID  `required:"" help:"What is needed: a specification."`
	Quantity string `required:"" help:"How much, such as '60 lb'."`
	For      vf.ID  `required:"" help:"Who needs it: an agent."`
	Due      string `required:"" help:"When it is needed, such as 2023-09-01."`
	ID       vf.ID  `help:"Id of the need; made new if left out."`
	Name     string `help:"What people call it."`
	Note     string `help:"A remark."`
	Stage    vf.ID  `help:"Stage that it must have been through."`
	Place    vf.ID  `help:"Where it must be."`
	Tier     int    `help:"How essential it is; lower comes first."`
	People   int    `help:"How many people are behind it."`
	Least    string `help:"The least that helps, such as '20 lb'."`
	Latest   string `help:"When it stops being of use."`
	Action   string `default:"transfer" help:"transfer, deliverService, work, use …"`
}

// Run declares the need.
func (c *declareNeed) Run(p *program) error {
	return p.act(journal.Declare, func(f *facts) ([]vf.Record, []vf.ID) {
		f.said.with("resourceConformsTo", "--of", "receiver", "--for", "resourceQuantity", "--quantity", "effortQuantity", "--quantity", "due", "--due",
			"stage", "--stage", "place", "--place", "minimumUsefulQuantity", "--least", "latestUseful", "--latest", "tier", "--tier", "people", "--people")
		n := &vf.Intent{ID: f.id(c.ID, "need"), Name: c.Name, Note: c.Note, ResourceConformsTo: c.Of, Receiver: c.For, Stage: c.Stage, Place: c.Place,
			Tier: c.Tier, People: c.People, Action: f.action("--action", c.Action), Due: f.time("--due", c.Due),
			MinimumUsefulQuantity: f.measure("--least", c.Least), LatestUseful: f.time("--latest", c.Latest)}
		n.ResourceQuantity, n.EffortQuantity = f.quantity("--quantity", n.Action, c.Quantity)
		return []vf.Record{n}, nil
	})
}

// declareOffer makes an intent with a provider.
type declareOffer struct {
	Of         vf.ID  `required:"" help:"What is offered: a specification."`
	Quantity   string `help:"How much there is, such as '60 lb'; as much as is wanted if left out."`
	By         vf.ID  `required:"" help:"Who offers it: an agent."`
	From       string `help:"From when it can be had."`
	Until      string `help:"Until when it can be had."`
	Lead       string `help:"Time from asking to having, such as '3 day'."`
	Minimum    string `help:"The least that is given at once, such as '5 lb'."`
	ID         vf.ID  `help:"Id of the offer; made new if left out."`
	Name       string `help:"What people call it."`
	Note       string `help:"A remark."`
	Stage      vf.ID  `help:"Stage that it has been through."`
	Place      vf.ID  `help:"Where it will be."`
	Preference int    `help:"Which of several offers is taken first; lower is first."`
	Action     string `default:"transfer" help:"transfer, deliverService, work, use …"`
}

// Run declares the offer.
func (c *declareOffer) Run(p *program) error {
	return p.act(journal.Declare, func(f *facts) ([]vf.Record, []vf.ID) {
		f.said.with("resourceConformsTo", "--of", "provider", "--by", "availableQuantity", "--quantity", "hasBeginning", "--from", "hasEnd", "--until",
			"leadTime", "--lead", "minimumQuantity", "--minimum", "stage", "--stage", "place", "--place", "preference", "--preference")
		o := &vf.Intent{ID: f.id(c.ID, "offer"), Name: c.Name, Note: c.Note, ResourceConformsTo: c.Of, Provider: c.By, Stage: c.Stage, Place: c.Place,
			Preference: c.Preference, Action: f.action("--action", c.Action), AvailableQuantity: f.measure("--quantity", c.Quantity),
			MinimumQuantity: f.measure("--minimum", c.Minimum), LeadTime: f.measure("--lead", c.Lead),
			HasBeginning: f.time("--from", c.From), HasEnd: f.time("--until", c.Until)}
		return []vf.Record{o}, nil
	})
}

// declareRecipe makes a recipe of one process with its flows.
type declareRecipe struct {
	Name    string   `arg:"" help:"What people call it."`
	Makes   []string `required:"" sep:"none" help:"What comes out, such as '1 lb spec/yarn'; repeat it for by-products."`
	Takes   []string `sep:"none" help:"What is used up, such as '1.2 lb spec/fibre'; repeat it."`
	Uses    []string `sep:"none" help:"What is needed and not used up, such as '2 h spec/loom'; repeat it."`
	Work    []string `sep:"none" help:"Work that goes in, such as '0.5 h spec/spinning'; repeat it."`
	Process vf.ID    `help:"The kind of process; its outputs have been through this stage."`
	By      vf.ID    `help:"Who can do it: an agent."`
	Lasts   string   `help:"How long it takes, such as '2 day'."`
	PerUnit string   `help:"How much longer for each unit that comes out, such as '0.1 h'."`
	Yield   string   `help:"Share of the output that is good, such as 0.9."`
	Least   string   `help:"Smallest quantity of output at once."`
	Steps   string   `help:"The output comes in multiples of this quantity."`
	Most    string   `help:"Largest quantity of output at once."`
	Prefer  int      `help:"Which of several recipes is taken first; lower is first."`
	ID      vf.ID    `help:"Id of the recipe process; made new if left out."`
	Note    string   `help:"A remark."`
}

// Run declares the recipe.
func (c *declareRecipe) Run(p *program) error {
	return p.act(journal.Declare, func(f *facts) ([]vf.Record, []vf.ID) {
		f.said.with("processConformsTo", "--process", "performedBy", "--by", "hasDuration", "--lasts", "durationPerUnit", "--per-unit", "yield", "--yield",
			"leastBatch", "--least", "batchMultiple", "--steps", "largestBatch", "--most", "preference", "--prefer",
			"resourceConformsTo", "one of --makes, --takes, --uses and --work")
		r := &vf.RecipeProcess{ID: f.id(c.ID, "recipe"), Name: c.Name, Note: c.Note, ProcessConformsTo: c.Process, PerformedBy: c.By, Preference: c.Prefer,
			HasDuration: f.measure("--lasts", c.Lasts), DurationPerUnit: f.measure("--per-unit", c.PerUnit), Yield: f.number("--yield", c.Yield),
			LeastBatch: f.measure("--least", c.Least), BatchMultiple: f.measure("--steps", c.Steps), LargestBatch: f.measure("--most", c.Most)}
		records := []vf.Record{r}
		for _, side := range []struct {
			flag   string
			action vf.Action
			texts  []string
		}{{"--makes", vf.Produce, c.Makes}, {"--takes", vf.Consume, c.Takes}, {"--uses", vf.Use, c.Uses}, {"--work", vf.Work, c.Work}} {
			for _, text := range side.texts {
				flow := f.recipeFlow(side.flag, side.action, text)
				flow.ID = f.id("", string(r.ID)+"/flow")
				if side.action == vf.Produce {
					flow.RecipeOutputOf = r.ID
				} else {
					flow.RecipeInputOf = r.ID
				}
				records = append(records, flow)
			}
		}
		return records, nil
	})
}

// recipeFlow reads "1.2 lb spec/fibre".
func (f *facts) recipeFlow(flag string, action vf.Action, text string) *vf.RecipeFlow {
	words := strings.Fields(text)
	if len(words) < 3 {
		f.fault(flag, rule.Refuse("badProperty", "property", flag, "value", "“"+text+"”", "wanted", "a number, a unit and a specification, such as “1.2 lb spec/fibre”"))
		return &vf.RecipeFlow{}
	}
	flow := &vf.RecipeFlow{Action: action, ResourceConformsTo: vf.ID(words[len(words)-1])}
	flow.ResourceQuantity, flow.EffortQuantity = f.quantity(flag, action, strings.Join(words[:len(words)-1], " "))
	return flow
}

// declareProcess makes a process: what is consumed goes into it, what is
// produced comes out of it.
type declareProcess struct {
	Of      vf.ID  `help:"The recipe process that it follows; it gives the name and the kind where those are left out."`
	Name    string `help:"What people call it."`
	BasedOn vf.ID  `help:"The kind of process: a process specification; what comes out has been through this stage."`
	From    string `help:"When it begins."`
	To      string `help:"When it ends."`
	ID      vf.ID  `help:"Id of the process; made new if left out."`
	Note    string `help:"A remark."`
}

// Run declares the process.
func (c *declareProcess) Run(p *program) error {
	if c.Name == "" && c.Of == "" {
		return usage("say what the process is: --name, or --of a recipe")
	}
	return p.act(journal.Declare, func(f *facts) ([]vf.Record, []vf.ID) {
		f.said.with("basedOn", "--based-on", "hasBeginning", "--from", "hasEnd", "--to")
		made := &vf.Process{ID: f.id(c.ID, "process"), Name: c.Name, Note: c.Note, BasedOn: c.BasedOn,
			HasBeginning: f.time("--from", c.From), HasEnd: f.time("--to", c.To)}
		if c.Of != "" {
			f.follow(made, c.Of)
		}
		return []vf.Record{made}, nil
	})
}

// follow fills a process with what its recipe says.
func (f *facts) follow(made *vf.Process, id vf.ID) {
	r := f.record("--of", id, "RecipeProcess")
	recipe, ok := r.(*vf.RecipeProcess)
	switch {
	case r == nil:
		return
	case !ok:
		f.fault("", rule.Refuse("wrongReference", "property", "--of", "id", string(id), "class", string(r.Class()), "wanted", "RecipeProcess"))
		return
	}
	if made.Name == "" {
		made.Name = recipe.Name
	}
	if made.BasedOn == "" {
		made.BasedOn = recipe.ProcessConformsTo
	}
}

// declareFile takes records of any kind from network files.
type declareFile struct {
	Files []string `arg:"" name:"file" help:"Network files, JSON-LD or YAML; - is standard input."`
}

// Run declares the records.
func (c *declareFile) Run(p *program) error {
	return p.act(journal.Declare, func(f *facts) ([]vf.Record, []vf.ID) {
		return f.fromFiles(p, c.Files), nil
	})
}
