package graphql

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"commonweal/journal"
	"commonweal/ledger"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/vf"
)

// verbOf is the act that enters a new record of a class.
func verbOf(c vf.Class) journal.Kind {
	switch c {
	case "Commitment":
		return journal.Commit
	case "EconomicEvent":
		return journal.Record
	}
	return journal.Declare
}

// fixed are classes that are not said anew, lasting those that are not taken back:
// what happened is corrected, what was promised released, and of a charter the next
// version declared.
var (
	fixed   = map[vf.Class]bool{"EconomicEvent": true, "Charter": true}
	lasting = map[vf.Class]bool{"EconomicEvent": true, "Charter": true, "Commitment": true, "EconomicResource": true, "Unit": true}
)

// argumentOf is the name of the argument that takes a record of a class. Two are
// short, as in the schema that others know.
func argumentOf(c vf.Class) string {
	switch c {
	case "EconomicEvent":
		return "event"
	case "EconomicResource":
		return "resource"
	}
	return lower(typeOf(c))
}

// inputs adds for each class the inputs with which a record is made and said anew,
// and the mutations that take them.
func (s *schema) inputs(mutation *object) {
	s.result()
	one := &object{kind: isInput, name: "RecordInput", oneOf: true}
	for _, c := range vf.Classes() {
		name, field := typeOf(c), lower(typeOf(c))
		create := s.add(&object{kind: isInput, name: name + "CreateParams"})
		create.field("id", "ID", nil)
		update := &object{kind: isInput, name: name + "UpdateParams"}
		update.field("id", "ID!", nil)
		update.field("revisionId", "ID!", nil)
		for _, f := range vf.Fields(c) {
			if f.Name != "@id" {
				create.field(f.Name, in(f), nil)
				update.field(f.Name, in(f), nil)
			}
		}
		response := s.add(&object{kind: isObject, name: name + "Response"})
		response.field(field, name, func(x *execution, p any, _ arguments) (any, error) { return x.entered(p.(*done), 0) })
		if c == "EconomicEvent" {
			response.field("economicResource", "EconomicResource", resourceOf)
		}
		response.field("result", "ActResult!", func(_ *execution, p any, _ arguments) (any, error) { return p, nil })
		args := []argument{{argumentOf(c), name + "CreateParams!", ""}}
		if c == "EconomicEvent" {
			args = append(args, argument{"newInventoriedResource", "EconomicResourceCreateParams", ""})
		}
		if c == "RecipeProcess" {
			args = append(args, argument{"newRecipeOutputs", "[RecipeFlowCreateParams!]", ""})
		}
		mutation.field("create"+name, name+"Response", creates(c, argumentOf(c)), append(args, argument{"key", "ID", ""})...)
		if !fixed[c] {
			s.add(update)
			mutation.field("update"+name, name+"Response", updates(c, argumentOf(c)), argument{argumentOf(c), name + "UpdateParams!", ""}, argument{"key", "ID", ""})
		}
		if !lasting[c] {
			mutation.field("delete"+name, "ActResult", deletes(c), argument{"id", "ID!", ""}, argument{"revisionId", "ID!", ""}, argument{"key", "ID", ""})
		}
		one.field(field, name+"CreateParams", nil)
	}
	s.add(one)
}

// done is an act that was entered, in an answer.
type done struct {
	node.Result
	ids []vf.ID // of what was asked to be entered, in order
	of  []vf.ID // what it was about beside that
}

// result adds the type of what an act came to.
func (s *schema) result() {
	o := s.add(&object{kind: isObject, name: "ActResult"})
	o.field("sequence", "ID!", func(_ *execution, p any, _ arguments) (any, error) { return p.(*done).Sequence, nil })
	o.field("entries", "Int!", func(_ *execution, p any, _ arguments) (any, error) { return int(p.(*done).Entries), nil })
	o.field("repeated", "Boolean!", func(_ *execution, p any, _ arguments) (any, error) { return p.(*done).Repeated, nil })
	o.field("records", "[Record!]!", func(x *execution, p any, _ arguments) (any, error) {
		list := []any{}
		for _, id := range append(slices.Clone(p.(*done).Records), p.(*done).of...) {
			r, err := x.refer(id)
			if err != nil {
				return nil, err
			}
			if r != nil {
				list = append(list, r)
			}
		}
		return list, nil
	}).times = usualList
	o.field("entry", "JournalEntry", func(_ *execution, p any, _ arguments) (any, error) {
		return late{p.(*done).Sequence, func(e *journal.Entry, raw []byte) (any, error) { return &journalEntry{e, raw}, nil }}, nil
	})
}

