package graphql

import (
	"encoding/json"
	"reflect"
	"strconv"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"

	"commonweal/vf"
)

// An import is little else than variables. They are read straight from the JSON of the
// request into what the types of the operation say, a RecordInput into its record;
// whatever is not plainly right is left to be read step by step, which knows to refuse
// it. So there is one word on what is wrong, and two ways to the same values.

// straight reads JSON that is known to be valid. After the first thing that is not
// plainly right it is lost, and what it returned means nothing.
type straight struct {
	raw   []byte
	at    int
	lost  bool
	texts map[string]string // ids that were read, so that each is kept once
}

// recordSaid is a RecordInput that was read into its record. It is copied for each act.
type recordSaid struct {
	class  vf.Class
	record vf.Record
	id     bool // it says an id
}

// copied returns a record of its own.
func (s *recordSaid) copied() vf.Record {
	c := reflect.New(reflect.TypeOf(s.record).Elem())
	c.Elem().Set(reflect.ValueOf(s.record).Elem())
	return c.Interface().(vf.Record)
}

// readStraight reads the variables of an operation; false if that takes more care.
func readStraight(list ast.VariableDefinitionList, raw []byte) (map[string]any, bool) {
	r := &straight{raw: raw, texts: map[string]string{}}
	values := map[string]any{}
	r.members(func(name []byte) {
		def := list.ForName(string(name))
		if _, twice := values[string(name)]; def == nil || twice {
			r.lost = true
			return
		}
		values[def.Variable] = ready{r.value(def.Type)}
	})
	for _, def := range list {
		if _, ok := values[def.Variable]; !ok && (def.DefaultValue != nil || def.Type.NonNull) {
			return nil, false
		}
	}
	return values, !r.lost
}

// membersOf returns the members of a JSON object as they stand; nil if it is none.
func membersOf(raw []byte) map[string]json.RawMessage {
	if !json.Valid(raw) {
		return nil
	}
	r := &straight{raw: raw}
	all := map[string]json.RawMessage{}
	if r.peek() != '{' {
		return nil
	}
	r.at++
	for !r.take('}') {
		name := r.text()
		r.take(':')
		r.peek()
		start := r.at
		r.skip()
		all[name] = json.RawMessage(raw[start:r.at])
		r.take(',')
	}
	return all
}

// skip passes over a value.
func (r *straight) skip() {
	for depth := 0; ; {
		switch r.peek() {
		case '"':
			r.quoted()
		case '{', '[':
			depth++
			r.at++
		case '}', ']':
			depth--
			r.at++
		case ',', ':':
			r.at++
		default:
			for r.at < len(r.raw) && !isEnd(r.raw[r.at]) {
				r.at++
			}
		}
		if depth == 0 {
			return
		}
	}
}

// isEnd reports whether a number or word ends before this sign.
func isEnd(b byte) bool {
	switch b {
	case ' ', '\n', '\t', '\r', ',', ':', '}', ']':
		return true
	}
	return false
}

func (r *straight) peek() byte {
	for r.at < len(r.raw) {
		if b := r.raw[r.at]; b != ' ' && b != '\n' && b != '\t' && b != '\r' {
			return b
		}
		r.at++
	}
	return 0
}

// take passes over a sign.
func (r *straight) take(b byte) bool {
	if r.peek() != b {
		return false
	}
	r.at++
	return true
}

// members calls f at the value of each member of an object.
func (r *straight) members(f func(name []byte)) {
	if !r.take('{') {
		r.lost = true
		return
	}
	for !r.lost && !r.take('}') {
		name, plain := r.quoted()
		if !plain || !r.take(':') {
			r.lost = true
			return
		}
		f(name)
		r.take(',')
	}
}

// quoted passes over a text, and returns what stands between its quotes; plain if
// that is what it says.
func (r *straight) quoted() (text []byte, plain bool) {
	if !r.take('"') {
		r.lost = true
		return nil, false
	}
	start, plain := r.at, true
	for ; r.at < len(r.raw); r.at++ {
		switch b := r.raw[r.at]; {
		case b == '"':
			text = r.raw[start:r.at]
			r.at++
			return text, plain || utf8.Valid(text) && !hasEscape(text)
		case b == '\\':
			plain = false
			r.at++
		case b >= utf8.RuneSelf:
			plain = false
		}
	}
	r.lost = true
	return nil, false
}

