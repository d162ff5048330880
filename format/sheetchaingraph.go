package format

import (
	"strconv"
	"time"

	"commonweal/vf"
)

// graph makes the records of the tables, in slabs.
func (b *chainReader) graph() *vf.Graph {
	g := &vf.Graph{
		Agents: []*vf.Agent{
			{ID: SheetNetwork, Type: "Organization", Name: "The network"},
			{ID: SheetSuppliers, Type: "Organization", Name: "Suppliers"},
			{ID: SheetWanted, Type: "Organization", Name: "Those who asked"},
		},
		Units: sheetUnits(b.digits),
	}
	m := &chainGraph{chainReader: b, weekdays: weekdays(b.day0)}
	m.count()
	for i := range b.bought {
		m.component(i)
	}
	for i, key := range b.machines.keys {
		m.machine(key, b.parallel[i])
	}
	m.level = make([]vf.ID, len(b.steps))
	for i := range b.steps {
		m.level[i] = vf.ID(b.ids.join("chain/", m.stepKey(i)))
	}
	for i := range b.steps {
		m.step(i)
	}
	for i := range b.uses {
		u := &b.uses[i]
		m.flow(vf.RecipeFlow{ID: vf.ID(b.ids.join("make/", m.stepKey(int(u.step)), "/in/", b.components.keys[u.component])), Action: vf.Consume,
			RecipeInputOf: m.made[u.step], ResourceConformsTo: m.part[u.component], ResourceQuantity: ones(u.quantity)})
	}
	for i := range b.needs {
		n := &b.needs[i]
		m.intents = append(m.intents, vf.Intent{ID: vf.ID(n.key), Action: vf.Transfer, Receiver: SheetWanted,
			ResourceConformsTo: m.level[b.stepAt[chainLevel{n.chain, 0}]], ResourceQuantity: ones(n.quantity), Due: n.due, Tier: n.tier})
	}
	g.ResourceSpecifications, g.EconomicResources = pointers(m.specs), pointers(m.resources)
	g.RecipeProcesses, g.RecipeFlows, g.Intents = pointers(m.processes), pointers(m.flows), pointers(m.intents)
	return g
}

// weekdays is the work time from Monday to Friday, whole days in UTC, from the
// Monday on or before a day.
func weekdays(day time.Time) []string {
	monday := day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	return []string{"DTSTART:" + monday.Format("20060102T150405Z"), "DURATION:P1D", "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"}
}

// chainGraph gathers the records of chains.
type chainGraph struct {
	*chainReader
	weekdays  []string
	specs     []vf.ResourceSpecification
	resources []vf.EconomicResource
	processes []vf.RecipeProcess
	flows     []vf.RecipeFlow
	intents   []vf.Intent
	part      []vf.ID // the specification of each component
	level     []vf.ID // the specification that each step makes
	made      []vf.ID // the recipe process of each step
}

// count makes room for the records.
func (m *chainGraph) count() {
	m.specs = make([]vf.ResourceSpecification, 0, len(m.bought)+len(m.parallel)+len(m.steps))
	m.resources = make([]vf.EconomicResource, 0, len(m.bought)+len(m.parallel)+len(m.steps))
	m.processes = make([]vf.RecipeProcess, 0, len(m.steps))
	m.flows = make([]vf.RecipeFlow, 0, 3*len(m.steps)+len(m.uses))
	m.intents = make([]vf.Intent, 0, 2*len(m.bought)+len(m.needs))
}

func (m *chainGraph) stepKey(i int) string {
	return m.chains.keys[m.steps[i].chain] + "/" + strconv.Itoa(m.steps[i].level)
}

// spec makes a specification that is counted.
func (m *chainGraph) spec(id vf.ID, name string) vf.ID {
	m.specs = append(m.specs, vf.ResourceSpecification{ID: id, Name: name, DefaultUnitOfResource: SheetUnit})
	return id
}

