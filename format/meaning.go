package format

import (
	"commonweal/rule"
	"commonweal/vf"
)

// meaning checks what a record of each class must say.
func (c *checker) meaning(r vf.Record) {
	switch r := r.(type) {
	case *vf.Unit:
		c.named(r, "label", r.Label)
	case *vf.Agent:
		c.named(r, "name", r.Name)
		if r.Type == "Person" && r.PartOf != "" {
			c.refuse(r, "partOf", rule.Refuse("badProperty", "property", "partOf", "value", string(r.PartOf), "wanted", "nothing of a Person; a Membership says where a person belongs"))
		}
	case *vf.ResourceSpecification:
		c.named(r, "name", r.Name)
	case *vf.ProcessSpecification:
		c.named(r, "name", r.Name)
	case *vf.Recipe:
		c.named(r, "name", r.Name)
	case *vf.RecipeProcess:
		c.recipeProcess(r)
	case *vf.RecipeFlow:
		c.recipeFlow(r)
	case *vf.EconomicResource:
		c.required(r, "conformsTo", "a ResourceSpecification", r.ConformsTo == "")
	case *vf.Process:
		c.interval(r, r.HasBeginning, r.HasEnd, vf.Time{})
	case *vf.Proposal:
		c.interval(r, r.HasBeginning, r.HasEnd, vf.Time{})
	case *vf.Intent:
		c.intent(r)
	case *vf.Commitment:
		c.commitment(r)
	case *vf.EconomicEvent:
		c.event(r)
	case *vf.Claim:
		c.required(r, "action", "one of Valueflows' actions", r.Action == "")
	case *vf.Membership:
		c.required(r, "member", "the agent who belongs to the scope", r.Member == "")
		c.required(r, "role", "a word that the charter uses, such as member", r.Role == "")
		c.interval(r, r.HasBeginning, r.HasEnd, vf.Time{})
	case *vf.Charter:
		c.charter(r)
	case *vf.DeviceKey:
		c.required(r, "keyOf", "the agent whose key it is", r.KeyOf == "")
		c.required(r, "publicKey", "ed25519: and the 32 bytes of the key in base64", r.PublicKey == "")
		c.interval(r, r.HasBeginning, r.HasEnd, vf.Time{})
	}
}

func (c *checker) named(r vf.Record, property, name string) {
	if name == "" {
		c.refuse(r, property, rule.Refuse("missingName", "class", string(r.Class()), "property", property))
	}
}

func (c *checker) required(r vf.Record, property, wanted string, missing bool) {
	if missing {
		c.refuse(r, property, rule.Refuse("missingProperty", "class", string(r.Class()), "property", property, "wanted", wanted))
	}
}

// overZero checks a measure that makes no sense at zero or below.
func (c *checker) overZero(r vf.Record, property string, m vf.Measure) {
	if !m.IsZero() && m.HasNumericalValue.Sign() == 0 {
		c.refuse(r, property, rule.Refuse("notOverZero", "property", property, "value", m.String()))
	}
}

// duration checks that a measure is a time.
func (c *checker) duration(r vf.Record, property string, m vf.Measure) {
	if m.IsZero() || !c.units.Known(m.HasUnit) {
		return
	}
	if dimension, err := c.units.Dimension(m.HasUnit); err == nil && dimension != "time" {
		c.refuse(r, property, rule.Refuse("notADuration", "property", property, "value", m.String()))
	}
}

func (c *checker) recipeProcess(r *vf.RecipeProcess) {
	c.named(r, "name", r.Name)
	c.overZero(r, "durationPerUnit", r.DurationPerUnit)
	c.duration(r, "hasDuration", r.HasDuration)
	c.duration(r, "durationPerUnit", r.DurationPerUnit)
	c.overZero(r, "leastBatch", r.LeastBatch)
	c.overZero(r, "batchMultiple", r.BatchMultiple)
	c.overZero(r, "largestBatch", r.LargestBatch)
	if !r.LeastBatch.IsZero() && !r.LargestBatch.IsZero() && c.units.Known(r.LeastBatch.HasUnit) && c.units.Known(r.LargestBatch.HasUnit) {
		factor, err := c.units.Factor(r.LargestBatch.HasUnit, r.LeastBatch.HasUnit)
		if err != nil {
			c.refuse(r, "largestBatch", refusalOf(err))
		} else if factor.Mul(factor, r.LargestBatch.HasNumericalValue.Rat()).Cmp(r.LeastBatch.HasNumericalValue.Rat()) < 0 {
			c.refuse(r, "largestBatch", rule.Refuse("batchOrder", "largest", r.LargestBatch.String(), "least", r.LeastBatch.String()))
		}
	}
	if y := r.Yield; y != nil && (y.Sign() <= 0 || y.Cmp(vf.Whole(1)) > 0) {
		c.refuse(r, "yield", rule.Refuse("badYield", "value", y.String()))
	}
	if !r.ValidFrom.IsZero() && !r.ValidUntil.IsZero() && r.ValidUntil.Before(r.ValidFrom.Time) {
		c.refuse(r, "validUntil", rule.Refuse("endsBeforeBeginning", "property", "validUntil", "end", r.ValidUntil.String(), "beginning", r.ValidFrom.String()))
	}
	if !c.outputs[r.ID] {
		c.refuse(r, "hasRecipeOutput", rule.Refuse("noOutput", "id", string(r.ID)))
	}
}

