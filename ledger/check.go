package ledger

import (
	"commonweal/rule"
	"commonweal/vf"
)

// check refuses what an event may not say, whatever the books are like.
func (p *posting) check() error {
	ev, row := p.ev, p.row
	if ev.ID == "" {
		return missing("@id", "an id that is new, such as event/7")
	}
	if err := p.checkProcess(); err != nil {
		return err
	}
	if err := checkTimes(ev); err != nil {
		return err
	}
	if err := p.checkQuantities(); err != nil {
		return err
	}
	if ev.ResourceInventoriedAs == "" && ev.ToResourceInventoriedAs == "" && ev.ResourceConformsTo == "" && len(ev.ResourceClassifiedAs) == 0 {
		return missing("resourceConformsTo", "the kind of thing or work, or resourceInventoriedAs")
	}
	if ev.ToResourceInventoriedAs != "" && !usesTo(row) {
		return rule.Refuse("notForAction", "property", "toResourceInventoriedAs", "action", string(ev.Action), "instead", "transfer, move, copy or combine")
	}
	return p.checkAgents()
}

// usesTo reports whether the action affects or names a second resource.
func usesTo(row *vf.ActionEffects) bool {
	return row.CreateResource == vf.OptionalTo || row.Contained == vf.Update
}

func missing(property, wanted string) error {
	return rule.Refuse("missingProperty", "class", "EconomicEvent", "property", property, "wanted", wanted)
}

func unknown(property string, id vf.ID, nearest string) error {
	return rule.Refuse("unknownReference", "property", property, "id", string(id), "nearest", nearest)
}

func (p *posting) checkProcess() error {
	ev, row := p.ev, p.row
	isIn := row.InputOutput == vf.Input || row.InputOutput == vf.OutputInput
	isOut := row.InputOutput == vf.Output || row.InputOutput == vf.OutputInput
	switch {
	case row.InputOutput == vf.Input && ev.InputOf == "":
		return missing("inputOf", "the process that it goes into")
	case row.InputOutput == vf.Output && ev.OutputOf == "":
		return missing("outputOf", "the process that it comes out of")
	case !isIn && ev.InputOf != "":
		return rule.Refuse("notForAction", "property", "inputOf", "action", string(ev.Action), "instead", "consume, use, work, cite, pickup, accept or combine")
	case !isOut && ev.OutputOf != "":
		return rule.Refuse("notForAction", "property", "outputOf", "action", string(ev.Action), "instead", "produce, deliverService, dropoff, modify or separate")
	}
	for _, end := range []struct {
		property string
		id       vf.ID
	}{{"inputOf", ev.InputOf}, {"outputOf", ev.OutputOf}} {
		if end.id == "" {
			continue
		}
		process := find[*vf.Process](p.s, end.id)
		if process == nil {
			return unknown(end.property, end.id, "the id of a Process")
		}
		if process.Finished && p.original == nil {
			return rule.Refuse("alreadyFinished", "id", string(end.id), "class", "Process")
		}
	}
	return nil
}

func checkTimes(ev *vf.EconomicEvent) error {
	point, begin, end := ev.HasPointInTime, ev.HasBeginning, ev.HasEnd
	switch {
	case !point.IsZero() && !(begin.IsZero() && end.IsZero()):
		property := "hasBeginning"
		if begin.IsZero() {
			property = "hasEnd"
		}
		return rule.Refuse("pointAndInterval", "property", property, "point", point.String())
	case !begin.IsZero() && !end.IsZero() && end.Before(begin.Time):
		return rule.Refuse("endsBeforeBeginning", "beginning", begin.String(), "end", end.String(), "property", "hasEnd")
	case point.IsZero() && begin.IsZero() && end.IsZero() && ev.Created.IsZero():
		return missing("hasPointInTime", "when it happened, or hasBeginning and hasEnd")
	}
	return nil
}

func (p *posting) checkQuantities() error {
	ev, counts := p.ev, p.row.EventQuantity
	if counts == vf.OfEffort && !ev.ResourceQuantity.IsZero() {
		return rule.Refuse("notForAction", "property", "resourceQuantity", "action", string(ev.Action), "instead", "use, which counts both")
	}
	if counts == vf.OfResource && !ev.EffortQuantity.IsZero() {
		return rule.Refuse("notForAction", "property", "effortQuantity", "action", string(ev.Action), "instead", "work or use")
	}
	if ev.ResourceQuantity.IsZero() && ev.EffortQuantity.IsZero() {
		if counts == vf.OfResource {
			return missing("resourceQuantity", "how much, with its unit")
		}
		return missing("effortQuantity", "how long, with its unit")
	}
	for _, q := range []struct {
		property string
		m        vf.Measure
	}{{"resourceQuantity", ev.ResourceQuantity}, {"effortQuantity", ev.EffortQuantity}} {
		if q.m.IsZero() {
			continue
		}
		if err := p.units.Fits(q.m); err != nil {
			return refusal(err)
		}
		if q.m.HasNumericalValue.Sign() < 0 && p.original == nil {
			return rule.Refuse("negativeQuantity", "property", q.property, "value", q.m.String())
		}
	}
	return nil
}

func (p *posting) checkAgents() error {
	ev := p.ev
	switch ev.Action {
	case vf.Transfer, vf.TransferAllRights, vf.TransferCustody, vf.DeliverService:
		if ev.Provider == "" {
			return missing("provider", "the agent from whom it goes")
		}
		if ev.Receiver == "" {
			return missing("receiver", "the agent to whom it goes")
		}
	case vf.Work:
		if ev.Provider == "" {
			return missing("provider", "the agent who worked")
		}
	case vf.Move:
		if ev.Provider != "" && ev.Receiver != "" && ev.Provider != ev.Receiver {
			return rule.Refuse("moveBetweenAgents", "provider", string(ev.Provider), "receiver", string(ev.Receiver))
		}
	}
	return nil
}
