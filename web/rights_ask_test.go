package web_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"commonweal/vf"

	"github.com/vektah/gqlparser/v2/ast"
)

// measure asks the server what it gives.
type measure struct {
	*town
	schema *ast.Schema
	asked  []string // as which roles something is asked
}

// seen is a set of records that somebody was shown, or why not.
type seen struct {
	ids     map[string]bool
	refused string
	yes     bool // it was answered, with or without records
}

// cells asks one operation as each role.
func (m *measure) cells(what string) []string {
	kind, name, _ := strings.Cut(what, " ")
	switch {
	case what == "query prepare":
		return m.each(m.prepare)
	case kind == "query":
		return m.sights(func(who *somebody) seen { return m.query(who, name) })
	case kind == "subscription":
		return m.sights(func(who *somebody) seen { return m.follow(who, name) })
	case kind == "mutation":
		f := m.schema.Mutation.Fields.ForName(name)
		return m.each(func(who *somebody) string { return m.mutation(who, f) })
	}
	return m.route(kind, name)
}

// each asks as each role; the owner last, since others rest on them.
func (m *measure) each(ask func(*somebody) string) []string {
	cells := make([]string, len(roles))
	for i, role := range roles {
		if role != "owner" && slices.Contains(m.asked, role) {
			cells[i] = ask(m.who[role])
		}
	}
	cells[slices.Index(roles, "owner")] = ask(m.who["owner"])
	return cells
}

// sights asks as each role what it is shown, and says it in a word: all that the owner
// is shown, what is open to everybody, a part (what is theirs, and what is open), what
// is their own and nobody else's, nothing; or the rule that refuses it.
func (m *measure) sights(look func(*somebody) seen) []string {
	shown := map[string]seen{}
	var mu sync.Mutex
	var asked sync.WaitGroup
	for _, role := range m.asked {
		asked.Go(func() {
			s := look(m.who[role])
			mu.Lock()
			defer mu.Unlock()
			shown[role] = s
		})
	}
	asked.Wait()
	all, open := shown["owner"].ids, shown["guest"].ids
	cells := make([]string, len(roles))
	for i, role := range roles {
		s := shown[role]
		switch {
		case !slices.Contains(m.asked, role):
		case s.refused != "":
			cells[i] = "-" + s.refused
		case len(all) == 0 && s.yes:
			cells[i] = "yes"
		case len(s.ids) == 0:
			cells[i] = "nothing"
		case maps.Equal(s.ids, all):
			cells[i] = "all"
		case maps.Equal(s.ids, open):
			cells[i] = "open"
		case within(s.ids, all):
			cells[i] = "part"
		default:
			cells[i] = "own"
		}
	}
	return cells
}

func within(some, all map[string]bool) bool {
	for id := range some {
		if !all[id] {
			return false
		}
	}
	return true
}

