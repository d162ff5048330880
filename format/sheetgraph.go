package format

import "commonweal/vf"

// graph makes the records of the tables, in slabs: one piece of memory for all
// records of a class.
func (b *sheetReader) graph() *vf.Graph {
	g := &vf.Graph{
		Agents: []*vf.Agent{
			{ID: SheetSuppliers, Type: "Organization", Name: "Suppliers"},
			{ID: SheetWanted, Type: "Organization", Name: "Those who asked"},
		},
		Units: sheetUnits(b.digits),
	}
	b.specifications(g)
	b.makes(g)
	b.buys(g)
	return g
}

// sheetUnits are the units of spreadsheets whose quantities have at most so many
// digits behind the point: whole ones where there are none.
func sheetUnits(digits int) []*vf.Unit {
	list := []*vf.Unit{
		{ID: SheetDay, Label: "day", Symbol: "day", OmUnitIdentifier: "day"},
		{ID: SheetUnit, Label: "each", Symbol: "one", OmUnitIdentifier: "one"},
	}
	if digits > 0 {
		step := vf.NewDecimal(1, max(6, digits))
		list[1].Step = &step
	}
	return list
}

func ones(d vf.Decimal) vf.Measure { return vf.Measure{HasNumericalValue: d, HasUnit: SheetUnit} }

func days(d vf.Decimal) vf.Measure { return vf.Measure{HasNumericalValue: d, HasUnit: SheetDay} }

// pointers lists the addresses of the records of a slab.
func pointers[R any](slab []R) []*R {
	list := make([]*R, len(slab))
	for i := range slab {
		list[i] = &slab[i]
	}
	return list
}

// specifications makes a specification for each item, and its stock.
func (b *sheetReader) specifications(g *vf.Graph) {
	specs := make([]vf.ResourceSpecification, len(b.items))
	stocked := 0
	for i := range b.items {
		id := b.ids.join("item/", b.items[i].key)
		specs[i] = vf.ResourceSpecification{ID: vf.ID(id), Name: id[len("item/"):], DefaultUnitOfResource: SheetUnit}
		if !b.items[i].onHand.IsZero() {
			stocked++
		}
	}
	g.ResourceSpecifications = pointers(specs)
	stock := make([]vf.EconomicResource, 0, stocked)
	for i := range b.items {
		it := &b.items[i]
		if it.onHand.IsZero() {
			continue
		}
		stock = append(stock, vf.EconomicResource{ID: vf.ID(b.ids.join("stock/", it.key)), ConformsTo: specs[i].ID,
			PrimaryAccountable: SheetWanted, AccountingQuantity: ones(it.onHand), OnhandQuantity: ones(it.onHand)})
	}
	g.EconomicResources = pointers(stock)
}

// makes makes a recipe process with its flows for each item with components.
func (b *sheetReader) makes(g *vf.Graph) {
	made := 0
	for i := range b.items {
		if b.items[i].parts > 0 {
			made++
		}
	}
	processes := make([]vf.RecipeProcess, 0, made)
	flows := make([]vf.RecipeFlow, 0, len(b.parts)+made)
	for i := range b.items {
		it := &b.items[i]
		if it.parts == 0 {
			continue
		}
		id := b.ids.join("make/", it.key)
		processes = append(processes, vf.RecipeProcess{ID: vf.ID(id), Name: it.key, HasDuration: days(it.lead)})
		for _, p := range b.parts[b.from[i]:b.from[i+1]] {
			flows = append(flows, vf.RecipeFlow{ID: vf.ID(b.ids.join(id, "/in/", b.items[p.component].key)), Action: vf.Consume,
				RecipeInputOf: vf.ID(id), ResourceConformsTo: g.ResourceSpecifications[p.component].ID, ResourceQuantity: ones(p.quantity)})
		}
		flows = append(flows, vf.RecipeFlow{ID: vf.ID(b.ids.join(id, "/out")), Action: vf.Produce, RecipeOutputOf: vf.ID(id),
			ResourceConformsTo: g.ResourceSpecifications[i].ID, ResourceQuantity: ones(vf.Whole(1))})
	}
	g.RecipeProcesses, g.RecipeFlows = pointers(processes), pointers(flows)
}

// buys makes an offer for each item without components, and the needs.
func (b *sheetReader) buys(g *vf.Graph) {
	offers := 0
	for i := range b.items {
		if b.items[i].parts == 0 {
			offers++
		}
	}
	intents := make([]vf.Intent, 0, offers+len(b.needs))
	for i := range b.items {
		it := &b.items[i]
		if it.parts > 0 {
			continue
		}
		intents = append(intents, vf.Intent{ID: vf.ID(b.ids.join("buy/", it.key)), Action: vf.Transfer, Provider: SheetSuppliers,
			ResourceConformsTo: g.ResourceSpecifications[i].ID, LeadTime: days(it.lead)})
	}
	for i := range b.needs {
		n := &b.needs[i]
		intents = append(intents, vf.Intent{ID: vf.ID(n.key), Action: vf.Transfer, Receiver: SheetWanted,
			ResourceConformsTo: g.ResourceSpecifications[n.item].ID, ResourceQuantity: ones(n.quantity), Due: n.due})
	}
	g.Intents = pointers(intents)
}
