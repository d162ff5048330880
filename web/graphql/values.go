package graphql

import (
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"

	"commonweal/rule"
	"commonweal/vf"
)

// Values come as Go values: string, bool, json.Number, []any, map[string]any, nil,
// and word for the name of an enum's value. Numbers keep the digits with which they
// were written.
type word string

// unsaid stands for a variable that was not given.
type unsaid struct{}

// literal makes a value of one that is written in the query.
func (x *execution) literal(v *ast.Value) any {
	switch v.Kind {
	case ast.Variable:
		if value, ok := x.variables[v.Raw]; ok {
			return value
		}
		return unsaid{}
	case ast.IntValue, ast.FloatValue:
		return json.Number(v.Raw)
	case ast.StringValue, ast.BlockValue:
		return v.Raw
	case ast.EnumValue:
		return word(v.Raw)
	case ast.BooleanValue:
		return v.Raw == "true"
	case ast.ListValue:
		list := make([]any, len(v.Children))
		for i, c := range v.Children {
			if list[i] = x.literal(c.Value); list[i] == (unsaid{}) {
				list[i] = nil
			}
		}
		return list
	case ast.ObjectValue:
		m := make(map[string]any, len(v.Children))
		for _, c := range v.Children {
			if value := x.literal(c.Value); value != (any)(unsaid{}) {
				m[c.Name] = value
			}
		}
		return m
	}
	return nil
}

// ready marks a value that was brought into its type already, as variables are.
type ready struct{ value any }

// argumentsOf reads the arguments of a field.
func (x *execution) argumentsOf(f *ast.Field) (arguments, error) {
	args := arguments{}
	for _, def := range f.Definition.Arguments {
		var value any = unsaid{}
		if a := f.Arguments.ForName(def.Name); a != nil {
			value = x.literal(a.Value)
		}
		if value == (any)(unsaid{}) {
			if def.DefaultValue == nil {
				if def.Type.NonNull {
					return nil, badValue(def.Name, "nothing", "a value of "+def.Type.String())
				}
				continue
			}
			value = x.literal(def.DefaultValue)
		}
		got, err := input(def.Type, value, def.Name)
		if err != nil {
			return nil, err
		}
		args[def.Name] = got
	}
	return args, nil
}

// variablesOf reads the variables of an operation.
func (x *execution) variablesOf(op *ast.OperationDefinition, raw json.RawMessage) error {
	var given map[string]any
	if raw != nil {
		var ok bool
		if x.variables, ok = readStraight(op.VariableDefinitions, raw); ok {
			return nil
		}
		if err := decodeJSON(raw, &given); err != nil {
			return err
		}
	}
	return x.stepByStep(op, given)
}

// stepByStep reads variables that take more care, and says what is wrong with them.
func (x *execution) stepByStep(op *ast.OperationDefinition, given map[string]any) error {
	x.variables = map[string]any{}
	for _, def := range op.VariableDefinitions {
		value, ok := given[def.Variable]
		switch {
		case !ok && def.DefaultValue != nil:
			value = x.literal(def.DefaultValue)
		case !ok && def.Type.NonNull:
			return badValue("$"+def.Variable, "nothing", "a value of "+def.Type.String())
		case !ok:
			continue
		}
		got, err := input(def.Type, value, "$"+def.Variable)
		if err != nil {
			return err
		}
		x.variables[def.Variable] = ready{got}
	}
	return nil
}

func badValue(place, value, wanted string) error {
	return rule.Refuse("badValue", "place", place, "value", value, "wanted", wanted)
}

// input brings a value into a type: lists, inputs by their fields, scalars as Go
// has them (string, bool, int, vf.Decimal, vf.Time).
func input(typ *ast.Type, value any, place string) (any, error) {
	if r, ok := value.(ready); ok {
		value = r.value
		if value == nil && typ.NonNull {
			return nil, badValue(place, "null", "a value of "+typ.String())
		}
		return listed(typ, value), nil
	}
	if value == nil {
		if typ.NonNull {
			return nil, badValue(place, "null", "a value of "+typ.String())
		}
		return nil, nil
	}
	if typ.Elem != nil {
		values, ok := value.([]any)
		if !ok {
			values = []any{value} // one value is a list of one
		}
		list := make([]any, len(values))
		for i, v := range values {
			got, err := input(typ.Elem, v, place+"["+strconv.Itoa(i)+"]")
			if err != nil {
				return nil, err
			}
			list[i] = got
		}
		return list, nil
	}
	def := whole.parsed.Types[typ.NamedType]
	switch def.Kind {
	case ast.InputObject:
		return inputObject(def, value, place)
	case ast.Enum:
		text := fmt.Sprint(value)
		if def.EnumValues.ForName(text) == nil {
			return nil, badValue(place, brief(value), "a value of "+def.Name)
		}
		return text, nil
	}
	return scalar(def.Name, value, place)
}

