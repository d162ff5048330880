package node

import (
	"errors"
	"reflect"
	"strings"

	"commonweal/format"
	"commonweal/ledger"
	"commonweal/rule"
	"commonweal/vf"
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
	g, known := &vf.Graph{}, &vf.Graph{}
	g.Add(records...)
	here := make(map[vf.ID]bool, len(records)+len(events))
	for _, r := range records {
		here[r.Key()] = true
		if c, ok := r.(*vf.Commitment); ok {
			if err := bySomebody(c); err != nil {
				return at(err, c.ID)
			}
		}
	}
	for _, ev := range events {
		g.Add(ev)
		here[ev.ID] = true
	}
	d.addKnown(g, known, here)
	err := format.Check(g, known)
	var list format.Refusals
	if errors.As(err, &list) {
		for i, r := range list[:min(len(list), mostNearest)] {
			list[i] = d.nearest(r, here)
		}
		if len(list) == 1 {
			return list[0]
		}
	}
	return err
}

// addKnown collects what the records refer to in the books, and the resources
// that events bring into being.
func (d *draft) addKnown(g, known *vf.Graph, here map[vf.ID]bool) {
	added := map[vf.ID]bool{}
	var add func(id vf.ID)
	add = func(id vf.ID) {
		if id == "" || added[id] || here[id] {
			return
		}
		added[id] = true
		if r := d.state.Record(id); r != nil {
			if _, unit := r.(*vf.Unit); !unit {
				known.Add(r)
			}
			if thing, ok := r.(*vf.EconomicResource); ok {
				add(thing.ConformsTo)
			}
		}
	}
	for _, u := range d.state.DeclaredUnits() {
		known.Add(u)
	}
	for _, r := range g.All() {
		references(r, add)
	}
	for _, ev := range g.EconomicEvents {
		row := ev.Action.Effects()
		if row == nil {
			continue
		}
		id := ev.ResourceInventoriedAs
		if row.CreateResource == vf.OptionalTo {
			id = ev.ToResourceInventoriedAs
		}
		if row.CreateResource != vf.None && id != "" && !here[id] && d.state.Record(id) == nil {
			here[id] = true
			known.Add(&vf.EconomicResource{ID: id})
		}
	}
	d.addFlows(g, known, here)
}

// addFlows adds the flows in the books of recipe processes that are said anew
// without them.
func (d *draft) addFlows(g, known *vf.Graph, here map[vf.ID]bool) {
	waiting := map[vf.ID]bool{}
	for _, p := range g.RecipeProcesses {
		waiting[p.ID] = true
	}
	for _, f := range g.RecipeFlows {
		delete(waiting, f.RecipeOutputOf)
	}
	if len(waiting) == 0 {
		return
	}
	for r := range d.state.Each() {
		if f, ok := r.(*vf.RecipeFlow); ok && waiting[f.RecipeOutputOf] && !here[f.ID] {
			known.Add(f)
		}
	}
}

// references calls f with each id that a record refers to.
func references(r vf.Record, f func(vf.ID)) {
	referencesOf(r, func(_ string, id vf.ID) { f(id) })
}

// referencesOf also tells the property.
func referencesOf(r vf.Record, f func(property string, id vf.ID)) {
	v := reflect.ValueOf(r).Elem()
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch x := v.Field(i).Interface().(type) {
		case vf.ID:
			if field.Name != "ID" {
				f(name, x)
			}
		case []vf.ID:
			for _, id := range x {
				f(name, id)
			}
		case vf.Measure:
			f(name, x.HasUnit)
		}
	}
}

// nearest names, in an unknownReference, the id in the books that is written most
// like the one given, of those that stand around it in the order of ids.
func (d *draft) nearest(r *rule.Refusal, here map[vf.ID]bool) *rule.Refusal {
	if r.Rule != "unknownReference" {
		return r
	}
	var all []string
	for id := range here {
		all = append(all, string(id))
	}
	all = append(all, d.around(vf.ID(r.Value("id")))...)
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
func (d *draft) around(id vf.ID) []string {
	var list []string
	for _, back := range []bool{true, false} {
		for _, p := range d.n.index.around(id, back, mostAround) {
			if p.Record != nil {
				list = append(list, string(p.ID))
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
