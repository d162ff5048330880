package format

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"commonweal/rule"
	"commonweal/vf"
)

// reader turns the records of one or more files into a graph.
type reader struct {
	file    string
	base    string // of all files
	baseIn  string // the file that said it
	g       *vf.Graph
	faults  faults
	places  map[vf.ID]place
	records map[vf.ID]vf.Record
	later   []func(known map[vf.ID]vf.Record, units *vf.Units)
}

// place is where a record stands.
type place struct {
	file string
	pos  position
}

func (p place) String() string {
	if p.file == "" {
		return ""
	}
	return p.pos.in(p.file)
}

// fault notes a refusal and its place; the error is errEnough when it was the
// last that is listed.
func (r *reader) fault(f *rule.Refusal, pos position) error {
	r.faults.add(f.At(pos.in(r.file)))
	if r.faults.full() {
		return errEnough
	}
	return nil
}

// faultOf notes a refusal about a property of a record.
func (r *reader) faultOf(f *rule.Refusal, pos position, id vf.ID, property string) error {
	return r.fault(f.At(about(pos.in(r.file), id, property)), pos)
}

// about writes a place: file and line, record, property.
func about(where string, id vf.ID, property string) string {
	if where != "" {
		where += ": "
	}
	return strings.TrimSpace(where + shorten(string(id)) + " " + property)
}

// openScope reads a context and holds the bases of several files together.
func (r *reader) openScope(context *node) (*scope, error) {
	s := scopeOf(context)
	if s.base == "" {
		return &s, r.openFull(&s, context)
	}
	if r.baseIn == "" {
		r.base, r.baseIn = s.base, r.file
	}
	if r.base != s.base {
		return &s, rule.Refuse("differentBases", "file", r.file, "base", s.base, "other", r.baseIn, "otherBase", r.base).At(context.pos.in(r.file))
	}
	return &s, r.openFull(&s, context)
}

// openFull prepares JSON-LD expansion where the context asks for it.
func (r *reader) openFull(s *scope, context *node) error {
	if s.plain {
		return nil
	}
	full, err := newExpander(s)
	if err != nil {
		return refusalOf(err).At(context.pos.in(r.file))
	}
	s.full = full
	return nil
}

// record reads one record of the graph.
func (r *reader) record(n *node, s *scope) error {
	if !s.plain || !plainRecord(n) {
		var err error
		if n, err = s.expand(n); err != nil {
			pos := n.pos
			var m *misplaced
			if errors.As(err, &m) {
				pos = m.pos
			}
			return r.fault(refusalOf(err), pos)
		}
		if n.kind == isList { // several, or none
			for _, v := range n.list {
				if _, err := r.fill(v, s, parent{}); err != nil {
					return err
				}
			}
			return nil
		}
	}
	_, err := r.fill(n, s, parent{})
	return err
}

// plainRecord reports whether all names of a record are plain terms, so that no
// JSON-LD expansion is needed.
func plainRecord(n *node) bool {
	for i := range n.members {
		m := &n.members[i]
		if strings.HasPrefix(m.name, "@") {
			switch m.name {
			case "@id", "@type", "@value", "@list", "@set", "@language":
			default:
				return false
			}
		} else if strings.Contains(m.name, ":") {
			return false
		}
		if !plainRecord(m.value) {
			return false
		}
	}
	for _, v := range n.list {
		if !plainRecord(v) {
			return false
		}
	}
	return true
}

// parent is the record in which a nested one stands.
type parent struct {
	id       vf.ID
	property string
	number   int        // among the values of the property, from 1
	classes  []vf.Class // that it may have
}

// made is the id of a nested record that has none.
func (p parent) made() vf.ID {
	short := map[string]string{"hasRecipeInput": "in", "hasRecipeOutput": "out", "hasInput": "in", "hasOutput": "out"}
	name := short[p.property]
	if name == "" {
		name = p.property
	}
	return vf.ID(fmt.Sprintf("%s/%s%d", p.id, name, p.number))
}