// entered is the record that an act entered, as it is now.
func (x *execution) entered(d *done, i int) (any, error) { return x.refer(d.ids[i]) }

// resourceOf is the resource of an event that was entered.
func resourceOf(x *execution, p any, _ arguments) (any, error) {
	r, err := x.books.Record(p.(*done).ids[0])
	ev, ok := r.(*vf.EconomicEvent)
	if err != nil || !ok {
		return nil, err
	}
	id := ev.ResourceInventoriedAs
	if row := ev.Action.Effects(); id == "" || row != nil && row.CreateResource == vf.OptionalTo && ev.ToResourceInventoriedAs != "" {
		id = ev.ToResourceInventoriedAs
	}
	return x.refer(id)
}

// keyOf is the key of an act: what the client said, else one that is used once.
func keyOf(args arguments) string {
	if key, ok := args["key"].(string); ok && key != "" {
		return key
	}
	return "graphql/" + newToken()
}

// creates resolves a mutation that enters one new record.
func creates(c vf.Class, field string) resolver {
	return func(x *execution, _ any, args arguments) (any, error) {
		key := keyOf(args)
		r, err := x.recordFrom(c, args[field].(map[string]any), key, 0)
		if err != nil {
			return nil, err
		}
		records := []vf.Record{r}
		if thing, ok := args["newInventoriedResource"].(map[string]any); ok {
			made, err := x.recordFrom("EconomicResource", thing, key, 1)
			if err != nil {
				return nil, err
			}
			if err := x.takes(r.(*vf.EconomicEvent), made.(*vf.EconomicResource)); err != nil {
				return nil, err
			}
			records = []vf.Record{made, r}
		}
		outputs, _ := args["newRecipeOutputs"].([]any)
		for i, said := range outputs {
			made, err := x.recordFrom("RecipeFlow", said.(map[string]any), key, 1+i)
			if err != nil {
				return nil, err
			}
			flow := made.(*vf.RecipeFlow)
			if flow.RecipeOutputOf != "" && flow.RecipeOutputOf != r.Key() {
				return nil, rule.Refuse("contradiction", "property", "newRecipeOutputs", "id", string(r.Key()), "value", string(flow.RecipeOutputOf), "other", string(r.Key()))
			}
			flow.RecipeOutputOf = r.Key()
			records = append(records, flow)
		}
		return x.do(node.Act{Kind: verbOf(c), Key: key, Records: records}, r.Key())
	}
}

// takes makes a new resource the one that an event brings into being. What is not
// said of it is as it is of the resource that it comes from.
func (x *execution) takes(ev *vf.EconomicEvent, made *vf.EconomicResource) error {
	at := &ev.ResourceInventoriedAs
	if row := ev.Action.Effects(); row != nil && row.CreateResource == vf.OptionalTo {
		at = &ev.ToResourceInventoriedAs
	}
	if *at != "" && *at != made.ID {
		return rule.Refuse("contradiction", "property", "newInventoriedResource", "id", string(ev.ID), "value", string(made.ID), "other", string(*at))
	}
	*at = made.ID
	if made.ConformsTo == "" {
		made.ConformsTo = ev.ResourceConformsTo
	}
	if from, err := x.refer(ev.ResourceInventoriedAs); err != nil || from == nil || at == &ev.ResourceInventoriedAs {
		return err
	} else if source, ok := from.(*vf.EconomicResource); ok {
		ledger.Liken(made, source, ev.Action)
	}
	return nil
}

// updates resolves a mutation that says a record anew: what is left out stays, what
// is null is taken away.
func updates(c vf.Class, field string) resolver {
	return func(x *execution, _ any, args arguments) (any, error) {
		said := args[field].(map[string]any)
		id := vf.ID(said["id"].(string))
		seen, err := revisionOf(id, said["revisionId"])
		if err != nil {
			return nil, err
		}
		old, err := x.refer(id)
		if err != nil {
			return nil, err
		}
		if old == nil || old.(vf.Record).Class() != c {
			return nil, rule.Refuse("unknownReference", "property", "id", "id", string(id), "nearest", "the id of a "+string(c))
		}
		raw, err := vf.Encode(old.(vf.Record))
		if err != nil {
			return nil, err
		}
		fields := map[string]json.RawMessage{}
		if err := json.Unmarshal(raw, &fields); err != nil {
			return nil, err
		}
		r, err := decoded(c, said, fields)
		if err != nil {
			return nil, err
		}
		return x.do(node.Act{Kind: journal.Change, Key: keyOf(args), Records: []vf.Record{r}, Seen: map[vf.ID]int64{id: seen}}, id)
	}
}

