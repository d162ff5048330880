package node

import (
	"errors"
	"reflect"
	"slices"
	"strings"

	"commonweal/format"
	"commonweal/ledger"
	"commonweal/plan"
	"commonweal/rule"
	"commonweal/vf"
	"commonweal/zone"
)

// complete gives events the time of the act where they say none, and
// corrections what follows from the events that they correct. A correction may
// also be of an event in the same act; then it must say its action.
func (d *draft) complete(a *Act, events []*vf.EconomicEvent) ([]*vf.EconomicEvent, error) {
	here := make(map[vf.ID]*vf.EconomicEvent, len(events))
	for _, ev := range events {
		here[ev.ID] = ev
	}
	list := make([]*vf.EconomicEvent, 0, len(events))
	for _, ev := range events {
		c := *ev
		if ledger.When(&c).IsZero() {
			c.HasPointInTime = a.At
		}
		if c.Corrects == "" || here[c.Corrects] != nil {
			list = append(list, &c)
			continue
		}
		whole, err := d.state.Complete(&c)
		if err != nil {
			return nil, at(err, c.ID)
		}
		list = append(list, whole)
	}
	return list, nil
}

// check refuses records that make no sense in themselves or beside those in the
// books: references, classes, units, quantities, times, names.
func (d *draft) check(records []vf.Record, events []*vf.EconomicEvent) error {
	if err := d.checkRights(records); err != nil {
		return err
	}
	g := &vf.Graph{}
	g.Add(records...)
	for _, r := range records {
		if c, ok := r.(*vf.Commitment); ok {
			if err := bySomebody(c); err != nil {
				return at(err, c.ID)
			}
		}
	}
	if err := d.checkWorkTime(records); err != nil {
		return err
	}
	for _, ev := range events {
		g.Add(ev)
	}
	units, err := d.state.Units()
	if err != nil {
		return err
	}
	made := d.created(events)
	err = format.CheckIn(g, format.Books{Units: units, Declared: d.state.DeclaredUnits, Outputs: d.outputs(g), Record: func(id vf.ID) vf.Record {
		if r := d.state.Record(id); r != nil {
			return r
		}
		if r := made[id]; r != nil {
			return r
		}
		return nil
	}})
	var list format.Refusals
	if errors.As(err, &list) {
		here := g.All()
		for _, r := range made {
			here = append(here, r)
		}
		for i, r := range list[:min(len(list), mostNearest)] {
			list[i] = d.nearest(r, here)
		}
		if len(list) == 1 {
			return list[0]
		}
	}
	return err
}

// checkWorkTime refuses work time that is new here and that no plan could follow. What
// stands in the books already is told by the plan.
func (d *draft) checkWorkTime(records []vf.Record) error {
	for _, r := range records {
		lines := vf.WorkTimeOf(r)
		if len(lines) == 0 || slices.Equal(lines, vf.WorkTimeOf(d.state.Record(r.Key()))) {
			continue
		}
		if err := plan.CheckWorkTime(lines, zone.Load); err != nil {
			return at(err, r.Key())
		}
	}
	return nil
}

// created are the resources that events bring into being.
func (d *draft) created(events []*vf.EconomicEvent) map[vf.ID]*vf.EconomicResource {
	var made map[vf.ID]*vf.EconomicResource
	for _, ev := range events {
		row := ev.Action.Effects()
		if row == nil {
			continue
		}
		id := ev.ResourceInventoriedAs
		if row.CreateResource == vf.OptionalTo {
			id = ev.ToResourceInventoriedAs
		}
		if row.CreateResource != vf.None && id != "" && made[id] == nil && d.state.Record(id) == nil {
			if made == nil {
				made = map[vf.ID]*vf.EconomicResource{}
			}
			made[id] = &vf.EconomicResource{ID: id}
		}
	}
	return made
}

// outputs are those recipe processes, of the ones that are said anew without their
// flows, that have an output in the books.
func (d *draft) outputs(g *vf.Graph) map[vf.ID]bool {
	waiting := map[vf.ID]bool{}
	for _, p := range g.RecipeProcesses {
		waiting[p.ID] = true
	}
	here := map[vf.ID]bool{}
	for _, f := range g.RecipeFlows {
		delete(waiting, f.RecipeOutputOf)
		here[f.ID] = true
	}
	if len(waiting) == 0 {
		return nil
	}
	found := map[vf.ID]bool{}
	for r := range d.state.Each() {
		if f, ok := r.(*vf.RecipeFlow); ok && waiting[f.RecipeOutputOf] && !here[f.ID] {
			found[f.RecipeOutputOf] = true
		}
	}
	return found
}