// fill makes the record that an object describes, with all that is nested in
// it, adds it to the graph, and returns it; nil where that cannot be.
func (r *reader) fill(n *node, s *scope, p parent) (vf.Record, error) {
	class, err := r.classOf(n, p)
	if class == "" {
		return nil, err
	}
	id, err := r.idOf(n, s, p, class)
	if id == "" {
		return nil, err
	}
	if other, twice := r.places[id]; twice {
		return nil, r.faultOf(rule.Refuse("duplicateId", "id", string(id), "other", other.String()), n.pos, id, "@id")
	}
	rec := vf.NewRecord(class)
	v := reflect.ValueOf(rec).Elem()
	t := tables[class]
	v.Field(t.fields[0].index).SetString(string(id))
	r.places[id] = place{r.file, n.pos}
	r.records[id] = rec
	r.g.Add(rec)
	for i := range n.members {
		m := &n.members[i]
		if m.name == "@id" || m.name == "@type" || m.value.kind == isNull {
			continue
		}
		if err := r.property(rec, v, t, m, s); err != nil {
			return rec, err
		}
	}
	return rec, nil
}

// property reads one property into the record.
func (r *reader) property(rec vf.Record, v reflect.Value, t *table, m *member, s *scope) error {
	name := m.name
	if i, ok := t.byName[name]; ok {
		f := &t.fields[i]
		if refusal := r.set(rec, v.Field(f.index), f, m.value, s); refusal != nil {
			if refusal == enough {
				return errEnough
			}
			return r.faultOf(refusal, m.value.pos, rec.Key(), name)
		}
		return nil
	}
	if holdsInverse(t.class, name) {
		return r.inverse(rec, m, s)
	}
	return r.faultOf(rule.Refuse("unknownProperty", "class", string(t.class), "property", shorten(name),
		"nearest", vf.Nearest(name, t.names)), m.pos, rec.Key(), "")
}

// enough is returned by set where nested records brought the last fault.
var enough = &rule.Refusal{}

// classOf reads @type.
func (r *reader) classOf(n *node, p parent) (vf.Class, error) {
	types := n.get("@type")
	if types == nil {
		if len(p.classes) == 1 {
			return p.classes[0], nil
		}
		id := "here"
		if n.get("@id") != nil {
			id = n.get("@id").text
		}
		return "", r.fault(rule.Refuse("missingType", "id", shorten(id)), n.pos)
	}
	var known []string
	for _, t := range several(types) {
		name, _ := termOf(t.text)
		name = strings.TrimPrefix(name, "vf:")
		if tables[vf.Class(name)] != nil {
			known = append(known, name)
		}
	}
	if len(known) == 0 {
		var all []string
		for _, c := range vf.Classes() {
			all = append(all, string(c))
		}
		said := types
		if list := several(types); len(list) > 0 {
			said = list[0]
		}
		return "", r.fault(rule.Refuse("unknownClass", "class", shorten(said.text), "nearest", vf.Nearest(said.text, all)), types.pos)
	}
	class := vf.Class(known[0])
	if p.classes != nil && !slices.Contains(p.classes, class) {
		return "", r.faultOf(rule.Refuse("wrongReference", "property", p.property, "id", "an object", "class", string(class),
			"wanted", list(p.classes)), types.pos, p.id, p.property)
	}
	return class, nil
}

func list(classes []vf.Class) string {
	var all []string
	for _, c := range classes {
		all = append(all, string(c))
	}
	return strings.Join(all, " or ")
}

// idOf reads @id.
func (r *reader) idOf(n *node, s *scope, p parent, class vf.Class) (vf.ID, error) {
	v := n.get("@id")
	if v == nil {
		if p.id != "" {
			return p.made(), nil
		}
		return "", r.fault(rule.Refuse("missingId", "class", string(class), "example", strings.ToLower(string(class))+"/1"), n.pos)
	}
	if v.kind != isText && v.kind != isNumber {
		return "", r.fault(rule.Refuse("badId", "id", v.describe(), "reason", "it is not a text"), v.pos)
	}
	id := s.localID(v.text)
	if refusal := badID(id); refusal != nil {
		return "", r.fault(refusal, v.pos)
	}
	return vf.ID(id), nil
}

// badID says why a text cannot be an id, nil if it can.
func badID(id string) *rule.Refusal {
	var reason string
	switch {
	case id == "":
		reason = "it is empty"
	case len(id) > 512:
		reason = "it is too long"
	case !utf8.ValidString(id):
		reason = "it is not valid UTF-8"
	case strings.HasPrefix(id, "_:"):
		reason = "an id that begins with _: means something else in each file"
	case strings.HasPrefix(id, "@"):
		reason = "names that begin with @ belong to JSON-LD"
	case strings.ContainsFunc(id, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) || strings.ContainsRune(`<>"`, c) }):
		reason = "it has a space, a control character or one of < > \" in it"
	default:
		return nil
	}
	return rule.Refuse("badId", "id", shorten(id), "reason", reason)
}