func (c *checker) recipeFlow(r *vf.RecipeFlow) {
	c.required(r, "action", "one of Valueflows' actions", r.Action == "")
	c.quantity(r, r.ResourceQuantity, r.EffortQuantity)
	inProcess := r.RecipeInputOf != "" || r.RecipeOutputOf != ""
	c.required(r, "resourceConformsTo", "a ResourceSpecification", inProcess && r.ResourceConformsTo == "")
	c.required(r, "recipeInputOf or recipeOutputOf", "the RecipeProcess, or recipeClauseOf with a RecipeExchange",
		!inProcess && r.RecipeClauseOf == "" && r.RecipeReciprocalClauseOf == "")
	c.direction(r, r.Action, "recipeInputOf", r.RecipeInputOf, "recipeOutputOf", r.RecipeOutputOf)
}

// direction checks that the action of a flow goes the way the flow does.
func (c *checker) direction(r vf.Record, a vf.Action, in string, input vf.ID, out string, output vf.ID) {
	if input != "" && output != "" {
		c.refuse(r, out, rule.Refuse("twoDirections", "property", out, "other", in))
	}
	if a == "" {
		return
	}
	if input != "" && !a.IsInput() {
		c.refuse(r, in, rule.Refuse("wrongDirection", "action", string(a), "property", in, "wanted", actions(vf.Action.IsInput)))
	}
	if output != "" && !a.IsOutput() {
		c.refuse(r, out, rule.Refuse("wrongDirection", "action", string(a), "property", out, "wanted", actions(vf.Action.IsOutput)))
	}
}

func actions(fit func(vf.Action) bool) string {
	text := ""
	for _, row := range vf.ActionTable {
		if fit(row.Action) {
			if text != "" {
				text += ", "
			}
			text += string(row.Action)
		}
	}
	return text
}

// quantity checks that a flow says how much.
func (c *checker) quantity(r vf.Record, resource, effort vf.Measure) {
	c.required(r, "resourceQuantity", "a measure such as \"33 lb\", or effortQuantity for work and use", resource.IsZero() && effort.IsZero())
}

// interval checks the times of a record.
func (c *checker) interval(r vf.Record, beginning, end, point vf.Time) {
	if !beginning.IsZero() && !end.IsZero() && end.Before(beginning.Time) {
		c.refuse(r, "hasEnd", rule.Refuse("endsBeforeBeginning", "property", "hasEnd", "end", end.String(), "beginning", beginning.String()))
	}
	if point.IsZero() {
		return
	}
	if !beginning.IsZero() {
		c.refuse(r, "hasPointInTime", rule.Refuse("pointAndInterval", "property", "hasBeginning"))
	} else if !end.IsZero() {
		c.refuse(r, "hasPointInTime", rule.Refuse("pointAndInterval", "property", "hasEnd"))
	}
}

func (c *checker) intent(r *vf.Intent) {
	c.required(r, "action", "one of Valueflows' actions", r.Action == "")
	c.interval(r, r.HasBeginning, r.HasEnd, r.HasPointInTime)
	c.direction(r, r.Action, "inputOf", r.InputOf, "outputOf", r.OutputOf)
	c.duration(r, "leadTime", r.LeadTime)
	c.required(r, "resourceConformsTo", "a ResourceSpecification, or resourceInventoriedAs with an EconomicResource",
		r.ResourceConformsTo == "" && r.ResourceInventoriedAs == "" && len(r.ResourceClassifiedAs) == 0)
	if r.Provider == "" || r.InputOf != "" || r.OutputOf != "" { // an offer without a quantity has no limit
		c.quantity(r, r.ResourceQuantity, r.EffortQuantity)
	}
	if r.People < 0 {
		c.refuse(r, "people", rule.Refuse("badAmount", "property", "people", "value", vf.Whole(int64(r.People)).String(), "least", "0"))
	}
}

func (c *checker) commitment(r *vf.Commitment) {
	c.required(r, "action", "one of Valueflows' actions", r.Action == "")
	c.interval(r, r.HasBeginning, r.HasEnd, r.HasPointInTime)
	c.direction(r, r.Action, "inputOf", r.InputOf, "outputOf", r.OutputOf)
	c.quantity(r, r.ResourceQuantity, r.EffortQuantity)
	c.required(r, "resourceConformsTo", "a ResourceSpecification, or resourceInventoriedAs with an EconomicResource",
		r.ResourceConformsTo == "" && r.ResourceInventoriedAs == "" && len(r.ResourceClassifiedAs) == 0)
}

func (c *checker) charter(r *vf.Charter) {
	c.required(r, "clauses", "a list of lines, such as “members-see: member may see all”", len(r.Clauses) == 0)
	if r.Version < 1 {
		c.refuse(r, "version", rule.Refuse("badAmount", "property", "version", "value", vf.Whole(int64(r.Version)).String(), "least", "1"))
	}
}

func (c *checker) event(r *vf.EconomicEvent) {
	c.required(r, "action", "one of Valueflows' actions", r.Action == "")
	c.interval(r, r.HasBeginning, r.HasEnd, r.HasPointInTime)
	c.direction(r, r.Action, "inputOf", r.InputOf, "outputOf", r.OutputOf)
	c.quantity(r, r.ResourceQuantity, r.EffortQuantity)
	row := r.Action.Effects()
	if row == nil {
		return
	}
	transfer := row.Accounting == vf.DecrementIncrement || row.Onhand == vf.DecrementIncrement
	if transfer && r.Action != vf.Move {
		c.required(r, "provider", "the Agent who gives", r.Provider == "")
		c.required(r, "receiver", "the Agent who receives", r.Receiver == "")
	}
}