// deletes resolves a mutation that takes a record back.
func deletes(c vf.Class) resolver {
	return func(x *execution, _ any, args arguments) (any, error) {
		id := vf.ID(args["id"].(string))
		seen, err := revisionOf(id, args["revisionId"])
		if err != nil {
			return nil, err
		}
		r, err := x.refer(id)
		if err != nil {
			return nil, err
		}
		if key, _ := args["key"].(string); key == "" && (r == nil || r.(vf.Record).Class() != c) { // with a key it may be sent again
			return nil, rule.Refuse("unknownReference", "property", "id", "id", string(id), "nearest", "the id of a "+string(c))
		}
		return x.do(node.Act{Kind: journal.Withdraw, Key: keyOf(args), Of: []vf.ID{id}, Seen: map[vf.ID]int64{id: seen}})
	}
}

// revisionOf reads a revision, which is the sequence of an entry.
func revisionOf(id vf.ID, revision any) (int64, error) {
	text := revision.(string)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, rule.Refuse("noSuchRevision", "id", string(id), "revision", text)
	}
	return n, nil
}

// do enters an act of the seat's author, and goes on with the books as they are then.
func (x *execution) do(a node.Act, ids ...vf.ID) (any, error) {
	a.Author = x.seat.Actor().Agent
	results, err := x.seat.Do(x.ctx, a)
	x.books = x.h.node.Snapshot()
	if err != nil {
		return nil, err
	}
	return &done{results[0], ids, a.Of}, nil
}

// recordOf makes a record of an input of any class, the nth of an act.
func (x *execution) recordOf(of any, key string, n int) (vf.Record, error) {
	if s, ok := of.(*recordSaid); ok {
		r := s.copied()
		if !s.id {
			reflect.ValueOf(r).Elem().Field(fieldsOf[s.class]["id"]).SetString(x.idFor(s.class, key, n))
		}
		return r, nil
	}
	for name, value := range of.(map[string]any) {
		if said, ok := value.(map[string]any); ok {
			return x.recordFrom(classOf[name], said, key, n)
		}
	}
	return nil, badValue("record", "nothing", "a field of RecordInput")
}

// recordFrom makes a record of an input of its class.
func (x *execution) recordFrom(c vf.Class, said map[string]any, key string, n int) (vf.Record, error) {
	id, _ := said["id"].(string)
	if id == "" {
		id = x.idFor(c, key, n)
	}
	return decoded(c, said, map[string]json.RawMessage{"@id": jsonOf(id)})
}

// idFor is the id of a record that says none: it follows from the key of the act, so
// that the act sent again is the same.
func (x *execution) idFor(c vf.Class, key string, n int) string {
	sum := sha256.Sum256([]byte(string(x.seat.Actor().Agent) + "\x00" + key + "\x00" + string(c) + "\x00" + strconv.Itoa(n)))
	return strings.ToLower(hyphened(string(c)) + "/" + base32.HexEncoding.EncodeToString(sum[:10]))
}

// hyphened writes the name of a class in small letters: process-specification.
func hyphened(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}

func jsonOf(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("graphql: an input that cannot be written: " + err.Error()) // it was read from JSON, or from a query
	}
	return raw
}

// decoded makes a record of what it says already and what is said now.
func decoded(c vf.Class, said map[string]any, fields map[string]json.RawMessage) (vf.Record, error) {
	for _, f := range vf.Fields(c) {
		value, ok := said[f.Name]
		switch {
		case !ok:
		case value == nil:
			delete(fields, f.Name)
		default:
			fields[f.Name] = jsonOf(value)
		}
	}
	delete(fields, "@type")
	r := vf.NewRecord(c)
	err := vf.DecodeInto(r, jsonOf(fields))
	return r, refusal(err, string(r.Key()))
}