// nameField is a property that names another record, and where it stands.
type nameField struct {
	name  string
	field int
}

// references calls f with each id that a record refers to.
func references(r vf.Record, f func(vf.ID)) {
	referencesOf(r, func(_ string, id vf.ID) { f(id) })
}

// referencesOf also tells the property.
func referencesOf(r vf.Record, f func(property string, id vf.ID)) {
	v := reflect.ValueOf(r).Elem()
	for _, p := range naming[v.Type()] {
		switch x := v.Field(p.field).Addr().Interface().(type) {
		case *vf.ID:
			f(p.name, *x)
		case *[]vf.ID:
			for _, id := range *x {
				f(p.name, id)
			}
		case *vf.Measure:
			f(p.name, x.HasUnit)
		}
	}
}

// naming has, for the struct of each class, the properties that name other records,
// units of measures among them.
var naming = func() map[reflect.Type][]nameField {
	all := map[reflect.Type][]nameField{}
	for _, c := range vf.Classes() {
		t := reflect.TypeOf(vf.NewRecord(c)).Elem()
		if all[t] != nil {
			continue
		}
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			switch t.Field(i).Type {
			case reflect.TypeFor[vf.ID](), reflect.TypeFor[[]vf.ID](), reflect.TypeFor[vf.Measure]():
				if name != "@id" {
					all[t] = append(all[t], nameField{name, i})
				}
			}
		}
	}
	return all
}()

// nearest names, in an unknownReference, the id that is written most like the one
// given, of records of a class that the property takes: of the act's own, and of
// those in the books that stand around it in the order of ids.
func (d *draft) nearest(r *rule.Refusal, here []vf.Record) *rule.Refusal {
	if r.Rule != "unknownReference" {
		return r
	}
	classes := format.Range(r.Value("property"))
	var all []string
	for _, known := range slices.Concat(here, d.around(vf.ID(r.Value("id")))) {
		if len(classes) == 0 || slices.Contains(classes, known.Class()) {
			all = append(all, string(known.Key()))
		}
	}
	if len(all) == 0 {
		return r
	}
	return rule.Refuse(r.Rule, "property", r.Value("property"), "id", r.Value("id"), "nearest", vf.Nearest(r.Value("id"), all)).At(r.Place)
}

// How many unknown ids of one act are compared with others, and with how many before
// and after it each: all who act wait meanwhile.
const (
	mostNearest = 3
	mostAround  = 1000
)

// around lists ids of records in the books that stand around one in their order.
func (d *draft) around(id vf.ID) []vf.Record {
	var list []vf.Record
	for _, back := range []bool{true, false} {
		for _, p := range d.n.index.around(id, back, mostAround) {
			if p.Record != nil {
				list = append(list, p.Record)
			}
		}
	}
	return list
}

// known returns the record of an id, or refuses.
func (d *draft) known(property string, id vf.ID) (vf.Record, error) {
	if r := d.state.Record(id); r != nil {
		return r, nil
	}
	return nil, d.nearest(rule.Refuse("unknownReference", "property", property, "id", string(id), "nearest", "a record of yours"), nil)
}

// only refuses records of classes that do not belong to a verb.
func only(a *Act, classes string, may func(vf.Record) bool) error {
	for _, r := range a.Records {
		if !may(r) {
			return rule.Refuse("wrongClass", "kind", string(a.Kind), "id", string(r.Key()), "class", string(r.Class()), "wanted", classes).At(string(r.Key()))
		}
	}
	return nil
}

// noOf and noRecordsIn refuse members that a verb does not have.
func noOf(a *Act) error {
	if len(a.Of) > 0 {
		return rule.Refuse("notOfAct", "kind", string(a.Kind), "what", "ids without records")
	}
	return nil
}

func noRecordsIn(a *Act) error {
	if len(a.Records) > 0 {
		return rule.Refuse("notOfAct", "kind", string(a.Kind), "what", "records")
	}
	return nil
}
