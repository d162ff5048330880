package format

import (
	"slices"
	"strings"

	"commonweal/rule"
	"commonweal/vf"
	"commonweal/zone"
)

// What words of ours may say.
var (
	budgetPeriods = []string{"day", "week", "month", "quarter", "year"}
	keeps         = []string{"target", "floor"}
)

// capacity checks what a record says of when, how fast and how much at once.
func (c *checker) capacity(r vf.Record) {
	switch r := r.(type) {
	case *vf.Agent:
		c.workTime(r, r.WorkTime)
		c.duration(r, "frozen", r.Frozen)
	case *vf.SpatialThing:
		c.workTime(r, r.WorkTime)
		c.count(r, "parallel", r.Parallel)
	case *vf.RecipeProcess:
		c.workTime(r, r.WorkTime)
		c.duration(r, "setUp", r.SetUp)
	case *vf.EconomicResource:
		c.workTime(r, r.WorkTime)
		c.count(r, "parallel", r.Parallel)
		c.efficiency(r, r.Efficiency)
		c.duration(r, "budget", r.Budget)
		c.budget(r, r.Budget, r.BudgetPeriod)
	case *vf.ResourceSpecification:
		c.budget(r, r.Budget, r.BudgetPeriod)
		c.convertible(r, "budget", r.Budget, r.DefaultUnitOfResource, r.DefaultUnitOfEffort)
	case *vf.Intent:
		c.efficiency(r, r.Efficiency)
		c.oneOf(r, "budgetPeriod", r.BudgetPeriod, budgetPeriods)
		c.oneOf(r, "keep", r.Keep, keeps)
		c.overZero(r, "batchMultiple", r.BatchMultiple)
	}
}

// workTime checks that work time is written as iCalendar, in zones that there are.
func (c *checker) workTime(r vf.Record, lines []string) {
	blocks, err := vf.ParseWorkTime(lines)
	if err != nil {
		c.refuse(r, "workTime", refusalOf(err))
		return
	}
	for i := range blocks {
		for _, name := range blocks[i].Zones() {
			if _, err := zone.Load(name); err != nil {
				c.refuse(r, "workTime", rule.Refuse("unknownZone", "zone", name, "line", blocks[i].Line))
				return
			}
		}
	}
}

// count checks a number of things, none of which can be missing.
func (c *checker) count(r vf.Record, property string, n int) {
	if n < 0 {
		c.refuse(r, property, rule.Refuse("badAmount", "property", property, "value", vf.Whole(int64(n)).String(), "least", "0"))
	}
}

func (c *checker) efficiency(r vf.Record, e *vf.Decimal) {
	if e != nil && e.Sign() <= 0 {
		c.refuse(r, "efficiency", rule.Refuse("notOverZero", "property", "efficiency", "value", e.String()))
	}
}

// oneOf checks a word.
func (c *checker) oneOf(r vf.Record, property, said string, words []string) {
	if said != "" && !slices.Contains(words, said) {
		c.refuse(r, property, rule.Refuse("badProperty", "property", property, "value", "“"+said+"”", "wanted", strings.Join(words, ", ")))
	}
}

// budget checks that a limit renews at some time.
func (c *checker) budget(r vf.Record, budget vf.Measure, period string) {
	c.oneOf(r, "budgetPeriod", period, budgetPeriods)
	c.required(r, "budgetPeriod", strings.Join(budgetPeriods, ", "), period == "" && !budget.IsZero())
}

// convertible checks that a measure converts to one of the units, where any is said.
func (c *checker) convertible(r vf.Record, property string, m vf.Measure, units ...vf.ID) {
	if m.IsZero() || !c.units.Known(m.HasUnit) {
		return
	}
	var first error
	for _, unit := range units {
		if unit == "" || !c.units.Known(unit) {
			continue
		}
		_, err := c.units.Factor(m.HasUnit, unit)
		if err == nil {
			return
		}
		if first == nil {
			first = err
		}
	}
	if first != nil {
		c.refuse(r, property, refusalOf(first))
	}
}