// ids lists the records in the books of home, of some classes or of all.
func (w *town) ids(classes ...vf.Class) (list []string) {
	if len(classes) == 0 {
		classes = vf.Classes()
	}
	for _, c := range classes {
		for id := range w.home.Snapshot().Class(c, "", false) {
			list = append(list, string(id))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// query asks a query so that it shows all that it can.
func (m *measure) query(who *somebody, name string) seen {
	f := m.schema.Query.Fields.ForName(name)
	inner := f.Type.Name()
	if of, ok := strings.CutSuffix(inner, "Connection"); ok {
		key := "id"
		if of == "JournalEntry" {
			key = "sequence"
		}
		return m.found(who, "{ "+name+"(first: 500) { nodes { "+key+" } } }")
	}
	var ids []string
	switch name {
	case "journalEntry":
		for i := range min(m.home.Journal().Size(), 60) {
			ids = append(ids, fmt.Sprint(i))
		}
		return m.chunks(who, ids, func(id string) string { return fmt.Sprintf(`journalEntry(sequence: %q) { sequence }`, id) })
	case "action":
		return m.found(who, `{ action(id: "produce") { id } }`)
	case "actions", "myAgent":
		return m.found(who, "{ "+name+" { id } }")
	case "journal":
		return m.found(who, "{ journal { sequence: network } }")
	case "planned":
		return m.found(who, "{ planned { sequence at } }")
	case "node", "record":
		ids = m.ids()
	case "agent":
		ids = m.ids("Agent", "Person", "Organization", "EcologicalAgent")
	default:
		ids = m.ids(vf.Class(strings.Replace(inner, "UnspecifiedAgent", "Agent", 1)))
	}
	return m.chunks(who, ids, func(id string) string { return fmt.Sprintf(`%s(id: %q) { id }`, name, id) })
}

// chunks asks for many ids, some at a time.
func (m *measure) chunks(who *somebody, ids []string, ask func(string) string) seen {
	all := seen{ids: map[string]bool{}}
	for part := range slices.Chunk(ids, 20) {
		query := "{"
		for i, id := range part {
			query += fmt.Sprintf(" a%d: %s", i, ask(id))
		}
		s := m.found(who, query+" }")
		if s.refused != "" {
			return s
		}
		maps.Copy(all.ids, s.ids)
	}
	return all
}

// found asks, and gathers every id and sequence in the answer.
func (m *measure) found(who *somebody, query string) seen {
	r := m.graphql(who, query, nil)
	if r.Errors != nil {
		return seen{refused: r.code()}
	}
	s := seen{ids: map[string]bool{}}
	gather(r.Data, s.ids)
	return s
}

// gather collects the texts that stand in JSON under id or sequence.
func gather(raw json.RawMessage, into map[string]bool) {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				if text, ok := x.(string); ok && (k == "id" || k == "sequence") {
					into[text] = true
				}
				walk(x)
			}
		case []any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(v)
}

// mutation asks a mutation about what is theirs and about what is others', and says
// whether it is taken: yes, own, or the rule that refuses it. What is refused must
// leave the books as they were.
func (m *measure) mutation(who *somebody, f *ast.FieldDefinition) string {
	return m.both(who, func(own bool) (string, bool) {
		variables, ok := m.arguments(who, f, own)
		if !ok {
			return "", false
		}
		var heads, passed []string
		for _, a := range f.Arguments {
			if _, said := variables[a.Name]; said {
				heads, passed = append(heads, "$"+a.Name+": "+a.Type.String()), append(passed, a.Name+": $"+a.Name)
			}
		}
		query := "mutation (" + strings.Join(heads, ", ") + ") { " + f.Name + "(" + strings.Join(passed, ", ") + ") { __typename } }"
		size := m.home.Journal().Size()
		r := m.graphql(who, query, variables)
		if grown := m.home.Journal().Size() > size; grown != (r.code() == "") {
			m.t.Errorf("%s as %s: entered is %v, and the answer %.300s", f.Name, who.role, grown, r.raw)
		}
		return r.code(), true
	})
}

// prepare asks what there would be to sign.
func (m *measure) prepare(who *somebody) string {
	return m.both(who, func(own bool) (string, bool) {
		r, _ := m.subject(who, "Intent", own, "create")
		act := map[string]any{"kind": "declare", "records": []any{map[string]any{"intent": said(r)}}}
		return m.graphql(who, "query ($act: ActInput!) { prepare(act: $act) { author } }", map[string]any{"act": act}).code(), true
	})
}

// both asks about what is theirs, if they can have such a thing, and about what is others'.
func (m *measure) both(who *somebody, ask func(own bool) (refused string, asked bool)) string {
	mine, has := "", false
	if who.mine != "" {
		mine, has = ask(true)
	}
	others, _ := ask(false)
	switch {
	case others == "":
		return "yes"
	case has && mine == "":
		return "own"
	case has:
		return "-" + mine
	}
	return "-" + others
}

// arguments are those of a mutation that an owner's would be taken with; false where
// nobody can have such a thing of their own.
func (m *measure) arguments(who *somebody, f *ast.FieldDefinition, own bool) (map[string]any, bool) {
	m.made++
	variables := map[string]any{}
	for _, verb := range []string{"create", "update", "delete"} {
		class, ok := strings.CutPrefix(f.Name, verb)
		if !ok {
			continue
		}
		c := vf.Class(strings.Replace(class, "UnspecifiedAgent", "Agent", 1))
		r, ok := m.subject(who, c, own, verb)
		if !ok {
			return nil, false
		}
		switch verb {
		case "create":
			variables[f.Arguments[0].Name] = said(r)
			if c == "RecipeProcess" { // there is none without an output
				variables["newRecipeOutputs"] = []any{said(outputOf(r.Key()))}
			}
		case "update":
			variables[f.Arguments[0].Name] = m.changed(r, own)
		case "delete":
			variables["id"], variables["revisionId"] = string(r.Key()), m.revision(r.Key())
		}
		return variables, true
	}
	return m.verb(who, f.Name, own)
}

// subject is a record that a mutation is about: a new one, or one that was entered.
func (m *measure) subject(who *somebody, c vf.Class, own bool, verb string) (vf.Record, bool) {
	of, author := vf.ID("agent/guild"), vf.ID("agent/zed")
	if own {
		of, author = who.mine, who.agent
	}
	circle := of == "agent/circle"
	agent := vf.NewRecord(c)
	_, isAgent := agent.(*vf.Agent)
	switch {
	case own && c == "Person" && verb == "update":
		r, err := m.home.Record(who.agent)
		return r, err == nil
	case own && (c == "Person" || isAgent && !circle || c == "Charter" && !circle):
		return nil, false
	case own && c == "Membership" && verb == "create" && !circle:
		return nil, false
	case own && c == "DeviceKey":
		of = who.agent
	}
	r := m.fresh(c, of)
	if x, ok := r.(*vf.Membership); ok && verb != "create" {
		x.Role = "juggler"
		if own {
			x.Member = who.agent
		}
	}
	if verb != "create" {
		m.do(author, r)
	}
	if verb == "delete" && c == "RecipeProcess" { // its output goes first
		m.withdraw(outputOf(r.Key()).ID)
	}
	return r, true
}

// said is a record as an input says it.
func said(r vf.Record) map[string]any {
	raw, err := vf.Encode(r)
	if err != nil {
		panic(err) // samples can be written
	}
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		panic(err)
	}
	m["id"] = m["@id"]
	delete(m, "@id")
	delete(m, "@type")
	return m
}

// changed is an input that changes a record a little: its note, or what it has instead.
// A membership of one's own is ended.
func (m *measure) changed(r vf.Record, own bool) map[string]any {
	change := map[string]any{"id": string(r.Key()), "revisionId": m.revision(r.Key())}
	field, value := "note", fmt.Sprint("changed ", m.made)
	switch r.Class() {
	case "Unit":
		field = "label"
	case "BatchLotRecord":
		field = "batchLotCode"
	case "Membership":
		if own {
			field, value = "hasEnd", today.Format("2006-01-02T15:04:05Z")
		}
	}
	change[field] = value
	return change
}

// revision is the entry that last changed a record.
func (m *measure) revision(id vf.ID) string {
	past := m.home.Snapshot().Past(id)
	return fmt.Sprint(past[len(past)-1])
}

// verb are the arguments of a verb.
func (m *measure) verb(who *somebody, name string, own bool) (map[string]any, bool) {
	class := map[string]vf.Class{"commit": "Commitment", "release": "Commitment", "record": "EconomicEvent", "correct": "EconomicEvent", "erase": "Person"}[name]
	if class == "" {
		class = "Intent"
	}
	input := func(r vf.Record) []any {
		return []any{map[string]any{strings.ToLower(string(class[:1])) + string(class[1:]): said(r)}}
	}
	about := slices.Contains([]string{"withdraw", "release", "finish", "erase", "change", "correct"}, name)
	var r vf.Record
	switch {
	case name == "erase" && own:
		r, _ = m.home.Record(who.agent)
		return map[string]any{"of": []string{string(r.Key())}}, true
	case about:
		r, _ = m.subject(who, class, own, "update")
	default:
		r, _ = m.subject(who, class, own, "create")
	}
	switch name {
	case "withdraw", "release", "finish", "erase":
		return map[string]any{"of": []string{string(r.Key())}}, true
	case "change":
		i := *r.(*vf.Intent)
		i.Note = "changed"
		return map[string]any{"records": input(&i)}, true
	case "correct":
		m.made++
		return map[string]any{"records": input(&vf.EconomicEvent{ID: vf.ID(fmt.Sprint("correction/", m.made)), Corrects: r.Key(), ResourceQuantity: kg(-1)})}, true
	case "adopt":
		return map[string]any{"records": append(input(r), map[string]any{"plan": said(m.fresh("Plan", "agent/guild"))})}, true
	case "do":
		return map[string]any{"acts": []any{map[string]any{"kind": "declare", "records": input(r)}}}, true
	}
	return map[string]any{"records": input(r)}, true
}