func hasEscape(text []byte) bool {
	for _, b := range text {
		if b == '\\' {
			return true
		}
	}
	return false
}

// text reads a text.
func (r *straight) text() string {
	r.peek()
	start := r.at
	text, plain := r.quoted()
	if plain || r.lost {
		return string(text)
	}
	var s string
	if json.Unmarshal(r.raw[start:r.at], &s) != nil {
		r.lost = true
	}
	return s
}

// shared reads a text that mostly was read before.
func (r *straight) shared() string {
	r.peek()
	start := r.at
	text, plain := r.quoted()
	if !plain {
		r.at = start
		return r.text()
	}
	s, ok := r.texts[string(text)]
	if !ok {
		s = string(text)
		r.texts[s] = s
	}
	return s
}

// word passes over null, true or false.
func (r *straight) word(text string) bool {
	if r.peek() != text[0] || len(r.raw)-r.at < len(text) || string(r.raw[r.at:r.at+len(text)]) != text {
		return false
	}
	r.at += len(text)
	return true
}

// number passes over a number.
func (r *straight) number() string {
	r.peek()
	start := r.at
	for r.at < len(r.raw) && (r.raw[r.at] >= '0' && r.raw[r.at] <= '9' || r.raw[r.at] == '-' || r.raw[r.at] == '+' || r.raw[r.at] == '.' || r.raw[r.at]|0x20 == 'e') {
		r.at++
	}
	r.lost = r.lost || start == r.at
	return string(r.raw[start:r.at])
}

// value reads a value of a type, as input does.
func (r *straight) value(typ *ast.Type) any {
	if r.word("null") {
		r.lost = r.lost || typ.NonNull
		return nil
	}
	if typ.Elem == nil {
		return r.named(typ.NamedType)
	}
	if !r.take('[') {
		r.lost = true
		return nil
	}
	list := []any{}
	for !r.lost && !r.take(']') {
		list = append(list, r.value(typ.Elem))
		r.take(',')
	}
	return list
}

// named reads a value that is neither null nor a list.
func (r *straight) named(name string) any {
	switch name {
	case "RecordInput":
		return r.recordInput()
	case "String", "ID", "URI":
		return r.text()
	case "Boolean":
		return r.truth()
	case "Int":
		return r.whole()
	case "Decimal":
		return r.decimal()
	case "DateTime":
		return r.time()
	}
	def := whole.parsed.Types[name]
	switch {
	case def.Kind == ast.Enum:
		text := r.text()
		r.lost = r.lost || def.EnumValues.ForName(text) == nil
		return text
	case def.Kind == ast.InputObject && def.Directives.ForName("oneOf") == nil:
		return r.object(def)
	}
	r.lost = true
	return nil
}

func (r *straight) object(def *ast.Definition) map[string]any {
	out := make(map[string]any, 4)
	r.members(func(name []byte) {
		f := def.Fields.ForName(string(name))
		if f == nil {
			r.lost = true
			return
		}
		if _, twice := out[f.Name]; twice {
			r.lost = true
			return
		}
		out[f.Name] = r.value(f.Type)
	})
	for _, f := range def.Fields {
		if _, ok := out[f.Name]; !ok && f.Type.NonNull && f.DefaultValue == nil {
			r.lost = true
		}
	}
	return out
}

func (r *straight) truth() bool {
	yes := r.word("true")
	r.lost = r.lost || !yes && !r.word("false")
	return yes
}

func (r *straight) whole() int {
	n, err := strconv.ParseInt(r.number(), 10, 32)
	r.lost = r.lost || err != nil
	return int(n)
}

func (r *straight) decimal() vf.Decimal {
	text := ""
	if r.peek() == '"' {
		text = r.text()
	} else {
		text = r.number()
	}
	d, err := vf.ParseDecimal(text)
	r.lost = r.lost || err != nil
	return d
}

func (r *straight) time() vf.Time {
	t, err := vf.ParseTime(r.text())
	r.lost = r.lost || err != nil || t.IsZero()
	return t
}
