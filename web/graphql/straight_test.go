package graphql

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"pgregory.net/rapid"

	"commonweal/node"
	"commonweal/vf"
)

// sitting is a seat that only says whose it is.
type sitting struct{ Seat }

func (sitting) Actor() node.Actor { return node.Actor{Agent: "agent/ann"} }

// both reads variables straight and step by step, and says whether the first was
// possible; acts are then made of them.
func both(t interface{ Fatalf(string, ...any) }, query, variables string) (straightly, steps string, ok bool) {
	h := &Handler{limits: Limits{}.filled()}
	a, errs := h.read(&request{Query: query, Variables: json.RawMessage(variables)})
	if errs != nil {
		t.Fatalf("%s: %v", query, errs)
	}
	made := func(values map[string]any) string {
		x := &execution{h: h, seat: sitting{}, variables: values}
		args, err := x.argumentsOf(a.operation.SelectionSet[0].(*ast.Field))
		if err != nil {
			return "refused: " + err.Error()
		}
		var out strings.Builder
		for _, m := range args["acts"].([]any) {
			act, err := x.act("declare", m.(map[string]any))
			if err != nil {
				return "refused: " + err.Error()
			}
			out.WriteString(act.Key + " " + act.At.String() + "\n")
			for _, r := range act.Records {
				raw, err := vf.Encode(r)
				if err != nil {
					t.Fatalf("%v", err)
				}
				out.Write(append(raw, '\n'))
			}
		}
		return out.String()
	}
	if values, straight := readStraight(a.operation.VariableDefinitions, []byte(variables)); straight {
		ok, straightly = true, made(values)
	}
	x := &execution{h: h, seat: sitting{}}
	var given map[string]any
	if err := decodeJSON([]byte(variables), &given); err != nil {
		t.Fatalf("%v", err)
	}
	if err := x.stepByStep(a.operation, given); err != nil {
		return straightly, "refused: " + err.Error(), ok
	}
	return straightly, made(x.variables), ok
}

const enters = `mutation ($acts: [ActInput!]!) { do(acts: $acts) { sequence } }`

// Whatever an import says, it is the same whichever way it is read.
func TestStraight(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var records []any
		odd := false
		for range rapid.IntRange(1, 4).Draw(t, "records") {
			c := rapid.SampledFrom(vf.Classes()).Draw(t, "class")
			fields := map[string]any{}
			for _, f := range vf.Fields(c) {
				if name := strings.TrimPrefix(f.Name, "@"); rapid.IntRange(0, 3).Draw(t, name) == 0 {
					fields[name] = drawn(t, f, &odd)
				}
			}
			records = append(records, map[string]any{lower(typeOf(c)): fields})
		}
		raw, err := json.MarshalIndent(map[string]any{"acts": []any{map[string]any{"kind": "declare", "key": "k", "records": records}}}, "", rapid.SampledFrom([]string{"", " "}).Draw(t, "space"))
		if err != nil {
			t.Fatal(err)
		}
		straight, steps, ok := both(t, enters, string(raw))
		if ok && straight != steps {
			t.Fatalf("%s\nis read as\n%s\nand step by step as\n%s", raw, straight, steps)
		}
		if !ok && !odd && !strings.HasPrefix(steps, "refused: ") {
			t.Fatalf("%s\nwas not read straight, though it is\n%s", raw, steps)
		}
	})
}

// drawn is a value for a field, mostly a right one.
func drawn(t *rapid.T, f vf.Field, odd *bool) any {
	if rapid.IntRange(0, 40).Draw(t, "odd") == 0 {
		*odd = true
		return rapid.SampledFrom([]any{nil, "", 1, true, "0001-01-01T00:00:00Z", []any{}, []any{nil}, map[string]any{}, "1e400", 1.5, map[string]any{"hasNumericalValue": 1}}).Draw(t, "odd value")
	}
	text := rapid.StringMatching(`[a-zäß☃"\\<&/#\n]{0,8}`)
	switch f.Type {
	case idType, textType:
		return text.Draw(t, "text")
	case actionType:
		return rapid.SampledFrom([]string{"produce", "transfer-custody", "https://w3id.org/valueflows/ont/vf#raise", "dance"}).Draw(t, "action")
	case idsType, textsType:
		return rapid.SliceOfN(text, 0, 3).Draw(t, "texts")
	case boolType, truthType:
		return rapid.Bool().Draw(t, "bool")
	case intType:
		return rapid.IntRange(-3, 1<<31).Draw(t, "int")
	case timeType:
		return rapid.SampledFrom([]string{"2026-05-01", "2026-05-01T08:00:00.25+02:00", "2026-05-01T08:00:00-5:00", "yesterday"}).Draw(t, "time")
	case decimalType:
		return rapid.SampledFrom([]any{"1.50", 2.5, -3, "x", 1e3}).Draw(t, "decimal")
	case measureType:
		return map[string]any{"hasNumericalValue": rapid.SampledFrom([]any{"1.50", 7, -0.5}).Draw(t, "number"), "hasUnit": text.Draw(t, "unit")}
	}
	panic("no value is drawn for a " + f.Type.String())
}

// What is not plainly right is left to be read step by step.
func TestNotStraight(t *testing.T) {
	t.Parallel()
	const act = `{"acts": [{"kind": "declare", "key": "k", "records": [%]}]}`
	for _, c := range []struct {
		variables string
		straight  bool
	}{
		{strings.Replace(act, "%", `{"unit": {"id": "a", "label": "\u00e4\ud83e\uddf6"}}`, 1), true},
		{strings.Replace(act, "%", ` { "unit" : { "label" : "x" , "id" : null } } `, 1), true},
		{strings.Replace(act, "%", `{"unit": {"id": "a", "id": "b"}}`, 1), false},
		{strings.Replace(act, "%", `{"unit": {"id": "a"}, "unit": {"id": "b"}}`, 1), false},
		{strings.Replace(act, "%", `{"unit": {"\u0069d": "a"}}`, 1), false},
		{strings.Replace(act, "%", `{"unit": {"id": 7}}`, 1), false},
		{strings.Replace(act, "%", `{"unit": {"idea": "a"}}`, 1), false},
		{strings.Replace(act, "%", `{"thing": {"id": "a"}}`, 1), false},
		{strings.Replace(act, "%", `{"unit": null}`, 1), false},
		{strings.Replace(act, "%", `{}`, 1), false},
		{`{"acts": {"kind": "declare", "key": "k"}}`, false},
		{`{"acts": [], "more": 1}`, false},
		{`{"acts": [{"key": "k"}]}`, false},
		{`{"acts": [{"kind": "dance"}]}`, false},
		{`{"acts": null}`, false},
		{`{}`, false},
	} {
		straight, steps, ok := both(t, enters, c.variables)
		if ok != c.straight || ok && straight != steps {
			t.Errorf("%s: straight %v\n%s\n%s", c.variables, ok, straight, steps)
		}
	}
}