// stock makes what is on hand, if anything is.
func (m *chainGraph) stock(spec vf.ID, onHand vf.Decimal) {
	if !onHand.IsZero() {
		m.resources = append(m.resources, vf.EconomicResource{ID: vf.ID(m.ids.join("stock/", string(spec))), ConformsTo: spec,
			PrimaryAccountable: SheetNetwork, AccountingQuantity: ones(onHand), OnhandQuantity: ones(onHand)})
	}
}

func (m *chainGraph) flow(f vf.RecipeFlow) { m.flows = append(m.flows, f) }

// component makes what is bought: its stock, its offer and its target.
func (m *chainGraph) component(i int) {
	key, c := m.components.keys[i], &m.bought[i]
	spec := m.spec(vf.ID(m.ids.join("component/", key)), m.ids.join("component ", key))
	m.part = append(m.part, spec)
	m.stock(spec, c.onHand)
	offer := vf.Intent{ID: vf.ID(m.ids.join("buy/", key)), Action: vf.Transfer, Provider: SheetSuppliers, ResourceConformsTo: spec, LeadTime: days(c.lead)}
	if !c.least.IsZero() {
		offer.MinimumQuantity = ones(c.least)
	}
	if !c.multiple.IsZero() {
		offer.BatchMultiple = ones(c.multiple)
	}
	m.intents = append(m.intents, offer)
	if !c.target.IsZero() {
		m.intents = append(m.intents, vf.Intent{ID: vf.ID(m.ids.join("target/", key)), Action: vf.Transfer, Receiver: SheetNetwork,
			ResourceConformsTo: spec, ResourceQuantity: ones(c.target), Due: vf.Time{Time: m.day0}, Keep: "target"})
	}
}

// machine makes a machine: a kind of its own, of which there is one.
func (m *chainGraph) machine(key string, parallel int) {
	spec := m.spec(vf.ID(m.ids.join("kind/", key)), m.ids.join("machine ", key))
	m.resources = append(m.resources, vf.EconomicResource{ID: vf.ID(m.ids.join("machine/", key)), Name: m.specs[len(m.specs)-1].Name, ConformsTo: spec,
		PrimaryAccountable: SheetNetwork, Parallel: parallel, WorkTime: m.weekdays})
}

// step makes a step: what it makes, its recipe, and what it takes but for components.
func (m *chainGraph) step(i int) {
	x := &m.steps[i]
	key := m.stepKey(i)
	id := vf.ID(m.ids.join("make/", key))
	m.made = append(m.made, id)
	spec := m.spec(m.level[i], m.ids.join("chain ", m.chains.keys[x.chain], " level ", strconv.Itoa(x.level)))
	m.stock(spec, x.onHand)
	p := vf.RecipeProcess{ID: id, Name: m.specs[len(m.specs)-1].Name, WorkTime: m.weekdays, HasDuration: days(x.fixed)}
	if !x.perUnit.IsZero() {
		p.DurationPerUnit = days(x.perUnit)
	}
	m.processes = append(m.processes, p)
	m.flow(vf.RecipeFlow{ID: vf.ID(m.ids.join(string(id), "/out")), Action: vf.Produce, RecipeOutputOf: id, ResourceConformsTo: spec, ResourceQuantity: ones(vf.Whole(1))})
	if from, ok := m.stepAt[chainLevel{x.chain, x.level + 1}]; ok {
		m.flow(vf.RecipeFlow{ID: vf.ID(m.ids.join(string(id), "/from")), Action: vf.Consume, RecipeInputOf: id,
			ResourceConformsTo: m.level[from], ResourceQuantity: ones(vf.Whole(1))})
	}
	if x.machine >= 0 {
		m.flow(vf.RecipeFlow{ID: vf.ID(m.ids.join(string(id), "/use")), Action: vf.Use, RecipeInputOf: id,
			ResourceConformsTo: vf.ID(m.ids.join("kind/", m.machines.keys[x.machine])), ResourceQuantity: ones(vf.Whole(1)), PerBatch: true})
	}
}