// listed makes a list of a variable's value where a list is wanted.
func listed(typ *ast.Type, value any) any {
	if _, is := value.([]any); typ.Elem != nil && value != nil && !is {
		return []any{listed(typ.Elem, value)}
	}
	return value
}

// inputObject reads the fields of an input.
func inputObject(def *ast.Definition, value any, place string) (any, error) {
	given, ok := value.(map[string]any)
	if !ok {
		return nil, badValue(place, brief(value), "an object "+def.Name)
	}
	out := make(map[string]any, len(given))
	for _, f := range def.Fields {
		v, said := given[f.Name]
		if !said {
			if f.Type.NonNull && f.DefaultValue == nil {
				return nil, badValue(place+"."+f.Name, "nothing", "a value of "+f.Type.String())
			}
			continue
		}
		got, err := input(f.Type, v, place+"."+f.Name)
		if err != nil {
			return nil, err
		}
		out[f.Name] = got
	}
	names := make([]string, 0, len(given))
	for name := range given {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if def.Fields.ForName(name) == nil {
			return nil, badValue(place, name, "fields of "+def.Name)
		}
	}
	if def.Directives.ForName("oneOf") != nil && (len(out) != 1 || out[names[0]] == nil) {
		return nil, badValue(place, strconv.Itoa(len(out))+" fields", "exactly one field of "+def.Name+", and not null")
	}
	return out, nil
}

// scalar reads a value of a scalar type.
func scalar(name string, value any, place string) (any, error) {
	text, isText := value.(string)
	num, isNumber := value.(json.Number)
	switch {
	case name == "Boolean":
		if b, ok := value.(bool); ok {
			return b, nil
		}
	case name == "Int" && isNumber:
		if n, err := strconv.ParseInt(num.String(), 10, 32); err == nil {
			return int(n), nil
		}
	case name == "ID" && isNumber:
		if n, err := strconv.ParseInt(num.String(), 10, 64); err == nil {
			return strconv.FormatInt(n, 10), nil
		}
	case (name == "String" || name == "ID" || name == "URI") && isText:
		if utf8.ValidString(text) {
			return text, nil
		}
	case name == "Decimal" && (isText || isNumber):
		if isNumber {
			text = num.String()
		}
		d, err := vf.ParseDecimal(text)
		return d, refusal(err, place)
	case name == "DateTime" && isText:
		t, err := vf.ParseTime(text)
		return t, refusal(err, place)
	case name == "JSON":
		return value, nil
	}
	return nil, badValue(place, brief(value), wanted[name])
}

// wanted says what values of each scalar look like.
var wanted = map[string]string{
	"Boolean": "true or false", "Int": "a whole number of 32 bits", "ID": "a text", "String": "a text", "URI": "a text",
	"Decimal": "a number, or a text such as \"12.5\"", "DateTime": "a text such as \"2026-05-01T08:00:00+02:00\"",
}

// refusal makes the refusal of an error of package vf.
func refusal(err error, place string) error {
	var f *vf.Error
	if errors.As(err, &f) {
		return rule.Refuse(rule.Name(f.Kind), f.Values...).At(place)
	}
	return err
}

// brief writes a value for a message.
func brief(value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		return "a value"
	}
	if len(raw) > 60 {
		return string([]rune(string(raw[:60]))) + "…"
	}
	return string(raw)
}

// appendLeaf writes the value of a scalar or an enum.
func appendLeaf(out []byte, typ string, value any) ([]byte, error) {
	switch v := value.(type) {
	case string:
		return appendText(out, v), nil
	case vf.ID:
		return appendText(out, string(v)), nil
	case vf.Class:
		return appendText(out, string(v)), nil
	case vf.Action:
		return appendText(out, string(v)), nil
	case vf.Decimal:
		return appendText(out, v.String()), nil
	case vf.Time:
		return appendText(out, v.String()), nil
	case bool:
		return strconv.AppendBool(out, v), nil
	case int:
		return strconv.AppendInt(out, int64(v), 10), nil
	case int64:
		if typ == "ID" || int64(int32(v)) != v {
			return appendText(out, strconv.FormatInt(v, 10)), nil
		}
		return strconv.AppendInt(out, v, 10), nil
	}
	if typ == "JSON" {
		raw, err := json.Marshal(value)
		return append(out, raw...), err
	}
	return nil, fmt.Errorf("graphql: a %T is no %s", value, typ)
}

// appendText writes a JSON string. What is not UTF-8 gets the mark for that.
func appendText(out []byte, s string) []byte {
	const hex = "0123456789abcdef"
	out = append(out, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			out = append(out, '\\', byte(r))
		case r < 0x20 || r == '<' || r == '>' || r == '&' || r == 0x2028 || r == 0x2029 || r == 0x7f:
			out = append(out, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
		default:
			out = utf8.AppendRune(out, r)
		}
	}
	return append(out, '"')
}

func number(n int) string { return strconv.Itoa(n) }
